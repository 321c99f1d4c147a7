package mailboxes

import (
	"context"
	"fmt"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// gaugeWidth is how many cells the bar of a mailbox takes.
const gaugeWidth = 20

// gauge is how full a mailbox is, what leaves it next, and what is kept here.
func (m *Model) gauge(b store.MailboxState, add func(look theme.Set, text string)) {
	r, ok := m.room[b.ID]
	if !ok || r.Rules == (store.RetentionRules{}) {
		return
	}
	s, now := m.env.Styles, m.env.Now()
	look := s.Text
	words := screen.GaugeWords(r)
	switch {
	case r.Limited():
		if r.Nearly() {
			look = s.Warn
		}
		if r.Used >= r.Rules.Inbox {
			look = s.Bad
		}
		words = fmt.Sprintf("▕%s▏ %s", kit.Bar(int64(r.Used), int64(r.Rules.Inbox), gaugeWidth), words)
	default:
		look = s.Dim
	}
	add(look, words)
	if pace := screen.PaceWords(r, now, m.env.Location); pace != "" {
		add(s.Dim, pace)
	}
	for _, line := range screen.KeptWords(r, now) {
		add(s.Dim, line)
	}
}

// retention is how full the mailboxes are, by account.
func retention(ctx context.Context, s screen.KeepStore) (map[int64]store.Retention, error) {
	list, err := s.Retention(ctx)
	room := make(map[int64]store.Retention, len(list))
	for _, r := range list {
		room[r.ID] = r
	}
	return room, err
}
