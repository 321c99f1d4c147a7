package inbox

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// labelling is what the list of labels shows: those in use and those just made, and for
// each whether it is to be set, taken off, or left as it is on each.
type labelling struct {
	ids   []store.ID
	all   []store.LabelUse
	has   map[string]int // how many of ids have it
	wants map[string]bool
}

// labels asks which labels to set and to take off.
func (m *Model) labels() tea.Cmd {
	ids, rows, ok := m.some()
	if !ok {
		return nil
	}
	what := m.named(ids, rows)
	read := func(ctx context.Context) (*labelling, error) {
		l := &labelling{ids: ids, has: map[string]int{}, wants: map[string]bool{}}
		var err error
		if l.all, err = m.env.Store.LabelsInUse(ctx); err != nil {
			return nil, err
		}
		own, err := m.env.Store.LabelsOf(ctx, ids)
		for _, u := range own {
			l.has[u.Label] = u.Items
		}
		return l, err
	}
	return ask(m, "read the labels", read, func(l *labelling) tea.Cmd {
		m.env.Pick(screen.Picker{
			Title: "Labels of " + what, Hint: "Space sets or takes off, one after the other · Enter does it", None: "There are no labels yet: type one.",
			Options: l.options,
			Toggle:  l.toggle,
			Enter: func(o *screen.Option, text string) (tea.Cmd, error) {
				if o != nil && (strings.TrimSpace(text) != "" || len(l.wants) == 0) {
					l.toggle(*o)
				}
				change := l.change()
				if change == "" {
					m.env.Host.Say("The labels stay as they are")
					return nil, nil
				}
				return m.change(store.Change{Verb: store.VerbLabels, Items: ids, Text: change}), nil
			},
		})
		return nil
	})
}

// options are the labels that begin as typed, then those that have it inside; last, one
// that is new.
func (l *labelling) options(text string) []screen.Option {
	typed := store.Label(text)
	var first, second []screen.Option
	exact := false
	for _, u := range l.all {
		o := screen.Option{Label: u.Label, Sign: l.sign(u.Label), Value: u.Label}
		if u.Items > 0 {
			o.Detail = kit.Plural(u.Items, "message")
		}
		switch {
		case strings.HasPrefix(u.Label, typed):
			exact = exact || u.Label == typed
			first = append(first, o)
		case strings.Contains(u.Label, typed):
			second = append(second, o)
		}
	}
	out := append(first, second...)
	if typed != "" && !exact {
		out = append(out, screen.Option{Label: typed, Sign: "[ ]", Detail: "new", Value: typed})
	}
	return out
}

// sign is how a label will be once it is done.
func (l *labelling) sign(label string) string {
	want, said := l.wants[label]
	switch n := l.has[label]; {
	case said && want, !said && n == len(l.ids):
		return "[x]"
	case !said && n > 0:
		return "[-]"
	}
	return "[ ]"
}

// toggle sets a label that not all have, and takes it off if all do.
func (l *labelling) toggle(o screen.Option) {
	label := o.Value.(string)
	known := false
	for _, u := range l.all {
		known = known || u.Label == label
	}
	if !known {
		l.all = append([]store.LabelUse{{Label: label}}, l.all...)
	}
	l.wants[label] = l.sign(label) != "[x]"
	if l.wants[label] == (l.has[label] == len(l.ids)) && (l.has[label] == 0 || l.has[label] == len(l.ids)) {
		delete(l.wants, label) // as it was
	}
}

// change is what is to be done, as store.VerbLabels wants it.
func (l *labelling) change() string {
	var words []string
	for label, want := range l.wants {
		switch n := l.has[label]; {
		case want && n < len(l.ids):
			words = append(words, label)
		case !want && n > 0:
			words = append(words, "-"+label)
		}
	}
	return strings.Join(words, " ")
}
