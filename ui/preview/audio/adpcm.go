package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// maxBlock is the longest block of ADPCM: what a WAV header can say is 65535.
const maxBlock = 1 << 16

// imaSteps are the step sizes of IMA ADPCM (IMA Recommended Practices, 1992).
var imaSteps = [89]int32{
	7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45,
	50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307,
	337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066,
	2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899,
	15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
}

// newIMA is IMA ADPCM as WAV files have it: a block begins with a sample and a
// step of each channel, then come eight samples of each in turns.
func newIMA(channels, bits, block int) (codec, error) {
	if bits != 4 || block < 4*channels || block > maxBlock || channels > 8 {
		return codec{}, fmt.Errorf("the file says IMA ADPCM of %d bits in blocks of %d bytes", bits, block)
	}
	count := func(n int) int {
		if n < 4*channels {
			return 0
		}
		return (n-4*channels)/(4*channels)*8 + 1
	}
	c := codec{name: "IMA ADPCM", channels: channels, unit: block, per: count(block), partial: count}
	c.decode = func(b []byte, out []int16) (n int) {
		for len(b) > 0 {
			one := b[:min(block, len(b))]
			b = b[len(one):]
			k := count(len(one))
			if k == 0 {
				break
			}
			imaBlock(one, channels, out[n:n+k])
			n += k
		}
		return n
	}
	return c, nil
}

// imaBlock decodes a block into as many samples as out has.
func imaBlock(b []byte, channels int, out []int16) {
	clear(out)
	for c := range channels {
		head := b[4*c:]
		v, index := int32(int16(binary.LittleEndian.Uint16(head))), min(int32(head[2]), 88)
		out[0] = average(out[0], v, c, channels)
		at := 4 * (channels + c)
		for i := 1; i < len(out); i += 8 {
			four := binary.LittleEndian.Uint32(b[at:])
			at += 4 * channels
			for k := range out[i : i+8] {
				code := int32(four & 15)
				four >>= 4
				// The step times (code+1/2)/4, as sums of shifts.
				step := imaSteps[index]
				d := step >> 3
				if code&4 != 0 {
					d += step
				}
				if code&2 != 0 {
					d += step >> 1
				}
				if code&1 != 0 {
					d += step >> 2
				}
				if code&8 != 0 {
					d = -d
				}
				v = min(max(v+d, -32768), 32767)
				if code &= 7; code < 4 {
					index = max(index-1, 0)
				} else {
					index = min(index+2*(code-3), 88)
				}
				out[i+k] = average(out[i+k], v, c, channels)
			}
		}
	}
}

// average adds channel c to what stands there of those before it, so that the
// last makes the mean of all. Up to eight fit: each is divided as it comes.
func average(sum int16, v int32, c, channels int) int16 {
	if channels == 1 {
		return int16(v)
	}
	return sum + int16(v/int32(channels))
}

// msPredictors are those that every file has.
var msPredictors = [7][2]int32{{256, 0}, {512, -256}, {0, 0}, {192, 64}, {240, 0}, {460, -208}, {392, -232}}

// newMS is Microsoft's ADPCM. extra is what the format chunk adds: samples of a
// block and the predictors.
func newMS(channels, bits, block int, extra []byte) (codec, error) {
	if bits != 4 || block < 7*channels || block > maxBlock || channels > 2 {
		return codec{}, fmt.Errorf("the file says MS ADPCM of %d bits in blocks of %d bytes", bits, block)
	}
	predictors := msPredictors[:]
	if le := binary.LittleEndian; len(extra) >= 4 {
		n := int(le.Uint16(extra[2:]))
		if n > 256 {
			return codec{}, errors.New("the file says more predictors than MS ADPCM has")
		}
		own := make([][2]int32, 0, n)
		for b := extra[4:]; len(b) >= 4 && len(own) < n; b = b[4:] {
			own = append(own, [2]int32{int32(int16(le.Uint16(b))), int32(int16(le.Uint16(b[2:])))})
		}
		if len(own) > 0 {
			predictors = own
		}
	}
	count := func(n int) int {
		if n < 7*channels {
			return 0
		}
		return (n-7*channels)*2/channels + 2
	}
	c := codec{name: "MS ADPCM", channels: channels, unit: block, per: count(block), partial: count}
	c.decode = func(b []byte, out []int16) (n int) {
		for len(b) > 0 {
			one := b[:min(block, len(b))]
			b = b[len(one):]
			k := count(len(one))
			if k == 0 {
				break
			}
			msBlock(one, channels, predictors, out[n:n+k])
			n += k
		}
		return n
	}
	return c, nil
}

// msBlock decodes a block into as many samples as out has.
func msBlock(b []byte, channels int, predictors [][2]int32, out []int16) {
	adapt := [16]int32{230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230}
	var p [2][2]int32
	var delta, newer, older [2]int32
	sixteen := func(at int) int32 { return int32(int16(binary.LittleEndian.Uint16(b[at:]))) }
	clear(out)
	for c := range channels {
		p[c] = predictors[min(int(b[c]), len(predictors)-1)]
		delta[c] = sixteen(channels + 2*c)
		newer[c], older[c] = sixteen(3*channels+2*c), sixteen(5*channels+2*c)
		out[0] = average(out[0], older[c], c, channels)
		out[1] = average(out[1], newer[c], c, channels)
	}
	b = b[7*channels:]
	for i := range (len(out) - 2) * channels {
		c := i % channels
		code := int32(b[i/2]) >> 4
		if i&1 == 1 {
			code = int32(b[i/2]) & 15
		}
		v := (newer[c]*p[c][0] + older[c]*p[c][1]) >> 8
		v = min(max(v+delta[c]*((code^8)-8), -32768), 32767)
		older[c], newer[c] = newer[c], v
		delta[c] = min(max(adapt[code]*delta[c]>>8, 16), 1<<24/768)
		out[2+i/channels] = average(out[2+i/channels], v, c, channels)
	}
}
