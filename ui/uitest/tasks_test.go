package uitest

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchboard/store"
)

// noon is a working Thursday; the newest message came in then.
func noon() time.Time { return time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC) }

func desk(t *testing.T) *Desk {
	d := Open(t, Config{Now: noon})
	d.See("Inbox", "oldest first")
	return d
}

func (d *Desk) all(t *testing.T, query string) []store.Item {
	t.Helper()
	q, err := store.ParseQuery(query, noon(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := d.Store.IDs(t.Context(), q, store.OldestFirst, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var items []store.Item
	for _, id := range ids {
		items = append(items, d.item(t, id))
	}
	return items
}

func (d *Desk) item(t *testing.T, id store.ID) store.Item {
	t.Helper()
	it, err := d.Store.Item(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// atService waits until the service has a message's read mark and life cycle
// as wanted.
func (d *Desk) atService(t *testing.T, it store.Item, read bool, availability string) {
	t.Helper()
	id, err := strconv.ParseInt(it.Remote, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	d.Eventually("message "+it.Remote+" is as wanted at the service", func() bool {
		r, a, ok := d.Sim.State(id)
		return ok && r == read && a == availability
	})
}

// oldestVoicemail is the first unread voicemail of the queue.
func (d *Desk) oldestUnread(t *testing.T) store.Item {
	t.Helper()
	items := d.all(t, "in:inbox is:unread")
	if len(items) == 0 {
		t.Fatal("the queue has nothing unread")
	}
	if items[0].Kind != store.Voicemail {
		t.Fatalf("the oldest unread is a %s; the task wants a voicemail", items[0].Kind)
	}
	return items[0]
}

// Task 1: oldest unread voicemail: listen, call back, done. Four presses. Who
// listens waits until there is something to hear.
func TestTaskListenCallBackDone(t *testing.T) {
	d := desk(t)
	want := d.oldestUnread(t)
	p := d.Play("1")
	p.Next()
	d.See("playing")
	p.Rest()
	p.Over()
	d.Eventually("the item is done", func() bool { return d.item(t, want.ID).State == store.Done })
	if n := len(d.Opened()); n != 0 {
		t.Errorf("%d programs were opened; it plays here", n)
	}
	d.Eventually("it is called back once", func() bool { return len(d.Sim.RingOuts()) == 1 })
	if got := d.Sim.RingOuts()[0].To; digits(got) != digits(want.Who.Number) {
		t.Errorf("called %s, want %s", got, want.Who.Number)
	}
	d.atService(t, want, true, "Alive")
	if left := d.all(t, "in:inbox is:unread"); len(left) == 0 || left[0].ID == want.ID {
		t.Error("the item is still in the queue")
	}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// Task 3: listen at 1.46 times the speed, back twice, note, done. The keys are
// pressed before the recording is here.
func TestTaskListenNoteDone(t *testing.T) {
	d := desk(t)
	want := d.oldestUnread(t)
	p := d.Play("3")
	p.Next()
	d.See("Note on", "1.46x")
	note := p.Next()
	p.Rest()
	p.Over()
	d.Eventually("the item is done", func() bool { return d.item(t, want.ID).State == store.Done })
	it := d.item(t, want.ID)
	if len(it.NoteList) != 1 || it.NoteList[0].Text != note || it.NoteList[0].Actor != "ann@desk" {
		t.Errorf("notes %+v", it.NoteList)
	}
	if found := d.all(t, "mumbled"); len(found) != 1 || found[0].ID != want.ID {
		t.Errorf("the note's word finds %d items, want this one", len(found))
	}
}

// Task 6: sweep hang-ups under three seconds, look, take it all back.
func TestTaskSweepAndTakeBack(t *testing.T) {
	d := Open(t, Config{Now: noon, Messages: 2000})
	d.See("Inbox", "oldest first")
	want := d.all(t, "in:inbox dur:<3")
	if len(want) < 2 {
		t.Fatalf("only %d hang-ups in the queue", len(want))
	}
	before := len(d.all(t, "in:inbox"))
	p := d.Play("6")
	for range 4 {
		p.Next()
	}
	d.Eventually("all hang-ups are done", func() bool { return len(d.all(t, "in:inbox dur:<3")) == 0 })
	if got := len(d.all(t, "in:inbox")); got != before-len(want) {
		t.Errorf("%d items left in the queue, want %d: something else was swept", got, before-len(want))
	}
	p.Rest()
	p.Over()
	d.Eventually("all are back", func() bool { return len(d.all(t, "in:inbox")) == before })
	for _, it := range want {
		if got := d.item(t, it.ID); got.State != store.StateOpen || got.Read != it.Read {
			t.Errorf("%s is %s after undo", it.ID, got.State)
		}
	}
}

// Task 8b: everything from a number read out on the phone.
func TestTaskFindNumber(t *testing.T) {
	d := desk(t)
	p := d.Play("8b")
	p.Rest()
	p.Over()
	want := d.all(t, "number:5551234")
	if len(want) < 2 {
		t.Fatalf("%d messages from the number", len(want))
	}
	d.See("of " + strconv.Itoa(len(want)))
	for _, it := range want {
		if !strings.HasSuffix(digits(it.Who.Number), "5551234") {
			t.Errorf("%s is from %s", it.ID, it.Who.Number)
		}
	}
}

// Task 9: find the one about a refund, and open it.
func TestTaskFindRefund(t *testing.T) {
	d := desk(t)
	d.Eventually("transcripts are here", func() bool { return len(d.all(t, "refund")) > 0 })
	p := d.Play("9")
	p.Next()
	p.Next()
	d.See("Search", "efund")
	p.Rest()
	p.Over()
	d.See("“refund” is said at about")
	for _, it := range d.all(t, "refund") {
		if it.Read && it.Kind == store.Voicemail {
			return
		}
	}
	d.Eventually("it counts as heard", func() bool {
		for _, it := range d.all(t, "refund") {
			if it.Read && it.Kind == store.Voicemail {
				return true
			}
		}
		return false
	})
}

// Task 4 up to sending: page through a fax of three pages and turn one.
func TestTaskPageThroughFax(t *testing.T) {
	d := desk(t)
	d.Press("g f")
	d.See(" Fax ")
	var want store.Item
	for _, it := range d.all(t, "in:fax is:unread") {
		if it.Pages == 3 && it.Direction == store.Inbound {
			want = it
		}
	}
	if want.ID == 0 {
		t.Fatal("no unread fax of three pages")
	}
	d.Press(`\`)
	d.Free("pages:3")
	d.Press("Enter n")
	before := d.Presses() - 1
	d.Press("Space")
	d.See("page 2 of 3")
	d.Press("]")
	d.Press("Space")
	d.See("page 3 of 3")
	if n := d.Presses() - before; n != 4 {
		t.Errorf("took %d presses, may take 4", n)
	}
}

// Task 10: save all faxes of a saved view with a manifest.
func TestTaskSaveView(t *testing.T) {
	unwatched(t)
	d := desk(t)
	want := d.all(t, "in:fax on:today has:file")
	if len(want) < 3 {
		t.Fatalf("only %d faxes today", len(want))
	}
	p := d.Play("10")
	p.Next()
	p.Next()
	d.See(d.SaveDir)
	p.Rest()
	p.Over()
	files := 0
	for _, it := range want {
		for _, a := range it.Attachments {
			if !a.IsText() {
				files++
			}
		}
	}
	d.Eventually("the manifest is there", func() bool {
		m, _ := filepath.Glob(filepath.Join(d.SaveDir, "manifest.json"))
		return len(m) == 1
	})
	r, err := store.Verify(t.Context(), d.SaveDir)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.OK) != files || len(r.Missing)+len(r.Changed) > 0 {
		t.Errorf("verify: %+v, want %d files", r, files)
	}
}

// The main job, whole: read the oldest, save it, done, take it back, find
// another, quit.
func TestMainJob(t *testing.T) {
	d := desk(t)
	want := d.oldestUnread(t)
	d.Press("n s")
	d.Eventually("the recording is saved", func() bool {
		m, _ := filepath.Glob(filepath.Join(d.SaveDir, "*"))
		return len(m) == 1 && !strings.HasSuffix(m[0], ".part")
	})
	if _, a, _ := d.Sim.State(mustInt(t, want.Remote)); a != "Alive" {
		t.Errorf("the message is %s at the service", a)
	}
	if d.item(t, want.ID).Read {
		t.Error("saving marked it read")
	}
	d.Press("e")
	d.Eventually("it is done", func() bool { return d.item(t, want.ID).State == store.Done })
	d.Press("u")
	d.Eventually("it is back", func() bool { return d.item(t, want.ID).State == store.StateOpen })
	d.Press("d")
	d.atService(t, want, false, "Deleted")
	d.Press("u")
	d.atService(t, want, false, "Alive")
	if d.Sim.Wipes() != 0 {
		t.Error("a DELETE without ids was sent")
	}
	d.Press("q")
	if err := d.Ended(); err != nil {
		t.Fatal(err)
	}
}

func mustInt(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
