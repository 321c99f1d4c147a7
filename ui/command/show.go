package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
)

func (a *app) showCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID...",
		Short: "Show messages with everything known of them",
		Long: `Show messages with everything known of them. It does not mark them read.

With --json one id gives one object and several give an array; --jsonl gives
one object a line. "-" reads ids from standard input.`,
		Args: cobra.MinimumNArgs(1),
	}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		ids, bad, err := a.ids(ctx, st, args)
		if err != nil {
			return err
		}
		list := []itemJSON{}
		for _, id := range ids {
			it, err := a.whole(ctx, st, id)
			switch {
			case err != nil:
				bad.add(id.String(), err)
			case form.machine():
				list = append(list, toJSON(it))
			default:
				if _, err := fmt.Fprint(a.out, describe(it)); err != nil {
					return err
				}
			}
		}
		if form.machine() {
			var v any = list
			if len(list) == 1 && len(args) == 1 && args[0] != "-" {
				v = list[0]
				form = &format{json: true}
			}
			if len(list) > 0 || len(args) > 1 {
				if err := printJSON(a.out, form, v); err != nil {
					return err
				}
			}
		}
		return a.failures(bad)
	}
	return cmd
}

// textTime is how long show waits for a transcript that is not here yet.
const textTime = 5 * time.Second

// whole is a message with its transcript and the list of its files, which are fetched if
// they are still at the service. When that cannot be done the message is shown without.
func (a *app) whole(ctx context.Context, st *store.Store, id store.ID) (store.Item, error) {
	it, err := st.Item(ctx, id)
	if err != nil || !it.WaitsForText() && it.Bare == store.NotBare {
		return it, err
	}
	if err := a.connect(st, nil); err != nil {
		return it, nil
	}
	short, cancel := context.WithTimeout(ctx, textTime)
	defer cancel()
	if it.WaitsForText() {
		_, err = st.FetchText(short, id)
	} else {
		_, err = st.WantDetail(short, id)
	}
	if err != nil {
		a.log.Info("show: not all of it is here yet", "error", err.Error())
		return it, nil
	}
	return st.Item(ctx, id)
}

