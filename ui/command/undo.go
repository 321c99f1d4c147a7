package command

import (
	"context"

	"github.com/spf13/cobra"

	"switchboard/store"
)

func (a *app) undoCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "undo [JOB]",
		Short: "Take back the latest change, or the one that is named",
		Long: `Take back the latest change made by you on this machine, whichever program it was
made in; repeat it to go further back. With an id from "jobs --all", or from what a
command printed, that change is taken back.

What has not been sent is cancelled, what was changed at the service is changed
back there, and a fax that waits there for its time is deleted. A text that was
sent cannot be taken back; the command says so and exits with 1.`,
		Example: "  switchboard undo\n  switchboard undo c412",
		Args:    cobra.MaximumNArgs(1),
	}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		undo := func(ctx context.Context, st *store.Store) (store.Op, error) { return st.Undo(ctx) }
		if len(args) == 1 {
			id, err := parseJob(args[0])
			if err != nil {
				return err
			}
			if id.kind != jobChange {
				return usagef("undo: %s is a %s; cancel it instead: switchboard jobs cancel %s", id, id.kindWord(), id)
			}
			undo = func(ctx context.Context, st *store.Store) (store.Op, error) { return st.UndoOp(ctx, id.n) }
		}
		return a.takeBack(cmd.Context(), form, undo)
	}
	return cmd
}

func (a *app) redoCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "redo",
		Short: "Do again what undo took back",
		Long:  "Do again what undo took back last, as long as nothing else was done since.",
		Args:  cobra.NoArgs,
	}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return a.takeBack(cmd.Context(), form, func(ctx context.Context, st *store.Store) (store.Op, error) { return st.Redo(ctx) })
	}
	return cmd
}

// takeBack undoes or redoes something and has the service take it.
func (a *app) takeBack(ctx context.Context, form *format, do func(context.Context, *store.Store) (store.Op, error)) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	op, err := do(ctx, st)
	if err != nil {
		return err
	}
	if op.ID == 0 { // it says why it could not be done
		return &codeError{code: exitFailed, msg: store.CleanLine(op.Words)}
	}
	return a.finish(ctx, st, op, &failed{}, form)
}
