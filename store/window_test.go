package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// model is a list as simple as can be: all items in memory, gone through one by one.
type model []Item

func (m model) list(o Order, keep func(Item) bool) []ID {
	var ids []ID
	for _, it := range m {
		if keep(it) {
			ids = append(ids, it.ID)
		}
	}
	slices.Sort(ids)
	if o == NewestFirst {
		slices.Reverse(ids)
	}
	return ids
}

// window is what Store.Window promises.
func (m model) window(ids []ID, o Order, at ID, before, after int) (w []ID, start, end bool) {
	if len(ids) == 0 {
		return nil, true, true
	}
	i := 0
	switch at {
	case FromStart:
	case FromEnd:
		i = len(ids) - 1
	default:
		i = slices.IndexFunc(ids, func(id ID) bool { return id == at || (id > at) == (o == OldestFirst) })
		if i < 0 {
			i = len(ids)
		}
	}
	lo, hi := max(0, i-before), min(len(ids), i+after+1)
	return ids[lo:hi], lo == 0, hi == len(ids)
}

func loadModel(t *testing.T, s *Store) model {
	t.Helper()
	ids, err := s.IDs(context.Background(), mustQuery(t, "in:all"), OldestFirst, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	m := make(model, len(ids))
	for i, id := range ids {
		if m[i], err = s.Item(context.Background(), id); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func hasWord(it Item, word string, prefix bool) bool {
	text := strings.ToLower(it.Text + " " + it.Who.Name + " " + it.Who.Location + " " + it.Subject)
	for _, a := range it.Attachments {
		text += " " + strings.ToLower(a.Name)
	}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !wordRune(r) }) {
		if w == word || prefix && strings.HasPrefix(w, word) {
			return true
		}
	}
	return false
}

// Every list, asked for in any place and any size, with messages coming in between
// in any order, is what going through all items gives.
func TestWindowAgainstModel(t *testing.T) {
	ctx := context.Background()
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	rng := rand.New(rand.NewPCG(5, 6))
	msgs := messages(400, 9)
	rng.Shuffle(len(msgs), func(i, j int) { msgs[i], msgs[j] = msgs[j], msgs[i] })
	for i := range msgs {
		if i%9 == 0 {
			msgs[i].Availability = Deleted
		}
		if i%31 == 0 {
			msgs[i].Time = msgs[i].Time.Truncate(24 * time.Hour) // several at one moment
		}
	}
	alive := func(it Item) bool { return it.Availability == Alive }
	lists := map[string]func(Item) bool{
		"":                       alive,
		"in:all":                 func(Item) bool { return true },
		"in:inbox":               func(it Item) bool { return alive(it) && it.State == StateOpen },
		"in:done":                func(it Item) bool { return alive(it) && it.State == Done },
		"in:trash":               func(it Item) bool { return it.Availability == Deleted },
		"is:unread in:voicemail": func(it Item) bool { return alive(it) && !it.Read && it.Kind == Voicemail },
		"in:fax,sms -is:unread":  func(it Item) bool { return alive(it) && it.Read && (it.Kind == Fax || it.Kind == SMS) },
		"is:failed":              func(it Item) bool { return alive(it) && it.Delivery.Failed() },
		"is:outbound":            func(it Item) bool { return alive(it) && it.Direction == Outbound },
		"has:pdf pages:2..3":     func(it Item) bool { return alive(it) && it.Kind == Fax && it.Pages >= 2 && it.Pages <= 3 },
		"dur:>60":                func(it Item) bool { return alive(it) && it.Kind == Voicemail && it.Duration > time.Minute },
		"dur<3":                  func(it Item) bool { return alive(it) && it.Kind == Voicemail && it.Duration < 3*time.Second },
		"-dur:<30":               func(it Item) bool { return alive(it) && (it.Kind != Voicemail || it.Duration >= 30*time.Second) },
		"pages<2":                func(it Item) bool { return alive(it) && it.Kind == Fax && it.Pages < 2 },
		"after:yesterday before:today": func(it Item) bool {
			return alive(it) && it.Time.UTC().Day() == 20 && it.Time.UTC().Month() == 11
		},
		"-on:today": func(it Item) bool { return alive(it) && it.Time.UTC().YearDay() != testNow.YearDay() },
		"mary":      func(it Item) bool { return alive(it) && hasWord(it, "mary", true) },
		"m":         func(it Item) bool { return alive(it) && hasWord(it, "m", true) },
		"t jo":      func(it Item) bool { return alive(it) && hasWord(it, "t", false) && hasWord(it, "jo", true) },
		"the* mary is:unread": func(it Item) bool {
			return alive(it) && !it.Read && hasWord(it, "the", true) && hasWord(it, "mary", true)
		},
		"-mary":              func(it Item) bool { return alive(it) && !hasWord(it, "mary", true) },
		"-mar* jones ":       func(it Item) bool { return false },
		`"mary jones"`:       func(it Item) bool { return alive(it) && it.Who.Name == "Mary Jones" },
		"from:bob":           func(it Item) bool { return alive(it) && it.Direction == Inbound && it.Who.Name == "Bob Lee" },
		"to:bob":             func(it Item) bool { return alive(it) && it.Direction == Outbound && it.Who.Name == "Bob Lee" },
		"-from:bob":          func(it Item) bool { return alive(it) && !(it.Direction == Inbound && it.Who.Name == "Bob Lee") },
		"number:0001":        func(it Item) bool { return alive(it) && strings.HasSuffix(it.Who.Number, "0001") },
		"is:blocked":         func(it Item) bool { return alive(it) && it.Who.Blocked() },
		"fax.pdf pages:1..9": func(it Item) bool { return alive(it) && it.Kind == Fax && it.Pages >= 1 && it.Pages <= 9 },
	}
	for len(msgs) > 0 {
		n := min(200, len(msgs))
		if _, err := s.Apply(ctx, a.ID, msgs[:n]); err != nil {
			t.Fatal(err)
		}
		msgs = msgs[n:]
		m := loadModel(t, s)
		for text, keep := range lists {
			q := mustQuery(t, text)
			for range 6 {
				o := Order(rng.IntN(2))
				checkWindow(t, s, m, q, o, m.list(o, keep), rng)
			}
		}
	}
}

func checkWindow(t *testing.T, s *Store, m model, q Query, o Order, ids []ID, rng *rand.Rand) {
	t.Helper()
	ctx := context.Background()
	at := []ID{FromStart, FromEnd, m[rng.IntN(len(m))].ID, m[rng.IntN(len(m))].ID + 1, FirstID(testNow.AddDate(1, 0, 0)), 1}[rng.IntN(6)]
	before, after := rng.IntN(30), rng.IntN(30)
	want, start, end := m.window(ids, o, at, before, after)
	w, err := s.Window(ctx, q, o, at, before, after)
	if err != nil {
		t.Fatalf("%q: %v", q, err)
	}
	got := make([]ID, len(w.Rows))
	for i, r := range w.Rows {
		got[i] = r.ID
	}
	if !slices.Equal(got, want) || w.Start != start || w.End != end {
		t.Fatalf("%q, %s, at %d, %d before, %d after of %d:\n got %v %v %v\nwant %v %v %v", q, o, at, before, after, len(ids), got, w.Start, w.End, want, start, end)
	}
	all, err := s.IDs(ctx, q, o, len(m)+1)
	if err != nil || !slices.Equal(all, ids) {
		t.Fatalf("%q, %s: ids %v (%v), want %v", q, o, all, err, ids)
	}
	stop := rng.IntN(len(m))
	n, exact, err := s.Count(ctx, q, stop)
	if err != nil || n != min(stop, len(ids)) || exact != (len(ids) <= stop) {
		t.Fatalf("%q: count to %d is %d, %v (%v), of %d", q, stop, n, exact, err, len(ids))
	}
	forward := rng.IntN(2) == 0
	var next ID
	for _, id := range ids {
		it := m[slices.IndexFunc(m, func(it Item) bool { return it.ID == id })]
		after := (id > at) == (o == OldestFirst)
		if at == FromStart || at == FromEnd {
			after = forward
		}
		if it.Read || id == at || after != forward {
			continue
		}
		if next = id; forward {
			break
		}
	}
	id, err := s.NextUnread(ctx, q, o, at, forward)
	if next == 0 && !errors.Is(err, ErrNotFound) && (at != FromStart && at != FromEnd) || next != 0 && at != FromStart && at != FromEnd && id != next {
		t.Fatalf("%q, %s: the next unread after %d, forward %v, is %v (%v), want %v", q, o, at, forward, id, err, next)
	}
}

// The lists the screens show are walks along an index: nothing is sorted and nothing
// else gone through.
func TestPlans(t *testing.T) {
	s := openTest(t, t.TempDir())
	for _, v := range append(slices.Clone(views), "refund", "refund is:unread", "number:5551234", "r", "from:mary") {
		for _, asc := range []bool{true, false} {
			p := s.plan(t.Context(), mustQuery(t, v))
			query, args := p.sql(rowColumns, testID, false, asc, 50, p.skim != nil)
			rows, err := s.r.Query("EXPLAIN QUERY PLAN "+query, args...)
			if err != nil {
				t.Fatalf("%q: %v\n%s", v, err, query)
			}
			var steps []string
			for rows.Next() {
				var id, parent, unused int
				var detail string
				if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
					t.Fatal(err)
				}
				steps = append(steps, detail)
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				t.Fatal(err)
			}
			plan := strings.Join(steps, "; ")
			if strings.Contains(plan, "TEMP B-TREE") || !strings.HasPrefix(plan, "SEARCH i USING") && !strings.HasPrefix(plan, "SCAN search VIRTUAL TABLE INDEX") {
				t.Errorf("%q: %s", v, plan)
			}
		}
	}
}

