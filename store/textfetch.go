package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"switchboard/api"
)

// Transcripts are fetched a few at a time and written together.
const (
	textBatch   = 64
	textWorkers = 4
)

// runTexts fetches the transcripts that are missing, those of the newest messages
// first, whenever there are some.
func (s *Store) runTexts(ctx context.Context, b *mailbox) {
	ctx = api.Background(ctx)
	fails, told := 0, false
	for ctx.Err() == nil {
		n, err := s.fetchTexts(ctx, b)
		var again <-chan time.Time
		switch {
		case err == nil && n > 0:
			fails = 0
			continue
		case err == nil:
			fails = 0
		case ctx.Err() != nil:
			return
		default:
			fails++
			s.log.Warn("fetching transcripts", "account", b.key, "err", err)
			again = s.after(waitAfter(err, fails, s.now()))
			if isPermission(err) && !told {
				told = true
				s.tell(ctx, Notice{
					Op: "transcripts", Text: "Transcripts cannot be read: " + reason(err),
					Next: "Everything else works. " + whatNow(err), Permanent: true,
				})
			}
		}
		select {
		case <-ctx.Done():
		case <-b.text:
		case <-again:
		}
	}
}

// textResult is what came of one transcript.
type textResult struct {
	a    Attachment
	text string
	err  error
	done bool
}

// fetchTexts fetches one batch of transcripts. It returns how many were dealt
// with, and the first error that is likely to befall the others too.
func (s *Store) fetchTexts(ctx context.Context, b *mailbox) (int, error) {
	need, err := s.NeedText(ctx, b.id(), textBatch)
	if err != nil || len(need) == 0 {
		return 0, err
	}
	results := fetchAll(ctx, b.service(), need)
	var bad error
	n := 0
	err = s.write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		for i := range results {
			r := &results[i]
			switch {
			case !r.done:
				continue
			case r.err != nil && !lastingText(r.err):
				if bad == nil && !errors.Is(r.err, context.Canceled) {
					bad = r.err
				}
				continue
			}
			if err := s.keepText(tx, r); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		return 0, s.fault("keeping transcripts", err)
	}
	return n, bad
}

// lastingText reports whether err is about this one transcript and will not pass.
func lastingText(err error) bool {
	return !api.IsTemporary(err) && !isPermission(err) && !errors.Is(err, api.ErrSignedOut) && !errors.Is(err, context.Canceled)
}

// fetchAll fetches texts with a few workers, which stop at the first trouble that
// would befall the others too.
func fetchAll(ctx context.Context, svc Service, need []Attachment) []textResult {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make([]textResult, len(need))
	next := make(chan int, len(need))
	for i := range need {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for range min(textWorkers, len(need)) {
		wg.Go(func() {
			for i := range next {
				if ctx.Err() != nil {
					return
				}
				text, err := svc.Text(ctx, need[i])
				results[i] = textResult{a: need[i], text: text, err: err, done: true}
				if err != nil && !lastingText(err) {
					cancel()
					return
				}
			}
		})
	}
	wg.Wait()
	return results
}

// keepText writes a transcript, or why there will be none.
func (s *Store) keepText(tx *sql.Tx, r *textResult) error {
	var t Transcript
	err := tx.QueryRow(`SELECT transcript FROM items WHERE id = ?`, int64(r.a.Item)).Scan(&t)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // dropped meanwhile
	}
	if err != nil {
		return err
	}
	if r.err != nil {
		if _, err := tx.Exec(`UPDATE attachments SET fault = ? WHERE id = ?`, reason(r.err), r.a.ID); err != nil {
			return err
		}
	}
	err = s.putText(tx, r.a.Item, r.text, t)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
