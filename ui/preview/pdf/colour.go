package pdf

import (
	"image/color"
	"math"

	"switchboard/ui/preview/pdf/cos"
)

// space is a colour space (8.6), as near as a screen needs it: calibrated and ICC
// spaces count as the device space of as many components.
type space struct {
	family  string // gray, rgb, cmyk, lab, indexed, tint, pattern
	n       int    // components
	base    *space // of indexed, tint and pattern
	table   []byte // of indexed: base's components, 8 bits each
	high    int    // of indexed: the last colour
	tint    *function
	labs    [4]float64 // of lab: the ranges of a and b
	nothing bool       // a tint called None: leaves no mark
}

var (
	gray = &space{family: "gray", n: 1}
	rgb  = &space{family: "rgb", n: 3}
	cmyk = &space{family: "cmyk", n: 4}
)

// device is the space of n components.
func device(n int) *space {
	switch n {
	case 3:
		return rgb
	case 4:
		return cmyk
	}
	return gray
}

// space reads a colour space; res is where its name may be kept. Nil is none
// that is known.
func (d *document) space(v cos.Value, res cos.Dict, depth int) *space {
	if depth > 6 {
		return nil
	}
	f := d.file
	v = f.Resolve(v)
	if n, ok := v.(cos.Name); ok {
		switch n {
		case "DeviceGray", "G", "CalGray":
			return gray
		case "DeviceRGB", "RGB", "CalRGB":
			return rgb
		case "DeviceCMYK", "CMYK":
			return cmyk
		case "Pattern":
			return &space{family: "pattern"}
		}
		if named := f.Resolve(f.Dict(res["ColorSpace"])[n]); named != nil && named != n {
			return d.space(named, res, depth+1)
		}
		return nil
	}
	a, ok := v.(cos.Array)
	if !ok || len(a) == 0 {
		return nil
	}
	at := func(i int) cos.Value {
		if i < len(a) {
			return a[i]
		}
		return nil
	}
	switch f.Name(a[0]) {
	case "DeviceGray", "G", "CalGray":
		return gray
	case "DeviceRGB", "RGB", "CalRGB":
		return rgb
	case "DeviceCMYK", "CMYK":
		return cmyk
	case "Lab":
		s := &space{family: "lab", n: 3, labs: [4]float64{-100, 100, -100, 100}}
		if r := f.Nums(f.Dict(at(1))["Range"]); len(r) == 4 {
			copy(s.labs[:], r)
		}
		return s
	case "ICCBased":
		dict := f.Dict(at(1))
		if alt := d.space(dict["Alternate"], res, depth+1); alt != nil && alt.family != "pattern" {
			return alt
		}
		return device(f.Int(dict["N"], 3))
	case "Indexed", "I":
		return d.indexed(a, res, depth)
	case "Separation", "DeviceN":
		s := &space{family: "tint", n: 1, base: d.space(at(2), res, depth+1), tint: d.function(at(3), 0)}
		if names := f.Array(at(1)); names != nil {
			s.n = min(max(len(names), 1), 32)
		}
		s.nothing = f.Name(at(1)) == "None"
		return s
	case "Pattern":
		return &space{family: "pattern", base: d.space(at(1), res, depth+1)}
	}
	return nil
}

func (d *document) indexed(a cos.Array, res cos.Dict, depth int) *space {
	if len(a) < 4 {
		return nil
	}
	base := d.space(a[1], res, depth+1)
	if base == nil || base.family == "pattern" || base.family == "indexed" {
		return nil
	}
	s := &space{family: "indexed", n: 1, base: base, high: min(max(d.file.Int(a[2], 255), 0), 255)}
	switch t := d.file.Resolve(a[3]).(type) {
	case cos.String:
		s.table = []byte(t)
	case *cos.Stream:
		s.table, _ = d.data(t)
	}
	return s
}

// initial is the colour that setting the space gives (8.6.8).
func (s *space) initial() []float64 {
	c := make([]float64, max(s.n, 1))
	switch s.family {
	case "cmyk":
		c[3] = 1
	case "tint":
		for i := range c {
			c[i] = 1
		}
	}
	return c
}

// decode are the bounds that samples of so many bits span without a Decode array
// (8.9.5.2).
func (s *space) decode(bits int) []float64 {
	switch s.family {
	case "indexed":
		return []float64{0, float64(int(1)<<bits - 1)}
	case "lab":
		return append([]float64{0, 100}, s.labs[:]...)
	}
	out := make([]float64, 2*s.n)
	for i := range s.n {
		out[2*i+1] = 1
	}
	return out
}

// rgb is the colour of the components.
func (s *space) rgb(c []float64) color.RGBA {
	at := func(i int) float64 {
		if i < len(c) {
			return math.Min(math.Max(c[i], 0), 1)
		}
		return 0
	}
	switch s.family {
	case "rgb":
		return color.RGBA{byte8(at(0)), byte8(at(1)), byte8(at(2)), 255}
	case "cmyk":
		k := at(3)
		return color.RGBA{byte8(1 - at(0) - k), byte8(1 - at(1) - k), byte8(1 - at(2) - k), 255}
	case "lab":
		if len(c) >= 3 {
			return lab(c[0], c[1], c[2])
		}
	case "indexed":
		return s.entry(c)
	case "tint":
		if s.base != nil && s.tint != nil {
			if out := s.tint.eval(c); out != nil {
				return s.base.rgb(out)
			}
		}
		ink := 0.0
		for i := range c {
			ink = math.Max(ink, at(i))
		}
		y := byte8(1 - ink)
		return color.RGBA{y, y, y, 255}
	}
	y := byte8(at(0))
	return color.RGBA{y, y, y, 255}
}

func (s *space) entry(c []float64) color.RGBA {
	if len(c) == 0 {
		return color.RGBA{A: 255}
	}
	n := s.base.n
	i := int(math.Min(math.Max(c[0], 0), float64(s.high))) * n
	if i+n > len(s.table) {
		return color.RGBA{A: 255}
	}
	bounds := s.base.decode(8)
	comp := make([]float64, n)
	for k := range comp {
		comp[k] = bounds[2*k] + float64(s.table[i+k])/255*(bounds[2*k+1]-bounds[2*k])
	}
	return s.base.rgb(comp)
}

func byte8(x float64) uint8 { return uint8(math.Min(math.Max(x, 0), 1)*255 + 0.5) }

// lab is CIE L*a*b* (D50) in sRGB.
func lab(l, a, b float64) color.RGBA {
	m := (l + 16) / 116
	g := func(x float64) float64 {
		if x >= 6.0/29 {
			return x * x * x
		}
		return 108.0 / 841 * (x - 4.0/29)
	}
	x, y, z := 0.9642*g(m+a/500), g(m), 0.8249*g(m-b/200)
	gamma := func(v float64) uint8 {
		if v <= 0.0031308 {
			return byte8(12.92 * v)
		}
		return byte8(1.055*math.Pow(v, 1/2.4) - 0.055)
	}
	return color.RGBA{
		gamma(3.1339*x - 1.6169*y - 0.4906*z),
		gamma(-0.9788*x + 1.9161*y + 0.0335*z),
		gamma(0.0719*x - 0.2290*y + 1.4052*z), 255,
	}
}
