package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// keyed is a key press of a macro, or text that was pasted.
type keyed struct {
	Text  string `json:"t,omitempty"` // what the key types
	Code  rune   `json:"c,omitempty"` // the key, where it types nothing
	Mod   int    `json:"m,omitempty"`
	Paste string `json:"p,omitempty"`
}

// keyedOf is a key press as it is recorded.
func keyedOf(k tea.KeyPressMsg) keyed {
	if k.Text != "" && !k.Mod.Contains(tea.ModCtrl) && !k.Mod.Contains(tea.ModAlt) {
		return keyed{Text: k.Text}
	}
	return keyed{Code: k.Code, Mod: int(k.Mod)}
}

// key is the press again.
func (s keyed) key() tea.KeyPressMsg {
	if s.Text == "" {
		return tea.KeyPressMsg{Code: s.Code, Mod: tea.KeyMod(s.Mod)}
	}
	k := tea.KeyPressMsg{Text: s.Text, Code: tea.KeyExtended}
	if r := []rune(s.Text); len(r) == 1 {
		k.Code = r[0]
	}
	return k
}

// String is the key as the help spells it.
func (s keyed) String() string {
	if s.Paste != "" {
		return fmt.Sprintf("%q", kit.Cut(s.Paste, 20))
	}
	k := s.key()
	return keymap.Spell(keymap.Key{Text: k.Text, Stroke: k.Keystroke()})
}

func shownKeys(keys []keyed) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = k.String()
	}
	return strings.Join(out, " ")
}

// pack puts letters that follow each other together: a value of the store is small.
func pack(keys []keyed) []keyed {
	var out []keyed
	for _, k := range keys {
		if n := len(out); k.Text != "" && n > 0 && out[n-1].Text != "" && len([]rune(k.Text)) == 1 {
			out[n-1].Text += k.Text
			continue
		}
		out = append(out, k)
	}
	return out
}

// unpack takes letters apart again.
func unpack(keys []keyed) []keyed {
	var out []keyed
	for _, k := range keys {
		if k.Text == "" {
			out = append(out, k)
			continue
		}
		for _, r := range k.Text {
			out = append(out, keyed{Text: string(r)})
		}
	}
	return out
}

// macroNames are the letters a macro can have.
const macroNames = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

func macroKey(name string) string { return "ui.macro." + name }

// keepMacro remembers the keys of a macro; none forget it.
func (m *Model) keepMacro(name string, keys []keyed) tea.Cmd {
	if m.macros.known == nil {
		m.macros.known = map[string][]keyed{}
	}
	if m.macros.known[name] = keys; len(keys) == 0 {
		delete(m.macros.known, name)
		return m.remember(macroKey(name), nil)
	}
	b, err := json.Marshal(pack(keys))
	if err != nil {
		m.failed(screen.Failed{Op: "keep the macro " + name, Err: err})
		return nil
	}
	return m.remember(macroKey(name), b)
}

// readMacro reads the keys of a macro; nil if there are none.
func (m *Model) readMacro(ctx context.Context, name string) ([]keyed, error) {
	b, err := m.env.Store.Recall(ctx, macroKey(name))
	if err != nil || len(b) == 0 {
		return nil, err
	}
	var keys []keyed
	if err := json.Unmarshal(b, &keys); err != nil {
		return nil, errors.New("what is kept of it cannot be read")
	}
	return unpack(keys), nil
}

// fetchMacro reads the keys of a macro that is to run, as they are kept now: another
// window may have recorded it anew. It comes after whatever is being kept here.
func (m *Model) fetchMacro(name string, times int) tea.Cmd {
	before := m.kept
	read := m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		keys, err := m.readMacro(ctx, name)
		return fetched{name, times, keys, err}
	})
	return func() tea.Msg {
		if before != nil {
			select {
			case <-before:
			case <-m.env.Ctx.Done():
			}
		}
		return read()
	}
}

// macrosKnown is all macros there are.
type macrosKnown struct {
	all  map[string][]keyed
	then func() tea.Cmd
}

func (k macrosKnown) take(m *Model) tea.Cmd {
	m.macros.known = k.all
	if p, ok := m.over().(*palette); ok {
		p.fill()
	}
	if k.then != nil {
		return k.then()
	}
	return nil
}

// recallMacros reads all macros, and goes on with then.
func (m *Model) recallMacros(then func() tea.Cmd) tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		all := map[string][]keyed{}
		for _, r := range macroNames {
			keys, err := m.readMacro(ctx, string(r))
			if err != nil {
				return screen.Fail("read the macro "+string(r), err)
			}
			if len(keys) > 0 {
				all[string(r)] = keys
			}
		}
		return macrosKnown{all, then}
	})
}
