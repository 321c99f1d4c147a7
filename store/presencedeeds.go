package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The objects of presence deeds. Each part of one's presence is an object of its own, so
// that one can be taken back though another was changed since.
const (
	objectStatus  = "presence:status"
	objectDND     = "presence:dnd"
	objectMessage = "presence:message"
	objectQueue   = "queue:"
	objectWatch   = "watch:"
)

var errNoPresence = errors.New("one's own presence has not been read yet")

// presenceDeeds are what can be done about one's own presence.
func presenceDeeds() map[Verb]deedInfo {
	return map[Verb]deedInfo{
		VerbPresence: {apply: applyPresence, made: presenceMade, inf: "change your presence", back: "Shown as before"},
		VerbQueue:    {apply: applyQueue, made: queueMade, inf: "join or leave the queue", back: "Shown as before"},
		VerbWatch:    {local: true, apply: applyWatch, inf: "change whom you watch"},
	}
}

// applyPresence shows one's own presence as the payload says.
func applyPresence(s *Store, tx *sql.Tx, account int64, _ string, payload []byte) error {
	var c PresenceChange
	if err := json.Unmarshal(payload, &c); err != nil {
		return fmt.Errorf("reading the change of the presence: %w", err)
	}
	row, err := ownRow(tx, account)
	if err != nil {
		return err
	}
	c.apply(&row.state)
	s.present.forget()
	return putPresence(tx, account, row)
}

// apply sets what c says.
func (c PresenceChange) apply(st *PresenceState) {
	st.User, st.DND, st.Personal = cmp.Or(c.User, st.User), cmp.Or(c.DND, st.DND), cmp.Or(c.Personal, st.Personal)
	st.Queues = cmp.Or(c.Queues, st.Queues)
	if c.Message != nil {
		st.Message = *c.Message
	}
}

func ownRow(tx *sql.Tx, account int64) (presenceRow, error) {
	r, err := scanPresence(tx.QueryRow(selectPresence+` WHERE account = ? AND mine = 1`, account))
	if errors.Is(err, sql.ErrNoRows) {
		return r, errNoPresence
	}
	return r, err
}

// heldPresence is what changes of one's own presence that are on their way set.
func heldPresence(tx *sql.Tx, account int64) (held PresenceChange, err error) {
	rows, err := tx.Query(`SELECT d.does FROM deeds d JOIN ops o ON o.id = d.op
		WHERE d.account = ? AND o.verb = ? AND o.state IN (0, 1, 5) ORDER BY d.op`, account, string(VerbPresence))
	if err != nil {
		return held, err
	}
	defer rows.Close()
	for rows.Next() {
		var does string
		var c PresenceChange
		if err := rows.Scan(&does); err != nil {
			return held, err
		}
		if err := json.Unmarshal([]byte(does), &c); err != nil {
			return held, err
		}
		held.User, held.DND, held.Personal = cmp.Or(c.User, held.User), cmp.Or(c.DND, held.DND), cmp.Or(c.Personal, held.Personal)
		held.Queues, held.Message = cmp.Or(c.Queues, held.Queues), cmp.Or(c.Message, held.Message)
	}
	return held, rows.Err()
}

// presenceMade takes in what the service answered to a change.
func presenceMade(s *Store, tx *sql.Tx, account int64, _ string, _ []byte, done DeedDone) error {
	if len(done.Reply) == 0 {
		return nil
	}
	var st PresenceState
	if err := json.Unmarshal(done.Reply, &st); err != nil {
		return fmt.Errorf("reading the answer about the presence: %w", err)
	}
	row, err := ownRow(tx, account)
	if err != nil {
		return err
	}
	st.Calls = row.state.Calls // the answer to a change does not tell of calls
	in := IncomingPresence{Extension: row.extension, Mine: true, PresenceState: st}
	s.present.forget()
	return s.takePresence(tx, account, []IncomingPresence{in})
}

// applyQueue shows whether one takes the calls of a queue.
func applyQueue(s *Store, tx *sql.Tx, account int64, _ string, payload []byte) error {
	var c QueueChange
	if err := json.Unmarshal(payload, &c); err != nil {
		return fmt.Errorf("reading the change of the queue: %w", err)
	}
	s.present.forget()
	_, err := tx.Exec(`UPDATE queues SET takes = ? WHERE account = ? AND queue = ?`, c.Takes, account, c.Queue)
	return err
}

