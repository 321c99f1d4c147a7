package emailgistics

import (
	"strings"
	"testing"
	"time"

	sim "switchboard/api/simulator/emailgistics"
	"switchboard/store"
)

// The program at work: the history comes in while the status tells of the reports, news
// come by themselves with their attachments, and what a person asks for goes first.
func TestAtWork(t *testing.T) {
	srv := simulate(t, sim.Config{Messages: 40, Mailboxes: 2})
	d := open(t, srv, WithEvery(100*time.Millisecond))
	defer d.run()()
	ctx := t.Context()
	d.until("the history", func() bool {
		st, err := d.SyncState(ctx, d.acc.ID)
		return err == nil && st.HistoryDone && len(d.rows("in:email")) == len(seen(srv))
	})
	told := false
	for words := range d.said {
		told = told || strings.HasPrefix(words, "report ")
	}
	if !told {
		t.Errorf("the status said no more than %v", d.said)
	}
	srv.Arrive(12)
	d.until("the news with their attachments", func() bool {
		for _, m := range seen(srv)[len(seen(srv))-3:] {
			id, err := d.Resolve(ctx, prefix+m.MessageID)
			if err != nil {
				return false
			}
			it, err := d.Item(ctx, id)
			if err != nil || m.HasAttachments && (it.Bare != store.NotBare || len(it.Attachments) != len(m.Files)) {
				return false
			}
		}
		return true
	})
	arrived, _, err := d.Arrivals(ctx, 0)
	if err != nil || len(arrived) == 0 {
		t.Errorf("%d arrivals are told of: %v", len(arrived), err)
	}
	if boxes, err := d.Boxes(ctx, d.acc.ID); err != nil || len(boxes) != 2 {
		t.Errorf("%d mailboxes: %v", len(boxes), err)
	}
}
