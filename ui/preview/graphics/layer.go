package graphics

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/charmbracelet/x/term"
)

// Layer is what stands on the terminal beside the cells. It is the program's
// output: frames and whatever else is written go through it, and it adds what
// puts pictures over the frame they belong to, puts them again when their cells
// were touched, and takes them away when a frame has none or the screen is left.
// Nothing is added while there are no pictures.
//
// Title and what reads answers may be called by one goroutine while another
// writes.
type Layer struct {
	known known // what the terminal has answered; belongs to the caller of Answer

	mu    sync.Mutex
	sets  map[int][]Placed // what frames have, by the mark in their titles
	last  int              // the mark of the latest frame
	wired bool             // the program writes through the layer

	out    sync.Mutex // what follows belongs to who writes
	to     io.Writer
	title  []byte // as the terminal has it
	now    []Placed
	shown  []standing
	track  track
	height int
}

// standing is a picture on the screen.
type standing struct {
	Placed
	id uint8 // of the kitty image
}

// New is a layer over an output.
func New(to io.Writer, s Setup) *Layer {
	return &Layer{to: to, known: begin(s), sets: map[int][]Placed{}, track: newTrack()}
}

// separator stands before the mark in a window title. It is a character that
// no terminal shows.
const separator = "\u2063"

// Title is the window title of a frame that has the placed pictures: title, and
// behind it the mark by which Write knows the frame. A frame whose pictures are
// those of the frame before has the same title.
func (l *Layer) Title(title string, placed []Placed) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.wired {
		return title
	}
	var kept []Placed
	for _, p := range placed {
		if p.Picture != nil && !p.Picture.mode.Cells() && p.X >= 0 && p.Y >= 0 {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return title
	}
	if !slices.Equal(kept, l.sets[l.last]) {
		l.last++
		l.sets[l.last] = kept
	}
	return title + separator + strconv.Itoa(l.last)
}

// Beneath is those of the placed pictures that may stay when something lies
// over them: those that are part of the cells.
func Beneath(placed []Placed) []Placed {
	var stay []Placed
	for _, p := range placed {
		if p.Picture != nil && p.Picture.mode == Kitty {
			stay = append(stay, p)
		}
	}
	return stay
}

// Write writes part of the program's output, with the pictures it needs.
func (l *Layer) Write(b []byte) (int, error) {
	l.out.Lock()
	defer l.out.Unlock()
	text, framed := l.frame(b)
	if !framed && len(l.shown) == 0 && len(l.now) == 0 {
		l.track.y = -1 // nobody follows the cursor
	} else {
		text = l.compose(text)
	}
	if len(text) == 0 {
		return len(b), nil
	}
	if _, err := l.to.Write(text); err != nil {
		return 0, err //nolint:wrapcheck // an output says what its own does
	}
	return len(b), nil
}

// frame takes the marks out of the window titles in b and notes which pictures
// belong to the latest.
func (l *Layer) frame(b []byte) (text []byte, framed bool) {
	const begin, end = "\x1b]2;", 7
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wired = true
	text = b
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(begin))
		if i < 0 {
			break
		}
		i += at
		n := bytes.IndexByte(text[i:], end)
		if n < 0 {
			break
		}
		framed = true
		name, number, _ := bytes.Cut(text[i+len(begin):i+n], []byte(separator))
		mark, _ := strconv.Atoi(string(number))
		l.now = l.sets[mark]
		maps.DeleteFunc(l.sets, func(k int, _ []Placed) bool { return k < mark })
		at = i
		if bytes.Equal(name, l.title) {
			text = slices.Concat(text[:i], text[i+n+1:])
			continue
		}
		l.title = slices.Clone(name)
		title := slices.Concat([]byte(begin), name, []byte{end})
		text = slices.Concat(text[:i], title, text[i+n+1:])
		at += len(title)
	}
	return text, framed
}

// compose adds to a frame what takes pictures away before it and puts them
// after it.
func (l *Layer) compose(text []byte) []byte {
	l.track.boxes = l.track.boxes[:0]
	for _, s := range l.shown {
		l.track.boxes = append(l.track.boxes, box{x: s.X, y: s.Y, w: s.Picture.used[0], h: s.Picture.used[1]})
	}
	l.mu.Lock()
	l.track.height = l.height
	l.mu.Unlock()
	l.track.scan(text)
	if at := l.track.leave; at >= 0 {
		var gone bytes.Buffer
		l.takeAway(&gone)
		return slices.Concat(text[:at], gone.Bytes(), text[at:])
	}
	var before, after bytes.Buffer
	l.change(&before, &after)
	if before.Len() == 0 && after.Len() == 0 {
		return text
	}
	// Inside of a synchronized update nobody sees the moments between.
	const sync, synced = "\x1b[?2026h", "\x1b[?2026l"
	head, tail := 0, len(text)
	if i := bytes.Index(text, []byte(sync)); i >= 0 {
		head = i + len(sync)
	}
	if i := bytes.LastIndex(text, []byte(synced)); i >= head {
		tail = i
	}
	return slices.Concat(text[:head], wrap(&before), text[head:tail], wrap(&after), text[tail:])
}

