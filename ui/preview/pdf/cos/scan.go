package cos

import (
	"errors"
	"io"
	"math"
	"strconv"
)

// maxDepth is how deep arrays and dictionaries may stand in each other.
const maxDepth = 64

var errDeep = errors.New("arrays or dictionaries stand too deep in each other")

// Scanner takes values from the bytes of a file or of a content stream.
type Scanner struct {
	b   []byte
	pos int

	// refs is whether "1 0 R" is a reference. In content streams it is not.
	refs bool
}

// NewScanner scans a content stream.
func NewScanner(b []byte) *Scanner { return &Scanner{b: b} }

// Pos is the offset of the next byte.
func (s *Scanner) Pos() int { return s.pos }

// Seek goes to an offset.
func (s *Scanner) Seek(pos int) { s.pos = min(max(pos, 0), len(s.b)) }

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c byte) bool { return !isSpace(c) && !isDelimiter(c) }

func (s *Scanner) skipSpace() {
	for s.pos < len(s.b) {
		c := s.b[s.pos]
		if c == '%' {
			for s.pos < len(s.b) && s.b[s.pos] != '\n' && s.b[s.pos] != '\r' {
				s.pos++
			}
		} else if !isSpace(c) {
			return
		} else {
			s.pos++
		}
	}
}

// Next is the next value or operator, io.EOF at the end. What cannot be a value
// is passed over.
func (s *Scanner) Next() (Value, error) { return s.value(0) }

func (s *Scanner) value(depth int) (Value, error) {
	if depth > maxDepth {
		return nil, errDeep
	}
	for {
		s.skipSpace()
		if s.pos >= len(s.b) {
			return nil, io.EOF
		}
		switch c := s.b[s.pos]; {
		case c == '/':
			return s.name(), nil
		case c == '(':
			return s.literal(), nil
		case c == '<' && s.pos+1 < len(s.b) && s.b[s.pos+1] == '<':
			s.pos += 2
			return s.dict(depth)
		case c == '<':
			return s.hex(), nil
		case c == '[':
			s.pos++
			return s.array(depth)
		case c == ']' || c == '}' || c == '{':
			s.pos++
			return Op(c), nil
		case c == '>' && s.pos+1 < len(s.b) && s.b[s.pos+1] == '>':
			s.pos += 2
			return Op(">>"), nil
		case c == ')' || c == '>':
			s.pos++ // a stray one
		default:
			return s.word(), nil
		}
	}
}

// array reads up to the closing bracket, or to the end.
func (s *Scanner) array(depth int) (Value, error) {
	a := Array{}
	for {
		v, err := s.value(depth + 1)
		if errors.Is(err, io.EOF) {
			return a, nil
		} else if err != nil {
			return nil, err
		}
		if op, ok := v.(Op); ok {
			if op == "]" {
				return a, nil
			}
			if op == ">>" || op == "endobj" {
				return a, nil
			}
			continue
		}
		a = append(a, v)
	}
}

func (s *Scanner) dict(depth int) (Value, error) {
	d := Dict{}
	for {
		k, err := s.value(depth + 1)
		if errors.Is(err, io.EOF) {
			return d, nil
		} else if err != nil {
			return nil, err
		}
		switch k := k.(type) {
		case Op:
			if k == ">>" || k == "endobj" || k == "stream" {
				return d, nil
			}
		case Name:
			v, err := s.value(depth + 1)
			if errors.Is(err, io.EOF) {
				return d, nil
			} else if err != nil {
				return nil, err
			}
			if op, ok := v.(Op); ok {
				if op == ">>" {
					return d, nil
				}
				continue
			}
			d[k] = v
		}
	}
}

