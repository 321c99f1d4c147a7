package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// pageRows is how many rows are asked for at a time: long lists are printed
// as they are read and never held whole.
const pageRows = 200

// messagesOnly is what is listed when nothing is asked for: the calls and the posts, of
// which there are many more, have to be named.
const messagesOnly = "in:messages"

// screenful is how many rows a person at a terminal gets without --limit.
const screenful = 50

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

type listOptions struct {
	*format
	limit int
	sort  *string
	csv   bool
	ask   bool
}

func (a *app) listCmd() *cobra.Command {
	o := listOptions{}
	cmd := &cobra.Command{
		Use:   "list [QUERY]",
		Short: "List messages, all of them or those a query finds",
		Long: `List messages, oldest first, all of them or those a query finds. Calls and
posts have to be named: in:calls and in:posts list them. in:all lists deleted messages too.

A query is words and fields, as in the search of the screens:
  in:voicemail in:fax in:sms in:mms in:pager in:text in:email in:calls in:posts in:inbox in:done in:trash in:all
  in:ringcentral in:symphony in:emailgistics
  is:unread is:open is:done is:failed is:deleted is:mine is:pending is:blocked
  is:missed is:answered is:rejected is:returned is:company has:recording has:message (of calls)
  from: to: number:5551234 has:file has:note before: after: on:today dur:>60 pages:2..5
  mailbox:NAME, and of e-mails: mailbox:ADDRESS tag:urgent owner:mary status:open status:closed has:tag has:owner
status: is how an e-mail stands at its service, is: how it stands here; a label and a claim
are from here, a tag and an owner from the service.
A minus in front of a word leaves out what has it; "quotes" find a phrase.

What is listed is what is on this machine. --ask-services has the services look for
the words of the query first: Symphony does, in the chats whose history is not here.

--json prints one array, --jsonl one object a line, --csv a table for a spreadsheet.`,
		Example: `  switchboard list in:voicemail is:unread
  switchboard list in:voicemail --jsonl | jq -r .text`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeQuery,
	}
	o.format = formatFlags(cmd)
	cmd.Flags().BoolVar(&o.csv, "csv", false, "print a table with a heading, as CSV")
	cmd.MarkFlagsMutuallyExclusive("json", "jsonl", "csv")
	cmd.Flags().IntVarP(&o.limit, "limit", "n", -1, "print at most this many (0: all; a terminal gets 50 by default)")
	cmd.Flags().BoolVar(&o.ask, "ask-services", false, "have the services search too, as far as they can, and take in what they find")
	orders := []string{"oldest", "newest"}
	o.sort = choice(cmd, "sort", "", orders, "which comes first; the config says it by default")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *o.sort != "" {
			if err := checkChoice("sort", *o.sort, orders); err != nil {
				return err
			}
		}
		if o.limit < -1 {
			return usagef("--limit %d: want 0 or more", o.limit)
		}
		return a.list(cmd.Context(), strings.Join(args, " "), o)
	}
	return cmd
}

