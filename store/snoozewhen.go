package store

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseWhen reads a moment to come as people write it, by the clock of loc: "in 2
// hours", "30m", "16:00", "4pm", "this afternoon", "tomorrow", "mon 8:30", "next
// monday", "next week", "2026-12-01 10:00", "1 dec", or RFC 3339. A day without a time
// begins at nine, a time without a day is the next one there is. An error says what
// can be written.
func ParseWhen(text string, now time.Time, loc *time.Location) (time.Time, error) {
	text = strings.TrimSpace(CleanLine(text))
	if text == "" {
		return time.Time{}, errors.New("no time was given, such as 16:00, tomorrow, mon 8:30 or 2h")
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return toCome(t, now)
	}
	p := whenParser{now: now.In(loc), words: strings.Fields(strings.ToLower(strings.NewReplacer(",", " ", "@", " ", " o'clock", "").Replace(text)))}
	if d, ok := p.span(); ok {
		return toCome(now.Add(d.short).In(loc).AddDate(0, 0, d.days), now)
	}
	for len(p.words) > 0 {
		if !p.between() && !p.day() && !p.clock() {
			return time.Time{}, fmt.Errorf("%q is no time: try 16:00, tomorrow, mon 8:30, 1 dec or 2h", p.words[0])
		}
	}
	return p.moment()
}

func toCome(t, now time.Time) (time.Time, error) {
	switch {
	case !t.After(now):
		return time.Time{}, errors.New("that has passed")
	case t.After(now.AddDate(10, 0, 0)):
		return time.Time{}, errors.New("that is more than ten years away")
	}
	return t, nil
}

// whenParser reads the words of a moment.
type whenParser struct {
	now   time.Time
	words []string

	date           time.Time // midnight
	dated, timed   bool
	hour, minute   int
	sure           bool // the day was said, so a time that has passed is not tomorrow's
	usual, usually int  // the hour and minute that go with a word such as "afternoon"
	part           bool
}

// take drops the first n words.
func (p *whenParser) take(n int) bool { p.words = p.words[n:]; return true }

// span is a length of time: days by the calendar, the rest by the clock.
type span struct {
	days  int
	short time.Duration
}

// span reads all words as a length of time: "in 2 hours", "1h30m", "3d".
func (p *whenParser) span() (s span, ok bool) {
	words := p.words
	if len(words) > 0 && words[0] == "in" {
		words = words[1:]
	}
	text := strings.Join(words, "")
	if text == "" || text[0] < '0' || text[0] > '9' {
		return s, false
	}
	for text != "" {
		n := 0
		for n < len(text) && text[n] >= '0' && text[n] <= '9' {
			n++
		}
		m := n
		for m < len(text) && (text[m] < '0' || text[m] > '9') {
			m++
		}
		count, err := strconv.Atoi(text[:n])
		if err != nil || count > 100_000 {
			return s, false
		}
		switch strings.TrimSuffix(text[n:m], "s") {
		case "m", "min", "minute":
			s.short += time.Duration(count) * time.Minute
		case "h", "hour", "hr":
			s.short += time.Duration(count) * time.Hour
		case "d", "day":
			s.days += count
		case "w", "week":
			s.days += 7 * count
		default:
			return s, false
		}
		text = text[m:]
	}
	return s, true
}

// between passes over a word that only goes before another.
func (p *whenParser) between() bool {
	switch p.words[0] {
	case "at", "on", "this":
		return len(p.words) > 1 && p.take(1)
	}
	return false
}

