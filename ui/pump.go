package ui

import (
	"context"
	"maps"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// The pump brings the store's news to the loop: at most thirty messages a
// second, one question under way at a time, and while a sync changes rows all
// the time a quarter of the time spent on asking: half of it where what has just
// come would be seen late otherwise.
const (
	apart    = 34 * time.Millisecond
	restFor  = 3                     // times as long as asking took
	restMost = 60 * time.Millisecond // or as long as asking took, if that is longer
	outside  = time.Second
)

// restAfter is the pause after asking took so long.
func restAfter(took time.Duration) time.Duration {
	return max(apart, took, min(restFor*took, restMost))
}

// pump is what is known about the asking.
type pump struct {
	seen  uint64 // the store's generation the list was asked at
	busy  bool   // a question is under way
	again bool   // something changed meanwhile
	last  time.Time
}

type (
	changed struct{} // the store's signal
	rested  struct{} // the pause after an answer is over
	news    struct {
		status  []store.Status
		jobs    []store.Job
		notices []store.Notice
		ended   []store.Job // saves and downloads that were finished lately, where one is waited for
		came    *arrivals   // nil: it could not be asked for
		signs   map[string]int
		live    []store.LiveCall
		sends   []store.SendProgress
		feeds   []store.FeedStatus
		own     []store.OwnCall
		kept    *kept // nil: not asked for
		gen     uint64
		took    time.Duration
	}
	outer struct{ changed bool }
)

// watch passes the store's change signal on until ctx ends.
func watch(ctx context.Context, s screen.Store, send func(tea.Msg)) {
	ch, stop := s.Watch()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ch:
			send(changed{})
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(apart):
		}
	}
}

// news takes what concerns the pump.
func (m *Model) news(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case changed:
		return m.ask(), true
	case rested:
		m.pump.busy = false
		if m.pump.again {
			m.pump.again = false
			return m.ask(), true
		}
		return nil, true
	case news:
		return m.heard(msg), true
	case outer:
		if msg.changed {
			return join(m.ask(), join(m.signedIn(), m.recallViews())), true
		}
		return nil, true
	case known:
		m.env.Names, m.own.keys, m.own.regions = msg.names, msg.keys, msg.regions
		m.env.Accounts = make(map[string]int64, len(msg.keys))
		for id, key := range msg.keys {
			m.env.Accounts[key] = id
		}
		if !maps.Equal(m.env.Services, msg.services) { // what is drawn says of which service things are
			m.env.Services, m.clean = msg.services, false
			m.env.Heard++
		}
		if m.welcome == msg.none {
			return nil, true
		}
		m.welcome, m.clean, m.said = msg.none, false, ""
		if m.welcome || m.opts.Connect == nil {
			return nil, true
		}
		return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg {
			return screen.Fail("connect the account", m.opts.Connect())
		}), true
	}
	return nil, false
}

// signedIn lets the accounts that are signed out look for a sign-in made in
// another terminal. Nothing is sent where there is none.
func (m *Model) signedIn() tea.Cmd {
	for _, st := range m.env.Status {
		if st.Phase == store.PhaseSignedOut {
			return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg {
				m.env.Store.SyncNow()
				return nil
			})
		}
	}
	return nil
}

// ask fetches status, downloads and notices, and the list again if rows changed.
func (m *Model) ask() tea.Cmd {
	if m.pump.busy {
		m.pump.again = true
		return nil
	}
	m.pump.busy = true
	saving := len(m.saving) > 0
	told, fresh := m.remind.told, m.remind.notes.Fresh()
	keeping := m.keeps.due(m.env.Store.Generation())
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		start := time.Now()
		n := news{status: m.env.Store.Status(), jobs: m.env.Store.Jobs(), gen: m.env.Store.Generation()}
		n.live, n.feeds, n.own = m.env.Store.LiveCalls(), m.env.Store.Feeds(), m.env.Store.OwnCalls(ctx)
		n.sends = m.env.Store.SendProgress()
		n.notices, _ = m.env.Store.Notices(ctx) // without them the banner stays as it is
		n.signs, _ = m.env.Store.PresenceSigns(ctx)
		if came, err := askArrivals(ctx, m.env.Store, told, fresh); err == nil {
			n.came = &came
		}
		if keeping {
			n.kept = askKept(ctx, m.env.Store)
		}
		if saving {
			n.ended = m.env.Store.Finished()
		}
		n.took = time.Since(start)
		return n
	})
}

func (m *Model) heard(n news) tea.Cmd {
	m.env.Status, m.env.Jobs = n.status, n.jobs
	m.env.Sends = n.sends
	m.env.Live, m.env.Feeds = n.live, n.feeds
	if n.signs != nil && !maps.Equal(n.signs, m.env.Signs) {
		m.env.Signs = n.signs
		m.env.Heard++
	}
	m.clean = false
	m.keep(n.kept)
	more := m.again(n.gen)
	m.notice(n.notices)
	cmd := join(join(m.saved(n.ended), m.heardCalls(n.own)), m.arrived(n.came, n.status))
	if n.gen != m.pump.seen {
		m.pump.seen = n.gen
		cmd = join(cmd, m.list.Refresh())
		if m.welcome {
			cmd = join(cmd, m.accounts())
		}
	}
	cmd = join(cmd, m.freshen())
	return join(join(cmd, more), m.later(restAfter(n.took+m.list.Took()), rested{}))
}

// saved tells of the saves asked for here that are through.
func (m *Model) saved(ended []store.Job) (cmd tea.Cmd) {
	for _, j := range ended {
		if j.Save == nil || !m.saving[j.ID] {
			continue
		}
		delete(m.saving, j.ID)
		m.Tell(screen.SaveEnded(*j.Save))
		cmd = m.expire()
	}
	return cmd
}

// outside looks whether another process changed the database: on focus, and
// after a key at most once a second. It costs nothing while nobody is here.
func (m *Model) outside() tea.Cmd {
	now := m.env.Now()
	if d := now.Sub(m.pump.last); d >= 0 && d < outside {
		return nil
	}
	m.pump.last = now
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		ok, err := m.env.Store.CheckOutside(ctx)
		return outer{err == nil && ok}
	})
}

// refresh asks the services for news now.
func (m *Model) refresh() tea.Cmd {
	m.Say("Asking for news")
	return join(m.list.Refresh(), m.env.Do(m.env.Ctx, time.Minute, func(ctx context.Context) tea.Msg {
		list, err := m.env.Store.Accounts(ctx)
		if err != nil {
			return screen.Fail("ask for news", err)
		}
		fresh := 0
		for _, a := range list {
			rep, err := m.env.Store.SyncOnce(ctx, a.ID, false)
			if err != nil {
				return screen.Fail("ask "+a.Name+" for news", err)
			}
			fresh += rep.New
		}
		if fresh == 0 {
			return screen.Said{Text: "Nothing new"}
		}
		return screen.Said{Text: plural(fresh, "new item")}
	}))
}
