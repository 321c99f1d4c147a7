package corpus

import (
	"encoding/binary"
	"io"
)

// A block of IMA ADPCM (IMA Digital Audio Focus and Technical Working Groups,
// 1992, as in WAV format 17) is 256 bytes: its first sample whole, the index of
// the step, and 504 differences of four bits.
const (
	adpcmBlock   = 256
	adpcmSamples = 1 + 2*(adpcmBlock-4)
)

// adpcmSteps are how far a difference of one unit goes, by index.
var adpcmSteps = [89]int{
	7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130, 143,
	157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552,
	1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487,
	12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
}

// adpcmTurn is how the index moves after a difference of that size.
var adpcmTurn = [8]int{-1, -1, -1, -1, 2, 4, 6, 8}

func (v *voice) adpcm() Body {
	head := adpcmHeader(v.end)
	blocks := (v.end + adpcmSamples - 1) / adpcmSamples
	size := int64(len(head) + blocks*adpcmBlock)
	return Body{Size: size, Open: func() io.ReadSeeker {
		own := *v
		own.tune()
		var slot [slotSamples]int16
		have := -1
		sample := func(i int) int {
			if i >= own.end {
				return 0
			}
			if k := i / slotSamples; k != have {
				own.render(k, &slot)
				have = k
			}
			return int(slot[i%slotSamples])
		}
		return newLazy(head, adpcmBlock, size, func(k int, block []byte) { adpcmEncode(block, k*adpcmSamples, sample) })
	}}
}

// adpcmEncode makes the block of the samples from at on. Its first step is found
// from the samples alone, so that every block can be made without those before.
func adpcmEncode(block []byte, at int, sample func(int) int) {
	value, index := sample(at), 0
	for d := abs(sample(at+1) - value); index < 88 && adpcmSteps[index] < d; {
		index++
	}
	binary.LittleEndian.PutUint16(block, uint16(int16(value)))
	block[2], block[3] = byte(index), 0
	for i := 1; i < adpcmSamples; i++ {
		step, diff := adpcmSteps[index], sample(at+i)-value
		code, sign := 0, 0
		if diff < 0 {
			sign, diff = 8, -diff
		}
		moved := step >> 3
		for bit, part := 4, step; bit > 0; bit, part = bit>>1, part>>1 {
			if diff >= part {
				code |= bit
				diff -= part
				moved += part
			}
		}
		if sign != 0 {
			moved = -moved
		}
		value = min(max(value+moved, -32768), 32767)
		index = min(max(index+adpcmTurn[code], 0), 88)
		p := &block[4+(i-1)/2]
		if i%2 == 1 {
			*p = byte(code | sign)
		} else {
			*p |= byte(code|sign) << 4
		}
	}
}

func abs(x int) int { return max(x, -x) }

// adpcmHeader is everything before the blocks.
func adpcmHeader(samples int) []byte {
	le := binary.LittleEndian
	data := (samples + adpcmSamples - 1) / adpcmSamples * adpcmBlock
	b := append(make([]byte, 0, 60), "RIFF"...)
	b = append(le.AppendUint32(b, uint32(52+data)), "WAVEfmt "...)
	b = le.AppendUint32(b, 20)
	b = le.AppendUint16(le.AppendUint16(b, 17), 1)
	b = le.AppendUint32(le.AppendUint32(b, sampleRate), sampleRate*adpcmBlock/adpcmSamples)
	for _, v := range []int{adpcmBlock, 4, 2, adpcmSamples} {
		b = le.AppendUint16(b, uint16(v))
	}
	b = le.AppendUint32(le.AppendUint32(append(b, "fact"...), 4), uint32(samples))
	return le.AppendUint32(append(b, "data"...), uint32(data))
}
