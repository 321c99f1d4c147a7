package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// leaves calls f with every command that does something.
func leaves(c *cobra.Command, f func(*cobra.Command)) {
	for _, sub := range c.Commands() {
		if sub.Name() == "help" || strings.HasPrefix(sub.Name(), "__") {
			continue
		}
		if sub.Runnable() && !(sub.Name() == "send" && sub.HasSubCommands()) && !(sub.Name() == "login" && sub.HasSubCommands()) {
			f(sub)
		}
		leaves(sub, f)
	}
}

// Every command prints JSON, says what it is in a line that begins with a capital, and
// turns away what it does not know with exit code 2 and nothing on standard output.
func TestEveryCommand(t *testing.T) {
	w := newWorld(t)
	a := &app{env: w.env.withDefaults(), dir: w.dir}
	// What opens screens, serves, or prints a text in a format of its own.
	other := []string{"switchboard demo", "switchboard simulate", "switchboard completion", "switchboard man", "switchboard contacts export"}
	n := 0
	leaves(a.root(), func(c *cobra.Command) {
		n++
		path := c.CommandPath()
		if c.Short == "" || c.Short[:1] != strings.ToUpper(c.Short[:1]) || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: %q", path, c.Short)
		}
		if !slices.Contains(other, path) && (c.Flags().Lookup("json") == nil || c.Flags().Lookup("jsonl") == nil) {
			t.Errorf("%s has no --json and --jsonl", path)
		}
		for line := range strings.Lines(c.Long + "\n" + c.Example) {
			if len([]rune(strings.TrimRight(line, "\n"))) > 200 {
				t.Errorf("%s: a line of its help is too long: %s", path, line)
			}
		}
		args := append(strings.Fields(path)[1:], "--no-such-flag")
		if r := w.run(args...); r.code != 2 || r.out != "" || !strings.Contains(r.err, "no-such-flag") {
			t.Errorf("%q: exit %d, %s%s", args, r.code, r.out, r.err)
		}
	})
	if n < 50 {
		t.Errorf("only %d commands", n)
	}
}
