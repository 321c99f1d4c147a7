package uitest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// quickClock runs many times as fast as the true one, for calls that ring for a while.
type quickClock struct{ began time.Time }

const quicker = 10

func (c quickClock) Now() time.Time { return noon().Add(time.Since(c.began) * quicker) }

func (c quickClock) After(d time.Duration) <-chan time.Time { return time.After(d / quicker) }

// ringDesk is a desk whose calls go on ten times as fast, and whose next ones go as told.
func ringDesk(t *testing.T, c Config, next ...simulator.NextRing) *Desk {
	t.Helper()
	clock := quickClock{began: time.Now()}
	c.Clock = clock
	d := Open(t, c)
	for _, n := range next {
		if err := d.Sim.RingNext(n); err != nil {
			t.Fatal(err)
		}
	}
	d.See("Inbox", "oldest first")
	return d
}

// long is a stage that does not end by itself within a test.
const long = 30_000

// callable is the first voicemail of the inbox, which has a number.
func (d *Desk) callable(t *testing.T) store.Item {
	t.Helper()
	d.Press("n")
	want := d.oldestUnread(t)
	if want.Who.Number == "" {
		t.Fatal("the oldest voicemail has no number")
	}
	return want
}

// called is what the journal of an item says of calls.
func (d *Desk) called(t *testing.T, id store.ID) (out []string) {
	t.Helper()
	for _, e := range d.item(t, id).Journal {
		if e.Verb == store.EntryCall {
			out = append(out, e.Value)
		}
	}
	return out
}

// A call in all its stages, told in a line of its own that other news leave alone; it is
// noted in the journal, and the item's state and claim stay.
func TestCallOut(t *testing.T) {
	d := ringDesk(t, Config{}, simulator.NextRing{After: 15, Then: 30, Talk: 15})
	want := d.callable(t)
	d.Press("b")
	d.See("→ your phone rings", "on Desk phone", "u cancels")
	d.Press("U") // something else
	d.See(":stop-call cancels")
	d.See("→ ringing", "hang up to stop")
	d.See("→ connected 0:0", screenNumber(want.Who.Number))
	d.See("✓ connected, 0:1")
	d.Gone("✓ connected")
	if got := d.called(t, want.ID); len(got) != 1 || !strings.Contains(got[0], ": connected, 0:1") {
		t.Errorf("journal %q", got)
	}
	if it := d.item(t, want.ID); it.State != store.StateOpen || it.Claim != "" {
		t.Errorf("calling changed the item: %s, %q", it.State, it.Claim)
	}
	if n := len(d.Sim.RingOuts()); n != 1 {
		t.Errorf("%d calls", n)
	}
}

func screenNumber(n string) string { return store.FormatNumber(n, "US") }

// While one's own telephone rings `u` cancels, and a second `b` does not call again.
func TestCallOutCancelled(t *testing.T) {
	d := ringDesk(t, Config{}, simulator.NextRing{After: long})
	want := d.callable(t)
	d.Press("b")
	d.See("→ your phone rings", "u cancels")
	d.Press("b")
	d.See("your telephone rings for")
	d.Press("Esc")
	d.Gone("your telephone rings for")
	d.Press("u")
	d.See("✓ cancelled")
	if calls := d.Sim.RingOuts(); len(calls) != 1 || !calls[0].Canceled {
		t.Errorf("calls %+v", calls)
	}
	if got := d.called(t, want.ID); len(got) != 1 || !strings.HasSuffix(got[0], ": cancelled") {
		t.Errorf("journal %q", got)
	}
}

// Once one's own telephone is answered it is too late, which is said; after another
// change the command cancels.
func TestCallOutStopped(t *testing.T) {
	d := ringDesk(t, Config{}, simulator.NextRing{After: 5, Then: long}, simulator.NextRing{After: long})
	d.callable(t)
	d.Press("b")
	d.See("→ ringing", "hang up to stop")
	d.Press("u")
	d.See("your telephone is answered")
	if err := d.Sim.HangUpRing(d.Sim.RingOuts()[0].ID); err != nil {
		t.Fatal(err)
	}
	d.See("! ")
	d.Gone("→ ringing")
	d.Press("Esc")
	d.Gone("your telephone is answered")
	d.Press("b")
	d.See("→ your phone rings")
	d.Press("U")
	d.See(":stop-call cancels")
	d.Press(":")
	d.Free("stop-call")
	d.Press("Enter")
	d.See("✓ cancelled")
	if calls := d.Sim.RingOuts(); len(calls) != 2 || calls[0].Canceled || !calls[1].Canceled {
		t.Errorf("calls %+v", calls)
	}
}

// Busy, nobody there, one's own telephone not answered: said in words, noted, and
// dismissed with Esc.
func TestCallOutComesToNothing(t *testing.T) {
	d := ringDesk(t, Config{}, simulator.NextRing{After: 1, Callee: "Busy", Then: 2}, simulator.NextRing{Caller: "NoAnswer", After: 2})
	want := d.callable(t)
	d.Press("b")
	d.See("! busy", "Esc dismisses")
	d.Press("Esc")
	d.Gone("! busy")
	d.Press("b")
	d.See("! your telephone: no answer")
	if got := d.called(t, want.ID); len(got) != 2 || !strings.HasSuffix(got[0], ": busy") || !strings.HasSuffix(got[1], ": your telephone: no answer") {
		t.Errorf("journal %q", got)
	}
}

