package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"switchboard/ui/preview/pdf/cos"
)

// TestBadFiles: each gives an error for a person or what can be read, soon.
func TestBadFiles(t *testing.T) {
	zeros := string(deflate(make([]byte, 8<<20)))
	small := Options{Limits: Limits{Stream: 1 << 20, Pixels: 1 << 20, Marks: 1000, Time: time.Minute}}
	image := func(w, h int) string {
		return stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /FlateDecode", w, h), zeros)
	}
	const draw = "q 144 0 0 216 0 0 cm /Im Do Q"
	for _, c := range []struct {
		name string
		file []byte
		want string // in the error; "" when it can be shown
	}{
		{"empty", nil, "not a PDF file"},
		{"text", []byte("hello"), "not a PDF file"},
		{"head alone", []byte("%PDF-1.4\n"), "not a PDF file"},
		{"no pages", testFile("<< /Type /Catalog >>"), "no pages"},
		{"a tree in a loop", testFile("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>"), "no pages"},
		{"a page that is the tree", testFile("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [2 0 R] >>"), "no pages"},
		{"a form in itself", onePage("/Resources << /XObject << /F 5 0 R >> >>", "/F Do",
			stream("/Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /F 5 0 R >> >>", "/F Do /F Do")), ""},
		{"a font in itself", onePage(helvetica, "BT /F 9 Tf (aaaa) Tj ET",
			"<< /Type /Font /Subtype /Type3 /FontMatrix [1 0 0 1 0 0] /Encoding << /Differences [97 /a] >> /CharProcs << /a 6 0 R >> /Resources << /Font << /F 5 0 R >> >> >>",
			stream("", "BT /F 9 Tf (aaaa) Tj ET")), "more than can be shown"},
		{"a bomb as content", onePage("", "", "<< >>", "<< >>"), ""},
		{"a picture that unpacks to too much", onePage(oneImage, draw, image(1000, 1000)), "unpacks to more"},
		{"a picture that lies", onePage(oneImage, draw, image(1000000, 1000000)), "more than can be shown"},
		{"many marks", onePage("", strings.Repeat("0 0 1 1 re f ", 2000)), "more than can be shown"},
		{"many glyphs", onePage(helvetica, "BT /F 9 Tf ("+strings.Repeat("x", 5000)+") Tj ET", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"), "more than can be shown"},
		{"numbers without end", onePage("", "1e99 -1e99 9999999999999999999999 0 0 1 cm 99999999999999999999 0 0 -999999999999999999 0 0 cm 0 0 1 1 re f 1 w 0 0 m 1e30 5 l S"), ""},
		{"a dash of nothing", onePage("", "[0.0001 0] 0 d 0 0 m 1000000 1000000 l S [0 0] 0 d 0 0 m 9 9 l S"), ""},
		{"brackets", onePage("", strings.Repeat("[", 100000)), ""},
		{"a huge page", onePage("/MediaBox [0 0 900000 900000] /UserUnit 1000", "0 0 5 5 re f"), ""},
		{"no page after all", testFile("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [9 0 R] >>"), "no pages"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			d, err := open(t.Context(), bytes.NewReader(c.file), int64(len(c.file)), small)
			if err == nil {
				p, perr := d.Page(t.Context(), 0)
				if err = perr; err == nil && c.want != "" { // the rest of the page is shown
					err = errors.New(p.Damage)
				}
			}
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want %q", err, c.want)
			}
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestContentBomb(t *testing.T) {
	b := testFile(
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>", stream("/Filter /FlateDecode", string(deflate(make([]byte, 3<<20)))),
	)
	d := openBytes(t, b, Options{Limits: Limits{Stream: 1 << 20}})
	var large *cos.TooLargeError
	if _, err := d.Page(t.Context(), 0); !errors.As(err, &large) {
		t.Errorf("error %v", err)
	}
}

// TestStopped: a page stops with its context, and an end of the page's own time
// is said in words.
func TestStopped(t *testing.T) {
	b := onePage("", strings.Repeat("0 0 m 144 216 l S ", 100_000))
	d := openBytes(t, b, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Page(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	d = openBytes(t, b, Options{})
	d.lim.Time = time.Nanosecond
	if _, err := d.Page(t.Context(), 0); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("error %v", err)
	}
	if _, err := d.Page(t.Context(), 5); err == nil || !strings.Contains(err.Error(), "no page 6") {
		t.Errorf("error %v", err)
	}
}

// TestDamaged cuts and flips a file in many places: nothing may panic or hang.
func TestDamaged(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	whole := onePage(helvetica+oneImage, "q 144 0 0 216 0 0 cm /Im Do Q BT /F 9 Tf (text) Tj ET", g4(letter(40, 60)))
	try := func(b []byte) {
		d, err := open(t.Context(), bytes.NewReader(b), int64(len(b)), Options{Limits: Limits{Pixels: 1 << 22}})
		if err != nil {
			return
		}
		for n := range min(d.Len(), 3) {
			d.Page(t.Context(), n)
			d.Words(t.Context(), n)
		}
	}
	for i := 0; i < len(whole); i += 3 {
		try(whole[:i])
		b := bytes.Clone(whole)
		b[i] ^= byte(1 << (i % 8))
		try(b)
	}
	// Without its table a file is found again.
	cut := bytes.Clone(whole[:bytes.Index(whole, []byte("xref"))])
	d := openBytes(t, cut, Options{})
	if _, err := d.Page(t.Context(), 0); err != nil || d.Len() != 1 {
		t.Errorf("%d pages, %v", d.Len(), err)
	}
}
