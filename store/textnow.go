package store

import (
	"context"
	"errors"

	"switchboard/api"
)

// WaitsForText reports whether the service has a transcript that is not here yet.
func (it *Item) WaitsForText() bool {
	return it.Text == "" && (it.Transcript == TranscriptComplete || it.Transcript == TranscriptPartial)
}

// FetchText fetches the transcript of one message at once, ahead of those that
// are fetched in the background, because somebody is looking at it. It reports
// whether there was one to fetch; a full rate budget is no error, the transcript
// then comes with the others.
func (s *Store) FetchText(ctx context.Context, id ID) (bool, error) {
	it, err := s.Item(ctx, id)
	if err != nil {
		return false, err
	}
	if !it.WaitsForText() {
		return false, nil
	}
	svc := s.attached(it.AccountKey)
	if svc == nil {
		return false, nil
	}
	for _, a := range it.Attachments {
		if a.Kind != AudioTranscription || a.State != Remote || a.Bytes != 0 {
			continue
		}
		text, err := svc.Text(api.Patient(ctx, textPatience), a)
		if limit := (*api.LimitError)(nil); errors.As(err, &limit) {
			return false, nil
		}
		if err != nil && !lastingText(err) {
			return false, err
		}
		r := textResult{a: a, text: text, err: err}
		return true, s.keepBatch(context.WithoutCancel(ctx), []textResult{r}, map[ID]Transcript{id: it.Transcript})
	}
	return false, nil
}
