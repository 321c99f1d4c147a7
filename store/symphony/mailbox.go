package symphony

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	sym "switchboard/api/symphony"
	"switchboard/store"
)

// Mailbox is one Symphony account. Safe for concurrent use.
type Mailbox struct {
	key    string
	client *sym.Client
	log    *slog.Logger
	now    func() time.Time

	wake    chan struct{} // the network may be there again
	poll    time.Duration // see pollMost
	noUntil atomic.Bool   // the agent passes over the end of a stretch of time
	oldest  atomic.Bool   // of more messages than it gives at once the agent chooses the oldest

	mu       sync.Mutex
	me       sym.User // ID "": not asked yet
	everyone roll
	posted   map[string]bool // messages that this process sent and knows of
	order    []string        // of posted, oldest first
}

var _ store.Service = (*Mailbox)(nil)

// Option changes how a mailbox works.
type Option func(*Mailbox)

// WithLog sets where is mentioned what could not be read.
func WithLog(log *slog.Logger) Option { return func(m *Mailbox) { m.log = log } }

// WithNow sets the clock by which what is recent is told from what is not.
func WithNow(now func() time.Time) Option { return func(m *Mailbox) { m.now = now } }

// New joins the account that key names, as Identify gave it, to the store.
func New(key string, c *sym.Client, opts ...Option) *Mailbox {
	m := &Mailbox{key: key, client: c, log: slog.New(slog.DiscardHandler), now: time.Now, wake: make(chan struct{}, 1), poll: pollMost}
	for _, o := range opts {
		o(m)
	}
	return m
}

// Identify asks whose account the client signs in to. Its key is
// "symphony:<host of the pod>:<id of the user>".
func Identify(ctx context.Context, c *sym.Client) (store.Account, error) {
	me, err := c.SessionInfo(ctx)
	if err != nil {
		return store.Account{}, fmt.Errorf("asking whose account it is: %w", err)
	}
	u, err := url.Parse(c.PodURL())
	if err != nil || u.Host == "" || me.ID == "" {
		return store.Account{}, errors.New("asking whose account it is: the service did not say")
	}
	return store.Account{
		Key: "symphony:" + strings.ReplaceAll(strings.ToLower(u.Hostname()), ":", "_") + ":" + me.ID, Service: "symphony",
		Name: cmp.Or(me.Name(), "Symphony user "+me.ID),
	}, nil
}

// Key implements store.Service.
func (m *Mailbox) Key() string { return m.key }

// self is who one is.
func (m *Mailbox) self(ctx context.Context) (sym.User, error) {
	m.mu.Lock()
	me := m.me
	m.mu.Unlock()
	if me.ID != "" {
		return me, nil
	}
	me, err := m.client.SessionInfo(ctx)
	if err != nil {
		return sym.User{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.me = me
	return me, nil
}

// Pull implements store.Service. There are no messages beside those of the chats; it asks
// whether the account can still be used, which is what a look for news would tell.
func (m *Mailbox) Pull(ctx context.Context, _ string) (store.Pulled, error) {
	me, err := m.client.SessionInfo(ctx)
	if err != nil {
		return store.Pulled{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.me = me
	return store.Pulled{Cursor: "chats"}, nil
}

// Older implements store.Service: see Pull.
func (m *Mailbox) Older(context.Context, string) (store.Pulled, error) { return store.Pulled{}, nil }

// SetRead implements store.Service. Whether somebody has looked at a message is kept here.
func (m *Mailbox) SetRead(_ context.Context, remotes []string, _ bool) ([]store.Outcome, error) {
	out := make([]store.Outcome, len(remotes))
	for i, r := range remotes {
		out[i].Remote = r
	}
	return out, nil
}

// errNotOffered is something Symphony has no call for. The store asks before.
func errNotOffered(what store.Offer) error {
	_, why := store.OfferedBy("symphony", what)
	return &store.NotOfferedError{Service: "symphony", Offer: what, Why: cmp.Or(why, "Symphony does not offer that")}
}

// Delete implements store.Service. The service does not offer it.
func (m *Mailbox) Delete(context.Context, []string) ([]store.Outcome, error) {
	return nil, errNotOffered(store.OfferDelete)
}

// Restore implements store.Service. The service does not offer it.
func (m *Mailbox) Restore(context.Context, []string) ([]store.Outcome, error) {
	return nil, errNotOffered(store.OfferRestore)
}

// States implements store.Service. That a message was removed is told by the datafeed.
func (m *Mailbox) States(context.Context, []string) (map[string]store.RemoteState, error) {
	return map[string]store.RemoteState{}, nil
}

// Text implements store.Service. No file of the service's is only text.
func (m *Mailbox) Text(context.Context, store.Attachment) (string, error) {
	return "", errNotOffered(store.OfferBody)
}

// Call implements store.Service. The service does not offer it.
func (m *Mailbox) Call(context.Context, store.CallRequest) (store.CallHandle, error) {
	return nil, errNotOffered(store.OfferCall)
}

// Budgets implements store.Budgeted. The service publishes no figures: that a limit was
// met, and until when, is all there is to tell.
func (m *Mailbox) Budgets() []store.BudgetState {
	var out []store.BudgetState
	for _, g := range m.client.Budget().State() {
		out = append(out, store.BudgetState{Name: string(g.Group), Used: g.Used, Limit: g.Limit, Window: g.Window, Until: g.Until})
	}
	return out
}
