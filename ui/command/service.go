package command

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/api"
	"switchboard/store"
)

// A service is what the commands know of one of the services: how to sign in to it,
// and how its accounts are reached. All else is the store's and its adapters'.
type service struct {
	name    string   // in accounts.json, on the command line and in the config
	title   string   // as people write it
	paths   []string // what the paths of `api` begin with
	only    bool     // it has no other paths
	groups  bool     // its rate limits are by group, as RingCentral's are
	secrets []string // what is kept in the vault beside the token
	// login is the command that signs in to it.
	login func(a *app) *cobra.Command
	// session makes an account's way to it. It sends nothing and opens no keyring.
	session func(a *app, acc SignedIn) (session, error)
	// settings are the keys of its table in the config.
	settings func(r *reader, d *AccountDefaults) map[string]func(string, any)
}

// A session is how one account reaches its service.
type session interface {
	caller
	// mailbox is what the store syncs with.
	mailbox() store.Service
	// examine says for doctor how the account stands.
	examine(ctx context.Context) []finding
	// leave ends the sign-in at the service and forgets its tokens here. With an
	// [api.ErrNotRevoked] they are forgotten, and the service was not told.
	leave(ctx context.Context) error
	Close()
}

// A caller sends any request with an account's token and budget. Those that can hand
// over an answer as it comes are streamers too.
type caller interface {
	Do(ctx context.Context, r api.Request, out any) (*api.Response, error)
}

// services are those there are, in the order in which they are offered.
func services() []service {
	return []service{ringCentral(), symphony(), emailgistics()}
}

func serviceNames() []string {
	var names []string
	for _, s := range services() {
		names = append(names, s.name)
	}
	return names
}

// serviceOf is the service of an account.
func serviceOf(acc SignedIn) (service, error) {
	all := services()
	i := slices.IndexFunc(all, func(s service) bool { return s.name == acc.Service })
	if i < 0 {
		return service{}, &codeError{
			code: exitFailed, msg: acc.Name + ": this version does not know the service " + quote(acc.Service),
			try: "switchboard logout " + shellWord(acc.Key),
		}
	}
	return all[i], nil
}

// has reports whether a path is one of the service's.
func (s service) has(path string) bool {
	return slices.ContainsFunc(s.paths, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
}

// takes refuses a path that no server of the service has.
func (s service) takes(path string) error {
	if !s.only || s.has(path) || !strings.HasPrefix(path, "/") { // of whole addresses the host decides
		return nil
	}
	return &usageError{msg: "api: " + quote(path) + " is no path of " + s.title, try: "a path that begins with " + strings.Join(s.paths, ", ")}
}

// rateGroup is which limit a request counts for.
func (s service) rateGroup(o *apiCall, path string) (api.Group, error) {
	if !s.groups {
		if o.group != "" {
			return "", usagef("--group: %s has no rate groups", s.title)
		}
		return "", nil
	}
	return rateGroup(o, path)
}

// session makes an account's way to its service.
func (a *app) session(acc SignedIn) (session, error) {
	s, err := serviceOf(acc)
	if err != nil {
		return nil, err
	}
	return s.session(a, acc)
}

// titleOf is a service's name as people write it.
func titleOf(name string) string {
	for _, s := range services() {
		if s.name == name {
			return s.title
		}
	}
	return name
}

// signInAgain is the command for an account that is signed out.
func signInAgain(name string) string {
	for _, s := range services() {
		if strings.EqualFold(s.title, name) || s.name == name {
			return "switchboard login " + s.name
		}
	}
	return "switchboard login " + strings.Join(serviceNames(), "|")
}
