package ui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/screen"
)

// A directory entry and a number that several have are told, not guessed at.
func TestMatchedNames(t *testing.T) {
	d := people(t)
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	// The second message has no name and the number of Ana, the 22nd that of two.
	d.press("g g j")
	d.sees("Ana Lima")
	if r, _ := d.m.list.Current(); r.Who.Name != "" || r.Who.Known != "Ana Lima" || r.Who.Contact == 0 {
		t.Fatalf("%+v", r.Who)
	}
	d.press("i")
	d.sees("Everything with Ana Lima")
	d.sees("Owner")
	d.sees("calls on Mondays")
	d.press("q")
	for range 20 {
		d.press("j")
	}
	r, _ := d.m.list.Current()
	if r.Who.Known != "2 contacts: Ben Ito, Cora Díaz" || r.Who.Contact != 0 {
		t.Fatalf("%+v", r.Who)
	}
	d.press("i")
	d.sees("2 contacts: Ben Ito, Cora Díaz have this number;")
	d.press("q")
	if got, _ := d.m.list.Current(); got.ID != r.ID {
		t.Error("back is somewhere else")
	}
	d.press(", c")
	d.sees("Contacts  / +12125550021")
	d.sees("Ben Ito")
	d.sees("Cora Díaz")
}

func TestSearchByContactsName(t *testing.T) {
	d := people(t)
	for query, want := range map[string]int{"from:ana": 2, "from:lima": 2, "from:nobody": 0, "from:ito": 1, "from:owner": 0} {
		if got := d.count(query); got != want {
			t.Errorf("%s finds %d, want %d", query, got, want)
		}
	}
	id := d.contacts("ana")[0].ID
	if got := d.count(fmt.Sprintf("person:%d", id)); got != 2 { // both her numbers
		t.Errorf("person: finds %d", got)
	}
	if got := d.count(fmt.Sprintf("-person:%d", id)); got != 38 {
		t.Errorf("without her there are %d", got)
	}
}

// Everything about somebody is one press from every place, and back is where one was.
func TestPersonFromEverywhere(t *testing.T) {
	d := people(t)
	for _, c := range []struct {
		to    string
		place screen.Place
	}{{"g i", screen.List}, {"g i j Enter", screen.Reader}, {"g v g a", screen.Files}, {"g c j", screen.Contacts}, {"g i / o r d e r Enter", screen.List}} {
		d.press(c.to)
		if d.m.place != c.place {
			t.Fatalf("%s is at %v, not %v", c.to, d.m.place, c.place)
		}
		before, lists := d.cursor(), d.screen()
		who, _ := d.m.contacts.Current()
		d.press("i")
		d.sees("Everything with")
		if d.m.place != screen.List {
			t.Errorf("%s i: at %v", c.to, d.m.place)
		}
		d.press("Enter")
		d.press("q q")
		now, _ := d.m.contacts.Current()
		if d.m.place != c.place || d.cursor() != before || who.ID != now.ID {
			t.Errorf("%s i q: at %v, before at %v\n%s\nbefore\n%s", c.to, d.m.place, c.place, d.screen(), lists)
		}
	}
	// A person seen from the contacts is left behind when one comes there otherwise.
	d.press("g c Enter g c q")
	if strings.Contains(d.screen(), "Everything with") || d.m.place != screen.List {
		t.Errorf("the list is still about a person:\n%s", d.screen())
	}
}

func TestContactOfACaller(t *testing.T) {
	d := people(t)
	d.press("g g")
	r, _ := d.m.list.Current() // Maria Lopez, who is in no contact
	d.press("i")
	d.sees("is not in the contacts; , c adds it")
	d.press(", c")
	d.sees("New contact")
	d.sees("Maria")
	d.press("Enter")
	got := d.contacts("maria")
	if len(got) != 1 || got[0].Last != "Lopez" || len(got[0].Numbers) != 1 || got[0].Numbers[0].Number != r.Who.Number {
		t.Fatalf("%+v", got)
	}
	d.press("q g i g g , c")
	if c, _ := d.m.contacts.Current(); d.m.place != screen.Contacts || c.ID != got[0].ID {
		t.Errorf("at %v on %q", d.m.place, c.Name)
	}
}

func TestCallAContact(t *testing.T) {
	d := people(t)
	d.press("g c")
	d.on("ana")
	d.press("b")
	d.sees("1 mobile")
	d.sees("2 business")
	d.press("Esc")
	d.on("nobody")
	d.press("b")
	d.sees("Nobody has no number")
}
