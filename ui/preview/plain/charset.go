package plain

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// charset is how a file writes letters.
type charset uint8

const (
	utf8Set charset = iota
	utf16LE
	utf16BE
	windows1252 // with Latin-1 in it
)

func (c charset) String() string {
	return [...]string{"UTF-8", "UTF-16", "UTF-16", "Windows-1252"}[c]
}

// detect tells the character set by a mark at the beginning (whose length is
// given too), else by what the bytes can be. Whole is false when head is cut
// off, perhaps within a character.
func detect(head []byte, whole bool) (c charset, mark int) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return utf8Set, 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16LE, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16BE, 2
	}
	if even, odd := zeros(head[:min(len(head), 512)]); even+odd > 0 {
		switch {
		case odd*4 > min(len(head), 512) && even == 0:
			return utf16LE, 0
		case even*4 > min(len(head), 512) && odd == 0:
			return utf16BE, 0
		}
	}
	if !whole {
		head = head[:len(head)-partial(head)]
	}
	if utf8.Valid(head) {
		return utf8Set, 0
	}
	return windows1252, 0
}

func zeros(b []byte) (even, odd int) {
	for i, v := range b {
		switch {
		case v != 0:
		case i&1 == 0:
			even++
		default:
			odd++
		}
	}
	return even, odd
}

// partial is how many bytes at the end are the beginning of a character.
func partial(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

// decode makes UTF-8 of bytes, and gives those at the end that are not a whole
// character.
func (c charset) decode(b []byte) (s string, rest []byte) {
	switch c {
	case utf16LE, utf16BE:
		order := binary.ByteOrder(binary.LittleEndian)
		if c == utf16BE {
			order = binary.BigEndian
		}
		n := len(b) / 2
		if n > 0 && utf16.IsSurrogate(rune(order.Uint16(b[2*n-2:]))) && order.Uint16(b[2*n-2:]) < 0xdc00 {
			n-- // the first half of a pair
		}
		units := make([]uint16, n)
		for i := range units {
			units[i] = order.Uint16(b[2*i:])
		}
		return string(utf16.Decode(units)), b[2*n:]
	case windows1252:
		out, err := charmap.Windows1252.NewDecoder().Bytes(b)
		if err != nil { // it has a letter for every byte
			return strings.ToValidUTF8(string(b), "\ufffd"), nil
		}
		return string(out), nil
	}
	n := partial(b)
	return strings.ToValidUTF8(string(b[:len(b)-n]), "\ufffd"), b[len(b)-n:]
}
