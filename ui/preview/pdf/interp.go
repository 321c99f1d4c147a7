package pdf

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"

	"switchboard/ui/preview/pdf/cos"
)

const (
	maxForms    = 12        // forms drawn within forms
	maxSaved    = 256       // q without Q
	maxOps      = 5_000_000 // operators of a page
	maxOperands = 1 << 16
)

// interp runs a page's content streams (annex A) and lists what they draw.
type interp struct {
	ctx   context.Context
	d     *document
	out   *list
	state state
	saved []state
	ops   int
	depth int // forms within forms

	path    path
	clipNow byte // 'W' or '*': the next painting operator clips
	hidden  int  // depth of marked content that is switched off
	marked  []bool
	under   int // Q without q
}

// state is the graphics state (8.4).
type state struct {
	ctm                      matrix
	fill, line               color.RGBA
	fillSpace, lineSpace     *space
	fillNothing, lineNothing bool
	fillAlpha, lineAlpha     float64
	pen                      pen
	clip                     *clip
	text                     textState
}

func newInterp(ctx context.Context, d *document) *interp {
	black := color.RGBA{A: 255}
	return &interp{ctx: ctx, d: d, out: &list{}, state: state{
		ctm: identity(), fill: black, line: black, fillSpace: gray, lineSpace: gray,
		fillAlpha: 1, lineAlpha: 1, pen: pen{width: 1, miter: 10},
		text: textState{scale: 1},
	}}
}

// list runs page s and its annotations.
func (d *document) list(ctx context.Context, s sheet) (*list, error) {
	in := newInterp(ctx, d)
	content, err := d.contents(ctx, s.dict["Contents"])
	if err != nil {
		return nil, err
	}
	if err := in.run(content, s.res); err != nil {
		return nil, err
	}
	if err := in.annotations(s); err != nil {
		return nil, err
	}
	return in.out, nil
}

// contents joins a page's content streams. One that cannot be read is left out,
// unless that breaks a limit.
func (d *document) contents(ctx context.Context, v cos.Value) ([]byte, error) {
	parts := cos.Array{v}
	if a := d.file.Array(v); a != nil {
		parts = a
	}
	var out []byte
	for _, p := range parts {
		st := d.file.Stream(p)
		if st == nil {
			continue
		}
		dec, err := d.file.Decode(ctx, st)
		if err != nil {
			var large *cos.TooLargeError
			if errors.As(err, &large) || ctx.Err() != nil {
				return nil, err
			}
			continue
		}
		if int64(len(out))+int64(len(dec.Data)) > d.lim.Stream {
			return nil, &cos.TooLargeError{Limit: d.lim.Stream}
		}
		if len(parts) == 1 {
			return dec.Data, nil
		}
		out = append(append(out, dec.Data...), '\n')
	}
	return out, nil
}

// run runs one content stream.
func (in *interp) run(content []byte, res cos.Dict) error {
	s := cos.NewScanner(content)
	var args []cos.Value
	for {
		v, err := s.Next()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return nil // what was drawn so far stands
		}
		op, ok := v.(cos.Op)
		if !ok {
			if len(args) < maxOperands {
				args = append(args, v)
			}
			continue
		}
		if in.ops++; in.ops > maxOps {
			return errTooMuch
		}
		if err := in.tooMany(); err != nil {
			return err
		}
		if in.ops&255 == 0 && in.ctx.Err() != nil {
			return fmt.Errorf("reading the page: %w", in.ctx.Err())
		}
		if op == "BI" {
			in.inline(s, content, res)
		} else if err := in.do(op, operands(args), res); err != nil {
			return err
		}
		args = args[:0]
	}
}

var errTooMuch = errors.New("the page draws more than can be shown: open it outside")

func (in *interp) tooMany() error {
	if len(in.out.marks)+in.out.glyphs > in.d.lim.Marks {
		return errTooMuch
	}
	return nil
}

// operands are an operator's values; those that are not there or of another
// kind are zero.
type operands []cos.Value

