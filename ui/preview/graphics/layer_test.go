//go:build unix

package graphics

import (
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi/kitty"
	"github.com/creack/pty"
)

// show is a program with a list on the left, a picture on the right and an
// overlay at times. Each frame says its number at the top left.
type show struct {
	l       *Layer
	w, h    int
	n, top  int
	x, y    int
	picture *Picture
	overlay bool
	wide    bool // there are wide characters, whose lines are written whole
}

type turn func(*show) tea.Cmd

func (s *show) Init() tea.Cmd { return nil }

func (s *show) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	s.l.Answer(msg)
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		s.w, s.h = msg.Width, msg.Height
	case turn:
		s.n++
		return s, msg(s)
	}
	return s, nil
}

func (s *show) placed() []Placed {
	if s.picture == nil || s.overlay {
		return nil
	}
	return []Placed{{X: s.x, Y: s.y, Picture: s.picture}}
}

func (s *show) View() tea.View {
	lines := make([]string, s.h)
	for y := range lines {
		left := fmt.Sprintf("%4d of the list %s", s.top+y, strings.Repeat("x", (s.top+y+100)%5))
		if s.wide && (s.top+y)%7 == 0 {
			left = fmt.Sprintf("%4d 漢字 ❤️ list", s.top+y)
		}
		if y == 0 {
			left = fmt.Sprintf("frame %d;", s.n)
		}
		left = left + strings.Repeat(" ", max(s.x-2-widthOf(left), 0)) + "│ "
		if p := s.picture; p != nil && !s.overlay && y >= s.y && y < s.y+p.Rows {
			left += p.Lines[y-s.y] + "▏"
		} else if s.overlay && y > 2 && y < 6 {
			left += "over it all"
		}
		lines[y] = left
	}
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen = true
	v.WindowTitle = s.l.Title("show", s.placed())
	return v
}

func widthOf(s string) int { return strings.Count(s, "") - 1 + 2*strings.Count(s, "漢") }

// stage runs the program on a terminal of w by h cells.
type stage struct {
	*testing.T
	scr  *screen
	prog *tea.Program
	show *show
	n    int
	over chan error
}

func newStage(t *testing.T, w, h int) *stage {
	t.Helper()
	master, tty, err := pty.Open() // with input from elsewhere, new lines would be others
	if err != nil {
		t.Skip("no pseudo terminal: ", err)
	}
	t.Cleanup(func() { _, _ = master.Close(), tty.Close() })
	return newStageWith(t, w, h, tty)
}

