package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// maxMessageDraft bounds the text of a draft, in bytes: more than can be sent, so that
// what is too long is not lost.
const maxMessageDraft = 512 << 10

// SaveMessageDraft keeps what is being written, under the id it has or, with 0, a new
// one, and gives that. One that says neither what is to be sent, nor to whom, how or when,
// is dropped, and its id is 0. What is kept survives the end of the program, however that
// comes.
func (s *Store) SaveMessageDraft(ctx context.Context, id int64, m NewMessage) (int64, error) {
	if strings.TrimSpace(m.Text+m.Typed) == "" && len(m.To)+len(m.Files) == 0 && m.Resend == 0 && m.Cover == "" && !m.Fine && m.At.IsZero() {
		return 0, s.DropMessageDraft(ctx, id)
	}
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		id, err = putMessageDraft(tx, id, m, s.now())
		return err
	})
	return id, s.fault("keeping the draft", err)
}

func putMessageDraft(tx *sql.Tx, id int64, m NewMessage, now time.Time) (int64, error) {
	m.Draft = 0
	m.Text = cut(m.Text, maxMessageDraft)
	text, err := json.Marshal(m)
	if err != nil {
		return 0, fmt.Errorf("writing down the draft: %w", err)
	}
	if id != 0 {
		res, err := tx.Exec(`UPDATE message_drafts SET message = ?, at = ? WHERE id = ?`, string(text), now.UnixMilli(), id)
		if err != nil {
			return 0, err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return id, err
		}
	}
	res, err := tx.Exec(`INSERT INTO message_drafts (at, message) VALUES (?, ?)`, now.UnixMilli(), string(text))
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// MessageDrafts are what is being written, newest first.
func (s *Store) MessageDrafts(ctx context.Context) ([]MessageDraft, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT id, at, message FROM message_drafts ORDER BY at DESC, id DESC`)
	if err != nil {
		return nil, s.fault("reading the drafts", err)
	}
	defer rows.Close()
	var out []MessageDraft
	for rows.Next() {
		var d MessageDraft
		var at int64
		var text string
		if err := rows.Scan(&d.ID, &at, &text); err != nil {
			return nil, s.fault("reading the drafts", err)
		}
		if err := json.Unmarshal([]byte(text), &d.Message); err != nil {
			s.log.Warn("a draft cannot be read and is left out", "id", d.ID, "err", err)
			continue
		}
		d.At, d.Message.Draft = fromMilli(at), d.ID
		d.Words = s.sendWords(d.Message)
		if len(d.Message.To) == 0 {
			d.Words = strings.TrimSuffix(d.Words, " once more to whom it went before") + " to nobody yet"
			if d.Message.Typed != "" {
				d.Words = strings.TrimSuffix(d.Words, "nobody yet") + CleanLine(d.Message.Typed) + " ..."
			}
		}
		if p := preview(d.Message.Text, ""); p != "" {
			d.Words += ": " + p
		}
		out = append(out, d)
	}
	return out, s.fault("reading the drafts", rows.Err())
}

// DropMessageDraft forgets a draft. One that is gone already is no error.
func (s *Store) DropMessageDraft(ctx context.Context, id int64) error {
	if id == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM message_drafts WHERE id = ?`, id)
		return err
	})
	return s.fault("forgetting a draft", err)
}

// backToDraft keeps what was not sent as a draft, with the copies of its files.
func (s *Store) backToDraft(tx *sql.Tx, st sendState) (int64, error) {
	m := st.Message
	if strings.TrimSpace(m.Text) == "" && len(st.Files) == 0 && m.Resend == 0 {
		return 0, nil
	}
	m.Files = nil
	for _, f := range st.Files {
		m.Files = append(m.Files, s.outgoingPath(f.Copy))
	}
	return putMessageDraft(tx, 0, m, s.now())
}
