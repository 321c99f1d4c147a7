package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"time"
	"unicode"
)

// callsBack is how long before the first sign-in a missed call still counts as work:
// the time that the service's own sync of the call log goes back. Nobody returns the
// calls of last year, and the service does not tell which ones somebody has seen.
const callsBack = 30 * 24 * time.Hour

// Sides of a call, for finding out which one answers another.
const (
	sideNone  = iota
	sideWants // somebody should have answered
	sideMet   // they spoke
)

// callRow is what an item that is a call has in tables of its own.
type callRow struct {
	outcome CallOutcome
	company bool
	peer    string
	side    int
	message string
	detail  string // JSON
}

// callRow derives the row of a record that is a call.
func (p *record) callRow(company string) callRow {
	c := callRow{outcome: p.Outcome, company: p.Company, message: p.Call.Message, peer: peerOf(p.who, company)}
	switch o := p.Outcome; {
	case o.Connected():
		c.side = sideMet
	case p.Direction == Inbound && (o.Missed() || o == CallVoicemail || o == CallRejected):
		c.side = sideWants
	}
	b, err := json.Marshal(p.Call)
	if err != nil {
		b = []byte("{}") // cannot be: strings, numbers and times
	}
	c.detail = string(b)
	return c
}

// peerOf names the other side of a call, so that calls with the same person have the
// same name. Numbers that are masked or withheld have none. An extension is known in
// its company only.
func peerOf(p Party, company string) string {
	masked := strings.ContainsFunc(p.Number, unicode.IsLetter)
	if d := Digits(p.Number); !masked && len(d) >= 7 {
		return d[max(0, len(d)-10):]
	}
	ext := p.Extension
	if d := Digits(p.Number); ext == "" && !masked {
		ext = d // a number of a few digits is an extension, or as good as one
	}
	if ext == "" {
		return ""
	}
	return company + ":" + ext
}

// company is the part of an account's key that its mailboxes have in common.
func (a Account) company() string {
	if i := strings.LastIndexByte(a.Key, ':'); i > 0 {
		return a.Key[:i]
	}
	return a.Key
}

// firstCall is the state of a call before anybody decides anything: a missed one is
// work, all others are for the record. So are those of colleagues, and those that left
// a message, which is the work then.
func (b *ingest) firstCall(p *record) State {
	switch {
	case p.Company, p.Direction != Inbound, !p.Outcome.Missed():
		return Filed
	case p.Time.Before(b.acc.Since.Add(-callsBack)):
		return Done
	}
	return StateOpen
}

// joining is a call that may belong together with others.
type joining struct {
	id    ID
	row   callRow
	fresh bool // it was not here before this batch
}

// putCall writes what an item that is a call has besides.
func (b *ingest) putCall(id ID, c callRow, fresh bool) error {
	_, err := b.tx.Exec(`INSERT OR REPLACE INTO calls (item, peer, side, message, detail) VALUES (?, ?, ?, ?, ?)`,
		int64(id), c.peer, c.side, c.message, c.detail)
	b.calls = append(b.calls, joining{id, c, fresh})
	return err
}

// knownCall brings a record that is a call in line with what is here: what is ours
// alone stays, and what a short record leaves out. same says that its own row is as
// it was; foreign, that the record is the company's view of one's own call, which has
// nothing to add to it.
func (b *ingest) knownCall(p *record, o stored) (c callRow, same, foreign bool, err error) {
	var old callRow
	err = b.tx.QueryRow(`SELECT i.outcome, i.company, c.peer, c.side, c.message, c.detail FROM calls c JOIN items i ON i.id = c.item
		WHERE c.item = ?`, int64(o.id)).Scan(&old.outcome, &old.company, &old.peer, &old.side, &old.message, &old.detail)
	if errors.Is(err, sql.ErrNoRows) { // lost with a damaged file
		return p.callRow(b.acc.company()), false, false, nil
	}
	if err != nil || p.Company && !old.company {
		return c, false, true, err
	}
	var was CallDetail
	if json.Unmarshal([]byte(old.detail), &was) == nil && was.Detailed && !p.Call.Detailed {
		p.Call.Detailed, p.Call.Legs = true, was.Legs
	}
	if p.Modified.IsZero() { // told in the detailed view only
		p.Modified = fromMilli(o.modified)
	}
	p.Read = o.read
	c = p.callRow(b.acc.company())
	return c, c == old, false, nil
}

