package uitest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
	"switchboard/ui/kit"
)

// triageDesk is a desk with what handing over and snoozing look up: the directory and the
// business hours.
func triageDesk(t *testing.T, c Config) *Desk {
	t.Helper()
	c.Now = noon
	d := Open(t, c)
	d.See("Inbox", "oldest first")
	d.feedDone(store.FeedDirectory)
	d.feedDone(store.FeedHours)
	d.feedDone(store.FeedBlocked)
	return d
}

// first is the message on top of the inbox.
func (d *Desk) first(t *testing.T) store.Item {
	t.Helper()
	return d.all(t, "in:inbox")[0]
}

// becomes waits until an item is as it should be.
func (d *Desk) becomes(t *testing.T, id store.ID, what string, ok func(it store.Item) bool) store.Item {
	t.Helper()
	d.Eventually(what, func() bool { return ok(d.item(t, id)) })
	return d.item(t, id)
}

// Task 7: hand a voicemail to Ben with a note; another to the next day of work.
func TestTriageHandOver(t *testing.T) {
	d := triageDesk(t, Config{})
	it := d.first(t)
	p := d.Play("7a")
	for range 3 {
		p.Next()
	}
	note := p.Next()
	p.Rest()
	p.Over()
	it = d.becomes(t, it.ID, "it is handed over", func(it store.Item) bool { return it.Claim != "" })
	if !strings.Contains(" "+strings.ToLower(it.Claim), " ben") || len(it.NoteList) != 1 || it.NoteList[0].Text != note {
		t.Errorf("handed to %q with %+v", it.Claim, it.NoteList)
	}
	d.See("to "+it.Claim+", with a note", "@"+strings.Fields(it.Claim)[0])
	d.Press("u")
	it = d.becomes(t, it.ID, "it is taken back", func(it store.Item) bool { return it.Claim == "" })
	if len(it.NoteList) != 0 {
		t.Error("the note has stayed")
	}
	d.See("Taken back", "C-r")

	p = d.Play("7b")
	p.Rest()
	p.Over()
	it = d.becomes(t, it.ID, "it sleeps", func(it store.Item) bool { return it.State == store.Snoozed })
	if want := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC); !it.Until.Equal(want) {
		t.Errorf("it sleeps until %s, the next day of work begins at %s", it.Until, want)
	}
	d.See("Snoozed the", "u wakes it")
}

func TestTriageClaim(t *testing.T) {
	d := triageDesk(t, Config{})
	it := d.first(t)
	d.Press("a")
	d.See("Claimed the", "@you", "u gives it back")
	d.becomes(t, it.ID, "it is claimed", func(it store.Item) bool { return it.Claim == "ann@desk" })
	d.Press("g u")
	d.See(" Unclaimed ")
	d.Until("the list without it", func(s string) bool { return !strings.Contains(s, "@you") })
	d.Press("g m")
	d.See(" Mine ", "1 of 1", "@you")
	d.Press("a")
	d.See("Released the", "There is nothing in Mine")
	d.becomes(t, it.ID, "it is released", func(it store.Item) bool { return it.Claim == "" })
	d.Press("u")
	d.See("1 of 1", "@you")
	// A claim is advice: it goes over to whoever takes it, and it is said from whom.
	d.Press("g i")
	d.See(" Inbox ")
	if _, err := d.Store.Act(t.Context(), store.Change{Verb: store.VerbClaim, Items: []store.ID{it.ID}, Who: "Cy Day"}); err != nil {
		t.Fatal(err)
	}
	d.See("@Cy Day")
	d.Press("a")
	d.See("which Cy Day had", "@you")
	// Repeated on the next two.
	d.Press("j x x .")
	d.Eventually("both are claimed", func() bool { return len(d.all(t, "is:mine")) == 3 })
}

func TestTriageAssignTyped(t *testing.T) {
	d := triageDesk(t, Config{})
	it := d.first(t)
	d.Press("A")
	d.See("Hand over the", "Enter hands it over")
	d.Free("Zed Zo")
	d.See("as typed")
	d.Press("Esc")
	d.Gone("Hand over the")
	d.Press("A")
	d.Free("Zed Zo")
	d.Press("Enter")
	d.becomes(t, it.ID, "it is Zed's", func(it store.Item) bool { return it.Claim == "Zed Zo" })
	// Who has worked here comes first from now on.
	d.Press("j A")
	d.See("Zed Zo", "works here")
	d.Press("Enter")
	d.Eventually("both are Zed's", func() bool { return len(d.all(t, "claim:zed")) == 2 })
}

