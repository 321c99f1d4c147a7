package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// readState is where the read mark of a chat is to be.
type readState struct {
	Row int64 `json:"row"`
	To  ID    `json:"to"`
}

// ReadTo moves the read mark of a chat to a post: it and all before it have been seen.
// [FromEnd] stands for the newest. It can be taken back.
func (s *Store) ReadTo(ctx context.Context, chat int64, upTo ID) (Op, error) {
	return s.moveMark(ctx, chat, "Marked %s read", func(tx *sql.Tx, was ID) (ID, error) {
		if upTo == FromEnd {
			err := tx.QueryRow(`SELECT coalesce(max(item), 0) FROM posts WHERE chat = ?`, chat).Scan((*int64)(&upTo))
			return max(upTo, was), err
		}
		return upTo, nil
	})
}

// UnreadFrom moves the read mark of a chat to right before a post.
func (s *Store) UnreadFrom(ctx context.Context, chat int64, from ID) (Op, error) {
	return s.moveMark(ctx, chat, "Unread in %s from here", func(*sql.Tx, ID) (ID, error) { return from - 1, nil })
}

func (s *Store) moveMark(ctx context.Context, chat int64, words string, to func(tx *sql.Tx, was ID) (ID, error)) (op Op, err error) {
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		var account int64
		var was ID
		var title string
		err := tx.QueryRow(`SELECT account, read_to, title FROM chats WHERE id = ?`, chat).Scan(&account, (*int64)(&was), &title)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("chat %d: %w", chat, ErrNotFound)
		} else if err != nil {
			return err
		}
		mark, err := to(tx, was)
		if err != nil {
			return err
		}
		if mark == was {
			op = Op{Words: title + " is marked so already"}
			return nil
		}
		op, err = s.deed(tx, Deed{
			Verb: VerbChatRead, Account: account, Object: fmt.Sprint("read:", chat),
			Do: readState{chat, mark}, Undo: readState{chat, was}, Words: fmt.Sprintf(words, title),
		})
		return err
	})
	return op, s.fault("marking a chat", err)
}

func applyRead(_ *Store, tx *sql.Tx, _ int64, _ string, payload []byte) error {
	var st readState
	if err := json.Unmarshal(payload, &st); err != nil {
		return fmt.Errorf("reading where the mark was to be: %w", err)
	}
	if _, err := tx.Exec(`UPDATE chats SET read_to = ? WHERE id = ?`, int64(st.To), st.Row); err != nil {
		return err
	}
	return recount(tx, st.Row)
}
