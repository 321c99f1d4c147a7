package ui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/usercommand"
)

// A person's own commands are actions like all others: with a key, in the help, in the
// palette and on the command line. They run over the marked messages, or the one somebody
// is on.

// Bounds of one use of an own command.
const (
	askRuns  = 20  // from so many runs on it is asked
	mostRuns = 500 // messages at once
	mostAway = 8   // commands in the background
)

// commandEnded is a command in the background that is through.
type commandEnded struct {
	c    usercommand.Command
	said string // the last line it wrote
	runs int
	err  error
}

// userCommand runs the person's own command of that name.
func (m *Model) userCommand(a keymap.Action) (tea.Cmd, bool) {
	c, ok := usercommand.Find(m.opts.Commands, string(a))
	if !ok {
		return nil, false
	}
	ids, rows := m.ownTargets()
	start := func() tea.Cmd {
		what := "Run " + c.Name
		if len(ids) == 1 {
			what += " with a message"
		}
		return m.env.GuardedIDs(ids, rows, what, func() tea.Cmd { return m.startCommand(c, ids, usercommand.Values{}) })
	}
	switch {
	case !c.About(): // it runs once; what it is about is on its input
		if len(ids) > mostRuns {
			ids, rows = nil, nil
		}
		return start(), true
	case len(ids) == 0:
		if who, ok := m.person(); ok && c.Run.OfPerson() {
			return m.startCommand(c, nil, who), true
		}
		m.refuse(c.Name + ": there is no message here")
	case len(ids) > mostRuns:
		m.refuse(fmt.Sprintf("%s: %d messages are marked; at most %d can be given to a command", c.Name, len(ids), mostRuns))
	case c.Each() && len(ids) >= askRuns:
		m.Confirm(screen.Confirm{
			Question: fmt.Sprintf("Run %s %d times?", c.Name, len(ids)), Detail: "Once for each marked message, one after the other.", Yes: "run",
			Do: start,
		})
	default:
		return start(), true
	}
	return nil, true
}

// ownTargets is the messages an own command is about, with those of their rows that are
// here.
func (m *Model) ownTargets() (ids []store.ID, rows []store.Row) {
	if m.full() != nil || m.stands() != nil {
		row, ok := m.row()
		if m.stands() != nil {
			row, ok = m.followed()
		}
		if !ok {
			return nil, nil
		}
		return []store.ID{row.ID}, []store.Row{row}
	}
	return m.list.TargetRows()
}

// person is whom a screen without messages is on.
func (m *Model) person() (who usercommand.Values, ok bool) {
	if p, is := m.full().(screen.Persona); is {
		who.Name, who.Number, ok = p.Person()
	}
	return who, ok
}

// startCommand runs a command over messages, or without any about who.
func (m *Model) startCommand(c usercommand.Command, ids []store.ID, who usercommand.Values) tea.Cmd {
	file := int64(0)
	if m.place == screen.Files && m.side == screen.Files && len(ids) == 1 {
		file = m.files.Chosen()
	}
	run := func(ctx context.Context, w io.Writer) error { return m.runCommandOn(ctx, c, ids, who, file, w) }
	if c.Show == usercommand.Pane {
		title := c.Name
		if c.About() && len(ids) > 1 {
			title += " on " + plural(len(ids), "message")
		}
		out := screen.Output{Title: title, Run: run}
		return func() tea.Msg { return out }
	}
	if m.away >= mostAway {
		m.refuse(fmt.Sprintf("%s: %d commands are running already; one has to end first", c.Name, m.away))
		return nil
	}
	m.away++
	runs := 1
	if c.About() && c.Each() {
		runs = max(len(ids), 1)
	}
	if c.Show == usercommand.Background {
		m.Say(c.Name + " runs; its end will be told")
	}
	return m.env.Do(m.env.Ctx, screen.Long, func(ctx context.Context) tea.Msg {
		var said bytes.Buffer
		err := run(ctx, &tail{buf: &said})
		return commandEnded{c: c, said: lastLine(said.String()), runs: runs, err: err}
	})
}

// runCommandOn runs a command off the loop: once for each message, or once for all.
func (m *Model) runCommandOn(ctx context.Context, c usercommand.Command, ids []store.ID, who usercommand.Values, file int64, w io.Writer) error {
	g := usercommand.Gatherer{Store: m.env.Store, JSON: m.opts.JSON, Copy: m.opts.FileCopy}
	if len(ids) == 0 {
		_, err := c.Run.Run(ctx, who, nil, c.Time, w)
		return err
	}
	if !c.Each() || !c.About() && len(ids) > 1 {
		v, in, err := g.Marked(ctx, c.Run, ids)
		if err != nil {
			return err
		}
		_, err = c.Run.Run(ctx, v, in, c.Time, w)
		return err
	}
	for i, id := range ids {
		v, in, err := g.Of(ctx, c.Run, id, file)
		if err == nil {
			_, err = c.Run.Run(ctx, v, in, c.Time, w)
		}
		if err != nil && len(ids) > 1 {
			return fmt.Errorf("message %d of %d (%s): %w", i+1, len(ids), id, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (e commandEnded) take(m *Model) tea.Cmd {
	m.away--
	switch {
	case screen.Quiet(e.err) && e.err != nil:
	case e.err != nil:
		m.failed(screen.Failed{Op: "run " + e.c.Name, Err: e.err})
	case e.c.Show == usercommand.Background:
		text := e.c.Name + ": "
		if e.runs > 1 {
			text += plural(e.runs, "run") + ", "
		}
		if e.said == "" {
			e.said = "done"
		}
		m.Tell(screen.Banner{Text: text + e.said})
		return m.expire()
	}
	return nil
}

// tail keeps the last of what is written.
type tail struct{ buf *bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	const keep = 4 << 10
	t.buf.Write(p)
	if over := t.buf.Len() - keep; over > 0 {
		t.buf.Next(over)
	}
	return len(p), nil
}

// lastLine is the last line of what a program wrote, clean.
func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return kit.Cut(store.CleanLine(cleanOutput([]byte(lines[len(lines)-1]))), 120)
}
