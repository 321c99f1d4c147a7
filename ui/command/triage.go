package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// flushTime is how long a command waits for the service to take a change. It
// is stored before, so waiting longer would only keep a script waiting.
const flushTime = 10 * time.Second

// maxStdin is how much is read of a list of ids on standard input, in bytes.
const maxStdin = 16 << 20

// expand replaces "-" by the words on standard input.
func (a *app) expand(args []string) ([]string, error) {
	var words []string
	read := false
	for _, w := range args {
		if w != "-" {
			words = append(words, w)
			continue
		}
		if read {
			return nil, usagef(`"-" may be given once`)
		}
		read = true
		sc := bufio.NewScanner(io.LimitReader(a.in, maxStdin))
		sc.Split(bufio.ScanWords)
		for sc.Scan() {
			words = append(words, sc.Text())
		}
		if err := sc.Err(); err != nil {
			return nil, fmt.Errorf("read ids from standard input: %w", err)
		}
	}
	return words, nil
}

type verbHelp struct {
	verb        store.Verb
	short, long string
}

// triageCmds are the verbs that change items, and undo.
func (a *app) triageCmds() []*cobra.Command {
	verbs := []verbHelp{
		{"read", "Mark messages read", "at the service too"},
		{"unread", "Mark messages unread", "at the service too"},
		{"done", "Mark messages done", "in this store; the service does not know of it"},
		{"reopen", "Open messages again that are done or snoozed", "in this store; the service does not know of it"},
		{"delete", "Move messages to the trash", "at the service too; `restore` or `undo` take it back until the service purges its trash"},
		{"restore", "Take messages back from the trash", "at the service too"},
	}
	var cmds []*cobra.Command
	for _, v := range verbs {
		cmds = append(cmds, a.verbCmd(v))
	}
	return append(cmds, a.snoozeCmd(), a.claimCmd(), a.releaseCmd(), a.assignCmd(), a.noteCmd(), a.labelCmd(), a.holdCmd(), a.unholdCmd(), a.blockCmd(true), a.blockCmd(false), a.undoCmd(), a.redoCmd())
}

func (a *app) verbCmd(v verbHelp) *cobra.Command {
	cmd := &cobra.Command{
		Use:   string(v.verb) + " ID...|QUERY",
		Short: v.short,
		Long: v.short + ", " + v.long + `.

The change is on disk before the command ends; where the service cannot be
reached it waits and is sent later.` + targetsHelp,
		Example: "  switchboard " + string(v.verb) + " in:voicemail before:3d --dry-run\n" +
			"  switchboard list in:voicemail is:read --jsonl | jq -r .id | switchboard " + string(v.verb) + " -",
		Args: cobra.MinimumNArgs(1),
	}
	o := actingFlags(cmd)
	note := ""
	if v.verb == store.VerbDone {
		cmd.Flags().StringVar(&note, "note", "", "write this note on each of them")
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.act(cmd.Context(), args, store.Change{Verb: v.verb, Note: note}, o)
	}
	return cmd
}

// act makes one change of the messages that arguments name or find.
func (a *app) act(ctx context.Context, args []string, c store.Change, o *acting) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	ids, bad, err := a.chosen(ctx, st, string(c.Verb), args, o)
	if err != nil {
		return err
	}
	if o.dry {
		return a.dryRun(ctx, st, string(c.Verb), ids, bad, o.format)
	}
	c.Items = ids
	return a.change(ctx, st, c, bad, o.format)
}

// changeJSON is what a verb did.
type changeJSON struct {
	Verb   string        `json:"verb"`
	Job    string        `json:"job"` // as in `jobs` and `undo`; "" when nothing had to be changed
	Words  string        `json:"words"`
	State  string        `json:"state"` // confirmed, queued, failed or dry run; "" when there was nothing to do
	Items  []string      `json:"items"`
	Failed []failureJSON `json:"failed"`
}

type failureJSON struct {
	ID    string `json:"id"`
	Error string `json:"error"`
	Code  int    `json:"code"` // the exit code it stands for
}

// change makes one change durable, then tries to have the service take it.
func (a *app) change(ctx context.Context, st *store.Store, c store.Change, bad *failed, form *format) error {
	if len(c.Items) == 0 {
		if len(bad.errs) == 0 {
			return usagef("%s: no ids were given", c.Verb)
		}
		return a.result(changeJSON{Verb: string(c.Verb), Items: []string{}}, bad, form)
	}
	op, err := st.Act(ctx, c)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Verb, err)
	}
	return a.finish(ctx, st, op, bad, form)
}

// finish sends what waits and says how op stands after that.
func (a *app) finish(ctx context.Context, st *store.Store, op store.Op, bad *failed, form *format) error {
	r, err := a.outcome(ctx, st, op)
	if err != nil {
		if len(bad.errs) == 0 {
			_ = a.result(r, &failed{}, form)
			return err
		}
		bad.add("", err)
	}
	return a.result(r, bad, form)
}

// outcome sends what waits and tells what became of op; the error is why it failed.
func (a *app) outcome(ctx context.Context, st *store.Store, op store.Op) (changeJSON, error) {
	var sendErr error
	if waits(op.State) {
		op, sendErr = a.send(ctx, st, op)
	}
	r := changeJSON{
		Verb: string(op.Verb), Job: changeID(op.ID), Words: store.CleanLine(op.Words), State: "confirmed", Items: make([]string, 0, len(op.Items)), Failed: []failureJSON{},
	}
	for _, id := range op.Items {
		r.Items = append(r.Items, id.String())
	}
	switch {
	case waits(op.State):
		r.State = "queued"
		why := "the service has not answered yet"
		if sendErr != nil {
			why = sendErr.Error()
		} else if op.Error != "" {
			why = op.Error
		}
		a.notef("queued: %s; it is stored and will be sent later", why)
	case op.State != store.OpConfirmed:
		r.State = "failed"
		msg := op.Error
		if msg == "" {
			msg = "the service did not take the change; it was rolled back"
		}
		return r, fmt.Errorf("%s: %s", op.Words, msg)
	}
	return r, nil
}

func waits(s store.OpState) bool {
	return s == store.OpPending || s == store.OpSending || s == store.OpUnknown
}

// send tries for a while to get the outbox empty and reads op again.
func (a *app) send(ctx context.Context, st *store.Store, op store.Op) (store.Op, error) {
	err := a.connect(st, nil)
	if err == nil {
		var cancel context.CancelFunc
		wait, cancel := context.WithTimeout(ctx, flushTime)
		err = st.Flush(wait)
		cancel()
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = fmt.Errorf("no answer within %s", flushTime)
	}
	now, operr := opOf(ctx, st, op)
	if operr != nil {
		return op, operr
	}
	return now, err
}

func (a *app) result(r changeJSON, bad *failed, form *format) error {
	if form.machine() {
		r.Failed = make([]failureJSON, 0, len(bad.errs))
		for i, err := range bad.errs {
			r.Failed = append(r.Failed, failureJSON{ID: bad.names[i], Error: lines(err.Error()), Code: exitCode(err)})
		}
		if err := printJSON(a.out, form, r); err != nil {
			return err
		}
	} else if r.Words != "" && r.State != "failed" {
		if err := printf(a.out, "%s\n", r.Words); err != nil {
			return err
		}
	}
	return a.failures(bad)
}
