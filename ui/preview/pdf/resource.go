package pdf

import (
	"bytes"
	"image/color"
	"math"

	"switchboard/ui/preview/pdf/cos"
)

// color runs the operators of colour (8.6.8).
func (in *interp) color(op cos.Op, o operands, res cos.Dict) bool {
	switch op {
	case "g", "rg", "k", "sc", "scn", "cs":
		in.state.fillSpace, in.state.fill, in.state.fillNothing = in.set(op, o, res, in.state.fillSpace, in.state.fill, in.state.fillNothing)
	case "G", "RG", "K", "SC", "SCN", "CS":
		op = cos.Op(bytes.ToLower([]byte(op)))
		in.state.lineSpace, in.state.line, in.state.lineNothing = in.set(op, o, res, in.state.lineSpace, in.state.line, in.state.lineNothing)
	case "ri", "i":
	default:
		return false
	}
	return true
}

func (in *interp) set(op cos.Op, o operands, res cos.Dict, s *space, c color.RGBA, nothing bool) (*space, color.RGBA, bool) {
	nums := make([]float64, 0, 4)
	for i := range o {
		switch o[i].(type) {
		case int, float64:
			nums = append(nums, o.num(i))
		}
	}
	switch op {
	case "g":
		s = gray
	case "rg":
		s = rgb
	case "k":
		s = cmyk
	case "cs":
		if s = in.d.space(o.name(0), res, 0); s == nil {
			s = gray
		}
		return s, s.rgb(s.initial()), s.nothing || s.family == "pattern"
	}
	if s.family != "pattern" {
		return s, s.rgb(nums), s.nothing
	}
	return in.pattern(o, res, s, nums)
}

// pattern takes a pattern for the one colour that stands for it: that of an
// uncoloured pattern, else the middle of a shading.
func (in *interp) pattern(o operands, res cos.Dict, s *space, nums []float64) (*space, color.RGBA, bool) {
	in.out.lack("patterns")
	if s.base != nil && len(nums) > 0 {
		return s, s.base.rgb(nums), false
	}
	f := in.d.file
	shading := f.Dict(f.Dict(f.Dict(res["Pattern"])[o.name(len(o)-1)])["Shading"])
	base := in.d.space(shading["ColorSpace"], res, 0)
	if base == nil || shading["Function"] == nil {
		return s, color.RGBA{192, 192, 192, 255}, false
	}
	at := 0.5
	if dom := f.Nums(shading["Domain"]); len(dom) >= 2 {
		at = (dom[0] + dom[1]) / 2
	}
	if fn := in.d.function(shading["Function"], 0); fn != nil {
		if c := fn.eval([]float64{at, at}); c != nil {
			return s, base.rgb(c), false
		}
	}
	return s, color.RGBA{192, 192, 192, 255}, false
}

// extState takes what a graphics state dictionary sets (8.4.5).
func (in *interp) extState(d cos.Dict) {
	f, st := in.d.file, &in.state
	num := func(k cos.Name, to *float64) {
		if v, ok := f.Num(d[k]); ok {
			*to = v
		}
	}
	num("ca", &st.fillAlpha)
	num("CA", &st.lineAlpha)
	st.fillAlpha, st.lineAlpha = clamp(st.fillAlpha, 0, 1), clamp(st.lineAlpha, 0, 1)
	num("LW", &st.pen.width)
	num("ML", &st.pen.miter)
	st.pen.cap = f.Int(d["LC"], st.pen.cap)
	st.pen.join = f.Int(d["LJ"], st.pen.join)
	if a := f.Array(d["D"]); len(a) == 2 {
		st.pen.dash = f.Nums(a[0])
		st.pen.phase, _ = f.Num(a[1])
	}
	if a := f.Array(d["Font"]); len(a) == 2 {
		st.text.font = in.d.font(a[0])
		st.text.size, _ = f.Num(a[1])
	}
	if m := f.Resolve(d["SMask"]); m != nil && m != cos.Name("None") {
		in.out.lack("soft masks")
	}
	if n := f.Name(d["BM"]); n != "" && n != "Normal" && n != "Compatible" {
		in.out.lack("blended colours")
	}
}

