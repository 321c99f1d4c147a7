package store

import "strings"

// FormatNumber writes a number in E.164 as people in a region (an ISO 3166 code) do:
// "(555) 123-4567" and "020 7946 0958" at home, "+44 20 7946 0958" and "+1 (555) 123-4567"
// from abroad. Anything else stays as it is.
func FormatNumber(number, region string) string {
	if !isE164(number) {
		return number
	}
	d := number[1:]
	n := codeLength(d)
	code, rest := d[:n], d[n:]
	home := numberingOf(region)
	if code == "1" {
		if len(rest) != 10 {
			return number
		}
		local := "(" + rest[:3] + ") " + rest[3:6] + "-" + rest[6:]
		if home.code == "1" {
			return local
		}
		return "+1 " + local
	}
	cut := cutNational(code, rest)
	if code == home.code && home.trunk != "" && home.trunk != code {
		return home.trunk + cut
	}
	if code == home.code {
		return cut
	}
	return "+" + code + " " + cut
}

// cutNational puts the usual gaps into a national number without its trunk prefix. Where
// the plan of a country is not known here, they come every three or four digits.
func cutNational(code, d string) string {
	switch code {
	case "44":
		return cutBritish(d)
	case "49":
		return cutGerman(d)
	case "33":
		if len(d) == 9 {
			return sizes(d, 1, 2, 2, 2, 2)
		}
	case "34":
		if len(d) == 9 {
			return sizes(d, 3, 3, 3)
		}
	case "31":
		if len(d) == 9 && d[0] == '6' {
			return sizes(d, 1, 8)
		}
	case "61":
		if len(d) == 9 && d[0] == '4' {
			return sizes(d, 3, 3, 3)
		}
		if len(d) == 9 {
			return sizes(d, 1, 4, 4)
		}
	}
	return groups(d)
}

// cutBritish follows Ofcom's numbering plan: areas of two to four digits.
func cutBritish(d string) string {
	switch {
	case len(d) == 10 && begins(d, "20 23 24 28 29"):
		return sizes(d, 2, 4, 4)
	case len(d) == 10 && (begins(d, "11 3 8 9") || d[0] == '1' && d[2] == '1'):
		return sizes(d, 3, 3, 4)
	case len(d) >= 9:
		return sizes(d, 4, len(d)-4)
	}
	return groups(d)
}

// cutGerman follows the Bundesnetzagentur's list of areas as far as three digits; those
// of four and five are told apart by their place in the list only, and get four.
func cutGerman(d string) string {
	const three = "201 202 203 208 209 211 212 214 221 228 231 234 241 251 261 271 281 291 331 335 340 341 345 351 355 361 365 371 375 381 385 391 395 " +
		"421 431 441 451 461 471 481 491 511 521 531 541 551 561 571 581 591 611 621 631 641 651 661 671 681 711 721 731 741 751 761 771 781 791 " +
		"821 831 841 851 861 871 881 906 921 931 941 951 961 971 981 991 15 16 17 180 800 900 700 137 32"
	area := 4
	switch {
	case begins(d, "30 40 69 89"):
		area = 2
	case begins(d, three):
		area = 3
	}
	if len(d) <= area {
		return d
	}
	return d[:area] + " " + d[area:]
}

// sizes cuts digits into pieces of so many; what is left over goes with the last.
func sizes(d string, n ...int) string {
	parts := make([]string, 0, len(n))
	for i, k := range n {
		if i == len(n)-1 || k > len(d) {
			k = len(d)
		}
		parts, d = append(parts, d[:k]), d[k:]
	}
	return strings.Join(parts, " ")
}
