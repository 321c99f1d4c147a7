package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// sequenceLife is how long the number of an event counts. The service repeats events of
// the last three minutes after a lost connection; after a longer silence it may have begun
// to count anew.
const sequenceLife = 10 * time.Minute

// TakePresence takes in what a service says of presences: answers and events, in any
// order. An event with a lower number than one that came before, and an answer to a
// question asked before the latest event came, are passed over. What a change of one's own
// that is on its way has set stays as it was set.
func (s *Store) TakePresence(ctx context.Context, account int64, in []IncomingPresence) error {
	if len(in) == 0 {
		return nil
	}
	err := s.transact(ctx, false, func(tx *sql.Tx) error { return s.takePresence(tx, account, in) })
	if err != nil {
		return s.fault("taking in who is there", err)
	}
	s.present.forget()
	s.nudge()
	return nil
}

// nudge tells watchers that something beside rows is different now: they need not read
// the lists again.
func (s *Store) nudge() {
	s.watch.mu.Lock()
	defer s.watch.mu.Unlock()
	for c := range s.watch.set {
		poke(c)
	}
}

// presenceRow is a row of presence.
type presenceRow struct {
	extension, number string
	mine              bool
	state             PresenceState
	sequence          int64
	sequenced         time.Time
	since, told       time.Time
	err               string
}

const selectPresence = `SELECT extension, number, mine, state, sequence, sequenced, since, told, error FROM presence`

func scanPresence(sc scanner) (r presenceRow, err error) {
	var state string
	var sequenced, since, told int64
	err = sc.Scan(&r.extension, &r.number, &r.mine, &state, &r.sequence, &sequenced, &since, &told, &r.err)
	if err != nil {
		return r, err
	}
	r.sequenced, r.since, r.told = fromMilli(sequenced), fromMilli(since), fromMilli(told)
	if err := json.Unmarshal([]byte(state), &r.state); err != nil {
		r.state = PresenceState{} // of another version: the service is asked again
	}
	return r, nil
}

func loadPresence(tx *sql.Tx, account int64, extension string) (presenceRow, error) {
	r, err := scanPresence(tx.QueryRow(selectPresence+` WHERE account = ? AND extension = ?`, account, extension))
	if errors.Is(err, sql.ErrNoRows) {
		return presenceRow{extension: extension}, nil
	}
	return r, err
}

func putPresence(tx *sql.Tx, account int64, r presenceRow) error {
	state, err := json.Marshal(r.state)
	if err != nil {
		return fmt.Errorf("writing down a presence: %w", err)
	}
	_, err = tx.Exec(`INSERT INTO presence (account, extension, number, mine, state, sequence, sequenced, since, told, error)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, extension) DO UPDATE SET number = excluded.number, mine = excluded.mine,
		state = excluded.state, sequence = excluded.sequence, sequenced = excluded.sequenced, since = excluded.since, told = excluded.told, error = excluded.error`,
		account, r.extension, r.number, r.mine, string(state), r.sequence, toMilli(r.sequenced), toMilli(r.since), toMilli(r.told), r.err)
	return err
}

// takePresence is TakePresence within tx.
func (s *Store) takePresence(tx *sql.Tx, account int64, in []IncomingPresence) error {
	held, err := heldPresence(tx, account)
	if err != nil {
		return err
	}
	for _, p := range in {
		p = cleanPresence(p)
		if p.Extension == "" {
			continue
		}
		old, err := loadPresence(tx, account, p.Extension)
		if err != nil {
			return err
		}
		row, ok := mergePresence(old, p, s.now())
		if !ok {
			continue
		}
		if row.mine {
			held.apply(&row.state)
		}
		if row.mine && !old.mine { // another extension is signed in under this account now
			if _, err := tx.Exec(`UPDATE presence SET mine = 0 WHERE account = ?`, account); err != nil {
				return err
			}
		}
		if err := putPresence(tx, account, row); err != nil {
			return err
		}
	}
	return nil
}

