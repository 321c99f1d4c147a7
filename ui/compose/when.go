package compose

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// farthest is how far ahead something can be sent later.
const farthest = 366 * 24 * time.Hour

// morning is the hour that is meant where only a day is named.
const morning = 8

// parseWhen reads when something is to be sent, as people say it: "17:30", "5pm", "in 2 h",
// "tomorrow", "tomorrow 8", "fri 14:00", "2026-12-24 9:15", "24 dec". A time without a day
// is the next such time; a day without one means eight in the morning. "" and "now" are
// no time at all.
func parseWhen(text string, now time.Time, loc *time.Location) (time.Time, error) {
	now = now.In(loc)
	words := strings.Fields(strings.ToLower(strings.NewReplacer(",", " ", " at ", " ").Replace(" " + text + " ")))
	if len(words) == 0 || len(words) == 1 && words[0] == "now" {
		return time.Time{}, nil
	}
	if d, ok := span(words); ok {
		return checkWhen(now.Add(d).Truncate(time.Minute), now, text)
	}
	day, rest, named := dayOf(words, now)
	clock, ok := clockOf(rest)
	switch {
	case !ok && len(rest) > 0, !named && len(rest) == 0:
		return time.Time{}, fmt.Errorf("%q is no time; say 17:30, tomorrow 8, fri 14:00 or 24 dec", strings.TrimSpace(text))
	case len(rest) == 0:
		clock = morning * time.Hour
	}
	t := at(day, clock)
	if !named && !t.After(now) {
		t = at(day.AddDate(0, 0, 1), clock)
	}
	return checkWhen(t, now, text)
}

// at is a time of a day by the clock on the wall, also where the clocks change.
func at(day time.Time, clock time.Duration) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), int(clock/time.Hour), int(clock%time.Hour/time.Minute), 0, 0, day.Location())
}

func checkWhen(t, now time.Time, text string) (time.Time, error) {
	switch {
	case !t.After(now):
		return time.Time{}, fmt.Errorf("%s is over: %s", strings.TrimSpace(text), t.Format("Mon 2 Jan 2006 15:04"))
	case t.Sub(now) > farthest:
		return time.Time{}, fmt.Errorf("%s is more than a year away", t.Format("Mon 2 Jan 2006"))
	}
	return t, nil
}

// span reads "in 2 h", "in 30 minutes", "in 1h30m".
func span(words []string) (time.Duration, bool) {
	if len(words) < 2 || words[0] != "in" {
		return 0, false
	}
	all := strings.Join(words[1:], "")
	for _, r := range []struct{ long, short string }{{"minutes", "m"}, {"minute", "m"}, {"mins", "m"}, {"min", "m"}, {"hours", "h"}, {"hour", "h"}} {
		all = strings.ReplaceAll(all, r.long, r.short)
	}
	for _, r := range []struct {
		unit string
		is   time.Duration
	}{{"weeks", 7 * 24 * time.Hour}, {"week", 7 * 24 * time.Hour}, {"days", 24 * time.Hour}, {"day", 24 * time.Hour}, {"d", 24 * time.Hour}} {
		if n, ok := strings.CutSuffix(all, r.unit); ok {
			days, err := strconv.Atoi(n)
			return time.Duration(days) * r.is, err == nil && days > 0 && days < 400
		}
	}
	d, err := time.ParseDuration(all)
	return d, err == nil && d > 0
}

// dayOf takes the day off the words; named is false where they begin with none.
func dayOf(words []string, now time.Time) (day time.Time, rest []string, named bool) {
	switch words[0] {
	case "today":
		return now, words[1:], true
	case "tonight":
		if len(words) == 1 {
			return now, []string{"20:00"}, true
		}
		return now, words[1:], true
	case "tomorrow", "tmrw":
		return now.AddDate(0, 0, 1), words[1:], true
	}
	if d, ok := weekday(words[0]); ok {
		ahead := (int(d) - int(now.Weekday()) + 7) % 7
		if ahead == 0 { // today only while the time named is still to come
			if clock, ok := clockOf(words[1:]); !ok || !at(now, clock).After(now) {
				ahead = 7
			}
		}
		return now.AddDate(0, 0, ahead), words[1:], true
	}
	if t, err := time.ParseInLocation("2006-01-02", words[0], now.Location()); err == nil {
		return t, words[1:], true
	}
	if len(words) >= 2 {
		for _, layout := range []string{"2 Jan", "2 January", "Jan 2", "January 2"} {
			t, err := time.ParseInLocation(layout, words[0]+" "+words[1], now.Location())
			if err != nil {
				continue
			}
			t = t.AddDate(now.Year()-t.Year(), 0, 0)
			if at(t, 24*time.Hour-time.Minute).Before(now) {
				t = t.AddDate(1, 0, 0)
			}
			return t, words[2:], true
		}
	}
	return now, words, false
}

// weekday reads the name of a day, or at least three letters of it.
func weekday(word string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), word) {
			return d, true
		}
	}
	return 0, false
}

// clockOf reads a time of day: "17:30", "8", "8am", "5:15 pm", "noon", "1730".
func clockOf(words []string) (time.Duration, bool) {
	s := strings.ReplaceAll(strings.Join(words, ""), ".", ":")
	if s == "noon" {
		return 12 * time.Hour, true
	}
	half := ""
	for _, suffix := range []string{"am", "pm", "h"} {
		if cut, ok := strings.CutSuffix(s, suffix); ok {
			s, half = cut, suffix
			break
		}
	}
	hour, minute, split := strings.Cut(s, ":")
	if !split && len(s) == 4 {
		hour, minute = s[:2], s[2:]
	} else if !split {
		minute = "0"
	}
	if len(hour) > 2 || len(minute) > 2 || split && len(minute) != 2 {
		return 0, false
	}
	h, err := strconv.ParseUint(hour, 10, 8)
	m, err2 := strconv.ParseUint(minute, 10, 8)
	if err != nil || err2 != nil || h > 23 || m > 59 || half != "" && half != "h" && (h == 0 || h > 12) {
		return 0, false
	}
	switch {
	case half == "pm" && h < 12:
		h += 12
	case half == "am" && h == 12:
		h = 0
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, true
}
