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
		w, err := newTextWriter(tx)
		if err != nil {
			return err
		}
		defer w.close()
		for _, t := range texts {
			if err := w.set(t); err != nil {
				return err
			}
		}
		return s.reindexAll(tx, w.stale)
	})
	return s.fault("keeping a transcript", err)
}

// textWriter writes transcripts in one transaction. Those that changed something are
// in stale, to be indexed anew all at once: see reindexAll.
type textWriter struct {
	had, body, item, file *sql.Stmt
	stale                 []ID
}

func newTextWriter(tx *sql.Tx) (*textWriter, error) {
	w := &textWriter{}
	for _, st := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&w.had, `SELECT i.transcript, b.subject, b.text FROM items i JOIN bodies b ON b.item = i.id WHERE i.id = ?`},
		{&w.body, `UPDATE bodies SET text = ?, raw = ? WHERE item = ?`},
		{&w.item, `UPDATE items SET transcript = ?, preview = ? WHERE id = ?`},
		{&w.file, `UPDATE attachments SET bytes = ? WHERE item = ? AND kind = 'AudioTranscription' AND state = 0`},
	} {
		var err error
		if *st.to, err = tx.Prepare(st.sql); err != nil { //nolint:sqlclosecheck // close closes them
			w.close()
			return nil, err
		}
	}
	return w, nil
}

func (w *textWriter) close() {
	for _, st := range []*sql.Stmt{w.had, w.body, w.item, w.file} {
		if st != nil {
			st.Close()
		}
	}
}

// now is what is stored of an item's transcript.
func (w *textWriter) now(id ID) (t Transcript, subject, text string, err error) {
	err = w.had.QueryRow(int64(id)).Scan(&t, &subject, &text)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("item %s: %w", id, ErrNotFound)
	}
	return t, subject, text, err
}

func (w *textWriter) set(t Text) error {
	_, subject, had, err := w.now(t.ID)
	if err != nil {
		return err
	}
	return w.put(t, subject, had)
}

func (w *textWriter) put(t Text, subject, had string) error {
	raw := CleanRaw(t.Text)
	text := Clean(raw)
	if raw == text {
		raw = ""
	}
	if text == "" && had != "" {
		text = had // a text that failed to come again takes nothing away
	} else if _, err := w.body.Exec(text, raw, int64(t.ID)); err != nil {
		return err
	}
	if _, err := w.item.Exec(int64(t.Transcript), preview(text, subject), int64(t.ID)); err != nil {
		return err
	}
	n := len(text)
	if n == 0 {
		n = -1 // asked for, and empty
	}
	if _, err := w.file.Exec(n, int64(t.ID)); err != nil {
		return err
	}
	if text != had {
		w.stale = append(w.stale, t.ID)
	}
	return nil
}

// NeedText are the transcripts of an account that are at the service and not yet
// here, those of the newest messages first.
func (s *Store) NeedText(ctx context.Context, account int64, limit int) ([]Attachment, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT `+attachmentColumns+` FROM attachments a INDEXED BY attachments_text
		CROSS JOIN items i ON i.id = a.item
		WHERE a.kind = 'AudioTranscription' AND a.state = 0 AND a.bytes = 0
		AND i.account = ? AND i.availability = 0 AND i.transcript IN (2, 3)
		ORDER BY a.item DESC LIMIT ?`, account, limit)
	if err != nil {
		return nil, s.fault("looking for missing transcripts", err)
	}
	as, err := scanAttachments(rows)
	return as, s.fault("looking for missing transcripts", err)
}
