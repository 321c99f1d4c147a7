package command

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"switchboard/api"
	"switchboard/store"
)

type syncJSON struct {
	Account string `json:"account"`
	New     int    `json:"new"`
	Changed int    `json:"changed"`
	Gone    int    `json:"gone"`
	Texts   int    `json:"texts"`            // transcripts fetched
	History bool   `json:"history_complete"` // nothing older is missing
	Error   string `json:"error"`
}

func (a *app) syncCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Fetch what is new and send what waits",
		Long: `Fetch what is new and send what waits, until interrupted.

With --once it ends when everything has been fetched, the whole history and
the texts of voicemails included, and the hooks have run, and prints what changed.`,
	}
	form := formatFlags(cmd)
	once := cmd.Flags().Bool("once", false, "end when everything is fetched and sent")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		signed, err := readAccounts(a.dir)
		if err != nil {
			return err
		}
		if len(signed) == 0 {
			return errNoAccount
		}
		st, err := a.store(ctx)
		if err != nil {
			return err
		}
		a.patient = true
		if err := a.connect(st, nil); err != nil {
			return err
		}
		if *once {
			return a.hookRunner(st, a.tellHook).Around(ctx, func() error { return a.syncOnce(ctx, st, signed, form) })
		}
		return a.syncOn(ctx, st)
	}
	return cmd
}

// syncOnce syncs each account signed in and sends what waits.
func (a *app) syncOnce(ctx context.Context, st *store.Store, signed []SignedIn, form *format) error {
	stop := a.showStatus(ctx, st)
	defer stop()
	stored, err := a.adopt(ctx, st)
	if err != nil {
		return err
	}
	bad := &failed{}
	if err := st.Flush(ctx); err != nil {
		bad.add("", fmt.Errorf("send what waits: %w", err))
	}
	results := a.syncEach(ctx, st, inTurns(stored, signed, st.Status()))
	told := []syncJSON{}
	for _, r := range results {
		told = append(told, r.syncJSON)
		if r.err != nil {
			bad.add(r.Account, ofAccount(r.acc, r.err))
		}
		if r.note != "" {
			a.notef("%s: %s", r.Account, r.note)
		}
	}
	stop()
	if form.machine() {
		err = printJSON(a.out, form, told)
	} else {
		for _, r := range told {
			if err == nil && r.Error == "" {
				err = printf(a.out, "%s: %d new, %d changed, %d gone, %d transcripts\n", r.Account, r.New, r.Changed, r.Gone, r.Texts)
			}
		}
	}
	if err != nil {
		return err
	}
	if len(bad.errs) == 2 && bad.names[0] == "" && len(results) == 1 { // one cause, said once
		return bad.errs[1]
	}
	if len(bad.errs) == 1 && len(results) == 1 {
		return bad.errs[0]
	}
	return a.failures(bad)
}

// syncOn keeps the store up to date until the person interrupts, or until
// nobody is signed in any more.
func (a *app) syncOn(ctx context.Context, st *store.Store) error {
	stop := a.showStatus(ctx, st)
	defer stop()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if signedOut(st.Status()) {
					cancel(api.ErrSignedOut)
				}
			}
		}
	})
	wg.Go(func() {
		if err := a.guard("telling of news", func() error { a.notifyOn(ctx, st); return nil }); err != nil {
			a.log.Error("news are not told any more", "err", err)
		}
	})
	wg.Go(func() {
		if err := a.guard("the hooks", func() error { return a.hooksOn(ctx, st, a.tellHook) }); err != nil {
			a.log.Error("no hook runs any more", "err", err)
		}
	})
	err := a.guard("syncing", func() error { return st.Run(ctx) })
	cause := context.Cause(ctx)
	cancel(nil)
	switch {
	case errors.Is(cause, api.ErrSignedOut):
		return cause
	case cause != nil:
		return nil
	}
	return err
}

// tellHook says what a person should know of the hooks.
func (a *app) tellHook(text string) { fmt.Fprintln(a.errw, text) }

// signedOut reports whether no account can sync without a person signing in.
func signedOut(list []store.Status) bool {
	for _, s := range list {
		if s.Phase != store.PhaseSignedOut {
			return false
		}
	}
	return len(list) > 0
}

// showStatus shows on a terminal how syncing goes, twice a second.
func (a *app) showStatus(ctx context.Context, st *store.Store) (stop func()) {
	if !a.env.Terminal(a.errw) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				for _, s := range st.Status() {
					a.progressf("%s", statusLine(s))
				}
			}
		}
	}()
	return func() {
		cancel()
		<-done
		a.progressEnd()
	}
}

func statusLine(s store.Status) string {
	line := s.Account + ": " + s.Phase
	if s.Total > 0 {
		line += fmt.Sprintf(" %d of %d", s.Done, s.Total)
	} else if s.Done > 0 {
		line += fmt.Sprintf(" %d", s.Done)
	}
	if !s.Until.IsZero() {
		line += " until " + s.Until.Local().Format("15:04:05")
	}
	if s.Pending > 0 {
		line += fmt.Sprintf(", %d to send", s.Pending)
	}
	if s.Err != "" {
		line += ": " + s.Err
	}
	return line
}
