package command

import (
	"time"

	"switchboard/store"
	"switchboard/ui/screen"
)

// Keep is what the config says of waiting and of keeping.
type Keep struct {
	Patience  screen.Patience      // of the inbox and of views without their own
	Off       bool                 // nothing is taken in by itself
	Retention store.RetentionRules // of the service, where it is known better; 0: not set
}

// patience reads how long something may wait: a time such as "90m", or "off".
func (r *reader) patience(to *time.Duration) func(string, any) {
	return func(key string, v any) {
		var s string
		r.text1(&s)(key, v)
		if r.err != nil {
			return
		}
		if s == "off" {
			*to = -1
			return
		}
		d, err := time.ParseDuration(s)
		if err != nil || d < time.Minute || d > 1000*time.Hour {
			r.failf(key, `want a time such as "90m" or "4h", or "off"; it is business time, where the hours are known`, "%q is not a time to wait", s)
			return
		}
		*to = d
	}
}

// checkPatience finds thresholds the wrong way round.
func (r *reader) checkPatience(key string, p screen.Patience) {
	if p.Warn > 0 && p.Late > 0 && p.Late < p.Warn {
		r.failf(key, "", "late = %q comes before warn = %q", p.Late, p.Warn)
	}
}

// readInbox reads [inbox].
func (c *Config) readInbox(r *reader, key string, v any) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, "a table [inbox]", v)
		return
	}
	c.Keep.Patience = screen.UsualPatience()
	r.table(t, key, map[string]func(string, any){
		"warn": r.patience(&c.Keep.Patience.Warn),
		"late": r.patience(&c.Keep.Patience.Late),
	})
	r.checkPatience(key, c.Keep.Patience)
}

// readArchive reads [archive].
func (c *Config) readArchive(r *reader, key string, v any) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, "a table [archive]", v)
		return
	}
	on := true
	r.table(t, key, map[string]func(string, any){"on": r.flag(&on)})
	c.Keep.Off = !on
}

// readRetention reads [retention].
func (c *Config) readRetention(r *reader, key string, v any) {
	t, ok := v.(map[string]any)
	if !ok {
		r.wrong(key, "a table [retention]", v)
		return
	}
	own := &c.Keep.Retention
	count := func(to *int, low, high int64) func(string, any) {
		return func(key string, v any) {
			var n int64
			r.number(&n, low, high)(key, v)
			*to = int(n)
		}
	}
	r.table(t, key, map[string]func(string, any){
		"inbox":         count(&own.Inbox, 1, 1_000_000),
		"days":          count(&own.Days, 1, 3650),
		"sent_fax_days": count(&own.SentDays, 1, 3650),
		"trash_days":    count(&own.Trash, 1, 3650),
		"hipaa":         r.flag(&own.HIPAA),
	})
}
