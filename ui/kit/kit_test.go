package kit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"", 3, "   "},
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"abcd", 1, "…"},
		{"abcd", 0, ""},
		{"電話番号", 8, "電話番号"},
		{"電話番号", 7, "電話番…"},
		{"電話番号", 6, "電話… "},
		{"Ольга", 7, "Ольга  "},
	} {
		if got := Fit(c.in, c.w); got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
		if got := Width(Fit(c.in, c.w)); got != c.w {
			t.Errorf("Fit(%q, %d) is %d cells wide", c.in, c.w, got)
		}
		if got := Width(FitRight(c.in, c.w)); got != c.w {
			t.Errorf("FitRight(%q, %d) is %d cells wide", c.in, c.w, got)
		}
	}
	if got := Between("left side", "right", 12); got != "left … right" {
		t.Errorf("Between = %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want []string
	}{
		{"", 5, []string{""}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"a\n\nb", 5, []string{"a", "", "b"}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"電話番号", 3, []string{"電", "話", "番", "号"}},
		{"電", 1, []string{"電", ""}},
	} {
		if got := Wrap(c.in, c.w); !slices.Equal(got, c.want) {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two 電話 three", 6)
	f.Fuzz(func(t *testing.T, s string, w int) {
		w = 2 + w&63
		for _, l := range Wrap(s, w) {
			if Width(l) > w {
				t.Fatalf("line %q is %d cells, want at most %d", l, Width(l), w)
			}
		}
		if got := Width(Fit(s, w)); got != w {
			t.Fatalf("Fit(%q, %d) is %d cells", s, w, got)
		}
	})
}

func TestFormat(t *testing.T) {
	for got, want := range map[string]string{
		Age(30 * time.Second):      "now",
		Age(59 * time.Minute):      "59m",
		Age(25 * time.Hour):        "1d",
		Age(20 * 24 * time.Hour):   "2w",
		Age(800 * 24 * time.Hour):  "2y",
		Length(7 * time.Second):    "0:07",
		Length(192 * time.Second):  "3:12",
		Length(3753 * time.Second): "1:02:33",
		Size(-1):                   "?",
		Size(999):                  "999 B",
		Size(1400):                 "1.4 kB",
		Size(1_000_000):            "1.0 MB",
		Size(1 << 30):              "1.1 GB",
		Rate(2_500_000):            "2.5 MB/s",
		Count(1234567, true):       "1,234,567",
		Count(5000, false):         "5,000+",
		Plural(1, "fax"):           "1 fax",
		Plural(2, "fax"):           "2 faxes",
		Plural(0, "item"):          "0 items",
		Bar(0, 10, 4):              "░░░░",
		Bar(5, 10, 4):              "██░░",
		Bar(10, 10, 4):             "████",
		Bar(5, -1, 4):              "░░░░",
		Bar(99, 10, 2):             "██",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// list is a source of n rows with the ids 1..n that answers a table's needs.
type list struct {
	n    int64
	gone map[int64]bool
	desc bool
}

const window = 40

func (l list) serve(t *Table[int64], need Need) {
	var ids []int64
	for id := int64(1); id <= l.n; id++ {
		if !l.gone[id] {
			ids = append(ids, id)
		}
	}
	if l.desc {
		slices.Reverse(ids)
	}
	at := 0
	switch need.At {
	case 0:
	case -1:
		at = max(len(ids)-1, 0)
	default:
		at, _ = slices.BinarySearchFunc(ids, need.At, func(a, b int64) int {
			if l.desc {
				a, b = b, a
			}
			return int(a - b)
		})
	}
	from, to := max(at-window, 0), min(at+window+1, len(ids))
	t.Load(ids[from:to], from == 0, to == len(ids))
}

func (l list) settle(t *Table[int64]) {
	for range 1000 {
		n := t.Need()
		if !n.Any {
			return
		}
		before := fmt.Sprint(t.cur, t.top, t.owed, t.jump, t.rows)
		l.serve(t, n)
		if before == fmt.Sprint(t.cur, t.top, t.owed, t.jump, t.rows) {
			return
		}
	}
}

// TestTableLikeAnArray drives a table and a plain array with the same random
// keys; they must agree on the row under the cursor after each answer.
func TestTableLikeAnArray(t *testing.T) {
	for _, desc := range []bool{false, true} {
		rnd := rand.New(rand.NewPCG(1, 2))
		l := list{n: 1000, gone: map[int64]bool{}, desc: desc}
		tab := &Table[int64]{ID: func(r int64) int64 { return r }, Desc: desc}
		tab.SetHeight(20)
		l.settle(tab)
		pos := 0
		for range 3000 {
			switch rnd.IntN(12) {
			case 0:
				tab.First()
				pos = 0
			case 1:
				tab.Last()
				pos = 999
			default:
				n := rnd.IntN(121) - 60
				tab.Move(n)
				pos = min(max(pos+n, 0), 999)
			}
			if rnd.IntN(3) == 0 { // several keys before the rows come
				continue
			}
			l.settle(tab)
			want := int64(pos + 1)
			if desc {
				want = int64(1000 - pos)
			}
			if got := tab.CursorID(); got != want {
				t.Fatalf("desc %v: on row %d, want %d", desc, got, want)
			}
			rows, cur := tab.Visible()
			if len(rows) != 20 || rows[cur] != want {
				t.Fatalf("desc %v: %d rows on screen, cursor line %d", desc, len(rows), cur)
			}
		}
	}
}

// TestHeldKeyAtEdge: moves past the known rows wait, the end still stops them.
func TestHeldKeyAtEdge(t *testing.T) {
	l := list{n: 500}
	tab := &Table[int64]{ID: func(r int64) int64 { return r }}
	tab.SetHeight(10)
	l.settle(tab)
	for range 700 {
		tab.Move(1)
	}
	tab.Move(-1)
	l.settle(tab)
	if got := tab.CursorID(); got != 499 {
		t.Fatalf("700 down, one up: on row %d, want the last but one", got)
	}
}

func TestRefreshKeepsCursor(t *testing.T) {
	l := list{n: 100, gone: map[int64]bool{}}
	tab := &Table[int64]{ID: func(r int64) int64 { return r }}
	tab.SetHeight(10)
	l.settle(tab)
	tab.Move(30)
	_, line := tab.Visible()
	for id := int64(1); id < 20; id++ {
		l.gone[id] = true
	}
	l.serve(tab, Need{Any: true, At: tab.CursorID()})
	if _, now := tab.Visible(); tab.CursorID() != 31 || now != line {
		t.Fatalf("after rows above left: row %d on line %d, want row 31 on line %d", tab.CursorID(), now, line)
	}
	l.gone[31] = true
	l.serve(tab, Need{Any: true, At: tab.CursorID()})
	if tab.CursorID() != 32 {
		t.Fatalf("after its own row left: row %d, want the next one, 32", tab.CursorID())
	}
	for id := int64(1); id <= 100; id++ {
		l.gone[id] = true
	}
	l.serve(tab, Need{Any: true, At: tab.CursorID()})
	if tab.CursorID() != 0 || tab.Len() != 0 {
		t.Fatalf("empty list: cursor on %d", tab.CursorID())
	}
	if tab.Targets() != nil {
		t.Fatal("an empty list has targets")
	}
}

func TestMarks(t *testing.T) {
	l := list{n: 100}
	tab := &Table[int64]{ID: func(r int64) int64 { return r }}
	tab.SetHeight(10)
	l.settle(tab)
	if got := tab.Targets(); !slices.Equal(got, []int64{1}) {
		t.Fatalf("without marks the targets are %v, want the cursor row", got)
	}
	tab.Mark()
	tab.Move(4)
	tab.Range()
	tab.Move(2)
	if !tab.Range() {
		t.Fatal("second Range did not end the range")
	}
	if got := tab.Targets(); !slices.Equal(got, []int64{1, 5, 6, 7}) {
		t.Fatalf("targets %v", got)
	}
	tab.MarkIDs([]int64{300, 2})
	if got := tab.Marks(); !slices.Equal(got, []int64{2, 300}) {
		t.Fatalf("marks %v", got)
	}
	tab.Unmark()
	if tab.Marks() != nil {
		t.Fatal("marks left")
	}
}

func TestInput(t *testing.T) {
	in := &Input{}
	in.Insert("one two\nthree\x1b[31m\u202e")
	if got := in.String(); got != "one two three[31m" {
		t.Fatalf("pasted %q", got)
	}
	in.DeleteWord()
	in.DeleteWord()
	if got := in.String(); got != "one " {
		t.Fatalf("after two words back: %q", got)
	}
	in.Move(-10)
	in.Insert("電")
	in.Delete()
	if got := in.String(); got != "電ne " {
		t.Fatalf("got %q", got)
	}
	text, cur := in.View(4)
	if text != "電ne" || cur != 2 {
		t.Fatalf("View = %q, %d", text, cur)
	}
	in.Remember()
	in.Set("second")
	in.Remember()
	in.Set("typing")
	in.Older()
	in.Older()
	in.Older()
	if in.String() != "電ne" {
		t.Fatalf("oldest is %q", in.String())
	}
	in.Newer()
	in.Newer()
	if in.String() != "typing" {
		t.Fatalf("newest is %q", in.String())
	}
}

func TestBox(t *testing.T) {
	plain := func(s string) string { return s }
	lines := Box("Help", []string{Fit("a", 8)}, 12, 4, plain)
	if len(lines) != 4 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, l := range lines {
		if Width(l) != 12 {
			t.Errorf("%q is %d cells", l, Width(l))
		}
	}
	for w := range 40 {
		if got := Width(Rule("Voicemail", w)); got > w {
			t.Errorf("Rule of %d is %d cells", w, got)
		}
	}
}

func TestCutMiddleKeepsBothEnds(t *testing.T) {
	for _, tt := range []struct {
		s    string
		w    int
		want string
	}{
		{"short", 20, "short"},
		{"Saved ~/Downloads/2026-11-20_1445_Ann_voicemail_06q8g1.mp3", 30, "Saved ~/Do…oicemail_06q8g1.mp3"},
		{"山田太郎と長い名前の会社株式会社", 13, "山田…株式会社"},
		{"abcdefghijkl", 7, "abcdef…"},
	} {
		got := CutMiddle(tt.s, tt.w)
		if got != tt.want || Width(got) > tt.w {
			t.Errorf("%q in %d: %q, want %q", tt.s, tt.w, got, tt.want)
		}
	}
}

func TestTableLeaps(t *testing.T) {
	rows := make([]int64, 100)
	for i := range rows {
		rows[i] = int64(i + 1)
	}
	tab := Table[int64]{ID: func(r int64) int64 { return r }, Leap: true}
	tab.SetHeight(10)
	tab.Load(rows, true, true)
	for i, c := range []struct{ move, top int }{{9, 0}, {1, 5}, {4, 5}, {1, 10}, {-6, 4}, {10, 10}, {50, 60}, {40, 90}} {
		tab.Move(c.move)
		if tab.top != c.top {
			t.Fatalf("move %d, by %d: the first row is %d, want %d", i, c.move, tab.top, c.top)
		}
	}
}

// Rows whose ids say nothing of their order: by name, say.
func TestTableOfAnyOrder(t *testing.T) {
	tb := Table[int64]{ID: func(n int64) int64 { return n }, Free: true}
	tb.SetHeight(4)
	tb.Load([]int64{50, 10, 40, 20, 30}, true, true)
	if !tb.Select(40) || tb.Select(60) || !tb.Has(20) || tb.Has(60) {
		t.Error("a row is not found, or one that is not there is")
	}
	for _, c := range []struct {
		rows []int64
		want int64
	}{
		{[]int64{70, 50, 10, 40, 20, 30}, 40}, // the same row
		{[]int64{70, 50, 10, 20, 30}, 20},     // gone: the one after it
		{[]int64{70, 50, 10}, 10},             // and all after it: the one before
		{[]int64{80, 90}, 90},                 // and all: the same place
	} {
		if tb.Load(c.rows, true, true); tb.CursorID() != c.want {
			t.Errorf("%d: the cursor is on %d, want %d", c.rows, tb.CursorID(), c.want)
		}
	}
	tb.Load([]int64{50, 10, 40, 20, 30}, true, true)
	tb.Select(20)
	tb.Range()
	tb.Select(10)
	if tb.Range(); !slices.Equal(tb.Marks(), []int64{10, 20, 40}) {
		t.Errorf("marked %d", tb.Marks())
	}
}