func (s *Scanner) name() Name {
	s.pos++
	start, plain := s.pos, true
	for s.pos < len(s.b) && isRegular(s.b[s.pos]) {
		plain = plain && s.b[s.pos] != '#'
		s.pos++
	}
	raw := s.b[start:s.pos]
	if plain {
		return Name(raw)
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			hi, lo := unhex(raw[i+1]), unhex(raw[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return Name(out)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (s *Scanner) hex() String {
	s.pos++
	var out []byte
	half := -1
	for s.pos < len(s.b) {
		c := s.b[s.pos]
		s.pos++
		if c == '>' {
			break
		}
		h := unhex(c)
		switch {
		case h < 0:
		case half < 0:
			half = h
		default:
			out = append(out, byte(half<<4|h))
			half = -1
		}
	}
	if half >= 0 {
		out = append(out, byte(half<<4))
	}
	return String(out)
}

// literal reads a string in parentheses (7.3.4.2).
func (s *Scanner) literal() String {
	s.pos++
	var out []byte
	for open := 1; s.pos < len(s.b); {
		c := s.b[s.pos]
		s.pos++
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return String(out)
			}
		case '\r':
			if s.pos < len(s.b) && s.b[s.pos] == '\n' {
				s.pos++
			}
			c = '\n'
		case '\\':
			out = s.escape(out)
			continue
		}
		out = append(out, c)
	}
	return String(out)
}

func (s *Scanner) escape(out []byte) []byte {
	if s.pos >= len(s.b) {
		return out
	}
	c := s.b[s.pos]
	s.pos++
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\r':
		if s.pos < len(s.b) && s.b[s.pos] == '\n' {
			s.pos++
		}
		return out
	case '\n':
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	n := int(c - '0')
	for i := 0; i < 2 && s.pos < len(s.b) && s.b[s.pos] >= '0' && s.b[s.pos] <= '7'; i++ {
		n = n<<3 | int(s.b[s.pos]-'0')
		s.pos++
	}
	return append(out, byte(n))
}

// word reads a number, a reference or a keyword.
func (s *Scanner) word() Value {
	start := s.pos
	for s.pos < len(s.b) && isRegular(s.b[s.pos]) {
		s.pos++
	}
	w := s.b[start:s.pos]
	if v, ok := number(w); ok {
		if n, whole := v.(int); whole && s.refs && n >= 0 {
			if r, ok := s.ref(n); ok {
				return r
			}
		}
		return v
	}
	switch string(w) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	return Op(w)
}

// ref looks whether a generation and R follow the number just read.
func (s *Scanner) ref(num int) (Ref, bool) {
	p := s.pos
	skip := func() {
		for p < len(s.b) && isSpace(s.b[p]) {
			p++
		}
	}
	skip()
	gen, digits := 0, 0
	for p < len(s.b) && s.b[p] >= '0' && s.b[p] <= '9' && digits < 6 {
		gen = gen*10 + int(s.b[p]-'0')
		p, digits = p+1, digits+1
	}
	if digits == 0 {
		return Ref{}, false
	}
	skip()
	if p >= len(s.b) || s.b[p] != 'R' || (p+1 < len(s.b) && isRegular(s.b[p+1])) {
		return Ref{}, false
	}
	s.pos = p + 1
	return Ref{num, gen}, true
}

// number reads the forms of 7.3.3 and, as others do, what is nearly one: "--5",
// "1.2-3".
func number(w []byte) (Value, bool) {
	if len(w) == 0 || !(w[0] >= '0' && w[0] <= '9' || w[0] == '+' || w[0] == '-' || w[0] == '.') {
		return nil, false
	}
	i, negative := 0, false
	for i < len(w) && (w[i] == '+' || w[i] == '-') {
		negative = negative || w[i] == '-'
		i++
	}
	start, dot, digits := i, -1, 0
	for i < len(w) {
		if w[i] == '.' && dot < 0 {
			dot = i
		} else if w[i] >= '0' && w[i] <= '9' {
			digits++
		} else {
			break
		}
		i++
	}
	if digits == 0 && (dot < 0 || i < len(w)) {
		return nil, false
	}
	if i < len(w) && w[i] != '-' && w[i] != '.' {
		return nil, false
	}
	if digits == 0 {
		return 0, true
	}
	if dot < 0 {
		if n, err := strconv.Atoi(string(w[start:i])); err == nil {
			if negative {
				n = -n
			}
			return n, true
		}
	}
	f, err := strconv.ParseFloat(string(w[start:i]), 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, true
	}
	if negative {
		f = -f
	}
	return f, true
}
