package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"switchboard/api"
)

// settleBatch writes down what became of a batch: confirms, rolls back with a notice,
// or puts it back into the queue.
func (s *Store) settleBatch(ctx context.Context, box *mailbox, b batch, results []result) (sent, error) {
	st := settler{store: s, verb: b.verb, now: s.now(), ops: map[int64]*opResult{}}
	err := s.write(ctx, func(tx *sql.Tx) error {
		st.tx = tx
		for i, it := range b.items {
			if err := st.item(it, results[i]); err != nil {
				return err
			}
		}
		for part := range chunkBy(st.fine, func(it sending) int64 { return it.op }) {
			if err := setParts(tx, part[0].op, OpConfirmed, part); err != nil {
				return err
			}
		}
		return st.finish()
	})
	if err != nil {
		// The items stay marked as being sent; the next look finds them as unknown.
		return sent{}, s.fault("recording what was sent", err)
	}
	box.settled(b, results)
	box.setTrouble(writing, st.trouble, st.next, s.now())
	s.countPending(ctx, box)
	out := sent{trouble: st.trouble, refused: st.refused}
	if !st.next.IsZero() {
		out.wait = st.next.Sub(st.now)
	}
	return out, nil
}

// settler settles one batch in one transaction.
type settler struct {
	store   *Store
	tx      *sql.Tx
	verb    Verb
	now     time.Time
	order   []int64
	ops     map[int64]*opResult
	fine    []sending // what the service took, to be settled together
	next    time.Time // when to go on, after trouble
	trouble error
	refused []error
}

// opResult is what became of one operation of the batch.
type opResult struct {
	tries   int
	retry   error
	unknown bool
	refused []ID
	err     error // of the first refused
}

func (st *settler) item(it sending, r result) error {
	op := st.ops[it.op]
	if op == nil {
		op = &opResult{tries: it.tries}
		st.ops[it.op] = op
		st.order = append(st.order, it.op)
	}
	if r.kind == resultRetry && op.tries+1 >= maxFailures && isServerError(r.err) {
		r.kind = resultRefused
	}
	switch r.kind {
	case resultOK:
		st.fine = append(st.fine, it)
		return nil
	case resultGone:
		return st.gone(op, it, r)
	case resultRetry:
		op.retry, op.unknown = r.err, op.unknown || r.unknown
		state := OpPending
		if r.unknown || it.unknown { // an earlier try may have arrived, though this one did not
			state = OpUnknown
		}
		_, err := st.tx.Exec(`UPDATE op_items SET state = ?, error = ? WHERE op = ? AND item = ?`, int64(state), reason(r.err), it.op, int64(it.item))
		return err
	}
	return st.refuse(op, it, r.err)
}

// isServerError reports whether the service itself failed over a request, as
// opposed to being out of reach or asking for patience.
func isServerError(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Status >= 500 && e.Status != http.StatusServiceUnavailable
}

// close ends an item's part in its operation.
func (st *settler) close(it sending, state OpState, cause error) error {
	_, err := st.tx.Exec(`UPDATE op_items SET state = ?, error = ? WHERE op = ? AND item = ?`, int64(state), reason(cause), it.op, int64(it.item))
	if err != nil {
		return err
	}
	_, err = st.tx.Exec(`UPDATE items SET pending = max(pending - 1, 0) WHERE id = ?`, int64(it.item))
	return err
}

// gone is for an item the service no longer has. To delete it has come to the
// same; nothing else can be done to it any more.
func (st *settler) gone(op *opResult, it sending, r result) error {
	state := OpConfirmed
	if st.verb != VerbDelete {
		if drops, err := st.store.fellOut(st.tx, it.item); drops || err != nil {
			return errors.Join(err, st.close(it, OpConfirmed, nil)) // it stays here, changed so
		}
	}
	if st.verb != VerbDelete {
		state = OpFailed
		op.refused = append(op.refused, it.item)
		if op.err == nil {
			op.err = errGone
		}
	}
	if err := st.close(it, state, r.err); err != nil {
		return err
	}
	if state == OpFailed {
		if err := st.store.declined(st.tx, it.op, it.item, errGone); err != nil {
			return err
		}
	}
	return markGone(st.tx, it.item, st.now)
}

var errGone = errors.New("it no longer exists at the service")

// markGone shows an item as destroyed at the service. What is kept of it here stays.
func markGone(tx *sql.Tx, id ID, now time.Time) error {
	_, err := tx.Exec(`UPDATE items SET availability = ?, deleted = iif(deleted = 0, ?, deleted) WHERE id = ?`, int64(Purged), now.UnixMilli(), int64(id))
	return err
}

