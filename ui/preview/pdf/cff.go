package pdf

import "math"

// cff is what is read here of a Compact Font Format program (Adobe Technical
// Note 5176): which glyph has which name or CID. Its outlines are read as those
// of an OpenType font that holds it.
type cff struct {
	cids map[int]int // of a CID font: the glyphs by CID; nil for others
}

// bareCFF reads a program that is not in an OpenType font.
func bareCFF(b []byte) *shapes {
	if len(b) < 4 {
		return nil
	}
	_, at := cffIndex(b, int(b[2]))
	tops, at := cffIndex(b, at)
	strings, _ := cffIndex(b, at)
	if len(tops) == 0 {
		return nil
	}
	top := cffDict(tops[0])
	num := func(op, i int, def float64) float64 {
		if v := top[op]; i < len(v) {
			return v[i]
		}
		return def
	}
	glyphs, _ := cffIndex(b, int(num(17, 0, -1)))
	n := len(glyphs)
	if n == 0 || n > 65535 {
		return nil
	}
	em := 1000.0
	if a := num(12<<8|7, 0, 0.001); a > 0 {
		em = math.Round(1 / a)
	}
	if em < 16 || em > 16384 {
		em = 1000
	}
	f := parse(container(0x4f54544f, n, int(em), []table{{"CFF ", b}}))
	if f == nil {
		return nil
	}
	s := &shapes{outline: fromSFNT(f), cff: &cff{}, named: map[string]int{}}
	ids := cffCharset(b, int(num(15, 0, 0)), n)
	if top[12<<8|30] != nil { // ROS: a CID font
		s.cff.cids = map[int]int{}
		for gid, id := range ids {
			s.cff.cids[id] = gid
		}
		return s
	}
	names := newGlyphNames()
	byGID := make([]string, n)
	for gid, id := range ids {
		name := ".notdef"
		switch {
		case id >= 1 && id <= len(names.latin):
			name = names.latin[id-1]
		case id >= 391 && id-391 < len(strings):
			name = string(strings[id-391])
		}
		byGID[gid] = name
		if _, ok := s.named[name]; !ok {
			s.named[name] = gid
		}
	}
	s.builtin = cffEncoding(b, int(num(16, 0, 0)), byGID, names)
	return s
}

// cffIndex reads an INDEX and tells what stands behind it.
func cffIndex(b []byte, at int) (items [][]byte, next int) {
	if at < 0 || at+2 > len(b) {
		return nil, len(b)
	}
	n := int(b[at])<<8 | int(b[at+1])
	if n == 0 {
		return nil, at + 2
	}
	if at+3 > len(b) {
		return nil, len(b)
	}
	size := int(b[at+2])
	data := at + 3 + (n+1)*size - 1 // offsets count from 1
	if size < 1 || size > 4 || data > len(b) {
		return nil, len(b)
	}
	off := func(i int) int {
		v := 0
		for _, c := range b[at+3+i*size : at+3+(i+1)*size] {
			v = v<<8 | int(c)
		}
		return data + v
	}
	for i := range n {
		lo, hi := off(i), off(i+1)
		if lo > hi || hi > len(b) || lo < 0 {
			return items, len(b)
		}
		items = append(items, b[lo:hi])
	}
	return items, off(n)
}

// cffDict reads a DICT: the operands by operator, those of two bytes as 12<<8|n.
func cffDict(b []byte) map[int][]float64 {
	out := map[int][]float64{}
	var args []float64
	for i := 0; i < len(b); {
		c := int(b[i])
		i++
		switch {
		case c == 12:
			if i < len(b) {
				out[12<<8|int(b[i])] = args
				i++
			}
			args = nil
		case c <= 21:
			out[c] = args
			args = nil
		case c == 28 && i+2 <= len(b):
			args = append(args, float64(int16(uint16(b[i])<<8|uint16(b[i+1]))))
			i += 2
		case c == 29 && i+4 <= len(b):
			args = append(args, float64(int32(uint32(b[i])<<24|uint32(b[i+1])<<16|uint32(b[i+2])<<8|uint32(b[i+3]))))
			i += 4
		case c == 30:
			var v float64
			v, i = cffReal(b, i)
			args = append(args, v)
		case c >= 32 && c <= 246:
			args = append(args, float64(c-139))
		case c >= 247 && c <= 250 && i < len(b):
			args = append(args, float64((c-247)*256+int(b[i])+108))
			i++
		case c >= 251 && c <= 254 && i < len(b):
			args = append(args, float64(-(c-251)*256-int(b[i])-108))
			i++
		}
		if len(args) > 64 {
			args = args[:64]
		}
	}
	return out
}

// cffReal reads a number in half bytes.
func cffReal(b []byte, i int) (v float64, next int) {
	var mantissa, sign, scale, exp, expSign float64 = 0, 1, 0, 0, 0
	for ; i < len(b); i++ {
		for _, n := range [2]byte{b[i] >> 4, b[i] & 15} {
			switch {
			case n <= 9 && expSign != 0:
				exp = math.Min(exp*10+float64(n), 300)
			case n <= 9:
				mantissa = mantissa*10 + float64(n)
				if scale > 0 {
					scale++
				}
			case n == 10:
				scale = 1 // one more than the digits behind the point
			case n == 11:
				expSign = 1
			case n == 12:
				expSign = -1
			case n == 14:
				sign = -1
			case n == 15:
				return sign * mantissa * math.Pow(10, expSign*exp-math.Max(scale-1, 0)), i + 1
			}
		}
	}
	return 0, i
}

// cffCharset reads which SID or CID each glyph has.
func cffCharset(b []byte, at, n int) []int {
	ids := make([]int, n)
	if at <= 2 { // a predefined one; only ISOAdobe is known here
		for i := range ids {
			ids[i] = i
		}
		return ids
	}
	u16 := func(i int) int {
		if i < 0 || i+2 > len(b) {
			return 0
		}
		return int(b[i])<<8 | int(b[i+1])
	}
	if at >= len(b) {
		return ids
	}
	format := b[at]
	at++
	if format == 0 {
		for g := 1; g < n; g++ {
			ids[g] = u16(at + 2*(g-1))
		}
		return ids
	}
	for g := 1; g < n && at+3 <= len(b); {
		first, left := u16(at), int(b[at+2])
		at += 3
		if format == 2 {
			left = u16(at - 1)
			at++
		}
		for k := 0; k <= left && g < n; k++ {
			ids[g] = first + k
			g++
		}
	}
	return ids
}

// cffEncoding reads the glyph names by code.
func cffEncoding(b []byte, at int, byGID []string, names *glyphNames) *[256]string {
	var out [256]string
	if at <= 1 || at+2 > len(b) {
		for code := range out {
			out[code] = names.standardName(code)
		}
		return &out
	}
	format, n := b[at], int(b[at+1])
	at += 2
	set := func(code, gid int) {
		if code < 256 && gid < len(byGID) {
			out[code] = byGID[gid]
		}
	}
	if format&127 == 0 {
		for i := 0; i < n && at+i < len(b); i++ {
			set(int(b[at+i]), i+1)
		}
		return &out
	}
	gid := 1
	for i := 0; i < n && at+2*i+1 < len(b); i++ {
		first, left := int(b[at+2*i]), int(b[at+2*i+1])
		for k := 0; k <= left; k++ {
			set(first+k, gid)
			gid++
		}
	}
	return &out
}
