package store

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// bench is a store with a service and a clock that only the test moves.
type bench struct {
	*Store
	t   *testing.T
	svc *box
	acc Account

	mu    sync.Mutex
	clock time.Time
	waits chan wait
}

type wait struct {
	d time.Duration
	c chan time.Time
}

func newBench(t *testing.T, dir string, svc *box) *bench {
	t.Helper()
	b := &bench{t: t, svc: svc, clock: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), waits: make(chan wait, 100)}
	s, err := Open(t.Context(), Options{Dir: dir, Actor: "ana@desk", Location: time.UTC, Now: func() time.Time {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.clock
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	b.Store = s
	s.sync.after = func(d time.Duration) <-chan time.Time {
		w := wait{d, make(chan time.Time, 1)}
		b.waits <- w
		return w.c
	}
	b.acc, err = s.PutAccount(t.Context(), Account{Key: svc.key, Service: "test", Name: "Support"})
	if err != nil {
		t.Fatal(err)
	}
	s.Attach(svc)
	return b
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

// synced is a bench with n messages that are all here.
func synced(t *testing.T, n int) *bench {
	t.Helper()
	svc := newBox("test:1:1")
	svc.fill(n, svc.now.Add(-48*time.Hour), time.Minute)
	b := newBench(t, t.TempDir(), svc)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	svc.calls()
	return b
}

// id is the item of a message.
func (b *bench) id(remote string) ID {
	b.t.Helper()
	var id int64
	if err := b.r.QueryRow(`SELECT id FROM items WHERE remote = ?`, remote).Scan(&id); err != nil {
		b.t.Fatalf("message %s: %v", remote, err)
	}
	return ID(id)
}

func (b *bench) ids(remotes ...string) []ID {
	var out []ID
	for _, r := range remotes {
		out = append(out, b.id(r))
	}
	return out
}

func (b *bench) act(v Verb, remotes ...string) Op {
	b.t.Helper()
	op, err := b.Act(b.t.Context(), Change{Verb: v, Items: b.ids(remotes...), Text: map[Verb]string{VerbNote: "hi"}[v]})
	if err != nil {
		b.t.Fatalf("%s %v: %v", v, remotes, err)
	}
	return op
}

// look is an item in short: "unread alive open", with "*" while something waits.
func (b *bench) look(remote string) string {
	b.t.Helper()
	it, err := b.Item(b.t.Context(), b.id(remote))
	if err != nil {
		b.t.Fatal(err)
	}
	read := "unread"
	if it.Read {
		read = "read"
	}
	out := fmt.Sprintf("%s %s %s", read, it.Availability, it.State)
	if it.Pending {
		out += " *"
	}
	return out
}

func (b *bench) op(id int64) Op {
	b.t.Helper()
	ops, err := b.Ops(b.t.Context(), 0)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, op := range ops {
		if op.ID == id {
			return op
		}
	}
	b.t.Fatalf("no operation %d", id)
	return Op{}
}

func (b *bench) notices() []string {
	b.t.Helper()
	ns, err := b.Notices(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, n := range ns {
		out = append(out, n.Text+" | "+n.Next)
	}
	return out
}

func (b *bench) box() *mailbox { return b.mailboxes()[0] }

// sendOnce sends one batch, as the sender does.
func (b *bench) sendOnce() sent {
	b.t.Helper()
	out, err := b.send(b.t.Context(), b.box())
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%q", fmt.Sprint(got)), fmt.Sprintf("%q", fmt.Sprint(want)); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}
