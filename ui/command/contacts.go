package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
)

// contactsTime is how long the command waits for the service before it shows what is
// stored.
const contactsTime = 20 * time.Second

// contactJSON is a contact as it is printed.
type contactJSON struct {
	store.Contact
	AccountKey string `json:"account"`
	From       string `json:"source"` // personal or directory
}

func sourceName(s store.ContactSource) string {
	if s == store.Directory {
		return "directory"
	}
	return "personal"
}

type contactOptions struct {
	*format
	source    *string
	favorites bool
	offline   bool
	vcard     bool
	limit     int
}

func (a *app) contactsCmd() *cobra.Command {
	o := contactOptions{}
	cmd := &cobra.Command{
		Use:   "contacts [QUERY]",
		Short: "List contacts: the address book, the company directory, the favourites",
		Long: `List contacts by name: those of the address book and of the company directory, all
of them or those a query finds. A query is beginnings of words of names, companies,
departments and e-mail addresses in any order, or the last digits of a number.

What is new is asked for first when its time has come; with --offline, or where the
service cannot be reached, what is stored is shown.`,
		Example: `  switchboard contacts ana acme
  switchboard contacts 5550142 --json
  switchboard contacts --source directory --jsonl | jq -r .extension
  switchboard contacts add --first Ana --last Lima --number mobile=+16505550142
  switchboard contacts import cards.vcf
  switchboard contacts export > cards.vcf`,
		Args: cobra.ArbitraryArgs,
	}
	o.format = formatFlags(cmd)
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.vcard, "vcard", false, "print them as contact cards (vCard 3.0)")
	cmd.MarkFlagsMutuallyExclusive("json", "jsonl", "vcard")
	cmd.Flags().IntVarP(&o.limit, "limit", "n", -1, "print at most this many (0: all; a terminal gets 50 by default)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if o.limit < -1 {
			return usagef("--limit %d: want 0 or more", o.limit)
		}
		return a.contacts(cmd.Context(), strings.Join(args, " "), o)
	}
	cmd.AddCommand(a.contactsShow(), a.contactsAdd(), a.contactsEdit(), a.contactsDelete(), a.contactsFavorite(), a.contactsImport(), a.contactsExport())
	return cmd
}

// flags are those that choose contacts.
func (o *contactOptions) flags(cmd *cobra.Command) {
	o.source = choice(cmd, "source", "", []string{"personal", "directory"}, "only those of the address book, or of the company directory")
	cmd.Flags().BoolVar(&o.favorites, "favorites", false, "only favourites")
	cmd.Flags().BoolVar(&o.offline, "offline", false, "show what is stored, ask nobody")
}

func (o *contactOptions) query(text string) (store.ContactQuery, error) {
	q := store.ContactQuery{Text: text, Favorites: o.favorites}
	if *o.source != "" {
		if err := checkChoice("source", *o.source, []string{"personal", "directory"}); err != nil {
			return q, err
		}
		q.Source = store.Personal
		if *o.source == "directory" {
			q.Source = store.Directory
		}
	}
	return q, nil
}

// contactStore is the store after what is new of the contacts was asked for.
func (a *app) contactStore(ctx context.Context, offline bool) (*store.Store, error) {
	st, err := a.known(ctx)
	if err != nil || offline {
		return st, err
	}
	return st, a.lookContacts(ctx, st)
}

// lookContacts asks every account for what is new. One that cannot be reached is told
// of; only when there is no contact at all it is what the command ends with.
func (a *app) lookContacts(ctx context.Context, st *store.Store) error {
	if err := a.connect(st, nil); err != nil {
		return err
	}
	accounts, err := st.Accounts(ctx)
	if err != nil {
		return err
	}
	var trouble []error
	for _, acc := range accounts {
		if !a.conn.done[acc.Key] {
			continue
		}
		wait, cancel := context.WithTimeout(ctx, contactsTime)
		err := st.LookContacts(wait, acc.ID, false)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = fmt.Errorf("not everything has been read within %s: %w", contactsTime, err)
		}
		if err != nil {
			trouble = append(trouble, fmt.Errorf("%s: %w", acc.Name, err))
		}
	}
	for _, f := range st.Feeds() {
		if f.Denied && (f.Name == store.FeedContacts || f.Name == store.FeedDirectory || f.Name == store.FeedFavorites) {
			a.notef("%s: not permitted: %s", f.Name, f.Err)
		}
	}
	if len(trouble) == 0 {
		return nil
	}
	if n, _, err := st.CountContacts(ctx, store.ContactQuery{}, 1); err != nil || n == 0 {
		return errors.Join(append(trouble, err)...)
	}
	for _, t := range trouble {
		a.notef("shown as stored: %s", t.Error())
	}
	return nil
}

