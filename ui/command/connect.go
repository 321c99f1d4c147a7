package command

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"sync"

	"switchboard/api"
	"switchboard/api/ringcentral"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
	"switchboard/store/secrets"
)

// Where RingCentral lives when nothing else is said.
const (
	defaultBase  = "https://platform.ringcentral.com"
	defaultMedia = "https://media.ringcentral.com"
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
// of those in only. It sends nothing and opens no keyring yet.
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
	for _, acc := range signed {
		if a.connector().done[acc.Key] {
			continue
		}
		client, _, err := a.client(acc)
		if err != nil {
			return err
		}
		st.Attach(adapter.New(acc.Key, client, adapter.WithLog(a.log)))
		a.conn.done[acc.Key] = true
	}
	return st.AttachShared(context.Background())
}

// client makes the typed client of one account.
func (a *app) client(acc SignedIn) (*ringcentral.Client, *lazyAuth, error) {
	v := a.connector().vault
	log, err := a.logger()
	if err != nil {
		return nil, nil, err
	}
	budget := api.NewBudget(api.SystemClock{})
	auth := &lazyAuth{build: func(ctx context.Context) (*api.OAuth, error) {
		as, err := loadApplication(ctx, v, acc.Key)
		if err != nil {
			return nil, err
		}
		o := newOAuth(acc, as, v)
		o.Log, o.Budget, o.Retry = log, budget, a.retry()
		return o, nil
	}}
	c, err := a.clientWith(acc, auth, budget)
	return c, auth, err
}

// clientWith makes the typed client of an account with its own authorizer.
func (a *app) clientWith(acc SignedIn, auth api.Authorizer, budget *api.Budget) (*ringcentral.Client, error) {
	log, err := a.logger()
	if err != nil {
		return nil, err
	}
	media, err := url.Parse(acc.MediaURL)
	if err != nil || media.Host == "" {
		return nil, usagef("media URL %q: want one such as %s", acc.MediaURL, defaultMedia)
	}
	c, err := api.New(api.Config{
		Name: "RingCentral", BaseURL: acc.BaseURL, Hosts: []string{media.Host},
		UserAgent: userAgent(), Auth: auth, Budget: budget, Log: log, Retry: a.retry(),
	})
	if err != nil {
		return nil, &usageError{msg: err.Error()}
	}
	return ringcentral.New(c, media.Host), nil
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

// application is what the program signs in as: confidential applications
// have a secret, and a JWT stands for the person.
type application struct{ secret, jwt string }

func newOAuth(acc SignedIn, as application, tokens api.TokenStore) *api.OAuth {
	return &api.OAuth{
		Name: "RingCentral", BaseURL: acc.BaseURL, ClientID: acc.ClientID, ClientSecret: as.secret, JWT: as.jwt,
		Store: tokens, Account: acc.Key, UserAgent: userAgent(),
	}
}

// The names under which the application's secrets are kept.
const (
	secretName = "client-secret"
	jwtName    = "jwt"
)

func loadApplication(ctx context.Context, v vault, account string) (as application, err error) {
	if as.secret, err = optional(v.Secret(ctx, account, secretName)); err != nil {
		return application{}, err
	}
	as.jwt, err = optional(v.Secret(ctx, account, jwtName))
	return as, err
}

func optional(s string, err error) (string, error) {
	if errors.Is(err, secrets.ErrNotFound) {
		return "", nil
	}
	return s, err
}

func saveApplication(ctx context.Context, v vault, account string, as application) error {
	return errors.Join(v.SetSecret(ctx, account, secretName, as.secret), v.SetSecret(ctx, account, jwtName, as.jwt))
}

// A lazyAuth reads the application's secrets when the first request needs a
// token, not before.
type lazyAuth struct {
	build func(context.Context) (*api.OAuth, error)
	mu    sync.Mutex
	auth  *api.OAuth
}

func (l *lazyAuth) oauth(ctx context.Context) (*api.OAuth, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.auth == nil {
		o, err := l.build(ctx)
		if err != nil {
			return nil, err
		}
		l.auth = o
	}
	return l.auth, nil
}

// Token implements api.Authorizer.
func (l *lazyAuth) Token(ctx context.Context) (string, error) {
	o, err := l.oauth(ctx)
	if err != nil {
		return "", err
	}
	return o.Token(ctx)
}

// Refresh implements api.Authorizer.
func (l *lazyAuth) Refresh(ctx context.Context, stale string) (string, error) {
	o, err := l.oauth(ctx)
	if err != nil {
		return "", err
	}
	return o.Refresh(ctx, stale)
}

// mediaOf guesses the media host of a platform: its name with media in the
// place of platform.
func mediaOf(base string) string {
	if base == defaultBase {
		return defaultMedia
	}
	if strings.Contains(base, "//platform.") {
		return strings.Replace(base, "//platform.", "//media.", 1)
	}
	return base
}
