package graphics

import (
	"bytes"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// harm is what a write does to the cells of a box.
type harm uint8

const (
	touched harm = 1 << iota // some were written
	moved                    // some were scrolled or shifted, and pixels with them
	lost                     // the screen was cleared
)

// far is a column or row beyond any screen.
const far = 1 << 20

// track follows the cursor through what a frame writes, to know which cells it
// touches. Widths of some characters differ between terminals, so that the
// cursor's column is only known to lie between two.
type track struct {
	left, right int // the cursor's column, at least and at most
	y           int // and row; -1: not known
	top, bottom int // the scroll region, both inclusive
	height      int // of the screen; 0: not known
	parser      *ansi.Parser

	boxes []box
	leave int // where the bytes leave the alternate screen; -1: nowhere
}

// box is the cells of a picture and what has happened to them.
type box struct {
	x, y, w, h int
	harm       harm
}

func newTrack() track {
	return track{y: -1, right: far, bottom: far, leave: -1, parser: ansi.NewParser()}
}

// scan follows the bytes of one write.
func (t *track) scan(b []byte) {
	t.leave = -1
	state := byte(0)
	for at := 0; at < len(b); {
		if n := passed(b[at:]); n > 0 {
			at += n
			continue
		}
		seq, width, n, next := ansi.DecodeSequence(b[at:], state, t.parser)
		if n <= 0 {
			return
		}
		state = next
		t.step(seq, width, at)
		at += n
	}
}

// passed is the length of what begins b, if that is to be handed on by tmux. It
// has escapes within, doubled.
func passed(b []byte) int {
	const begin = "\x1bPtmux;"
	if !bytes.HasPrefix(b, []byte(begin)) {
		return 0
	}
	for i := len(begin); i+1 < len(b); i++ {
		if b[i] == ansi.ESC {
			if i++; b[i] == '\\' {
				return i + 1
			}
		}
	}
	return len(b)
}

func (t *track) step(seq []byte, width, at int) {
	switch {
	case ansi.HasCsiPrefix(seq):
		t.csi(at)
	case width > 0:
		t.print(seq, width)
	case len(seq) == 1:
		t.control(seq[0])
	case string(seq) == ansi.ReverseIndex:
		t.line(-1)
	case string(seq) == ansi.Index:
		t.line(1)
	}
}

// print is one character.
func (t *track) print(seq []byte, width int) {
	least := width
	if r, n := utf8.DecodeRune(seq); n < len(seq) || r >= 0x1F000 {
		least = min(width, ansi.StringWidthWc(string(seq)))
		width = max(width, ansi.StringWidthWc(string(seq)))
	}
	t.touch(t.left, t.right+width)
	t.left += least
	t.right += width
}

func (t *track) control(c byte) {
	switch c {
	case '\r':
		t.left, t.right = 0, 0
	case '\n':
		t.line(1)
	case '\b':
		t.left, t.right = max(t.left-1, 0), max(t.right-1, 0)
	case '\t':
		t.left, t.right = t.left+1, t.right+8
	}
}

// line goes a line down or up, and scrolls at the end of the region.
func (t *track) line(n int) {
	edge := n > 0 && (t.y == t.bottom || t.height == 0 || t.y >= t.height-1) || n < 0 && (t.y == t.top || t.y == 0)
	switch {
	case t.y < 0 || edge:
		t.rows(t.top, t.bottom, moved)
	default:
		t.y += n
	}
}

// csi is a control sequence, which the parser holds.
func (t *track) csi(at int) {
	cmd := ansi.Cmd(t.parser.Command())
	if cmd.Prefix() == '?' {
		t.mode(cmd.Final(), at)
		return
	}
	if cmd.Prefix() != 0 || cmd.Intermediate() != 0 {
		return
	}
	n := max(t.param(0, 1), 1)
	switch cmd.Final() {
	case 'H', 'f':
		t.y, t.left = n-1, max(t.param(1, 1), 1)-1
		t.right = t.left
	case 'A':
		t.down(-n)
	case 'B', 'e':
		t.down(n)
	case 'C', 'a':
		t.left, t.right = t.left+n, t.right+n
	case 'D':
		t.left, t.right = max(t.left-n, 0), max(t.right-n, 0)
	case 'G', '`':
		t.left, t.right = n-1, n-1
	case 'I':
		t.left, t.right = t.left+1, t.right+8*n
	case 'Z':
		t.left, t.right = max(t.left-8*n, 0), max(t.right-1, 0)
	case 'd':
		t.y = n - 1
	case 'b':
		t.touch(t.left, t.right+n)
		t.left, t.right = t.left+n, t.right+n
	case 'X':
		t.touch(t.left, t.right+n)
	default:
		t.shift(cmd.Final(), n)
	}
}

// shift is the sequences that erase or move whole parts of the screen.
func (t *track) shift(final byte, n int) {
	switch final {
	case 'K':
		switch t.param(0, 0) {
		case 0:
			t.touch(t.left, far)
		case 1:
			t.touch(0, t.right+1)
		default:
			t.touch(0, far)
		}
	case 'J':
		switch {
		case t.param(0, 0) == 2, t.param(0, 0) == 3, t.y == 0 && t.right == 0, t.y < 0:
			t.rows(0, far, lost)
		case t.param(0, 0) == 1:
			t.rows(0, t.y, touched)
		default:
			t.rows(t.y, far, touched)
		}
	case '@', 'P':
		t.mark(t.left, far, t.y, t.y, moved)
	case 'h', 'l': // insert mode shifts what is right of the cursor
		if t.param(0, 0) == 4 {
			t.mark(t.left, far, t.y, t.y, moved)
		}
	case 'L', 'M':
		t.rows(t.y, t.bottom, moved)
	case 'S', 'T':
		t.rows(t.top, t.bottom, moved)
	case 'r':
		t.top, t.bottom = max(n-1, 0), far
		if b := t.param(1, 0); b > 0 && (t.height == 0 || b < t.height) {
			t.bottom = b - 1
		}
		t.y, t.left, t.right = 0, 0, 0
	}
}

// mode is a private mode: those that change the screen.
func (t *track) mode(final byte, at int) {
	for i := range t.parser.Params() {
		switch p := t.param(i, 0); {
		case p != 47 && p != 1047 && p != 1049:
		case final == 'l':
			t.leave = at
			t.rows(0, far, lost)
		case final == 'h':
			t.y = -1
			t.rows(0, far, lost)
		}
	}
}

func (t *track) param(i, otherwise int) int {
	v, _ := t.parser.Param(i, otherwise)
	return v
}

func (t *track) down(n int) {
	if t.y >= 0 {
		t.y = max(t.y+n, 0)
	}
}

// touch marks the boxes with cells from column a to before b of this row.
func (t *track) touch(a, b int) { t.mark(a, b, t.y, t.y, touched) }

func (t *track) rows(from, to int, h harm) { t.mark(0, far, from, to, h) }

// mark marks the boxes with cells from column a to before b in the rows from
// one to the other. A row that is not known is any.
func (t *track) mark(a, b, from, to int, h harm) {
	for i := range t.boxes {
		x := &t.boxes[i]
		if a < x.x+x.w && b > x.x && (t.y < 0 || from < x.y+x.h && to >= x.y) {
			x.harm |= h
		}
	}
}
