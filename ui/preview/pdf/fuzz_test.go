package pdf

import (
	"bytes"
	"context"
	"testing"
	"time"
)

func fuzzOptions() Options {
	return Options{DPI: 36, Limits: Limits{Stream: 1 << 20, Pixels: 1 << 18, Marks: 2000, Objects: 5000, Time: 2 * time.Second}}
}

// FuzzFile opens a file, draws a page of it and writes it again.
func FuzzFile(f *testing.F) {
	f.Add(onePage(oneImage, "q 144 0 0 216 0 0 cm /Im Do Q", g4(letter(40, 60))))
	f.Add(onePage(helvetica, "BT /F 12 Tf 20 100 Td [(He) 40 (llo)] TJ ET", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"))
	f.Add(testFile("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>", "<< /Type /Page /Rotate 90 >>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		start := time.Now()
		d, err := open(context.Background(), bytes.NewReader(b), int64(len(b)), fuzzOptions())
		if err != nil {
			return
		}
		defer func() {
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
		}()
		d.Page(context.Background(), 0)
		d.Words(context.Background(), 0)
		Write(context.Background(), &bytes.Buffer{}, []Sheet{{Doc: d, Stamps: []Stamp{{Text: "x"}}}}, Meta{})
	})
}

// FuzzContent runs content streams on a page that has a font, a picture and a
// form to use.
func FuzzContent(f *testing.F) {
	for _, s := range []string{
		"q 1 0 0 1 5 5 cm 0 0 m 9 9 l 1 2 3 4 5 6 c h B* Q", "BT /F 12 Tf 1 Tr 20 100 Td [(He) 40 (llo)] TJ T* (x) ' ET",
		"/X Do /Im Do", "BI /W 2 /H 2 /BPC 8 /CS /RGB ID aaaabbbbcccc EI", "[3 1] 0 d 9 w 1 J 1 j 0 0 m 50 50 l 90 0 l s",
		"/CS cs 0.5 scn 0 0 9 9 re W n 0 0 99 99 re f", "/OC /P BDC 1 g EMC 0 0 0 1 k 0 0 5 5 re f*",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file := onePage("/Resources << /Font << /F 5 0 R >> /XObject << /Im 6 0 R /X 7 0 R >> /ColorSpace << /CS [/Separation /A /DeviceRGB 8 0 R] >> >>", string(b),
			"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", g4(letter(20, 30)),
			stream("/Subtype /Form /BBox [0 0 50 50] /Matrix [1 0 0 2 0 0]", "0 0 20 20 re f"),
			stream("/FunctionType 4 /Domain [0 1] /Range [0 1 0 1 0 1]", "{ dup dup }"))
		d, err := open(context.Background(), bytes.NewReader(file), int64(len(file)), fuzzOptions())
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		d.Page(context.Background(), 0)
		d.Words(context.Background(), 0)
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// FuzzCMap reads a CMap and splits bytes by it.
func FuzzCMap(f *testing.F) {
	f.Add([]byte("1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <00> <ff> <0041> endbfrange"), []byte("abc"))
	f.Add([]byte("1 begincidrange <0000> <ffff> 0 endcidrange 1 beginbfchar <41> <D83DDE00> endbfchar"), []byte("\x00\x01\xff"))
	f.Fuzz(func(t *testing.T, b, text []byte) {
		c := parseCMap(b)
		for len(text) > 0 {
			code, n := c.next(text)
			if n < 1 {
				t.Fatal("no progress")
			}
			c.cid(code)
			text = text[n:]
		}
	})
}

// FuzzFont reads font programs of each kind and draws their first glyphs.
func FuzzFont(f *testing.F) {
	f.Add([]byte("\x01\x00\x04\x01\x00\x01\x01\x01\x05Name1\x00\x00"))
	f.Add([]byte("%!PS-AdobeFont\n/Encoding StandardEncoding def\neexec aaaaaaaa"))
	f.Add(container(0x10000, 1, 1000, []table{{"glyf", make([]byte, 12)}, {"loca", make([]byte, 4)}, {"head", make([]byte, 54)}, {"maxp", make([]byte, 32)}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, key := range []string{"FontFile", "FontFile2", "FontFile3"} {
			file := onePage("/Resources << /Font << /F << /Type /Font /Subtype /Type1 /FontDescriptor << /"+key+" 5 0 R >> /FirstChar 65 /Widths [500 500] >> >> >>",
				"BT /F 12 Tf 20 100 Td (ABC) Tj ET", stream("", string(b)))
			d, err := open(context.Background(), bytes.NewReader(file), int64(len(file)), fuzzOptions())
			if err != nil {
				return // it may say anything, even where the file ends
			}
			d.Page(context.Background(), 0)
		}
	})
}
