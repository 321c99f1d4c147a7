package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api"
)

// presentBox is a mailbox whose service knows who is there.
type presentBox struct {
	*box
	own     IncomingPresence
	others  map[string]IncomingPresence
	queues  []IncomingQueue
	agents  []Agent
	favs    []string
	every   [][]IncomingPresence
	denied  map[string]bool
	asked   []string // what was asked, in order
	deeds   []Doing
	refuse  error
	answers bool // deeds are answered with what was sent
}

func (p *presentBox) ask(what string) error {
	p.asked = append(p.asked, what)
	if p.denied[what] {
		return &api.Error{Status: 403, Permission: "ReadPresenceStatus"}
	}
	return nil
}

func (p *presentBox) OwnPresence(context.Context) (IncomingPresence, error) {
	return p.own, p.ask("own")
}

func (p *presentBox) Presences(_ context.Context, ids []string) (out []IncomingPresence, err error) {
	for _, id := range ids {
		in, ok := p.others[id]
		if in.Extension = id; !ok {
			in.Err = &api.Error{Status: 404}
		}
		out = append(out, in)
	}
	return out, p.ask("others " + strings.Join(ids, ","))
}

func (p *presentBox) EveryPresence(_ context.Context, page int) ([]IncomingPresence, bool, error) {
	if err := p.ask(fmt.Sprint("every ", page)); err != nil {
		return nil, false, err
	}
	return p.every[page-1], page < len(p.every), nil
}

func (p *presentBox) OwnQueues(context.Context) ([]IncomingQueue, error) {
	return p.queues, p.ask("queues")
}

func (p *presentBox) QueueAgents(_ context.Context, queue string) ([]Agent, error) {
	return p.agents, p.ask("agents " + queue)
}

func (p *presentBox) FavoriteExtensions(context.Context) ([]string, error) {
	return p.favs, p.ask("favorites")
}

func (p *presentBox) Do(_ context.Context, d Doing) (DeedDone, error) {
	p.deeds = append(p.deeds, d)
	return DeedDone{}, p.refuse
}

func (p *presentBox) Sought(context.Context, Doing) (DeedDone, bool, error) {
	return DeedDone{}, false, nil
}

func newPresent(t *testing.T) (*bench, *presentBox) {
	t.Helper()
	svc := &presentBox{box: newBox("test:1:1"), others: map[string]IncomingPresence{}, denied: map[string]bool{}, answers: true}
	svc.own = IncomingPresence{Extension: "1", Number: "101", PresenceState: PresenceState{
		Status: PresenceAvailable, User: PresenceAvailable, DND: DNDTakeAll, Telephony: CallNone, Message: "Hello",
	}}
	b := newBench(t, t.TempDir(), svc.box)
	b.Attach(svc)
	return b, svc
}

// see is what is known of an extension.
func (b *bench) see(extension string) Presence {
	b.t.Helper()
	p, ok, err := b.PresenceOf(b.t.Context(), b.acc.ID, extension)
	if err != nil || !ok {
		b.t.Fatalf("%s is not known: %v", extension, err)
	}
	return p
}

func (b *bench) presenceTurn(svc PresenceService) (more bool, err error) {
	b.t.Helper()
	st, err := b.feedState(b.t.Context(), b.acc.ID, FeedPresence)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.Store.presenceTurn(b.t.Context(), b.acc.ID, svc, st)
}

func event(extension string, sequence int64, st PresenceState) IncomingPresence {
	return IncomingPresence{Extension: extension, Sequence: sequence, PresenceState: st, Quiet: st.Calls == nil}
}

