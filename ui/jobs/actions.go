package jobs

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// Do carries out an action.
func (m *Model) Do(a keymap.Action) (tea.Cmd, bool) {
	if n, ok := screen.Moves(a); ok {
		m.move(n)
		return nil, true
	}
	switch a {
	case keymap.Back, keymap.Cancel:
		return m.env.Host.Go(screen.List), true
	case keymap.JobPause, keymap.JobCancel, keymap.JobRetry, keymap.Interrupt:
		return m.job(a)
	case keymap.Open, keymap.Mark, keymap.MarkRange, keymap.MarkAll, keymap.Sort, keymap.Save, keymap.SaveMarked,
		keymap.OpenOutside, keymap.CopyNumber, keymap.CopyText, keymap.ShowInfo, keymap.NextUnread, keymap.PreviousUnread:
		m.env.Host.Say("That is for messages; here are jobs")
	default:
		return nil, false
	}
	return nil, true
}

// Useful is what the footer offers.
func (m *Model) Useful() []keymap.Action {
	return []keymap.Action{keymap.JobPause, keymap.JobCancel, keymap.JobRetry, keymap.Back, keymap.Help}
}

// changed is the end of a change to a job.
type changed struct {
	what string
	err  error
}

func (m *Model) job(a keymap.Action) (tea.Cmd, bool) {
	l, i := m.current(m.lines())
	if i < 0 {
		if a == keymap.Interrupt {
			return nil, false
		}
		m.env.Host.Say("There is no job")
		return nil, true
	}
	if l.is == change {
		return m.op(a, l.op)
	}
	st, what := m.env.Store, "download"
	if l.job.Save != nil {
		what = "save"
	}
	paused := l.job.State == store.Paused || l.job.State == store.Faulty
	switch {
	case l.job.State == store.Kept:
		return m.ending(a, l.job)
	case a == keymap.JobPause && paused, a == keymap.JobRetry:
		return m.run("go on with the "+what, l.job.ID, st.ResumeJob), true
	case a == keymap.JobPause, a == keymap.Interrupt && !paused:
		return m.run("pause the "+what, l.job.ID, st.PauseJob), true
	case a == keymap.JobCancel:
		return m.run("cancel the "+what, l.job.ID, st.CancelJob), true
	}
	return nil, false
}

// ending is for a job that is through: a save may be tried again where files failed, and
// taken off the list.
func (m *Model) ending(a keymap.Action, j store.Job) (tea.Cmd, bool) {
	st := m.env.Store
	switch {
	case a == keymap.Interrupt:
		return nil, false
	case j.Save != nil && a == keymap.JobRetry && j.Save.Failed > 0:
		return m.run("go on with the save", j.ID, st.ResumeJob), true
	case j.Save != nil && a == keymap.JobCancel:
		return m.run("take the save off the list", j.ID, st.CancelJob), true
	}
	m.env.Host.Say(through(j))
	return nil, true
}

func through(j store.Job) string {
	if j.Save != nil {
		return "This save is through; d takes it off the list"
	}
	return "This download is through"
}

func (m *Model) op(a keymap.Action, op store.Op) (tea.Cmd, bool) {
	switch {
	case a == keymap.Interrupt:
		return nil, false
	case op.Unsure && m.env.Settle != nil:
		m.env.Settle(op)
	case over(op):
		m.env.Host.Say("This change is through; u takes back the latest one")
	case a == keymap.JobRetry:
		return m.run("send the change again", op.ID, m.env.Store.RetryOp), true
	case a == keymap.JobCancel:
		return m.run("cancel the change", op.ID, m.env.Store.CancelOp), true
	default:
		m.env.Host.Say("A change cannot be paused; d cancels it")
	}
	return nil, true
}

func (m *Model) run(what string, id int64, do func(context.Context, int64) error) tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		return changed{what, do(ctx, id)}
	})
}

// Disabled says why an action cannot be done now.
func (m *Model) Disabled(a keymap.Action) string {
	lines := m.lines()
	switch a {
	case keymap.JobPause, keymap.JobCancel, keymap.JobRetry:
		l, i := m.current(lines)
		switch {
		case i < 0:
			return "there is no job"
		case l.is == download && l.job.State == store.Kept && l.job.Save == nil:
			return "this download is through"
		case l.is == download && l.job.State == store.Kept && (a == keymap.JobPause || a == keymap.JobRetry && l.job.Save.Failed == 0):
			return "this save is through"
		case l.is == change && over(l.op):
			return "this change is through"
		case l.is == change && a == keymap.JobPause:
			return "a change cannot be paused"
		}
	}
	return ""
}
