package uitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
	"switchboard/ui"
)

// share is the value below which so many percent of the times are.
func share(took []time.Duration, percent int) time.Duration {
	slices.Sort(took)
	return took[min(len(took)*percent/100, len(took)-1)]
}

// live waits for the status line to say that the service tells of news.
func (d *Desk) live() {
	d.t.Helper()
	d.Eventually("push", func() bool {
		st := d.Store.Status()[0]
		return st.Phase == store.PhaseLive || st.Phase == store.PhaseSyncing && st.Push == ""
	})
}

// publish has the service send an event over the socket.
func publish(tb testing.TB, s *simulator.Server, event string, body any) {
	tb.Helper()
	b, err := json.Marshal(map[string]any{"event": event, "body": body})
	if err != nil {
		tb.Fatal(err)
	}
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, s.Description().ControlURL+"/push/event", bytes.NewReader(b))
	if err != nil {
		tb.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		tb.Fatalf("event: %s", resp.Status)
	}
}

// BenchmarkEventToRow measures from an event on the socket to its row in a frame of the
// real program, while 100,000 messages are stored and a sync goes on. It must be under
// 100 ms for 95 of 100. Run it with -benchtime 1x.
func BenchmarkEventToRow(b *testing.B) {
	stored, events := 100_000, 80
	if testing.Short() {
		stored, events = 10_000, 40
	}
	d := Open(b, Config{
		Messages: stored * 5 / 2, Unsynced: true, Width: 120, Height: events + 20, Sim: simulator.Config{Calls: -1, Chats: -1, Contacts: -1},
		Views: []ui.View{{Key: "1", Name: "Bench", Query: "in:text from:4155550123"}},
	})
	for have, limit := 0, time.Now().Add(5*time.Minute); have < stored; {
		time.Sleep(100 * time.Millisecond)
		var err error
		if have, _, err = d.Store.Count(b.Context(), store.Query{}, stored); err != nil || time.Now().After(limit) {
			b.Fatalf("%d of %d messages are here: %v", have, stored, err)
		}
	}
	d.live()
	d.Press("1")
	d.See("nothing in Bench")
	var took []time.Duration
	syncing := 0
	n := 0
	for b.Loop() {
		for range events {
			n++
			now := time.Now().UTC()
			text := fmt.Sprintf("bench%05d", n)
			start := time.Now()
			publish(b, d.Sim, "/restapi/v1.0/account/~/extension/~/message-store/instant", map[string]any{
				"id": fmt.Sprint(5_000_000_000 + n), "type": "SMS", "direction": "Inbound", "readStatus": "Unread", "subject": text,
				"creationTime": now.Format("2006-01-02T15:04:05.000Z"), "lastModifiedTime": now.Format("2006-01-02T15:04:05.000Z"),
				"from": map[string]any{"phoneNumber": "+14155550123"}, "to": []any{map[string]any{"phoneNumber": "+16505550100"}},
			})
			d.See(text)
			took = append(took, time.Since(start))
			if d.Store.Status()[0].Phase == store.PhaseSyncing {
				syncing++
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(share(took, 50)), "p50-ms")
	b.ReportMetric(ms(share(took, 95)), "p95-ms")
	b.ReportMetric(float64(syncing)*100/float64(len(took)), "%syncing")
}

var position = regexp.MustCompile(`(\d[\d,]*) of`)

// BenchmarkFlood has 500 events a second come for ten seconds (a minute with
// SWITCHBOARD_BENCH=full) while keys are pressed, and tells how long keys take, how much
// memory it takes, and whether everything is there when it is over.
func BenchmarkFlood(b *testing.B) {
	burst := simulator.Burst{Count: 5_000, Rate: 500}
	if os.Getenv("SWITCHBOARD_BENCH") == "full" {
		burst.Count = 30_000
	}
	d := Open(b, Config{Messages: 5_000, Sim: simulator.Config{Calls: -1, Chats: -1}})
	d.See("Inbox", "oldest first")
	d.live()
	var messages []int64
	done := make(chan error, 1)
	go func() {
		var err error
		messages, err = d.Sim.Burst(context.Background(), burst)
		done <- err
	}()
	at := func(s string) string {
		if m := position.FindStringSubmatch(s); m != nil {
			return m[1]
		}
		return ""
	}
	var took []time.Duration
	var least, most uint64
	for i := 0; ; i++ {
		select {
		case err := <-done:
			if err != nil {
				b.Fatal(err)
			}
		default:
			before := at(d.Screen())
			start := time.Now()
			d.Press([]string{"j", "j", "j", "k"}[i%4])
			d.Until("the next row", func(s string) bool { return at(s) != before })
			took = append(took, time.Since(start))
			time.Sleep(40 * time.Millisecond)
			if i%25 == 24 {
				debug.FreeOSMemory()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				if least == 0 {
					least = m.HeapAlloc
				}
				most = max(most, m.HeapAlloc)
			}
			continue
		}
		break
	}
	missing := 0
	d.Eventually("everything that came", func() bool {
		have := map[string]bool{}
		q, err := store.ParseQuery("in:all -in:calls", time.Now(), time.UTC)
		if err != nil {
			b.Fatal(err)
		}
		ids, err := d.Store.IDs(b.Context(), q, store.NewestFirst, len(messages)+100)
		if err != nil {
			b.Fatal(err)
		}
		for _, id := range ids {
			it, err := d.Store.Item(b.Context(), id)
			if err != nil {
				b.Fatal(err)
			}
			have[it.Remote] = true
		}
		missing = 0
		for _, id := range messages {
			if !have[fmt.Sprint(id)] {
				missing++
			}
		}
		return missing == 0
	})
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(share(took, 50)), "key-p50-ms")
	b.ReportMetric(ms(share(took, 99)), "key-p99-ms")
	b.ReportMetric(float64(len(took)), "keys")
	b.ReportMetric(float64(most-least)/(1<<20), "heap-growth-MB")
	b.ReportMetric(float64(len(messages)), "messages")
	b.ReportMetric(float64(missing), "missing")
}
