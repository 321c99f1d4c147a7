package corpus

import (
	"regexp"
	"strings"
	"testing"
)

func TestTranscriptsFitTheRecording(t *testing.T) {
	c := New(Config{Seed: 11, Messages: 5000, Now: now})
	odd := regexp.MustCompile(`[{}\[\]|]|  | [,.?]|^ | $`)
	for i := range 2000 {
		m := c.Message(i)
		s := c.Transcript(m)
		if (s != "") != m.transcribed() {
			t.Fatalf("message %d, %s %s: transcript %q", i, m.Type, m.Transcription, s)
		}
		if s == "" {
			continue
		}
		if where := odd.FindString(s); where != "" {
			t.Errorf("message %d has %q in %q", i, where, s)
		}
		words := len(strings.Fields(s))
		most := m.Duration*wordsPerMinute/60 + 45
		if m.Transcription == "CompletedPartially" {
			most = wordsPerMinute
			if words < wordsPerMinute*9/10 || m.Duration <= transcribedSeconds {
				t.Errorf("message %d of %d s stops after %d words", i, m.Duration, words)
			}
		}
		if words > most {
			t.Errorf("message %d of %d s has %d words, at most %d: %s", i, m.Duration, words, most, s)
		}
	}
}

// TestVocabulary: enough words for search to be worth measuring, common ones
// and rare ones, and hardly a transcript twice.
func TestVocabulary(t *testing.T) {
	c := New(Config{Seed: 12, Messages: 20_000, Now: now})
	in := map[string]int{}
	distinct := map[string]bool{}
	voicemails, speeches := 0, 0
	for i := range 6000 {
		s := c.Transcript(c.Message(i))
		if s == "" {
			continue
		}
		voicemails++
		if len(s) > 120 {
			speeches++
			distinct[s] = true
		}
		once := map[string]bool{}
		for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !('a' <= r && r <= 'z' || r == '\'') }) {
			if !once[w] {
				once[w] = true
				in[w]++
			}
		}
	}
	if len(distinct) < speeches {
		t.Errorf("%d of %d long transcripts differ", len(distinct), speeches)
	}
	rare := 0
	for _, n := range in {
		if n <= 3 {
			rare++
		}
	}
	if len(in) < 2500 || rare < 1000 {
		t.Errorf("%d words in %d transcripts, %d of them rare", len(in), voicemails, rare)
	}
	if in["refund"] != 60 {
		t.Errorf("%d transcripts have refund, want one in every hundred messages", in["refund"])
	}
	t.Logf("%d transcripts, %d words, %d rare", voicemails, len(in), rare)
}

// TestTemplates expands every template, so that none can fail for a seed that
// no test has tried.
func TestTemplates(t *testing.T) {
	c := New(Config{Seed: 1, Messages: 100, Now: now})
	all := [][]string{greetings, introductions, hesitations, callbacks, closings, shorts, fillers, pagerTexts, repayment.reasons, repayment.details, repayment.asks}
	for _, topic := range topics {
		all = append(all, topic.reasons, topic.details, topic.asks)
	}
	for _, talk := range dialogues {
		all = append(all, talk)
		for _, line := range talk {
			if line[0] != '<' && line[0] != '>' {
				t.Errorf("%q has no direction", line)
			}
		}
	}
	name := regexp.MustCompile(`\{\w+\}`)
	for _, templates := range all {
		for _, template := range templates {
			for k := range 20 {
				w := writer{rng: rng(k), c: c, who: c.person(k)}
				if s := w.text(template); strings.ContainsAny(s, "{}[]|") {
					t.Errorf("%q became %q", template, s)
				}
			}
			for _, n := range name.FindAllString(template, -1) {
				w := writer{rng: 1, c: c, who: c.person(1)}
				if w.text(n) == "" {
					t.Errorf("%q: %s is nothing", template, n)
				}
			}
		}
	}
}

func BenchmarkMessage(b *testing.B) {
	c := New(Config{Seed: 1, Messages: 100_000, Now: now})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Message(i % 100_000)
	}
}

func BenchmarkTranscript(b *testing.B) {
	c := New(Config{Seed: 1, Messages: 100_000, Now: now})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Transcript(c.Message(i % 100_000))
	}
}

func BenchmarkFaxPage(b *testing.B) {
	c := New(Config{Seed: 1, Messages: 100_000, Now: now})
	m := c.Message(0)
	for i := 0; m.Type != "Fax"; i++ {
		m = c.Message(i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.page(&m, i%3, 3, rng(i), false).scan(196).encode(codingG4)
	}
}

// Nobody says the same thing four times in a minute.
func TestTranscriptsDoNotRepeat(t *testing.T) {
	c := New(Config{Seed: 1, Messages: 3000, Now: now})
	seen, again := 0, 0
	for i := range c.Len() {
		m := c.Message(i)
		text := c.Transcript(m)
		if text == "" || m.Duration > 45 {
			continue
		}
		seen++
		begun := map[string]bool{}
		for _, s := range strings.Split(text, ". ") {
			words := strings.Fields(s)
			if len(words) < 6 {
				continue
			}
			begin := strings.ToLower(strings.Join(words[len(words)-5:len(words)-1], " "))
			if begun[begin] && !strings.Contains(begin, "back") {
				t.Logf("message %d says %q twice: %s", i, begin, text)
				again++
			}
			begun[begin] = true
		}
	}
	if seen < 100 || again > seen/100 {
		t.Fatalf("%d of %d transcripts say something twice", again, seen)
	}
}
