package audio

import (
	"encoding/binary"
	"fmt"
	"math"
)

// codec is how samples are kept: in blocks that each stand for themselves. It is
// not written once made.
type codec struct {
	name     string
	channels int
	unit     int // bytes of a block
	per      int // samples of a block, of each channel

	// decode makes mono samples of blocks, of which the last may be cut short, and
	// gives how many. out has room for those of whole blocks.
	decode func(b []byte, out []int16) int

	// partial is how many samples a block gives of which n bytes are there, not
	// all. nil: none.
	partial func(n int) int
}

// last is how many samples n bytes at the end give, less than a block.
func (c *codec) last(n int) int {
	if c.partial == nil {
		return 0
	}
	return c.partial(n)
}

// newPCM is samples of whole numbers. block is the length of one sample of all
// channels as the file has it, 0 when that is not known.
func newPCM(channels, bits, block int, big, unsigned bool) (codec, error) {
	width := (bits + 7) / 8
	if w := block / channels; w > width && w <= 4 && block%channels == 0 {
		width = w // fewer bits in wider places: they are at the top
	}
	if width < 1 || width > 4 {
		return codec{}, fmt.Errorf("the file says that its samples have %d bits", bits)
	}
	unit := width * channels
	high := width - 1 // the most significant byte
	if big {
		high = 0
	}
	return codec{
		name: fmt.Sprintf("PCM %d bit", bits), channels: channels, unit: unit, per: 1,
		decode: func(b []byte, out []int16) int {
			n := len(b) / unit
			switch {
			case width == 2 && channels == 1 && !big:
				for i := range out[:n] {
					out[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
				}
			case width == 1:
				flip := byte(0)
				if unsigned {
					flip = 0x80
				}
				for i := range out[:n] {
					sum := 0
					for _, v := range b[i*channels:][:channels] {
						sum += int(int8(v^flip)) << 8
					}
					out[i] = int16(sum / channels)
				}
			default:
				next := high - 1
				if big {
					next = 1
				}
				for i := range out[:n] {
					sum := 0
					for c := range channels {
						s := b[i*unit+c*width:]
						sum += int(int16(uint16(s[high])<<8 | uint16(s[next])))
					}
					out[i] = int16(sum / channels)
				}
			}
			return n
		},
	}, nil
}

// newFloat is IEEE floating point, full scale from -1 to 1.
func newFloat(channels, bits int, big bool) (codec, error) {
	if bits != 32 && bits != 64 {
		return codec{}, fmt.Errorf("the file says that its floating point samples have %d bits", bits)
	}
	var order binary.ByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	width := bits / 8
	return codec{
		name: fmt.Sprintf("float %d bit", bits), channels: channels, unit: width * channels, per: 1,
		decode: func(b []byte, out []int16) int {
			n := len(b) / (width * channels)
			for i := range out[:n] {
				sum := 0.
				for c := range channels {
					s := b[(i*channels+c)*width:]
					if width == 4 {
						sum += float64(math.Float32frombits(order.Uint32(s)))
					} else {
						sum += math.Float64frombits(order.Uint64(s))
					}
				}
				out[i] = fromFloat(sum / float64(channels))
			}
			return n
		},
	}, nil
}

// fromFloat rounds to 16 bits. What is no number is silence.
func fromFloat(v float64) int16 {
	v = math.RoundToEven(v * 32768)
	switch {
	case v >= 32767:
		return 32767
	case v <= -32768:
		return -32768
	case v != v:
		return 0
	}
	return int16(v)
}

// newLaw is G.711: a byte a sample, by one of its two laws.
func newLaw(channels int, name string, law func(byte) int16) codec {
	var table [256]int16
	for i := range table {
		table[i] = law(byte(i))
	}
	return codec{
		name: name, channels: channels, unit: channels, per: 1,
		decode: func(b []byte, out []int16) int {
			n := len(b) / channels
			if channels == 1 {
				for i, v := range b {
					out[i] = table[v]
				}
				return n
			}
			for i := range out[:n] {
				sum := 0
				for _, v := range b[i*channels:][:channels] {
					sum += int(table[v])
				}
				out[i] = int16(sum / channels)
			}
			return n
		},
	}
}

// muLaw and aLaw expand a byte (G.711): a sign, three bits of exponent, four of
// mantissa. Mu-law is complemented and adds a bias of 132; A-law has every other
// bit turned.
func muLaw(b byte) int16 {
	b = ^b
	v := (int16(b&15)<<3+132)<<(b>>4&7) - 132
	if b&0x80 != 0 {
		return -v
	}
	return v
}

func aLaw(b byte) int16 {
	b ^= 0x55
	v := int16(b&15)<<4 + 8
	if e := b >> 4 & 7; e > 0 {
		v = (v + 256) << (e - 1)
	}
	if b&0x80 == 0 {
		return -v
	}
	return v
}
