package corpus

import "math"

// Speech is laid out in slots of a fifth of a second with one or two syllables
// each, and in phrases of fourteen slots that end with a pause. Everything
// about a slot follows from the voice and the slot's number, so audio can be
// made from any point on.
const (
	sampleRate  = 8000
	slotSamples = sampleRate / 5
	phraseSlots = 14
	cycle       = 256 // samples of one period of a vowel
)

// formant frequencies in Hz of the vowels in "heed, hid, head, had, hod, hawed,
// who'd, heard", roughly.
var vowels = [...][3]float64{
	{280, 2250, 2900},
	{390, 1990, 2550},
	{530, 1840, 2480},
	{660, 1720, 2410},
	{730, 1090, 2440},
	{570, 840, 2410},
	{300, 870, 2240},
	{490, 1350, 1690},
}

// voice is one caller.
type voice struct {
	seed   uint64
	pitch  float64 // Hz, of a relaxed syllable
	tract  float64 // length of the throat: shifts all formants
	end    int     // samples
	silent bool    // a hang-up: nobody speaks
	tables [len(vowels)][cycle]float64
}

func (c *Corpus) voice(m *Message) *voice {
	r := stream(c.seed, forVoice, uint64(m.Index))
	v := &voice{seed: r.next(), end: m.Duration * sampleRate, silent: m.Duration < 3}
	v.pitch, v.tract = float64(r.between(95, 135)), 1
	if r.percent(55) {
		v.pitch, v.tract = float64(r.between(165, 225)), 1.14
	}
	return v
}

// tune makes the table of each vowel's waveform: the harmonics of the voice's
// pitch, each as loud as the formants make it.
func (v *voice) tune() {
	for n := range vowels {
		peak := 0.0
		for h := 1; float64(h)*v.pitch < 3600; h++ {
			a := v.loudness(n, float64(h)*v.pitch)
			// A phase of its own for each harmonic keeps the sum from being a click.
			step, phase := 2*math.Pi*float64(h)/cycle, float64(h*h)*.7
			for i := range cycle {
				v.tables[n][i] += a * math.Sin(float64(i)*step+phase)
				peak = max(peak, math.Abs(v.tables[n][i]))
			}
		}
		for i := range cycle {
			v.tables[n][i] /= peak
		}
	}
}

// loudness of frequency f in a vowel, 1 at the strongest formant.
func (v *voice) loudness(vowel int, f float64) float64 {
	sum := .01
	for i, centre := range vowels[vowel] {
		d := (f - centre*v.tract) / [...]float64{70, 100, 140}[i]
		sum += [...]float64{1, .5, .25}[i] / (1 + d*d)
	}
	return min(sum, 1)
}

// syllable is a stretch of a slot in which there is sound.
type syllable struct {
	from, to     int // samples within the slot
	vowel, glide int // at the start, and at the end
	hiss         int // samples of a consonant before the vowel
	level        float64
	low, high    float64 // Hz at the start and at the end
}

// syllables says what is spoken in slot k; a count of 0 is a pause.
func (v *voice) syllables(k int) (s [2]syllable, count int) {
	last := v.end/slotSamples - 2
	if v.silent || k < 2 || k > last {
		return s, 0
	}
	phrase := stream(v.seed, forVoice, uint64(k/phraseSlots))
	spoken, at := phrase.between(8, 13), k%phraseSlots
	if phrase.percent(8) && k > phraseSlots || at >= spoken {
		return s, 0
	}
	r := stream(v.seed, forVoice, uint64(k)|1<<40)
	fall := 1.15 - .3*float64(at)/float64(spoken)
	if phrase.percent(20) && at >= spoken-2 {
		fall = 1.25 // a question
	}
	count = 1
	if r.percent(40) {
		count = 2
	}
	for i := range count {
		length := slotSamples / count
		y := &s[i]
		y.from = i*length + r.n(length/8)
		y.to = (i+1)*length - r.n(length/5)
		y.vowel, y.glide = r.n(len(vowels)), r.n(len(vowels))
		if r.percent(45) {
			y.hiss = r.between(200, 420) / count
		}
		y.level = float64(r.between(55, 100)) / 100
		y.low = v.pitch * fall * float64(r.between(94, 108)) / 100
		y.high = y.low * float64(r.between(90, 104)) / 100
	}
	return s, count
}

// envelope is how loud the syllable is at sample i of the slot, 0 at its ends.
func (y *syllable) envelope(i int) float64 {
	in, out := float64(i-y.from)/180, float64(y.to-i)/360
	return y.level * min(in, out, 1)
}

// render makes the samples of slot k.
func (v *voice) render(k int, out *[slotSamples]int16) {
	clear(out[:])
	s, count := v.syllables(k)
	noise := stream(v.seed, forVoice, uint64(k)|1<<41)
	if v.silent && k == v.end/slotSamples-2 {
		for i := range 60 { // the receiver goes down
			out[700+i] = int16(noise.between(-9000, 9000) * (60 - i) / 60)
		}
	}
	for n := range count {
		y := &s[n]
		before, phase := 0.0, 0.0
		for i := y.from; i < y.to; i++ {
			var x float64
			if at := i - y.from; at < y.hiss {
				white := float64(noise.between(-1000, 1000)) / 1000
				x = .3 * (white - before) * float64(min(at, y.hiss-at)) / float64(y.hiss/2+1)
				before = white
			} else {
				part := float64(at) / float64(y.to-y.from)
				phase += (y.low + (y.high-y.low)*part) * cycle / sampleRate
				at := int(phase) % cycle
				x = v.tables[y.vowel][at]*(1-part) + v.tables[y.glide][at]*part
			}
			out[i] = int16(x * y.envelope(i) * 15000)
		}
	}
}