// TestPresenceOrder takes in events and answers in every order they can come in.
func TestPresenceOrder(t *testing.T) {
	busy, ringing, free := PresenceState{Status: PresenceBusy}, PresenceState{Telephony: CallRinging}, PresenceState{Status: PresenceAvailable, Telephony: CallNone}
	for _, tc := range []struct {
		name string
		do   func(b *bench, take func(...IncomingPresence), wait func(time.Duration))
		want [2]string // status, telephony
	}{
		{"a later event wins", func(_ *bench, take func(...IncomingPresence), _ func(time.Duration)) {
			take(event("7", 5, busy), event("7", 6, free))
		}, [2]string{PresenceAvailable, CallNone}},
		{"an event says only what changed", func(_ *bench, take func(...IncomingPresence), _ func(time.Duration)) {
			take(event("7", 5, busy), event("7", 6, ringing))
		}, [2]string{PresenceBusy, CallRinging}},
		{"a stale event does not win", func(_ *bench, take func(...IncomingPresence), _ func(time.Duration)) {
			take(event("7", 6, free))
			take(event("7", 5, busy))
		}, [2]string{PresenceAvailable, CallNone}},
		{"nor does one told twice", func(_ *bench, take func(...IncomingPresence), _ func(time.Duration)) {
			take(event("7", 6, free), event("7", 7, busy), event("7", 6, free))
		}, [2]string{PresenceBusy, CallNone}},
		{"an answer to an older question does not win", func(b *bench, take func(...IncomingPresence), wait func(time.Duration)) {
			asked := b.now()
			wait(time.Second)
			take(event("7", 6, busy))
			wait(time.Second)
			take(IncomingPresence{Extension: "7", Asked: asked, PresenceState: free})
		}, [2]string{PresenceBusy, ""}},
		{"an answer to a later question does, and says all there is", func(b *bench, take func(...IncomingPresence), wait func(time.Duration)) {
			take(event("7", 6, ringing))
			wait(time.Second)
			take(IncomingPresence{Extension: "7", Asked: b.now(), PresenceState: PresenceState{Status: PresenceOffline}})
		}, [2]string{PresenceOffline, ""}},
		{"an event after an answer", func(b *bench, take func(...IncomingPresence), wait func(time.Duration)) {
			take(IncomingPresence{Extension: "7", Asked: b.now(), PresenceState: free})
			wait(time.Second)
			take(event("7", 1, busy))
		}, [2]string{PresenceBusy, CallNone}},
		{"a counter that begins anew is believed after a while", func(_ *bench, take func(...IncomingPresence), wait func(time.Duration)) {
			take(event("7", 600, busy))
			wait(sequenceLife)
			take(event("7", 1, free))
		}, [2]string{PresenceAvailable, CallNone}},
		{"a clock that was set back", func(b *bench, take func(...IncomingPresence), wait func(time.Duration)) {
			take(IncomingPresence{Extension: "7", Asked: b.now(), PresenceState: free})
			wait(-time.Hour)
			take(IncomingPresence{Extension: "7", Asked: b.now(), PresenceState: busy})
		}, [2]string{PresenceBusy, ""}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b, _ := newPresent(t)
			tc.do(b, func(in ...IncomingPresence) {
				if err := b.TakePresence(t.Context(), b.acc.ID, in); err != nil {
					t.Fatal(err)
				}
			}, func(d time.Duration) { b.pass(d) })
			if p := b.see("7"); [2]string{p.Status, p.Telephony} != tc.want {
				t.Errorf("%+v, want %v", p.PresenceState, tc.want)
			}
		})
	}
}

// TestPresenceSince is when what is shown began.
func TestPresenceSince(t *testing.T) {
	b, _ := newPresent(t)
	take := func(in IncomingPresence) Presence {
		t.Helper()
		if err := b.TakePresence(t.Context(), b.acc.ID, []IncomingPresence{in}); err != nil {
			t.Fatal(err)
		}
		return b.see("7")
	}
	start := b.now()
	if p := take(event("7", 1, PresenceState{Status: PresenceAvailable, Telephony: CallNone})); !p.Since.IsZero() {
		t.Errorf("nobody saw it begin: %v", p.Since)
	}
	b.pass(time.Minute)
	if p := take(event("7", 2, PresenceState{Status: PresenceBusy})); !p.Since.Equal(start.Add(time.Minute)) {
		t.Errorf("busy since %v", p.Since)
	}
	b.pass(time.Minute)
	if p := take(event("7", 3, PresenceState{Message: "lunch"})); !p.Since.Equal(start.Add(time.Minute)) {
		t.Errorf("a message began it anew: %v", p.Since)
	}
	call := PresenceCall{Direction: Inbound, With: Party{Name: "Ana\x1b[2J Lima", Number: "+15550100"}, State: CallConnected, Since: start.Add(-time.Hour)}
	p := take(event("7", 4, PresenceState{Telephony: CallConnected, Calls: []PresenceCall{call}}))
	if !p.Since.Equal(call.Since) || len(p.Calls) != 1 || p.Calls[0].With.Name != "Ana Lima" {
		t.Errorf("on a call: %+v", p)
	}
	if p := take(event("7", 5, PresenceState{Telephony: CallNone})); len(p.Calls) != 0 || !p.Since.Equal(b.now()) {
		t.Errorf("after the call: %+v", p)
	}
}

