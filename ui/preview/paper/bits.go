package paper

import (
	"context"
	"encoding/binary"
	"math"
	"math/bits"
)

// shrinkBits gives c the lines of a black and white page, as sums of ink.
func shrinkBits(ctx context.Context, b *Bitmap, across, down axis, c *canvas) error {
	counter := newCounter(b.W, across)
	sums := make([]uint32, across.n())
	wait := patience{ctx: ctx}
	read := -1 // the line that counter has
	for j := range down.n() {
		clear(sums)
		first, end, weight := down.cover(j, b.H)
		for y := first; y < end; y++ {
			if y != read {
				if err := wait.err(b.W); err != nil {
					return err
				}
				counter.read(b.Row(y))
				read = y
			}
			by := weight(y)
			for _, s := range counter.inked {
				ink, to := counter.ink[s.from:s.to], sums[s.from:s.to]
				for i, v := range ink {
					to[i] += v * by
				}
			}
		}
		c.line(j, sums, true)
	}
	return nil
}

// counter is how much ink one line of a page has for each pixel of a picture,
// 0 to allInk, and in which runs of pixels there is any.
type counter struct {
	ink   []uint32
	inked []run

	line []byte // the page's line with zeros behind it

	// For few bits a pixel: what each pixel's bits are worth.
	windows []window
	worth   []uint16
	width   uint // bits of a window
	touched []run
	// For many bits a pixel: the ends of the pixels in parts of a bit.
	ends   []uint64
	scales []uint64
	before []uint32 // ink before each word of the line
}

// run is pixels of a picture.
type run struct{ from, to int32 }

// window is where a pixel's bits begin, and which row of worth is theirs.
type window struct {
	at    uint32 // byte
	shift uint8
	row   uint16
}

const (
	allInk = 255 << 8
	parts  = 64 // of a bit; where a pixel begins is rounded to one
	few    = 6  // bits a pixel, up to which the table is small
)

func newCounter(w int, a axis) *counter {
	n := a.n()
	c := &counter{ink: make([]uint32, n), line: make([]byte, (w+63)/64*8+16)}
	if a.step <= few {
		c.makeTable(a, w)
		return c
	}
	c.before = make([]uint32, len(c.line)/8)
	c.ends = make([]uint64, n+1)
	c.scales = make([]uint64, n)
	for i, x := range a.bounds {
		c.ends[i] = uint64(math.Round(x * parts))
		if i > 0 {
			c.scales[i-1] = allInk << 24 / (c.ends[i] - c.ends[i-1])
		}
	}
	return c
}

// makeTable prepares for pixels of few bits: worth has, for each part of a bit in
// which a pixel can begin, what each set of bits adds.
func (c *counter) makeTable(a axis, w int) {
	c.width = uint(math.Ceil(a.step + float64(parts-1)/parts))
	c.worth = make([]uint16, parts<<c.width)
	for phase := range parts {
		from := float64(phase) / parts
		up := func(bit uint) float64 {
			return math.Round(allInk * (min(max(float64(bit), from), from+a.step) - from) / a.step)
		}
		row := c.worth[phase<<c.width : (phase+1)<<c.width]
		for bit := range c.width {
			value := uint16(up(bit+1) - up(bit))
			for set := range row {
				if uint(set)>>(c.width-1-bit)&1 == 1 {
					row[set] += value
				}
			}
		}
	}
	c.windows = make([]window, a.n())
	c.touched = make([]run, (w+63)/64)
	for i := range c.touched {
		c.touched[i].from = int32(a.n())
	}
	for i := range c.windows {
		at := int(math.Round(a.bounds[i] * parts))
		at = max(min(at, w*parts-1), 0)
		bit := at / parts
		c.windows[i] = window{uint32(bit / 8), uint8(bit % 8), uint16(at % parts << c.width)}
		for word := bit / 64; word <= min((bit+int(c.width)-1)/64, len(c.touched)-1); word++ {
			t := &c.touched[word]
			t.from, t.to = min(t.from, int32(i)), max(t.to, int32(i+1))
		}
	}
}

// read counts a line.
func (c *counter) read(line []byte) {
	copy(c.line, line)
	c.inked = c.inked[:0]
	if c.windows == nil {
		c.readMany()
		return
	}
	for i, t := range c.touched {
		if binary.NativeEndian.Uint64(c.line[8*i:]) == 0 || t.from >= t.to {
			continue
		}
		if k := len(c.inked) - 1; k >= 0 && c.inked[k].to >= t.from {
			c.inked[k].to = max(t.to, c.inked[k].to)
			continue
		}
		c.inked = append(c.inked, t)
	}
	out := 16 - c.width
	for _, s := range c.inked {
		ink := c.ink[s.from:s.to]
		for i, w := range c.windows[s.from:s.to] {
			set := binary.BigEndian.Uint16(c.line[w.at:]) << (w.shift & 7) >> (out & 15)
			ink[i] = uint32(c.worth[uint(w.row)+uint(set)])
		}
	}
}

// readMany counts a line by words.
func (c *counter) readMany() {
	total := uint32(0)
	for i := range c.before {
		c.before[i] = total
		total += uint32(bits.OnesCount64(binary.BigEndian.Uint64(c.line[8*i:])))
	}
	if total == 0 {
		return
	}
	c.inked = append(c.inked, run{0, int32(len(c.ink))})
	last := uint64(0)
	for i, end := range c.ends {
		word, bit := end/(64*parts), end/parts%64
		v := binary.BigEndian.Uint64(c.line[8*word:])
		sum := (uint64(c.before[word])+uint64(bits.OnesCount64(v>>(64-bit))))*parts + v>>(63-bit)&1*(end%parts)
		if i > 0 {
			c.ink[i-1] = uint32((sum - last) * c.scales[i-1] >> 24)
		}
		last = sum
	}
}
