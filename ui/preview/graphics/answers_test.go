package graphics

import (
	"image/color"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
)

// events is what Bubble Tea makes of a terminal's bytes.
func events(b []byte) []tea.Msg {
	var d uv.EventDecoder
	var out []tea.Msg
	for len(b) > 0 {
		n, e := d.Decode(b)
		if n <= 0 {
			break
		}
		b = b[n:]
		switch e := e.(type) {
		case uv.TerminalVersionEvent:
			out = append(out, tea.TerminalVersionMsg(e))
		case uv.WindowSizeEvent:
			out = append(out, tea.WindowSizeMsg(e))
		case uv.BackgroundColorEvent:
			out = append(out, tea.BackgroundColorMsg(e))
		default:
			out = append(out, e)
		}
	}
	return out
}

// told is a layer that got answers, and what it asked further.
func told(s Setup, answers string) (l *Layer, asked string) {
	l = New(nil, s)
	l.Answer(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	l.Answer(tea.WindowSizeMsg{Width: 100, Height: 50})
	l.Probe()
	for _, e := range events([]byte(answers)) {
		ask, _ := l.Answer(e)
		asked += ask
	}
	return l, asked
}

const (
	kittyOK  = "\x1b_Gi=31;OK\x1b\\"
	kittyBad = "\x1b_Gi=31;EINVAL:no\x1b\\"
)

func version(s string) string { return "\x1bP>|" + s + "\x1b\\" }

func TestAnswers(t *testing.T) {
	tests := []struct {
		name    string
		setup   Setup
		answers string
		want    Mode
		w, h    int
		asks    string // part of what is asked further
	}{
		{"silent", Setup{}, "", Quadrants, 0, 0, ""},
		{"plain", Setup{}, "\x1b[?6c", Quadrants, 0, 0, ""},
		{"xterm", Setup{}, "\x1b[4;750;800t" + version("XTerm(379)") + "\x1b[?63;1;2;4;6;9;15;16;22;28c", Sixel, 8, 15, "?2;1;0S"},
		{"xterm without", Setup{}, version("XTerm(379)") + "\x1b[?64;1;2;6;9c", Quadrants, 0, 0, "a=q"},
		{"old kitty", Setup{}, "\x1b[6;15;7t" + version("kitty(0.26.5)") + "\x1b[?62;c" + kittyOK, KittyDirect, 7, 15, "a=q"},
		{"kitty", Setup{}, "\x1b[6;15;7t" + version("kitty(0.41.0)") + "\x1b[?62;c" + kittyOK, Kitty, 7, 15, "a=q"},
		{"kitty of one", Setup{}, version("kitty(1.0)") + "\x1b[?62;c" + kittyOK, Kitty, 0, 0, "a=q"},
		{"kitty says no", Setup{}, version("kitty(0.41.0)") + "\x1b[?62;c" + kittyBad, Sextants, 0, 0, "a=q"},
		{"ghostty", Setup{}, version("ghostty 1.1.3") + "\x1b[?62;22c" + kittyOK, Kitty, 0, 0, "a=q"},
		{"konsole", Setup{}, version("Konsole 24.12") + "\x1b[?62;1;4c" + kittyOK, KittyDirect, 0, 0, "a=q"},
		{"wezterm", Setup{}, version("WezTerm 20240203") + "\x1b[?65;4;6;18;22c", ITerm, 0, 0, "a=q"},
		{"iterm", Setup{ITerm: true}, version("iTerm2 3.5.1") + "\x1b[?62;4c", ITerm, 0, 0, "a=q"},
		{"only the environment", Setup{ITerm: true}, "", Quadrants, 0, 0, ""},
		{"environment and an answer", Setup{ITerm: true}, "\x1b[?62c", ITerm, 0, 0, "a=q"},
		{"environment of another", Setup{ITerm: true}, version("foot(1.16)") + "\x1b[?62;4;22c", Sixel, 0, 0, "?2;1;0S"},
		{"tmux", Setup{Tmux: true}, version("tmux 3.3a") + "\x1b[?1;2c", Quadrants, 0, 0, "\x1bPtmux;\x1b\x1b_G"},
		{"tmux with sixels", Setup{Tmux: true}, version("tmux 3.5a") + "\x1b[?1;2;4c", Sixel, 0, 0, "\x1bPtmux;"},
		{"tmux in kitty", Setup{Tmux: true}, version("tmux 3.5a") + "\x1b[?1;2c" + version("kitty(0.41.0)") + kittyOK, Kitty, 0, 0, "U=1"},
		{"tmux in an old kitty", Setup{Tmux: true}, version("tmux 3.5a") + "\x1b[?1;2c" + version("kitty(0.26.5)"), Sextants, 0, 0, "U=1"},
		{"tmux that hides kitty", Setup{Tmux: true}, version("tmux 3.5a") + "\x1b[?1;2c" + kittyOK, Kitty, 0, 0, "U=1"},
		{"tmux in wezterm", Setup{Tmux: true}, version("tmux 3.5a") + "\x1b[?1;2c" + version("WezTerm 2024") + kittyOK, Sextants, 0, 0, "U=1"},
		{"gnome", Setup{}, version("VTE(7600)") + "\x1b[?61;1;21;22c", Sextants, 0, 0, ""},
		{"old gnome", Setup{}, version("VTE(6003)") + "\x1b[?65;1;9c", Quadrants, 0, 0, "a=q"},
		{"chosen", Setup{Mode: Blocks}, version("kitty(0.41.0)") + "\x1b[?62;c" + kittyOK, Blocks, 0, 0, "a=q"},
		{"off", Setup{Mode: Off}, "\x1b[?62;4c", Off, 0, 0, ""},
		{"chosen though nothing is known", Setup{Mode: Sixel}, "", Sixel, 0, 0, ""},
		{"nonsense sizes", Setup{}, "\x1b[6;99999;1t\x1b[4;0;0t\x1b[?62;4c", Sixel, 0, 0, ""},
		{"negative", Setup{}, "\x1b[6;-5;-5t\x1b[4;750;-8t\x1b[?c", Quadrants, 0, 0, ""},
		{"not ours", Setup{}, "\x1b_Gi=7;OK\x1b\\\x1b[?62;1c", Quadrants, 0, 0, "a=q"},
	}
	for _, x := range tests {
		l, asked := told(x.setup, x.answers)
		got := l.Terminal()
		if got.Mode != x.want || got.CellW != x.w || got.CellH != x.h {
			t.Errorf("%s: %v with cells of %dx%d, want %v with %dx%d", x.name, got.Mode, got.CellW, got.CellH, x.want, x.w, x.h)
		}
		if !strings.Contains(asked, x.asks) || strings.Count(asked, "a=q") > 1 || x.asks == "" && strings.Contains(asked, "tmux") {
			t.Errorf("%s: asked %q, want %q", x.name, asked, x.asks)
		}
	}
}

func TestSixelLimits(t *testing.T) {
	l, _ := told(Setup{}, "\x1b[?62;4c\x1b[?1;0;16S\x1b[?2;0;1000;750S")
	if got := l.Terminal(); got.Registers != 16 || got.MaxW != 1000 || got.MaxH != 750 {
		t.Errorf("%+v", got)
	}
	l, _ = told(Setup{}, "\x1b[?62;4c\x1b[?1;3;0S\x1b[?2;0;1;1S\x1b[?2;0S\x1b[?9;9;9;9;9;9S\x1b[?1;0;99999999999S")
	if got := l.Terminal(); got.Registers != 0 || got.MaxW != 0 {
		t.Errorf("%+v", got)
	}
}

// TestLate lets answers come one after the other: the mode gets better, and
// what nobody else knows is kept from them.
// TestSixelLimitsOfAWindow asks again for what grows with the window.
func TestSixelLimitsOfAWindow(t *testing.T) {
	const question = "\x1b[?2;1;0S"
	l, _ := told(Setup{}, "\x1b[?62;4c\x1b[?2;0;800;600S")
	if got := l.Sizes(); !strings.Contains(got, question) {
		t.Errorf("after a resize %q is asked", got)
	}
	for _, e := range events([]byte("\x1b[?2;0;1000;900S")) {
		l.Answer(e)
	}
	if got := l.Terminal(); got.MaxW != 1000 || got.MaxH != 900 {
		t.Errorf("%+v", got)
	}
	if l, _ = told(Setup{}, "\x1b[?62c"); strings.Contains(l.Sizes(), question) {
		t.Error("a terminal without sixels is asked for their size")
	}
}

func TestLate(t *testing.T) {
	l := New(nil, Setup{})
	steps := []struct {
		msg  tea.Msg
		mine bool
		want Mode
	}{
		{tea.WindowSizeMsg{Width: 80, Height: 24}, false, Quadrants},
		{tea.KeyPressMsg{Code: 'x', Text: "x"}, false, Quadrants},
		{uv.PrimaryDeviceAttributesEvent{62, 4}, true, Sixel},
		{uv.CellSizeEvent{Width: 10, Height: 20}, true, Sixel},
		{uv.KittyGraphicsEvent{Payload: []byte("OK")}, true, Sixel}, // of another question
		{tea.TerminalVersionMsg{Name: "mystery"}, true, Sixel},
		{tea.BackgroundColorMsg{Color: color.White}, false, Sixel},
		{tea.ColorProfileMsg{Profile: colorprofile.ANSI}, false, Sixel},
	}
	for i, s := range steps {
		if _, mine := l.Answer(s.msg); mine != s.mine || l.Terminal().Mode != s.want {
			t.Errorf("step %d: mine %v, mode %v", i, mine, l.Terminal().Mode)
		}
	}
	if got := l.Terminal(); got.Dark || got.Colors != 16 || got.CellW != 10 {
		t.Errorf("%+v", got)
	}
}

// TestColours: with few colours there are no ids for placeholders, and who
// wants none gets none.
func TestColours(t *testing.T) {
	for profile, want := range map[colorprofile.Profile]int{
		colorprofile.TrueColor: 1 << 24, colorprofile.ANSI256: 256, colorprofile.ANSI: 16, colorprofile.ASCII: 2, colorprofile.NoTTY: 2,
	} {
		l, _ := told(Setup{}, version("kitty(0.41.0)")+"\x1b[?62;c"+kittyOK)
		l.Answer(tea.ColorProfileMsg{Profile: profile})
		mode := Kitty
		if want < 256 {
			mode = KittyDirect
		}
		if got := l.Terminal(); got.Colors != want || got.Mode != mode {
			t.Errorf("%v: %d colours, %v", profile, got.Colors, got.Mode)
		}
	}
	l, _ := told(Setup{Plain: true}, "")
	if got := l.Terminal(); got.Colors != 2 {
		t.Errorf("%d colours", got.Colors)
	}
}

// TestNext goes through all that the terminal can and comes back.
func TestNext(t *testing.T) {
	l, _ := told(Setup{}, version("kitty(0.41.0)")+"\x1b[?62;4c"+kittyOK)
	want := []Mode{KittyDirect, Sixel, Sextants, Quadrants, Blocks, Braille, Off, Kitty}
	var got []Mode
	for range want {
		got = append(got, l.Next().Mode)
	}
	if !slices.Equal(got, want) || l.Chosen() != Kitty {
		t.Errorf("%v", got)
	}
	if m := l.Choose(Auto).Mode; m != Kitty || l.Chosen() != Auto {
		t.Errorf("auto is %v", m)
	}
}

// FuzzAnswers gives a terminal's bytes to the decoder and what comes of them to
// the layer: whatever they are, pictures of some bounded size can be drawn.
func FuzzAnswers(f *testing.F) {
	for _, s := range []string{
		"", kittyOK, kittyBad, "\x1b[?62;4c", "\x1b[6;15;7t\x1b[4;750;800t\x1b[48;24;80;480;800t", version("kitty(0.26.5)"), version("kitty(999999999999.x)"),
		"\x1b[?1;0;16S\x1b[?2;0;1000;750S", "\x1b_G;;;\x1b\\\x1b_Gi=99999999999999999999;OK\x1b\\", "\x1b[?c\x1b[c\x1b[6;;t", "\x1b]11;rgb:ffff/0/0\a", "\x1bP>|\x1b\\\x1bPtmux;\x1b\x1b_G\x1b\\",
	} {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, b []byte, tmux bool) {
		l := New(nil, Setup{Tmux: tmux})
		l.Answer(tea.WindowSizeMsg{Width: 80, Height: 24})
		for _, e := range events(b) {
			l.Answer(e)
			got := l.Terminal()
			w, h := got.Pixels(80, 24)
			if w < 0 || h < 0 || w > 80*most || h > 24*most || got.Mode == Auto || got.Aspect() <= 0 || got.Aspect() > most {
				t.Fatalf("%q: %+v, %d by %d", b, got, w, h)
			}
		}
	})
}
