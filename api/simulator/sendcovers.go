package simulator

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

type faxCover struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// faxCovers are the cover pages of an account whose language is US English; 0
// is none.
func faxCovers() []faxCover {
	names := []string{
		"None", "Ancient", "Birthday", "Blank", "Clasmod", "Classic", "Confidential", "Contemporary", "Elegant", "Express", "Formal",
		"Jazzy", "Modern", "Urgent",
	}
	list := make([]faxCover, len(names))
	for i, name := range names {
		list[i] = faxCover{strconv.Itoa(i), name}
	}
	return list
}

func (c *call) listFaxCovers() *apiError {
	return listAll(c, c.s.platform.url+"/restapi/v1.0/dictionary/fax-cover-page", faxCovers())
}

// listAll answers with a page of a list that is short enough to be made whole.
func listAll[R any](c *call, address string, all []R) *apiError {
	q := c.r.URL.Query()
	page, err := parseCount(q, "page", 1, maxPage)
	if err != nil {
		return err
	}
	per, err := parseCount(q, "perPage", defaultPerPage, maxPerPage)
	if err != nil {
		return err
	}
	from := min((page-1)*per, len(all))
	to := min(from+per, len(all))
	writeJSON(c.w, http.StatusOK, makePage(address, q, all[from:to], page, per, len(all), to < len(all)))
	return nil
}

// plainPDF makes a PDF of so many pages, the first with some lines of text.
func plainPDF(pages int, lines []string) []byte {
	var text strings.Builder
	text.WriteString("BT /F1 12 Tf 72 720 Td 16 TL\n")
	for _, line := range lines {
		text.WriteString("(" + pdfText(line) + ") Tj T*\n")
	}
	text.WriteString("ET\n")
	kids := make([]string, max(pages, 1))
	objects := []string{"", "", "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>", fmt.Sprintf("<</Length %d>>\nstream\n%sendstream", text.Len(), text.String())}
	for i := range kids {
		kids[i] = fmt.Sprintf("%d 0 R", len(objects)+1)
		content := ""
		if i == 0 {
			content = "/Contents 4 0 R "
		}
		objects = append(objects, "<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "+content+"/Resources <</Font <</F1 3 0 R>>>>>>")
	}
	objects[0] = "<</Type /Catalog /Pages 2 0 R>>"
	objects[1] = fmt.Sprintf("<</Type /Pages /Kids [%s] /Count %d>>", strings.Join(kids, " "), len(kids))
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// pdfText escapes what has a meaning within a string of a PDF.
func pdfText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '(' || r == ')' || r == '\\':
			return '_'
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, s)
}
