package command

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
)

// blockedJSON is a number as the service treats it.
type blockedJSON struct {
	Number string `json:"number"` // E.164, "anonymous" for all who withhold theirs
	Status string `json:"status"` // blocked, allowed or faxes
	Label  string `json:"label"`
}

// anonymous stands for all callers who withhold their number.
const anonymous = "anonymous"

// blockCmd has the service turn callers away, or let them through again.
func (a *app) blockCmd(block bool) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "block NUMBER|ID...",
		Short: "Have the service turn callers away",
		Long: `Have the service turn away calls and faxes of numbers, or of whoever sent the
messages that are named; "anonymous" stands for all who withhold their number.
Messages that are here stay. Without arguments it lists who is blocked.`,
		Example: "  switchboard block +12025550142\n  switchboard block 06q8g1zk4t2ax\n  switchboard block --json",
		Args:    cobra.ArbitraryArgs,
	}
	if !block {
		cmd = &cobra.Command{
			Use:   "unblock NUMBER|ID...",
			Short: "Let callers through again",
			Long:  `Let callers through again: numbers, whoever sent the messages that are named, or "anonymous".`,
			Args:  cobra.MinimumNArgs(1),
		}
	}
	form := formatFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		st, err := a.known(ctx)
		if err != nil {
			return err
		}
		err = a.connect(st, nil)
		if err == nil {
			err = st.Ready(ctx)
		}
		if err != nil && (len(args) > 0 || !errors.Is(err, errNoAccount)) {
			return err
		}
		if len(args) == 0 {
			return a.printBlocked(ctx, st, form)
		}
		return a.block(ctx, st, args, block, form)
	}
	return cmd
}

func (a *app) block(ctx context.Context, st *store.Store, args []string, block bool, form *format) error {
	words, err := a.expand(args)
	if err != nil {
		return err
	}
	bad := &failed{}
	var numbers []string
	account, nobody := int64(0), false
	for _, w := range words {
		if strings.EqualFold(w, anonymous) {
			nobody = true
			continue
		}
		n, acc, err := a.callerOf(ctx, st, w)
		if err != nil {
			bad.add(w, err)
			continue
		}
		numbers = append(numbers, n)
		if acc != 0 {
			account = acc
		}
	}
	var ops []store.Op
	if nobody {
		op, err := st.BlockAnonymous(ctx, account, block)
		if err != nil {
			return err
		}
		ops = append(ops, op)
	}
	if len(numbers) > 0 {
		do := st.BlockNumber
		if !block {
			do = st.UnblockNumber
		}
		op, err := do(ctx, account, numbers...)
		if err != nil {
			return asRefused("not changed", err)
		}
		ops = append(ops, op)
	}
	for i, op := range ops {
		rest := &failed{}
		if i == len(ops)-1 {
			rest = bad
		}
		if err := a.finish(ctx, st, op, rest, form); err != nil {
			return err
		}
	}
	if len(ops) == 0 {
		return a.failures(bad)
	}
	return nil
}

// callerOf is the number that is meant: as typed, or that of a message.
func (a *app) callerOf(ctx context.Context, st *store.Store, word string) (number string, account int64, err error) {
	id, err := st.Resolve(ctx, word)
	if err != nil {
		if full, ext := store.NormalNumber(word, a.cfg.Region); strings.ContainsAny(word, "+-() ") || len(store.Digits(full)) >= 10 && ext == "" {
			return word, 0, nil
		}
		return "", 0, err
	}
	it, err := st.Item(ctx, id)
	if err != nil {
		return "", 0, err
	}
	return it.Who.Number, it.Account, nil
}

func (a *app) printBlocked(ctx context.Context, st *store.Store, form *format) error {
	list, err := st.Blocked(ctx, 0)
	if err != nil {
		return err
	}
	out := []blockedJSON{}
	for _, n := range list {
		j := blockedJSON{Number: n.Number, Status: n.Status, Label: n.Label}
		if j.Number == "" {
			j.Number = anonymous
		}
		out = append(out, j)
	}
	if form.machine() {
		return printJSON(a.out, form, out)
	}
	for _, n := range out {
		if err := printf(a.out, "%-16s  %-8s  %s\n", n.Number, n.Status, n.Label); err != nil {
			return err
		}
	}
	if len(out) == 0 {
		a.notef("nobody is blocked, as far as is known here; sync --once asks the service")
	}
	return nil
}
