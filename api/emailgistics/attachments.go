package emailgistics

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// The kinds of attachments that are known. Others may come.
const (
	KindFile      = "fileAttachment"
	KindReference = "referenceAttachment"
	KindItem      = "itemAttachment"
)

// Ref names a message. Its id "may change if a message is moved or altered", so
// one that was kept can be unknown later: keep the Internet message id and the
// mailbox beside it, and find it again by a report.
type Ref struct {
	ID string // the messageId of a report's row, or the id of a delivery; case counts
	// Mailbox is the id or address of the mailbox it is in, for the limit on
	// downloads at a time and for telling errors apart; "" when not known.
	Mailbox string
}

// Attachment is what is known of a message's attachment without its content.
type Attachment struct {
	ID          string
	Name        string // as the sender wrote it: never use it as a path
	ContentType string // "" when the mail system does not say
	// Size is what the mail system says, which is more than the content has
	// (816 bytes were told as 1053): for display and progress only. -1: not told.
	Size int64
	Kind string // [KindFile], [KindReference], [KindItem] or one that is not known yet
}

// Offered reports whether the content can be downloaded, and if not, why.
func (a Attachment) Offered() (ok bool, why string) {
	switch {
	case strings.EqualFold(a.Kind, KindFile), a.Kind == "":
		return true, ""
	case strings.EqualFold(a.Kind, KindReference):
		return false, "it is a link to a file kept elsewhere, and Emailgistics hands out attached files only; open it in the mail program"
	case strings.EqualFold(a.Kind, KindItem):
		return false, "it is a message, contact or event attached as such, and Emailgistics hands out attached files only; open it in the mail program"
	}
	return false, fmt.Sprintf("it is of the kind %q, and Emailgistics hands out attached files (%s) only", clip(a.Kind, 40), KindFile)
}

// Attachments lists the attachments of a message (GET
// /api/v1/messages/{messageId}/attachments, scope messages:read). There are no
// pages. Inline pictures are among them.
func (c *Client) Attachments(ctx context.Context, ref Ref) ([]Attachment, error) {
	list, err := c.listAttachments(ctx, ref)
	if err != nil {
		return nil, c.judge(ctx, err, asked{op: opAttachments, scope: ScopeRead, ref: ref})
	}
	return list, nil
}

func (c *Client) listAttachments(ctx context.Context, ref Ref) ([]Attachment, error) {
	path, err := messagePath(ref.ID)
	if err != nil {
		return nil, err
	}
	var page struct {
		Attachments []loose[wireAttachment] `json:"attachments"`
	}
	err = c.get(ctx, opAttachments, path+"/attachments", &page)
	c.notice(opAttachments, ScopeRead, err)
	if err != nil {
		return nil, err
	}
	list := make([]Attachment, 0, len(page.Attachments))
	for _, l := range page.Attachments {
		if a := l.Value.attachment(); a.ID != "" {
			list = append(list, a)
		}
	}
	return list, nil
}

// messagePath is the path of a message. The ids hold -, _ and =, and nothing
// says that they never hold more.
func messagePath(id string) (string, error) {
	if err := usable(id, "message"); err != nil {
		return "", err
	}
	return "/api/v1/messages/" + escape(id), nil
}

// escape makes one path segment of an id.
func escape(id string) string { return url.PathEscape(id) }

// mostID is more than any id of the mail system has.
const mostID = 2048

func usable(id, what string) error {
	if id == "" || id == "." || id == ".." || len(id) > mostID || strings.ContainsFunc(id, notVisible) {
		return &Fault{Cause: CauseGone, Text: fmt.Sprintf("%q is not the id of a %s", clip(id, 40), what)}
	}
	return nil
}
