package pdf

// charstring runs a Type 1 glyph program (Adobe Type 1 Font Format, chapter 6).
type charstring struct {
	f     *type1Font
	p     *path
	x, y  float64
	stack []float64
	post  []float64 // what an OtherSubr leaves for pop
	flex  []float64 // the points of a flex being read
	in    bool      // in a flex
	open  bool      // a contour is
	done  bool
	steps int
}

// outline is a glyph in ems.
func (f *type1Font) outline(name string) *path {
	c := &charstring{f: f, p: &path{}}
	c.run(f.chars[name], 0)
	c.shut()
	m := f.matrix
	for i := 0; i+1 < len(c.p.pts); i += 2 {
		c.p.pts[i], c.p.pts[i+1] = m.apply(c.p.pts[i], c.p.pts[i+1])
	}
	return c.p
}

func (c *charstring) shut() {
	if c.open {
		c.p.close()
		c.open = false
	}
}

func (c *charstring) move(dx, dy float64) {
	c.x, c.y = c.x+dx, c.y+dy
	if c.in {
		c.flex = append(c.flex, c.x, c.y)
		return
	}
	c.shut()
	c.p.moveTo(c.x, c.y)
	c.open = true
}

func (c *charstring) line(dx, dy float64) {
	c.x, c.y = c.x+dx, c.y+dy
	if !c.open {
		c.p.moveTo(c.x-dx, c.y-dy)
		c.open = true
	}
	c.p.lineTo(c.x, c.y)
}

func (c *charstring) curve(a, b, d, e, g, h float64) {
	if !c.open {
		c.p.moveTo(c.x, c.y)
		c.open = true
	}
	x1, y1 := c.x+a, c.y+b
	x2, y2 := x1+d, y1+e
	c.x, c.y = x2+g, y2+h
	c.p.curveTo(x1, y1, x2, y2, c.x, c.y)
}

func (c *charstring) arg(i int) float64 {
	if i < len(c.stack) {
		return c.stack[i]
	}
	return 0
}

func (c *charstring) pop() float64 {
	if n := len(c.stack); n > 0 {
		v := c.stack[n-1]
		c.stack = c.stack[:n-1]
		return v
	}
	return 0
}

func (c *charstring) run(b []byte, depth int) {
	for i := 0; i < len(b) && !c.done; {
		if c.steps++; c.steps > 100_000 || depth > 12 || len(c.stack) > 256 {
			c.done = true
			return
		}
		v := int(b[i])
		i++
		switch {
		case v >= 32 && v <= 246:
			c.stack = append(c.stack, float64(v-139))
		case v >= 247 && v <= 250 && i < len(b):
			c.stack = append(c.stack, float64((v-247)*256+int(b[i])+108))
			i++
		case v >= 251 && v <= 254 && i < len(b):
			c.stack = append(c.stack, float64(-(v-251)*256-int(b[i])-108))
			i++
		case v == 255 && i+4 <= len(b):
			c.stack = append(c.stack, float64(int32(uint32(b[i])<<24|uint32(b[i+1])<<16|uint32(b[i+2])<<8|uint32(b[i+3]))))
			i += 4
		case v == 12 && i < len(b):
			c.escape(int(b[i]), depth)
			i++
		case v == 10:
			c.run(c.f.subrs[int(c.pop())], depth+1)
		case v == 11:
			return
		default:
			c.op(v)
			c.stack = c.stack[:0]
		}
	}
}

func (c *charstring) op(v int) {
	a := c.arg
	switch v {
	case 4:
		c.move(0, a(0))
	case 5:
		c.line(a(0), a(1))
	case 6:
		c.line(a(0), 0)
	case 7:
		c.line(0, a(0))
	case 8:
		c.curve(a(0), a(1), a(2), a(3), a(4), a(5))
	case 9:
		c.shut()
	case 13: // hsbw
		c.x, c.y = a(0), 0
	case 14:
		c.done = true
	case 21:
		c.move(a(0), a(1))
	case 22:
		c.move(a(0), 0)
	case 30:
		c.curve(0, a(0), a(1), a(2), a(3), 0)
	case 31:
		c.curve(a(0), 0, a(1), a(2), 0, a(3))
	}
}

func (c *charstring) escape(v, depth int) {
	switch v {
	case 6: // seac: an accented letter of two glyphs
		if len(c.stack) >= 5 {
			asb, dx, dy := c.stack[0], c.stack[1], c.stack[2]
			base, accent := c.f.names.standardName(int(c.stack[3])), c.f.names.standardName(int(c.stack[4]))
			left := c.x
			c.stack = c.stack[:0]
			c.part(c.f.chars[base], 0, 0, depth)
			c.part(c.f.chars[accent], left-asb+dx, dy, depth)
		}
		c.done = true
	case 7: // sbw
		c.x, c.y = c.arg(0), c.arg(1)
	case 12: // div
		b, a := c.pop(), c.pop()
		if b != 0 {
			a /= b
		}
		c.stack = append(c.stack, a)
		return
	case 16:
		c.other()
		return
	case 17: // pop
		if n := len(c.post); n > 0 {
			c.stack = append(c.stack, c.post[n-1])
			c.post = c.post[:n-1]
		} else {
			c.stack = append(c.stack, 0)
		}
		return
	}
	c.stack = c.stack[:0]
}

// part draws a glyph as a part of another, moved by dx, dy.
func (c *charstring) part(b []byte, dx, dy float64, depth int) {
	c.shut()
	from := len(c.p.pts)
	c.done = false
	c.run(b, depth+4)
	c.shut()
	for i := from; i+1 < len(c.p.pts); i += 2 {
		c.p.pts[i] += dx
		c.p.pts[i+1] += dy
	}
	c.stack = c.stack[:0]
}

// other is callothersubr: flex (0 to 2) and hint replacement (3).
func (c *charstring) other() {
	which, n := int(c.pop()), int(c.pop())
	n = min(max(n, 0), len(c.stack))
	args := append([]float64(nil), c.stack[len(c.stack)-n:]...)
	c.stack = c.stack[:len(c.stack)-n]
	switch which {
	case 0:
		c.in = false
		// Seven points: the first only says where the others count from.
		if f := c.flex; len(f) >= 14 {
			if !c.open {
				c.p.moveTo(f[0], f[1])
				c.open = true
			}
			c.p.curveTo(f[2], f[3], f[4], f[5], f[6], f[7])
			c.p.curveTo(f[8], f[9], f[10], f[11], f[12], f[13])
			c.x, c.y = f[12], f[13]
		}
		c.flex = nil
		c.post = []float64{c.y, c.x}
	case 1:
		c.in, c.flex = true, nil
	case 2:
	case 3:
		c.post = []float64{3}
	default:
		c.post = c.post[:0]
		for i := len(args) - 1; i >= 0; i-- {
			c.post = append(c.post, args[i])
		}
	}
}
