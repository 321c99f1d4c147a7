package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Text is the transcript of an item, as it was fetched.
type Text struct {
	ID         ID
	Text       string // before cleaning; "": there is none to be had
	Transcript Transcript
}

// SetText stores a transcript that was fetched on its own, and indexes it. An empty
// text records that there is none to be had, so that it is not asked for again.
func (s *Store) SetText(ctx context.Context, id ID, text string, t Transcript) error {
	return s.SetTexts(ctx, []Text{{id, text, t}})
}

// SetTexts is SetText for several items in one transaction, which is many times
// faster than one by one. An item that is not here any more is an [ErrNotFound], and
// then none of them is stored.
func (s *Store) SetTexts(ctx context.Context, texts []Text) error {
	if len(texts) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		var stale []ID
		for _, t := range texts {
			changed, err := setText(tx, t)
			if err != nil {
				return err
			}
			if changed {
				stale = append(stale, t.ID)
			}
		}
		return s.reindexAll(tx, stale)
	})
	return s.fault("keeping a transcript", err)
}

// setText writes a transcript; when changed, the item is to be indexed anew. Index
// all of a batch at once: see reindexAll.
func setText(tx *sql.Tx, t Text) (changed bool, err error) {
	raw := CleanRaw(t.Text)
	text := Clean(raw)
	if raw == text {
		raw = ""
	}
	var subject, had string
	err = tx.QueryRow(`SELECT b.subject, b.text FROM items i JOIN bodies b ON b.item = i.id WHERE i.id = ?`, int64(t.ID)).Scan(&subject, &had)
	if errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("item %s: %w", t.ID, ErrNotFound)
	}
	if err != nil {
		return false, err
	}
	if text == "" && had != "" {
		text = had // a text that failed to come again takes nothing away
	} else if _, err := tx.Exec(`UPDATE bodies SET text = ?, raw = ? WHERE item = ?`, text, raw, int64(t.ID)); err != nil {
		return false, err
	}
	if _, err := tx.Exec(`UPDATE items SET transcript = ?, preview = ? WHERE id = ?`, int64(t.Transcript), preview(text, subject), int64(t.ID)); err != nil {
		return false, err
	}
	n := len(text)
	if n == 0 {
		n = -1 // asked for, and empty
	}
	_, err = tx.Exec(`UPDATE attachments SET bytes = ? WHERE item = ? AND kind = 'AudioTranscription' AND state = 0`, n, int64(t.ID))
	return text != had, err
}

// NeedText are the transcripts of an account that are at the service and not yet
// here, those of the newest messages first.
func (s *Store) NeedText(ctx context.Context, account int64, limit int) ([]Attachment, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT `+attachmentColumns+` FROM attachments a INDEXED BY attachments_text
		JOIN items i ON i.id = a.item
		WHERE a.kind = 'AudioTranscription' AND a.state = 0 AND a.bytes = 0
		AND i.account = ? AND i.availability = 0 AND i.transcript IN (2, 3)
		ORDER BY a.item DESC LIMIT ?`, account, limit)
	if err != nil {
		return nil, s.fault("looking for missing transcripts", err)
	}
	as, err := scanAttachments(rows)
	return as, s.fault("looking for missing transcripts", err)
}