// begin enters marked content, which may be of a layer that is switched off.
func (in *interp) begin(o operands, res cos.Dict) {
	off := false
	if o.name(0) == "OC" {
		off = in.d.layerOff(in.d.file.Dict(res["Properties"])[o.name(1)])
	}
	if len(in.marked) < 1<<12 {
		in.marked = append(in.marked, off)
		if off {
			in.hidden++
		}
	}
}

func (in *interp) end() {
	if n := len(in.marked); n > 0 {
		if in.marked[n-1] {
			in.hidden--
		}
		in.marked = in.marked[:n-1]
	}
}

// layerOff reports whether optional content is off as the file opens (8.11).
func (d *document) layerOff(v cos.Value) bool {
	if v == nil {
		return false
	}
	f := d.file
	oc := f.Dict(f.Root()["OCProperties"])
	if oc == nil {
		return false
	}
	off := f.Array(f.Dict(oc["D"])["OFF"])
	isOff := func(v cos.Value) bool {
		for _, o := range off {
			if r, ok := o.(cos.Ref); ok && r == v {
				return true
			}
		}
		return false
	}
	if dict := f.Dict(v); f.Name(dict["Type"]) == "OCMD" {
		g := dict["OCGs"]
		if a := f.Array(g); len(a) > 0 {
			for _, e := range a {
				if !isOff(e) {
					return false
				}
			}
			return true
		}
		return isOff(g)
	}
	return isOff(v)
}

// xobject draws a picture or runs a form.
func (in *interp) xobject(st *cos.Stream, res cos.Dict) error {
	if st == nil || in.hidden > 0 || in.d.layerOff(st.Dict["OC"]) {
		return nil
	}
	switch in.d.file.Name(st.Dict["Subtype"]) {
	case "Image":
		in.image(st, res)
	case "Form":
		return in.form(st, res)
	}
	return nil
}

func (in *interp) image(st *cos.Stream, res cos.Dict) {
	s := &in.state
	if in.hidden > 0 || s.fillNothing && in.d.file.Bool(st.Dict["ImageMask"], false) {
		return
	}
	in.add(mark{
		kind: imageMark, image: &drawn{stream: st, res: res, ctm: s.ctm},
		color: s.fill, alpha: s.fillAlpha, clip: s.clip,
	})
}

func (in *interp) form(st *cos.Stream, res cos.Dict) error {
	if in.depth >= maxForms {
		return nil
	}
	dec, err := in.d.file.Decode(in.ctx, st)
	if err != nil || len(dec.Rest) > 0 {
		if in.ctx.Err() != nil {
			return in.ctx.Err()
		}
		in.out.lack("a part that cannot be read")
		return nil
	}
	// What a form leaves open must not reach what follows it.
	was, saved, p := in.state, in.saved, in.path
	hidden, marked := in.hidden, in.marked
	in.saved, in.path, in.marked = nil, path{}, nil
	defer func() {
		in.state, in.saved, in.path = was, saved, p
		in.hidden, in.marked = hidden, marked
		in.depth--
	}()
	in.depth++
	f := in.d.file
	if m := f.Nums(st.Dict["Matrix"]); len(m) == 6 {
		in.state.ctm = matrix(m).mul(in.state.ctm)
	}
	if b, ok := in.d.rect(st.Dict["BBox"]); ok {
		in.clipTo(b)
	}
	if own := f.Dict(st.Dict["Resources"]); own != nil {
		res = own
	}
	return in.run(dec.Data, res)
}

// clipTo clips to a box of the space now in force.
func (in *interp) clipTo(b rect) {
	m := in.state.ctm
	p := &path{}
	p.moveTo(m.apply(b.x0, b.y0))
	p.lineTo(m.apply(b.x1, b.y0))
	p.lineTo(m.apply(b.x1, b.y1))
	p.lineTo(m.apply(b.x0, b.y1))
	p.close()
	in.state.clip = in.state.clip.with(p, false)
}

