package uitest

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/api/simulator"
	"switchboard/store"
)

// callDesk is a desk with a call log that has been read.
func callDesk(t *testing.T, c Config) *Desk {
	t.Helper()
	c.Now = noon
	if c.Messages == 0 {
		c.Messages = 60
	}
	if c.Sim.Calls == 0 {
		c.Sim.Calls = 300
	}
	d := Open(t, c)
	d.See("Inbox", "oldest first")
	d.feedDone(store.FeedCalls)
	d.feedDone(store.FeedCompany)
	d.feedDone(store.FeedActive)
	return d
}

// feedDone waits until a feed has read all there is.
func (d *Desk) feedDone(name string) {
	d.t.Helper()
	d.Eventually(name+" are read", func() bool {
		for _, f := range d.Store.Feeds() {
			if f.Name == name {
				return f.Done || f.Denied
			}
		}
		return false
	})
}

// missed are the calls that wait, newest first.
func (d *Desk) missed(t *testing.T) []store.Item {
	t.Helper()
	items := d.all(t, "in:calls is:own is:missed is:open")
	for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
		items[i], items[j] = items[j], items[i]
	}
	if len(items) < 5 || items[0].Who.Number == "" {
		t.Fatalf("%d calls wait, of %q first", len(items), items[0].Who.Number)
	}
	return items
}

// Task 11: a missed call without voicemail: call back, canned note 1, done. Seven presses.
func TestTaskMissedCall(t *testing.T) {
	d := callDesk(t, Config{})
	want := d.missed(t)[0]
	p := d.Play("11")
	p.Rest()
	p.Over()
	d.Eventually("the call is done", func() bool { return d.item(t, want.ID).State == store.Done })
	d.Eventually("it is called back once", func() bool { return len(d.Sim.RingOuts()) == 1 })
	if got := d.Sim.RingOuts()[0].To; digits(got) != digits(want.Who.Number) {
		t.Errorf("called %s, want %s", got, want.Who.Number)
	}
	it := d.item(t, want.ID)
	if len(it.NoteList) != 1 || !strings.Contains(strings.ToLower(it.NoteList[0].Text), "left message") {
		t.Errorf("notes: %+v", it.NoteList)
	}
	d.Press("n")
	d.See("▌ ●")
}

// The call log: what it shows of calls, and how one goes from a call to what belongs to
// it and back.
func TestCallLog(t *testing.T) {
	d := callDesk(t, Config{})
	d.Press("g l")
	d.See("Calls", "newest first", "answered", "left a voicemail", "missed", "connected", "»")
	linked := d.all(t, "in:calls is:own has:message")
	last := linked[len(linked)-1]
	d.Press("g g")
	for _, r := range d.rowsOf(t, "in:calls is:own") {
		if r.ID == last.ID {
			break
		}
		d.Press("j")
	}
	d.Press("Enter")
	d.See("Message", "a voicemail; % shows it", "Result")
	d.Press("%")
	d.See("Left by this call", "Voicemail from", "Call     at ", "% shows it")
	d.Press("%")
	d.See("Message  a voicemail", "1 of 300")
	d.Press("q")
	d.See("newest first")

	// A filter, and back.
	d.Press("\\")
	d.Free("is:missed -is:returned")
	d.Press("Enter")
	d.See(`Calls  \ is:missed -is:returned`)
	d.Gone("answered")
	d.Press("Esc")
	d.See("answered")

	// The company's, and back.
	d.Press("C")
	d.See("Calls of the company", "Leonard Okafor: connected")
	d.Press("C")
	d.See("Calls", "newest first")
	d.Gone("of the company")

	// Missed calls are in the queue, and in the view shipped for them.
	d.Press("g i")
	d.See("Inbox", "call", "missed")
}

func (d *Desk) rowsOf(t *testing.T, query string) []store.Row {
	t.Helper()
	items := d.all(t, query)
	rows := make([]store.Row, 0, len(items))
	for i := len(items) - 1; i >= 0; i-- {
		rows = append(rows, items[i].Row)
	}
	return rows
}

// The recording of a call plays and is saved as any file is.
func TestCallRecordingKeys(t *testing.T) {
	d := callDesk(t, Config{})
	d.Press("g l")
	d.See("Calls", "newest first")
	d.Press("\\")
	d.Free("has:recording")
	d.Press("Enter")
	d.See(`\ has:recording`, "1↓")
	d.Press("Space")
	d.See("playing")
	d.Press("Space s")
	d.See("Saving to")
	d.Eventually("it is saved", func() bool {
		found, err := filepath.Glob(filepath.Join(d.SaveDir, "*"))
		return err == nil && len(found) == 1
	})
	d.Press("g a")
	d.See("recording", "on this machine")
}

