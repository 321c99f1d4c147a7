package uitest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
	"switchboard/ui"
	"switchboard/ui/screen"
)

// keeping is a desk whose mailbox keeps so many voice and fax messages.
func keeping(t *testing.T, c Config) *Desk {
	t.Helper()
	c.Now = noon
	if c.Messages == 0 {
		c.Messages = 40
	}
	d := Open(t, c)
	d.See("Inbox", "oldest first")
	if _, err := d.Store.Archive(t.Context()); err != nil { // also asks how long messages are kept
		t.Fatal(err)
	}
	return d
}

func (d *Desk) used(t *testing.T) int {
	t.Helper()
	list, err := d.Store.Retention(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0].Used
}

// scrollTo goes down in the reader until a text is to be seen.
func (d *Desk) scrollTo(text string) {
	d.t.Helper()
	d.Eventually(text+" is on the screen", func() bool {
		if strings.Contains(d.Screen(), text) {
			return true
		}
		d.Press("j j j")
		return false
	})
}

// What one holds stays on this machine, is fetched, and is found; every step is told.
func TestHoldWithKeys(t *testing.T) {
	d := keeping(t, Config{Archive: true, Width: 80, Height: 24})
	d.Press("g v")
	d.See(" Voicemail ")
	d.Press("H")
	d.See("Holding the voicemail", "§")
	var held store.Item
	d.Eventually("its recording is here", func() bool {
		list := d.all(t, "is:held")
		if len(list) != 1 {
			return false
		}
		held = d.item(t, list[0].ID)
		return held.Kept == 1
	})
	d.Press("Enter")
	d.See("open, ● unread, § held")
	d.scrollTo("nothing removes it")
	d.Press("Tab")
	d.See("Files of", "on this machine, sha256")
	d.Press("d")
	d.See("It is held here; H takes the hold off first")
	d.Press("q q i")
	d.See("What happened", "ann@desk  holds it on this machine", "took it in from the service: held")
	d.Press("q x j x H")
	d.See("Holding")
	d.Press("u")
	d.See("Taken back: holding")
	d.Press("g i /")
	d.Free("is:held")
	d.Press("Enter")
	d.See("1 of 1")
	d.Press("H")
	d.See("No longer holding", "Nothing found")
	d.Press("u")
	d.See("1 of 1")
	got := store.JournalWords(d.item(t, held.ID).Journal, time.UTC)
	want := []string{"holds it on this machine", "took it in from the service: held", "no longer holds it here", "took back: no longer holds it here"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the journal: %q", got)
	}
}

// What waits is told by sign and colour, by the view it is in, and in words in the reader.
func TestAgesWithKeys(t *testing.T) {
	d := keeping(t, Config{Patience: screen.Patience{Warn: 10 * time.Minute, Late: time.Hour}, Views: []ui.View{
		{Key: "1", Name: "Patient", Query: "in:inbox in:voicemail", Patience: screen.Patience{Warn: 9000 * time.Hour, Late: 10000 * time.Hour}},
		{Key: "2", Name: "Never", Query: "in:inbox is:unread", Patience: screen.Patience{Warn: -1, Late: -1}},
	}})
	d.See("▲", "△")
	d.Press("Enter")
	d.See("Answer", "▲ was due at", "ago")
	d.Press("q 1")
	d.See(" Patient ")
	d.Gone("▲")
	d.Press("Enter")
	d.See("Answer", "by ", ", in ")
	d.Press("q 2")
	d.See(" Never ")
	d.Gone("▲")
	d.Press("Enter")
	d.Gone("Answer")
	d.Press("q g i")
	d.See("▲")
	d.Press("?")
	d.See("Keys")
}