// inline reads a picture that stands in the content itself (8.9.7).
func (in *interp) inline(s *cos.Scanner, content []byte, res cos.Dict) {
	d := cos.Dict{}
	for {
		k, err := s.Next()
		if err != nil {
			return
		}
		if k == cos.Op("ID") {
			break
		}
		name, ok := k.(cos.Name)
		if !ok {
			return
		}
		v, err := s.Next()
		if err != nil {
			return
		}
		d[longName(name)] = v
	}
	start := min(s.Pos()+1, len(content)) // one space
	n := in.inlineLen(d, res, content[start:])
	s.Seek(start + n)
	if v, err := s.Next(); err != nil || v != cos.Op("EI") {
		// It was not where it should be: look for it.
		s.Seek(start)
	find:
		for at := start; ; {
			i := bytes.Index(content[at:], []byte("EI"))
			if i < 0 {
				s.Seek(len(content))
				n = len(content) - start
				break find
			}
			at += i + 2
			if (at == len(content) || white(content[at])) && white(content[at-3]) {
				n = at - 3 - start
				s.Seek(at)
				break find
			}
		}
	}
	in.image(cos.NewStream(d, content[start:start+max(n, 0)]), res)
}

func white(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// inlineLen is how many bytes an unpacked inline picture has, or where "EI"
// stands behind a packed one.
func (in *interp) inlineLen(d cos.Dict, res cos.Dict, b []byte) int {
	if len(in.d.file.Filters(d)) == 0 {
		n, bits := 1, in.d.file.Int(d["BitsPerComponent"], 8)
		if in.d.file.Bool(d["ImageMask"], false) {
			bits = 1
		} else if s := in.d.space(d["ColorSpace"], res, 0); s != nil {
			n = s.n
		}
		w, h := float64(in.d.file.Int(d["Width"], 0)), float64(in.d.file.Int(d["Height"], 0))
		size := math.Ceil(w*float64(n*bits)/8) * h
		return int(clamp(size, 0, float64(len(b))))
	}
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte("EI"))
		if i < 0 {
			return len(b)
		}
		at += i
		if at > 0 && white(b[at-1]) && (at+2 == len(b) || white(b[at+2])) && plain(b[at+2:]) {
			return at
		}
		at += 2
	}
}

// plain tells content from the bytes of a picture: no byte that content would
// not have in what follows.
func plain(b []byte) bool {
	for _, c := range b[:min(len(b), 12)] {
		if c > '~' || c < ' ' && !white(c) {
			return false
		}
	}
	return true
}

// longName is an inline picture's key in full (table 93).
func longName(n cos.Name) cos.Name {
	switch n {
	case "BPC":
		return "BitsPerComponent"
	case "CS":
		return "ColorSpace"
	case "D":
		return "Decode"
	case "DP":
		return "DecodeParms"
	case "F":
		return "Filter"
	case "H":
		return "Height"
	case "IM":
		return "ImageMask"
	case "I":
		return "Interpolate"
	case "W":
		return "Width"
	}
	return n
}

// annotations draws the pictures of stamps, form fields and the like (12.5.5).
func (in *interp) annotations(s sheet) error {
	f := in.d.file
	for i, v := range f.Array(s.dict["Annots"]) {
		if i > 2000 {
			return nil
		}
		a := f.Dict(v)
		// Hidden (2) and NoView (32); popups are windows, not marks.
		if f.Int(a["F"], 0)&(2|32) != 0 || f.Name(a["Subtype"]) == "Popup" {
			continue
		}
		n := f.Resolve(f.Dict(a["AP"])["N"])
		if d, ok := n.(cos.Dict); ok {
			n = f.Resolve(d[f.Name(a["AS"])])
		}
		st, ok := n.(*cos.Stream)
		r, ok2 := in.d.rect(a["Rect"])
		b, ok3 := in.d.rect(f.Dict(n)["BBox"])
		if !ok || !ok2 || !ok3 || in.d.layerOff(a["OC"]) {
			continue
		}
		if m := f.Nums(st.Dict["Matrix"]); len(m) == 6 {
			b = b.under(matrix(m))
		}
		if b.empty() {
			continue
		}
		fresh := newInterp(in.ctx, in.d)
		fresh.out, fresh.ops = in.out, in.ops
		sx, sy := r.w()/b.w(), r.h()/b.h()
		fresh.state.ctm = matrix{sx, 0, 0, sy, r.x0 - b.x0*sx, r.y0 - b.y0*sy}
		if err := fresh.form(st, s.res); err != nil {
			return err
		}
		in.ops = fresh.ops
	}
	return nil
}
