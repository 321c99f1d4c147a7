package mp3

import (
	"math"
	"sync"
)

// choice is what a table number of the side information means.
type choice struct {
	pairs pairTable // nil: no such table
	more  int       // bits behind a 15 (linbits)
}

// tables are what all decoders share. They are not written once they are made.
type tables struct {
	choice [32]choice
	quads  [64]quad
	power  []float32   // x^(4/3)
	small  [16]float32 // the first of them
	steps  [stepsBelow + stepsAbove]float32
	cosine *transforms
	half   *halfSecants
	synth  [3]*window // by how often the number of subbands is halved
	ratio  ratios
	alias  aliases
}

// Gains are powers of 2^(1/4). A granule's goes up to 255-210+60; scale factors
// and gains of short blocks take up to 4*(31+3)+56 from it.
const (
	stepsBelow = 360
	stepsAbove = 128
)

var sharedTables = sync.OnceValue(newTables)

func newTables() *tables {
	t := &tables{quads: newQuads(), cosine: newTransforms(), half: newHalfSecants(), ratio: newRatios(), alias: newAliases()}
	for i := range codes {
		if codes[i].size > 0 {
			t.choice[i].pairs = newPairTable(&codes[i])
		}
	}
	for i, more := range [16]int{1, 2, 3, 4, 6, 8, 10, 13, 4, 5, 6, 7, 8, 9, 11, 13} {
		t.choice[16+i] = choice{t.choice[16+i&^7].pairs, more}
	}
	t.power = make([]float32, largest+1)
	for i := range t.power {
		t.power[i] = float32(float64(i) * math.Cbrt(float64(i)))
	}
	copy(t.small[:], t.power)
	for i := range t.steps {
		t.steps[i] = float32(math.Exp2(float64(i-stepsBelow) / 4))
	}
	for i := range t.synth {
		t.synth[i] = newWindow(i)
	}
	return t
}
