package store

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// foldWords are the words of texts as they are looked for: letters and digits make
// words, case and Latin accents do not count.
func foldWords(texts ...string) []string {
	var out []string
	var w strings.Builder
	flush := func() {
		if w.Len() > 0 {
			out = append(out, w.String())
			w.Reset()
		}
	}
	for _, t := range texts {
		for _, r := range t {
			switch {
			case wordRune(r):
				w.WriteRune(fold(r))
			case unicode.Is(unicode.Mn, r): // an accent by itself
			default:
				flush()
			}
		}
		flush()
	}
	return out
}

// sortName is a name as lists are ordered by it. What does not begin with a letter
// comes last, as in a printed book.
func sortName(name string) string {
	s := strings.Join(foldWords(name), " ")
	if r := []rune(s); len(r) == 0 || !unicode.IsLetter(r[0]) {
		s = "~" + s
	}
	return cut(s, 200)
}

// backwards marks a number among the words of a contact: it is written from its last
// digit on, so that the last digits are a prefix.
const backwards = "zq"

// contactWords is everything a contact is found by, each word after a space.
func contactWords(c *Contact) string {
	words := foldWords(c.Name, c.First, c.Middle, c.Last, c.Nick, c.Company, c.Job, c.Department, c.Extension)
	words = append(words, foldWords(c.Emails...)...)
	for _, n := range c.Numbers {
		number, _ := cutExtension(n.Number)
		if d := Digits(number); d != "" {
			words = append(words, backwards+reversed(d))
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	return cut(" "+strings.Join(words, " "), 4<<10)
}

// searchTerms are the words of what was typed, and whether each is made of digits. What
// looks like a whole number, however it is written, is one of them.
func searchTerms(text string) (terms []string, digits []bool) {
	text = CleanLine(text)
	if len(Digits(text)) >= 5 && phoneLike(text, 5) {
		return []string{Digits(text)}, []bool{true}
	}
	for _, w := range foldWords(text) {
		if len(terms) == 12 {
			break
		}
		w = cut(w, 64)
		terms = append(terms, w)
		digits = append(digits, len(Digits(w)) == len(w))
	}
	return terms, digits
}

// matchTerms is what was typed as the full-text index takes it.
func matchTerms(terms []string, digits []bool) string {
	var parts []string
	for i, t := range terms {
		p := quote(t, true)
		if digits[i] {
			p = "(" + p + " OR " + quote(backwards+reversed(t), true) + ")"
		}
		parts = append(parts, p)
	}
	return strings.Join(parts, " AND ")
}

// whereTerms is the same as a condition on contacts.words, for reading along a list.
func whereTerms(terms []string, digits []bool) (cond string, args []any) {
	for i, t := range terms {
		if digits[i] {
			cond += ` AND (instr(c.words, ?) > 0 OR instr(c.words, ?) > 0)`
			args = append(args, " "+t, " "+backwards+reversed(t))
			continue
		}
		cond += ` AND instr(c.words, ?) > 0`
		args = append(args, " "+t)
	}
	return cond, args
}

// numberKey is what a number is looked up by: its digits from the last to the first,
// and then its + if its country is known.
func numberKey(number string) string {
	d := Digits(number)
	if d == "" {
		return ""
	}
	if strings.HasPrefix(number, "+") {
		return reversed("+" + d)
	}
	return reversed(d)
}

// contactKeys are what a contact has in common with callers and others. The number of
// a switchboard with an extension after it counts without it as well: a caller shows
// no more.
func contactKeys(c *Contact) []string {
	var keys []string
	for _, n := range c.Numbers {
		if shared(n.Kind) {
			continue
		}
		number, ext := cutExtension(n.Number)
		key := numberKey(number)
		if key == "" {
			continue
		}
		keys = append(keys, key)
		if ext != "" {
			keys = append(keys, key+"x"+ext)
		}
	}
	if c.Extension != "" {
		keys = append(keys, "x"+c.Extension)
	}
	for _, e := range c.Emails {
		keys = append(keys, "@"+strings.ToLower(e))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// shared reports whether a number of the directory belongs to the company and not to
// the person beside whom it stands.
func shared(kind string) bool {
	return strings.HasPrefix(kind, "main ") || kind == "company number" || kind == "company fax"
}

// fullName makes the name that is shown, unless one was given.
func fullName(c *Contact) string {
	if n := joinWords(c.First, c.Middle, c.Last); n != "" {
		return n
	}
	number := ""
	if len(c.Numbers) > 0 {
		number = c.Numbers[0].Number
	}
	mail := ""
	if len(c.Emails) > 0 {
		mail = c.Emails[0]
	}
	return cmp.Or(c.Nick, c.Company, mail, number, c.Extension)
}

func joinWords(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
}

// line is a postal address on one line.
func (p Postal) line() string {
	town := joinWords(joinParts(p.City, p.State), p.Zip)
	return joinParts(p.Street, town, p.Country)
}

func joinParts(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
