package store

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// QueryField describes one field of the query language, for help and completion.
type QueryField struct {
	Name   string
	Values []string // those there are, or examples
	Free   bool     // Values are only examples
	Help   string
}

// QueryFields are the fields of the query language, in the order to show them.
func QueryFields() []QueryField {
	return []QueryField{
		{"in", []string{"inbox", "voicemail", "fax", "sms", "mms", "text", "pager", "calls", "posts", "email", "messages", "done", "snoozed", "trash", "all", "ringcentral", "symphony", "emailgistics"}, false, "kind, place or service; all: messages, the deleted too"},
		{"is", []string{"unread", "read", "open", "done", "snoozed", "failed", "deleted", "claimed", "mine", "held", "archived", "private", "pending", "blocked", "inbound", "outbound", "missed", "answered", "abandoned", "rejected", "busy", "unreached", "returned", "own", "company"}, false, "state; of a call, what became of it"},
		{"mailbox", []string{"front-desk", "201"}, true, "whose mailbox it is in: its name, number or extension; of an e-mail, the name of its mailbox, or its address whole"},
		{"from", []string{"mary", "5551234"}, true, "name or number of the caller or sender"},
		{"to", []string{"front-desk", "5551234"}, true, "name or number it went to"},
		{"number", []string{"5551234"}, true, "the last 4 to 10 digits, however written"},
		{"ext", []string{"101"}, true, "an extension, whole"},
		{"person", []string{"12"}, true, "a contact, by the id that contacts --json tells: all its numbers and posts"},
		{"has", []string{"file", "note", "transcript", "audio", "image", "pdf", "tiff", "recording", "message", "tag", "owner"}, false, "what comes with it"},
		{"before", []string{"today", "fri", "2026-11-20", "3d"}, true, "earlier than"},
		{"after", []string{"yesterday", "mon", "2026-11-20", "2h"}, true, "since"},
		{"on", []string{"today", "yesterday", "2026-11-20"}, true, "that day"},
		{"dur", []string{"<3", ">60", "10..30", ">1m30s"}, true, "length of a voicemail or a call in seconds; dur<3 will do"},
		{"pages", []string{"1", ">5", "2..4"}, true, "pages of a fax"},
		{"label", []string{"billing"}, true, "has the label"},
		{"claim", []string{"mary"}, true, "claimed by"},
		{"tag", []string{"urgent", `"needs reply"`}, true, "of an e-mail: has the tag at its service (a label is from here); in quotes its whole name"},
		{"owner", []string{"mary", "ben@example.com"}, true, "of an e-mail: whom its service has it assigned to, by name or address (claim is from here); in quotes the whole name"},
		{"status", []string{"open", "snoozed", "closed"}, false, "of an e-mail: how it stands at its service (is: tells how it stands here)"},
		{"id", []string{"06q8g1zk4t2ax"}, true, "one item"},
	}
}

// field reads the values of a field.
func (p *parser) field(t *term) error {
	fields := QueryFields()
	i := slices.IndexFunc(fields, func(f QueryField) bool { return f.Name == t.field })
	if i < 0 {
		names := make([]string, len(fields))
		for j, f := range fields {
			names[j] = f.Name
		}
		e := p.wrong(p.start, p.start+len(t.field)+1, "there is no such field; to look for the text itself, put it in quotes")
		if near := nearest(t.field, names); near != "" {
			e.Try = near + ":"
		}
		return e
	}
	f := fields[i]
	for {
		start := p.pos
		text, quoted, closed := p.bite(true)
		v := value{text: CleanLine(text), phrase: quoted}
		switch {
		case !closed:
			return p.wrong(start, p.pos, "the quotes are not closed")
		case v.text == "" || v.text == `"`:
			return p.missing(f)
		}
		if msg, try := p.understand(f, &v); msg != "" {
			e := p.wrong(start, p.pos, msg)
			if e.Try = try; try != "" {
				e.Try = f.Name + ":" + try
			}
			return e
		}
		t.vals = append(t.vals, v)
		if p.pos == len(p.text) || p.text[p.pos] != ',' {
			return nil
		}
		p.pos++
	}
}

func (p *parser) wrong(from, to int, msg string) *QueryError {
	return &QueryError{Text: p.text, Pos: from, Word: p.text[from:to], Msg: msg}
}

func (p *parser) missing(f QueryField) error {
	e := p.wrong(p.start, p.pos, "a value is missing")
	e.Try = f.Name + ":" + f.Values[0]
	return e
}

// understand reads one value; msg says what is wrong with it.
func (p *parser) understand(f QueryField, v *value) (msg, try string) {
	switch f.Name {
	case "in", "is", "has", "status":
		v.text, v.phrase = strings.ToLower(v.text), false
		if !slices.Contains(f.Values, v.text) {
			if other := elsewhere(f.Name, v.text); other != "" {
				return other, ""
			}
			if near := nearest(v.text, f.Values); near != "" {
				return "unknown", near
			}
			return "unknown: there are " + strings.Join(f.Values, ", "), ""
		}
	case "number":
		if d := Digits(v.text); len(d) < 4 || !phoneLike(v.text, 4) {
			return "want at least the last 4 digits", ""
		}
		v.number = lastDigits(v.text)
	case "ext":
		if v.number = Digits(v.text); v.number == "" || len(v.number) > 8 {
			return "want an extension such as 101", ""
		}
	case "person":
		n, ok := parseCount(v.text)
		if v.min = n; !ok || n == 0 {
			return "want the id of a contact", ""
		}
	case "from", "to":
		if phoneLike(v.text, 4) {
			v.number = lastDigits(v.text)
		}
	case "before", "after", "on":
		var ok bool
		if v.lo, v.hi, ok = parseWhen(strings.ToLower(v.text), p.now); !ok {
			return "want a day (2026-11-20, today, fri), a time (14:30) or how long ago (3d, 2h)", ""
		}
	case "dur", "pages":
		var ok bool
		one := parseSeconds
		if f.Name == "pages" {
			one = parseCount
		}
		if v.min, v.max, ok = parseRange(v.text, one); !ok {
			return fmt.Sprintf("want a number or a range such as %s", strings.Join(f.Values, ", ")), ""
		}
	case "label":
		v.text = label(v.text)
	case "claim", "id":
		v.text = strings.ToLower(v.text)
	}
	return "", ""
}

