package graphics

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"
)

// screen is a terminal with pictures, as far as Bubble Tea and the Layer use
// one: the pixels of a sixel or inline picture belong to the cells, and are
// overwritten and scrolled with them; kitty's stand beside them, are scrolled and
// cleared with the screen, and stay when cells are written. As in xterm, pixels
// that were erased without writing to their cells come back when lines are
// inserted there by scrolling.
type screen struct {
	mu     sync.Mutex
	change *sync.Cond

	w, h, x, y    int
	top, bottom   int
	sx, sy        int // saved by DECSC
	cells         [][]cell
	hidden        map[[2]int]int // by column and row: what xterm shows again
	alt           bool
	images        map[int]bool    // that kitty has
	places        map[int]*[4]int // where kitty's are put: column, row, columns, rows
	parser        *ansi.Parser
	bytes, writes int
	cellW, cellH  int
	titles        []string
	wrapped       []byte // what came through tmux
	unknown       []string
}

type cell struct {
	text string
	part int // of which picture the pixels are; 0: none
}

func newScreen(w, h int) *screen {
	s := &screen{w: w, h: h, bottom: h - 1, parser: ansi.NewParser(), images: map[int]bool{}, places: map[int]*[4]int{}, cellW: 10, cellH: 20}
	s.parser.SetDataSize(4 << 20)
	s.change = sync.NewCond(&s.mu)
	s.clear()
	return s
}

func (s *screen) clear() {
	s.cells, s.hidden = make([][]cell, s.h), map[[2]int]int{}
	for y := range s.cells {
		s.cells[y] = s.blank()
	}
}

func (s *screen) blank() []cell {
	row := make([]cell, s.w)
	for x := range row {
		row[x].text = " "
	}
	return row
}

func (s *screen) resize(w, h int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w, s.h, s.top, s.bottom = w, h, 0, h-1
	s.clear()
	s.x, s.y = min(s.x, w-1), min(s.y, h-1)
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += len(b)
	s.writes++
	s.feed(b)
	s.change.Broadcast()
	return len(b), nil
}

func (s *screen) feed(b []byte) {
	state := byte(0)
	for len(b) > 0 {
		if n := passed(b); n > 0 {
			inner := strings.ReplaceAll(string(b[len("\x1bPtmux;"):n-2]), "\x1b\x1b", "\x1b")
			s.wrapped = append(s.wrapped, inner...)
			s.apc(inner)
			b = b[n:]
			continue
		}
		seq, width, n, next := ansi.DecodeSequence(b, state, s.parser)
		state = next
		b = b[n:]
		switch {
		case ansi.HasCsiPrefix(seq):
			s.csi()
		case ansi.HasDcsPrefix(seq):
			s.dcs(seq)
		case ansi.HasApcPrefix(seq):
			s.apc(string(seq))
		case ansi.HasOscPrefix(seq):
			s.osc(string(seq))
		case width > 0:
			s.set(s.x, s.y, string(seq))
			for i := 1; i < width; i++ {
				s.set(s.x+i, s.y, "")
			}
			s.x += width
		default:
			s.control(string(seq))
		}
	}
}

func (s *screen) set(x, y int, text string) {
	if x >= 0 && y >= 0 && x < s.w && y < s.h {
		s.cells[y][x] = cell{text: text}
		delete(s.hidden, [2]int{x, y})
	}
}

// wipe erases the cells of a row from column a to before b.
func (s *screen) wipe(y, a, b int) {
	for x := a; x < min(b, s.w); x++ {
		part := s.cells[y][x].part
		if part == 0 {
			part = s.hidden[[2]int{x, y}]
		}
		s.set(x, y, " ")
		if part != 0 {
			s.hidden[[2]int{x, y}] = part
		}
	}
}

func (s *screen) control(c string) {
	switch c {
	case "\r":
		s.x = 0
	case "\b":
		s.x = max(s.x-1, 0)
	case "\n":
		if s.y == s.bottom {
			s.scroll(s.top, s.bottom, 1)
		} else if s.y < s.h-1 {
			s.y++
		}
	case "\x1bM":
		if s.y == s.top {
			s.scroll(s.top, s.bottom, -1)
		} else if s.y > 0 {
			s.y--
		}
	case "\t":
		s.x = min((s.x/8+1)*8, s.w-1)
	case "\x1b7":
		s.sx, s.sy = s.x, s.y
	case "\x1b8":
		s.x, s.y = s.sx, s.sy
	default:
		s.unknown = append(s.unknown, c)
	}
}

// scroll moves the rows of a region up by n, or down.
func (s *screen) scroll(top, bottom, n int) {
	for range max(n, -n) {
		if n > 0 {
			copy(s.cells[top:bottom+1], s.cells[top+1:bottom+1])
			s.cells[bottom] = s.blank()
		} else {
			copy(s.cells[top+1:bottom+1], s.cells[top:bottom])
			s.cells[top] = s.blank()
			for x := range s.w {
				s.cells[top][x].part = s.hidden[[2]int{x, top}]
			}
		}
	}
	for _, p := range s.places {
		if p[1] >= top && p[1]+p[3]-1 <= bottom {
			p[1] -= n
		}
	}
}

