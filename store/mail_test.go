package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// mailAccount is an account of shared mailboxes, signed in at testNow.
func mailAccount(t *testing.T, s *Store) Account {
	t.Helper()
	a, err := s.PutAccount(t.Context(), Account{Key: "emailgistics:mail.example:acme", Service: "emailgistics", Name: "acme", Since: testNow})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// email is what a report tells of an e-mail.
func email(id string, at time.Time, change ...func(*Incoming)) Incoming {
	in := Incoming{
		Remote: "mail:" + id, Kind: Email, Direction: Inbound, Time: at, Subject: "Invoice " + id, Owner: "Support", Bare: Wanting,
		From: Party{Name: "Ana Lima", Email: "ana@customer.example"}, To: []Party{{Email: "support@acme.example"}},
		Mail: &MailDetail{Message: id, Internet: "<" + id + "@customer.example>", Box: "b1", Address: "support@acme.example", NoBody: true},
	}
	for _, c := range change {
		c(&in)
	}
	return in
}

func takeMail(t *testing.T, s *Store, a Account, batch ...Incoming) Applied {
	t.Helper()
	got, err := s.Apply(t.Context(), a.ID, batch)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func mailItem(t *testing.T, s *Store, remote string) Item {
	t.Helper()
	id, err := s.Resolve(t.Context(), remote)
	if err != nil {
		t.Fatal(err)
	}
	it, err := s.Item(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func TestEmailIsAnItem(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := mailAccount(t, s)
	old, young := testNow.Add(-30*24*time.Hour), testNow.Add(time.Minute)
	status := func(word string) func(*Incoming) {
		return func(in *Incoming) { in.Mail.Status, in.Settled = word, word == "closed" }
	}
	takeMail(t, s, a,
		email("old", old), email("old-open", old, status("open")), email("old-closed", old, status("closed")),
		email("new", young), email("new-closed", young, status("closed")),
		email("nobody", young, func(in *Incoming) { in.From, in.Subject = Party{Email: "billing@shop.example"}, "\x1b[31mHi\u202e" }),
		Incoming{Remote: "7", Kind: Voicemail, Direction: Inbound, Time: young, From: Party{Number: "+15550100"}})
	for remote, want := range map[string]State{
		"mail:old": Done, "mail:old-open": StateOpen, "mail:old-closed": Done, "mail:new": StateOpen, "mail:new-closed": Done,
	} {
		if it := mailItem(t, s, remote); it.State != want || it.Read != (want == Done) {
			t.Errorf("%s is %s and read %v, want %s", remote, it.State, it.Read, want)
		}
	}
	it := mailItem(t, s, "mail:new")
	if it.Kind.String() != "email" || it.Service != "emailgistics" || it.From.Email != "ana@customer.example" || it.Mailbox != "Support" ||
		it.Preview != "Invoice new" || it.Bare != Wanting || it.Mail == nil || it.Mail.Internet != "<new@customer.example>" || !it.Mail.NoBody {
		t.Errorf("%+v %+v", it.Row, it.Mail)
	}
	if it := mailItem(t, s, "mail:nobody"); it.Who.Display() != "billing@shop.example" || strings.ContainsAny(it.Subject, "\x1b\u202e") {
		t.Errorf("shown as %q about %q", it.Who.Display(), it.Subject)
	}
	for query, want := range map[string]int{
		"in:email": 6, "in:messages": 7, "in:emailgistics": 7, "from:customer.example": 5, "from:ana@customer.example": 5, "invoice in:email": 5,
		"is:blocked in:email": 0, "in:email in:inbox": 3, "mailbox:acme": 7, "mailbox:support in:email": 6, "mailbox:sales": 0,
	} {
		q, err := ParseQuery(query, testNow, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		w, err := s.Window(t.Context(), q, NewestFirst, 0, 0, 50)
		if err != nil || len(w.Rows) != want {
			t.Errorf("%s finds %d, want %d (%v)", query, len(w.Rows), want, err)
		}
	}
}

// A report and a webhook tell different things of one e-mail. Whichever comes first,
// and however often, neither takes away what the other told.
func TestReportAndDeliveryMeet(t *testing.T) {
	at := testNow.Add(time.Minute)
	report := email("m1", at, func(in *Incoming) {
		in.To, in.Mail.Status, in.Mail.Tags = nil, "open", []string{"billing"}
	})
	delivery := Incoming{
		Remote: "mail:m1", Kind: Email, Direction: Inbound, Time: at, Subject: "Invoice m1", Text: "Please find it enclosed.", Owner: "support@acme.example",
		From: Party{Email: "ana@customer.example"}, To: []Party{{Email: "support@acme.example"}, {Name: "Ben", Email: "ben@customer.example"}},
		Bare: Wanting, Mail: &MailDetail{Message: "m1", Internet: "<m1@customer.example>", Address: "support@acme.example", Cc: 1},
	}
	for name, order := range map[string][]Incoming{
		"report first":   {report, delivery, report, delivery},
		"delivery first": {delivery, report, delivery, report, report},
	} {
		t.Run(name, func(t *testing.T) {
			s := openTest(t, t.TempDir())
			a := mailAccount(t, s)
			takeMail(t, s, a, order[0])
			if _, err := s.w.Exec(`UPDATE items SET read = 1`); err != nil {
				t.Fatal(err)
			}
			for i, in := range order[1:] {
				got, err := s.TakeDeliveries(t.Context(), a.ID, []Incoming{in})
				if err != nil || got.New != 0 || i > 0 && got.Changed != 0 {
					t.Errorf("%d: %+v, %v", i, got, err)
				}
			}
			it := mailItem(t, s, "mail:m1")
			m := it.Mail
			if it.Text != "Please find it enclosed." || it.From.Name != "Ana Lima" || len(it.To) != 2 || m.Cc != 1 || it.Mailbox != "Support" || !it.Read ||
				m.Status != "open" || m.Box != "b1" || m.NoBody || !slices.Equal(m.Tags, []string{"billing"}) || it.Preview != "Invoice m1 - Please find it enclosed." {
				t.Errorf("%+v %+v", it, m)
			}
		})
	}
}

// Closed by a colleague at the service, an e-mail is done here; what a person decided here
// stays.
func TestClosedElsewhere(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := mailAccount(t, s)
	at := testNow.Add(time.Minute)
	status := func(id, word string) Incoming {
		return email(id, at, func(in *Incoming) { in.Mail.Status, in.Settled = word, word == "closed" })
	}
	takeMail(t, s, a, status("m1", "open"), status("m2", "open"))
	if _, err := s.Act(t.Context(), Change{Verb: VerbDone, Items: []ID{mailItem(t, s, "mail:m2").ID}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		word   string
		m1, m2 State
	}{{"closed", Done, Done}, {"open", StateOpen, Done}, {"snoozed", StateOpen, Done}} {
		takeMail(t, s, a, status("m1", c.word), status("m2", c.word))
		if it := mailItem(t, s, "mail:m1"); it.State != c.m1 {
			t.Errorf("%s: %s, want %s", c.word, it.State, c.m1)
		}
		if it := mailItem(t, s, "mail:m2"); it.State != c.m2 {
			t.Errorf("%s: what was done here is %s, want %s", c.word, it.State, c.m2)
		}
	}
}

// An e-mail that was moved comes under another id: it is the same item, with all that was
// decided about it and what was fetched. One that went to two mailboxes is two.
func TestMovedEmailIsTheSame(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := mailAccount(t, s)
	at := testNow.Add(time.Minute)
	under := func(id, box string) Incoming {
		return email(id, at, func(in *Incoming) {
			in.Mail.Internet, in.Mail.Box, in.Mail.Address = "<one@customer.example>", box, box+"@acme.example"
		})
	}
	takeMail(t, s, a, under("AAa=", "b1"))
	it := mailItem(t, s, "mail:AAa=")
	if err := s.keepDetail(t.Context(), bareItem{id: it.ID}, Incoming{Attachments: []Attachment{
		{Remote: "x1", Kind: MailFile, Name: "invoice.pdf", Type: "application/pdf", Size: 10, URI: "u1"},
		{Remote: "x2", Kind: MailFile, Name: "photo.png", Type: "image/png", Size: 20, URI: "u2"},
	}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Act(t.Context(), Change{Verb: VerbNote, Items: []ID{it.ID}, Text: "mine"}); err != nil {
		t.Fatal(err)
	}
	old := mailItem(t, s, "mail:AAa=").Attachments
	if _, err := s.w.Exec(`UPDATE attachments SET state = ?, fault = 'gone' WHERE remote = 'x2'`, int64(Gone)); err != nil {
		t.Fatal(err)
	}

	got := takeMail(t, s, a, under("AAB=", "b1"), under("AAc=", "b2"))
	if got.New != 1 {
		t.Errorf("%d new ones, want the one in the other mailbox", got.New)
	}
	moved := mailItem(t, s, "mail:AAB=")
	if moved.ID != it.ID || len(moved.NoteList) != 1 || moved.Bare != Wanting || moved.Mail.Message != "AAB=" {
		t.Errorf("%+v %+v", moved.Row, moved.Mail)
	}
	if _, err := s.Resolve(t.Context(), "mail:AAa="); !errors.Is(err, ErrNotFound) {
		t.Errorf("the old name: %v", err)
	}
	if err := s.keepDetail(t.Context(), bareItem{id: moved.ID}, Incoming{Attachments: []Attachment{
		{Remote: "y1", Kind: MailFile, Name: "invoice.pdf", Type: "application/pdf", Size: 10, URI: "v1"},
		{Remote: "y2", Kind: MailFile, Name: "photo.png", Type: "image/png", Size: 20, URI: "v2"},
	}}); err != nil {
		t.Fatal(err)
	}
	now := mailItem(t, s, "mail:AAB=")
	if len(now.Attachments) != 2 || now.Attachments[0].ID != old[0].ID || now.Attachments[1].ID != old[1].ID || now.Attachments[0].URI != "v1" ||
		now.Attachments[1].State != Remote || now.Attachments[1].Fault != "" || now.Bare != NotBare || now.Files != 2 {
		t.Errorf("%+v", now.Attachments)
	}
	// The same two ids again, side by side: they are told of as two, and stay.
	if got := takeMail(t, s, a, under("AAB=", "b1"), under("AAd=", "b1")); got.New != 1 {
		t.Errorf("told of under both names: %+v", got)
	}
}

// Who wrote an e-mail is known by the address in the contacts, and found by the contact.
func TestSenderIsAContact(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := mailAccount(t, s)
	takeMail(t, s, a,
		email("m1", testNow, func(in *Incoming) { in.From = Party{Email: "Ana@Customer.example"} }),
		email("m2", testNow.Add(time.Second), func(in *Incoming) { in.From = Party{Email: "ben@customer.example"} }))
	if _, err := s.SaveContact(t.Context(), Contact{Account: addAccount(t, s).ID, First: "Ana", Last: "Lima", Emails: []string{"ana@customer.example"}}); err != nil {
		t.Fatal(err)
	}
	it := mailItem(t, s, "mail:m1")
	if it.From.Known != "Ana Lima" || it.From.Contact == 0 || it.From.Display() != "Ana Lima" {
		t.Errorf("%+v", it.From)
	}
	if other := mailItem(t, s, "mail:m2"); other.From.Known != "" {
		t.Errorf("%+v", other.From)
	}
	for _, query := range []string{fmt.Sprint("person:", it.From.Contact), `from:"ana lima"`} {
		q, err := ParseQuery(query, testNow, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if w, err := s.Window(t.Context(), q, NewestFirst, 0, 0, 5); err != nil || len(w.Rows) != 1 || w.Rows[0].ID != it.ID {
			t.Errorf("%s: %+v, %v", query, w.Rows, err)
		}
	}
}
