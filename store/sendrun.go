package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Times of one request, and of what follows one without an answer.
const (
	sendBase   = 45 * time.Second
	sendPace   = 32 << 10         // bytes a second that a line has at least
	secondLook = 20 * time.Second // after a first look in vain: a list may lag behind
	sureLooks  = 2                // looks in vain that say it was not sent
	sureAge    = 7 * 24 * time.Hour
	tooClose   = 5 * time.Second // before a fax goes out, a request to cancel it may come too late
)

// outSend is a send on its way out.
type outSend struct {
	op, account, cancels int64
	item                 ID
	peer                 string
	state                OpState
	undone               int64
	tries, looks         int
	next, lease, hold    time.Time
	first, last          time.Time
	owner                string
	unknown              bool // a request for it was out, and nobody knows what came of it
	st                   sendState
	known                []string
	words                string
}

const selectSend = `SELECT o.id, d.account, d.item, d.peer, d.cancels, o.state, o.undone, o.tries, d.looks, o.next, o.lease, d.hold, d.first, d.last, o.owner, o.words, d.payload
	FROM ops o CROSS JOIN sends d ON d.op = o.id `

func scanSend(sc scanner) (d outSend, err error) {
	var next, lease, hold, first, last int64
	var payload string
	err = sc.Scan(&d.op, &d.account, (*int64)(&d.item), &d.peer, &d.cancels, &d.state, &d.undone, &d.tries, &d.looks, &next, &lease, &hold, &first, &last,
		&d.owner, &d.words, &payload)
	if err != nil {
		return d, err
	}
	d.next, d.lease, d.hold, d.first, d.last = fromMilli(next), fromMilli(lease), fromMilli(hold), fromMilli(first), fromMilli(last)
	if err := json.Unmarshal([]byte(payload), &d.st); err != nil {
		return d, fmt.Errorf("reading what is to be sent: %w", err)
	}
	return d, nil
}

func (s *Store) wakeSends() {
	for _, b := range s.mailboxes() {
		b.sends.wake()
	}
}

// sendLanes wakes those who send.
type sendLanes struct{ texts, faxes, cancels chan struct{} }

func newSendLanes() sendLanes {
	return sendLanes{make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)}
}

func (l sendLanes) of(lane string) chan struct{} {
	switch lane {
	case laneFaxes:
		return l.faxes
	case laneCancels:
		return l.cancels
	}
	return l.texts
}

func (l sendLanes) wake() {
	poke(l.texts)
	poke(l.faxes)
	poke(l.cancels)
}

// runSends sends what waits in a lane of a mailbox, one after the other.
func (s *Store) runSends(ctx context.Context, b *mailbox, lane string) {
	for ctx.Err() == nil {
		out, err := s.sendNext(ctx, b, lane, true)
		if err != nil && ctx.Err() == nil {
			s.log.Error("sending stands still", "account", b.key, "lane", lane, "err", err)
			out.wait = unknownWait
		}
		if !out.idle && out.wait == 0 {
			continue
		}
		if err := s.TidySends(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("copies of what was sent stay", "err", err)
		}
		var again <-chan time.Time
		if out.wait > 0 {
			again = s.after(out.wait)
		}
		select {
		case <-ctx.Done():
		case <-b.sends.of(lane):
		case <-again:
		}
	}
}

// sendNext takes what is due next all the way. held says whether to wait for what is
// held back until it can no longer be taken back.
func (s *Store) sendNext(ctx context.Context, b *mailbox, lane string, held bool) (sent, error) {
	if err := ctx.Err(); err != nil {
		return sent{}, err
	}
	d, wait, err := s.claimSend(ctx, b.id(), lane, held)
	if err != nil {
		return sent{}, s.fault("reading what is to be sent", err)
	}
	if d.op == 0 {
		return sent{wait: wait, idle: wait == 0}, nil
	}
	reqCtx, cancel := context.WithTimeout(ctx, sendTime(d.st))
	defer cancel()
	s.sending.begin(d, cancel)
	defer s.endProgress(d.op)
	var r sendResult
	if svc, ok := b.service().(SendService); ok {
		r = s.deliver(reqCtx, svc, d)
	} else {
		r = sendResult{kind: sendRefused, err: errNoSending}
	}
	return s.settleSend(context.WithoutCancel(ctx), b, d, r)
}

// sendTime is how long the request of a message may take.
func sendTime(st sendState) time.Duration {
	var size int64
	for _, f := range st.Files {
		size += f.Size
	}
	return sendBase + time.Duration(size/sendPace)*time.Second
}

