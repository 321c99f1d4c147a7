package command

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"switchboard/api"
	"switchboard/store"
	"switchboard/store/secrets"
)

// A connector is what the accounts signed in share.
type connector struct {
	vault vault
	done  map[string]bool // accounts attached to the store
}

func userAgent() string {
	return fmt.Sprintf("switchboard/%s (%s; %s)", version().Version, runtime.GOOS, runtime.GOARCH)
}

func (a *app) connector() *connector {
	if a.conn == nil {
		a.conn = &connector{done: map[string]bool{}, vault: &lazyVault{open: func(ctx context.Context) (*secrets.Store, error) {
			log, err := a.logger()
			if err != nil {
				return nil, err
			}
			return secrets.Open(ctx, secrets.Options{Dir: a.dir, Getenv: a.env.Getenv, Log: log})
		}}}
	}
	return a.conn
}

// connect attaches the mailboxes of all accounts signed in to the store, or
// of those in only. It sends nothing and opens no keyring yet. An account that cannot
// be set up keeps the others from nothing; it is told of when it is the only one.
func (a *app) connect(st *store.Store, only []SignedIn) error {
	signed := only
	if signed == nil {
		var err error
		if signed, err = readAccounts(a.dir); err != nil {
			return err
		}
	}
	if len(signed) == 0 {
		return errNoAccount
	}
	var trouble []error
	for _, acc := range signed {
		if a.connector().done[acc.Key] {
			continue
		}
		s, err := a.session(acc)
		if err != nil {
			trouble = append(trouble, fmt.Errorf("%s: %w", acc.Key, err))
			continue
		}
		st.Attach(s.mailbox())
		a.conn.done[acc.Key] = true
	}
	if len(trouble) == len(signed) {
		return errors.Join(trouble...)
	}
	for _, err := range trouble {
		a.log.Error("an account cannot be used", "error", err.Error())
		a.notef("not connected: %v", err)
	}
	return st.AttachShared(context.Background())
}

// retry is how patient a request is. Not very: the screens shall say within a
// moment that the network is gone, what was to be changed is stored already, and
// what runs behind them tries again by itself. Only a sync or a save that runs
// once has nobody to try again for it.
func (a *app) retry() api.Retry {
	r := a.env.Retry
	if r.Attempts == 0 && !a.patient {
		r.Attempts = 3
	}
	return r
}
