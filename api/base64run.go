package api

import (
	"bytes"
	"slices"

	"github.com/segmentio/asm/base64"
)

// shortGroup decodes the two or three letters that end a text, and refuses bits left over.
var shortGroup = base64.RawStdEncoding.Strict()

// letter64 reports whether b is a letter of the standard alphabet.
func letter64(b byte) bool {
	return b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '+' || b == '/'
}

// run64 decodes whole groups of four letters from the beginning of src to the beginning of
// dst, up to the first group that has anything else in it, and returns how many letters
// that were. src has no line break, which the library would skip, and no padding; dst has
// room for what src means.
func run64(dst, src []byte) int {
	src = src[:len(src)/4*4]
	if len(src) == 0 {
		return 0
	}
	if _, err := base64.StdEncoding.Decode(dst, src); err == nil {
		return len(src)
	}
	// The offset in the error does not count what the library did in its fast part.
	bad := slices.IndexFunc(src, func(b byte) bool { return !letter64(b) })
	return run64(dst, src[:max(bad, 0)])
}

// stops64 are the offsets of the next CR, LF and '=' in a text, its length if there is
// none. Each is looked for again only after it was passed: short lines of a long text cost
// no more than long ones.
type stops64 [3]int

func newStops64() stops64 { return stops64{-1, -1, -1} }

// next returns the first of them that is not before offset i.
func (s *stops64) next(text []byte, i int) int {
	for k, b := range [len(s)]byte{'\r', '\n', '='} {
		if s[k] >= i {
			continue
		}
		s[k] = len(text)
		if n := bytes.IndexByte(text[i:], b); n >= 0 {
			s[k] = i + n
		}
	}
	return min(s[0], s[1], s[2])
}
