package plain

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// host is the root as far as a viewer needs one.
type host struct {
	screen.Host
	said   string
	prompt screen.Prompt
}

func (h *host) Say(s string)           { h.said = s }
func (h *host) Prompt(p screen.Prompt) { h.prompt = p }
func (h *host) Seen(store.ID) tea.Cmd  { return nil }

type desk struct {
	*testing.T
	v    *Viewer
	host *host
}

func newDesk(t *testing.T) *desk {
	h := &host{}
	env := &screen.Env{
		Ctx: t.Context(), Host: h, Styles: theme.New(true, false), Now: func() time.Time { return time.Unix(0, 0) }, Location: time.UTC,
		Crash: func(v any, stack []byte) { t.Errorf("%v\n%s", v, stack) },
	}
	d := &desk{t, New(env), h}
	d.v.Resize(60, 12)
	return d
}

// run runs commands until none comes any more.
func (d *desk) run(cmd tea.Cmd) {
	d.Helper()
	for cmd != nil {
		cmd = d.v.Update(cmd())
	}
}

func (d *desk) show(name, typ, content string) []string {
	d.Helper()
	path := filepath.Join(d.TempDir(), "blob")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		d.Fatal(err)
	}
	d.open(path, name, typ, int64(len(content)))
	return d.view()
}

func (d *desk) open(path, name, typ string, size int64) {
	d.Helper()
	f := store.Attachment{ID: time.Now().UnixNano(), Name: name, Type: typ, State: store.Kept, Bytes: size}
	d.run(d.v.Show(screen.Source{File: f, Path: path, Whole: true, Done: size, Total: size}))
}

// view is the screen without colours; every line has the width it must have and
// nothing that a terminal would act on.
func (d *desk) view() []string {
	d.Helper()
	lines := d.v.View(d.v.w, d.v.h, true)
	if len(lines) != d.v.h {
		d.Fatalf("%d lines, want %d", len(lines), d.v.h)
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		s := ansi.Strip(l)
		if kit.Width(s) != d.v.w || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }) || !utf8.ValidString(s) {
			d.Fatalf("line %d: %d cells, want %d: %q", i, kit.Width(s), d.v.w, l)
		}
		out[i] = strings.TrimRight(s, " ")
	}
	return out
}

func (d *desk) do(a keymap.Action) {
	d.Helper()
	cmd, ok := d.v.Do(a)
	if !ok {
		d.Fatalf("%s is not for it", a)
	}
	d.run(cmd)
}

func want(t *testing.T, got []string, lines ...string) {
	t.Helper()
	for i, w := range lines {
		if i >= len(got) || got[i] != w {
			t.Fatalf("line %d is not %q:\n%s", i, w, strings.Join(got, "\n"))
		}
	}
}

func TestText(t *testing.T) {
	d := newDesk(t)
	got := d.show("a.txt", "text/plain", "First\n\ttabbed\rover\n"+strings.Repeat("word ", 20)+"end\n\x1b[31mred\x1b[0m \u202eback\u202c \x07")
	want(t, got, " Text, UTF-8, 148 B", " First", "         tabbed", " over",
		" word word word word word word word word word word word word", " word word word word word word word word end", " red back")
}

func TestCharsets(t *testing.T) {
	for name, c := range map[string]struct{ in, set string }{
		"UTF-8":        {"Grüße €", "UTF-8"},
		"with a mark":  {"\xef\xbb\xbfGrüße €", "UTF-8"},
		"Windows":      {"Gr\xfc\xdfe \x80", "Windows-1252"},
		"UTF-16 LE":    {"\xff\xfeG\x00r\x00\xfc\x00\xdf\x00e\x00 \x00\xac\x20", "UTF-16"},
		"UTF-16 BE":    {"\xfe\xff\x00G\x00r\x00\xfc\x00\xdf\x00e\x00 \x20\xac", "UTF-16"},
		"without mark": {"G\x00r\x00\xfc\x00\xdf\x00e\x00 \x00\xac\x20", "UTF-16"},
	} {
		got := newDesk(t).show("a.txt", "text/plain", c.in)
		if !strings.HasPrefix(got[0], " Text, "+c.set) || got[1] != " Grüße €" {
			t.Errorf("%s: %q", name, got[:2])
		}
	}
}