func TestTriageSnooze(t *testing.T) {
	d := triageDesk(t, Config{})
	for _, c := range []struct {
		keys, typed string
		until       time.Time
	}{
		{"1", "", noon().Add(time.Hour)},
		{"4", "", time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)},
		{"5", "", time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)},
		{"Down Down Enter", "", time.Date(2026, 11, 19, 18, 0, 0, 0, time.UTC)},
		{"Enter", "mon 8:30", time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)},
		{"Enter", "in 2h", noon().Add(2 * time.Hour)},
		{"Enter", "next w", time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)},
	} {
		it := d.first(t)
		d.Press("z")
		d.See("until", "next work day", "a digit picks")
		if c.typed != "" {
			d.Free(c.typed)
		}
		d.Press(c.keys)
		it = d.becomes(t, it.ID, "it sleeps", func(it store.Item) bool { return it.State == store.Snoozed })
		if !it.Until.Equal(c.until) {
			t.Errorf("%s%s: until %s, want %s", c.typed, c.keys, it.Until, c.until)
		}
	}
	d.Press("z")
	d.See("next work day")
	d.Free("yesterday")
	d.See("That is no time to come")
	d.Press("Enter")
	d.See("is no time")
	d.Press("Esc")
	d.Gone("╰─")
	d.Press("g z")
	d.See(" Snoozed ", "of 7", "until 16:00")
	sleeping := d.all(t, "in:snoozed")[0]
	d.Press("z 8")
	d.becomes(t, sleeping.ID, "it is back", func(it store.Item) bool { return it.State == store.StateOpen })
	d.See("of 6")
}

func TestTriageLabels(t *testing.T) {
	d := triageDesk(t, Config{})
	it := d.first(t)
	d.Press("t")
	d.See("Labels of the", "There are no labels yet")
	d.Free("urgent billing ")
	d.See("[x] billing", "[x] urgent")
	d.Press("Enter")
	d.See("Labelled the", "billing, urgent", "#billing")
	got := d.becomes(t, it.ID, "it has both", func(it store.Item) bool { return len(it.Labels) == 2 })
	if fmt.Sprint(got.Labels) != "[billing urgent]" {
		t.Errorf("labels %v", got.Labels)
	}
	// On that and the next: one is set on both, the other taken off.
	d.Press("x x t")
	d.See("Labels of 2 items", "[-] urgent")
	d.Free("ur")
	d.Press("Space")
	d.See("[x] urgent")
	d.Free("bill")
	d.Press("Tab")
	d.See("[x] billing")
	d.Free("bill")
	d.Press("Tab")
	d.See("[ ] billing")
	d.Press("Enter")
	d.Eventually("both are urgent", func() bool { return len(d.all(t, "label:urgent")) == 2 && len(d.all(t, "label:billing")) == 0 })
	d.Press("u")
	d.Eventually("as before", func() bool { return len(d.all(t, "label:urgent")) == 1 && len(d.all(t, "label:billing")) == 1 })
	// The letters of one in use and Enter set it.
	d.Press("j j t")
	d.See("Labels of the")
	d.Free("bil")
	d.See("1 message")
	d.Press("Enter")
	d.Eventually("it has it", func() bool { return len(d.all(t, "label:billing")) == 2 })
}

func TestTriageDoneWithNote(t *testing.T) {
	d := triageDesk(t, Config{})
	it := d.first(t)
	d.Press("E 2")
	it = d.becomes(t, it.ID, "it is done", func(it store.Item) bool { return it.State == store.Done })
	if len(it.NoteList) != 1 || it.NoteList[0].Text != "called back, solved" {
		t.Errorf("notes %+v", it.NoteList)
	}
	d.See("done, with a note", "u reopens it")
	d.Press("u")
	it = d.becomes(t, it.ID, "it is open", func(it store.Item) bool { return it.State == store.StateOpen })
	if len(it.NoteList) != 0 {
		t.Error("the note has stayed")
	}
	d.Press("C-r")
	it = d.becomes(t, it.ID, "it is done again", func(it store.Item) bool { return it.State == store.Done })
	if len(it.NoteList) != 1 {
		t.Error("the note has not come back")
	}
	d.Press("g d")
	d.See(" Done ")
}

func TestTriageBlock(t *testing.T) {
	d := triageDesk(t, Config{Sim: simulator.Config{Calls: 60}})
	d.feedDone(store.FeedCalls)
	var known, hidden store.Item
	for _, it := range d.all(t, "in:voicemail is:inbound") {
		if it.Who.Number != "" {
			known = it
		}
	}
	for _, it := range d.all(t, "is:blocked is:inbound") {
		hidden = it
	}
	if known.ID == 0 || hidden.ID == 0 {
		t.Fatal("somebody must have given the number, and somebody withheld it")
	}
	blocked := func(number string) bool {
		ok, err := d.Store.IsBlocked(t.Context(), 0, number)
		return err == nil && ok
	}
	atService := func(number string) func() bool {
		return func() bool {
			list, err := d.Store.Ops(t.Context(), 1)
			return err == nil && len(list) == 1 && list[0].State == store.OpConfirmed && blocked(number)
		}
	}
	d.Press("/")
	d.Free("id:" + known.ID.String())
	d.Press("Enter")
	d.See("1 of 1")
	d.Press("!")
	d.See("Block (", "stay", "y block")
	d.Press("y")
	d.See("Blocked (")
	d.Eventually("it is blocked at the service", atService(known.Who.Number))
	d.Press("!")
	d.See("through again?", "y unblock")
	d.Press("n u")
	d.Eventually("it is let through again", func() bool { return !blocked(known.Who.Number) })
	d.Press("/")
	d.Free("id:" + hidden.ID.String())
	d.Press("Enter")
	d.See("1 of 1")
	d.Press("!")
	d.See("withheld the number. Block all who do?")
	d.Press("y")
	d.See("Blocked everybody who withholds their number")
	d.Eventually("all are blocked at the service", atService(""))
}

