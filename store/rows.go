package store

import (
	"database/sql"
	"strings"
	"time"
)

// rowColumns are what scanRow reads, of items under the name i.
const rowColumns = `i.id, i.account, i.mailbox, i.kind, i.direction, i.who, i.number, i.extension, i.location, i.preview,
	i.duration, i.pages, i.read, i.state, i.until, i.availability, i.delivery, i.transcript, i.files, i.kept, i.notes,
	i.claim, i.labels, i.pending, i.outcome, i.company, i.linked, i.reply, i.held, i.dropped, i.deleted, i.bare,
	CASE WHEN i.chat <> 0 THEN coalesce((SELECT k.protected FROM chats k WHERE k.id = i.chat), 0) ELSE 0 END,
	CASE WHEN i.reply <> 0 THEN coalesce((SELECT r.mailbox FROM items r WHERE r.id = i.reply), '') ELSE '' END`

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// scanRow reads rowColumns, followed by whatever else the query asked for.
func scanRow(sc scanner, more ...any) (Row, error) {
	var r Row
	var seconds, until int64
	var labels string
	var read, pending, company, held, dropped, deleted int64
	dest := []any{
		(*int64)(&r.ID), &r.Account, &r.Mailbox, &r.Kind, &r.Direction, &r.Who.Name, &r.Who.Number, &r.Who.Extension,
		&r.Who.Location, &r.Preview, &seconds, &r.Pages, &read, &r.State, &until, &r.Availability, &r.Delivery,
		&r.Transcript, &r.Files, &r.Kept, &r.Notes, &r.Claim, &labels, &pending, &r.Outcome, &company, (*int64)(&r.Linked),
		(*int64)(&r.Reply), &held, &dropped, &deleted, &r.Bare, &r.Protected, &r.ReplyBy,
	}
	if err := sc.Scan(append(dest, more...)...); err != nil {
		return Row{}, err
	}
	r.Time = r.ID.Time()
	r.Duration = time.Duration(seconds) * time.Second
	r.Read, r.Pending, r.Company = read != 0, pending != 0, company != 0
	r.Held, r.Dropped, r.Deleted = held != 0, fromMilli(dropped), fromMilli(deleted)
	r.Until = fromMilli(until)
	if labels != "" {
		r.Labels = strings.Fields(labels)
	}
	r.Who.Delivery = r.Delivery
	return r, nil
}

// attachmentColumns are what scanAttachment reads, of attachments under the name a.
const attachmentColumns = `a.id, a.item, a.remote, a.kind, a.type, a.sniffed, a.name, a.size, a.bytes, a.duration,
	a.width, a.height, a.uri, a.state, a.sha256, a.fault`

// scanAttachment reads attachmentColumns, followed by whatever else was asked for.
func scanAttachment(sc scanner, more ...any) (Attachment, error) {
	var a Attachment
	var seconds int64
	dest := []any{
		&a.ID, (*int64)(&a.Item), &a.Remote, (*string)(&a.Kind), &a.Type, &a.Sniffed, &a.Name, &a.Size, &a.Bytes,
		&seconds, &a.Width, &a.Height, &a.URI, &a.State, &a.SHA256, &a.Fault,
	}
	if err := sc.Scan(append(dest, more...)...); err != nil {
		return Attachment{}, err
	}
	a.Duration = time.Duration(seconds) * time.Second
	return a, nil
}

// scanAttachments reads all rows of attachmentColumns and closes them.
func scanAttachments(rows *sql.Rows) ([]Attachment, error) {
	defer rows.Close()
	var as []Attachment
	for rows.Next() {
		a, err := scanAttachment(rows)
		if err != nil {
			return nil, err
		}
		as = append(as, a)
	}
	return as, rows.Err()
}
