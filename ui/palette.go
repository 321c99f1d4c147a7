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

// palette is everything the program can do by its name, with its key and, where it
// cannot be done now, why: what was used lately first, then what is possible here, then
// the rest.
type palette struct {
	m    *Model
	all  []offer
	hits []int // of all, best first
	in   kit.Input
	at   int
	top  int

	title string
	list  func() []offer
}

// offer is one line of the palette.
type offer struct {
	name   string // as in the command line
	words  string
	keys   string
	away   string         // where it can be done, if not here
	cannot func() string  // why not now; nil: it always can
	run    func() tea.Cmd // what Enter does
	recent int            // place among what was used lately, from 0; -1: it was not
}

func newPalette(m *Model) *palette {
	return newChooser(m, "Everything this program can do", m.offers)
}

// newChooser is a palette of something else.
func newChooser(m *Model, title string, list func() []offer) *palette {
	o := &palette{m: m, title: title, list: list}
	o.fill()
	return o
}

// fill makes the lines anew, and stays on the one it is on.
func (o *palette) fill() {
	on := ""
	if o.at < len(o.hits) {
		on = o.all[o.hits[o.at]].name
	}
	moved := o.at > 0
	o.all = o.list()
	o.match()
	for i, n := range o.hits {
		if moved && o.all[n].name == on {
			o.at = i
		}
	}
}

// offers is everything, in the order in which it is shown while nothing is typed.
func (m *Model) offers() []offer {
	here := map[keymap.Action]keymap.Row{}
	order := map[keymap.Action]int{}
	for i, r := range m.opts.Keys.Palette(m.scopes()) {
		here[r.Action], order[r.Action] = r, i
	}
	var all []offer
	place := map[string]int{}
	for _, c := range m.words() {
		in, _ := m.opts.Keys.Find(c.action)
		line := offer{name: c.name, words: c.words, recent: slices.Index(m.recents, c.name)}
		line.cannot = func() string { return m.cannot(c) }
		line.run = func() tea.Cmd { return m.pick(c) }
		row, possible := here[c.action]
		switch {
		case possible:
			line.keys = strings.Join(row.Keys, " ")
			place[c.name] = order[c.action]
		case c.action != "":
			line.away = where(in.Scopes)
			line.keys = strings.Join(m.keysElsewhere(in), " ")
			place[c.name] = 2000
		default:
			place[c.name] = 1000
		}
		all = append(all, line)
	}
	for i, c := range m.macroOffers() {
		c.recent = slices.Index(m.recents, c.name)
		place[c.name] = 500 + i
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b offer) int {
		switch {
		case a.recent >= 0 && b.recent >= 0:
			return a.recent - b.recent
		case a.recent >= 0:
			return -1
		case b.recent >= 0:
			return 1
		}
		return place[a.name] - place[b.name]
	})
	return all
}

// pick does what was picked. What cannot do without something behind its name is given a
// line to type it into.
func (m *Model) pick(c command) tea.Cmd {
	if c.action == "" && c.cmd.Arg != "" && !c.cmd.Alone {
		return m.commandLine(c.name + " ")
	}
	cmd, err := m.runCommand(c, "")
	if err != nil {
		m.Say(err.Error())
	}
	return cmd
}

// keysElsewhere is the keys of an action in the first of its scopes that has any.
func (m *Model) keysElsewhere(in keymap.Info) []string {
	for _, s := range in.Scopes {
		if keys := m.opts.Keys.Keys(s, in.Action); len(keys) > 0 {
			return keys
		}
	}
	return nil
}

