package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// commandKind is the kind of prompt that the command line is: its history goes by it.
const commandKind = "command"

// ownCommands are the commands of the command line that are the root's.
func (m *Model) ownCommands() {
	for _, c := range []screen.Command{
		{
			Name: string(keymap.HandOver), Arg: "the chat, such as Ops",
			Run: func(arg string) (tea.Cmd, error) { return m.hand(arg), nil },
		},
		{
			Name: string(keymap.Search), Arg: "words, or from: in: is: has: before: dur:",
			Run: func(arg string) (tea.Cmd, error) {
				if _, err := store.ParseQuery(arg, m.env.Now(), m.env.Location); err != nil {
					return nil, err
				}
				return m.Show(arg, "Search "+arg), nil
			},
		},
		{
			Name: "item", Words: "Open an item by its id", Arg: "its id, as info and switchboard list show it; the id alone will do",
			Run: m.openNamed,
		},
	} {
		m.cmds.add(c)
	}
	for _, c := range slices.Concat(m.callCommands(), m.sendCommands(), m.macroCommands(), m.viewCommands(), m.setCommands()) {
		m.cmds.add(c)
	}
}

func (m *Model) openNamed(arg string) (tea.Cmd, error) {
	id, err := store.ParseID(arg)
	if err != nil {
		return nil, err
	}
	return m.openItem(id), nil
}

// isID reports whether a word of the command line is the id of an item.
func isID(word string) (store.ID, bool) {
	id, err := store.ParseID(word)
	return id, err == nil && strings.ContainsAny(word, "0123456789")
}

// openItem shows an item by its id.
func (m *Model) openItem(id store.ID) tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		_, err := m.env.Store.Item(ctx, id)
		return numbered{id, err}
	})
}

// numbered is whether there is an item of an id.
type numbered struct {
	id  store.ID
	err error
}

func (n numbered) take(m *Model) tea.Cmd {
	if n.err != nil {
		m.failed(screen.Failed{Op: fmt.Sprintf("open item %s", n.id), Err: n.err})
		return nil
	}
	return m.Show("id:"+n.id.String(), "Item "+n.id.String())
}

// historyKey is what the lines of the command line are remembered under, historyMost
// how many bytes of them.
const (
	historyKey  = "ui.command.history"
	historyMost = 3 << 10
)

// recallHistory fetches the lines of earlier sessions, once.
func (m *Model) recallHistory() tea.Cmd {
	if m.recalled {
		return nil
	}
	m.recalled = true
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		var lines []string
		b, err := m.env.Store.Recall(ctx, historyKey)
		if err != nil || json.Unmarshal(b, &lines) != nil {
			return nil // there are no earlier lines
		}
		return lineHistory(lines)
	})
}

// lineHistory is the lines of earlier sessions.
type lineHistory []string

func (h lineHistory) take(m *Model) tea.Cmd {
	all := slices.Concat([]string(h), m.history[commandKind])
	m.history[commandKind] = all
	if p, ok := m.over().(*prompt); ok && p.p.Kind == commandKind {
		p.in.History = all
	}
	return nil
}

// keepLine remembers a line for later sessions.
func (m *Model) keepLine(line string) tea.Cmd {
	lines := append(slices.Clone(m.history[commandKind]), strings.TrimSpace(line))
	var b []byte
	for {
		var err error
		if b, err = json.Marshal(lines); err != nil {
			return nil
		}
		if len(b) <= historyMost || len(lines) == 0 {
			break
		}
		lines = lines[(len(lines)+9)/10:]
	}
	return m.remember(historyKey, b)
}

// remember keeps a small thing in the store, in the order in which this was called.
func (m *Model) remember(key string, value []byte) tea.Cmd {
	before, done := m.kept, make(chan struct{})
	m.kept = done
	keep := m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		return screen.Fail("remember it", m.env.Store.Remember(ctx, key, value))
	})
	return func() tea.Msg {
		defer close(done)
		if before != nil {
			select {
			case <-before:
			case <-m.env.Ctx.Done():
			}
		}
		return keep()
	}
}

// recents is what was used lately of palette and command line, the latest first.
const (
	recentsKey  = "ui.recent"
	recentsMost = 12
)

// used notes that something of the palette was done.
func (m *Model) used(name string) tea.Cmd {
	m.recents = slices.DeleteFunc(m.recents, func(s string) bool { return s == name })
	m.recents = slices.Insert(m.recents, 0, name)
	m.recents = m.recents[:min(len(m.recents), recentsMost)]
	return m.remember(recentsKey, []byte(strings.Join(m.recents, " ")))
}

// recallRecents fetches what was used in earlier sessions, once.
func (m *Model) recallRecents() tea.Cmd {
	if m.recents != nil {
		return nil
	}
	m.recents = []string{}
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		b, err := m.env.Store.Recall(ctx, recentsKey)
		if err != nil || len(b) == 0 {
			return nil // there is nothing to put first
		}
		return recents(strings.Fields(string(b)))
	})
}

// recents is what was used in earlier sessions.
type recents []string

func (r recents) take(m *Model) tea.Cmd {
	for _, name := range r {
		if !slices.Contains(m.recents, name) && len(m.recents) < recentsMost {
			m.recents = append(m.recents, name)
		}
	}
	if p, ok := m.over().(*palette); ok {
		p.fill()
	}
	return nil
}

// openPalette opens the palette, and fetches what it does not know yet.
func (m *Model) openPalette() tea.Cmd {
	m.open(newPalette(m))
	return join(m.recallRecents(), m.recallMacros(nil))
}
