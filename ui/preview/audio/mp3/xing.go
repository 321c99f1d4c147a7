package mp3

import (
	"bytes"
	"encoding/binary"
)

// decoderDelay is how many samples later than they went in they come out, by the
// filters of encoder and decoder alike, as LAME counts it.
const decoderDelay = 529

// note is what the frame at the beginning says of the whole. It holds no sound.
type note struct {
	frames  int64 // 0: not told
	trimmed bool  // delay and padding are told
	delay   int   // samples to drop at the start
	padding int   // and at the end
}

// parseNote reads the frame that Xing, LAME and others put first ("Xing", or
// "Info" with a constant bit rate), or Fraunhofer's ("VBRI").
func parseNote(h *header, frame []byte) (n note, ok bool) {
	be := binary.BigEndian
	if b := frame[headerBytes+min(32, len(frame)-headerBytes):]; len(b) >= 18 && bytes.HasPrefix(b, []byte("VBRI")) {
		n.frames = int64(be.Uint32(b[14:]))
		return n, true
	}
	b := frame[h.mainAt():]
	if !isXing(b) {
		// Where there is a CRC some put it as if there were none.
		if b = frame[headerBytes+h.sideBytes():]; !isXing(b) {
			return n, false
		}
	}
	flags := be.Uint32(b[4:])
	b = b[8:]
	for i, size := range [4]int{4, 4, 100, 4} { // frames, bytes, table of contents, quality
		if flags&(1<<i) == 0 {
			continue
		}
		if len(b) < size {
			return n, true
		}
		if i == 0 {
			n.frames = int64(be.Uint32(b))
		}
		b = b[size:]
	}
	if len(b) >= 24 && b[0] >= 'A' && b[0] <= 'Z' && b[1] > ' ' {
		n.trimmed = true
		n.delay = int(b[21])<<4 | int(b[22])>>4
		n.padding = int(b[22]&15)<<8 | int(b[23])
	}
	return n, true
}

func isXing(b []byte) bool {
	return len(b) >= 8 && (bytes.HasPrefix(b, []byte("Xing")) || bytes.HasPrefix(b, []byte("Info")))
}
