package command

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	"switchboard/store"
	adapter "switchboard/store/emailgistics"
	"switchboard/store/secrets"
)

// apiKeyName is the name under which an API key is kept.
const apiKeyName = "api-key"

func emailgistics() service {
	return service{
		name: "emailgistics", title: "Emailgistics", paths: []string{"/api/v1"}, only: true,
		secrets: []string{apiKeyName},
		login:   func(a *app) *cobra.Command { return a.loginEmailgistics() },
		session: func(a *app, acc SignedIn) (session, error) {
			if acc.Emailgistics == nil {
				return nil, incomplete(acc)
			}
			v := a.connector().vault
			c, err := a.emailgisticsClient(acc, func(ctx context.Context) (string, error) {
				key, err := v.Secret(ctx, acc.Key, apiKeyName)
				if errors.Is(err, secrets.ErrNotFound) {
					err = fmt.Errorf("the API key of %s is not kept here any more: %w", acc.Key, api.ErrSignedOut)
				}
				return key, err
			})
			if err != nil {
				return nil, err
			}
			return &emailgisticsSession{Client: c, a: a, acc: acc}, nil
		},
		settings: func(r *reader, d *AccountDefaults) map[string]func(string, any) {
			return map[string]func(string, any){
				"base_url":       r.text1(&d.BaseURL),
				"report_wrapped": r.flag(&d.Wrapped),
				"spool":          r.text1(&d.Spool),
			}
		},
	}
}

// emailgisticsClient makes the client of an account. key is asked when it is first needed.
func (a *app) emailgisticsClient(acc SignedIn, key func(context.Context) (string, error)) (*eg.Client, error) {
	log, err := a.logger()
	if err != nil {
		return nil, err
	}
	c, err := eg.New(eg.Config{
		BaseURL: acc.BaseURL, KeyFrom: key, Wrapped: acc.Emailgistics.Wrapped, Shared: a.limitsFile(acc),
		UserAgent: userAgent(), Log: log, Retry: a.retry(),
	})
	if err != nil {
		return nil, &usageError{msg: err.Error()}
	}
	return c, nil
}

// limitsFile is where all programs on this machine count what they ask of a host: the limits
// are the account's, whatever key it is.
func (a *app) limitsFile(acc SignedIn) string {
	host := acc.BaseURL
	if u, err := url.Parse(acc.BaseURL); err == nil {
		host = u.Host
	}
	return filepath.Join(a.dir, "emailgistics-"+strings.NewReplacer(":", "_", "/", "_", `\`, "_").Replace(host)+".json")
}

// An emailgisticsSession is an account's way to Emailgistics.
type emailgisticsSession struct {
	*eg.Client
	a   *app
	acc SignedIn
}

func (s *emailgisticsSession) mailbox() store.Service {
	opts := []adapter.Option{adapter.WithLog(s.a.log)}
	if p := s.a.env.Poll; p > 0 {
		opts = append(opts, adapter.WithPolls(p, p))
	}
	if dir := s.acc.Emailgistics.Spool; dir != "" {
		opts = append(opts, adapter.WithSpool(dir))
	}
	return adapter.New(s.acc.Key, s.Client, opts...)
}

// leave has nothing to end: there is no session at the service, and the caller forgets the key.
func (s *emailgisticsSession) leave(context.Context) error {
	s.a.notef("The API key is forgotten here; at the service it is good until an administrator deletes it.")
	return nil
}

// examine asks what the key can do.
func (s *emailgisticsSession) examine(ctx context.Context) []finding {
	can, err := s.Probe(ctx)
	switch {
	case exitCode(err) == exitSignIn || eg.CauseOf(err) == eg.CauseKey:
		return []finding{{"account", broken, s.acc.Name + " (" + s.acc.Key + "): the API key is not accepted", signInAgain(s.acc.Service)}}
	case err != nil:
		return []finding{{"service", broken, s.acc.BaseURL + ": " + err.Error(), "check the network and the address"}}
	}
	list := []finding{{"account", fine, s.acc.Name + " (" + s.acc.Key + ")", ""}}
	f := finding{"permissions", fine, strings.Join(keyWords(can), "; "), ""}
	for _, g := range []eg.Grant{can.Reporting, can.Read, can.Content} {
		if g == eg.GrantNo || g == eg.GrantUnknown {
			f.State, f.Try = warning, "an administrator makes a key with all three scopes under API Access"
		}
	}
	list = append(list, f)
	if dir := s.acc.Emailgistics.Spool; dir != "" {
		list = append(list, checkSpool(dir))
	}
	return list
}

// checkSpool looks whether deliveries can be taken from their folder.
func checkSpool(dir string) finding {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return finding{"spool folder", broken, err.Error(), "make it, and let you write to it, or sign in again with another --spool"}
	}
	_ = f.Close()
	_ = os.Remove(f.Name())
	waiting, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	return finding{"spool folder", fine, fmt.Sprintf("%s, %d waiting", dir, len(waiting)), ""}
}

// keyWords say what an API key can do.
func keyWords(s eg.Scopes) []string {
	boxes := ""
	if s.Mailboxes >= 0 {
		boxes = fmt.Sprintf(" (%d of them)", s.Mailboxes)
	}
	var out []string
	for _, l := range []struct {
		what  string
		grant eg.Grant
	}{
		{"find messages and list mailboxes" + boxes, s.Reporting},
		{"list attachments", s.Read},
		{"download them", s.Content},
	} {
		out = append(out, l.what+": "+l.grant.String())
	}
	return out
}
