package groups

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// peopleGot are people whose names begin so.
type peopleGot struct {
	chat   int64
	prefix string
	people []store.Person
}

// lookUp asks for names that begin as the one being typed, where few are known.
func (c *composer) lookUp() tea.Cmd {
	prefix, _, ok := c.ed.mention()
	if !ok || prefix == "" || prefix == c.asked || len(c.matches(prefix)) > 0 {
		return nil
	}
	c.asked = prefix
	m, chat := c.m, c.chat
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		ps, err := m.env.Store.Persons(ctx, chat.Account, chat.ID, prefix, 50)
		if err != nil {
			return screen.Fail("look for names", err)
		}
		return peopleGot{chat.ID, prefix, ps}
	})
}

func (c *composer) people(msg peopleGot) tea.Cmd {
	if msg.chat == c.chat.ID {
		for _, p := range msg.people {
			if !slices.ContainsFunc(c.names, func(o store.Person) bool { return o.Remote == p.Remote }) {
				c.names = append(c.names, p)
			}
		}
	}
	return nil
}

// matches are the people a prefix may mean: those of whose names a word begins so.
func (c *composer) matches(prefix string) []store.Person {
	prefix = strings.ToLower(prefix)
	var out []store.Person
	for _, p := range c.names {
		name := strings.ToLower(p.Name)
		if strings.HasPrefix(name, prefix) || strings.Contains(name, " "+prefix) {
			out = append(out, p)
		}
	}
	return out
}

// complete makes a name of what stands behind the @; pressed again it takes the next.
func (c *composer) complete() tea.Cmd {
	prefix, from, ok := c.ed.mention()
	if !ok {
		c.hint = "Tab completes a name behind an @"
		return nil
	}
	var full []store.Person
	typed := strings.TrimSuffix(prefix, " ")
	for i, p := range c.names { // a name that is whole already: the next one that fits what was typed first
		if p.Name != typed || c.next == "" {
			continue
		}
		if full = c.matches(c.next); len(full) > 1 {
			j := slices.IndexFunc(full, func(o store.Person) bool { return o.Remote == c.names[i].Remote })
			return c.pick(from, full[(j+1)%len(full)])
		}
	}
	full = c.matches(typed)
	if len(full) == 0 {
		c.hint = "Nobody's name begins with " + typed
		return nil
	}
	c.next = typed
	if len(full) > 1 {
		c.hint = fmt.Sprintf("%d people; Tab again for the next", len(full))
	}
	return c.pick(from, full[0])
}

func (c *composer) pick(from int, p store.Person) tea.Cmd {
	c.ed.Replace(from, "@"+p.Name+" ")
	if !slices.ContainsFunc(c.picked, func(m store.Mention) bool { return m.ID == p.Remote }) {
		c.picked = append(c.picked, store.Mention{Type: "Person", ID: p.Remote, Name: p.Name})
	}
	return c.keep()
}

// edited is what came back from an editor.
type edited struct {
	chat int64
	text string
}

func (c *composer) editOutside() tea.Cmd {
	m, chat := c.m, c.chat.ID
	if m.env.Edit == nil {
		return nil
	}
	return m.env.Edit(screen.Edit{Name: "post.md", Text: c.ed.String(), Done: func(text string) tea.Cmd {
		return func() tea.Msg { return edited{chat, text} }
	}})
}

func (c *composer) edited(msg edited) tea.Cmd {
	if !c.on || msg.chat != c.chat.ID {
		return nil
	}
	c.ed.Set("")
	return c.Text(strings.TrimRight(msg.text, "\n "))
}

// attach adds files, those only that can be sent.
func (c *composer) attach(paths []string) error {
	for _, path := range paths {
		f, err := store.CheckUpload(path)
		if err != nil {
			return err
		}
		if len(c.files) >= store.MaxPostFiles {
			return fmt.Errorf("a post takes at most %d files", store.MaxPostFiles)
		}
		if !slices.Contains(c.files, f.Path) {
			c.files = append(c.files, f.Path)
		}
	}
	return nil
}

// askFile asks for the path of a file.
func (m *Model) askFile() {
	c := &m.write
	m.env.Host.Prompt(screen.Prompt{
		Title: "Send a file to " + c.chat.Title, Kind: "upload", Hint: "up to 30 MB; Tab completes its name",
		Value: "~" + string(filepath.Separator),
		Complete: func(text string) tea.Cmd {
			return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg { return completed(text) })
		},
		Enter: func(text string) (tea.Cmd, error) {
			if err := c.attach([]string{screen.Unhome(strings.TrimSpace(text))}); err != nil {
				return nil, err
			}
			return c.keep(), nil
		},
	})
}

// completed is how the path of a file goes on.
func completed(text string) tea.Msg {
	longer, choice := screen.CompletePath(text, screen.AnyFile)
	hint := ""
	switch {
	case len(choice) == 0:
		hint = "no file begins so"
	case len(choice) > 1 && longer == text:
		hint = strings.Join(choice, "  ")
	}
	return screen.Completed{For: text, Text: longer, Hint: store.CleanLine(hint)}
}
