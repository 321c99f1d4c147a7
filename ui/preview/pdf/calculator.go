package pdf

import (
	"math"

	"switchboard/ui/preview/pdf/cos"
)

// block is a procedure of a calculator function, between { and }.
type block []cos.Value

// calculator reads a function in PostScript's few words (7.10.5).
func calculator(s *cos.Scanner) []cos.Value {
	if v, _ := s.Next(); v != cos.Op("{") {
		return nil
	}
	return braces(s, 0)
}

func braces(s *cos.Scanner, depth int) block {
	var out block
	for {
		v, err := s.Next()
		if err != nil || v == cos.Op("}") || len(out) > 4096 {
			return out
		}
		if v == cos.Op("{") {
			if depth > 16 {
				return out
			}
			v = braces(s, depth+1)
		}
		out = append(out, v)
	}
}

// machine runs a calculator function; there are no loops in them, so they end.
type machine struct {
	stack  []float64
	failed bool
}

func run(program []cos.Value, in []float64) []float64 {
	m := machine{stack: append(make([]float64, 0, 16), in...)}
	m.run(program)
	if m.failed {
		return nil
	}
	return m.stack
}

func (m *machine) pop() float64 {
	if len(m.stack) == 0 {
		m.failed = true
		return 0
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v
}

func (m *machine) push(v float64) {
	if len(m.stack) >= 100 {
		m.failed = true
		return
	}
	m.stack = append(m.stack, v)
}

func (m *machine) run(program []cos.Value) {
	for i := 0; i < len(program) && !m.failed; i++ {
		switch v := program[i].(type) {
		case int:
			m.push(float64(v))
		case float64:
			m.push(v)
		case bool:
			m.push(truth(v))
		case block:
			// One or two blocks, then if or ifelse.
			var other block
			j := i + 1
			if j < len(program) {
				if b, ok := program[j].(block); ok {
					other = b
					j++
				}
			}
			if m.pop() != 0 {
				m.run(v)
			} else {
				m.run(other)
			}
			i = j
		case cos.Op:
			m.op(v)
		}
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (m *machine) op(op cos.Op) {
	if f := ofOne(op); f != nil {
		m.push(f(m.pop()))
		return
	}
	if f := ofTwo(op); f != nil {
		b := m.pop()
		m.push(f(m.pop(), b))
		return
	}
	switch op {
	case "pop":
		m.pop()
	case "dup":
		v := m.pop()
		m.push(v)
		m.push(v)
	case "exch":
		b, a := m.pop(), m.pop()
		m.push(b)
		m.push(a)
	case "copy":
		if n := int(m.pop()); n >= 0 && n <= len(m.stack) {
			for _, v := range m.stack[len(m.stack)-n:] {
				m.push(v)
			}
			return
		}
		m.failed = true
	case "index":
		if n := int(m.pop()); n >= 0 && n < len(m.stack) {
			m.push(m.stack[len(m.stack)-1-n])
			return
		}
		m.failed = true
	case "roll":
		j, n := int(m.pop()), int(m.pop())
		if n < 0 || n > len(m.stack) {
			m.failed = true
		} else if n > 0 {
			top := m.stack[len(m.stack)-n:]
			was := append([]float64(nil), top...)
			for k := range was {
				top[((k+j)%n+n)%n] = was[k]
			}
		}
	default:
		m.failed = true
	}
}

func ofOne(op cos.Op) func(float64) float64 {
	const degree = math.Pi / 180
	switch op {
	case "abs":
		return math.Abs
	case "neg":
		return func(x float64) float64 { return -x }
	case "ceiling":
		return math.Ceil
	case "floor":
		return math.Floor
	case "round":
		return func(x float64) float64 { return math.Floor(x + 0.5) }
	case "truncate", "cvi":
		return math.Trunc
	case "cvr":
		return func(x float64) float64 { return x }
	case "sqrt":
		return math.Sqrt
	case "sin":
		return func(x float64) float64 { return math.Sin(x * degree) }
	case "cos":
		return func(x float64) float64 { return math.Cos(x * degree) }
	case "ln":
		return math.Log
	case "log":
		return math.Log10
	case "not":
		return func(x float64) float64 { return truth(x == 0) }
	}
	return nil
}

func ofTwo(op cos.Op) func(a, b float64) float64 {
	switch op {
	case "add":
		return func(a, b float64) float64 { return a + b }
	case "sub":
		return func(a, b float64) float64 { return a - b }
	case "mul":
		return func(a, b float64) float64 { return a * b }
	case "div":
		return func(a, b float64) float64 { return a / b }
	case "idiv":
		return func(a, b float64) float64 { return math.Trunc(a / b) }
	case "mod":
		return math.Mod
	case "exp":
		return math.Pow
	case "atan":
		return func(a, b float64) float64 { return math.Mod(math.Atan2(a, b)*180/math.Pi+360, 360) }
	case "eq":
		return func(a, b float64) float64 { return truth(a == b) }
	case "ne":
		return func(a, b float64) float64 { return truth(a != b) }
	case "gt":
		return func(a, b float64) float64 { return truth(a > b) }
	case "ge":
		return func(a, b float64) float64 { return truth(a >= b) }
	case "lt":
		return func(a, b float64) float64 { return truth(a < b) }
	case "le":
		return func(a, b float64) float64 { return truth(a <= b) }
	case "and":
		return func(a, b float64) float64 { return float64(int64(a) & int64(b)) }
	case "or":
		return func(a, b float64) float64 { return float64(int64(a) | int64(b)) }
	case "xor":
		return func(a, b float64) float64 { return float64(int64(a) ^ int64(b)) }
	case "bitshift":
		return func(a, b float64) float64 {
			if b >= 0 {
				return float64(int64(a) << uint(math.Min(b, 62)))
			}
			return float64(int64(a) >> uint(math.Min(-b, 62)))
		}
	}
	return nil
}
