package ringcentral

import (
	"context"
	"fmt"

	"switchboard/store"
)

var _ store.Doer = (*Mailbox)(nil)

// Do implements store.Doer.
func (m *Mailbox) Do(ctx context.Context, d store.Doing) (store.DeedDone, error) {
	switch d.Verb {
	case store.VerbContact:
		return m.doContact(ctx, d)
	case store.VerbFavorite:
		return m.doFavorite(ctx, d)
	case store.VerbPost, store.VerbChat, store.VerbMembers:
		return m.doTeams(ctx, d)
	case store.VerbPresence, store.VerbQueue, store.VerbWatch:
		return m.doPresence(ctx, d)
	case store.VerbBlock:
		return m.doBlock(ctx, d)
	}
	return store.DeedDone{}, fmt.Errorf("%q is not known to this service", string(d.Verb))
}

// Sought implements store.Doer.
func (m *Mailbox) Sought(ctx context.Context, d store.Doing) (store.DeedDone, bool, error) {
	switch d.Verb {
	case store.VerbContact:
		return m.soughtContact(ctx, d)
	case store.VerbPost, store.VerbChat, store.VerbMembers:
		return m.soughtTeams(ctx, d)
	}
	return store.DeedDone{}, false, nil // may be done again
}
