package compose

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"switchboard/store"
	"switchboard/ui/screen"
)

func TestWriteAText(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	d.open(screen.Letter{})
	if s := d.show(80, 22); !strings.Contains(s, "What is to be written?") {
		t.Fatal(s)
	}
	d.press("t", "6505551234", "Enter") // the number is whole; the text is missing
	if d.m.cur == nil || d.m.cur.focus != textField || len(d.m.cur.to) != 1 {
		t.Fatalf("%+v", d.m.cur)
	}
	d.press("Enter")
	if d.fault() != "There is nothing to send yet" {
		t.Fatal(d.fault())
	}
	d.press("Hello", "C-j", "there", "Enter")
	if len(d.sends) != 1 || d.m.Writing() {
		t.Fatalf("%+v", d.sends)
	}
	n := d.sends[0]
	if n.Kind != store.SendText || n.Text != "Hello\nthere" || n.To[0].Number != "+16505551234" || n.From != "+16505550100" {
		t.Errorf("%+v", n)
	}
	if len(d.used) > 0 {
		t.Errorf("nobody chose a number, and %v are remembered", d.used)
	}
	// One that is chosen is remembered; what was written to another number is answered
	// from that.
	d.open(screen.Letter{Kind: store.SendText, To: to("", "+14155550142")})
	d.press("x", "S-Tab", "right", "Enter")
	if len(d.sends) != 2 || d.sends[1].From != "+16505550101" || !slices.Equal(d.used, []string{"+16505550101"}) {
		t.Errorf("%+v, remembered %v", d.sends, d.used)
	}
	d.open(screen.Letter{Kind: store.SendText, To: to("", "+14155550142"), Own: []string{"+16505550101"}})
	d.press("x", "Enter")
	if len(d.sends) != 3 || d.sends[2].From != "+16505550101" || len(d.used) != 1 {
		t.Errorf("%+v, remembered %v", d.sends, d.used)
	}
	if len(d.told) != 3 {
		t.Errorf("%+v", d.told)
	}
}

// What is typed is a draft, whatever happens.
func TestDraftsAreKept(t *testing.T) {
	dir := t.TempDir()
	st := newStore(t, dir)
	d := newDesk(t, st)
	d.open(screen.Letter{Kind: store.SendText, To: to("Ana Lima", "+14155550142")})
	d.press("Esc")
	if got := d.drafts(); len(got) != 0 || d.said != "" {
		t.Fatalf("nothing was typed: %+v, %q", got, d.said)
	}
	d.open(screen.Letter{Kind: store.SendText, To: to("Ana Lima", "+14155550142"), Answers: 7})
	d.press("We found")
	if got := d.drafts(); len(got) != 1 || got[0].Message.Text != "We found" {
		t.Fatalf("not on disk while it is typed: %+v", got)
	}
	d.press(" it", "Esc")
	if d.m.Writing() || !strings.Contains(d.said, "draft is kept") {
		t.Fatal(d.said)
	}
	d.open(screen.Letter{Kind: store.SendFax})
	d.press("Tab", "Tab", "Tab", "Tab", "Tab", "cover words", "Esc") // a second one
	if err := st.Close(); err != nil {                               // the program ends and begins again
		t.Fatal(err)
	}
	d = newDesk(t, newStore(t, dir))
	got := d.drafts()
	if len(got) != 2 || got[1].Message.Text != "We found it" || got[0].Message.Text != "cover words" {
		t.Fatalf("%+v", got)
	}
	// Answering the same item goes on with its draft.
	d.open(screen.Letter{Kind: store.SendText, To: to("Ana Lima", "+14155550142"), Answers: 7})
	if d.m.cur.ed.String() != "We found it" {
		t.Fatalf("%q", d.m.cur.ed.String())
	}
	d.press("!", "Enter")
	if len(d.sends) != 1 || d.sends[0].Text != "We found it!" || d.sends[0].Draft != got[1].ID || d.sends[0].Answers != 7 {
		t.Fatalf("%+v", d.sends)
	}
	// A draft that is emptied is dropped.
	d.run(d.m.GoOn(got[0]))
	d.m.cur.focus = textField
	d.press("C-u", "Esc")
	for _, x := range d.drafts() {
		if x.ID == got[0].ID {
			t.Errorf("%+v", x)
		}
	}
}

