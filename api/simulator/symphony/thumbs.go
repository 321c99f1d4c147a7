package symphony

import (
	"bytes"
	"image"
	_ "image/gif" // what is sent may be one
	"image/jpeg"
	_ "image/png" // the same
	"io"
	"strconv"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // the same
)

// The widths of small pictures, in pixels. Every picture has the first; one that was sent
// and is wider than the second has that, too.
const (
	smallWidth = 600
	wideWidth  = 1200
)

// small is a small picture of a file.
type small struct {
	id    string
	width int
}

// number gives a file, and its small pictures, their ids.
func (f *file) number(s sealer, at place) {
	f.id = s.file(at)
	f.thumbs = nil
	if !f.picture {
		return
	}
	part := at.part
	at.part = part | thumb
	f.thumbs = append(f.thumbs, small{s.file(at), smallWidth})
	if f.across > wideWidth {
		at.part = part | wide
		f.thumbs = append(f.thumbs, small{s.file(at), wideWidth})
	}
}

// across is how many pixels wide a picture is; 0: it is none that can be read.
func across(b []byte) int {
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return 0
	}
	return c.Width
}

// widthOf is how wide the small picture is that an id names, 0 for the file itself.
func (p place) widthOf() int {
	switch {
	case p.part&thumb != 0:
		return smallWidth
	case p.part&wide != 0:
		return wideWidth
	}
	return 0
}

// shrink makes the picture that stands for a larger one, at most so wide.
func (f *file) shrink(width int) ([]byte, error) {
	body := f.open()
	r := body.Open()
	if c, ok := r.(io.Closer); ok {
		defer c.Close()
	}
	from, _, err := image.Decode(r)
	if err != nil {
		return nil, err
	}
	w := min(width, from.Bounds().Dx())
	h := max(1, from.Bounds().Dy()*w/max(1, from.Bounds().Dx()))
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(to, to.Rect, from, from.Bounds(), draw.Src, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, to, &jpeg.Options{Quality: 70}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// images are a file's small pictures as the agent lists them with a message, with the width
// as text. An odd agent has them by turns null, left out, none, and of a width that is no
// number.
func (s *Server) images(f *file, turn int) any {
	list := []wireThumb{}
	odd := s.mode("odd-thumbs") && f.picture
	if odd {
		switch turn % 5 {
		case 0:
			return []wireThumb(nil)
		case 1:
			return nil
		case 2:
			return list
		}
	}
	for _, t := range f.thumbs {
		w := wireThumb{t.id, strconv.Itoa(t.width)}
		if odd && turn%5 == 3 {
			w.Dimension = "unknown"
		}
		list = append(list, w)
	}
	return list
}

// previews are the same as the pod lists them with a stream's files, with the width as a
// number. An odd pod has null where the odd agent has, so that nobody tells of those.
func (s *Server) previews(f *file, turn int) []wirePreview {
	if s.mode("odd-thumbs") && f.picture && turn%5 == 0 {
		return nil
	}
	list := []wirePreview{}
	for _, t := range f.thumbs {
		list = append(list, wirePreview{t.id, t.width})
	}
	return list
}
