package store

import (
	"strings"
)

// Digits are the digits of s, in any script, as ASCII.
func Digits(s string) string {
	var b strings.Builder
	for _, r := range s {
		if d, ok := digit(r); ok {
			b.WriteByte(d)
		}
	}
	return b.String()
}

// digit is the ASCII digit of r: also full-width, Arabic and Persian ones.
func digit(r rune) (byte, bool) {
	for _, zero := range [...]rune{'0', 0x660, 0x6f0, 0x966, 0xff10} {
		if r >= zero && r <= zero+9 {
			return byte('0' + r - zero), true
		}
	}
	return 0, false
}

// phoneLike reports whether s is made of digits and what people write between
// them, with at least n digits.
func phoneLike(s string, n int) bool {
	digits := 0
	for i, r := range s {
		if _, ok := digit(r); ok {
			digits++
		} else if !strings.ContainsRune("()-./+ \u00a0\u2010\u2011\u2012\u2013", r) || r == '+' && i > 0 && s[i-1] != '(' {
			return false
		}
	}
	return digits >= n
}

// dialling is what numbers look like inside one region.
type dialling struct {
	code   string // country code
	out    string // what is dialled before a country code
	trunk  string // what is dialled before a number of another town; goes abroad
	length [2]int // of a national number, without the trunk prefix
}

// numberingOf knows the regions our users are in. Elsewhere numbers come in E.164 anyway,
// as the service sends them; the table is only for those typed or sent short.
func numberingOf(region string) dialling {
	switch strings.ToUpper(region) {
	case "GB":
		return dialling{"44", "00", "0", [2]int{9, 10}}
	case "DE":
		return dialling{"49", "00", "0", [2]int{6, 12}}
	case "FR":
		return dialling{"33", "00", "0", [2]int{9, 9}}
	case "ES":
		return dialling{"34", "00", "", [2]int{9, 9}}
	case "IT":
		return dialling{"39", "00", "", [2]int{6, 11}}
	case "NL":
		return dialling{"31", "00", "0", [2]int{9, 9}}
	case "AU":
		return dialling{"61", "0011", "0", [2]int{9, 9}}
	case "IE":
		return dialling{"353", "00", "0", [2]int{7, 9}}
	case "CH":
		return dialling{"41", "00", "0", [2]int{9, 9}}
	case "AT":
		return dialling{"43", "00", "0", [2]int{6, 13}}
	case "BE":
		return dialling{"32", "00", "0", [2]int{8, 9}}
	case "SE":
		return dialling{"46", "00", "0", [2]int{7, 9}}
	case "DK":
		return dialling{"45", "00", "", [2]int{8, 8}}
	case "NO":
		return dialling{"47", "00", "", [2]int{8, 8}}
	case "PL":
		return dialling{"48", "00", "", [2]int{9, 9}}
	case "PT":
		return dialling{"351", "00", "", [2]int{9, 9}}
	case "NZ":
		return dialling{"64", "00", "0", [2]int{8, 10}}
	case "ZA":
		return dialling{"27", "00", "0", [2]int{9, 9}}
	case "IN":
		return dialling{"91", "00", "0", [2]int{10, 10}}
	case "JP":
		return dialling{"81", "010", "0", [2]int{9, 10}}
	case "MX":
		return dialling{"52", "00", "", [2]int{10, 10}}
	case "BR":
		return dialling{"55", "00", "0", [2]int{10, 11}}
	}
	return dialling{"1", "011", "1", [2]int{10, 10}} // North America
}

// NormalNumber brings a number as people or services write it into E.164
// ("+15551234567"), and takes an extension off it. What is no full number stays as
// it is, cleaned: a short code, an internal extension, "Anonymous".
func NormalNumber(s, region string) (number, extension string) {
	s = CleanLine(s)
	if s == "" || isE164(s) {
		return s, ""
	}
	s = strings.TrimPrefix(s, "tel:")
	s, extension = cutExtension(s)
	if !phoneLike(s, 1) {
		return s, extension
	}
	d, p := Digits(s), numberingOf(region)
	national := func(n string) bool { return len(n) >= p.length[0] && len(n) <= p.length[1] }
	switch {
	case strings.HasPrefix(strings.TrimLeft(s, " ("), "+"):
		if len(d) >= 7 && len(d) <= 15 && d[0] != '0' {
			return "+" + strings.Replace(d, "440", "44", b2i(strings.HasPrefix(d, "440"))), extension
		}
	case len(d) > len(p.out)+6 && len(d) <= len(p.out)+15 && strings.HasPrefix(d, p.out):
		return "+" + d[len(p.out):], extension
	case p.trunk != "" && strings.HasPrefix(d, p.trunk) && national(d[len(p.trunk):]):
		return "+" + p.code + d[len(p.trunk):], extension
	case p.code == "1" && national(d) && d[0] >= '2':
		return "+1" + d, extension
	case p.code != "1" && p.trunk == "" && national(d):
		return "+" + p.code + d, extension
	}
	if len(d) <= 6 {
		return d, extension // a short code or an extension
	}
	return s, extension
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func isE164(s string) bool {
	if len(s) < 8 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return !strings.HasPrefix(s, "+440")
}

// cutExtension takes "x12", "ext. 12", "#12", ";ext=12" off the end of a number.
func cutExtension(s string) (rest, extension string) {
	low := strings.ToLower(s)
	for _, sep := range [...]string{";ext=", "extension", "ext.", "ext", "x", "#", "*"} {
		i := strings.LastIndex(low, sep)
		if i <= 0 || i >= len(s) {
			continue
		}
		ext := strings.TrimSpace(s[i+len(sep):])
		if d := Digits(ext); d != "" && len(d) <= 8 && d == ext && phoneLike(s[:i], 3) {
			return strings.TrimRight(s[:i], " ,;"), d
		}
	}
	return s, ""
}

// groups cuts a national number into threes and fours, from the end.
func groups(d string) string {
	var parts []string
	for len(d) > 4 {
		n := 3
		if len(d)%3 != 0 && len(parts) == 0 {
			n = 4
		}
		parts = append([]string{d[len(d)-n:]}, parts...)
		d = d[:len(d)-n]
	}
	return strings.Join(append([]string{d}, parts...), " ")
}

// codeLength is how many digits of an international number are the country code
// (ITU-T E.164: zones 1 and 7 have one, these have two, the others three).
func codeLength(d string) int {
	if d[0] == '1' || d[0] == '7' {
		return 1
	}
	const two = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 " +
		"60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"
	if strings.Contains(two, d[:2]) {
		return 2
	}
	return min(3, len(d))
}

// reversed is s backwards: the last digits of a number become a prefix, which is
// what an index can look up.
func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
