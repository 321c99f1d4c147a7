package command

import (
	"context"

	"switchboard/store"
	"switchboard/ui/kit"
)

// noteProtected says on standard error, before it happens, that content of copy-protected
// chats is about to leave them. The screens ask instead; here the command is the answer.
func (a *app) noteProtected(ctx context.Context, st *store.Store, ids ...store.ID) error {
	n, err := st.CopyProtected(ctx, ids)
	switch {
	case err != nil || n == 0:
	case len(ids) == 1:
		a.notef("%s is of a copy-protected chat: nothing is meant to leave it", ids[0])
	default:
		a.notef("%s of copy-protected chats: nothing is meant to leave them", kit.Plural(n, "message"))
	}
	return err
}
