package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"switchboard/api"
)

// Transcripts are fetched a few at a time and written together, while the next are
// being fetched.
const (
	textWorkers = 4
	textBatch   = 512             // most of them in one transaction
	textRound   = 8 * textBatch   // most of them asked for before looking again what is needed
	textWait    = 2 * time.Second // how long the first of a batch waits for others, with rate limits for instance
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
			if fails++; n > 0 { // it goes on, if not smoothly
				fails = 1
			}
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
}

// trouble is an error that is likely to befall the other transcripts too.
func (r *textResult) trouble() error {
	if r.err == nil || lastingText(r.err) || errors.Is(r.err, context.Canceled) {
		return nil
	}
	return r.err
}

// fetchTexts fetches transcripts that are missing, as many as a round has. It returns
// how many were dealt with, and the first error that is likely to befall the others too.
func (s *Store) fetchTexts(ctx context.Context, b *mailbox) (int, error) {
	need, err := s.NeedText(ctx, b.id(), textRound)
	if err != nil || len(need) == 0 {
		return 0, err
	}
	before, err := s.transcripts(ctx, need)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := s.fetchAll(ctx, cancel, b.service(), need)
	n, err := s.keepTexts(ctx, results, before)
	cancel()
	for r := range results { // after an error; else there are no more
		err = cmp.Or(err, r.trouble())
	}
	return n, err
}

// keepTexts writes transcripts as they come, a batch at a time.
func (s *Store) keepTexts(ctx context.Context, results <-chan textResult, before map[ID]Transcript) (n int, bad error) {
	var late <-chan time.Time
	batch := make([]textResult, 0, textBatch)
	for more := true; more; {
		select {
		case r, ok := <-results:
			more = ok
			if ok && r.trouble() != nil {
				bad = cmp.Or(bad, r.trouble())
			} else if ok && (r.err == nil || lastingText(r.err)) {
				batch = append(batch, r)
			}
			if more && len(batch) < s.textPart() {
				if late == nil && len(batch) > 0 {
					late = time.After(textWait)
				}
				continue
			}
		case <-late:
		}
		late = nil
		if len(batch) == 0 {
			continue
		}
		// Not ctx: what was fetched is kept.
		if err := s.keepBatch(context.WithoutCancel(ctx), batch, before); err != nil {
			return n, s.fault("keeping transcripts", err)
		}
		n, batch = n+len(batch), batch[:0]
	}
	return n, bad
}

func (s *Store) keepBatch(ctx context.Context, batch []textResult, before map[ID]Transcript) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		w, err := newTextWriter(tx)
		if err != nil {
			return err
		}
		defer w.close()
		for i := range batch {
			if err := keepText(tx, w, &batch[i], before[batch[i].a.Item]); err != nil {
				return err
			}
		}
		return s.reindexAll(tx, w.stale)
	})
}

// transcripts is how complete the transcripts of some items are said to be.
func (s *Store) transcripts(ctx context.Context, as []Attachment) (map[ID]Transcript, error) {
	ids := make([]ID, len(as))
	for i, a := range as {
		ids[i] = a.Item
	}
	list, err := json.Marshal(asInts(ids))
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
// would befall the others too. The channel is closed once all of them have stopped.
func (s *Store) fetchAll(ctx context.Context, cancel context.CancelFunc, svc Service, need []Attachment) <-chan textResult {
	results := make(chan textResult, textBatch)
	next := make(chan Attachment, len(need))
	for _, a := range need {
		next <- a
	}
	close(next)
	var wg sync.WaitGroup
	var full atomic.Bool // no place in the rate budget: what is on its way may still come
	for range min(textWorkers, len(need)) {
		wg.Go(func() {
			for a := range next {
				s.standBack(ctx)
				if ctx.Err() != nil || full.Load() {
					return
				}
				text, err := svc.Text(s.spare(ctx), a)
				results <- textResult{a: a, text: text, err: err}
				if limit := (*api.LimitError)(nil); errors.As(err, &limit) {
					full.Store(true)
					return
				}
				if err != nil && !lastingText(err) {
					cancel()
					return
				}
			}
		})
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	return results
}

// keepText writes a transcript, or that there will be none and why.
func keepText(tx *sql.Tx, w *textWriter, r *textResult, before Transcript) error {
	now, subject, had, err := w.now(r.a.Item)
	if errors.Is(err, ErrNotFound) {
		return nil // dropped meanwhile
	}
	if err != nil || now != before {
		return err // there is more of it than was fetched: it is fetched again
	}
	if r.err != nil {
		if _, err := tx.Exec(`UPDATE attachments SET fault = ? WHERE id = ?`, reason(r.err), r.a.ID); err != nil {
			return err
		}
	}
	return w.put(Text{ID: r.a.Item, Text: r.text, Transcript: now}, subject, had)
}
