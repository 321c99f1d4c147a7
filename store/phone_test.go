package store

import (
	"strings"
	"testing"
)

func TestNormalNumber(t *testing.T) {
	for _, tt := range []struct{ in, region, number, ext string }{
		{"+15551234567", "US", "+15551234567", ""},
		{"(555) 123-4567", "US", "+15551234567", ""},
		{"555.123.4567", "US", "+15551234567", ""},
		{"1-555-123-4567", "US", "+15551234567", ""},
		{"5551234567 ext. 12", "US", "+15551234567", "12"},
		{"+1 (555) 123-4567 x89", "US", "+15551234567", "89"},
		{"tel:+15551234567;ext=7", "US", "+15551234567", "7"},
		{"011 44 20 7946 0958", "US", "+442079460958", ""},
		{"+44 (0)20 7946 0958", "US", "+442079460958", ""},
		{"020 7946 0958", "GB", "+442079460958", ""},
		{"00 1 555 123 4567", "GB", "+15551234567", ""},
		{"030 123456", "DE", "+4930123456", ""},
		{"５５５１２３４５６７", "US", "+15551234567", ""},
		{"911", "US", "911", ""},
		{"24-365", "US", "24365", ""},
		{"123-4567", "US", "123-4567", ""},
		{"Anonymous", "US", "Anonymous", ""},
		{"\x1b[31m5551234567", "US", "+15551234567", ""},
		{"", "US", "", ""},
	} {
		n, ext := NormalNumber(tt.in, tt.region)
		if n != tt.number || ext != tt.ext {
			t.Errorf("NormalNumber(%q, %s) = %q, %q, want %q, %q", tt.in, tt.region, n, ext, tt.number, tt.ext)
		}
	}
}

func TestFormatNumber(t *testing.T) {
	for _, tt := range []struct{ in, region, want string }{
		{"+15551234567", "US", "(555) 123-4567"},
		{"+15551234567", "CA", "(555) 123-4567"},
		{"+15551234567", "GB", "+1 (555) 123-4567"},
		{"+442079460958", "US", "+44 20 7946 0958"},
		{"+442079460958", "GB", "020 7946 0958"},
		{"+441214960123", "GB", "0121 496 0123"},
		{"+441632960123", "GB", "01632 960123"},
		{"+447700900123", "GB", "07700 900123"},
		{"+448081570123", "GB", "0808 157 0123"},
		{"+4930123456", "DE", "030 123456"},
		{"+49221123456", "DE", "0221 123456"},
		{"+4915112345678", "DE", "0151 12345678"},
		{"+4930123456", "FR", "+49 30 123456"},
		{"+33123456789", "FR", "01 23 45 67 89"},
		{"+33123456789", "DE", "+33 1 23 45 67 89"},
		{"+34912345678", "ES", "912 345 678"},
		{"+390612345678", "IT", "061 234 5678"},
		{"+35312345678", "US", "+353 1234 5678"},
		{"911", "US", "911"},
		{"Anonymous", "US", "Anonymous"},
		{"", "US", ""},
	} {
		if got := FormatNumber(tt.in, tt.region); got != tt.want {
			t.Errorf("FormatNumber(%q, %s) = %q, want %q", tt.in, tt.region, got, tt.want)
		}
	}
}

