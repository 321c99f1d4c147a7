package pdf

import (
	"strings"

	"switchboard/ui/preview/pdf/cos"
)

// font is a font of the file (9.5 to 9.8): how its codes are split, how wide and
// what text they are, and the shapes where the file holds them.
type font struct {
	look     look
	wide     bool // codes by a CMap, not one byte each
	encoding *cmap
	unicode  *cmap
	ucs2     bool // a wide code is its text

	first  int       // simple fonts: the first code of widths
	widths []float64 // ems
	byCID  map[int]float64
	other  float64 // the width of what has none, negative: by the look
	text   [256]string
	names  [256]string // glyph names by code

	shapes *shapes // nil: not in the file
	type3  *type3
}

// look is what a font looks like, for the face that stands in for it.
type look struct{ bold, italic, mono, serif bool }

// type3 is a font whose glyphs are content streams (9.6.5).
type type3 struct {
	m     matrix
	procs cos.Dict
	res   cos.Dict
}

// char is one character of a shown string.
type char struct {
	code  uint32
	gid   int
	text  string
	width float64 // ems
	space bool    // the one-byte code 32, which word spacing widens
}

// font reads a font, or gives the one read before.
func (d *document) font(v cos.Value) *font {
	ref, isRef := v.(cos.Ref)
	if isRef {
		d.mu.Lock()
		f := d.fonts[ref]
		d.mu.Unlock()
		if f != nil {
			return f
		}
	}
	f := d.newFont(d.file.Dict(v))
	if isRef {
		d.mu.Lock()
		if len(d.fonts) >= 64 {
			clear(d.fonts)
		}
		d.fonts[ref] = f
		d.mu.Unlock()
	}
	return f
}

func (d *document) newFont(dict cos.Dict) *font {
	fl := d.file
	f := &font{other: -1}
	desc := fl.Dict(dict["FontDescriptor"])
	if st := fl.Stream(dict["ToUnicode"]); st != nil {
		if b, err := d.data(st); err == nil && len(b) < 8<<20 {
			f.unicode = parseCMap(b)
		}
	}
	switch fl.Name(dict["Subtype"]) {
	case "Type0":
		d.composite(f, dict)
		return f
	case "Type3":
		m := matrix{0.001, 0, 0, 0.001, 0, 0}
		if n := fl.Nums(dict["FontMatrix"]); len(n) == 6 {
			m = matrix(n)
		}
		f.type3 = &type3{m: m, procs: fl.Dict(dict["CharProcs"]), res: fl.Dict(dict["Resources"])}
	}
	f.look = lookOf(string(fl.Name(dict["BaseFont"])), fl.Int(desc["Flags"], 0))
	f.first = fl.Int(dict["FirstChar"], 0)
	unit := 0.001
	if f.type3 != nil {
		unit = f.type3.m[0]
		f.other = 0
	}
	for _, v := range fl.Array(dict["Widths"]) {
		w, _ := fl.Num(v)
		if len(f.widths) < 65536 {
			f.widths = append(f.widths, w*unit)
		}
	}
	if w, ok := fl.Num(desc["MissingWidth"]); ok && len(f.widths) > 0 {
		f.other = w * unit
	}
	if f.type3 == nil {
		f.shapes = d.shapes(desc)
	}
	d.encode(f, dict, desc)
	return f
}

// encode fills in what text and which glyph name each code of a simple font has
// (9.6.6).
func (d *document) encode(f *font, dict, desc cos.Dict) {
	fl, g := d.file, newGlyphNames()
	enc := fl.Resolve(dict["Encoding"])
	base := ""
	if n, ok := enc.(cos.Name); ok {
		base = string(n)
	}
	ed, _ := enc.(cos.Dict)
	if n := fl.Name(ed["BaseEncoding"]); n != "" {
		base = string(n)
	}
	symbol := strings.Contains(string(fl.Name(dict["BaseFont"])), "Symbol") && base == "" && f.shapes == nil
	symbolic := fl.Int(desc["Flags"], 0)&4 != 0
	for code := range 256 {
		switch {
		case symbol:
			f.text[code] = symbolText(code)
		case base == "" && f.shapes != nil && f.shapes.builtin != nil && f.shapes.builtin[code] != "":
			f.names[code] = f.shapes.builtin[code]
			f.text[code] = g.find(f.names[code])
		case base == "" && symbolic && f.shapes != nil && f.shapes.cff == nil:
			f.text[code] = g.baseText("WinAnsiEncoding", code) // the likeliest
		default:
			f.text[code] = g.baseText(base, code)
			if f.text[code] != "" && (f.shapes == nil || f.shapes.cff != nil) {
				f.names[code] = g.name([]rune(f.text[code])[0])
			}
		}
	}
	code := 0
	for _, v := range fl.Array(ed["Differences"]) {
		switch v := fl.Resolve(v).(type) {
		case int:
			code = v
		case cos.Name:
			if code >= 0 && code < 256 {
				f.names[code] = string(v)
				if t := g.find(string(v)); t != "" || f.type3 != nil {
					f.text[code] = t
				}
			}
			code++
		}
	}
	if f.shapes != nil {
		f.shapes.simple(f, base != "" || ed != nil, symbolic)
	}
}

