package command

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// openTime is how long the command waits for the service to say whether a mailbox may be
// read.
const openTime = 30 * time.Second

func (a *app) mailboxesCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mailboxes",
		Short: "All mailboxes, and those of other extensions to read beside them",
		Long: `All mailboxes, those of other extensions among them: queues, shared lines, and
colleagues whose messages one may read. Under an account of Emailgistics stand the
shared mailboxes its key opens, with who works in each and its tags, as they were
told last; what came to one is found by its address, what has a tag by tag:"NAME",
and what is assigned to somebody by owner:"NAME".`,
		Example: `  switchboard mailboxes --json
  switchboard mailboxes open 201
  switchboard list mailbox:201 is:unread
  switchboard list mailbox:claims@example.com tag:urgent status:open`,
		Args: cobra.NoArgs,
	}
	form := formatFlags(cmd)
	offer := cmd.Flags().Bool("all", false, "list what the directory offers too")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		if err := a.connect(st, nil); err != nil && !errors.Is(err, errNoAccount) {
			return err
		}
		return a.printMailboxes(ctx, st, *offer, form)
	}
	cmd.AddCommand(a.mailboxCmd(true), a.mailboxCmd(false))
	return cmd
}

type mailboxJSON struct {
	Key       string `json:"key"`
	Name      string `json:"name"`
	Number    string `json:"number"`
	Owner     string `json:"owner"`     // key of the account whose sign-in opens it; "": its own
	Extension string `json:"extension"` // of another extension's: the service's id
	Type      string `json:"type"`      // what the directory says it is; of offers only
	Read      bool   `json:"read"`      // it is read here
	SignedIn  bool   `json:"signed_in"`
	Open      int    `json:"open"`
	Synced    string `json:"synced"` // RFC 3339, "" when never
	// Boxes are the shared mailboxes that one sign-in opens at once, as those of an
	// Emailgistics key, as the service told them last.
	Boxes []boxJSON `json:"boxes"`
}

func (a *app) mailboxList(ctx context.Context, st *store.Store, offers bool) ([]mailboxJSON, error) {
	boxes, err := st.Mailboxes(ctx)
	if err != nil {
		return nil, err
	}
	list := []mailboxJSON{}
	read := map[string]bool{}
	for _, b := range boxes {
		read[b.Key] = true
		list = append(list, mailboxJSON{
			Key: b.Key, Name: b.Name, Number: b.Number, Owner: b.Owner, Extension: b.Extension, Read: true, SignedIn: b.Attached,
			Open: b.Open, Synced: stamp(b.Synced), Boxes: boxFields(b.Boxes),
		})
	}
	for _, b := range boxes {
		if !offers || b.Owner != "" {
			continue
		}
		if b.Attached {
			if err := a.readDirectory(ctx, st, b.ID); err != nil {
				return nil, err
			}
		}
		more, err := st.Readable(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		for _, w := range more {
			if key := b.Key[:strings.LastIndexByte(b.Key, ':')+1] + w.Extension; !read[key] {
				list = append(list, mailboxJSON{Key: key, Name: w.Name, Number: w.Number, Owner: b.Key, Extension: w.Extension, Type: w.Type, Boxes: []boxJSON{}})
			}
		}
	}
	return list, nil
}

func (a *app) printMailboxes(ctx context.Context, st *store.Store, offers bool, form *format) error {
	list, err := a.mailboxList(ctx, st, offers)
	if err != nil {
		return err
	}
	if form.machine() {
		return printJSON(a.out, form, list)
	}
	for _, m := range list {
		state := "not read"
		if m.Read {
			state = "signed out"
			if m.SignedIn {
				state = "signed in"
			}
		}
		if err := printf(a.out, "%s\t%s\t%s\t%s\t%d open\n", m.Key, m.Name, m.Number, state, m.Open); err != nil {
			return err
		}
		if err := a.printBoxes(m.Boxes); err != nil {
			return err
		}
	}
	return nil
}

// mailboxCmd opens the mailbox of another extension, or closes it.
func (a *app) mailboxCmd(open bool) *cobra.Command {
	cmd := &cobra.Command{
		Use: "open WHICH", Short: "Read the mailbox of another extension too", Args: cobra.MinimumNArgs(1),
		Long: `Read the mailbox of another extension too: its name or extension number in the
company directory. The service is asked whether you may.`,
	}
	if !open {
		cmd = &cobra.Command{
			Use: "close WHICH", Short: "Read the mailbox of another extension no longer", Args: cobra.MinimumNArgs(1),
			Long: `Read the mailbox of another extension no longer, and forget what was fetched from
it. What was decided about its messages comes back when it is opened again.`,
		}
	}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), openTime)
		defer cancel()
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		if err := a.connect(st, nil); err != nil {
			return err
		}
		m, err := a.findMailbox(ctx, st, strings.Join(args, " "), open)
		if err != nil {
			return err
		}
		if !open {
			if err := st.CloseMailbox(ctx, m.Key); err != nil {
				return err
			}
		} else if err := a.openMailbox(ctx, st, m); err != nil {
			return err
		}
		m.Read = open
		if form.machine() {
			return printJSON(a.out, form, m)
		}
		if !open {
			return printf(a.out, "closed the mailbox of %s\n", m.Name)
		}
		return printf(a.out, "reading the mailbox of %s; switchboard sync --once fetches it\n", m.Name)
	}
	return cmd
}

func (a *app) openMailbox(ctx context.Context, st *store.Store, m mailboxJSON) error {
	accounts, err := st.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, acc := range accounts {
		if acc.Key == m.Owner {
			_, err := st.OpenMailbox(ctx, acc.ID, store.WatchChange{Extension: m.Extension, Name: m.Name, Number: m.Number, Type: m.Type})
			return err
		}
	}
	return &codeError{code: exitNotFound, msg: "no account " + quote(m.Owner), try: "switchboard accounts"}
}

// findMailbox is the mailbox that is meant: one to be opened, or one that is read.
func (a *app) findMailbox(ctx context.Context, st *store.Store, word string, open bool) (mailboxJSON, error) {
	list, err := a.mailboxList(ctx, st, open)
	if err != nil {
		return mailboxJSON{}, err
	}
	var found []mailboxJSON
	for _, m := range list {
		if m.Owner != "" && m.Read != open && (m.Key == word || m.Number == word || m.Extension == word || strings.EqualFold(m.Name, word)) {
			found = append(found, m)
		}
	}
	switch len(found) {
	case 0:
		try := "switchboard mailboxes"
		if open {
			try = "switchboard mailboxes --all"
		}
		return mailboxJSON{}, &codeError{code: exitNotFound, msg: "no mailbox " + quote(word), try: try}
	case 1:
		return found[0], nil
	}
	return mailboxJSON{}, usagef("%s fits several mailboxes; give the extension", quote(word))
}
