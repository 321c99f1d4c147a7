package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"switchboard/api"
)

// box is a service in memory that behaves as RingCentral is documented to:
// deleting twice destroys, a cursor has an overlap, a page of history ends at a
// moment. Failures are put in by the test.
type box struct {
	key  string
	page int

	mu       sync.Mutex
	now      time.Time
	messages map[string]*Incoming
	log      []string
	// fail gives the errors of the next calls of a method, nil for a success.
	// after gives errors that are returned although the call was carried out.
	fail, after map[string][]error
	expired     bool
	texts       map[string]string
	gate        chan struct{} // if set, changing calls wait for it
	started     chan struct{} // and say so here
	call        func(r CallRequest) (CallHandle, error)
	phones      Telephones
	purged      int
}

func newBox(key string) *box {
	return &box{
		key: key, page: 10, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), messages: map[string]*Incoming{},
		fail: map[string][]error{}, after: map[string][]error{}, texts: map[string]string{},
	}
}

func (f *box) add(remote string, at time.Time) *Incoming {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := &Incoming{
		Remote: remote, Kind: Voicemail, Direction: Inbound, Time: at, Modified: at, From: Party{Name: "Ana Lima", Number: "+15550100"},
		Transcript: TranscriptComplete, Attachments: []Attachment{{Remote: "t" + remote, Kind: AudioTranscription, Type: "text/plain", URI: "/t/" + remote, Size: -1}},
	}
	f.messages[remote] = m
	return m
}

func (f *box) fill(n int, from time.Time, step time.Duration) {
	for i := range n {
		f.add(fmt.Sprint(1000+i), from.Add(time.Duration(i)*step))
	}
}

// enter logs a call and gives its scripted failure.
func (f *box) enter(ctx context.Context, method string, remotes ...string) error {
	f.log = append(f.log, strings.TrimSpace(method+" "+strings.Join(remotes, ",")))
	if f.gate != nil && (method == "delete" || method == "read" || method == "unread" || method == "restore") {
		gate, started := f.gate, f.started
		f.mu.Unlock()
		if started != nil {
			started <- struct{}{}
		}
		select {
		case <-gate:
		case <-ctx.Done():
		}
		f.mu.Lock()
	}
	return take(f.fail, method)
}

func take(from map[string][]error, method string) error {
	q := from[method]
	if len(q) == 0 {
		return nil
	}
	from[method] = q[1:]
	return q[0]
}

func (f *box) Key() string { return f.key }

func (f *box) Pull(ctx context.Context, cursor string) (Pulled, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter(ctx, "pull", cursor); err != nil {
		return Pulled{}, err
	}
	if cursor != "" && f.expired {
		f.expired = false
		return Pulled{Reset: true}, nil
	}
	out := Pulled{Cursor: fmt.Sprint(f.now.UnixNano())}
	if cursor == "" {
		all := f.sorted()
		out.Records, out.More = all[:min(f.page, len(all))], true
		return out, nil
	}
	var since int64
	fmt.Sscan(cursor, &since)
	for _, m := range f.sorted() {
		if m.Modified.Add(5*time.Second).UnixNano() >= since {
			if m.Availability != Alive {
				m = Incoming{Remote: m.Remote, Tombstone: true, Availability: m.Availability}
			}
			out.Records = append(out.Records, m)
		}
	}
	return out, nil
}

func (f *box) sorted() []Incoming {
	var all []Incoming
	for _, m := range f.messages {
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b Incoming) int { return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.Remote, a.Remote)) })
	return all
}

func (f *box) Older(ctx context.Context, cursor string) (Pulled, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter(ctx, "older", cursor); err != nil {
		return Pulled{}, err
	}
	to := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	if cursor != "" {
		var ms int64
		fmt.Sscan(cursor, &ms)
		to = time.UnixMilli(ms)
	}
	var all []Incoming
	for _, m := range f.sorted() {
		if m.Time.Before(to) && m.Availability != Purged {
			all = append(all, m)
		}
	}
	n := min(f.page, len(all))
	// Never end a page between messages of one moment.
	for n > 0 && n < len(all) && all[n].Time.Equal(all[n-1].Time) {
		n++
	}
	out := Pulled{Records: all[:n], More: n < len(all), From: time.UnixMilli(1), To: to}
	if out.More {
		out.From = all[n-1].Time
		out.Older = fmt.Sprint(all[n-1].Time.UnixMilli())
	}
	return out, nil
}

