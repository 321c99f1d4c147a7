package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// failed shows the one kind of failure there is, and what happens next.
func (m *Model) failed(f screen.Failed) {
	if screen.Quiet(f.Err) {
		return
	}
	m.env.Log.Warn("ui", "op", f.Op, "err", f.Err)
	m.Tell(screen.Banner{Text: f.Text(), Next: f.Next, Fault: true})
	m.banner.Next = next(f, m.hint(keymap.Cancel, "dismisses"))
}

func next(f screen.Failed, dismiss string) string {
	if f.Next != "" {
		return f.Next
	}
	return dismiss
}

// notice shows the latest of the store's notices: a change that was refused and
// put back, for example. It stays until it is dismissed.
func (m *Model) notice(list []store.Notice) {
	m.notices = list
	if len(list) == 0 {
		if m.banner != nil && m.banner.Notice != 0 {
			m.banner = nil
		}
		return
	}
	latest := list[0]
	for _, n := range list {
		if n.ID > latest.ID {
			latest = n
		}
	}
	if m.banner != nil && (m.banner.Notice == latest.ID || m.banner.Notice == 0 && m.banner.Fault) {
		return
	}
	m.Tell(screen.Banner{Text: latest.Text, Next: latest.Next, Fault: true, Notice: latest.ID})
}

// dismiss takes the banner away; a notice is dismissed in the store as well.
func (m *Model) dismiss() tea.Cmd {
	b := m.banner
	m.banner = nil
	if b == nil || b.Notice == 0 {
		return nil
	}
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		if err := m.env.Store.Dismiss(ctx, b.Notice); err != nil {
			return screen.Fail("dismiss the notice", err)
		}
		return changed{}
	})
}

// expire makes good news go by itself.
func (m *Model) expire() tea.Cmd {
	if m.banner == nil || m.banner.Fault {
		return nil
	}
	return m.later(fading, fade{m.banner})
}
