package command

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
	"switchboard/ui/kit"
)

func (a *app) snoozeCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "snooze ID...|QUERY",
		Short: "Put messages off until later",
		Long: `Put messages off: they leave the inbox and come back at the time that is named, or
when the next work day begins by the account's business hours. "reopen" brings
them back at once.

--until takes what people say: "17:30", "in 2 h", "tomorrow 9:00", "fri",
"2026-12-24 9:15", or a time such as 2026-11-23T09:00:00Z.` + targetsHelp,
		Example: "  switchboard snooze 06q8g1zk4t2ax --until \"tomorrow 9:00\"\n  switchboard snooze in:voicemail after:17:00 --note \"nobody picks up\"",
		Args:    cobra.MinimumNArgs(1),
	}
	o := actingFlags(cmd)
	until := cmd.Flags().String("until", "", "when they come back (default: when the next work day begins)")
	note := cmd.Flags().String("note", "", "write this note on each of them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		st, err := a.known(cmd.Context())
		if err != nil {
			return err
		}
		t, err := a.until(cmd.Context(), st, *until)
		if err != nil {
			return err
		}
		err = a.act(cmd.Context(), args, store.Change{Verb: store.VerbSnooze, Text: t.UTC().Format(time.RFC3339), Note: *note}, o)
		if err == nil && !o.machine() && !o.dry {
			a.notef("until %s", t.Local().Format("Monday 2 January 2006 15:04"))
		}
		return err
	}
	return cmd
}

func (a *app) claimCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "claim ID...|QUERY",
		Short: "Claim messages: you are dealing with them",
		Long:  "Claim messages: you are dealing with them. It tells others, and stops nobody." + targetsHelp,
		Args:  cobra.MinimumNArgs(1),
	}
	o := actingFlags(cmd)
	note := cmd.Flags().String("note", "", "write this note on each of them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.act(cmd.Context(), args, store.Change{Verb: store.VerbClaim, Note: *note}, o)
	}
	return cmd
}

func (a *app) releaseCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "release ID...|QUERY",
		Short: "Release messages: nobody deals with them any more",
		Long:  "Release messages: whoever has time takes them." + targetsHelp,
		Args:  cobra.MinimumNArgs(1),
	}
	o := actingFlags(cmd)
	note := cmd.Flags().String("note", "", "write this note on each of them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.act(cmd.Context(), args, store.Change{Verb: store.VerbRelease, Note: *note}, o)
	}
	return cmd
}

func (a *app) assignCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "assign WHO ID...|QUERY",
		Short: "Hand messages to a colleague",
		Long: `Hand messages to a colleague: they are claimed for WHO, and a note may go with them.
WHO is the name of somebody who has worked here or is in the directory, the
beginning of one that only one has, or any other name as it is typed. "release"
makes them nobody's again.` + targetsHelp,
		Example: "  switchboard assign ben 06q8g1zk4t2ax --note \"wants a call before noon\"",
		Args:    cobra.MinimumNArgs(2),
	}
	o := actingFlags(cmd)
	cmd.ValidArgsFunction = a.firstOf(func(ctx context.Context, st *store.Store) ([]string, error) {
		all, err := st.Colleagues(ctx)
		var out []string
		for _, c := range all {
			out = append(out, c.Name+"\t"+c.Detail)
		}
		return out, err
	})
	note := cmd.Flags().String("note", "", "write this note on each of them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		st, err := a.known(cmd.Context())
		if err != nil {
			return err
		}
		who, err := colleague(cmd.Context(), st, store.CleanLine(args[0]))
		if err != nil {
			return err
		}
		return a.act(cmd.Context(), args[1:], store.Change{Verb: store.VerbClaim, Who: who, Note: *note}, o)
	}
	return cmd
}

