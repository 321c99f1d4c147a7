package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
)

// help is all keys of the panes below, made from the table of actions.
type help struct {
	m      *Model
	all    []keymap.Section
	in     kit.Input
	typing bool
	top    int
	height int
	lines  int
}

func newHelp(m *Model) *help { return &help{m: m, all: m.opts.Keys.Help(m.scopes())} }

func (o *help) scope() keymap.Scope  { return keymap.ScopeHelp }
func (o *help) takes() bool          { return o.typing }
func (o *help) waits(time.Time) bool { return false }

func (o *help) text(s string) tea.Cmd {
	o.in.Insert(s)
	o.top = 0
	return nil
}

func (o *help) do(a keymap.Action) tea.Cmd {
	page := max(o.height-1, 1)
	switch a {
	case keymap.Cancel, keymap.Back, keymap.Help, keymap.Interrupt:
		if o.typing && a == keymap.Cancel && len(o.in.Value) > 0 {
			o.in.Set("")
			o.typing = false
			return nil
		}
		o.m.close(o)
	case keymap.Search:
		o.typing = true
	case keymap.Submit:
		if o.typing {
			o.typing = false
			return nil
		}
		o.m.close(o)
	case keymap.Down:
		o.scroll(1)
	case keymap.Up:
		o.scroll(-1)
	case keymap.PageDown, keymap.HalfPageDown:
		o.scroll(page)
	case keymap.PageUp, keymap.HalfPageUp:
		o.scroll(-page)
	case keymap.Top:
		o.top = 0
	case keymap.Bottom:
		o.scroll(o.lines)
	}
	return nil
}

func (o *help) scroll(n int) { o.top = max(min(o.top+n, o.lines-o.height), 0) }

// key takes the first letter of a search as well: a letter that means nothing
// here begins one.
func (o *help) key(k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "backspace":
		o.in.Backspace()
	case "left":
		o.in.Move(-1)
	case "right":
		o.in.Move(1)
	default:
		if k.Text != "" && !k.Mod.Contains(tea.ModCtrl) && !k.Mod.Contains(tea.ModAlt) {
			o.typing = true
			return o.text(k.Text)
		}
	}
	return nil
}

// entry is one line of the help: a heading, or keys and words.
type entry struct{ head, keys, words string }

func (o *help) entries() []entry {
	find := strings.ToLower(strings.TrimSpace(o.in.String()))
	var out []entry
	for _, sec := range o.all {
		var rows []entry
		for _, r := range sec.Rows {
			words := r.Words
			if r.Tip != "" {
				words += ". " + strings.TrimSuffix(r.Tip, ".")
			}
			keys := strings.Join(r.Keys, " ")
			if r.Yours {
				words += " (yours)"
			}
			if find != "" && !strings.Contains(strings.ToLower(words+" "+keys+" "+sec.Title+" "+string(r.Action)), find) {
				continue
			}
			rows = append(rows, entry{keys: keys, words: words})
		}
		if len(rows) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, entry{})
		}
		out = append(append(out, entry{head: sec.Title}), rows...)
	}
	return out
}

func (o *help) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	s := o.m.env.Styles
	bw, bh := min(w, 110), h
	if w > 120 {
		bw = min(w-8, 140)
	}
	if h > 30 {
		bh = h - 2
	}
	in := bw - 4
	o.height = max(bh-4, 1)
	all := o.entries()
	o.lines = len(all)
	o.scroll(0)
	const keys = 22
	body := []string{o.headline(in)}
	for i := o.top; i < len(all) && i < o.top+o.height; i++ {
		e := all[i]
		if e.head != "" {
			body = append(body, s.Accent.S(kit.Fit(e.head, in)))
			continue
		}
		body = append(body, s.Strong.S(kit.Fit("  "+e.keys, keys))+s.Text.S(kit.Fit(" "+e.words, in-keys)))
	}
	if len(all) == 0 {
		body = append(body, s.Dim.S(kit.Fit("  Nothing has these letters.", in)))
	}
	out := o.m.box(lines, "Keys", body, w, h, bw, bh)
	if !o.typing {
		return out, nil
	}
	_, at := o.in.View(max(in-2, 1))
	return out, tea.NewCursor((w-bw)/2+4+at, (h-bh)/2+1)
}

func (o *help) headline(w int) string {
	s := o.m.env.Styles
	if o.typing || len(o.in.Value) > 0 {
		text, _ := o.in.View(max(w-2, 1))
		return s.Prompt.S("/ ") + s.Status.S(text)
	}
	return s.Dim.S(kit.Fit("/ or a letter searches, j k scroll, Esc closes", w))
}
