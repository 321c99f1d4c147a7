package cos

import (
	"sort"
	"strconv"
)

// Value is an object: nil (null), bool, int, float64, Name, String, Array, Dict,
// Ref or *Stream; a Scanner also gives Op. Values from a File are shared and must
// not be changed.
type Value = any

// Name is a name without its slash and with its #xx escapes undone.
type Name string

// String is a string's bytes, whatever they mean.
type String string

// Op is a keyword: an operator of a content stream.
type Op string

// Ref points to an object of the file.
type Ref struct{ Num, Gen int }

// Array is an array.
type Array []Value

// Dict is a dictionary.
type Dict map[Name]Value

// Stream is a dictionary with bytes behind it.
type Stream struct {
	Dict Dict
	Ref  Ref // of the object it is

	raw   []byte // the bytes when they do not lie in the file
	off   int64  // of the bytes in the file
	n     int64  // how many
	plain bool   // not encrypted even in an encrypted file
}

// NewStream is a stream that is not in a file. The bytes are as the dictionary's
// filters say.
func NewStream(d Dict, raw []byte) *Stream { return &Stream{Dict: d, raw: raw, plain: true} }

// Len is the number of bytes as stored.
func (s *Stream) Len() int64 {
	if s.raw != nil {
		return int64(len(s.raw))
	}
	return s.n
}

// Append writes v as a file has it. A stream is written as its dictionary only.
func Append(b []byte, v Value) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		if v == 0 { // never -0
			return append(b, '0')
		}
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case Name:
		return appendName(b, v)
	case String:
		return appendString(b, v)
	case Op:
		return append(b, v...)
	case Ref:
		b = strconv.AppendInt(b, int64(v.Num), 10)
		b = append(b, ' ')
		b = strconv.AppendInt(b, int64(v.Gen), 10)
		return append(b, " R"...)
	case Array:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ' ')
			}
			b = Append(b, e)
		}
		return append(b, ']')
	case Dict:
		return appendDict(b, v)
	case *Stream:
		return appendDict(b, v.Dict)
	}
	return append(b, "null"...)
}

// appendDict writes the keys in order, so that the same dictionary always gives
// the same bytes.
func appendDict(b []byte, d Dict) []byte {
	keys := make([]string, 0, len(d))
	for k := range d {
		keys = append(keys, string(k))
	}
	sort.Strings(keys)
	b = append(b, "<<"...)
	for i, k := range keys {
		if i > 0 {
			b = append(b, ' ')
		}
		b = appendName(b, Name(k))
		b = append(b, ' ')
		b = Append(b, d[Name(k)])
	}
	return append(b, ">>"...)
}

const hexDigits = "0123456789abcdef"

func appendName(b []byte, n Name) []byte {
	b = append(b, '/')
	for i := range len(n) {
		if c := n[i]; c <= ' ' || c > '~' || c == '#' || isDelimiter(c) {
			b = append(b, '#', hexDigits[c>>4], hexDigits[c&15])
		} else {
			b = append(b, c)
		}
	}
	return b
}

func appendString(b []byte, s String) []byte {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			b = append(b, '<')
			for j := range len(s) {
				b = append(b, hexDigits[s[j]>>4], hexDigits[s[j]&15])
			}
			return append(b, '>')
		}
	}
	b = append(b, '(')
	for i := range len(s) {
		if c := s[i]; c == '(' || c == ')' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, ')')
}
