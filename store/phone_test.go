package store

import "testing"

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
		{"+442079460958", "US", "+44 207 946 0958"},
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