// A nearly full mailbox says so, what leaves it is archived, and stays when the service
// has dropped it.
func TestMailboxFillsUp(t *testing.T) {
	unwatched(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := keeping(t, Config{Archive: true, Width: size[0], Height: size[1], Sim: simulator.Config{Retention: 30}})
		// The limit is one this mailbox is close to.
		limit := d.used(t) + 1
		c := Config{Archive: true, Width: size[0], Height: size[1], Sim: simulator.Config{Retention: 30}, Retention: store.RetentionRules{Inbox: limit}}
		d = keeping(t, c)
		d.Press("F5")
		d.See(fmt.Sprintf("mailbox %d/%d", limit-1, limit))
		d.Press("g w")
		d.See(fmt.Sprintf("%d of %d voice and fax messages", limit-1, limit), "the oldest leaves first", "kept 30 days", "archive on")
		d.Eventually("all is read", func() bool {
			for _, f := range d.Store.Feeds() {
				if !f.Done {
					return false
				}
			}
			return true
		})
		d.Gone("not read yet")
		keptFrame(t, d, "retention", size)
		d.Press("q")
		// The oldest voicemail is about to leave; the service drops it.
		gone := d.Sim.DropOldest(2)
		d.Store.SyncNow()
		d.Eventually("it is only here", func() bool { return len(d.all(t, "is:archived")) == len(gone) })
		it := d.all(t, "is:archived")[0]
		if d.item(t, it.ID).Kept != it.Files {
			t.Errorf("its files: %+v", it)
		}
		d.Press("/")
		d.Free("is:archived")
		d.Press("Enter")
		d.See("archived here", "⌂")
		d.Press("Enter")
		d.See("archived here")
		d.scrollTo("the service has it no")
		// It is played, done and deleted like any other; nobody is told.
		d.Press("q d")
		d.See("Deleted the")
		d.Press("u")
		d.See("Taken back")
		if n := d.Sim.Wipes(); n != 0 {
			t.Errorf("%d wipes", n)
		}
	}
}

// The trash says of each message when it is purged.
func TestTrashCountsDown(t *testing.T) {
	now := noon()
	d := keeping(t, Config{Sim: simulator.Config{}})
	d.Press("g v")
	d.See(" Voicemail ")
	d.Press("d")
	d.See("Deleted the voicemail")
	d.Press("g x")
	d.See(" Trash ", "purged in 5d")
	d.Press("Enter")
	d.See("in the trash, ● unread, purged in 5d")
	d.scrollTo("purged in 5 d, Tue 24 Nov 15:00: the trash is")
	it := d.all(t, "in:trash")[0]
	if !it.Deleted.Equal(now) {
		t.Errorf("deleted at %v", it.Deleted)
	}
	d.Press("q d")
	d.See("Restored the voicemail")
	got := store.JournalWords(d.item(t, it.ID).Journal, time.UTC)
	if strings.Join(got, ", ") != "moved it to the trash, took it out of the trash" {
		t.Errorf("the journal: %q", got)
	}
}

// What another process does is in the journal here, and a hold of another machine holds.
func TestJournalOfTwo(t *testing.T) {
	d := keeping(t, Config{Width: 80, Height: 24})
	other, err := store.Open(t.Context(), store.Options{Dir: d.Dir, Actor: "ben@desk", Now: func() time.Time { return noon().Add(time.Minute) }, Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	d.Press("g v")
	d.See(" Voicemail ")
	d.Press("m")
	d.Free("asked for the file")
	d.Press("Enter")
	d.See("Added a note")
	it := d.all(t, "has:note")[0]
	if _, err := other.Act(t.Context(), store.Change{Verb: store.VerbHold, Items: []store.ID{it.ID}, Text: "case 7"}); err != nil {
		t.Fatal(err)
	}
	d.Press("F5")
	d.See("§")
	d.Press("i")
	d.See("ann@desk  wrote: asked for the file", "ben@desk  holds it on this machine: case 7")
	keptFrame(t, d, "journal", [2]int{80, 24})
}

// keptFrame compares what is on the screen with a file. With SWITCHBOARD_UPDATE=1 it is
// written anew; look at it before keeping it.
func keptFrame(t *testing.T, d *Desk, name string, size [2]int) {
	t.Helper()
	file := filepath.Join("..", "testdata", fmt.Sprintf("%s-%dx%d.golden", name, size[0], size[1]))
	lines := strings.Split(d.Screen(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	got := strings.Join(lines[:len(lines)-1], "\n") + "\n" // without the footer, where the clock of the machine is told
	if os.Getenv("SWITCHBOARD_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}
