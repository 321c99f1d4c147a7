package pdf

import (
	"switchboard/ui/preview/pdf/cos"
)

// textState is the text part of the graphics state (9.3).
type textState struct {
	font      *font
	size      float64
	charSpace float64
	wordSpace float64
	scale     float64 // 1 is as wide as the font has it
	leading   float64
	rise      float64
	mode      int
	m, line   matrix
}

// textOp runs the operators of text (9.3, 9.4); what it does not know is passed
// over.
func (in *interp) textOp(op cos.Op, o operands, res cos.Dict) error {
	t := &in.state.text
	switch op {
	case "BT":
		t.m, t.line = identity(), identity()
	case "Tc":
		t.charSpace = o.num(0)
	case "Tw":
		t.wordSpace = o.num(0)
	case "Tz":
		t.scale = o.num(0) / 100
	case "TL":
		t.leading = o.num(0)
	case "Ts":
		t.rise = o.num(0)
	case "Tr":
		t.mode = int(o.num(0))
	case "Tf":
		t.font, t.size = nil, o.num(1)
		if v := in.d.file.Dict(res["Font"])[o.name(0)]; v != nil {
			t.font = in.d.font(v)
		}
	case "Td":
		t.next(o.num(0), o.num(1))
	case "TD":
		t.leading = -o.num(1)
		t.next(o.num(0), o.num(1))
	case "Tm":
		t.m = o.matrix()
		t.line = t.m
	case "T*":
		t.next(0, -t.leading)
	case "Tj":
		return in.show(o.str(0))
	case "'":
		t.next(0, -t.leading)
		return in.show(o.str(0))
	case "\"":
		t.wordSpace, t.charSpace = o.num(0), o.num(1)
		t.next(0, -t.leading)
		return in.show(o.str(2))
	case "TJ":
		if len(o) == 0 {
			return nil
		}
		for _, v := range in.d.file.Array(o[0]) {
			switch v := v.(type) {
			case cos.String:
				if err := in.show(v); err != nil {
					return err
				}
			case int:
				t.advance(-float64(v) / 1000 * t.size * t.scale)
			case float64:
				t.advance(-v / 1000 * t.size * t.scale)
			}
		}
	}
	return nil
}

// next goes to a line that begins at x, y from the beginning of this one.
func (t *textState) next(x, y float64) {
	t.line = matrix{1, 0, 0, 1, x, y}.mul(t.line)
	t.m = t.line
}

func (t *textState) advance(x float64) { t.m = matrix{1, 0, 0, 1, x, 0}.mul(t.m) }

// show lists the glyphs of a string and goes on behind them (9.4.4).
func (in *interp) show(s cos.String) error {
	t := &in.state.text
	if t.font == nil || len(s) == 0 {
		return nil
	}
	visible := t.mode != 3 && t.mode != 7 && in.hidden == 0
	run := &textRun{font: t.font, visible: visible}
	for _, c := range t.font.chars(s) {
		m := matrix{t.size * t.scale, 0, 0, t.size, 0, t.rise}.mul(t.m).mul(in.state.ctm)
		run.glyphs = append(run.glyphs, glyph{char: c, m: m, width: c.width})
		if t.font.type3 != nil && visible {
			if err := in.procedure(t.font, c, m); err != nil {
				return err
			}
		}
		w := c.width*t.size + t.charSpace
		if c.space {
			w += t.wordSpace
		}
		t.advance(w * t.scale)
	}
	if in.hidden > 0 {
		return nil
	}
	color, alpha := in.state.fill, in.state.fillAlpha
	if t.mode == 1 || t.mode == 5 {
		color, alpha = in.state.line, in.state.lineAlpha
	} else if in.state.fillNothing {
		run.visible = false
	}
	in.out.text = in.out.text || run.visible
	in.out.glyphs += len(run.glyphs)
	in.add(mark{kind: textMark, run: run, color: color, alpha: alpha, clip: in.state.clip})
	return in.tooMany()
}

// procedure draws a glyph of a Type 3 font: a content stream.
func (in *interp) procedure(f *font, c char, m matrix) error {
	name := cos.Name(f.names[c.code&255])
	st := in.d.file.Stream(f.type3.procs[name])
	if name == "" || st == nil || in.depth >= maxForms {
		return nil
	}
	dec, err := in.d.file.Decode(in.ctx, st)
	if err != nil || len(dec.Rest) > 0 {
		return in.ctx.Err()
	}
	was, saved, p := in.state, in.saved, in.path
	in.saved, in.path = nil, path{}
	in.depth++
	in.state.ctm = f.type3.m.mul(m)
	err = in.run(dec.Data, f.type3.res)
	in.state, in.saved, in.path = was, saved, p
	in.depth--
	return err
}
