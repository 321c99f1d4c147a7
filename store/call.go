package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// A call is made at once or not at all: nobody wants a telephone to ring because
// the network came back. And it is asked for once: a request whose outcome is
// unknown may be ringing already.
const (
	callFresh = 30 * time.Second // an older wish to call is dropped
	callLease = 5 * time.Minute
)

// ringing is a call under way in this process.
type ringing struct {
	stop chan struct{} // capacity 1: a person wants it stopped
	news chan struct{} // capacity 1: the service told of a call of ours
	call OwnCall       // guarded by mailbox.mu
}

// PlaceCall calls a number: first the telephone of one's own that from names rings ("":
// the chosen one), then to. The call is recorded with an item (0: none), which keeps its
// claim and state. It is recorded when PlaceCall returns, and made by [Store.Run] or
// [Store.MakeCall]; OwnCalls tells how it stands. account is a key, "" the item's or the
// first one's.
func (s *Store) PlaceCall(ctx context.Context, account, from, to string, item ID) (Op, error) {
	c := Change{Verb: VerbCall, Text: to}
	if item != 0 {
		c.Items = []ID{item}
	}
	for _, b := range s.mailboxes() {
		if err := s.ready(ctx, b); err != nil {
			return Op{}, err
		}
	}
	if account != "" {
		b, _, err := s.callBox(ctx, account)
		if err != nil {
			return Op{}, err
		}
		c.Account = b.id()
	}
	return s.recordCall(ctx, c, from)
}

// actCall is Act for VerbCall: it writes the wish down; runCalls carries it out.
func (s *Store) actCall(ctx context.Context, c Change) (Op, error) { return s.recordCall(ctx, c, "") }

