package command

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const rootLong = `switchboard works through voicemail, fax and text messages from the keyboard.

Without a command it opens the screens. Everything they do is also a command,
for scripts: data goes to standard output, everything else to standard error.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 sign-in needed, 4 temporary
(rate limit, network), 5 not found.`

// execute parses args and runs the command they name.
func (a *app) execute(ctx context.Context, args []string) error {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.errw)
	err := root.ExecuteContext(ctx)
	var usage *usageError
	if err != nil && !a.started && !errors.As(err, &usage) {
		return &usageError{msg: err.Error(), try: "switchboard help"} // found by cobra before anything ran
	}
	return err
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "switchboard",
		Short:         "Voicemail, fax and text messages from the keyboard",
		Long:          rootLong,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          a.unknownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return a.screens(cmd.Context()) },
	}
	root.AddGroup(
		&cobra.Group{ID: "start", Title: "Start:"},
		&cobra.Group{ID: "read", Title: "Look:"},
		&cobra.Group{ID: "triage", Title: "Triage:"},
		&cobra.Group{ID: "account", Title: "Accounts:"},
		&cobra.Group{ID: "self", Title: "About switchboard:"},
	)
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("start", a.demoCmd(), a.simulateCmd())
	add("read", a.listCmd(), a.showCmd(), a.saveCmd(), a.verifyCmd(), a.openCmd(), a.presenceCmd(), a.contactsCmd(), a.chatsCmd(), a.exportCmd(), a.jobsCmd(), a.journalCmd(), a.retentionCmd(), a.cacheCmd())
	add("triage", a.triageCmds()...)
	add("triage", a.sendCmd(), a.draftsCmd(), a.postCmd(), a.callCmd())
	add("account", a.loginCmd(), a.logoutCmd(), a.accountsCmd(), a.mailboxesCmd(), a.syncCmd(), a.deliverCmd())
	add("self", a.keysCmd(), a.doctorCmd(), a.apiCmd(), a.manCmd(), a.versionCmd(), a.completionCmd())
	root.SetHelpCommandGroupID("self")
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(flagError)
	root.Flags().Bool("version", false, "print the version and exit")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if v, _ := cmd.Flags().GetBool("version"); v {
			return a.printVersion(false)
		}
		return a.screens(cmd.Context())
	}
	for _, c := range root.Commands() {
		usageArgs(c)
	}
	a.markStart(root)
	return root
}

// usageArgs makes a wrong number of arguments a mistake of usage.
func usageArgs(c *cobra.Command) {
	check := c.Args
	if check == nil {
		check = cobra.NoArgs
	}
	c.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			var u *usageError
			if errors.As(err, &u) {
				return err
			}
			msg := err.Error()
			if len(args) > 0 && strings.HasPrefix(msg, "unknown command") {
				msg = "unexpected argument " + quote(args[0])
			}
			return &usageError{msg: cmd.Name() + ": " + msg, try: cmd.UseLine()}
		}
		return nil
	}
	for _, sub := range c.Commands() {
		usageArgs(sub)
	}
}

// markStart notes when a command begins: errors before that are of usage.
func (a *app) markStart(c *cobra.Command) {
	if run := c.RunE; run != nil {
		c.RunE = func(cmd *cobra.Command, args []string) error {
			a.started = true
			return run(cmd, args)
		}
	}
	for _, sub := range c.Commands() {
		a.markStart(sub)
	}
}

func (a *app) unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	e := &usageError{msg: "unknown command " + quote(args[0]), try: "switchboard help"}
	if n := nearest(args[0], names); n != "" {
		e.try = "switchboard " + n
	}
	return e
}

// flagError names the flag nearest to one that does not exist.
func flagError(cmd *cobra.Command, err error) error {
	e := &usageError{msg: cmd.Name() + ": " + err.Error(), try: cmd.CommandPath() + " --help"}
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		return e
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if n := nearest(name, names); n != "" {
		e.try = cmd.CommandPath() + " --" + n
	}
	return e
}

// quote puts text that was typed into a message, cleaned.
func quote(s string) string { return `"` + lines(s) + `"` }

// choice is a flag with a fixed set of values; cobra offers them on Tab.
func choice(cmd *cobra.Command, name, value string, allowed []string, usage string) *string {
	v := cmd.Flags().String(name, value, usage+" ("+strings.Join(allowed, ", ")+")")
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
	return v
}

func checkChoice(flag, value string, allowed []string) error {
	for _, x := range allowed {
		if x == value {
			return nil
		}
	}
	e := &usageError{msg: "--" + flag + " " + quote(value) + ": want one of " + strings.Join(allowed, ", ")}
	if n := nearest(value, allowed); n != "" {
		e.try = "--" + flag + " " + n
	}
	return e
}
