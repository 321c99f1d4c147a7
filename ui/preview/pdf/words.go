package pdf

import (
	"context"
	"math"
	"strings"
	"unicode"

	"switchboard/ui/preview/paper"
)

// Words implements paper.Document. Text that is there only to be found, as
// under a scan, counts.
func (d *document) Words(ctx context.Context, n int) (out []paper.Span, err error) {
	defer rescue(&err)
	ctx, cancel := context.WithTimeout(ctx, d.lim.Time)
	defer cancel()
	s, err := d.sheet(n)
	if err != nil {
		return nil, err
	}
	l, err := d.list(ctx, s)
	if err != nil {
		return nil, pageError(n, err)
	}
	w, h := s.inches()
	j := joiner{m: s.upright(w*72, h*72), w: w * 72, h: h * 72}
	for _, m := range l.marks {
		if m.kind != textMark {
			continue
		}
		for _, g := range m.run.glyphs {
			j.add(g)
		}
	}
	j.flush()
	return j.out, nil
}

// joiner puts glyphs together to runs that stand on one line without wide gaps.
type joiner struct {
	m    matrix // to the upright page in points
	w, h float64
	out  []paper.Span

	text       strings.Builder
	start, end point   // on the baseline
	dx, dy     float64 // along it, of length 1
	em         float64
}

func (j *joiner) add(g glyph) {
	text := cleaned(g.char.text)
	m := g.m.mul(j.m)
	ax, ay := m.apply(0, 0)
	bx, by := m.apply(g.width, 0)
	em := math.Hypot(m[2], m[3])
	if !(em > 0 && em < 1e5) || math.IsNaN(ax+ay+bx+by) || math.IsInf(ax+ay+bx+by, 0) {
		return
	}
	ux, uy := unit(point{0, 0}, point{m[0], m[1]})
	gx, gy := ax-j.end.x, ay-j.end.y
	along, across := gx*j.dx+gy*j.dy, gx*j.dy-gy*j.dx
	blank := strings.TrimSpace(text) == ""
	if j.text.Len() > 0 {
		same := ux*j.dx+uy*j.dy > 0.99 && math.Abs(across) < 0.3*j.em && em < 2*j.em && j.em < 2*em
		if !same || along > 1.2*j.em || along < -0.6*j.em {
			j.flush()
		} else if along > 0.18*j.em && !blank && !strings.HasSuffix(j.text.String(), " ") {
			j.text.WriteByte(' ')
		}
	}
	if j.text.Len() == 0 {
		if blank {
			return
		}
		j.start, j.dx, j.dy, j.em = point{ax, ay}, ux, uy, em
	}
	j.em = math.Max(j.em, em)
	if blank {
		if text != "" && !strings.HasSuffix(j.text.String(), " ") {
			j.text.WriteByte(' ')
		}
		j.end = point{bx, by}
		return
	}
	j.text.WriteString(text)
	j.end = point{bx, by}
}

// flush ends the run: its box goes from a fifth of an em below the baseline to
// four fifths above it.
func (j *joiner) flush() {
	text := strings.TrimSpace(j.text.String())
	j.text.Reset()
	if text == "" {
		return
	}
	nx, ny := j.dy*j.em, -j.dx*j.em // up from the baseline
	box := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range []point{j.start, j.end} {
		for _, k := range []float64{-0.2, 0.8} {
			x, y := p.x+nx*k, p.y+ny*k
			box = rect{math.Min(box.x0, x), math.Min(box.y0, y), math.Max(box.x1, x), math.Max(box.y1, y)}
		}
	}
	if box.x1 < 0 || box.y1 < 0 || box.x0 > j.w || box.y0 > j.h {
		return // off the page
	}
	j.out = append(j.out, paper.Span{Text: text, X: box.x0 / j.w, Y: box.y0 / j.h, W: box.w() / j.w, H: box.h() / j.h})
}

// cleaned takes out what text from outside must not bring to a terminal: control
// characters and those that turn the direction of writing.
func cleaned(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u00a0':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0xfeff, r == unicode.ReplacementChar:
			return -1
		case r == 0xad:
			return '-'
		}
		return r
	}, s)
}
