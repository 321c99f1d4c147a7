package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"switchboard/api"
)

// How often the service is asked how a call stands: often enough to be of use, and no
// more than a part of the fifty light requests a minute that RingCentral allows by
// default. While it tells of calls by itself it is asked when it does, and otherwise
// seldom.
const (
	callSoon    = 2 * time.Second // in the first seconds
	callSeldom  = 4 * time.Second
	callSpeaks  = 15 * time.Second // while they speak
	callPushed  = 3 * time.Second  // of one end being answered nothing is told
	callSpeaksP = time.Minute

	callFirst   = 12 * time.Second // how long "the first seconds" are
	callRingMax = 3 * time.Minute  // no telephone rings longer
	callMax     = 6 * time.Hour
	callShown   = 20 * time.Second // how long a call that is over is told of
	callResumes = 10 * time.Minute // how long ago a call may have begun that is followed after a restart
)

// callWait is how long it is until the service is asked again how a call stands.
func callWait(stage CallStage, age time.Duration, told bool) time.Duration {
	switch {
	case stage == CallSpeaking && told:
		return callSpeaksP
	case stage == CallSpeaking:
		return callSpeaks
	case told:
		return callPushed
	case age < callFirst:
		return callSoon
	}
	return callSeldom
}

// placeCall makes a call and follows it to its end.
func (s *Store) placeCall(ctx context.Context, b *mailbox, op Op, n callNote) {
	run := b.following(op.ID)
	reqCtx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	req, phone, err := s.callRequest(reqCtx, b, op.Text, n)
	if err != nil {
		s.refusedCall(ctx, b, op, err)
		return
	}
	b.change(s, run, func(c *OwnCall) { c.Phone, c.Shown = phone, req.Shown })
	select {
	case <-run.stop: // before anything left
		s.closeCall(ctx, b, op, OpCancelled, op.called("Cancelled the call to %s"), "cancelled", nil)
		return
	default:
	}
	h, err := b.service().Call(reqCtx, req)
	if err != nil {
		s.refusedCall(ctx, b, op, err)
		return
	}
	n.Remote = h.Name()
	err = s.writeFull(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE op_items SET before = ? WHERE op = ?`, n.text(), op.ID)
		return err
	})
	if err != nil {
		s.log.Error("a call could not be noted; it is not found again after a restart", "err", err)
	}
	b.change(s, run, func(c *OwnCall) { c.Stage, c.Since = CallRings, s.now() })
	s.followCall(ctx, b, run, op, n, h)
}

// refusedCall ends a call that the service did not place, or perhaps did.
func (s *Store) refusedCall(ctx context.Context, b *mailbox, op Op, err error) {
	n := &Notice{Text: op.called("Could not call %s") + ": " + reason(err), Next: "Nothing was dialled. Call again when you like", Permanent: isPermission(err)}
	result := ""
	if r := judge(err); r.unknown {
		n.Text = op.called("The call to %s may or may not have been placed") + ": " + reason(err)
		n.Next = "It is not repeated by itself. If your telephone does not ring, call again"
		result = "not known whether it was placed"
		b.change(s, b.following(op.ID), func(c *OwnCall) { c.Unsure = true })
	}
	s.closeCall(ctx, b, op, OpFailed, "", result, n)
}

func (b *mailbox) following(op int64) *ringing {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls[op]
}

// change changes what is told of a call.
func (b *mailbox) change(s *Store, run *ringing, f func(*OwnCall)) {
	b.mu.Lock()
	f(&run.call)
	b.mu.Unlock()
	s.changed()
}

// closeCall writes down that a call is over, and tells of it for a while.
func (s *Store) closeCall(ctx context.Context, b *mailbox, op Op, state OpState, words, result string, n *Notice) {
	if n != nil {
		n.At, n.Op = s.now(), string(VerbCall)
	}
	err := s.writeFull(context.WithoutCancel(ctx), func(tx *sql.Tx) error { return s.endCall(tx, op, state, words, result, n) })
	if err != nil {
		s.log.Error("how a call ended could not be kept", "err", err)
	}
	if result == "" && n != nil {
		result = n.Text
	}
	s.overCall(b, op.ID, result, state == OpFailed)
}

// overCall tells that a call is over.
func (s *Store) overCall(b *mailbox, op int64, words string, failed bool) {
	if run := b.following(op); run != nil {
		b.change(s, run, func(c *OwnCall) {
			if c.Stage == CallSpeaking {
				c.Spoke = int64(s.now().Sub(c.Since) / time.Second)
			}
			c.Stage, c.Since, c.Words, c.Failed, c.Next = CallOver, s.now(), words, failed, false
		})
	}
}

// followCall watches a call until it is over, asking the service now and then.
func (s *Store) followCall(ctx context.Context, b *mailbox, run *ringing, op Op, n callNote, h CallHandle) {
	for {
		now := b.stands(run)
		age := s.now().Sub(now.Began)
		if now.Stage < CallSpeaking && age > callRingMax || age > callMax {
			s.lostCall(ctx, b, op, n, now, "what became of it is not known")
			return
		}
		select {
		case <-ctx.Done():
			s.leaveCall(ctx, b, op, n, now)
			return
		case <-run.stop:
			if s.stopCall(ctx, b, run, op, h) {
				return
			}
		case <-run.news:
		case <-s.after(callWait(now.Stage, age, b.listens(FeedCalls))):
		}
		if s.lookCall(ctx, b, run, op, n, h) {
			return
		}
	}
}

func (b *mailbox) stands(run *ringing) OwnCall {
	b.mu.Lock()
	defer b.mu.Unlock()
	return run.call
}

// lookCall asks the service how a call stands, and reports whether it is over.
func (s *Store) lookCall(ctx context.Context, b *mailbox, run *ringing, op Op, n callNote, h CallHandle) (over bool) {
	now := b.stands(run)
	st, err := h.State(ctx)
	gone := api.IsNotFound(err)
	if ended := s.endedLive(now); ended && now.Stage == CallSpeaking {
		st, err = CallState{Stage: CallOver}, nil
	}
	switch {
	case gone && now.Stage < CallSpeaking:
		s.lostCall(ctx, b, op, n, now, "the service knows nothing of it any more")
		return true
	case gone:
		st = CallState{Stage: CallOver}
	case err != nil:
		return false // the call goes on without us
	}
	switch {
	case st.Stage == CallSpeaking && now.Stage < CallSpeaking:
		s.connectCall(ctx, b, run, op, n)
	case st.Stage == CallOver && (now.Stage == CallSpeaking || st.Spoke):
		if now.Stage < CallSpeaking { // it was short
			s.connectCall(ctx, b, run, op, n)
		}
		s.spokeCall(ctx, b, run, op)
		return true
	case st.Stage == CallOver && st.Words == "":
		s.lostCall(ctx, b, op, n, now, "it is over")
		return true
	case st.Stage == CallOver:
		words := CleanLine(st.Words)
		s.closeCall(ctx, b, op, OpFailed, op.called("Called %s")+": "+words, words, nil)
		return true
	case st.Stage > now.Stage:
		b.change(s, run, func(c *OwnCall) { c.Stage, c.Since = st.Stage, s.now() })
	}
	return false
}

// connectCall writes down that both are on the line: from now on nothing can be taken
// back. The journal gets its line when it is known how long they spoke, or when the
// program ends before that.
func (s *Store) connectCall(ctx context.Context, b *mailbox, run *ringing, op Op, n callNote) {
	n.Open = true
	err := s.writeFull(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE op_items SET state = ?, before = ? WHERE op = ?`, int64(OpConfirmed), n.text(), op.ID)
		if err == nil {
			_, err = tx.Exec(`UPDATE ops SET state = ?, undoable = 0, words = ? WHERE id = ?`, int64(OpConfirmed), op.called("Called %s"), op.ID)
		}
		return err
	})
	if err != nil {
		s.log.Error("that a call was answered could not be kept", "err", err)
	}
	b.change(s, run, func(c *OwnCall) { c.Stage, c.Since, c.Next = CallSpeaking, s.now(), false })
}

