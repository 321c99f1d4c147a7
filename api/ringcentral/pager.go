package ringcentral

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"switchboard/api"
)

// MaxPagerText is the longest text of a pager message, in UTF-16 units.
const MaxPagerText = 1024

// Extended names an extension: by its id, or by its number.
type Extended struct {
	ID     ID     `json:"extensionId,omitempty"`
	Number string `json:"extensionNumber,omitempty"`
}

func (e Extended) ok() bool {
	return e.ID.usable() || e.ID == "" && e.Number != "" && strings.Trim(e.Number, "0123456789") == ""
}

// Pager is a text from extension to extension. One to a department goes to all
// of its members.
type Pager struct {
	From    Extended   // the signed-in extension; zero: that
	To      []Extended // may be empty in a reply
	Text    string
	ReplyOn ID // the message this answers; "" begins a conversation
}

// Check reports why the message cannot be sent, as far as that shows without
// asking the service.
func (m Pager) Check() error {
	if strings.TrimSpace(m.Text) == "" {
		return ErrNoText
	}
	if n := UTF16Len(m.Text); n > MaxPagerText {
		return fmt.Errorf("%w: %d units, at most %d", ErrTextTooLong, n, MaxPagerText)
	}
	if len(m.To) == 0 && m.ReplyOn == "" {
		return ErrNoRecipient
	}
	if m.ReplyOn != "" && m.ReplyOn.Int() <= 0 {
		return fmt.Errorf("%w: %.40q is not a message", api.ErrNoIDs, string(m.ReplyOn))
	}
	if m.From != (Extended{}) && !m.From.ok() {
		return fmt.Errorf("%w: %.40q", ErrNoSender, m.From.Number)
	}
	seen := map[Extended]bool{}
	for _, to := range m.To {
		switch {
		case !to.ok():
			return fmt.Errorf("%w: %.40q is no extension", ErrNumber, to.Number+string(to.ID))
		case seen[to]:
			return fmt.Errorf("%w: %s", ErrTwice, to.Number+string(to.ID))
		}
		seen[to] = true
	}
	return nil
}

// SendPager sends a text within the company (createInternalTextMessage,
// Medium). Never sent twice; see [Client.SendSMS] for what an error means.
func (c *Client) SendPager(ctx context.Context, m Pager) (Message, error) {
	const op = "createInternalTextMessage"
	if err := m.Check(); err != nil {
		return Message{}, fmt.Errorf("RingCentral %s: %w", op, err)
	}
	body := struct {
		From    *Extended   `json:"from,omitempty"`
		To      []Extended  `json:"to,omitempty"`
		Text    string      `json:"text"`
		ReplyOn json.Number `json:"replyOn,omitempty"`
	}{To: m.To, Text: m.Text, ReplyOn: json.Number(m.ReplyOn)}
	if m.From != (Extended{}) {
		body.From = &m.From
	}
	return c.send(ctx, api.Request{Op: op, Path: extension + "/company-pager", Body: body, Group: api.Medium})
}
