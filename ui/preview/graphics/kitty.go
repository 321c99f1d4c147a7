package graphics

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi/kitty"
)

// Kitty images have small ids: an id is the foreground colour of the cells that
// stand for it, and of those only the 256 of the palette come through a
// terminal multiplexer and a renderer with few colours. A slot has two, so that
// the picture put directly can replace another without a moment of nothing.
const idsASlot = 2

func (t Terminal) id() uint8 { return max(t.base, 16) + t.Slot&15*idsASlot }

// placeholders is the cells that stand for the picture. Each says which part
// of it it is, so that an overlay may cover any of them.
func (p *Picture) placeholders() []string {
	lines := make([]string, p.Rows)
	var b strings.Builder
	rest := strings.Repeat(" ", p.Cols-p.used[0])
	for y := range lines {
		if y >= p.used[1] {
			lines[y] = strings.Repeat(" ", p.Cols)
			continue
		}
		b.Reset()
		fmt.Fprintf(&b, "\x1b[38;5;%dm", p.id)
		for x := range p.used[0] {
			b.WriteRune(kitty.Placeholder)
			b.WriteRune(kitty.Diacritic(y))
			b.WriteRune(kitty.Diacritic(x))
		}
		b.WriteString("\x1b[39m")
		b.WriteString(rest)
		lines[y] = b.String()
	}
	return lines
}

// transmit sends the picture under an id. Where it has placeholders they show
// it at once; else it is put where the cursor is.
func (p *Picture) transmit(out *bytes.Buffer, id uint8) {
	how := "C=1,p=1"
	if p.mode == Kitty {
		how = "U=1"
	}
	head := fmt.Sprintf("a=T,q=2,f=100,t=d,%s,i=%d,c=%d,r=%d,", how, id, p.used[0], p.used[1])
	for rest := p.data; ; head = "q=2," {
		chunk := rest[:min(len(rest), kitty.MaxChunkSize)]
		rest = rest[len(chunk):]
		more := 0
		if len(rest) > 0 {
			more = 1
		}
		p.apc(out, fmt.Sprintf("G%sm=%d;", head, more), chunk)
		if more == 0 {
			return
		}
	}
}

// again puts a picture that the terminal has where the cursor is.
func (p *Picture) again(out *bytes.Buffer, id uint8) {
	p.apc(out, fmt.Sprintf("Ga=p,q=2,C=1,p=1,i=%d,c=%d,r=%d", id, p.used[0], p.used[1]), nil)
}

// lift takes a picture off the screen; the terminal keeps it.
func (p *Picture) lift(out *bytes.Buffer, id uint8) {
	p.apc(out, fmt.Sprintf("Ga=d,q=2,d=i,i=%d", id), nil)
}

// forget takes a picture off the screen and out of the terminal's memory.
func (p *Picture) forget(out *bytes.Buffer, id uint8) {
	p.apc(out, fmt.Sprintf("Ga=d,q=2,d=I,i=%d", id), nil)
}

func (p *Picture) apc(out *bytes.Buffer, head string, data []byte) {
	begin, end := "\x1b_", "\x1b\\"
	if p.tmux {
		begin, end = "\x1bPtmux;\x1b\x1b_", "\x1b\x1b\\\x1b\\"
	}
	out.WriteString(begin)
	out.WriteString(head)
	out.Write(data)
	out.WriteString(end)
}
