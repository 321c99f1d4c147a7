package emailgistics

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// row reads a report's row. One without the id of a message is broken: nothing
// can be done with it.
func row(raw json.RawMessage) (Row, *BrokenRow) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return Row{}, &BrokenRow{Err: fmt.Errorf("a row that is not an object: %w", err)}
	}
	f := newFields(m)
	r := Row{
		Cursor:            f.text("id"),
		MessageID:         f.text("messageId", "graphMessageId", "graphId"),
		InternetMessageID: f.text("internetMessageId", "messageIdHeader", "internetId"),
		ConversationID:    f.text("conversationId", "conversation"),
		MailboxID:         f.text("mailboxId", "mailbox"),
		Subject:           f.text("subject", "messageSubject", "title"),
		Received:          f.time("received", "receivedDateTime", "receivedAt", "receivedTime", "receivedTimestamp", "receivedDate", "activityTime"),
		Replied:           f.time("replied", "repliedDateTime", "repliedAt", "repliedTime", "replyTime", "firstReply"),
		Closed:            f.time("closed", "closedDateTime", "closedAt", "closedTime", "closeTime"),
		Status:            strings.ToLower(f.text("status", "messageStatus", "conversationStatus", "state")),
		From:              f.someone("from", "fromAddress", "fromEmail"),
		Sender:            f.someone("sender", "senderAddress", "senderEmail"),
		To:                people(f.first("to", "toRecipients", "recipients")),
		Cc:                people(f.first("cc", "ccRecipients")),
		Owners:            labels(f.first("ownerDetails", "owners", "assignedOwners", "assignees", "owner", "ownerName", "ownerId", "assignedTo")),
		Tags:              labels(f.first("tagDetails", "tags", "tagNames", "categories", "tagIds")),
		HasAttachments:    f.truth("hasAttachments", "attachments"),
		Fields:            m,
	}
	if n, err := strconv.Atoi(f.text("attachmentCount", "attachmentsCount")); err == nil && r.HasAttachments == nil {
		some := n > 0
		r.HasAttachments = &some
	}
	if r.From == (Person{}) {
		r.From = r.Sender
	}
	if r.MessageID == "" {
		return Row{}, &BrokenRow{Cursor: r.Cursor, Err: fmt.Errorf("a row without a messageId (its members: %s)", members(m))}
	}
	return r, nil
}

// someone reads a person from one member, with the name from a neighbouring one
// where only an address is there.
func (f *fields) someone(names ...string) Person {
	p := person(f.first(names...))
	if p.Name == "" {
		p.Name = f.text(names[0]+"Name", names[0]+"DisplayName")
	}
	if p.Address == "" {
		p.Address = f.text(names[0]+"Address", names[0]+"Email")
	}
	return p
}

// members lists names, for an error.
func members(m map[string]json.RawMessage) string {
	var names []string
	for n := range m {
		if len(names) == 12 {
			break
		}
		names = append(names, clip(n, 30))
	}
	return strings.Join(names, ", ")
}

// wireAttachment is an entry of a list of attachments.
type wireAttachment struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	ContentType string          `json:"contentType"`
	Size        json.RawMessage `json:"size"`
	Kind        string          `json:"attachmentType"`
}

func (w wireAttachment) attachment() Attachment {
	a := Attachment{ID: w.ID, Name: w.Name, ContentType: w.ContentType, Kind: w.Kind, Size: -1}
	if n, err := strconv.ParseInt(text(w.Size), 10, 64); err == nil && n >= 0 {
		a.Size = n
	}
	return a
}