var testID = FirstID(testNow.AddDate(0, 0, -1))

// The table of accents, and the way words are told apart, are those of the index.
func TestFoldIsTheTokenizers(t *testing.T) {
	s := openTest(t, t.TempDir())
	if _, err := s.w.Exec(`CREATE VIRTUAL TABLE temp.f USING fts5(x, tokenize = 'unicode61 remove_diacritics 2');
		CREATE VIRTUAL TABLE temp.v USING fts5vocab(temp, f, instance)`); err != nil {
		t.Fatal(err)
	}
	for r := rune(0x80); r < 0x2000; r++ {
		if _, err := s.w.Exec(`INSERT INTO f (rowid, x) VALUES (?, ?)`, int(r), string(r)); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := s.w.Query(`SELECT doc, term FROM v`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	bad := 0
	for rows.Next() {
		var r int
		var term string
		if err := rows.Scan(&r, &term); err != nil {
			t.Fatal(err)
		}
		if r >= 0x1300 && r < 0x1e00 {
			continue // Cherokee and Georgian capitals, newer than the tokenizer's Unicode
		}
		if got := string(fold(rune(r))); got != term && wordRune(rune(r)) {
			if bad++; bad < 10 {
				t.Logf("%U %c is %q to the index and %q here", r, r, term, got)
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if bad > 20 { // a few letters are newer than the tokenizer's Unicode
		t.Errorf("%d letters differ", bad)
	}
	for _, tt := range []struct {
		word, text string
		prefix     bool
		want       bool
	}{
		{"una", "Herr Ünal", true, true},
		{"unal", "U\u0308nal", false, true},
		{"nal", "Ünal", true, false},
		{"петр", "Анна Петрова", true, true},
		{"a", "b-a", false, true},
		{"a", "ab", false, false},
		{"ab", "a b", true, false},
		{"o", "Jo O'Neil", false, true},
		{"", "x", true, true},
	} {
		if got := newNeedle(tt.word, tt.prefix).in(tt.text); got != tt.want {
			t.Errorf("%q in %q: %v", tt.word, tt.text, got)
		}
	}
}

func TestNumbersInAnyFormat(t *testing.T) {
	s := openTest(t, t.TempDir())
	a := addAccount(t, s)
	batch := []Incoming{
		{Remote: "1", Kind: SMS, Direction: Inbound, Time: testNow, From: Party{Number: "(512) 555-1234"}},
		{Remote: "2", Kind: SMS, Direction: Outbound, Time: testNow, To: []Party{{Number: "+442079460958"}, {Number: "+15125559999"}}},
		{Remote: "3", Kind: Pager, Direction: Inbound, Time: testNow, From: Party{Extension: "4101"}, Text: "order 5551234 please"},
	}
	if _, err := s.Apply(context.Background(), a.ID, batch); err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]int{
		"number:5551234": 1, "number:1234": 1, "number:(512)555-1234": 1, "number:+1-512-555-1234": 1, "number:5121234": 0,
		`number:"512 555 1234"`: 1, "5125551234": 1, "+1 (512) 555-1234": 1, "512 555 1234": 1, "555-1234": 1, "5551234": 2,
		"from:555-1234": 1, "to:555-1234": 0, "to:9999": 1, "number:0958": 1, "number:+442079460958": 1, "number:4101": 1, "-number:1234": 2,
	} {
		n, _, err := s.Count(context.Background(), mustQuery(t, in), 100)
		if err != nil || n != want {
			t.Errorf("%s: %d found, want %d (%v)", in, n, want, err)
		}
	}
}

func TestResolve(t *testing.T) {
	s := openTest(t, t.TempDir())
	fill(t, s, messages(50, 1), 50)
	ctx := context.Background()
	ids, err := s.IDs(ctx, Query{}, OldestFirst, 50)
	if err != nil {
		t.Fatal(err)
	}
	it, err := s.Item(ctx, ids[7])
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{it.ID.String(), strings.ToUpper(it.ID.String()), it.Remote, it.ID.String()[:12], " " + it.Remote + "\n"} {
		if id, err := s.Resolve(ctx, text); err != nil || id != it.ID {
			t.Errorf("%q: %v, %v", text, id, err)
		}
	}
	var e *AmbiguousError
	if _, err := s.Resolve(ctx, "4000"); !errors.As(err, &e) || len(e.IDs) != 10 {
		t.Errorf("4000: %v", err)
	}
	for _, text := range []string{"", "400", "nothing", "zzzzzzzzzzzzz", "%", fmt.Sprint(1 << 40)} {
		if _, err := s.Resolve(ctx, text); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
