package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/encoding/charmap"

	"switchboard/ui/preview/pdf/cos"
)

// stampForm is a stamp as a form and the matrix that puts it on its page.
type stampForm struct {
	form cos.Ref
	at   matrix
}

// drawOp draws a form by its name.
func drawOp(m matrix, name cos.Name) string {
	return "q " + nums(m[:]...) + "cm " + string(cos.Append(nil, name)) + " Do Q\n"
}

// nums writes numbers with a space behind each.
func nums(v ...float64) string {
	var s strings.Builder
	for _, x := range v {
		s.WriteString(strconv.FormatFloat(math.Round(x*1e5)/1e5, 'f', -1, 64))
		s.WriteByte(' ')
	}
	return s.String()
}

// stamps writes the stamps of a page as forms.
func (b *builder) stamps(stamps []Stamp, sh sheet) ([]stampForm, error) {
	wi, hi := sh.inches()
	w, h := wi*72, hi*72
	back, ok := sh.upright(w, h).inverse()
	if !ok {
		return nil, errors.New("the page has no size")
	}
	var out []stampForm
	for _, s := range stamps {
		form, high, err := b.stamp(s, w)
		if err != nil {
			return nil, err
		}
		// The form counts up from its bottom left, the page down from its top.
		at := matrix{1, 0, 0, -1, s.X * w, s.Y*h + high}.mul(back)
		out = append(out, stampForm{form, at})
	}
	return out, nil
}

// stamp writes a form in points and tells its height.
func (b *builder) stamp(s Stamp, pageWidth float64) (cos.Ref, float64, error) {
	if s.Image != nil {
		width := s.Width
		if width <= 0 {
			width = 0.25
		}
		size := s.Image.Bounds()
		if size.Empty() {
			return cos.Ref{}, 0, errors.New("the picture to stamp with is empty")
		}
		wide := width * pageWidth
		high := wide * float64(size.Dy()) / float64(size.Dx())
		img, err := b.image(s.Image)
		if err != nil {
			return cos.Ref{}, 0, err
		}
		d := formDict(wide, high)
		d["Resources"] = cos.Dict{"XObject": cos.Dict{"Im": img}}
		return b.add(d, []byte("q "+nums(wide, 0, 0, high, 0, 0)+"cm /Im Do Q\n")), high, nil
	}
	if strings.TrimSpace(s.Text) == "" {
		return cos.Ref{}, 0, errors.New("a stamp has neither a text nor a picture")
	}
	return b.textStamp(s)
}

func formDict(w, h float64) cos.Dict {
	return cos.Dict{
		"Type": cos.Name("XObject"), "Subtype": cos.Name("Form"),
		"BBox": cos.Array{-1.0, -1.0, w + 1, h + 1},
	}
}

// textStamp sets text in Helvetica, which every reader has; letters it has not
// are drawn as the outlines of a face of this program, with the text beside them
// for who searches or reads aloud.
func (b *builder) textStamp(s Stamp) (cos.Ref, float64, error) {
	size := s.Size
	if size <= 0 {
		size = 12
	}
	lines := strings.Split(strings.ReplaceAll(s.Text, "\r\n", "\n"), "\n")
	if len(lines) > 100 || len(s.Text) > 10_000 {
		return cos.Ref{}, 0, errors.New("the text to stamp with is too long")
	}
	pad := 0.0
	if s.Box {
		pad = size * 0.4
	}
	leading := size * 1.2
	var body strings.Builder
	ink := "0 g 0 G"
	if s.Red {
		ink = "0.75 0 0 rg 0.75 0 0 RG"
	}
	body.WriteString(ink + "\n")
	wide, high := 0.0, 2*pad+leading*float64(len(lines))
	for i, line := range lines {
		line = cleaned(line)
		x, y := pad, high-pad-leading*float64(i)-size*0.95
		w, ops := b.line(line, size, x, y)
		wide = math.Max(wide, w)
		body.WriteString(ops)
	}
	wide += 2 * pad
	if s.Box {
		line := size / 12
		fmt.Fprintf(&body, "%sw %sre S\n", nums(line), nums(line/2, line/2, wide-line, high-line))
	}
	d := formDict(wide, high)
	d["Resources"] = cos.Dict{"Font": cos.Dict{"H": b.helvetica()}}
	return b.add(d, []byte(body.String())), high, nil
}

// helvetica is the standard font, written once.
func (b *builder) helvetica() cos.Ref {
	if b.font.Num == 0 {
		b.font = b.reserve()
		b.object(b.font, cos.Dict{
			"Type": cos.Name("Font"), "Subtype": cos.Name("Type1"),
			"BaseFont": cos.Name("Helvetica"), "Encoding": cos.Name("WinAnsiEncoding"),
		})
	}
	return b.font
}

// line writes one line of text with its baseline at x, y, and tells its width.
func (b *builder) line(text string, size, x, y float64) (wide float64, ops string) {
	if enc, err := charmap.Windows1252.NewEncoder().String(text); err == nil {
		w := look{}.width(text) * size
		return w, "BT /H " + nums(size) + "Tf " + nums(x, y) + "Td " + string(literal(enc)) + " Tj ET\n"
	}
	var buf sfnt.Buffer
	p, w := b.faces.outline(&buf, look{}, text)
	if p == nil {
		return 0, ""
	}
	m := matrix{size, 0, 0, size, x, y}
	var out bytes.Buffer
	fmt.Fprintf(&out, "/Span <</ActualText %s>> BDC\n", literal(string(textString(text))))
	at := 0
	next := func(n int) string {
		var s string
		for range n {
			px, py := m.apply(p.pts[at], p.pts[at+1])
			s += nums(px, py)
			at += 2
		}
		return s
	}
	for _, op := range p.ops {
		switch op {
		case 'm', 'l':
			out.WriteString(next(1))
			out.WriteByte(op)
		case 'c':
			out.WriteString(next(3))
			out.WriteByte('c')
		case 'z':
			out.WriteByte('h')
		}
		out.WriteByte('\n')
	}
	out.WriteString("f\nEMC\n")
	return w * size, out.String()
}

func literal(s string) []byte { return cos.Append(nil, cos.String(s)) }
