package symphony

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unquote reads a JSON string, quotes and all, that is known to be well formed. Messages
// are markup with a quote or an escaped bracket in every one of them, and going through
// [json.Unmarshal] for each costs more than the rest of a message.
func unquote(b []byte) (string, error) {
	in := b[1 : len(b)-1]
	if !utf8.Valid(in) {
		var s string
		err := json.Unmarshal(b, &s)
		return s, err
	}
	var out strings.Builder
	out.Grow(len(in))
	for i := 0; i < len(in); {
		from := i
		for i < len(in) && in[i] != '\\' {
			i++
		}
		out.Write(in[from:i])
		if i+1 >= len(in) {
			break
		}
		switch c := in[i+1]; c {
		case 'b':
			out.WriteByte('\b')
		case 'f':
			out.WriteByte('\f')
		case 'n':
			out.WriteByte('\n')
		case 'r':
			out.WriteByte('\r')
		case 't':
			out.WriteByte('\t')
		case 'u':
			r := code(in[i:])
			if i += 6; utf16.IsSurrogate(r) {
				if r = utf16.DecodeRune(r, code(in[min(i, len(in)):])); r != utf8.RuneError {
					i += 6
				}
			}
			out.WriteRune(r)
			continue
		default:
			out.WriteByte(c)
		}
		i += 2
	}
	return out.String(), nil
}

// code is the number of \uXXXX at the beginning of b; -1: there is none.
func code(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}
