package sound

import "math"

// resampler brings samples from one rate to a higher or equal one: a device that
// knows one rate only plays telephony of 8,000 samples a second without the harsh
// mirror tones that plain repetition gives. It is a sinc of 16 samples with a
// Hann window, in 256 steps between two samples.
type resampler struct {
	src   Fill
	step  float64 // source samples to a sample
	taps  [][taps]float32
	hist  []int16 // taps-1 samples before the next, then what is not used yet
	frac  float64
	end   bool
	piece []int16
}

const (
	taps  = 16
	steps = 256
)

func newResampler(from, to int, src Fill) *resampler {
	r := &resampler{src: src, step: float64(from) / float64(to), taps: make([][taps]float32, steps)}
	cut := min(1, float64(to)/float64(from)) // below the lower of the two rates
	for i := range r.taps {
		sum := 0.0
		var row [taps]float64
		for k := range row {
			x := float64(k-taps/2+1) - float64(i)/steps
			w := 0.5 + 0.5*math.Cos(math.Pi*x/(taps/2))
			if x == 0 {
				row[k] = cut
			} else {
				row[k] = math.Sin(math.Pi*x*cut) / (math.Pi * x) * w
			}
			sum += row[k]
		}
		for k := range row {
			r.taps[i][k] = float32(row[k] / sum)
		}
	}
	r.hist = make([]int16, taps/2-1)
	r.piece = make([]int16, max(from/100, 1))
	return r
}

// fill is a Fill at the other rate.
func (r *resampler) fill(p []int16) (int, bool) {
	for i := range p {
		for len(r.hist) < taps && !r.end {
			n, end := r.src(r.piece)
			r.hist = append(r.hist, r.piece[:n]...)
			if end { // let the last samples through
				r.end = true
				r.hist = append(r.hist, make([]int16, taps/2)...)
			}
		}
		if len(r.hist) < taps {
			return i, true
		}
		sum := float32(0)
		for k, c := range r.taps[int(r.frac*steps)] {
			sum += c * float32(r.hist[k])
		}
		p[i] = int16(min(max(sum, -32768), 32767))
		r.frac += r.step
		skip := int(r.frac)
		r.frac -= float64(skip)
		r.hist = r.hist[min(skip, len(r.hist)):]
	}
	return len(p), false
}
