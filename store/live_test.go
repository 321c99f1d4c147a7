package store

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"switchboard/api"
)

// liveBox is a box that tells of news.
type liveBox struct {
	*box
	listens chan *ear
	refuse  error
}

// ear is somebody who listens to a liveBox.
type ear struct {
	news func(News)
	gone <-chan struct{}
}

func (l *liveBox) Listen(ctx context.Context, _ LiveWant, news func(News)) error {
	l.mu.Lock()
	err := l.refuse
	l.mu.Unlock()
	if err != nil {
		return err
	}
	l.listens <- &ear{news, ctx.Done()}
	<-ctx.Done()
	return context.Cause(ctx)
}

// up is the state of a connection that hears of messages.
func up() *LiveStatus { return &LiveStatus{Up: true, Hears: []string{HearsMessages}} }

// liveDesk is a store at work on a service that tells of news. The time is that of a
// bubble: it passes when nothing else happens.
type liveDesk struct {
	*Store
	t   *testing.T
	svc *liveBox
	acc Account
	ear *ear

	off   atomic.Int64 // how far the clock is off, in nanoseconds
	place atomic.Value // the network this machine is on
}

// hearing makes a desk whose first sync is over.
func hear(t *testing.T, dir string, n int) *liveDesk {
	t.Helper()
	svc := &liveBox{box: newBox("test:1:1"), listens: make(chan *ear, 10)}
	svc.now = time.Now()
	svc.fill(n, svc.now.Add(-48*time.Hour), time.Minute)
	d := liveOn(t, dir, svc)
	d.ear = <-svc.listens
	synctest.Wait()
	time.Sleep(2 * pullApart) // the history, and a while
	synctest.Wait()
	svc.calls()
	return d
}

func liveOn(t *testing.T, dir string, svc *liveBox) *liveDesk {
	t.Helper()
	d := &liveDesk{t: t, svc: svc}
	d.place.Store("here")
	now := func() time.Time { return time.Now().Add(time.Duration(d.off.Load())) }
	var err error
	if d.Store, err = Open(t.Context(), Options{Dir: dir, Location: time.UTC, Now: now, Alone: true}); err != nil {
		t.Fatal(err)
	}
	d.Store.sync.network = func() string { return d.place.Load().(string) }
	if d.acc, err = d.PutAccount(t.Context(), Account{Key: svc.key, Service: "test", Name: "Support"}); err != nil {
		t.Fatal(err)
	}
	d.Attach(svc)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
		_ = d.Close()
	})
	return d
}

// pass lets time pass and everything that happens in it.
func (d *liveDesk) pass(after time.Duration) {
	time.Sleep(after)
	synctest.Wait()
}

// comes is a message that comes in at the service.
func (d *liveDesk) comes(remote string) Incoming {
	d.svc.mu.Lock()
	d.svc.now = time.Now()
	d.svc.mu.Unlock()
	return *d.svc.add(remote, time.Now())
}

func (d *liveDesk) have(remote string) bool {
	d.t.Helper()
	var n int
	if err := d.r.QueryRow(`SELECT count(*) FROM items WHERE remote = ? AND availability = 0`, remote).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n == 1
}

func (d *liveDesk) phase() string { return d.Status()[0].Phase }

func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func TestToldMessageIsThereBeforeAnyRequest(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hear(t, t.TempDir(), 3)
		d.ear.news(News{Live: up()})
		equal(t, "phase", d.phase(), PhaseLive)
		changed, stop := d.Watch()
		defer stop()
		in := d.comes("2000")
		d.ear.news(News{Messages: []Incoming{in}, Changed: true})
		d.pass(newsKeys)
		if !d.have("2000") || len(changed) == 0 {
			t.Fatal("it is not there, or nobody was told")
		}
		equal(t, "requests before", len(d.svc.calls()), 0)
		d.pass(time.Second)
		equal(t, "requests after", len(d.svc.calls("pull")), 1) // which confirms it
		d.pass(4 * time.Minute)
		equal(t, "requests later", len(d.svc.calls()), 0)
	})
}

