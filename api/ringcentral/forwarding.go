package ringcentral

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"unicode/utf8"

	"switchboard/api"
)

// ForwardingNumber is a phone of the user that calls are passed on to, and that
// RingOut can ring first (ForwardingNumberInfo).
type ForwardingNumber struct {
	ID          ID       `json:"id"`
	PhoneNumber string   `json:"phoneNumber"`
	Label       string   `json:"label"`
	Type        string   `json:"type"`       // Home Mobile Work PhoneLine Outage Other …
	FlipNumber  ID       `json:"flipNumber"` // digit to dial; a number in one place, text in another
	Features    []string `json:"features"`   // CallFlip CallForwarding
	Device      struct {
		ID ID `json:"id"`
	} `json:"device"`
}

const forwardingPath = extension + "/forwarding-number"

// ForwardingNumbers lists them (listForwardingNumbers, Light).
func (c *Client) ForwardingNumbers(ctx context.Context) ([]ForwardingNumber, []BrokenRecord, error) {
	return everyPage[ForwardingNumber](ctx, c, api.Request{Op: "listForwardingNumbers", Path: forwardingPath, Group: api.Light})
}

// ForwardingNumber reads one (readForwardingNumber, Light).
func (c *Client) ForwardingNumber(ctx context.Context, id ID) (ForwardingNumber, error) {
	var n ForwardingNumber
	const op = "readForwardingNumber"
	if !id.usable() {
		return n, notAnID(op, id)
	}
	_, err := c.Do(ctx, api.Request{Op: op, Path: forwardingPath + "/" + string(id), Group: api.Light}, &n)
	return n, err
}

// AddForwardingNumber adds one (createForwardingNumber, Medium). With a Type
// the service ignores the Label. Not repeated by itself.
func (c *Client) AddForwardingNumber(ctx context.Context, n ForwardingNumber) (ForwardingNumber, error) {
	const op = "createForwardingNumber"
	body, err := n.request(op)
	if err != nil {
		return ForwardingNumber{}, err
	}
	if flip, err := strconv.Atoi(string(n.FlipNumber)); err == nil {
		body["flipNumber"] = flip // a number here, text in the update
	}
	var made ForwardingNumber
	_, err = c.Do(ctx, api.Request{Op: op, Method: http.MethodPost, Path: forwardingPath, Body: body, Group: api.Medium}, &made)
	return made, err
}

// UpdateForwardingNumber changes one; empty fields stay (updateForwardingNumber,
// Medium).
func (c *Client) UpdateForwardingNumber(ctx context.Context, n ForwardingNumber) (ForwardingNumber, error) {
	const op = "updateForwardingNumber"
	if !n.ID.usable() {
		return ForwardingNumber{}, notAnID(op, n.ID)
	}
	body, err := n.request(op)
	if err != nil {
		return ForwardingNumber{}, err
	}
	if n.FlipNumber != "" {
		body["flipNumber"] = string(n.FlipNumber)
	}
	var now ForwardingNumber
	_, err = c.Do(ctx, api.Request{
		Op: op, Method: http.MethodPut, Path: forwardingPath + "/" + string(n.ID), Body: body, Group: api.Medium,
	}, &now)
	return now, err
}

func (n ForwardingNumber) request(op string) (map[string]any, error) {
	if k := utf8.RuneCountInString(n.Label); k > maxLabel {
		return nil, fmt.Errorf("RingCentral %s: %w: %d characters of label, at most %d", op, ErrTextTooLong, k, maxLabel)
	}
	body := map[string]any{}
	if n.PhoneNumber != "" || n.ID == "" {
		number, err := dialable(n.PhoneNumber)
		if err != nil {
			return nil, fmt.Errorf("RingCentral %s: %w", op, err)
		}
		body["phoneNumber"] = number
	}
	if n.Label != "" {
		body["label"] = n.Label
	}
	if n.Type != "" {
		body["type"] = n.Type
	}
	return body, nil
}

// DeleteForwardingNumber removes one (deleteForwardingNumber, Medium). Not
// repeated by itself.
func (c *Client) DeleteForwardingNumber(ctx context.Context, id ID) error {
	const op = "deleteForwardingNumber"
	if !id.usable() {
		return notAnID(op, id)
	}
	_, err := c.Do(ctx, api.Request{Op: op, Method: http.MethodDelete, Path: forwardingPath + "/" + string(id), Group: api.Medium}, nil)
	return err
}
