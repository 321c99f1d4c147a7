package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
)

// contactFields are the flags that say what a contact is to be.
type contactFields struct {
	first, middle, last, nick, company, job, web, birthday, notes string
	numbers, emails, addresses                                    []string
}

func (f *contactFields) flags(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.first, "first", "", "first name")
	fs.StringVar(&f.middle, "middle", "", "middle name")
	fs.StringVar(&f.last, "last", "", "last name")
	fs.StringVar(&f.nick, "nick", "", "nickname")
	fs.StringVar(&f.company, "company", "", "company")
	fs.StringVar(&f.job, "job", "", "job title")
	fs.StringVar(&f.web, "web", "", "web page")
	fs.StringVar(&f.birthday, "birthday", "", "birthday, such as 1985-02-28")
	fs.StringVar(&f.notes, "notes", "", "notes")
	fs.StringArrayVar(&f.numbers, "number", nil, `KIND=NUMBER, may be repeated; KIND alone with = takes it away. Kinds: `+strings.Join(store.NumberKinds(), ", "))
	fs.StringArrayVar(&f.emails, "email", nil, "e-mail address, may be repeated: all of them at once")
	fs.StringArrayVar(&f.addresses, "address", nil, "postal address on one line, may be repeated: all of them at once")
}

// to changes a contact in what was given on the command line.
func (f *contactFields) to(cmd *cobra.Command, c *store.Contact) error {
	given := func(name string) bool { return cmd.Flags().Changed(name) }
	for name, pair := range map[string][2]*string{
		"first": {&c.First, &f.first}, "middle": {&c.Middle, &f.middle}, "last": {&c.Last, &f.last}, "nick": {&c.Nick, &f.nick},
		"company": {&c.Company, &f.company}, "job": {&c.Job, &f.job}, "web": {&c.Web, &f.web}, "birthday": {&c.Birthday, &f.birthday}, "notes": {&c.Notes, &f.notes},
	} {
		if given(name) {
			*pair[0] = *pair[1]
		}
	}
	for _, n := range f.numbers {
		kind, number, ok := strings.Cut(n, "=")
		kind = strings.ToLower(strings.TrimSpace(kind))
		if !ok {
			kind, number = store.NumberMobile, n
		}
		if !slices.Contains(store.NumberKinds(), kind) {
			return usagef("--number %s: %q is no kind of number; want one of %s", n, kind, strings.Join(store.NumberKinds(), ", "))
		}
		c.Numbers = slices.DeleteFunc(c.Numbers, func(p store.PhoneNumber) bool { return p.Kind == kind })
		if number = strings.TrimSpace(number); number != "" {
			c.Numbers = append(c.Numbers, store.PhoneNumber{Kind: kind, Number: number})
		}
	}
	if given("email") {
		c.Emails = slices.DeleteFunc(slices.Clone(f.emails), func(s string) bool { return s == "" })
	}
	if given("address") {
		c.Address, c.Postal = slices.DeleteFunc(slices.Clone(f.addresses), func(s string) bool { return s == "" }), nil
	}
	return nil
}

func (a *app) contactsAdd() *cobra.Command {
	f := contactFields{}
	cmd := &cobra.Command{
		Use:     "add",
		Short:   "Add a contact to the address book",
		Long:    "Add a contact to the address book. `undo` takes it back.",
		Example: `  switchboard contacts add --first Ana --last Lima --number mobile=+16505550142 --email ana@example.com`,
		Args:    cobra.NoArgs,
	}
	form := formatFlags(cmd)
	f.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		var c store.Contact
		if err := f.to(cmd, &c); err != nil {
			return err
		}
		return a.doContact(cmd.Context(), form, func(ctx context.Context, st *store.Store) (store.Op, error) {
			op, err := st.SaveContact(ctx, c)
			return op, asMistake(err)
		})
	}
	return cmd
}

func (a *app) contactsEdit() *cobra.Command {
	f := contactFields{}
	cmd := &cobra.Command{
		Use:     "edit ID",
		Short:   "Change a contact of the address book",
		Long:    "Change a contact of the address book: what is named, and nothing else. An empty value takes it\naway. `undo` takes the change back.",
		Example: `  switchboard contacts edit 12 --company Acme --number home=`,
		Args:    cobra.ExactArgs(1),
	}
	form := formatFlags(cmd)
	f.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := contactID(args[0])
		if err != nil {
			return err
		}
		return a.doContact(cmd.Context(), form, func(ctx context.Context, st *store.Store) (store.Op, error) {
			c, err := st.Contact(ctx, id)
			if err == nil {
				err = f.to(cmd, &c)
			}
			if err != nil {
				return store.Op{}, err
			}
			op, err := st.SaveContact(ctx, c)
			return op, asMistake(err)
		})
	}
	return cmd
}

// asMistake makes what a person has entered wrong an error of usage: it is not the
// file's, and nothing that is not there.
func asMistake(err error) error {
	var check *store.ContactError
	if errors.As(err, &check) {
		return &usageError{msg: err.Error()}
	}
	return err
}

