package store

import (
	"context"
	"testing"
	"time"
)

// What another program has done shows at once in one that runs, and what it left to be
// sent is sent, though no clock says that it is time to look.
func TestOtherProgramIsHeard(t *testing.T) {
	dir := t.TempDir()
	f := newBox("ringcentral:1:101")
	m := f.add("1", testNow)
	s, other := openTest(t, dir), openTest(t, dir)
	s.Attach(f)
	s.sync.after = func(time.Duration) <-chan time.Time { return nil } // nothing is looked at by the clock
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	defer func() {
		cancel()
		<-stopped
	}()
	heard, stop := s.Watch()
	defer stop()
	until := func(what string, ok func() bool) {
		t.Helper()
		limit := time.NewTimer(20 * time.Second)
		defer limit.Stop()
		for !ok() {
			select {
			case <-heard:
			case <-limit.C:
				t.Fatalf("did not come: %s", what)
			}
		}
	}
	var id ID
	until("the first message", func() bool {
		id, _ = s.Resolve(ctx, "1")
		return id != 0
	})
	if _, err := other.Act(ctx, Change{Verb: VerbDone, Items: []ID{id}}); err != nil {
		t.Fatal(err)
	}
	until("what was done elsewhere", func() bool {
		it, err := s.Item(ctx, id)
		return err == nil && it.State == Done
	})
	if _, err := other.Act(ctx, Change{Verb: VerbRead, Items: []ID{id}}); err != nil {
		t.Fatal(err)
	}
	until("what was left to be sent", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return m.Read
	})
}
