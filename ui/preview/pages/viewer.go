package pages

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// Memory is where small things about a document are kept until the next time it
// is looked at. Keys are like "turn:<sha256>".
type Memory interface {
	Remember(ctx context.Context, key string, value []byte) error
	Recall(ctx context.Context, key string) ([]byte, error)
}

// Texts is where the words found in a file are kept, one string for each page.
type Texts interface {
	SetFileText(ctx context.Context, attachment int64, pages []string, by string) error
	FileText(ctx context.Context, attachment int64) ([]string, error)
}

// Options is what the viewer needs from outside. Any of them but Open may
// be nil.
type Options struct {
	// Open opens the document in a file.
	Open func(ctx context.Context, src screen.Source) (paper.Document, error)
	// Single says that what is shown is one picture and no document: nothing is
	// numbered, and its room has its shape.
	Single bool
	Memory Memory
	Texts  Texts
	// Read finds the words in the picture of a page.
	Read func(ctx context.Context, p paper.Page) ([]paper.Span, error)
	// Save writes pages of a document as a file of their own and says where.
	Save func(ctx context.Context, src screen.Source, doc paper.Document, pick []Pick) (path string, err error)
}

// Pick is one page to be saved.
type Pick struct {
	Page   int // from 0
	Turn   int // quarter turns clockwise by the person
	Stamps []Stamp
}

// Viewer is a screen.Viewer of pages. It belongs to the loop.
type Viewer struct {
	env   *screen.Env
	opts  Options
	cache *cache

	src  screen.Source
	gen  uint64
	doc  *held
	id   string // of the content, for what is kept about it
	n    int    // pages; 0: not open yet
	err  string // why it cannot be shown
	at   int    // the page wanted, from 0
	way  int    // the way pages were turned last: 1 or -1
	view view

	turns  map[int]int
	sizes  map[int]extent
	stamps map[int][]Stamp
	picked []int  // pages picked last; none: all
	rev    uint64 // of stamps and of what was found

	w, h     int
	shown    *drawn
	no       uint64 // of the latest drawing
	wanted   want   // being drawn, and the number of that drawing
	wantedNo uint64
	stop     context.CancelFunc
	ahead    want // being drawn ahead
	aheadNo  uint64
	stopBut  context.CancelFunc
	ctx      context.Context // ends with the document
	cancel   context.CancelFunc

	film    film
	covered bool // something stands over the page

	words   bool // text instead of the picture
	texts   map[int]pageText
	asked   map[int]bool // pages whose words are being fetched
	top     int          // first line of text shown
	lines   int          // lines of text there are
	find    search
	reading bool // a page is being read by tesseract
	kept    bool // the words of the file are in the store
}

// extent is the size of an upright page in inches, without the person's turn.
type extent struct{ w, h float64 }

// New is a viewer without a document.
func New(env *screen.Env, o Options) *Viewer {
	return &Viewer{env: env, opts: o, cache: newCache(Limit)}
}

// opened is a document that was opened.
type opened struct {
	gen   uint64
	doc   paper.Document
	n     int
	turns map[int]int
	film  film
	err   error
}

// opening is how long opening a document, and decoding a page, may take.
const opening = time.Minute

// Show implements screen.Viewer.
func (v *Viewer) Show(src screen.Source) tea.Cmd {
	if !src.Whole {
		return nil
	}
	if src.Path == v.src.Path {
		v.src = src
		return nil
	}
	v.Close()
	v.src, v.id = src, src.Path
	if src.File.SHA256 != "" {
		v.id = src.File.SHA256
	}
	v.ctx, v.cancel = context.WithCancel(v.env.Ctx)
	gen := v.gen
	open := v.env.Do(v.ctx, opening, func(ctx context.Context) tea.Msg {
		doc, err := v.opts.Open(ctx, src)
		if err != nil {
			return opened{gen: gen, err: err}
		}
		return opened{gen: gen, doc: doc, n: doc.Len(), film: filmOf(doc), turns: v.recall(ctx, src)}
	})
	return join(v.glance(), open)
}

// glance shows the first page at once where it was drawn before.
func (v *Viewer) glance() tea.Cmd {
	if k, ok := v.cache.get(facts{v.id}); ok {
		f := k.(known)
		v.n, v.turns, v.sizes = f.n, maps.Clone(f.turns), maps.Clone(f.sizes)
		if d, ok := v.cache.get(v.want(0)); ok {
			v.shown = d.(*drawn)
		}
	}
	return nil
}

// facts is the key of what is known of a document that was open before.
type facts struct{ id string }

type known struct {
	n     int
	turns map[int]int
	sizes map[int]extent
}

