package ringcentral

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// Pull implements store.Service.
func (m *Mailbox) Pull(ctx context.Context, cursor string) (store.Pulled, error) {
	q := rc.SyncQuery{Type: rc.FSync, RecordCount: m.first}
	if cursor != "" {
		q = rc.SyncQuery{Type: rc.ISync, Token: cursor}
	}
	got, err := m.client.Sync(ctx, q)
	if cursor != "" && rc.IsExpiredToken(err) {
		return store.Pulled{Reset: true}, nil
	}
	if err != nil {
		return store.Pulled{}, err
	}
	m.mention(got.Broken)
	return store.Pulled{
		Records: m.incoming(got.Records),
		Cursor:  got.SyncInfo.SyncToken,
		More:    cursor == "", // the history is read from its newest end, for the trash is only there
	}, nil
}

// Older implements store.Service.
func (m *Mailbox) Older(ctx context.Context, cursor string) (store.Pulled, error) {
	at, err := parsePlace(cursor)
	if err != nil {
		return store.Pulled{}, err
	}
	got, err := m.client.ListMessages(ctx, rc.ListQuery{
		Availability: []string{"Alive", "Deleted"}, DateTo: at.to, PerPage: m.page, Page: at.page,
	})
	if err != nil {
		return store.Pulled{}, err
	}
	m.mention(got.Broken)
	out := store.Pulled{Records: m.incoming(got.Records)}
	out.More = got.Next != ""
	next, oldest := at.after(got.Records)
	out.Older = next.String()
	if at.page == 1 && len(got.Broken) == 0 {
		out.From, out.To = oldest, at.to
		if out.To.IsZero() {
			out.To = farFuture
		}
		if !out.More {
			out.From = time.UnixMilli(1)
		} else if next.page != 1 {
			out.From, out.To = time.Time{}, time.Time{} // not in order, or all of one minute: it claims nothing
		}
	}
	return out, nil
}

// farFuture is later than any message, and small enough for an ID.
var farFuture = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// place is where the history goes on: a time, and a page from there.
type place struct {
	to   time.Time // zero: from the newest
	page int       // from 1
}

func parsePlace(s string) (place, error) {
	if s == "" {
		return place{page: 1}, nil
	}
	to, page, _ := strings.Cut(s, ".")
	ms, err := strconv.ParseInt(to, 10, 64)
	n, err2 := strconv.Atoi(page)
	if err != nil || err2 != nil || n < 1 {
		return place{}, fmt.Errorf("the history cannot go on at %q", s)
	}
	p := place{page: n}
	if ms != 0 {
		p.to = time.UnixMilli(ms).UTC()
	}
	return p, nil
}

func (p place) String() string {
	ms := int64(0)
	if !p.to.IsZero() {
		ms = p.to.UnixMilli()
	}
	return fmt.Sprintf("%d.%d", ms, p.page)
}

// after is the place after a page of records, and the time of its oldest.
func (p place) after(records []rc.Message) (next place, oldest time.Time) {
	next = place{to: p.to, page: p.page + 1}
	var last time.Time
	sorted := true
	for _, r := range records {
		t := r.CreationTime.Time
		if t.IsZero() {
			continue
		}
		if !last.IsZero() && t.After(last) {
			sorted = false
		}
		if oldest.IsZero() || t.Before(oldest) {
			oldest = t
		}
		last = t
	}
	if oldest.IsZero() || !sorted {
		return next, oldest
	}
	to := oldest.UTC().Truncate(time.Minute).Add(time.Minute)
	if p.to.IsZero() || to.Before(p.to) {
		return place{to: to, page: 1}, oldest
	}
	return next, oldest
}

// mention logs records of a shape nobody foresaw.
func (m *Mailbox) mention(broken []rc.BrokenRecord) {
	for _, b := range broken {
		m.log.Warn("a message could not be read and is left out", "id", string(b.ID), "err", b.Err)
	}
}

func (m *Mailbox) incoming(records []rc.Message) []store.Incoming {
	out := make([]store.Incoming, 0, len(records))
	for _, r := range records {
		if r.ID == "" {
			continue
		}
		out = append(out, incoming(r))
	}
	return out
}
