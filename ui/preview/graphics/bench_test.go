package graphics

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
)

// turner turns pages of a fax in a box of 100 by 58 cells of 9 by 18 pixels,
// through the renderer that Bubble Tea has, and counts what the terminal gets.
type turner struct {
	pages [2]*Picture
	layer *Layer
	scr   *uv.TerminalRenderer
	cells uv.ScreenBuffer
	frame bytes.Buffer
	bytes int
}

const boxCols, boxRows = 100, 58

func (t *turner) Write(b []byte) (int, error) { t.bytes += len(b); return len(b), nil }

func newTurner(tb testing.TB, term Terminal) *turner {
	tb.Helper()
	t := &turner{cells: uv.NewScreenBuffer(boxCols, boxRows)}
	for i, page := range faxes() {
		img, c, r := fit(term, page, boxCols, boxRows)
		t.pages[i] = mustDraw(tb, term, img, c, r)
	}
	t.layer = New(t, Setup{})
	t.scr = uv.NewTerminalRenderer(&t.frame, []string{"TERM=xterm-256color"})
	t.scr.SetColorProfile(colorprofile.TrueColor)
	t.scr.SetFullscreen(true)
	t.scr.SetScrollOptim(true)
	t.scr.Resize(boxCols, boxRows)
	t.turn(0)
	t.turn(1)
	t.bytes = 0
	return t
}

// turn shows a page as Bubble Tea would.
func (t *turner) turn(i int) {
	p := t.pages[i]
	t.cells.Clear()
	uv.NewStyledString(strings.Join(p.Lines, "\n")).Draw(t.cells, t.cells.Bounds())
	t.frame.WriteString("\x1b]2;" + t.layer.Title("x", []Placed{{Picture: p}}) + "\a")
	t.scr.Render(t.cells.RenderBuffer)
	if err := t.scr.Flush(); err != nil {
		panic(err)
	}
	if _, err := t.layer.Write(t.frame.Bytes()); err != nil {
		panic(err)
	}
	t.frame.Reset()
}

func benchTerminals() []Terminal {
	var all []Terminal
	for _, m := range []Mode{Kitty, KittyDirect, Sixel, ITerm} {
		all = append(all, Terminal{Mode: m, Colors: 1 << 24, CellW: 9, CellH: 18})
	}
	for _, m := range cellModes() {
		all = append(all, Terminal{Mode: m, Colors: 1 << 24})
	}
	return append(all, Terminal{Mode: Quadrants, Colors: 16}, Terminal{Mode: Quadrants, Colors: 2})
}

func (t Terminal) label() string {
	return t.Mode.String() + map[int]string{16: "-16", 2: "-mono"}[t.Colors]
}

// BenchmarkTurn turns to a page that is drawn already, up to the bytes written.
func BenchmarkTurn(b *testing.B) {
	for _, term := range benchTerminals() {
		b.Run(term.label(), func(b *testing.B) {
			t := newTurner(b, term)
			n := 0
			for b.Loop() {
				t.turn(n % 2)
				n++
			}
			b.ReportMetric(float64(t.bytes)/float64(n), "bytes/turn")
		})
	}
}

// BenchmarkDraw draws a page of the size it has on the screen.
func BenchmarkDraw(b *testing.B) {
	for _, term := range benchTerminals() {
		img, c, r := fit(term, faxes()[0], boxCols, boxRows)
		b.Run(term.label(), func(b *testing.B) {
			for b.Loop() {
				mustDraw(b, term, img, c, r)
			}
		})
	}
	for _, term := range benchTerminals()[:5] {
		img := photo(term.Pixels(80, 30))
		b.Run("photo-"+term.label(), func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = mustDraw(b, term, img, 80, 30).Bytes()
			}
			b.ReportMetric(float64(n), "bytes")
		})
	}
}

// TestBytesATurn holds what a page turn may cost. With cells only changed
// ones are written, so that a page turned to itself costs nothing.
func TestBytesATurn(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	most := map[string]int{
		"kitty": 38_000, "kitty-direct": 38_000, "sixel": 130_000, "iterm2": 38_000,
		"blocks": 30_000, "quadrants": 54_000, "sextants": 58_000, "braille": 6_000, "quadrants-16": 12_000, "quadrants-mono": 5_000,
	}
	for _, term := range benchTerminals() {
		x := newTurner(t, term)
		x.turn(0)
		turned := x.bytes
		x.turn(0)
		if again := x.bytes - turned; again > 20 {
			t.Errorf("%s: the same page again takes %d bytes", term.label(), again)
		}
		if turned > most[term.label()] || turned == 0 {
			t.Errorf("%s: a page turn takes %d bytes, want at most %d", term.label(), turned, most[term.label()])
		}
	}
}
