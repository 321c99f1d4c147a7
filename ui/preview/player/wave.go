package player

import (
	"math"
	"strings"
	"time"

	"switchboard/ui/kit"
	"switchboard/ui/preview/audio"
	"switchboard/ui/theme"
)

// column is what one column of the waveform stands for.
type column struct {
	up, down float64 // 0 to 1
	here     bool    // it has been fetched and looked at
	quiet    bool    // nothing is said in it
}

// quietest is the loudest sample of a recording that is drawn at full height all
// the same: whispering is drawn larger, nothing at all is not.
const quietest = 1500

// columnsOf is a recording of a length in n columns.
func columnsOf(sh *audio.Shape, n int, length time.Duration) []column {
	out := make([]column, n)
	if sh == nil || length <= 0 || n == 0 {
		return out
	}
	// The mean of several peaks: a column of seconds is as high as what is in it,
	// not as its one loudest moment, so that pauses are seen in long recordings too.
	parts := int(min(max(length/time.Duration(n)/finest, 1), mostParts))
	peaks := sh.Columns(n*parts, length)
	most := float64(quietest)
	for i := range out[:min(len(peaks)/parts, n)] {
		c := &out[i]
		for _, p := range peaks[i*parts : (i+1)*parts] {
			c.up += float64(p.Max) / float64(parts)
			c.down -= float64(p.Min) / float64(parts)
		}
		c.here = true
		most = max(most, c.up, c.down)
	}
	for i := range out {
		out[i].up, out[i].down = height(out[i].up/most), height(out[i].down/most)
	}
	gaps := sh.Silences(gap)
	g := 0
	for i := range out {
		from, to := length*time.Duration(i)/time.Duration(n), length*time.Duration(i+1)/time.Duration(n)
		for g < len(gaps) && gaps[g].To <= from {
			g++
		}
		still := time.Duration(0)
		for k := g; k < len(gaps) && gaps[k].From < to; k++ {
			still += min(gaps[k].To, to) - max(gaps[k].From, from)
		}
		out[i].quiet = out[i].here && still*10 >= (to-from)*8
	}
	return out
}

// How finely a column is looked at.
const (
	finest    = 20 * time.Millisecond
	mostParts = 16
)

// height lifts what is soft a little, as ears do.
func height(x float64) float64 { return math.Pow(min(max(x, 0), 1), 0.75) }

// mirrored is the height in lines from which a waveform has two sides.
const mirrored = 5

// signs draws a column in rows lines, from the top.
func (c column) signs(rows int) []rune {
	out := make([]rune, rows)
	for i := range out {
		out[i] = ' '
	}
	middle := rows - 1
	if rows >= mirrored {
		middle = rows / 2
	}
	switch {
	case !c.here:
		out[middle] = '·'
	case c.quiet && rows >= mirrored:
		out[middle] = '─'
	case c.quiet:
		out[middle] = '▁'
	case rows >= mirrored:
		up, down := max(int(math.Round(c.up*float64(rows))), 1), max(int(math.Round(c.down*float64(rows))), 1)
		for i := range out {
			top, bottom := 2*i >= rows-up && 2*i < rows+down, 2*i+1 >= rows-up && 2*i+1 < rows+down
			switch {
			case top && bottom:
				out[i] = '█'
			case top:
				out[i] = '▀'
			case bottom:
				out[i] = '▄'
			}
		}
	default:
		level := max(int(math.Round(max(c.up, c.down)*float64(8*rows))), 2)
		for i := rows - 1; i >= 0 && level > 0; i-- {
			out[i] = []rune(" ▁▂▃▄▅▆▇█")[min(level, 8)]
			level -= 8
		}
	}
	return out
}

// waveform is rows lines of w cells; head is the column of the playhead, -1
// for none. One cell at each side is left free.
func waveform(cols []column, rows, w, head int, s *theme.Styles) []string {
	signs := make([][]rune, len(cols))
	for i, c := range cols {
		signs[i] = c.signs(rows)
	}
	paint := func(i int) theme.Paint {
		switch {
		case i == head:
			return s.Mark.Paint
		case !cols[i].here || cols[i].quiet:
			return s.Dim.Paint
		case i < head:
			return s.Accent.Paint
		}
		return s.Text.Paint
	}
	out := make([]string, rows)
	for y := range out {
		var b, run strings.Builder
		b.WriteByte(' ')
		for i := 0; i < len(cols); {
			p := paint(i)
			run.Reset()
			for ; i < len(cols) && paint(i) == p; i++ {
				if i == head {
					run.WriteRune('┃')
				} else {
					run.WriteRune(signs[i][y])
				}
			}
			p.To(&b, run.String())
		}
		b.WriteString(kit.Space(w - 1 - len(cols)))
		out[y] = b.String()
	}
	return out
}
