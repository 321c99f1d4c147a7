package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// journalJSON is an entry of the journal as scripts get it. Fields are only ever added.
type journalJSON struct {
	Key     string `json:"key"` // unique, whichever machine wrote it
	At      string `json:"at"`  // RFC 3339, UTC
	Actor   string `json:"actor"`
	Verb    string `json:"verb"`
	Value   string `json:"value"`
	Words   string `json:"words"` // what was done, for people
	Undoes  string `json:"undoes"`
	Item    string `json:"item"`   // id; "" while the message is not on this machine
	Remote  string `json:"remote"` // its id at the service
	Account string `json:"account"`
}

func toJournal(e store.Entry, words string) journalJSON {
	j := journalJSON{
		Key: e.Key, At: e.At.UTC().Format(time.RFC3339Nano), Actor: store.CleanLine(e.Actor), Verb: e.Verb, Value: store.Clean(e.Value),
		Words: store.CleanLine(words), Undoes: e.Undoes, Remote: store.CleanLine(e.Remote), Account: e.AccountKey,
	}
	if e.Item != 0 {
		j.Item = e.Item.String()
	}
	return j
}

// journalOf is the journal of an item as scripts get it.
func journalOf(es []store.Entry) []journalJSON {
	out := make([]journalJSON, len(es))
	for i, w := range store.JournalWords(es, time.Local) {
		out[i] = toJournal(es[i], w)
	}
	return out
}

type journalOptions struct {
	*format
	csv    bool
	actor  string
	merge  string
	events []string
}

func (a *app) journalCmd() *cobra.Command {
	o := journalOptions{}
	cmd := &cobra.Command{
		Use:   "journal [ID...|QUERY]",
		Short: "Show who did what to messages, and when",
		Long: `Show who did what to messages, and when: of those that are named or found, or of
all. The journal is only ever added to: what is taken back is told as well, and
nothing is rewritten. Entries come in the order of time, of all messages in the
order in which they reached this machine.

--merge FILE takes in the journal of another machine ("-": standard input), as
--jsonl wrote it; what is known already is passed over.`,
		Example: `  switchboard journal 06q8g1zk4t2ax
  switchboard journal in:voicemail on:today --csv > today.csv
  switchboard journal --actor ana --verb done,call --jsonl`,
		Args: cobra.ArbitraryArgs, ValidArgsFunction: completeQuery,
	}
	o.format = formatFlags(cmd)
	cmd.Flags().BoolVar(&o.csv, "csv", false, "print a table with a heading, as CSV")
	cmd.Flags().StringVar(&o.actor, "actor", "", "only what somebody did whose name begins so")
	cmd.Flags().StringSliceVar(&o.events, "verb", nil, "only these: done, note, claim, delete, call, reply, hold, save and so on")
	cmd.Flags().StringVar(&o.merge, "merge", "", "take in the journal of another machine from this file")
	cmd.MarkFlagsMutuallyExclusive("json", "jsonl", "csv")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if o.merge != "" {
			if len(args) > 0 {
				return usagef("journal --merge takes no messages")
			}
			return a.mergeJournal(cmd.Context(), o)
		}
		return a.journal(cmd.Context(), args, o)
	}
	return cmd
}

func (a *app) journal(ctx context.Context, args []string, o journalOptions) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(a.out, 32<<10)
	p := &entryPrinter{w: w, o: o, now: a.env.Now()}
	if o.csv {
		if p.table, err = store.NewJournalTable(w); err != nil {
			return err
		}
	}
	bad := &failed{}
	if len(args) == 0 {
		err = p.all(ctx, st.Ledger())
	} else {
		var ids []store.ID
		if ids, bad, err = a.journalIDs(ctx, st, args); err != nil {
			return err
		}
		err = p.of(ctx, st, ids)
	}
	if err == nil {
		err = p.end()
	}
	if ferr := w.Flush(); err == nil {
		err = ferr
	}
	if err != nil {
		return err
	}
	return a.failures(bad)
}

// journalIDs are the messages whose journal is asked for.
func (a *app) journalIDs(ctx context.Context, st *store.Store, args []string) ([]store.ID, *failed, error) {
	if !looksQuery(args) {
		return a.ids(ctx, st, args)
	}
	q, err := a.query(joinArgs(args))
	if err != nil {
		return nil, nil, err
	}
	ids, err := st.IDs(ctx, q, store.OldestFirst, math.MaxInt32)
	return ids, &failed{}, err
}

// entryPrinter prints entries as they are read.
type entryPrinter struct {
	w     *bufio.Writer
	o     journalOptions
	now   time.Time
	table *store.JournalTable
	n     int
}

// all prints the whole journal, a page at a time.
func (p *entryPrinter) all(ctx context.Context, l store.Ledger) error {
	const page = 1000
	for cursor := int64(0); ; {
		es, next, err := l.Since(ctx, cursor, page)
		if err != nil || len(es) == 0 {
			return err
		}
		if err := p.entries(es); err != nil {
			return err
		}
		cursor = next
	}
}

// of prints the journals of some messages, in order of time.
func (p *entryPrinter) of(ctx context.Context, st *store.Store, ids []store.ID) error {
	es, err := st.Journal(ctx, ids...)
	if err != nil {
		return err
	}
	return p.entries(es)
}

func (p *entryPrinter) entries(es []store.Entry) error {
	words := store.JournalWords(es, time.Local)
	for i, e := range es {
		if !strings.HasPrefix(strings.ToLower(e.Actor), strings.ToLower(p.o.actor)) || len(p.o.events) > 0 && !slices.Contains(p.o.events, e.Verb) {
			continue
		}
		if err := p.entry(e, words[i]); err != nil {
			return err
		}
		p.n++
	}
	return p.w.Flush()
}

func (p *entryPrinter) entry(e store.Entry, words string) error {
	switch {
	case p.table != nil:
		return p.table.Add(e, words)
	case !p.o.machine():
		item := e.Remote
		if e.Item != 0 {
			item = e.Item.String()
		}
		_, err := fmt.Fprintf(p.w, "%s  %s  %s  %s\n", e.At.Local().Format("2006-01-02 15:04:05"), item, store.CleanLine(e.Actor), store.CleanLine(words))
		return err
	}
	b, err := encode(toJournal(e, words))
	if err != nil {
		return err
	}
	if p.o.json {
		sep := ",\n"
		if p.n == 0 {
			sep = "["
		}
		_, _ = p.w.WriteString(sep)
		b = b[:len(b)-1]
	}
	_, err = p.w.Write(b)
	return err
}

func (p *entryPrinter) end() error {
	switch {
	case p.table != nil:
		return p.table.Flush()
	case !p.o.json:
		return nil
	}
	text := "]\n"
	if p.n == 0 {
		text = "[]\n"
	}
	_, err := p.w.WriteString(text)
	return err
}

// mergeJournal takes in the journal of another machine.
func (a *app) mergeJournal(ctx context.Context, o journalOptions) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	from := a.in
	if o.merge != "-" {
		f, err := os.Open(o.merge)
		if err != nil {
			return fmt.Errorf("journal --merge: %w", err)
		}
		defer f.Close()
		from = f
	}
	fresh, err := st.MergeJournal(ctx, from)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if o.machine() {
		return printJSON(a.out, o.format, struct {
			New int `json:"new"`
		}{fresh})
	}
	return printf(a.out, "%d new entries\n", fresh)
}
