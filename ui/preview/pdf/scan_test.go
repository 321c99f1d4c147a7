package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"switchboard/ui/preview/fax"
	"switchboard/ui/preview/paper"
)

func g4(b *paper.Bitmap) string {
	return stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray "+
		"/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns %d /Rows %d >>", b.W, b.H, b.W, b.H), string(fax.Encode(b)))
}

const oneImage = "/Resources << /XObject << /Im 5 0 R >> >>"

func samePixels(a, b *paper.Bitmap) bool {
	return a.W == b.W && a.H == b.H && bytes.Equal(a.Pix, b.Pix)
}

// TestFaxPage: a fax page stays the bits it was sent as, at its own resolution.
func TestFaxPage(t *testing.T) {
	f := letter(408, 588) // 204 by 196
	p := firstPage(t, onePage(oneImage, "q 144 0 0 216 0 0 cm /Im Do Q", g4(f)))
	bits, ok := p.Image.(*paper.Bitmap)
	if !ok || !samePixels(bits, f) {
		t.Fatalf("the page is %T, not the bits that were put in", p.Image)
	}
	if p.XRes != 204 || p.YRes != 196 || p.Turn != 0 || p.Damage != "" {
		t.Errorf("resolution %v by %v, turn %d, damage %q", p.XRes, p.YRes, p.Turn, p.Damage)
	}
}

// TestScanPlaces draws the same F in many ways; each must look the same.
func TestScanPlaces(t *testing.T) {
	f := letter(200, 300)
	want := upright(paper.Page{Image: f})
	half := func(from, to int) *paper.Bitmap {
		b := paper.NewBitmap(f.W, to-from)
		copy(b.Pix, f.Pix[from*f.Stride:to*f.Stride])
		return b
	}
	turned := paper.NewBitmap(300, 200) // a quarter clockwise
	for y := range f.H {
		for x := range f.W {
			if f.Ink(x, y) {
				turned.Row(x)[(f.H-1-y)>>3] |= 0x80 >> ((f.H - 1 - y) & 7)
			}
		}
	}
	mirrored := paper.NewBitmap(f.W, f.H)
	for y := range f.H {
		for x := range f.W {
			if f.Ink(x, y) {
				mirrored.Row(y)[(f.W-1-x)>>3] |= 0x80 >> ((f.W - 1 - x) & 7)
			}
		}
	}
	const upside = "/MediaBox [0 0 216 144] "
	whole := "q 144 0 0 216 0 0 cm /Im Do Q"
	for _, c := range []struct {
		name, page, content string
		objects             []string
	}{
		{"whole", oneImage, whole, []string{g4(f)}},
		{"white paper first", oneImage, "1 g 0 0 144 216 re f " + whole, []string{g4(f)}},
		{"clipped to the page", oneImage, "0 0 144 216 re W n " + whole, []string{g4(f)}},
		{"nested matrices", oneImage, "q 2 0 0 2 0 0 cm q 72 0 0 108 0 0 cm /Im Do Q Q", []string{g4(f)}},
		{
			"strips", "/Resources << /XObject << /A 5 0 R /B 6 0 R >> >>",
			"q 144 0 0 144 0 72 cm /A Do Q q 144 0 0 72 0 0 cm /B Do Q",
			[]string{g4(half(0, 200)), g4(half(200, 300))},
		},
		{
			"form", "/Resources << /XObject << /F 5 0 R >> >>", "q 144 0 0 216 0 0 cm /F Do Q",
			[]string{stream("/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /Im 6 0 R >> >>", "/Im Do"), g4(f)},
		},
		{"turned by the page", upside + "/Rotate 270 " + oneImage, "q 216 0 0 144 0 0 cm /Im Do Q", []string{g4(turned)}},
		{"turned by the matrix", oneImage, "q 0 216 -144 0 144 0 cm /Im Do Q", []string{g4(turned)}},
		{"mirrored by the matrix", oneImage, "q -144 0 0 216 144 0 cm /Im Do Q", []string{g4(mirrored)}},
		{"upside down twice", "/Rotate 180 " + oneImage, "q -144 0 0 -216 144 216 cm /Im Do Q", []string{g4(f)}},
		{"crop box", "/MediaBox [0 0 400 400] /CropBox [100 100 244 316] " + oneImage, "q 144 0 0 216 100 100 cm /Im Do Q", []string{g4(f)}},
		{"user unit", "/MediaBox [0 0 72 108] /UserUnit 2 " + oneImage, "q 72 0 0 108 0 0 cm /Im Do Q", []string{g4(f)}},
		{"stencil", oneImage, whole, []string{stream(fmt.Sprintf("/Type /XObject /Subtype /Image /ImageMask true /Decode [1 0] /Width %d /Height %d /BitsPerComponent 1", f.W, f.H), string(f.Pix))}},
		{
			"invisible text", "/Resources << /XObject << /Im 5 0 R >> /Font << /F 6 0 R >> >>", whole + " BT 3 Tr /F 12 Tf 10 10 Td (found) Tj ET",
			[]string{g4(f), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"},
		},
		{"inline", "", fmt.Sprintf("q 144 0 0 216 0 0 cm BI /W %d /H %d /BPC 1 /CS /G /D [1 0] ID %s EI Q", f.W, f.H, f.Pix), nil},
		{"inline packed", "", fmt.Sprintf("q 144 0 0 216 0 0 cm BI /W %d /H %d /BPC 1 /CS /G /F /CCF /DP << /K -1 /Columns %d >> ID %s\nEI Q", f.W, f.H, f.W, fax.Encode(f)), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := firstPage(t, onePage(c.page, c.content, c.objects...))
			if _, ok := p.Image.(*paper.Bitmap); !ok {
				t.Errorf("the page is %T", p.Image)
			}
			got := upright(p)
			if got.Rect != want.Rect {
				t.Fatalf("%v pixels, want %v", got.Rect, want.Rect)
			}
			if d := difference(got, want); d > 0 {
				t.Errorf("%.2f %% of it differs", 100*d)
			}
			w, h := p.Size()
			if w < 1.99 || w > 2.01 || h < 2.99 || h > 3.01 {
				t.Errorf("the page is %.2f by %.2f inches", w, h)
			}
		})
	}
}

