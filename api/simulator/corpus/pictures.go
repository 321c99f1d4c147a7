package corpus

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// A message tells the size of a picture before anybody draws it. So the size
// is decided first, and the file brought up to it with segments that decoders
// skip; these are the least sizes, more than the drawings ever need.
const (
	jpegLeast = 150 << 10
	pngLeast  = 120 << 10
)

// picture draws an attached photo or screenshot.
func (c *Corpus) picture(m *Message, a *Attachment, n int) []byte {
	r := stream(c.seed, forPicture, uint64(m.Index)<<4|uint64(n))
	switch a.ContentType {
	case typeGIF:
		return c.animation(m, r)
	case typeBMP:
		return asBMP(c.drawing(m, a.Width, a.Height, r, (*form).idCard))
	case typeWebP:
		return asWebP(c.drawing(m, a.Width, a.Height, r, (*form).receipt))
	}
	if a.ContentType == typePNG || m.slot.trait == mmsText { // whatever it says it is
		s := c.drawing(m, 720, 1080, r, (*form).screenshot)
		img := image.NewPaletted(s.Rect, color.Palette{})
		for i := range 16 {
			img.Palette = append(img.Palette, color.RGBA{uint8(i * 17), uint8(i * 17), uint8(min(255, i*16+20)), 255})
		}
		for i, p := range s.Pix {
			img.Pix[i] = p >> 4
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			panic("corpus: png: " + err.Error()) // only for empty or huge images
		}
		return padPNG(b.Bytes(), a.Size)
	}
	w, h := a.Width, a.Height
	if w == 0 {
		w, h = 1024, 768
	}
	scenes := []func(*form){(*form).label, (*form).idCard, (*form).receipt, (*form).whiteboard}
	s := c.drawing(m, w, h, r, pick(&r, scenes))
	for quality := 78; ; quality -= 12 {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, s.photo(r), &jpeg.Options{Quality: quality}); err != nil {
			panic("corpus: jpeg: " + err.Error())
		}
		if a.Size < 0 {
			return b.Bytes()
		}
		if int64(b.Len())+4 <= a.Size || quality < 20 {
			return padJPEG(b.Bytes(), a.Size)
		}
	}
}

func (c *Corpus) drawing(m *Message, w, h int, r rng, draw func(*form)) *sheet {
	f := &form{sheet: newSheet(w, h, r), m: m, from: m.From, when: c.office(m.Created)}
	f.writer = writer{rng: r, c: c, who: c.somebody(&r)}
	draw(f)
	return f.sheet
}

// photo gives a drawing the look of one: warm light from a corner, dark edges,
// and the grain of a small sensor.
func (s *sheet) photo(r rng) *image.YCbCr {
	w, h := s.Rect.Dx(), s.Rect.Dy()
	img := image.NewYCbCr(s.Rect, image.YCbCrSubsampleRatio420)
	lx, ly := r.n(w), r.n(h/2)
	grain := uint32(r.next()) | 1
	for y := range h {
		for x := range w {
			grain ^= grain << 13
			grain ^= grain >> 17
			grain ^= grain << 5
			dx, dy := x-lx, y-ly
			light := 256 - (dx*dx+dy*dy)*110/(w*w+h*h)
			v := 20 + int(s.Pix[y*s.Stride+x])*200/256*light/256 + int(grain>>29)
			img.Y[y*img.YStride+x] = uint8(min(v, 255))
		}
	}
	warm := uint8(r.between(2, 12))
	stripe := [2]uint8{uint8(r.between(90, 170)), uint8(r.between(90, 170))}
	for i := range img.Cb {
		cb, cr := 128-warm, 128+warm/2
		switch s.Pix[i/img.CStride*2*s.Stride+i%img.CStride*2] {
		case shadeStripe:
			cb, cr = stripe[0], stripe[1]
		case shadeBoard:
			cb, cr = 104, 141
		}
		img.Cb[i], img.Cr[i] = cb, cr
	}
	return img
}

// Two shades stand for colours: the stripe of a card, and cardboard.
const (
	shadeStripe = 90
	shadeBoard  = 165
)

// padJPEG puts application segments behind the first marker.
func padJPEG(b []byte, size int64) []byte {
	missing := int(size) - len(b)
	if missing < 4 {
		return b
	}
	out := append(make([]byte, 0, size), b[:2]...)
	for missing > 0 {
		n := min(missing, 60_000)
		if missing-n > 0 && missing-n < 4 {
			n -= 4
		}
		out = append(out, 0xff, 0xef, byte((n-2)>>8), byte(n-2)) // APP15
		out = append(out, make([]byte, n-4)...)
		missing -= n
	}
	return append(out, b[2:]...)
}

// padPNG puts a private chunk before the last one.
func padPNG(b []byte, size int64) []byte {
	missing := int(size) - len(b)
	if missing < 12 {
		return b
	}
	end := len(b) - 12
	out := append(make([]byte, 0, size), b[:end]...)
	out = binary.BigEndian.AppendUint32(out, uint32(missing-12))
	body := append([]byte("fiLl"), make([]byte, missing-12)...)
	out = binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
	return append(out, b[end:]...)
}

