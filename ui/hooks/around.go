package hooks

import (
	"context"
	"fmt"
	"sync"
)

// Around runs the hooks for what happens while do runs, and ends once all of their
// programs have: for a program that looks once and ends, as a sync from cron does. What
// came in since a hook last looked, in whatever process, is among it. However much came
// in, nothing is left out. The error is do's; that hooks could not look is logged.
func (r *Runner) Around(ctx context.Context, do func() error) error {
	if len(r.Hooks) == 0 {
		return do()
	}
	at, err := r.begin(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.Log.Warn("no hook runs", "err", err)
			r.tell(fmt.Sprintf("No hook runs: %v", err))
		}
		return do()
	}
	r.ready()
	r.all = true
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { r.work(ctx) })
	}
	err = do()
	r.look(ctx, at)
	close(r.queue)
	wg.Wait()
	if ctx.Err() == nil {
		for _, h := range r.Hooks {
			r.keep(ctx, h, at[h.Key()])
		}
	}
	return err
}
