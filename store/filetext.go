package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Bounds on the text of one file: what is beyond is left out, for a search as much
// as for a reader.
const (
	maxTextPages = 10_000
	maxTextBytes = 4 << 20
)

// FileText is what a file says: its own text, or what was recognised on its pages.
type FileText struct {
	Attachment int64     `json:"-"`
	Pages      []string  `json:"pages"` // cleaned; a page without text is ""
	By         string    `json:"by"`    // what read it
	At         time.Time `json:"at"`
}

// fileTextOf is an SQL expression: all that the files of item i say, "" without any.
const fileTextOf = `coalesce((SELECT group_concat(j.value, ' ') FROM file_texts f, json_each(f.pages) j WHERE f.item = i.id), '')`

// SetFileText keeps what a file says, page by page, so that it is found by a search
// and shown without reading the file again. by names what read it. Pages without any
// text record that it was looked at; none at all forget it. The text is kept until
// it is set anew, whatever the service says of the message later.
func (s *Store) SetFileText(ctx context.Context, attachment int64, pages []string, by string) error {
	clean := cleanPages(pages)
	list, err := json.Marshal(clean)
	if err != nil {
		return fmt.Errorf("keeping the text of a file: %w", err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		var item int64
		err := tx.QueryRow(`SELECT item FROM attachments WHERE id = ?`, attachment).Scan(&item)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("attachment %d: %w", attachment, ErrNotFound)
		} else if err != nil {
			return err
		}
		if len(clean) == 0 {
			_, err = tx.Exec(`DELETE FROM file_texts WHERE attachment = ?`, attachment)
		} else {
			_, err = tx.Exec(`INSERT OR REPLACE INTO file_texts (attachment, item, pages, source, at) VALUES (?, ?, ?, ?, ?)`,
				attachment, item, string(list), CleanLine(by), s.now().UnixMilli())
		}
		if err != nil {
			return err
		}
		return s.reindex(tx, ID(item))
	})
	return s.fault("keeping the text of a file", err)
}

// cleanPages is text from outside made fit to be kept, within the bounds.
func cleanPages(pages []string) []string {
	out := make([]string, 0, min(len(pages), maxTextPages))
	room := maxTextBytes
	for _, p := range pages[:min(len(pages), maxTextPages)] {
		p = Clean(p)
		if len(p) > room {
			p = strings.ToValidUTF8(p[:room], "")
		}
		room -= len(p)
		out = append(out, p)
	}
	return out
}

// FileText is what SetFileText was given for a file, cleaned; nil if nobody has
// looked what it says.
func (s *Store) FileText(ctx context.Context, attachment int64) ([]string, error) {
	var list string
	err := s.r.QueryRowContext(ctx, `SELECT pages FROM file_texts WHERE attachment = ?`, attachment).Scan(&list)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, s.fault("reading the text of a file", err)
	}
	return readPages(list), nil
}

func readPages(list string) []string {
	var pages []string
	if json.Unmarshal([]byte(list), &pages) != nil {
		return nil // of a damaged row: as if nobody had looked
	}
	return pages
}

// fileTexts reads those of an item.
func fileTexts(tx *sql.Tx, item ID) ([]FileText, error) {
	rows, err := tx.Query(`SELECT f.attachment, f.pages, f.source, f.at FROM file_texts f JOIN attachments a ON a.id = f.attachment
		WHERE f.item = ? ORDER BY a.ord, a.id`, int64(item))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []FileText
	for rows.Next() {
		var t FileText
		var list string
		var at int64
		if err := rows.Scan(&t.Attachment, &list, &t.By, &at); err != nil {
			return nil, err
		}
		t.Pages, t.At = readPages(list), fromMilli(at)
		out = append(out, t)
	}
	return out, rows.Err()
}