// Keys typed while a save is under way are in the next one, and nothing is saved once the
// message is recorded.
func TestDraftAndSendDoNotCross(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	d.open(screen.Letter{Kind: store.SendText, To: to("", "+14155550142")})
	d.hold = true
	d.press("one", "Enter")
	if !d.m.Busy() {
		t.Fatal("keys are taken while it is being sent")
	}
	d.release()
	for d.m.Writing() && len(d.held) > 0 {
		d.release()
	}
	if len(d.sends) != 1 || d.sends[0].Text != "one" || d.sends[0].Draft == 0 && len(d.drafts()) > 0 {
		t.Errorf("%+v, drafts %+v", d.sends, d.drafts())
	}
}

func TestRefusedStaysOpen(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	d.open(screen.Letter{Kind: store.SendText, To: to("", "12")})
	d.refuse = errors.New("12 is no number a text can go to")
	d.press("hi", "Enter")
	if !d.m.Writing() || d.fault() != "12 is no number a text can go to" || d.m.Busy() {
		t.Fatalf("%q", d.fault())
	}
	if s := d.show(80, 22); !strings.Contains(s, "! 12 is no number") {
		t.Error(s)
	}
	d.refuse = nil
	d.press("Enter")
	if len(d.sends) != 1 {
		t.Error("it cannot be sent any more")
	}
}

func TestNoTextsHere(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	d.senders = []store.Sender{{Number: "+16505550102", Fax: true, Call: true}}
	d.open(screen.Letter{Kind: store.SendText, To: to("", "+14155550142")})
	if d.m.Writing() || !strings.Contains(d.banner.Text, "no number that can send texts") || !strings.Contains(d.banner.Next, "HIPAA") {
		t.Errorf("%+v", d.banner)
	}
	d.open(screen.Letter{Kind: store.SendPager})
	if !d.m.Writing() {
		t.Error("pages are turned away too")
	}
}

func TestCannedReplies(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	d.open(screen.Letter{Kind: store.SendText, To: to("Ana Lima", "+14155550142"), Canned: true})
	if s := d.show(80, 22); !strings.Contains(s, "1  Hello Ana Lima, we call you back before 17:00.") {
		t.Fatal(s)
	}
	d.press("1", "Enter")
	if len(d.sends) != 1 || d.sends[0].Text != "Hello Ana Lima, we call you back before 17:00." {
		t.Fatalf("%+v", d.sends)
	}
	d.open(screen.Letter{Kind: store.SendText, To: to("", "+14155550142"), Canned: true})
	d.press("Hm") // none of them: what is typed is text
	if d.m.cur.ed.String() != "Hm" {
		t.Fatalf("%q", d.m.cur.ed.String())
	}
	d.press("C-t", "down", "Enter", " ", "C-t", "1")
	if got := d.m.cur.ed.String(); got != "Hm You reach us at (650) 555-0100. Hello, we call you back before 17:00." {
		t.Fatalf("%q", got)
	}
}

