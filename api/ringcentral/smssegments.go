package ringcentral

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Lengths of an SMS on the air (3GPP TS 23.038 and 23.040): alone, and as a
// part of a longer one, where a header takes six bytes.
const (
	septets       = 160
	septetsOfPart = 153
	units         = 70
	unitsOfPart   = 67
)

// Segments tells into how many parts a text is cut on its way.
type Segments struct {
	// Unicode is set when a character outside the GSM alphabet makes the parts
	// less than half as long.
	Unicode bool
	// Foreign is the first such character, 0 for none.
	Foreign rune
	Units   int // the text's length: septets, or UTF-16 units if Unicode
	Count   int // of parts; 0 for no text
	Left    int // how many units fit into the last part
}

// CountSegments tells how a text will be cut. A carrier may do it in another
// way; what the service charges is Message.SegmentCount.
func CountSegments(text string) Segments {
	s := Segments{}
	for _, r := range text {
		if gsmWidth(r) == 0 {
			s.Unicode, s.Foreign = true, r
			break
		}
	}
	width, whole, part := gsmWidth, septets, septetsOfPart
	if s.Unicode {
		width, whole, part = utf16Width, units, unitsOfPart
	}
	for _, r := range text {
		s.Units += width(r)
	}
	switch {
	case s.Units == 0:
		s.Left = whole
		return s
	case s.Units <= whole:
		s.Count, s.Left = 1, whole-s.Units
		return s
	}
	// Neither an escaped character nor a surrogate pair is cut in two.
	s.Count, s.Left = 1, part
	for _, r := range text {
		w := width(r)
		if w > s.Left {
			s.Count, s.Left = s.Count+1, part
		}
		s.Left -= w
	}
	return s
}

// UTF16Len is the length of a text as the service counts it: in UTF-16 units,
// where what is beyond the basic plane (most emoji) counts twice.
func UTF16Len(text string) int {
	n := 0
	for _, r := range text {
		n += utf16Width(r)
	}
	return n
}

func utf16Width(r rune) int {
	if n := utf16.RuneLen(r); n > 0 {
		return n
	}
	return 1 // what is not UTF-8 is sent as U+FFFD
}

// gsmWidth is how many septets a character takes in the GSM 7-bit default
// alphabet: 2 for those of its extension, 0 for those it does not have.
func gsmWidth(r rune) int {
	switch {
	case r == utf8.RuneError:
		return 0
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return 1
	}
	switch r {
	case '\n', '\r', ' ', '!', '"', '#', '$', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', ':', ';', '<', '=', '>', '?', '@', '_',
		'¡', '£', '¤', '¥', '§', '¿',
		'Ä', 'Å', 'Æ', 'Ç', 'É', 'Ñ', 'Ö', 'Ø', 'Ü', 'ß', 'à', 'ä', 'å', 'æ', 'è', 'é', 'ì', 'ñ', 'ò', 'ö', 'ø', 'ù', 'ü',
		'Γ', 'Δ', 'Θ', 'Λ', 'Ξ', 'Π', 'Σ', 'Φ', 'Ψ', 'Ω':
		return 1
	case '\f', '^', '{', '}', '\\', '[', '~', ']', '|', '€':
		return 2
	}
	return 0
}
