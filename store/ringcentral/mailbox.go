package ringcentral

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// How many messages to ask for at once: few at first, so that there is something
// to see soon, then as many as the service gives (spec MessagingPagingInfo).
const (
	firstPage   = 250
	historyPage = 1000
)

// Mailbox is one extension's mailbox. Safe for concurrent use.
type Mailbox struct {
	key    string
	client *rc.Client
	log    *slog.Logger
	first  int // messages in the first page
	page   int // messages in a page of history

	wake chan struct{} // the network may be there again

	chatting chatting
	shares   shares // mailboxes of other extensions that listen with this one

	mu   sync.Mutex
	from string // telephone that rings first in a call; "": not looked up yet
}

var _ store.Service = (*Mailbox)(nil)

// Option changes how a mailbox works.
type Option func(*Mailbox)

// WithFrom sets the telephone number that rings first when a call is made. Without
// it, it is the extension's direct number, else its extension number.
func WithFrom(number string) Option { return func(m *Mailbox) { m.from = number } }

// WithLog sets where records are mentioned that could not be read.
func WithLog(log *slog.Logger) Option { return func(m *Mailbox) { m.log = log } }

// WithPages sets how many messages are asked for first, and then at a time while
// the history is read.
func WithPages(first, history int) Option {
	return func(m *Mailbox) { m.first, m.page = first, history }
}

// New joins the mailbox that key names, as Identify gave it, to the store.
func New(key string, c *rc.Client, options ...Option) *Mailbox {
	m := &Mailbox{key: key, client: c, log: slog.New(slog.DiscardHandler), first: firstPage, page: historyPage, wake: make(chan struct{}, 1)}
	for _, o := range options {
		o(m)
	}
	return m
}

// Identify asks whose mailbox the client's token opens.
func Identify(ctx context.Context, c *rc.Client) (store.Account, error) {
	e, err := c.Extension(ctx)
	if err != nil {
		return store.Account{}, fmt.Errorf("asking whose mailbox it is: %w", err)
	}
	if e.ID == "" {
		return store.Account{}, errors.New("asking whose mailbox it is: the service did not say")
	}
	return store.Account{
		Key:     "ringcentral:" + cmp.Or(string(e.Account.ID), "~") + ":" + string(e.ID),
		Service: "ringcentral",
		Name:    cmp.Or(e.Name, strings.TrimSpace(e.Contact.FirstName+" "+e.Contact.LastName), "extension "+e.ExtensionNumber),
		Number:  cmp.Or(e.Contact.BusinessPhone, e.ExtensionNumber),
	}, nil
}

// Key implements store.Service.
func (m *Mailbox) Key() string { return m.key }

// SetRead implements store.Service. The service does not keep whether somebody has
// looked at a call or a post, so there is nothing to tell it.
func (m *Mailbox) SetRead(ctx context.Context, remotes []string, read bool) ([]store.Outcome, error) {
	var out []store.Outcome
	messages := make([]string, 0, len(remotes))
	for _, r := range remotes {
		if strings.HasPrefix(r, callPrefix) || strings.HasPrefix(r, "post:") {
			out = append(out, store.Outcome{Remote: r})
		} else {
			messages = append(messages, r)
		}
	}
	if len(messages) == 0 {
		return out, nil
	}
	rs, err := m.client.SetRead(ctx, ids(messages), read)
	told, err := outcomes(rs, err)
	return append(out, told...), err
}

// Delete implements store.Service. It never destroys: purging is not asked for,
// and nothing is asked for twice.
func (m *Mailbox) Delete(ctx context.Context, remotes []string) ([]store.Outcome, error) {
	rs, err := m.client.Delete(ctx, ids(remotes), false)
	return outcomes(rs, err)
}

// Restore implements store.Service.
func (m *Mailbox) Restore(ctx context.Context, remotes []string) ([]store.Outcome, error) {
	rs, err := m.client.Restore(ctx, ids(remotes))
	return outcomes(rs, err)
}

// States implements store.Service.
func (m *Mailbox) States(ctx context.Context, remotes []string) (map[string]store.RemoteState, error) {
	rs, err := m.client.Messages(ctx, ids(remotes))
	if err != nil {
		return nil, err
	}
	states := make(map[string]store.RemoteState, len(rs))
	for _, r := range rs {
		switch {
		case api.IsNotFound(r.Err):
			states[string(r.ID)] = store.RemoteState{Gone: true, Availability: store.Purged}
		case r.Err != nil:
			err = r.Err // left out of the answer; the others still count
		default:
			av, ok := availability(r.Message.Availability)
			if !ok {
				continue // a word of a newer service: better unknown than guessed
			}
			states[string(r.ID)] = store.RemoteState{Read: strings.EqualFold(r.Message.ReadStatus, "Read"), Availability: av}
		}
	}
	if len(states) == 0 && err != nil {
		return nil, err
	}
	return states, nil
}

// Text implements store.Service.
func (m *Mailbox) Text(ctx context.Context, a store.Attachment) (string, error) {
	return m.client.Text(ctx, a.URI)
}

// Fetch implements store.Service.
func (m *Mailbox) Fetch(ctx context.Context, a store.Attachment, sink api.Sink, validator string,
	keep func(validator string, total int64) error, progress func(done, total int64),
) (api.Downloaded, error) {
	d, err := m.content(a)
	if err != nil {
		return api.Downloaded{}, err
	}
	d.Sink, d.Validator, d.Keep, d.Progress = sink, validator, keep, progress
	return m.client.Download(ctx, d)
}

func ids(remotes []string) []rc.ID {
	out := make([]rc.ID, len(remotes))
	for i, r := range remotes {
		out[i] = rc.ID(r)
	}
	return out
}

// outcomes translates results. When the request failed as a whole, that is all
// there is to say.
func outcomes(rs []rc.Result, err error) ([]store.Outcome, error) {
	if err != nil {
		return nil, err
	}
	out := make([]store.Outcome, len(rs))
	for i, r := range rs {
		out[i] = store.Outcome{Remote: string(r.ID), Err: r.Err, Gone: api.IsNotFound(r.Err)}
	}
	return out, nil
}

// availability reads the service's word. A missing one means Alive: the service
// leaves out what is ordinary.
func availability(word string) (av store.Availability, known bool) {
	switch strings.ToLower(word) {
	case "", "alive":
		return store.Alive, true
	case "deleted":
		return store.Deleted, true
	case "purged":
		return store.Purged, true
	}
	return store.Alive, false
}