// TestPresenceLook reads oneself, queues and those watched, then everybody.
func TestPresenceLook(t *testing.T) {
	b, svc := newPresent(t)
	svc.favs = []string{"7", "8"}
	svc.queues = []IncomingQueue{{ID: "90", Name: "Patient Line", Number: "201", Editable: true, Takes: true}}
	svc.agents = []Agent{{Extension: "7", Name: "Ana\x07 Lima", Takes: true}, {Extension: "1"}}
	svc.others["7"] = IncomingPresence{Number: "112", PresenceState: PresenceState{Status: PresenceBusy, User: PresenceBusy, DND: "Unknown"}}
	svc.others["90"] = IncomingPresence{PresenceState: PresenceState{Status: PresenceOffline}}
	svc.every = [][]IncomingPresence{{svc.own, {Extension: "55", Number: "155", PresenceState: PresenceState{Status: PresenceAvailable, User: PresenceAvailable}}}, {}}

	if more, err := b.presenceTurn(svc); more || err != nil {
		t.Fatal(more, err)
	}
	equal(t, "asked", strings.Join(svc.asked, "; "), "favorites; queues; own; queues; agents 90; others 7,8,90")
	board, err := b.PresenceBoard(t.Context())
	if err != nil || len(board.Me) != 1 || board.Me[0].Message != "Hello" || len(board.Queues) != 1 || len(board.People) != 3 {
		t.Fatalf("%+v, %v", board, err)
	}
	equal(t, "who is known comes first, queues last", board.People[0].Extension+" "+board.People[1].Extension+" "+board.People[2].Extension, "7 8 90")
	ana := board.People[0]
	if ana.DND != "" || ana.Telephony != "" || ana.Queues != nil || ana.Number != "112" {
		t.Errorf("what was not told is there: %+v", ana)
	}
	if board.People[1].Err == "" {
		t.Error("nobody says why 8 is not told")
	}
	if q := board.People[2]; !q.IsQueue() || len(q.Team) != 2 || q.Team[0].Name != "Ana Lima" {
		t.Errorf("the queue: %+v", q)
	}
	if err := b.write(t.Context(), func(tx *sql.Tx) error { return feedSynced(tx, b.acc.ID, FeedPresence, b.now()) }); err != nil {
		t.Fatal(err)
	}
	// Not before all else has been read once; then page by page, and not again for a while.
	svc.asked = nil
	for more := true; more; {
		if more, err = b.presenceTurn(svc); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "asked again", strings.Join(svc.asked, "; "), "own; queues; agents 90; others 7,8,90; every 1; every 2")
	signs, err := b.PresenceSigns(t.Context())
	if err != nil || signs["155"] != 0 || signs["112"] != 2 {
		t.Errorf("%v, %v", signs, err)
	}
	svc.asked = nil
	b.pass(everybodyEvery - time.Second)
	if more, err := b.presenceTurn(svc); more || err != nil {
		t.Fatal(more, err)
	}
	b.pass(time.Second)
	svc.denied["every 1"] = true
	for _, want := range []bool{true, false, false} {
		if more, err := b.presenceTurn(svc); more != want || err != nil {
			t.Fatal(more, err)
		}
	}
	if n := len(slices.DeleteFunc(svc.asked, func(s string) bool { return s != "every 1" })); n != 1 {
		t.Errorf("asked for everybody %d times though it is not permitted", n)
	}
}

func TestPresenceDenied(t *testing.T) {
	b, svc := newPresent(t)
	svc.denied["queues"], svc.denied["favorites"] = true, true
	if _, err := b.presenceTurn(svc); err != nil {
		t.Fatalf("queues one may not read stop the rest: %v", err)
	}
	equal(t, "me", b.see("1").Status, PresenceAvailable)
	svc.denied["own"] = true
	if _, err := b.presenceTurn(svc); !isPermission(err) {
		t.Errorf("%v", err)
	}
}
