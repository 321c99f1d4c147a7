package store

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// callsOf are n made-up calls, a minute apart, the last one now: every eighth missed,
// one in a thousand rejected, from as many people as there are in a small town.
func callsOf(n int) []Incoming {
	out := make([]Incoming, n)
	for i := range out {
		in := Incoming{
			Remote: fmt.Sprintf("call:IV%d", i), Kind: Call, Direction: Inbound, Time: testNow.Add(-time.Duration(n-i) * time.Minute), Outcome: CallAnswered,
			From: Party{Name: fmt.Sprintf("Caller %d", i%5000), Number: fmt.Sprintf("+1415%07d", i%5000)}, To: []Party{{Extension: "101"}},
			Duration: time.Duration(i%300) * time.Second, Call: &CallDetail{Type: "Voice", Result: "Accepted"}, Subject: "Accepted",
		}
		switch {
		case i%1000 == 500:
			in.Outcome = CallRejected
		case i%8 == 0:
			in.Outcome = CallMissed
		case i%5 == 0:
			in.Direction, in.From, in.To = Outbound, Party{}, []Party{in.From}
		case i%7 == 0:
			in.Company, in.Owner = true, "Ben"
		}
		if i%11 == 0 {
			in.Attachments = []Attachment{{Remote: fmt.Sprint(i), Kind: AudioRecording, Size: -1}}
		}
		out[i] = in
	}
	return out
}

// callQueries are the lists of the call log, with the index each is a walk along.
func callQueries() map[string]string {
	return map[string]string{
		"in:calls":                  "items_kind",
		"in:calls is:own":           "items_calls",
		"in:calls is:company":       "items_calls",
		"in:calls is:own is:missed": "items_missed",
		"is:missed":                 "items_missed",
		"is:answered":               "items_answered",
		"is:rejected":               "items_outcome",
		"is:abandoned":              "items_outcome",
		"is:busy":                   "items_outcome",
		"is:returned":               "items_returned",
		"in:calls is:returned":      "items_returned",
		"has:recording":             "items_recorded",
		"has:message":               "items_linked",
		"dur:>200":                  "items_length",
		"in:calls dur:>200":         "items_kind",
		"in:inbox is:missed":        "items_state",
		"in:inbox":                  "items_state",
	}
}

// Each list of calls is a walk along an index in the order shown: nothing is sorted.
func TestCallPlans(t *testing.T) {
	s := openTest(t, t.TempDir())
	fill(t, s, callsOf(50), 500)
	for text, index := range callQueries() {
		p := s.plan(t.Context(), mustQuery(t, text))
		query, args := p.sql(rowColumns, edge(false), true, false, 50, false)
		rows, err := s.r.Query("EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(plan, "; ")
		if !strings.Contains(plan[0], "INDEX "+index+" ") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// BenchmarkCallWindow reads a screen of each list of calls, with a thousand calls and
// with a hundred thousand.
func BenchmarkCallWindow(b *testing.B) {
	for _, n := range []int{1000, large(100_000)} {
		s := openTest(b, b.TempDir())
		fill(b, s, callsOf(n), 1000)
		for text := range callQueries() {
			q := mustQuery(b, text)
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(text, " ", "+"), n), func(b *testing.B) {
				for b.Loop() {
					if _, err := s.Window(b.Context(), q, NewestFirst, FromStart, 0, 50); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
