package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// picker is a list to pick from with a line to type into.
type picker struct {
	m     *Model
	p     screen.Picker
	in    kit.Input
	fits  []screen.Option
	at    int
	top   int
	most  int    // lines there have been, so that typing does not make the box jump
	wrong string // why it cannot be taken so
}

// Pick opens a list to pick from.
func (m *Model) Pick(p screen.Picker) {
	o := &picker{m: m, p: p}
	o.match()
	m.open(o)
}

func (o *picker) scope() keymap.Scope  { return keymap.ScopePalette }
func (o *picker) takes() bool          { return true }
func (o *picker) waits(time.Time) bool { return false }

func (o *picker) hints() []keymap.Action {
	return []keymap.Action{keymap.ClearLine, keymap.Cancel} // the rest stands in the box
}

// match finds what fits, and puts the cursor on the best.
func (o *picker) match() {
	o.fits, o.at, o.top, o.wrong = o.p.Options(o.in.String()), 0, 0, ""
	o.most = max(o.most, len(o.fits), 1)
}

// picked is the line the cursor is on.
func (o *picker) picked() *screen.Option {
	if o.at >= len(o.fits) {
		return nil
	}
	return &o.fits[o.at]
}

func (o *picker) text(s string) tea.Cmd {
	switch {
	case o.p.Digits && len(o.in.Value) == 0 && len(s) == 1 && s[0] >= '1' && s[0] <= '9':
		if i := int(s[0] - '1'); i < len(o.fits) {
			o.at = i
			return o.take(o.p.Enter)
		}
		o.wrong = "there is no line " + s
		return nil
	case o.p.Toggle != nil && s == " ":
		return o.toggle()
	}
	o.in.Insert(s)
	o.match()
	return nil
}

func (o *picker) toggle() tea.Cmd {
	at, typed := o.at, len(o.in.Value) > 0
	if p := o.picked(); p != nil {
		o.p.Toggle(*p)
		o.in.Set("")
		if o.match(); !typed {
			o.at = min(at, max(len(o.fits)-1, 0))
		}
	}
	return nil
}

// take hands over what is picked; what takes it may open something else.
func (o *picker) take(f func(*screen.Option, string) (tea.Cmd, error)) tea.Cmd {
	o.m.close(o)
	cmd, err := f(o.picked(), o.in.String())
	if err != nil {
		o.wrong = err.Error()
		o.m.open(o)
	}
	return cmd
}

func (o *picker) do(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Submit:
		return o.take(o.p.Enter)
	case keymap.Cancel, keymap.Interrupt:
		o.m.close(o)
	case keymap.Down:
		o.at = min(o.at+1, max(len(o.fits)-1, 0))
	case keymap.Up:
		o.at = max(o.at-1, 0)
	case keymap.Complete:
		switch {
		case o.p.Toggle != nil:
			return o.toggle()
		case o.p.Tab != nil:
			return o.take(o.p.Tab)
		case o.picked() != nil:
			o.in.Set(o.picked().Label)
			o.match()
		}
	case keymap.ClearLine:
		o.in.Set("")
		o.match()
	case keymap.DeleteWord:
		o.in.DeleteWord()
		o.match()
	}
	return nil
}

func (o *picker) key(k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "left":
		o.in.Move(-1)
	case "right":
		o.in.Move(1)
	case "backspace":
		o.in.Backspace()
		o.match()
	case "delete":
		o.in.Delete()
		o.match()
	case "pgdown":
		o.at = min(o.at+10, max(len(o.fits)-1, 0))
	case "pgup":
		o.at = max(o.at-10, 0)
	}
	return nil
}

func (o *picker) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	s := o.m.env.Styles
	const frame, head, foot = 2, 2, 2
	bw := min(w, 68)
	in := bw - 4
	rows := max(min(o.most, h-1-frame-head-foot, 12), 1)
	bh := rows + frame + head + foot
	text, at := o.in.View(max(in-2, 1))
	body := []string{s.Prompt.S("› ") + s.Status.S(text), s.Border.S(kit.Rule("", in))}
	o.top = kit.Windowed(len(o.fits), rows, o.at, o.top)
	for i := o.top; i < len(o.fits) && i < o.top+rows; i++ {
		body = append(body, o.line(i, in))
	}
	if len(o.fits) == 0 {
		body = append(body, s.Dim.S(kit.Fit(" "+o.p.None, in)))
	}
	for len(body) < head+rows {
		body = append(body, kit.Space(in))
	}
	hint, paint := o.p.Hint, s.Hint
	if o.wrong != "" {
		hint, paint = o.wrong, s.Prompt
	}
	body = append(body, s.Border.S(kit.Rule("", in)), paint.S(kit.Fit(hint, in)))
	x, y := (w-bw)/2, (h-1-bh)/2
	return o.m.box(lines, o.p.Title, body, w, h-1, bw, bh), tea.NewCursor(x+4+at, y+1)
}

// line is one line to pick, exactly w cells.
func (o *picker) line(i, w int) string {
	s, f, cursor := o.m.env.Styles, o.fits[i], i == o.at
	number := "  "
	if o.p.Digits && len(o.in.Value) == 0 && i < 9 {
		number = fmt.Sprintf("%d ", i+1)
	}
	dw := min(kit.Width(f.Detail), w/2)
	label := f.Label
	if f.Sign != "" {
		label = f.Sign + " " + label
	}
	return s.Accent.On(cursor, true).S(" "+number) + s.Text.On(cursor, true).S(kit.Fit(label, max(w-dw-6, 0))) +
		s.Dim.On(cursor, true).S(kit.Fit("  ", 2)+kit.Fit(f.Detail, dw)+" ")
}
