package cos

import "math"

// Resolve follows references until a value is there. A reference to nothing, or
// one that goes in a circle, is null.
func (f *File) Resolve(v Value) Value { return f.resolve(v, 0) }

func (f *File) resolve(v Value, depth int) Value {
	for {
		r, ok := v.(Ref)
		if !ok {
			return v
		}
		if depth++; depth > 16 {
			return nil
		}
		v = f.object(r, depth)
	}
}

// Dict is the dictionary v is or points to; that of a stream, too. It may be nil.
func (f *File) Dict(v Value) Dict {
	switch v := f.Resolve(v).(type) {
	case Dict:
		return v
	case *Stream:
		return v.Dict
	}
	return nil
}

// Array is the array v is or points to, or nil.
func (f *File) Array(v Value) Array {
	a, _ := f.Resolve(v).(Array)
	return a
}

// Stream is the stream v points to, or nil.
func (f *File) Stream(v Value) *Stream {
	s, _ := f.Resolve(v).(*Stream)
	return s
}

// Name is the name v is or points to, or "".
func (f *File) Name(v Value) Name {
	n, _ := f.Resolve(v).(Name)
	return n
}

// Num is the number v is or points to.
func (f *File) Num(v Value) (float64, bool) {
	switch v := f.Resolve(v).(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// Int is the whole number v is or points to, else def.
func (f *File) Int(v Value, def int) int {
	switch v := f.Resolve(v).(type) {
	case int:
		return v
	case float64:
		if math.Abs(v) < 1<<31 {
			return int(v)
		}
	}
	return def
}

// Bool is the truth value v is or points to, else def.
func (f *File) Bool(v Value, def bool) bool {
	if b, ok := f.Resolve(v).(bool); ok {
		return b
	}
	return def
}

// Nums are the numbers of an array, nil when it is none or holds something else.
func (f *File) Nums(v Value) []float64 {
	a := f.Array(v)
	if a == nil || len(a) > 1<<16 {
		return nil
	}
	out := make([]float64, len(a))
	for i, e := range a {
		n, ok := f.Num(e)
		if !ok {
			return nil
		}
		out[i] = n
	}
	return out
}
