package emailgistics

import (
	"context"
	"fmt"
	"math/rand/v2"
	"mime"
	"path"
	"strings"
	"sync"
	"time"

	"switchboard/api"
)

const (
	// mostDownloads is how many downloads run at a time for one mailbox. The mail
	// system allows four requests at once for an app and mailbox.
	mostDownloads = 3
	// mostTries bounds the attempts at a download that is refused for a reason
	// which may pass; those of a failing network are the client's.
	mostTries = 3
)

// Download streams an attachment's content into d.Sink (GET
// /api/v1/messages/{messageId}/attachments/{attachmentId}/download, scope
// messages:content). The call sets d's Op, URL, Group, Page and Idle; the caller
// gives the sink and the limits. Only files are asked for, anything else is refused
// beforehand with a [CauseKind]. A status that the mail system behind may have
// passed on is tried again, three times at most, before it is reported as a
// [CauseUpstream]. The name in what is returned is the sender's: it needs a
// safe one made of it before it is used for a file.
func (c *Client) Download(ctx context.Context, ref Ref, a Attachment, d api.Download) (api.Downloaded, error) {
	if ok, why := a.Offered(); !ok {
		return api.Downloaded{}, &Fault{Cause: CauseKind, Op: opDownload, Text: fmt.Sprintf("%q cannot be downloaded: %s", clip(a.Name, 80), why)}
	}
	at, err := messagePath(ref.ID)
	if err != nil {
		return api.Downloaded{}, err
	}
	if err := usable(a.ID, "attachment"); err != nil {
		return api.Downloaded{}, err
	}
	d.Op, d.Group, d.URL = opDownload, account, at+"/attachments/"+escape(a.ID)+"/download"
	d.Page = d.Page || isPage(a)
	if d.Idle <= 0 {
		d.Idle = contentIdle
	}
	leave, err := c.turns.enter(ctx, c.canonical(ref.Mailbox))
	if err != nil {
		return api.Downloaded{}, fmt.Errorf("%s %s: waiting for other downloads of the mailbox: %w", name, opDownload, err)
	}
	defer leave()
	for try := 1; ; try++ {
		got, err := c.rest.Download(ctx, d)
		c.notice(opDownload, ScopeContent, err)
		if err == nil {
			return got, nil
		}
		err = c.judge(ctx, err, asked{op: opDownload, scope: ScopeContent, ref: ref, att: a.ID})
		// What the client repeats itself (5xx, a broken line) has been repeated.
		if f, ok := err.(*Fault); !ok || f.Cause != CauseUpstream || f.Status >= 500 || try >= mostTries { //nolint:errorlint // judge's own
			return api.Downloaded{}, err
		}
		if err := c.pause(ctx, try); err != nil {
			return api.Downloaded{}, fmt.Errorf("%s %s: %w", name, opDownload, err)
		}
	}
}

// isPage reports whether the content is expected to be a web page, which is
// otherwise taken for a gateway's own words.
func isPage(a Attachment) bool {
	kind, _, _ := mime.ParseMediaType(a.ContentType)
	ext := strings.ToLower(path.Ext(a.Name))
	return kind == "text/html" || kind == "application/xhtml+xml" || ext == ".htm" || ext == ".html" || ext == ".xhtml"
}

// pause waits about a second, then two, with jitter.
func (c *Client) pause(ctx context.Context, try int) error {
	d := c.first << (try - 1)
	d = d/2 + rand.N(d)
	select {
	case <-c.clock.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// firstPause is before the second attempt.
const firstPause = time.Second

// canonical names a mailbox by its id where it is known by its address.
func (c *Client) canonical(mailbox string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.boxes {
		if m.Email != "" && strings.EqualFold(m.Email, mailbox) {
			return m.ID
		}
	}
	return mailbox
}

// turns lets so many at a time through for each key.
type turns struct {
	most int
	mu   sync.Mutex
	busy map[string]chan struct{}
}

func (t *turns) enter(ctx context.Context, key string) (leave func(), err error) {
	t.mu.Lock()
	if t.busy == nil {
		t.busy = map[string]chan struct{}{}
	}
	places := t.busy[key]
	if places == nil {
		places = make(chan struct{}, t.most)
		t.busy[key] = places
	}
	t.mu.Unlock()
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