// Close implements screen.Viewer.
func (v *Viewer) Close() {
	if v.n > 0 {
		v.cache.put(facts{v.id}, known{v.n, v.turns, v.sizes}, 128+32*len(v.sizes))
	}
	v.gen++
	if v.cancel != nil {
		v.cancel()
		v.cancel = nil
	}
	if v.doc != nil {
		v.doc.close()
		v.doc = nil
	}
	v.src, v.id, v.n, v.err, v.at, v.way, v.view = screen.Source{}, "", 0, "", 0, 1, plain()
	v.turns, v.sizes, v.stamps, v.picked = map[int]int{}, map[int]extent{}, map[int][]Stamp{}, nil
	v.shown, v.wanted, v.ahead, v.stop, v.stopBut = nil, want{}, want{}, nil, nil
	v.texts, v.asked, v.top, v.find = map[int]pageText{}, map[int]bool{}, 0, search{}
	v.reading, v.kept, v.words = false, false, false
	v.film = film{seq: v.film.seq + 1}
}

func (v *Viewer) opened(o opened) tea.Cmd {
	if o.gen != v.gen {
		if o.doc != nil {
			h := &held{doc: o.doc}
			h.close()
		}
		return nil
	}
	if o.err != nil {
		if !screen.Quiet(o.err) {
			v.err = o.err.Error()
		}
		return nil
	}
	if o.n <= 0 {
		v.err = "it has no pages"
		(&held{doc: o.doc}).close()
		return nil
	}
	v.doc, v.n, v.film = &held{doc: o.doc}, o.n, o.film
	if o.turns != nil {
		v.turns = o.turns
	}
	return join(v.need(), v.keepText())
}

// Update implements screen.Viewer.
func (v *Viewer) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case opened:
		return v.opened(msg)
	case *drawn:
		if msg.gen == v.gen {
			return v.arrived(msg)
		}
	case pageText:
		if msg.gen == v.gen {
			return v.texted(msg)
		}
	case hits:
		if msg.gen == v.gen {
			return v.hit(msg)
		}
	case tick:
		if msg.gen == v.gen {
			return v.ticked(msg)
		}
	case inked:
		if msg.gen == v.gen {
			return v.inked(msg)
		}
	case read:
		if msg.gen == v.gen {
			return v.read(msg)
		}
	}
	return nil
}

// Resize implements screen.Sized.
func (v *Viewer) Resize(w, h int) tea.Cmd {
	v.w, v.h = w, h
	return join(v.need(), v.roll())
}

// Status implements screen.Telling.
func (v *Viewer) Status() string {
	if v.err != "" {
		return ""
	}
	if v.n == 0 {
		return "opening"
	}
	s := fmt.Sprintf("page %d of %d", v.at+1, v.n)
	if v.opts.Single && v.n == 1 {
		return v.single()
	}
	switch {
	case v.texting():
		s = "text, " + s
	case v.shown == nil || v.shown.page != v.at:
		return s + " …"
	case v.shown.damage != "":
		s += ", with a note"
	}
	if z := zooms()[v.view.zoom]; z > 1 && !v.texting() {
		s += fmt.Sprintf(", %gx", z)
	}
	if len(v.find.pages) > 0 {
		s = fmt.Sprintf("%q, ", v.find.text) + s
	}
	return s
}

// single is where somebody is in one picture, which may be a film.
func (v *Viewer) single() string {
	var parts []string
	if f := v.film; f.n > 0 && !v.texting() {
		parts = append(parts, fmt.Sprintf("frame %d of %d", f.at+1, f.n))
	}
	if z := zooms()[v.view.zoom]; z > 1 && !v.texting() {
		parts = append(parts, fmt.Sprintf("%gx", z))
	}
	return strings.Join(parts, ", ")
}

// Ready reports whether keys can be carried out: the document is open, or will
// not be.
func (v *Viewer) Ready() bool { return v.doc != nil || v.err != "" }

// turned is how the page is turned by the person, in quarter turns clockwise.
func (v *Viewer) turned(page int) int { return v.turns[page] & 3 }

// recall is the turns of a document as they were left.
func (v *Viewer) recall(ctx context.Context, src screen.Source) map[int]int {
	if v.opts.Memory == nil {
		return map[int]int{}
	}
	turns, err := Turns(ctx, v.opts.Memory, src.File.SHA256)
	if err != nil {
		return map[int]int{} // upright, as it came
	}
	return turns
}

// remember keeps the turns of the document.
func (v *Viewer) remember() tea.Cmd {
	if v.opts.Memory == nil || v.src.File.SHA256 == "" {
		return nil
	}
	key, turns := "turn:"+v.src.File.SHA256, maps.Clone(v.turns)
	return v.env.Do(v.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		b, err := json.Marshal(turns)
		if err == nil {
			err = v.opts.Memory.Remember(ctx, key, b)
		}
		return screen.Fail("remember how the page is turned", err)
	})
}

func join(a, b tea.Cmd) tea.Cmd {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return tea.Batch(a, b)
}
