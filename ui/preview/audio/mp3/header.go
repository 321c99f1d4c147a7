package mp3

// version is the part of the standard that a frame follows.
type version uint8

const (
	mpeg25 version = iota // not in ISO: lower rates, else as MPEG-2
	reserved
	mpeg2
	mpeg1
)

// Channel modes (2.4.2.3).
const (
	modeStereo = iota
	modeJoint
	modeDual
	modeMono
)

const headerBytes = 4

// header is the first 32 bits of a frame (2.4.1.3).
type header struct {
	version   version
	rateIndex uint8 // in the list of its version: 44.1, 48, 32 kHz for MPEG-1
	mode      uint8
	extension uint8 // of joint stereo: 1 intensity, 2 middle and side
	protected bool  // 16 bits of CRC follow
	bitrate   int   // kbit/s
	bytes     int   // of the whole frame
}

// kind says what the four bytes at a place are.
type kind uint8

const (
	noFrame    kind = iota
	layer3          // a frame of Layer III
	freeFormat      // Layer III without a bit rate
	otherLayer      // a frame of Layer I or II
)

// parseHeader reads a frame header. Only with layer3 is h of use.
func parseHeader(b []byte) (h header, k kind) {
	if len(b) < headerBytes || b[0] != 0xff || b[1]&0xe0 != 0xe0 {
		return h, noFrame
	}
	h.version = version(b[1] >> 3 & 3)
	layer, rate := b[1]>>1&3, b[2]>>4
	h.rateIndex = b[2] >> 2 & 3
	if h.version == reserved || layer == 0 || rate == 15 || h.rateIndex == 3 || b[3]&3 == 2 {
		return h, noFrame
	}
	if layer != 1 {
		return h, otherLayer
	}
	h.mode, h.extension = b[3]>>6, b[3]>>4&3
	h.protected = b[1]&1 == 0
	if rate == 0 {
		return h, freeFormat
	}
	h.bitrate = h.kbits(int(rate))
	h.bytes = h.samples()/8*1000*h.bitrate/h.rate() + int(b[2]>>1&1)
	return h, layer3
}

// kbits is the bit rate of an index from 1 to 14.
func (h *header) kbits(index int) int {
	if h.version == mpeg1 {
		return [...]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[index]
	}
	return [...]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}[index]
}

// rate is samples a second.
func (h *header) rate() int {
	r := [...]int{44100, 48000, 32000}[h.rateIndex]
	switch h.version {
	case mpeg2:
		return r / 2
	case mpeg25:
		return r / 4
	}
	return r
}

// granules is how many granules of 576 samples a frame has: two, and one at the
// lower sampling frequencies (LSF) of MPEG-2 and 2.5.
func (h *header) granules() int {
	if h.version == mpeg1 {
		return 2
	}
	return 1
}

func (h *header) samples() int { return h.granules() * lines }

func (h *header) channels() int {
	if h.mode == modeMono {
		return 1
	}
	return 2
}

// sideBytes is the length of the side information.
func (h *header) sideBytes() int {
	switch {
	case h.version == mpeg1 && h.mode != modeMono:
		return 32
	case h.version == mpeg1 || h.mode != modeMono:
		return 17
	}
	return 9
}

// mainAt is where the main data begin in the frame.
func (h *header) mainAt() int {
	n := headerBytes + h.sideBytes()
	if h.protected {
		n += 2
	}
	return n
}

// reservoir is how far back main data can begin, in bytes.
func (h *header) reservoir() int {
	if h.version == mpeg1 {
		return 511
	}
	return 255
}

// alike reports whether frames of both headers can stand in one stream.
func (h *header) alike(o *header) bool {
	return h.version == o.version && h.rateIndex == o.rateIndex && (h.mode == modeMono) == (o.mode == modeMono)
}

// crc is the check of a frame: CRC-16 with the polynomial 0x8005 over the last
// two bytes of the header and the side information (2.4.3.1).
func (h *header) crc(frame []byte) uint16 {
	sum := uint16(0xffff)
	add := func(b byte) {
		sum ^= uint16(b) << 8
		for range 8 {
			carry := sum & 0x8000
			sum <<= 1
			if carry != 0 {
				sum ^= 0x8005
			}
		}
	}
	add(frame[2])
	add(frame[3])
	for _, b := range frame[headerBytes+2 : h.mainAt()] {
		add(b)
	}
	return sum
}

// intact reports whether a frame's CRC is right. One without is.
func (h *header) intact(frame []byte) bool {
	return !h.protected || h.crc(frame) == uint16(frame[4])<<8|uint16(frame[5])
}
