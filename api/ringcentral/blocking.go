package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"switchboard/api"
)

// Values of BlockedNumber.Status.
const (
	NumberBlocked = "Blocked"
	NumberAllowed = "Allowed"
)

const maxLabel = 60 // characters

// BlockedNumber is a number whose calls and faxes are refused, or let through
// although others are (BlockedAllowedPhoneNumberInfo).
type BlockedNumber struct {
	ID          ID     `json:"id,omitempty"`
	PhoneNumber string `json:"phoneNumber"`
	Label       string `json:"label,omitempty"`
	Status      string `json:"status,omitempty"` // Blocked Allowed; "" in a request is Blocked
}

// CallerBlocking says whose calls are refused (CallerBlockingSettings).
type CallerBlocking struct {
	Mode       string            `json:"mode,omitempty"`       // Specific: those blocked; All: all but those allowed
	NoCallerID string            `json:"noCallerId,omitempty"` // BlockCallsAndFaxes BlockFaxes Allow
	PayPhones  string            `json:"payPhones,omitempty"`  // Block Allow
	Greetings  []BlockedGreeting `json:"greetings,omitempty"`
}

// BlockedGreeting is what blocked callers hear.
type BlockedGreeting struct {
	Type   string  `json:"type,omitempty"`
	Preset *Preset `json:"preset,omitempty"`
}

// Preset is one of the greetings that the service has ready.
type Preset struct {
	ID   ID     `json:"id,omitempty"`
	URI  string `json:"uri,omitempty"`
	Name string `json:"name,omitempty"`
}

const (
	callerBlocking = extension + "/caller-blocking"
	blockedPath    = callerBlocking + "/phone-numbers"
	blockedOld     = extension + "/blocked-number"
)

// ErrOldBlocking means that the service has only the older path, which knows blocked
// numbers and none that are let through.
var ErrOldBlocking = errors.New("the service is too old to let single numbers through")

// oldBlocked is a blocked number as the older path has it: blocked it is, and
// its label is a name.
type oldBlocked struct {
	ID          ID     `json:"id,omitempty"`
	PhoneNumber string `json:"phoneNumber"`
	Name        string `json:"name,omitempty"`
}

func (o oldBlocked) now() BlockedNumber {
	return BlockedNumber{ID: o.ID, PhoneNumber: o.PhoneNumber, Label: o.Name, Status: NumberBlocked}
}

// CallerBlocking reads the settings (readCallerBlockingSettings, Light).
func (c *Client) CallerBlocking(ctx context.Context) (CallerBlocking, error) {
	var b CallerBlocking
	_, err := c.Do(ctx, api.Request{Op: "readCallerBlockingSettings", Path: callerBlocking, Group: api.Light}, &b)
	return b, err
}

// SetCallerBlocking changes the settings; empty fields stay
// (updateCallerBlockingSettings, Light).
func (c *Client) SetCallerBlocking(ctx context.Context, b CallerBlocking) (CallerBlocking, error) {
	var now CallerBlocking
	_, err := c.Do(ctx, api.Request{
		Op: "updateCallerBlockingSettings", Method: http.MethodPut, Path: callerBlocking, Body: b, Group: api.Light,
	}, &now)
	return now, err
}

// BlockedNumbers lists the numbers with a status, NumberBlocked or
// NumberAllowed (listBlockedAllowedNumbers, Light). The older path knows blocked
// ones only.
func (c *Client) BlockedNumbers(ctx context.Context, status string) (list []BlockedNumber, broken []BrokenRecord, err error) {
	r := api.Request{Op: "listBlockedAllowedNumbers", Path: blockedPath, Query: url.Values{}, Group: api.Light}
	words(r.Query, map[string]string{"status": status})
	err = c.blocked.ask(func(old bool) (err error) {
		if !old {
			list, broken, err = everyPage[BlockedNumber](ctx, c, r)
			return err
		}
		if status == NumberAllowed {
			return ErrOldBlocking
		}
		var o []oldBlocked
		o, broken, err = everyPage[oldBlocked](ctx, c, api.Request{Op: r.Op, Path: blockedOld, Group: api.Light})
		list = nil
		for _, one := range o {
			list = append(list, one.now())
		}
		return err
	})
	return list, broken, err
}

// BlockedNumber reads one (readBlockedAllowedNumber, Light).
func (c *Client) BlockedNumber(ctx context.Context, id ID) (BlockedNumber, error) {
	const op = "readBlockedAllowedNumber"
	if !id.usable() {
		return BlockedNumber{}, notAnID(op, id)
	}
	return c.askBlocked(ctx, api.Request{Op: op, Group: api.Light}, "/"+string(id), nil)
}

// BlockNumber blocks a number, or with Status NumberAllowed lets it through
// (createBlockedAllowedNumber, Medium). Not repeated by itself.
func (c *Client) BlockNumber(ctx context.Context, n BlockedNumber) (BlockedNumber, error) {
	const op = "createBlockedAllowedNumber"
	return c.askBlocked(ctx, api.Request{Op: op, Method: http.MethodPost, Group: api.Medium}, "", &n)
}

// UpdateBlockedNumber changes one: its number, label or status
// (updateBlockedAllowedNumber, Medium).
func (c *Client) UpdateBlockedNumber(ctx context.Context, n BlockedNumber) (BlockedNumber, error) {
	const op = "updateBlockedAllowedNumber"
	if !n.ID.usable() {
		return BlockedNumber{}, notAnID(op, n.ID)
	}
	return c.askBlocked(ctx, api.Request{Op: op, Method: http.MethodPut, Group: api.Medium}, "/"+string(n.ID), &n)
}

// UnblockNumber takes a number off the list (deleteBlockedAllowedNumber,
// Medium). Not repeated by itself.
func (c *Client) UnblockNumber(ctx context.Context, id ID) error {
	const op = "deleteBlockedAllowedNumber"
	if !id.usable() {
		return notAnID(op, id)
	}
	return c.blocked.ask(func(old bool) error {
		base := blockedPath
		if old {
			base = blockedOld
		}
		_, err := c.Do(ctx, api.Request{Op: op, Method: http.MethodDelete, Path: base + "/" + string(id), Group: api.Medium}, nil)
		return err
	})
}

// askBlocked makes a call about one number by either path.
func (c *Client) askBlocked(ctx context.Context, r api.Request, below string, send *BlockedNumber) (BlockedNumber, error) {
	var n BlockedNumber
	if send != nil {
		number, err := dialable(send.PhoneNumber)
		if err != nil {
			return n, fmt.Errorf("RingCentral %s: %w", r.Op, err)
		}
		if k := utf8.RuneCountInString(send.Label); k > maxLabel {
			return n, fmt.Errorf("RingCentral %s: %w: %d characters of label, at most %d", r.Op, ErrTextTooLong, k, maxLabel)
		}
		send = &BlockedNumber{PhoneNumber: number, Label: send.Label, Status: send.Status}
	}
	err := c.blocked.ask(func(old bool) error {
		if !old {
			r.Path, r.Body = blockedPath+below, nil
			if send != nil {
				r.Body = *send
			}
			_, err := c.Do(ctx, r, &n)
			return err
		}
		if send != nil && send.Status == NumberAllowed {
			return ErrOldBlocking
		}
		r.Path, r.Body = blockedOld+below, nil
		if send != nil {
			r.Body = oldBlocked{PhoneNumber: send.PhoneNumber, Name: send.Label}
		}
		var o oldBlocked
		_, err := c.Do(ctx, r, &o)
		n = o.now()
		return err
	})
	return n, err
}
