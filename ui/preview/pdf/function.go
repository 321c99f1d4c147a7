package pdf

import (
	"math"

	"switchboard/ui/preview/pdf/cos"
)

// function is a function of numbers (7.10).
type function struct {
	kind          int
	domain, rang  []float64
	c0, c1        []float64 // of kind 2
	n             float64
	parts         []*function // of kind 3, and of an array of functions
	bounds, enc   []float64
	size          []int // of kind 0
	dec           []float64
	samples       []float64
	program       []cos.Value // of kind 4: numbers, operators, []cos.Value for { }
	eachComponent bool        // an array: each part gives one number
}

// function reads a function, nil when it is none that can be computed.
func (d *document) function(v cos.Value, depth int) *function {
	f := d.file
	if depth > 4 {
		return nil
	}
	if a := f.Array(v); a != nil {
		fn := &function{eachComponent: true}
		for _, e := range a {
			p := d.function(e, depth+1)
			if p == nil || len(fn.parts) > 32 {
				return nil
			}
			fn.parts = append(fn.parts, p)
		}
		return fn
	}
	dict := f.Dict(v)
	fn := &function{kind: f.Int(dict["FunctionType"], -1), domain: f.Nums(dict["Domain"]), rang: f.Nums(dict["Range"])}
	if len(fn.domain) < 2 || len(fn.domain)%2 != 0 || len(fn.rang)%2 != 0 {
		return nil
	}
	switch fn.kind {
	case 0:
		return d.sampled(fn, f.Stream(v))
	case 2:
		fn.c0, fn.c1 = f.Nums(dict["C0"]), f.Nums(dict["C1"])
		if fn.c0 == nil {
			fn.c0 = []float64{0}
		}
		if fn.c1 == nil {
			fn.c1 = []float64{1}
		}
		fn.n, _ = f.Num(dict["N"])
		if len(fn.c0) != len(fn.c1) {
			return nil
		}
		return fn
	case 3:
		fn.bounds, fn.enc = f.Nums(dict["Bounds"]), f.Nums(dict["Encode"])
		for _, e := range f.Array(dict["Functions"]) {
			p := d.function(e, depth+1)
			if p == nil || len(fn.parts) > 256 {
				return nil
			}
			fn.parts = append(fn.parts, p)
		}
		if len(fn.parts) == 0 || len(fn.bounds) < len(fn.parts)-1 || len(fn.enc) < 2*len(fn.parts) {
			return nil
		}
		return fn
	case 4:
		st := f.Stream(v)
		if st == nil {
			return nil
		}
		b, err := d.data(st)
		if err != nil || len(b) > 64<<10 {
			return nil
		}
		fn.program = calculator(cos.NewScanner(b))
		return fn
	}
	return nil
}

func (d *document) sampled(fn *function, st *cos.Stream) *function {
	if st == nil {
		return nil
	}
	f := d.file
	bits := f.Int(st.Dict["BitsPerSample"], 8)
	size := f.Nums(st.Dict["Size"])
	in, out := len(fn.domain)/2, len(fn.rang)/2
	if len(size) != in || in > 4 || out == 0 || out > 32 || bits < 1 || bits > 32 {
		return nil
	}
	total := out
	for _, s := range size {
		if s < 1 || s > 1<<16 || total > 1<<20 {
			return nil
		}
		fn.size = append(fn.size, int(s))
		total *= int(s)
	}
	b, err := d.data(st)
	if err != nil || total > 1<<20 || len(b)*8 < total*bits {
		return nil
	}
	fn.enc, fn.dec = f.Nums(st.Dict["Encode"]), f.Nums(st.Dict["Decode"])
	if len(fn.enc) != 2*in {
		fn.enc = nil
		for _, s := range fn.size {
			fn.enc = append(fn.enc, 0, float64(s-1))
		}
	}
	if len(fn.dec) != 2*out {
		fn.dec = fn.rang
	}
	top := math.Exp2(float64(bits)) - 1
	fn.samples = make([]float64, total)
	for i := range fn.samples {
		v := uint64(0)
		for k := i * bits; k < (i+1)*bits; k++ {
			v = v<<1 | uint64(b[k>>3]>>(7-k&7)&1)
		}
		fn.samples[i] = float64(v) / top
	}
	return fn
}

// eval computes the function, nil when it cannot.
func (fn *function) eval(in []float64) []float64 {
	if fn.eachComponent {
		var out []float64
		for _, p := range fn.parts {
			v := p.eval(in)
			if len(v) == 0 {
				return nil
			}
			out = append(out, v[0])
		}
		return out
	}
	if len(in) < len(fn.domain)/2 {
		return nil
	}
	x := make([]float64, len(fn.domain)/2)
	for i := range x {
		x[i] = clamp(in[i], fn.domain[2*i], fn.domain[2*i+1])
	}
	var out []float64
	switch fn.kind {
	case 0:
		out = fn.sample(x)
	case 2:
		p := math.Pow(x[0], fn.n)
		for i := range fn.c0 {
			out = append(out, fn.c0[i]+p*(fn.c1[i]-fn.c0[i]))
		}
	case 3:
		k := 0
		for k < len(fn.parts)-1 && x[0] >= fn.bounds[k] {
			k++
		}
		lo, hi := fn.domain[0], fn.domain[1]
		if k > 0 {
			lo = fn.bounds[k-1]
		}
		if k < len(fn.parts)-1 {
			hi = fn.bounds[k]
		}
		out = fn.parts[k].eval([]float64{between(x[0], lo, hi, fn.enc[2*k], fn.enc[2*k+1])})
	case 4:
		out = run(fn.program, x)
	}
	for i := range out {
		if 2*i+1 < len(fn.rang) {
			out[i] = clamp(out[i], fn.rang[2*i], fn.rang[2*i+1])
		}
	}
	return out
}

func clamp(x, lo, hi float64) float64 {
	if x != x {
		return lo
	}
	return math.Min(math.Max(x, lo), hi)
}

func between(x, lo, hi, a, b float64) float64 {
	if hi == lo {
		return a
	}
	return a + (x-lo)/(hi-lo)*(b-a)
}

// sample takes the mean of the samples around x by their nearness.
func (fn *function) sample(x []float64) []float64 {
	out := make([]float64, len(fn.rang)/2)
	low, part := make([]int, len(x)), make([]float64, len(x))
	for i := range x {
		e := between(x[i], fn.domain[2*i], fn.domain[2*i+1], fn.enc[2*i], fn.enc[2*i+1])
		e = clamp(e, 0, float64(fn.size[i]-1))
		low[i] = int(e)
		part[i] = e - float64(low[i])
	}
	for corner := range 1 << len(x) {
		weight, at, step := 1.0, 0, 1
		for i := range x {
			k := low[i]
			if corner>>i&1 == 1 {
				weight *= part[i]
				k = min(k+1, fn.size[i]-1)
			} else {
				weight *= 1 - part[i]
			}
			at += k * step
			step *= fn.size[i]
		}
		if weight == 0 {
			continue
		}
		for j := range out {
			out[j] += weight * fn.samples[at*len(out)+j]
		}
	}
	for j := range out {
		out[j] = fn.dec[2*j] + out[j]*(fn.dec[2*j+1]-fn.dec[2*j])
	}
	return out
}
