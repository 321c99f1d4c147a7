package uitest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"switchboard/store"
	"switchboard/ui/usercommand"
)

// withRooms is a desk that has, beside its mailbox, what was said in two rooms: one that is
// copy-protected, in which the oldest message is without a file and the next has one, and
// one that is not, with so many messages.
func withRooms(t *testing.T, c Config, others int) *Desk {
	t.Helper()
	if c.Messages == 0 {
		c.Messages = 5
	}
	d := handDesk(t, c)
	acc, err := d.Store.PutAccount(t.Context(), store.Account{Key: "symphony:pod.example:71", Service: "symphony", Name: "Desk bot", Since: noon().Add(-48 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Store.TakeChats(t.Context(), acc.ID, []store.IncomingChat{
		{Remote: "deals", Type: store.ChatTeam, Name: "Deals", Joined: true, Protected: true},
		{Remote: "desk", Type: store.ChatTeam, Name: "Desk", Joined: true},
	}); err != nil {
		t.Fatal(err)
	}
	at := noon().Add(-24 * time.Hour)
	posts := []store.IncomingPost{
		{Remote: "p0", Chat: "deals", Author: "9", Time: at, Modified: at, Text: "the strike is at 41", Work: true},
		{
			Remote: "p1", Chat: "deals", Author: "9", Time: at.Add(time.Minute), Modified: at.Add(time.Minute), Text: "the term sheet", Work: true,
			Attachments: []store.Attachment{{Remote: "f1", Kind: store.PostedFile, Name: "terms.pdf", Type: "application/pdf", Size: 1000, URI: "/f"}},
		},
	}
	for i := range others {
		when := at.Add(time.Duration(i+2) * time.Minute)
		posts = append(posts, store.IncomingPost{Remote: fmt.Sprint("d", i), Chat: "desk", Author: "9", Time: when, Modified: when, Text: fmt.Sprint("lunch no. ", i), Work: true})
	}
	if err := d.Store.TakePosts(t.Context(), acc.ID, posts); err != nil {
		t.Fatal(err)
	}
	return d
}

// shows lists what a query finds.
func (d *Desk) shows(query, of string) {
	d.t.Helper()
	d.Press("Esc Esc g i /")
	d.See("Search")
	d.Free(query)
	d.Press("Enter")
	d.See("Search "+query, of)
}

// Whatever takes content of a copy-protected chat to another place asks before, and does
// nothing where the answer is no.
func TestNothingLeavesAProtectedRoomUnasked(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no /bin/sh")
	}
	out := filepath.Join(t.TempDir(), "out")
	d := withRooms(t, Config{
		Print:    "tee " + out,
		Commands: []usercommand.Command{own(t, "ticket", "M-t", "cat > "+out+".ticket; : {id}", true, usercommand.None)},
	}, 1)
	line := func(text string) func() {
		return func() {
			d.Press(":")
			d.See("Command")
			d.Free(text)
			d.Press("Enter")
		}
	}
	keys := func(keys string) func() { return func() { d.Press(keys) } }
	d.shows("in:symphony sheet", "1 of 1")
	const from = " from a copy-protected chat?"
	for _, c := range []struct {
		do       func()
		question string
	}{
		{keys("s"), "Save" + from},
		{keys("S Enter"), "Save" + from},
		{keys("o"), "Open" + from},
		{keys("Y"), "Copy" + from},
		{keys("p"), "Print" + from},
		{func() {
			d.Press("|")
			d.See("Pipe terms.pdf")
			d.Free("tee " + out)
			d.Press("Enter")
		}, "Pipe" + from},
		{line("pipe text: tee " + out), "Pipe" + from},
		{line("hand-over"), "Hand over" + from},
		{keys("f"), "Send on" + from},
		{keys("X Enter"), "Export" + from},
		{keys("M-t"), "Run ticket with a message" + from},
		{keys("g a o"), "Open" + from},
		{keys("s"), "Save" + from},
		{keys("S"), "Save" + from},
		{keys("p"), "Print" + from},
	} {
		c.do()
		d.See(c.question)
		d.Press("n")
		d.Gone("copy-protected chat?")
	}
	d.shows("in:symphony strike", "1 of 1")
	for _, name := range []string{out, out + ".ticket", d.SaveDir} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("no was not no: there is %s", filepath.Base(name))
		}
	}
	if o := d.Opened(); len(o) > 0 {
		t.Errorf("no was not no: %s was opened", o)
	}
	holds := func(name string) func() bool {
		return func() bool {
			b, err := os.ReadFile(name)
			return err == nil && strings.Contains(string(b), "the strike is at 41")
		}
	}
	d.Press("p")
	d.See("Print" + from)
	d.Press("y")
	d.Eventually("it was printed", holds(out))
	d.Press("|")
	d.See("Pipe post")
	d.Free("tee " + out + ".piped")
	d.Press("Enter")
	d.See("Pipe" + from)
	d.Press("y")
	d.Eventually("it was piped", holds(out+".piped"))
	d.See("done")
	d.leave("| tee")
	d.Press("M-t")
	d.See("Run ticket with a message" + from)
	d.Press("y")
	d.Eventually("the command has run", holds(out+".ticket"))
}

// Marks reach further than the rows that are here. What is behind them is asked about all
// the same, once for all.
func TestMarksBeyondTheWindowAreAsked(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no /bin/sh")
	}
	const others = 450 // the newest come first, and no more than 301 rows are here
	out := filepath.Join(t.TempDir(), "out")
	d := withRooms(t, Config{Commands: []usercommand.Command{own(t, "sweep", "M-s", "echo {marks} > "+out, true, usercommand.None)}}, others)
	d.shows("in:symphony", fmt.Sprint("of ", others+2))
	d.Press("*")
	d.See(fmt.Sprint(others+2, " marked"))
	const question = "2 messages of copy-protected chats?"
	dir := filepath.Join(t.TempDir(), "all")
	for _, c := range []struct{ keys, asks string }{{"s", "Save: "}, {"S", "Save: "}, {"M-s", "Run sweep: "}, {"X", "Export: "}} {
		d.Press(c.keys)
		if c.keys == "S" || c.keys == "X" {
			d.See(fmt.Sprint(others+2, " items"))
			d.Press("C-u")
			d.Free(dir + map[string]string{"S": ".zip", "X": ".csv"}[c.keys])
			d.Press("Enter")
		}
		d.See(c.asks + question)
		d.Press("n")
		d.Gone(question)
	}
	if found, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), "*")); len(found) > 0 {
		t.Errorf("no was not no: %s", found)
	}
	d.Press("M-s")
	d.See(question)
	d.Press("y")
	d.Eventually("the command has run with all", func() bool {
		b, err := os.ReadFile(out)
		return err == nil && len(strings.Fields(string(b))) == others+2
	})
	// Without those of the room nothing is asked.
	d.unmark()
	d.shows("in:symphony lunch", fmt.Sprint("of ", others))
	d.Press("* M-s")
	d.Eventually("the command has run with the others", func() bool {
		b, err := os.ReadFile(out)
		return err == nil && len(strings.Fields(string(b))) == others
	})
}
