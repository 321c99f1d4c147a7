package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"regexp"
	"strconv"
	"sync"
	"testing"
)

// bodies reads up to limit attachments that pass the filter.
func readBodies(t *testing.T, c *Corpus, limit int, want func(*Message, *Attachment) bool, check func(m Message, a Attachment, b []byte)) {
	t.Helper()
	found := 0
	for i := 0; i < 400 && found < limit; i++ {
		m := c.Message(i)
		for n, a := range m.Attachments {
			if !want(&m, &m.Attachments[n]) {
				continue
			}
			body, _ := c.Content(m, a.ID)
			b, err := io.ReadAll(body.Open())
			if err != nil {
				t.Fatal(err)
			}
			found++
			check(m, a, b)
		}
	}
	if found < limit {
		t.Fatalf("found %d attachments, want %d", found, limit)
	}
}

func ofType(contentType string) func(*Message, *Attachment) bool {
	return func(_ *Message, a *Attachment) bool { return a.ContentType == contentType }
}

func TestContentIsDeterministic(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	t.Parallel()
	sum := func(seed uint64) (s [32]byte) {
		c := New(Config{Seed: seed, Messages: 400, Now: now})
		h := sha256.New()
		for i := 20; i >= 0; i-- {
			m := c.Message(i)
			for _, a := range m.Attachments {
				b, _ := c.Content(m, a.ID)
				fmt.Fprintln(h, b.ETag)
				if _, err := io.Copy(h, b.Open()); err != nil {
					t.Fatal(err)
				}
			}
		}
		return [32]byte(h.Sum(nil))
	}
	first := sum(1)
	if again := sum(1); again != first {
		t.Error("the same seed gave other bytes")
	}
	if first == sum(2) {
		t.Error("another seed gave the same bytes")
	}
}

func TestWAV(t *testing.T) {
	le := binary.LittleEndian
	c := New(Config{Seed: 5, Messages: 400, Now: now})
	formats := map[uint16]bool{}
	readBodies(t, c, 20, ofType(typeWAV), func(m Message, _ Attachment, b []byte) {
		if string(b[:4]) != "RIFF" || string(b[8:16]) != "WAVEfmt " || int(le.Uint32(b[4:]))+8 != len(b) {
			t.Fatalf("header % x", b[:44])
		}
		format, width := le.Uint16(b[20:]), int(le.Uint16(b[32:]))
		if formats[format] = true; format == 17 {
			checkADPCM(t, c, &m, b)
			return
		}
		if le.Uint32(b[24:]) != sampleRate || int(le.Uint32(b[28:])) != sampleRate*width || le.Uint16(b[22:]) != 1 {
			t.Fatalf("format % x", b[20:36])
		}
		at := 20 + int(le.Uint32(b[16:]))
		if format == 7 {
			if string(b[at:at+4]) != "fact" || int(le.Uint32(b[at+8:])) != m.Duration*sampleRate {
				t.Fatalf("fact chunk % x", b[at:at+12])
			}
			at += 12
		}
		data := b[at+8:]
		if string(b[at:at+4]) != "data" || int(le.Uint32(b[at+4:])) != len(data) || len(data) != m.Duration*sampleRate*width {
			t.Fatalf("data chunk of %d bytes for %d s", len(data), m.Duration)
		}
		if m.Duration >= 8 {
			checkSpeech(t, format, data)
		}
	})
	if !formats[1] || !formats[7] || !formats[17] {
		t.Errorf("formats %v", formats)
	}
}

// checkADPCM decodes the whole of it, block by block, and compares it with the
// samples it was made from.
func checkADPCM(t *testing.T, c *Corpus, m *Message, b []byte) {
	t.Helper()
	le := binary.LittleEndian
	if string(b[40:44]) != "fact" || int(le.Uint32(b[48:])) != m.Duration*sampleRate {
		t.Fatalf("header % x", b[:60])
	}
	v := c.voice(m)
	v.tune()
	var want []int16
	for k := 0; k*slotSamples < v.end; k++ {
		var slot [slotSamples]int16
		v.render(k, &slot)
		want = append(want, slot[:]...)
	}
	noise, signal := 0.0, 0.0
	for k, data := 0, b[60:]; len(data) > 0; k, data = k+1, data[adpcmBlock:] {
		value, index := int(int16(le.Uint16(data))), int(data[2])
		for i := range adpcmSamples {
			if i > 0 {
				code := int(data[4+(i-1)/2]>>(4*((i-1)%2))) & 15
				step := adpcmSteps[index]
				d := step >> 3
				if code&4 != 0 {
					d += step
				}
				if code&2 != 0 {
					d += step >> 1
				}
				if code&1 != 0 {
					d += step >> 2
				}
				if code&8 != 0 {
					d = -d
				}
				value = min(max(value+d, -32768), 32767)
				index = min(max(index+adpcmTurn[code&7], 0), 88)
			}
			if at := k*adpcmSamples + i; at < v.end {
				off := float64(value - int(want[at]))
				noise, signal = noise+off*off, signal+float64(want[at])*float64(want[at])
			}
		}
	}
	if m.Duration >= 8 && noise*40 > signal {
		t.Errorf("noise of %.1f %%", 100*noise/signal)
	}
}

