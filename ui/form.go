package ui

import (
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// form is several lines to type into, over the panes.
type form struct {
	m     *Model
	f     screen.Form
	in    []kit.Input
	at    int    // the field with the cursor
	top   int    // first field shown
	fault string // what is wrong with what was typed
}

// breakSign stands for a line break in a field.
const breakSign = "⏎"

// Form opens a form.
func (m *Model) Form(f screen.Form) {
	o := &form{m: m, f: f, in: make([]kit.Input, len(f.Fields))}
	for i, field := range f.Fields {
		o.in[i].Limit = 4000
		o.in[i].Set(strings.ReplaceAll(field.Value, "\n", breakSign))
	}
	m.open(o)
}

func (o *form) scope() keymap.Scope    { return keymap.ScopePrompt }
func (o *form) takes() bool            { return true }
func (o *form) waits(time.Time) bool   { return false }
func (o *form) hints() []keymap.Action { return []keymap.Action{keymap.Cancel} }

func (o *form) text(s string) tea.Cmd {
	o.fault = ""
	o.in[o.at].Insert(strings.ReplaceAll(s, "\n", breakSign))
	return nil
}

func (o *form) values() []string {
	out := make([]string, len(o.in))
	for i := range o.in {
		out[i] = strings.ReplaceAll(o.in[i].String(), breakSign, "\n")
	}
	return out
}

func (o *form) do(a keymap.Action) tea.Cmd {
	in := &o.in[o.at]
	switch a {
	case keymap.Submit:
		return o.submit()
	case keymap.Cancel, keymap.Interrupt:
		o.m.close(o)
		if o.f.Cancel != nil {
			o.f.Cancel(o.values())
		}
	case keymap.Complete, keymap.HistoryForward:
		o.step(1)
	case keymap.HistoryBack:
		o.step(-1)
	case keymap.ClearLine:
		in.Set("")
	case keymap.DeleteWord:
		in.DeleteWord()
	}
	return nil
}

func (o *form) submit() tea.Cmd {
	cmd, err := o.f.Enter(o.values())
	if err == nil {
		o.m.close(o)
		return cmd
	}
	o.fault = err.Error()
	var field *screen.FieldError
	if errors.As(err, &field) {
		o.at = min(max(field.Field, 0), len(o.in)-1)
	}
	return cmd
}

// step goes to another field, round at the ends.
func (o *form) step(n int) { o.at = (o.at + n + len(o.in)) % len(o.in) }

func (o *form) key(k tea.KeyPressMsg) tea.Cmd {
	in := &o.in[o.at]
	switch k.Keystroke() {
	case "shift+tab":
		o.step(-1)
	case "pgdown":
		o.at = len(o.in) - 1
	case "pgup":
		o.at = 0
	case "left", "ctrl+b":
		in.Move(-1)
	case "right", "ctrl+f":
		in.Move(1)
	case "home", "ctrl+a":
		in.Move(-len(in.Value))
	case "end", "ctrl+e":
		in.Move(len(in.Value))
	case "backspace", "ctrl+h":
		in.Backspace()
	case "delete", "ctrl+d":
		in.Delete()
	case "ctrl+k":
		in.DeleteToEnd()
	case "ctrl+j", "alt+enter":
		in.Insert(breakSign)
	default:
		return nil
	}
	o.fault = ""
	return nil
}

// How wide a form is, and the names of its fields.
const (
	formWidth = 76
	formLabel = 17
)

func (o *form) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	s := o.m.env.Styles
	bw := min(formWidth, w)
	in := max(bw-4, 1)
	head := 0
	if o.f.Note != "" {
		head = 1
	}
	// Two lines of the frame, one each for the hint and what the keys do, and the footer.
	rows := max(min(len(o.in), h-1-2-2-head), 1)
	o.top = kit.Windowed(len(o.in), rows, o.at, o.top)
	bh := rows + head + 2 + 2
	x, y := (w-bw)/2, max((h-1-bh)/2, 0)
	var body []string
	if head > 0 {
		body = append(body, s.Dim.S(kit.Fit(o.f.Note, in)))
	}
	label := min(formLabel, in/2)
	cursor := 0
	for i := o.top; i < o.top+rows; i++ {
		text, at := o.in[i].View(max(in-label, 1))
		if i != o.at {
			body = append(body, s.Dim.S(kit.Fit(o.f.Fields[i].Name, label))+s.Text.S(kit.Fit(o.in[i].String(), in-label)))
			continue
		}
		cursor = at
		body = append(body, s.Prompt.S(kit.Fit(o.f.Fields[i].Name, label))+s.Status.S(text))
	}
	if o.fault != "" {
		body = append(body, s.Bad.S(kit.Fit("! "+o.fault, in)))
	} else {
		more := ""
		switch {
		case o.top+rows < len(o.in):
			more = "more below ↓"
		case o.top > 0:
			more = "more above ↑"
		}
		body = append(body, s.Hint.S(kit.Between(o.f.Fields[o.at].Hint, more, in)))
	}
	body = append(body, s.Key.S("Enter")+s.Hint.S(" keep   ")+s.Key.S("Tab")+s.Hint.S(" next field   ")+s.Key.S("Esc")+s.Hint.S(kit.Fit(" leave", max(in-5-8-3-14-3, 0))))
	lines = o.m.box(lines, o.f.Title, body, w, h-1, bw, bh)
	return lines, tea.NewCursor(x+2+label+cursor, y+1+head+o.at-o.top)
}
