package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"switchboard/api"
)

// sendResult is what became of a send.
type sendResult struct {
	kind    sendEnd
	unknown bool          // of sendRetry: it may have reached the service
	look    bool          // of sendRetry: the list of sent messages did not have it
	wait    time.Duration // of sendRetry: at least
	in      Incoming
	err     error
}

type sendEnd uint8

const (
	sendOK        sendEnd = iota
	sendRetry             // later
	sendRefused           // not sent, and not to be
	sendCancelled         // not sent, as it is wanted
	sendUnsure            // nobody can tell
)

// deliver sends, or finds out whether it was sent already.
func (s *Store) deliver(ctx context.Context, svc SendService, d outSend) sendResult {
	if d.cancels != 0 {
		return s.deliverCancel(ctx, svc, d)
	}
	out := s.outgoing(d.st)
	if d.unknown {
		r, done := s.askSent(ctx, svc, d, out)
		if done {
			return r
		}
	}
	if d.undone != 0 {
		return sendResult{kind: sendCancelled}
	}
	in, err := svc.SendOutgoing(ctx, out, func(done, total int64) { s.setProgress(d, done, total) })
	if err == nil && CleanLine(in.Remote) == "" {
		return sendResult{kind: sendRetry, unknown: true, err: errors.New("the service did not say what it called the message")}
	}
	r := judge(err)
	switch {
	case r.kind == resultOK:
		return sendResult{kind: sendOK, in: in}
	case r.kind == resultGone, r.kind == resultRefused:
		return sendResult{kind: sendRefused, err: err}
	case s.sending.stopped(d.op) && errors.As(err, new(*api.Error)) && !api.IsUnknown(err):
		return sendResult{kind: sendCancelled} // it was stopped before the whole of it had left
	case notSent(err):
		r.unknown = false
	}
	return sendResult{kind: sendRetry, unknown: r.unknown, err: err}
}

// notSent reports whether a request that ran out of time, or was given up, is known not
// to have left as a whole.
func notSent(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Status == 0 && !e.Unknown
}

// askSent asks the service for what was sent without an answer. done is false where it is
// to be sent once more.
func (s *Store) askSent(ctx context.Context, svc SendService, d outSend, out Outgoing) (r sendResult, done bool) {
	in, found, err := svc.FindSent(ctx, Sought{Outgoing: out, Since: d.first, Last: d.last, Known: d.known})
	switch {
	case err == nil && found:
		return sendResult{kind: sendOK, in: in}, true
	case errors.Is(err, ErrCannotTell):
		return sendResult{kind: sendUnsure, err: err}, true
	case err != nil:
		if r := judge(err); r.kind == resultRefused || r.kind == resultGone {
			return sendResult{kind: sendUnsure, err: err}, true
		}
		return sendResult{kind: sendRetry, unknown: true, err: err}, true
	case s.now().Sub(d.last) > sureAge:
		return sendResult{kind: sendUnsure, err: fmt.Errorf("%w: that was too long ago", ErrCannotTell)}, true
	case d.looks+1 < sureLooks:
		return sendResult{kind: sendRetry, unknown: true, look: true, wait: secondLook, err: errNotThere}, true
	case d.tries >= maxFailures:
		return sendResult{kind: sendRefused, err: errGivenUp}, true
	}
	return sendResult{}, false
}

var (
	errNotThere = errors.New("no answer came, and the list of sent messages does not have it yet")
	errGivenUp  = errors.New("the service failed over it again and again")
)

// deliverCancel takes a fax back at the service, once it is known what that calls it.
func (s *Store) deliverCancel(ctx context.Context, svc SendService, d outSend) sendResult {
	var state OpState
	var remote, words string
	var until int64
	err := s.r.QueryRowContext(ctx, `SELECT o.state, d.remote, d.until, o.words FROM ops o JOIN sends d ON d.op = o.id WHERE o.id = ?`, d.cancels).
		Scan(&state, &remote, &until, &words)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return sendResult{kind: sendOK}
	case err != nil:
		return sendResult{kind: sendRetry, err: err}
	case state == OpCancelled || state == OpFailed:
		return sendResult{kind: sendOK} // it never left
	case remote == "" || d.st.Message.Kind != SendFax:
		return sendResult{kind: sendRefused, err: ErrTooLate}
	}
	err = svc.CancelSent(ctx, remote, !s.now().Add(tooClose).Before(fromMilli(until)))
	r := judge(err)
	switch {
	case errors.Is(err, ErrTooLate):
		return sendResult{kind: sendRefused, err: err}
	case r.kind == resultOK, r.kind == resultGone:
		return sendResult{kind: sendOK}
	case r.kind == resultRefused:
		return sendResult{kind: sendRefused, err: err}
	}
	return sendResult{kind: sendRetry, unknown: r.unknown, err: err}
}
