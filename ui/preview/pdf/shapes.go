package pdf

import (
	"encoding/binary"

	imagefont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"switchboard/ui/preview/pdf/cos"
)

// maxFont is the largest font program that is read.
const maxFont = 32 << 20

// shapes are the glyphs of a font program in the file.
type shapes struct {
	outline func(b *sfnt.Buffer, gid int) *path // in ems, y up; nil for no glyph

	cff     *cff
	cmaps   []trueMap
	builtin *[256]string // the program's own encoding, as glyph names
	named   map[string]int
	byCode  [256]int // glyphs of a simple font
	gids    []byte   // of a composite font: two bytes a CID
}

// shapes reads the font program of a descriptor, nil when there is none that can
// be used.
func (d *document) shapes(desc cos.Dict) (s *shapes) {
	defer func() {
		if recover() != nil {
			s = nil // a program that breaks its reader is as good as none
		}
	}()
	for _, key := range []cos.Name{"FontFile2", "FontFile3", "FontFile"} {
		st := d.file.Stream(desc[key])
		if st == nil {
			continue
		}
		b, err := d.data(st)
		if err != nil || len(b) < 4 || len(b) > maxFont {
			continue
		}
		switch {
		case key == "FontFile" && b[0] != 1:
			s = newType1(b)
		case b[0] == 1 && b[1] <= 1 && b[2] >= 4 && b[2] < 32 && b[3] >= 1 && b[3] <= 4 && string(b[:4]) != "\x00\x01\x00\x00":
			s = bareCFF(b)
		default:
			s = newSFNT(b)
		}
		if s != nil {
			return s
		}
	}
	return nil
}

// fromSFNT gives the outlines of a parsed font.
func fromSFNT(f *sfnt.Font) func(*sfnt.Buffer, int) *path {
	const em = 1000
	return func(b *sfnt.Buffer, gid int) *path {
		if gid < 0 || gid >= f.NumGlyphs() {
			return nil
		}
		segs, err := f.LoadGlyph(b, sfnt.GlyphIndex(gid), fixed.I(em), nil)
		if err != nil {
			return nil
		}
		p := &path{}
		at := func(q fixed.Point26_6) (x, y float64) {
			return float64(q.X) / 64 / em, -float64(q.Y) / 64 / em
		}
		for _, s := range segs {
			x, y := at(s.Args[0])
			switch s.Op {
			case sfnt.SegmentOpMoveTo:
				if len(p.ops) > 0 {
					p.close()
				}
				p.moveTo(x, y)
			case sfnt.SegmentOpLineTo:
				p.lineTo(x, y)
			case sfnt.SegmentOpQuadTo:
				ax, ay := p.last()
				cx, cy := at(s.Args[1])
				p.curveTo(ax+(x-ax)*2/3, ay+(y-ay)*2/3, cx+(x-cx)*2/3, cy+(y-cy)*2/3, cx, cy)
			case sfnt.SegmentOpCubeTo:
				bx, by := at(s.Args[1])
				cx, cy := at(s.Args[2])
				p.curveTo(x, y, bx, by, cx, cy)
			}
		}
		if len(p.ops) > 0 {
			p.close()
		}
		return p
	}
}

// table is a part of an OpenType font.
type table struct {
	tag  string
	data []byte
}

// container makes an OpenType font of the tables a PDF file must have (9.9),
// with stand-ins for those it may leave out and a reader wants: the glyphs are
// found by number, and the widths stand in the PDF file.
func container(version uint32, glyphs, unitsPerEm int, tables []table) []byte {
	be := binary.BigEndian
	hhea := make([]byte, 36)
	be.PutUint32(hhea, 0x10000)
	be.PutUint16(hhea[34:], 1)
	post := make([]byte, 32)
	be.PutUint32(post, 0x30000)
	os2 := make([]byte, 96)
	be.PutUint16(os2, 2)
	cmap := []byte{
		0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12, // one table, for Unicode
		0, 4, 0, 24, 0, 0, 0, 2, 0, 2, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 1, 0, 0, // that maps nothing
	}
	all := []table{{"OS/2", os2}, {"cmap", cmap}, {"hhea", hhea}, {"hmtx", make([]byte, 4+2*max(glyphs-1, 0))}, {"post", post}}
	if version == 0x4f54544f { // OTTO
		head := make([]byte, 54)
		be.PutUint32(head, 0x10000)
		be.PutUint16(head[18:], uint16(unitsPerEm))
		maxp := []byte{0, 0, 0x50, 0, byte(glyphs >> 8), byte(glyphs)}
		all = append(all, table{"head", head}, table{"maxp", maxp})
	}
	all = append(all, tables...)
	// The directory is in the order of the tags.
	for i := 1; i < len(all); i++ {
		for j := i; j > 0 && all[j].tag < all[j-1].tag; j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
	out := make([]byte, 12+16*len(all))
	be.PutUint32(out, version)
	be.PutUint16(out[4:], uint16(len(all)))
	for i, t := range all {
		e := out[12+16*i:]
		copy(e, t.tag)
		be.PutUint32(e[8:], uint32(len(out)))
		be.PutUint32(e[12:], uint32(len(t.data)))
		out = append(out, t.data...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out
}

// parse reads a font made by container.
func parse(b []byte) *sfnt.Font {
	f, err := sfnt.Parse(b)
	if err != nil {
		return nil
	}
	return f
}

// simple finds the glyph of each code of a simple font (9.6.6.4).
func (s *shapes) simple(f *font, encoded, symbolic bool) {
	for code := range 256 {
		gid := 0
		switch {
		case s.cmaps != nil:
			gid = s.trueGlyph(code, f.text[code], encoded && !symbolic)
		case f.names[code] != "":
			gid = s.named[f.names[code]]
		}
		s.byCode[code] = gid
	}
}

// glyphOfCID finds the glyph of a composite font's CID (9.7.4.2).
func (s *shapes) glyphOfCID(cid int) int {
	if s.cff != nil && s.cff.cids != nil {
		return s.cff.cids[cid]
	}
	if s.gids != nil {
		if 2*cid+1 < len(s.gids) {
			return int(s.gids[2*cid])<<8 | int(s.gids[2*cid+1])
		}
		return 0
	}
	return cid
}

// advance is the width of a glyph of a whole font, in ems.
func advance(f *sfnt.Font, b *sfnt.Buffer, gid sfnt.GlyphIndex) float64 {
	w, err := f.GlyphAdvance(b, gid, fixed.I(1000), imagefont.HintingNone)
	if err != nil {
		return 0
	}
	return float64(w) / 64 / 1000
}
