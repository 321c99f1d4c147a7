package uitest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

// second is another account of RingCentral, with its own service, on the same desk.
func (d *Desk) second(t *testing.T, name string) (*simulator.Server, store.Account) {
	t.Helper()
	sim, err := simulator.Start(t.Context(), simulator.Config{Messages: 5, Seed: 2, Calls: -1, Chats: -1, Contacts: -1, Now: noon})
	d.must("start a second service", err)
	t.Cleanup(func() { _ = sim.Close() })
	at := sim.Description().RingCentral
	clock, media := api.SystemClock{}, strings.TrimPrefix(at.MediaURL, "http://")
	budget := api.NewBudget(clock)
	auth := &api.OAuth{Name: "RingCentral", BaseURL: at.BaseURL, ClientID: at.ClientID, ClientSecret: at.ClientSecret, JWT: at.JWT, Store: &memory{}, Account: "second", Budget: budget, Clock: clock}
	client, err := api.New(api.Config{Name: "RingCentral", BaseURL: at.BaseURL, Hosts: []string{media}, UserAgent: "switchboard-test", Auth: auth, Budget: budget, Clock: clock})
	d.must("make the client", err)
	who := store.Account{Key: "ringcentral:2:1", Service: "ringcentral", Name: name, Number: "+16505550100"}
	return sim, d.account(t.Context(), Config{Now: noon}, who, adapter.New(who.Key, rc.New(client, media)))
}

// sentBy waits for the one message an account has sent.
func (d *Desk) sentBy(sim *simulator.Server) simulator.SentMessage {
	d.t.Helper()
	d.Eventually("it is sent", func() bool { return len(sim.Sent()) == 1 })
	return sim.Sent()[0]
}

// Where there are several accounts the form says from which something goes, and goes
// through all their numbers; what is written and to whom stays.
func TestTextFromAnotherAccount(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		d := writing(t, Config{Width: size[0], Height: size[1], Messages: 20})
		night, who := d.second(t, "Night line")
		d.Press("c t")
		d.See("a name, or a number")
		d.Free("4155550142,")
		d.Press("Tab")
		d.See("(650) 555-0100", "· Front Desk", "← → choose")
		d.Press("Right")
		d.See("(650) 555-0111", "· Front Desk")
		d.Press("Right Right")
		d.See("(650) 555-0100", "· Night line", "Text to (415) 555-0142")
		d.Press("Right")
		d.See("(650) 555-0111", "· Night line")
		d.Press("Tab")
		d.Free("we are closed now")
		d.Press("Esc")
		d.See("The draft is kept")
		n := d.draftsKept(1)[0].Message
		if n.Account != who.Key || n.From != "+16505550111" || len(n.To) != 1 || n.Text != "we are closed now" {
			t.Fatalf("%+v", n)
		}
		d.Press("g o Enter")
		d.See("(650) 555-0111", "· Night line", "we are closed now")
		d.Press("Enter")
		if m := d.sentBy(night); m.Text != "we are closed now" || digits(m.To[0]) != "14155550142" || digits(m.From) != "16505550111" {
			t.Errorf("%+v", m)
		}
		if list := d.Sim.Sent(); len(list) != 0 {
			t.Errorf("the first account sent %+v", list)
		}
	}
}

// A fax and a page have the account alone to choose; the account of an answer is that of
// what it answers until another is chosen.
func TestFaxAndPageFromAnotherAccount(t *testing.T) {
	d := writing(t, Config{Messages: 30})
	night, _ := d.second(t, "Night line")
	page := filepath.Join(t.TempDir(), "page.txt")
	if err := os.WriteFile(page, []byte("a page"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Press("c f")
	d.See("a name, or a fax number")
	d.Free("4155550143,")
	d.Press("Tab")
	d.See("Front Desk  (650) 555-0100", "← → choose")
	d.Press("Left")
	d.See("Night line  (650) 555-0100", "Fax to (415) 555-0143")
	d.Press("Tab")
	d.Free(page)
	d.Press("Enter Enter")
	if m := d.sentBy(night); m.Type != "Fax" || digits(m.To[0]) != "14155550143" {
		t.Errorf("%+v", m)
	}
	d.Press("c p")
	d.See("a name, or an extension")
	d.Free("201,")
	d.Press("Tab")
	d.See("Front Desk  (650) 555-0100")
	d.Press("Esc")
	d.See("The draft is kept")

	d.Press("g f \\")
	d.Free("is:inbound")
	d.Press("Enter j f") // the first is of the second account
	d.See("sent on as it is")
	d.Free("4155550144,")
	d.Press("Tab Right")
	d.See("Night line  (650) 555-0100")
	d.Gone("sent on as it is") // that only the mailbox it is in can do
	d.Press("Enter")
	d.Eventually("it goes as a new fax", func() bool { return len(night.Sent()) == 2 })
	if m := night.Sent()[1]; m.Original != 0 || len(m.Files) == 0 || digits(m.To[0]) != "14155550144" {
		t.Errorf("%+v", m)
	}
}

// Where the usual account has no number for texts, another's is taken, and that is said.
func TestTextFromWhoCan(t *testing.T) {
	d := writing(t, Config{Messages: 20, Prepare: func(s *simulator.Server) { s.HIPAA(true) }})
	night, who := d.second(t, "Night line")
	d.Press("c t")
	d.See("has no number that can send texts: it goes from Night line", "· Night line")
	d.Free("4155550142,")
	d.Press("Tab Tab")
	d.Free("hello")
	d.Press("Enter")
	if m := d.sentBy(night); m.Text != "hello" {
		t.Errorf("%s sent %+v", who.Name, m)
	}
}
