package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
)

// services is a driver with three accounts, of a service each: a mailbox with telephone
// messages, a bot in the chats of Symphony and a mailbox of Emailgistics. Nothing is
// attached to them: what is here is what there is.
func services(t *testing.T) *driver {
	t.Helper()
	d := drive(t, 4, Options{})
	ctx := t.Context()
	put := func(key, name string) int64 {
		service, _, _ := strings.Cut(key, ":")
		a, err := d.st.PutAccount(ctx, store.Account{Key: key, Service: service, Name: name, Since: clock().Add(-24 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		return a.ID
	}
	sym, mail := put("symphony:pod.example:71", "Desk bot"), put("emailgistics:eu:claims", "Claims")
	chats := []store.IncomingChat{
		{Remote: "deals", Type: store.ChatTeam, Name: "Deals", Joined: true, Protected: true},
		{Remote: "desk", Type: store.ChatTeam, Name: "Desk", Joined: true, Sealed: true, ReadOnly: true},
	}
	if err := d.st.TakeChats(ctx, sym, chats); err != nil {
		t.Fatal(err)
	}
	var posts []store.IncomingPost
	for i, chat := range []string{"deals", "desk"} {
		at := clock().Add(time.Duration(i-30) * time.Minute)
		posts = append(posts, store.IncomingPost{
			Remote: fmt.Sprint("p", i), Chat: chat, Author: "9", Time: at, Modified: at, Text: "the term sheet for " + chat, Work: true,
			Attachments: []store.Attachment{{Remote: "f" + chat, Kind: store.PostedFile, Name: chat + ".pdf", Type: "application/pdf", Size: 1000, URI: "/f"}},
		})
	}
	if err := d.st.TakePosts(ctx, sym, posts); err != nil {
		t.Fatal(err)
	}
	ana := store.Party{Name: "Ana Lima", Email: "ana@claims.example"}
	file := func(name string, kind store.AttachmentKind) store.Attachment {
		return store.Attachment{Remote: name, Kind: kind, Name: name, Type: "application/pdf", Size: 2000, URI: "/" + name}
	}
	at := clock().Add(-20 * time.Minute)
	mails := []store.Incoming{
		{
			Remote: "mail:1", Kind: store.Email, Direction: store.Inbound, Time: at, Modified: at, From: ana, Owner: "Claims",
			To: []store.Party{{Name: "Claims", Email: "claims@desk.example"}, {Email: "copy@desk.example"}}, Subject: "Photos of the roof",
			Mail:        &store.MailDetail{Message: "1", NoBody: true, Cc: 1, Status: "open", Owner: "Ben Ito", Tags: []string{"roof", "urgent"}},
			Attachments: []store.Attachment{file("roof.pdf", store.MailFile), file("fwd.eml", store.MailItem), file("drive.url", store.MailReference)},
		},
		{
			Remote: "mail:2", Kind: store.Email, Direction: store.Inbound, Time: at.Add(time.Minute), Modified: at, From: ana, Owner: "Claims",
			Subject: "What about my claim?", Mail: &store.MailDetail{Message: "2", NoBody: true}, Bare: store.Wanting,
		},
	}
	if _, err := d.st.Apply(ctx, mail, mails); err != nil {
		t.Fatal(err)
	}
	d.run(d.m.accounts())
	d.settle()
	d.run(d.m.list.Refresh())
	d.settle()
	return d
}

// at puts the list on the only message a query finds.
func (d *driver) at(query string) store.Row {
	d.t.Helper()
	d.press("Esc Esc g i /")
	d.typed(query)
	d.press("Enter")
	r, ok := d.m.list.Current()
	if !ok {
		d.t.Fatalf("nothing is found for %s:\n%s", query, d.screen())
	}
	return r
}

// says presses a key and wants to be told something.
func (d *driver) says(key, want string) {
	d.t.Helper()
	d.press(key)
	if !strings.Contains(d.footer(), want) {
		d.t.Errorf("%s says %q, want %q", key, d.footer(), want)
	}
}

// One list has what is of all services, and says of which each is.
func TestServicesInOneInbox(t *testing.T) {
	d := services(t)
	d.send(tea.WindowSizeMsg{Width: 110, Height: 30})
	d.press("g i G")
	for _, want := range []string{"mail Ana Lima", "E Claims", "S Desk bot", "R Support", "post", "Photos of", "the term"} {
		d.sees(want)
	}
	for query, n := range map[string]int{"in:email": 2, "in:symphony": 2, "in:emailgistics": 2, "in:posts": 2, "in:ringcentral": 4} {
		d.at(query)
		if got := len(d.m.list.Targets()); got != 1 {
			t.Fatalf("%s: %d", query, got)
		}
		if want := fmt.Sprintf("1 of %d", n); !strings.Contains(d.screen(), want) {
			t.Errorf("%s: the list lacks %q:\n%s", query, want, d.screen())
		}
	}
	d.press("Esc Esc g e")
	d.sees("E-mails")
	d.sees("What about my claim?")
}

// Where all accounts are of one service it goes without saying.
func TestOneServiceHasNoSigns(t *testing.T) {
	d := drive(t, 4, Options{})
	if d.m.env.Mixed() || d.m.env.LongestMailbox() != 0 {
		t.Error("one service is told apart from others")
	}
	d.send(tea.WindowSizeMsg{Width: 110, Height: 30})
	if strings.Contains(d.screen(), "R Support") {
		t.Errorf("it has a sign:\n%s", d.screen())
	}
}

// What a service does not offer is said in words, and nothing is recorded.
func TestNotOfferedIsSaid(t *testing.T) {
	d := services(t)
	d.send(tea.WindowSizeMsg{Width: 140, Height: 40})
	for _, c := range []struct{ query, key, want string }{
		{"subject:roof", "d", "does not offer deleting a message; mark it done instead"},
		{"subject:roof", "r", "does not offer answering a message"},
		{"subject:roof", "R", "does not offer answering a message"},
		{"subject:roof", "b", "without a telephone number"},
		{"sheet deals", "d", "Symphony does not offer deleting a message"},
		{"sheet deals", "b", "without a telephone number"},
	} {
		r := d.at(strings.TrimPrefix(c.query, "subject:"))
		d.says(c.key, c.want)
		if it := d.item(r.ID); it.Availability != store.Alive || it.Pending {
			t.Errorf("%s on %s changed it: %+v", c.key, c.query, it.Row)
		}
	}
	if why := d.m.disabled(keymap.Delete); !strings.Contains(why, "Symphony does not offer") {
		t.Errorf("the palette says %q", why)
	}
	// What is kept here is offered for all.
	for _, q := range []string{"roof", "sheet deals"} {
		r := d.at(q)
		d.press("m")
		d.typed("seen")
		d.press("Enter a e")
		it := d.item(r.ID)
		if it.State != store.Done || it.Notes != 1 || it.Claim == "" {
			t.Errorf("%s: %+v", q, it.Row)
		}
		d.press("u")
		if it = d.item(r.ID); it.State == store.Done {
			t.Errorf("%s: undo left it done", q)
		}
	}
}

func TestMailIsRead(t *testing.T) {
	d := services(t)
	d.send(tea.WindowSizeMsg{Width: 90, Height: 60})
	d.at("roof")
	d.press("Enter G")
	for _, want := range []string{
		"E-mail from Ana Lima", "ana@claims.example", "Claims, Emailgistics", "Cc", "copy@desk.example", "open, assigned to Ben Ito at Emailgistics",
		"roof, urgent", "Photos of the roof", "Not offered: Emailgistics does not give the text of a message", "not offered: it is a link to a file",
	} {
		d.sees(want)
	}
	if s := d.screen(); strings.Contains(s, "No text.") {
		t.Errorf("what is not offered is shown as empty:\n%s", s)
	}
	d.press("g a j")
	for _, key := range []string{"Enter", "s", "o"} {
		d.says(key, "Not offered: it is an e-mail, appointment or contact within the e-mail")
	}
	d.at("claim?")
	d.press("Enter")
	d.sees("The service is being asked which files there are")
	d.press("g a")
	d.sees("The service is being asked which files there are")
	if r, _ := d.m.list.Current(); r.Bare != store.Wanting {
		t.Errorf("%+v", r)
	}
}

// Nothing leaves a copy-protected chat without a word.
func TestSavingFromAProtectedChatIsAsked(t *testing.T) {
	d := services(t)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	for _, keys := range []string{"s", "g a s", "g a S"} {
		d.at("sheet deals")
		d.press(keys)
		d.sees("Save from a copy-protected chat?")
		d.press("n")
		if len(d.m.overlays) > 0 {
			t.Fatalf("%s: no is not no:\n%s", keys, d.screen())
		}
	}
	d.at("sheet")
	d.press("* S Enter")
	d.sees("Save: 1 message of copy-protected chats?")
	d.press("Esc")
	d.at("sheet desk")
	d.press("s")
	if strings.Contains(d.screen(), "copy-protected") {
		t.Errorf("an open chat is taken for a protected one:\n%s", d.screen())
	}
	d.at("sheet deals")
	d.press("f")
	d.sees("Send on from a copy-protected chat?")
}

// Keys that were typed ahead of a question do not answer it.
func TestKeysAheadDoNotAnswer(t *testing.T) {
	d := services(t)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	d.at("sheet deals")
	d.burst("p y y y")
	d.sees("Print from a copy-protected chat?")
	d.press("n")
	if len(d.m.overlays) > 0 {
		t.Fatalf("no is not no:\n%s", d.screen())
	}
}

func TestChatsOfSymphony(t *testing.T) {
	d := services(t)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	d.press("g t")
	for _, want := range []string{"S Deals", "S Desk", "Symphony", "desk.pdf"} {
		d.sees(want)
	}
	d.says("A", "Making, joining and leaving rooms is not offered for Symphony")
	d.press("g t Enter G")
	d.press(", e")
	if !strings.Contains(strings.ToLower(d.footer()), "changing what was posted is not offered") {
		t.Errorf("it says %q", d.footer())
	}
	d.press("/")
	d.typed("sheet deals")
	d.press("Enter r")
	d.sees("Answer to")
}

// Where one mailbox is shown, so are its chats, and no others.
func TestChatsOfTheShownMailbox(t *testing.T) {
	d := services(t)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	acc, err := d.st.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range acc {
		if a.Service == "ringcentral" {
			if err := d.st.TakeChats(t.Context(), a.ID, []store.IncomingChat{{Remote: "1", Type: store.ChatTeam, Name: "Ops", Joined: true}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for key, want := range map[string]string{"": "S Deals S Desk R Ops", "symphony:pod.example:71": "S Deals S Desk", "ringcentral:1:101": "R Ops", "emailgistics:eu:claims": "S Deals S Desk R Ops"} {
		d.run(d.m.showMailbox(key))
		d.settle()
		d.press("g t")
		for _, name := range []string{"S Deals", "S Desk", "R Ops"} {
			if got := strings.Contains(d.screen(), "# "+name); got != strings.Contains(want, name) {
				t.Errorf("%q: %s is listed: %v\n%s", key, name, got, d.screen())
			}
		}
		d.press("q")
	}
}

func TestServicesAtEverySize(t *testing.T) {
	d := services(t)
	for _, keys := range []string{"g i G", "Enter", "g a", "q q g t", "g w", "g i ?"} {
		d.press(keys)
		for _, s := range []tea.WindowSizeMsg{{Width: 1, Height: 1}, {Width: 20, Height: 5}, {Width: 60, Height: 15}, {Width: 61, Height: 16}, {Width: 100, Height: 20}, {Width: 200, Height: 60}, {Width: 80, Height: 24}} {
			d.send(s)
			lines := d.lines()
			if len(lines) != s.Height {
				t.Errorf("%s at %dx%d: %d lines", keys, s.Width, s.Height, len(lines))
			}
			for _, l := range lines {
				if n := kit.Width(l); n != s.Width {
					t.Errorf("%s at %dx%d: a line of %d cells: %q", keys, s.Width, s.Height, n, l)
				}
			}
		}
	}
}

// boxed is a service whose sign-in opens shared mailboxes.
type boxed struct {
	store.Service
	key   string
	boxes []store.SharedBox
}

func (b boxed) Key() string                                      { return b.key }
func (b boxed) Boxes(context.Context) ([]store.SharedBox, error) { return b.boxes, nil }

// The shared mailboxes of a sign-in stand on the screen of mailboxes, with who works in the
// one under the cursor and its tags.
func TestGoldenSharedMailboxes(t *testing.T) {
	d := services(t)
	d.st.Attach(boxed{key: "emailgistics:eu:claims", boxes: []store.SharedBox{
		{
			ID: "b1", Name: "Claims", Email: "claims@desk.example", Active: true, TimeZone: "Europe/London",
			Users: []store.BoxUser{
				{ID: "u1", Name: "Ben Ito", Email: "ben.ito@desk.example", Active: true},
				{ID: "u2", Name: "山田太郎 \x1b[31mRed\u202e", Email: strings.Repeat("long.", 20) + "@desk.example"},
				{ID: "u2", Email: "nameless@desk.example", Active: true},
			},
			Tags: []store.BoxTag{{ID: "t1", Name: "roof", Color: "#d13438", Active: true}, {ID: "t2", Name: `say "no"`, Color: "teal"}, {ID: "t3"}},
		},
		{ID: "b2", Name: "Old claims", Email: "old@desk.example"},
	}})
	ctx := t.Context()
	accounts, err := d.st.Accounts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range accounts {
		if a.Service == "emailgistics" {
			if err := d.st.SyncFeeds(ctx, a.ID, store.FeedBoxes); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.press("g w")
	for range 4 {
		d.press("j")
	}
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 60, Height: 15}} {
		d.send(size)
		d.golden(t, fmt.Sprintf("mailboxes-mail-%dx%d", size.Width, size.Height))
	}
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	for _, c := range []struct{ keys, want string }{
		{"j Enter", "Assigned to Ben Ito in Claims"},
		{"j j j Enter", "Tagged roof in Claims"},
		{"j Enter", `Tagged say "no" in Claims`},
		{"j j Enter", "Everything in Old claims"},
	} {
		d.press(c.keys)
		d.sees(c.want)
		d.press("Esc")
		d.sees("Old claims")
	}
	d.sees("nobody works in it, it has no tags")
}

// golden compares the frame with a file; SWITCHBOARD_UPDATE=1 writes it anew.
func (d *driver) golden(t *testing.T, name string) {
	t.Helper()
	file, got := filepath.Join("testdata", name+".golden"), trimmed(d.screen())
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