// ids reads the ids of the command line; "-" stands for those on standard
// input. Ids that fit nothing are returned as failures by name.
func (a *app) ids(ctx context.Context, st *store.Store, args []string) ([]store.ID, *failed, error) {
	words, err := a.expand(args)
	if err != nil {
		return nil, nil, err
	}
	bad := &failed{}
	var ids []store.ID
	seen := map[store.ID]bool{}
	for _, w := range words {
		id, err := st.Resolve(ctx, w)
		if err != nil {
			bad.add(w, err)
			continue
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, bad, nil
}

// A failed list is what did not work out, item by item.
type failed struct {
	names []string
	errs  []error
}

func (f *failed) add(name string, err error) {
	f.names = append(f.names, name)
	f.errs = append(f.errs, err)
}

// failures reports each failure and returns an error with the code of them,
// or with 1 where they differ.
func (a *app) failures(f *failed) error {
	if f == nil || len(f.errs) == 0 {
		return nil
	}
	if len(f.errs) == 1 && f.names[0] == "" {
		return f.errs[0]
	}
	code := exitCode(f.errs[0])
	for i, err := range f.errs {
		if errors.Is(err, context.Canceled) {
			return err
		}
		report(a.errw, &namedError{f.names[i], err})
		if exitCode(err) != code {
			code = exitFailed
		}
	}
	return &codeError{code: code, msg: "not everything was done", quiet: true}
}

// A namedError says which of several things an error is about.
type namedError struct {
	name string
	err  error
}

func (e *namedError) Error() string {
	if e.name == "" || strings.Contains(e.err.Error(), e.name) {
		return e.err.Error()
	}
	return e.name + ": " + e.err.Error()
}
func (e *namedError) Unwrap() error { return e.err }

// describe is an item for people.
func describe(it store.Item) string {
	var b strings.Builder
	field := func(name, value string) {
		if value = store.CleanLine(value); value != "" {
			fmt.Fprintf(&b, "%-12s %s\n", name+":", value)
		}
	}
	field("Id", it.ID.String())
	field("Kind", strings.TrimSpace(it.Direction.String()+" "+it.Kind.String()))
	field("From", partyLine(it.From))
	for i, p := range it.To {
		name := "To"
		if it.Mail != nil && i >= len(it.To)-it.Mail.Cc {
			name = "Cc"
		}
		field(name, partyLine(p))
	}
	field("Time", it.Time.Local().Format("Mon 2 Jan 2006 15:04:05 MST"))
	field("Mailbox", it.Mailbox)
	field("State", stateLine(it))
	field("Length", extent(it.Row))
	if it.WaitsForText() {
		field("Transcript", it.Row.Transcript.String()+", still at the service")
	} else {
		field("Transcript", it.Row.Transcript.String())
	}
	field("Claimed by", it.Claim)
	field("Labels", strings.Join(it.Labels, " "))
	field("Subject", it.Subject)
	if m := it.Mail; m != nil {
		field("Address", m.Address)
		there := m.Status
		if m.Owner != "" {
			there = strings.TrimPrefix(there+", assigned to "+m.Owner, ", ")
		}
		field("There", there)
		field("Tags", strings.Join(m.Tags, ", "))
		if m.NoBody {
			field("Text", "not offered by the service")
		}
	}
	if it.Bare != store.NotBare {
		field("Files", "the service has not been asked about them yet")
	}
	if it.Protected {
		field("Copying", "what is in this chat is not meant to leave it")
	}
	for _, at := range it.Attachments {
		if !at.IsText() {
			field("File", fileLine(at))
		}
	}
	if it.Held {
		field("Held", "on this machine, whatever happens")
	}
	if !it.Dropped.IsZero() {
		field("Archived", "only here: the service has it no longer since "+it.Dropped.Local().Format("2 Jan 15:04"))
	}
	for i, w := range store.JournalWords(it.Journal, time.Local) {
		e := it.Journal[i]
		field("Journal", fmt.Sprintf("%s %s %s", e.At.Local().Format("2 Jan 15:04"), e.Actor, w))
	}
	for _, n := range it.NoteList {
		field("Note", fmt.Sprintf("%s (%s, %s)", n.Text, n.Actor, n.At.Local().Format("2 Jan 15:04")))
	}
	if it.Text != "" {
		b.WriteString("\n" + paragraph(it.Text, "  "))
	}
	b.WriteString("\n")
	return b.String()
}

func partyLine(p store.Party) string {
	s := p.Display()
	if at := firstOf(p.Number, p.Email); p.Name+p.Known != "" && at != "" {
		s += " <" + at + ">"
	}
	if p.Name != "" && p.Known != "" && p.Known != p.Name {
		s += " (in the contacts: " + p.Known + ")"
	}
	if p.Location != "" {
		s += ", " + p.Location
	}
	switch {
	case p.Why != "" && p.Fault != "":
		s += " [" + p.Why + ", " + p.Fault + "]"
	case p.Why+p.Fault != "":
		s += " [" + p.Why + p.Fault + "]"
	}
	return s
}

func stateLine(it store.Item) string {
	words := []string{it.State.String(), "unread"}
	if it.Read {
		words[1] = "read"
	}
	if it.Availability != store.Alive {
		words = append(words, it.Availability.String())
	}
	if d := it.Row.Delivery.String(); d != "" {
		words = append(words, d)
	}
	if it.Private {
		words = append(words, "private")
	}
	if it.Pending {
		words = append(words, "a change waits to be sent")
	}
	return strings.Join(words, ", ")
}

func fileLine(at store.Attachment) string {
	j := attachment(at)
	name := j.Name
	if name == "" {
		name = "(no name)"
	}
	size := "size not known"
	if at.State == store.Kept {
		size = kit.Size(max(at.Bytes, 0))
	} else if at.Size >= 0 {
		size = "about " + kit.Size(at.Size)
	}
	s := fmt.Sprintf("%s  %s  %s  %s", name, j.ContentType, size, at.State)
	if at.Fault != "" {
		s += ": " + at.Fault
	}
	return s
}
