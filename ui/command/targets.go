package command

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
)

// bulk is how many messages a query may change without being told to: as many as on
// the screens.
const bulk = 50

// targetsHelp is what the help of a command that acts on messages says about them.
const targetsHelp = `

Messages are named by their ids ("-" reads them from standard input), or found by a query with
at least one field, such as in:voicemail or from:ana: "switchboard help list" has the fields. A query that
finds more than 50 is only acted upon with --yes; --dry-run lists what would be, and does nothing.`

// acting is how a command that changes messages finds them, and what it prints.
type acting struct {
	*format
	yes, dry bool
}

func actingFlags(cmd *cobra.Command) *acting {
	o := &acting{format: formatFlags(cmd)}
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "act on all that a query finds, however many")
	cmd.Flags().BoolVar(&o.dry, "dry-run", false, "list what would be acted upon, and do nothing")
	cmd.ValidArgsFunction = completeQuery
	return o
}

// looksQuery reports whether arguments are a query. Ids have no fields; words alone are
// no query where something is changed, because a mistyped id would be one.
func looksQuery(args []string) bool {
	for _, w := range args {
		for _, part := range strings.Fields(w) {
			name, _, ok := strings.Cut(strings.TrimPrefix(part, "-"), ":")
			if !ok {
				if i := strings.IndexAny(name, "<>"); i > 0 {
					name, ok = name[:i], true
				}
			}
			if ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") == "" {
				return true
			}
		}
	}
	return false
}

// chosen are the messages a command acts on, found by ids or by a query.
func (a *app) chosen(ctx context.Context, st *store.Store, verb string, args []string, o *acting) ([]store.ID, *failed, error) {
	if !looksQuery(args) {
		ids, bad, err := a.ids(ctx, st, args)
		if err == nil && len(ids) == 0 && len(bad.errs) == 0 {
			err = usagef("%s: no ids were given", verb)
		}
		return ids, bad, err
	}
	text := joinArgs(args)
	q, err := a.query(text)
	if err != nil {
		return nil, nil, err
	}
	ids, err := st.IDs(ctx, q, store.OldestFirst, math.MaxInt32)
	if err != nil {
		return nil, nil, err
	}
	if len(ids) == 0 {
		return nil, nil, &codeError{code: exitNotFound, msg: "nothing matches " + quote(text), try: "switchboard list " + shellWord(text)}
	}
	if len(ids) > bulk && !o.yes && !o.dry {
		return nil, nil, &usageError{
			msg: fmt.Sprintf("%s: %s finds %s, more than %d", verb, quote(text), kit.Plural(len(ids), "message"), bulk),
			try: "--dry-run to see them, --yes to act on all of them",
		}
	}
	return ids, &failed{}, nil
}

// shellWord quotes text for a shell where that needs it.
func shellWord(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n'\"\\$&|;<>()*?[]{}~#!`") {
		return store.CleanLine(s)
	}
	return "'" + strings.ReplaceAll(store.CleanLine(s), "'", `'\''`) + "'"
}

// dryRun prints what a command would have acted upon.
func (a *app) dryRun(ctx context.Context, st *store.Store, verb string, ids []store.ID, bad *failed, form *format) error {
	r := changeJSON{Verb: verb, State: "dry run", Items: []string{}, Words: fmt.Sprintf("would %s %s", verb, kit.Plural(len(ids), "message"))}
	for _, id := range ids {
		r.Items = append(r.Items, id.String())
	}
	if form.machine() {
		return a.result(r, bad, form)
	}
	w := bufio.NewWriter(a.out)
	p := &rowPrinter{w: w, form: form, now: a.env.Now()}
	if a.env.Terminal(a.out.file()) {
		p.width, _ = a.env.Size()
	}
	for _, id := range ids {
		it, err := st.Item(ctx, id)
		if err != nil {
			bad.add(id.String(), err)
			continue
		}
		if err := p.rows(ctx, st, []store.Row{it.Row}); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	a.notef("%s; nothing was changed", r.Words)
	return a.failures(bad)
}