// spokeCall ends a call in which somebody was spoken to.
func (s *Store) spokeCall(ctx context.Context, b *mailbox, run *ringing, op Op) {
	spoke := s.now().Sub(b.stands(run).Since).Round(time.Second)
	words := "connected"
	if spoke >= time.Second {
		words = "connected, " + clock(spoke)
	}
	s.closeCall(ctx, b, op, OpConfirmed, op.called("Called %s"), words, nil)
	b.wantFeed(FeedCalls) // the log has it now, and what was missed counts as returned
}

// clock is a duration as minutes and seconds: "0:42", "1:02:03".
func clock(d time.Duration) string {
	n := int64(d / time.Second)
	if n < 3600 {
		return fmt.Sprintf("%d:%02d", n/60, n%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
}

// lostCall ends a call of which nothing more is heard.
func (s *Store) lostCall(ctx context.Context, b *mailbox, op Op, n callNote, now OwnCall, why string) {
	if now.Stage == CallSpeaking || n.Open {
		why = "connected"
	}
	s.closeCall(ctx, b, op, OpConfirmed, op.called("Called %s"), why, nil)
}

// leaveCall is for a program that ends: a call that rings is found again by the next
// one; of one that is answered the journal is told now.
func (s *Store) leaveCall(ctx context.Context, b *mailbox, op Op, n callNote, now OwnCall) {
	if now.Stage == CallSpeaking {
		s.lostCall(ctx, b, op, n, now, "")
		return
	}
	err := s.writeFull(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE ops SET owner = '', lease = 0 WHERE id = ?`, op.ID)
		return err
	})
	if err != nil {
		s.log.Error("a call was not handed on", "err", err)
	}
}

// stopCall cancels a call and reports whether that is its end: once one's own telephone
// was answered, the service refuses.
func (s *Store) stopCall(ctx context.Context, b *mailbox, run *ringing, op Op, h CallHandle) (over bool) {
	reqCtx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err := h.Cancel(reqCtx)
	if err == nil {
		s.closeCall(ctx, b, op, OpCancelled, op.called("Cancelled the call to %s"), "cancelled", nil)
		return true
	}
	why := reason(err)
	if api.IsNotFound(err) {
		if st, err := h.State(reqCtx); api.IsNotFound(err) || err == nil && st.Stage == CallOver && !st.Spoke {
			s.closeCall(ctx, b, op, OpCancelled, op.called("The call to %s is over"), "over before it was cancelled", nil)
			return true
		}
		why = "your telephone is answered"
	}
	err = s.writeFull(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		return addNotice(tx, Notice{At: s.now(), Op: string(VerbCall), Text: op.called("The call to %s could not be stopped") + ": " + why, Next: "Hang up your telephone"})
	})
	if err != nil {
		s.log.Error("a notice could not be kept", "err", err)
	}
	return false
}

// endedLive reports whether the service has told that a call is over.
func (s *Store) endedLive(c OwnCall) bool {
	if c.session == "" {
		return false
	}
	s.active.mu.Lock()
	defer s.active.mu.Unlock()
	live := s.active.known[liveKey{c.Account, c.session}]
	return live != nil && live.State == LiveEnded
}

// callsTold takes what a service tells of calls in progress to those made here: which of
// them is which, and that it is time to look.
func (s *Store) callsTold(b *mailbox, told []LiveCall) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, run := range b.calls {
		c := &run.call
		if c.Stage == CallOver {
			continue
		}
		for _, l := range told {
			mine := l.Ours && l.Dir == Outbound && (l.To.Number == c.Number || l.To.Extension == c.Number)
			if mine && c.session == "" && l.State != LiveEnded && !slices.ContainsFunc(others(b.calls, run), func(o string) bool { return o == l.Session }) {
				c.session = l.Session
			}
			if mine || l.Session == c.session {
				poke(run.news)
			}
		}
	}
}

func others(calls map[int64]*ringing, but *ringing) (sessions []string) {
	for _, run := range calls {
		if run != but {
			sessions = append(sessions, run.call.session)
		}
	}
	return sessions
}

// OwnCalls are the calls asked for on this machine by this process, oldest first: those
// under way, and for a while those that are over.
func (s *Store) OwnCalls(ctx context.Context) []OwnCall {
	var out []OwnCall
	now, stoppable := s.now(), false
	for _, b := range s.mailboxes() {
		b.mu.Lock()
		for id, run := range b.calls {
			if age := now.Sub(run.call.Since); run.call.Stage == CallOver && (age > callShown || age < -callShown) {
				delete(b.calls, id)
				continue
			}
			stoppable = stoppable || run.call.Stage < CallRingsThere
			out = append(out, run.call)
		}
		b.mu.Unlock()
	}
	slices.SortFunc(out, func(a, b OwnCall) int { return int(a.Op - b.Op) })
	if !stoppable {
		return out
	}
	op, err := scanOp(s.r.QueryRowContext(ctx, selectOp+whatCanBeUndone+` ORDER BY id DESC LIMIT 1`, s.opts.Actor))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		s.log.Warn("what would be taken back is not known", "err", err)
	}
	for i := range out {
		out[i].Next = err == nil && out[i].Op == op.ID && out[i].Stage < CallRingsThere
	}
	return out
}
