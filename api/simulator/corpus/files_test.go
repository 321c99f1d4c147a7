package corpus

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"image"
	"image/gif"
	"image/png"
	"io"
	"testing"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"
)

// TestOddFiles: each is what it says it is, but for the one that lies.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	c := New(Config{Seed: 5, Messages: 1000, Now: now})
	seen := map[string]int{}
	for i := range c.Len() {
		m := c.Message(i)
		if m.slot.trait != mmsText && (m.slot.trait != mmsPNG || m.slot.like != 1) {
			continue
		}
		a := m.Attachments[len(m.Attachments)-1]
		if seen[a.ContentType]++; seen[a.ContentType] > 2 {
			continue
		}
		body, ok := c.Content(m, a.ID)
		b, err := io.ReadAll(body.Open())
		if !ok || err != nil || a.Size >= 0 && a.Size != int64(len(b)) {
			t.Fatalf("%s: told %d bytes, has %d, %v", a.ContentType, a.Size, len(b), err)
		}
		switch a.ContentType {
		case typeGIF:
			g, err := gif.DecodeAll(bytes.NewReader(b))
			if err != nil || len(g.Image) != 12 || g.Config.Width != a.Width {
				t.Errorf("GIF: %v", err)
			}
		case typeBMP, typeWebP, typePNG:
			img, _, err := image.Decode(bytes.NewReader(b))
			if err != nil || img.Bounds().Dx() != a.Width || img.Bounds().Dy() != a.Height {
				t.Errorf("%s: %v", a.ContentType, err)
			}
		case typeJPEG:
			if _, err := png.Decode(bytes.NewReader(b)); err != nil {
				t.Errorf("the renamed one: %v", err)
			}
		case typeCSV:
			if rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll(); err != nil || len(rows) < 9 {
				t.Errorf("CSV: %v\n%s", err, b)
			}
		case typeJSON:
			if !json.Valid(b) {
				t.Errorf("JSON: %s", b)
			}
		case typeAMR:
			if !bytes.HasPrefix(b, []byte("#!AMR\n")) || (len(b)-6)%32 != 0 {
				t.Errorf("AMR of %d bytes", len(b))
			}
		}
	}
	for _, typ := range []string{typeGIF, typeBMP, typeWebP, typePNG, typeJPEG, typeCSV, typeJSON, typeAMR, typeText} {
		if seen[typ] == 0 {
			t.Errorf("no %s in a thousand messages", typ)
		}
	}
}

// TestFaxPages: some pages are text, some went in sideways.
func TestFaxPages(t *testing.T) {
	t.Parallel()
	c := New(Config{Seed: 5, Messages: 1000, Now: now})
	typed, sideways, scans := 0, 0, 0
	for i := range c.Len() {
		m := c.Message(i)
		if m.Type != "Fax" {
			continue
		}
		for n := range m.rendered() {
			switch {
			case faxCoding(&m) == codingPDF && c.typed(&m, n):
				typed++
			case n > 1 && n == m.rendered()-1 && c.sideways(&m):
				sideways++
			default:
				scans++
			}
		}
	}
	if all := typed + sideways + scans; typed*100 < all*5 || typed*100 > all*30 || sideways*100 < all || sideways*100 > all*10 {
		t.Errorf("%d pages of text, %d sideways, %d scans", typed, sideways, scans)
	}
}

// TestTurned: what was on top of a page that went in sideways is on its left.
func TestTurned(t *testing.T) {
	b := newBitmap(faxWidth, faxHeight)
	for x := range 400 { // a bar in the top left corner, wide and low
		for y := range 100 {
			b.bits[y*b.stride+x/8] |= 0x80 >> (x % 8)
		}
	}
	for _, lines := range []int{196, 98} {
		out := b.turned(lines)
		ink := func(x, y int) bool { return out.bits[y*out.stride+x/8]&(0x80>>(x%8)) != 0 }
		if out.w != wideWidth || !ink(5, out.h-5) || ink(150, out.h-5) || !ink(50, out.h-300*lines/204) || ink(50, 5) {
			t.Errorf("%d lines an inch: not turned", lines)
		}
	}
}
