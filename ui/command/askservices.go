package command

import (
	"context"
	"time"

	"switchboard/store"
)

// searchTime is how long the services may take to search.
const searchTime = time.Minute

// askServices has the services search that can, for what is there and not here yet. What
// one of them cannot do is told of, and no more: the list is of what is here in any case.
func (a *app) askServices(ctx context.Context, st *store.Store, q store.Query) error {
	words := q.Words()
	if words == "" {
		return usagef("list: --ask-services needs words to search for")
	}
	if err := a.connect(st, nil); err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	a.progressf("asking the services for %s", quote(words))
	found, err := st.SearchServices(wait, words)
	a.progressEnd()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		a.notef("not all services could be asked: %v", err)
	}
	if found > 0 {
		a.notef("the services found %d that were not here", found)
	}
	return nil
}
