package emailgistics

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	// mostDeliveries bounds the input as a whole, deliveryDepth how often one may be wrapped.
	mostDeliveryBytes = 64 << 20
	deliveryDepth     = 3
)

func parseDelivery(r io.Reader) ([]Delivery, error) {
	in := bufio.NewReader(&capped{r: r, left: mostDeliveryBytes})
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3)
	}
	dec := json.NewDecoder(in)
	var (
		out  []Delivery
		bad  []error
		seen int
	)
	take := func(raw json.RawMessage) {
		seen++
		d, err := delivery(raw, 0)
		if err != nil {
			bad = append(bad, fmt.Errorf("delivery %d: %w", seen, err))
			return
		}
		out = append(out, d)
	}
	for {
		var raw json.RawMessage
		err := dec.Decode(&raw)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			bad = append(bad, fmt.Errorf("after delivery %d: %w", seen, notJSON(err)))
			break
		}
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			take(raw)
			continue
		}
		for _, one := range list {
			take(one)
		}
	}
	if seen == 0 && len(bad) == 0 {
		bad = append(bad, errors.New("no webhook delivery in it: want its JSON, one object, an array, or one a line"))
	}
	return out, errors.Join(bad...)
}

func notJSON(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not valid JSON at byte %d", syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON ends in the middle")
	}
	return err
}

// delivery reads one object.
func delivery(raw json.RawMessage, depth int) (Delivery, error) {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return Delivery{}, errors.New("not a JSON object")
	}
	f := newFields(m)
	d := Delivery{
		ID: f.text("id"), Event: f.text("event"), InternetMessageID: f.text("internetMessageId"),
		ConversationID: f.text("conversationId"), Mailbox: person(f.first("mailbox")).Address, Subject: f.text("subject"),
		From: person(f.first("from")), Sender: person(f.first("sender")), To: people(f.first("to")), Cc: people(f.first("cc")),
		Received: f.time("received"), Timestamp: f.time("timestamp"),
	}
	if d.ID == "" {
		// As automation programs write it down: the request around it, the body
		// as an object or as text.
		inner := f.first("body", "payload")
		if s := text(inner); s != "" {
			inner = json.RawMessage(s)
		}
		if len(inner) > 0 && depth < deliveryDepth {
			return delivery(inner, depth+1)
		}
		return Delivery{}, errors.New("no id of a message in it: is it a delivery of an Emailgistics webhook?")
	}
	if err := usable(d.ID, "message"); err != nil {
		return Delivery{}, err
	}
	if d.Mailbox == "" {
		d.Mailbox = f.text("mailbox")
	}
	if has := f.truth("hasAttachments"); has != nil {
		d.HasAttachments = *has
	}
	if body := f.first("bodyText"); body != nil {
		d.Text, d.HasText = text(body), true
	}
	var custom map[string]json.RawMessage
	if json.Unmarshal(f.first("customFields"), &custom) == nil && len(custom) > 0 {
		d.Custom = make(map[string]string, len(custom))
		for k, v := range custom {
			d.Custom[k] = text(v)
		}
	}
	if d.From == (Person{}) {
		d.From = d.Sender
	}
	return d, nil
}

// capped fails instead of ending early when there is more than it lets through.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, fmt.Errorf("more than %d MB of deliveries: give them in several files", mostDeliveryBytes>>20)
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
