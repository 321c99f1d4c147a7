package graphics

import (
	"image/color"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// Setup is what is known before the terminal is asked.
type Setup struct {
	Mode  Mode  // the person's choice; Auto: the best there is
	Tmux  bool  // there is a tmux between: what is not text has to be wrapped
	ITerm bool  // the environment says iTerm2, which may only confirm what it answers
	Plain bool  // no colours
	Base  uint8 // by which the ids of kitty's pictures differ from another program's
}

// known is what the terminal has said so far.
type known struct {
	Setup
	term   Terminal // what follows from it
	name   string   // XTVERSION
	device []int    // DA1
	asked  bool     // the second questions are out
	kitty  bool     // it has kitty's graphics
	w, h   int      // the screen in cells
	pw, ph int      // and in pixels
	cw, ch int      // a cell in pixels
	colors int      // 0: not known

	measure func() (w, h int) // the screen in pixels as the system knows it; may be nil
}

func begin(s Setup) known {
	k := known{Setup: s, term: Default()}
	k.term.base = 16 + s.Base%200
	k.resolve()
	return k
}

// The numbers in questions and answers.
const (
	attrSixel   = 4      // of DA1
	queryID     = 31     // of the picture asked for, which is not kept
	least, most = 2, 200 // pixels of a cell that can be true

	sixelSize = "\x1b[?2;1;0S"
)

// Probe is the questions to the terminal, as bytes to be written: the size of
// a cell and of the screen in pixels, its name, and what it is. A terminal
// answers in order, and nearly every one answers the last.
func (l *Layer) Probe() string {
	l.known.asked, l.known.name = false, ""
	return l.Sizes() + ansi.RequestNameVersion + ansi.RequestPrimaryDeviceAttributes
}

// Sizes is the questions after the size of a cell, which changes with the
// typeface, and of a sixel picture, which in xterm is that of the window.
func (l *Layer) Sizes() string {
	const sizes = "\x1b[16t\x1b[14t"
	if k := &l.known; k.asked && k.sixel() {
		return sizes + sixelSize
	}
	return sizes
}

// further is what to ask a terminal that has said what it is: how many colours
// and pixels its sixels have (XTSMGRAPHICS), where it has any, and whether it has
// kitty's graphics. The latter is an APC, which some simple terminals print, and
// so only those are asked that say they are not: a VT220 or better.
func (k *known) further() string {
	if k.asked || len(k.device) == 0 {
		return ""
	}
	k.asked = true
	ask := ""
	if k.sixel() {
		ask = "\x1b[?1;1;0S" + sixelSize
	}
	// Behind tmux nothing but placeholders is of use: with U=1, kittys too old
	// for them do not answer. Of other terminals the name may get through.
	const kitty, ready = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24", ";AAAA\x1b\\"
	switch {
	case k.Tmux:
		return ask + ansi.TmuxPassthrough(ansi.RequestNameVersion) + ansi.TmuxPassthrough(kitty+",U=1"+ready)
	case k.device[0] >= 62 && k.device[0] < 100:
		return ask + kitty + ready
	}
	return ask
}

// Answer takes a message of the program. It says whether the message was the
// terminal's, and what is to be asked further. Terminal tells what follows.
func (l *Layer) Answer(msg tea.Msg) (ask string, mine bool) {
	k := &l.known
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		if k.w != msg.Width || k.h != msg.Height {
			k.w, k.h, k.pw, k.ph = msg.Width, msg.Height, 0, 0
		}
		if k.measure != nil {
			k.pw, k.ph = k.measure()
		}
		l.mu.Lock()
		l.height = msg.Height
		l.mu.Unlock()
	case tea.ColorProfileMsg:
		k.colors = depth(msg.Profile.String())
	case tea.BackgroundColorMsg:
		k.term.Dark = msg.Color == nil || isDark(msg.Color)
	case tea.TerminalVersionMsg:
		if k.name == "" || !strings.HasPrefix(msg.Name, "tmux") {
			k.name = msg.Name // of tmux, or of what it runs in
		}
		mine = true
	case uv.PrimaryDeviceAttributesEvent:
		k.device = msg
		if len(msg) > 64 {
			k.device = msg[:64]
		}
		ask, mine = k.further(), true
	case uv.KittyGraphicsEvent:
		k.kitty = k.kitty || msg.Options.ID == queryID && string(msg.Payload) == "OK"
		mine = true
	case uv.CellSizeEvent:
		if likely(msg.Width, msg.Height) {
			k.cw, k.ch = msg.Width, msg.Height
		}
		mine = true
	case uv.PixelSizeEvent:
		k.pw, k.ph = msg.Width, msg.Height
		mine = true
	case uv.UnknownCsiEvent:
		mine = k.geometry(string(msg))
	}
	k.resolve()
	return ask, mine
}

// Terminal is what is known of the terminal now.
func (l *Layer) Terminal() Terminal { return l.known.term }

// Choose takes another choice of a mode; Auto goes back to the best there is.
func (l *Layer) Choose(m Mode) Terminal {
	l.known.Mode = m
	l.known.resolve()
	return l.known.term
}

