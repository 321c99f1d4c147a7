package pdf

import (
	"unicode/utf16"

	"switchboard/ui/preview/pdf/cos"
)

// maxCMap is the most codes a CMap may map.
const maxCMap = 200_000

// cmap maps codes: to text (ToUnicode, 9.10.3) or to CIDs (9.7.5).
type cmap struct {
	spaces []codeSpace
	text   map[uint32]string
	cids   []cidRange
}

// codeSpace is the codes of n bytes between lo and hi, byte by byte.
type codeSpace struct {
	n      int
	lo, hi uint32
}

type cidRange struct{ lo, hi, cid uint32 }

// parseCMap reads the operators of a CMap file that matter here.
func parseCMap(b []byte) *cmap {
	c := &cmap{text: map[uint32]string{}}
	s := cos.NewScanner(b)
	var args []cos.Value
	for {
		v, err := s.Next()
		if err != nil {
			return c
		}
		op, ok := v.(cos.Op)
		if !ok {
			if len(args) < 4096 {
				args = append(args, v)
			}
			continue
		}
		switch op {
		case "endcodespacerange":
			c.addSpaces(args)
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				if code, n := codeOf(args[i]); n > 0 {
					c.add(code, textOf(args[i+1]))
				}
			}
		case "endbfrange":
			c.addRanges(args)
		case "endcidchar":
			for i := 0; i+1 < len(args) && len(c.cids) < maxCMap; i += 2 {
				if code, n := codeOf(args[i]); n > 0 {
					cid, _ := args[i+1].(int)
					c.cids = append(c.cids, cidRange{code, code, uint32(cid)})
				}
			}
		case "endcidrange":
			for i := 0; i+2 < len(args) && len(c.cids) < maxCMap; i += 3 {
				lo, n := codeOf(args[i])
				hi, m := codeOf(args[i+1])
				if cid, ok := args[i+2].(int); ok && n > 0 && m > 0 {
					c.cids = append(c.cids, cidRange{lo, hi, uint32(cid)})
				}
			}
		}
		args = args[:0]
	}
}

func (c *cmap) addSpaces(args []cos.Value) {
	for i := 0; i+1 < len(args) && len(c.spaces) < 64; i += 2 {
		lo, n := codeOf(args[i])
		hi, m := codeOf(args[i+1])
		if n > 0 && n == m {
			c.spaces = append(c.spaces, codeSpace{n, lo, hi})
		}
	}
}

func (c *cmap) addRanges(args []cos.Value) {
	for i := 0; i+2 < len(args); i += 3 {
		lo, n := codeOf(args[i])
		hi, m := codeOf(args[i+1])
		if n == 0 || m == 0 || hi < lo || hi-lo > 0xffff {
			continue
		}
		if a, ok := args[i+2].(cos.Array); ok {
			for k := 0; k < len(a) && lo+uint32(k) <= hi; k++ {
				c.add(lo+uint32(k), textOf(a[k]))
			}
			continue
		}
		base := []rune(textOf(args[i+2]))
		if len(base) == 0 {
			continue
		}
		for code := lo; code <= hi && len(c.text) < maxCMap; code++ {
			r := append([]rune(nil), base...)
			r[len(r)-1] += rune(code - lo)
			c.add(code, string(r))
		}
	}
}

func (c *cmap) add(code uint32, text string) {
	if len(c.text) < maxCMap && text != "" {
		c.text[code] = text
	}
}

// codeOf is a code and how many bytes it has, none when v is no code.
func codeOf(v cos.Value) (code uint32, n int) {
	s, ok := v.(cos.String)
	if !ok || len(s) > 4 {
		return 0, 0
	}
	for i := range len(s) {
		code = code<<8 | uint32(s[i])
	}
	return code, len(s)
}

// textOf is the text of UTF-16 bytes.
func textOf(v cos.Value) string {
	s, ok := v.(cos.String)
	if !ok || len(s) > 1024 {
		return ""
	}
	if len(s) == 1 {
		return string(rune(s[0]))
	}
	u := make([]uint16, len(s)/2)
	for i := range u {
		u[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
	}
	out := utf16.Decode(u)
	n := 0
	for _, r := range out {
		if r != 0 && r != 0xfffd {
			out[n] = r
			n++
		}
	}
	return string(out[:n])
}

// next takes a code from the front of b.
func (c *cmap) next(b []byte) (code uint32, n int) {
	for n = 1; n <= 4 && n <= len(b); n++ {
		code = code<<8 | uint32(b[n-1])
		for _, s := range c.spaces {
			if s.n == n && s.holds(code) {
				return code, n
			}
		}
	}
	// No such code: as many bytes as the shortest has.
	n = 2
	for _, s := range c.spaces {
		n = min(n, s.n)
	}
	n = min(n, len(b))
	code = 0
	for _, x := range b[:n] {
		code = code<<8 | uint32(x)
	}
	return code, n
}

func (s codeSpace) holds(code uint32) bool {
	for i := range s.n {
		b := byte(code >> (8 * i))
		if b < byte(s.lo>>(8*i)) || b > byte(s.hi>>(8*i)) {
			return false
		}
	}
	return true
}

// cid is the CID of a code.
func (c *cmap) cid(code uint32) int {
	for _, r := range c.cids {
		if code >= r.lo && code <= r.hi {
			return int(r.cid + code - r.lo)
		}
	}
	return 0
}
