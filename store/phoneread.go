package store

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// DialKind is what kind of number is dialled.
type DialKind uint8

// The kinds of number. An internal one is an extension of one's own company.
const (
	DialFull DialKind = iota + 1
	DialInternal
)

// Dialled is what a text comes to that somebody wants to call.
type Dialled struct {
	Number    string // what is dialled: E.164, or an extension
	Extension string // behind Number, to be keyed in by hand once it is answered
	Kind      DialKind
	Country   string // of a full number: its ISO 3166 code; "": of no country, or of one not known
	Place     string // the same in words: "the United Kingdom"
	Foreign   bool   // of another country than the account's
	Premium   string // why it costs more than usual: "premium rate"; ""
}

// Ask is what a person should be asked before the number is called, in words that follow
// the number: "is a number in Jamaica". "" is nothing: ordinary numbers are called at once.
func (d Dialled) Ask() string {
	switch {
	case d.Premium != "" && d.Foreign && d.Place != "":
		return "is a " + d.Premium + " number in " + d.Place
	case d.Premium != "":
		return "is a " + d.Premium + " number"
	case d.Foreign && d.Place != "":
		return "is a number in " + d.Place
	case d.Foreign:
		return "is a number abroad"
	}
	return ""
}

// ReadNumber reads what somebody typed as a number to be called from a region (an ISO
// 3166 code). The error says why it cannot be called.
func ReadNumber(text, region string) (Dialled, error) {
	s := CleanLine(text)
	if why := noNumber(s); why != "" {
		return Dialled{}, fmt.Errorf("%s", why)
	}
	number, ext := NormalNumber(vanity(s), region)
	digits := Digits(number)
	switch {
	case emergency(digits, region):
		return Dialled{}, fmt.Errorf("%s is an emergency number: dial it on a telephone, not through the service", digits)
	case isE164(number):
		return full(number, ext, region), nil
	case digits == "":
		return Dialled{}, fmt.Errorf("%q is a name and not a number", s)
	case strings.ContainsAny(number, "Xx*"):
		return Dialled{}, fmt.Errorf("the service keeps a part of %s to itself", number)
	case len(digits) <= 6 && number == digits && !strings.Contains(s, "+"):
		if why := costly(digits, countryCode(region)); why != "" && len(digits) > 4 {
			return Dialled{Number: digits, Kind: DialInternal, Premium: why}, nil
		}
		return Dialled{Number: digits, Kind: DialInternal}, nil
	case len(digits) > 15:
		return Dialled{}, fmt.Errorf("%s has %d digits; a number has at most 15", number, len(digits))
	}
	return Dialled{}, fmt.Errorf("%s is no whole number here (%s): give it with its area, or with + and its country", number, strings.ToUpper(region))
}

// ReadCaller is ReadNumber for the other side of a message or a call.
func ReadCaller(p Party, region string) (Dialled, error) {
	switch digits := Digits(p.Number); {
	case p.Number == "" && p.Extension != "":
		return ReadNumber(p.Extension, region)
	case p.Number == "":
		return Dialled{}, fmt.Errorf("there is no number to call: the caller withheld it")
	case p.Extension == "" && digits == CleanLine(p.Number) && (len(digits) == 5 || len(digits) == 6):
		return Dialled{}, fmt.Errorf("%s is a short code: it sends and takes texts, but no calls", digits)
	}
	return ReadNumber(p.Number, region)
}

func full(number, ext, region string) Dialled {
	code := countryCode(region)
	d := Dialled{Number: number, Extension: ext, Kind: DialFull}
	n := codeLength(number[1:])
	if d.Country, d.Place = countryOf(number); d.Place == "" && number[1] == '1' {
		d.Place = "the United States or Canada"
	}
	d.Foreign = !sameCountry(d.Country, number[1:1+n], region, code)
	d.Premium = costly(number[1+n:], number[1:1+n])
	return d
}

// noNumber says that a caller gave no number, if so.
func noNumber(s string) string {
	switch strings.ToLower(s) {
	case "", "anonymous", "unknown", "private", "restricted", "blocked", "withheld", "unavailable", "private number", "unknown caller", "blocked caller", "no caller id":
		return "there is no number to call: the caller withheld it"
	}
	return ""
}

// vanity turns letters that stand for digits into those: 1-800-FLOWERS. A text without a
// few digits before them is a name, and left alone.
func vanity(s string) string {
	first := strings.IndexFunc(s, unicode.IsLetter)
	if first < 0 || len(Digits(s[:first])) < 3 || strings.Contains(strings.ToUpper(s), "XX") { // XX: a part that is masked
		return s
	}
	const keys = "22233344455566677778889999"
	letters := 0
	out := strings.Map(func(r rune) rune {
		switch up := unicode.ToUpper(r); {
		case up >= 'A' && up <= 'Z':
			letters++
			return rune(keys[up-'A'])
		case unicode.IsLetter(r):
			return -1
		}
		return r
	}, s)
	if n := len(Digits(out)); letters < 3 || n < 10 || n > 11 {
		return s // "ext. 12"
	}
	return out
}

// emergency reports numbers that help comes by. A service must not place calls to them:
// it does not know where the caller is.
func emergency(digits, region string) bool {
	var list string
	switch strings.ToUpper(region) {
	case "GB", "IE":
		list = "112 999"
	case "DE":
		list = "112 110"
	case "FR":
		list = "112 15 17 18"
	case "AU":
		list = "112 000"
	default:
		list = "112"
		if countryCode(region) == "1" {
			list = "911" // 112 is an extension there
		}
	}
	return slices.Contains(strings.Fields(list), digits)
}

func countryCode(region string) string { return numberingOf(region).code }

// sameCountry reports whether a number is at home in a region. Within North America the
// United States, Canada and Puerto Rico call each other as at home; the islands that
// share their code do not.
func sameCountry(country, code, region, home string) bool {
	switch {
	case code != home:
		return false
	case code == "1":
		return country == "" || strings.EqualFold(country, region) // "": not one of the islands
	}
	return true
}
