package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Saved views are those of the config file, with what was saved, renamed or removed here
// laid over them. That is kept in the store, a digit at a time: the person's file with
// its comments is never written to.

// keptView is what was made of the view of a digit here.
type keptView struct {
	Name  string `json:"name,omitempty"`
	Query string `json:"query,omitempty"`
	Gone  bool   `json:"gone,omitempty"`
}

// Bounds of what is kept.
const (
	mostViewName  = 60
	mostViewQuery = 500
)

func viewKey(digit string) string { return "ui.view." + digit }

// viewActions are the actions of the digits.
func viewActions() []keymap.Action {
	return []keymap.Action{
		keymap.View1, keymap.View2, keymap.View3, keymap.View4, keymap.View5, keymap.View6, keymap.View7, keymap.View8, keymap.View9,
	}
}

// recallViews reads what was made of the views here.
func (m *Model) recallViews() tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		all := viewsKept{}
		for i := range viewActions() {
			digit := fmt.Sprint(i + 1)
			b, err := m.env.Store.Recall(ctx, viewKey(digit))
			if err != nil {
				return screen.Fail("read the saved views", err)
			}
			var v keptView
			if len(b) > 0 && json.Unmarshal(b, &v) == nil {
				all[digit] = v
			}
		}
		return all
	})
}

// viewsKept is what was made of the views here, by digit.
type viewsKept map[string]keptView

func (k viewsKept) take(m *Model) tea.Cmd {
	m.viewsKept = k
	m.showViews()
	return nil
}

// showViews lays what was made here over the views of the config.
func (m *Model) showViews() {
	var views []View
	words := map[keymap.Action]string{}
	for i, a := range viewActions() {
		digit := fmt.Sprint(i + 1)
		words[a] = ""
		v, ok := m.view(digit)
		if ok {
			views = append(views, v)
			words[a] = "Saved view " + digit + ": " + v.Name
		}
	}
	m.env.Views = views
	m.opts.Keys = m.opts.Keys.Named(words)
	m.env.Keys = m.opts.Keys
	m.hinted = nil
	m.clean = false
	switch o := m.over().(type) {
	case *palette:
		o.fill()
	case *help:
		o.all = newHelp(m).all
	}
}

// view is the view of a digit.
func (m *Model) view(digit string) (View, bool) {
	if k, ok := m.viewsKept[digit]; ok {
		v := View{Key: digit, Name: k.Name, Query: k.Query}
		for _, own := range m.opts.Views { // renamed, it is as patient as before
			if own.Key == digit && own.Query == k.Query {
				v.Patience = own.Patience
			}
		}
		return v, !k.Gone
	}
	i := slices.IndexFunc(m.opts.Views, func(v View) bool { return v.Key == digit })
	if i < 0 {
		return View{}, false
	}
	return m.opts.Views[i], true
}

// saveView asks for the digit and the name under which the search that is shown is saved.
func (m *Model) saveView() tea.Cmd {
	query, ok := m.list.Asked()
	if !ok || m.full() != nil {
		m.refuse("Only what a search found can be saved as a view; " + m.hint(keymap.Search, "searches"))
		return nil
	}
	digit := "1"
	for i := range viewActions() {
		if _, taken := m.view(fmt.Sprint(i + 1)); !taken {
			digit = fmt.Sprint(i + 1)
			break
		}
		digit = "9"
	}
	m.Prompt(screen.Prompt{
		Title: "Save this search as view", Kind: "view", Value: digit + " " + kit.Cut(query, mostViewName), Hint: m.viewHint(digit),
		Change: func(text string) (string, tea.Cmd) {
			d, _, err := cutView(text)
			if err != nil {
				return err.Error(), nil
			}
			return m.viewHint(d), nil
		},
		Enter: func(text string) (tea.Cmd, error) {
			d, name, err := cutView(text)
			if err != nil {
				return nil, err
			}
			return m.setView(d, keptView{Name: name, Query: query}, "Saved as view "+d+": "+name)
		},
	})
	return nil
}

// viewHint says what becomes of the view of a digit.
func (m *Model) viewHint(digit string) string {
	if v, ok := m.view(digit); ok {
		return digit + " is " + v.Name + ", which it replaces"
	}
	return "a digit and a name; " + digit + " is free"
}

// cutView reads a digit and a name.
func cutView(text string) (digit, name string, err error) {
	text = strings.TrimSpace(text)
	if text == "" || text[0] < '1' || text[0] > '9' || len(text) > 1 && text[1] != ' ' {
		return "", "", errors.New("begin with a digit from 1 to 9, then a name: 6 Refunds")
	}
	name = store.CleanLine(strings.TrimSpace(text[1:]))
	switch n := len([]rune(name)); {
	case n == 0:
		return text[:1], "", errors.New("a name is missing: " + text[:1] + " Refunds")
	case n > mostViewName:
		return text[:1], "", fmt.Errorf("a name has at most %d letters, this one has %d", mostViewName, n)
	}
	return text[:1], name, nil
}

