package store

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// feedBox is a service with contacts that counts how often it is asked.
type feedBox struct {
	*box
	parts   int // of the address book
	asked   map[string]int
	refuse  map[string]error
	expired bool
}

func newFeedBox() *feedBox {
	return &feedBox{box: newBox("test:1:1"), parts: 1, asked: map[string]int{}, refuse: map[string]error{}}
}

func (f *feedBox) ask(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked[name]++
	return f.refuse[name]
}

// takeAsked is how often each list was asked for since the last time.
func (f *feedBox) takeAsked() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := fmt.Sprint("contacts ", f.asked["contacts"], " directory ", f.asked["directory"], " favorites ", f.asked["favorites"])
	clear(f.asked)
	return s
}

func (f *feedBox) set(err error, names ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range names {
		f.refuse[n] = err
	}
}

func (f *feedBox) PullContacts(_ context.Context, cursor, page string) (PulledContacts, error) {
	if err := f.ask("contacts"); err != nil {
		return PulledContacts{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if cursor != "" {
		if f.expired {
			f.expired = false
			return PulledContacts{Reset: true}, nil
		}
		return PulledContacts{Cursor: "t"}, nil
	}
	n := atoi(page)
	out := PulledContacts{Records: []IncomingContact{{Contact: Contact{Remote: fmt.Sprint("c", n), First: fmt.Sprint("P", n)}}}}
	if n+1 < f.parts {
		out.Next = fmt.Sprint(n + 1)
	} else {
		out.Cursor = "t"
	}
	return out, nil
}

func (f *feedBox) PullDirectory(_ context.Context, page int, tag string) (PulledDirectory, error) {
	if err := f.ask("directory"); err != nil {
		return PulledDirectory{}, err
	}
	if tag != "" {
		return PulledDirectory{Same: true, Tag: tag}, nil
	}
	return PulledDirectory{Tag: "v", Records: []IncomingContact{{Contact: Contact{Remote: "d", Name: "D", Extension: "101"}}}}, nil
}

func (f *feedBox) PullFavorites(context.Context) ([]FavoriteRef, error) {
	return []FavoriteRef{{Personal, "c0"}}, f.ask("favorites")
}

// atWork runs a store on a service, in a bubble whose time passes by itself.
func atWork(t *testing.T, dir string, f Service) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: dir, Actor: "ana@desk", Location: time.UTC, Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	s.Attach(f)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

func statusOf(t *testing.T, s *Store, name string) FeedStatus {
	t.Helper()
	for _, f := range s.Feeds() {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no feed is called %s", name)
	return FeedStatus{}
}

// A day on which nothing happens: each list is asked for as often as the schedule says,
// and no more; after a restart it goes on where it was.
func TestFeedSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, dir := newFeedBox(), t.TempDir()
		f.parts = 7
		s := atWork(t, dir, f)
		time.Sleep(10 * time.Second)
		equal(t, "at first", f.takeAsked(), "contacts 7 directory 1 favorites 1")
		for _, n := range []string{FeedContacts, FeedDirectory, FeedFavorites} {
			if st := statusOf(t, s, n); !st.Done || st.Err != "" || st.Synced.IsZero() {
				t.Errorf("%+v", st)
			}
		}
		time.Sleep(24*time.Hour - time.Second)
		equal(t, "a day", f.takeAsked(), "contacts 144 directory 24 favorites 144")
		s.SyncNow()
		time.Sleep(time.Second)
		equal(t, "a person asks", f.takeAsked(), "contacts 1 directory 1 favorites 1")
		time.Sleep(time.Minute)
		equal(t, "a minute after", f.takeAsked(), "contacts 0 directory 0 favorites 0")
	})
	synctest.Test(t, func(t *testing.T) {
		f, dir := newFeedBox(), t.TempDir()
		s, err := Open(t.Context(), Options{Dir: dir, Location: time.UTC, Alone: true})
		if err != nil {
			t.Fatal(err)
		}
		s.Attach(f)
		acc, err := s.PutAccount(t.Context(), Account{Key: f.key, Service: "test", Name: "Support"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SyncFeeds(t.Context(), acc.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		equal(t, "once", f.takeAsked(), "contacts 1 directory 1 favorites 1")
		time.Sleep(time.Minute)
		atWork(t, dir, f)
		time.Sleep(8 * time.Minute)
		equal(t, "after a restart", f.takeAsked(), "contacts 0 directory 0 favorites 0")
		time.Sleep(2 * time.Minute)
		equal(t, "when its time has come", f.takeAsked(), "contacts 1 directory 0 favorites 1")
	})
}

// What is not permitted is said, asked for once an hour, and holds up nothing else.
func TestFeedDenied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeedBox()
		f.set(forbidden, "contacts")
		s := atWork(t, t.TempDir(), f)
		time.Sleep(24*time.Hour + time.Minute)
		equal(t, "a day", f.takeAsked(), "contacts 25 directory 25 favorites 145")
		if st := statusOf(t, s, FeedContacts); !st.Denied || st.Done || !strings.Contains(st.Err, "EditMessages") || st.Until.IsZero() {
			t.Errorf("%+v", st)
		}
		f.set(nil, "contacts")
		s.SyncNow()
		time.Sleep(time.Second)
		if st := statusOf(t, s, FeedContacts); st.Denied || !st.Done || st.Err != "" {
			t.Errorf("permitted: %+v", st)
		}
	})
}