// where says in which place the keys of scopes are.
func where(scopes []keymap.Scope) string {
	if len(scopes) == 0 {
		return ""
	}
	switch scopes[0] {
	case keymap.ScopeTriage:
		return "on a message"
	case keymap.ScopeMedia:
		return "where a file is shown"
	case keymap.ScopeAttach:
		return "in the attachment pane"
	case keymap.ScopeResults:
		return "in what a search found"
	case keymap.ScopeJobs:
		return "in the downloads and sends"
	case keymap.ScopeCalls:
		return "in the call log"
	case keymap.ScopeContacts:
		return "in the contacts"
	case keymap.ScopePresence:
		return "on who is there"
	case keymap.ScopeGroups:
		return "in the chats"
	case keymap.ScopeDrafts:
		return "in the drafts"
	case keymap.ScopeMailboxes:
		return "in the mailboxes"
	case keymap.ScopeComposer, keymap.ScopePrompt, keymap.ScopeSearchBox, keymap.ScopePalette:
		return "while something is typed"
	}
	return "in a list"
}

func (o *palette) scope() keymap.Scope  { return keymap.ScopePalette }
func (o *palette) takes() bool          { return true }
func (o *palette) waits(time.Time) bool { return false }

func (o *palette) hints() []keymap.Action {
	return []keymap.Action{keymap.Submit, keymap.Complete, keymap.ClearLine, keymap.Cancel}
}

// Len and String make the lines a source for the fuzzy matcher.
func (o *palette) Len() int            { return len(o.all) }
func (o *palette) String(i int) string { return o.all[i].words + " " + o.all[i].name }

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

// plain is the lines that have the letters in a row: the one of that name first, then
// where they begin the words, begin one of them, or stand anywhere; what is possible
// here before what is not.
func (o *palette) plain(find string) []int {
	var ranks [5][]int
	for i, r := range o.all {
		words := strings.ToLower(r.words)
		rank := -1
		switch at := strings.Index(" "+words, " "+find); {
		case r.name == find:
			rank = 0
		case at == 0:
			rank = 1
		case at > 0:
			rank = 2
		case strings.Contains(words+" "+r.name, find):
			rank = 3
		}
		if rank < 0 {
			continue
		}
		if r.away != "" && rank > 0 {
			rank = 4
		}
		ranks[rank] = append(ranks[rank], i)
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
			o.m.Say("Nothing has these letters")
			return nil
		}
		c := o.all[o.hits[o.at]]
		o.m.close(o)
		if c.away != "" {
			o.m.Say(c.words + ": only " + c.away)
			return nil
		}
		return join(o.m.used(c.name), c.run())
	case keymap.Cancel, keymap.Interrupt:
		o.m.close(o)
	case keymap.Down:
		o.at = min(o.at+1, max(len(o.hits)-1, 0))
	case keymap.Up:
		o.at = max(o.at-1, 0)
	case keymap.Complete:
		if o.at < len(o.hits) {
			o.in.Set(o.all[o.hits[o.at]].words)
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
		body = append(body, o.line(o.all[o.hits[i]], i == o.at, in))
	}
	if len(o.hits) == 0 {
		body = append(body, s.Dim.S(kit.Fit(" Nothing has these letters.", in)))
	}
	x, y := (w-bw)/2, (h-1-bh)/2
	return o.m.box(lines, o.title, body, w, h-1, bw, bh), tea.NewCursor(x+4+at, y+1)
}

// line is one line of the palette, w cells wide.
func (o *palette) line(c offer, cursor bool, w int) string {
	s := o.m.env.Styles
	words, set := c.words, s.Text
	why := ""
	if c.away != "" {
		why = "only " + c.away
	} else if c.cannot != nil {
		why = c.cannot()
	}
	kw := min(kit.Width(c.keys), w/3)
	if why != "" { // it goes before the end of the words
		room := max(w-kw-3-2-kit.Width(why), (w-kw)/2)
		words, set = kit.Cut(words, room)+": "+why, s.Dim
	}
	sign := " "
	if c.recent >= 0 {
		sign = "·" // used lately
	}
	line := kit.Fit(sign+words, max(w-kw-2, 0))
	return set.On(cursor, true).S(line) + s.Accent.On(cursor, true).S(" "+kit.Fit(c.keys, kw)+" ")
}
