package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxMembers bounds how many members of a chat are kept.
const maxMembers = 20_000

// TakeChats takes chats of an account in. It may be given the same ones any number of
// times, and in any order with posts.
func (s *Store) TakeChats(ctx context.Context, account int64, chats []IncomingChat) error {
	if len(chats) == 0 {
		return nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error { return s.takeChats(tx, account, chats, 0) })
	if b := s.boxOf(account); err == nil && b != nil {
		for _, c := range chats {
			if (c.Type == "" || c.Brief) && !c.Gone {
				b.wantFeed(FeedChats) // it only said that there is news
				break
			}
		}
	}
	return s.fault("taking in chats", err)
}

// takeChats is TakeChats within tx. listed marks those that were in a list of all.
func (s *Store) takeChats(tx *sql.Tx, account int64, chats []IncomingChat, listed int64) error {
	for _, in := range chats {
		if err := s.takeChat(tx, account, cleanChat(in), listed); err != nil {
			return fmt.Errorf("chat %s: %w", CleanLine(in.Remote), err)
		}
	}
	return nil
}

func cleanChat(in IncomingChat) IncomingChat {
	in.Remote, in.Name, in.Description = CleanLine(in.Remote), CleanLine(in.Name), CleanLine(in.Description)
	in.Type = ChatType(CleanLine(string(in.Type)))
	if in.Members != nil {
		members := make([]string, 0, min(len(in.Members), maxMembers))
		for _, m := range in.Members[:min(len(in.Members), maxMembers)] {
			if m = CleanLine(m); m != "" {
				members = append(members, m)
			}
		}
		slices.Sort(members)
		in.Members = slices.Compact(members)
	}
	return in
}

func (s *Store) takeChat(tx *sql.Tx, account int64, in IncomingChat, listed int64) error {
	if in.Remote == "" || strings.HasPrefix(in.Remote, "~") {
		return nil
	}
	if in.Gone {
		_, err := tx.Exec(`UPDATE chats SET joined = 0, public = 0, archived = 1, need = 0 WHERE account = ? AND remote = ?`, account, in.Remote)
		return err
	}
	id, err := s.chatRow(tx, account, in.Remote)
	if err != nil || in.Type == "" {
		return err
	}
	var before string
	if err := tx.QueryRow(`SELECT type FROM chats WHERE id = ?`, id).Scan(&before); err != nil {
		return err
	}
	if in.Brief && before != "" {
		_, err = tx.Exec(`UPDATE chats SET type = ?1, name = iif(?2 <> '', ?2, name), joined = ?3, archived = ?4, listed = max(listed, ?5),
			brief = iif(?5 = 0, 1, brief) WHERE id = ?6`, // what was told by itself has changed
			string(in.Type), in.Name, in.Joined && !in.Archived, in.Archived, listed, id)
	} else {
		err = fillChat(tx, id, in, listed)
	}
	if err != nil {
		return err
	}
	if in.Members != nil {
		if err := takeMembers(tx, account, id, in); err != nil {
			return err
		}
	}
	if before == "" { // now that it is known what it is, its posts can be told of
		if err := s.arrivePosts(tx, id, nil); err != nil {
			return err
		}
	}
	return retitle(tx, id)
}

// fillChat writes all that a service told of a chat. Whatever came later is asked for: see
// chatRound. What is told of a chat by itself for the first time may be of after the
// account was first used here: that is wanted even where nobody has looked.
func fillChat(tx *sql.Tx, id int64, in IncomingChat, listed int64) error {
	active := toMilli(in.Active)
	_, err := tx.Exec(`UPDATE chats SET type = ?1, name = ?2, description = ?3, public = ?4, joined = ?5, archived = ?6, favorite = ?7,
		changed = max(changed, ?8), active = max(active, ?8), listed = max(listed, ?9), protected = ?10, sealed = ?11, readonly = ?12, brief = ?13,
		need = CASE WHEN ?14 AND ?8 > max(looked, changed) AND looked > 0 THEN 1
			WHEN ?14 AND brief = 1 AND looked = 0 AND ?8 > (SELECT since FROM accounts a WHERE a.id = chats.account) THEN 1 ELSE need END WHERE id = ?15`,
		string(in.Type), in.Name, in.Description, in.Public, in.Joined && !in.Archived, in.Archived, in.Favorite,
		active, listed, in.Protected, in.Sealed, in.ReadOnly, in.Brief, in.Joined, id)
	return err
}

// namedMembers is of how many members of a chat without a name the names are asked for.
const namedMembers = 12

func takeMembers(tx *sql.Tx, account, chat int64, in IncomingChat) error {
	var busy bool // a change made here is on its way, and what is told may be of before it
	err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM deeds d JOIN ops o ON o.id = d.op WHERE d.account = ? AND d.object = ? AND o.state IN (0, 1, 5))`,
		account, fmt.Sprint("members:", chat)).Scan(&busy)
	if busy || err != nil {
		return err
	}
	list, err := json.Marshal(in.Members)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM members WHERE chat = ? AND person NOT IN (SELECT value FROM json_each(?))`, chat, string(list)); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT OR IGNORE INTO members (chat, person) SELECT ?, value FROM json_each(?)`, chat, string(list)); err != nil {
		return err
	}
	if in.Type != ChatDirect && in.Type != ChatGroup {
		return nil
	}
	return wantPeople(tx, account, in.Members[:min(len(in.Members), namedMembers)])
}

// chatRow is the row of a chat; one that is not known gets a row that says no more.
// What was posted before the account was first used here counts as read.
func (s *Store) chatRow(tx *sql.Tx, account int64, remote string) (id int64, err error) {
	err = tx.QueryRow(`SELECT id FROM chats WHERE account = ? AND remote = ?`, account, remote).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	var since int64
	if err := tx.QueryRow(`SELECT since FROM accounts WHERE id = ?`, account).Scan(&since); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	err = tx.QueryRow(`INSERT INTO chats (account, remote, title, read_to) VALUES (?, ?, 'Chat', ?) RETURNING id`,
		account, remote, int64(FirstID(time.UnixMilli(since)))).Scan(&id)
	return id, err
}

// recount counts the unread posts of a chat anew. It looks at no others.
func recount(tx *sql.Tx, chat int64) error {
	_, err := tx.Exec(`UPDATE chats SET (unread, mentions) = (SELECT count(*), coalesce(sum(p.mention), 0) FROM posts p
		WHERE p.chat = chats.id AND p.item > chats.read_to AND p.mine = 0 AND p.removed = 0 AND p.system = '') WHERE id = ?`, chat)
	return err
}

// refreshLatest finds the newest post of a chat anew.
func refreshLatest(tx *sql.Tx, chat int64) error {
	_, err := tx.Exec(`UPDATE chats SET latest = coalesce((SELECT max(item) FROM posts WHERE chat = chats.id AND twin = ''), 0) WHERE id = ?`, chat)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE chats SET active = max(active, latest >> 20) WHERE id = ?`, chat)
	return err
}
