package store

import (
	"testing"
	"time"
)

// thousand is a store of a mailbox of n messages, and the ids of a thousand of them.
func thousand(tb testing.TB, n int) (*Store, []ID) {
	tb.Helper()
	s := openTest(tb, tb.TempDir())
	fill(tb, s, messages(n, 1), 1000)
	q, err := ParseQuery("in:all", testNow, time.UTC)
	if err != nil {
		tb.Fatal(err)
	}
	ids, err := s.IDs(tb.Context(), q, NewestFirst, 1000)
	if err != nil || len(ids) != 1000 {
		tb.Fatal(len(ids), err)
	}
	return s, ids
}

// A thousand marked messages are one key, and one more to take it back.
func BenchmarkThousand(b *testing.B) {
	s, ids := thousand(b, 20_000)
	for _, c := range []Change{{Verb: VerbDone}, {Verb: VerbSnooze, Text: "2026-12-24T09:00:00Z"}, {Verb: VerbClaim, Note: "please"}, {Verb: VerbNote, Text: "called back"}, {Verb: VerbLabels, Text: "urgent"}, {Verb: VerbUnread}, {Verb: VerbDelete}} {
		c.Items = ids
		time1, time2 := time.Duration(0), time.Duration(0)
		b.Run(string(c.Verb), func(b *testing.B) {
			time1, time2 = 0, 0
			for b.Loop() {
				t0 := time.Now()
				if _, err := s.Act(b.Context(), c); err != nil {
					b.Fatal(err)
				}
				t1 := time.Now()
				if _, err := s.Undo(b.Context()); err != nil {
					b.Fatal(err)
				}
				time1, time2 = time1+t1.Sub(t0), time2+time.Since(t1)
			}
			b.ReportMetric(float64(time1.Milliseconds())/float64(b.N), "ms/act")
			b.ReportMetric(float64(time2.Milliseconds())/float64(b.N), "ms/undo")
		})
	}
}
