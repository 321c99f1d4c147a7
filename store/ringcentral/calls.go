package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// How many calls to ask for at once, the most that the service gives.
const (
	callPage   = 1000
	activePage = 100
)

// callPrefix begins the names of calls in the store, so that they never meet those of
// messages.
const callPrefix = "call:"

var _ store.CallLogService = (*Mailbox)(nil)

// scope says whose call log is meant.
func (m *Mailbox) scope(company bool) rc.CallScope { return rc.CallScope{Company: company} }

// CompanyCalls implements store.CallLogService.
func (m *Mailbox) CompanyCalls() bool { return true }

// NewCalls implements store.CallLogService by call-log-sync. What is new comes with
// its legs: the answer is small anyway. Without a time, the first sync is of the whole
// log, of which it gives the newest part.
func (m *Mailbox) NewCalls(ctx context.Context, company bool, cursor string) (store.PulledCalls, error) {
	q := rc.CallSyncQuery{CallScope: m.scope(company), Type: rc.FSync, RecordCount: rc.MaxCallSync, Detailed: true}
	if cursor != "" {
		q = rc.CallSyncQuery{CallScope: m.scope(company), Type: rc.ISync, Token: cursor, Detailed: true, Deleted: true}
	}
	got, err := m.client.SyncCalls(ctx, q)
	if cursor != "" && rc.IsExpiredCallToken(err) {
		return store.PulledCalls{Reset: true}, nil
	}
	if err != nil {
		return store.PulledCalls{}, err
	}
	m.mention(got.Broken)
	out := store.PulledCalls{Records: m.calls(got.Records, company, true), Cursor: got.SyncInfo.SyncToken}
	if n := len(got.Records) + len(got.Broken); cursor == "" && n >= rc.MaxCallSync {
		next, _ := place{page: 1}.after(spans(got.Records))
		out.Older = next.String()
	}
	return out, nil
}

// OlderCalls implements store.CallLogService by pages of the call log.
func (m *Mailbox) OlderCalls(ctx context.Context, company bool, cursor string, since time.Time) (store.PulledCalls, error) {
	at, err := parsePlace(cursor)
	if err != nil {
		return store.PulledCalls{}, err
	}
	if !since.IsZero() && !at.to.IsZero() && !at.to.After(since) {
		return store.PulledCalls{}, nil // as far back as wanted already
	}
	got, err := m.client.Calls(ctx, rc.CallQuery{
		CallScope: m.scope(company), DateFrom: since, DateTo: at.to, Page: at.page, PerPage: callPage, Deleted: true,
	})
	if err != nil {
		return store.PulledCalls{}, err
	}
	m.mention(got.Broken)
	out := store.PulledCalls{Records: m.calls(got.Records, company, false)}
	if got.Next != "" {
		next, _ := at.after(spans(got.Records))
		out.Older = next.String()
	}
	return out, nil
}

// CallRecord implements store.CallLogService.
func (m *Mailbox) CallRecord(ctx context.Context, remote string, company bool) (store.Incoming, error) {
	id := rc.ID(strings.TrimPrefix(remote, callPrefix))
	got, err := m.client.CallsByID(ctx, m.scope(company), []rc.ID{id}, true)
	switch {
	case err != nil:
		return store.Incoming{}, err
	case len(got) != 1:
		return store.Incoming{}, errors.New("the service did not say")
	case got[0].Err != nil:
		return store.Incoming{}, got[0].Err
	}
	in := m.callIn(got[0].Call, company, true)
	if in.Remote != remote {
		return store.Incoming{}, fmt.Errorf("asked for %s, the service told of %s", remote, in.Remote)
	}
	return in, nil
}

// ActiveCalls implements store.CallLogService. The service leaves a call in the list
// for two minutes after it is over; those are left out.
func (m *Mailbox) ActiveCalls(ctx context.Context) ([]store.LiveCall, error) {
	var out []store.LiveCall
	q := rc.ActiveQuery{CallScope: m.scope(false), PerPage: activePage}
	got, err := m.client.ActiveCalls(ctx, q)
	if err != nil {
		return nil, err
	}
	m.mention(got.Broken)
	for _, r := range got.Records {
		session := string(r.TelephonySessionID)
		if session == "" || !r.InProgress() {
			continue
		}
		c := store.LiveCall{
			Session: session, Dir: direction(r.Direction), From: callParty(r.From), To: callParty(r.To),
			State: store.LiveConnected, Began: r.StartTime.Time, Since: r.StartTime.Time, Ours: true,
			Queue: strings.EqualFold(r.DelegationType, "QueueForwarding"),
		}
		out = append(out, c)
	}
	return out, nil
}

// calls turns records into what the store takes in.
func (m *Mailbox) calls(records []rc.Call, company, detailed bool) []store.Incoming {
	out := make([]store.Incoming, 0, len(records))
	for _, r := range records {
		if r.ID != "" {
			out = append(out, m.callIn(r, company, detailed))
		}
	}
	return out
}

// spans are the times of calls, in the shape that place knows.
func spans(calls []rc.Call) []rc.Message {
	out := make([]rc.Message, len(calls))
	for i, c := range calls {
		out[i].CreationTime = c.StartTime
	}
	return out
}

// content describes the download of an attachment. The recording of a call counts
// against another part of the budget than the files of messages.
func (m *Mailbox) content(a store.Attachment) (api.Download, error) {
	if a.Kind == store.AudioRecording && (a.URI == "" || strings.Contains(a.URI, "/recording/")) {
		return m.client.RecordingContent(rc.CallRecording{ID: rc.ID(a.Remote), ContentURI: a.URI})
	}
	if a.Kind == store.PostedFile {
		return m.client.FileContent(a.URI), nil
	}
	return m.client.Content(a.URI), nil
}
