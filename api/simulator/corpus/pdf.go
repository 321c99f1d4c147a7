package corpus

import (
	"fmt"
	"strconv"
	"time"
)

// faxPDF writes pages as a PDF 1.4 with one image a page, coded by T.6, as fax
// servers do, or with its text where it never was on paper. height is the vertical resolution in lines per inch.
func faxPDF(pages []faxPage, height int, title string, made time.Time) []byte {
	p := pdf{b: append(make([]byte, 0, 64<<10), "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"...)}
	// Objects: 1 catalog, 2 pages, 3 information, then three for each page.
	kids := ""
	for n := range pages {
		kids += fmt.Sprintf("%d 0 R ", 4+3*n)
	}
	p.object("<< /Type /Catalog /Pages 2 0 R >>", nil)
	p.object(fmt.Sprintf("<< /Type /Pages /Count %d /Kids [ %s] >>", len(pages), kids), nil)
	p.object(fmt.Sprintf("<< /Producer (Harbor Street Fax) /Title (%s) /CreationDate (D:%sZ) >>",
		title, made.UTC().Format("20060102150405")), nil)
	for n, page := range pages {
		if page.text != nil {
			p.typed(n, page.text)
			continue
		}
		image := page.encode(codingPDF)
		// Points are 1/72 inch.
		w, h := float64(page.w)*72/204, float64(page.h)*72/float64(height)
		draw := fmt.Appendf(nil, "q %.2f 0 0 %.2f 0 0 cm /Fax Do Q\n", w, h)
		p.object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R /Resources << /ProcSet [/PDF /ImageB] /XObject << /Fax %d 0 R >> >> >>",
			w, h, 5+3*n, 6+3*n), nil)
		p.object(fmt.Sprintf("<< /Length %d >>", len(draw)), draw)
		p.object(fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns %d /Rows %d /BlackIs1 false >> /Length %d >>",
			page.w, page.h, page.w, page.h, len(image)), image)
	}
	return p.finish()
}

type pdf struct {
	b       []byte
	offsets []int
}

func (p *pdf) object(dictionary string, stream []byte) {
	p.offsets = append(p.offsets, len(p.b))
	p.b = strconv.AppendInt(p.b, int64(len(p.offsets)), 10)
	p.b = append(append(p.b, " 0 obj\n"...), dictionary...)
	if stream != nil {
		p.b = append(append(append(p.b, "\nstream\n"...), stream...), "\nendstream"...)
	}
	p.b = append(p.b, "\nendobj\n"...)
}

// finish adds the table of the objects' offsets, twenty bytes each.
func (p *pdf) finish() []byte {
	start := len(p.b)
	p.b = fmt.Appendf(p.b, "xref\n0 %d\n0000000000 65535 f \n", len(p.offsets)+1)
	for _, o := range p.offsets {
		p.b = fmt.Appendf(p.b, "%010d 00000 n \n", o)
	}
	return fmt.Appendf(p.b, "trailer\n<< /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(p.offsets)+1, start)
}
