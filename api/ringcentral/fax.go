package ringcentral

import (
	"context"
	"fmt"
	"time"

	"switchboard/api"
)

// What the service takes as a fax.
const (
	MaxFaxBytes     = 50 << 20 // of all files together
	MaxFaxPages     = 200
	MaxFaxCoverText = 1024 // characters
	maxFaxName      = 256  // characters
	// MaxFaxRecipients bounds one request; the service names no number.
	MaxFaxRecipients = 50
)

// FaxTo is one recipient of a fax.
type FaxTo struct {
	Number string // E.164 or with the usual punctuation
	Name   string // printed on the cover page
}

// Fax is a fax on its way out. The service chooses the number it comes from.
//
// One with a SendTime ahead waits, Queued, in the message store, and deleting
// its message there ([Client.Delete]) before that time cancels it. Afterwards a
// deletion only hides it.
type Fax struct {
	To    []FaxTo
	Files []Enclosure // in the order of their pages
	// Pages is how many pages the files have together, if known; 0: not known.
	Pages      int
	Resolution string    // High (200 dpi) or Low (100 dpi); "": the service's choice
	SendTime   time.Time // zero: at once
	Cover      *int      // id of a cover page, see [Client.FaxCovers]; 0: none; nil: the user's own choice
	CoverText  string    // printed on the cover page
	CountryISO string    // the country that numbers without a + are of; "": the account's
	// Progress is told the bytes of the files sent, at each 64 KiB and at the
	// end. It must not block.
	Progress func(sent, total int64)
}

// Refax is a fax that the service has already, sent again or on.
type Refax struct {
	Original ID        // of a fax in the store, sent or received
	To       []FaxTo   // none: to whom it went before
	SendTime time.Time // zero: at once
}

// faxRequest is the first part of a fax with files, or the whole of one
// without.
type faxRequest struct {
	Original   ID         `json:"originalMessageId,omitempty"`
	To         []numberOf `json:"to,omitempty"`
	Resolution string     `json:"faxResolution,omitempty"`
	SendTime   Time       `json:"sendTime,omitzero"`
	ISOCode    string     `json:"isoCode,omitempty"`
	CoverIndex *int       `json:"coverIndex,omitempty"`
	CoverText  string     `json:"coverPageText,omitempty"`
}

// SendFax sends files as a fax (createFaxMessage, Heavy). They are read as they
// go out. Never sent twice; see [Client.SendSMS] for what an error means. The
// answer is the message as it stands in the store, Queued: whether the fax went
// through is known minutes later, by the message's own status.
func (c *Client) SendFax(ctx context.Context, f Fax) (Message, error) {
	const op = "createFaxMessage"
	body, files, err := f.request()
	if err != nil {
		return Message{}, fmt.Errorf("RingCentral %s: %w", op, err)
	}
	p, err := newParts(body, files, f.Progress)
	if err != nil {
		return Message{}, fmt.Errorf("RingCentral %s: %w", op, err)
	}
	sent, err := c.send(ctx, api.Request{
		Op: op, Path: extension + "/fax", Body: p.open, ContentType: p.kind, Length: p.length, Group: api.Heavy,
	})
	return sent, p.settle(err)
}

// ForwardFax sends a fax of the store again or to others (createFaxMessage,
// Heavy), without its content going over the line. A fax in a state that does
// not allow it (under way, purged) is 406 MSG-343. Never sent twice.
func (c *Client) ForwardFax(ctx context.Context, f Refax) (Message, error) {
	const op = "createFaxMessage"
	if f.Original.Int() <= 0 {
		return Message{}, notAnID(op, f.Original)
	}
	to, err := faxTo(f.To)
	if err != nil {
		return Message{}, fmt.Errorf("RingCentral %s: %w", op, err)
	}
	body := faxRequest{Original: f.Original, To: to, SendTime: Time{f.SendTime}}
	return c.send(ctx, api.Request{Op: op, Path: extension + "/fax", Body: body, Group: api.Heavy})
}
