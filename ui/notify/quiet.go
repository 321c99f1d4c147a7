package notify

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Quiet is a time of the day at which nothing is told, on some days of the week. Where
// it goes over midnight it belongs to the day on which it begins. It is by the clock on
// the wall: on the days on which clocks are changed it is an hour longer or shorter.
type Quiet struct {
	Days     [7]bool // by time.Weekday
	From, To int     // minutes after midnight; equal: the whole day
}

const dayMinutes = 24 * 60

// dayNames are the beginnings of the days' names.
const dayNames = "sunmontuewedthufrisat"

// ParseQuiet reads quiet hours: "22:00-07:00", "mon-fri 18:00-08:00", "sat sun".
func ParseQuiet(text string) (q Quiet, err error) {
	hours := ""
	some := false
	for _, word := range strings.Fields(strings.ToLower(strings.ReplaceAll(text, ",", " "))) {
		if strings.Contains(word, ":") {
			if hours != "" {
				return q, fmt.Errorf("%q: one time in each, such as \"mon-fri 18:00-08:00\"", text)
			}
			hours = word
			continue
		}
		if err := q.days(word); err != nil {
			return q, err
		}
		some = true
	}
	if !some && hours == "" {
		return q, errors.New(`want a time such as "22:00-07:00", days such as "sat sun", or both`)
	}
	if !some {
		q.Days = [7]bool{true, true, true, true, true, true, true}
	}
	if hours == "" {
		return q, nil
	}
	from, to, ok := strings.Cut(hours, "-")
	if q.From, err = minutes(from); err == nil && ok {
		q.To, err = minutes(to)
	}
	if err != nil || !ok {
		return q, fmt.Errorf("%q is not a time such as 22:00-07:00", hours)
	}
	if q.To == dayMinutes {
		q.To = 0
	}
	q.From %= dayMinutes
	return q, nil
}

// days adds a day, or a span of days.
func (q *Quiet) days(word string) error {
	first, last, span := strings.Cut(word, "-")
	a, ok := weekday(first)
	b := a
	if span && ok {
		b, ok = weekday(last)
	}
	if !ok {
		return fmt.Errorf("%q is not a day such as mon, or days such as mon-fri", word)
	}
	for d := a; ; d = (d + 1) % 7 {
		q.Days[d] = true
		if d == b {
			return nil
		}
	}
}

func weekday(name string) (int, bool) {
	if len(name) < 3 || !strings.HasPrefix("sunday monday tuesday wednesday thursday friday saturday", name) &&
		!strings.Contains(" monday tuesday wednesday thursday friday saturday", " "+name) {
		return 0, false
	}
	i := strings.Index(dayNames, name[:3])
	return i / 3, i >= 0 && i%3 == 0
}

func minutes(s string) (int, error) {
	h, m, ok := strings.Cut(s, ":")
	hour, err := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if !ok || err != nil || err2 != nil || hour < 0 || hour > 24 || minute < 0 || minute > 59 || hour == 24 && minute > 0 || len(m) != 2 {
		return 0, fmt.Errorf("%q is not a time of the day", s)
	}
	return hour*60 + minute, nil
}

// covers reports whether it is quiet at t, in t's zone.
func (q Quiet) covers(t time.Time) bool {
	day, at := int(t.Weekday()), t.Hour()*60+t.Minute()
	switch {
	case q.From == q.To:
		return q.Days[day]
	case q.From < q.To:
		return q.Days[day] && at >= q.From && at < q.To
	}
	return q.Days[day] && at >= q.From || q.Days[(day+6)%7] && at < q.To
}

// quietUntil is when it is no longer quiet; ok is false if it is not quiet at t. Where
// it is always quiet, that is a week away.
func quietUntil(all []Quiet, t time.Time) (end time.Time, ok bool) {
	quiet := func(t time.Time) bool {
		for _, q := range all {
			if q.covers(t) {
				return true
			}
		}
		return false
	}
	if !quiet(t) {
		return time.Time{}, false
	}
	// Quiet hours end at one of their own ends, or at a midnight. Those are asked for by
	// the clock on the wall, so that a changed clock does no harm.
	y, m, d := t.Date()
	last := t.AddDate(0, 0, 8)
	end = last
	for day := range 9 {
		ends := []int{0}
		for _, q := range all {
			ends = append(ends, q.To)
		}
		for _, min := range ends {
			at := time.Date(y, m, d+day, 0, min, 0, 0, t.Location())
			if at.After(t) && at.Before(end) && !quiet(at) {
				end = at
			}
		}
		if end.Before(last) {
			return end, true
		}
	}
	return end, true
}
