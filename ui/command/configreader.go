package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// A reader turns decoded TOML into values and keeps the first error. It finds
// the line of a key itself: the decoder does not tell it.
type reader struct {
	file string
	text string
	base int // search for keys from this line on
	err  error
}

// failf keeps the first error. try is what would be right, "" for nothing.
func (r *reader) failf(key, try, format string, args ...any) {
	if r.err == nil {
		r.err = &ConfigError{File: r.file, Line: r.line(key), Key: key, Msg: fmt.Sprintf(format, args...), Try: try}
	}
}

func (r *reader) wrong(key, want string, v any) {
	r.failf(key, "", "want %s, not %s", want, kindOf(v))
}

// table hands each key of t to its function. Keys nobody knows are errors,
// with the nearest known one: a misspelt setting that is ignored in silence
// costs more than one that stops the program.
func (r *reader) table(t map[string]any, prefix string, known map[string]func(string, any)) {
	for _, k := range sortedKeys(t) {
		at := k
		if prefix != "" {
			at = prefix + "." + k
		}
		if f := known[k]; f != nil {
			f(at, t[k])
			continue
		}
		names := slices.Sorted(maps.Keys(known))
		try := "known: " + strings.Join(names, ", ")
		if n := nearest(k, names); n != "" {
			try = fmt.Sprintf("did you mean %s?", n)
		}
		r.failf(at, try, "unknown key")
	}
}

func (r *reader) text1(to *string) func(string, any) {
	return func(key string, v any) {
		s, ok := v.(string)
		switch {
		case !ok:
			r.wrong(key, "a text in quotes", v)
		case strings.ContainsAny(s, "\x00\n\r\x1b"):
			r.failf(key, "", "has control characters in it")
		default:
			*to = s
		}
	}
}

func (r *reader) oneOf(to *string, allowed ...string) func(string, any) {
	return func(key string, v any) {
		var s string
		r.text1(&s)(key, v)
		for _, a := range allowed {
			if s == a {
				*to = s
				return
			}
		}
		try := "want one of " + strings.Join(allowed, ", ")
		if n := nearest(s, allowed); n != "" {
			try = fmt.Sprintf("did you mean %q?", n)
		}
		r.failf(key, try, "unknown value %q", s)
	}
}

func (r *reader) number(to *int64, low, high int64) func(string, any) {
	return func(key string, v any) {
		n, ok := v.(int64)
		switch {
		case !ok:
			r.wrong(key, fmt.Sprintf("a whole number from %d to %d", low, high), v)
		case n < low || n > high:
			r.failf(key, "", "%d is not from %d to %d", n, low, high)
		default:
			*to = n
		}
	}
}

// size reads a number of bytes as people write it: "2 GB", "500 MiB", or 0.
func (r *reader) size(to *int64) func(string, any) {
	return func(key string, v any) {
		if n, ok := v.(int64); ok && n == 0 {
			*to = 0
			return
		}
		var s string
		r.text1(&s)(key, v)
		if r.err != nil {
			return
		}
		n, err := humanize.ParseBytes(s)
		if err != nil || n > 1<<60 || strings.Trim(s, "0123456789. ") == "" {
			r.failf(key, `want a size such as "2 GB", or 0 for no limit`, "%q is not a size", s)
			return
		}
		*to = int64(n)
	}
}

func (r *reader) ports(to *[]int) func(string, any) {
	return func(key string, v any) {
		list, ok := v.([]any)
		if !ok {
			r.wrong(key, "a list of port numbers", v)
			return
		}
		for _, e := range list {
			var n int64
			r.number(&n, 1, 65535)(key, e)
			*to = append(*to, int(n))
		}
	}
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case int64:
		return "a whole number"
	case float64:
		return "a number with a fraction"
	case bool:
		return "true or false"
	case time.Time:
		return "a date"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case []map[string]any:
		return "a list of tables"
	}
	return fmt.Sprintf("%T", v)
}

// line finds the line of a dotted key, 0 when it is not found as written.
func (r *reader) line(key string) int {
	table := ""
	for i, l := range strings.Split(r.text, "\n") {
		l = strings.TrimSpace(l)
		found := ""
		if strings.HasPrefix(l, "[") {
			head, _, _ := strings.Cut(strings.TrimLeft(l, "["), "]")
			table = plainKey(head)
			found = table
		} else if name, _, ok := strings.Cut(l, "="); ok {
			found = plainKey(name)
			if table != "" {
				found = table + "." + found
			}
		}
		if i+1 >= r.base && found != "" && (found == key || strings.HasPrefix(found, key+".")) {
			return i + 1
		}
	}
	return r.base
}

// nthTable is the line of the nth header written that way, from 0.
func (r *reader) nthTable(header string, n int) int {
	for i, l := range strings.Split(r.text, "\n") {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(strings.ReplaceAll(l, " ", ""), header) {
			if n == 0 {
				return i + 1
			}
			n--
		}
	}
	return 0
}

// plainKey takes the quotes and blanks off the parts of a dotted key.
func plainKey(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] && strings.Count(s, s[:1]) == 2 {
		return s[1 : len(s)-1]
	}
	parts := strings.Split(s, ".")
	for i, p := range parts {
		parts[i] = strings.Trim(strings.TrimSpace(p), `"'`)
	}
	return strings.Join(parts, ".")
}