// mergePresence is what is known after p, and whether p tells anything.
func mergePresence(old presenceRow, p IncomingPresence, now time.Time) (presenceRow, bool) {
	row := old
	if p.Sequence > 0 {
		if age := now.Sub(old.sequenced); p.Sequence <= old.sequence && age >= 0 && age < sequenceLife {
			return old, false
		}
		row.sequence, row.sequenced = p.Sequence, now
		row.state = overlay(old.state, p)
	} else {
		if overtaken(old, p.Asked, now) {
			return old, false
		}
		row.state = p.PresenceState
	}
	row.told, row.err = now, ""
	row.mine = old.mine || p.Mine
	row.number = cmp.Or(p.Number, old.number)
	if p.Err != nil {
		row.state, row.err = PresenceState{}, reason(p.Err)
	}
	row.since = since(old, row, now)
	return row, true
}

// overtaken reports whether something newer came in since a question was asked.
func overtaken(old presenceRow, asked, now time.Time) bool {
	if asked.IsZero() || old.told.After(now) { // the clock was set back
		return false
	}
	if asked = asked.Truncate(time.Millisecond); old.sequence > 0 && old.sequenced.Equal(old.told) {
		return !asked.After(old.told) // within the millisecond the event is believed
	}
	return asked.Before(old.told)
}

// overlay is st after an event: what the event does not say stays.
func overlay(st PresenceState, p IncomingPresence) PresenceState {
	e := p.PresenceState
	for _, f := range []struct{ to, from *string }{
		{&st.Status, &e.Status},
		{&st.User, &e.User},
		{&st.DND, &e.DND},
		{&st.Personal, &e.Personal},
		{&st.Telephony, &e.Telephony},
		{&st.Meeting, &e.Meeting},
		{&st.Message, &e.Message},
	} {
		*f.to = cmp.Or(*f.from, *f.to)
	}
	for _, f := range []struct{ to, from **bool }{
		{&st.Queues, &e.Queues},
		{&st.Visible, &e.Visible},
		{&st.Monitor, &e.Monitor},
		{&st.PickUp, &e.PickUp},
	} {
		*f.to = cmp.Or(*f.from, *f.to)
	}
	if !p.Quiet {
		st.Calls = e.Calls
	}
	if st.Telephony == CallNone {
		st.Calls = nil
	}
	return st
}

// since is when what the line of a presence shows began.
func since(old, row presenceRow, now time.Time) time.Time {
	var first time.Time
	for _, c := range row.state.Calls {
		if !c.Since.IsZero() && (first.IsZero() || c.Since.Before(first)) {
			first = c.Since
		}
	}
	switch {
	case !first.IsZero():
		return first
	case old.told.IsZero():
		return time.Time{} // nobody saw it begin
	case shownAs(old.state) == shownAs(row.state) && old.err == row.err:
		return old.since
	}
	return now
}

// shownAs is the part of a state whose age is shown.
func shownAs(st PresenceState) [4]string {
	return [4]string{st.Status, st.Telephony, st.Meeting, cmp.Or(st.Personal, st.DND)}
}

// cleanPresence makes the texts of a presence safe to show.
func cleanPresence(p IncomingPresence) IncomingPresence {
	for _, t := range []*string{&p.Extension, &p.Number, &p.Status, &p.User, &p.DND, &p.Personal, &p.Telephony, &p.Meeting, &p.Message} {
		*t = CleanLine(*t)
	}
	if p.DND == dndUnknown {
		p.DND = "" // "does not apply" by another name
	}
	if p.Personal == dndUnknown {
		p.Personal = ""
	}
	calls := make([]PresenceCall, 0, len(p.Calls))
	for _, c := range p.Calls {
		c.With.Name, c.With.Number = CleanLine(c.With.Name), CleanLine(c.With.Number)
		c.With.Extension, c.With.Location = CleanLine(c.With.Extension), CleanLine(c.With.Location)
		c.State, c.Session = CleanLine(c.State), CleanLine(c.Session)
		calls = append(calls, c)
	}
	if p.Calls = calls; len(calls) == 0 {
		p.Calls = nil
	}
	return p
}