func TestTable(t *testing.T) {
	d := newDesk(t)
	got := d.show("calls.csv", "text/csv", "name,calls,\"last, seen\"\r\n\"Orlov, Dmitri\",7,2026-11-20\r\n=cmd(),120,\x1b[2J\r\nlonger name here,3,\r\n")
	want(t, got, " Table, 3 rows in 3 columns, UTF-8, 93 B",
		" name              calls  last, seen",
		" Orlov, Dmitri         7  2026-11-20",
		" =cmd()              120",
		" longer name here      3")
	d.v.Resize(20, 6)
	d.do(keymap.PanRight)
	want(t, d.view()[1:], "         calls  last", " tri         7  2026")
	d.v.Resize(60, 6)
	if got := d.show("no.csv", "text/csv", "only one\nthing in it\n"); got[1] != " Said to be a table, but it has no columns" {
		t.Errorf("%q", got)
	}
	if got := d.show("semi.csv", "text/plain", "a;b\n1;2\n"); !strings.Contains(got[0], "Table, 1 row in 2 columns") {
		t.Errorf("%q", got)
	}
}

func TestJSON(t *testing.T) {
	d := newDesk(t)
	d.v.Resize(60, 20)
	got := d.show("x.json", "application/json", `{"id":12345678901234567890,"e":{},"l":[],"list":[1,"two",null,true],"s":"a\u001b[31m\u202eb","long":"`+strings.Repeat("x", 5000)+`"}`)
	want(t, got, " JSON, UTF-8, 5.1 kB", " {", `   "id": 12345678901234567890,`, `   "e": {},`, `   "l": [],`, `   "list": [`, "     1,", `     "two",`, "     null,", "     true", "   ],",
		`   "s": "a\u001b[31mb",`)
	if got := d.show("x.json", "application/json", `{"a": 1`); got[1] != " Not valid JSON; shown as it is" || got[2] != ` {"a": 1` {
		t.Errorf("%q", got)
	}
	if got := d.show("x.jsonl", "application/json", "{\"a\":1}\n{\"a\":2}\n"); !strings.Contains(got[0], "JSON, 2 values") {
		t.Errorf("%q", got)
	}
	deep := strings.Repeat("[", 100_000)
	if got := d.show("x.json", "application/json", deep); !strings.Contains(strings.Join(got, "\n"), "[[[") && !strings.Contains(got[1], "The first") {
		t.Errorf("%q", got[:3])
	}
}

