package emailgistics

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	"switchboard/store"
)

const service = "emailgistics"

// How often messages are looked for. A round of one mailbox takes about six requests of
// the hundred that an account has in a minute, for all its keys together.
const (
	roundEvery = 5 * time.Minute
	roundEach  = 30 * time.Second // for each mailbox, where there are many
)

// Mailbox is what one API key opens: all shared mailboxes on its allowlist. Safe for
// concurrent use.
type Mailbox struct {
	key    string
	client *eg.Client
	log    *slog.Logger
	clock  api.Clock
	every  time.Duration // 0: by the number of mailboxes
	polls  pace
	spool  string
	max    int // rows a page; 0: the service's most

	mu     sync.Mutex
	boxes  []eg.Mailbox // as last listed
	listed time.Time
	dead   map[string]bool // links of runs that came to nothing
}

var (
	_ store.Service    = (*Mailbox)(nil)
	_ store.Detailer   = (*Mailbox)(nil)
	_ store.MailFinder = (*Mailbox)(nil)
	_ store.Receiver   = (*Mailbox)(nil)
	_ store.Paced      = (*Mailbox)(nil)
	_ store.Budgeted   = (*Mailbox)(nil)
	_ store.BoxLister  = (*Mailbox)(nil)
)

// Option changes how a mailbox works.
type Option func(*Mailbox)

// WithLog sets where rows are mentioned that could not be read.
func WithLog(log *slog.Logger) Option { return func(m *Mailbox) { m.log = log } }

// WithClock sets the time by which reports are waited for.
func WithClock(c api.Clock) Option { return func(m *Mailbox) { m.clock = c } }

// WithEvery sets the time between two looks for messages.
func WithEvery(d time.Duration) Option { return func(m *Mailbox) { m.every = d } }

// WithPolls sets how long to wait before a report is first asked for, and at most.
func WithPolls(first, most time.Duration) Option {
	return func(m *Mailbox) { m.polls = pace{first, most} }
}

// WithPages sets how many rows a page of a report has, 50 to 500.
func WithPages(rows int) Option { return func(m *Mailbox) { m.max = rows } }

// WithSpool names a folder into which webhook deliveries are put, one or several to a file.
// Files that were taken in are moved to its folder "taken", others to "bad".
func WithSpool(dir string) Option { return func(m *Mailbox) { m.spool = dir } }

// New joins the mailboxes that a key opens to the store. key is the account's, as
// Identify gave it.
func New(key string, c *eg.Client, options ...Option) *Mailbox {
	m := &Mailbox{
		key: key, client: c, log: slog.New(slog.DiscardHandler), clock: api.SystemClock{},
		polls: pace{time.Second, 15 * time.Second}, dead: map[string]bool{},
	}
	for _, o := range options {
		o(m)
	}
	return m
}

// Identify makes an account of a key and the name a person gave it; without one it is
// called by the domain of its mailboxes. It asks for the list of mailboxes, and so fails
// with an error for which errors.Is(err, api.ErrSignedOut) holds if the key is not taken.
// A key without the scope "reporting" may list none, which is no error.
func Identify(ctx context.Context, c *eg.Client, name string) (store.Account, error) {
	boxes, err := c.Mailboxes(ctx)
	if err != nil && eg.CauseOf(err) != eg.CauseScope {
		return store.Account{}, fmt.Errorf("asking which mailboxes the key opens: %w", err)
	}
	base, err := url.Parse(c.BaseURL())
	if err != nil || base.Host == "" {
		return store.Account{}, fmt.Errorf("the base URL %q has no host", c.BaseURL())
	}
	name = store.CleanLine(name)
	if name == "" {
		name = domain(boxes)
	}
	return store.Account{Key: service + ":" + strings.ToLower(base.Host) + ":" + slug(name), Service: service, Name: name}, nil
}

// domain is what the addresses of mailboxes have in common, to call the account by.
func domain(boxes []eg.Mailbox) string {
	common := ""
	for _, b := range boxes {
		_, d, _ := strings.Cut(strings.ToLower(store.CleanLine(b.Email)), "@")
		if common != "" && d != common {
			return "Emailgistics"
		}
		common = d
	}
	return cmp.Or(common, "Emailgistics")
}