// day reads a word or two that name a day.
func (p *whenParser) day() bool {
	if p.dated {
		return false
	}
	w := p.words[0]
	y, m, d := p.now.Date()
	on := func(y int, m time.Month, d int) {
		p.date, p.dated, p.sure = time.Date(y, m, d, 0, 0, 0, 0, p.now.Location()), true, true
	}
	second := ""
	if len(p.words) > 1 {
		second = p.words[1]
	}
	if wd, ok := weekday(w); ok {
		on(y, m, d+(int(wd-p.now.Weekday())+6)%7+1)
		return p.take(1)
	}
	switch w {
	case "today":
		on(y, m, d)
		return p.take(1)
	case "tomorrow", "tmr":
		on(y, m, d+1)
		return p.take(1)
	case "next":
		if second == "week" {
			on(y, m, d+(int(time.Monday-p.now.Weekday())+6)%7+1)
			return p.take(2)
		}
		_, ok := weekday(second)
		return ok && p.take(1)
	}
	if t, err := time.Parse("2006-1-2", w); err == nil {
		on(t.Date())
		return p.take(1)
	}
	for _, pair := range [][2]string{{w, second}, {second, w}} {
		month, ok := monthOf(pair[1])
		if n, err := strconv.Atoi(strings.TrimSuffix(pair[0], ".")); ok && err == nil && n >= 1 && n <= 31 {
			if on(y, month, n); p.date.Before(time.Date(y, m, d, 0, 0, 0, 0, p.now.Location())) {
				on(y+1, month, n)
			}
			return p.date.Day() == n && p.take(2)
		}
	}
	return false
}

// clock reads a word or two that name a time of day.
func (p *whenParser) clock() bool {
	if p.timed || p.part && len(p.words) == 0 {
		return false
	}
	w := p.words[0]
	switch w {
	case "morning":
		p.usual, p.usually, p.part = morning/60, morning%60, true
		return p.take(1)
	case "noon":
		p.hour, p.minute, p.timed = 12, 0, true
		return p.take(1)
	case "afternoon":
		p.usual, p.usually, p.part = 14, 0, true
		return p.take(1)
	case "evening", "tonight":
		p.usual, p.usually, p.part = 18, 0, true
		return p.take(1)
	}
	half := ""
	for _, h := range []string{"am", "pm"} {
		if strings.HasSuffix(w, h) {
			w, half = strings.TrimSuffix(w, h), h
		} else if len(p.words) > 1 && p.words[1] == h {
			half = h
		}
	}
	h, m, minutes := strings.Cut(strings.ReplaceAll(w, ".", ":"), ":")
	hour, err := strconv.Atoi(h)
	minute := 0
	if minutes {
		minute, _ = strconv.Atoi(m)
	}
	if err != nil || hour > 23 || minute > 59 || hour < 0 || minute < 0 || minutes && len(m) != 2 || half != "" && (hour < 1 || hour > 12) {
		return false
	}
	switch {
	case half == "pm" && hour < 12:
		hour += 12
	case half == "am" && hour == 12:
		hour = 0
	}
	p.hour, p.minute, p.timed = hour, minute, true
	if half != "" && p.words[0] == w {
		return p.take(2)
	}
	return p.take(1)
}

// moment puts day and time together.
func (p *whenParser) moment() (time.Time, error) {
	hour, minute := p.hour, p.minute
	switch {
	case p.timed:
	case p.part:
		hour, minute = p.usual, p.usually
	case p.dated:
		hour, minute = morning/60, morning%60
	default:
		return time.Time{}, errors.New("no time was given, such as 16:00, tomorrow, mon 8:30 or 2h")
	}
	if !p.dated {
		y, m, d := p.now.Date()
		p.date = time.Date(y, m, d, 0, 0, 0, 0, p.now.Location())
	}
	y, m, d := p.date.Date()
	t := time.Date(y, m, d, hour, minute, 0, 0, p.now.Location())
	if !p.sure && !t.After(p.now) {
		t = time.Date(y, m, d+1, hour, minute, 0, 0, p.now.Location())
	}
	return toCome(t, p.now)
}

// weekday reads the name of a day or at least three letters of it.
func weekday(s string) (time.Weekday, bool) {
	for d := range time.Weekday(7) {
		if len(s) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), s) {
			return d, true
		}
	}
	return 0, false
}

// monthOf reads the name of a month or at least three letters of it.
func monthOf(s string) (time.Month, bool) {
	s = strings.TrimSuffix(s, ".")
	for m := time.January; m <= time.December; m++ {
		if len(s) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), s) {
			return m, true
		}
	}
	return 0, false
}
