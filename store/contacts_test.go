package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// people makes a believable list: some share numbers, some have no name, some are of
// scripts other than Latin.
func people(n int, source ContactSource, seed uint64) []IncomingContact {
	rng := rand.New(rand.NewPCG(seed, 7))
	first := []string{"Ana", "Bob", "Chloé", "Dmitri", "Ünal", "Анна", "大文", "Mary", "João", "Zoë", "Al", "Alexandra"}
	last := []string{"Lima", "Müller", "O'Neil", "Petrova", "陳", "Smith", "Smythe", "García", "Li", "van der Berg"}
	firms := []string{"Acme Ltd", "Café Olé", "Baker & Sons", "", "", ""}
	out := make([]IncomingContact, n)
	for i := range out {
		c := Contact{
			Remote: fmt.Sprint(1000 + i), Source: source, First: first[rng.IntN(len(first))], Last: fmt.Sprint(last[rng.IntN(len(last))], " ", i%977),
			Company: firms[rng.IntN(len(firms))],
			Numbers: []PhoneNumber{{NumberMobile, fmt.Sprintf("+1650%07d", i)}},
		}
		switch {
		case i%50 == 7:
			c.First, c.Last = "", ""
		case i%40 == 3:
			c.Numbers = append(c.Numbers, PhoneNumber{NumberBusiness, fmt.Sprintf("(415) 555-%04d x%d", i%10000, 100+i%900)})
		case i%30 == 1:
			c.Emails = []string{fmt.Sprintf("P%d@Example.com", i)}
		}
		if source == Directory {
			c.Extension, c.Type, c.Status = fmt.Sprint(1000+i), "User", "Enabled"
		}
		out[i] = IncomingContact{Contact: c}
	}
	return out
}

// takePeople gives a store contacts as if they had come from the service.
func takePeople(tb testing.TB, s *Store, a Account, source ContactSource, in []IncomingContact) {
	tb.Helper()
	ref := bookRef{a.ID, a.Key, source}
	if source == Directory {
		ref.book = companyOf(a.Key)
	}
	for len(in) > 0 {
		n := min(1000, len(in))
		if err := s.takeAll(tb.Context(), ref, in[:n], s.now(), s.now(), false, func(*sql.Tx) error { return nil }); err != nil {
			tb.Fatal(err)
		}
		in = in[n:]
	}
}

// allContacts reads every row that is not hidden.
func allContacts(tb testing.TB, s *Store) []Contact {
	tb.Helper()
	rows, err := s.r.Query(`SELECT ` + contactColumns + ` FROM contacts c WHERE c.hidden = 0`)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	var out []Contact
	for rows.Next() {
		c, err := scanContact(rows)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	slices.SortFunc(out, func(a, b Contact) int {
		if c := strings.Compare(sortName(a.Name), sortName(b.Name)); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	return out
}

// fitsText is what the search promises, as simple as can be.
func fitsText(c Contact, text string) bool {
	terms, digits := searchTerms(text)
	var words []string
	words = append(words, foldWords(c.Name, c.First, c.Middle, c.Last, c.Nick, c.Company, c.Job, c.Department, c.Extension)...)
	words = append(words, foldWords(c.Emails...)...)
	for i, t := range terms {
		ok := slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, t) })
		for _, n := range c.Numbers {
			number, _ := cutExtension(n.Number)
			ok = ok || digits[i] && strings.HasSuffix(Digits(number), t)
		}
		if !ok {
			return false
		}
	}
	return true
}

func contactIDs(cs []Contact) []int64 {
	var ids []int64
	for _, c := range cs {
		ids = append(ids, c.ID)
	}
	return ids
}

