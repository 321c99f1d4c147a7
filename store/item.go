package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Item reads everything known of one message.
func (s *Store) Item(ctx context.Context, id ID) (Item, error) {
	if err := s.rouse(ctx); err != nil {
		return Item{}, s.fault("reading an item", err)
	}
	it, err := s.item(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Item{}, fmt.Errorf("item %s: %w", id, ErrNotFound)
	}
	if err == nil {
		s.knowItem(ctx, &it)
	}
	return it, s.fault("reading an item", err)
}

func (s *Store) item(ctx context.Context, id ID) (Item, error) {
	// One transaction, so that its parts belong together.
	tx, err := s.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Item{}, err
	}
	defer tx.Rollback()
	var it Item
	var modified, flags int64
	var who string
	row := tx.QueryRow(`SELECT `+rowColumns+`, i.remote, i.modified, coalesce(a.service, ''), coalesce(a.key, ''),
		coalesce(b.parties, '{}'), coalesce(b.subject, ''), coalesce(b.text, ''), coalesce(b.raw, ''),
		coalesce(b.conversation, ''), coalesce(b.resolution, ''), coalesce(b.flags, 0)
		FROM items i LEFT JOIN accounts a ON a.id = i.account LEFT JOIN bodies b ON b.item = i.id WHERE i.id = ?`, int64(id))
	it.Row, err = scanRow(row, &it.Remote, &modified, &it.Service, &it.AccountKey, &who, &it.Subject, &it.Text, &it.Raw,
		&it.Conversation, &it.Resolution, &flags)
	if err != nil {
		return Item{}, err
	}
	it.From, it.To = readParties(who)
	it.Modified = fromMilli(modified)
	it.Priority, it.Private = flags&flagPriority != 0, flags&flagPrivate != 0
	if it.Raw == "" {
		it.Raw = it.Text
	}
	rows, err := tx.Query(`SELECT `+attachmentColumns+` FROM attachments a WHERE a.item = ? ORDER BY a.ord, a.id`, int64(id))
	if err != nil {
		return Item{}, err
	}
	if it.Attachments, err = scanAttachments(rows); err != nil {
		return Item{}, err
	}
	if it.FileText, err = fileTexts(tx, it.ID); err != nil {
		return Item{}, err
	}
	rows, err = tx.Query(selectEntry+` WHERE l.item = ? ORDER BY l.at, l.key`, int64(id))
	if err != nil {
		return Item{}, err
	}
	if it.Journal, _, err = scanEntries(rows); err != nil {
		return Item{}, err
	}
	it.NoteList = Fold(it.Journal).Notes
	if err := mailOf(tx, &it); err != nil {
		return Item{}, err
	}
	if err := callOf(tx, &it); err != nil {
		return Item{}, err
	}
	return it, nil
}

// Attachment reads one attachment.
func (s *Store) Attachment(ctx context.Context, id int64) (Attachment, error) {
	a, err := scanAttachment(s.ask(ctx, `SELECT `+attachmentColumns+` FROM attachments a WHERE a.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Attachment{}, fmt.Errorf("attachment %d: %w", id, ErrNotFound)
	}
	return a, s.fault("reading an attachment", err)
}

// minPrefix is how much of an id is enough to look for it.
const minPrefix = 4

// Resolve finds the item a person means: by its id of 13 letters, by the service's
// id, or by the beginning of either, at least four letters long, if only one item
// fits. Otherwise the error is [ErrNotFound] or an [AmbiguousError].
func (s *Store) Resolve(ctx context.Context, text string) (ID, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, fmt.Errorf("an empty id: %w", ErrNotFound)
	}
	ids, err := s.resolve(ctx, text)
	switch {
	case err != nil:
		return 0, s.fault("looking for an item", err)
	case len(ids) == 0 && len(text) < minPrefix:
		return 0, fmt.Errorf("item %q: %w (give at least %d letters of the id)", CleanLine(text), ErrNotFound, minPrefix)
	case len(ids) == 0:
		return 0, fmt.Errorf("item %q: %w", CleanLine(text), ErrNotFound)
	case len(ids) > 1:
		return 0, &AmbiguousError{Text: CleanLine(text), IDs: ids}
	}
	return ids[0], nil
}

// resolve gives those that fit whole; only where none does, those that begin so.
func (s *Store) resolve(ctx context.Context, text string) ([]ID, error) {
	const most = 10
	var ids []ID
	add := func(query string, args ...any) error {
		found, err := s.ids(ctx, query, args...)
		ids = append(ids, found...)
		return err
	}
	if id, err := ParseID(text); err == nil {
		if err := add(`SELECT id FROM items WHERE id = ?`, int64(id)); err != nil || len(ids) > 0 {
			return ids, err
		}
	}
	const byRemote = `SELECT i.id FROM accounts a CROSS JOIN items i ON i.account = a.id AND `
	if err := add(byRemote+`i.remote = ?`, text); err != nil || len(ids) > 0 || len(text) < minPrefix {
		return ids, err
	}
	if lo, hi, ok := idRange(text); ok {
		if err := add(`SELECT id FROM items WHERE id BETWEEN ? AND ? LIMIT ?`, int64(lo), int64(hi), most); err != nil {
			return nil, err
		}
	}
	if err := add(byRemote+`i.remote >= ? AND i.remote < ? LIMIT ?`, text, text+"\U0010ffff", most); err != nil {
		return nil, err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return ids[:min(len(ids), most)], nil
}

// idRange are the smallest and the largest id that begin with text.
func idRange(text string) (lo, hi ID, ok bool) {
	if len(text) > 13 {
		return 0, 0, false
	}
	lo, err := ParseID(text + strings.Repeat("0", 13-len(text)))
	if err != nil {
		return 0, 0, false
	}
	hi, err = ParseID(text + strings.Repeat("z", 13-len(text)))
	return lo, hi, err == nil
}

// ids runs a query that gives ids.
func (s *Store) ids(ctx context.Context, query string, args ...any) ([]ID, error) {
	rows, err := s.r.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []ID
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, ID(id))
	}
	return ids, rows.Err()
}