// setView makes a change of the view of a digit, which can be taken back.
func (m *Model) setView(digit string, to keptView, words string) (tea.Cmd, error) {
	if len(to.Query) > mostViewQuery {
		return nil, fmt.Errorf("the search has %d letters; a view keeps at most %d", len(to.Query), mostViewQuery)
	}
	was, had := m.viewsKept[digit]
	c := change{
		words: words,
		do:    func() tea.Cmd { return m.keepView(digit, to, true) },
		undo:  func() tea.Cmd { return m.keepView(digit, was, had) },
	}
	m.ownChange(c)
	m.Tell(screen.Banner{Text: words, Undo: true})
	return join(c.do(), m.expire()), nil
}

// keepView keeps what was made of a view; without any, that of the config holds again.
func (m *Model) keepView(digit string, v keptView, any bool) tea.Cmd {
	next := viewsKept{}
	for d, k := range m.viewsKept {
		next[d] = k
	}
	var b []byte
	if delete(next, digit); any {
		next[digit] = v
		b, _ = json.Marshal(v) // of two texts: it cannot fail
	}
	m.viewsKept = next
	m.showViews()
	return m.remember(viewKey(digit), b)
}

// viewOffers are the saved views as lines of the palette.
func (m *Model) viewOffers() (out []offer) {
	for i, a := range viewActions() {
		digit := fmt.Sprint(i + 1)
		if v, ok := m.view(digit); ok {
			keys := strings.Join(m.opts.Keys.Keys(keymap.ScopeGlobal, a), " ")
			out = append(out, offer{
				name: string(a), words: kit.Fit(v.Name, 32) + " " + v.Query, keys: keys, recent: -1,
				run: func() tea.Cmd { return m.do(a) },
			})
		}
	}
	return out
}

// viewCommands are the commands of the command line about saved views.
func (m *Model) viewCommands() []screen.Command {
	digits := func(string) (out []string) {
		for i := range viewActions() {
			if v, ok := m.view(fmt.Sprint(i + 1)); ok {
				out = append(out, v.Key)
			}
		}
		return out
	}
	return []screen.Command{
		{
			Name: "views", Words: "Show the saved views", Alone: true,
			Run: func(string) (tea.Cmd, error) {
				m.open(newChooser(m, "Saved views: Enter shows one", m.viewOffers))
				return nil, nil
			},
		},
		{
			Name: "view", Words: "Show a saved view", Arg: "its digit or its name", Complete: m.viewNames,
			Run: m.lineView,
		},
		{
			Name: string(keymap.SaveView), Arg: "a digit and a name: 6 Refunds",
			Run: func(arg string) (tea.Cmd, error) {
				query, ok := m.list.Asked()
				d, name, err := cutView(arg)
				switch {
				case err != nil:
					return nil, err
				case !ok || m.full() != nil:
					return nil, errors.New("only what a search found can be saved as a view")
				}
				return m.setView(d, keptView{Name: name, Query: query}, "Saved as view "+d+": "+name)
			},
		},
		{
			Name: "rename-view", Words: "Give a saved view another name", Arg: "its digit and the name: 6 Refunds", Complete: digits,
			Run: func(arg string) (tea.Cmd, error) {
				d, name, err := cutView(arg)
				if err != nil {
					return nil, err
				}
				v, ok := m.view(d)
				if !ok {
					return nil, fmt.Errorf("there is no saved view %s", d)
				}
				return m.setView(d, keptView{Name: name, Query: v.Query}, "View "+d+" renamed: "+name)
			},
		},
		{
			Name: "remove-view", Words: "Remove a saved view", Arg: "its digit", Complete: digits,
			Run: func(arg string) (tea.Cmd, error) {
				v, ok := m.view(arg)
				if !ok {
					return nil, fmt.Errorf("there is no saved view %s", kit.Cut(arg, 20))
				}
				return m.setView(arg, keptView{Gone: true}, "View "+arg+" removed: "+v.Name)
			},
		},
	}
}

func (m *Model) viewNames(string) (out []string) {
	for i := range viewActions() {
		if v, ok := m.view(fmt.Sprint(i + 1)); ok {
			out = append(out, v.Key, v.Name)
		}
	}
	return out
}

// lineView shows a view by its digit or its name, or the only one that begins so.
func (m *Model) lineView(arg string) (tea.Cmd, error) {
	var names, begin []string
	at := map[string]keymap.Action{}
	for i, a := range viewActions() {
		v, ok := m.view(fmt.Sprint(i + 1))
		if !ok {
			continue
		}
		if arg == v.Key || strings.EqualFold(arg, v.Name) {
			return m.do(a), nil
		}
		names = append(names, v.Name)
		if at[v.Name] = a; strings.HasPrefix(strings.ToLower(v.Name), strings.ToLower(arg)) {
			begin = append(begin, v.Name)
		}
	}
	if len(begin) == 1 {
		return m.do(at[begin[0]]), nil
	}
	if n := keymap.Nearest(arg, names); n != "" {
		return nil, fmt.Errorf("there is no saved view %s; did you mean %s?", arg, n)
	}
	return nil, fmt.Errorf("there is no saved view %s; views shows all", arg)
}
