package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"switchboard/api"
)

// What the service takes of a text message.
const (
	// MaxSMSText is the longest text of an SMS or MMS, in UTF-16 units: an emoji
	// counts twice.
	MaxSMSText = 1000
	// MaxSMSRecipients is how many one message may go to; more than one of them
	// see each other (group MMS).
	MaxSMSRecipients = 10
)

// Why a message cannot be sent. They are found before anything is sent, so the
// outcome is certain: nobody got it.
var (
	ErrNoText      = errors.New("there is nothing to send")
	ErrTextTooLong = errors.New("text is too long")
	// ErrNoSender means that no number to send from was given.
	ErrNoSender = errors.New("no number to send from")
	// ErrNoRecipient means that there is nobody to send to.
	ErrNoRecipient = errors.New("nobody to send to")
	// ErrRecipients means that there are too many recipients.
	ErrRecipients = errors.New("too many recipients")
	// ErrTwice means that a recipient was named twice.
	ErrTwice = errors.New("recipient is named twice")
	// ErrNumber means that a text is no phone number that can be sent to: an
	// extension, a short code, or no number at all.
	ErrNumber = errors.New("not a phone number that can be sent to")
)

// SMS is a text message on its way out.
type SMS struct {
	// From is one of the user's numbers with the feature SmsSender, see
	// [Client.PhoneNumbers].
	From string
	To   []string // phone numbers, E.164 or with the usual punctuation
	Text string
	// CountryISO is the country that numbers without a + are of; "": the account's.
	CountryISO string
}

// Check reports why the message cannot be sent, as far as that shows without
// asking the service.
func (m SMS) Check() error {
	if strings.TrimSpace(m.Text) == "" {
		return ErrNoText
	}
	_, err := m.request()
	return err
}

type numberOf struct {
	PhoneNumber string `json:"phoneNumber"`
	Name        string `json:"name,omitempty"`
}

type countryOf struct {
	ISOCode string `json:"isoCode"`
}

// smsRequest is the body of an SMS, and the first part of an MMS
// (CreateSMSMessage).
type smsRequest struct {
	From    numberOf   `json:"from"`
	To      []numberOf `json:"to"`
	Text    string     `json:"text"`
	Country *countryOf `json:"country,omitempty"`
}

func (m SMS) request() (smsRequest, error) {
	r := smsRequest{Text: m.Text}
	if n := UTF16Len(m.Text); n > MaxSMSText {
		return r, fmt.Errorf("%w: %d units, at most %d", ErrTextTooLong, n, MaxSMSText)
	}
	from, err := dialable(m.From)
	if err != nil {
		return r, fmt.Errorf("%w: %w", ErrNoSender, err)
	}
	r.From.PhoneNumber = from
	seen := map[string]bool{}
	for _, s := range m.To {
		to, err := dialable(s)
		if err != nil {
			return r, err
		}
		if digits := strings.TrimPrefix(to, "+"); seen[digits] {
			return r, fmt.Errorf("%w: %s", ErrTwice, to)
		} else {
			seen[digits] = true
		}
		r.To = append(r.To, numberOf{PhoneNumber: to})
	}
	if len(r.To) == 0 {
		return r, ErrNoRecipient
	}
	if len(r.To) > MaxSMSRecipients {
		return r, fmt.Errorf("%w: %d, at most %d", ErrRecipients, len(r.To), MaxSMSRecipients)
	}
	if m.CountryISO != "" {
		r.Country = &countryOf{m.CountryISO}
	}
	return r, nil
}

// SendSMS sends a text message (createSMSMessage, Medium). It is never sent
// twice: when [api.IsUnknown] reports so of the error it may have gone out, and
// only the list of sent messages can tell. The answer is the message as it
// stands in the store from now on, mostly Queued.
func (c *Client) SendSMS(ctx context.Context, m SMS) (Message, error) {
	const op = "createSMSMessage"
	if err := m.Check(); err != nil {
		return Message{}, fmt.Errorf("RingCentral %s: %w", op, err)
	}
	body, err := m.request()
	if err != nil {
		return Message{}, fmt.Errorf("RingCentral %s: %w", op, err)
	}
	return c.send(ctx, api.Request{Op: op, Path: extension + "/sms", Body: body, Group: api.Medium})
}

// send posts what makes a message and reads the message made.
func (c *Client) send(ctx context.Context, r api.Request) (Message, error) {
	r.Method = http.MethodPost
	var m Message
	res, err := c.Do(ctx, r, &m)
	if err == nil && !m.ID.usable() {
		// Made, but not to be found again by its id: not to be repeated either.
		err = &api.Error{
			Service: c.Name(), Op: r.Op, Method: r.Method, Status: res.Status, RequestID: res.RequestID,
			Err: fmt.Errorf("%w: %w", api.ErrBadBody, errNoID), Unknown: true,
		}
	}
	return m, err
}

// The digits of a number that can be sent to: longer than any short code or
// extension, not longer than E.164 allows.
const (
	minDigits = 7
	maxDigits = 15
)

// dialable takes the punctuation out of a phone number: a + and digits stay.
func dialable(s string) (string, error) {
	var b strings.Builder
	digits := 0
	for i, r := range strings.TrimSpace(s) {
		switch {
		case r >= '0' && r <= '9':
			digits++
			b.WriteRune(r)
		case r == '+' && i == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" -.()/\u00a0\u2010\u2011\u2013", r):
		default:
			return "", fmt.Errorf("%w: %.40q", ErrNumber, s)
		}
	}
	if digits < minDigits || digits > maxDigits {
		return "", fmt.Errorf("%w: %.40q", ErrNumber, s)
	}
	return b.String(), nil
}
