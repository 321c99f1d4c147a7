package screen

import (
	"context"
	"fmt"
	"time"

	"switchboard/store"
	"switchboard/ui/theme"
)

// KeepStore is what the screens ask of the store about what is kept, and how long.
type KeepStore interface {
	Retention(ctx context.Context) ([]store.Retention, error)
	OpenHours(ctx context.Context, account int64) (h store.Hours, ok bool, err error)
	Journal(ctx context.Context, items ...store.ID) ([]store.Entry, error)
	Record(ctx context.Context, verb, value string, items ...store.ID) error
}

// Patience is after how much time what waits is old, and late: business time, where the
// hours of the account are known. The zero value is that of the inbox; a negative time
// is never.
type Patience struct{ Warn, Late time.Duration }

// UsualPatience is that of the inbox where nobody has set one.
func UsualPatience() Patience { return Patience{Warn: time.Hour, Late: 4 * time.Hour} }

// Or is p, or other where p is not set.
func (p Patience) Or(other Patience) Patience {
	if p == (Patience{}) {
		return other
	}
	return p
}

// Wait is how long something has waited, measured by a Patience.
type Wait uint8

// The waits.
const (
	Fresh Wait = iota
	Old
	Late
)

// due is when so much time has passed since an item came.
func (e *Env) due(r store.Row, d time.Duration) time.Time {
	at := r.Time.In(e.Location)
	if h, ok := e.Hours[r.Account]; ok {
		return h.After(at, d)
	}
	return at.Add(d)
}

// Waited is how long an item has waited for somebody.
func (e *Env) Waited(r store.Row, p Patience, now time.Time) Wait {
	p = p.Or(e.Patience)
	past := func(d time.Duration) bool { // first by the plain time, which is never less
		return d > 0 && now.Sub(r.Time) >= d && !now.Before(e.due(r, d))
	}
	switch {
	case !r.Waits():
		return Fresh
	case past(p.Late):
		return Late
	case past(p.Warn):
		return Old
	}
	return Fresh
}

// AgeSign is one cell before the age that tells a wait without colour, and the role of
// both.
func AgeSign(w Wait, s *theme.Styles) (string, theme.Set) {
	switch w {
	case Late:
		return "▲", s.Bad
	case Old:
		return "△", s.Warn
	}
	return " ", s.Age
}

// AnswerWords says by when an item is to be answered, for the reader; "" when nobody
// waits.
func (e *Env) AnswerWords(r store.Row, p Patience) (words string, t Tone) {
	now := e.Now()
	p = p.Or(e.Patience)
	limit, sign := p.Late, ""
	if limit <= 0 {
		limit = p.Warn
	}
	if limit <= 0 || !r.Waits() {
		return "", Plain
	}
	switch e.Waited(r, p, now) {
	case Late:
		sign, t = "▲ ", Bad
	case Old:
		sign, t = "△ ", Warn
	}
	due := e.due(r, limit)
	at := Clock(due, now, e.Location)
	if now.Before(due) {
		return fmt.Sprintf("%sby %s, in %s", sign, at, Span(due.Sub(now))), t
	}
	h, business := e.Hours[r.Account]
	over, of := now.Sub(due), ""
	if business {
		over, of = h.Between(due.In(e.Location), now), " of business hours"
	}
	if over < time.Minute {
		return sign + "was due at " + at, t
	}
	return fmt.Sprintf("%swas due at %s, %s%s ago", sign, at, Span(over), of), t
}

// Span is a length of time in its two largest units: "40 min", "2 h 5 min", "3 d 4 h".
func Span(d time.Duration) string {
	two := func(a int64, one string, b int64, other string) string {
		if b == 0 {
			return fmt.Sprintf("%d %s", a, one)
		}
		return fmt.Sprintf("%d %s %d %s", a, one, b, other)
	}
	m := int64(d / time.Minute)
	switch {
	case m < 1:
		return "less than a minute"
	case m < 60:
		return fmt.Sprintf("%d min", m)
	case m < 24*60:
		return two(m/60, "h", m%60, "min")
	case m < 14*24*60:
		return two(m/60/24, "d", m/60%24, "h")
	}
	return fmt.Sprintf("%d d", m/60/24)
}

// Happened is an entry of a journal on one line: when, who, and what in words.
func Happened(e store.Entry, words string, now time.Time, loc *time.Location) string {
	return Clock(e.At, now, loc) + "  " + e.Actor + "  " + words
}

// record tells the journals of items what was done with them. That the journal cannot be
// written undoes nothing, and is not what a person waits for.
func (e *Env) record(ctx context.Context, verb, value string, items ...store.ID) {
	if err := e.Store.Record(ctx, verb, value, items...); err != nil && !Quiet(err) {
		e.Log.Warn("not in the journal", "verb", verb, "err", err)
	}
}
