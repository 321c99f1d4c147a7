package symphony

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// query is a search for messages.
type query struct {
	Text       string `json:"text"`
	StreamID   string `json:"streamId"`
	StreamType string `json:"streamType"`
	Author     int64  `json:"author"`
	Hashtag    string `json:"hashtag"`
	Cashtag    string `json:"cashtag"`
	Mention    int64  `json:"mention"`
	Signal     string `json:"signal"`
	From       int64  `json:"fromDate"`
	To         int64  `json:"toDate"`
}

// parseQuery reads "field:value AND field:value".
func parseQuery(s string) (q query, refused *apiError) {
	for part := range strings.SplitSeq(s, " AND ") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok || value == "" {
			return q, bad("Invalid query: " + part)
		}
		var err error
		number := func(to *int64) { *to, err = strconv.ParseInt(value, 10, 64) }
		switch strings.ToLower(name) {
		case "text":
			q.Text = value
		case "streamid":
			q.StreamID = value
		case "streamtype":
			q.StreamType = value
		case "author":
			number(&q.Author)
		case "hashtag":
			q.Hashtag = value
		case "cashtag":
			q.Cashtag = value
		case "mention":
			number(&q.Mention)
		case "signal":
			q.Signal = value
		case "fromdate":
			number(&q.From)
		case "todate":
			number(&q.To)
		default:
			return q, bad("Invalid query: unknown field " + name)
		}
		if err != nil {
			return q, bad("Invalid query: " + part)
		}
	}
	return q, nil
}

func (c *call) search() *apiError {
	var q query
	var err *apiError
	if c.r.Method == http.MethodGet {
		q, err = parseQuery(c.r.URL.Query().Get("query"))
	} else {
		err = c.decode(&q)
	}
	if err != nil {
		return err
	}
	if q == (query{}) {
		return bad("The query is empty")
	}
	if q.Text != "" && q.StreamID == "" {
		return bad("A search for text requires a streamId")
	}
	skip, limit, err := c.page(usualPage, 1000)
	if err != nil {
		return err
	}
	streams, err := c.searched(&q)
	if err != nil {
		return err
	}
	type hit struct {
		s *stream
		m message
	}
	var hits []hit
	d := c.s.data
	d.mu.RLock()
	for i := range streams {
		s := &streams[i]
		from, to := d.first(s, max(q.From, s.joined)), d.count(s.index)
		if q.To > 0 {
			to = d.first(s, q.To+1)
		}
		for n := from; n < to; n++ {
			if m, _ := d.message(s, n); q.fits(&m) {
				hits = append(hits, hit{s, m})
			}
		}
		if c.r.Context().Err() != nil {
			break
		}
	}
	d.mu.RUnlock()
	up := strings.EqualFold(c.r.URL.Query().Get("sortDir"), "ASC")
	slices.SortStableFunc(hits, func(a, b hit) int {
		if up {
			return int(a.m.at - b.m.at)
		}
		return int(b.m.at - a.m.at)
	})
	var page []wireMessage
	for _, h := range cutOut(hits, skip, limit) {
		page = append(page, c.s.wire(h.s, &h.m))
	}
	list(c.w, page)
	return nil
}

// searched are the streams that a query is about.
func (c *call) searched(q *query) ([]stream, *apiError) {
	d := c.s.data
	if q.StreamID != "" {
		s, ok := d.findStream(safe(q.StreamID))
		if !ok {
			return nil, bad("Invalid streamId")
		}
		if !d.sees(&s) {
			return nil, forbidden("The user is not a member of the stream")
		}
		return []stream{s}, nil
	}
	kinds := map[string][]string{"": nil, "chat": {"IM", "MIM"}, "im": {"IM"}, "mim": {"MIM"}, "chatroom": {"ROOM"}, "post": {"POST"}}
	want, ok := kinds[strings.ToLower(q.StreamType)]
	if !ok {
		return nil, bad("Invalid streamType")
	}
	var all []stream
	for i := range d.cfg.Streams {
		if s, ok := d.stream(i); ok && (want == nil || slices.Contains(want, s.kind)) {
			all = append(all, s)
		}
	}
	return all, nil
}

// fits reports whether a message has what is searched. Text is found by its
// words, in any order and case, the last one by its beginning.
func (q *query) fits(m *message) bool {
	if q.Author != 0 && m.from != q.Author || q.Mention != 0 && !m.mentionsUser(q.Mention) ||
		q.Hashtag != "" && !hasFold(m.tags, q.Hashtag) || q.Cashtag != "" && !hasFold(m.cash, q.Cashtag) || q.Signal != "" {
		return false
	}
	text := strings.ToLower(m.plain)
	for _, f := range m.files {
		text += " " + strings.ToLower(f.name)
	}
	for word := range strings.FieldsSeq(strings.ToLower(strings.Trim(q.Text, `"`))) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}