func TestCard(t *testing.T) {
	d := newDesk(t)
	d.v.Resize(60, 20)
	got := d.show("c.vcf", "text/vcard", "BEGIN:VCARD\r\nVERSION:3.0\r\nN:O'Neil;Ann\\;Marie;;Dr.;\r\nFN:Dr. Ann O'Neil\r\nORG:Harbor Street;Front Desk\r\nTEL;TYPE=CELL,VOICE,pref:+16505550123\r\n"+
		"TEL;TYPE=WORK;TYPE=FAX:+1 650 555 0199\r\nEMAIL;TYPE=INTERNET:ann@example.com\r\nADR;TYPE=WORK:;;12 Main St;San Mateo;CA;94401;USA\r\nNOTE:line one\\nline\r\n  two\x1b[2J\r\nPHOTO;ENCODING=b:QUJDRA==\r\nEND:VCARD\r\n")
	want(t, got, " Contact card, UTF-8, 339 B", " Name       Dr. Ann O'Neil", " Company    Harbor Street, Front Desk", " Number     +16505550123  (cell)", " Number     +1 650 555 0199  (fax work)",
		" Mail       ann@example.com", " Address    12 Main St, San Mateo, CA 94401, USA  (work)", " Note       line one", "            line two", " Photo      a picture of about 6 B, not shown")
	cmd, ok := d.v.Do(keymap.CopyNumber)
	if c, is := cmd().(screen.Copy); !ok || !is || c.Text != "+16505550123" {
		t.Error("no number copied")
	}
	if c, ok := d.v.Card(); !ok || c.Name != "Dr. Ann O'Neil" || len(c.Numbers) != 2 {
		t.Errorf("%+v", c)
	}
	// Version 2.1 as old telephones write it.
	got = d.show("old.vcf", "text/x-vcard", "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=\r\n=C3=BCrgen\r\nTEL;CELL;PREF:+16505550144\r\nTEL;HOME:650 555 0145\r\nEND:VCARD\r\n")
	want(t, got[1:], " Name       Jürgen Müller", " Number     +16505550144  (cell)", " Number     650 555 0145  (home)")
	if got := d.show("x.vcf", "text/vcard", "BEGIN:VCARD\nnothing\n"); got[1] != " Said to be a contact card, but none can be read from it" {
		t.Errorf("%q", got[:2])
	}
}

func TestHex(t *testing.T) {
	d := newDesk(t)
	d.v.Resize(80, 14)
	got := d.show("x.bin", "image/jpeg", "\x00\x01MZ\x1b[2J"+strings.Repeat("A", 5000))
	want(t, got, " No text, picture or sound", " The first 4,096 bytes are shown", " Name       x.bin", " Type       application/octet-stream", " Said to be image/jpeg", " Size       5.0 kB (5,008 bytes)")
	if !strings.HasPrefix(got[6], " SHA-256    ") || got[8] != " 00000000  00 01 4d 5a 1b 5b 32 4a  41 41 41 41 41 41 41 41  ..MZ.[2JAAAAAAAA" {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	d.v.Resize(44, 14)
	if got := d.view(); got[8] != " 00000000  00 01 4d 5a 1b 5b 32 4a  ..MZ.[2J" && !strings.Contains(strings.Join(got, "\n"), "00000000  00 01 4d 5a 1b") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if got := d.show("e", "text/plain", ""); got[0] != " An empty file" {
		t.Errorf("%q", got[0])
	}
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	return b.String()
}

func TestScroll(t *testing.T) {
	d := newDesk(t)
	d.v.Resize(30, 11) // ten lines of text
	d.show("a", "text/plain", numbered(95))
	for _, c := range []struct {
		a    keymap.Action
		line string
	}{
		{keymap.PageDown, "line 10"},
		{keymap.Down, "line 11"},
		{keymap.HalfPageDown, "line 15"},
		{keymap.Up, "line 14"},
		{keymap.Bottom, "line 86"},
		{keymap.Play, "line 1"},
		{keymap.Play, "line 10"},
		{keymap.MediaForward, "line 19"},
		{keymap.MediaBack, "line 10"},
		{keymap.MediaStart, "line 1"},
	} {
		d.do(c.a)
		if got := d.view()[1]; got != " "+c.line {
			t.Fatalf("after %s: %q, want %s", c.a, got, c.line)
		}
	}
}

func TestFind(t *testing.T) {
	d := newDesk(t)
	d.v.Resize(30, 11)
	d.show("a", "text/plain", numbered(3000))
	find := func(s string) {
		t.Helper()
		d.do(keymap.FindInFile)
		cmd, err := d.host.prompt.Enter(s)
		if err != nil {
			t.Fatal(err)
		}
		d.run(cmd)
	}
	has := func(s string) bool { return strings.Contains(strings.Join(d.view(), "\n"), s) }
	if find("LINE 777"); !has("line 777") {
		t.Errorf("%q", d.view())
	}
	if d.do(keymap.FindInFile); d.host.prompt.Value != "LINE 777" {
		t.Error("what was looked for is not kept")
	}
	if find("99"); !has("line 799") {
		t.Errorf("%q", d.view())
	}
	if find("99"); !has("line 899") {
		t.Errorf("%q", d.view())
	}
	if find("nowhere"); d.host.said != `"nowhere" is not in it` {
		t.Error(d.host.said)
	}
	if find("line 12"); !has("line 1200") {
		t.Errorf("%q", d.view())
	}
}

// TestSparse: a gigabyte without a line break or a letter costs no more than its
// beginning.
func TestSparse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huge")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(strings.Repeat("text ", 300_000)); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(1 << 30); err != nil {
		t.Skip(err)
	}
	d := newDesk(t)
	d.open(path, "huge.txt", "text/plain", 1<<30)
	for range 40 {
		d.do(keymap.Bottom)
	}
	if got := strings.Join(d.view(), "\n"); !strings.Contains(got, "Here are the first 17 MB of 1.1 GB") {
		t.Errorf("%s", got)
	}
	if n := len(d.v.sheet.lines); n > 20_000 {
		t.Errorf("%d lines", n)
	}
}

