package command

import (
	"strings"
	"time"

	"switchboard/ui/notify"
)

// readNotify takes the table [notify]: how a person is told of what comes in.
func (c *Config) readNotify(r *reader, key string, v any) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, "a table [notify]", v)
		return
	}
	n := &c.Notify
	command := ""
	r.table(t, key, map[string]func(string, any){
		"bell":    r.flag(&n.Bell),
		"title":   r.flag(&n.Title),
		"desktop": r.oneOf(&n.Desktop, notify.Ways()...),
		"command": r.text1(&command),
		"content": r.oneOf(&n.Content, notify.ContentNone, notify.ContentWho, notify.ContentText),
		"kinds":   r.someOf(&n.Kinds, notify.Kinds()...),
		"repeat":  r.duration(&n.Repeat, time.Minute),
		"loss":    r.flag(&n.Loss),
		"grace":   r.duration(&n.Grace, 0),
		"quiet":   func(key string, v any) { c.readQuiet(r, key, v) },
		"mailbox": func(key string, v any) { c.readMailboxes(r, key, v) },
	})
	if command == "" || r.err != nil {
		return
	}
	var err error
	if n.Command, err = splitCommand(command); err != nil {
		r.failf(key+".command", `such as "notify-send {title} {text}"`, "%v", err)
	}
}

// readQuiet takes one time, or several.
func (c *Config) readQuiet(r *reader, key string, v any) {
	var list []string
	if s, ok := v.(string); ok {
		v = []any{s}
	}
	r.texts(&list)(key, v)
	for _, s := range list {
		q, err := notify.ParseQuiet(s)
		if err != nil {
			r.failf(key, "", "%v", err)
			return
		}
		c.Notify.Quiet = append(c.Notify.Quiet, q)
	}
}

// readMailboxes takes the kinds that are told of single mailboxes.
func (c *Config) readMailboxes(r *reader, key string, v any) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, `a table of "name" = ["voicemail", ...]`, v)
		return
	}
	c.Notify.Mailboxes = map[string][]string{}
	for _, name := range sortedKeys(t) {
		kinds := []string{}
		r.someOf(&kinds, notify.Kinds()...)(key+"."+name, t[name])
		c.Notify.Mailboxes[name] = kinds
	}
}

func (r *reader) flag(to *bool) func(string, any) {
	return func(key string, v any) {
		b, ok := v.(bool)
		if !ok {
			r.wrong(key, "true or false", v)
			return
		}
		*to = b
	}
}

func (r *reader) texts(to *[]string) func(string, any) {
	return func(key string, v any) {
		list, ok := v.([]any)
		if !ok {
			r.wrong(key, "a list of texts", v)
			return
		}
		*to = []string{}
		for _, e := range list {
			var s string
			r.text1(&s)(key, e)
			*to = append(*to, s)
		}
	}
}

func (r *reader) someOf(to *[]string, allowed ...string) func(string, any) {
	return func(key string, v any) {
		var list []string
		r.texts(&list)(key, v)
		for _, s := range list {
			r.oneOf(new(string), allowed...)(key, s)
		}
		*to = list
		if list == nil {
			*to = []string{}
		}
	}
}

// duration reads a time span such as "5 min" or "30 s"; 0 is none.
func (r *reader) duration(to *time.Duration, least time.Duration) func(string, any) {
	return func(key string, v any) {
		if n, ok := v.(int64); ok && n == 0 {
			*to = 0
			return
		}
		var s string
		r.text1(&s)(key, v)
		if r.err != nil {
			return
		}
		d, err := time.ParseDuration(strings.NewReplacer(" ", "", "min", "m", "sec", "s", "hours", "h", "hour", "h").Replace(s))
		switch {
		case err != nil || d < 0 || d > 24*time.Hour:
			r.failf(key, `want such as "5 min", or 0 for none`, "%q is not a time span", s)
		case d < least:
			r.failf(key, "", "%q is too short", s)
		default:
			*to = d
		}
	}
}
