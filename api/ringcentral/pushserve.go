package ringcentral

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"

	"switchboard/api"
)

// recent remembers what was delivered lately, so that nothing is twice.
type recent struct {
	known map[string]bool
	ring  []string
	next  int
}

// again reports whether a key was seen before, and remembers it.
func (r *recent) again(key string) bool {
	if len(key) > 64 {
		sum := sha256.Sum256([]byte(key))
		key = string(sum[:])
	}
	if r.known[key] {
		return true
	}
	if r.known == nil {
		r.known = make(map[string]bool, maxPushSeen)
		r.ring = make([]string, maxPushSeen)
	}
	delete(r.known, r.ring[r.next])
	r.ring[r.next], r.known[key] = key, true
	r.next = (r.next + 1) % len(r.ring)
	return false
}

// watching is the state of a connection that is listened to.
type watching struct {
	p     *pusher
	l     *link
	old   *link     // the one before, for as long as something may still come of it
	both  time.Time // until then an event may come of both of them; zero: of one only
	armed time.Time
	tick  <-chan time.Time
	asked time.Time // when the other side was asked whether it is there; zero: it was not
	spoke time.Time // when we last said anything: it may take our silence for an end, though it answers itself
	// replayed counts events since a recovery: as many as the service keeps mean
	// that it may have had to throw some away.
	replayed int64
	until    time.Time
	renewed  chan renewal // nil while no new connection is being made
	again    time.Time    // no attempt before this
	slow     bool         // the listener took long: the clock cannot be judged
	lost     bool         // an event may have been missed, and nobody was told yet
	toldLost time.Time    // when that was told last
}

type renewal struct {
	link *link
	err  error
}

