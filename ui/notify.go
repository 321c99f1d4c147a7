package ui

import (
	"context"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/notify"
	"switchboard/ui/screen"
)

// Notify is how a person is told of what comes in while they look elsewhere. The
// zero value tells nothing.
type Notify struct {
	notify.Config
	// Env is the environment by which the terminal's way is found; nil: this process's.
	Env func(string) string
	// Run runs the person's own program, if Config names one.
	Run func(ctx context.Context, n notify.Note) error
}

// longestWait is how long a reminder waits at most before the clock is asked again: it
// stands still while this machine sleeps.
const longestWait = 10 * time.Minute

// reminder is what is known about telling.
type reminder struct {
	notes   *notify.Notifier
	way     notify.Way
	tmux    bool
	told    int64 // the last arrival taken in; negative: not asked for yet
	at      time.Time
	limited bool
}

// remind is the time at which something may be to be told.
type remind struct{ at time.Time }

func newReminder(o *Options) reminder {
	env := o.Notify.Env
	if env == nil {
		env = os.Getenv
	}
	return reminder{
		notes: notify.New(o.Notify.Config, o.Location), way: notify.Choose(o.Notify.Desktop, env), tmux: env("TMUX") != "", told: -1,
	}
}

// arrivals is what came in since it was last asked for, and what of it is settled.
type arrivals struct {
	list []store.Arrival
	last int64
	gone []store.ID
}

// askArrivals asks the store, off the loop. What was there at the start is nobody's news.
func askArrivals(ctx context.Context, s screen.Store, told int64, fresh []store.ID) (a arrivals, err error) {
	if told < 0 {
		a.last, err = s.LastArrival(ctx)
		return a, err
	}
	if a.list, a.last, err = s.Arrivals(ctx, told); err != nil || len(fresh) == 0 {
		return a, err
	}
	a.gone, err = s.Settled(ctx, fresh)
	return a, err
}

// arrived takes in what came in, and how the accounts stand.
func (m *Model) arrived(a *arrivals, status []store.Status) tea.Cmd {
	now := m.env.Now()
	if a != nil {
		m.remind.told = a.last
		m.remind.notes.Arrived(now, a.list)
		m.remind.notes.Gone(a.gone)
	}
	m.remind.notes.Rings(now, m.env.Live, m.env.Names)
	m.remind.notes.Status(now, status, m.env.Account)
	m.limitedMode(status)
	return m.tellNews()
}

// tellNews tells what is due, and comes back when something will be.
func (m *Model) tellNews() (cmd tea.Cmd) {
	r := &m.remind
	now := m.env.Now()
	if n, ok := r.notes.Take(now); ok {
		cmd = m.tellNote(n)
	}
	due := r.notes.Due(now)
	if due.IsZero() {
		return cmd
	}
	due = now.Add(min(max(due.Sub(now), 0), longestWait))
	if !r.at.IsZero() && !r.at.After(due) && now.Sub(r.at) < longestWait {
		return cmd // there is one on its way
	}
	r.at = due
	return join(cmd, m.later(due.Sub(now), remind{due}))
}

// tellNote tells by all the ways the person chose.
func (m *Model) tellNote(n notify.Note) (cmd tea.Cmd) {
	raw := ""
	if n.Bell {
		raw = notify.Bell
	}
	if n.Desktop {
		raw += m.remind.way.Sequence("switchboard", n.Title, n.Text, m.remind.tmux)
	}
	if raw != "" {
		cmd = tea.Raw(raw)
	}
	if run := m.opts.Notify.Run; run != nil && n.Desktop {
		cmd = join(cmd, m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
			return screen.Fail("show a notification", run(ctx, n))
		}))
	}
	return cmd
}

// looked takes note of what the person is on.
func (m *Model) looked() {
	if len(m.remind.notes.Fresh()) == 0 {
		return
	}
	row, ok := m.list.Current()
	if f := m.full(); f != nil {
		r, is := f.(screen.Rower)
		if ok = is; is {
			row, ok = r.Current()
		}
	}
	if ok && len(m.overlays) == 0 && m.remind.notes.Looked(row.ID) {
		m.clean = false
	}
}

// limitedMode shows while a service only allows reading, and says when it takes changes again.
func (m *Model) limitedMode(status []store.Status) {
	const text = "The service only allows reading at the moment"
	limited := false
	for _, st := range status {
		limited = limited || st.Phase == store.PhaseLimited
	}
	switch {
	case limited && !m.remind.limited:
		m.Tell(screen.Banner{Text: text, Next: "what you change is kept here and sent as soon as it takes changes", Fault: true})
	case !limited && m.remind.limited:
		if m.banner != nil && m.banner.Text == text {
			m.banner = nil
		}
		m.Say("The service takes changes again")
	}
	m.remind.limited = limited
}
