package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// SetText stores a transcript that was fetched on its own, and indexes it. An empty
// text records that there is none to be had, so that it is not asked for again.
func (s *Store) SetText(ctx context.Context, id ID, text string, t Transcript) error {
	err := s.write(ctx, func(tx *sql.Tx) error { return s.putText(tx, id, text, t) })
	return s.fault("keeping a transcript", err)
}

// putText is SetText within tx.
func (s *Store) putText(tx *sql.Tx, id ID, text string, t Transcript) error {
	raw := CleanRaw(text)
	text = Clean(raw)
	if raw == text {
		raw = ""
	}
	var subject, had string
	err := tx.QueryRow(`SELECT b.subject, b.text FROM items i JOIN bodies b ON b.item = i.id WHERE i.id = ?`, int64(id)).Scan(&subject, &had)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("item %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return err
	}
	if text == "" && had != "" {
		text = had // a text that failed to come again takes nothing away
	} else if _, err := tx.Exec(`UPDATE bodies SET text = ?, raw = ? WHERE item = ?`, text, raw, int64(id)); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE items SET transcript = ?, preview = ? WHERE id = ?`, int64(t), preview(text, subject), int64(id)); err != nil {
		return err
	}
	n := len(text)
	if n == 0 {
		n = -1 // asked for, and empty
	}
	_, err = tx.Exec(`UPDATE attachments SET bytes = ? WHERE item = ? AND kind = 'AudioTranscription' AND state = 0`, n, int64(id))
	if err != nil || text == had {
		return err
	}
	return s.reindex(tx, id)
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
