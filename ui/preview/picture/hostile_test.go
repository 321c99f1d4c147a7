package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"testing"
	"time"
)

// pngClaiming is a PNG of a few bytes that says it is w by h pixels.
func pngClaiming(w, h uint32) []byte {
	be := binary.BigEndian
	b := []byte("\x89PNG\r\n\x1a\n")
	head := be.AppendUint32(be.AppendUint32([]byte("IHDR"), w), h)
	head = append(head, 8, 6, 0, 0, 0)
	b = be.AppendUint32(b, 13)
	b = append(b, head...)
	b = be.AppendUint32(b, crc32.ChecksumIEEE(head))
	return append(b, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82)
}

func TestHostile(t *testing.T) {
	gifClaiming := []byte("GIF89a\xff\xff\xff\xff\x80\x00\x00\x00\x00\x00\xff\xff\xff\x2c\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02\x44\x01\x00\x3b")
	bmpClaiming := append([]byte("BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x00\x20\x00\x00\x00\x20\x00\x00\x01\x00\x18\x00"), make([]byte, 24)...)
	for name, c := range map[string]struct {
		b    []byte
		want error // nil: any
	}{
		"PNG of 65535 by 65535":     {pngClaiming(65535, 65535), ErrTooLarge},
		"PNG of 2^31-1 by 1":        {pngClaiming(1<<31-1, 1), ErrTooLarge},
		"GIF of 65535 by 65535":     {gifClaiming, ErrTooLarge},
		"BMP larger than its file":  {bmpClaiming, nil},
		"GIF without anything":      {[]byte("GIF89a"), nil},
		"GIF of nothing but blocks": {append([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"), bytes.Repeat([]byte{0x21, 0xfe, 0}, 2<<20)...), nil},
		"text that begins with BM":  {[]byte("BMW 3 series, needs new tires, call me"), ErrNotPicture},
		"empty":                     {nil, ErrNotPicture},
		"WebP without chunks":       {[]byte("RIFF\x04\x00\x00\x00WEBP"), nil},
		"TIFF":                      {[]byte("II*\x00\x08\x00\x00\x00"), ErrNotPicture},
	} {
		start := time.Now()
		_, err := Open(bytes.NewReader(c.b), int64(len(c.b)), Limits{})
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
}

// TestFrameLimit: what is beyond the limit is counted, not kept.
func TestFrameLimit(t *testing.T) {
	p := open(t, film(t, 9, 0, 0), Limits{Frames: 4})
	if p.Frames() != 4 || p.Remark() != "The first 4 of 9 frames" {
		t.Errorf("%d frames, %q", p.Frames(), p.Remark())
	}
}

// TestScans: a progressive JPEG can go over its pixels again and again in a few
// bytes.
func TestScans(t *testing.T) {
	b := asJPEG(t, corner(64, 64))
	b[bytes.Index(b, []byte{0xff, 0xc0})+1] = 0xc2
	sos := bytes.Index(b, []byte{0xff, 0xda})
	scan := b[sos : sos+2+int(binary.BigEndian.Uint16(b[sos+2:]))]
	bomb := append(append([]byte{}, b[:sos]...), bytes.Repeat(scan, 1000)...)
	if _, err := Open(bytes.NewReader(bomb), int64(len(bomb)), Limits{Work: 1e6}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a thousand scans: %v", err)
	}
}
