package symphony

import (
	"context"
	"errors"
	"net/http"

	"switchboard/api"
	sym "switchboard/api/symphony"
	"switchboard/store"
)

// Fetch implements store.Service. A forwarded message's file is asked for under the message
// that forwards it, and where that does not help under its own.
func (m *Mailbox) Fetch(ctx context.Context, a store.Attachment, sink api.Sink, validator string,
	keep func(validator string, total int64) error, progress func(done, total int64),
) (api.Downloaded, error) {
	ref, err := parseRef(a.URI)
	if err != nil {
		return api.Downloaded{}, err
	}
	d := api.Download{Sink: sink, Validator: validator, Keep: keep, Progress: progress}
	return m.fetch(ctx, ref, ref.File, d)
}

func (m *Mailbox) fetch(ctx context.Context, ref fileRef, file string, d api.Download) (got api.Downloaded, err error) {
	for _, p := range ref.In {
		var again error
		if got, again = m.client.Attachment(ctx, p.Stream, p.Message, file, d); again == nil {
			return got, nil
		}
		if err == nil || !elsewhere(again) {
			err = again
		}
		if !elsewhere(again) {
			break
		}
	}
	return got, err
}

// elsewhere reports whether a file may be had under another message.
func elsewhere(err error) bool {
	var e *api.Error
	return api.IsNotFound(err) || sym.IsNoHistory(err) || errors.As(err, &e) && e.Status == http.StatusForbidden
}
