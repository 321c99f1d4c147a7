package picture

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
)

func (p *Picture) openJPEG() error {
	c, err := jpeg.DecodeConfig(bufio.NewReader(p.reader(context.Background())))
	if err != nil {
		return p.broken(err)
	}
	p.w, p.h = c.Width, c.Height
	s := p.segments()
	per := perPixel(c.ColorModel)
	if s.progressive {
		per += 4 * 3 // the coefficients of every sample are kept, four bytes each
	}
	if p.exif(s.exif); p.mirrored() {
		per += 4
	}
	if err := p.lim.check(p.format, c, per); err != nil {
		return err
	}
	if work := int64(c.Width) * int64(c.Height) * int64(s.scans); s.progressive && work > p.lim.Work {
		return fmt.Errorf("JPEG of %d by %d pixels in %d scans: %w", c.Width, c.Height, s.scans, ErrTooLarge)
	}
	return nil
}

func (p *Picture) mirrored() bool {
	return p.orient == 2 || p.orient == 4 || p.orient == 5 || p.orient == 7
}

// segments is what the markers of a JPEG tell.
type segments struct {
	progressive bool
	scans       int
	exif        []byte // a TIFF structure
}

// mostExif is more than a segment can hold.
const mostExif = 64 << 10

// segments goes over the markers. It stops where the file makes no sense; what
// it read so far counts.
func (p *Picture) segments() (s segments) {
	r := bufio.NewReaderSize(io.NewSectionReader(p.r, 0, p.size), 64<<10)
	const most = 100_000
	for n := 0; n < most; {
		m, ok := marker(r)
		if !ok {
			return s
		}
		switch {
		case m == 0xd8, m >= 0xd0 && m <= 0xd7, m == 0x01: // without a length
			continue
		case m == 0xd9:
			return s
		case m == 0xc2:
			s.progressive = true
		case m == 0xda:
			s.scans++
		}
		var two [2]byte
		if _, err := io.ReadFull(r, two[:]); err != nil {
			return s
		}
		n++
		size := int(binary.BigEndian.Uint16(two[:])) - 2
		if size < 0 {
			return s
		}
		if m != 0xe1 || s.exif != nil {
			if _, err := r.Discard(size); err != nil {
				return s
			}
			continue
		}
		b := make([]byte, size)
		if _, err := io.ReadFull(r, b); err != nil {
			return s
		}
		if len(b) > 6 && string(b[:6]) == "Exif\x00\x00" {
			s.exif = b[6:]
		}
	}
	return s
}

// marker finds the next marker, over the coded data of a scan where there is
// some.
func marker(r *bufio.Reader) (byte, bool) {
	for {
		if _, err := r.ReadSlice(0xff); errors.Is(err, bufio.ErrBufferFull) {
			continue
		} else if err != nil {
			return 0, false
		}
		b := byte(0xff)
		for b == 0xff {
			var err error
			if b, err = r.ReadByte(); err != nil {
				return 0, false
			}
		}
		if b != 0 { // 0 stands for the byte 255 in coded data
			return b, true
		}
	}
}

func (p *Picture) openPNG() error {
	c, err := png.DecodeConfig(bufio.NewReader(p.reader(context.Background())))
	if err != nil {
		return p.broken(err)
	}
	p.w, p.h = c.Width, c.Height
	p.chunks()
	per := perPixel(c.ColorModel)
	if p.mirrored() {
		per += 4
	}
	// An interlaced picture is put together from passes, each a picture as well.
	return p.lim.check(p.format, c, per+perPixel(c.ColorModel)/2)
}

// chunks looks for Exif and for an animation (which is not shown: its frames
// are newer than any decoder here) before and behind the data of a PNG.
func (p *Picture) chunks() {
	var head [8]byte
	const most = 10_000
	for at, i := int64(8), 0; i < most && at < p.size; i++ {
		if _, err := p.r.ReadAt(head[:], at); err != nil {
			return
		}
		n := int64(binary.BigEndian.Uint32(head[:]))
		switch string(head[4:]) {
		case "eXIf":
			if n > mostExif {
				break
			}
			b := make([]byte, n)
			if _, err := p.r.ReadAt(b, at+8); err == nil {
				p.exif(b)
			}
		case "acTL":
			p.remark = "An animation; its first frame is shown"
		case "IEND":
			return
		}
		at += 12 + n
	}
}

func (p *Picture) openBMP() error {
	c, err := bmp.DecodeConfig(bufio.NewReader(p.reader(context.Background())))
	if err != nil {
		return p.broken(err)
	}
	p.w, p.h = c.Width, c.Height
	if err := p.lim.check(p.format, c, 8); err != nil {
		return err
	}
	// Its pixels are not compressed: a header that claims more of them than the
	// file can hold lies. One bit a pixel is the least.
	if int64(c.Width)*int64(c.Height)/8 > p.size {
		return fmt.Errorf("BMP of %d by %d pixels: the file has only %d bytes", c.Width, c.Height, p.size)
	}
	return nil
}