func (a *app) contacts(ctx context.Context, text string, o contactOptions) error {
	q, err := o.query(text)
	if err != nil {
		return err
	}
	st, err := a.contactStore(ctx, o.offline)
	if err != nil {
		return err
	}
	if o.vcard {
		_, err := st.ExportVCards(ctx, q, a.out)
		return err
	}
	keys, err := accountKeys(ctx, st)
	if err != nil {
		return err
	}
	limit := o.limit
	if limit < 0 {
		if limit = 0; !o.machine() && a.env.Terminal(a.out.file()) {
			limit = screenful
		}
	}
	w := bufio.NewWriterSize(a.out, 32<<10)
	p := &contactPrinter{w: w, form: o.format, keys: keys}
	if !o.machine() && a.env.Terminal(a.out.file()) {
		p.width, _ = a.env.Size()
	}
	more := false
	err = st.EachContact(ctx, q, func(c store.Contact) error {
		if more = limit > 0 && p.n == limit; more {
			return io.EOF
		}
		return p.contact(c)
	})
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err == nil {
		err = p.end()
	}
	if ferr := w.Flush(); err == nil {
		err = ferr
	}
	if err == nil && more && o.limit < 0 {
		a.notef("more were found; --limit 0 prints them all")
	}
	return err
}

func accountKeys(ctx context.Context, st *store.Store) (map[int64]string, error) {
	accounts, err := st.Accounts(ctx)
	keys := make(map[int64]string, len(accounts))
	for _, acc := range accounts {
		keys[acc.ID] = acc.Key
	}
	return keys, err
}

// contactPrinter prints contacts one after the other.
type contactPrinter struct {
	w     *bufio.Writer
	form  *format
	keys  map[int64]string
	width int // cells of the terminal, 0: do not cut
	n     int
}

func (p *contactPrinter) contact(c store.Contact) error {
	p.n++
	if !p.form.machine() {
		_, err := p.w.WriteString(p.line(c) + "\n")
		return err
	}
	b, err := encode(contactJSON{c, p.keys[c.Account], sourceName(c.Source)})
	if err != nil {
		return err
	}
	if p.form.json {
		sep := ",\n"
		if p.n == 1 {
			sep = "["
		}
		_, _ = p.w.WriteString(sep)
		b = b[:len(b)-1]
	}
	_, err = p.w.Write(b)
	return err
}

func (p *contactPrinter) end() error {
	if !p.form.json {
		return nil
	}
	text := "]\n"
	if p.n == 0 {
		text = "[]\n"
	}
	_, err := p.w.WriteString(text)
	return err
}

// line is a contact in columns: id, where from, name, company, number, e-mail address.
func (p *contactPrinter) line(c store.Contact) string {
	number, email := c.Extension, ""
	if number != "" {
		number = "ext. " + number
	}
	if len(c.Numbers) > 0 {
		number = c.Numbers[0].Number
	}
	if len(c.Emails) > 0 {
		email = c.Emails[0]
	}
	mark := "-"
	if c.Favorite {
		mark = "*"
	}
	company := c.Company
	if company == "" {
		company = c.Department
	}
	s := fmt.Sprintf("%6d  %s %s %s  %s  %s  %s", c.ID, kit.Fit(sourceName(c.Source), 9), mark,
		kit.Fit(store.CleanLine(c.Name), 28), kit.Fit(store.CleanLine(company), 20), kit.Fit(number, 16), email)
	if p.width > 0 {
		s = kit.Cut(s, p.width)
	}
	return strings.TrimRight(s, " ")
}
