package command

import (
	"context"
	"fmt"
	globs "path"
	"slices"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/hooks"
	"switchboard/ui/preview/outside"
	"switchboard/ui/usercommand"
)

// mostHookTime is how long a hook may take at most.
const mostHookTime = 30 * time.Minute

// readHooks takes the [[hooks]]: programs that run when something happens.
//
//	[[hooks]]
//	on  = "voicemail"
//	run = "ticket new --phone {number}"
func (c *Config) readHooks(r *reader, key string, v any) {
	list, ok := v.([]map[string]any)
	if !ok {
		r.wrong(key, "[[hooks]] tables", v)
		return
	}
	for i, t := range list {
		h := hooks.Hook{}
		run, shell := "", false
		r.base = r.nthTable("[["+key+"]]", i)
		r.table(t, key, map[string]func(string, any){
			"on":      func(key string, v any) { readEvents(r, &h, key, v) },
			"name":    r.text1(&h.Name),
			"mailbox": r.text1(&h.Mailbox),
			"run":     r.text1(&run),
			"shell":   r.flag(&shell),
			"time":    r.duration(&h.Time, time.Second),
		})
		h.Run = r.template(t, key, run, shell)
		switch _, err := globs.Match(h.Mailbox, ""); {
		case r.err != nil:
		case err != nil:
			r.failf(key+".mailbox", `such as "Sales*"`, "%q is not a pattern", h.Mailbox)
		case len(h.On) == 0:
			r.failf(key, `add on = "voicemail"`, "a hook without an event")
		case h.Time > mostHookTime:
			r.failf(key+".time", "at most 30 min", "%v is too long for a hook", h.Time)
		case h.Run.Uses(usercommand.Marks):
			r.failf(key+".run", "", "a hook has no {marks}: it runs for one message")
		}
		if r.base = 0; r.err != nil {
			return
		}
		c.Hooks = append(c.Hooks, h)
	}
}

// readEvents takes one event, or several.
func readEvents(r *reader, h *hooks.Hook, key string, v any) {
	if s, ok := v.(string); ok {
		v = []any{s}
	}
	r.someOf(&h.On, hooks.Events()...)(key, v)
}

// gatherer finds what commands and hooks are filled in with.
func (a *app) gatherer(st *store.Store) usercommand.Gatherer {
	return usercommand.Gatherer{
		Store: st, JSON: func(it store.Item) ([]byte, error) { return encode(toJSON(it)) }, Copy: a.viewCopy,
	}
}

// hooksOn runs the hooks of the config until ctx ends. tell is told what a person should
// know; nil: it is only logged.
func (a *app) hooksOn(ctx context.Context, st *store.Store, tell func(text string)) error {
	return a.hookRunner(st, tell).Run(ctx)
}

func (a *app) hookRunner(st *store.Store, tell func(text string)) *hooks.Runner {
	g := a.gatherer(st)
	g.Bare = true
	return &hooks.Runner{Hooks: a.cfg.Hooks, Gather: g, Store: st, Now: a.env.Now, Log: a.log, Tell: tell}
}

// checkOwn says whether the programs of commands and hooks are there; ok is false where
// the config has none.
func (a *app) checkOwn() (f finding, ok bool) {
	var missing []string
	look := func(t usercommand.Template) {
		if p := t.Program(); !t.Shell() && outside.Find(p) == "" && !slices.Contains(missing, p) {
			missing = append(missing, p)
		}
	}
	for _, c := range a.cfg.Commands {
		look(c.Run)
	}
	for _, h := range a.cfg.Hooks {
		look(h.Run)
	}
	if len(a.cfg.Commands)+len(a.cfg.Hooks) == 0 {
		return f, false
	}
	f = finding{Check: "own programs", State: fine, Text: fmt.Sprintf("commands: %d, hooks: %d", len(a.cfg.Commands), len(a.cfg.Hooks))}
	if len(missing) > 0 {
		f.State, f.Text = warning, f.Text+"; not found: "+strings.Join(missing, ", ")
		f.Try = "install it, or give its whole path under [[commands]] or [[hooks]] in the config"
	}
	return f, true
}
