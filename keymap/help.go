package keymap

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Row is one action with its keys, as help, palette and footer show it.
type Row struct {
	Keys   []string // none: reachable through the palette only
	Action Action
	Scope  Scope
	Group  Group
	Words  string
	Short  string
	Tip    string
	Yours  bool // a key of it comes from the person's own file

	Dangerous bool
	Bulk      bool
}

// Section is a headed part of the help.
type Section struct {
	Title string
	Rows  []Row
}

func (m Map) row(s Scope, a Action) Row {
	in, _ := m.Find(a)
	return rowOf(in, s)
}

func rowOf(in Info, s Scope) Row {
	return Row{
		Action: in.Action, Scope: s, Group: in.Group, Words: in.Words, Short: in.Short, Tip: in.Tip,
		Dangerous: in.Dangerous, Bulk: in.Bulk,
	}
}

// rows is every action possible in a stack of scopes, in the order of All,
// with all its keys there.
func (m Map) rows(scopes []Scope) []Row {
	keys, yours, where := map[Action][]string{}, map[Action]bool{}, map[Action]Scope{}
	for i := len(scopes) - 1; i >= 0; i-- {
		for _, b := range m.bindings {
			if b.scope != scopes[i] {
				continue
			}
			if k := show(b.keys); !slices.Contains(keys[b.action], k) {
				keys[b.action] = append(keys[b.action], k)
			}
			yours[b.action] = yours[b.action] || b.user
			if _, ok := where[b.action]; !ok {
				where[b.action] = b.scope
			}
		}
	}
	var rows []Row
	for _, in := range m.Actions() {
		scope, bound := where[in.Action]
		if !bound {
			for _, s := range scopes {
				if in.allows(s) {
					scope, bound = s, true
				}
			}
		}
		if !bound {
			continue
		}
		r := rowOf(in, scope)
		r.Keys, r.Yours = keys[in.Action], yours[in.Action]
		rows = append(rows, r)
	}
	return rows
}

// Help is the rows of the help screen for a stack of scopes, by group. Only
// what has a key is in it.
func (m Map) Help(scopes []Scope) []Section {
	rows := m.rows(scopes)
	var out []Section
	for _, g := range Groups() {
		sec := Section{Title: string(g)}
		for _, r := range rows {
			if r.Group == g && len(r.Keys) > 0 {
				sec.Rows = append(sec.Rows, r)
			}
		}
		if len(sec.Rows) > 0 {
			out = append(out, sec)
		}
	}
	return out
}

// Palette is every action possible in a stack of scopes, with or without a key,
// by group as in the help.
func (m Map) Palette(scopes []Scope) []Row {
	rows, order := m.rows(scopes), Groups()
	slices.SortStableFunc(rows, func(a, b Row) int {
		return slices.Index(order, a.Group) - slices.Index(order, b.Group)
	})
	return rows
}

// Hint is one entry of the footer.
type Hint struct {
	Key    string
	Short  string
	Action Action
}

// Footer picks what fits into width cells of the wanted actions, in the order
// wanted, one key each: "e done  u undo". An action without a key in the stack
// is left out. Each hint takes the width of its key and word, a space between
// them, and two between hints. Without want it shows what a beginner needs.
func (m Map) Footer(scopes []Scope, width int, want ...Action) []Hint {
	if len(want) == 0 {
		want = []Action{
			Submit, Complete, Open, Play, Done, CallBack, Save, SaveMarked, JobPause, JobCancel, JobRetry, Mark, Search, Undo, Help,
			OpenPalette, Cancel,
		}
	}
	var out []Hint
	used := 0
	for _, a := range want {
		keys := m.KeysIn(scopes, a)
		in, ok := m.Find(a)
		if !ok || len(keys) == 0 {
			continue
		}
		w := utf8.RuneCountInString(keys[0]) + 1 + utf8.RuneCountInString(in.Short)
		if len(out) > 0 {
			w += 2
		}
		if used+w > width {
			continue
		}
		used += w
		out = append(out, Hint{Key: keys[0], Short: in.Short, Action: a})
	}
	return out
}

// Markdown is the table of keys for README: a heading and a table a scope.
func (m Map) Markdown() string {
	titles := []struct {
		scope Scope
		title string
	}{
		{ScopeGlobal, "Everywhere except in a line of text"},
		{ScopeList, "In any list"},
		{ScopeTriage, "With a message, in a list or open"},
		{ScopeMedia, "With what is shown of a file"},
		{ScopeAttach, "In the attachment pane"},
		{ScopeResults, "In search results"},
		{ScopeJobs, "In the jobs list"},
		{ScopeHelp, "In the help"},
		{ScopeSearchBox, "In the search box"},
		{ScopePalette, "In the palette"},
		{ScopePrompt, "In other lines of text"},
	}
	var b strings.Builder
	for _, t := range titles {
		var lines []string
		for _, in := range m.Actions() {
			if keys := m.Keys(t.scope, in.Action); len(keys) > 0 {
				lines = append(lines, "| "+codes(keys)+" | "+cell(in.Words)+" | `"+string(in.Action)+"` |\n")
			}
		}
		if len(lines) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString("**" + t.title + "** (`keys." + string(t.scope) + "`)\n\n| Keys | Action | Name |\n|---|---|---|\n")
		b.WriteString(strings.Join(lines, ""))
	}
	return b.String()
}

// codes sets keys in code spans; a backtick or a bar in one needs care.
func codes(keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		if strings.Contains(k, "`") {
			out[i] = "`` " + cell(k) + " ``"
		} else {
			out[i] = "`" + cell(k) + "`"
		}
	}
	return strings.Join(out, " ")
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
