package pdf

import (
	"bytes"
	"strconv"

	"golang.org/x/image/font/sfnt"
)

// type1Font is a Type 1 program (Adobe Type 1 Font Format, 1990).
type type1Font struct {
	subrs  map[int][]byte
	chars  map[string][]byte
	order  []string
	matrix matrix
	names  *glyphNames
}

// newType1 reads a program: a clear part with the encoding, and an encrypted one
// with the glyphs.
func newType1(b []byte) *shapes {
	i := bytes.Index(b, []byte("eexec"))
	if i < 0 {
		return nil
	}
	f := &type1Font{subrs: map[int][]byte{}, chars: map[string][]byte{}, matrix: matrix{0.001, 0, 0, 0.001, 0, 0}, names: newGlyphNames()}
	clear := b[:i]
	secret := bytes.TrimLeft(b[i+5:], " \t\r\n")
	if len(b) > 6 && b[0] == 0x80 { // a header before each part
		clear = clear[6:]
		if k := bytes.IndexByte(secret, 0x80); k == 0 && len(secret) > 6 {
			secret = secret[6:]
		}
	}
	if isHex(secret) {
		secret = unhexAll(secret)
	}
	f.glyphs(decrypt(secret, 55665, 4))
	if len(f.chars) == 0 {
		return nil
	}
	f.readMatrix(clear)
	s := &shapes{named: map[string]int{}, builtin: f.encoding(clear), cff: nil}
	for gid, name := range f.order {
		s.named[name] = gid
	}
	s.outline = func(_ *sfnt.Buffer, gid int) *path {
		if gid < 0 || gid >= len(f.order) {
			return nil
		}
		return f.outline(f.order[gid])
	}
	return s
}

func isHex(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	for _, c := range b[:4] {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
			return false
		}
	}
	return true
}

func unhexAll(b []byte) []byte {
	out := make([]byte, 0, len(b)/2)
	half := -1
	for _, c := range b {
		v, err := strconv.ParseUint(string(rune(c)), 16, 8)
		if err != nil {
			continue
		}
		if half < 0 {
			half = int(v)
		} else {
			out = append(out, byte(half<<4|int(v)))
			half = -1
		}
	}
	return out
}

// decrypt undoes eexec and charstring encryption (chapter 7).
func decrypt(b []byte, r uint16, skip int) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = c ^ byte(r>>8)
		r = (uint16(c)+r)*52845 + 22719
	}
	return out[min(max(skip, 0), len(out)):]
}

// glyphs finds "dup 5 23 RD ..." of the Subrs and "/A 57 RD ..." of the
// CharStrings.
func (f *type1Font) glyphs(b []byte) {
	lenIV := 4
	if i := bytes.Index(b, []byte("/lenIV")); i >= 0 {
		if w := bytes.Fields(b[i+6 : min(i+20, len(b))]); len(w) > 0 {
			if n, err := strconv.Atoi(string(w[0])); err == nil {
				lenIV = n
			}
		}
	}
	plain := func(p []byte) []byte {
		if lenIV < 0 {
			return p
		}
		return decrypt(p, 4330, lenIV)
	}
	start := bytes.Index(b, []byte("/CharStrings"))
	if start < 0 {
		return
	}
	var words [3]string // the last words before RD
	for i := 0; i < len(b); {
		for i < len(b) && (b[i] <= ' ') {
			i++
		}
		j := i
		for j < len(b) && b[j] > ' ' && (j == i || b[j] != '/') {
			j++
		}
		word := string(b[i:j])
		if (word == "RD" || word == "-|") && j < len(b) {
			n, err := strconv.Atoi(words[2])
			if err == nil && n >= 0 && j+1+n <= len(b) {
				p := plain(b[j+1 : j+1+n])
				j += 1 + n
				if i > start && len(words[1]) > 1 && words[1][0] == '/' {
					name := words[1][1:]
					if _, ok := f.chars[name]; !ok && len(f.chars) < 65535 {
						f.chars[name] = p
						f.order = append(f.order, name)
					}
				} else if k, err := strconv.Atoi(words[1]); err == nil && len(f.subrs) < 65535 {
					f.subrs[k] = p
				}
			}
		}
		words = [3]string{words[1], words[2], word}
		if j == i {
			j++
		}
		i = j
	}
}

func (f *type1Font) readMatrix(b []byte) {
	i := bytes.Index(b, []byte("/FontMatrix"))
	if i < 0 {
		return
	}
	lo, hi := bytes.IndexByte(b[i:], '['), bytes.IndexByte(b[i:], ']')
	if lo < 0 || hi < lo {
		return
	}
	w := bytes.Fields(b[i+lo+1 : i+hi])
	if len(w) != 6 {
		return
	}
	var m matrix
	for k := range m {
		v, err := strconv.ParseFloat(string(w[k]), 64)
		if err != nil {
			return
		}
		m[k] = v
	}
	if m[0] != 0 && m[3] != 0 {
		f.matrix = m
	}
}

// encoding reads "dup 65 /A put".
func (f *type1Font) encoding(b []byte) *[256]string {
	var out [256]string
	i := bytes.Index(b, []byte("/Encoding"))
	if i < 0 || bytes.HasPrefix(bytes.TrimLeft(b[i+9:], " "), []byte("StandardEncoding")) {
		for code := range out {
			out[code] = f.names.standardName(code)
		}
		return &out
	}
	w := bytes.Fields(bytes.ReplaceAll(b[i:], []byte("/"), []byte(" /")))
	for k := 0; k+3 < len(w); k++ {
		if string(w[k]) == "def" || string(w[k]) == "readonly" {
			if k > 12 {
				break
			}
		}
		if string(w[k]) != "dup" || len(w[k+2]) < 2 || w[k+2][0] != '/' {
			continue
		}
		if code, err := strconv.Atoi(string(w[k+1])); err == nil && code >= 0 && code < 256 {
			out[code] = string(w[k+2][1:])
		}
	}
	return &out
}