// TestMargins: a scan smaller than its page gets the page's white around it.
func TestMargins(t *testing.T) {
	f := letter(160, 240)
	p := firstPage(t, onePage(oneImage, "q 115.2 0 0 172.8 14.4 21.6 cm /Im Do Q", g4(f)))
	bits, ok := p.Image.(*paper.Bitmap)
	if !ok || bits.W != 200 || bits.H != 300 {
		t.Fatalf("%T of %v", p.Image, p.Image.Bounds())
	}
	for y := range bits.H {
		for x := range bits.W {
			if bits.Ink(x, y) != f.Ink(x-20, y-30) {
				t.Fatalf("pixel %d, %d is wrong", x, y)
			}
		}
	}
}

func deflate(b []byte) []byte {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

// coding is a way to store a picture of 20 by 30 pixels.
type coding struct {
	name, dict string
	data       []byte
	want       *image.RGBA
	most       float64
}

// codings packs the same small colours in many ways.
func codings() []coding {
	const w, h = 20, 30
	rgbs, grays := make([]byte, 0, 3*w*h), make([]byte, 0, w*h)
	want, wantGray := image.NewRGBA(image.Rect(0, 0, w, h)), image.NewRGBA(image.Rect(0, 0, w, h))
	up := []byte{}
	for y := range h {
		up = append(up, 2)
		for x := range w {
			c := color.RGBA{byte(x / 5 * 60), byte(y / 5 * 40), byte((x/5 + y/5) % 2 * 255), 255}
			rgbs = append(rgbs, c.R, c.G, c.B)
			want.SetRGBA(x, y, c)
			grays = append(grays, c.R)
			wantGray.SetRGBA(x, y, color.RGBA{c.R, c.R, c.R, 255})
			for k, v := range []byte{c.R, c.G, c.B} {
				if y > 0 {
					v -= rgbs[3*((y-1)*w+x)+k]
				}
				up = append(up, v)
			}
		}
	}
	a85 := make([]byte, ascii85.MaxEncodedLen(len(rgbs)))
	a85 = append(a85[:ascii85.Encode(a85, rgbs)], "~>"...)
	inks := make([]byte, 0, 4*w*h)
	for i := 0; i < len(rgbs); i += 3 {
		inks = append(inks, 255-rgbs[i], 255-rgbs[i+1], 255-rgbs[i+2], 0)
	}
	run := []byte{}
	for i := 0; i < len(rgbs); i += 60 {
		run = append(append(run, 59), rgbs[i:i+60]...)
	}
	palette, index := "", make([]byte, 0, w*h)
	seen := map[color.RGBA]byte{}
	for y := range h {
		for x := range w {
			c := want.RGBAAt(x, y)
			i, ok := seen[c]
			if !ok {
				i = byte(len(seen))
				seen[c] = i
				palette += fmt.Sprintf("%02x%02x%02x", c.R, c.G, c.B)
			}
			index = append(index, i)
		}
	}
	var jpg bytes.Buffer
	jpeg.Encode(&jpg, wantGray, &jpeg.Options{Quality: 100})
	deep := make([]byte, 0, 2*w*h)
	for _, g := range grays {
		deep = append(deep, g, g)
	}
	return []coding{
		{"plain", "/ColorSpace /DeviceRGB", rgbs, want, 0},
		{"flate", "/ColorSpace /DeviceRGB /Filter /FlateDecode", deflate(rgbs), want, 0},
		{"predictor", "/ColorSpace /DeviceRGB /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 3 /Columns 20 >>", deflate(up), want, 0},
		{"hex", "/ColorSpace /DeviceRGB /Filter /ASCIIHexDecode", []byte(hex.EncodeToString(rgbs) + ">"), want, 0},
		{"ascii85", "/ColorSpace /DeviceRGB /Filter [/ASCII85Decode]", a85, want, 0},
		{"run length", "/ColorSpace /DeviceRGB /Filter /RunLengthDecode", append(run, 128), want, 0},
		{"hex of flate", "/ColorSpace /DeviceRGB /Filter [/ASCIIHexDecode /FlateDecode]", []byte(hex.EncodeToString(deflate(rgbs)) + ">"), want, 0},
		{"icc", "/ColorSpace [/ICCBased 6 0 R]", rgbs, want, 0},
		{"inks", "/ColorSpace /DeviceCMYK", inks, want, 0.002},
		{"indexed", "/ColorSpace [/Indexed /DeviceRGB 255 <" + palette + ">]", index, want, 0},
		{"gray", "/ColorSpace /DeviceGray", grays, wantGray, 0},
		{"16 bits", "/ColorSpace /DeviceGray /BitsPerComponent 16", deep, wantGray, 0.002},
		{"inverted", "/ColorSpace /DeviceGray /Decode [1 0]", invertedBytes(grays), wantGray, 0.002},
		{"separation", "/ColorSpace [/Separation /Black /DeviceGray << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0] /N 1 >>]", invertedBytes(grays), wantGray, 0.002},
		{"calculated", "/ColorSpace [/Separation /Spot /DeviceRGB 7 0 R]", invertedBytes(grays), wantGray, 0.002},
		{"jpeg", "/ColorSpace /DeviceGray /Filter /DCTDecode", jpg.Bytes(), wantGray, 0.02},
	}
}

func TestImageCodings(t *testing.T) {
	for _, c := range codings() {
		t.Run(c.name, func(t *testing.T) {
			bits := "/BitsPerComponent 8 "
			if strings.Contains(c.dict, "BitsPer") {
				bits = ""
			}
			p := firstPage(t, onePage(oneImage, "q 144 0 0 216 0 0 cm /Im Do Q",
				stream("/Type /XObject /Subtype /Image /Width 20 /Height 30 "+bits+c.dict, string(c.data)),
				stream("/N 3", "a profile"),
				stream("/FunctionType 4 /Domain [0 1] /Range [0 1 0 1 0 1]", "{ 1 exch sub dup dup }")))
			got := upright(p)
			if got.Rect != c.want.Rect {
				t.Fatalf("%v, want %v (%s)", got.Rect, c.want.Rect, p.Damage)
			}
			if d := difference(got, c.want); d > c.most {
				t.Errorf("differs by %.4f (%s)", d, p.Damage)
			}
		})
	}
}

func invertedBytes(b []byte) []byte {
	out := bytes.Clone(b)
	for i := range out {
		out[i] = ^out[i]
	}
	return out
}

// TestMask: what a soft mask hides shows the paper.
func TestMask(t *testing.T) {
	p := firstPage(t, onePage(oneImage, "q 144 0 0 216 0 0 cm /Im Do Q",
		stream("/Type /XObject /Subtype /Image /Width 2 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceRGB /SMask 6 0 R", "\xff\x00\x00\xff\x00\x00"),
		stream("/Type /XObject /Subtype /Image /Width 2 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray", "\xff\x00")))
	img := upright(p)
	if c := img.RGBAAt(10, 10); c != (color.RGBA{255, 0, 0, 255}) {
		t.Errorf("the left is %v", c)
	}
	if c := img.RGBAAt(img.Rect.Max.X-10, 10); c != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("the right is %v", c)
	}
}

// TestUnknownFilter: what only an outside program shows is said by its name.
func TestUnknownFilter(t *testing.T) {
	d := openBytes(t, onePage(oneImage, "q 144 0 0 216 0 0 cm /Im Do Q",
		stream("/Type /XObject /Subtype /Image /Width 20 /Height 30 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /JBIG2Decode", "xx")), Options{})
	_, err := d.Page(t.Context(), 0)
	if err == nil || !strings.Contains(err.Error(), "JBIG2") || !strings.Contains(err.Error(), "mutool") {
		t.Errorf("error %v", err)
	}
}
