package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// How operations leave: one sender an account takes the oldest operation that
// waits, with those of the same verb right behind it, marks them as being sent
// under a lease, sends them as one request, and settles each. The mark is on disk
// before the request goes out, so that a crash in between leaves a trace: what is
// found marked after the lease has run out may or may not have reached the
// service.
const (
	sendTimeout = 30 * time.Second // of one request
	leaseTime   = 45 * time.Second // longer than that, so a lease outlives its request
)

// sending is an item on its way out.
type sending struct {
	op      int64
	tries   int
	item    ID
	remote  string
	before  string
	unknown bool // was sent before, and nobody knows whether it arrived
}

// batch is what one request will carry.
type batch struct {
	verb  Verb
	items []sending
	wait  time.Duration // no items: how long until another look; 0: nothing waits
}

func (b batch) remotes() []string {
	rs := make([]string, len(b.items))
	for i, it := range b.items {
		rs[i] = it.remote
	}
	return rs
}

// ownerName is what this process signs its leases with.
func ownerName() string {
	host, _ := os.Hostname() // only ever compared with itself
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:8])
}

// ownerGone reports whether a lease's owner is a process of this machine that is
// no longer there, so that its lease need not be waited for.
func ownerGone(owner string) bool {
	parts := strings.Split(owner, "/")
	host, _ := os.Hostname()
	if len(parts) != 3 || parts[0] != host {
		return false
	}
	pid, err := strconv.Atoi(parts[1])
	if err != nil || pid == os.Getpid() {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return true
	}
	defer p.Release()
	if runtime.GOOS == "windows" {
		return false // it was found, so it runs
	}
	err = p.Signal(syscall.Signal(0))
	return errors.Is(err, os.ErrProcessDone) || errors.Is(err, syscall.ESRCH)
}

const selectWaiting = `SELECT o.id, o.verb, o.next, o.owner, o.lease, o.tries, i.item, i.remote, i.state, i.before
	FROM ops o JOIN op_items i ON i.op = o.id
	WHERE o.state IN (0, 1, 5) AND o.verb <> 'call' AND i.account = ? AND i.state IN (0, 1, 5)
	ORDER BY o.id, i.item LIMIT ?`

// claim takes the next batch of an account, and marks it as being sent by us.
func (s *Store) claim(ctx context.Context, account int64) (batch, error) {
	var any bool // most looks find nothing, and need not lock anybody out
	err := s.r.QueryRowContext(ctx, `SELECT EXISTS (`+selectWaiting+`)`, account, 1).Scan(&any)
	if err != nil || !any {
		return batch{}, err
	}
	var b batch
	err = s.write(ctx, func(tx *sql.Tx) error {
		if b, err = s.nextBatch(tx, account); err != nil {
			return err
		}
		lease := s.now().Add(leaseTime).UnixMilli()
		for part := range chunkBy(b.items, func(it sending) int64 { return it.op }) {
			op := part[0].op
			if _, err := tx.Exec(`UPDATE ops SET state = ?, owner = ?, lease = ? WHERE id = ?`, int64(OpSending), s.owner(), lease, op); err != nil {
				return err
			}
			if err := setParts(tx, op, OpSending, part); err != nil {
				return err
			}
		}
		return nil
	})
	return b, err
}

