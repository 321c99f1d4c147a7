package uitest

import (
	"strings"
	"testing"
	"time"
)

// A thousand marked messages are marked done, and that is taken back: from the key to the
// screen that says so, which is after it is on disk.
func BenchmarkThousandMarked(b *testing.B) {
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
		d.Press("e")
		d.See("Mark done: 1,000 items?")
		d.Press("y")
		begin := time.Now()
		d.Until("no marks", func(s string) bool { return !strings.Contains(s, "1,000 marked") })
		shown += time.Since(begin)
		until("reopens them")
		done += time.Since(begin)
		d.Press("u")
		back += until("Taken back")
	}
	for name, d := range map[string]time.Duration{"ms-shown": shown, "ms-done": done, "ms-undone": back} {
		b.ReportMetric(float64(d.Microseconds())/1000/float64(b.N), name)
	}
}
