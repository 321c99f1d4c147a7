package inbox

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// wake is a moment to snooze to; its zero value puts back into the queue at once.
type wake struct{ at time.Time }

// snooze asks until when.
func (m *Model) snooze() tea.Cmd {
	ids, rows, ok := m.some()
	if !ok {
		return nil
	}
	title := "Snooze " + m.named(ids, rows) + " until"
	asleep := false
	for _, r := range rows {
		asleep = asleep || r.State == store.Snoozed
	}
	return m.withWorkDay(rows, func(day time.Time) tea.Cmd {
		now := m.env.Now().In(m.env.Location)
		choices := m.wakes(now, day, asleep)
		m.env.Pick(screen.Picker{
			Title: title, Hint: "a digit picks · or type: at 16:30, in 2h, mon 8:30, 1 dec", None: "That is no time to come.", Digits: true,
			Options: func(text string) []screen.Option { return m.matchWakes(text, choices, now) },
			Enter: func(o *screen.Option, text string) (tea.Cmd, error) {
				if o == nil {
					_, err := store.ParseWhen(text, now, m.env.Location)
					return nil, err
				}
				w := o.Value.(wake)
				if w.at.IsZero() {
					return m.change(store.Change{Verb: store.VerbReopen, Items: ids}), nil
				}
				return m.snoozeTo(ids, w.at), nil
			},
		})
		return nil
	})
}

// snoozeTo snoozes; done again later, it is to the same moment.
func (m *Model) snoozeTo(ids []store.ID, at time.Time) tea.Cmd {
	return m.change(store.Change{Verb: store.VerbSnooze, Items: ids, Text: at.UTC().Format(time.RFC3339)})
}

// withWorkDay goes on with when the next day of work begins.
func (m *Model) withWorkDay(rows []store.Row, then func(day time.Time) tea.Cmd) tea.Cmd {
	var account int64
	if len(rows) > 0 {
		account = rows[0].Account
	}
	now := m.env.Now()
	read := func(ctx context.Context) (time.Time, error) { return m.env.Store.NextWorkDay(ctx, account, now) }
	return ask(m, "read the business hours", read, then)
}

// snoozeDay snoozes to the next day of work.
func (m *Model) snoozeDay() tea.Cmd {
	ids, rows, ok := m.some()
	if !ok {
		return nil
	}
	return m.withWorkDay(rows, func(day time.Time) tea.Cmd { return m.snoozeTo(ids, day) })
}

// wakes are the moments to choose from. What a digit means stays as alike as the time
// of the day allows.
func (m *Model) wakes(now, workDay time.Time, asleep bool) []screen.Option {
	y, mo, d := now.Date()
	at := func(days, hour int) time.Time { return time.Date(y, mo, d+days, hour, 0, 0, 0, now.Location()) }
	const afternoon, evening, morning = 14, 18, 9
	part, then := "this afternoon", at(0, afternoon)
	switch h := now.Hour(); {
	case h >= evening-1:
		part, then = "tomorrow afternoon", at(1, afternoon)
	case h >= afternoon-1:
		part, then = "this evening", at(0, evening)
	}
	out := []screen.Option{
		m.wakeAt("in 1 hour", now.Add(time.Hour).Truncate(time.Minute)),
		m.wakeAt("in 3 hours", now.Add(3*time.Hour).Truncate(time.Minute)),
		m.wakeAt(part, then),
		m.wakeAt("tomorrow morning", at(1, morning)),
		m.wakeAt("next work day", workDay),
		m.wakeAt("next Monday", at((int(time.Monday-now.Weekday())+6)%7+1, morning)),
		m.wakeAt("in a week", at(7, morning)),
	}
	if asleep {
		out = append(out, screen.Option{Label: "now: back into the queue", Value: wake{}})
	}
	return out
}

func (m *Model) wakeAt(label string, t time.Time) screen.Option {
	return screen.Option{Label: label, Detail: moment(t, m.env.Location), Value: wake{t}}
}

// moment is a time to come with its day: what is days away is found by it.
func moment(t time.Time, loc *time.Location) string {
	return t.In(loc).Format("Mon 2 Jan 15:04")
}

// matchWakes are the moments that fit what is typed: the one it says, then those whose
// words begin so.
func (m *Model) matchWakes(text string, choices []screen.Option, now time.Time) []screen.Option {
	typed := strings.Fields(strings.ToLower(text))
	if len(typed) == 0 {
		return choices
	}
	var out []screen.Option
	if t, err := store.ParseWhen(text, now, m.env.Location); err == nil {
		out = append(out, m.wakeAt("until "+moment(t, m.env.Location), t))
		out[0].Detail = ""
	}
	for _, c := range choices {
		if beginWords(strings.ToLower(c.Label), typed) {
			out = append(out, c)
		}
	}
	return out
}