// What people type and callers show, in four countries: what is dialled, and what is
// asked about before.
func TestReadNumber(t *testing.T) {
	for _, tt := range []struct{ in, region, number, ext, ask string }{
		{"(415) 555-0142", "US", "+14155550142", "", ""},
		{"415.555.0142 x12", "US", "+14155550142", "12", ""},
		{"1-800-FLOWERS", "US", "+18003569377", "", ""},
		{"155", "US", "155", "", ""},
		{"112", "US", "112", "", ""},
		{"+1 613 555 0142", "US", "+16135550142", "", ""},
		{"416 555 0142", "CA", "+14165550142", "", ""},
		{"876 555 0142", "US", "+18765550142", "", "is a number in Jamaica"},
		{"787-555-0142", "US", "+17875550142", "", ""},
		{"900 555 0142", "US", "+19005550142", "", "is a premium rate number"},
		{"011 44 20 7946 0958", "US", "+442079460958", "", "is a number in the United Kingdom"},
		{"+44 909 879 0123", "US", "+449098790123", "", "is a premium rate number in the United Kingdom"},
		{"+881 612 345 678", "US", "+881612345678", "", "is a number in a satellite network"},
		{"+979 1 2345 6789", "US", "+979123456789", "", "is a premium rate number"},
		{"020 7946 0958", "GB", "+442079460958", "", ""},
		{"07700 900123", "GB", "+447700900123", "", ""},
		{"0909 879 0123", "GB", "+449098790123", "", "is a premium rate number"},
		{"0871 222 3333", "GB", "+448712223333", "", "is a special rate number"},
		{"0800 157 0123", "GB", "+448001570123", "", ""},
		{"00 1 415 555 0142", "GB", "+14155550142", "", "is a number in the United States or Canada"},
		{"030 123456", "DE", "+4930123456", "", ""},
		{"0900 3 123456", "DE", "+499003123456", "", "is a premium rate number"},
		{"0180 5 123456", "DE", "+491805123456", "", "is a special rate number"},
		{"118 33", "DE", "11833", "", "is a premium rate number"},
		{"0041 44 123 45 67", "DE", "+41441234567", "", "is a number in Switzerland"},
		{"01 23 45 67 89", "FR", "+33123456789", "", ""},
		{"06 12 34 56 78", "FR", "+33612345678", "", ""},
		{"08 91 23 45 67", "FR", "+33891234567", "", "is a premium rate number"},
		{"08 00 12 34 56", "FR", "+33800123456", "", ""},
		{"0032 2 123 45 67", "FR", "+3221234567", "", "is a number in Belgium"},
	} {
		d, err := ReadNumber(tt.in, tt.region)
		if err != nil || d.Number != tt.number || d.Extension != tt.ext || d.Ask() != tt.ask {
			t.Errorf("ReadNumber(%q, %s) = %+v, %q, %v; want %q, %q, %q", tt.in, tt.region, d, d.Ask(), err, tt.number, tt.ext, tt.ask)
		}
	}
	for _, tt := range []struct{ in, region, want string }{
		{"", "US", "withheld"},
		{"Anonymous", "DE", "withheld"},
		{"PRIVATE", "GB", "withheld"},
		{"911", "US", "emergency"},
		{"112", "FR", "emergency"},
		{"999", "GB", "emergency"},
		{"110", "DE", "emergency"},
		{"PHARMACY", "US", "a name"},
		{"555-0142", "US", "no whole number"},
		{"+1855201XXXX", "US", "keeps a part"},
		{"+1 23", "US", "no whole number"},
		{"12345678901234567890", "US", "at most 15"},
	} {
		if d, err := ReadNumber(tt.in, tt.region); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ReadNumber(%q, %s) = %+v, %v; want %q", tt.in, tt.region, d, err, tt.want)
		}
	}
}

// Every country of the table is found by its code, and every code is as long as codes are.
func TestCountryCodes(t *testing.T) {
	n := 0
	for _, list := range []string{countryCodes, islandCodes} {
		for _, entry := range strings.Split(strings.TrimSuffix(list, ";"), ";") {
			code, rest, _ := strings.Cut(entry, " ")
			iso, name, _ := strings.Cut(rest, " ")
			number := "+" + code + "1234567890"
			if list == islandCodes {
				number = "+1" + code + "5550142"
			} else if l := codeLength(number[1:]); l != len(code) {
				t.Errorf("the code of %s has %d digits, is cut after %d", name, len(code), l)
			}
			got, place := countryOf(number)
			if iso != "-" && got != iso || place != name || len(iso) > 2 {
				t.Errorf("%s is in %s %q, want %s", number, got, place, entry)
			}
			n++
		}
	}
	if n < 200 {
		t.Errorf("%d countries", n)
	}
}

func BenchmarkReadNumber(b *testing.B) {
	for b.Loop() {
		if _, err := ReadNumber("011 44 20 7946 0958", "US"); err != nil {
			b.Fatal(err)
		}
	}
}
