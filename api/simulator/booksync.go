package simulator

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const maxBookSync = 250

type bookSynced struct {
	URI      string                       `json:"uri"`
	Records  []map[string]json.RawMessage `json:"records"`
	Info     syncInfo                     `json:"syncInfo"`
	NextPage int64                        `json:"nextPageId,omitempty"`
	NextURI  string                       `json:"nextPageUri,omitempty"`
}

// A page id is where to go on and when the sync began, which is the time that
// its token will carry: what changes meanwhile comes with the next sync.
const pageBits = 21

func bookToken(epoch int, ms int64) string { return "B" + strconv.Itoa(epoch) + "-" + itoa(ms*7+3) }

func parseBookToken(s string) (epoch int, ms int64, ok bool) {
	e, n, cut := strings.Cut(strings.TrimPrefix(s, "B"), "-")
	epoch, err := strconv.Atoi(e)
	ms, err2 := strconv.ParseInt(n, 10, 64)
	if !cut || !strings.HasPrefix(s, "B") || err != nil || err2 != nil || ms%7 != 3 {
		return 0, 0, false
	}
	return epoch, ms / 7, true
}

func (c *call) syncContacts() *apiError {
	q := c.r.URL.Query()
	per, err := parseCount(q, "perPage", maxBookSync, maxBookSync)
	if err != nil {
		return err
	}
	b := c.s.book
	b.mu.RLock()
	defer b.mu.RUnlock()
	began, from := b.now().UnixMilli(), 0
	if s := q.Get("pageId"); s != "" {
		n, e := strconv.ParseInt(s, 10, 64)
		if e != nil || n < 1 || n>>pageBits > began {
			return badParameter("pageId")
		}
		began, from = n>>pageBits, int(n&(1<<pageBits-1))
	}
	a := bookSynced{Records: []map[string]json.RawMessage{}, Info: syncInfo{Type: "FSync", Time: isoTime(began)}}
	var order []int
	switch kind := q.Get("syncType"); {
	case kind == "ISync", kind == "" && q.Get("syncToken") != "":
		epoch, since, ok := parseBookToken(q.Get("syncToken"))
		if !ok || epoch != b.epoch || began-since > tokenLife.Milliseconds() {
			return badParameter("syncToken")
		}
		a.Info.Type = "ISync"
		order = b.changed(since-overlap.Milliseconds(), began)
	case kind == "FSync", kind == "":
	default:
		return badParameter("syncType")
	}
	next := c.s.fillBook(&a, order, a.Info.Type == "ISync", from, per)
	a.URI = c.syncAddress(q)
	if next > 0 {
		a.NextPage = began<<pageBits | int64(next)
		q.Set("pageId", itoa(a.NextPage))
		a.NextURI = c.syncAddress(q)
	} else {
		a.Info.Token = bookToken(b.epoch, began) // on the last page only
	}
	writeJSON(c.w, http.StatusOK, a)
	return nil
}

func (c *call) syncAddress(q url.Values) string {
	return c.s.platform.url + basePath + "/address-book-sync?" + q.Encode()
}

// fillBook adds at most per records from contact number from on and returns
// where the next page begins, 0 for none.
func (s *Server) fillBook(a *bookSynced, order []int, increment bool, from, per int) (next int) {
	b := s.book
	n := b.len()
	if increment {
		n = len(order)
	}
	for k := range n {
		i := k
		if increment {
			i = order[k]
		}
		if i < from {
			continue
		}
		fields, _, _ := b.contact(i)
		if fields == nil && !increment {
			continue
		}
		if len(a.Records) == per {
			return i
		}
		if fields == nil {
			a.Records = append(a.Records, s.wireGone(i))
		} else {
			a.Records = append(a.Records, s.wireContact(i, fields))
		}
	}
	return 0
}

// changed lists the contacts that changed from since to until, by number: a
// contact that changes once more between two pages moves out of the sync and
// not the others within it.
func (b *book) changed(since, until int64) []int {
	var list []int
	for i, st := range b.over {
		if st.modified >= since && st.modified <= until {
			list = append(list, i)
		}
	}
	slices.Sort(list)
	return list
}
