package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// queued is a service with chats that keeps a queue of news for this store, and does not
// say which chats have news.
type queued struct {
	*teams
	ears  chan queuedEar
	brief bool // the list says little
	since []string
	began time.Time
}

// clock goes with the time of the bubble.
func (q *queued) clock() time.Time { return testNow.Add(time.Minute + time.Since(q.began)) }

type queuedEar struct {
	want LiveWant
	news func(News)
}

func (q *queued) Listen(ctx context.Context, want LiveWant, news func(News)) error {
	q.ears <- queuedEar{want, news}
	<-ctx.Done()
	return context.Cause(ctx)
}

func (q *queued) ListensAlone() {}

func (q *queued) RecentChats(ctx context.Context) ([]IncomingChat, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return nil, q.enter(ctx, "recent")
}

func (q *queued) Chats(ctx context.Context, cursor string) ([]IncomingChat, string, error) {
	list, next, err := q.teams.Chats(ctx, cursor)
	for i := range list {
		if q.brief {
			list[i].Brief, list[i].Active, list[i].Description = true, time.Time{}, ""
		}
	}
	return list, next, err
}

func (q *queued) PostsSince(ctx context.Context, chat string, since time.Time) (out []IncomingPost, next string, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.since = append(q.since, chat)
	for _, p := range slices.Backward(q.posts[chat]) {
		if !p.Time.Before(since) {
			out = append(out, p)
		}
	}
	return out, "", q.enter(ctx, "since", chat)
}

func newQueued() *queued {
	return &queued{teams: newTeams("test:1:1"), ears: make(chan queuedEar, 10), began: time.Now()}
}

// open opens the store in dir with the service and runs it.
func (q *queued) open(t *testing.T, dir string) (s *Store, a Account, ended func()) {
	t.Helper()
	var err error
	if s, err = Open(t.Context(), Options{Dir: dir, Location: time.UTC, Now: q.clock, Alone: true}); err != nil {
		t.Fatal(err)
	}
	if a, err = s.PutAccount(t.Context(), Account{Key: q.key, Service: "test", Name: "Support"}); err != nil {
		t.Fatal(err)
	}
	s.Attach(q)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Run(ctx) }()
	return s, a, func() {
		cancel()
		<-done
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// told hands news over and waits for what becomes of them.
func told(ear queuedEar, n News) error {
	taken := make(chan error, 1)
	n.Taken = func(err error) { taken <- err }
	ear.news(n)
	return <-taken
}

func TestTakenComesAfterTheCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueued()
		dir := t.TempDir()
		s, a, ended := q.open(t, dir)
		ear := <-q.ears
		if ear.want.Name == "" || ear.want.Place != "" {
			t.Errorf("%+v", ear.want)
		}
		p := q.say("100", "2", "hello", 1)
		if err := told(ear, News{Posts: []IncomingPost{p}, Place: "feed 1"}); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := s.r.QueryRow(`SELECT count(*) FROM posts`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d posts, %v", n, err)
		}
		// More than there is room for is refused, so that it comes again.
		many := make([]IncomingPost, newsMost+1)
		for i := range many {
			many[i] = p
		}
		if err := told(ear, News{Posts: many, Place: "feed 2"}); !errors.Is(err, errNewsFull) {
			t.Errorf("%v", err)
		}
		if _, err := s.w.Exec(`DROP TABLE posts`); err != nil {
			t.Fatal(err)
		}
		if err := told(ear, News{Posts: []IncomingPost{p}, Place: "feed 3"}); err == nil {
			t.Error("what could not be taken in counts as taken")
		}
		name := ear.want.Name
		if _, place, err := s.livePlace(t.Context(), a.ID); err != nil || place != "feed 1" {
			t.Errorf("%q, %v", place, err)
		}
		ended()
		s, _, ended = newQueued().open(t, dir)
		defer ended()
		if got, place, err := s.livePlace(t.Context(), a.ID); err != nil || place != "feed 1" || got != name {
			t.Errorf("%q %q, %v", got, place, err)
		}
	})
}

// After news were missed each chat is asked for what came since, also when the program was
// ended in between.
func TestMissedNewsAreAskedFor(t *testing.T) {
	for _, killed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			q := newQueued()
			q.brief = true
			dir := t.TempDir()
			s, _, ended := q.open(t, dir)
			ear := <-q.ears
			time.Sleep(time.Second)
			synctest.Wait()
			c, err := s.FindChat(t.Context(), "Support")
			if err != nil || c.Older {
				t.Fatalf("%+v, %v", c, err)
			}
			q.say("100", "2", "while nobody listened", 2)
			q.mu.Lock()
			q.since = nil
			q.mu.Unlock()
			if killed {
				ended() // before anything is done about it
				s2, err := Open(t.Context(), Options{Dir: dir, Alone: true})
				if err != nil {
					t.Fatal(err)
				}
				b := &mailbox{key: q.key, svc: q, account: c.Account}
				if err := s2.keepPlace(t.Context(), b, News{Missed: true, Place: "feed 2"}, nil); err != nil {
					t.Fatal(err)
				}
				if err := s2.Close(); err != nil {
					t.Fatal(err)
				}
				s, _, ended = q.open(t, dir)
				<-q.ears
			} else if err := told(ear, News{Missed: true, Place: "feed 2"}); err != nil {
				t.Fatal(err)
			}
			defer func() { ended() }()
			time.Sleep(15 * time.Second)
			synctest.Wait()
			w, err := s.Posts(t.Context(), PostQuery{Chat: c.ID}, FromEnd, 10, 0)
			if err != nil || len(w.Rows) != 1 || w.Rows[0].Markdown != "while nobody listened" {
				t.Errorf("killed %v: %+v, %v; asked %v", killed, w.Rows, err, q.since)
			}
		})
	}
}

// Only one of two processes listens; when it ends the other takes over.
func TestOneProcessListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		a, b := newQueued(), newQueued()
		_, _, first := a.open(t, dir)
		<-a.ears
		s, _, second := b.open(t, dir)
		defer second()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(b.ears) != 0 {
			t.Fatal("both listen")
		}
		if st := s.Status(); len(st) != 1 || st[0].Phase != PhaseLive {
			t.Errorf("%+v", st)
		}
		first()
		time.Sleep(2 * whileOther)
		synctest.Wait()
		if len(b.ears) != 1 {
			t.Error("nobody listens")
		}
	})
}
