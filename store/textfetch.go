package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"switchboard/api"
)

// Transcripts are fetched a few at a time and written together.
const (
	textBatch   = 256
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
	before, err := s.transcripts(ctx, need)
	if err != nil {
		return 0, err
	}
	results := fetchAll(ctx, b.service(), need)
	var bad error
	n := 0
	err = s.write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		var stale []ID
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
			changed, err := keepText(tx, r, before[r.a.Item])
			if err != nil {
				return err
			}
			if changed {
				stale = append(stale, r.a.Item)
			}
			n++
		}
		return s.reindexAll(tx, stale)
	})
	if err != nil {
		return 0, s.fault("keeping transcripts", err)
	}
	return n, bad
}

// transcripts is how complete the transcripts of some items are said to be.
func (s *Store) transcripts(ctx context.Context, as []Attachment) (map[ID]Transcript, error) {
	ids := make([]int64, len(as))
	for i, a := range as {
		ids[i] = int64(a.Item)
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := s.r.QueryContext(ctx, `SELECT i.id, i.transcript FROM json_each(?) j CROSS JOIN items i ON i.id = j.value`, string(list))
	if err != nil {
		return nil, s.fault("looking for missing transcripts", err)
	}
	defer rows.Close()
	out := make(map[ID]Transcript, len(as))
	for rows.Next() {
		var id int64
		var t Transcript
		if err := rows.Scan(&id, &t); err != nil {
			return nil, err
		}
		out[ID(id)] = t
	}
	return out, s.fault("looking for missing transcripts", rows.Err())
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

// keepText writes a transcript, or that there will be none and why. When changed,
// the item is to be indexed anew.
func keepText(tx *sql.Tx, r *textResult, before Transcript) (changed bool, err error) {
	var now Transcript
	err = tx.QueryRow(`SELECT transcript FROM items WHERE id = ?`, int64(r.a.Item)).Scan(&now)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil // dropped meanwhile
	}
	if err != nil || now != before {
		return false, err // there is more of it than was fetched: it is fetched again
	}
	if r.err != nil {
		if _, err := tx.Exec(`UPDATE attachments SET fault = ? WHERE id = ?`, reason(r.err), r.a.ID); err != nil {
			return false, err
		}
	}
	return setText(tx, Text{ID: r.a.Item, Text: r.text, Transcript: now})
}
