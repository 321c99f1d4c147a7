package corpus

import (
	"fmt"
	"strings"
)

// print is what stands on a page, as a printer would be told it. A nil one takes
// everything and keeps nothing.
type print struct{ b []byte }

// at is a place of the drawing in points from the lower left corner of the paper.
func at(x, y float64) (float64, float64) { return x * 72 / 204, (faxHeight - y) * 72 / 196 }

func (p *print) text(x, y, size int, st style, t string) {
	if p == nil || strings.TrimSpace(t) == "" {
		return
	}
	px, py := at(float64(x), float64(y))
	p.b = fmt.Appendf(p.b, "BT /F%d %.1f Tf %.2f %.2f Td (%s) Tj ET\n", st, float64(size)*72/196, px, py, pdfText(t))
}

func (p *print) fill(x, y, w, h int, shade uint8) {
	if p == nil {
		return
	}
	px, py := at(float64(x), float64(y+h))
	p.b = fmt.Appendf(p.b, "%.2f g %.2f %.2f %.2f %.2f re f 0 g\n", float64(shade)/255, px, py, float64(w)*72/204, float64(h)*72/196)
}

func (p *print) stroke(x0, y0, x1, y1, radius float64) {
	if p == nil {
		return
	}
	ax, ay := at(x0, y0)
	bx, by := at(x1, y1)
	p.b = fmt.Appendf(p.b, "%.1f w 1 J %.2f %.2f m %.2f %.2f l S\n", radius*2*72/204, ax, ay, bx, by)
}

// pdfText writes t as the inside of a PDF string in WinAnsi, as far as that goes.
func pdfText(t string) string {
	var b strings.Builder
	for _, r := range t {
		switch {
		case r == '(' || r == ')' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r >= 0xa0 && r <= 0xff:
			fmt.Fprintf(&b, "\\%03o", r)
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// typed adds the objects of page n: the page, what stands on it, its fonts. They
// are of those that every reader has.
func (p *pdf) typed(n int, text *print) {
	w, h := at(faxWidth, 0)
	p.object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R /Resources << /ProcSet [/PDF /Text] /Font %d 0 R >> >>",
		w, h, 5+3*n, 6+3*n), nil)
	p.object(fmt.Sprintf("<< /Length %d >>", len(text.b)), text.b)
	fonts := ""
	for i, name := range []string{"Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Courier"} {
		fonts += fmt.Sprintf("/F%d << /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >> ", i, name)
	}
	p.object("<< "+fonts+">>", nil)
}