func newStageWith(t *testing.T, w, h int, input io.Reader) *stage {
	t.Helper()
	scr := newScreen(w, h)
	l := New(scr, Setup{})
	st := &stage{T: t, scr: scr, show: &show{l: l, x: 30, y: 2}, over: make(chan error, 1)}
	st.prog = tea.NewProgram(st.show, tea.WithOutput(l), tea.WithInput(input), tea.WithWindowSize(w, h), tea.WithFPS(120),
		tea.WithColorProfile(colorprofile.TrueColor), tea.WithoutSignalHandler(), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
	go func() {
		_, err := st.prog.Run()
		st.over <- err
	}()
	st.do(func(*show) tea.Cmd { return nil })
	return st
}

// do changes something and waits until its frame is on the screen.
func (s *stage) do(f turn) {
	s.Helper()
	s.n++
	s.prog.Send(f)
	want := fmt.Sprintf("frame %d;", s.n)
	late := time.AfterFunc(10*time.Second, func() {
		s.scr.mu.Lock()
		s.scr.alt, s.scr.cells = false, nil
		s.scr.mu.Unlock()
		s.scr.change.Broadcast()
	})
	defer late.Stop()
	s.scr.mu.Lock()
	defer s.scr.mu.Unlock()
	for s.scr.cells != nil && !strings.HasPrefix(s.scr.text(0), want) {
		s.scr.change.Wait()
	}
	if s.scr.cells == nil {
		s.Fatal("the frame did not come: " + want)
	}
}

func (s *stage) quit() {
	s.Helper()
	s.prog.Quit()
	if err := <-s.over; err != nil {
		s.Fatal(err)
	}
}

// right checks that of the picture all is there, and of others nothing.
func (s *stage) right(what string) {
	s.Helper()
	s.scr.mu.Lock()
	defer s.scr.mu.Unlock()
	p := s.show.picture
	if s.show.overlay {
		p = nil
	}
	if u := s.scr.unknown; len(u) > 0 {
		s.Fatalf("%s: the terminal does not know %q", what, u)
	}
	for y := range s.scr.h {
		for x := range s.scr.w {
			want := 0
			if p != nil && (p.mode == Sixel || p.mode == ITerm) && x >= s.show.x && x < s.show.x+p.used[0] && y >= s.show.y && y < s.show.y+p.used[1] {
				want = p.pixels.X*10_000 + p.pixels.Y
				if p.mode == ITerm {
					want = p.used[0]*10*10_000 + p.used[1]*20
				}
			}
			if got := s.scr.cells[y][x].part; got != want {
				s.Fatalf("%s: cell %d,%d shows picture %d, want %d", what, x, y, got, want)
			}
		}
	}
	count := map[bool]int{}
	if p != nil {
		count = map[bool]int{true: 1}
	}
	switch {
	case p == nil || p.mode == Sixel || p.mode == ITerm:
		if len(s.scr.images)+len(s.scr.places) != 0 {
			s.Fatalf("%s: kitty still has %v at %v", what, s.scr.images, s.scr.places)
		}
	case len(s.scr.images) != count[true]:
		s.Fatalf("%s: kitty has %v", what, s.scr.images)
	case p.mode == Kitty:
		if c := s.scr.cells[s.show.y][s.show.x].text; !strings.HasPrefix(c, string(kitty.Placeholder)) {
			for y := range s.scr.h {
				s.Log(s.scr.text(y))
			}
			s.Fatalf("%s: %q where a placeholder should be", what, c)
		}
	case p.mode == KittyDirect:
		for _, at := range s.scr.places {
			if want := [4]int{s.show.x, s.show.y, p.used[0], p.used[1]}; *at != want {
				s.Fatalf("%s: the picture is at %v, want %v", what, *at, want)
			}
		}
		if len(s.scr.places) != 1 {
			s.Fatalf("%s: %d pictures", what, len(s.scr.places))
		}
	}
}

func graphicModes() []Mode { return []Mode{Kitty, KittyDirect, Sixel, ITerm} }

// TestNothingIsLeftBehind does all that happens to pictures, in an order drawn
// by lot, under the real renderer.
func TestNothingIsLeftBehind(t *testing.T) {
	for _, mode := range graphicModes() {
		t.Run(mode.String(), func(t *testing.T) {
			term := Terminal{Mode: mode, Colors: 1 << 24, CellW: 10, CellH: 20}
			var pictures []*Picture
			for i := range 3 {
				img := image.NewGray(image.Rect(0, 0, 200+5*i, 240))
				for j := range img.Pix {
					img.Pix[j] = uint8(j * (i + 1))
				}
				pictures = append(pictures, mustDraw(t, term, img, 22, 14))
			}
			pictures = append(pictures, mustDraw(t, term, photo(77, 66), 10, 5))
			lots := rand.New(rand.NewPCG(1, uint64(mode)))
			st := newStage(t, 80, 24)
			st.do(func(s *show) tea.Cmd { s.picture = pictures[0]; return nil })
			st.right("the first picture")
			for i := range 80 {
				what, f := lot(lots.IntN(11), pictures, lots.IntN(1000))
				if what == "resize" {
					w, h := 70+lots.IntN(30), 20+lots.IntN(15)
					st.scr.resize(w, h)
					st.prog.Send(tea.WindowSizeMsg{Width: w, Height: h})
				}
				st.do(f)
				st.right(fmt.Sprintf("%d: %s", i, what))
			}
			st.do(func(s *show) tea.Cmd { s.picture, s.overlay = pictures[1], false; return nil })
			st.right("the last picture")
			st.quit()
			st.show.picture = nil
			st.right("the end")
			if st.scr.alt {
				t.Error("the screen was not left")
			}
			for _, title := range st.scr.titles {
				if title != "show" && title != "" {
					t.Errorf("a title %q went out", title)
				}
			}
		})
	}
}

func lot(n int, pictures []*Picture, m int) (what string, f turn) {
	switch n {
	case 0, 1:
		return "page turn", func(s *show) tea.Cmd { s.picture = pictures[m%len(pictures)]; return nil }
	case 2, 3:
		return "scroll", func(s *show) tea.Cmd { s.top += m%5 - 2; return nil }
	case 4:
		return "page of the list", func(s *show) tea.Cmd { s.top += m; return nil }
	case 5:
		return "overlay", func(s *show) tea.Cmd { s.overlay = !s.overlay; return nil }
	case 6:
		return "clear", func(*show) tea.Cmd { return tea.ClearScreen }
	case 7:
		return "no picture", func(s *show) tea.Cmd { s.picture = nil; return nil }
	case 8:
		return "resize", func(*show) tea.Cmd { return nil }
	case 9:
		return "move", func(s *show) tea.Cmd { s.x, s.y = 30+m%5, 1+m%4; return nil }
	}
	return "wide characters", func(s *show) tea.Cmd { s.wide = !s.wide; return nil }
}

// TestKeysInTheListLeaveThePictureAlone counts what a move in the list beside a
// picture costs: not the picture.
func TestKeysInTheListLeaveThePictureAlone(t *testing.T) {
	p := mustDraw(t, Terminal{Mode: Sixel, Colors: 256, CellW: 10, CellH: 20}, photo(400, 300), 40, 15)
	st := newStage(t, 100, 30)
	st.do(func(s *show) tea.Cmd { s.picture = p; return nil })
	before := st.scr.bytes
	for range 5 {
		st.do(func(*show) tea.Cmd { return nil })
	}
	if n := st.scr.bytes - before; n > 500 {
		t.Errorf("5 frames with another number wrote %d bytes", n)
	}
	st.right("beside it")
	st.quit()
}

// TestCrash ends the program at once, as a panic does: the picture goes with it.
// There is no input, which Bubble Tea closes while it is still being read.
func TestCrash(t *testing.T) {
	for _, mode := range graphicModes() {
		p := mustDraw(t, Terminal{Mode: mode, Colors: 256, CellW: 10, CellH: 20}, photo(40, 40), 4, 2)
		st := newStageWith(t, 80, 24, nil)
		st.do(func(s *show) tea.Cmd { s.picture = p; return nil })
		st.prog.Kill()
		<-st.over
		st.show.picture = nil
		st.right(mode.String())
		if st.scr.alt {
			t.Errorf("%v: the screen was not left", mode)
		}
	}
}

// pictured is a screen of 40 by 10 with a picture on it, from column 3 and row 4.
func pictured(t *testing.T, mode Mode) (*screen, *Layer) {
	t.Helper()
	scr := newScreen(40, 10)
	l := New(scr, Setup{})
	p := mustDraw(t, Terminal{Mode: mode, Colors: 256, CellW: 10, CellH: 20}, photo(40, 40), 4, 2)
	write(t, l, "\x1b[?1049h")
	write(t, l, "\x1b]2;"+l.Title("x", []Placed{{3, 4, p}})+"\a")
	return scr, l
}

// TestClear takes away what a program left that never came to its end.
func TestClear(t *testing.T) {
	for _, mode := range graphicModes() {
		scr, l := pictured(t, mode)
		if n := len(scr.images) + scr.cells[4][3].part; n == 0 {
			t.Fatalf("%v: no picture", mode)
		}
		if err := l.Clear(); err != nil {
			t.Fatal(err)
		}
		if n := len(scr.images) + len(scr.places) + scr.cells[4][3].part; n != 0 {
			t.Errorf("%v: something is left", mode)
		}
		before := scr.bytes
		if err := l.Clear(); err != nil || scr.bytes != before {
			t.Errorf("%v: cleared twice", mode)
		}
	}
}

// TestTmuxWraps hands what is not text through tmux.
func TestTmuxWraps(t *testing.T) {
	scr := newScreen(40, 10)
	l := New(scr, Setup{Tmux: true})
	p := mustDraw(t, Terminal{Mode: Kitty, Colors: 256, Tmux: true}, photo(400, 400), 4, 2)
	write(t, l, "\x1b[?1049h")
	write(t, l, "\x1b]2;"+l.Title("x", []Placed{{3, 4, p}})+"\a")
	write(t, l, "\x1b]2;x\a")
	if len(scr.images) != 0 || len(scr.wrapped) > 4000 || !strings.Contains(string(scr.wrapped), "a=T") || !strings.Contains(string(scr.wrapped), "a=d") || len(scr.unknown) > 0 {
		t.Errorf("%v, %d bytes, %q", scr.images, len(scr.wrapped), scr.unknown)
	}
}

// TestSuspend leaves the screen and comes back.
func TestSuspend(t *testing.T) {
	for _, mode := range graphicModes() {
		scr := newScreen(40, 10)
		l := New(scr, Setup{})
		p := mustDraw(t, Terminal{Mode: mode, Colors: 256, CellW: 10, CellH: 20}, photo(40, 40), 4, 2)
		write(t, l, "\x1b[?1049h")
		title := "\x1b]2;" + l.Title("x", []Placed{{3, 4, p}}) + "\a"
		write(t, l, title)
		write(t, l, "\x1b[10;1H\x1b[?1049l\x1b[?25h\x1b]2;\a")
		if n := len(scr.images) + len(scr.places) + scr.cells[4][3].part; n != 0 {
			t.Errorf("%v: something is left", mode)
		}
		write(t, l, "\x1b[?1049h\x1b[2J"+title)
		if n := len(scr.images) + scr.cells[4][3].part; n == 0 {
			t.Errorf("%v: it is not back", mode)
		}
	}
}

// TestScrolledBack scrolls the rows where a picture was that is gone.
func TestScrolledBack(t *testing.T) {
	for _, mode := range graphicModes() {
		scr, l := pictured(t, mode)
		write(t, l, "\x1b]2;x\a")
		write(t, l, "\x1b[3;8r\x1b[8;1H\x1b[2S\x1b[3;1H\x1b[2T\x1b[5;10r\x1b[5;1H\x1b[2T\x1b[1;10r")
		for y := range scr.h {
			for x := range scr.w {
				if scr.cells[y][x].part != 0 {
					t.Fatalf("%v: cell %d,%d shows the picture again", mode, x, y)
				}
			}
		}
	}
}

// TestOrder looks at the bytes: what erases goes before the frame, what puts
// after it, both inside of a synchronized update.
func TestOrder(t *testing.T) {
	var out strings.Builder
	l := New(&out, Setup{})
	term := Terminal{Mode: Sixel, Colors: 256, CellW: 10, CellH: 20}
	a, b := mustDraw(t, term, photo(40, 40), 4, 2), mustDraw(t, term, photo(30, 40), 4, 2)
	frame := func(text string, p *Picture) string {
		out.Reset()
		title := l.Title("x", []Placed{{3, 4, p}})
		write(t, l, "\x1b[?2026h\x1b]2;"+title+"\a"+text+"\x1b[?2026l")
		return out.String()
	}
	write(t, l, "\x1b[?1049h")
	got := frame("\x1b[Hone", a)
	if want := "\x1b[?2026h\x1b]2;x\a\x1b[Hone\x1b7\x1b[5;4H" + string(a.data) + "\x1b8\x1b[?2026l"; got != want {
		t.Errorf("the first: %.80q", got)
	}
	got = frame("\x1b[Htwo", b)
	if want := "\x1b[?2026h\x1b7\x1b[m\x1b[5;4H    \x1b[6;4H    \x1b8\x1b[Htwo\x1b7\x1b[5;4H" + string(b.data) + "\x1b8\x1b[?2026l"; got != want {
		t.Errorf("the second: %.120q", got)
	}
	got = frame("\x1b[Hthree", b)
	if want := "\x1b[?2026h\x1b[Hthree\x1b[?2026l"; got != want {
		t.Errorf("the same: %.80q", got)
	}
	if got = frame("", b); got != "\x1b[?2026h\x1b[?2026l" {
		t.Errorf("nothing: %.80q", got)
	}
}
