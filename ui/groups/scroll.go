package groups

// down and up go on by a post, or by a few lines within one that is longer than the pane.
func (p *posts) down(n int) {
	if r, ok := p.current(); ok && n == 1 {
		if h := p.tall(r.ID); p.exceeds(h) && p.line+h > p.height {
			p.line -= min(p.line+h-p.height, max(p.height-2, 1))
			return
		}
	}
	p.step(n)
}

func (p *posts) up(n int) {
	if r, ok := p.current(); ok && n == 1 {
		if h := p.tall(r.ID); p.exceeds(h) && p.line < 0 {
			p.line += min(-p.line, max(p.height-2, 1))
			return
		}
	}
	p.step(-n)
}

// exceeds reports whether a post of h lines is longer than the pane. Of one that was not
// drawn yet, as when keys come before the first frame, that is not known.
func (p *posts) exceeds(h int) bool { return p.height > 0 && h > p.height }

// scroll moves the posts by lines; the cursor stays as near as it can to where it was
// on the screen.
func (p *posts) scroll(lines int) {
	r, ok := p.current()
	if !ok {
		return
	}
	left := lines
	for left > 0 {
		h := p.tall(r.ID)
		if p.exceeds(h) && p.line+h > p.height {
			p.line -= left
			return
		}
		i := p.index(p.at)
		if i+1 >= len(p.rows) {
			p.step(1)
			return
		}
		left -= h
		p.at = p.rows[i+1].ID
		r = p.rows[i+1]
	}
	for left < 0 {
		i := p.index(p.at)
		if p.exceeds(p.tall(r.ID)) && p.line < 0 {
			p.line -= left
			return
		}
		if i == 0 {
			p.step(-1)
			return
		}
		r = p.rows[i-1]
		left += p.tall(r.ID)
		p.at = r.ID
	}
}

// place makes h lines of the rows around the cursor: it decides which of them are in
// sight. draw gives the lines of a row, cursor those of the row the cursor is on.
func (p *posts) place(h int, draw func(i int) []string) []string {
	p.height = h
	if h <= 0 || len(p.rows) == 0 {
		return nil
	}
	i := p.index(p.at)
	own := draw(i)
	below := own
	last := i
	for last+1 < len(p.rows) && len(below)-len(own) < 2*h {
		last++
		below = append(below[:len(below):len(below)], draw(last)...)
	}
	whole := last+1 == len(p.rows) && p.end
	var above []string // from the cursor's row upwards
	first := i
	for first > 0 && len(above) < 2*h {
		first--
		lines := draw(first)
		above = append(lines[:len(lines):len(lines)], above...)
	}
	at := p.line
	if p.stick {
		at, p.stick = h-len(below), false
	}
	if len(own) <= h {
		at = min(max(at, 0), h-len(own))
	} else {
		at = min(max(at, h-len(own)), 0)
	}
	if whole && at+len(below) < h {
		at = h - len(below)
	}
	if at > len(above) { // nothing is above: no room is left there
		at = len(above)
	}
	p.line = at
	p.bottom = whole && at+len(below) <= h
	var out []string
	if at >= 0 {
		out = append(out, above[len(above)-at:]...)
		out = append(out, below...)
	} else {
		out = append(out, below[-at:]...)
	}
	return out[:min(len(out), h)]
}

// drawn is a post as lines.
type drawn struct {
	lines  []string
	cursor bool
	focus  bool
}