func (s *Store) recordCall(ctx context.Context, c Change, from string) (Op, error) {
	box, op := (*mailbox)(nil), Op{Verb: VerbCall, At: s.now(), State: OpPending, Undoable: true}
	region, err := s.callRegion(ctx, c)
	if err != nil {
		return Op{}, s.fault("calling", err)
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		ts, err := targets(tx, c.Items[:min(len(c.Items), 1)])
		if err != nil {
			return err
		}
		var t target
		if len(ts) > 0 {
			t = ts[0]
			op.Items = []ID{t.id}
		} else if len(c.Items) > 0 {
			return ErrNotFound
		}
		if t.id == 0 || c.Account != 0 {
			t.account = c.Account
		}
		d, err := whomToCall(c.Text, t.who, region)
		if err != nil {
			return err
		}
		if box, err = s.callingBox(t.account); err != nil {
			return err
		}
		if box == nil {
			return fmt.Errorf("calling %s: %w: not signed in", d.Number, ErrOffline)
		}
		if err := s.oneAtOnce(tx, box.id()); err != nil {
			return err
		}
		n := callNote{Who: s.callee(ctx, c, d, t, region)}
		if from != "" {
			f, err := ReadNumber(from, region)
			if err != nil {
				return fmt.Errorf("the telephone that is to ring: %w", err)
			}
			n.From = f.Number
		}
		op.Text, op.Words = d.Number, "Calling "+n.Who
		if op.ID, err = insertOp(tx, op, s.opts.Actor, links{}); err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO op_items (op, item, account, remote, before) VALUES (?, ?, ?, ?, ?)`, op.ID, int64(t.id), box.id(), t.remote, n.text())
		return err
	})
	if err != nil {
		return Op{}, s.fault("calling", err)
	}
	poke(box.call)
	return op, nil
}

// callRegion is the country of the account a call is made with.
func (s *Store) callRegion(ctx context.Context, c Change) (string, error) {
	account := c.Account
	if account == 0 && len(c.Items) > 0 {
		err := s.r.QueryRowContext(ctx, `SELECT account FROM items WHERE id = ?`, int64(c.Items[0])).Scan(&account)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return "", err
		}
	}
	if b := s.boxOf(account); b != nil {
		return s.Region(ctx, b.key), nil
	}
	return s.opts.Region, nil
}

// whomToCall is the number that is dialled: what was typed, else who is on the other side.
func whomToCall(text string, who Party, region string) (Dialled, error) {
	if strings.TrimSpace(text) != "" {
		return ReadNumber(text, region)
	}
	return ReadCaller(who, region)
}

// callee is whom a call is to in words: the name the service gave or the contacts know,
// and the number as people of the region write it.
func (s *Store) callee(ctx context.Context, c Change, d Dialled, t target, region string) string {
	number := FormatNumber(d.Number, region)
	if d.Kind == DialInternal {
		number = "ext. " + number
	}
	if d.Extension != "" {
		number += ", then ext. " + d.Extension
	}
	name := ""
	if strings.TrimSpace(c.Text) == "" {
		name = t.who.Name
	}
	if name == "" {
		who := Party{Number: d.Number}
		if d.Kind == DialInternal {
			who = Party{Extension: d.Number}
		}
		if m, err := s.match(ctx, t.account, []Party{who}); err == nil {
			name = m[0].Name
		}
	}
	if name != "" {
		return name + " " + number
	}
	return number
}

// oneAtOnce refuses a call while one's telephone rings for another: it could be answered
// for one of them only, and a key pressed twice would place two.
func (s *Store) oneAtOnce(tx *sql.Tx, account int64) error {
	rows, err := tx.Query(`SELECT o.words, o.text, o.state, o.at, o.owner, o.lease FROM ops o
		WHERE o.verb = 'call' AND o.state IN (0, 1) AND EXISTS (SELECT 1 FROM op_items i WHERE i.op = o.id AND i.account = ?)`, account)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var op Op
		var at, lease int64
		var owner string
		if err := rows.Scan(&op.Words, &op.Text, &op.State, &at, &owner, &lease); err != nil {
			return err
		}
		fresh := s.now().Sub(fromMilli(at)) <= callFresh
		if op.State == OpSending {
			fresh = owner != "" && fromMilli(lease).After(s.now()) && !ownerGone(owner)
		}
		if fresh {
			return errors.New(op.called("your telephone rings for %s: stop that call first, or speak"))
		}
	}
	return rows.Err()
}

// callingBox is the mailbox whose telephone calls: that of the account, else the first
// one of a service that can call.
func (s *Store) callingBox(account int64) (*mailbox, error) {
	can := func(b *mailbox) bool {
		service, _, _ := strings.Cut(b.key, ":")
		ok, _ := OfferedBy(service, OfferCall)
		return ok
	}
	own := s.boxOf(account)
	if own == nil || can(own) {
		return own, nil
	}
	for _, b := range s.mailboxes() {
		if b.id() != 0 && can(b) {
			return b, nil
		}
	}
	service, _, _ := strings.Cut(own.key, ":")
	_, why := OfferedBy(service, OfferCall)
	return nil, &NotOfferedError{Service: service, Offer: OfferCall, Why: why}
}

// boxOf is the mailbox of an account; of the first one if account is 0.
func (s *Store) boxOf(account int64) *mailbox {
	for _, b := range s.mailboxes() {
		if id := b.id(); id != 0 && (id == account || account == 0) {
			return b
		}
	}
	return nil
}

// runCalls makes the calls that are asked for, and follows them.
func (s *Store) runCalls(ctx context.Context, b *mailbox) {
	var wg sync.WaitGroup
	defer wg.Wait()
	follow := func(f func(context.Context)) {
		wg.Go(func() { s.ranInto(ctx, "a call of "+b.key, f) })
	}
	s.resumeCalls(ctx, b, follow)
	for ctx.Err() == nil {
		op, note, ok, err := s.claimCall(ctx, b, 0)
		if err != nil {
			s.log.Error("looking for calls to make", "err", err)
		}
		if ok {
			follow(func(ctx context.Context) { s.placeCall(ctx, b, op, note) })
			continue
		}
		select {
		case <-ctx.Done():
		case <-b.call:
		}
	}
}

// claimCall takes the next call, or the one of an id, marking on disk that it is being
// made before it is, so that it cannot be made twice.
func (s *Store) claimCall(ctx context.Context, b *mailbox, id int64) (op Op, n callNote, ok bool, err error) {
	const next = selectOp + ` WHERE verb = 'call' AND state = 0 AND (id = ?1 OR ?1 = 0)
		AND EXISTS (SELECT 1 FROM op_items i WHERE i.op = o.id AND i.account = ?2) ORDER BY id LIMIT 1`
	if _, err := scanOp(s.r.QueryRowContext(ctx, next, id, b.id())); errors.Is(err, sql.ErrNoRows) {
		return op, n, false, nil
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		op, err = scanOp(tx.QueryRow(next, id, b.id()))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if op.Items, n, err = noteOf(tx, op.ID); err != nil {
			return err
		}
		if s.now().Sub(op.At) > callFresh {
			return s.endCall(tx, op, OpCancelled, "", "", &Notice{
				At: s.now(), Op: string(VerbCall), Text: op.called("The call to %s was not made: it came to it too late"), Next: "Call again if you still want to",
			})
		}
		ok = true
		return s.leaseCall(tx, op.ID)
	})
	if ok = ok && err == nil; ok {
		s.follows(b, op, n, CallAsked)
	}
	return op, n, ok, err
}

func (s *Store) leaseCall(tx *sql.Tx, op int64) error {
	_, err := tx.Exec(`UPDATE ops SET state = ?, owner = ?, lease = ? WHERE id = ?`, int64(OpSending), s.owner(), s.now().Add(callLease).UnixMilli(), op)
	return err
}

// follows notes a call as one that is under way here.
func (s *Store) follows(b *mailbox, op Op, n callNote, stage CallStage) *ringing {
	run := &ringing{stop: make(chan struct{}, 1), news: make(chan struct{}, 1)}
	run.call = OwnCall{
		Op: op.ID, Account: b.id(), Who: cmp.Or(n.Who, op.called("%s")), Number: op.Text,
		Stage: stage, Began: op.At, Since: s.now(),
	}
	if len(op.Items) > 0 {
		run.call.Item = op.Items[0]
	}
	b.mu.Lock()
	b.calls[op.ID] = run
	b.mu.Unlock()
	s.changed() // what was written before it was said without it
	return run
}

// noteOf reads what is kept of a call beside its operation.
func noteOf(tx *sql.Tx, op int64) (items []ID, n callNote, err error) {
	var item int64
	var text string
	if err := tx.QueryRow(`SELECT item, before FROM op_items WHERE op = ?`, op).Scan(&item, &text); err != nil {
		return nil, n, err
	}
	if item != 0 {
		items = []ID{ID(item)}
	}
	if text != "" && json.Unmarshal([]byte(text), &n) != nil {
		n = callNote{}
	}
	return items, n, nil
}
