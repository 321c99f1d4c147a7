package picture

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"time"

	"golang.org/x/image/webp"

	"switchboard/ui/kit"
)

// chunk is one chunk of a RIFF file.
type chunk struct {
	id       string
	at, size int64 // of its content
}

// riff calls f with the chunks between two places of the file, at most so many.
// It stops where a chunk goes beyond the end.
func (p *Picture) riff(from, to int64, most int, f func(chunk) bool) {
	var head [8]byte
	for i := 0; i < most && from+8 <= to; i++ {
		if _, err := p.r.ReadAt(head[:], from); err != nil {
			return
		}
		c := chunk{string(head[:4]), from + 8, int64(binary.LittleEndian.Uint32(head[4:]))}
		if c.at+c.size > to || !f(c) {
			return
		}
		from = c.at + c.size + c.size&1
	}
}

func (p *Picture) openWebP() error {
	var ground [10]byte
	a := &animation{loops: 0}
	left, animated := 0, false
	p.riff(12, p.size, 100_000, func(c chunk) bool {
		switch c.id {
		case "VP8X":
			if _, err := p.r.ReadAt(ground[:], c.at); err != nil || c.size < 10 {
				return false
			}
			animated = ground[0]&2 != 0
			p.w, p.h = 1+u24(ground[4:]), 1+u24(ground[7:])
		case "EXIF":
			p.webpExif(c)
		case "ANIM":
			var b [6]byte
			if _, err := p.r.ReadAt(b[:], c.at); err == nil {
				a.loops = int(binary.LittleEndian.Uint16(b[4:]))
			}
		case "ANMF":
			f, ok := p.webpFrame(c)
			switch {
			case !ok:
			case len(a.frames) < p.lim.Frames:
				a.frames = append(a.frames, f)
			default:
				left++
			}
		}
		return true
	})
	if !animated {
		c, err := webp.DecodeConfig(bufio.NewReader(p.reader(context.Background())))
		if err != nil {
			return p.broken(err)
		}
		p.w, p.h = c.Width, c.Height
		return p.lim.check(p.format, c, 4+4+4)
	}
	if len(a.frames) == 0 {
		return errors.New("WebP: an animation without a whole frame")
	}
	if err := p.lim.check(p.format, image.Config{Width: p.w, Height: p.h}, 4+4+4+4); err != nil {
		return err
	}
	a.bounds = image.Rect(0, 0, p.w, p.h)
	for _, f := range a.frames {
		if !f.rect.In(a.bounds) {
			return fmt.Errorf("WebP: a frame at %v is outside the picture of %d by %d", f.rect, p.w, p.h)
		}
	}
	a.decode = p.decodeWebP
	p.anim, p.orient = a, 1
	if left > 0 {
		p.remark = fmt.Sprintf("The first %s of %s frames", kit.Count(len(a.frames), true), kit.Count(len(a.frames)+left, true))
	}
	return nil
}

func u24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func (p *Picture) webpExif(c chunk) {
	if c.size > mostExif {
		return
	}
	b := make([]byte, c.size)
	if _, err := p.r.ReadAt(b, c.at); err == nil {
		p.exif(bytes.TrimPrefix(b, []byte("Exif\x00\x00")))
	}
}

// webpFrame reads the head of an ANMF chunk (RFC 9649, 2.7.1.1).
func (p *Picture) webpFrame(c chunk) (f frame, ok bool) {
	var b [16]byte
	if c.size < 24 {
		return f, false
	}
	if _, err := p.r.ReadAt(b[:], c.at); err != nil {
		return f, false
	}
	x, y := 2*u24(b[0:]), 2*u24(b[3:])
	f.rect = image.Rect(x, y, x+1+u24(b[6:]), y+1+u24(b[9:]))
	f.delay = time.Duration(u24(b[12:])) * time.Millisecond
	f.over = b[15]&2 == 0
	if b[15]&1 != 0 {
		f.dispose = wipe
	}
	f.at, f.size = c.at+16, c.size-16
	p.riff(f.at, f.at+f.size, 16, func(c chunk) bool {
		f.alpha = f.alpha || c.id == "ALPH"
		return true
	})
	return f, true
}

// decodeWebP hands the decoder a still picture made of the frame's chunks.
func (p *Picture) decodeWebP(ctx context.Context, f *frame) (image.Image, error) {
	le := binary.LittleEndian
	var ext []byte
	if f.alpha {
		ext = append(ext, "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00"...)
		for _, v := range []int{f.rect.Dx() - 1, f.rect.Dy() - 1} {
			ext = append(ext, byte(v), byte(v>>8), byte(v>>16))
		}
	}
	head := le.AppendUint32([]byte("RIFF"), uint32(4+int64(len(ext))+f.size))
	head = append(append(head, "WEBP"...), ext...)
	file := io.MultiReader(bytes.NewReader(head), &until{ctx, io.NewSectionReader(p.r, f.at, f.size)})
	var sure bytes.Buffer
	c, err := webp.DecodeConfig(bufio.NewReader(io.TeeReader(file, &sure)))
	if err != nil {
		return nil, err
	}
	if c.Width != f.rect.Dx() || c.Height != f.rect.Dy() {
		return nil, fmt.Errorf("is %d by %d pixels and says %d by %d", c.Width, c.Height, f.rect.Dx(), f.rect.Dy())
	}
	return webp.Decode(bufio.NewReader(io.MultiReader(&sure, file)))
}
