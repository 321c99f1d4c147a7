package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	tea "charm.land/bubbletea/v2"

	programs "switchboard/ui/preview/outside"
	"switchboard/ui/screen"
)

// mostEdited is how much of a text is taken back from an editor.
const mostEdited = 1 << 20

// The steps of giving a text to an editor: it stands in a file, the editor has ended.
type (
	editing struct {
		e    screen.Edit
		argv []string
		path string
		err  error
	}
	edited struct {
		e    screen.Edit
		text string
		err  error
	}
)

// Edit gives a text to the person's own editor, and the terminal with it. Keys typed
// meanwhile wait for what becomes of it.
func (m *Model) Edit(e screen.Edit) tea.Cmd {
	m.gives = true
	set := m.opts.Editor
	return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg {
		argv, err := programs.Editor(set)
		if err != nil {
			return editing{e: e, err: err}
		}
		dir, err := os.MkdirTemp("", "switchboard-edit-")
		if err != nil {
			return editing{e: e, err: err}
		}
		path := filepath.Join(dir, e.Name)
		return editing{e: e, argv: argv, path: path, err: os.WriteFile(path, []byte(e.Text), 0o600)}
	})
}

// editing starts the editor.
func (m *Model) editing(t editing) tea.Cmd {
	if t.err != nil {
		return m.edited(edited{e: t.e, err: t.err})
	}
	c := exec.CommandContext(m.env.Ctx, t.argv[0], append(t.argv[1:], t.path)...)
	// Not what the screens read and write themselves: an editor wants the terminal.
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, m.opts.terminal(), os.Stderr
	return tea.ExecProcess(c, func(err error) tea.Msg {
		defer func() { _ = os.RemoveAll(filepath.Dir(t.path)) }() // what was written is in the answer
		if err != nil {
			return edited{e: t.e, err: fmt.Errorf("%s: %w", filepath.Base(t.argv[0]), err)}
		}
		text, err := readEdited(t.path)
		return edited{e: t.e, text: text, err: err}
	})
}

func readEdited(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, mostEdited+1))
	if err == nil && len(b) > mostEdited {
		err = errors.New("the text has become too long")
	}
	return string(b), err
}

// edited hands on what was left in the file.
func (m *Model) edited(t edited) tea.Cmd {
	m.gives, m.clean = false, false
	switch {
	case t.err == nil:
		return join(tea.ClearScreen, t.e.Done(t.text))
	case t.e.Fail != nil:
		return join(tea.ClearScreen, t.e.Fail(t.err))
	}
	m.failed(screen.Failed{Op: "edit it in an editor", Err: t.err, Next: "nothing was changed"})
	return tea.ClearScreen
}
