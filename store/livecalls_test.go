package store

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// openAt opens a store whose clock is now.
func openAt(t *testing.T, now *time.Time) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), Now: func() time.Time { return *now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// live tells a store of calls in progress.
func live(t *testing.T, s *Store, calls ...LiveCall) string {
	t.Helper()
	if err := s.TakeCalls(t.Context(), 1, calls); err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, c := range s.LiveCalls() {
		text += fmt.Sprintf("%s %s %s %d;", c.Session, c.Other().Display(), c.State, c.Sequence)
	}
	return text
}

func TestTakeCalls(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	s := openAt(t, &now)
	ring := LiveCall{Session: "s1", Sequence: 2, Dir: Inbound, From: Party{Name: "Ada\x1b[31m", Number: "(415) 555-0142"}, State: LiveRinging, Ours: true}
	if got := live(t, s, ring); got != "s1 Ada ringing 2;" {
		t.Errorf("ringing: %q", got)
	}
	if c := s.LiveCalls()[0]; c.From.Number != "+14155550142" || !c.Began.Equal(now) || !c.Since.Equal(now) || c.Account != 1 {
		t.Errorf("taken in as %+v", c)
	}
	gen := s.Generation()
	stale, again := ring, ring
	stale.Sequence, stale.State = 1, LiveConnected
	if got := live(t, s, stale, again); got != "s1 Ada ringing 2;" || s.Generation() != gen {
		t.Errorf("an older event, and one a second time: %q", got)
	}
	now = now.Add(5 * time.Second)
	answered := LiveCall{Session: "s1", Sequence: 4, Dir: Inbound, State: LiveConnected, Ours: true}
	if got := live(t, s, answered); got != "s1 Ada connected 4;" {
		t.Errorf("an event that leaves out who it is: %q", got)
	}
	if c := s.LiveCalls()[0]; !c.Began.Equal(now.Add(-5*time.Second)) || !c.Since.Equal(now) {
		t.Errorf("began %s, since %s", c.Began, c.Since)
	}
	if got := live(t, s, LiveCall{Session: "s2", Sequence: 9, Dir: Outbound, To: Party{Number: "+14155550143"}, State: LiveRinging}); got != "s1 Ada connected 4;s2 +14155550143 ringing 9;" {
		t.Errorf("a second call: %q", got)
	}
	over := LiveCall{Session: "s1", Sequence: 5, State: LiveEnded}
	if got := live(t, s, over, answered, ring, LiveCall{Session: "s1", Sequence: 6, State: LiveRinging}); got != "s2 +14155550143 ringing 9;" {
		t.Errorf("nothing brings an ended call back: %q", got)
	}
	if got := live(t, s, LiveCall{State: LiveRinging}, LiveCall{Session: "s3"}); got != "s2 +14155550143 ringing 9;" {
		t.Errorf("events that say nothing: %q", got)
	}
	now = now.Add(13 * time.Hour)
	if got := s.LiveCalls(); len(got) != 0 {
		t.Errorf("a call of which nothing was heard for half a day: %+v", got)
	}
}

// Events of a call may come in any order: how it stands in the end is the same.
func TestTakeCallsAnyOrder(t *testing.T) {
	states := []LiveState{LiveRinging, LiveRinging, LiveConnected, LiveHeld, LiveConnected}
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var a activeCalls
		for _, i := range append(r.Perm(len(states)), r.Perm(len(states))...) { // each twice
			a.take(1, LiveCall{Session: "s", Sequence: int64(i + 1), From: Party{Name: "Ada"}, State: states[i]}, time.Unix(1, 0))
		}
		if c := a.known[liveKey{1, "s"}]; c.State != LiveConnected || c.Sequence != 5 || c.From.Name != "Ada" {
			t.Fatalf("%+v", c)
		}
	}
}

// A list of active calls is late: it neither overrules an event nor revives a call,
// and forgets only what nothing was heard of since.
func TestReplaceCalls(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	s := openAt(t, &now)
	live(t, s, LiveCall{Session: "held", Sequence: 3, From: Party{Name: "H"}, State: LiveHeld}, LiveCall{Session: "over", Sequence: 4, State: LiveEnded})
	list := func(calls ...LiveCall) string {
		s.active.replace(1, calls, now, now)
		return live(t, s)
	}
	at := func(session string) LiveCall {
		return LiveCall{Session: session, From: Party{Name: session}, State: LiveConnected}
	}
	if got := list(at("held"), at("over"), at("new")); got != "held H on hold 3;new new connected 0;" {
		t.Errorf("the list: %q", got)
	}
	if got := list(); got != "held H on hold 3;new new connected 0;" {
		t.Errorf("a list that may be older than the last news: %q", got)
	}
	now = now.Add(time.Minute)
	live(t, s, LiveCall{Session: "fresh", Sequence: 1, From: Party{Name: "F"}, State: LiveRinging})
	if got := list(at("held")); got != "held H on hold 3;fresh F ringing 1;" {
		t.Errorf("what is not on the list: %q", got)
	}
	if !s.active.recorded(1, []string{"held", "nowhere"}, now) || live(t, s) != "fresh F ringing 1;" {
		t.Error("the call log has the record of a call that is still shown")
	}
	if s.active.recorded(2, []string{"fresh"}, now) {
		t.Error("another account's session of the same name")
	}
}