// composite reads a Type 0 font and its one descendant (9.7).
func (d *document) composite(f *font, dict cos.Dict) {
	fl := d.file
	f.wide = true
	enc := fl.Resolve(dict["Encoding"])
	if st, ok := enc.(*cos.Stream); ok {
		if b, err := d.data(st); err == nil && len(b) < 8<<20 {
			f.encoding = parseCMap(b)
		}
	} else if n := string(fl.Name(enc)); strings.Contains(n, "UCS2") || strings.Contains(n, "UTF16") {
		f.ucs2 = true
	}
	var sub cos.Dict
	if a := fl.Array(dict["DescendantFonts"]); len(a) > 0 {
		sub = fl.Dict(a[0])
	}
	desc := fl.Dict(sub["FontDescriptor"])
	f.look = lookOf(string(fl.Name(dict["BaseFont"])), fl.Int(desc["Flags"], 0))
	f.other = 1
	if w, ok := fl.Num(sub["DW"]); ok {
		f.other = w / 1000
	}
	f.byCID = map[int]float64{}
	a := fl.Array(sub["W"])
	for i := 0; i+1 < len(a) && len(f.byCID) < maxCMap; {
		first := fl.Int(a[i], 0)
		if list := fl.Array(a[i+1]); list != nil {
			for k, v := range list {
				w, _ := fl.Num(v)
				f.byCID[first+k] = w / 1000
			}
			i += 2
			continue
		}
		if i+2 >= len(a) {
			break
		}
		last := fl.Int(a[i+1], 0)
		w, _ := fl.Num(a[i+2])
		for c := first; c <= last && c-first < 65536 && len(f.byCID) < maxCMap; c++ {
			f.byCID[c] = w / 1000
		}
		i += 3
	}
	f.shapes = d.shapes(desc)
	if f.shapes != nil {
		if st := fl.Stream(sub["CIDToGIDMap"]); st != nil {
			f.shapes.gids, _ = d.data(st)
		}
	}
}

// lookOf guesses from the name and the flags of table 123.
func lookOf(name string, flags int) look {
	n := strings.ToLower(name)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(n, w) {
				return true
			}
		}
		return false
	}
	return look{
		bold:   has("bold", "black", "heavy", "demi") || flags&(1<<18) != 0,
		italic: has("italic", "oblique") || flags&(1<<6) != 0,
		mono:   has("courier", "mono", "consol", "typewriter") || flags&1 != 0,
		serif:  has("times", "serif", "roman", "georgia", "garamond", "cambria", "nimbusrom") && !has("sans") || flags&2 != 0,
	}
}

// chars splits a shown string into its characters.
func (f *font) chars(s cos.String) []char {
	b := []byte(s)
	out := make([]char, 0, len(b))
	if !f.wide {
		for _, c := range b {
			out = append(out, f.simpleChar(c))
		}
		return out
	}
	for len(b) > 0 {
		var code uint32
		n := min(2, len(b))
		if f.encoding != nil && len(f.encoding.spaces) > 0 {
			code, n = f.encoding.next(b)
		} else {
			for _, x := range b[:n] {
				code = code<<8 | uint32(x)
			}
		}
		b = b[n:]
		cid := int(code)
		if f.encoding != nil && len(f.encoding.cids) > 0 {
			cid = f.encoding.cid(code)
		}
		c := char{code: code, width: f.other, space: n == 1 && code == 32}
		if w, ok := f.byCID[cid]; ok {
			c.width = w
		}
		if f.unicode != nil {
			c.text = f.unicode.text[code]
		}
		if c.text == "" && f.ucs2 {
			c.text = string(rune(code))
		}
		c.gid = cid
		if f.shapes != nil {
			c.gid = f.shapes.glyphOfCID(cid)
		}
		out = append(out, c)
	}
	return out
}

func (f *font) simpleChar(c byte) char {
	out := char{code: uint32(c), text: f.text[c], space: c == 32, width: f.other}
	if f.unicode != nil {
		if t := f.unicode.text[uint32(c)]; t != "" {
			out.text = t
		}
	}
	if i := int(c) - f.first; i >= 0 && i < len(f.widths) {
		out.width = f.widths[i]
	} else if f.other < 0 {
		out.width = f.look.width(out.text)
	}
	if f.shapes != nil {
		out.gid = f.shapes.byCode[c]
	}
	return out
}
