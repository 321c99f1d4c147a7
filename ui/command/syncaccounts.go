package command

import (
	"context"
	"slices"
	"strings"
	"sync"

	"switchboard/store"
)

// syncResult is what became of one account.
type syncResult struct {
	syncJSON
	acc  SignedIn
	note string
	err  error
}

// inTurns are the accounts to sync, in the order in which they are told: one list for
// each sign-in, with the mailboxes of other extensions that it reads after its own, as
// they share its rate limits.
func inTurns(stored []store.Account, signed []SignedIn, attached []store.Status) [][]store.Account {
	turns := make([][]store.Account, len(signed))
	for _, acc := range stored {
		i := slices.IndexFunc(signed, func(s SignedIn) bool { return s.Key == acc.Key })
		shared := slices.ContainsFunc(attached, func(s store.Status) bool { return s.Account == acc.Key })
		if i < 0 && shared {
			i = slices.IndexFunc(signed, func(s SignedIn) bool { return firm(s.Key) == firm(acc.Key) })
		}
		if i >= 0 {
			turns[i] = append(turns[i], acc)
		}
	}
	return turns
}

// firm is the part of an account's key that those of one firm have in common.
func firm(key string) string {
	if i := strings.LastIndexByte(key, ':'); i > 0 {
		return key[:i]
	}
	return key
}

// syncEach syncs all sign-ins at once, so that none waits for another's service.
func (a *app) syncEach(ctx context.Context, st *store.Store, turns [][]store.Account) []syncResult {
	results := make([][]syncResult, len(turns))
	var wg sync.WaitGroup
	for i, turn := range turns {
		wg.Go(func() {
			for _, acc := range turn {
				r := syncResult{acc: SignedIn{Key: acc.Key, Service: acc.Service, Name: acc.Name}}
				r.err = a.guard("syncing "+acc.Key, func() error { return r.once(ctx, st, acc.ID) })
				r.Account = acc.Key
				if r.err != nil {
					r.Error = lines(r.err.Error())
				}
				results[i] = append(results[i], r)
			}
		})
	}
	wg.Wait()
	return slices.Concat(results...)
}

func (r *syncResult) once(ctx context.Context, st *store.Store, account int64) error {
	rep, err := st.SyncOnce(ctx, account, true)
	if err == nil {
		err = st.SyncFeeds(ctx, account)
	}
	r.note = rep.Note
	r.syncJSON = syncJSON{New: rep.New, Changed: rep.Changed, Gone: rep.Gone, Texts: rep.Texts, History: rep.History}
	return err
}