// Next goes to the next mode that the terminal can show.
func (l *Layer) Next() Terminal {
	k := &l.known
	can := k.can()
	at := 0
	for i, m := range can {
		if m == k.term.Mode {
			at = i
		}
	}
	return l.Choose(can[(at+1)%len(can)])
}

// Chosen is the mode a person asked for, Auto where none was.
func (l *Layer) Chosen() Mode { return l.known.Mode }

// depth is the colours of a profile.
func depth(profile string) int {
	switch profile {
	case "TrueColor":
		return 1 << 24
	case "ANSI256":
		return 256
	case "ANSI":
		return 16
	}
	return 2
}

func isDark(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return brightness([3]int{int(r >> 8), int(g >> 8), int(b >> 8)}) < 128
}

func likely(w, h int) bool { return w >= least && w <= most && h >= least && h <= most }

// geometry reads an answer of XTSMGRAPHICS: CSI ? item ; status ; value... S,
// with status 0 for success.
func (k *known) geometry(seq string) bool {
	body, ok := strings.CutPrefix(seq, "\x1b[?")
	body, ends := strings.CutSuffix(body, "S")
	if !ok || !ends {
		return false
	}
	var v []int
	for _, f := range strings.SplitN(body, ";", 5) {
		n, err := strconv.Atoi(f)
		if err != nil || n < 0 || n > 1<<20 {
			return true
		}
		v = append(v, n)
	}
	switch {
	case len(v) == 3 && v[0] == 1 && v[1] == 0 && v[2] >= 2:
		k.term.Registers = v[2]
	case len(v) == 4 && v[0] == 2 && v[1] == 0 && v[2] >= 64 && v[3] >= 64:
		k.term.MaxW, k.term.MaxH = v[2], v[3]
	}
	return true
}

// can is the modes the terminal can show, the best first. Cells it always can.
func (k *known) can() []Mode {
	var m []Mode
	if k.kitty {
		if k.placeholders() {
			m = append(m, Kitty)
		}
		if !k.Tmux { // over blanks, tmux would not know that anything is there
			m = append(m, KittyDirect)
		}
	}
	if k.inline() {
		m = append(m, ITerm)
	}
	if k.sixel() {
		m = append(m, Sixel)
	}
	if k.term.Colors < 16 { // the most pixels read best where none of them is grey
		return append(m, Braille, Quadrants, Blocks, Sextants, Off)
	}
	if k.sextants() {
		return append(m, Sextants, Quadrants, Blocks, Braille, Off)
	}
	return append(m, Quadrants, Blocks, Sextants, Braille, Off)
}

// placeholders reports whether kitty's placeholders can be used: they are
// newer than the protocol, and their colour must come through. Which terminals
// have them is only in their names; where tmux lets no name through, what was
// asked says enough.
func (k *known) placeholders() bool {
	if k.term.Colors < 256 {
		return false
	}
	name := strings.ToLower(k.name)
	if v, ok := strings.CutPrefix(name, "kitty("); ok {
		return newer(strings.TrimSuffix(v, ")"), 0, 28)
	}
	return strings.HasPrefix(name, "ghostty") || k.Tmux && strings.HasPrefix(name, "tmux")
}

// sextants reports whether the terminal is one of those that draw these
// characters themselves. Most typefaces have not got them, and there is no
// question for what a typeface has.
func (k *known) sextants() bool {
	name := strings.ToLower(k.name)
	if v, ok := strings.CutPrefix(name, "vte("); ok {
		n, err := strconv.Atoi(strings.TrimSuffix(v, ")"))
		return err == nil && n >= 6200
	}
	return slices.ContainsFunc([]string{"kitty", "ghostty", "wezterm", "foot", "contour", "konsole"}, func(s string) bool {
		return strings.HasPrefix(name, s)
	})
}

// sixel reports whether the terminal counts sixels among its attributes.
func (k *known) sixel() bool { return len(k.device) > 1 && slices.Contains(k.device[1:], attrSixel) }

// newer reports whether a version like 0.26.5 is at least major.minor.
func newer(version string, major, minor int) bool {
	a, rest, _ := strings.Cut(version, ".")
	b, _, _ := strings.Cut(rest, ".")
	x, err := strconv.Atoi(a)
	y, err2 := strconv.Atoi(b)
	return err == nil && err2 == nil && (x > major || x == major && y >= minor)
}

// inline reports whether the terminal has iTerm2's pictures. There is no
// question for them but the name.
func (k *known) inline() bool {
	name := strings.ToLower(k.name)
	if k.Tmux {
		return false
	}
	return strings.HasPrefix(name, "iterm2") || strings.HasPrefix(name, "wezterm") || name == "" && k.ITerm && len(k.device) > 0
}

// resolve finds what follows from all that is known.
func (k *known) resolve() {
	t := &k.term
	t.Tmux = k.Tmux
	switch {
	case k.Plain:
		t.Colors = 2
	case k.colors > 0:
		t.Colors = k.colors
	}
	t.Mode = k.Mode
	if t.Mode == Auto {
		t.Mode = k.can()[0]
	}
	t.CellW, t.CellH = k.cw, k.ch
	if t.CellW == 0 && k.w > 0 && k.h > 0 {
		if w, h := k.pw/k.w, k.ph/k.h; likely(w, h) {
			t.CellW, t.CellH = w, h
		}
	}
}
