package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"switchboard/api"
)

func (b *bench) count() int {
	b.t.Helper()
	var n int
	if err := b.r.QueryRow(`SELECT count(*) FROM items`).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// turns does the next n pieces of work of the sync.
func (b *bench) turns(p *puller, n int) {
	b.t.Helper()
	for range n {
		if wait := p.turn(b.t.Context()); b.Status()[0].Err != "" {
			b.t.Fatalf("%s, waits %v", b.Status()[0].Err, wait)
		}
	}
}

func (b *bench) puller() *puller {
	b.t.Helper()
	if err := b.ready(b.t.Context(), b.box()); err != nil {
		b.t.Fatal(err)
	}
	return &puller{s: b.Store, b: b.box()}
}

func TestFirstSyncIsNewestFirstAndResumes(t *testing.T) {
	svc := newBox("test:1:1")
	svc.fill(95, svc.now.Add(-48*time.Hour), time.Minute)
	dir := t.TempDir()
	b := newBench(t, dir, svc)
	equal(t, "before", b.Status()[0].Phase, PhaseSyncing)
	p := b.puller()
	b.turns(p, 1)
	equal(t, "after the first page", b.count(), 10)
	b.id("1094")
	b.turns(p, 4)
	<-p.ahead.done
	equal(t, "after four pages of history", b.count(), 40)
	equal(t, "phase", b.Status()[0].Phase, PhaseSyncing)
	before := len(svc.calls())
	if before > 7 {
		t.Errorf("%d requests", before)
	}
	b.Close() // and a new process

	b = newBench(t, dir, svc)
	p = b.puller()
	b.turns(p, 1) // what is new
	for i := 0; ; i++ {
		st, err := b.SyncState(t.Context(), b.acc.ID)
		if err != nil || i > 20 {
			t.Fatal("the history does not end", err)
		}
		if st.HistoryDone {
			break
		}
		b.turns(p, 1)
	}
	equal(t, "all", b.count(), 95)
	older := svc.calls("older")
	if len(older) > 6 || older[0] == "older" {
		t.Errorf("it did not go on where it was: %v", older)
	}
	wait := p.turn(t.Context())
	if wait <= 0 || wait > pollEvery {
		t.Errorf("waits %v", wait)
	}
	equal(t, "phase", b.Status()[0].Phase, PhasePolling)
}

func TestNothingIsLostBetweenEqualTimes(t *testing.T) {
	svc := newBox("test:1:1")
	at := svc.now.Add(-time.Hour)
	for i := range 57 { // moments of 25 messages each, pages of 10
		svc.add(fmt.Sprint(1000+i), at.Add(time.Duration(i/25)*time.Second))
	}
	b := newBench(t, t.TempDir(), svc)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	equal(t, "stored", b.count(), 57)
}

func TestIncrements(t *testing.T) {
	b := synced(t, 5)
	b.svc.now = b.svc.now.Add(time.Minute)
	b.svc.add("2000", b.svc.now)
	b.svc.messages["1000"].Read, b.svc.messages["1000"].Modified = true, b.svc.now
	b.svc.messages["1001"].Availability, b.svc.messages["1001"].Modified = Deleted, b.svc.now
	b.svc.messages["1002"].Availability, b.svc.messages["1002"].Modified = Purged, b.svc.now
	rep, err := b.SyncOnce(t.Context(), b.acc.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "report", []int{rep.New, rep.Changed, rep.Gone}, []int{1, 1, 2})
	equal(t, "shown", []string{b.look("1000"), b.look("1001"), b.look("1002"), b.look("2000")},
		[]string{"read alive open", "unread deleted open", "unread purged open", "unread alive open"})
	// The overlap brings the same again, which changes nothing.
	rep, err = b.SyncOnce(t.Context(), b.acc.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "second report", []int{rep.New, rep.Changed, rep.Gone}, []int{0, 0, 0})
	equal(t, "requests", len(b.svc.calls("older")), 0)
}

// A look for news that brings none must not make every screen read its rows again.
func TestNothingNewIsNoNews(t *testing.T) {
	b := synced(t, 5)
	changed, stop := b.Watch()
	defer stop()
	gen := b.Generation()
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	equal(t, "generation", b.Generation(), gen)
	equal(t, "signals", len(changed), 0)
	b.svc.now = b.svc.now.Add(time.Minute)
	b.svc.add("2000", b.svc.now)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, false); err != nil {
		t.Fatal(err)
	}
	equal(t, "signals of a new message", len(changed), 1)
}

