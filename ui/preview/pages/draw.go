package pages

import (
	"context"
	"image"
	"math"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/preview/graphics"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// want says all that a drawn page depends on.
type want struct {
	id   string
	page int
	// frame is that of a film, from 0.
	frame int
	turn  int
	view  view
	box   box
	rev   uint64
}

// drawn is a page that was drawn, or why it was not.
type drawn struct {
	want
	gen    uint64
	no     uint64 // of the drawing: the same page may be drawn again before the first gave up
	ahead  bool
	pic    *graphics.Picture
	size   extent
	damage string
	err    error
}

// want is what a page needs now. A page that is not the current one is looked
// at from its top.
func (v *Viewer) want(page int) want {
	look := v.view
	if page != v.at {
		look = look.top()
	}
	if !look.close() {
		look.x, look.y = 0, 0
	}
	w := want{id: v.id, page: page, turn: v.turned(page), view: look, box: v.box()}
	if v.film.n > 0 {
		w.frame = v.film.at
	}
	if len(v.stamps[page]) > 0 || len(v.find.spans[page]) > 0 {
		w.rev = v.rev
	}
	return w
}

// turned is the sides of the page after the person's quarter turns.
func (e extent) turned(turn int) (w, h float64) {
	if turn&1 == 1 {
		return e.h, e.w
	}
	return e.w, e.h
}

// texting reports whether words are shown instead of the picture.
func (v *Viewer) texting() bool {
	return v.words || v.env.Term.Mode == graphics.Off
}

// need has the current page drawn, and then those beside it.
func (v *Viewer) need() tea.Cmd {
	if v.doc == nil || v.w <= 0 || v.h <= 0 {
		return nil
	}
	if v.texting() {
		v.halt()
		return v.needText(v.at)
	}
	w := v.want(v.at)
	if v.shown != nil && v.shown.want == w {
		return join(v.near(), v.roll())
	}
	if d, ok := v.cache.get(w); ok {
		v.shown = d.(*drawn)
		v.halt()
		return join(v.near(), v.roll())
	}
	switch {
	case v.stop != nil && v.wanted == w:
		return nil
	case v.stopBut != nil && v.ahead == w: // it is under way already
		v.halt()
		v.wanted, v.wantedNo, v.stop = w, v.aheadNo, v.stopBut
		v.ahead, v.stopBut = want{}, nil
		return nil
	}
	v.halt()
	if v.stopBut != nil {
		v.stopBut()
		v.ahead, v.stopBut = want{}, nil
	}
	ctx, cancel := context.WithCancel(v.ctx)
	v.no++
	v.wanted, v.wantedNo, v.stop = w, v.no, cancel
	return v.draw(ctx, w, false)
}

// halt gives up the page being drawn: another one is wanted.
func (v *Viewer) halt() {
	if v.stop != nil {
		v.stop()
		v.wanted, v.stop = want{}, nil
	}
}

// near draws the pages that may be wanted next, one at a time: the next one the
// way pages are turned, the one behind, and one further.
func (v *Viewer) near() tea.Cmd {
	if v.stopBut != nil {
		return nil
	}
	for _, w := range v.neighbours() {
		if v.cache.has(w) || v.cache.has(hopeless{w}) {
			continue
		}
		ctx, cancel := context.WithCancel(v.ctx)
		v.no++
		v.ahead, v.aheadNo, v.stopBut = w, v.no, cancel
		return v.draw(ctx, w, true)
	}
	return nil
}

// neighbours is what may be wanted next, the likeliest first.
func (v *Viewer) neighbours() []want {
	var out []want
	if v.film.n > 0 {
		if !v.moving() {
			return nil
		}
		w := v.want(v.at)
		w.frame, _, _ = v.film.next()
		return append(out, w)
	}
	for _, n := range []int{v.at + v.way, v.at - v.way, v.at + 2*v.way} {
		if n >= 0 && n < v.n {
			out = append(out, v.want(n))
		}
	}
	return out
}

// hopeless marks a page that was drawn ahead and cannot be kept, or not drawn.
type hopeless struct{ want want }

func (v *Viewer) arrived(d *drawn) tea.Cmd {
	if v.stopBut != nil && v.aheadNo == d.no {
		v.stopBut()
		v.ahead, v.stopBut = want{}, nil
	}
	if v.stop != nil && v.wantedNo == d.no {
		v.halt()
	}
	if d.err != nil {
		if screen.Quiet(d.err) {
			return v.need()
		}
		if d.frame > 0 && d.want == v.want(v.at) {
			return v.torn(d)
		}
		if d.page == v.at && d.want == v.want(v.at) {
			v.shown = d
		} else {
			v.cache.put(hopeless{d.want}, true, 64)
		}
		return v.near()
	}
	v.sizes[d.page] = d.size
	v.cache.put(d.want, d, pictureBytes(d.pic))
	if !v.cache.has(d.want) {
		v.cache.put(hopeless{d.want}, true, 64)
	}
	if d.want == v.want(v.at) {
		v.shown = d
	}
	return v.need()
}

// box is the room there is. A whole page keeps off the sides.
func (v *Viewer) box() box {
	b := box{v.w, v.h, v.env.Term}
	if !v.view.close() {
		b.cols = inset(b.cols)
	}
	return b
}

func inset(cols int) int {
	const narrow = 20
	if cols < narrow {
		return cols
	}
	return cols - 2
}

// draw decodes and draws a page off the loop.
func (v *Viewer) draw(ctx context.Context, w want, ahead bool) tea.Cmd {
	gen, no, doc, cache := v.gen, v.no, v.doc, v.cache
	stamps := append([]Stamp(nil), v.stamps[w.page]...)
	spans := append([]paper.Span(nil), v.find.spans[w.page]...)
	return v.env.Do(ctx, opening, func(ctx context.Context) tea.Msg {
		d := &drawn{want: w, gen: gen, no: no, ahead: ahead}
		var p paper.Page
		var err error
		if w.frame > 0 {
			p, err = doc.frame(ctx, w.frame)
		} else {
			p, err = decode(ctx, doc, cache, w.id, w.page)
		}
		if err != nil {
			d.err = err
			return d
		}
		d.size.w, d.size.h = p.Size()
		d.damage = p.Damage
		img, full, b, err := w.render(ctx, p, d.size)
		if err != nil {
			d.err = err
			return d
		}
		if len(stamps)+len(spans) > 0 {
			m := marking{at: full, turn: w.turn, aspect: b.term.Aspect(), size: d.size, cells: b.term.Mode.Cells(), dark: w.view.contrast == paper.Inverted}
			img = m.mark(img, stamps, spans)
			if d.pic, d.err = b.term.Draw(ctx, img, b.cols, b.rows); d.err == nil && m.cells {
				pw, ph := b.term.Pixels(b.cols, b.rows)
				m.label(d.pic, pw, ph, stamps, b.term.Colors)
			}
			return d
		}
		d.pic, d.err = b.term.Draw(ctx, img, b.cols, b.rows)
		return d
	})
}

// render makes the pixels of a page for the cells it takes. Full is where the
// whole page lies, which may go beyond the picture.
func (w want) render(ctx context.Context, p paper.Page, size extent) (img image.Image, full image.Rectangle, b box, err error) {
	b, v := w.box, w.view
	wide, high := size.turned(w.turn)
	if v.close() {
		v = v.clamp(b, wide, high)
	} else {
		b = b.shrunk(wide, high)
		v.x, v.y = 0.5, 0.5
	}
	look := paper.Look{Turn: w.turn, Fit: v.fit, Zoom: zooms()[v.zoom], X: v.x - 0.5, Y: v.y - 0.5, Contrast: v.contrast}
	pw, ph := b.term.Pixels(b.cols, b.rows)
	aspect := b.term.Aspect()
	switch {
	case v.close():
		// No more cells than there is page to be seen: beside it is the terminal.
		ew, eh := look.Extent(p, pw, ph, aspect)
		b.cols, b.rows = cover(ew, pw, b.cols), cover(eh, ph, b.rows)
		pw, ph = b.term.Pixels(b.cols, b.rows)
	case b.term.Mode.Cells() && wide > 0 && high > 0:
		// The page fills its cells to their edges, a hair wider or higher than it is.
		aspect = float64(ph) * wide / (float64(pw) * high)
	default:
		pw, ph = look.Extent(p, pw, ph, aspect)
	}
	img, _, err = paper.Render(ctx, p, look, pw, ph, aspect)
	look = look.Within(p, pw, ph, aspect)
	ew, eh := look.Extent(p, pw, ph, aspect)
	left, top := edge(look.X, ew, pw), edge(look.Y, eh, ph)
	return img, image.Rect(left, top, left+ew, top+eh), b, err
}

// cover is how many of the cells of box pixels a page covers whole.
func cover(page, box, cells int) int {
	if page >= box || box <= 0 {
		return cells
	}
	return max(page*cells/box, 1)
}

// edge is where a page begins along one side of a picture of it, given where its
// middle is, as a fraction of the page from the middle of the view.
func edge(middle float64, page, box int) int {
	if page <= box {
		return (box - page) / 2
	}
	return -int(math.Round((0.5+middle)*float64(page) - float64(box)/2))
}

// pageKey is where a decoded page is kept.
type pageKey struct {
	id string
	n  int
}

func decode(ctx context.Context, doc *held, c *cache, id string, n int) (p paper.Page, err error) {
	if got, ok := c.get(pageKey{id, n}); ok {
		return got.(paper.Page), nil
	}
	if !doc.use(func(d paper.Document) { p, err = d.Page(ctx, n) }) {
		return p, context.Canceled
	}
	if err == nil {
		c.put(pageKey{id, n}, p, pageBytes(p))
	}
	return p, err
}