func TestManyNewsAreOneRequest(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hear(t, t.TempDir(), 3)
		d.ear.news(News{Live: up()})
		for i := range 500 {
			d.ear.news(News{Messages: []Incoming{d.comes(fmt.Sprint(5000 + i))}, Changed: true})
			d.ear.news(News{Changed: true})
		}
		d.pass(time.Second)
		equal(t, "in the first second", len(d.svc.calls("pull")), 1)
		for range 60 { // and so on for a minute
			d.ear.news(News{Changed: true})
			d.pass(time.Second)
		}
		if n := len(d.svc.calls("pull")); n < 10 || n > 21 {
			t.Errorf("%d requests in a minute of news, want at most one each %v", n, pullApart)
		}
		var n int
		if err := d.r.QueryRow(`SELECT count(*) FROM items`).Scan(&n); err != nil || n != 503 {
			t.Errorf("%d items, %v", n, err)
		}
	})
}

// What is heard may be doubled, late, out of order and without what it is about.
func TestOldNewsAreNoNews(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hear(t, t.TempDir(), 3)
		d.ear.news(News{Live: up()})
		first := d.comes("2000")
		d.ear.news(News{Messages: []Incoming{first}})
		d.pass(10 * time.Second)
		// It is read there, then deleted, and then the first news come again.
		d.svc.mu.Lock()
		d.svc.messages["2000"].Read, d.svc.messages["2000"].Modified, d.svc.now = true, time.Now(), time.Now()
		d.svc.mu.Unlock()
		d.ear.news(News{Changed: true})
		d.pass(10 * time.Second)
		d.ear.news(News{Messages: []Incoming{first, first}})
		d.pass(time.Second)
		var read bool
		if err := d.r.QueryRow(`SELECT read FROM items WHERE remote = '2000'`).Scan(&read); err != nil || !read {
			t.Errorf("old news made it unread: %v", err)
		}
		d.svc.mu.Lock()
		d.svc.messages["2000"].Availability, d.svc.messages["2000"].Modified, d.svc.now = Deleted, time.Now(), time.Now()
		d.svc.mu.Unlock()
		d.ear.news(News{Changed: true})
		d.pass(10 * time.Second)
		d.ear.news(News{Messages: []Incoming{first}})
		d.pass(time.Second)
		if d.have("2000") {
			t.Error("old news brought a deleted message back")
		}
		// News of a message that is gone before anybody asked: nobody tells of it again.
		ghost := first
		ghost.Remote = "ghost"
		d.ear.news(News{Messages: []Incoming{ghost}})
		d.pass(newsKeys)
		if !d.have("ghost") {
			t.Fatal("news were not believed")
		}
		d.pass(2 * pollPushed)
		if d.have("ghost") {
			t.Error("it is still believed in")
		}
		d.ear.news(News{Messages: []Incoming{{Remote: "timeless", Kind: Fax, Direction: Inbound}, {}}})
		d.pass(time.Second)
		if d.have("timeless") || d.Status()[0].Err != "" {
			t.Errorf("%+v", d.Status()[0])
		}
	})
}

// When nobody tells any more, it is asked at once, and then at the usual intervals.
func TestPollingTakesOver(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hear(t, t.TempDir(), 3)
		d.ear.news(News{Live: up()})
		d.pass(time.Minute)
		d.svc.calls()
		d.comes("lost")
		retry := time.Now().Add(30 * time.Second)
		d.ear.news(News{Live: &LiveStatus{Err: errors.New("it broke"), Retry: retry}})
		st := d.Status()[0]
		equal(t, "phase", []any{st.Phase, st.Since, st.Every, st.Push, st.PushUntil},
			[]any{PhasePolling, time.Now(), pollEvery, "push lost: it broke", retry})
		d.pass(time.Second)
		if !d.have("lost") {
			t.Error("nobody asked")
		}
		equal(t, "at once", len(d.svc.calls("pull")), 1)
		d.pass(time.Minute)
		equal(t, "in a minute", len(d.svc.calls("pull")), 3)
		d.ear.news(News{Live: up()}) // recovered: nothing was missed
		d.pass(10 * time.Minute)
		equal(t, "phase", d.phase(), PhaseLive)
		if n := len(d.svc.calls("pull")); n < 2 || n > 3 {
			t.Errorf("%d requests in ten minutes", n)
		}
		// After a gap it is asked for once.
		d.comes("in the gap")
		d.ear.news(News{Live: up(), Missed: true})
		d.pass(time.Second)
		equal(t, "after a gap", []any{len(d.svc.calls("pull")), d.have("in the gap")}, []any{1, true})
	})
}

