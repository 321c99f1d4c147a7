package screen

import (
	"fmt"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
)

// Leaves is when the service drops an item; ok is false where that is not known.
func (e *Env) Leaves(r store.Row) (l store.Leaving, of store.Retention, ok bool) {
	of, known := e.Room[r.Account]
	if !known {
		return l, of, false
	}
	l, ok = of.Leaves(r, e.Now())
	return l, of, ok
}

// LeaveSign says in a few words before the text of a row that the item is about to leave
// the service, or has left it; "" when there is nothing to say.
func (e *Env) LeaveSign(r store.Row) string {
	if !r.Dropped.IsZero() {
		return "archived here"
	}
	l, of, ok := e.Leaves(r)
	if !ok || l.Cause != store.LeaveTrash && !l.Soon(of, e.Now()) {
		return ""
	}
	left := l.At.Sub(e.Now())
	in := "in " + kit.Age(left)
	if left < time.Minute {
		in = "any time"
	}
	switch {
	case l.Cause == store.LeaveTrash:
		return "purged " + in
	case l.Cause == store.LeaveFull:
		return "leaves after " + fmt.Sprint(l.After) + " more"
	}
	return "leaves " + in
}

// LeaveWords says when and why the service drops an item, for people.
func LeaveWords(l store.Leaving, of store.Retention, now time.Time, loc *time.Location) string {
	when := ""
	switch left := l.At.Sub(now); {
	case l.At.IsZero():
	case left < time.Minute:
		when = "any time now"
	case l.About:
		when = "in about " + Span(left.Round(time.Hour))
	default:
		when = "in " + Span(left) + ", " + Clock(l.At, now, loc)
	}
	switch l.Cause {
	case store.LeaveTrash:
		return fmt.Sprintf("purged %s: the trash is kept %s", when, kit.Plural(of.Rules.Trash, "day"))
	case store.LeaveSent:
		return fmt.Sprintf("leaves the service %s: sent faxes are kept %s", when, kit.Plural(of.Rules.SentDays, "day"))
	case store.LeaveAge:
		return fmt.Sprintf("leaves the service %s: it is kept %s", when, kit.Plural(of.Rules.Days, "day"))
	}
	text := fmt.Sprintf("leaves the service after %s, %d of %d are there", kit.Plural(l.After, "more message"), of.Used, of.Rules.Inbox)
	if l.After == 1 {
		text = fmt.Sprintf("leaves the service with the next message, %d of %d are there", of.Used, of.Rules.Inbox)
	}
	if when != "" {
		text += "; " + when
	}
	return text
}

// GaugeWords is how full a mailbox is, after its bar.
func GaugeWords(r store.Retention) string {
	used := kit.Count(r.Used, !r.More)
	switch {
	case r.Rules.Inbox == 0:
		return used + " voice and fax messages, no limit is known"
	case !r.Limited():
		return fmt.Sprintf("%s voice and fax messages; the usual limit of %d does not hold", used, r.Rules.Inbox)
	}
	return fmt.Sprintf("%s of %d voice and fax messages", used, r.Rules.Inbox)
}

// PaceWords is how fast a mailbox with a limit fills; "" when there is nothing to tell.
func PaceWords(r store.Retention, now time.Time, loc *time.Location) string {
	if !r.Limited() {
		return ""
	}
	pace := ""
	switch {
	case r.PerDay >= 10:
		pace = fmt.Sprintf("about %.0f a day", r.PerDay)
	case r.PerDay >= 0.05:
		pace = fmt.Sprintf("about %.1f a day", r.PerDay)
	}
	switch full := r.Full(now); {
	case r.Used >= r.Rules.Inbox:
		return joined(pace, "full: the oldest makes room for each new one")
	case !full.IsZero() && full.Sub(now) < 365*24*time.Hour:
		return joined(pace, "full about "+full.In(loc).Format("Mon 2 Jan")+", the oldest leaves first")
	}
	return pace
}

// KeptWords is what else leaves a mailbox, and what is kept here of what left: a line
// each.
func KeptWords(r store.Retention, now time.Time) (lines []string) {
	in := func(t time.Time) string {
		if d := t.Sub(now); d >= time.Minute {
			return "in " + Span(d)
		}
		return "any time now"
	}
	kept, sent, trash := "", "", ""
	if r.Rules.Days > 0 {
		kept = "voice and fax kept " + kit.Plural(r.Rules.Days, "day")
		if r.Rules.HIPAA {
			kept += " (HIPAA)"
		}
	}
	if !r.Sent.IsZero() {
		sent = "the next sent fax leaves " + in(r.Sent)
	}
	if r.Rules.Trash > 0 {
		trash = "trash empty"
		if r.Trash > 0 {
			trash = "trash " + kit.Count(r.Trash, r.Trash < 1000)
		}
		if r.Trash > 0 && !r.Purge.IsZero() {
			trash += ", the next purged " + in(r.Purge)
		}
	}
	archive := "archive off: what leaves is lost"
	if r.Archive {
		archive = "archive on"
	}
	var here []string
	if r.Here > 0 {
		here = append(here, kit.Plural(r.Here, "message")+" only here")
	}
	if r.Held > 0 {
		here = append(here, kit.Count(r.Held, true)+" held")
	}
	if r.Waiting > 0 {
		here = append(here, kit.Count(r.Waiting, r.Waiting < 1000)+" about to leave, not here yet")
	}
	for _, line := range []string{joined(kept, sent), joined(trash, archive), joined(here...)} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// joined are the parts that say something, on one line.
func joined(parts ...string) string {
	text := ""
	for _, p := range parts {
		if text != "" && p != "" {
			text += " · "
		}
		text += p
	}
	return text
}
