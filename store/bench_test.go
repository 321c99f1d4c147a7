package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// testNow is the clock of the tests: a Saturday.
var testNow = time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC)

// messages makes a believable mailbox: half voicemails with transcripts of about
// forty words, the rest faxes and texts; words are spread as in speech, so that the
// commonest are in nearly every message.
func messages(n int, seed uint64) []Incoming {
	rng := rand.New(rand.NewPCG(seed, 1))
	zipf := rand.NewZipf(rng, 1.1, 4, 20000)
	names := []string{"Mary Jones", "Bob Lee", "Ünal Demir", "Анна Петрова", "陳大文", "", "Acme Ltd", "Jo O'Neil"}
	out := make([]Incoming, n)
	for i := range out {
		t := testNow.Add(-time.Duration(n-i) * 7 * time.Minute)
		in := Incoming{
			Remote: fmt.Sprint(4_000_000_000 + i*13), Kind: Voicemail, Direction: Inbound, Time: t, Modified: t,
			From: Party{Name: names[rng.IntN(len(names))], Number: fmt.Sprintf("+1555%07d", rng.IntN(5000)), Location: "Austin, TX"},
			Read: i < n*3/4 || rng.IntN(10) == 0, Transcript: TranscriptComplete, Duration: time.Duration(rng.IntN(120)) * time.Second,
			Attachments: []Attachment{{Remote: fmt.Sprint(i), Kind: AudioRecording, Type: "audio/mpeg", Size: 9000, URI: fmt.Sprintf("https://media.example.com/%d", i)}},
		}
		switch i % 5 {
		case 3:
			in.Kind, in.Transcript, in.Pages = Fax, NoTranscript, 1+rng.IntN(5)
			in.Attachments[0] = Attachment{Remote: "1", Kind: RenderedDocument, Type: "application/pdf", Name: "fax.pdf", Size: -1}
			if i%4 == 0 {
				in.Direction, in.To, in.From = Outbound, []Party{in.From}, Party{Name: "Us"}
				if in.Delivery = Sent; i%3 == 0 {
					in.Delivery = SendingFailed
				}
			}
		case 4:
			in.Kind, in.Transcript, in.Attachments = SMS, NoTranscript, nil
			fallthrough
		default:
			words := make([]string, 20+rng.IntN(40))
			for j := range words {
				words[j] = spoken(zipf.Uint64())
			}
			in.Text = strings.Join(words, " ")
		}
		out[i] = in
	}
	return out
}

// spoken is the n-th commonest word of a made-up language.
func spoken(n uint64) string {
	const syllables = "thereconintomaforsetandiverabelunopistquvyx"
	var b strings.Builder
	for n += 7; n > 0; n /= 21 {
		b.WriteString(syllables[n%21*2 : n%21*2+2])
	}
	return b.String()
}

func openTest(tb testing.TB, dir string) *Store {
	tb.Helper()
	s, err := Open(context.Background(), Options{Dir: dir, Actor: "me@here", Now: func() time.Time { return testNow }, Location: time.UTC})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	return s
}

func addAccount(tb testing.TB, s *Store) Account {
	tb.Helper()
	a, err := s.PutAccount(context.Background(), Account{Key: "ringcentral:1:101", Service: "ringcentral", Name: "Front desk", Since: testNow})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func fill(tb testing.TB, s *Store, msgs []Incoming, batch int) {
	tb.Helper()
	a := addAccount(tb, s)
	for len(msgs) > 0 {
		n := min(batch, len(msgs))
		if _, err := s.Apply(context.Background(), a.ID, msgs[:n]); err != nil {
			tb.Fatal(err)
		}
		msgs = msgs[n:]
	}
}

// filled gives a folder with a mailbox of n messages.
func filled(tb testing.TB, n int) string {
	tb.Helper()
	d := tb.TempDir()
	s := openTest(tb, d)
	fill(tb, s, messages(n, 1), 1000)
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	return d
}

func BenchmarkApply(b *testing.B) {
	for _, batch := range []int{250, 1000} {
		b.Run(fmt.Sprint("batch=", batch), func(b *testing.B) {
			n := large(100_000)
			msgs := messages(n, 1)
			// Newest page first, as a first sync does.
			for i := 0; i < n; i += batch {
				j := n - i - batch
				if j <= i {
					break
				}
				for k := range batch {
					msgs[i+k], msgs[j+k] = msgs[j+k], msgs[i+k]
				}
			}
			for b.Loop() {
				s := openTest(b, b.TempDir())
				start := time.Now()
				fill(b, s, msgs, batch)
				b.ReportMetric(float64(n)/time.Since(start).Seconds(), "rows/s")
			}
		})
	}
}

// views are the lists the screens show all the time.
var views = []string{
	"", "in:inbox", "is:unread", "in:voicemail", "in:fax", "in:sms", "in:mms", "in:pager", "in:done", "in:trash", "in:snoozed", "is:failed",
	"is:pending", "is:claimed", "has:note", "is:unread in:inbox", "in:voicemail is:unread", "in:fax in:inbox", "in:inbox after:2026-11-01", "in:text", "in:all",
}

func mustQuery(tb testing.TB, text string) Query {
	tb.Helper()
	q, err := ParseQuery(text, testNow, time.UTC)
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

// The cost of the first rows on the screen, and of rows anywhere in a list, must not
// depend on how many messages there are.
func BenchmarkWindow(b *testing.B) {
	ctx := context.Background()
	for _, n := range []int{1000, large(100_000)} {
		dir := filled(b, n)
		b.Run(fmt.Sprint("open/n=", n), func(b *testing.B) {
			for b.Loop() {
				s, err := Open(ctx, Options{Dir: dir, Now: func() time.Time { return testNow }})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.Window(ctx, mustQuery(b, "in:inbox"), OldestFirst, FromStart, 0, 50); err != nil {
					b.Fatal(err)
				}
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
		s := openTest(b, dir)
		for _, v := range views {
			q := mustQuery(b, v)
			ids, err := s.IDs(ctx, q, OldestFirst, n)
			if err != nil {
				b.Fatal(err)
			}
			at := FirstID(testNow.Add(-time.Hour * 24))
			if len(ids) > 0 {
				at = ids[len(ids)/2]
			}
			b.Run(fmt.Sprintf("view=%s/n=%d", strings.ReplaceAll(v, " ", "+"), n), func(b *testing.B) {
				for b.Loop() {
					if _, err := s.Window(ctx, q, OldestFirst, at, 50, 50); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkSearch types words letter by letter, as a person does, and reports the
// slowest twentieth of all letters.
func BenchmarkSearch(b *testing.B) {
	ctx := context.Background()
	s := openTest(b, filled(b, large(100_000)))
	typed := []string{"mary", "the", "zu", "q", "xyz", "5551234", "555 12", "fax", "unal", "петр", "in:voicemail a"}
	for n := range uint64(20) {
		typed = append(typed, spoken(n*n*n), spoken(n)+" "+spoken(n*37))
	}
	for b.Loop() {
		var took []time.Duration
		worst, word := time.Duration(0), ""
		for _, w := range typed {
			for i := range w {
				q, err := ParseQuery(w[:i+1], testNow, time.UTC)
				if err != nil {
					continue // "in:" on its own
				}
				start := time.Now()
				if _, err := s.Search(ctx, q, NewestFirst, 50); err != nil {
					b.Fatal(err)
				}
				d := time.Since(start)
				if took = append(took, d); d > worst {
					worst, word = d, w[:i+1]
				}
			}
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		b.ReportMetric(float64(worst.Microseconds())/1000, "max-ms")
		b.Logf("slowest: %q", word)
	}
}
