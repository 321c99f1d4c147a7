package uitest

import (
	"strings"
	"testing"

	"switchboard/api/simulator"
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

func TestMailboxesEveryKey(t *testing.T) {
	d := sharedDesk(t, Config{Messages: 20, Width: 80, Height: 24})
	for _, k := range []string{"j", "k", "Down", "Up", "J", "K", "G", "g g", "End", "Home", "PgDn", "PgUp", "C-d", "C-u"} {
		d.Press(k)
	}
	d.Until("the first row", func(string) bool { return strings.HasPrefix(d.lineOf("Front Desk"), "▌") })
	for _, tc := range []struct{ keys, want string }{
		{"Space", "This is a sign-in of its own"},
		{"y", "Copied"},
		{"x", "That is for messages"},
		{"v", "That is for messages"},
		{"*", "That is for messages"},
		{"o", "That is for messages"},
		{"s", "That is for messages"},
		{"S", "That is for messages"},
		{"O", "That is for messages"},
		{"|", "That is for messages"},
		{"p", "That is for messages"},
		{"Y", "That is for messages"},
		{"i", "That is for messages"},
		{"n", "No mailbox with anything open this way"},
		{"N", "No mailbox with anything open this way"},
		{"F5", "Asking for news in all mailboxes"},
		{"e", "does nothing here"},
	} {
		d.Press(tc.keys)
		d.See(tc.want)
		d.Press("j k")
		d.Gone(tc.want)
	}
	d.Press("\\")
	d.Free("okafor")
	d.See("Leonard Okafor", "person")
	d.Press("Enter")
	d.Press("q")
	d.See("Patient Line")
	d.Press("?")
	d.See("Read this mailbox too, or no longer")
	d.Press("Esc")
	d.Gone("Read this mailbox too")
	d.Press("q")
	d.See("Inbox", "oldest first")
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
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := sharedDesk(t, Config{Messages: 20, Width: size[0], Height: size[1], Prepare: func(s *simulator.Server) { s.Deny("FullCompanyCallLog", true) }})
		for _, name := range []string{"Patient Line", "Reception Lines"} {
			d.on(name)
			d.Press("Space")
			d.Until("it to be read", func(string) bool {
				return strings.Contains(d.lineOf(name), "[x]") && strings.Contains(d.lineOf(name), "polling")
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