// What is done to all of a list is done to what was shown when the key was pressed, and
// to nothing that comes in while a question stands.
func TestTriageActsOnWhatWasShown(t *testing.T) {
	unwatched(t)
	d := triageDesk(t, Config{Messages: 800})
	before := d.all(t, "in:inbox")
	if len(before) <= 50 {
		t.Fatalf("%d in the queue, it takes more than 50 to be asked", len(before))
	}
	arrive := func() {
		t.Helper()
		d.Sim.Arrive(3)
		n := len(d.all(t, "in:inbox"))
		d.Store.SyncNow()
		d.Eventually("new messages are here", func() bool { return len(d.all(t, "in:inbox")) >= n+1 })
	}
	d.Press("* z")
	d.See("Snooze "+kit.Plural(len(before), "item"), "next work day")
	arrive()
	d.Press("5")
	d.See("Snooze: " + kit.Plural(len(before), "item") + " until Fri 20 Nov 08:00?")
	arrive()
	d.Press("y")
	d.Eventually("they sleep", func() bool { return len(d.all(t, "in:snoozed")) == len(before) })
	left := d.all(t, "in:inbox")
	if len(left) == 0 {
		t.Fatal("what came in later was swept")
	}
	for _, it := range before {
		if got := d.item(t, it.ID); got.State != store.Snoozed {
			t.Errorf("%s is %s", it.ID, got.State)
		}
	}
	d.Press("u")
	d.Eventually("all are back", func() bool { return len(d.all(t, "in:inbox")) == len(before)+len(left) })
	d.Press("* e")
	d.See("Mark done: "+kit.Plural(len(before)+len(left), "item")+"?", "taken back with u")
	d.Press("n")
	d.Gone("Mark done:")
	if got := len(d.all(t, "in:done")); len(d.all(t, "in:inbox")) != len(before)+len(left) {
		t.Errorf("done though it was said no: %d", got)
	}
}

// What was done is taken back by the next start of the program, too.
func TestTriageUndoAfterRestart(t *testing.T) {
	dir := t.TempDir()
	var id store.ID
	t.Run("first", func(t *testing.T) {
		d := triageDesk(t, Config{Dir: dir, Messages: 60})
		id = d.first(t).ID
		d.Press("a")
		d.See("Claimed the")
		d.Press("e")
		d.becomes(t, id, "it is done", func(it store.Item) bool { return it.State == store.Done })
		d.Press("q")
		_ = d.Ended()
		if err := d.Store.Close(); err != nil {
			t.Fatal(err)
		}
	})
	d := triageDesk(t, Config{Dir: dir, Messages: 60})
	d.Press("u")
	d.becomes(t, id, "it is open", func(it store.Item) bool { return it.State == store.StateOpen && it.Claim == "ann@desk" })
	d.Press("u")
	d.becomes(t, id, "it is nobody's", func(it store.Item) bool { return it.Claim == "" })
	d.Press("C-r C-r")
	d.becomes(t, id, "it is claimed and done", func(it store.Item) bool { return it.State == store.Done && it.Claim == "ann@desk" })
}

func TestTriageBlockContact(t *testing.T) {
	d := triageDesk(t, Config{})
	d.feedDone(store.FeedContacts)
	d.Press("g c")
	d.See("Contacts")
	d.Press("!")
	d.Until("an answer", func(s string) bool {
		return strings.Contains(s, "Block ") && strings.Contains(s, "y block") || strings.Contains(s, "Only numbers of the outside")
	})
	for range 20 { // colleagues have no number of the outside
		if strings.Contains(d.Screen(), "y block") {
			break
		}
		d.Press("j !")
		d.Until("an answer", func(s string) bool {
			return strings.Contains(s, "y block") || strings.Contains(s, "Only numbers of the outside")
		})
	}
	d.See("y block", "stay")
	d.Press("y")
	d.See("Blocked ", "u lets them through again")
	d.Eventually("somebody more is blocked", func() bool {
		list, err := d.Store.Blocked(t.Context(), 0)
		return err == nil && len(list) == 3
	})
	d.Press("!")
	d.See("through again?")
	d.Press("y")
	d.See("No longer blocked")
}
