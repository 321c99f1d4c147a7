package command

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manCmd prints the manual page, made from the tree of commands: what a command can do
// is written down once, where it is made.
func (a *app) manCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "man [COMMAND...]",
		Short: "Print the manual page, of the whole program or of one command",
		Long: `Print the manual page, of the whole program or of one command, in the format that
man reads.`,
		Example:           "  switchboard man > ~/.local/share/man/man1/switchboard.1\n  switchboard man send fax | man -l -",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeCommands,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		of, rest, err := cmd.Root().Find(args)
		if err != nil || len(rest) > 0 {
			if len(rest) == 0 {
				rest = args
			}
			return a.unknownCommand(of, rest)
		}
		w := bufio.NewWriter(a.out)
		(&manual{w: w, version: version().Version}).page(of)
		return w.Flush()
	}
	return cmd
}

func completeCommands(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	of, _, err := cmd.Root().Find(args)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, c := range of.Commands() {
		if c.IsAvailableCommand() && strings.HasPrefix(c.Name(), word) {
			out = append(out, c.Name()+"\t"+c.Short)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// A manual writes pages in the man(7) macros.
type manual struct {
	w       io.Writer
	version string
}

func (m *manual) linef(format string, args ...any) { fmt.Fprintf(m.w, format+"\n", args...) }

// page writes the page of a command, with those below it.
func (m *manual) page(c *cobra.Command) {
	m.linef(`.TH %q 1 "" "switchboard %s" "User Commands"`, strings.ToUpper(strings.ReplaceAll(c.CommandPath(), " ", "-")), roff(m.version))
	m.linef(".SH NAME\n%s \\- %s", roff(strings.ReplaceAll(c.CommandPath(), " ", "-")), roff(c.Short))
	m.linef(".SH SYNOPSIS")
	if c.Runnable() {
		m.linef(".B %s", roff(c.UseLine()))
	}
	if c.HasAvailableSubCommands() {
		m.linef(".br\n.B %s\n.I command", roff(c.CommandPath()))
	}
	m.linef(".SH DESCRIPTION")
	m.text(long(c))
	m.flags("OPTIONS", c.Flags())
	m.example("EXAMPLES", c)
	if c.HasAvailableSubCommands() {
		m.linef(".SH COMMANDS")
		m.below(c)
	}
	if c.HasParent() {
		return
	}
	m.linef(".SH EXIT STATUS")
	for _, e := range exitMeanings() {
		m.linef(".TP\n.B %d\n%s", e.code, roff(e.words))
	}
	m.linef(".SH ENVIRONMENT")
	for _, v := range environment() {
		m.linef(".TP\n.B %s\n%s", roff(v[0]), roff(v[1]))
	}
	m.linef(".SH FILES")
	m.linef(".TP\n.I $XDG_CONFIG_HOME/switchboard/config.toml\nThe configuration.")
	m.linef(".TP\n.I $XDG_DATA_HOME/switchboard\nWhat was fetched, and what was done here.")
}

// below writes the commands of a command, each with its flags and those below it.
func (m *manual) below(c *cobra.Command) {
	for _, sub := range c.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if sub.Runnable() {
			m.linef(".SS %s", roff(strings.TrimSuffix(sub.UseLine(), " [flags]")))
			m.text(long(sub))
			m.flags("", sub.NonInheritedFlags())
			m.example("", sub)
		}
		m.below(sub)
	}
}

func long(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short + "."
}

// text writes paragraphs; indented lines stay as they are.
func (m *manual) text(s string) {
	as := false // within lines that stay as they are
	for l := range strings.Lines(strings.TrimSpace(s) + "\n") {
		l = strings.TrimRight(l, "\n")
		if in := strings.HasPrefix(l, "  "); in != as && l != "" {
			if as = in; as {
				m.linef(".PP\n.nf")
			} else {
				m.linef(".fi")
			}
		}
		if l == "" {
			if !as {
				m.linef(".PP")
			}
			continue
		}
		m.linef("%s", roff(l))
	}
	if as {
		m.linef(".fi")
	}
}

func (m *manual) example(title string, c *cobra.Command) {
	if c.Example == "" {
		return
	}
	if title != "" {
		m.linef(".SH %s", title)
	} else {
		m.linef(".PP\nExamples:")
	}
	m.linef(".PP\n.nf\n.RS")
	for l := range strings.Lines(c.Example) {
		m.linef("%s", roff(strings.TrimSpace(l)))
	}
	m.linef(".RE\n.fi")
}

func (m *manual) flags(title string, fs *pflag.FlagSet) {
	some := false
	fs.VisitAll(func(f *pflag.Flag) { some = some || !f.Hidden })
	if !some {
		return
	}
	if title != "" {
		m.linef(".SH %s", title)
	}
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		value, usage := pflag.UnquoteUsage(f)
		if value != "" {
			value = " " + value
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "0s" && f.DefValue != "[]" && f.DefValue != "-1" {
			usage += " (" + f.DefValue + ")"
		}
		m.linef(".TP\n.B %s\n%s", roff(name+value), roff(usage))
	})
}

// roff keeps text from being taken for commands of the formatter.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

type exitMeaning struct {
	code  int
	words string
}

// exitMeanings are the exit codes for people.
func exitMeanings() []exitMeaning {
	return []exitMeaning{
		{exitDone, "Done."},
		{exitFailed, "Failed."},
		{exitUsage, "Wrong usage, or a mistake in the configuration."},
		{exitSignIn, "A person has to sign in."},
		{exitTemporary, "Temporary: rate limit, network; it can be tried again."},
		{exitNotFound, "Not found."},
	}
}

// environment is the variables that are read.
func environment() [][2]string {
	return [][2]string{
		{"SWITCHBOARD_CONFIG", "The configuration file."},
		{"SWITCHBOARD_DATA", "The folder of the data."},
		{"SWITCHBOARD_KEYRING", "\"file\" keeps tokens in a file only you can read instead of the system's keyring."},
		{"SWITCHBOARD_LOG", "How much is logged: error, warn, info or debug."},
		{"NO_COLOR", "No colours, whatever it is set to."},
	}
}
