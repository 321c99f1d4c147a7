package uitest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// writing is a desk from which what is sent leaves at once.
func writing(t T, c Config) *Desk {
	t.Helper()
	if c.Now == nil {
		c.Now = noon
	}
	if c.SendDelay == 0 {
		c.SendDelay = -1
	}
	d := Open(t, c)
	d.See("Inbox", "oldest first")
	return d
}

// mortal is a test whose desk is cut off before the test ends.
type mortal struct {
	*testing.T
	ctx context.Context
}

// Context implements T.
func (m mortal) Context() context.Context { return m.ctx }

// gone waits until the service has accepted n messages, and gives the latest.
func (d *Desk) gone(n int) simulator.SentMessage {
	d.t.Helper()
	d.Eventually(fmt.Sprintf("%d messages are sent", n), func() bool { return len(d.Sim.Sent()) >= n })
	list := d.Sim.Sent()
	if len(list) != n {
		d.t.Fatalf("%d messages were sent, want %d: %+v", len(list), n, list)
	}
	return list[n-1]
}

// contact puts somebody into the address book.
func (d *Desk) contact(first, last, kind, number string) {
	d.t.Helper()
	_, err := d.Store.SaveContact(d.t.Context(), store.Contact{
		Account: d.Account.ID, Source: store.Personal, First: first, Last: last, Numbers: []store.PhoneNumber{{Kind: kind, Number: number}},
	})
	if err != nil {
		d.t.Fatalf("save a contact: %v", err)
	}
}

// drafts waits until there are n.
func (d *Desk) draftsKept(n int) []store.MessageDraft {
	d.t.Helper()
	var list []store.MessageDraft
	d.Eventually(fmt.Sprintf("%d drafts", n), func() bool {
		var err error
		list, err = d.Store.MessageDrafts(d.t.Context())
		return err == nil && len(list) == n
	})
	return list
}

// Task 2: a voicemail whose transcript is clear: text canned reply 1, done.
func TestTaskCannedReply(t *testing.T) {
	d := writing(t, Config{})
	want := d.oldestUnread(t)
	p := d.Play("2")
	p.Rest()
	p.Over()
	d.Eventually("the item is done", func() bool { return d.item(t, want.ID).State == store.Done })
	m := d.gone(1)
	if m.Type != "SMS" || len(m.To) != 1 || digits(m.To[0]) != digits(want.Who.Number) || !strings.Contains(m.Text, "we got your message and will call you back") {
		t.Errorf("%+v", m)
	}
	d.Eventually("its journal says so", func() bool {
		for _, e := range d.item(t, want.ID).Journal {
			if e.Verb == store.EntryReply {
				return true
			}
		}
		return false
	})
}