func (a *app) contactsDelete() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "delete ID...",
		Short: "Delete contacts of the address book",
		Long:  "Delete contacts of the address book. `undo` has the service make them anew, one at a time.\n\"-\" reads ids from standard input.",
		Args:  cobra.MinimumNArgs(1),
	}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.eachContact(cmd.Context(), args, form, func(ctx context.Context, st *store.Store, id int64) (store.Op, error) {
			return st.DeleteContact(ctx, id)
		})
	}
	return cmd
}

func (a *app) contactsFavorite() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "favorite ID...",
		Short: "Make contacts favourites, or take them off with --off",
		Args:  cobra.MinimumNArgs(1),
	}
	form := formatFlags(cmd)
	off := cmd.Flags().Bool("off", false, "take them off the favourites")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.eachContact(cmd.Context(), args, form, func(ctx context.Context, st *store.Store, id int64) (store.Op, error) {
			return st.SetFavorite(ctx, id, !*off)
		})
	}
	return cmd
}

// eachContact does something to contacts, one after the other, and then sends it.
func (a *app) eachContact(ctx context.Context, args []string, form *format, do func(context.Context, *store.Store, int64) (store.Op, error)) error {
	ids, err := a.contactIDs(args)
	if err != nil {
		return err
	}
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	bad := &failed{}
	var ops []store.Op
	for _, id := range ids {
		op, err := do(ctx, st, id)
		if err != nil {
			bad.add(strconv.FormatInt(id, 10), err)
			continue
		}
		ops = append(ops, op)
	}
	return a.finishContacts(ctx, st, ops, bad, form)
}

// doContact does one thing to a contact and then sends it.
func (a *app) doContact(ctx context.Context, form *format, do func(context.Context, *store.Store) (store.Op, error)) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	op, err := do(ctx, st)
	if err != nil {
		return err
	}
	return a.finishContacts(ctx, st, []store.Op{op}, &failed{}, form)
}

// finishContacts sends what waits and says what became of each change.
func (a *app) finishContacts(ctx context.Context, st *store.Store, ops []store.Op, bad *failed, form *format) error {
	var sendErr error
	for i := range ops {
		if waits(ops[i].State) {
			ops[i], sendErr = a.send(ctx, st, ops[i])
		}
	}
	r := changeJSON{State: "confirmed", Items: []string{}}
	for _, op := range ops {
		r.Verb = string(op.Verb)
		r.Words = strings.TrimPrefix(r.Words+"; "+store.CleanLine(op.Words), "; ")
		id := ""
		if op.ID != 0 {
			n, err := st.ContactOf(ctx, op.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			id = strconv.FormatInt(n, 10)
			r.Items = append(r.Items, id)
		}
		switch {
		case waits(op.State):
			why := op.Error
			if sendErr != nil {
				why = sendErr.Error()
			}
			if r.State == "confirmed" {
				a.notef("queued: %s; it is stored and will be sent later", why)
			}
			r.State = "queued"
		case op.State == store.OpFailed:
			bad.add(id, errors.New(op.Words+": "+op.Error))
			if r.State = "failed"; len(ops) > 1 {
				r.State = "partly failed"
			}
		}
	}
	return a.result(r, bad, form)
}

func (a *app) contactsImport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Add the contacts of a file of cards (vCard 2.1, 3.0 or 4.0)",
		Long: `Add the contacts of a file of cards (vCard 2.1, 3.0 or 4.0) to the address book.
Those that are there already are passed over. What could not be taken is said, with the
number of the card; the others are taken all the same. The service takes about ten a
minute: the rest waits and is sent later.`,
		Args: cobra.ExactArgs(1),
	}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		st, err := a.contactStore(ctx, false)
		if err != nil {
			return err
		}
		in := a.in
		if args[0] != "-" {
			f, err := os.Open(args[0])
			if errors.Is(err, os.ErrNotExist) {
				return &codeError{code: exitNotFound, msg: err.Error()}
			}
			if err != nil {
				return err
			}
			defer f.Close()
			in = f
		}
		rep, err := st.ImportVCards(ctx, 0, io.LimitReader(in, maxCards))
		if rep.Added > 0 {
			if _, serr := a.send(ctx, st, store.Op{}); serr != nil {
				a.notef("they are stored and will be sent later: %s", serr.Error())
			}
		}
		return errors.Join(a.imported(rep, form), err)
	}
	return cmd
}

// maxCards is how much of a file of cards is read, in bytes.
const maxCards = 1 << 30

// imported says what became of the cards.
func (a *app) imported(rep store.ImportReport, form *format) error {
	if form.machine() {
		if err := printJSON(a.out, form, rep); err != nil {
			return err
		}
	} else {
		if err := printf(a.out, "%s added, %d there already, %d refused\n", kit.Plural(rep.Added, "contact"), rep.Known, len(rep.Refused)); err != nil {
			return err
		}
		for _, list := range []struct {
			what string
			all  []store.ImportProblem
		}{{"refused", rep.Refused}, {"not all of it", rep.Short}} {
			for _, p := range list.all {
				if err := printf(a.out, "  card %d %s: %s: %s\n", p.Card, p.Name, list.what, p.Why); err != nil {
					return err
				}
			}
		}
	}
	if len(rep.Refused) > 0 {
		return &codeError{code: exitFailed, msg: fmt.Sprintf("%s not taken", kit.Plural(len(rep.Refused), "card")), quiet: true}
	}
	return nil
}
