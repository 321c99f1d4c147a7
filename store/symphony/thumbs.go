package symphony

import (
	"context"
	"strconv"
	"strings"
	"time"

	"switchboard/api"
	sym "switchboard/api/symphony"
	"switchboard/store"
)

var _ store.ThumbService = (*Mailbox)(nil)

// thumbsOf are the smaller pictures of a file as its message tells them. The width is a
// text there.
func thumbsOf(images []sym.Thumbnail) []store.Thumb {
	var out []store.Thumb
	for _, t := range images {
		out = append(out, store.Thumb{Remote: t.ID, Width: pixels(t.Dimension)})
	}
	return out
}

// pixels reads a width: "600", "600px", "600x400". 0 is one that cannot be read.
func pixels(s string) int {
	s = strings.TrimSpace(s)
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		s = s[:end]
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// listed is how far from a message's time the pod's list of files is looked through: it has
// the time at which a file came in.
const listed = time.Minute

// Thumbs implements store.ThumbService. An agent does not always tell with a message which
// smaller pictures there are of its files; the pod's list of the stream's files does.
func (m *Mailbox) Thumbs(ctx context.Context, a store.Attachment, changed time.Time) (map[string][]store.Thumb, error) {
	ref, err := parseRef(a.URI)
	if err != nil {
		return nil, err
	}
	at := ref.In[0]
	list, err := m.client.StreamAttachments(ctx, at.Stream, sym.AttachmentQuery{
		Since: changed.Add(-listed), Until: changed.Add(listed), Limit: sym.MaxAttachments, Newest: true,
	})
	if err != nil {
		return nil, err
	}
	out := map[string][]store.Thumb{}
	for _, f := range list {
		id := f.ID
		switch {
		case sym.SafeID(f.MessageID) != at.Message:
			continue
		case sym.PlainFileID(id) == sym.PlainFileID(a.Remote):
			id = a.Remote // in whichever spelling it is listed
		}
		for _, p := range f.Previews {
			out[id] = append(out[id], store.Thumb{Remote: p.ID, Width: p.Width})
		}
	}
	return out, nil
}

// maxThumb is the most that a smaller picture may have, in bytes. More is not what it is
// asked for.
const maxThumb = 4 << 20

// FetchThumb implements store.ThumbService: it is fetched like a file, with an id of its own.
func (m *Mailbox) FetchThumb(ctx context.Context, a store.Attachment, thumb string, sink api.Sink) (api.Downloaded, error) {
	ref, err := parseRef(a.URI)
	if err != nil {
		return api.Downloaded{}, err
	}
	return m.fetch(ctx, ref, thumb, api.Download{Sink: sink, Max: maxThumb})
}
