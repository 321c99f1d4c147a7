package corpus

import "bytes"

const (
	wordsPerMinute = 140
	// The service transcribes the first minute.
	transcribedSeconds = 60
)

// Transcript gives the text of a voicemail's transcription, or "" where there
// is none. It is as long as the recording lasts, and stops in the middle of a
// sentence after the first minute.
func (c *Corpus) Transcript(m Message) string {
	if m.Type != "VoiceMail" || !m.transcribed() {
		return ""
	}
	r := stream(c.seed, forMessage, uint64(m.Index))
	r.next() // as Message, which settles Modified first
	c.voicemailSeconds(&m, &r)
	who := c.somebody(&r)
	if m.slot.trait == knownCaller {
		who = knownPerson
	}
	w := writer{rng: stream(c.seed, forTranscript, uint64(m.Index)), c: c, who: who}
	words := max(3, min(m.Duration, 4*transcribedSeconds)*wordsPerMinute/60)
	if words < 24 && m.slot.trait != vmRefund {
		return w.text(pick(&w.rng, shorts))
	}
	to := w.speech(make([]byte, 0, 8*words), words, m.slot.trait == vmRefund)
	if m.Transcription == "CompletedPartially" {
		to = firstWords(to, transcribedSeconds*wordsPerMinute/60)
	}
	return string(to)
}

// speech adds a message of about that many words to to.
func (w *writer) speech(to []byte, words int, repay bool) []byte {
	t := &topics[w.n(len(topics))]
	if repay {
		t = &repayment
	}
	to = w.sentence(to, pick(&w.rng, greetings))
	to = w.sentence(to, pick(&w.rng, introductions))
	to = w.sentence(to, pick(&w.rng, t.reasons))
	ending := w.sentence(nil, pick(&w.rng, t.asks))
	if w.percent(80) {
		ending = w.sentence(ending, pick(&w.rng, callbacks))
	}
	ending = w.sentence(ending, pick(&w.rng, closings))
	left := words - bytes.Count(to, space) - bytes.Count(ending, space)
	step := 1 // from anywhere, forwards or backwards
	if w.percent(50) {
		step = len(t.details) - 1
	}
	for n, skip := 0, w.n(16); left > 0; n++ {
		before, hesitant := len(to), w.percent(25)
		if hesitant {
			to = w.sentence(to, pick(&w.rng, hesitations))
		}
		next := len(to) + 1
		switch {
		case n < len(t.details):
			to = w.sentence(to, t.details[(skip+n*step)%len(t.details)]) // every one once
		case n%4 == 3:
			to = w.sentence(to, pick(&w.rng, topics[w.n(len(topics))].details))
		default:
			to = w.sentence(to, pick(&w.rng, fillers))
		}
		if hesitant {
			uncapital(to[next:])
		}
		left -= bytes.Count(to[before:], space)
	}
	return capitals(append(append(to, ' '), bytes.TrimSpace(ending)...))
}

var space = []byte{' '}

func (w *writer) sentence(to []byte, template string) []byte {
	if len(to) > 0 && to[len(to)-1] != ' ' {
		to = append(to, ' ')
	}
	return w.add(to, template)
}

// capitals starts every sentence with one; templates cannot know what comes
// before them.
func capitals(b []byte) []byte {
	start := true
	for i, ch := range b {
		switch {
		case ch == '.' || ch == '?' || ch == '!':
			start = i+1 == len(b) || b[i+1] == ' '
			if i > 1 && ch == '.' && b[i-1] == 'r' && b[i-2] == 'D' {
				start = false
			}
		case start && ch >= 'a' && ch <= 'z':
			b[i] = capital(ch)
			start = false
		case ch != ' ':
			start = false
		}
	}
	return b
}

// uncapital makes a sentence go on after "So," and the like; only ordinary
// words are told from names here.
func uncapital(b []byte) {
	word, _, _ := bytes.Cut(b, space)
	switch string(word) {
	case "The", "They", "It", "It's", "My", "We", "We're", "We've", "If", "Last", "This", "There's", "That", "Where", "Page", "No":
		b[0] += 'a' - 'A'
	}
}

// firstWords cuts b after n words.
func firstWords(b []byte, n int) []byte {
	for i, ch := range b {
		if ch == ' ' {
			if n--; n == 0 {
				return bytes.TrimRight(b[:i], ".,?")
			}
		}
	}
	return b
}