// queueMade takes in what the service answered: it may have a say of its own.
func queueMade(s *Store, tx *sql.Tx, account int64, object string, payload []byte, done DeedDone) error {
	if len(done.Reply) == 0 {
		return nil
	}
	return applyQueue(s, tx, account, object, done.Reply)
}

// applyWatch adds somebody to those watched, or takes them off.
func applyWatch(s *Store, tx *sql.Tx, account int64, _ string, payload []byte) error {
	var c WatchChange
	if err := json.Unmarshal(payload, &c); err != nil {
		return fmt.Errorf("reading whom to watch: %w", err)
	}
	s.present.forget()
	s.rewatched(account)
	if !c.On {
		_, err := tx.Exec(`DELETE FROM watched WHERE account = ? AND extension = ?`, account, c.Extension)
		return err
	}
	return putWatched(tx, account, c)
}

func putWatched(tx *sql.Tx, account int64, c WatchChange) error {
	_, err := tx.Exec(`INSERT INTO watched (account, extension, name, number, type) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (account, extension) DO UPDATE SET name = excluded.name, number = excluded.number, type = excluded.type`,
		account, c.Extension, CleanLine(c.Name), CleanLine(c.Number), CleanLine(c.Type))
	return err
}

// SetPresence changes one part of one's own presence: the status, do not disturb (with
// the calls of queues), or the message. It can be taken back.
func (s *Store) SetPresence(ctx context.Context, account int64, c PresenceChange) (Op, error) {
	d := Deed{Verb: VerbPresence, Account: account}
	if err := s.offering(account, OfferStand); err != nil {
		return Op{}, err
	}
	if c.Message != nil {
		text := strings.TrimSpace(CleanLine(*c.Message))
		if n := utf8.RuneCountInString(text); n > MaxStatusMessage {
			return Op{}, fmt.Errorf("a status message has at most %d characters, not %d", MaxStatusMessage, n)
		}
		c.Message = &text
	}
	var op Op
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		row, err := ownRow(tx, account)
		if err != nil {
			return err
		}
		if err := d.setPresence(row.state, c); err != nil {
			return err
		}
		op, err = s.deed(tx, d)
		return err
	})
	if err != nil {
		return Op{}, s.fault("changing your presence", err)
	}
	s.wakeDeeds()
	return op, nil
}

// setPresence fills in a deed that brings st to c.
func (d *Deed) setPresence(st PresenceState, c PresenceChange) error {
	undo := PresenceChange{}
	undoable := true
	parts := 0
	if c.User != "" {
		parts++
		d.Object, d.Words = objectStatus, "Set your status to "+statusWord(c.User)
		undo.User, undoable = st.User, st.User != ""
	}
	if c.DND != "" || c.Personal != "" || c.Queues != nil {
		parts++
		d.Object, d.Words = objectDND, dndWords(c)
		if c.DND != "" {
			undo.DND, undoable = st.DND, st.DND != ""
		}
		if c.Personal != "" {
			undo.Personal, undoable = st.Personal, undoable && st.Personal != ""
		}
		if c.Queues != nil {
			undo.Queues, undoable = st.Queues, undoable && st.Queues != nil
		}
	}
	if c.Message != nil {
		parts++
		before := st.Message
		d.Object, undo.Message = objectMessage, &before
		if d.Words = "Set your status message: " + *c.Message; *c.Message == "" {
			d.Words = "Removed your status message"
		}
	}
	switch {
	case parts == 0:
		return errors.New("nothing to change was given")
	case parts > 1:
		return errors.New("one part of a presence is changed at a time")
	}
	d.Do = c
	if undoable {
		d.Undo = undo
	}
	return nil
}

// statusWord is a chosen status as people say it.
func statusWord(user string) string {
	switch user {
	case PresenceAvailable:
		return "available"
	case PresenceBusy:
		return "busy"
	case PresenceOffline:
		return "invisible"
	}
	return user
}

func dndWords(c PresenceChange) string {
	switch {
	case c.DND == DNDNone, c.Personal == DNDNone:
		return "Do not disturb: no calls ring you"
	case c.DND == DNDNoQueues:
		return "Take no calls of queues"
	case c.DND == DNDQueues:
		return "Take calls of queues only"
	case c.Personal == "" && c.Queues != nil && !*c.Queues:
		return "Take no calls of queues"
	case c.Personal == "" && c.Queues != nil:
		return "Take calls of queues again"
	}
	return "Take all calls"
}