// Without a network each list is tried less and less often, and read soon after it is
// back; what was read before stays.
func TestFeedOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeedBox()
		s := atWork(t, t.TempDir(), f)
		time.Sleep(time.Minute)
		f.takeAsked()
		f.set(offline, "contacts", "directory", "favorites")
		time.Sleep(12 * time.Hour)
		f.mu.Lock()
		n := f.asked["contacts"]
		f.mu.Unlock()
		if n < 55 || n > 170 { // every five minutes to a quarter of an hour, and at first more often
			t.Errorf("asked for contacts %d times in twelve hours", n)
		}
		if st := statusOf(t, s, FeedContacts); !st.Done || st.Err == "" || st.Denied || time.Since(st.Synced) < 11*time.Hour {
			t.Errorf("%+v", st)
		}
		if n, _, err := s.CountContacts(t.Context(), ContactQuery{}, 10); n != 2 || err != nil {
			t.Errorf("%d contacts, %v", n, err)
		}
		f.set(nil, "contacts", "directory", "favorites")
		time.Sleep(15 * time.Minute)
		for _, name := range []string{FeedContacts, FeedDirectory, FeedFavorites} {
			if st := statusOf(t, s, name); st.Err != "" || time.Since(st.Synced) > 15*time.Minute {
				t.Errorf("%+v", st)
			}
		}
	})
}

// A cursor that has expired starts the list over: what is gone meanwhile goes.
func TestFeedReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFeedBox()
		f.parts = 3
		s := atWork(t, t.TempDir(), f)
		time.Sleep(time.Minute)
		f.takeAsked()
		f.mu.Lock()
		f.expired, f.parts = true, 2
		f.mu.Unlock()
		time.Sleep(10 * time.Minute)
		equal(t, "asked", f.takeAsked(), "contacts 3 directory 0 favorites 1")
		if n, _, err := s.CountContacts(t.Context(), ContactQuery{Source: Personal}, 10); n != 2 || err != nil {
			t.Errorf("%d contacts, %v", n, err)
		}
	})
}

// Two mailboxes of one company read its directory once.
func TestFeedSharedDirectory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := newFeedBox(), newFeedBox()
		b.key = "test:1:2"
		s := atWork(t, t.TempDir(), a)
		time.Sleep(time.Second)
		s.Attach(b)
		time.Sleep(time.Second)
		equal(t, "the first", a.takeAsked(), "contacts 1 directory 1 favorites 1")
		equal(t, "the second", b.takeAsked(), "contacts 1 directory 0 favorites 1")
		if n, _, err := s.CountContacts(t.Context(), ContactQuery{Source: Directory}, 10); n != 1 || err != nil {
			t.Errorf("%d entries, %v", n, err)
		}
		for _, q := range []ContactQuery{{Source: Personal}, {Favorites: true}} {
			if n, _, err := s.CountContacts(t.Context(), q, 10); n != 2 || err != nil {
				t.Errorf("%+v: %d contacts, %v", q, n, err)
			}
		}
		if err := s.DropAccount(t.Context(), a.key); err != nil {
			t.Fatal(err)
		}
		if n, _, err := s.CountContacts(t.Context(), ContactQuery{Source: Personal}, 10); n != 1 || err != nil {
			t.Errorf("%d contacts after one account was removed, %v", n, err)
		}
	})
}
