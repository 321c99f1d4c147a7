package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// SendFolder is a new, empty folder for files that are made to be sent: pages that were
// turned, the card of a contact. It goes by itself when no draft and no message names a
// file in it, at the earliest an hour after it was made.
func (s *Store) SendFolder(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if s.opts.ReadOnly {
		return "", &faultError{doing: "making a file to send", words: "it was opened to look only", kind: ErrReadOnly}
	}
	dir := filepath.Join(s.opts.Dir, outgoingDir, rand.Text()[:16])
	return dir, s.fault("making a file to send", os.MkdirAll(dir, 0o700))
}

// SentMessage is what was asked to be sent under an item that the service has not got, or
// has refused: with its files, as they were then. The error is [ErrNotFound] for any
// other item.
func (s *Store) SentMessage(ctx context.Context, item ID) (NewMessage, error) {
	var payload string
	err := s.r.QueryRowContext(ctx, `SELECT d.payload FROM sends d JOIN items i ON i.id = d.item
		WHERE d.item = ? AND d.cancels = 0 AND i.remote LIKE 'send:%' ORDER BY d.op DESC LIMIT 1`, int64(item)).Scan(&payload)
	if errors.Is(err, sql.ErrNoRows) {
		return NewMessage{}, fmt.Errorf("what was to be sent under item %s: %w", item, ErrNotFound)
	}
	var st sendState
	if err == nil {
		err = json.Unmarshal([]byte(payload), &st)
	}
	if err != nil {
		return NewMessage{}, s.fault("looking up what was to be sent", err)
	}
	m := st.Message
	m.Files = nil
	for _, f := range st.Files {
		m.Files = append(m.Files, s.outgoingPath(f.Copy))
	}
	return m, nil
}

// SendDelay is how long what is sent can be taken back before it leaves; 0: not at all.
// A fax can be taken back for longer.
func (s *Store) SendDelay() time.Duration { return s.sendDelay() }
