package emailgistics

import (
	"io"
	"time"
)

// Delivery is what a webhook tells of a message that came in.
type Delivery struct {
	ID                string // the messageId of the calls
	Event             string // "received"; unknown ones pass through
	InternetMessageID string
	ConversationID    string // "2L8WYB89Z"
	Mailbox           string // its address
	Subject           string
	From, Sender      Person
	To, Cc            []Person
	Received          time.Time // when the message came in
	Timestamp         time.Time // when the webhook fired
	HasAttachments    bool
	// Text is the body as plain text, if the webhook includes it (HasText).
	Text    string
	HasText bool
	Custom  map[string]string // the conversation's custom fields, if included
}

// ParseDelivery reads webhook deliveries: one JSON object, an array of them, or
// one a line. Objects that were written down with the request around them, as
// {"body":{…}}, are read too. What could not be read is told in the error, by its
// number; the others are returned all the same.
func ParseDelivery(r io.Reader) ([]Delivery, error) { return parseDelivery(r) }
