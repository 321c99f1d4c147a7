package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
)

// contactID reads the id of a contact.
func contactID(word string) (int64, error) {
	id, err := strconv.ParseInt(word, 10, 64)
	if err != nil || id <= 0 {
		return 0, usagef("%q is not the id of a contact: `switchboard contacts NAME` prints them", word)
	}
	return id, nil
}

// contactIDs reads ids from the command line, or from standard input for "-".
func (a *app) contactIDs(args []string) ([]int64, error) {
	words, err := a.expand(args)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, w := range words {
		id, err := contactID(w)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (a *app) contactsShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID...",
		Short: "Show contacts with everything known of them",
		Args:  cobra.MinimumNArgs(1),
	}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		ids, err := a.contactIDs(args)
		if err != nil {
			return err
		}
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		keys, err := accountKeys(ctx, st)
		if err != nil {
			return err
		}
		bad := &failed{}
		list := []contactJSON{}
		for _, id := range ids {
			c, err := st.Contact(ctx, id)
			if err != nil {
				bad.add(strconv.FormatInt(id, 10), err)
				continue
			}
			if list = append(list, contactJSON{c, keys[c.Account], sourceName(c.Source)}); form.machine() {
				continue
			}
			twins, err := st.DuplicatesOf(ctx, id)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(a.out, describeContact(c, twins)); err != nil {
				return err
			}
		}
		if form.machine() && len(list) > 0 {
			if err := a.printContacts(form, list, len(args) == 1 && args[0] != "-"); err != nil {
				return err
			}
		}
		return a.failures(bad)
	}
	return cmd
}

func (a *app) printContacts(form *format, list []contactJSON, one bool) error {
	if one && len(list) == 1 {
		return printJSON(a.out, &format{json: true}, list[0])
	}
	return printJSON(a.out, form, list)
}

// describeContact is a contact for people.
func describeContact(c store.Contact, twins []store.Contact) string {
	var b strings.Builder
	field := func(name, value string) {
		if value = store.CleanLine(value); value != "" {
			fmt.Fprintf(&b, "%-13s %s\n", name+":", value)
		}
	}
	field("Id", strconv.FormatInt(c.ID, 10))
	field("Name", c.Name)
	field("From", map[store.ContactSource]string{store.Personal: "the address book", store.Directory: "the company directory"}[c.Source])
	field("Nickname", c.Nick)
	field("Company", c.Company)
	field("Job", c.Job)
	field("Department", c.Department)
	field("Type", strings.TrimSpace(c.Type+" "+c.Status))
	field("Extension", c.Extension)
	for _, n := range c.Numbers {
		field(strings.ToUpper(n.Kind[:min(1, len(n.Kind))])+n.Kind[min(1, len(n.Kind)):], n.Number)
	}
	for _, e := range c.Emails {
		field("E-mail", e)
	}
	for _, p := range c.Address {
		field("Address", p)
	}
	field("Web", c.Web)
	field("Birthday", c.Birthday)
	if c.Favorite {
		field("Favourite", "yes")
	}
	if c.Pending {
		field("State", "a change waits to be sent")
	}
	for _, t := range twins {
		field("Duplicate", fmt.Sprintf("%d  %s", t.ID, t.Name))
	}
	if c.Notes != "" {
		b.WriteString("\n" + paragraph(c.Notes, "  "))
	}
	b.WriteString("\n")
	return b.String()
}

func (a *app) contactsExport() *cobra.Command {
	o := contactOptions{}
	cmd := &cobra.Command{
		Use:   "export [QUERY]",
		Short: "Write contacts as cards (vCard 3.0)",
		Args:  cobra.ArbitraryArgs,
	}
	o.flags(cmd)
	to := cmd.Flags().StringP("output", "o", "-", "the file to write; - is standard output")
	force := cmd.Flags().Bool("force", false, "write over the file if there is one")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		q, err := o.query(strings.Join(args, " "))
		if err != nil {
			return err
		}
		st, err := a.contactStore(ctx, o.offline)
		if err != nil {
			return err
		}
		if *to == "-" {
			_, err := st.ExportVCards(ctx, q, a.out)
			return err
		}
		how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
		if *force {
			how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		}
		f, err := os.OpenFile(*to, how, 0o600)
		if errors.Is(err, os.ErrExist) {
			return usagef("%s is there already: --force writes over it", *to)
		}
		if err != nil {
			return err
		}
		n, err := st.ExportVCards(ctx, q, f)
		if err == nil {
			err = f.Sync()
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("export to %s: %w", *to, err)
		}
		a.notef("%s written to %s", kit.Plural(n, "contact"), *to)
		return nil
	}
	return cmd
}
