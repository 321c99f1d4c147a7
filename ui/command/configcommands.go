package command

import (
	"time"

	"switchboard/keymap"
	"switchboard/ui/usercommand"
)

// readCommands takes the [[commands]]: programs of the person's own.
//
//	[[commands]]
//	name = "ticket"
//	key  = "M-t"
//	run  = "ticket new --phone {number} --file {file}"
//	show = "pane"
func (c *Config) readCommands(r *reader, key string, v any) {
	list, ok := v.([]map[string]any)
	if !ok {
		r.wrong(key, "[[commands]] tables", v)
		return
	}
	for i, t := range list {
		cmd := usercommand.Command{Show: usercommand.Pane, File: r.file, Line: r.nthTable("[["+key+"]]", i)}
		run, show, shell := "", string(cmd.Show), false
		r.base = cmd.Line
		r.table(t, key, map[string]func(string, any){
			"name":  r.text1(&cmd.Name),
			"words": r.text1(&cmd.Words),
			"key":   r.text1(&cmd.Key),
			"scope": r.oneOf(&cmd.Scope, scopeNames()...),
			"run":   r.text1(&run),
			"shell": r.flag(&shell),
			"show":  r.oneOf(&show, usercommand.Shows()...),
			"time":  r.duration(&cmd.Time, time.Second),
		})
		cmd.Show = usercommand.Show(show)
		cmd.Run = r.template(t, key, run, shell)
		switch {
		case r.err != nil:
		case cmd.Name == "":
			r.failf(key, `add name = "ticket"`, "a command without a name")
		case cmd.Run.Uses(usercommand.Event):
			r.failf(key+".run", "it belongs to [[hooks]]", "a command has no {event}")
		}
		if r.base = 0; r.err != nil {
			return
		}
		c.Commands = append(c.Commands, cmd)
	}
}

// template reads the command line under run.
func (r *reader) template(t map[string]any, key, run string, shell bool) usercommand.Template {
	if _, there := t["run"]; !there {
		r.failf(key, `add run = "program {number}"`, "nothing to run")
	}
	if r.err != nil {
		return usercommand.Template{}
	}
	line, err := usercommand.Parse(run, shell)
	if err != nil {
		r.failf(key+".run", "", "%v", err)
	}
	return line
}

// scopeNames are the scopes in which a key can be bound to a command.
func scopeNames() (names []string) {
	for _, s := range keymap.Scopes() {
		switch s {
		case keymap.ScopeSearchBox, keymap.ScopePalette, keymap.ScopePrompt, keymap.ScopeComposer, keymap.ScopeHelp:
		default:
			names = append(names, string(s))
		}
	}
	return names
}

// ownActions are the commands as actions with their keys.
func (c *Config) ownActions() []keymap.Own {
	own := make([]keymap.Own, len(c.Commands))
	for i, cmd := range c.Commands {
		own[i] = keymap.Own{Name: cmd.Name, Words: cmd.Words, Key: cmd.Key, Scope: cmd.Scope, File: cmd.File, Line: cmd.Line}
		if own[i].Words == "" {
			own[i].Words = "Run " + cmd.Run.Line
		}
	}
	return own
}