// TestStale: an answer for a file that is no longer shown is dropped.
func TestStale(t *testing.T) {
	d := newDesk(t)
	path := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := d.v.Show(screen.Source{File: store.Attachment{ID: 1}, Path: path, Whole: true, Done: 3})
	d.v.Close()
	d.run(cmd)
	if d.v.sheet != nil {
		t.Error("shows what was closed")
	}
	d.show("b", "text/plain", "new")
	if got := d.view()[1]; got != " new" {
		t.Error(got)
	}
}

func TestMissingFile(t *testing.T) {
	d := newDesk(t)
	d.open(filepath.Join(t.TempDir(), "no"), "a", "text/plain", 5)
	if got := d.view()[0]; !strings.HasPrefix(got, " This file cannot be shown") {
		t.Error(got)
	}
}

func fuzzed(f *testing.F, name, typ string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s), 60)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte, w int) {
		path := filepath.Join(dir, fmt.Sprint(os.Getpid()))
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		d := newDesk(t)
		d.v.Resize(5+abs(w)%150, 9)
		d.open(path, name, typ, int64(len(b)))
		d.view()
		for _, a := range []keymap.Action{keymap.PageDown, keymap.PanRight, keymap.Bottom, keymap.Up} {
			d.do(a)
			d.view()
		}
		d.v.find = "a"
		d.run(d.v.search())
		d.view()
	})
}

func abs(n int) int { return max(n, -(n + 1)) }

func FuzzText(f *testing.F) {
	fuzzed(f, "a.txt", "text/plain", "one\ntwo\x1b[2J\n", "\xff\xfea\x00", strings.Repeat("x", 9000), "\u202e\u0335\U0001f469\u200d", "a\x00b")
}

func FuzzTable(f *testing.F) {
	fuzzed(f, "a.csv", "text/csv", "a,b\n1,2\n", "a;b\n\"x\";\n", "a\tb\n", "\"open,\n")
}

func FuzzJSON(f *testing.F) {
	fuzzed(f, "a.json", "application/json", `{"a":[1,{"b":null}]}`, `[[[[`, `{"a":"\u202e"}`, "1 2 3", `{"a"`)
}

func FuzzCard(f *testing.F) {
	fuzzed(f, "a.vcf", "text/vcard", "BEGIN:VCARD\nVERSION:3.0\nFN:A\nTEL;TYPE=CELL:1\nEND:VCARD\n",
		"BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=C3=\n=BC;B\nTEL;CELL:+1\nEND:VCARD\n", "BEGIN:VCARD\n x\n\n x\nPHOTO;BASE64:\n AAAA\n")
}

// TestCancelled: a file nobody looks at any more is not read to its end.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := hashed(ctx, os.DevNull); err == nil {
		t.Error("went on")
	}
}