// The request left and no answer came: it is never sent again, and what is known is said.
func TestCallOutOutcomeUnknown(t *testing.T) {
	for _, fault := range []string{"late-500", "reset", "drop", "half", "late-hang"} {
		d := ringDesk(t, Config{Sim: simulator.Config{HangFor: 50 * time.Millisecond}})
		want := d.callable(t)
		if err := d.Sim.FailNext("createRingOutCall", fault, 0, 1); err != nil {
			t.Fatal(err)
		}
		d.Press("b")
		d.See("! it may ring: the service did not answer", "may or may not have been placed")
		before := len(d.Sim.RingOuts())
		d.Press("J K")
		d.Eventually("it is noted", func() bool { return len(d.called(t, want.ID)) == 1 })
		if got := d.called(t, want.ID); !strings.HasSuffix(got[0], ": not known whether it was placed") {
			t.Errorf("%s: journal %q", fault, got)
		}
		asked := 0
		for _, r := range d.Sim.Requests() {
			if r.Op == "createRingOutCall" {
				asked++
			}
		}
		if n := len(d.Sim.RingOuts()); asked != 1 || n != before || n > 1 {
			t.Errorf("%s: asked %d times, %d calls, then %d", fault, asked, before, n)
		}
	}
}

// Whom nobody can call, and whom one is asked about before.
func TestCallOutAsks(t *testing.T) {
	d := ringDesk(t, Config{})
	typed := func(text string) {
		d.Press(":")
		d.Free("call " + text)
		d.Press("Enter")
	}
	for text, why := range map[string]string{"911": "emergency number", "PHARMACY": "is a name", "555-0142": "no whole number"} {
		typed(text)
		d.See(why)
		d.Press("Esc")
		d.Gone(why)
	}
	typed("011 44 20 7946 0958")
	d.See("Call +44 20 7946 0958?", "is a number in the United Kingdom", "y call")
	d.Press("n")
	typed("900 555 0142")
	d.See("premium rate number")
	d.Press("n")
	typed("876 555 0142")
	d.See("is a number in Jamaica")
	d.Press("y")
	d.See("→ your phone rings", "(876) 555-0142")
	if calls := d.Sim.RingOuts(); len(calls) != 1 || calls[0].To != "+18765550142" {
		t.Errorf("calls %+v", calls)
	}
}

// Which telephone rings and what number is shown are chosen once and remembered.
func TestCallOutFrom(t *testing.T) {
	d := ringDesk(t, Config{}, simulator.NextRing{Callee: "Busy", Then: 2}, simulator.NextRing{After: long})
	line := func(text string) {
		d.Press(":")
		d.Free(text)
		d.Press("Enter")
	}
	line("call-from")
	d.See("Which of your telephones rings first", "Desk phone", "Mobile", "All my devices", "The first of these")
	d.Press("2")
	d.See("Your calls ring Mobile (650) 555-0132 first")
	line("caller-id")
	d.See("The number shown to whoever you call", "Order line")
	d.Free("main")
	d.Press("Enter")
	d.See("Whoever you call is shown")
	line("call-prompt")
	d.See("Press 1 on your telephone")
	line("call 155")
	d.See("! busy")
	line("call-from 415 555 0199")
	d.See("Your calls ring (415) 555-0199 first")
	line("call (212) 555-0100")
	d.See("→ your phone rings", "on (415) 555-0199")
	calls := d.Sim.RingOuts()
	if len(calls) != 2 || calls[0].From != "+16505550132" || calls[0].To != "155" || calls[0].CallerID != "+16505550102" || !calls[0].Prompt {
		t.Fatalf("calls %+v", calls)
	}
	if calls[1].From != "+14155550199" || calls[1].To != "+12125550100" {
		t.Errorf("calls %+v", calls[1])
	}
}

// From every screen that has somebody: contacts, presence, a person's own list.
func TestCallOutFromEveryScreen(t *testing.T) {
	unwatched(t)
	busy := simulator.NextRing{Callee: "Busy", Then: 2}
	d := ringDesk(t, Config{}, slices.Repeat([]simulator.NextRing{busy}, 9)...)
	n := 0
	called := func() {
		t.Helper()
		n++
		d.Eventually("a call", func() bool { return len(d.Sim.RingOuts()) == n })
		d.See("! busy")
		d.Press("Esc")
		d.Gone("! busy")
	}
	d.feedDone(store.FeedDirectory)
	d.callable(t)
	d.Press("i")
	d.See("Everything")
	d.Press("b")
	called()
	d.Press("g c")
	d.See("company")
	d.Press("b")
	d.Until("a call or a choice of numbers", func(s string) bool {
		return strings.Contains(s, "a digit; Enter takes the first") || strings.Contains(s, "! busy")
	})
	if strings.Contains(d.Screen(), "a digit; Enter takes the first") {
		d.Press("1")
	}
	called()
	d.Press("g p")
	d.See("Front Desk")
	d.Press("+")
	d.Free("131")
	d.Press("Enter")
	d.See("Triage Nurse")
	d.Press("g g j b")
	called()
	if calls := d.Sim.RingOuts(); calls[len(calls)-1].To != "112" {
		t.Errorf("calls %+v", calls[len(calls)-1])
	}

	// A chat with one person.
	w, err := d.Store.ChatWindow(t.Context(), store.ChatQuery{}, 0, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(w.Rows, func(c store.Chat) bool { return c.Type == store.ChatDirect && c.Other != "" })
	if i < 0 {
		t.Fatal("no chat with one person")
	}
	d.Press(`g t \`)
	d.Free(w.Rows[i].Title)
	d.Press("Enter")
	d.See("▌")
	d.Press("b")
	called()
	who, err := d.Store.PersonParty(t.Context(), w.Rows[i].Other)
	if calls := d.Sim.RingOuts(); err != nil || calls[len(calls)-1].To != who.Extension {
		t.Errorf("%+v, %v: calls %+v", who, err, calls[len(calls)-1])
	}
}
