package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"switchboard/api"
)

// deedTimeout is how long a deed may take: an upload of 30 MB on a slow line is one.
const (
	deedTimeout = 10 * time.Minute
	deedLease   = deedTimeout + 30*time.Second
)

// The lanes of deeds: what waits in one does not hold up the other. Posts may have files
// of 30 MB with them; what is done to chats comes before what is posted in them.
const (
	laneDeeds = `o.verb NOT IN ('post', 'chat', 'members')`
	laneChats = `o.verb IN ('post', 'chat', 'members')`
)

func selectDeed(lane string) string {
	return `SELECT o.id, o.verb, o.at, o.next, o.owner, o.lease, o.tries, o.state, o.undoes, d.account, d.object, d.does, d.undoes
	FROM ops o JOIN deeds d ON d.op = o.id WHERE o.state IN (0, 1, 5) AND d.account = ? AND ` + lane + ` ORDER BY o.id LIMIT 1`
}

// outDeed is a deed on its way out.
type outDeed struct {
	deedRow
	verb    Verb
	at      time.Time
	next    time.Time
	owner   string
	lease   time.Time
	tries   int
	state   OpState
	takes   int64 // the op it takes back
	unknown bool  // was sent before, and nobody knows whether it arrived
	known   []string
}

func (s *Store) wakeDeeds() {
	for _, b := range s.mailboxes() {
		poke(b.deeds)
		poke(b.posts)
	}
}

// runDeeds sends deeds of a lane of a mailbox whenever there are some, one after the other.
func (s *Store) runDeeds(ctx context.Context, b *mailbox, lane string) {
	wake := b.deeds
	if lane == laneChats {
		wake = b.posts
	}
	for ctx.Err() == nil {
		out, err := s.sendDeed(ctx, b, lane)
		if err != nil && ctx.Err() == nil {
			s.log.Error("deeds stand still", "account", b.key, "err", err)
			out.wait = unknownWait
		}
		if !out.idle && out.wait == 0 {
			continue
		}
		var again <-chan time.Time
		if out.wait > 0 {
			again = s.after(out.wait)
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-again:
		}
	}
}

// sendDeed takes the oldest deed of a lane all the way.
func (s *Store) sendDeed(ctx context.Context, b *mailbox, lane string) (sent, error) {
	d, wait, err := s.claimDeed(ctx, b.id(), lane)
	if err != nil {
		return sent{}, s.fault("reading the outbox", err)
	}
	if d.op == 0 {
		return sent{wait: wait, idle: wait == 0}, nil
	}
	doer, ok := b.service().(Doer)
	if !ok {
		return s.settleDeed(context.WithoutCancel(ctx), b, d, DeedDone{}, result{kind: resultRefused, err: errors.New("this service has no such thing")})
	}
	reqCtx, cancel := context.WithTimeout(ctx, deedTimeout)
	done, res := s.carryOut(reqCtx, b, doer, d)
	cancel()
	return s.settleDeed(context.WithoutCancel(ctx), b, d, done, res)
}