func (s *screen) csi() {
	cmd := ansi.Cmd(s.parser.Command())
	arg := func(i, otherwise int) int { v, _ := s.parser.Param(i, otherwise); return v }
	n := max(arg(0, 1), 1)
	if cmd.Prefix() == '?' {
		for i := range s.parser.Params() {
			if arg(i, 0) == 1049 {
				s.alt = cmd.Final() == 'h'
				s.clear()
				s.places = map[int]*[4]int{}
			}
		}
		return
	}
	if cmd.Prefix() != 0 || cmd.Intermediate() != 0 {
		return
	}
	switch cmd.Final() {
	case 'H':
		s.y, s.x = n-1, max(arg(1, 1), 1)-1
	case 'A':
		s.y = max(s.y-n, 0)
	case 'B':
		s.y = min(s.y+n, s.h-1)
	case 'C':
		s.x = min(s.x+n, s.w-1)
	case 'D':
		s.x = max(s.x-n, 0)
	case 'G', '`':
		s.x = n - 1
	case 'd':
		s.y = n - 1
	case 'X':
		s.wipe(s.y, s.x, s.x+n)
	case 'b':
		for range n {
			s.set(s.x, s.y, s.cells[s.y][s.x-1].text)
			s.x++
		}
	case 'K':
		switch arg(0, 0) {
		case 0:
			s.wipe(s.y, s.x, s.w)
		case 1:
			s.wipe(s.y, 0, s.x+1)
		default:
			s.wipe(s.y, 0, s.w)
		}
	case 'J':
		if arg(0, 0) == 2 {
			s.clear()
			s.places = map[int]*[4]int{}
			return
		}
		s.wipe(s.y, s.x, s.w)
		for y := s.y + 1; y < s.h; y++ {
			s.wipe(y, 0, s.w)
		}
	case '@':
		row := s.cells[s.y]
		copy(row[min(s.x+n, s.w):], row[s.x:])
		s.wipe(s.y, s.x, s.x+n)
	case 'P':
		row := s.cells[s.y]
		copy(row[s.x:], row[min(s.x+n, s.w):])
		s.wipe(s.y, s.w-n, s.w)
	case 'L':
		s.scroll(s.y, s.bottom, -n)
	case 'M':
		s.scroll(s.y, s.bottom, n)
	case 'S':
		s.scroll(s.top, s.bottom, n)
	case 'T':
		s.scroll(s.top, s.bottom, -n)
	case 'r':
		s.top, s.bottom = n-1, arg(1, s.h)-1
		s.x, s.y = 0, 0
	case 'm', 'h', 'l', 'q', 'u', 't', 'c':
	default:
		s.unknown = append(s.unknown, "CSI "+string(rune(cmd.Final())))
	}
}

// dcs is a sixel picture, told from others by its size.
func (s *screen) dcs(seq []byte) {
	var a, b, w, h int
	_, size, _ := strings.Cut(string(seq), "q\"")
	if n, _ := fmt.Sscanf(size, "%d;%d;%d;%d", &a, &b, &w, &h); n == 4 {
		s.paint((w+s.cellW-1)/s.cellW, (h+s.cellH-1)/s.cellH, w*10_000+h)
	}
}

// paint puts pixels over cells.
func (s *screen) paint(w, h, part int) {
	for y := s.y; y < min(s.y+h, s.h); y++ {
		for x := s.x; x < min(s.x+w, s.w); x++ {
			s.cells[y][x].part = part
			delete(s.hidden, [2]int{x, y})
		}
	}
}

func (s *screen) osc(seq string) {
	if title, ok := strings.CutPrefix(seq, "\x1b]2;"); ok {
		s.titles = append(s.titles, strings.TrimSuffix(title, "\a"))
	}
	if file, ok := strings.CutPrefix(seq, "\x1b]1337;File="); ok {
		var w, h int
		for f := range strings.SplitSeq(file, ";") {
			if v, ok := strings.CutPrefix(f, "width="); ok {
				w, _ = strconv.Atoi(v)
			}
			if v, ok := strings.CutPrefix(f, "height="); ok {
				h, _ = strconv.Atoi(v)
			}
		}
		s.paint(w, h, w*s.cellW*10_000+h*s.cellH)
	}
}

func (s *screen) apc(seq string) {
	head, _, _ := strings.Cut(strings.TrimPrefix(seq, "\x1b_G"), ";")
	head = strings.TrimSuffix(head, "\x1b\\")
	var o kitty.Options
	if err := o.UnmarshalText([]byte(head)); err != nil {
		s.unknown = append(s.unknown, head)
		return
	}
	switch {
	case o.Action == 'T':
		s.images[o.ID] = true
		delete(s.places, o.ID)
		if !o.VirtualPlacement {
			s.places[o.ID] = &[4]int{s.x, s.y, o.Columns, o.Rows}
		}
	case o.Action == 'p':
		if !s.images[o.ID] {
			s.unknown = append(s.unknown, "put of nothing: "+head)
		}
		s.places[o.ID] = &[4]int{s.x, s.y, o.Columns, o.Rows}
	case o.Action == 'd':
		delete(s.places, o.ID)
		if o.Delete == 'I' || o.DeleteResources {
			delete(s.images, o.ID)
		}
	}
}

// text is what stands in a row.
func (s *screen) text(y int) string {
	var b strings.Builder
	for _, c := range s.cells[y] {
		b.WriteString(c.text)
	}
	return b.String()
}