func TestRecipients(t *testing.T) {
	st := newStore(t, t.TempDir())
	acc, err := st.PutAccount(t.Context(), store.Account{Key: "ringcentral:1:101", Service: "ringcentral", Name: "Support", Since: now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []store.Contact{
		{First: "Ann", Last: "Archer", Numbers: []store.PhoneNumber{{Kind: "home", Number: "+14155550001"}, {Kind: "mobile", Number: "+14155550002"}, {Kind: store.NumberFax, Number: "+14155550003"}}},
		{First: "Anna", Last: "Berg\x1b[31m\u202e", Numbers: []store.PhoneNumber{{Kind: "business", Number: "+14155550004"}}},
		{First: "Zoe", Last: "Zorn", Numbers: []store.PhoneNumber{{Kind: "mobile", Number: "+14155550005"}}},
	} {
		c.Account, c.Source = acc.ID, store.Personal
		if _, err := st.SaveContact(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	d := newDesk(t, st)
	d.open(screen.Letter{Kind: store.SendFax})
	d.press("ann")
	if s := d.show(80, 22); !strings.Contains(s, "▌ Ann Archer") || !strings.Contains(s, "Anna Berg") {
		t.Fatal(s)
	}
	d.press("Enter")
	if l := d.m.cur; len(l.to) != 1 || l.to[0].Number != "+14155550003" || !strings.Contains(l.hint, "2 other numbers") {
		t.Fatalf("%+v %q", d.m.cur.to, d.m.cur.hint)
	}
	d.press("S-Tab", "Tab") // back to the recipients
	d.m.cur.focus = toField
	d.press("zo", "Tab", "4155550004,", "nobody such", "Enter")
	if l := d.m.cur; len(l.to) != 3 || !strings.Contains(l.fault, "Nobody found for nobody such") {
		t.Fatalf("%+v %q", l.to, l.fault)
	}
	d.press("C-u", "backspace")
	if len(d.m.cur.to) != 2 {
		t.Fatalf("%+v", d.m.cur.to)
	}
	d.press("zorn", "Enter")
	if l := d.m.cur; len(l.to) != 2 || !strings.Contains(l.hint, "already") {
		t.Fatalf("%+v %q", l.to, l.hint)
	}
	d.m.cur.focus = toField
	d.press("C-u")
	if len(d.m.cur.to) != 0 {
		t.Fatalf("%+v", d.m.cur.to)
	}
	d.press("Esc")

	// For a text the mobile comes first, and the fax line is not offered. Down chooses.
	d.open(screen.Letter{Kind: store.SendText})
	d.press("ann archer")
	if got := numbers(d.m.cur.found.list); !slices.Equal(got, []string{"+14155550002", "+14155550001"}) {
		t.Fatal(got)
	}
	d.press("down", "Enter", "x", "Enter")
	if len(d.sends) != 1 || d.sends[0].To[0].Number != "+14155550001" {
		t.Fatalf("%+v", d.sends)
	}
}

func numbers(list []candidate) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Number)
	}
	return out
}

// Enter typed before it is known who is meant waits for that.
func TestEnterWaitsForWhoIsMeant(t *testing.T) {
	st := newStore(t, t.TempDir())
	acc, err := st.PutAccount(t.Context(), store.Account{Key: "ringcentral:1:101", Service: "ringcentral", Name: "Support", Since: now()})
	if err == nil {
		_, err = st.SaveContact(t.Context(), store.Contact{Account: acc.ID, Source: store.Personal, First: "Zoe", Numbers: []store.PhoneNumber{{Kind: "mobile", Number: "+14155550005"}}})
	}
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, st)
	d.open(screen.Letter{Kind: store.SendText})
	d.hold = true
	d.press("zo", "Enter")
	if !d.m.Busy() {
		t.Fatal("the next key does not wait")
	}
	d.release()
	for range 5 {
		d.release()
	}
	if l := d.m.cur; d.m.Busy() || len(l.to) != 1 || l.focus != textField {
		t.Fatalf("%+v", l.to)
	}
}

