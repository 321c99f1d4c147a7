package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The errors of Open.
var (
	ErrNotWAV = errors.New("this is not a WAVE file")
	ErrNotYet = errors.New("the beginning of the WAVE file is not here yet")
)

// UnsupportedError is a WAVE file of a coding that is not decoded here.
type UnsupportedError struct {
	Coding string // its name, or its number where it has none here
}

func (e *UnsupportedError) Error() string {
	return "a WAVE file of " + e.Coding + " cannot be decoded here"
}

// The codings (wFormatTag).
const (
	codePCM        = 0x0001
	codeMS         = 0x0002
	codeFloat      = 0x0003
	codeALaw       = 0x0006
	codeMuLaw      = 0x0007
	codeIMA        = 0x0011
	codeExtensible = 0xFFFE
)

// Limits of what is taken for a sound and not for a lie.
const (
	maxRate     = 384_000
	maxChannels = 32
	maxBlock    = 1 << 16
	maxChunks   = 1000 // before the samples
)

// header is what the chunks before the samples say.
type header struct {
	code     uint16
	channels int
	rate     int
	block    int // bytes of one frame of all channels, or of an ADPCM block
	bits     int
	perBlock int // frames an ADPCM block holds
	coef     [][2]int
	order    binary.ByteOrder

	data int64 // where the samples begin
	size int64 // bytes of samples as the header has it; -1 when it does not say
}

// readHeader walks the chunks up to the samples. have is how many bytes are here.
func readHeader(r io.ReaderAt, have int64) (header, error) {
	h := header{order: binary.LittleEndian, size: -1}
	var top [12]byte
	if err := readFull(r, top[:], 0, have); err != nil {
		return h, err
	}
	long := false
	switch string(top[:4]) {
	case "RIFF":
	case "RIFX":
		h.order = binary.BigEndian
	case "RF64", "BW64":
		long = true
	default:
		return h, ErrNotWAV
	}
	if string(top[8:]) != "WAVE" {
		return h, ErrNotWAV
	}
	var wide int64 = -1
	described := false
	at := int64(12)
	for range maxChunks {
		var c [8]byte
		if err := readFull(r, c[:], at, have); err != nil {
			return h, err
		}
		size := int64(h.order.Uint32(c[4:]))
		body := at + 8
		switch string(c[:4]) {
		case "ds64":
			var b [16]byte
			if err := readFull(r, b[:], body, have); err != nil {
				return h, err
			}
			wide = int64(h.order.Uint64(b[8:])) //nolint:gosec // checked where it is used
		case "fmt ":
			if err := h.readFormat(r, body, size, have); err != nil {
				return h, err
			}
			described = true
		case "data":
			if !described {
				return h, fmt.Errorf("%w: its samples come before it says what they are", ErrNotWAV)
			}
			h.data, h.size = body, size
			switch {
			case long && wide > 0:
				h.size = wide
			case size == 0 || size >= 0xFFFF_FF00: // a recorder that did not know
				h.size = -1
			}
			return h, nil
		}
		at = body + size + size&1
	}
	return h, fmt.Errorf("%w: no samples within its first %d parts", ErrNotWAV, maxChunks)
}

func (h *header) readFormat(r io.ReaderAt, at, size, have int64) error {
	if size < 14 {
		return fmt.Errorf("%w: its description of the samples has %d bytes", ErrNotWAV, size)
	}
	b := make([]byte, min(size, 1024))
	if err := readFull(r, b, at, have); err != nil {
		return err
	}
	h.code = h.order.Uint16(b)
	h.channels = int(h.order.Uint16(b[2:]))
	h.rate = int(h.order.Uint32(b[4:]))
	h.block = int(h.order.Uint16(b[12:]))
	if len(b) >= 16 {
		h.bits = int(h.order.Uint16(b[14:]))
	}
	if h.code == codeExtensible && len(b) >= 26 {
		h.code = h.order.Uint16(b[24:])
	}
	if len(b) >= 20 {
		h.perBlock = int(h.order.Uint16(b[18:]))
	}
	if h.code == codeMS && len(b) >= 22 {
		for i := 0; i < int(h.order.Uint16(b[20:])) && 26+4*i <= len(b) && i < 256; i++ {
			c1, c2 := int16(h.order.Uint16(b[22+4*i:])), int16(h.order.Uint16(b[24+4*i:])) //nolint:gosec // signed on purpose
			h.coef = append(h.coef, [2]int{int(c1), int(c2)})
		}
	}
	return h.check()
}

func (h *header) check() error {
	if h.rate < 1 || h.rate > maxRate {
		return fmt.Errorf("%w: it claims %d samples a second", ErrNotWAV, h.rate)
	}
	if h.channels < 1 || h.channels > maxChannels {
		return fmt.Errorf("%w: it claims %d channels", ErrNotWAV, h.channels)
	}
	switch h.code {
	case codePCM:
		if h.bits != 8 && h.bits != 16 && h.bits != 24 && h.bits != 32 {
			return &UnsupportedError{fmt.Sprintf("%d bit samples", h.bits)}
		}
		h.block = h.channels * h.bits / 8
	case codeFloat:
		if h.bits != 32 && h.bits != 64 {
			return &UnsupportedError{fmt.Sprintf("%d bit floating point samples", h.bits)}
		}
		h.block = h.channels * h.bits / 8
	case codeALaw, codeMuLaw:
		h.bits, h.block = 8, h.channels
	case codeIMA:
		head := 4 * h.channels
		if h.block <= head || h.block > maxBlock || h.channels > 2 {
			return fmt.Errorf("%w: its blocks have %d bytes for %d channels", ErrNotWAV, h.block, h.channels)
		}
		h.perBlock = (h.block-head)/head*8 + 1
	case codeMS:
		if h.block <= 7*h.channels || h.block > maxBlock || h.channels > 2 {
			return fmt.Errorf("%w: its blocks have %d bytes for %d channels", ErrNotWAV, h.block, h.channels)
		}
		h.perBlock = (h.block-7*h.channels)*2/h.channels + 2
		if len(h.coef) == 0 {
			h.coef = msCoefficients()
		}
	default:
		return &UnsupportedError{codingName(h.code)}
	}
	return nil
}

// codingName is the name of a coding that is not decoded here.
func codingName(code uint16) string {
	names := map[uint16]string{
		0x0031: "GSM 6.10", 0x0040: "G.721 ADPCM", 0x0014: "G.723 ADPCM", 0x0022: "TrueSpeech", 0x0050: "MPEG", 0x0055: "MP3",
		0x0042: "G.723.1", 0x0083: "G.729", 0x0045: "G.726 ADPCM", 0x0064: "G.726 ADPCM", 0x0065: "G.722 ADPCM", 0x0161: "Windows Media Audio",
		0x7A21: "AMR", 0x7A22: "AMR", 0x0057: "AMR", 0x0058: "AMR-WB", 0x00FF: "AAC",
	}
	if n := names[code]; n != "" {
		return n
	}
	return fmt.Sprintf("the coding 0x%04x", code)
}

// readFull fills p from what is here.
func readFull(r io.ReaderAt, p []byte, at, have int64) error {
	if at+int64(len(p)) > have {
		return ErrNotYet
	}
	n, err := r.ReadAt(p, at)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read the WAVE file at byte %d: %w", at, err)
}