// Calls in progress stand over the log while they last.
func TestCallStrip(t *testing.T) {
	d := callDesk(t, Config{})
	d.Press("g l")
	d.See("Calls", "newest first")
	take := func(calls ...store.LiveCall) {
		t.Helper()
		if err := d.Store.TakeCalls(t.Context(), d.Account.ID, calls); err != nil {
			t.Fatal(err)
		}
	}
	ring := store.LiveCall{Session: "s1", Sequence: 1, Dir: store.Inbound, From: store.Party{Name: "Ada Crane", Number: "+14155550142"}, State: store.LiveRinging, Ours: true, Queue: true}
	take(ring)
	d.See("← rings", "Ada Crane  (415) 555-0142  through a queue")
	ring.Sequence, ring.State = 2, store.LiveConnected
	take(ring, store.LiveCall{Session: "s2", Sequence: 1, Dir: store.Outbound, To: store.Party{Number: "+14155550143"}, State: store.LiveHeld, Owner: "Ben Ito"})
	d.See("← speaking", "→ on hold", "(415) 555-0143", "at Ben Ito")
	d.Press("g i")
	d.Gone("speaking")
	d.Press("g l")
	d.See("← speaking")
	ring.Sequence, ring.State = 3, store.LiveEnded
	take(ring)
	d.Gone("speaking")
	d.See("→ on hold")
}

// What is exported is what is shown, whole and safe for spreadsheets.
func TestCallExport(t *testing.T) {
	d := callDesk(t, Config{})
	d.Press("g l")
	d.See("Calls", "newest first")
	d.Press("X")
	d.See("Export this list to", "calls-2026-11-19.csv")
	d.Press("Enter")
	d.See("Exported 300 items to")
	b, err := os.ReadFile(filepath.Join(d.SaveDir, "calls-2026-11-19.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	if err != nil || len(rows) != 301 || rows[0][0] != "id" || rows[1][2] != "call" {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, r := range rows {
		for _, cell := range r {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "@") || strings.HasPrefix(cell, "-") {
				t.Errorf("a cell a spreadsheet would run: %q", cell)
			}
		}
	}
	d.Press("g g x x X C-u")
	path := filepath.Join(t.TempDir(), "two.json")
	d.Free(path)
	d.Press("Enter")
	d.See("Exported 2 items to")
	if b, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal(b, &list); err != nil || len(list) != 2 {
		t.Errorf("%v: %s", err, b)
	}
	d.Press("X C-u")
	d.Free("calls.txt")
	d.Press("Enter")
	d.See("name a file that ends in .csv, .json or .jsonl")
}

// What is not permitted, or not there, is said.
func TestCallLogSaysWhy(t *testing.T) {
	d := callDesk(t, Config{Prepare: func(s *simulator.Server) {
		s.Deny("ReadCallLog", true)
		s.Deny("FullCompanyCallLog", true)
	}})
	d.Press("g l")
	d.See("The call log may not be read", "ReadCallLog")
	d.Press("C")
	d.See("The company's call log may not be read")
	d = callDesk(t, Config{Sim: simulator.Config{Calls: -1}})
	d.Press("g l")
	d.See("There is no call in the log")
}

// The call log at both sizes, with calls in progress over it.
func TestGoldenCalls(t *testing.T) {
	unwatched(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := callDesk(t, Config{Width: size[0], Height: size[1]})
		live := []store.LiveCall{
			{Session: "s1", Sequence: 1, Dir: store.Inbound, From: store.Party{Name: "Ada Crane", Number: "+14155550142"}, State: store.LiveConnected, Since: noon().Add(-83e9), Ours: true},
			{Session: "s2", Sequence: 1, Dir: store.Inbound, From: store.Party{Number: "+14155550143"}, State: store.LiveRinging, Since: noon().Add(-4e9), Queue: true},
		}
		if err := d.Store.TakeCalls(t.Context(), d.Account.ID, live); err != nil {
			t.Fatal(err)
		}
		d.Press("g l n")
		d.See("▌ ●", "← rings", "at a colleague", "Dr. Samira Haddad ◐")
		if size[0] > 100 { // what is asked for beside the call
			d.See("● available", "in the contacts: Ariel Brennan", "by Fri 20 Nov") // with the business hours
		}
		d.golden(t, "calls", size)
	}
}
