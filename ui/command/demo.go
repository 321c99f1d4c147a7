package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"switchboard/api/simulator"
	"switchboard/store"
)

// firstPageTime is how long the demo waits for its first messages before it
// shows the screens.
const firstPageTime = 300 * time.Millisecond

func (a *app) demoCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try the screens on a made-up account; nothing leaves this machine",
		Long: `Try the screens on made-up accounts of a support desk, one of each service. They are
served over HTTP by this program itself; nothing leaves this machine and your own
accounts are not touched. What you do is forgotten at the end unless --dir names a
folder.`,
	}
	o := &simFlags{}
	o.add(cmd, 100, 45*time.Second, 75*time.Second)
	cmd.Flags().StringVar(&a.find, "query", "", "begin with a search, in the words of list")
	dir := cmd.Flags().String("dir", "", "keep the data in this folder (default: a temporary one, removed at the end)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := o.config()
		if err != nil {
			return err
		}
		if _, err := store.ParseQuery(a.find, a.env.Now(), time.Local); err != nil {
			return usagef("--query: %v", err)
		}
		if err := a.needTerminal(); err != nil {
			return err
		}
		return a.demo(cmd.Context(), cfg, *dir)
	}
	return cmd
}

func (a *app) demo(ctx context.Context, cfg simulator.Config, dir string) (err error) {
	if dir == "" {
		if a.dir, err = os.MkdirTemp("", "switchboard-demo-"); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		temp := a.dir
		defer func() {
			err = errors.Join(err, a.close(), os.RemoveAll(temp))
		}()
	} else if a.dir, err = path(dir); err != nil {
		return err
	}
	cfg.Now, cfg.SymphonyKeyDir = a.env.Now, filepath.Join(a.dir, "pod")
	srv, err := serveDemo(ctx, cfg, a.dir)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, srv.Close()) }()
	st, err := a.store(ctx)
	if err != nil {
		return err
	}
	if err := a.demoAccounts(ctx, st, srv.Description()); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	a.firstPage(ctx, st)
	a.cfg.Hooks = nil // what happens here did not happen: no ticket, no alarm
	return a.runScreens(ctx, st)
}

// firstPage fetches the newest messages, so that the screens begin with
// something to see. When that takes long they begin without.
func (a *app) firstPage(ctx context.Context, st *store.Store) {
	ctx, cancel := context.WithTimeout(ctx, firstPageTime)
	defer cancel()
	accounts, err := st.Accounts(ctx)
	var wg sync.WaitGroup
	for _, acc := range accounts {
		wg.Go(func() {
			if _, err := st.SyncOnce(ctx, acc.ID, false); err != nil {
				a.log.Info("demo: the first page is not here yet", "account", acc.Key, "error", err.Error())
			}
		})
	}
	wg.Wait()
	if err != nil {
		a.log.Info("demo: the first page is not here yet", "error", err.Error())
	}
}
