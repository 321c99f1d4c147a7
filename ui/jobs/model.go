package jobs

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// shown is how many changes are listed.
const shown = 200

// Model is the jobs screen.
type Model struct {
	env    *screen.Env
	ops    []store.Op
	ended  []store.Job // downloads and saves that were finished lately
	err    error
	have   bool
	busy   bool
	again  bool
	cursor kit.Cursor
	top    int
}

// line is one job: a download, a save or a change.
type line struct {
	key string
	job store.Job
	op  store.Op
	is  kind
}

type kind int

const (
	download kind = iota
	change
)

// New is an empty jobs screen.
func New(env *screen.Env) *Model { return &Model{env: env} }

// Scopes is where this screen's keys are looked up.
func (m *Model) Scopes() []keymap.Scope { return keymap.Stack(keymap.ViewJobs) }

type got struct {
	ops   []store.Op
	ended []store.Job
	err   error
}

// Refresh fetches the changes again.
func (m *Model) Refresh() tea.Cmd {
	if m.busy {
		m.again = true
		return nil
	}
	m.busy = true
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		ops, err := m.env.Store.Ops(ctx, shown)
		return got{ops, m.env.Store.Finished(), err}
	})
}

// Update takes what this screen's commands brought.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case got:
		m.busy, m.have, m.err = false, true, msg.err
		if msg.err == nil {
			m.ops, m.ended = msg.ops, msg.ended
		}
		if m.again {
			m.again = false
			return m.Refresh()
		}
	case changed:
		if msg.err != nil {
			return tea.Batch(m.Refresh(), func() tea.Msg { return screen.Fail(msg.what, msg.err) })
		}
		return m.Refresh()
	}
	return nil
}

// Busy reports whether keys must wait for the lines.
func (m *Model) Busy() bool { return !m.have && m.busy }

// lines is downloads and saves first, then changes that are not through, then what
// was finished lately, then the rest.
func (m *Model) lines() []line {
	out := make([]line, 0, len(m.env.Jobs)+len(m.ended)+len(m.ops))
	for _, j := range m.env.Jobs {
		out = append(out, jobLine(j))
	}
	for _, settled := range []bool{false, true} {
		for _, op := range m.ops {
			if over(op) == settled {
				out = append(out, line{key: "o" + kit.Count(int(op.ID), true), op: op, is: change})
			}
		}
		for _, j := range m.ended {
			if !settled && !m.isGone(j) {
				out = append(out, jobLine(j))
			}
		}
	}
	return out
}

func jobLine(j store.Job) line {
	return line{key: "d" + kit.Count(int(j.ID), true), job: j, is: download}
}

// A finished download is shown bright, then pale, and then not at all.
const (
	bright = 10 * time.Second
	pale   = time.Minute
)

// isGone reports whether a finished job is not listed any more: it was taken up again,
// or it is a download that was through a while ago.
func (m *Model) isGone(j store.Job) bool {
	for _, now := range m.env.Jobs {
		if now.ID == j.ID {
			return true
		}
	}
	return j.Save == nil && m.env.Now().Sub(j.Ended()) >= pale
}

func over(op store.Op) bool { return op.State == store.OpConfirmed || op.State == store.OpCancelled }

// current is the line under the cursor. If it has gone, the one in its place.
func (m *Model) current(lines []line) (line, int) {
	if i := m.cursor.On(len(lines), keys(lines)); i >= 0 {
		m.cursor.Go(i, keys(lines)) // from the first look on, whatever comes above it
		return lines[i], i
	}
	return line{}, -1
}

func keys(lines []line) func(i int) string { return func(i int) string { return lines[i].key } }

func (m *Model) move(n int) {
	lines := m.lines()
	m.cursor.Move(n, len(lines), keys(lines))
}
