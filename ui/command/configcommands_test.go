package command

import (
	"errors"
	"strings"
	"testing"
	"time"

	"switchboard/keymap"
	"switchboard/ui/hooks"
	"switchboard/ui/usercommand"
)

func TestConfigCommandsAndHooks(t *testing.T) {
	c, err := ParseConfig("c.toml", `
[[commands]]
name = "ticket"
key  = "M-t"
run  = "ticket new --phone {number} --file {file}"
show = "background"
time = "2 min"

[[commands]]
name  = "count"
words = "Count the words"
scope = "triage"
shell = true
run   = "echo {text} | wc -w"

[keys.triage]
"T" = "ticket"

[[hooks]]
on  = "voicemail"
run = "ticket new --phone {number}"

[[hooks]]
on      = ["send-failed", "offline"]
name    = "alarm"
mailbox = "Sales*"
run     = "alarm {event}"
time    = "10 s"
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Commands) != 2 || len(c.Hooks) != 2 {
		t.Fatalf("%+v, %+v", c.Commands, c.Hooks)
	}
	a, b := c.Commands[0], c.Commands[1]
	if a.Name != "ticket" || a.Show != usercommand.Background || a.Time != 2*time.Minute || a.Line != 2 || !a.Run.Uses(usercommand.File) || a.Run.Shell() {
		t.Errorf("%+v", a)
	}
	if b.Show != usercommand.Pane || b.Scope != "triage" || !b.Run.Shell() || b.Words != "Count the words" {
		t.Errorf("%+v", b)
	}
	if h := c.Hooks[0]; h.On[0] != hooks.Voicemail || h.Run.Program() != "ticket" {
		t.Errorf("%+v", h)
	}
	if h := c.Hooks[1]; len(h.On) != 2 || h.Name != "alarm" || h.Mailbox != "Sales*" || h.Time != 10*time.Second {
		t.Errorf("%+v", h)
	}
	m, err := keymap.Default().WithOwn(c.ownActions())
	if err != nil {
		t.Fatal(err)
	}
	if m, err = m.With(c.Keys); err != nil {
		t.Fatal(err)
	}
	if keys := m.KeysIn(keymap.Stack(keymap.ViewInbox), "ticket"); len(keys) != 2 {
		t.Errorf("keys %q", keys)
	}
}

func TestConfigCommandErrors(t *testing.T) {
	const cmd, hook = "[[commands]]\nname = \"x\"\n", "[[hooks]]\non = \"fax\"\n"
	for _, tt := range []struct {
		text string
		line int
		want string
	}{
		{"[commands]\nname = \"x\"", 1, "[[commands]]"},
		{"[[commands]]\nrun = \"x\"", 1, "without a name"},
		{cmd, 1, "nothing to run"},
		{cmd + "run = \"\"", 3, "names no program"},
		{cmd + "run = \"x {nubmer}\"", 3, "did you mean {number}?"},
		{cmd + "run = \"sh -c 'x {text}'\"", 3, "as a program"},
		{cmd + "run = \"x '\"", 3, "quote"},
		{cmd + "run = \"x {event}\"", 3, "[[hooks]]"},
		{cmd + "run = \"x\"\nshow = \"window\"", 4, "pane, background, none"},
		{cmd + "run = \"x\"\nshell = \"yes\"", 4, "true or false"},
		{cmd + "run = \"x\"\nscope = \"triag\"", 4, `did you mean "triage"?`},
		{cmd + "run = \"x\"\nshll = true", 4, "did you mean shell?"},
		{cmd + "run = \"x\"\ntime = \"1 ms\"", 4, "too short"},
		{cmd + "run = \"x\"\n" + cmd + "run = \"y {wibble}\"", 6, "{wibble}"},
		{"[[hooks]]\nrun = \"x\"", 1, "without an event"},
		{"[[hooks]]\non = \"faxes\"\nrun = \"x\"", 2, `did you mean "fax"?`},
		{hook, 1, "nothing to run"},
		{hook + "run = \"x {marks}\"", 3, "one message"},
		{hook + "run = \"x\"\nmailbox = \"[\"", 4, "not a pattern"},
		{hook + "run = \"x\"\ntime = \"2 h\"", 4, "too long for a hook"},
	} {
		_, err := ParseConfig("c.toml", tt.text)
		var ce *ConfigError
		if !errors.As(err, &ce) || !strings.Contains(err.Error(), tt.want) || ce.Line != tt.line {
			t.Errorf("%s\n%v, want line %d and %q", tt.text, err, tt.line, tt.want)
		}
	}
}

// Whatever stands in the file: it is taken, or refused in words that name the file.
func FuzzCommandsAndHooks(f *testing.F) {
	for _, s := range []string{
		"[[commands]]\nname = \"x\"\nrun = \"y {text}\"", "[[hooks]]\non = [\"fax\"]\nrun = \"x\"\nshell = true", "[[view]]\nkey = 1", "[keys.list]\n\"j\" = \"down\"",
		"commands = 1", "[[commands]]\nkey = 1", "[[hooks]]\non = {}", "[commands]\n[[commands]]", "view = [[1]]", "[[hooks]]\nmailbox = \"[\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseConfig("c.toml", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "c.toml") {
				t.Fatalf("%q does not name the file", err)
			}
			return
		}
		if m, err := keymap.Default().WithOwn(c.ownActions()); err == nil {
			_, _ = m.With(c.Keys)
		}
	})
}
