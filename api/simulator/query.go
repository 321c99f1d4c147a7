package simulator

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultWindow  = 24 * time.Hour
	defaultPerPage = 100
	maxPerPage     = 1000
	defaultRecords = 250
)

// filter chooses messages. Times are ms; both ends are included.
type filter struct {
	From         int64    `json:"f"`
	To           int64    `json:"t,omitempty"`
	Types        []string `json:"y,omitempty"`
	Directions   []string `json:"d,omitempty"`
	ReadStatus   []string `json:"r,omitempty"`
	Availability []string `json:"a,omitempty"`
	Conversation int64    `json:"c,omitempty"`
	Number       string   `json:"n,omitempty"`
	Distinct     bool     `json:"u,omitempty"`
}

// parseFilter reads the parameters that list and sync share.
func parseFilter(q url.Values, now time.Time) (filter, *apiError) {
	var f filter
	var err *apiError
	to := now
	if s := q.Get("dateTo"); s != "" {
		if to, err = parseDate(s, "dateTo"); err != nil {
			return f, err
		}
	}
	from := to.Add(-defaultWindow)
	if s := q.Get("dateFrom"); s != "" {
		if from, err = parseDate(s, "dateFrom"); err != nil {
			return f, err
		}
	}
	if from.After(to) {
		return f, badParameter("dateFrom")
	}
	f.From, f.To = from.UnixMilli(), to.UnixMilli()
	sets := []struct {
		name  string
		to    *[]string
		known []string
	}{
		{"messageType", &f.Types, []string{"Fax", "SMS", "VoiceMail", "Pager"}},
		{"direction", &f.Directions, []string{"Inbound", "Outbound"}},
		{"readStatus", &f.ReadStatus, []string{"Read", "Unread"}},
		{"availability", &f.Availability, []string{"Alive", "Deleted", "Purged"}},
	}
	for _, set := range sets {
		for _, v := range q[set.name] {
			if !slices.Contains(set.known, v) {
				return f, badParameter(set.name)
			}
			*set.to = append(*set.to, v)
		}
		slices.Sort(*set.to)
	}
	if s := q.Get("conversationId"); s != "" {
		n, e := strconv.ParseInt(s, 10, 64)
		if e != nil {
			return f, badParameter("conversationId")
		}
		f.Conversation = n
	}
	if s := q.Get("distinctConversations"); s != "" {
		v, e := strconv.ParseBool(s)
		if e != nil {
			return f, badParameter("distinctConversations")
		}
		f.Distinct = v
	}
	f.Number = digits(q.Get("phoneNumber"))
	return f, nil
}

// parseDate accepts what the service does: with or without a zone (UTC then),
// with or without a time, and the offset written without a colon.
func parseDate(s, name string) (time.Time, *apiError) {
	s = strings.ReplaceAll(s, " ", "+") // an unescaped plus
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05.999-0700",
		"2006-01-02T15:04:05.999", "2006-01-02T15:04", time.DateOnly,
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, badParameter(name)
}

// parseCount reads a positive number with a silent upper bound.
func parseCount(q url.Values, name string, missing, most int) (int, *apiError) {
	s := q.Get(name)
	if s == "" {
		return missing, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, badParameter(name)
	}
	return min(n, most), nil
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// accepts reports whether a message passes everything but the time window.
func (f *filter) accepts(r *record) bool {
	switch {
	case len(f.Availability) == 0 && r.avail != alive:
		return false
	case r.avail == forgotten:
		return false
	case len(f.Availability) > 0 && !slices.Contains(f.Availability, r.avail.String()):
		return false
	default:
		return f.about(r)
	}
}

// about is accepts without the availability: a tombstone still belongs to the
// frame its message belonged to.
func (f *filter) about(r *record) bool {
	switch {
	case len(f.Types) > 0 && !slices.Contains(f.Types, r.m.Type),
		len(f.Directions) > 0 && !slices.Contains(f.Directions, r.m.Direction),
		len(f.ReadStatus) > 0 && !slices.Contains(f.ReadStatus, readWord(r.read)),
		f.Conversation != 0 && f.Conversation != r.m.ConversationID:
		return false
	case f.Number != "":
		return f.numbers(r)
	default:
		return true
	}
}

func (f *filter) numbers(r *record) bool {
	for _, p := range parties(r) {
		if d := digits(p.Number); d != "" && (strings.HasSuffix(d, f.Number) || strings.HasSuffix(f.Number, d)) {
			return true
		}
	}
	return false
}

func readWord(read bool) string {
	if read {
		return "Read"
	}
	return "Unread"
}
