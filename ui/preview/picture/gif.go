package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"io"
	"math"
	"time"

	"switchboard/ui/kit"
)

// openGIF goes over the blocks of a GIF89a and notes where its frames are. A
// file cut off in the middle has the frames that are whole.
func (p *Picture) openGIF() error {
	s := &blocks{r: io.NewSectionReader(p.r, 0, p.size)}
	head := s.take(13)
	if s.err != nil {
		return p.broken(s.err)
	}
	p.w, p.h = int(binary.LittleEndian.Uint16(head[6:])), int(binary.LittleEndian.Uint16(head[8:]))
	if head[10]&0x80 != 0 {
		head = append(head, s.take(3<<(1+head[10]&7))...)
	}
	a := &animation{bounds: image.Rect(0, 0, p.w, p.h), loops: 1}
	a.decode = p.gifFrame(head)
	left := p.gifBlocks(s, a)
	if len(a.frames) == 0 {
		if s.err != nil {
			return p.broken(s.err)
		}
		return errors.New("GIF: without a picture")
	}
	if p.w == 0 || p.h == 0 { // a screen of no size: that of the first frame
		a.bounds = image.Rectangle{Max: a.frames[0].rect.Max}
		p.w, p.h = a.bounds.Dx(), a.bounds.Dy()
	}
	// The canvas, the one before it, what is shown of it and the frame itself.
	if err := p.lim.check(p.format, image.Config{Width: p.w, Height: p.h}, 4+4+4+1); err != nil {
		return err
	}
	for _, f := range a.frames {
		// A frame may be larger than the canvas; it is decoded whole all the same.
		if err := p.lim.check("GIF frame", image.Config{Width: f.rect.Dx(), Height: f.rect.Dy()}, 1); err != nil {
			return err
		}
	}
	p.anim = a
	switch {
	case left > 0:
		p.remark = fmt.Sprintf("The first %s of %s frames", kit.Count(len(a.frames), true), kit.Count(len(a.frames)+left, true))
	case s.err != nil:
		p.remark = "The file is cut off; " + kit.Plural(len(a.frames), "frame") + " of it can be shown"
	}
	return nil
}

// gifBlocks reads up to the trailer. It gives how many frames are beyond the
// limit.
func (p *Picture) gifBlocks(s *blocks, a *animation) (left int) {
	var ctrl []byte
	for s.err == nil {
		switch b := s.take(1); {
		case s.err != nil:
		case b[0] == 0x3b:
			return left
		case b[0] == 0x21:
			label := s.take(1)
			if s.err != nil {
				return left
			}
			first, second := s.data()
			switch {
			case s.err != nil:
			case label[0] == 0xf9 && len(first) == 4:
				ctrl = first
			case label[0] == 0xff && string(first) == "NETSCAPE2.0" && len(second) == 3 && second[0] == 1:
				a.loops = loops(int(binary.LittleEndian.Uint16(second[1:])))
			}
		case b[0] == 0x2c:
			at := s.at - 1
			f, ok := s.image(at, ctrl)
			ctrl = nil
			switch {
			case !ok:
			case len(a.frames) < p.lim.Frames:
				a.frames = append(a.frames, f)
			default:
				left++
			}
		default:
			s.err = fmt.Errorf("a block of the unknown kind %#x", b[0])
		}
	}
	return left
}

// loops is the count of the application extension as the times it is shown:
// repeats are in addition to the first time, and 0 is without end.
func loops(n int) int {
	if n == 0 {
		return 0
	}
	return n + 1
}

// gifFrame decodes one frame by handing the decoder a file of that frame alone,
// put together from the head and the part of the file it stands in.
func (p *Picture) gifFrame(head []byte) func(context.Context, *frame) (image.Image, error) {
	return func(ctx context.Context, f *frame) (image.Image, error) {
		// The decoder wants the frame within the screen.
		own := bytes.Clone(head)
		binary.LittleEndian.PutUint16(own[6:], math.MaxUint16)
		binary.LittleEndian.PutUint16(own[8:], math.MaxUint16)
		parts := []io.Reader{bytes.NewReader(own)}
		if f.ctrl != nil {
			ext := append([]byte{0x21, 0xf9, 4}, f.ctrl...)
			parts = append(parts, bytes.NewReader(append(ext, 0)))
		}
		body := &until{ctx, io.NewSectionReader(p.r, f.at, f.size)}
		img, err := gif.Decode(io.MultiReader(append(parts, body, bytes.NewReader([]byte{0x3b}))...))
		if err != nil {
			return nil, err
		}
		return img, nil
	}
}

// blocks reads the structure of a GIF.
type blocks struct {
	r     *io.SectionReader
	at    int64
	buf   []byte // read ahead
	count int    // sub-blocks so far
	err   error
}

// take is the next n bytes.
func (s *blocks) take(n int) []byte {
	for len(s.buf) < n && s.err == nil {
		more := make([]byte, max(n, 32<<10))
		got, err := s.r.Read(more)
		s.buf = append(s.buf, more[:got]...)
		if err != nil && len(s.buf) < n {
			s.err = err
		}
	}
	if s.err != nil {
		return make([]byte, n)
	}
	b := s.buf[:n:n]
	s.buf = s.buf[n:]
	s.at += int64(n)
	return b
}

// mostBlocks is how many sub-blocks a file may have: of full ones, more than the
// largest file.
const mostBlocks = 4 << 20

// data reads sub-blocks and their terminator, and gives the first two.
func (s *blocks) data() (first, second []byte) {
	for i := 0; s.err == nil; i++ {
		n := int(s.take(1)[0])
		if s.count++; s.count > mostBlocks {
			s.err = fmt.Errorf("in more than %d pieces: %w", mostBlocks, ErrTooLarge)
			break
		}
		if n == 0 {
			break
		}
		switch b := s.take(n); i {
		case 0:
			first = b
		case 1:
			second = b
		}
	}
	return first, second
}

// image reads an image descriptor, whose first byte was at at, and over its
// data.
func (s *blocks) image(at int64, ctrl []byte) (f frame, ok bool) {
	d := s.take(9)
	if s.err != nil {
		return f, false
	}
	u := func(i int) int { return int(binary.LittleEndian.Uint16(d[i:])) }
	f = frame{at: at, over: true, rect: image.Rect(u(0), u(2), u(0)+u(4), u(2)+u(6))}
	if d[8]&0x80 != 0 {
		s.take(3 << (1 + d[8]&7))
	}
	s.take(1) // the size of the codes
	s.data()
	if s.err != nil {
		return f, false
	}
	f.size = s.at - at
	if ctrl != nil {
		f.ctrl = ctrl
		f.delay = time.Duration(binary.LittleEndian.Uint16(ctrl[1:])) * 10 * time.Millisecond
		switch ctrl[0] >> 2 & 7 {
		case 2:
			f.dispose = wipe
		case 3:
			f.dispose = restore
		}
	}
	return f, !f.rect.Empty()
}
