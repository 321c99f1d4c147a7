package ui

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/store"
)

// modes is how keys are pressed: each waiting for what the one before it did,
// and all at once.
func modes() map[string]func(*driver, string) {
	return map[string]func(*driver, string){"one by one": (*driver).press, "typed ahead": (*driver).burst}
}

func (d *driver) oldestUnread() store.ID {
	d.t.Helper()
	q, _ := store.ParseQuery("in:inbox is:unread", clock(), time.UTC)
	ids, err := d.st.IDs(d.t.Context(), q, store.OldestFirst, 1)
	if err != nil || len(ids) == 0 {
		d.t.Fatal("no unread item", err)
	}
	return ids[0]
}

func (d *driver) count(query string) int {
	d.t.Helper()
	q, err := store.ParseQuery(query, clock(), time.UTC)
	if err != nil {
		d.t.Fatal(err)
	}
	n, _, err := d.st.Count(d.t.Context(), q, 5000)
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

// The press counts of a working day, one key after the other and all at once.
func TestTasksOfTheDay(t *testing.T) {
	for mode, do := range modes() {
		t.Run(mode+": oldest unread, call back, done", func(t *testing.T) {
			d := drive(t, 40, Options{})
			id := d.oldestUnread()
			do(d, "n Space b e")
			if it := d.item(id); it.State != store.Done {
				t.Errorf("not done: %v\n%s", it.State, d.screen())
			}
			if d.cursor() == id {
				t.Error("the cursor stays on what is done")
			}
		})
		t.Run(mode+": note", func(t *testing.T) {
			d := drive(t, 40, Options{})
			id := d.oldestUnread()
			do(d, "n Space Left Left m h i Enter e")
			it := d.item(id)
			if it.State != store.Done || len(it.NoteList) != 1 || it.NoteList[0].Text != "hi" {
				t.Errorf("state %v, notes %v", it.State, it.NoteList)
			}
		})
		t.Run(mode+": canned note and done", func(t *testing.T) {
			d := drive(t, 40, Options{})
			id := d.oldestUnread()
			do(d, "n m 1 e")
			it := d.item(id)
			if it.State != store.Done || len(it.NoteList) != 1 || it.NoteList[0].Text != "left message" {
				t.Errorf("state %v, notes %v", it.State, it.NoteList)
			}
		})
		t.Run(mode+": sweep and take back", func(t *testing.T) {
			d := drive(t, 240, Options{})
			short := d.count("in:inbox dur<3")
			if short == 0 {
				t.Fatal("no short voicemail to sweep")
			}
			do(d, `\ d u r < 3 Enter * e`)
			if n := d.count("in:inbox dur<3"); n != 0 {
				t.Errorf("%d short ones are left\n%s", n, d.screen())
			}
			do(d, "u")
			if n := d.count("in:inbox dur<3"); n != short {
				t.Errorf("%d are back, want %d\n%s", n, short, d.screen())
			}
		})
	}
}

// Finding something, and saving it.
func TestTasksOfFinding(t *testing.T) {
	for mode, do := range modes() {
		t.Run(mode+": number read out", func(t *testing.T) {
			d := drive(t, 40, Options{})
			do(d, "/ 5 5 5 0 0 0 7 Enter")
			if r, ok := d.m.list.Current(); !ok || r.Who.Number != "+12125550007" {
				t.Errorf("on %v\n%s", r.Who, d.screen())
			}
		})
		t.Run(mode+": the one about a refund", func(t *testing.T) {
			d := drive(t, 40, Options{})
			do(d, "/ r e f u n d Enter")
			r, _ := d.m.list.Current()
			if !strings.Contains(r.Preview, "refund") {
				t.Fatalf("on %q\n%s", r.Preview, d.screen())
			}
			do(d, "Space")
			if d.m.said == "" && d.m.banner == nil {
				t.Error("Space says nothing")
			}
			do(d, "Esc Esc") // there is one pane: Space has opened the message in it
			if d.m.list.Words() != nil {
				t.Error("Esc does not leave the results")
			}
		})
		t.Run(mode+": save a view with a manifest", func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			d := drive(t, 40, Options{SaveDir: dir})
			do(d, "3 * S Enter")
			jobs := d.st.Jobs()
			if len(jobs) != 1 || jobs[0].Save == nil || jobs[0].Save.Path != dir || len(d.m.saving) != 1 {
				t.Errorf("no save to %s among the jobs: %+v\n%s", dir, jobs, d.screen())
			}
		})
	}
}