// threePages is a filter that leaves the unread faxes of three pages.
func (d *Desk) threePages(t *testing.T) store.Item {
	t.Helper()
	var want store.Item
	for _, it := range d.all(t, "in:fax is:unread is:open") {
		if it.Pages == 3 && it.Direction == store.Inbound {
			want = it // the newest: it stands first in the list of faxes
		}
	}
	if want.ID == 0 {
		t.Fatal("no unread fax of three pages")
	}
	d.Press("g f")
	d.See(" Fax ")
	d.Press(`\`)
	d.Free("pages:3")
	d.Press("Enter")
	return want
}

// Task 4: page through a fax of three pages, turn one, send it on, done.
func TestTaskSendFaxOn(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		d := writing(t, Config{Width: size[0], Height: size[1]})
		d.contact("Ann", "Archer", store.NumberFax, "+14155550177")
		want := d.threePages(t)
		p := d.Play("4")
		p.Rest()
		p.Over()
		m := d.gone(1)
		if m.Type != "Fax" || len(m.To) != 1 || m.To[0] != "+14155550177" {
			t.Errorf("%+v", m)
		}
		if m.Original != 0 || len(m.Files) != 1 || m.Files[0].Type != "application/pdf" || m.Files[0].Size < 1000 {
			t.Errorf("a page was turned, so it goes as a new fax: %+v", m)
		}
		d.Eventually("the item is done", func() bool { return d.item(t, want.ID).State == store.Done })
		d.atService(t, want, true, "Alive")
	}
}

// A fax nobody has changed goes by reference; with a page picked, as a new one.
func TestFaxUnchangedAndPicked(t *testing.T) {
	d := writing(t, Config{Rest: time.Millisecond})
	want := d.threePages(t)
	d.Press("n Enter")
	d.See("page 1 of 3")
	d.Press("f")
	d.See("sent on as it is", "3 pages")
	d.Free("4155550178")
	d.Press("Enter")
	if m := d.gone(1); m.Original != mustInt(t, want.Remote) || len(m.Files) != 0 || m.To[0] != "+14155550178" {
		t.Errorf("%+v", m)
	}
	d.Press(", p")
	d.See("Save pages of 3")
	d.Free("1,3")
	d.Press("Enter")
	d.See("Saved")
	d.Press("f")
	d.See("pages 1 and 3 of 3")
	d.Free("4155550178")
	d.Press("Enter")
	if m := d.gone(2); m.Original != 0 || len(m.Files) != 1 {
		t.Errorf("%+v", m)
	}
}

// Task 5: a failed fax once more, and to a corrected number.
func TestTaskRetryFax(t *testing.T) {
	d := writing(t, Config{})
	failed := d.all(t, "in:fax is:failed")
	if len(failed) == 0 {
		t.Fatal("no fax has failed")
	}
	p := d.Play("5a")
	p.Rest()
	p.Over()
	m := d.gone(1)
	if m.Type != "Fax" || m.Original != mustInt(t, failed[0].Remote) || len(m.To) != 1 || digits(m.To[0]) != digits(failed[0].To[0].Number) {
		t.Errorf("%+v, want %s to %s", m, failed[0].Remote, failed[0].To[0].Number)
	}
	p = d.Play("5b")
	p.Rest()
	p.Over()
	m = d.gone(2)
	if m.Original != mustInt(t, failed[0].Remote) || len(m.To) != 1 || m.To[0] != "+12025550142" {
		t.Errorf("%+v", m)
	}
}

// What failed is in view 4, with the reason in words.
func TestFailedFaxSaysWhy(t *testing.T) {
	unwatched(t)
	d := writing(t, Config{Now: time.Now})
	if err := d.Sim.EndNext(simulator.NextSend{Kind: "Fax", Status: "SendingFailed", Code: "NoFaxMachine", After: 0.01}); err != nil {
		t.Fatal(err)
	}
	d.Press("c f")
	d.See("Fax", "Cover")
	d.Free("4155550179")
	d.Press("Tab Tab Tab Tab Tab Tab")
	d.Free("hello by fax")
	d.Press("Enter")
	d.gone(1)
	d.Store.SyncNow()
	d.Press("4")
	d.See("Failed faxes", "(415) 555-0179", "no fax machine answered")
}

// Esc keeps what was typed; so does being killed. It is listed, gone on with, dropped,
// and brought back.
func TestDraftOutlivesAll(t *testing.T) {
	dir := t.TempDir()
	ctx, kill := context.WithCancel(t.Context())
	d := writing(mortal{t, ctx}, Config{Dir: dir})
	want := d.oldestUnread(t)
	d.Press("n r")
	d.See("Text to", "answers the voicemail")
	d.Free("about your call")
	d.Press("Esc")
	d.See("The draft is kept")
	d.draftsKept(1)
	d.Press("c p")
	d.See("Page to colleagues")
	d.Press("Tab")
	const page = "typed, and then the power fails"
	d.Free(page)
	d.Eventually("what was typed is kept, without any key more", func() bool {
		list, err := d.Store.MessageDrafts(t.Context())
		return err == nil && len(list) == 2 && slices.ContainsFunc(list, func(k store.MessageDraft) bool { return k.Message.Text == page })
	})
	kill()
	_ = d.Ended()

	d = writing(t, Config{Dir: dir})
	d.Press("g o")
	d.See("Drafts", "2 drafts", "typed, and then the power fails", "about your call")
	d.Press("j d")
	d.See("Dropped the draft", "1 draft ")
	d.Press("u")
	d.See("2 drafts", "about your call")
	d.Press("g g Enter")
	d.See("about your call", "This draft is of")
	d.Press("Enter")
	m := d.gone(1)
	if m.Text != "about your call" || digits(m.To[0]) != digits(want.Who.Number) {
		t.Errorf("%+v", m)
	}
	d.draftsKept(1)
	d.See("1 draft ")
}

// What was sent comes back with u, as a draft, and never leaves.
func TestTakenBack(t *testing.T) {
	d := writing(t, Config{SendDelay: time.Hour})
	d.Press("n r")
	d.Free("too early")
	d.See("takes it back for 60 min")
	d.Press("Enter")
	d.See("Text to", "until")
	d.Press("u")
	list := d.draftsKept(1)
	if list[0].Message.Text != "too early" || len(d.Sim.Sent()) != 0 {
		t.Errorf("%+v, %+v", list, d.Sim.Sent())
	}
	d.Press("r")
	d.See("too early", "This draft is of")
}

// Whoever quits before a message has left is asked.
func TestQuitBeforeItLeft(t *testing.T) {
	d := writing(t, Config{SendDelay: time.Hour})
	d.Press("n r")
	d.Free("soon")
	d.Press("Enter")
	d.See("Text to", "until")
	d.Press("q")
	d.See("1 message not sent yet. Quit?")
	d.Press("n u")
	d.draftsKept(1)
	d.Press("q")
	if err := d.Ended(); err != nil {
		t.Fatal(err)
	}
}

// Wrong input is told in words, and nothing is lost over it.
func TestWrongInput(t *testing.T) {
	d := writing(t, Config{Width: 80, Height: 24})
	d.Press("c t")
	d.See("a name, or a number")
	d.Free("nobody at all")
	d.Press("Enter")
	d.See("Nobody found for nobody at all")
	d.Press("C-u")
	d.Free("650555")
	d.Press("Enter")
	d.Free(strings.Repeat("too long ", 130))
	d.Press("Enter")
	d.See("! ")
	d.Press("C-u M-a")
	d.Free("no/such/file.jpg")
	d.Press("Enter")
	d.See("cannot be read: no such file")
	if n := len(d.Sim.Sent()); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
	d.Press("Esc")
	d.Gone("╭─")
	d.Press("c f M-s")
	d.Free("yesterday")
	d.Press("Enter")
	d.See("is no time; say 17:30")
}

// An account without texts says so, and a fax goes all the same.
func TestAccountWithoutTexts(t *testing.T) {
	d := writing(t, Config{Prepare: func(s *simulator.Server) { s.HIPAA(true) }})
	d.Press("n r")
	d.See("no number that can send texts")
	d.Press("c f")
	d.See("Fax", "Cover")
	d.Press("Esc")
}

// A picture as MMS, its size checked before a byte leaves.
func TestPictureText(t *testing.T) {
	d := writing(t, Config{})
	dir := t.TempDir()
	png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 2000)...)
	small, big := filepath.Join(dir, "small.png"), filepath.Join(dir, "big.png")
	if os.WriteFile(small, png, 0o600) != nil || os.WriteFile(big, append(png, make([]byte, 1_600_000)...), 0o600) != nil {
		t.Fatal("no room")
	}
	d.Press("n r M-a C-u")
	d.Free(big)
	d.Press("Enter")
	d.See("big.png", "1.6 MB")
	d.Press("Enter")
	d.See("the service takes 1.5 MB")
	d.Press("Backspace")
	d.Gone("big.png")
	d.Free(small)
	d.Press("Enter")
	d.See("small.png", "2.0 kB")
	d.Press("Enter")
	if m := d.gone(1); len(m.Files) != 1 || m.Files[0].Name != "small.png" || m.Files[0].Type != "image/png" {
		t.Errorf("%+v", m)
	}
}

// The panel in two sizes and in the smallest window, as they stand on the screen. With
// SWITCHBOARD_UPDATE=1 the files are written anew; look at them before keeping them.
func TestGoldenComposer(t *testing.T) {
	unwatched(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}, {60, 15}} {
		d := writing(t, Config{Width: size[0], Height: size[1]})
		d.feedDone(store.FeedContacts)
		d.feedDone(store.FeedDirectory)
		d.contact("Ann", "Archer", store.NumberFax, "+14155550177")
		d.contact("Anna", "Berg", store.NumberMobile, "+14155550174")
		d.contact("Anton", "Çelik", store.NumberMobile, "+14155550175")
		d.Press("n R")
		d.See("put one in")
		golden(t, d, "canned", size)
		d.Press("2")
		d.See("of 1000 characters")
		golden(t, d, "text", size)
		d.Press("Esc")
		d.See("The draft is kept")
		d.Press("c f")
		d.See("Cover")
		d.Free("an")
		d.See("Archer")
		golden(t, d, "fax-to", size)
		d.Press("Enter Tab M-s")
		d.Free("tomorrow 8")
		d.Press("Enter")
		d.See("Fri 20 Nov 2026 08:00")
		golden(t, d, "fax", size)
	}
}

func golden(t *testing.T, d *Desk, name string, size [2]int) {
	t.Helper()
	var panel []string
	for _, l := range strings.Split(d.Screen(), "\n") {
		if strings.HasPrefix(l, "╭") || len(panel) > 0 && !strings.HasPrefix(panel[len(panel)-1], "╰") {
			panel = append(panel, strings.TrimRight(l, " "))
		}
	}
	got := strings.Join(panel, "\n") + "\n"
	file := filepath.Join("..", "testdata", fmt.Sprintf("compose-%s-%dx%d.golden", name, size[0], size[1]))
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
