package picture

import (
	"encoding/binary"
	"strings"
	"time"

	"switchboard/store"
)

// Tags of Exif 2.32 and TIFF 6.0 that are read.
const (
	tagMake        = 0x010f
	tagModel       = 0x0110
	tagOrientation = 0x0112
	tagDateTime    = 0x0132
	tagExif        = 0x8769
	tagGPS         = 0x8825
	tagOriginal    = 0x9003
	tagLatRef      = 1
	tagLat         = 2
	tagLonRef      = 3
	tagLon         = 4
)

// exif takes orientation, time, camera and place from a TIFF structure. What is
// broken in it is passed over: the picture shows without.
func (p *Picture) exif(b []byte) {
	t := tiff{b: b}
	switch {
	case len(b) < 8:
		return
	case string(b[:4]) == "II*\x00":
		t.order = binary.LittleEndian
	case string(b[:4]) == "MM\x00*":
		t.order = binary.BigEndian
	default:
		return
	}
	main := t.directory(int64(t.order.Uint32(b[4:])))
	if o, ok := main.number(tagOrientation); ok && o >= 1 && o <= 8 {
		p.orient = int(o)
	}
	taken := main.text(tagDateTime)
	if at, ok := main.number(tagExif); ok {
		if s := t.directory(at).text(tagOriginal); s != "" {
			taken = s
		}
	}
	if s := moment(taken); s != "" {
		p.facts = append(p.facts, Fact{"Taken", s})
	}
	maker, model := main.text(tagMake), main.text(tagModel)
	if !strings.HasPrefix(strings.ToLower(model), strings.ToLower(maker)) {
		model = maker + " " + model
	}
	if s := store.CleanLine(model); s != "" {
		p.facts = append(p.facts, Fact{"Camera", s})
	}
	if at, ok := main.number(tagGPS); ok {
		gps := t.directory(at)
		lat, ok1 := gps.degrees(tagLat, gps.text(tagLatRef) == "S", 90)
		lon, ok2 := gps.degrees(tagLon, gps.text(tagLonRef) == "W", 180)
		if ok1 && ok2 {
			p.lat, p.lon, p.located = lat, lon, true
		}
	}
}

// moment is an Exif time ("2026:11:20 16:20:00", of the camera's own clock) as
// people read it, "" when it is none.
func moment(s string) string {
	t, err := time.Parse("2006:01:02 15:04:05", s)
	if err != nil || t.Year() < 1826 { // the first photograph
		return ""
	}
	return t.Format("2 Jan 2006 15:04")
}

// tiff is the structure Exif has: directories of tagged values. Nothing in it
// is followed further than one step, so it cannot loop.
type tiff struct {
	b     []byte
	order binary.ByteOrder
}

type directory struct {
	t       tiff
	entries []byte // 12 bytes each
}

func (t tiff) directory(at int64) directory {
	if at < 8 || at+2 > int64(len(t.b)) {
		return directory{}
	}
	n := int64(t.order.Uint16(t.b[at:]))
	return directory{t, t.b[at+2 : min(at+2+12*n, int64(len(t.b)))]}
}

// value is the bytes of a tag's value, and their type.
func (d directory) value(tag uint16) (b []byte, typ uint16) {
	for e := d.entries; len(e) >= 12; e = e[12:] {
		if d.t.order.Uint16(e) != tag {
			continue
		}
		typ = d.t.order.Uint16(e[2:])
		unit := [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8}
		if int(typ) >= len(unit) {
			return nil, 0
		}
		n := unit[typ] * int64(d.t.order.Uint32(e[4:]))
		if n <= 4 {
			return e[8 : 8+n], typ
		}
		at := int64(d.t.order.Uint32(e[8:]))
		if at+n > int64(len(d.t.b)) {
			return nil, 0
		}
		return d.t.b[at : at+n], typ
	}
	return nil, 0
}

func (d directory) number(tag uint16) (int64, bool) {
	b, typ := d.value(tag)
	switch {
	case typ == 3 && len(b) >= 2:
		return int64(d.t.order.Uint16(b)), true
	case typ == 4 && len(b) >= 4:
		return int64(d.t.order.Uint32(b)), true
	}
	return 0, false
}

func (d directory) text(tag uint16) string {
	b, typ := d.value(tag)
	if typ != 2 {
		return ""
	}
	s, _, _ := strings.Cut(string(b[:min(len(b), 200)]), "\x00")
	return strings.TrimSpace(s)
}

// degrees is an angle of degrees, minutes and seconds as three fractions.
func (d directory) degrees(tag uint16, negative bool, most float64) (float64, bool) {
	b, typ := d.value(tag)
	if typ != 5 || len(b) != 24 {
		return 0, false
	}
	sum, unit := 0.0, 1.0
	for ; len(b) > 0; b = b[8:] {
		below := d.t.order.Uint32(b[4:])
		if below == 0 {
			return 0, false
		}
		sum += float64(d.t.order.Uint32(b)) / float64(below) / unit
		unit *= 60
	}
	if sum > most {
		return 0, false
	}
	if negative {
		sum = -sum
	}
	return sum, true
}
