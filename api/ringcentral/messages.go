package ringcentral

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"switchboard/api"
)

// Message is one record of the message store: voicemail, fax, SMS/MMS or
// pager, in one struct as the service has it (GetMessageInfoResponse). A
// tombstone of an ISync carries only ID and Availability.
type Message struct {
	ID                    ID           `json:"id"`
	URI                   string       `json:"uri,omitempty"`
	ExtensionID           ID           `json:"extensionId,omitempty"`
	Type                  string       `json:"type,omitempty"` // Fax SMS VoiceMail Pager Text; compare without case
	Direction             string       `json:"direction,omitempty"`
	From                  *Party       `json:"from,omitempty"` // nil: blocked caller
	To                    []Party      `json:"to,omitempty"`
	CreationTime          Time         `json:"creationTime,omitzero"`
	LastModifiedTime      Time         `json:"lastModifiedTime,omitzero"`
	ReadStatus            string       `json:"readStatus,omitempty"`    // Read Unread
	Priority              string       `json:"priority,omitempty"`      // Normal High
	Availability          string       `json:"availability,omitempty"`  // Alive Deleted Purged
	MessageStatus         string       `json:"messageStatus,omitempty"` // Queued Sent Delivered DeliveryFailed SendingFailed Received
	Subject               string       `json:"subject,omitempty"`       // SMS and Pager: the text
	Attachments           []Attachment `json:"attachments,omitempty"`
	Owner                 *Owner       `json:"owner,omitempty"`
	VMTranscriptionStatus string       `json:"vmTranscriptionStatus,omitempty"`
	FaxResolution         string       `json:"faxResolution,omitempty"` // High (200 dpi) Low (100 dpi)
	FaxPageCount          int          `json:"faxPageCount,omitempty"`  // 0 while queued and after a failure
	CoverIndex            int          `json:"coverIndex,omitempty"`
	CoverPageText         string       `json:"coverPageText,omitempty"`
	ConversationID        ID           `json:"conversationId,omitempty"`
	Conversation          Conversation `json:"conversation,omitzero"`
	DeliveryErrorCode     string       `json:"deliveryErrorCode,omitempty"` // SMS-RC-…, SMS-UP-…, SMS-CAR-…
	SegmentCount          int          `json:"segmentCount,omitempty"`
	SMSDeliveryTime       Time         `json:"smsDeliveryTime,omitzero"`
	PgToDepartment        bool         `json:"pgToDepartment,omitempty"`
	Private               bool         `json:"private,omitempty"` // voicemail that cannot be forwarded
	Forwarding            *Forwarding  `json:"forwarding,omitempty"`
}

// Thread returns the conversation's id, whichever of the two fields holds it.
// The string one is trusted first: it survives clients that read numbers as
// floats.
func (m Message) Thread() ID {
	if m.Conversation.ID != "" {
		return m.Conversation.ID
	}
	return m.ConversationID
}

// Tombstone reports whether the record says no more than that the message is gone.
func (m Message) Tombstone() bool {
	return m.Type == "" && (m.Availability == "Deleted" || m.Availability == "Purged")
}

// Party is a sender or a recipient.
type Party struct {
	PhoneNumber     string `json:"phoneNumber,omitempty"`
	ExtensionNumber string `json:"extensionNumber,omitempty"`
	ExtensionID     ID     `json:"extensionId,omitempty"`
	Name            string `json:"name,omitempty"`
	Location        string `json:"location,omitempty"`
	Target          bool   `json:"target,omitempty"` // group MMS: the number of ours that it came to
	MessageStatus   string `json:"messageStatus,omitempty"`
	FaxErrorCode    string `json:"faxErrorCode,omitempty"`
	RecipientID     ID     `json:"recipientId,omitempty"`
}

// Owner is whose mailbox a shared message is in.
type Owner struct {
	ExtensionID   ID     `json:"extensionId,omitempty"`
	Name          string `json:"name,omitempty"`
	ExtensionType string `json:"extensionType,omitempty"`
}

// Conversation is the thread of an SMS.
type Conversation struct {
	ID  ID     `json:"id,omitempty"`
	URI string `json:"uri,omitempty"`
}

// Forwarding tells where a forwarded voicemail came from.
type Forwarding struct {
	OriginalSender       *Party `json:"originalSender,omitempty"`
	OriginalCreationTime Time   `json:"originalCreationTime,omitzero"`
}

// Attachment describes one content of a message. Size and FileName are often
// missing, and Size is not to be trusted as a byte count.
type Attachment struct {
	ID          ID     `json:"id"`
	URI         string `json:"uri,omitempty"`
	Type        string `json:"type,omitempty"` // AudioRecording AudioTranscription Text SourceDocument RenderedDocument MmsAttachment
	ContentType string `json:"contentType,omitempty"`
	VMDuration  int    `json:"vmDuration,omitempty"` // seconds
	FileName    string `json:"fileName,omitempty"`
	Size        int64  `json:"size,omitempty"`
	Width       int    `json:"width,omitempty"`
	Height      int    `json:"height,omitempty"`
}