func TestExpiredCursor(t *testing.T) {
	b := synced(t, 45)
	b.act(VerbDone, "1001")
	b.act(VerbRead, "1003") // not sent
	delete(b.svc.messages, "1000")
	b.svc.messages["1002"].Availability = Deleted
	b.svc.add("2000", b.svc.now)
	b.svc.expired = true
	rep, err := b.SyncOnce(t.Context(), b.acc.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "history", rep.History, true)
	equal(t, "all", b.count(), 46)
	equal(t, "shown", []string{b.look("1000"), b.look("1001"), b.look("1002"), b.look("1003"), b.look("2000")},
		[]string{"unread purged open", "unread alive done", "unread deleted open", "read alive open *", "unread alive open"})
	equal(t, "asked about", b.svc.calls("states"), []string{"states 1000"})
}

func TestAnswersOlderThanAChangeArePassedOver(t *testing.T) {
	b := synced(t, 1)
	p := b.puller()
	mark := p.b.mark()
	stale, err := b.svc.Older(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	b.act(VerbRead, "1000")
	b.sendOnce()
	equal(t, "passed over", len(p.b.unsettled(stale.Records, mark)), 0)
	equal(t, "later ones", len(p.b.unsettled(stale.Records, p.b.mark())), 1)
}

func TestTroubleWhileSyncing(t *testing.T) {
	for _, tt := range []struct {
		err       error
		phase     string
		text      string
		min, most time.Duration
	}{
		{offline, PhaseOffline, "looking for new messages: Test op: no route to host", 2 * time.Second, 3 * time.Second},
		{api.ErrSignedOut, PhaseSignedOut, "you are signed out", 30 * time.Second, 30 * time.Second},
		{forbidden, PhaseDenied, "the permission EditMessages is missing", 10 * time.Minute, 10 * time.Minute},
	} {
		t.Run(tt.phase, func(t *testing.T) {
			b := synced(t, 3)
			p := b.puller()
			b.turns(p, 1)
			b.act(VerbDone, "1000") // work goes on meanwhile
			b.pass(pollEvery)
			b.svc.fail["pull"] = []error{tt.err, tt.err}
			wait := p.turn(t.Context())
			if wait < tt.min || wait > tt.most {
				t.Errorf("waits %v", wait)
			}
			st := b.Status()[0]
			equal(t, "status", []string{st.Phase, st.Err, st.Since.Format(time.TimeOnly)}, []string{tt.phase, tt.text, b.now().Format(time.TimeOnly)})
			equal(t, "until", st.Until.Sub(b.now()), wait)
			equal(t, "not before", p.turn(t.Context()), wait)
			b.pass(wait)
			if again := p.turn(t.Context()); errors.Is(tt.err, offline) && again < 4*time.Second {
				t.Errorf("waits %v the second time", again)
			}
			equal(t, "still here", b.look("1000"), "unread alive done")
			b.SyncNow() // a person asks
			if wait := p.turn(t.Context()); wait != 0 {
				t.Errorf("asked for and still waits %v", wait)
			}
			equal(t, "phase in the end", b.Status()[0].Phase, PhasePolling)
		})
	}
}

func TestRunDoesAllOfIt(t *testing.T) {
	svc := newBox("test:1:1")
	svc.fill(35, svc.now.Add(-48*time.Hour), time.Minute)
	bad := newBox("test:1:2")
	b := newBench(t, t.TempDir(), svc)
	b.Attach(panicking{bad})
	watch, stop := b.Watch()
	defer stop()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	until := func(what string, ok func() bool) {
		t.Helper()
		limit := time.After(20 * time.Second)
		for !ok() {
			select {
			case <-watch:
			case w := <-b.waits: // the poll interval: nothing to wait for
				_ = w
			case <-limit:
				t.Fatalf("never: %s", what)
			}
		}
	}
	texts := func() bool {
		w, err := b.Search(t.Context(), mustQuery(t, "call"), NewestFirst, 100)
		return err == nil && len(w.Rows) == 35
	}
	until("history and texts", func() bool { return b.count() == 35 && texts() })
	b.act(VerbRead, "1000")
	until("sent", func() bool { return b.look("1000") == "read alive open" })
	svc.add("2000", svc.now)
	b.SyncNow()
	until("new message", func() bool { return b.count() == 36 })
	until("notice of the fault", func() bool { return strings.Contains(strings.Join(b.notices(), "\n"), "internal error") })
	cancel()
	wg.Wait()
}

// panicking is a service with a fault in it.
type panicking struct{ *box }

func (panicking) Pull(context.Context, string) (Pulled, error) { panic("a fault") }

func TestTextsThatCannotBeHad(t *testing.T) {
	svc := newBox("test:1:1")
	svc.fill(3, svc.now.Add(-time.Hour), time.Minute)
	svc.fail["text /t/1000"] = []error{notFound}
	b := newBench(t, t.TempDir(), svc)
	rep, err := b.SyncOnce(t.Context(), b.acc.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "texts", rep.Texts, 3)
	need, err := b.NeedText(t.Context(), b.acc.ID, 10)
	if err != nil || len(need) != 0 {
		t.Errorf("asked for again: %v, %v", need, err)
	}
	svc.fill(6, svc.now.Add(-time.Hour), time.Minute)
	svc.now = svc.now.Add(time.Hour)
	for _, m := range svc.messages {
		m.Modified = svc.now
	}
	svc.fail["text"] = []error{forbidden}
	rep, err = b.SyncOnce(t.Context(), b.acc.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "note", rep.Note, "Transcripts could not be read: the permission EditMessages is missing")
	svc.fail["text"] = []error{offline, offline, offline, offline}
	if _, err = b.SyncOnce(t.Context(), b.acc.ID, true); !errors.Is(err, error(offline)) {
		t.Errorf("trouble is not told: %v", err)
	}
	svc.fail["text"] = nil
	if _, err = b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	need, err = b.NeedText(t.Context(), b.acc.ID, 10)
	if err != nil || len(need) != 0 {
		t.Errorf("not fetched later: %v, %v", need, err)
	}
}

// Trouble with some of the transcripts does not put off the others ever longer: they come
// as long as any do.
func TestTextsComeInSpiteOfTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		svc := newBox("test:1:1")
		svc.fill(40, svc.now.Add(-time.Hour), time.Minute)
		for range 20 {
			svc.fail["text"] = append(svc.fail["text"], nil, nil, offline)
		}
		s := atWork(t, t.TempDir(), svc)
		time.Sleep(2 * time.Minute)
		acc := s.mailboxes()[0].id()
		if need, err := s.NeedText(t.Context(), acc, 100); err != nil || len(need) != 0 {
			t.Errorf("%d of 40 transcripts are missing after two minutes: %v", len(need), err)
		}
	})
}

func TestPartialTranscriptIsFetchedAgain(t *testing.T) {
	svc := newBox("test:1:1")
	m := svc.add("1000", svc.now.Add(-time.Hour))
	m.Transcript = TranscriptPartial
	svc.texts["/t/1000"] = "the first minute"
	b := newBench(t, t.TempDir(), svc)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	svc.now = svc.now.Add(time.Minute)
	m.Transcript, m.Modified = TranscriptComplete, svc.now
	svc.texts["/t/1000"] = "the first minute and all the rest"
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	it, err := b.Item(t.Context(), b.id("1000"))
	equal(t, "text", []any{it.Text, it.Transcript, err}, []any{"the first minute and all the rest", TranscriptComplete, nil})
}
