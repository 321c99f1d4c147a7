package corpus

import (
	"encoding/binary"
	"io"
	"math/bits"
)

func (c *Corpus) audio(m *Message) Body {
	v := c.voice(m)
	switch voiceFormat(m) {
	case formatMP3, formatMP3Low:
		form := mp3Forms[voiceFormat(m)-formatMP3]
		frames := (m.Duration*form.rate + mp3Samples - 1) / mp3Samples
		size := int64(frames) * mp3Frame
		return Body{Size: size, Open: func() io.ReadSeeker {
			return newLazy(nil, mp3Frame, size, func(n int, block []byte) { v.frame(&form, n, block) })
		}}
	case formatADPCM:
		return v.adpcm()
	}
	width := 2
	if voiceFormat(m) == formatMuLaw {
		width = 1
	}
	head := wavHeader(v.end, width)
	size := int64(len(head) + v.end*width)
	return Body{Size: size, Open: func() io.ReadSeeker {
		own := *v
		own.tune()
		return newLazy(head, slotSamples*width, size, func(k int, block []byte) {
			var out [slotSamples]int16
			own.render(k, &out)
			for i, x := range out {
				if width == 1 {
					block[i] = muLaw(x)
				} else {
					binary.LittleEndian.PutUint16(block[2*i:], uint16(x))
				}
			}
		})
	}}
}

// wavHeader is everything before the samples: 44 bytes for PCM, and 58 for
// mu-law, whose format chunk has an extension and which needs a fact chunk.
func wavHeader(samples, width int) []byte {
	le := binary.LittleEndian
	b := make([]byte, 0, 58)
	chunk := func(id string, size int) { b = le.AppendUint32(append(b, id...), uint32(size)) }
	data := samples * width
	format, formatSize, rest := uint16(1), 16, 36+data
	if width == 1 {
		format, formatSize, rest = 7, 18, 50+data
	}
	chunk("RIFF", rest)
	b = append(b, "WAVE"...)
	chunk("fmt ", formatSize)
	b = le.AppendUint16(le.AppendUint16(b, format), 1)
	b = le.AppendUint32(le.AppendUint32(b, sampleRate), uint32(sampleRate*width))
	b = le.AppendUint16(le.AppendUint16(b, uint16(width)), uint16(8*width))
	if width == 1 {
		b = le.AppendUint16(b, 0)
		chunk("fact", 4)
		b = le.AppendUint32(b, uint32(samples))
	}
	chunk("data", data)
	return b
}

// muLaw is G.711: a sign, the position of the highest bit, and the four below.
func muLaw(x int16) byte {
	sign, v := byte(0x80), int(x)
	if v < 0 {
		sign, v = 0, -v
	}
	v = min(v, 32635) + 132
	exponent := bits.Len(uint(v)) - 8
	return sign | ^byte(exponent<<4|v>>(exponent+3)&15)&0x7f
}