// Quiet reports whether no call rings somebody, as far as they said so.
func (st PresenceState) Quiet() bool { return st.DND == DNDNone || st.Personal == DNDNone }

// ToggleDND turns do not disturb on or off for one's own presence, whichever way the
// account keeps it.
func (s *Store) ToggleDND(ctx context.Context, account int64) (Op, error) {
	me, err := s.ownPresence(ctx, account)
	if err != nil {
		return Op{}, s.fault("changing your presence", err)
	}
	var c PresenceChange
	want := DNDNone
	if me.state.Quiet() {
		want = DNDTakeAll
	}
	switch {
	case me.state.Personal != "":
		c.Personal = want
	case me.state.DND != "":
		c.DND = want
	default:
		return Op{}, errors.New("the service does not say whether you take calls, so it cannot be changed here")
	}
	return s.SetPresence(ctx, account, c)
}

// SetQueue joins a queue one is a member of, or leaves it for a while. It can be taken back.
func (s *Store) SetQueue(ctx context.Context, account int64, queue string, takes bool) (Op, error) {
	var op Op
	err := s.writeFull(ctx, func(tx *sql.Tx) error {
		var name string
		var editable, now bool
		err := tx.QueryRow(`SELECT name, editable, takes FROM queues WHERE account = ? AND queue = ?`, account, queue).Scan(&name, &editable, &now)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("you are not a member of this queue: %w", ErrNotFound)
		case err != nil:
			return err
		case !editable:
			return fmt.Errorf("members of %s may not leave or join it themselves", name)
		}
		words := "Left " + name
		if takes {
			words = "Joined " + name
		}
		op, err = s.deed(tx, Deed{
			Verb: VerbQueue, Account: account, Object: objectQueue + queue, Words: words,
			Do: QueueChange{Queue: queue, Takes: takes}, Undo: QueueChange{Queue: queue, Takes: now},
		})
		return err
	})
	if err != nil {
		return Op{}, s.fault("changing a queue", err)
	}
	s.wakeDeeds()
	return op, nil
}

// WatchPerson adds somebody to those watched, or takes them off. It can be taken back.
func (s *Store) WatchPerson(ctx context.Context, account int64, c WatchChange) (Op, error) {
	if c.Extension == "" {
		return Op{}, errors.New("only who has an extension can be watched")
	}
	undo := c
	undo.On = !c.On
	words := "Started to watch " // as it reads after "Taken back:" too
	if !c.On {
		words = "Stopped watching "
	}
	words += cmp.Or(c.Name, c.Number, c.Extension)
	op, err := s.DoDeed(ctx, Deed{Verb: VerbWatch, Account: account, Object: objectWatch + c.Extension, Do: c, Undo: undo, Words: words})
	if err == nil {
		s.pokePresence(account)
	}
	return op, err
}

// pokePresence has the service asked at once, for somebody newly watched.
func (s *Store) pokePresence(account int64) {
	if b := s.boxOf(account); b != nil {
		b.pokeFeed(FeedPresence)
	}
}

// ownPresence is one's own row.
func (s *Store) ownPresence(ctx context.Context, account int64) (presenceRow, error) {
	r, err := scanPresence(s.r.QueryRowContext(ctx, selectPresence+` WHERE account = ? AND mine = 1`, account))
	if errors.Is(err, sql.ErrNoRows) {
		return r, errNoPresence
	}
	return r, err
}

// Watchable are the people and queues of the directory of an account, by name: whom one
// could watch.
func (s *Store) Watchable(ctx context.Context, account int64) (list []WatchChange, err error) {
	key, err := accountKey(ctx, s.r, account)
	if err != nil {
		return nil, s.fault("reading whom one could watch", err)
	}
	const most = 20_000
	rows, err := s.r.QueryContext(ctx, `SELECT remote, name, extension, type FROM contacts
		WHERE book = ? AND source = ? AND extension <> '' AND hidden = 0 AND type IN ('User', 'Department') ORDER BY sort, id LIMIT ?`,
		companyOf(key), int64(Directory), most)
	if err != nil {
		return nil, s.fault("reading whom one could watch", err)
	}
	defer rows.Close()
	for rows.Next() {
		w := WatchChange{On: true}
		if err := rows.Scan(&w.Extension, &w.Name, &w.Number, &w.Type); err != nil {
			return nil, s.fault("reading whom one could watch", err)
		}
		list = append(list, w)
	}
	return list, s.fault("reading whom one could watch", rows.Err())
}