// wrap keeps the cursor where it is, and its colours.
func wrap(b *bytes.Buffer) []byte {
	if b.Len() == 0 {
		return nil
	}
	return slices.Concat([]byte("\x1b7"), b.Bytes(), []byte("\x1b8"))
}

// change goes from the pictures that are shown to those the frame has.
func (l *Layer) change(before, after *bytes.Buffer) {
	next := make([]standing, 0, len(l.now))
	old := make([]bool, len(l.shown)) // still there
	for _, p := range l.now {
		i := slices.IndexFunc(l.shown, func(s standing) bool { return s.Placed == p })
		if i < 0 {
			next = append(next, standing{p, l.fresh(p.Picture)})
			continue
		}
		old[i] = true
		next = append(next, l.shown[i])
	}
	for i, s := range l.shown {
		if !old[i] {
			l.remove(before, after, s)
		}
	}
	for _, s := range next {
		i := slices.IndexFunc(l.shown, func(o standing) bool { return o == s })
		if i < 0 {
			s.put(after)
			continue
		}
		s.keep(before, after, l.track.boxes[i].harm)
	}
	for i, s := range l.shown { // only now, so that there is no moment without
		if !old[i] && s.Picture.mode == KittyDirect {
			s.Picture.forget(after, s.id)
		}
	}
	l.shown = next
}

// fresh is the id for a picture to be shown: of the two of its slot the one
// that is not in use. Placeholders have the first in their colour.
func (l *Layer) fresh(p *Picture) uint8 {
	if p.mode == KittyDirect && slices.ContainsFunc(l.shown, func(s standing) bool { return s.id == p.id }) {
		return p.id + 1
	}
	return p.id
}

// remove takes a picture away that the frame has no more.
func (l *Layer) remove(before, after *bytes.Buffer, s standing) {
	switch s.Picture.mode {
	case KittyDirect: // after the new one is there
	case Kitty:
		if !slices.ContainsFunc(l.now, func(p Placed) bool { return p.Picture.mode == Kitty && p.Picture.id == s.id }) {
			s.Picture.forget(after, s.id)
		}
	default:
		covered := slices.ContainsFunc(l.now, func(p Placed) bool {
			return p.X == s.X && p.Y == s.Y && p.Picture.mode == s.Picture.mode && p.Picture.opaque && p.Picture.pixels == s.Picture.pixels
		})
		if !covered {
			s.erase(before)
		}
	}
}

// put shows a picture that is not on the screen.
func (s standing) put(out *bytes.Buffer) {
	switch s.Picture.mode {
	case Kitty:
		s.Picture.transmit(out, s.id)
	case KittyDirect:
		s.at(out, 0)
		s.Picture.transmit(out, s.id)
	default:
		s.at(out, 0)
		out.Write(s.Picture.data)
	}
}

// keep mends a picture that stays, after what the frame has done to its cells.
func (s standing) keep(before, after *bytes.Buffer, h harm) {
	switch {
	case h == 0:
	case h&lost != 0:
		s.put(after)
	case s.Picture.mode == Kitty: // its cells are the renderer's
	case s.Picture.mode == KittyDirect:
		if h&moved != 0 {
			s.Picture.lift(before, s.id)
		}
		s.at(after, 0)
		s.Picture.again(after, s.id)
	default:
		if h&moved != 0 {
			s.erase(before) // or the frame would carry its pixels elsewhere
		}
		s.put(after)
	}
}

// at moves the cursor to a row of the picture.
func (s standing) at(out *bytes.Buffer, row int) {
	fmt.Fprintf(out, "\x1b[%d;%dH", s.Y+row+1, s.X+1)
}

// erase clears the cells beneath the picture, which are blanks. It writes them:
// xterm forgets a picture only where there is new text, and shows what was
// merely erased again when it scrolls back.
func (s standing) erase(out *bytes.Buffer) {
	blanks := bytes.Repeat([]byte{' '}, s.Picture.used[0])
	out.WriteString("\x1b[m")
	for row := range s.Picture.used[1] {
		s.at(out, row)
		out.Write(blanks)
	}
}

// takeAway removes all that is shown.
func (l *Layer) takeAway(out *bytes.Buffer) {
	for _, s := range l.shown {
		switch s.Picture.mode {
		case Kitty, KittyDirect:
			s.Picture.forget(out, s.id)
		default:
			out.WriteString("\x1b7")
			s.erase(out)
			out.WriteString("\x1b8")
		}
	}
	l.shown = nil
}

// Clear takes all pictures from the screen at once. It is for the end of a
// program that could not leave the screen in order.
func (l *Layer) Clear() error {
	l.out.Lock()
	defer l.out.Unlock()
	var gone bytes.Buffer
	l.takeAway(&gone)
	l.now = nil
	if gone.Len() == 0 {
		return nil
	}
	if _, err := l.to.Write(gone.Bytes()); err != nil {
		return fmt.Errorf("take the pictures from the screen: %w", err)
	}
	return nil
}

// File is the layer as the terminal it writes to, for a program that asks its
// output what it is.
func (l *Layer) File(f term.File) term.File {
	l.known.measure = func() (w, h int) { return windowSize(f.Fd()) }
	return file{File: f, l: l}
}

type file struct {
	term.File
	l *Layer
}

func (f file) Write(b []byte) (int, error) { return f.l.Write(b) }
