package corpus

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"math/bits"
	"strings"

	"golang.org/x/image/bmp"
)

// variant turns by the hundred: what a slot of the schedule holds this time.
func (m *Message) variant(of int) int { return m.Index / period % of }

// The odd files that people send, by turns in the slots of mmsPNG and mmsText.
var (
	oddPictures = [...]string{typeGIF, typeBMP, typePNG, typeWebP}
	oddTexts    = [...]string{typeText, typeCSV, typeJSON, typeJPEG, typeAMR}
)

// oddFile makes the content of an attachment that is not drawn, or nil.
func (c *Corpus) oddFile(m *Message, contentType string) []byte {
	switch contentType {
	case typeText:
		return []byte(c.note(m))
	case typeCSV:
		return []byte(c.list(m))
	case typeJSON:
		return []byte(c.export(m))
	case typeAMR:
		return memo(2 + m.Index%7)
	}
	return nil
}

func (c *Corpus) pen(m *Message, purpose uint64) writer {
	return writer{rng: stream(c.seed, forPicture, uint64(m.Index)|purpose), c: c, who: c.person(m.Index % c.people)}
}

// list is a delivery list as a spreadsheet exports it (RFC 4180).
func (c *Corpus) list(m *Message) string {
	w := c.pen(m, 1<<50)
	var b strings.Builder
	b.WriteString("Date,Order,Item,Quantity,Ship to,Amount\r\n")
	for range w.between(8, 30) {
		b.WriteString(w.text("2026-") + fmt.Sprintf("%02d-%02d", w.between(1, 11), w.between(1, 28)))
		b.WriteString(w.text(",{code},\"{part}, {color}\",{n},\"{street}, {town}\",") + fmt.Sprintf("%d.%02d\r\n", w.between(9, 900), w.n(100)))
	}
	return b.String()
}

// export is a form that somebody filled in on a web page.
func (c *Corpus) export(m *Message) string {
	w := c.pen(m, 1<<51)
	quote := func(t string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w.text(t)) + `"` }
	return fmt.Sprintf(`{"form":"new-patient","submitted":%q,"id":%d,"patient":{"name":%s,"insurer":%s,"allergies":[%s,%s]},"visit":{"reason":%s,"with":%s,"paid":%d.5,"walkIn":%v},"notes":null}`,
		m.Created.UTC().Format("2006-01-02T15:04:05Z"), m.ID, quote("{full}"), quote("{insurer}"), quote("{drug}"), quote("{drug}"),
		quote("{symptom} since {weekday}; asks for \"{brand}\""), quote("{doctor}"), w.between(10, 90), w.percent(30))
}

// memo is a voice note of some seconds as telephones make them: AMR at 12.2
// kbit/s (RFC 4867, 5), a frame of 32 bytes for every 20 ms. Nobody speaks on it.
func memo(seconds int) []byte {
	frame := make([]byte, 32)
	frame[0] = 0x3c // mode 7, a good frame
	return append([]byte("#!AMR\n"), bytes.Repeat(frame, seconds*50)...)
}

// animation is a little film: a delivery on its way to the door.
func (c *Corpus) animation(m *Message, r rng) []byte {
	const w, h, frames = 200, 120, 12
	g := &gif.GIF{Config: image.Config{Width: w, Height: h}}
	pal := make(color.Palette, 16)
	for i := range pal {
		pal[i] = color.RGBA{uint8(i * 17), uint8(i * 17), uint8(min(255, i*16+20)), 255}
	}
	f := &form{sheet: newSheet(w, h, r), m: m, from: m.From, when: c.office(m.Created)}
	f.writer = writer{rng: r, c: c, who: c.somebody(&r)}
	sign := f.say("[On my way|Almost there|Thank you]")
	for n := range frames {
		s := newSheet(w, h, r)
		s.fill(0, 84, w, 6, 90)
		s.fill(170, 40, 24, 44, 140)
		x := n*12 - 10
		s.fill(x, 50, 40, 26, 60)
		s.fill(x+40, 58, 14, 18, 110)
		s.fill(x+6, 76, 10, 8, 20)
		s.fill(x+38, 76, 10, 8, 20)
		s.text(8, 24, 18, bold, sign+strings.Repeat(".", n%4))
		p := image.NewPaletted(s.Rect, pal)
		for i, v := range s.Pix {
			p.Pix[i] = v >> 4
		}
		g.Image, g.Delay = append(g.Image, p), append(g.Delay, 12)
	}
	g.Delay[frames-1] = 100
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		panic("corpus: gif: " + err.Error()) // only for frames that do not fit
	}
	return b.Bytes()
}

func asBMP(s *sheet) []byte {
	var b bytes.Buffer
	if err := bmp.Encode(&b, s.Gray); err != nil {
		panic("corpus: bmp: " + err.Error())
	}
	return b.Bytes()
}

// asWebP writes a gray picture without loss (RFC 9649, 3), and without pains:
// every shade is a code of eight bits; red and blue are told by green.
func asWebP(s *sheet) []byte {
	w := &lowBits{b: []byte("RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f")}
	w.put(uint32(s.Rect.Dx()-1), 14)
	w.put(uint32(s.Rect.Dy()-1), 14)
	w.put(0, 4)      // opaque, version 0
	w.put(1|2<<1, 3) // a transform: subtract green
	w.put(0, 3)      // no other; no cache of colours; one set of codes
	// Green: 256 shades of eight bits and 24 lengths that never come. The code for
	// that has two words, 0 for "eight bits" and 1 for a run of those without.
	w.put(0, 1)
	w.put(12-4, 4)
	for i := range 12 { // in the order 17, 18, 0 to 5, 16, 6, 7, 8
		length := uint32(0)
		if i == 1 || i == 11 {
			length = 1
		}
		w.put(length, 3)
	}
	w.put(0, 1) // lengths for all of the alphabet
	for range 256 {
		w.put(0, 1)
	}
	w.put(1, 1)
	w.put(24-11, 7)
	// Red, blue, alpha and distance have one word each, of no bits.
	for _, only := range []uint32{0, 0, 255, 0} {
		w.put(1|0<<1|1<<2, 3)
		w.put(only, 8)
	}
	for y := range s.Rect.Dy() {
		for _, p := range s.Pix[y*s.Stride:][:s.Rect.Dx()] {
			w.put(uint32(bits.Reverse8(p)), 8)
		}
	}
	w.put(0, 7) // fills the last byte
	b := w.b
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	size := func(at, n int) {
		for i := range 4 {
			b[at+i] = byte(n >> (8 * i))
		}
	}
	size(4, len(b)-8)
	size(16, len(w.b)-20)
	return b
}

// lowBits appends bits, least significant first.
type lowBits struct {
	b    []byte
	acc  uint64
	held uint
}

func (w *lowBits) put(v uint32, n uint) {
	w.acc |= uint64(v) << w.held
	for w.held += n; w.held >= 8; w.held -= 8 {
		w.b = append(w.b, byte(w.acc))
		w.acc >>= 8
	}
}
