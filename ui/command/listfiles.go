package command

import (
	"context"
	"time"

	"switchboard/store"
)

// A service with a limit on requests is asked again after listPause, listTries times: the
// limit is by the minute.
const (
	listPause = 2 * time.Second
	listTries = 45
)

// listFiles asks which files a message has, if its service has not been asked about them yet.
func (a *app) listFiles(ctx context.Context, st *store.Store, it store.Item) (store.Item, error) {
	if it.Bare == store.NotBare || a.conn == nil || !a.conn.done[it.AccountKey] {
		return it, nil // known, or nobody to ask
	}
	after := a.env.After
	if after == nil {
		after = time.After
	}
	defer a.progressEnd()
	for range listTries {
		told, err := st.WantDetail(ctx, it.ID)
		if err != nil {
			return it, err
		}
		if it, err = st.Item(ctx, it.ID); err != nil || told || it.Bare == store.NotBare {
			return it, err
		}
		a.progressf("waiting for the rate limit, to ask for the files of %s", it.ID)
		select {
		case <-ctx.Done():
			return it, ctx.Err()
		case <-after(listPause):
		}
	}
	return it, nil
}
