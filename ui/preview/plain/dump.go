package plain

import (
	"fmt"
	"strings"
)

// hexLines lays bytes out: where they are, as numbers, as letters. As many stand
// on a line as fit w cells: 16, 8 or 4.
func hexLines(b []byte, w int) []line {
	per := 16
	for per > 4 && 1+10+3*per+(per-1)/8+1+per > w {
		per /= 2
	}
	out := make([]line, 0, len(b)/per+1)
	for at := 0; at < len(b); at += per {
		row := b[at:min(at+per, len(b))]
		var num, text strings.Builder
		for i, c := range row {
			if i > 0 && i%8 == 0 {
				num.WriteByte(' ')
			}
			fmt.Fprintf(&num, "%02x ", c)
			if c < ' ' || c > '~' {
				c = '.'
			}
			text.WriteByte(c)
		}
		room := 3*per + (per-1)/8
		out = append(out, line{label: fmt.Sprintf("%08x  ", at), text: fmt.Sprintf("%-*s %s", room, num.String(), text.String()), hang: 10})
	}
	return out
}
