package store

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// callers is a store with messages from several numbers and an address book.
func callers(t *testing.T) *Store {
	t.Helper()
	now := time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC)
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), Actor: "ann@desk", Now: func() time.Time { return now }, Location: time.UTC, Region: "US"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	a, err := s.PutAccount(t.Context(), Account{Key: "ringcentral:1:101", Service: "ringcentral", Name: "Desk", Since: now.Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	var in []Incoming
	for i, who := range []Party{
		{Number: "+12025550101"},                          // Ana's
		{Name: "WIRELESS CALLER", Number: "+12025550102"}, // Ana's as well, under another name
		{Number: "+12025550103"},                          // of two
		{Extension: "107"},
		{Number: "+12025550199"}, // nobody's
		{Name: "Ana by name only"},
	} {
		at := now.Add(time.Duration(i-20) * time.Minute)
		in = append(in, Incoming{
			Remote: fmt.Sprint(100 + i), Kind: SMS, Direction: Inbound, Time: at, Modified: at, From: who,
			To: []Party{{Name: "Desk", Number: "+12025550100"}}, Text: fmt.Sprintf("text %d", i),
		})
	}
	if _, err := s.Apply(t.Context(), a.ID, in); err != nil {
		t.Fatal(err)
	}
	for _, c := range []Contact{
		{First: "Ana", Last: "Lima", Company: "Northwind", Job: "Ito maker", Numbers: []PhoneNumber{{Kind: NumberMobile, Number: "202 555 0101"}, {Kind: NumberHome, Number: "2025550102"}}},
		{First: "Ben", Last: "Ito", Numbers: []PhoneNumber{{Kind: NumberMobile, Number: "2025550103"}}},
		{First: "Cora", Last: "Diaz", Numbers: []PhoneNumber{{Kind: NumberMobile, Number: "2025550103"}}},
	} {
		if _, err := s.SaveContact(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *Store) texts(t *testing.T, query string) (out []string) {
	t.Helper()
	q, err := ParseQuery(query, s.now(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Window(t.Context(), q, OldestFirst, FromStart, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range w.Rows {
		out = append(out, r.Preview)
	}
	n, exact, err := s.Count(t.Context(), q, 100)
	if err != nil || n != len(out) || !exact {
		t.Errorf("%s: counted %d, exact %v, %v; there are %d", query, n, exact, err, len(out))
	}
	return out
}

func TestRowsTellWhoIsKnown(t *testing.T) {
	s := callers(t)
	w, err := s.Window(t.Context(), Query{}, OldestFirst, FromStart, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, r := range w.Rows {
		known = append(known, r.Who.Known)
		it, err := s.Item(t.Context(), r.ID)
		if err != nil || it.From.Known != r.Who.Known || it.From.Contact != r.Who.Contact || it.Who.Known != r.Who.Known {
			t.Errorf("%v: %+v, the row has %+v", err, it.From, r.Who)
		}
	}
	want := []string{"Ana Lima", "Ana Lima", "2 contacts: Ben Ito, Cora Diaz", "", "", ""}
	if !slices.Equal(known, want) {
		t.Errorf("%q, want %q", known, want)
	}
	if a, b := w.Rows[0].Who, w.Rows[2].Who; a.Contact == 0 || b.Contact != 0 || a.Display() != "Ana Lima" || w.Rows[1].Who.Display() != "WIRELESS CALLER" {
		t.Errorf("%+v %+v", a, b)
	}
	// A contact that changes is seen the next time.
	c, err := s.Contact(t.Context(), w.Rows[0].Who.Contact)
	if err != nil {
		t.Fatal(err)
	}
	c.First, c.Name = "Anna", ""
	if _, err := s.SaveContact(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if w, _ = s.Search(t.Context(), Query{}, OldestFirst, 1); w.Rows[0].Who.Known != "Anna Lima" {
		t.Errorf("%+v", w.Rows[0].Who)
	}
}

func TestQueriesByContact(t *testing.T) {
	s := callers(t)
	w, err := s.ContactWindow(t.Context(), ContactQuery{Text: "ana"}, 0, 0, 1)
	if err != nil || len(w.Rows) != 1 {
		t.Fatal(w.Rows, err)
	}
	ana := w.Rows[0].ID
	for query, want := range map[string][]string{
		fmt.Sprintf("person:%d", ana):        {"text 0", "text 1"},
		fmt.Sprintf("person:%d in:fax", ana): nil,
		fmt.Sprintf("-person:%d", ana):       {"text 2", "text 3", "text 4", "text 5"},
		fmt.Sprintf("person:%d text", ana):   {"text 0", "text 1"},
		"person:9999":                        nil,
		"from:ana":                           {"text 0", "text 1", "text 5"},
		"from:lima":                          {"text 0", "text 1"},
		"from:northw":                        {"text 0", "text 1"},
		"from:ito":                           {"text 2"}, // not by a job title
		"-from:lima":                         {"text 2", "text 3", "text 4", "text 5"},
		"to:lima":                            nil,
		"from:wireless":                      {"text 1"},
		"ext:107":                            {"text 3"},
		"ext:07":                             nil,
		"ext:7":                              nil,
	} {
		if got := s.texts(t, query); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	for _, query := range []string{"person:ana", "person:0", "ext:desk"} {
		if _, err := ParseQuery(query, s.now(), time.UTC); err == nil {
			t.Errorf("%s is understood", query)
		}
	}
}

// The same person in two lists is found by what either knows; somebody else of that
// name is not.
func TestPersonInTwoLists(t *testing.T) {
	s := callers(t)
	for _, c := range []Contact{
		{First: "Ana", Last: "Lima", Numbers: []PhoneNumber{{Kind: NumberMobile, Number: "2025550101"}, {Kind: NumberOther, Number: "2025550199"}}},
	} {
		if _, err := s.SaveContact(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	w, err := s.ContactWindow(t.Context(), ContactQuery{Text: "northwind"}, 0, 0, 1)
	if err != nil || len(w.Rows) != 1 {
		t.Fatal(w.Rows, err)
	}
	if got, want := s.texts(t, fmt.Sprintf("person:%d", w.Rows[0].ID)), []string{"text 0", "text 1", "text 4"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := s.SaveContact(t.Context(), Contact{First: "Ana", Last: "Lima", Numbers: []PhoneNumber{{Kind: NumberMobile, Number: "2025550103"}}}); err != nil {
		t.Fatal(err)
	}
	if got, want := s.texts(t, fmt.Sprintf("person:%d", w.Rows[0].ID)), []string{"text 0", "text 1", "text 4"}; !slices.Equal(got, want) {
		t.Errorf("with a namesake %q, want %q", got, want)
	}
}

func TestContactIDsAreInOrder(t *testing.T) {
	s := callers(t)
	q := ContactQuery{}
	ids, err := s.ContactIDs(t.Context(), q, 100)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.ContactWindow(t.Context(), q, 0, 0, 100)
	if err != nil || len(ids) != 3 {
		t.Fatal(ids, err)
	}
	for i, c := range w.Rows {
		if ids[i] != c.ID {
			t.Errorf("%d: %d, want %d", i, ids[i], c.ID)
		}
	}
	if ids, _ = s.ContactIDs(t.Context(), q, 2); len(ids) != 2 {
		t.Errorf("%d of two", len(ids))
	}
	op, err := s.SaveContact(t.Context(), Contact{First: "New"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.ContactOf(t.Context(), op.ID)
	if c, _ := s.Contact(t.Context(), id); err != nil || c.First != "New" {
		t.Errorf("%v: %+v", err, c)
	}
}

// The names of 200,000 contacts beside the rows: what they add to a window of a list,
// whether they are remembered or a contact has just changed.
func BenchmarkWindowWithNames(b *testing.B) {
	s, a := crowd(b)
	msgs := messages(large(100_000), 1)
	for i := range msgs {
		msgs[i].From.Number = fmt.Sprintf("+1650%07d", i*197%10_000_000)
	}
	for len(msgs) > 0 {
		if _, err := s.Apply(b.Context(), a.ID, msgs[:1000]); err != nil {
			b.Fatal(err)
		}
		msgs = msgs[1000:]
	}
	q := mustQuery(b, "in:inbox")
	ids, err := s.IDs(b.Context(), q, OldestFirst, 100_000)
	if err != nil || len(ids) < 1000 {
		b.Fatal(len(ids), err)
	}
	at := ids[len(ids)/2]
	const side = 300 // as the lists of the screens ask for
	b.Run("none", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.window(b.Context(), q, OldestFirst, at, side, side); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("remembered", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Window(b.Context(), q, OldestFirst, at, side, side); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("names alone", func(b *testing.B) {
		w, err := s.Window(b.Context(), q, OldestFirst, at, side, side)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			s.know(b.Context(), w.Rows)
		}
	})
	b.Run("changed", func(b *testing.B) {
		for b.Loop() {
			s.matching.mu.Lock()
			s.matching.known, s.matching.version = nil, 0
			s.matching.mu.Unlock()
			if _, err := s.Window(b.Context(), q, OldestFirst, at, side, side); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("from", func(b *testing.B) {
		q := mustQuery(b, "from:smythe")
		for b.Loop() {
			if _, err := s.Search(b.Context(), q, NewestFirst, side); err != nil {
				b.Fatal(err)
			}
		}
	})
}