// checkSpeech wants real pauses, real sound, and no clipping.
func checkSpeech(t *testing.T, format uint16, data []byte) {
	t.Helper()
	silent, loud, total := 0, 0, 0
	for i := 0; i < len(data); i++ {
		var x int
		if format == 7 {
			x = expand(data[i])
		} else {
			x = int(int16(binary.LittleEndian.Uint16(data[i:])))
			i++
		}
		total++
		if x == 0 {
			silent++
		}
		if x > 5000 || x < -5000 {
			loud++
		}
		if x > 32700 || x < -32700 {
			t.Fatal("clipped")
		}
	}
	if silent*100 < total*10 || silent*100 > total*80 || loud*100 < total {
		t.Errorf("of %d samples %d are silent and %d loud", total, silent, loud)
	}
}

// expand is the decoder of G.711, written from the other side of the table.
func expand(b byte) int {
	b = ^b
	v := (int(b&15)<<3+0x84)<<(b>>4&7) - 0x84
	if b&0x80 != 0 {
		return -v
	}
	return v
}

func TestMuLaw(t *testing.T) {
	for x := -32768; x < 32768; x++ {
		got := expand(muLaw(int16(x)))
		if off := got - x; off > 1020 || off < -1020 || x > -8000 && x < 8000 && (off > 260 || off < -260) {
			t.Fatalf("%d came back as %d", x, got)
		}
	}
}

// TestMP3 walks the frames and the side information of each.
func TestMP3(t *testing.T) {
	c := New(Config{Seed: 5, Messages: 400, Now: now})
	readBodies(t, c, 15, ofType(typeMP3), func(m Message, _ Attachment, b []byte) {
		if len(b)%mp3Frame != 0 {
			t.Fatalf("%d bytes are not whole frames", len(b))
		}
		frames := len(b) / mp3Frame
		form := mp3Forms[voiceFormat(&m)-formatMP3]
		if ms := frames * mp3Samples * 1000 / form.rate; ms < m.Duration*1000 || ms > m.Duration*1000+72 {
			t.Fatalf("%d ms of audio for %d s", ms, m.Duration)
		}
		silent := 0
		for n := range frames {
			f := b[n*mp3Frame:]
			if binary.BigEndian.Uint32(f) != form.head {
				t.Fatalf("frame %d starts % x", n, f[:4])
			}
			if f[4] != 0 {
				t.Fatalf("frame %d: main_data_begin %d", n, f[4])
			}
			// After main_data_begin (8 bits) and a private bit.
			length := field(f, 41, 12)
			switch {
			case length > (mp3Frame-13)*8:
				t.Fatalf("frame %d: %d bits do not fit", n, length)
			case field(f, 53, 9) != 0 || field(f, 79, 1) != 0:
				t.Fatalf("frame %d: big values or odd windows", n)
			case length == 0:
				silent++
				continue
			}
			walkLines(t, f, length)
		}
		if m.Duration > 8 && (silent*10 < frames || silent*10 > frames*9) {
			t.Errorf("%d of %d frames are silent", silent, frames)
		}
	})
}

// field is n bits of b from bit at on.
func field(b []byte, at, n int) (v int) {
	for ; n > 0; n-- {
		v = v<<1 | int(b[at/8]>>(7-at%8)&1)
		at++
	}
	return v
}

// walkLines reads scale factors and words of four lines until the length says
// that the granule ends; it has to end exactly there.
func walkLines(t *testing.T, f []byte, length int) {
	t.Helper()
	start := 13 * 8
	at, lines := start+6*4+5*4+5*3+5*3, 0
	for at < start+length {
		zero := field(f, at, 4)
		at += 4
		for k := range 4 {
			if zero>>k&1 == 0 {
				at++ // a sign
			}
		}
		lines += 4
	}
	if at != start+length || lines > 576 {
		t.Fatalf("granule ends at bit %d, says %d; %d lines", at-start, length, lines)
	}
}

func TestPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	t.Parallel()
	c := New(Config{Seed: 5, Messages: 400, Now: now})
	photos := func(m *Message, a *Attachment) bool { return a.ContentType == typeJPEG && m.slot.trait != mmsText }
	readBodies(t, c, 8, photos, func(_ Message, a Attachment, b []byte) {
		img, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if a.Width > 0 && (img.Bounds().Dx() != a.Width || img.Bounds().Dy() != a.Height) {
			t.Errorf("%v, told %dx%d", img.Bounds(), a.Width, a.Height)
		}
	})
	readBodies(t, c, 3, ofType(typePNG), func(_ Message, a Attachment, b []byte) {
		img, err := png.Decode(bytes.NewReader(b)) // checks the sums of all chunks
		if err != nil {
			t.Fatal(err)
		}
		if img.Bounds().Dx() != a.Width || img.Bounds().Dy() != a.Height {
			t.Errorf("%v, told %dx%d", img.Bounds(), a.Width, a.Height)
		}
	})
}

func TestPadding(t *testing.T) {
	var small bytes.Buffer
	if err := jpeg.Encode(&small, newSheet(16, 16, 1), nil); err != nil {
		t.Fatal(err)
	}
	for _, more := range []int{4, 5, 59_999, 60_000, 60_001, 60_003, 60_004, 120_002, 200_000} {
		b := padJPEG(small.Bytes(), int64(small.Len()+more))
		if len(b) != small.Len()+more {
			t.Errorf("%d more bytes made %d", more, len(b)-small.Len())
		}
		if _, err := jpeg.Decode(bytes.NewReader(b)); err != nil {
			t.Errorf("%d more bytes: %v", more, err)
		}
	}
}

// TestPDF checks what readers rely on: each offset of the table is where its
// object starts, each stream is as long as it says, and the pages are counted.
func TestPDF(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long, and nothing runs beside it")
	}
	t.Parallel()
	c := New(Config{Seed: 5, Messages: 400, Now: now})
	start := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	entry := regexp.MustCompile(`(\d{10}) 00000 n \n`)
	streams := regexp.MustCompile(`/Length (\d+) >>\nstream\n`)
	readBodies(t, c, 10, ofType(typePDF), func(m Message, _ Attachment, b []byte) {
		s := start.FindSubmatch(b)
		if s == nil || !bytes.HasPrefix(b, []byte("%PDF-1.4\n")) {
			t.Fatal("no header or trailer")
		}
		at, _ := strconv.Atoi(string(s[1]))
		if !bytes.HasPrefix(b[at:], []byte("xref\n0 ")) {
			t.Fatalf("startxref %d points at %.10q", at, b[at:])
		}
		objects := entry.FindAllSubmatch(b[at:], -1)
		for n, e := range objects {
			o, _ := strconv.Atoi(string(e[1]))
			if want := fmt.Sprintf("%d 0 obj\n", n+1); !bytes.HasPrefix(b[o:], []byte(want)) {
				t.Fatalf("object %d: %.12q at %d", n+1, b[o:], o)
			}
		}
		if want := 3 + 3*m.rendered(); len(objects) != want {
			t.Fatalf("%d objects, want %d for %d pages", len(objects), want, m.rendered())
		}
		for _, at := range streams.FindAllSubmatchIndex(b, -1) {
			length, _ := strconv.Atoi(string(b[at[2]:at[3]]))
			if !bytes.HasPrefix(b[at[1]+length:], []byte("\nendstream\nendobj\n")) {
				t.Fatalf("stream of %d bytes does not end there", length)
			}
		}
	})
}

// TestCacheIsBounded reads more than the cache holds, from several goroutines.
func TestCacheIsBounded(t *testing.T) {
	c := newCache(1000)
	var wait sync.WaitGroup
	for g := range int64(4) {
		wait.Go(func() {
			for i := range int64(200) {
				id := (i*7 + g) % 50
				if b := c.get(id); b != nil && (len(b) != 90 || b[0] != byte(id)) {
					t.Errorf("entry %d is % x", id, b[:1])
				}
				c.put(id, bytes.Repeat([]byte{byte(id)}, 90))
			}
		})
	}
	wait.Wait()
	c.put(1000, make([]byte, 1001))
	if c.used > c.limit || c.used != 90*len(c.byID) || c.order.Len() != len(c.byID) || c.get(1000) != nil {
		t.Errorf("%d bytes used of %d, %d entries", c.used, c.limit, len(c.byID))
	}
}
