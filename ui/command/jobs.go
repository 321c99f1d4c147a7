package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
)

// A jobID names a change, a download or a save: "c412", "d88", "s3".
type jobID struct {
	kind jobKind
	n    int64
}

type jobKind byte

const (
	jobChange   jobKind = 'c'
	jobDownload jobKind = 'd'
	jobSave     jobKind = 's'
)

func (j jobID) String() string { return string(rune(j.kind)) + strconv.FormatInt(j.n, 10) }

func (j jobID) kindWord() string {
	switch j.kind {
	case jobChange:
		return "change"
	case jobSave:
		return "save"
	}
	return "download"
}

// changeID is how a change is named; "" for what was not kept.
func changeID(op int64) string {
	if op == 0 {
		return ""
	}
	return jobID{jobChange, op}.String()
}

// parseJob reads what String wrote.
func parseJob(text string) (jobID, error) {
	word := strings.ToLower(strings.TrimSpace(text))
	if len(word) > 1 && strings.Contains("cds", word[:1]) {
		if n, err := strconv.ParseInt(word[1:], 10, 64); err == nil && n > 0 {
			return jobID{jobKind(word[0]), n}, nil
		}
	}
	return jobID{}, &usageError{
		msg: "job " + quote(text) + ": want an id such as c412 (a change), d88 (a download) or s3 (a save)", try: "switchboard jobs --all",
	}
}

// jobJSON is a job as it is printed.
type jobJSON struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"` // change, download or save
	Verb     string   `json:"verb"` // of a change
	Words    string   `json:"words"`
	State    string   `json:"state"` // pending, sending, unknown, confirmed, failed, cancelled; waiting, fetching, paused, kept
	Items    []string `json:"items"`
	Error    string   `json:"error"`
	At       string   `json:"at"`
	Next     string   `json:"next"`     // when it is tried again, "" when at once or never
	Unsure   bool     `json:"unsure"`   // of a message: say whether it was sent, with jobs sent or jobs unsent
	Undoable bool     `json:"undoable"` // `undo` takes it back
	Until    string   `json:"until"`    // till when, "" for as long as it is known
	Done     int64    `json:"done"`     // bytes
	Total    int64    `json:"total"`    // bytes, -1 when not known
	Files    int      `json:"files"`    // of a save
	Path     string   `json:"path"`     // of a save: the folder or archive
}

func (a *app) jobsCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "jobs",
		Short: "List what waits, runs or has failed: changes, sends, downloads, saves",
		Long: `List what waits, runs or has failed: changes that the service does not have yet,
messages that are being sent, downloads and saves.

With --wait it carries on with them until none is left that can go on, and exits
with 0 when all went well, 1 when something failed, 4 when the service cannot be
reached. The screens and "switchboard sync" do that too while they run.`,
		Example: "  switchboard jobs --json\n  switchboard jobs retry c412\n  switchboard jobs --wait",
		Args:    cobra.NoArgs,
	}
	form := formatFlags(cmd)
	all := cmd.Flags().Bool("all", false, "list what is through too")
	wait := cmd.Flags().Bool("wait", false, "carry on until nothing can go on any more")
	limit := cmd.Flags().Duration("timeout", 0, "with --wait: give up after so long (0: never)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		var waited error
		if *wait {
			if waited = a.waitJobs(ctx, st, *limit); errors.Is(waited, context.Canceled) {
				return waited
			}
		}
		return cmp.Or(a.printJobs(ctx, st, *all, form), waited)
	}
	cmd.AddCommand(
		a.jobCmd("retry", "Try jobs again now that failed or wait", a.retryJob),
		a.jobCmd("cancel", "Take jobs off the list that are not through", cancelJob),
		a.jobCmd("sent", "Say that a message of which nobody can tell was sent", settleJob(true)),
		a.jobCmd("unsent", "Say that a message of which nobody can tell was not sent: it goes out", settleJob(false)),
	)
	return cmd
}

// opsShown is how many changes are looked through.
const opsShown = 1000

func opUnderWay(op store.Op) bool { return waits(op.State) }

// jobList is the jobs, those that are not through first.
func (a *app) jobList(ctx context.Context, st *store.Store, all bool) ([]jobJSON, error) {
	ops, err := st.Ops(ctx, opsShown)
	if err != nil {
		return nil, err
	}
	list := []jobJSON{}
	for _, j := range st.Jobs() {
		list = append(list, fileJob(j))
	}
	for _, op := range ops {
		if opUnderWay(op) || op.State == store.OpFailed && !op.Undone {
			list = append(list, changeJob(op))
		}
	}
	if !all {
		return list, nil
	}
	for _, j := range st.Finished() {
		list = append(list, fileJob(j))
	}
	for _, op := range ops {
		if !opUnderWay(op) && (op.State != store.OpFailed || op.Undone) {
			list = append(list, changeJob(op))
		}
	}
	return list, nil
}