// ListQuery selects messages. Zero fields do not filter.
type ListQuery struct {
	Availability   []string // Alive Deleted Purged; none: Alive
	ConversationID ID
	DateFrom       time.Time // zero: everything, not the service's 24 hours
	DateTo         time.Time
	Direction      []string // Inbound Outbound
	Types          []string // Fax SMS VoiceMail Pager
	ReadStatus     []string // Read Unread
	PhoneNumber    string
	Page           int // from 1
	PerPage        int // at most 1000
	// Next, from a MessageList, asks for its next page; all else is ignored.
	Next string
}

// MessageList is a page of messages.
type MessageList struct {
	Records []Message
	Broken  []BrokenRecord
	Next    string // for ListQuery.Next; "" on the last page
}

// everything is the date that stands for no lower bound: without one the
// service takes the last 24 hours.
const everything = "2000-01-01T00:00:00.000Z"

// ListMessages returns a page of the message store (listMessages, Light).
func (c *Client) ListMessages(ctx context.Context, q ListQuery) (MessageList, error) {
	r := api.Request{Op: "listMessages", Path: c.messages() + "/message-store", Group: api.Light}
	if q.Next != "" {
		r.Path = q.Next
	} else {
		r.Query = q.values()
	}
	var list MessageList
	_, err := c.Do(ctx, r, api.Decoder(func(_ *api.Response, raw []byte) (err error) {
		list, err = decodeList(raw)
		return err
	}))
	return list, err
}

func decodeList(raw []byte) (MessageList, error) {
	var page struct {
		Records    []Message `json:"records"`
		Navigation struct {
			NextPage struct {
				URI string `json:"uri"`
			} `json:"nextPage"`
		} `json:"navigation"`
	}
	broken, err := records(raw, &page, &page.Records)
	if err != nil {
		return MessageList{}, err
	}
	return MessageList{Records: page.Records, Broken: broken, Next: page.Navigation.NextPage.URI}, nil
}

func (q ListQuery) values() url.Values {
	v := url.Values{"dateFrom": {everything}}
	if !q.DateFrom.IsZero() {
		v.Set("dateFrom", text(q.DateFrom))
	}
	if !q.DateTo.IsZero() {
		v.Set("dateTo", text(q.DateTo))
	}
	// Lists are repeated parameters, not comma-separated ones.
	for name, list := range map[string][]string{
		"availability": q.Availability, "direction": q.Direction, "messageType": q.Types, "readStatus": q.ReadStatus,
	} {
		if len(list) > 0 {
			v[name] = list
		}
	}
	if q.ConversationID != "" {
		v.Set("conversationId", string(q.ConversationID))
	}
	if q.PhoneNumber != "" {
		v.Set("phoneNumber", q.PhoneNumber)
	}
	if q.Page > 0 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	if q.PerPage > 0 {
		v.Set("perPage", strconv.Itoa(min(q.PerPage, 1000)))
	}
	return v
}

// Messages reads messages by id (readMessage, Light), 50 at a time. There is
// one Result for each distinct id, in the order given. The error is that of a
// request that failed as a whole; its ids carry it too.
func (c *Client) Messages(ctx context.Context, ids []ID) ([]Result, error) {
	return c.batch(ctx, batch{op: "readMessage", method: http.MethodGet, group: api.Light}, ids)
}

// SetRead marks messages as read or unread (updateMessage, Medium). It may be
// repeated: the effect is the same.
func (c *Client) SetRead(ctx context.Context, ids []ID, read bool) ([]Result, error) {
	change := map[string]string{"readStatus": "Unread"}
	if read {
		change["readStatus"] = "Read"
	}
	return c.batch(ctx, batch{op: "updateMessage", method: http.MethodPut, group: api.Medium, change: change}, ids)
}

// Restore brings deleted messages back (patchMessage, Medium). Purged ones
// cannot be restored.
func (c *Client) Restore(ctx context.Context, ids []ID) ([]Result, error) {
	change := map[string]string{"availability": "Alive"}
	return c.batch(ctx, batch{op: "patchMessage", method: http.MethodPatch, group: api.Medium, change: change}, ids)
}

// Delete moves messages to Deleted, or removes them for good with purge
// (deleteMessage, Medium). A second Delete of the same message purges it, so
// nothing here is ever sent twice: an outcome that is unknown stays so
// ([api.IsUnknown]) and has to be looked up with [Client.Messages]. Without
// ids it is refused: the service would empty the mailbox.
func (c *Client) Delete(ctx context.Context, ids []ID, purge bool) ([]Result, error) {
	b := batch{op: "deleteMessage", method: http.MethodDelete, group: api.Medium}
	if purge {
		b.query = url.Values{"purge": {"true"}}
	}
	return c.batch(ctx, b, ids)
}
