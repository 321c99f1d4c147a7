package uitest

import (
	"strings"
	"testing"

	"switchboard/api/simulator"
	"switchboard/keymap"
	"switchboard/store"
)

// sharedDesk is a desk whose user may read the mailboxes of a queue and of shared lines.
func sharedDesk(t *testing.T, c Config) *Desk {
	t.Helper()
	c.Now = noon
	c.Sim.Shared = map[string]int{"201": 12, "304": 8}
	d := Open(t, c)
	d.See("Inbox", "oldest first")
	d.Eventually("the directory", func() bool {
		list, err := d.Store.Readable(t.Context(), d.Account.ID)
		return err == nil && len(list) > 0
	})
	d.Press("g w")
	d.See("Mailboxes  1 mailbox", "Patient Line", "Reception Lines", "[ ]", "no limit to requests")
	return d
}

// on moves the cursor down to the line with a text in it.
func (d *Desk) on(text string) {
	d.t.Helper()
	d.Press("g g")
	d.Until("the cursor on the first row", func(s string) bool {
		lines := strings.Split(s, "\n")
		return len(lines) > 2 && (strings.HasPrefix(lines[1], "▌") || strings.HasPrefix(lines[2], "▌"))
	})
	for range 40 {
		if strings.HasPrefix(d.lineOf(text), "▌") {
			return
		}
		before := cursorLine(d.Screen())
		d.Press("j")
		d.Until("the cursor to move", func(s string) bool { return cursorLine(s) != before })
	}
	d.t.Fatalf("the cursor does not come to %s:\n%s", text, d.Screen())
}

// cursorLine is the line the cursor is on.
func cursorLine(s string) int {
	for i, line := range strings.Split(s, "\n") {
		if strings.HasPrefix(line, "▌") {
			return i
		}
	}
	return -1
}

func TestMailboxes(t *testing.T) {
	d := sharedDesk(t, Config{Messages: 20, Width: 120, Height: 40})
	d.on("Patient Line")
	d.Press("Space")
	d.See("[x]   Patient Line", "Reading the mailbox of Patient Line", "2 mailboxes")
	d.on("Refill Queue")
	d.Press("Space")
	d.See("you may not read the mailbox of Refill Queue", "CMN-404")
	d.Press("Enter")
	d.See("Space asks the service for it")
	d.on("Reception Lines")
	d.Press("Space")
	d.See("[x]   Reception Lines", "3 mailboxes")
	d.Eventually("all of them", func() bool {
		for _, st := range d.Store.Status() {
			if st.Phase == store.PhaseSyncing {
				return false
			}
		}
		return len(d.Store.Status()) == 3
	})

	// Every row says whose it is; one mailbox is shown with Enter, and all again.
	d.Press("q")
	d.See("Inbox", "mailbox", "Patient Line", "Reception")
	d.Press("g w")
	d.See("Mailboxes  3 mailboxes")
	d.on("Patient Line")
	d.Press("Enter")
	d.See("Inbox · Patient Line", "The lists show Patient Line only")
	d.Gone("Front Desk")
	d.Press("g v")
	d.See("Voicemail · Patient Line")
	d.Press("g w g g Enter")
	d.See("The lists show all mailboxes")
	d.Gone("· Patient Line")
	d.Press("\\")
	d.Free("mailbox:reception")
	d.Press("Enter")
	d.See(`\ mailbox:reception`)

	// Closed, it is gone from the lists, and offered again.
	d.Press("g w")
	d.See("3 mailboxes")
	d.on("Reception Lines")
	d.Press("Space")
	d.See("Closed the mailbox of Reception Lines", "2 mailboxes")
	d.Until("it to be offered again", func(string) bool { return strings.Contains(d.lineOf("Reception Lines"), "[ ]") })
}

