package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/api"
	"switchboard/store"
)

// maxSecret is the largest secret that is read from a file, in bytes.
const maxSecret = 64 << 10

func (a *app) loginCmd() *cobra.Command {
	all := "switchboard login " + strings.Join(serviceNames(), "|")
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in to a service",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{msg: "login: say to which service", try: all}
			}
			try := all
			if n := nearest(args[0], serviceNames()); n != "" {
				try = "switchboard login " + n
			}
			return &usageError{msg: "login: unknown service " + quote(args[0]), try: try}
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	for _, s := range services() {
		cmd.AddCommand(s.login(a))
	}
	return cmd
}

// entry is a sign-in that the service has accepted and that is to be kept.
type entry struct {
	acc     SignedIn
	secrets map[string]string // by their names in the vault; "" forgets one
	held    *memoryVault      // with the token in it
	as      string            // the account in held
}

// keepLogin writes down a sign-in: secrets first, so that an account which is
// listed can be used.
func (a *app) keepLogin(ctx context.Context, e entry, form *format) error {
	acc, v := e.acc, a.connector().vault
	for _, name := range slices.Sorted(maps.Keys(e.secrets)) {
		if err := v.SetSecret(ctx, acc.Key, name, e.secrets[name]); err != nil {
			return err
		}
	}
	if err := e.held.handOver(ctx, v, e.as, acc.Key); err != nil {
		return err
	}
	if lazy, ok := v.(*lazyVault); ok {
		if s, err := lazy.get(ctx); err == nil && !s.InKeyring() {
			a.notef("The secrets are kept in %s.", s.Where())
		}
	}
	st, err := a.store(ctx)
	if err != nil {
		return err
	}
	kept, err := a.rememberAccount(ctx, st, acc)
	if err != nil {
		return err
	}
	acc.Since = kept.Since
	if err := putAccount(a.dir, acc); err != nil {
		return err
	}
	if form.machine() {
		return printJSON(a.out, form, accountJSON{
			Key: acc.Key, Service: acc.Service, Name: acc.Name, Number: acc.Number, BaseURL: acc.BaseURL, SignedIn: true, SignInHow: acc.How,
		})
	}
	return printf(a.out, "signed in as %s (%s)\n", acc.Name, acc.Key)
}

// rememberAccount makes the store's row of an account, or brings its name up
// to date. When it was first used here stays as it is.
func (a *app) rememberAccount(ctx context.Context, st *store.Store, acc SignedIn) (store.Account, error) {
	row := store.Account{Key: acc.Key, Service: acc.Service, Name: acc.Name, Number: acc.Number, Since: acc.Since}
	if row.Since.IsZero() {
		row.Since = a.env.Now()
	}
	old, err := st.Accounts(ctx)
	if err != nil {
		return row, err
	}
	for _, o := range old {
		if o.Key == acc.Key {
			row.ID, row.Since, row.Synced, row.History = o.ID, o.Since, o.Synced, o.History
		}
	}
	return st.PutAccount(ctx, row)
}

func (a *app) readSecret(name string) (string, error) {
	r := a.in
	if name != "-" {
		f, err := os.Open(expandHome(name))
		if err != nil {
			return "", &usageError{msg: err.Error()}
		}
		defer f.Close()
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, maxSecret+1))
	if err != nil {
		return "", err
	}
	s := strings.TrimSpace(string(b))
	if s == "" || len(b) > maxSecret || strings.ContainsAny(s, "\r\n\x00") {
		return "", usagef("%s: want one line with the secret", name)
	}
	return s, nil
}

// refused makes a sign-in that the service turned down one that is needed
// still; trouble on the way stays what it is. try is what to look at.
func refused(err error, try string) error {
	var e *api.Error
	if errors.As(err, &e) && (e.Status == 400 || e.Status == 401 || e.Status == 403) {
		return &codeError{code: exitSignIn, msg: "sign in: " + err.Error(), try: try}
	}
	return fmt.Errorf("sign in: %w", err)
}

// incomplete is an account of a service that lacks what only signing in tells.
func incomplete(acc SignedIn) error {
	return &codeError{code: exitSignIn, msg: acc.Key + ": what was kept of the sign-in is incomplete", try: signInAgain(acc.Service)}
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

type flagValue struct{ flag, value string }

// checkAddresses refuses what is no address; those that are "" were not given.
func checkAddresses(example string, list []flagValue) error {
	for _, l := range list {
		u, err := url.Parse(l.value)
		if l.value != "" && (err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http") {
			return &usageError{msg: l.flag + " " + quote(l.value) + ": want an address such as " + example}
		}
	}
	return nil
}