func changeJob(op store.Op) jobJSON {
	j := jobJSON{
		ID: changeID(op.ID), Kind: "change", Verb: string(op.Verb), Words: store.CleanLine(op.Words), State: op.State.String(),
		Items: []string{}, Error: lines(op.Error), At: stamp(op.At), Next: stamp(op.NextTry), Unsure: op.Unsure, Undoable: op.Undoable && !op.Undone, Until: stamp(op.Until), Total: -1,
	}
	if op.Undone {
		j.State = "undone"
	}
	for _, id := range op.Items {
		j.Items = append(j.Items, id.String())
	}
	return j
}

func fileJob(j store.Job) jobJSON {
	out := jobJSON{
		ID: jobID{jobDownload, j.ID}.String(), Kind: "download", Words: "Download of " + cmp.Or(store.CleanLine(j.Attachment.Name), "a file"),
		State: j.State.String(), Items: []string{}, Error: lines(j.Err), At: stamp(j.At), Next: stamp(j.Next), Done: j.Done, Total: j.Total,
	}
	if j.State == store.Kept {
		out.Next = ""
	}
	if s := j.Save; s != nil {
		out.ID, out.Kind = jobID{jobSave, s.ID}.String(), "save"
		out.Words, out.Path, out.Files = store.CleanLine(s.Words), s.Path, s.Files
		if s.Failed > 0 && out.Error == "" {
			out.Error = fmt.Sprintf("%d of %s could not be saved", s.Failed, kit.Plural(s.Files, "file"))
		}
		return out
	}
	if j.Item != 0 {
		out.Items = append(out.Items, j.Item.String())
	}
	return out
}

func (a *app) printJobs(ctx context.Context, st *store.Store, all bool, form *format) error {
	list, err := a.jobList(ctx, st, all)
	if err != nil {
		return err
	}
	if form.machine() {
		return printJSON(a.out, form, list)
	}
	for _, j := range list {
		words := j.Words
		if j.Total > 0 && j.Kind != "change" {
			words += fmt.Sprintf(" (%s of %s)", kit.Size(j.Done), kit.Size(j.Total))
		}
		if j.Error != "" {
			words += ": " + j.Error
		}
		if err := printf(a.out, "%-6s  %-9s  %s\n", j.ID, j.State, words); err != nil {
			return err
		}
	}
	if len(list) == 0 {
		a.notef("nothing waits, runs or has failed")
	}
	return nil
}

// jobCmd does something to jobs that are named.
func (a *app) jobCmd(name, short string, do func(context.Context, *store.Store, jobID) error) *cobra.Command {
	cmd := &cobra.Command{Use: name + " JOB...", Short: short, Args: cobra.MinimumNArgs(1), ValidArgsFunction: a.completeJobs}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		words, err := a.expand(args)
		if err != nil {
			return err
		}
		var ids []jobID
		for _, w := range words {
			id, err := parseJob(w)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		bad := &failed{}
		r := changeJSON{Verb: name, State: "confirmed", Items: []string{}}
		for _, id := range ids {
			if err := do(ctx, st, id); err != nil {
				bad.add(id.String(), err)
				continue
			}
			r.Items = append(r.Items, id.String())
		}
		r.Words = fmt.Sprintf("%s: %s", name, kit.Plural(len(r.Items), "job"))
		if len(r.Items) == 0 {
			r.State = "failed"
		}
		return a.result(r, bad, form)
	}
	return cmd
}

// retryJob tries a job again. Changes are sent before the command ends, as far as the
// service can be reached; files are fetched by whatever runs.
func (a *app) retryJob(ctx context.Context, st *store.Store, id jobID) error {
	switch id.kind {
	case jobDownload:
		return st.ResumeJob(ctx, id.n)
	case jobSave:
		return st.ResumeJob(ctx, -id.n)
	}
	if err := st.RetryOp(ctx, id.n); err != nil {
		return err
	}
	if _, err := a.send(ctx, st, store.Op{ID: id.n}); err != nil {
		a.notef("it is stored and will be sent later: %s", err.Error())
	}
	return nil
}

func cancelJob(ctx context.Context, st *store.Store, id jobID) error {
	switch id.kind {
	case jobDownload:
		return st.CancelJob(ctx, id.n)
	case jobSave:
		return st.CancelJob(ctx, -id.n)
	}
	return st.CancelOp(ctx, id.n)
}

// settleJob is a person's word on a message of which the service cannot tell whether it
// was sent.
func settleJob(wasSent bool) func(context.Context, *store.Store, jobID) error {
	return func(ctx context.Context, st *store.Store, id jobID) error {
		if id.kind != jobChange {
			return usagef("%s is a %s; only of a message it can be said whether it was sent", id, id.kindWord())
		}
		return st.SettleUnsure(ctx, id.n, wasSent)
	}
}

// completeJobs offers the jobs there are on Tab.
func (a *app) completeJobs(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	return a.offer(cmd, word, func(ctx context.Context, st *store.Store) ([]string, error) {
		list, err := a.jobList(ctx, st, false)
		var out []string
		for _, j := range list {
			out = append(out, j.ID+"\t"+j.Words)
		}
		return out, err
	})
}
