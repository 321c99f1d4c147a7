package command

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"switchboard/api"
	"switchboard/api/ringcentral"
	"switchboard/store"
	adapter "switchboard/store/ringcentral"
)

// Where RingCentral lives when nothing else is said.
const (
	defaultBase  = "https://platform.ringcentral.com"
	defaultMedia = "https://media.ringcentral.com"
)

func ringCentral() service {
	return service{
		name: "ringcentral", title: "RingCentral", paths: []string{"/restapi", "/team-messaging", "/scim", "/webinar", "/analytics", "/ai", "/rcvideo"}, groups: true,
		secrets: []string{secretName, jwtName},
		login:   func(a *app) *cobra.Command { return a.loginRingCentral() },
		session: func(a *app, acc SignedIn) (session, error) {
			client, auth, err := a.client(acc)
			if err != nil {
				return nil, err
			}
			return &rcSession{Client: client, a: a, acc: acc, auth: auth}, nil
		},
		settings: func(r *reader, d *AccountDefaults) map[string]func(string, any) {
			return map[string]func(string, any){
				"base_url":  r.text1(&d.BaseURL),
				"media_url": r.text1(&d.MediaURL),
				"client_id": r.text1(&d.ClientID),
				"ports":     r.ports(&d.Ports),
			}
		},
	}
}

// An rcSession is an account's way to RingCentral.
type rcSession struct {
	*ringcentral.Client
	a    *app
	acc  SignedIn
	auth *lazyAuth
}

func (s *rcSession) mailbox() store.Service {
	return adapter.New(s.acc.Key, s.Client, adapter.WithLog(s.a.log))
}

func (s *rcSession) leave(ctx context.Context) error {
	o, err := s.auth.oauth(ctx)
	if err != nil {
		return err
	}
	return o.Revoke(ctx)
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

// examine asks for the time, for whose account it is, and for one message.
func (s *rcSession) examine(ctx context.Context) []finding {
	var list []finding
	resp, err := s.Do(ctx, api.Request{Op: "readAPIVersion", Path: "/restapi/v1.0", Group: api.NoThrottling}, nil)
	if err != nil {
		list = append(list, finding{"service", broken, s.acc.BaseURL + ": " + err.Error(), "check the network"})
	} else {
		list = append(list, s.a.checkClock(resp.Header))
	}
	ext, err := s.Extension(ctx)
	if err != nil {
		return append(list, notSignedIn(s.acc, err))
	}
	list = append(list, finding{"account", fine, fmt.Sprintf("%s (%s), extension %s", s.acc.Name, s.acc.Key, ext.ExtensionNumber), ""})
	return append(list, checkPermission(ctx, s.Client))
}

// checkPermission asks for one message: the least that everything else needs.
func checkPermission(ctx context.Context, client *ringcentral.Client) finding {
	_, err := client.ListMessages(ctx, ringcentral.ListQuery{PerPage: 1})
	if p, ok := api.MissingPermission(err); ok {
		return finding{"permissions", broken, "the permission " + p + " is missing", wayOut(err)}
	}
	if err != nil {
		return finding{"permissions", warning, "could not be checked: " + err.Error(), ""}
	}
	return finding{"permissions", fine, "messages can be read", ""}
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
