package uitest

import (
	"strings"
	"testing"
	"time"

	"switchboard/store"
)

// One posts into a room of Symphony as into any chat; what was posted stays, since the
// service does not offer taking it back.
func TestPostInSymphony(t *testing.T) {
	d := threeServices(t, Config{})
	chat := d.openRoom(t)
	d.Press("g t")
	d.See("Chats")
	d.Press("\\")
	d.See("a part of the name")
	d.Free(chat.Title)
	d.Press("Enter")
	d.See("S " + chat.Title[:8])
	d.Press("Enter")
	d.See("Symphony")
	d.Press("c")
	d.See("To " + chat.Title)
	d.Free("the desk has **seen** it")
	d.Press("Enter")
	p := d.posted(t, chat.ID, "the desk has **seen** it")
	d.See("You", "the desk has seen it")
	if !p.Mine || p.Unread {
		t.Errorf("%+v", p)
	}
	d.Press("u")
	d.See("Left alone", "not offered for Symphony")
	if now := d.last(t, chat.ID, 1)[0]; now.Removed || now.Remote != p.Remote {
		t.Errorf("it did not stay: %+v", now)
	}
	d.Press("d")
	d.See("not offered for Symphony")
}

// What a service lacks is said at once and leaves no change behind; what is kept here
// works for all services alike, with undo.
func TestTriageOfAllServices(t *testing.T) {
	d := threeServices(t, Config{})
	for _, c := range []struct{ query, why string }{
		{"in:emailgistics in:inbox", "Emailgistics does not offer deleting a message; mark it done instead"},
		{"in:symphony in:inbox", "Symphony does not offer deleting a message; mark it done instead"},
	} {
		it := d.found(t, c.query)
		d.Press("d")
		d.See(c.why)
		d.Press("a m")
		d.See("Note on")
		d.Free("asked the broker")
		d.Press("Enter e")
		d.Eventually("it is done", func() bool {
			now := d.item(t, it.ID)
			return now.State == store.Done && now.Notes == 1 && now.Claim != "" && now.Availability == store.Alive
		})
		d.Press("u")
		d.Eventually("it is open again", func() bool { return d.item(t, it.ID).State == store.StateOpen })
	}
	for _, st := range d.Store.Status() {
		if st.Pending > 0 {
			t.Errorf("%s: %d changes wait for the service", st.Account, st.Pending)
		}
	}
}

// A report takes its time, and the status line says how far it is. Meanwhile all else
// goes on.
func TestReportIsShown(t *testing.T) {
	c := Config{Unsynced: true, Width: 80, Height: 24}
	c.Sim.EmailgisticsReport = 300 * time.Millisecond
	d := threeServices(t, c)
	d.See("report")
	d.Press("g v")
	d.See("Voicemail", "Pearl Ellsworth")
	d.Press("e")
	d.See("u reopens it") // what a key does goes before how a report gets on
	d.Press("g e")
	d.See("E-mails", "mail ")
	d.Press("g w")
	d.See("Emailgistics", "Symphony", "offers no message texts")
}

// Who is there, and which people of other companies ask.
func TestPresenceOfSymphony(t *testing.T) {
	d := threeServices(t, Config{})
	d.feedDone(store.FeedConnections)
	d.Press("g p")
	d.See("(Symphony)", "Other companies", "asks to connect; answered at Symphony itself")
	d.Press("j")
	d.See("▌")
	d.Until("one's own at Symphony is under the cursor", func(s string) bool {
		for _, line := range strings.Split(s, "\n") {
			if strings.HasPrefix(line, "▌") && strings.Contains(line, "(Symphony)") {
				return true
			}
		}
		return false
	})
	d.Press(", s")
	d.See("presence at Symphony can only be read here")
}