// serve delivers events until the connection ends, and says why it did.
func (p *pusher) serve(ctx context.Context, l *link) (err error) {
	w := &watching{p: p}
	defer func(whole context.Context) {
		w.end(whole.Err() == nil && !errors.Is(err, errPushFrames))
		if sessionOver(err) {
			p.fresh()
		}
	}(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.arm()
	if err := w.adopt(l); err != nil {
		return err
	}
	for {
		var older <-chan []byte
		if w.old != nil {
			older = w.old.frames
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case b, ok := <-w.l.frames:
			if !ok {
				return w.l.err
			}
			if err := w.take(w.l, b); err != nil {
				return err
			}
		case b, ok := <-older:
			if !ok || w.take(w.old, b) != nil {
				w.drop()
			}
		case r := <-w.renewed:
			if err := w.renew(r); err != nil {
				return err
			}
		case <-p.o.Wake:
			if err := w.ask(ctx, p.clock.Now()); err != nil {
				return err
			}
		case <-w.tick:
			if err := w.look(ctx); err != nil {
				return err
			}
		}
	}
}

// adopt begins to listen to a connection.
func (w *watching) adopt(l *link) error {
	w.l, w.asked, w.replayed, w.spoke = l, time.Time{}, 0, w.p.clock.Now()
	w.p.wsc = l.wsc
	w.p.window = time.Duration(l.details.RecoveryTimeout) * time.Second
	w.until = time.Time{}
	if l.recovered {
		w.until = w.p.clock.Now().Add(pushReplay)
	} else {
		w.p.born = l.began
	}
	for _, f := range l.pending {
		if err := w.frame(l, f); err != nil {
			return err
		}
	}
	l.pending = nil
	return nil
}

// end closes what is open. What had been read is delivered, if it is wanted.
func (w *watching) end(wanted bool) {
	w.p.heard = w.l.last()
	if w.renewed != nil {
		if r := <-w.renewed; r.err == nil {
			w.close(r.link, false)
		}
	}
	if w.old != nil {
		w.close(w.old, wanted)
	}
	w.close(w.l, wanted)
	w.p.gap = w.p.gap || w.lost
	if errors.Is(w.l.err, websocket.ErrMessageTooBig) {
		w.p.fresh() // a recovery would bring it again
	}
}

// drop lets go of the connection before this one.
func (w *watching) drop() {
	if w.old == nil {
		return
	}
	w.close(w.old, true)
	w.old = nil
}

// close ends a connection and takes what it has read, until its reader has ended.
func (w *watching) close(l *link, wanted bool) {
	l.close()
	for b := range l.frames {
		if wanted {
			_ = w.take(l, b) // it is over already
		}
	}
}

// sessionOver reports whether the service said that a session has come to its end:
// going on with it would end the same way at once.
func sessionOver(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && strings.HasPrefix(e.Code, "WSG-90")
}

// fresh makes the next connection begin anew.
func (p *pusher) fresh() { p.wsc, p.gap = recoveryToken{}, true }

func (w *watching) arm() {
	w.armed, w.slow = w.p.clock.Now(), false
	w.tick = w.p.clock.After(pushLook)
}

// take reads one message. Only what makes the connection useless is an error.
func (w *watching) take(l *link, b []byte) error {
	f, err := parseFrame(b)
	if err != nil {
		return w.unread(l, err)
	}
	return w.frame(l, f)
}

// unread notes that a message could not be read, which may have been an event.
// Too many of them mean that the connection is of no use.
func (w *watching) unread(l *link, err error) error {
	l.bad++
	w.p.log.LogAttrs(context.Background(), slog.LevelWarn, "push frame cannot be read", slog.Any("error", err))
	if l.bad > maxPushBad {
		w.p.fresh()
		return errPushFrames
	}
	w.lost = true
	w.tellLost()
	return nil
}

// tellLost tells that something may have been missed, once a minute at most: what
// the listener does about it takes a while.
func (w *watching) tellLost() {
	now := w.p.clock.Now()
	if !w.lost || !w.toldLost.IsZero() && now.Sub(w.toldLost) < pushLongest {
		return
	}
	w.lost, w.toldLost = false, now
	w.p.missed()
}

func (w *watching) frame(l *link, f pushFrame) error {
	if f.WSC.Token != "" && l == w.l && f.WSC.Sequence >= w.p.wsc.Sequence {
		w.p.wsc = f.WSC
	}
	switch f.Type {
	case "ServerNotification":
		return w.event(l, f)
	case "Error":
		e := f.failure("push", http.MethodGet)
		if l == w.l && strings.HasPrefix(e.Code, "WSG-") {
			return e
		}
		w.p.log.LogAttrs(context.Background(), slog.LevelWarn, "push reports an error", slog.Any("error", e))
	}
	return nil
}

// event delivers a notification, once.
func (w *watching) event(l *link, f pushFrame) error {
	p := w.p
	if !w.until.IsZero() {
		w.replayed++
		switch {
		case p.clock.Now().After(w.until):
			w.until = time.Time{}
		case w.l.details.RecoveryBufferSize > 0 && w.replayed >= w.l.details.RecoveryBufferSize:
			w.until, w.lost = time.Time{}, true
			w.tellLost()
		}
	}
	e, err := decodeEvent(f.Body)
	if err != nil {
		return w.unread(l, err)
	}
	if e.UUID != "" && p.seen.again(e.UUID) {
		return nil
	}
	// While two connections overlap each has its own notification of an event.
	if (!w.both.IsZero() || w.renewed != nil) && p.seen.again("same "+e.Event+" "+string(e.Body)) {
		return nil
	}
	before := p.clock.Now()
	p.o.Event(e)
	w.slow = w.slow || p.clock.Now().Sub(before) > pushLook
	return nil
}

// look is what is done every now and then: has this machine slept, is the other
// side still there, does the session end soon.
func (w *watching) look(ctx context.Context) error {
	now := w.p.clock.Now()
	if !w.slow && jumped(w.armed, now, pushLook) {
		w.p.gap = true
		return errPushJump
	}
	w.arm()
	switch {
	case w.old != nil && !now.Before(w.both):
		w.drop()
		w.both = now.Add(pushLook) // what the new one brings may be later than that
	case w.old == nil && now.After(w.both):
		w.both = time.Time{}
	}
	w.tellLost()
	switch last := w.l.last(); {
	case !w.asked.IsZero() && !last.Before(w.asked):
		w.asked = time.Time{}
	case !w.asked.IsZero() && now.Sub(w.asked) >= pushAnswer:
		return errPushSilent
	case w.asked.IsZero() && (now.Sub(last) >= w.quiet() || w.idle() > 0 && now.Sub(w.spoke) >= w.idle()/2):
		if err := w.ask(ctx, now); err != nil {
			return err
		}
	}
	life := time.Duration(w.l.details.AbsoluteTimeout) * time.Second
	ahead := min(pushAhead, life/4)
	age := now.Sub(w.p.born)
	due := life > 0 && age >= life-ahead || len(w.l.disabled) > 0 && age >= pushRefused
	if due && w.renewed == nil && !now.Before(w.again) {
		w.renewed = make(chan renewal, 1)
		go func(done chan<- renewal) {
			l, err := w.p.connect(ctx, "")
			done <- renewal{l, err}
		}(w.renewed)
	}
	return nil
}

// ask sends a heartbeat, to which there has to be an answer.
func (w *watching) ask(ctx context.Context, now time.Time) error {
	if w.asked.IsZero() {
		w.asked = now
	}
	w.spoke = now
	return w.l.beat(ctx)
}

// quiet is the silence after which the other side is asked: well before it takes
// ours for an end.
func (w *watching) quiet() time.Duration {
	d := pushQuiet
	if idle := w.idle(); idle > 0 {
		d = min(d, idle/2)
	}
	return max(d, pushLeast)
}

// idle is the silence of ours that the service takes for an end; 0: not told.
func (w *watching) idle() time.Duration { return time.Duration(w.l.details.IdleTimeout) * time.Second }

// jumped reports whether more time has passed than planned, by the clock that
// stands still while the machine sleeps or by the one on the wall, or whether
// the latter was set back.
func jumped(from, to time.Time, planned time.Duration) bool {
	running, wall := to.Sub(from), to.Round(0).Sub(from.Round(0))
	return max(running, wall) > planned+pushJump || wall < -pushJump
}

// renew goes over to a new connection. The old one is listened to for a while
// longer: what it still brings was sent before the new one was ready.
func (w *watching) renew(r renewal) error {
	w.renewed = nil
	if r.err != nil {
		w.again = w.p.clock.Now().Add(pushLongest)
		if at, ok := api.RetryAt(r.err, w.p.clock.Now()); ok && at.After(w.again) {
			w.again = at
		}
		w.p.log.LogAttrs(context.Background(), slog.LevelInfo, "push cannot be renewed yet", slog.Any("error", r.err))
		return nil
	}
	w.drop()
	w.old, w.both = w.l, w.p.clock.Now().Add(2*pushLook)
	if err := w.adopt(r.link); err != nil {
		return err
	}
	s := w.p.state
	s.Gap, s.Disabled = false, r.link.disabled
	for _, f := range w.p.state.Disabled { // what is granted now was not heard before
		s.Gap = s.Gap || !slices.Contains(s.Disabled, f)
	}
	if s.Gap || len(s.Disabled) != len(w.p.state.Disabled) {
		w.p.tell(s)
	}
	return nil
}