func TestRefusedPush(t *testing.T) {
	bubble(t, func(t *testing.T) {
		svc := &liveBox{box: newBox("test:1:1"), listens: make(chan *ear, 10)}
		svc.now = time.Now()
		svc.refuse = &api.Error{Service: "Test", Op: "push", Status: 403, Code: "CMN-401", Permission: "WebSocketsSubscription", Message: "no"}
		d := liveOn(t, t.TempDir(), svc)
		d.pass(time.Second)
		st := d.Status()[0]
		equal(t, "status", []any{st.Phase, st.Push}, []any{PhasePolling, "push refused: the permission WebSocketsSubscription is missing"})
		svc.calls()
		d.pass(time.Minute)
		equal(t, "polls", len(svc.calls("pull")), 3)
		svc.mu.Lock()
		svc.refuse = nil
		svc.mu.Unlock()
		d.pass(10 * time.Minute)
		(<-svc.listens).news(News{Live: up()})
		equal(t, "granted later", d.phase(), PhaseLive)
		// Push that tells of something, but not of messages.
		d.SyncNow()
		d.pass(time.Second)
	})
}

func TestWhatIsNotToldIsAskedFor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hear(t, t.TempDir(), 3)
		d.ear.news(News{Live: &LiveStatus{Up: true, Hears: []string{FeedCalls}}})
		st := d.Status()[0]
		equal(t, "status", []any{st.Phase, st.Push}, []any{PhasePolling, "push does not tell of messages"})
		d.pass(time.Minute)
		equal(t, "polls", len(d.svc.calls("pull")), 3)
	})
}

// A sync with a new sign-in listens anew, with the new service.
func TestNewSignInListensAnew(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hear(t, t.TempDir(), 3)
		d.ear.news(News{Live: up()})
		next := &liveBox{box: d.svc.box, listens: make(chan *ear, 10)}
		d.Attach(next)
		<-d.ear.gone
		e := <-next.listens
		equal(t, "phase meanwhile", d.phase(), PhasePolling)
		e.news(News{Live: up()})
		equal(t, "phase", d.phase(), PhaseLive)
	})
}

func TestOfflineIsNotLive(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hear(t, t.TempDir(), 3)
		d.ear.news(News{Live: up()})
		d.svc.mu.Lock()
		d.svc.fail["pull"] = []error{offline}
		d.svc.mu.Unlock()
		before := d.Status()[0].Synced
		d.ear.news(News{Changed: true})
		d.pass(time.Second)
		st := d.Status()[0]
		equal(t, "status", []any{st.Phase, st.Synced}, []any{PhaseOffline, before})
		d.pass(10 * time.Second)
		equal(t, "recovered", d.phase(), PhaseLive)
		if got := d.Status()[0].Synced; !got.After(before) {
			t.Errorf("shown is as of %s still", got)
		}
	})
}

func TestLimitedModeWhileReading(t *testing.T) {
	bubble(t, func(t *testing.T) {
		d := hear(t, t.TempDir(), 3)
		d.ear.news(News{Live: up()})
		d.svc.mu.Lock()
		d.svc.fail["pull"] = []error{readOnly}
		d.svc.mu.Unlock()
		d.SyncNow()
		d.pass(time.Millisecond)
		st := d.Status()[0]
		equal(t, "status", []any{st.Phase, st.Until.After(time.Now())}, []any{PhaseLimited, true})
		d.pass(3 * time.Minute)
		equal(t, "afterwards", d.phase(), PhaseLive)
	})
}

// A store that cannot take in what was told loses nothing: it is asked for.
func TestQueueIsBounded(t *testing.T) {
	q := newLiveQueue()
	for i := range 3 * newsMost {
		q.put(News{
			Messages: []Incoming{{Remote: fmt.Sprint(i)}}, Presence: []IncomingPresence{{Extension: fmt.Sprint(i)}},
			Calls: []LiveCall{{Session: fmt.Sprint(i)}}, Posts: []IncomingPost{{Remote: fmt.Sprint(i)}}, Chats: []IncomingChat{{Remote: fmt.Sprint(i)}},
		})
	}
	n, ok := q.take()
	equal(t, "kept", []any{ok, len(n.Messages), len(n.Presence), len(n.Calls), len(n.Posts), len(n.Chats), n.Changed, n.Feeds},
		[]any{true, newsMost, newsMost, newsMost, newsMost, newsMost, true, []string{FeedCalls, FeedPresence, FeedChats}})
	if _, ok = q.take(); ok {
		t.Error("taken twice")
	}
	q.put(News{Live: up()})
	if _, ok = q.take(); ok || len(q.wake) > 1 {
		t.Error("a state is nothing to take in")
	}
}