// slug is a name as the last part of an account's key: small letters, digits and dashes.
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case unicode.IsLetter(r), unicode.IsNumber(r), r == '.':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return cmp.Or(strings.Trim(b.String(), "-."), "mailboxes")
}

// Key implements store.Service.
func (m *Mailbox) Key() string { return m.key }

// PollEvery implements store.Paced.
func (m *Mailbox) PollEvery() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.every > 0 {
		return m.every
	}
	return max(roundEvery, time.Duration(len(m.boxes))*roundEach)
}

// Budgets implements store.Budgeted.
func (m *Mailbox) Budgets() []store.BudgetState {
	var out []store.BudgetState
	for _, g := range m.client.Budget().State() {
		out = append(out, store.BudgetState{Name: string(g.Group), Used: g.Used, Limit: g.Limit, Window: g.Window, Until: g.Until})
	}
	return out
}

// listFresh is how long a list of mailboxes is good for: they change when an administrator
// does something.
const listFresh = time.Hour

// list is the mailboxes on the key's allowlist.
func (m *Mailbox) list(ctx context.Context) ([]eg.Mailbox, error) {
	m.mu.Lock()
	boxes, at := m.boxes, m.listed
	m.mu.Unlock()
	if age := m.clock.Now().Sub(at); !at.IsZero() && age >= 0 && age < listFresh {
		return boxes, nil
	}
	boxes, err := m.client.Mailboxes(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking which mailboxes there are: %w", err)
	}
	m.mu.Lock()
	m.boxes, m.listed = boxes, m.clock.Now()
	m.mu.Unlock()
	return boxes, nil
}

// Boxes implements store.BoxLister.
func (m *Mailbox) Boxes(ctx context.Context) ([]store.SharedBox, error) {
	list, err := m.list(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]store.SharedBox, len(list))
	for i, b := range list {
		out[i] = store.SharedBox{ID: b.ID, Name: b.Name, Email: b.Email, Active: b.Active, TimeZone: b.TimeZone}
		for _, u := range b.Users {
			out[i].Users = append(out[i].Users, store.BoxUser{ID: u.ID, Name: u.Name, Email: u.Email, Active: u.Active})
		}
		for _, t := range b.Tags {
			out[i].Tags = append(out[i].Tags, store.BoxTag{ID: t.ID, Name: t.Name, Color: t.Color, Active: t.Active})
		}
	}
	return out, nil
}

// box finds a mailbox by its id or address, among those that were listed.
func (m *Mailbox) box(name string) (eg.Mailbox, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.boxes {
		if name != "" && (b.ID == name || strings.EqualFold(b.Email, name)) {
			return b, true
		}
	}
	return eg.Mailbox{}, false
}

// SetRead implements store.Service. The service keeps no such mark, so there is nothing to
// tell it.
func (m *Mailbox) SetRead(_ context.Context, remotes []string, _ bool) ([]store.Outcome, error) {
	out := make([]store.Outcome, len(remotes))
	for i, r := range remotes {
		out[i].Remote = r
	}
	return out, nil
}

// refuse is the error for what the service does not offer.
func refuse(o store.Offer) error {
	_, why := store.OfferedBy(service, o)
	return &store.NotOfferedError{Service: service, Offer: o, Why: why}
}

// Delete implements store.Service: it is not offered.
func (m *Mailbox) Delete(context.Context, []string) ([]store.Outcome, error) {
	return nil, refuse(store.OfferDelete)
}

// Restore implements store.Service: it is not offered.
func (m *Mailbox) Restore(context.Context, []string) ([]store.Outcome, error) {
	return nil, refuse(store.OfferRestore)
}

// States implements store.Service. The service does not say how a message stands.
func (m *Mailbox) States(context.Context, []string) (map[string]store.RemoteState, error) {
	return map[string]store.RemoteState{}, nil
}

// Text implements store.Service: there are no texts apart.
func (m *Mailbox) Text(context.Context, store.Attachment) (string, error) {
	return "", refuse(store.OfferBody)
}

// Call implements store.Service: it is not offered.
func (m *Mailbox) Call(context.Context, store.CallRequest) (store.CallHandle, error) {
	return nil, refuse(store.OfferCall)
}
