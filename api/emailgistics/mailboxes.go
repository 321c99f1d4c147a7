package emailgistics

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"switchboard/api"
)

const mailboxesPath = "/api/v1/admin/mailboxes"

// Mailbox is a shared mailbox that the key may see.
type Mailbox struct {
	ID       string `json:"mailboxId"`
	Name     string `json:"mailboxName"`
	Email    string `json:"mailboxEmail"`
	Active   bool   `json:"active"`
	TimeZone string `json:"timeZone"` // IANA's name, "America/Toronto"
	Users    []User `json:"users"`
	Tags     []Tag  `json:"tags"`
}

// User works in a mailbox.
type User struct {
	ID     string `json:"userId"`
	Name   string `json:"userName"`
	Email  string `json:"userEmail"`
	Active bool   `json:"active"`
}

// Tag is a mailbox's category for messages.
type Tag struct {
	ID     string `json:"tagId"`
	Name   string `json:"tagName"`
	Color  string `json:"tagColor"`
	Active bool   `json:"active"`
}

// Mailboxes lists the mailboxes on the key's allowlist, with their users and
// tags (GET /api/v1/admin/mailboxes, scope reporting). There are no pages.
func (c *Client) Mailboxes(ctx context.Context) ([]Mailbox, error) {
	boxes, err := c.listMailboxes(ctx)
	if err != nil {
		return nil, c.judge(ctx, err, asked{op: opMailboxes, scope: ScopeReporting})
	}
	return boxes, nil
}

// listMailboxes is the cheapest call there is, so it also tells whether the key
// is good.
func (c *Client) listMailboxes(ctx context.Context) ([]Mailbox, error) {
	var page struct {
		Mailboxes []loose[Mailbox] `json:"mailboxes"`
	}
	err := c.get(ctx, opMailboxes, mailboxesPath, &page)
	c.notice(opMailboxes, ScopeReporting, err)
	if err != nil {
		return nil, err
	}
	boxes := make([]Mailbox, 0, len(page.Mailboxes))
	for _, m := range page.Mailboxes {
		if m.Value.ID != "" {
			boxes = append(boxes, m.Value)
		}
	}
	c.mu.Lock()
	c.boxes = slices.Clone(boxes)
	c.mu.Unlock()
	return boxes, nil
}

// listed reports whether mailbox, an id or an address, is on the key's
// allowlist, as far as it was listed: known is false when it never was.
func (c *Client) listed(mailbox string) (on, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.boxes == nil || mailbox == "" {
		return false, false
	}
	return slices.ContainsFunc(c.boxes, func(m Mailbox) bool {
		return m.ID == mailbox || m.Email != "" && strings.EqualFold(m.Email, mailbox)
	}), true
}

// loose is a value of a list of which one that cannot be read must not spoil
// the rest.
type loose[T any] struct {
	Value T
	Err   error
	Raw   json.RawMessage
}

// UnmarshalJSON implements [json.Unmarshaler].
func (l *loose[T]) UnmarshalJSON(raw []byte) error {
	l.Raw = slices.Clone(raw)
	l.Err = json.Unmarshal(raw, &l.Value)
	return nil
}

var _ api.Authorizer = (*holder)(nil)
