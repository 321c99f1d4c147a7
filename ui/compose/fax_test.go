package compose

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

func TestFaxForm(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	file := filepath.Join(dir, "letter one.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.4"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.open(screen.Letter{Kind: store.SendFax})
	d.press("6505551234", "Enter") // what is faxed is missing
	if l := d.m.cur; l.focus != filesField || l.path.String() != "~/" {
		t.Fatalf("%+v", l.focus)
	}
	d.press("let", "Tab")
	if got := d.m.cur.path.String(); got != "~/letter one.pdf" {
		t.Fatal(got)
	}
	d.press("Enter")
	if l := d.m.cur; len(l.files) != 1 || l.files[0].path != file || l.fault != "" {
		t.Fatalf("%+v %q", l.files, l.fault)
	}
	for typed, want := range map[string]string{"~/none.pdf": "none.pdf cannot be read: no such file", "~/": "", dir: "is a folder"} {
		d.m.cur.path.Set("")
		d.m.cur.focus = filesField
		if typed == "~/" {
			continue
		}
		d.press(typed, "Enter")
		if !strings.Contains(d.fault(), want) {
			t.Errorf("%s: %q", typed, d.fault())
		}
	}
	d.m.cur.path.Set("")
	d.press("M-c", "right", "right", "M-s", "soon", "Enter")
	if !strings.Contains(d.fault(), `"soon" is no time`) {
		t.Fatal(d.fault())
	}
	d.press("C-u", "tomorrow 8", "Enter")
	if l := d.m.cur; l.at.Format(time.DateTime) != "2026-11-20 08:00:00" || len(d.sends) != 0 {
		t.Fatalf("%v", l.at)
	}
	d.m.cur.focus = fineField
	d.press(" ", "Tab", "Tab", "Please sign")
	s := d.show(80, 22)
	for _, want := range []string{"Fax to (650) 555-1234", "letter one.pdf", "8 B", "Contempo", "fine", "Fri 20 Nov 2026 08:00", "Please sign", "u takes it back until it goes"} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not shown:\n%s", want, s)
		}
	}
	d.press("Enter")
	if len(d.sends) != 1 {
		t.Fatal(d.fault())
	}
	if n := d.sends[0]; !n.Fine || n.Cover != "7" || n.Text != "Please sign" || n.At.Hour() != 8 || !slices.Equal(n.Files, []string{file}) || n.From != "" {
		t.Errorf("%+v", n)
	}
}

// A file that is made is there when the message goes, also when Enter comes before it.
func TestFilesAreMade(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	d.hold = true
	d.open(screen.Letter{Kind: store.SendFax, To: to("", "+14155550142"), Files: []screen.LetterFile{{Name: "fax.pdf", Words: "page 2 turned", Write: func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "%PDF")
		return err
	}}}})
	d.hold = false
	held := d.held
	d.held, d.hold = nil, true
	for _, c := range held {
		msg := c()
		d.run(d.m.Update(msg)) // open; the file is still being made
	}
	if s := d.show(80, 22); !strings.Contains(s, "page 2 turned") || !strings.Contains(s, "being made") {
		t.Fatal(s)
	}
	d.press("Enter")
	if !d.m.Busy() {
		t.Fatal("it does not wait for its pages")
	}
	d.release()
	for range 5 {
		d.release()
	}
	if len(d.sends) != 1 || len(d.sends[0].Files) != 1 || filepath.Base(d.sends[0].Files[0]) != "fax.pdf" {
		t.Fatalf("%+v", d.sends)
	}
	d.open(screen.Letter{Kind: store.SendFax, To: to("", "+14155550142"), Files: []screen.LetterFile{{Name: "fax.pdf", Write: func(context.Context, io.Writer) error { return errors.New("the page is damaged") }}}})
	if !strings.Contains(d.fault(), "the page is damaged") || len(d.m.cur.files) != 0 {
		t.Errorf("%q", d.fault())
	}
}

func TestRetryUnchangedAndChanged(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	failed := screen.Letter{Kind: store.SendFax, To: to("Bo", "+14155550142"), Resend: 9, Whole: "the fax to Bo, 2 pages", Retry: 9}
	d.open(failed)
	d.press("Enter")
	if !slices.Equal(d.retried, []store.ID{9}) || len(d.sends) != 0 {
		t.Fatalf("%v %v", d.retried, d.sends)
	}
	d.open(failed)
	d.press("C-u", "2025550142", "Enter")
	if len(d.retried) != 1 || len(d.sends) != 1 || d.sends[0].Resend != 9 || len(d.sends[0].To) != 1 || d.sends[0].To[0].Number != "+12025550142" {
		t.Fatalf("%v %+v", d.retried, d.sends)
	}
}

// Whatever the size, what is drawn fits, the cursor is in it, and nothing hostile gets out.
func TestViewFits(t *testing.T) {
	d := newDesk(t, newStore(t, t.TempDir()))
	hostile := "\x1b]0;x\x07Evil \x1b[2J\u202e名前が長い\r\n name"
	for _, kind := range []store.SendKind{store.SendText, store.SendFax, store.SendPager} {
		d.open(screen.Letter{Kind: kind, To: []store.Recipient{{Name: hostile, Number: "+14155550142"}, {Name: strings.Repeat("long ", 30), Extension: "12"}}, Text: hostile + strings.Repeat(" many words\n", 40), About: store.CleanLine(hostile)})
		d.m.cur.files = append(d.m.cur.files, file{path: "/tmp/" + hostile})
		for _, f := range d.m.cur.fields() {
			d.m.cur.focus = f
			for _, size := range [][2]int{{60, 13}, {80, 22}, {120, 38}, {24, 6}} {
				lines := d.m.View(size[0], size[1])
				if len(lines) == 0 || len(lines) > size[1] {
					t.Fatalf("%s: %d lines in %v", kind, len(lines), size)
				}
				for _, l := range lines {
					plain := ansi.Strip(l)
					if w := kit.Width(plain); w != size[0] {
						t.Fatalf("%s, field %d in %v: %d cells: %q", kind, f, size, w, plain)
					}
					if strings.ContainsAny(plain, "\x1b\x07\r\u202e") {
						t.Fatalf("%q", plain)
					}
				}
				if x, y := d.m.Cursor(); x < 0 || x >= size[0] || y < 1 || y >= len(lines)-1 {
					t.Fatalf("%s, field %d in %v: the cursor is at %d,%d of %d lines", kind, f, size, x, y, len(lines))
				}
			}
		}
		d.press("Esc")
	}
}
