package pdf

import (
	"encoding/binary"
	"unicode/utf8"
)

// trueMap is a cmap table of a TrueType font.
type trueMap struct {
	platform, encoding int
	b                  []byte
}

// newSFNT reads a TrueType or OpenType program.
func newSFNT(b []byte) *shapes {
	t := tablesOf(b)
	if c := t["CFF "]; c != nil {
		s := bareCFF(c)
		if s != nil {
			s.cmaps = trueMaps(t["cmap"])
		}
		return s
	}
	if t["glyf"] == nil || t["loca"] == nil || len(t["head"]) < 54 || len(t["maxp"]) < 6 {
		return nil
	}
	glyphs := int(binary.BigEndian.Uint16(t["maxp"][4:]))
	// A subset's loca may be cut short: the glyphs behind its end are empty.
	size := 2
	if binary.BigEndian.Uint16(t["head"][50:]) != 0 {
		size = 4
	}
	loca := t["loca"]
	if want := (glyphs + 1) * size; len(loca) > want {
		loca = loca[:want]
	} else if len(loca) < want {
		glyphs = max(len(loca)/size-1, 0)
		loca = loca[:(glyphs+1)*size]
	}
	maxp := make([]byte, 32)
	copy(maxp, t["maxp"])
	binary.BigEndian.PutUint16(maxp[4:], uint16(glyphs))
	f := parse(container(0x10000, glyphs, 0, []table{
		{"glyf", t["glyf"]}, {"loca", loca}, {"head", t["head"][:54]}, {"maxp", maxp},
	}))
	if f == nil {
		return nil
	}
	maps := trueMaps(t["cmap"])
	if maps == nil {
		maps = []trueMap{}
	}
	return &shapes{outline: fromSFNT(f), cmaps: maps}
}

// tablesOf cuts an OpenType font into its tables.
func tablesOf(b []byte) map[string][]byte {
	out := map[string][]byte{}
	if len(b) < 12 {
		return out
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	for i := range n {
		if 12+16*(i+1) > len(b) {
			break
		}
		e := b[12+16*i:]
		off, size := uint64(binary.BigEndian.Uint32(e[8:])), uint64(binary.BigEndian.Uint32(e[12:]))
		if off > uint64(len(b)) {
			continue
		}
		out[string(e[:4])] = b[off:min(off+size, uint64(len(b)))]
	}
	return out
}

func trueMaps(b []byte) []trueMap {
	if len(b) < 4 {
		return nil
	}
	var out []trueMap
	for i := range int(binary.BigEndian.Uint16(b[2:])) {
		if 4+8*(i+1) > len(b) || i > 32 {
			break
		}
		e := b[4+8*i:]
		off := binary.BigEndian.Uint32(e[4:])
		if int64(off) >= int64(len(b)) {
			continue
		}
		out = append(out, trueMap{int(binary.BigEndian.Uint16(e)), int(binary.BigEndian.Uint16(e[2:])), b[off:]})
	}
	return out
}

// trueGlyph finds the glyph of a one-byte code.
func (s *shapes) trueGlyph(code int, text string, encoded bool) int {
	unicode := func() int {
		if text == "" {
			return 0
		}
		r, _ := utf8.DecodeRuneInString(text)
		for _, m := range s.cmaps {
			if m.platform == 3 && (m.encoding == 1 || m.encoding == 10) || m.platform == 0 {
				if g := m.find(int(r)); g != 0 {
					return g
				}
			}
		}
		return 0
	}
	if encoded {
		if g := unicode(); g != 0 {
			return g
		}
	}
	for _, m := range s.cmaps {
		switch {
		case m.platform == 3 && m.encoding == 0:
			for _, page := range []int{0xf000, 0, 0xf100, 0xf200} {
				if g := m.find(page + code); g != 0 {
					return g
				}
			}
		case m.platform == 1:
			if g := m.find(code); g != 0 {
				return g
			}
		}
	}
	if len(s.cmaps) == 0 {
		return code
	}
	return unicode()
}

// find looks a code up in the formats 0, 4, 6 and 12.
func (m trueMap) find(code int) int {
	b := m.b
	u16 := func(i int) int {
		if i < 0 || i+2 > len(b) {
			return 0
		}
		return int(binary.BigEndian.Uint16(b[i:]))
	}
	u32 := func(i int) int {
		if i < 0 || i+4 > len(b) {
			return 0
		}
		return int(binary.BigEndian.Uint32(b[i:]))
	}
	switch u16(0) {
	case 0:
		if code >= 0 && code < 256 && 6+code < len(b) {
			return int(b[6+code])
		}
	case 4:
		n := u16(6) / 2
		for i := range n {
			end, start := u16(14+2*i), u16(16+2*n+2*i)
			if code > end {
				continue
			}
			if code < start {
				return 0
			}
			delta, at := u16(16+4*n+2*i), 16+6*n+2*i
			off := u16(at)
			if off == 0 {
				return (code + delta) & 0xffff
			}
			if g := u16(at + off + 2*(code-start)); g != 0 {
				return (g + delta) & 0xffff
			}
			return 0
		}
	case 6:
		first, n := u16(6), u16(8)
		if code >= first && code < first+n {
			return u16(10 + 2*(code-first))
		}
	case 12:
		for i := range min(u32(12), len(b)/12) {
			at := 16 + 12*i
			if lo, hi := u32(at), u32(at+4); code >= lo && code <= hi {
				return u32(at+8) + code - lo
			}
		}
	}
	return 0
}