// Who is answered, and how.
func TestAnswer(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	ana, ben := store.Party{Name: "Ana Lima", Number: "+14155550142"}, store.Party{Name: "BEN ITO", Known: "Ben Ito", Contact: 7, Number: "+14155550143"}
	us := store.Party{Number: "+16505550101"}
	in := func(k store.Kind, who store.Party, to ...store.Party) store.Item {
		return store.Item{Row: store.Row{ID: 5, Kind: k, Direction: store.Inbound, Who: who, Time: now()}, AccountKey: "a", To: to}
	}
	out := in(store.SMS, ana, ana)
	out.Direction, out.From = store.Outbound, us
	for _, c := range []struct {
		name string
		it   store.Item
		kind store.SendKind
		to   []string
		from string
	}{
		{"text", in(store.SMS, ana, us), store.SendText, []string{"Ana Lima +14155550142"}, "+16505550101"},
		{"group", in(store.MMS, ana, us, ben), store.SendText, []string{"Ana Lima +14155550142", "Ben Ito +14155550143"}, "+16505550100"},
		{"sent", out, store.SendText, []string{"Ana Lima +14155550142"}, "+16505550101"},
		{"voicemail", in(store.Voicemail, ben, us), store.SendText, []string{"Ben Ito +14155550143"}, "+16505550101"},
		{"missed call", in(store.Call, ana, us), store.SendText, []string{"Ana Lima +14155550142"}, "+16505550101"},
		{"fax", in(store.Fax, ana), store.SendFax, []string{"Ana Lima +14155550142"}, ""},
		{"colleague", in(store.Voicemail, store.Party{Name: "Zoe", Extension: "12"}), store.SendPager, []string{"Zoe 12"}, ""},
		{"page", in(store.Pager, store.Party{Name: "Zoe", Extension: "12"}, store.Party{Extension: "101"}), store.SendPager, []string{"Zoe 12"}, ""},
	} {
		l, err := Answer(d.m.env, c.it, false)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		d.open(l)
		var to []string
		for _, r := range d.m.cur.to {
			to = append(to, r.Name+" "+r.Number+r.Extension)
		}
		n := d.m.cur.message()
		if l.Kind != c.kind || !slices.Equal(to, c.to) || n.From != c.from || n.Answers != 5 {
			t.Errorf("%s: %s to %q from %q, want %s to %q from %q", c.name, l.Kind, to, n.From, c.kind, c.to, c.from)
		}
		d.press("Esc")
	}
	for name, it := range map[string]store.Item{
		"withheld": in(store.Voicemail, store.Party{}), "no number": in(store.Call, store.Party{Name: "Anonymous", Number: "Anonymous"}), "post": in(store.Post, ana),
	} {
		var why Refusal
		if _, err := Answer(d.m.env, it, false); !errors.As(err, &why) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a letter comes to is asked of the account it goes out from, whichever was chosen
// last; a cover page is taken along only where that account has it.
func TestChecksAreOfTheChosenAccount(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	d.accounts, d.usual = []store.Account{{Key: "a", Name: "Day"}, {Key: "b", Name: "Night"}}, "b"
	d.open(screen.Letter{Kind: store.SendFax, Account: "queue"}) // which sends nothing itself
	if d.checked.Account != "b" || !strings.Contains(d.m.cur.hint, "it goes from Night") {
		t.Fatalf("%+v, %q", d.checked, d.m.cur.hint)
	}
	d.press("6505551234", "Tab", "Tab", "M-c", "right", "right", "right") // the second cover page
	if d.checked.Cover != "8" {
		t.Fatalf("%+v", d.checked)
	}
	d.m.cur.origins[0].covers = d.covers[1:]
	d.m.cur.focus = fromField
	d.press("right")
	if d.checked.Account != "a" || d.checked.Cover != "8" || len(d.checked.To) != 1 {
		t.Fatalf("%+v", d.checked)
	}
	d.m.cur.origins[1].covers = nil
	d.press("right")
	if d.checked.Account != "b" || d.checked.Cover != "" || !strings.Contains(d.m.cur.hint, "cover page") {
		t.Fatalf("%+v, %q", d.checked, d.m.cur.hint)
	}
	d.press("Esc")
	if got := d.drafts(); len(got) != 1 || got[0].Message.Account != "b" {
		t.Errorf("%+v", got)
	}
}
