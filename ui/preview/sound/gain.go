package sound

// gain sets the loudness of samples. Changes are gradual, so that they do not
// click, and a peak limiter keeps what is made louder than the format can hold
// from being cut off: it turns down at once and comes back in about a tenth of a
// second.
type gain struct {
	now     float64 // factor reached; starts at 0, so that playing fades in
	press   float64 // what the limiter divides by, 1 or more
	step    float64 // most the factor changes in a sample
	release float64 // what is left of press-1 after a sample
}

const loudest = 31000 // of 32767: the limiter's ceiling

func newGain(rate int) *gain {
	return &gain{press: 1, step: 1 / (0.005 * float64(rate)), release: 1 - 1/(0.1*float64(rate))}
}

// apply makes p percent as loud as it is.
func (g *gain) apply(p []int16, percent int) {
	goal := float64(min(max(percent, 0), Loudest)) / 100
	for i, x := range p {
		if g.now < goal {
			g.now = min(g.now+g.step, goal)
		} else if g.now > goal {
			g.now = max(g.now-g.step, goal)
		}
		y := float64(x) * g.now
		g.press = 1 + (g.press-1)*g.release
		// At plain loudness and below nothing needs to be held back.
		if over := max(y, -y) / loudest; goal > 1 && over > g.press {
			g.press = over
		}
		y /= g.press
		p[i] = int16(min(max(y, -32768), 32767))
	}
}