// setParts says of items how far their part in an operation is.
func setParts(tx *sql.Tx, op int64, state OpState, items []sending) error {
	ids := make([]ID, len(items))
	for i, it := range items {
		ids[i] = it.item
	}
	list, err := jsonIDs(ids)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE op_items SET state = ?, error = '' WHERE op = ? AND item IN (SELECT value FROM json_each(?))`, int64(state), op, list)
	if err != nil || state != OpConfirmed {
		return err
	}
	_, err = tx.Exec(`UPDATE items SET pending = max(pending - 1, 0) WHERE id IN (SELECT value FROM json_each(?))`, list)
	return err
}

// nextBatch finds what is to be sent next. The order is kept: when the oldest has
// to wait, so have the others.
func (s *Store) nextBatch(tx *sql.Tx, account int64) (b batch, err error) {
	rows, err := tx.Query(selectWaiting, account, changeSize)
	if err != nil {
		return b, err
	}
	defer rows.Close()
	now := s.now()
	for rows.Next() {
		var it sending
		var verb Verb
		var next, lease int64
		var owner string
		var state OpState
		if err := rows.Scan(&it.op, &verb, &next, &owner, &lease, &it.tries, (*int64)(&it.item), &it.remote, &state, &it.before); err != nil {
			return b, err
		}
		wait := dueIn(fromMilli(next), now)
		if owner != "" && owner != s.owner() && !ownerGone(owner) {
			// Another process is at it, and most often done in a moment.
			wait = max(wait, min(fromMilli(lease).Sub(now), 2*time.Second))
		}
		if wait > 0 || (b.verb != "" && b.verb != verb) || len(b.items) >= atOnce(verb) {
			if len(b.items) == 0 {
				b.wait = wait
			}
			break
		}
		it.unknown = state != OpPending
		b.verb = verb
		b.items = append(b.items, it)
	}
	return b, rows.Err()
}

// atOnce is how many messages one request of a verb may be about.
func atOnce(v Verb) int {
	if v == VerbDelete { // one is asked about before, and both name them in the path
		return batchSize
	}
	return changeSize
}

// sent is what came of sending one batch.
type sent struct {
	idle    bool          // nothing waits at all
	wait    time.Duration // before the next batch can be sent
	trouble error         // why some of it has to wait
	refused []error       // what was rolled back
}

// send takes one batch all the way.
func (s *Store) send(ctx context.Context, box *mailbox) (sent, error) {
	if err := ctx.Err(); err != nil {
		return sent{}, err
	}
	b, err := s.claim(ctx, box.account)
	if err != nil {
		return sent{}, s.fault("reading the outbox", err)
	}
	if len(b.items) == 0 {
		return sent{wait: b.wait, idle: b.wait == 0}, nil
	}
	reqCtx, cancel := context.WithTimeout(ctx, sendTimeout)
	results := s.perform(reqCtx, box.service(), b.verb, b.items)
	cancel()
	// Whatever became of the caller: what was sent has to be written down.
	return s.settleBatch(context.WithoutCancel(ctx), box, b, results)
}

// result is what became of one item.
type result struct {
	err     error
	kind    resultKind
	unknown bool // of resultRetry: it may have reached the service
}

type resultKind uint8

const (
	resultOK resultKind = iota
	resultGone
	resultRetry
	resultRefused
)

// perform sends one batch and says what became of each item, in the same order.
func (s *Store) perform(ctx context.Context, svc Service, verb Verb, items []sending) []result {
	if verb == VerbDelete {
		return s.performDelete(ctx, svc, items)
	}
	remotes := batch{items: items}.remotes()
	var out []Outcome
	var err error
	switch verb {
	case VerbRead, VerbUnread:
		out, err = svc.SetRead(ctx, remotes, verb == VerbRead)
	case VerbRestore:
		out, err = svc.Restore(ctx, remotes)
	default:
		err = fmt.Errorf("an operation %q cannot be sent", string(verb))
	}
	rs := spread(items, out, err)
	if len(items) > 1 && err != nil && rs[0].kind != resultRetry && !isPermission(err) {
		// One bad item can fail the whole request: find it.
		half := len(items) / 2
		return append(s.perform(ctx, svc, verb, items[:half]), s.perform(ctx, svc, verb, items[half:])...)
	}
	return rs
}

// performDelete asks before it deletes, every time: a second DELETE destroys, and
// besides our own earlier try somebody else may have deleted the message.
func (s *Store) performDelete(ctx context.Context, svc Service, items []sending) []result {
	states, err := svc.States(ctx, batch{items: items}.remotes())
	if err != nil {
		rs := spread(items, nil, err)
		for i := range rs {
			rs[i].unknown = items[i].unknown // asking has changed nothing
			if rs[i].kind == resultGone {
				rs[i] = result{kind: resultRefused, err: err}
			}
		}
		return rs
	}
	rs := make([]result, len(items))
	var alive []sending
	var at []int
	for i, it := range items {
		st, ok := states[it.remote]
		switch {
		case !ok:
			rs[i] = result{kind: resultRetry, unknown: it.unknown, err: errors.New("the service did not say how the message stands")}
		case st.Gone || st.Availability == Purged:
			rs[i] = result{kind: resultGone}
		case st.Availability == Alive:
			alive, at = append(alive, it), append(at, i)
		}
	}
	if len(alive) == 0 {
		return rs
	}
	out, err := svc.Delete(ctx, batch{items: alive}.remotes())
	for i, r := range spread(alive, out, err) {
		if err != nil && r.kind == resultGone && len(alive) > 1 {
			r.kind, r.unknown = resultRetry, true // one of them, and which one the next look tells
		}
		rs[at[i]] = r
	}
	return rs
}

// spread lays outcomes, or the failure of the whole request, over the items.
func spread(items []sending, out []Outcome, err error) []result {
	rs := make([]result, len(items))
	if err != nil {
		for i := range rs {
			rs[i] = judge(err)
		}
		return rs
	}
	by := make(map[string]Outcome, len(out))
	for _, o := range out {
		by[o.Remote] = o
	}
	for i, it := range items {
		o, ok := by[it.remote]
		switch {
		case !ok:
			rs[i] = result{kind: resultRetry, unknown: true, err: errors.New("the service did not say what became of it")}
		case o.Gone:
			rs[i] = result{kind: resultGone, err: o.Err}
		default:
			rs[i] = judge(o.Err)
		}
	}
	return rs
}

// unmarshalBefore reads op_items.before.
func unmarshalBefore(text string) (b before, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &b)
	}
	return b, err
}
