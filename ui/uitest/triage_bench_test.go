package uitest

import (
	"strings"
	"testing"
	"time"
)

// What is done to a thousand marked messages, and that taken back: from the key to the
// screen that says so, which is after it is on disk. Each way does it again and again on
// one store, whose journals grow.
func BenchmarkThousandMarked(b *testing.B) {
	for _, way := range []struct {
		name, key, asks, typed, said string
	}{
		{"done", "e", "Mark done: 1,000 items?", "", "reopens them"},
		{"note", "m", "Note on 1,000 items", "called back", "Added a note to "},
		{"label", "t", "Labels of 1,000 items", "urgent", "Labelled "},
	} {
		b.Run(way.name, func(b *testing.B) { thousandMarked(b, way.key, way.asks, way.typed, way.said) })
	}
}

func thousandMarked(b *testing.B, key, asks, typed, said string) {
	d := Open(b, Config{Now: noon, Messages: 1000})
	d.See("Inbox", "oldest first")
	d.Press("/")
	d.Free("in:all")
	d.Press("Enter")
	d.See("of 1,000")
	until := func(words string) time.Duration {
		begin := time.Now()
		d.Until(words, func(s string) bool { return strings.Contains(s, words) })
		return time.Since(begin)
	}
	var done, shown, back time.Duration
	for b.Loop() {
		d.Press("*")
		d.See("1,000 marked")
		d.Press(key)
		d.See(asks)
		if typed != "" {
			d.Free(typed)
			d.Press("Enter")
			d.See(" 1,000 items", "?", "y ")
		}
		d.Press("y")
		begin := time.Now()
		d.Gone(" 1,000 items") // the question
		shown += time.Since(begin)
		until(said)
		done += time.Since(begin)
		if strings.Contains(d.Screen(), "1,000 marked") { // a note leaves the marks
			d.Press("*")
			d.Gone("1,000 marked")
		}
		d.Press("u")
		back += until("Taken back")
	}
	for name, d := range map[string]time.Duration{"ms-shown": shown, "ms-done": done, "ms-undone": back} {
		b.ReportMetric(float64(d.Microseconds())/1000/float64(b.N), name)
	}
}
