package emailgistics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	"switchboard/store"
)

// found is how far from its arrival a moved message is looked for: the time may have been
// told in whole minutes.
const found = 5 * time.Minute

// address is where an attachment is found, as store.Attachment.URI has it: mailbox, message
// and attachment.
func address(box, message, attachment string) string {
	return prefix + url.PathEscape(box) + "/" + url.PathEscape(message) + "/" + url.PathEscape(attachment)
}

func parseAddress(uri string) (ref eg.Ref, attachment string, err error) {
	rest, ok := strings.CutPrefix(uri, prefix)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 {
		return ref, "", fmt.Errorf("the attachment is at %q, which is no place at Emailgistics", store.CleanLine(uri))
	}
	for i := range parts {
		if parts[i], err = url.PathUnescape(parts[i]); err != nil {
			return ref, "", fmt.Errorf("the attachment is at %q, which is no place at Emailgistics: %w", store.CleanLine(uri), err)
		}
	}
	return eg.Ref{ID: parts[1], Mailbox: parts[0]}, parts[2], nil
}

// Detail implements store.Detailer.
func (m *Mailbox) Detail(ctx context.Context, name store.MailName) (store.Incoming, error) {
	id := strings.TrimPrefix(name.Remote, prefix)
	box := m.place(name.MailDetail)
	list, err := m.client.Attachments(ctx, eg.Ref{ID: id, Mailbox: box})
	if err != nil {
		return store.Incoming{}, told(err)
	}
	in := store.Incoming{Remote: name.Remote, Kind: store.Email}
	for _, a := range list {
		kind := store.AttachmentKind(a.Kind)
		switch {
		case a.Kind == "", strings.EqualFold(a.Kind, eg.KindFile):
			kind = store.MailFile
		case strings.EqualFold(a.Kind, eg.KindItem):
			kind = store.MailItem
		case strings.EqualFold(a.Kind, eg.KindReference):
			kind = store.MailReference
		}
		in.Attachments = append(in.Attachments, store.Attachment{
			Remote: a.ID, Kind: kind, Type: a.ContentType, Name: a.Name, Size: a.Size, URI: address(box, id, a.ID),
		})
	}
	return in, nil
}

// place is the mailbox of a message, by its id where that is known.
func (m *Mailbox) place(d store.MailDetail) string {
	if b, ok := m.box(d.Box); ok {
		return b.ID
	}
	if b, ok := m.box(d.Address); ok {
		return b.ID
	}
	if d.Box != "" {
		return d.Box
	}
	return d.Address
}

// Fetch implements store.Service. The documents promise no ranges, so that a download
// which broke starts over, unless the client was told to try.
func (m *Mailbox) Fetch(ctx context.Context, a store.Attachment, sink api.Sink, validator string,
	keep func(validator string, total int64) error, progress func(done, total int64),
) (api.Downloaded, error) {
	if ok, why := a.Fetchable(); !ok {
		return api.Downloaded{}, &store.NotOfferedError{Service: service, Why: why}
	}
	ref, id, err := parseAddress(a.URI)
	if err != nil {
		return api.Downloaded{}, err
	}
	kind := string(a.Kind)
	if a.Kind == store.MailFile {
		kind = eg.KindFile
	}
	got, err := m.client.Download(ctx, ref, eg.Attachment{ID: id, Name: a.Name, ContentType: a.Type, Size: a.Size, Kind: kind},
		api.Download{Sink: sink, Validator: validator, Keep: keep, Progress: progress})
	return got, told(err)
}

// told takes from an error what would make the store draw a wrong conclusion: that a
// mailbox may not be seen answers 404 and does not mean that the message is gone.
func told(err error) error {
	if eg.CauseOf(err) == eg.CauseMailbox {
		return errors.New(err.Error())
	}
	return err
}

// search is how far looking for a message is, as the cursor of FindMail.
type search struct {
	Link  string `json:"link"`
	Polls int    `json:"polls,omitempty"`
}

// FindMail implements store.MailFinder: a report about the minutes around the arrival has
// the message under its new id.
func (m *Mailbox) FindMail(ctx context.Context, name store.MailName, cursor string) ([]store.Incoming, string, error) {
	if _, err := m.list(ctx); err != nil {
		return nil, "", err
	}
	box := m.place(name.MailDetail)
	if box == "" || name.Internet == "" {
		return nil, "", nil // nothing to look for it by
	}
	var at search
	if cursor != "" && json.Unmarshal([]byte(cursor), &at) != nil {
		at = search{} // of another version
	}
	var page eg.Page
	if at.Link == "" || m.isDead(at.Link) {
		got, err := m.client.StartReport(ctx, eg.ReportQuery{
			Mailbox: box, From: name.Time.Add(-found), Until: name.Time.Add(found), Details: true,
		})
		if eg.CauseOf(err) == eg.CauseMailbox {
			return nil, "", nil
		}
		if err != nil {
			return nil, "", fmt.Errorf("starting a report: %w", err)
		}
		at, page = search{Link: got.Link}, got.Page
	} else {
		if err := m.polls.wait(ctx, m.clock, at.Polls); err != nil {
			return nil, "", err
		}
		var err error
		if page, err = m.client.Run(ctx, at.Link); err != nil {
			if eg.CauseOf(err) == eg.CauseReport {
				m.kill(at.Link)
			}
			return nil, "", err
		}
		at.Polls++
	}
	if !page.Done() {
		return nil, at.String(), nil
	}
	var out []store.Incoming
	for _, r := range page.Rows {
		if r.InternetMessageID == name.Internet {
			return append(out, m.incoming(task{Box: box}, r)), "", nil
		}
	}
	if page.Next != "" && page.Next != at.Link {
		return nil, search{Link: page.Next}.String(), nil
	}
	return nil, "", nil
}

func (s search) String() string {
	b, err := json.Marshal(s)
	if err != nil {
		return "" // cannot be
	}
	return string(b)
}
