package audio

import (
	"sync"
	"time"
)

// Peak is the lowest and the highest sample of a stretch.
type Peak struct{ Min, Max int16 }

// Range is a stretch of a recording, To not included.
type Range struct{ From, To time.Duration }

const (
	fineBucket = 10 * time.Millisecond

	// maxBuckets is how many buckets a shape has: 1 MB of them. What is longer
	// than 43 minutes has buckets of 20 ms, then of 40, and so on.
	maxBuckets = 1 << 18
)

// Shape is the outline of a recording. The zero value is an empty one. Scan
// appends to it while others read it: its methods may be called by several
// goroutines. It takes at most about 1 MB.
type Shape struct {
	mu      sync.Mutex
	buckets []Peak
	doubled int // how often the buckets have been made twice as long

	// What Scan goes on with, in samples at the rate it reads them.
	rate int
	at   int64
	part Peak // of the bucket that is not complete
	fill int64
	done bool
}

// bucket is how long a bucket is.
func (sh *Shape) bucket() time.Duration { return fineBucket << sh.doubled }

// ends is the sample behind bucket i.
func (sh *Shape) ends(i int) int64 {
	return int64(i+1) << sh.doubled * int64(sh.rate) / int64(time.Second/fineBucket)
}

// add appends samples.
func (sh *Shape) add(p []int16) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	for len(p) > 0 {
		n := int(min(sh.ends(len(sh.buckets))-sh.at, int64(len(p))))
		low, high := p[0], p[0]
		for _, v := range p[:n] {
			low, high = min(low, v), max(high, v)
		}
		if sh.fill == 0 {
			sh.part = Peak{low, high}
		} else {
			sh.part = sh.part.with(Peak{low, high})
		}
		sh.at += int64(n)
		sh.fill += int64(n)
		p = p[n:]
		if sh.at == sh.ends(len(sh.buckets)) {
			sh.push()
		}
	}
}

// push ends the present bucket.
func (sh *Shape) push() {
	sh.buckets = append(sh.buckets, sh.part)
	sh.fill = 0
	if len(sh.buckets) < maxBuckets {
		return
	}
	for i := range maxBuckets / 2 {
		sh.buckets[i] = sh.buckets[2*i].with(sh.buckets[2*i+1])
	}
	sh.buckets = sh.buckets[:maxBuckets/2]
	sh.doubled++
}

// finish ends the last bucket, which is shorter.
func (sh *Shape) finish() {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.fill > 0 {
		sh.push()
	}
	sh.done = true
}

func (p Peak) with(o Peak) Peak { return Peak{min(p.Min, o.Min), max(p.Max, o.Max)} }

// height is half of how far a stretch swings, whatever it swings about.
func (p Peak) height() int { return (int(p.Max) - int(p.Min)) / 2 }

// Duration is how much of the recording the shape covers.
func (sh *Shape) Duration() time.Duration {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.duration()
}

func (sh *Shape) duration() time.Duration {
	if sh.rate == 0 {
		return 0
	}
	return seconds(sh.at, sh.rate)
}

// Columns is the shape in n columns that stand for the time over together (0:
// for what is covered). The result is shorter than n where the shape does not
// cover all of it yet.
func (sh *Shape) Columns(n int, over time.Duration) []Peak {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	have := sh.duration()
	if over <= 0 {
		over = have
	}
	if n <= 0 || over <= 0 || len(sh.buckets) == 0 {
		return nil
	}
	step := float64(over) / float64(n) / float64(sh.bucket())
	out := make([]Peak, 0, n)
	for i := range n {
		from := int(float64(i) * step)
		to := max(int(float64(i+1)*step), from+1)
		if to > len(sh.buckets) {
			// The last column of a shape that is complete may end early.
			if !sh.done || from >= len(sh.buckets) {
				break
			}
			to = len(sh.buckets)
		}
		p := sh.buckets[from]
		for _, b := range sh.buckets[from+1 : to] {
			p = p.with(b)
		}
		out = append(out, p)
	}
	return out
}

// Quiet is how high the samples of a silence of this recording may swing: it
// depends on how loud the recording is and on its noise. A Stretcher takes it.
func (sh *Shape) Quiet() int16 {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return int16(sh.quiet())
}

// The least a sound has to swing: below is what rounding and G.711 leave of a
// silence. Where nothing is louder all of it is silent.
const faintest = 48

func (sh *Shape) quiet() int {
	const step = 16
	var counts [32768/step + 1]int
	for _, b := range sh.buckets {
		counts[b.height()/step]++
	}
	at := func(share int) int { // what so many percent stay below
		left := len(sh.buckets) * share / 100
		for i, n := range counts {
			if left -= n; left < 0 {
				return (i + 1) * step
			}
		}
		return 0
	}
	noise, loud := at(10), at(95)
	return max(min(max(noise*5/2, loud/50), loud/8), faintest)
}

// Silences are the stretches of at least that length without a sound that
// matters, in order.
func (sh *Shape) Silences(least time.Duration) []Range {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	var out []Range
	quiet, from := sh.quiet(), -1
	end := func(to int) {
		r := Range{time.Duration(from) * sh.bucket(), min(time.Duration(to)*sh.bucket(), sh.duration())}
		if from >= 0 && r.To-r.From >= least {
			out = append(out, r)
		}
		from = -1
	}
	for i, b := range sh.buckets {
		switch {
		case b.height() > quiet:
			end(i)
		case from < 0:
			from = i
		}
	}
	end(len(sh.buckets))
	return out
}