// refuse puts back what an item was before.
func (st *settler) refuse(op *opResult, it sending, cause error) error {
	op.refused = append(op.refused, it.item)
	if op.err == nil {
		op.err = cause
	}
	if err := st.close(it, OpFailed, cause); err != nil {
		return err
	}
	if err := st.store.declined(st.tx, it.op, it.item, cause); err != nil {
		return err
	}
	return rollBack(st.tx, it.op, it.item, st.verb, it.before, st.now)
}

// rollBack restores what an operation overwrote, unless a newer one has changed
// the same thing since: then that one will restore it should it fail too.
func rollBack(tx *sql.Tx, op int64, item ID, verb Verb, text string, now time.Time) error {
	a, b := sameFacet(verb)
	var newer int64
	err := tx.QueryRow(`SELECT oi.op FROM op_items oi JOIN ops o ON o.id = oi.op
		WHERE oi.item = ? AND oi.op > ? AND oi.state IN (0, 1, 2, 5) AND o.verb IN (?, ?) ORDER BY oi.op LIMIT 1`,
		int64(item), op, string(a), string(b)).Scan(&newer)
	if err == nil {
		_, err = tx.Exec(`UPDATE op_items SET before = ? WHERE op = ? AND item = ?`, text, newer, int64(item))
		return err
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	b4, err := unmarshalBefore(text)
	if err != nil {
		return fmt.Errorf("what operation %d overwrote is unreadable: %w", op, err)
	}
	return setValue(tx, item, b4, now)
}

// sameFacet are the two verbs that change what a remote verb changes.
func sameFacet(v Verb) (Verb, Verb) {
	if v == VerbRead || v == VerbUnread {
		return VerbRead, VerbUnread
	}
	return VerbDelete, VerbRestore
}

// finish brings the operations in line with their items and says what failed.
func (st *settler) finish() error {
	for _, id := range st.order {
		op := st.ops[id]
		next, text := int64(0), ""
		if op.retry != nil {
			st.trouble = op.retry
			op.tries++
			wait := waitAfter(op.retry, op.tries, st.now)
			if op.unknown {
				wait = max(wait, unknownWait)
			}
			at := st.now.Add(wait)
			if at.After(st.next) {
				st.next = at
			}
			next, text = at.UnixMilli(), reason(op.retry)
		} else if op.err != nil {
			text = reason(op.err)
		}
		_, err := st.tx.Exec(`UPDATE ops SET tries = ?, next = ?, error = ? WHERE id = ?`, op.tries, next, text, id)
		if err == nil {
			err = refreshOp(st.tx, id)
		}
		if err == nil && len(op.refused) > 0 {
			err = st.notice(op)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// refreshOp works out an operation's state from those of its items, and gives
// the lease back once nothing of it is on its way.
func refreshOp(tx *sql.Tx, id int64) error {
	var n [6]int
	rows, err := tx.Query(`SELECT state, count(*) FROM op_items WHERE op = ? GROUP BY state`, id)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var state OpState
		var count int
		if err := rows.Scan(&state, &count); err != nil {
			return err
		}
		n[state%6] = count
	}
	if err := rows.Err(); err != nil {
		return err
	}
	state := OpConfirmed
	switch {
	case n[OpSending] > 0:
		_, err = tx.Exec(`UPDATE ops SET state = ? WHERE id = ?`, int64(OpSending), id)
		return err
	case n[OpUnknown] > 0:
		state = OpUnknown
	case n[OpPending] > 0:
		state = OpPending
	case n[OpFailed] > 0:
		state = OpFailed
	case n[OpConfirmed] == 0:
		state = OpCancelled
	}
	_, err = tx.Exec(`UPDATE ops SET state = ?, owner = '', lease = 0 WHERE id = ?`, int64(state), id)
	return err
}

// notice tells the person what did not work, and how things stand now.
func (st *settler) notice(op *opResult) error {
	info, err := infoOf(st.verb)
	if err != nil {
		return err
	}
	ts, err := targets(st.tx, op.refused)
	if err != nil {
		return err
	}
	next := []string{}
	if !errors.Is(op.err, errGone) {
		next = append(next, info.restore)
	}
	if w := whatNow(op.err); w != "" {
		next = append(next, w)
	}
	text := fmt.Sprintf("Could not "+info.inf, describe(ts)) + ": " + reason(op.err)
	st.refused = append(st.refused, &wordedError{text: text, err: op.err})
	return addNotice(st.tx, Notice{
		At: st.now, Op: string(st.verb), Permanent: isPermission(op.err),
		Text: text,
		Next: strings.Join(next, ". "),
	})
}

// wordedError is why a change was not sent or not accepted, in words for a person.
type wordedError struct {
	text string
	err  error
}

func (e *wordedError) Error() string { return e.text }
func (e *wordedError) Unwrap() error { return e.err }