func (a *app) list(ctx context.Context, text string, o listOptions) error {
	if strings.TrimSpace(text) == "" {
		text = messagesOnly
	}
	q, err := a.query(text)
	if err != nil {
		return err
	}
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	if o.ask {
		if err := a.askServices(ctx, st, q); err != nil {
			return err
		}
	}
	order := store.OldestFirst
	if *o.sort == "newest" || *o.sort == "" && a.cfg.Sort == "newest" {
		order = store.NewestFirst
	}
	limit := o.limit
	if limit < 0 {
		limit = 0
		if !o.machine() && !o.csv && a.env.Terminal(a.out.file()) {
			limit = screenful
		}
	}
	w := bufio.NewWriterSize(a.out, 32<<10)
	p := &rowPrinter{w: w, form: o.format, now: a.env.Now(), width: 0}
	if o.csv {
		if p.table, err = store.NewTable(w); err != nil {
			return err
		}
	}
	if !o.machine() && a.env.Terminal(a.out.file()) {
		p.width, _ = a.env.Size()
	}
	more, err := a.pages(ctx, st, q, order, limit, p)
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

// known is the store, once there is any account in it.
func (a *app) known(ctx context.Context) (*store.Store, error) {
	st, err := a.store(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := st.Accounts(ctx)
	if err == nil && len(accounts) == 0 {
		accounts, err = a.adopt(ctx, st)
	}
	if err != nil {
		return nil, err
	}
	if len(accounts) == 0 {
		return nil, errNoAccount
	}
	return st, nil
}

// pages walks the list window by window and reports whether rows were left.
func (a *app) pages(ctx context.Context, st *store.Store, q store.Query, order store.Order, limit int, p *rowPrinter) (bool, error) {
	at, n := store.ID(0), 0
	for {
		win, err := st.Window(ctx, q, order, at, 0, pageRows)
		if err != nil {
			return false, err
		}
		rows := win.Rows
		if at != 0 && len(rows) > 0 && rows[0].ID == at {
			rows = rows[1:] // the row the window stands on was printed before
		}
		if len(rows) == 0 {
			return false, nil
		}
		if limit > 0 && n+len(rows) > limit {
			rows = rows[:limit-n]
		}
		if err := p.rows(ctx, st, rows); err != nil {
			return false, err
		}
		n += len(rows)
		last := rows[len(rows)-1].ID
		if limit > 0 && n >= limit {
			return !win.End || win.Rows[len(win.Rows)-1].ID != last, nil
		}
		if win.End {
			return false, nil
		}
		at = last
	}
}

// A rowPrinter prints rows one page after the other.
type rowPrinter struct {
	w     *bufio.Writer
	form  *format
	now   time.Time
	width int // cells of the terminal, 0: do not cut
	n     int
	table *store.Table // where CSV is wanted
}

func (p *rowPrinter) rows(ctx context.Context, st *store.Store, rows []store.Row) error {
	if p.table != nil {
		return items(ctx, st, rows, func(it store.Item) error {
			p.n++
			return p.table.Add(it)
		})
	}
	if !p.form.machine() {
		for _, r := range rows {
			if _, err := p.w.WriteString(p.line(r) + "\n"); err != nil {
				return err
			}
		}
		return p.w.Flush()
	}
	err := items(ctx, st, rows, func(it store.Item) error {
		b, err := encode(toJSON(it))
		if err != nil {
			return err
		}
		if p.form.json {
			sep := ",\n"
			if p.n == 0 {
				sep = "["
			}
			_, _ = p.w.WriteString(sep)
			b = b[:len(b)-1]
		}
		p.n++
		_, err = p.w.Write(b)
		return err
	})
	if err == nil {
		err = p.w.Flush()
	}
	return err
}

func (p *rowPrinter) end() error {
	if p.table != nil {
		return p.table.Flush()
	}
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

// line is a row in columns: id, time, kind, flags, who, length, text.
func (p *rowPrinter) line(r store.Row) string {
	who := store.CleanLine(r.Who.Display())
	if r.Direction == store.Outbound {
		who = "→ " + who
	}
	s := fmt.Sprintf("%s  %s  %s %s %s %s  %s",
		r.ID, r.Time.Local().Format("2006-01-02 15:04"), kit.Fit(r.Kind.String(), 9), flags(r),
		kit.Fit(who, 22), kit.Fit(extent(r), 5), store.CleanLine(says(r)))
	if p.width > 0 {
		s = kit.Cut(s, p.width)
	}
	return strings.TrimRight(s, " ")
}

// says is the beginning of a text, or what became of a call.
func says(r store.Row) string {
	if r.Kind == store.Call {
		return screen.CallWords(r)
	}
	return r.Preview
}

// flags is a fixed-width mark of how an item stands: unread, state, deleted,
// failed, files, waiting to be sent.
func flags(r store.Row) string {
	b := []byte("-----")
	if !r.Read {
		b[0] = 'u'
	}
	switch {
	case r.Availability != store.Alive:
		b[1] = 'x'
	case r.State == store.Done:
		b[1] = 'd'
	case r.State == store.Snoozed:
		b[1] = 'z'
	}
	if r.Delivery.Failed() {
		b[2] = '!'
	}
	if r.Files > 0 {
		b[3] = 'f'
	}
	if r.Pending {
		b[4] = '*'
	}
	return string(b)
}

// extent is how long an item is: a duration or pages.
func extent(r store.Row) string {
	switch {
	case r.Kind == store.Fax && r.Pages > 0:
		return strconv.Itoa(r.Pages) + "p"
	case r.Duration > 0:
		s := int(r.Duration.Seconds())
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return ""
}

func encode(v any) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return []byte(b.String()), err
}

// completeQuery offers the fields of the query language on Tab.
func completeQuery(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	all := []string{
		"in:inbox", "in:voicemail", "in:fax", "in:sms", "in:mms", "in:pager", "in:text", "in:email", "in:done", "in:snoozed", "in:trash", "in:all",
		"is:unread", "is:read", "is:open", "is:done", "is:failed", "is:deleted", "is:mine", "is:pending", "is:blocked",
		"in:ringcentral", "in:symphony", "in:emailgistics",
		"in:calls", "in:posts", "is:missed", "is:answered", "is:rejected", "is:abandoned", "is:busy", "is:returned", "is:own", "is:company", "has:recording", "has:message",
		"has:file", "has:note", "has:transcript", "on:today", "on:yesterday", "after:", "before:", "from:", "to:", "number:", "dur:", "pages:", "label:", "claim:",
		"mailbox:", "tag:", "owner:", "status:open", "status:snoozed", "status:closed", "has:tag", "has:owner",
	}
	var out []string
	for _, c := range all {
		if strings.HasPrefix(c, word) {
			out = append(out, c)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
