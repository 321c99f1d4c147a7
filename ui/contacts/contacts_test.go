package contacts

import (
	"errors"
	"strings"
	"testing"

	"switchboard/store"
	"switchboard/ui/screen"
)

func ana() store.Contact {
	return store.Contact{
		ID: 7, Source: store.Personal, First: "Ana", Last: "Lima", Name: "Ana Lima", Company: "Lima & Co",
		Numbers: []store.PhoneNumber{{Kind: store.NumberMobile, Number: "+12025550101"}, {Kind: store.NumberFax, Number: "+12025550102"}},
		Emails:  []string{"ana@example.com"}, Birthday: "1980-12-31",
		Postal: []store.Postal{{Kind: "home", Street: "1 Main St", City: "Austin", State: "TX", Zip: "73301"}},
		Notes:  "calls on Mondays\nspeaks Portuguese",
	}
}

// What stands in the editor, taken back unchanged, is the same contact; a new one
// begins empty.
func TestTextThereAndBack(t *testing.T) {
	for _, c := range []store.Contact{ana(), {Numbers: []store.PhoneNumber{{Kind: store.NumberCar, Number: "+12025550109"}}}} {
		got, empty, err := parse(c, compose(c, "something"))
		if err != nil || empty {
			t.Fatalf("%v, empty %v", err, empty)
		}
		if !same(c, got) {
			t.Errorf("\n%+v\nis not\n%+v", got, c)
		}
	}
	if _, empty, err := parse(store.Contact{}, compose(store.Contact{}, "")); !empty || err != nil {
		t.Errorf("an untouched new contact: empty %v, %v", empty, err)
	}
}

func TestTextChanges(t *testing.T) {
	text := compose(ana(), "")
	for _, c := range []struct {
		name, from, to string
		want           func(c store.Contact) bool
	}{
		{"a name", "First name: Ana", "First name: Anna", func(c store.Contact) bool { return c.First == "Anna" && c.Name == "" }},
		{"a number more", "Business:", "business:  202 555 0103 ", func(c store.Contact) bool {
			return len(c.Numbers) == 3 && c.Numbers[2] == store.PhoneNumber{Kind: store.NumberBusiness, Number: "202 555 0103"}
		}},
		{"a number less", "Mobile: +12025550101", "Mobile:", func(c store.Contact) bool { return len(c.Numbers) == 1 && c.Numbers[0].Kind == store.NumberFax }},
		{"a line taken out", "Company: Lima & Co\n", "", func(c store.Contact) bool { return c.Company == "" && c.First == "Ana" }},
		{"a line of notes", "calls on Mondays", "calls on Tuesdays\n\n# not a comment here", func(c store.Contact) bool {
			return strings.HasPrefix(c.Notes, "calls on Tuesdays\n\n# not a comment here")
		}},
		{"escapes", "Last name: Lima", "Last name: Li\x1b[31mma\u202e", func(c store.Contact) bool { return c.Last == "Lima" }},
		{"windows lines", "\n", "\r\n", func(c store.Contact) bool { return c.Company == "Lima & Co" && !strings.Contains(c.Notes, "\r") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := 1
			if c.from == "\n" {
				n = -1
			}
			if !strings.Contains(text, c.from) {
				t.Fatalf("%q is not in\n%s", c.from, text)
			}
			got, empty, err := parse(ana(), strings.Replace(text, c.from, c.to, n))
			if err != nil || empty || !c.want(got) {
				t.Errorf("%v, empty %v: %+v", err, empty, got)
			}
		})
	}
}

// A mistake is told with its line, and what was typed can be gone on with.
func TestTextMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Frist name: Ana", `line 1: there is no field "frist name", is it First name?`},
		{"# a remark\n\nCompany Acme", `line 3: "Company Acme" is not a field`},
		{"First name: A\nMobile: 2", `line 2: "2" is not a telephone number`},
		{"First name: A\nE-mail: nobody", `line 2: "nobody" is not an e-mail address`},
		{"First name: A\nBirthday: 31.12.", `line 2: "31.12." is not a day`},
		{"First name: A\nHome address: a;b;c;d;e;f", "line 2: an address has five parts"},
		{"First name: A\nfirst NAME: B", "line 2: First name stands in line 1 already"},
		{"Job title: boss", "give a name, a company, a number"},
	} {
		_, _, err := parse(store.Contact{}, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
			continue
		}
		text := again(c.text, err.Error())
		if !strings.HasPrefix(text, mark+" Not kept yet: ") || !strings.HasSuffix(text, c.text) {
			t.Errorf("the text is not kept:\n%s", text)
		}
		if twice := again(text, "another"); strings.Count(twice, mark) != 1 || !strings.HasSuffix(twice, c.text) {
			t.Errorf("the second time:\n%s", twice)
		}
	}
}

func TestFormKeepsWhatItDoesNotShow(t *testing.T) {
	c := ana()
	c.Numbers = append(c.Numbers, store.PhoneNumber{Kind: "main number", Number: "+12025550100"})
	fs := shown(c)
	values := make([]string, len(fs))
	for i, f := range fs {
		values[i] = f.get(c)
		if f.name == "Mobile" {
			values[i] = ""
		}
	}
	got, err := fill(c, fs, values)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Numbers) != 2 || got.Numbers[1].Kind != "main number" || got.Birthday != c.Birthday || got.Notes != c.Notes {
		t.Errorf("%+v", got)
	}
	if len(c.Numbers) != 3 || c.Numbers[0].Number != "+12025550101" {
		t.Error("the contact that was shown was changed too")
	}
	values[len(values)-1] = strings.Repeat("x", 10)
	for i, f := range fs {
		if f.name == "E-mail" {
			values[i] = "@"
			_, err := fill(c, fs, values)
			var fe *screen.FieldError
			if !errors.As(err, &fe) || fe.Field != i {
				t.Errorf("%v", err)
			}
		}
	}
}

func TestQueryWords(t *testing.T) {
	v := view{Source: store.Personal}
	for text, want := range map[string]store.ContactQuery{
		"ana lima":                 {Text: "ana lima", Source: store.Personal},
		"ana in:company":           {Text: "ana", Source: store.Directory},
		"IN:ALL (202) 555":         {Text: "(202) 555"},
		"is:favourite is:favorite": {Source: store.Personal, Favorites: true},
	} {
		if got, err := v.query(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"in:nowhere", "is:tall"} {
		if _, err := v.query(text); err == nil {
			t.Errorf("%q is understood", text)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{"NotActivated": "not activated", "Department": "department", "": ""} {
		if got := words(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