// Each key of the view has its own effect, which is to be seen, or says why it has none.
func TestMailboxesEveryKey(t *testing.T) {
	unwatched(t)
	k := &keyboard{Desk: sharedDesk(t, Config{Messages: 20, Width: 120, Height: 30}), t: t, pressed: map[string]bool{}}
	at := func() string { return k.lineOf("▌") }
	k.Press("g g")
	k.Until("one's own mailbox", func(string) bool { return strings.Contains(at(), "Front Desk") })
	back := func(_, now string) bool { return strings.Contains(now, "Front Desk") }
	for _, p := range [][2]string{{"j", "k"}, {"Down", "Up"}, {"J", "K"}, {"G", "g g"}, {"End", "Home"}, {"PgDn", "PgUp"}, {"C-d", "C-u"}} {
		k.moves(p[0], at, nil)
		k.moves(p[1], at, back)
	}
	const notHere = "That is for messages"
	k.says("j k", [][2]string{
		{"Space", "This is a sign-in of its own"},
		{"y", "Copied"},
		{"x", notHere},
		{"v", notHere},
		{"*", notHere},
		{"o", notHere},
		{"s", notHere},
		{"S", notHere},
		{"O", notHere},
		{"|", notHere},
		{"p", notHere},
		{"Y", notHere},
		{"i", notHere},
		{"n", "No mailbox with anything open this way"},
		{"N", "No mailbox with anything open this way"},
		{"F5", "Asking for news in all mailboxes"},
		{"e", "does nothing here"},
		{".", "There is nothing to repeat yet"},
		{"u", "There is nothing to take back"},
		{"C-r", "There is nothing to do again"},
	}...)
	k.key("W", "Do not disturb: no calls ring you")
	k.after("W", "Take all calls")
	k.key("\\", "›")
	k.Free("okafor")
	k.after("Enter", "Leonard Okafor")
	k.key("q", "Patient Line")
	k.leads("g w", "Patient Line", [][2]string{{"Tab", " Inbox "}, {"S-Tab", " Inbox "}, {"h", " Inbox "}, {"l", " Inbox "}, {"g a", "Files of "}}...)
	k.everywhere("g w", "Patient Line")
	k.key("Enter", "The lists show Front Desk only")
	k.all(keymap.ViewMailboxes, "C-z")
}

func TestMailboxesNotPermitted(t *testing.T) {
	d := Open(t, Config{Messages: 10, Now: noon, Width: 120, Height: 40, Prepare: func(s *simulator.Server) { s.Deny("FullCompanyCallLog", true) }})
	d.See("Inbox", "oldest first")
	d.Press("g w")
	d.See("not permitted: company calls (the permission FullCompanyCallLog is missing)")
}

// TestMailboxesApart shows an account without a sign-in beside one that has one, and one that
// was signed out, each with its way out.
func TestMailboxesApart(t *testing.T) {
	d := Open(t, Config{Messages: 10, Now: noon, NoJWT: true, Width: 120, Height: 40})
	d.See("Inbox", "oldest first")
	if _, err := d.Store.PutAccount(t.Context(), store.Account{Key: "ringcentral:2:2", Service: "ringcentral", Name: "Branch Office", Number: "+14155550177"}); err != nil {
		t.Fatal(err)
	}
	d.Press("g w")
	d.See("2 mailboxes", "Branch Office", "not signed in on this machine", "All mailboxes")
	d.Sim.RevokeTokens()
	d.Press("F5")
	d.See("signed out", "run switchboard login ringcentral in a terminal")
	d.on("Branch Office")
	d.Press("Space")
	d.See("This is a sign-in of its own")
	d.Press("Enter")
	d.See("Inbox · Branch Office", "none")
}

func TestGoldenMailboxes(t *testing.T) {
	unwatched(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := sharedDesk(t, Config{Messages: 20, Width: size[0], Height: size[1], Prepare: func(s *simulator.Server) { s.Deny("FullCompanyCallLog", true) }})
		for _, name := range []string{"Patient Line", "Reception Lines"} {
			d.on(name)
			d.Press("Space")
			d.Until("it to be read", func(string) bool {
				return strings.Contains(d.lineOf(name), "[x]") && strings.Contains(d.lineOf(name), "live")
			})
		}
		d.Until("all to be read", func(s string) bool { return !strings.Contains(s, "not read yet") })
		d.Press("g g k")
		d.Until("the first row", func(string) bool { return strings.HasPrefix(d.lineOf("All mailboxes"), "▌") })
		d.golden(t, "mailboxes", size)
		d.Press("q")
		d.See("Inbox", "oldest first", "Patient Line", "Reception")
		d.golden(t, "inbox-several", size)
	}
}
