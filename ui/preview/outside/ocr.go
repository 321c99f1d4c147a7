package outside

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/preview/paper"
)

// OCR reads the words of a scanned page by tesseract.
type OCR struct {
	Program string // its path; "": it is not installed
	Lang    string // as tesseract names them: "eng", "eng+deu"
}

// FindOCR is the recognition that is installed. An empty lang is English.
func FindOCR(lang string) OCR {
	if lang == "" {
		lang = "eng"
	}
	return OCR{Program: Find("tesseract"), Lang: lang}
}

// There reports whether pages can be read at all.
func (o OCR) There() bool { return o.Program != "" }

// ocrTime is how long a page may take. A dense one at fine resolution needs a few
// seconds on one processor.
const ocrTime = 2 * time.Minute

// Read reads the words of a page. Their places are those of the upright page.
// Words it is not at all sure of are left out: they are dirt more often than text.
func (o OCR) Read(ctx context.Context, p paper.Page) ([]paper.Span, error) {
	if !o.There() {
		return nil, fmt.Errorf("tesseract %w", ErrMissing)
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(WritePage(ctx, w, p)) }()
	defer func() { _ = r.Close() }() // ends the writing where it is not read to its end
	dpi := int(max(p.XRes, p.YRes, 70))
	res, err := Run(ctx, Command{
		Argv:  []string{o.Program, "stdin", "stdout", "-l", o.Lang, "--dpi", strconv.Itoa(dpi), "tsv"},
		Stdin: r, Time: ocrTime, Keep: 8 << 20,
		Env: []string{"OMP_THREAD_LIMIT=1"}, // its threads wait for each other more than they do
	})
	if err != nil {
		return nil, fmt.Errorf("read the text of the page: %w", err)
	}
	return parseTSV(res.Output), nil
}

// parseTSV reads tesseract's table: level, page, block, paragraph, line, word,
// left, top, width, height, confidence, text. Level 1 is the page with its
// size, 5 a word.
func parseTSV(b []byte) []paper.Span {
	var out []paper.Span
	var w, h float64
	for line := range bytes.Lines(b) {
		f := strings.SplitN(strings.TrimRight(string(line), "\r\n"), "\t", 12)
		if len(f) < 11 {
			continue
		}
		var box [4]float64
		ok := true
		for i := range box {
			v, err := strconv.ParseFloat(f[6+i], 64)
			ok = ok && err == nil && v >= 0 && v < 1e6
			box[i] = v
		}
		switch {
		case !ok:
		case f[0] == "1":
			w, h = box[2], box[3]
		case f[0] == "5" && len(f) == 12 && w > 0 && h > 0:
			sure, err := strconv.ParseFloat(f[10], 64)
			text := store.CleanLine(f[11])
			if err != nil || sure < 20 || text == "" {
				break
			}
			out = append(out, paper.Span{Text: text, X: box[0] / w, Y: box[1] / h, W: box[2] / w, H: box[3] / h})
		}
	}
	return out
}

// Text is words as lines of text, in their order, for a search index and for
// people who have a page read to them.
func Text(words []paper.Span) string {
	var b strings.Builder
	for i, s := range words {
		switch {
		case i == 0:
		case newLine(words[i-1], s):
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

// newLine reports whether b is not right of a on the same line.
func newLine(a, b paper.Span) bool {
	middle := b.Y + b.H/2
	return b.X < a.X || middle > a.Y+a.H || middle < a.Y
}