// elsewhere says of a state that is looked for with the wrong word whose state it is; "":
// it is nobody's. How an e-mail stands at its service and how it stands here are two things.
func elsewhere(field, text string) string {
	_, here := states[text]
	switch {
	case field == "status" && here:
		return "that is a state here, is:" + text + "; status: is how an e-mail stands at its service: open, snoozed or closed"
	case field != "status" && text == "closed":
		return "that is how an e-mail stands at its service: status:closed; here it is is:done"
	}
	return ""
}

// parseRange reads 5, <5, <=5, >5, >=5, 2..5, ..5 and 2.. .
func parseRange(s string, one func(string) (int64, bool)) (lo, hi int64, ok bool) {
	if a, b, found := strings.Cut(s, ".."); found {
		lo, hi = 0, math.MaxInt32
		okA, okB := true, true
		if a != "" {
			lo, okA = one(a)
		}
		if b != "" {
			hi, okB = one(b)
		}
		return lo, hi, okA && okB && a+b != "" && lo <= hi
	}
	num := strings.TrimLeft(s, "<>=")
	n, ok := one(num)
	switch strings.TrimSuffix(s, num) {
	case "", "=":
		return n, n, ok
	case "<":
		return 0, n - 1, ok
	case "<=":
		return 0, n, ok
	case ">":
		return n + 1, math.MaxInt32, ok
	case ">=":
		return n, math.MaxInt32, ok
	}
	return 0, 0, false
}

func parseCount(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 32)
	return n, err == nil && n >= 0
}

// parseSeconds reads 90, 90s, 1m30s, 1:30.
func parseSeconds(s string) (int64, bool) {
	if n, ok := parseCount(s); ok {
		return n, true
	}
	if m, sec, ok := strings.Cut(s, ":"); ok {
		a, okA := parseCount(m)
		b, okB := parseCount(sec)
		return a*60 + b, okA && okB && b < 60
	}
	d, err := time.ParseDuration(strings.ToLower(s))
	return int64(d.Seconds()), err == nil && d >= 0 && d < 1000*time.Hour
}

// parseWhen reads a day, a month, a year, a moment, or how long ago, as [lo, hi).
func parseWhen(s string, now time.Time) (lo, hi time.Time, ok bool) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch s {
	case "now":
		return now, now, true
	case "today":
		return day, day.AddDate(0, 0, 1), true
	case "yesterday":
		return day.AddDate(0, 0, -1), day, true
	case "tomorrow":
		return day.AddDate(0, 0, 1), day.AddDate(0, 0, 2), true
	}
	if len(s) >= 3 {
		for w := time.Sunday; w <= time.Saturday; w++ {
			if strings.HasPrefix(strings.ToLower(w.String()), s) {
				lo = day.AddDate(0, 0, -int(now.Weekday()-w+7)%7) // the last one, which may be today
				return lo, lo.AddDate(0, 0, 1), true
			}
		}
	}
	for _, f := range []struct {
		layout              string
		years, months, days int
	}{{"2006-01-02", 0, 0, 1}, {"2006-1-2", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if t, err := time.ParseInLocation(f.layout, s, now.Location()); err == nil {
			return t, t.AddDate(f.years, f.months, f.days), t.Year() >= 1970
		}
	}
	if t, err := time.ParseInLocation("15:04", s, now.Location()); err == nil {
		lo = time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), 0, 0, now.Location())
		return lo, lo.Add(time.Minute), true
	}
	return parseAgo(s, now, day)
}

// parseAgo reads 3d, 2w (days as they are in the calendar), 2h, 30m.
func parseAgo(s string, now, day time.Time) (lo, hi time.Time, ok bool) {
	if len(s) < 2 {
		return lo, hi, false
	}
	n, ok := parseCount(s[:len(s)-1])
	if !ok || n > 100000 {
		return lo, hi, false
	}
	switch s[len(s)-1] {
	case 'm':
		lo = now.Add(-time.Duration(n) * time.Minute)
		return lo, lo.Add(time.Minute), true
	case 'h':
		lo = now.Add(-time.Duration(n) * time.Hour)
		return lo, lo.Add(time.Hour), true
	case 'w':
		n *= 7
	case 'd':
	default:
		return lo, hi, false
	}
	lo = day.AddDate(0, 0, -int(n))
	return lo, lo.AddDate(0, 0, 1), true
}

// nearest is the one of names that s may be a slip for, or "".
func nearest(s string, names []string) string {
	best, name := max(1, len(s)/3)+1, ""
	for _, n := range names {
		if len(s) >= 2 && strings.HasPrefix(n, s) {
			return n
		}
		if d := distance(s, n); d < best {
			best, name = d, n
		}
	}
	return name
}

// distance is how many letters have to be changed, added, left out or swapped with
// the next to make b of a.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
