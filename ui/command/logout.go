package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"switchboard/api"
)

func (a *app) logoutCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "logout [ACCOUNT]",
		Short: "Sign out: the token is revoked and forgotten",
		Long: `Sign out: the token is revoked at the service and forgotten here. Messages stay
readable on this machine; --forget removes them, with notes and everything else
that was decided here.`,
		Args: cobra.MaximumNArgs(1),
	}
	form := formatFlags(cmd)
	forget := cmd.Flags().Bool("forget", false, "remove the stored messages too; this cannot be undone")
	all := cmd.Flags().Bool("all", false, "sign out of every account")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		list, err := readAccounts(a.dir)
		if err != nil {
			return err
		}
		if !*all || len(args) > 0 || len(list) == 0 {
			acc, err := pickAccount(list, first0(args))
			if err != nil {
				return err
			}
			list = []SignedIn{acc}
		}
		out := []loggedOutJSON{}
		for _, acc := range list {
			if err := a.logout(cmd.Context(), acc, *forget); err != nil {
				return err
			}
			if !form.machine() {
				if err := printf(a.out, "signed out of %s (%s)\n", acc.Name, acc.Key); err != nil {
					return err
				}
			}
			out = append(out, loggedOutJSON{Account: acc.Key, Forgotten: *forget})
		}
		if form.machine() {
			return printJSON(a.out, form, out)
		}
		return nil
	}
	return cmd
}

// loggedOutJSON is an account that was signed out.
type loggedOutJSON struct {
	Account   string `json:"account"`
	Forgotten bool   `json:"forgotten"` // with its messages
}

func first0(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func (a *app) logout(ctx context.Context, acc SignedIn, forget bool) error {
	if forget { // what cannot be forgotten is found before anything is done
		st, err := a.store(ctx)
		if err == nil {
			err = st.Forgettable(ctx, acc.Key)
		}
		if err != nil {
			return fmt.Errorf("forget the messages of %s: %w", acc.Name, err)
		}
	}
	if err := a.leave(ctx, acc); err != nil {
		return err
	}
	list, err := readAccounts(a.dir)
	if err != nil {
		return err
	}
	kept := []SignedIn{}
	for _, other := range list {
		if other.Key != acc.Key {
			kept = append(kept, other)
		}
	}
	if err := writeAccounts(a.dir, kept); err != nil {
		return err
	}
	if forget {
		st, err := a.store(ctx)
		if err != nil {
			return err
		}
		if err := st.DropAccount(ctx, acc.Key); err != nil {
			return fmt.Errorf("forget the messages of %s: %w", acc.Name, err)
		}
	}
	return nil
}

// leave ends the sign-in of an account and forgets its secrets.
func (a *app) leave(ctx context.Context, acc SignedIn) error {
	kind, err := serviceOf(acc)
	if err != nil {
		a.notef("%v; it is forgotten here", err)
		return a.connector().vault.Delete(ctx, acc.Key)
	}
	s, err := kind.session(a, acc)
	if err != nil {
		return err
	}
	defer s.Close()
	tell, cancel := context.WithTimeout(ctx, accountTime)
	defer cancel()
	err = s.leave(tell)
	if err != nil && !errors.Is(err, api.ErrNotRevoked) {
		return fmt.Errorf("sign out of %s: %w", acc.Name, err)
	}
	if err != nil {
		a.notef("%v; the token there ends by itself", err)
	}
	for _, name := range kind.secrets {
		if err := a.connector().vault.SetSecret(ctx, acc.Key, name, ""); err != nil {
			return fmt.Errorf("forget the %s of %s: %w", name, acc.Name, err)
		}
	}
	return nil
}