// colleague is who is meant: the one who is called so, or whose name begins so; else
// whoever is named, as typed.
func colleague(ctx context.Context, st *store.Store, who string) (string, error) {
	if who == "" {
		return "", usagef("assign: the name is empty")
	}
	all, err := st.Colleagues(ctx)
	if err != nil {
		return "", err
	}
	var fit, here []string
	for _, c := range all {
		name := strings.ToLower(c.Name)
		if name == strings.ToLower(who) {
			return c.Name, nil
		}
		if strings.Contains(" "+name, " "+strings.ToLower(who)) {
			if fit = append(fit, c.Name); c.Worked {
				here = append(here, c.Name)
			}
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(here) == 1:
		return here[0], nil
	case len(fit) > 1:
		return "", &usageError{
			msg: fmt.Sprintf("assign: %s fits %d colleagues: %s", quote(who), len(fit), strings.Join(fit[:min(3, len(fit))], ", ")), try: "more of the name",
		}
	}
	return who, nil
}

func (a *app) noteCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "note ID TEXT|-",
		Short: "Write a note on messages",
		Long: `Write a note on a message; "-" reads it from standard input. With --text the
arguments are all messages.` + targetsHelp,
		Example: "  switchboard note 06q8g1zk4t2ax called back, no answer\n  switchboard note from:ana is:open --text \"see the invoice of May\"",
		Args:    cobra.MinimumNArgs(1),
	}
	o := actingFlags(cmd)
	text := cmd.Flags().String("text", "", "the note, for all messages that are named or found")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		words := *text
		if !cmd.Flags().Changed("text") {
			if len(args) < 2 {
				return &usageError{msg: "note: the text is missing", try: cmd.UseLine()}
			}
			words = strings.Join(args[1:], " ")
			args = args[:1]
		}
		words, err := a.words(words, "the note")
		if err != nil {
			return err
		}
		if words == "" {
			return usagef("note: the text is empty")
		}
		return a.act(cmd.Context(), args, store.Change{Verb: store.VerbNote, Text: words}, o)
	}
	return cmd
}

// maxWords is how much is read of a text on standard input, in bytes.
const maxWords = 1 << 20

// words is a text of the command line; "-" stands for standard input.
func (a *app) words(text, what string) (string, error) {
	if text == "-" {
		b, err := io.ReadAll(io.LimitReader(a.in, maxWords+1))
		if err != nil {
			return "", fmt.Errorf("read %s from standard input: %w", what, err)
		}
		if len(b) > maxWords {
			return "", usagef("%s on standard input is longer than %d bytes", what, maxWords)
		}
		text = string(b)
	}
	return strings.TrimSpace(store.Clean(text)), nil
}

func (a *app) labelCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "label LABEL[,LABEL...] ID...|QUERY",
		Short: "Label messages, or take labels off with --remove",
		Long: `Label messages. A label is one word; several are set at once with commas between
them. "list label:billing" finds them.` + targetsHelp,
		Example: "  switchboard label billing,urgent 06q8g1zk4t2ax\n  switchboard label --remove urgent label:urgent is:done --yes",
		Args:    cobra.MinimumNArgs(2),
	}
	o := actingFlags(cmd)
	cmd.ValidArgsFunction = a.firstOf(func(ctx context.Context, st *store.Store) ([]string, error) {
		all, err := st.LabelsInUse(ctx)
		var out []string
		for _, l := range all {
			out = append(out, l.Label+"\t"+kit.Plural(l.Items, "message"))
		}
		return out, err
	})
	remove := cmd.Flags().Bool("remove", false, "take the labels off")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var labels []string
		for l := range strings.SplitSeq(args[0], ",") {
			if l = strings.TrimSpace(l); l == "" || strings.ContainsAny(l, " \t\n") {
				return usagef("label %s: want one word, or several with commas between them", quote(args[0]))
			}
			if *remove {
				l = "-" + l
			}
			labels = append(labels, l)
		}
		return a.act(cmd.Context(), args[1:], store.Change{Verb: store.VerbLabels, Text: strings.Join(labels, " ")}, o)
	}
	return cmd
}

// firstOf completes the first argument from a list, and those after it as a query.
func (a *app) firstOf(find func(context.Context, *store.Store) ([]string, error)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return completeQuery(cmd, args, word)
		}
		return a.offer(cmd, word, find)
	}
}

// until is when a snooze ends: what was typed, or when the next work day begins.
func (a *app) until(ctx context.Context, st *store.Store, text string) (time.Time, error) {
	if strings.TrimSpace(text) == "" {
		return st.NextWorkDay(ctx, 0, a.env.Now())
	}
	t, err := store.ParseWhen(text, a.env.Now(), time.Local)
	if err != nil {
		return t, &usageError{msg: "--until " + quote(text) + ": " + err.Error(), try: `--until "tomorrow 9:00"`}
	}
	return t, nil
}