// joinCalls finds what belongs together once a batch is in: a call and the message it
// left, a missed call and the one that answered it.
func (b *ingest) joinCalls() error {
	for _, j := range b.calls {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		if err := b.joinCall(j); err != nil {
			return err
		}
	}
	return b.joinMessages()
}

// joinCall links one call.
func (b *ingest) joinCall(j joining) error {
	if j.row.message != "" {
		var other int64
		err := b.tx.QueryRow(`SELECT i.id FROM accounts a CROSS JOIN items i ON i.account = a.id AND i.remote = ? LIMIT 1`, j.row.message).Scan(&other)
		if err == nil {
			err = linkItems(b.tx, int64(j.id), other)
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	switch {
	case j.row.peer == "", j.fresh && j.row.side == sideNone:
		return nil
	case j.fresh && j.row.side == sideWants:
		_, err := b.tx.Exec(`UPDATE items SET reply = coalesce((SELECT min(m.item) FROM calls m
			WHERE m.peer = ? AND m.side = 2 AND m.peer <> '' AND m.item > items.id), 0) WHERE id = ?`, j.row.peer, int64(j.id))
		return err
	}
	return replies(b.tx, j.row.peer, j.id)
}

// replies looks anew which calls of a peer were answered, as far as the call at id can
// have changed it: those since the last time they spoke.
func replies(tx *sql.Tx, peer string, id ID) error {
	_, err := tx.Exec(`UPDATE items SET reply = coalesce((SELECT min(m.item) FROM calls m
			WHERE m.peer = ?1 AND m.side = 2 AND m.peer <> '' AND m.item > items.id), 0)
		WHERE id IN (SELECT w.item FROM calls w WHERE w.peer = ?1 AND w.side = 1 AND w.peer <> '' AND w.item <= ?2
			AND w.item > coalesce((SELECT max(l.item) FROM calls l WHERE l.peer = ?1 AND l.side = 2 AND l.peer <> '' AND l.item < ?2), ?3))`,
		peer, int64(id), int64(math.MinInt64))
	return err
}

func linkItems(tx *sql.Tx, call, message int64) error {
	_, err := tx.Exec(`UPDATE items SET linked = CASE id WHEN ?1 THEN ?2 ELSE ?1 END WHERE id IN (?1, ?2)`, call, message)
	return err
}

// joinMessages links new voicemails and faxes with the calls that left them and were
// here before.
func (b *ingest) joinMessages() error {
	var remotes []string
	ids := map[string]int64{}
	for _, p := range b.fresh {
		if p.Kind == Voicemail || p.Kind == Fax {
			remotes = append(remotes, p.Remote)
			ids[p.Remote] = int64(p.id)
		}
	}
	if len(remotes) == 0 {
		return nil
	}
	list, err := json.Marshal(remotes)
	if err != nil {
		return err
	}
	rows, err := b.tx.Query(`SELECT j.value, c.item FROM json_each(?) j CROSS JOIN calls c ON c.message = j.value AND c.message <> ''`, string(list))
	if err != nil {
		return err
	}
	defer rows.Close()
	found := map[string]int64{}
	for rows.Next() {
		var remote string
		var call int64
		if err := rows.Scan(&remote, &call); err != nil {
			return err
		}
		found[remote] = call
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, remote := range remotes {
		if call := found[remote]; call != 0 {
			if err := linkItems(b.tx, call, ids[remote]); err != nil {
				return err
			}
		}
	}
	return nil
}

// buryCall takes a deleted call out of what answers what.
func (b *ingest) buryCall(id ID) error {
	var peer string
	err := b.tx.QueryRow(`UPDATE calls SET side = 0 WHERE item = ? RETURNING peer`, int64(id)).Scan(&peer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || peer == "" {
		return err
	}
	return replies(b.tx, peer, id)
}