// Every window of every list is the same piece of it that a simple model cuts out,
// whether its words fit few contacts or many.
func TestContactWindow(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	takePeople(t, s, a, Personal, people(2500, Personal, 1))
	takePeople(t, s, a, Directory, people(800, Directory, 2))
	all := allContacts(t, s)
	if len(all) != 3300 {
		t.Fatalf("%d contacts", len(all))
	}
	for _, id := range []int64{all[5].ID, all[900].ID, all[3000].ID} {
		if _, err := s.SetFavorite(t.Context(), id, true); err != nil {
			t.Fatal(err)
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for _, q := range []ContactQuery{
		{},
		{Source: Directory},
		{Source: Personal},
		{Account: a.ID},
		{Favorites: true},
		{Text: "a"},
		{Text: "ana"},
		{Text: "lima ana"},
		{Text: "garcia"},
		{Text: "GARCÍA acme"},
		{Text: "0042"},
		{Text: "7"},
		{Text: "+1 (650) 000-0042"},
		{Text: "650-000-0042"},
		{Text: "p31@ex"},
		{Text: "o'ne"},
		{Text: "анна"},
		{Text: "陳"},
		{Text: "cafe", Source: Personal},
		{Text: "1003", Source: Directory},
		{Text: "nobody at all"},
		{Text: "a", Favorites: true},
		{Text: `"x OR y*`},
	} {
		var want []int64
		for _, c := range all {
			fav := c.ID == all[5].ID || c.ID == all[900].ID || c.ID == all[3000].ID
			text := q.Text
			if n, _ := NormalNumber(text, "US"); isE164(n) {
				text = n
			}
			if (q.Source == 0 || c.Source == q.Source) && (!q.Favorites || fav) && fitsText(c, text) {
				want = append(want, c.ID)
			}
		}
		if n, exact, err := s.CountContacts(t.Context(), q, 5000); n != len(want) || !exact || err != nil {
			t.Errorf("%+v: counted %d, %v, %v, want %d", q, n, exact, err, len(want))
		}
		if n, exact, err := s.CountContacts(t.Context(), q, 2); n != min(2, len(want)) || exact != (len(want) <= 2) || err != nil {
			t.Errorf("%+v: counted to 2: %d, %v, %v", q, n, exact, err)
		}
		for range 12 {
			before, after := rng.IntN(30), rng.IntN(30)
			i, at := 0, int64(0)
			switch {
			case len(want) == 0 || rng.IntN(4) == 0:
			case rng.IntN(3) == 0:
				i, at = len(want)-1, -1
			default:
				i = rng.IntN(len(want))
				at = want[i]
			}
			w, err := s.ContactWindow(t.Context(), q, at, before, after)
			lo, hi := max(0, i-before), min(len(want), i+after+1)
			if at == 0 {
				lo, hi = 0, min(len(want), after+1)
			}
			if err != nil || !slices.Equal(contactIDs(w.Rows), want[lo:hi]) || w.Start != (lo == 0) || w.End != (hi == len(want)) {
				t.Fatalf("%+v at %d (%d+%d): %v %v %v %v, want %v of %d", q, at, before, after, contactIDs(w.Rows), w.Start, w.End, err, want[lo:hi], len(want))
			}
		}
	}
}

func TestContactRow(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	takePeople(t, s, a, Personal, []IncomingContact{
		{Contact: Contact{
			Remote: "1", First: "Ana\x1b[31m", Last: "Lima", Company: "Acme", Numbers: []PhoneNumber{{"mobile", "(650) 555-0101"}, {"business", "+1 650 555 0102 ext. 12"}, {"mobile", "650.555.0101"}},
			Emails: []string{"ana@example.com"}, Postal: []Postal{{Kind: "home", Street: "1 Main St", City: "Austin", State: "TX", Zip: "78701"}}, Notes: "two\nlines\u202e",
		}},
		{Contact: Contact{Remote: "2", Nick: "Lima's twin", Numbers: []PhoneNumber{{"home", "+16505550101"}}}},
		{Contact: Contact{Remote: "3", Company: "Acme", Emails: []string{"ANA@example.com"}}},
		{Contact: Contact{Remote: "4", Numbers: []PhoneNumber{{"home", "+16505550177"}}}},
	})
	w, err := s.ContactWindow(t.Context(), ContactQuery{}, 0, 0, 10)
	if err != nil || len(w.Rows) != 4 {
		t.Fatal(w, err)
	}
	var names []string
	for _, c := range w.Rows {
		names = append(names, fmt.Sprint(c.Name, " ", c.Duplicates))
	}
	if got := strings.Join(names, "|"); got != "Acme 1|Ana Lima 2|Lima's twin 1|+16505550177 0" {
		t.Error(got)
	}
	c := w.Rows[1]
	if c.Notes != "two\nlines" || len(c.Numbers) != 2 || c.Numbers[0].Number != "+16505550101" || c.Numbers[1].Number != "+16505550102 x12" || c.Address[0] != "1 Main St, Austin, TX 78701" {
		t.Errorf("%+v", c)
	}
	twins, err := s.DuplicatesOf(t.Context(), c.ID)
	if err != nil || len(twins) != 2 || twins[0].Name != "Acme" || twins[1].Name != "Lima's twin" {
		t.Errorf("%+v, %v", twins, err)
	}
	if _, err := s.Contact(t.Context(), 99); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestMatch(t *testing.T) {
	s, err := Open(t.Context(), Options{
		Dir: t.TempDir(), Actor: "me@here", Now: func() time.Time { return testNow }, Location: time.UTC,
		Aliases: map[string]string{"(650) 555-0199": "The gate", "777": "Night desk"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a := addAccount(t, s)
	other, err := s.PutAccount(t.Context(), Account{Key: "ringcentral:2:101", Service: "ringcentral", Name: "Other firm"})
	if err != nil {
		t.Fatal(err)
	}
	number := func(kind, n string) []PhoneNumber { return []PhoneNumber{{kind, n}} }
	takePeople(t, s, a, Personal, []IncomingContact{
		{Contact: Contact{Remote: "1", First: "Ana", Last: "Lima", Numbers: number("mobile", "+16505550101")}},
		{Contact: Contact{Remote: "2", First: "Bob", Numbers: number("mobile", "+16505550102")}},
		{Contact: Contact{Remote: "3", First: "Cy", Numbers: number("home", "+16505550102")}},
		{Contact: Contact{Remote: "4", First: "Gate", Numbers: number("home", "+16505550199")}},
		{Contact: Contact{Remote: "5", First: "Desk", Last: "Twelve", Numbers: number("business", "+16505550140 x12")}},
		{Contact: Contact{Remote: "6", First: "Desk", Last: "Thirteen", Numbers: number("business", "+16505550140 x13")}},
		{Contact: Contact{Remote: "7", First: "Old", Last: "London", Numbers: number("home", "020 7946 0958")}},
		{Contact: Contact{Remote: "8", First: "Taxi", Numbers: number("other", "22022")}},
		{Contact: Contact{Remote: "9", First: "Lima,", Last: "Ana", Numbers: number("home", "+16505550103")}},
	})
	entry := func(remote, name, ext, n, status string) IncomingContact {
		c := Contact{Remote: remote, Source: Directory, Name: name, Extension: ext, Type: "User", Status: status}
		if n != "" {
			c.Numbers = number("direct", n)
		}
		return IncomingContact{Contact: c}
	}
	takePeople(t, s, a, Directory, []IncomingContact{
		entry("11", "Ana Lima", "101", "+16505550103", "Enabled"),
		entry("12", "Dora Díaz", "102", "+16505550101", "Enabled"),
		entry("13", "Gone Person", "103", "+16505550150", "Disabled"),
		entry("14", "New Person", "103", "+16505550150", "Enabled"),
		entry("15", "Only Gone", "104", "", "NotActivated"),
	})
	takePeople(t, s, other, Directory, []IncomingContact{entry("21", "Stranger", "101", "+442079460999", "Enabled")})
	for _, tt := range []struct {
		who  Party
		want string
	}{
		{Party{Number: "+16505550101"}, "? Ana Lima, Dora Díaz (2)"}, // the two books differ
		{Party{Number: "+16505550103"}, "Lima, Ana 9 (2)"},           // they agree: the personal one
		{Party{Number: "(650) 555-0103"}, "Lima, Ana 9 (2)"},
		{Party{Number: "+16505550102"}, "? Bob, Cy (2)"},
		{Party{Number: "+16505550199"}, "The gate 4 (1)"}, // the alias
		{Party{Extension: "777"}, "The gate desk"},
		{Party{Extension: "101"}, "Ana Lima 10 (1)"}, // of this company alone
		{Party{Extension: "103"}, "New Person 13 (1)"},
		{Party{Extension: "104"}, "Only Gone 14 (1)"},
		{Party{Number: "102"}, "Dora Díaz 11 (1)"},
		{Party{Number: "+16505550140", Extension: "12"}, "Desk Twelve 5 (1)"},
		{Party{Number: "+16505550140"}, "? Desk Twelve, Desk Thirteen (2)"},
		{Party{Number: "+442079460958"}, "Old London 7 (1)"},
		{Party{Number: "+442079460999"}, "Stranger 15 (1)"},
		{Party{Number: "22022"}, "Taxi 8 (1)"},
		{Party{Number: "+16505550188"}, " 0 (0)"},
		{Party{Number: "Anonymous"}, " 0 (0)"},
		{Party{}, " 0 (0)"},
	} {
		for range 2 { // the second time it is remembered
			ms, err := s.Match(t.Context(), a.ID, []Party{tt.who})
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%s %d (%d)", ms[0].Name, ms[0].Contact, ms[0].Count)
			if ms[0].Names != nil {
				got = fmt.Sprintf("? %s (%d)", strings.Join(ms[0].Names, ", "), ms[0].Count)
			}
			if tt.want == "The gate desk" {
				tt.want = "Night desk 0 (0)"
			}
			if got != tt.want {
				t.Errorf("%+v: %q, want %q", tt.who, got, tt.want)
			}
		}
	}
	// What is remembered goes with the change of a contact, also by another process.
	two := openTest(t, s.opts.Dir)
	if _, err := two.DeleteContact(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if ms, err := s.Match(t.Context(), a.ID, []Party{{Number: "+16505550102"}}); err != nil || ms[0].Name != "Bob" {
		t.Errorf("%+v, %v", ms, err)
	}
	gen := version(t, s)
	fill(t, s, messages(20, 1), 20)
	if version(t, s) != gen {
		t.Error("a message makes all names be looked up anew")
	}
}

func version(t *testing.T, s *Store) (n int64) {
	t.Helper()
	if err := s.r.QueryRow(`SELECT n FROM contact_version`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// BenchmarkMatch looks up 1,000 callers among 200,000 contacts, none of them remembered.
func BenchmarkMatch(b *testing.B) {
	s, a := crowd(b)
	callers := make([]Party, 1000)
	for i := range callers {
		callers[i] = Party{Number: fmt.Sprintf("+1650%07d", i*197)}
		if i%10 == 0 {
			callers[i] = Party{Number: fmt.Sprintf("+1212%07d", i)}
		}
	}
	for b.Loop() {
		s.matching.mu.Lock()
		s.matching.known = nil
		s.matching.version = 0
		s.matching.mu.Unlock()
		ms, err := s.Match(b.Context(), a.ID, callers)
		if err != nil || ms[1].Count == 0 || ms[0].Count != 0 {
			b.Fatal(ms[:2], err)
		}
	}
}

// large is how many things a benchmark measures with: n, and a tenth of it where it is only
// to be seen that it still runs.
func large(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// crowd is a store with 200,000 contacts.
func crowd(b *testing.B) (*Store, Account) {
	b.Helper()
	s := openTest(b, b.TempDir())
	a := addAccount(b, s)
	takePeople(b, s, a, Personal, people(large(200_000), Personal, 1))
	return s, a
}

// BenchmarkContactWindow opens the list and searches it, with few contacts and with many.
func BenchmarkContactWindow(b *testing.B) {
	for _, n := range []int{1000, large(200_000)} {
		s := openTest(b, b.TempDir())
		a := addAccount(b, s)
		takePeople(b, s, a, Personal, people(n, Personal, 1))
		mid, err := s.ContactWindow(b.Context(), ContactQuery{Text: "smythe"}, 0, 0, 50)
		if err != nil {
			b.Fatal(err)
		}
		for name, q := range map[string]ContactQuery{
			"all": {}, "a": {Text: "a"}, "rare": {Text: "alexandra smythe 12"}, "number": {Text: "0000042"}, "two": {Text: "ana li"}, "favorites": {Favorites: true},
		} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					if _, err := s.ContactWindow(context.Background(), q, mid.Rows[len(mid.Rows)-1].ID, 25, 50); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
