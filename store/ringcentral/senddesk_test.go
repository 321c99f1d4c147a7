package ringcentral_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

// killer is a mailbox whose process can die in the middle of sending.
type killer struct {
	*adapter.Mailbox
	before, after func() // the request; nil: nothing happens
	dead          bool
	hold          func(o store.Outgoing) // comes before the request; may be nil
}

func (k *killer) SendOutgoing(ctx context.Context, o store.Outgoing, progress func(done, total int64)) (store.Incoming, error) {
	if k.before != nil {
		k.dead = true
		k.before()
		return store.Incoming{}, errors.New("the process is gone")
	}
	if k.hold != nil {
		k.hold(o)
	}
	in, err := k.Mailbox.SendOutgoing(ctx, o, progress)
	if k.after != nil {
		k.dead = true
		k.after()
	}
	return in, err
}

// sender is a desk whose store can be left and opened anew.
type sender struct {
	*desk
	dir string
	box *killer
	opt store.Options

	waits atomic.Int32 // since two programs began to send at once
	stop  func()       // ends that
}

// after lets time jump. Two programs at once wait for each other only a little: a lease
// must not run out because its owner had no time to work.
func (s *sender) after(d time.Duration) <-chan time.Time {
	if s.waits.Add(1) > 10 && s.stop != nil {
		s.stop()
		return nil
	}
	return s.clock.After(d)
}

func newSender(t testing.TB, cfg simulator.Config, delay time.Duration) *sender {
	t.Helper()
	return newSenderOf(open(t, cfg), delay)
}

func newSenderOf(d *desk, delay time.Duration) *sender {
	t := d.t
	t.Helper()
	own := *d // several may be at one service
	own.Store = nil
	s := &sender{desk: &own, dir: t.TempDir()}
	s.opt = store.Options{Dir: s.dir, Actor: "ana@desk", Now: d.clock.Now, After: s.after, Location: time.UTC, SendDelay: delay}
	s.reopen()
	return s
}

// reopen is another start of the program.
func (s *sender) reopen() {
	s.t.Helper()
	if s.Store != nil {
		s.Store.Close()
	}
	s.Store, s.box = s.another()
}

// another is another program on the same database.
func (s *sender) another() (*store.Store, *killer) {
	s.t.Helper()
	st, err := store.Open(s.t.Context(), s.opt)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { st.Close() })
	if s.acc, err = st.PutAccount(s.t.Context(), s.acc); err != nil {
		s.t.Fatal(err)
	}
	k := &killer{Mailbox: adapter.New(s.acc.Key, s.client)}
	st.Attach(k)
	return st, k
}

func (s *sender) file(name string, size int) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Repeat("x", size)), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func (s *sender) send(m store.NewMessage) store.Op {
	s.t.Helper()
	op, err := s.Send(s.t.Context(), m)
	if err != nil {
		s.t.Fatal(err)
	}
	return op
}

// settled sends until nothing waits any more.
func (s *sender) settled() {
	s.t.Helper()
	var err error
	for range 400 {
		if err = s.Flush(s.t.Context()); err == nil {
			return
		}
		if s.box.dead {
			s.reopen()
			continue
		}
		if !strings.Contains(err.Error(), "later") {
			return // refused: for the caller to see
		}
		<-s.clock.After(time.Minute)
	}
	s.t.Fatalf("never sent: %v", err)
}

// outbound are the messages here that go out, as "kind to whom delivery".
func (s *sender) outbound() (list []string) {
	s.t.Helper()
	for _, r := range s.rows("in:all") {
		if r.Direction != store.Outbound || r.Availability != store.Alive {
			continue
		}
		words := fmt.Sprintf("%s %s %s", r.Kind, r.Who.Number+r.Who.Extension, r.Delivery)
		if r.Pending {
			words += " (pending)"
		}
		list = append(list, words)
	}
	return list
}

func (s *sender) wants(want ...string) {
	s.t.Helper()
	if got := s.outbound(); !slices.Equal(got, want) {
		s.t.Errorf("shown:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const (
	toAna  = "+14155550123"
	toBusy = "+14155550100" // a fax to it fails
	colleg = "104"
)
