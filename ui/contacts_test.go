package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// people fills a mailbox and an address book: callers who are known, one number that two
// have, hostile names, and one that only says a company.
func people(t *testing.T) *driver {
	t.Helper()
	d := drive(t, 40, Options{Editor: "no-such-editor"})
	for _, c := range []store.Contact{
		{First: "Ana", Last: "Lima", Company: "Lima & Co", Job: "Owner", Numbers: []store.PhoneNumber{{Kind: store.NumberMobile, Number: "+12125550001"}, {Kind: store.NumberBusiness, Number: "+12125550011"}}, Emails: []string{"ana@example.com"}, Notes: "calls on Mondays"},
		{First: "Ben", Last: "Ito", Numbers: []store.PhoneNumber{{Kind: store.NumberMobile, Number: "+12125550021"}}},
		{First: "Cora", Last: "Díaz", Numbers: []store.PhoneNumber{{Kind: store.NumberHome, Number: "+12125550021"}}},
		{First: "\x1b[31mEve", Last: "\u202eliv\x07E " + strings.Repeat("long ", 60), Numbers: []store.PhoneNumber{{Kind: store.NumberMobile, Number: "+12125550031"}}, Notes: "a\nb\n\tc"},
		{Company: "山田太郎と長い名前の会社株式会社", Numbers: []store.PhoneNumber{{Kind: store.NumberFax, Number: "+81312345678"}}},
		{First: "Nobody"},
	} {
		if _, err := d.st.SaveContact(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	d.send(changed{})
	return d
}

func (d *driver) contacts(text string) []store.Contact {
	d.t.Helper()
	w, err := d.st.ContactWindow(d.t.Context(), store.ContactQuery{Text: text}, 0, 0, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	return w.Rows
}

// on puts the cursor of the contacts on who has these letters.
func (d *driver) on(text string) store.Contact {
	d.t.Helper()
	d.press("/")
	d.typed(text)
	d.press("Enter")
	c, ok := d.m.contacts.Current()
	if !ok {
		d.t.Fatalf("nobody is %s:\n%s", text, d.screen())
	}
	return c
}

func TestContactsAddChangeRemove(t *testing.T) {
	for mode, do := range modes() {
		t.Run(mode, func(t *testing.T) {
			d := people(t)
			d.press("g c")
			d.sees("Ana Lima")
			do(d, "+ Z o e Tab P y n e Tab A c m e Enter")
			got := d.contacts("pyne")
			if len(got) != 1 || got[0].First != "Zoe" || got[0].Company != "Acme" || !got[0].Pending {
				t.Fatalf("%+v\n%s", got, d.screen())
			}
			if c, _ := d.m.contacts.Current(); c.ID != got[0].ID {
				t.Errorf("the cursor is on %q, not on the new one", c.Name)
			}
			do(d, "e Tab C-u P a n Enter")
			if got := d.contacts("zoe"); len(got) != 1 || got[0].Last != "Pan" {
				t.Fatalf("%+v\n%s", got, d.screen())
			}
			do(d, "F m h i Enter")
			if got := d.contacts("zoe"); !got[0].Favorite || got[0].Notes != "hi" {
				t.Errorf("%+v", got)
			}
			do(d, "-")
			if got := d.contacts("zoe"); len(got) != 0 {
				t.Errorf("%+v is still there", got)
			}
			do(d, "u")
			c, _ := d.m.contacts.Current()
			if got := d.contacts("zoe"); len(got) != 1 || got[0].Notes != "hi" || c.ID != got[0].ID {
				t.Errorf("after undo %+v, the cursor is on %q", got, c.Name)
			}
			do(d, "C-r")
			if got := d.contacts("zoe"); len(got) != 0 {
				t.Errorf("%+v is there after redo", got)
			}
		})
	}
}

// What was typed is never lost: a mistake keeps the form open, Esc keeps the words.
func TestContactFormLosesNothing(t *testing.T) {
	d := people(t)
	d.press("g c + Z o e Enter")
	if got := d.contacts("zoe"); len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	d.on("zoe")
	d.press("e Tab Tab Tab Tab 1 2 Enter")
	d.sees("is not a telephone number")
	d.press("Esc")
	d.sees("What you typed is kept")
	d.press("e")
	d.sees("As you left it")
	d.sees("12")
	d.press("Tab Tab Tab Tab C-u Enter")
	d.sees("Nothing was changed")
	d.press("+ Esc +")
	if strings.Contains(d.screen(), "As you left it") {
		t.Error("an untouched form is kept")
	}
	d.press("Esc +")
	d.press("Enter")
	d.sees("give a name, a company, a number or an e-mail address")
}

func TestContactsBulk(t *testing.T) {
	d := people(t)
	for i := range 30 {
		if _, err := d.st.SaveContact(t.Context(), store.Contact{First: "Bulk", Last: fmt.Sprintf("Person%02d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	d.press("g c / b u l k Enter * -")
	d.sees("Remove 30 contacts?")
	d.press("n")
	if n := len(d.contacts("bulk")); n != 30 {
		t.Fatalf("%d are left though nobody said yes", n)
	}
	d.press("- y")
	if n := len(d.contacts("bulk")); n != 0 {
		t.Fatalf("%d are left", n)
	}
	d.sees("Deleted 30 contacts")
	d.press("u")
	if n := len(d.contacts("bulk")); n != 30 {
		t.Errorf("%d are back after one undo", n)
	}
	d.press("g g v j j v")
	d.sees("3 marked")
	d.press("d")
	if n := len(d.contacts("bulk")); n != 27 {
		t.Errorf("%d are left, want 27", n)
	}
	d.press("u g i d u")
	if n := len(d.contacts("bulk")); n != 30 {
		t.Errorf("%d: an undo elsewhere touched the contacts", n)
	}
}

func TestContactsInAndOut(t *testing.T) {
	d := people(t)
	dir := d.m.env.SaveDir
	d.press("g c")
	d.on("ana")
	d.press("s")
	path := filepath.Join(dir, "Ana Lima.vcf")
	b, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(b), "FN:Ana Lima") {
		t.Fatalf("%v: %s\n%s", err, b, d.screen())
	}
	d.press("s Esc * S Enter")
	all, err := os.ReadFile(filepath.Join(dir, "contacts.vcf"))
	if err != nil || strings.Count(string(all), "BEGIN:VCARD") != 6 {
		t.Fatalf("%v: %s\n%s", err, all, d.screen())
	}
	if again, _ := filepath.Glob(filepath.Join(dir, "*")); len(again) != 3 {
		t.Errorf("%q: nothing may be written over", again)
	}
	d.on("ana")
	d.press("- Esc I C-u")
	d.typed(filepath.Join(dir, "Ana"))
	d.press("Tab")
	d.sees("Ana Lima")
	d.typed(".")
	d.press("Tab Enter")
	d.sees("Added 1 contact")
	if got := d.contacts("ana"); len(got) != 1 || got[0].Numbers[0].Number != "+12125550001" || got[0].Notes != "calls on Mondays" {
		t.Errorf("%+v came back:\n%s", got, d.screen())
	}
	d.press("I C-u")
	d.typed(filepath.Join(dir, "nothing.vcf"))
	d.press("Enter")
	d.sees("Could not import")
}

func TestContactsFilters(t *testing.T) {
	d := people(t)
	d.press("g c")
	d.on("ana")
	d.press("F Esc , f")
	d.sees("Contacts: favourites")
	if strings.Contains(d.screen(), "Ben Ito") || !strings.Contains(d.screen(), "Ana Lima") {
		t.Error(d.screen())
	}
	d.press(", f , s , s")
	d.sees("There is nobody in this part of the contacts (company directory).")
	d.press("q g c")
	d.sees("company directory")
	next := newModel(t.Context(), d.m.opts) // as after a restart
	d.m = next
	d.run(d.m.Init())
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.press("g c")
	d.sees("Contacts: company directory")
	d.press("Esc")
	d.sees("Ana Lima")
	d.press("/ i n : x")
	d.sees("there are in:personal, in:company and in:all")
	d.press("Esc")
	d.on("ben")
	d.press("D")
	d.sees("The same number or address as Ben Ito")
	d.sees("Cora Díaz")
	d.press("q")
	d.sees("/ ben")
}

func TestContactsAtEverySize(t *testing.T) {
	d := people(t)
	d.press("g c")
	for _, keys := range []string{"", "l", "h j j", "G", "* l", "e"} {
		d.press(keys)
		for _, s := range []tea.WindowSizeMsg{{Width: 1, Height: 1}, {Width: 20, Height: 5}, {Width: 60, Height: 15}, {Width: 61, Height: 16}, {Width: 100, Height: 20}, {Width: 200, Height: 60}, {Width: 80, Height: 24}} {
			d.send(s)
			lines := d.lines()
			if len(lines) != s.Height {
				t.Errorf("%dx%d: %d lines", s.Width, s.Height, len(lines))
			}
			for _, l := range lines {
				if n := kit.Width(l); n != s.Width {
					t.Errorf("%dx%d: a line of %d cells: %q", s.Width, s.Height, n, l)
				}
			}
		}
	}
	if s := d.screen(); strings.ContainsAny(s, "\x07\u202e\r") {
		t.Error("something hostile is on the screen")
	}
}

// Every action that has a key here does something, or says why not.
func TestEveryContactsKeySpeaks(t *testing.T) {
	d := people(t)
	scopes := keymap.Stack(keymap.ViewContacts)
	n := 0
	for _, row := range keymap.Default().Palette(scopes) {
		keys := keymap.Default().KeysIn(scopes, row.Action)
		if len(keys) == 0 || slices.Contains([]keymap.Action{
			keymap.Suspend, keymap.Interrupt, keymap.GoPresence, keymap.GoGroups, // the last two are for screens with a clock of their own
		}, row.Action) || row.Action == keymap.GoMailboxes && d.m.fulls[screen.Mailboxes] == nil {
			continue
		}
		n++
		d.press("Esc Esc Esc Esc Esc g c")
		d.on("ana")
		before := d.screen()
		d.run(d.m.do(row.Action))
		d.m.clean = false
		d.settle()
		if strings.Contains(d.m.said, "not possible here") {
			t.Errorf("%s (%s): %s", row.Action, keys[0], d.m.said)
		}
		if d.screen() == before && d.m.said == "" && d.clip == "" && !slices.Contains([]keymap.Action{
			keymap.Top, keymap.Bottom, keymap.PageUp, keymap.PageDown, keymap.Up, keymap.Down, keymap.HalfPageUp, keymap.HalfPageDown,
			keymap.NextItem, keymap.PreviousItem, keymap.Redraw, keymap.GoContacts,
		}, row.Action) {
			t.Errorf("%s (%s) shows nothing and says nothing", row.Action, keys[0])
		}
		d.clip = ""
		d.press("Esc Esc")
		if len(d.contacts("ana")) == 0 {
			d.press("u")
		}
	}
	if n < 60 {
		t.Errorf("only %d actions were tried", n)
	}
}

// With many contacts a window of them costs what it costs with few.
func TestContactsHoldOnlyAWindow(t *testing.T) {
	d := people(t)
	in := make([]store.Contact, 0, 3000)
	for i := range 3000 {
		in = append(in, store.Contact{First: fmt.Sprintf("Many%04d", i)})
	}
	var cards strings.Builder
	for _, c := range in {
		fmt.Fprintf(&cards, "BEGIN:VCARD\nVERSION:3.0\nFN:%s\nN:;%s;;;\nEND:VCARD\n", c.First, c.First)
	}
	if rep, err := d.st.ImportVCards(context.Background(), 0, strings.NewReader(cards.String())); err != nil || rep.Added != 3000 {
		t.Fatalf("%+v, %v", rep, err)
	}
	d.press("g c G")
	d.sees("3,006 of 3,006")
	if c, _ := d.m.contacts.Current(); c.Company == "" {
		t.Errorf("the last one is %q", c.Name)
	}
	for range 40 {
		d.press("C-u")
	}
	d.burst("C-u C-u j j k")
	d.press("g g")
	d.sees("1 of 3,006")
	d.press("*")
	d.sees("3,006 marked")
}

// The settled frames of the contacts, as TestGoldenFrames does it.
func TestGoldenContacts(t *testing.T) {
	update := os.Getenv("SWITCHBOARD_UPDATE") != ""
	d := people(t)
	for _, s := range []struct{ name, keys string }{
		{"contacts", "g c F j"},
		{"contacts-details", "k l"},
		{"contact-form", "e"},
		{"contact-number", "Esc h b"},
		{"person", "Esc Enter"},
		{"person-ambiguous", "g i g g / 2 1 2 5 5 5 0 0 2 1 Enter i"},
	} {
		d.press(s.keys)
		for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}} {
			d.send(size)
			name := filepath.Join("testdata", fmt.Sprintf("%s-%dx%d.golden", s.name, size.Width, size.Height))
			got := trimmed(d.screen())
			if update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs\ngot:\n%s\nwant:\n%s", name, got, want)
			}
		}
	}
}