// claimDeed takes the next deed of an account's lane and marks it as being sent by us.
func (s *Store) claimDeed(ctx context.Context, account int64, lane string) (d outDeed, wait time.Duration, err error) {
	if _, err := scanDeed(s.r.QueryRowContext(ctx, selectDeed(lane), account)); errors.Is(err, sql.ErrNoRows) {
		return outDeed{}, 0, nil
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		if d, err = scanDeed(tx.QueryRow(selectDeed(lane), account)); err != nil {
			d = outDeed{}
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			return err
		}
		now := s.now()
		wait = dueIn(d.next, now)
		if d.owner != "" && d.owner != s.owner() && !ownerGone(d.owner) {
			wait = max(wait, min(d.lease.Sub(now), 2*time.Second))
		}
		if wait > 0 {
			d = outDeed{}
			return nil
		}
		d.unknown = d.state != OpPending
		err := tx.QueryRow(`SELECT remote FROM deeds WHERE account = ? AND object = ? AND remote <> '' AND op < ? ORDER BY op DESC LIMIT 1`,
			d.account, d.object, d.op).Scan(&d.remote)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := s.completeDeed(tx, &d); err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE ops SET state = ?, owner = ?, lease = ? WHERE id = ?`, int64(OpSending), s.owner(), now.Add(deedLease).UnixMilli(), d.op)
		return err
	})
	return d, wait, err
}

// completeDeed adds to a deed what only shows when it is sent.
func (s *Store) completeDeed(tx *sql.Tx, d *outDeed) (err error) {
	info, _ := deedOf(d.verb)
	if info.ready != nil {
		if d.does, err = info.ready(s, tx, d.does); err != nil {
			return err
		}
	}
	if info.known != nil && d.unknown {
		d.known, err = info.known(tx, d.account, d.does, d.at)
	}
	return err
}

func scanDeed(sc scanner) (d outDeed, err error) {
	var at, next, lease int64
	var does, undoes string
	err = sc.Scan(&d.op, (*string)(&d.verb), &at, &next, &d.owner, &lease, &d.tries, &d.state, &d.takes, &d.account, &d.object, &does, &undoes)
	d.at, d.next, d.lease, d.does = fromMilli(at), fromMilli(next), fromMilli(lease), []byte(does)
	if undoes != "" {
		d.undoes = []byte(undoes)
	}
	return d, err
}

// carryOut sends a deed. What must not be sent twice is asked for first if it may have
// been sent already.
func (s *Store) carryOut(ctx context.Context, b *mailbox, doer Doer, d outDeed) (DeedDone, result) {
	info, ok := deedOf(d.verb)
	if !ok {
		return DeedDone{}, result{kind: resultRefused, err: fmt.Errorf("%q is not something that can be done", string(d.verb))}
	}
	g := Doing{Verb: d.verb, Object: d.object, Remote: d.remote, Payload: json.RawMessage(d.does), At: d.at, Undoes: d.takes != 0, Known: d.known}
	if info.ahead != nil {
		payload, err := info.ahead(ctx, s, b, d)
		if err != nil {
			r := judge(err)
			r.unknown = d.unknown // what went wrong came before it was sent
			return DeedDone{}, r
		}
		g.Payload = payload
	}
	if info.once && d.unknown {
		done, found, err := doer.Sought(ctx, g)
		if err != nil {
			r := judge(err)
			if r.kind != resultRefused {
				r = result{kind: resultRetry, unknown: true, err: err}
			}
			return DeedDone{}, r
		}
		if found {
			return done, result{kind: resultOK}
		}
	}
	done, err := doer.Do(ctx, g)
	r := judge(err)
	if r.kind == resultGone && g.Undoes {
		r.kind = resultOK // what is taken back has gone already
	}
	return done, r
}

// settleDeed writes down what became of a deed.
func (s *Store) settleDeed(ctx context.Context, b *mailbox, d outDeed, done DeedDone, r result) (sent, error) {
	now := s.now()
	info, _ := deedOf(d.verb)
	var out sent
	if r.kind == resultRetry && d.tries+1 >= maxFailures && isServerError(r.err) {
		r.kind = resultRefused
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		switch r.kind {
		case resultOK:
			return s.deedConfirmed(tx, info, d, done)
		case resultRetry:
			state, wait := OpPending, waitAfter(r.err, d.tries+1, now)
			if r.unknown {
				state, wait = OpUnknown, max(wait, unknownWait)
			}
			out.wait, out.trouble = wait, r.err
			_, err := tx.Exec(`UPDATE ops SET state = ?, tries = tries + 1, next = ?, error = ?, owner = '', lease = 0 WHERE id = ?`,
				int64(state), now.Add(wait).UnixMilli(), reason(r.err), d.op)
			return err
		}
		text := fmt.Sprintf("Could not %s: %s", info.what(d.does), reason(r.err))
		out.refused = append(out.refused, &wordedError{text: text, err: r.err})
		return s.deedRefused(tx, info, d, r.err, text)
	})
	if err != nil {
		return sent{}, s.fault("recording what was sent", err)
	}
	trouble := out.trouble
	if trouble != nil && !api.IsTemporary(trouble) && !errors.Is(trouble, api.ErrSignedOut) {
		trouble = nil // of this one, not of the way to the service
	}
	b.setTrouble(writing, trouble, now.Add(out.wait), now)
	s.countPending(ctx, b)
	return out, nil
}

// what was to be done, after "Could not".
func (in deedInfo) what(payload []byte) string {
	if in.whom != nil {
		return joinWords(in.inf, in.whom(payload))
	}
	return in.inf
}

func (s *Store) deedConfirmed(tx *sql.Tx, info deedInfo, d outDeed, done DeedDone) error {
	if _, err := tx.Exec(`UPDATE deeds SET remote = ? WHERE op = ?`, CleanLine(done.Remote), d.op); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE ops SET state = ?, error = '', next = 0, owner = '', lease = 0 WHERE id = ?`, int64(OpConfirmed), d.op)
	if err != nil || info.made == nil {
		return err
	}
	return info.made(s, tx, d.account, d.object, d.does, done)
}

// deedRefused puts back how the object was, unless a newer deed has changed it since:
// then that one will put it back should it fail too.
func (s *Store) deedRefused(tx *sql.Tx, info deedInfo, d outDeed, cause error, text string) error {
	var err error
	if info.refused != nil {
		err = info.refused(s, tx, d.account, d.object, d.does, d.undoes, reason(cause))
	} else {
		err = s.takeOut(tx, info, d.deedRow)
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE ops SET state = ?, error = ?, owner = '', lease = 0 WHERE id = ?`, int64(OpFailed), reason(cause), d.op)
	if err != nil {
		return err
	}
	next := info.back
	if w := whatNow(cause); w != "" {
		next += ". " + w
	}
	return addNotice(tx, Notice{At: s.now(), Op: string(d.verb), Permanent: isPermission(cause), Text: text, Next: next})
}

// flushDeeds sends all deeds of one mailbox.
func (s *Store) flushDeeds(ctx context.Context, b *mailbox) (refused []error, err error) {
	for _, lane := range []string{laneDeeds, laneChats} {
		for idle := false; !idle; {
			out, err := s.sendDeed(ctx, b, lane)
			refused = append(refused, out.refused...)
			switch {
			case err != nil:
				return refused, err
			case out.trouble != nil:
				return refused, &wordedError{text: "a change has not been sent, and is sent later: " + reason(out.trouble), err: out.trouble}
			case out.wait > 0:
				select {
				case <-ctx.Done():
					return refused, ctx.Err()
				case <-s.after(out.wait):
				}
			}
			idle = out.idle
		}
	}
	return refused, nil
}