// claimSend takes what is due next in a lane and marks it as being sent by us. Of those
// to the same recipients the oldest has to be through before the next one is taken.
func (s *Store) claimSend(ctx context.Context, account int64, lane string, held bool) (d outSend, wait time.Duration, err error) {
	var any bool
	// Few operations wait, and many have been sent: the former are looked through.
	const where = `WHERE o.state IN (0, 1, 5) AND d.unsure = 0 AND d.account = ? AND d.lane = ? `
	err = s.ask(ctx, `SELECT EXISTS (SELECT 1 FROM ops o CROSS JOIN sends d ON d.op = o.id `+where+`)`, account, lane).Scan(&any)
	if err != nil || !any {
		return outSend{}, 0, err
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		waiting, err := readSends(tx, selectSend+where+`ORDER BY o.id LIMIT 200`, account, lane)
		if err != nil {
			return err
		}
		d, wait = outSend{}, 0
		busy := map[string]bool{}
		for _, w := range waiting {
			left, skip, err := s.sendWait(tx, w, held)
			switch {
			case err != nil:
				return err
			case busy[w.peer] || skip:
			case left <= 0:
				d = w
				return s.markSend(tx, &d)
			case wait == 0 || left < wait:
				wait = left
			}
			busy[w.peer] = true
		}
		return nil
	})
	if d.op != 0 {
		wait = 0
	}
	return d, wait, err
}

func readSends(tx *sql.Tx, query string, args ...any) ([]outSend, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []outSend
	for rows.Next() {
		d, err := scanSend(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// sendWait is how long it is until a send is due; skip says that waiting is of no use.
func (s *Store) sendWait(tx *sql.Tx, w outSend, held bool) (left time.Duration, skip bool, err error) {
	now := s.now()
	if s.sending.has(w.op) {
		return 0, true, nil // of this process, just now
	}
	left = dueIn(w.next, now)
	if w.owner != "" && w.owner != s.owner() && !ownerGone(w.owner) {
		left = max(left, min(w.lease.Sub(now), 2*time.Second))
	}
	if w.state == OpSending { // whoever sent it is gone; the request may be under way still
		left = max(left, dueIn(w.last.Add(unknownWait), now))
	}
	if hold := dueIn(w.hold, now); hold > 0 {
		if !held {
			return 0, true, nil
		}
		left = max(left, hold)
	}
	if w.cancels != 0 {
		var open bool
		err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM ops WHERE id = ? AND state IN (0, 1, 5))`, w.cancels).Scan(&open)
		if err != nil || open {
			return 0, true, err // it is woken when that is over
		}
	}
	return left, false, nil
}

// markSend marks a send as being sent by us, on disk before the request begins.
func (s *Store) markSend(tx *sql.Tx, d *outSend) error {
	now := s.now()
	d.unknown = d.state != OpPending
	if d.cancels == 0 {
		if err := s.firstSend(tx, d, now); err != nil {
			return err
		}
	}
	payload, err := json.Marshal(d.st)
	if err != nil {
		return fmt.Errorf("writing down the message: %w", err)
	}
	until := toMilli(d.st.At)
	_, err = tx.Exec(`UPDATE sends SET payload = ?, first = ?, last = ?, until = iif(? > 0, ?, until) WHERE op = ?`,
		string(payload), toMilli(d.first), now.UnixMilli(), until, until, d.op)
	if err != nil {
		return err
	}
	lease := now.Add(sendTime(d.st) + 30*time.Second).UnixMilli()
	_, err = tx.Exec(`UPDATE ops SET state = ?, owner = ?, lease = ? WHERE id = ?`, int64(OpSending), s.owner(), lease, d.op)
	return err
}

// firstSend notes what has to be known of the time before the first request.
func (s *Store) firstSend(tx *sql.Tx, d *outSend, now time.Time) error {
	if !d.unknown { // nothing is under way: what is there now is none of this
		d.first = now
		if d.st.Message.Kind == SendFax {
			d.st.At = s.goesAt(d.st, now)
		}
		var err error
		if d.st.Before, err = sentLately(tx, d.account, now); err != nil {
			return err
		}
	}
	rows, err := tx.Query(`SELECT remote FROM sends WHERE account = ? AND op <> ? AND remote <> '' AND last > ?`, d.account, d.op, d.first.Add(-24*time.Hour).UnixMilli())
	if err != nil {
		return err
	}
	defer rows.Close()
	d.known = slices.Clone(d.st.Before)
	for rows.Next() {
		var remote string
		if err := rows.Scan(&remote); err != nil {
			return err
		}
		d.known = append(d.known, remote)
	}
	return rows.Err()
}

// sentLately are the messages that went out in the last while and are here already.
func sentLately(tx *sql.Tx, account int64, now time.Time) ([]string, error) {
	rows, err := tx.Query(`SELECT remote FROM items WHERE id >= ? AND account = ? AND direction = 2 AND kind <= 5 AND remote NOT LIKE 'send:%' ORDER BY id DESC LIMIT 200`,
		int64(FirstID(now.Add(-2*clocksApart))), account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var remote string
		if err := rows.Scan(&remote); err != nil {
			return nil, err
		}
		out = append(out, remote)
	}
	return out, rows.Err()
}