func (f *box) each(ctx context.Context, method string, remotes []string, do func(m *Incoming)) ([]Outcome, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter(ctx, method, remotes...); err != nil {
		return nil, err
	}
	var out []Outcome
	for _, r := range remotes {
		m := f.messages[r]
		o := Outcome{Remote: r, Err: take(f.fail, method+" "+r)}
		switch {
		case m == nil || m.Availability == Purged:
			o.Err, o.Gone = notFound, true
		case o.Err == nil:
			do(m)
			f.now = f.now.Add(time.Second)
			m.Modified = f.now
		}
		out = append(out, o)
	}
	return out, take(f.after, method)
}

func (f *box) SetRead(ctx context.Context, remotes []string, read bool) ([]Outcome, error) {
	method := "unread"
	if read {
		method = "read"
	}
	return f.each(ctx, method, remotes, func(m *Incoming) { m.Read = read })
}

func (f *box) Delete(ctx context.Context, remotes []string) ([]Outcome, error) {
	return f.each(ctx, "delete", remotes, func(m *Incoming) {
		if m.Availability == Deleted {
			f.purged++
			m.Availability = Purged
			return
		}
		m.Availability = Deleted
	})
}

func (f *box) Restore(ctx context.Context, remotes []string) ([]Outcome, error) {
	return f.each(ctx, "restore", remotes, func(m *Incoming) { m.Availability = Alive })
}

func (f *box) States(ctx context.Context, remotes []string) (map[string]RemoteState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter(ctx, "states", remotes...); err != nil {
		return nil, err
	}
	out := map[string]RemoteState{}
	for _, r := range remotes {
		if m := f.messages[r]; m != nil {
			out[r] = RemoteState{Read: m.Read, Availability: m.Availability}
		} else {
			out[r] = RemoteState{Gone: true, Availability: Purged}
		}
	}
	return out, nil
}

func (f *box) Text(ctx context.Context, a Attachment) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := take(f.fail, "text"); err != nil {
		return "", err
	}
	if err := take(f.fail, "text "+a.URI); err != nil {
		return "", err
	}
	return cmp.Or(f.texts[a.URI], "please call me about "+a.URI), nil
}

func (f *box) Fetch(context.Context, Attachment, api.Sink, string, func(string, int64) error, func(int64, int64)) (api.Downloaded, error) {
	return api.Downloaded{}, errors.New("not here")
}

func (f *box) Call(_ context.Context, r CallRequest) (CallHandle, error) {
	f.mu.Lock()
	f.log = append(f.log, "call "+r.To)
	call := f.call
	f.mu.Unlock()
	return call(r)
}

func (f *box) Telephones(context.Context) (Telephones, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, "telephones")
	return f.phones, take(f.fail, "telephones")
}

func (f *box) Resume(name string) CallHandle {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, "resume "+name)
	h, _ := f.call(CallRequest{})
	return h
}

// calls are the requests so far that begin with one of the words, and forgets them.
func (f *box) calls(words ...string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, l := range f.log {
		if w, _, _ := strings.Cut(l, " "); len(words) == 0 || slices.Contains(words, w) {
			out = append(out, l)
		}
	}
	f.log = nil
	return out
}

// The errors a service gives.
var (
	notFound  = &api.Error{Service: "Test", Op: "op", Status: http.StatusNotFound, Code: "CMN-102", Message: "not found"}
	forbidden = &api.Error{Service: "Test", Op: "op", Status: http.StatusForbidden, Code: "CMN-401", Permission: "EditMessages", Message: "no"}
	badInput  = &api.Error{Service: "Test", Op: "op", Status: http.StatusBadRequest, Code: "CMN-101", Message: "bad"}
	broken    = &api.Error{Service: "Test", Op: "op", Status: http.StatusInternalServerError, Message: "broken"}
	readOnly  = &api.Error{Service: "Test", Op: "op", Status: http.StatusServiceUnavailable, Code: "CMN-211", Message: "limited"}
	noAnswer  = &api.Error{Service: "Test", Op: "op", Unknown: true, Err: errors.New("connection reset")}
	lost      = &api.Error{Service: "Test", Op: "op", Method: http.MethodPut, Sent: true, Err: errors.New("connection reset")} // may be sent again
	offline   = &api.Error{Service: "Test", Op: "op", Err: errors.New("no route to host")}
)
