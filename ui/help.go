package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// help is all keys of the panes below, made from the table of actions.
type help struct {
	m      *Model
	all    []keymap.Section
	in     kit.Input
	typing bool
	top    int
	shown  int // lines seen at once, of both columns
	lines  int
}

func newHelp(m *Model) *help {
	o := &help{m: m, all: m.opts.Keys.Help(m.scopes())}
	legend := screen.Legend()
	if f := m.full(); f != nil {
		legend = nil
		if own, ok := f.(interface{ Legend() [][2]string }); ok {
			legend = own.Legend()
		}
	}
	if legend != nil {
		signs := keymap.Section{Title: "Signs in the list"}
		for _, s := range legend {
			signs.Rows = append(signs.Rows, keymap.Row{Keys: []string{s[0]}, Words: s[1]})
		}
		o.all = append(o.all, signs)
	}
	return o
}

func (o *help) scope() keymap.Scope  { return keymap.ScopeHelp }
func (o *help) takes() bool          { return o.typing }
func (o *help) waits(time.Time) bool { return false }

func (o *help) hints() []keymap.Action {
	return []keymap.Action{keymap.Search, keymap.PageDown, keymap.PageUp, keymap.Cancel}
}

func (o *help) text(s string) tea.Cmd {
	o.in.Insert(s)
	o.top = 0
	return nil
}

func (o *help) do(a keymap.Action) tea.Cmd {
	page := max(o.shown-1, 1)
	switch a {
	case keymap.Cancel, keymap.Back, keymap.Help, keymap.Interrupt:
		if a == keymap.Cancel && len(o.in.Value) > 0 {
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

func (o *help) scroll(n int) { o.top = max(min(o.top+n, o.lines-o.shown), 0) }

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

// entry is one line of the help: a heading, keys and words, or more words.
type entry struct {
	head, keys, words string
	tip               bool
}

// entries is the lines for columns of w cells, of those rows that have what was
// searched for.
func (o *help) entries(find string, w int) []entry {
	find = strings.ToLower(strings.TrimSpace(find))
	room := max(w-o.keyWidth()-1, 10)
	var out []entry
	for _, sec := range o.all {
		var rows []entry
		for _, r := range sec.Rows {
			keys := strings.Join(r.Keys, " ")
			words := r.Words
			if r.Yours {
				words += " (yours)"
			}
			if find != "" && !strings.Contains(strings.ToLower(words+" "+r.Tip+" "+keys+" "+sec.Title+" "+string(r.Action)), find) {
				continue
			}
			for _, line := range kit.Wrap(words, room) {
				rows = append(rows, entry{keys: keys, words: line})
				keys = ""
			}
			if r.Tip == "" {
				continue
			}
			for _, line := range kit.Wrap(strings.TrimSuffix(r.Tip, "."), room) {
				rows = append(rows, entry{words: line, tip: true})
			}
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

// keyWidth is the width of the column of keys.
func (o *help) keyWidth() int {
	w := 0
	for _, sec := range o.all {
		for _, r := range sec.Rows {
			w = max(w, kit.Width(strings.Join(r.Keys, " ")))
		}
	}
	return min(w, 16) + 2
}

// The widths of a column of the help, and from where there are two of them.
const (
	helpColumn = 60
	helpTwo    = 110
	helpGap    = 3
)

func (o *help) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	s := o.m.env.Styles
	columns := 1
	if w >= helpTwo {
		columns = 2
	}
	room := min((w-4-helpGap*(columns-1))/columns, helpColumn)
	if columns == 1 {
		room = min(w-4, helpColumn+16)
	}
	// The box has the size of the whole help and keeps it while one searches.
	whole := o.entries("", room)
	col := 0
	for _, e := range whole {
		col = max(col, o.keyWidth()+1+kit.Width(e.words))
	}
	at := split(whole, columns, h-5)
	high := min(max(at, len(whole)-at), h-5)
	in := col*columns + helpGap*(columns-1)
	all := whole
	if len(o.in.Value) > 0 {
		all = o.entries(o.in.String(), room)
	}
	o.lines, o.shown = len(all), high*columns
	o.scroll(0)
	body := []string{o.headline(in), kit.Space(in)}
	if at = high; o.lines <= o.shown {
		at = split(all, columns, high)
	}
	for i := range high {
		row := ""
		for c := range columns {
			if c > 0 {
				row += kit.Space(helpGap)
			}
			n := o.top + c*at + i
			if n >= len(all) || c == 0 && i >= at {
				row += kit.Space(col)
				continue
			}
			row += o.entry(all[n], col)
		}
		body = append(body, row)
	}
	if len(all) == 0 {
		body[2] = s.Dim.S(kit.Fit("Nothing has these letters.", in))
	}
	bw, bh := in+4, high+4
	out := o.m.box(lines, "Keys", body, w, h-1, bw, bh)
	if !o.typing {
		return out, nil
	}
	_, cur := o.in.View(max(in-2, 1))
	return out, tea.NewCursor((w-bw)/2+4+cur, (h-1-bh)/2+1)
}

// split is how many lines go into the first column: half of them, but a section
// is not broken where h lines are enough to keep it whole.
func split(all []entry, columns, h int) int {
	if columns == 1 {
		return len(all)
	}
	half := (len(all) + 1) / 2
	for d := range half {
		for _, at := range []int{half - d, half + d} {
			if at > 0 && at < len(all) && all[at-1] == (entry{}) && max(at, len(all)-at) <= h {
				return at
			}
		}
	}
	return half
}

func (o *help) entry(e entry, w int) string {
	s := o.m.env.Styles
	if e.head != "" {
		return s.Accent.S(kit.Fit(e.head, w))
	}
	set := s.Text
	if e.tip {
		set = s.Dim
	}
	kw := o.keyWidth()
	return s.Strong.S(kit.Fit("  "+e.keys, kw)) + set.S(kit.Fit(" "+e.words, w-kw))
}

func (o *help) headline(w int) string {
	s := o.m.env.Styles
	if o.typing || len(o.in.Value) > 0 {
		text, _ := o.in.View(max(w-2, 1))
		return s.Prompt.S("/ ") + s.Status.S(text)
	}
	more := ""
	switch {
	case o.top+o.shown < o.lines:
		more = "more below ↓"
	case o.top > 0:
		more = "more above ↑"
	}
	return s.Dim.S(kit.Between("Type to search; Esc closes", more, w))
}
