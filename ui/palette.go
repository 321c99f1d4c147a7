package ui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"switchboard/keymap"
	"switchboard/ui/kit"
)

// palette is every action by its name, with its key and, where it cannot be
// done now, why.
type palette struct {
	m    *Model
	all  []keymap.Row
	hits []int // of all, best first
	in   kit.Input
	at   int
	top  int
}

func newPalette(m *Model) *palette {
	o := &palette{m: m, all: m.opts.Keys.Palette(m.scopes())}
	o.match()
	return o
}

func (o *palette) scope() keymap.Scope  { return keymap.ScopePalette }
func (o *palette) takes() bool          { return true }
func (o *palette) waits(time.Time) bool { return false }

func (o *palette) hints() []keymap.Action {
	return []keymap.Action{keymap.Submit, keymap.Complete, keymap.ClearLine, keymap.Cancel}
}

// Len and String make the actions a source for the fuzzy matcher.
func (o *palette) Len() int            { return len(o.all) }
func (o *palette) String(i int) string { return o.all[i].Words + " " + string(o.all[i].Action) }

func (o *palette) match() {
	o.hits, o.at, o.top = o.hits[:0], 0, 0
	find := strings.TrimSpace(o.in.String())
	if find == "" {
		for i := range o.all {
			o.hits = append(o.hits, i)
		}
		return
	}
	if o.hits = o.plain(strings.ToLower(find)); len(o.hits) > 0 {
		return
	}
	for _, h := range fuzzy.FindFrom(find, o) {
		o.hits = append(o.hits, h.Index)
	}
}

// plain is the actions that have the letters in a row: the one of that name
// first, then where they begin the words, begin one of them, or stand anywhere.
func (o *palette) plain(find string) []int {
	var ranks [4][]int
	for i, r := range o.all {
		words := strings.ToLower(r.Words)
		switch at := strings.Index(" "+words, " "+find); {
		case string(r.Action) == find:
			ranks[0] = append(ranks[0], i)
		case at == 0:
			ranks[1] = append(ranks[1], i)
		case at > 0:
			ranks[2] = append(ranks[2], i)
		case strings.Contains(words+" "+string(r.Action), find):
			ranks[3] = append(ranks[3], i)
		}
	}
	return slices.Concat(ranks[:]...)
}

func (o *palette) text(s string) tea.Cmd {
	o.in.Insert(s)
	o.match()
	return nil
}

func (o *palette) do(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Submit:
		if o.at >= len(o.hits) {
			o.m.Say("No action has these letters")
			return nil
		}
		run := o.all[o.hits[o.at]].Action
		o.m.close(o)
		return o.m.do(run)
	case keymap.Cancel, keymap.Interrupt:
		o.m.close(o)
	case keymap.Down:
		o.at = min(o.at+1, max(len(o.hits)-1, 0))
	case keymap.Up:
		o.at = max(o.at-1, 0)
	case keymap.Complete:
		if o.at < len(o.hits) {
			o.in.Set(o.all[o.hits[o.at]].Words)
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

func (o *palette) key(k tea.KeyPressMsg) tea.Cmd {
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
		o.at = min(o.at+10, max(len(o.hits)-1, 0))
	case "pgup":
		o.at = max(o.at-10, 0)
	}
	return nil
}

func (o *palette) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	s := o.m.env.Styles
	bw, bh := min(w, 76), min(h-1, max(h*2/3, 15))
	in := bw - 4
	text, at := o.in.View(max(in-2, 1))
	body := []string{s.Prompt.S("› ") + s.Status.S(text), s.Border.S(kit.Rule("", in))}
	rows := max(bh-4, 1)
	o.top = kit.Windowed(len(o.hits), rows, o.at, o.top)
	for i := o.top; i < len(o.hits) && i < o.top+rows; i++ {
		r := o.all[o.hits[i]]
		cursor := i == o.at
		keys := strings.Join(r.Keys, " ")
		words, set := r.Words, s.Text
		if why := o.m.disabled(r.Action); why != "" {
			words, set = words+": "+why, s.Dim
		}
		kw := min(kit.Width(keys), in/3)
		line := kit.Fit(" "+words, max(in-kw-2, 0))
		body = append(body, set.On(cursor, true).S(line)+s.Accent.On(cursor, true).S(" "+kit.Fit(keys, kw)+" "))
	}
	if len(o.hits) == 0 {
		body = append(body, s.Dim.S(kit.Fit(" No action has these letters.", in)))
	}
	x, y := (w-bw)/2, (h-1-bh)/2
	return o.m.box(lines, "Everything this program can do", body, w, h-1, bw, bh), tea.NewCursor(x+4+at, y+1)
}
