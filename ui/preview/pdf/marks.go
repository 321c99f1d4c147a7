package pdf

import (
	"image/color"

	"switchboard/ui/preview/pdf/cos"
)

// mark is one thing drawn on a page: a filled path, a stroked path, a picture or
// a run of glyphs. Places are in user space.
type mark struct {
	kind  markKind
	path  *path
	rule  bool // even-odd
	pen   pen
	color color.RGBA
	alpha float64
	clip  *clip
	image *drawn
	run   *textRun
}

type markKind uint8

const (
	fillMark markKind = iota
	strokeMark
	imageMark
	textMark
)

// clip is a path that bounds what is drawn, and those it lies in.
type clip struct {
	path *path
	rule bool
	in   *clip
	n    int
}

// maxClips is how many clips may lie in each other; more leave the outer ones.
const maxClips = 32

func (c *clip) with(p *path, evenOdd bool) *clip {
	n := 1
	if c != nil {
		n = c.n + 1
	}
	if n > maxClips {
		return c
	}
	return &clip{path: p, rule: evenOdd, in: c, n: n}
}

// drawn is a picture where it is drawn: ctm puts the unit square there.
type drawn struct {
	stream *cos.Stream
	res    cos.Dict // for the names of colour spaces
	ctm    matrix
}

// textRun is glyphs shown by one operator.
type textRun struct {
	font    *font
	glyphs  []glyph
	visible bool
}

// glyph is one character: m takes its space, 1 unit to the em, to user space.
type glyph struct {
	char  char
	m     matrix
	width float64 // in ems
}

// list is all that a page draws.
type list struct {
	marks []mark
	lacks []string // what is on the page and not in the list, in words
	text  bool     // some of it can be seen

	glyphs int
}

func (l *list) lack(what string) {
	for _, w := range l.lacks {
		if w == what {
			return
		}
	}
	l.lacks = append(l.lacks, what)
}