func (o operands) num(i int) float64 {
	if i < 0 || i >= len(o) {
		return 0
	}
	switch v := o[i].(type) {
	case int:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

func (o operands) name(i int) cos.Name {
	if i < 0 || i >= len(o) {
		return ""
	}
	n, _ := o[i].(cos.Name)
	return n
}

func (o operands) str(i int) cos.String {
	if i < 0 || i >= len(o) {
		return ""
	}
	s, _ := o[i].(cos.String)
	return s
}

func (o operands) matrix() matrix {
	return matrix{o.num(0), o.num(1), o.num(2), o.num(3), o.num(4), o.num(5)}
}

// do runs one operator: those that draw paths and keep the state here, those of
// colour and text in their own files.
func (in *interp) do(op cos.Op, o operands, res cos.Dict) error {
	st := &in.state
	switch op {
	case "q":
		if len(in.saved) < maxSaved {
			in.saved = append(in.saved, *st)
		}
	case "Q":
		if n := len(in.saved); n > 0 {
			*st, in.saved = in.saved[n-1], in.saved[:n-1]
		} else {
			in.under++
		}
	case "cm":
		st.ctm = o.matrix().mul(st.ctm)
	case "w":
		st.pen.width = o.num(0)
	case "J":
		st.pen.cap = int(o.num(0))
	case "j":
		st.pen.join = int(o.num(0))
	case "M":
		st.pen.miter = o.num(0)
	case "d":
		if len(o) > 0 {
			st.pen.dash, st.pen.phase = in.d.file.Nums(o[0]), o.num(1)
		}
	case "gs":
		in.extState(in.d.file.Dict(in.d.file.Dict(res["ExtGState"])[o.name(0)]))
	case "Do":
		return in.xobject(in.d.file.Stream(in.d.file.Dict(res["XObject"])[o.name(0)]), res)
	case "sh":
		in.out.lack("shades of colour")
	case "BMC", "BDC":
		in.begin(o, res)
	case "EMC":
		in.end()
	default:
		if !in.draw(op, o) && !in.color(op, o, res) {
			return in.textOp(op, o, res)
		}
	}
	return nil
}

// draw runs the operators of paths (8.5).
func (in *interp) draw(op cos.Op, o operands) bool {
	p := &in.path
	at := func(i int) (float64, float64) { return in.state.ctm.apply(o.num(i), o.num(i+1)) }
	switch op {
	case "m":
		p.moveTo(at(0))
	case "l":
		if len(p.ops) > 0 {
			p.lineTo(at(0))
		}
	case "c", "v", "y":
		if len(p.ops) == 0 {
			return true
		}
		ax, ay := p.last()
		bx, by := at(0)
		cx, cy := at(2)
		switch op {
		case "c":
			ax, ay, bx, by = bx, by, cx, cy
			cx, cy = at(4)
		case "y":
			ax, ay, bx, by = bx, by, cx, cy
		}
		p.curveTo(ax, ay, bx, by, cx, cy)
	case "h":
		if len(p.ops) > 0 {
			p.close()
		}
	case "re":
		x, y, w, h := o.num(0), o.num(1), o.num(2), o.num(3)
		m := in.state.ctm
		p.moveTo(m.apply(x, y))
		p.lineTo(m.apply(x+w, y))
		p.lineTo(m.apply(x+w, y+h))
		p.lineTo(m.apply(x, y+h))
		p.close()
	case "W":
		in.clipNow = 'W'
	case "W*":
		in.clipNow = '*'
	case "n":
		in.paint(false, false, false)
	case "S":
		in.paint(false, false, true)
	case "s":
		p.close()
		in.paint(false, false, true)
	case "f", "F":
		in.paint(true, false, false)
	case "f*":
		in.paint(true, true, false)
	case "B":
		in.paint(true, false, true)
	case "B*":
		in.paint(true, true, true)
	case "b":
		p.close()
		in.paint(true, false, true)
	case "b*":
		p.close()
		in.paint(true, true, true)
	default:
		return false
	}
	return true
}

// paint fills and strokes the path, takes it as a clip where one was asked for,
// and begins a new one.
func (in *interp) paint(fill, evenOdd, line bool) {
	p, st := in.path, &in.state
	in.path = path{}
	if len(p.pts) > 0 && in.hidden == 0 {
		if fill && !st.fillNothing {
			in.add(mark{kind: fillMark, path: &p, rule: evenOdd, color: st.fill, alpha: st.fillAlpha, clip: st.clip})
		}
		if line && !st.lineNothing {
			in.add(mark{kind: strokeMark, path: &p, pen: st.pen.times(st.ctm.scale()), color: st.line, alpha: st.lineAlpha, clip: st.clip})
		}
	}
	if in.clipNow != 0 {
		st.clip = st.clip.with(&p, in.clipNow == '*')
		in.clipNow = 0
	}
}

// times is the pen where things are k times as long.
func (p pen) times(k float64) pen {
	p.width *= k
	p.phase *= k
	dash := make([]float64, len(p.dash))
	for i := range p.dash {
		dash[i] = p.dash[i] * k
	}
	p.dash = dash
	return p
}

func (in *interp) add(m mark) { in.out.marks = append(in.out.marks, m) }
