package pdf

import (
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// faces are the faces that stand in for fonts a file does not hold: those the
// program has anyway.
type faces struct {
	loaded [4]*sfnt.Font
	shapes [4]func(*sfnt.Buffer, int) *path
}

func (f *faces) face(l look) int {
	i := 0
	switch {
	case l.mono:
		i = 3
	case l.bold:
		i = 1
	case l.italic:
		i = 2
	}
	if f.loaded[i] == nil {
		b := [...][]byte{goregular.TTF, gobold.TTF, goitalic.TTF, gomono.TTF}[i]
		if f.loaded[i], _ = sfnt.Parse(b); f.loaded[i] == nil {
			return -1
		}
		f.shapes[i] = fromSFNT(f.loaded[i])
	}
	return i
}

// outline is the shape of a short text and its width, in ems. A character that
// the face has not is a box.
func (f *faces) outline(buf *sfnt.Buffer, l look, text string) (*path, float64) {
	i := f.face(l)
	if i < 0 {
		return nil, 0
	}
	out, x := &path{}, 0.0
	for _, r := range text {
		gid, err := f.loaded[i].GlyphIndex(buf, r)
		if err != nil {
			continue
		}
		if p := f.shapes[i](buf, int(gid)); p != nil {
			for k := 0; k+1 < len(p.pts); k += 2 {
				p.pts[k] += x
			}
			out.ops, out.pts = append(out.ops, p.ops...), append(out.pts, p.pts...)
		}
		x += advance(f.loaded[i], buf, gid)
	}
	return out, x
}
