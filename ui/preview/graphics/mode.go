package graphics

import (
	"fmt"
	"strings"
)

// Mode is a way to draw a picture.
type Mode uint8

// The modes.
const (
	Auto        Mode = iota // the best the terminal has said it can
	Kitty                   // kitty's protocol with Unicode placeholders
	KittyDirect             // kitty's protocol, put over blanks
	Sixel
	ITerm
	Blocks    // half blocks: 1 by 2 pixels a cell
	Quadrants // 2 by 2 a cell, of two colours
	Sextants  // 2 by 3 a cell, of two colours
	Braille   // 2 by 4 dots a cell, in the terminal's own colours
	Off       // never draw: words only
	modes
)

// Names is what the modes are called in the configuration.
func Names() []string {
	all := names()
	return all[:]
}

func names() [modes]string {
	return [modes]string{"auto", "kitty", "kitty-direct", "sixel", "iterm2", "blocks", "quadrants", "sextants", "braille", "off"}
}

// ParseMode is the mode of a name. The empty name is Auto.
func ParseMode(name string) (Mode, error) {
	all := names()
	if name == "" {
		return Auto, nil
	}
	for i, n := range all {
		if strings.EqualFold(n, name) {
			return Mode(i), nil //nolint:gosec // i < modes
		}
	}
	return Auto, fmt.Errorf("no way to draw pictures is called %q; there are %s", name, strings.Join(Names(), ", "))
}

// String is the mode's name.
func (m Mode) String() string {
	if m >= modes {
		return fmt.Sprintf("mode %d", uint8(m))
	}
	return names()[m]
}

// Words is what the mode is called on screen.
func (m Mode) Words() string {
	switch m {
	case Kitty:
		return "kitty graphics"
	case KittyDirect:
		return "kitty graphics, placed directly"
	case ITerm:
		return "iTerm2 pictures"
	case Blocks:
		return "half blocks"
	case Off:
		return "no pictures, only words"
	}
	return m.String()
}

// Cells reports whether the mode draws with characters and nothing else.
func (m Mode) Cells() bool { return m >= Blocks && m <= Braille }

// split is how many pixels a cell has across and down in a mode of cells.
func (m Mode) split() (x, y int) {
	switch m {
	case Quadrants:
		return 2, 2
	case Sextants:
		return 2, 3
	case Braille:
		return 2, 4
	}
	return 1, 2
}