// table is what a thing was photographed on.
func (f *form) table(shade uint8) {
	for y := range f.Rect.Dy() {
		for x := range f.Rect.Dx() {
			f.Pix[y*f.Stride+x] = shade + uint8((x/3+y*y/900+x*y/7000)%14)
		}
	}
}

// paper is a light sheet with a shadow.
func (f *form) paper(x, y, w, h int, shade uint8) {
	f.fill(x+10, y+12, w, h, 60)
	f.fill(x, y, w, h, shade)
	f.box(x, y, w, h, 1)
}

func (f *form) label() {
	f.table(110)
	w, h := f.Rect.Dx(), f.Rect.Dy()
	f.fill(40, 60, w-80, h-120, shadeBoard)
	x, y := w/8, h/6
	f.paper(x, y, w*3/4, h*2/3, 250)
	f.banner(x, y, w*3/4, 64, 40, f.say("[EXPRESS|PRIORITY|KEEP COLD 2-8 C|GROUND]"))
	f.sheet.text(x+30, y+120, 30, regular, f.say("From: {biz}"))
	f.sheet.text(x+30, y+185, 40, bold, OwnerCompany)
	f.sheet.text(x+30, y+235, 36, regular, f.say("{n}{n} {street}"))
	f.sheet.text(x+30, y+280, 36, regular, f.say("{town}, CA"))
	f.fill(x, y+310, w*3/4, 4, 0)
	f.bars(x+40, y+335, w*3/4-80, 110)
	f.sheet.text(x+60, y+485, 34, mono, f.say("{code} {n} {n}"))
}

func (f *form) idCard() {
	f.table(70)
	w := f.Rect.Dx() * 5 / 6
	h := w * 5 / 8
	x, y := (f.Rect.Dx()-w)/2, (f.Rect.Dy()-h)/2
	f.paper(x, y, w, h, 235)
	f.fill(x, y, w, 90, shadeStripe)
	f.ink(x+30, y+62, f.face(bold, 46), f.pick("insurer"), 255)
	for i, t := range []string{"MEMBER  " + f.who.full(), f.say("ID  {code}"), f.say("GROUP  {n}{n}{n}"), f.say("RXBIN  0{n}{n}   PCN  {brand}"), "COPAY  $30   ER  $250"} {
		f.sheet.text(x+40, y+150+i*56, 32, regular, t)
	}
	f.ink(x+w-110, y+62, f.face(bold, 46), "Rx", 255)
}

func (f *form) receipt() {
	f.table(95)
	w, h := f.Rect.Dx(), f.Rect.Dy()
	x, wide := w/2-210, 420
	f.paper(x, 30, wide, h-60, 245)
	f.sheet.text(x+30, 90, 34, bold, f.pick("biz"))
	f.sheet.text(x+30, 128, 24, mono, f.when.Format("01/02/2006 15:04"))
	y, total := 190, 0
	for y < h-260 {
		cents := f.between(199, 8999)
		total += cents
		f.sheet.text(x+30, y, 24, mono, fmt.Sprintf("%.18s", f.say("[{drug}|{part}|{brand}]")))
		f.right(x+wide-30, y, 24, mono, fmt.Sprintf("%d.%02d", cents/100, cents%100))
		y += 44
	}
	f.fill(x+30, y-10, wide-60, 3, 0)
	f.sheet.text(x+30, y+40, 32, bold, "TOTAL")
	f.right(x+wide-30, y+40, 32, bold, fmt.Sprintf("%d.%02d", total/100, total%100))
	f.bars(x+50, y+80, wide-100, 60)
}

func (f *form) whiteboard() {
	w, h := f.Rect.Dx(), f.Rect.Dy()
	f.fill(0, 0, w, h, 140)
	f.paper(40, 40, w-80, h-80, 248)
	f.hand(90, 130, 56, f.say("{weekday}, {date}"))
	f.stroke(90, 150, float64(w-160), 158, 3)
	for y := 230; y < h-110; y += 78 {
		f.hand(100, y, 44, f.say("[{time}|Rm {n}|Dock {n}] - [{doctor}|{last2}] [{exam}|{part}|out|{drug}?]"))
		if f.percent(25) {
			f.stroke(95, float64(y-16), float64(w/2), float64(y-10), 3)
		}
	}
}

func (f *form) screenshot() {
	f.fill(0, 0, 720, 110, 60)
	f.ink(30, 74, f.face(bold, 40), f.say("{brand} Portal"), 255)
	f.ink(600, 40, f.face(regular, 24), f.when.Format("15:04"), 255)
	y := 190
	for _, t := range []string{"Hello {first},", "Your {exam} on {date} with {doctor} is [confirmed|waiting for approval|overdue].", "Amount due {amount}", "Error {code}: [please call the office|session expired|file too large]", "Pharmacy: {biz}, {street}, {town}"} {
		f.box(30, y-50, 660, 150, 2)
		f.paragraph(54, y, 610, 32, regular, f.say(t))
		y += 176
	}
}
