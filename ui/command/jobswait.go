package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
)

// waitJobs carries on with what waits until nothing can go on any more. The error says
// what is left: failed things, or a service that cannot be reached.
func (a *app) waitJobs(ctx context.Context, st *store.Store, limit time.Duration) error {
	if err := a.connect(st, nil); err != nil {
		return err
	}
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	run, cancel := context.WithCancel(ctx)
	heard, stop := st.Watch()
	defer stop()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = a.guard("carrying on", func() error { return st.Run(run) }) // what went wrong shows in the jobs
	}()
	defer func() {
		cancel()
		<-ended
	}()
	stopShowing := a.showStatus(run, st)
	defer stopShowing()
	for {
		left, failedJobs, offline := a.standing(ctx, st)
		switch {
		case left == 0 && failedJobs == 0:
			return nil
		case left == 0:
			return &codeError{code: exitFailed, msg: kit.Plural(failedJobs, "job") + " failed", try: "switchboard jobs retry ID"}
		case offline != nil:
			return fmt.Errorf("%s waiting: %w", kit.Plural(left, "job"), offline)
		}
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return &codeError{code: exitTemporary, msg: fmt.Sprintf("%s not through after %s", kit.Plural(left, "job"), limit)}
			}
			return ctx.Err()
		case <-heard:
		case <-time.After(time.Second): // a phase that changed without a row
		}
	}
}

// standing counts what can go on and what cannot; offline is why all of it has to wait.
func (a *app) standing(ctx context.Context, st *store.Store) (left, bad int, offline error) {
	list, err := a.jobList(ctx, st, false)
	if err != nil {
		return 0, 0, err
	}
	for _, j := range list {
		switch j.State {
		case "failed", "paused":
			bad++
		default:
			left++
		}
	}
	for _, s := range st.Status() {
		switch s.Phase {
		case store.PhaseOffline:
			offline = fmt.Errorf("%s: %s: %w", s.Account, s.Err, store.ErrOffline)
		case store.PhaseSignedOut:
			offline = errNoAccount
		}
	}
	return left, bad, offline
}
