package audio

const (
	gapMs   = 500 // silences of more are shortened
	keptMs  = 150 // to that
	aheadMs = 100 // of which so much before the jump
	frameMs = 10
)

// gaps finds silences ahead and says where to go on behind them.
type gaps struct {
	on    bool
	quiet int16
	frame int64 // samples of a frame

	silent int64 // the silence under way began here, -1: none
	seen   int64 // up to here the source has been looked at
	buf    []int16
}

func newGaps(rate int) gaps {
	frame := max(rate*frameMs/1000, 1)
	return gaps{quiet: 327, frame: int64(frame), silent: -1, buf: make([]int16, frame)}
}

// forget is called after a jump: what was seen is not what comes.
func (g *gaps) forget() { g.silent, g.seen = -1, 0 }

// pass gives cur, or where to go on when cur is far enough in a long silence: so
// near before its end that it is as long as it should be.
func (g *gaps) pass(t *Stretcher, cur float64) float64 {
	if !g.on {
		g.forget()
		return cur
	}
	at := int64(cur)
	if at > g.seen || g.seen == 0 {
		g.seen, g.silent = max(at, 1), -1
	}
	ms := int64(t.rate) / 1000
	// Has what comes next been looked at, and is it silent long enough?
	for g.seen < at+g.frame || g.silent >= 0 && g.seen-g.silent <= gapMs*ms {
		loud, ok := g.look(t)
		if !ok {
			return cur
		}
		if loud {
			g.silent = -1
		} else if g.silent < 0 {
			g.silent = g.seen
		}
		g.seen += g.frame
	}
	if g.silent < 0 || at < g.silent+aheadMs*ms {
		return cur
	}
	// To its end, in steps that take little time each.
	for range 1000 {
		if loud, ok := g.look(t); loud || !ok {
			break
		}
		g.seen += g.frame
	}
	return max(cur, float64(g.seen-(keptMs-aheadMs)*ms))
}

// look says whether the frame at seen is loud. ok is false when it is not all
// there: at the end, or where the file is still to come.
func (g *gaps) look(t *Stretcher) (loud, ok bool) {
	if n, _ := t.src.ReadAt(g.buf, g.seen); n < len(g.buf) {
		return false, false
	}
	p := Peak{g.buf[0], g.buf[0]}
	for _, v := range g.buf {
		p = p.with(Peak{v, v})
	}
	return p.height() > int(g.quiet), true
}
