package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	eg "switchboard/api/emailgistics"
	"switchboard/store"
	adapter "switchboard/store/emailgistics"
)

// deliveredJSON is what became of the deliveries that were given.
type deliveredJSON struct {
	Account    string   `json:"account"`
	Deliveries int      `json:"deliveries"` // that could be read
	New        int      `json:"new"`
	Changed    int      `json:"changed"`
	Items      []string `json:"items"` // the new and the changed
	Error      string   `json:"error"` // about those that could not be read
}

func (a *app) deliverCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "deliver [FILE|-]...",
		Short: "Take in webhook deliveries of Emailgistics",
		Long: `Take in webhook deliveries of Emailgistics, as its webhook sends them: JSON, one
object, an array of them, or one a line, from files or from standard input. The
messages are in the inbox when the command ends, their attachments once a sync has
asked for them. What is delivered twice is there once.

A folder named with --spool at the sign-in does the same for every file put into it,
while the screens or "switchboard sync" run.`,
		Example: `  switchboard deliver delivery.json
  tail -F deliveries.jsonl | while read -r line; do printf '%s' "$line" | switchboard deliver; done`,
		Args: cobra.ArbitraryArgs,
	}
	form := formatFlags(cmd)
	account := cmd.Flags().String("account", "", "which account, by its key or its name (default: the only one of Emailgistics)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.deliver(cmd.Context(), args, *account, form)
	}
	return cmd
}

func (a *app) deliver(ctx context.Context, files []string, word string, form *format) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	acc, err := a.accountOf(ctx, st, "emailgistics", word)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	out := deliveredJSON{Account: acc.Key, Items: []string{}}
	bad := &failed{}
	for _, name := range files {
		list, err := a.readDeliveries(name)
		if err != nil {
			bad.add(name, err)
		}
		got, err := st.TakeDeliveries(ctx, acc.ID, adapter.Incoming(list))
		if err != nil {
			return fmt.Errorf("keep what was delivered: %w", err)
		}
		out.Deliveries, out.New, out.Changed = out.Deliveries+len(list), out.New+got.New, out.Changed+got.Changed
		for _, id := range got.IDs {
			out.Items = append(out.Items, id.String())
		}
	}
	if err := errors.Join(bad.errs...); err != nil {
		out.Error = lines(err.Error())
	}
	if form.machine() {
		err = printJSON(a.out, form, out)
	} else {
		err = printf(a.out, "%s: %d read, %d new, %d changed\n", out.Account, out.Deliveries, out.New, out.Changed)
	}
	if err != nil {
		return err
	}
	return a.failures(bad)
}

// readDeliveries reads one file. With an error about some of it, the rest is returned all
// the same.
func (a *app) readDeliveries(name string) ([]eg.Delivery, error) {
	var r io.Reader = a.in
	if name != "-" {
		f, err := os.Open(expandHome(name))
		if errors.Is(err, os.ErrNotExist) {
			return nil, &codeError{code: exitNotFound, msg: err.Error()}
		}
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	return eg.ParseDelivery(r)
}

// accountOf is an account of one service that is known here: the one that is named, or the
// only one. It need not be signed in.
func (a *app) accountOf(ctx context.Context, st *store.Store, service, word string) (store.Account, error) {
	stored, err := st.Accounts(ctx)
	if err != nil {
		return store.Account{}, err
	}
	var list []SignedIn
	byKey := map[string]store.Account{}
	for _, acc := range stored {
		if acc.Service == service {
			list = append(list, SignedIn{Key: acc.Key, Service: acc.Service, Name: acc.Name, Number: acc.Number})
			byKey[acc.Key] = acc
		}
	}
	if len(list) == 0 {
		return store.Account{}, &codeError{code: exitSignIn, msg: "no account of " + titleOf(service) + " is known", try: signInAgain(service)}
	}
	if word == service {
		word = ""
	}
	acc, err := pickAccount(list, word)
	return byKey[acc.Key], err
}
