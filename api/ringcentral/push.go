package ringcentral

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"switchboard/api"
)

// PushOptions says what to listen to, and who is told. Event and State are called
// from one goroutine, in the order in which things happened. While one of them
// runs nothing is read: the events wait in the socket. None is lost by that,
// but they should not take long.
type PushOptions struct {
	Filters []string // see FilterPosts and the like; repetitions do no harm
	Event   func(PushEvent)
	State   func(PushState) // nil: nobody wants to know
	// Hosts may be listened to besides those of the client: exact names, or
	// "*.example.com". RingCentral's own service needs none.
	Hosts []string
	// Wake, if not nil, ends the wait for the next attempt with each value: the
	// network is there again, or a person asks for it.
	Wake <-chan struct{}
}

// PushEvent is something that happened. [ParseEvent] reads its body.
type PushEvent struct {
	UUID           string    // "": none was told
	Event          string    // the filter, with concrete ids: "/restapi/v1.0/account/1/extension/2/message-store"
	Time           time.Time // when it was sent; zero: not told
	OwnerID        ID        // the extension that subscribed
	SubscriptionID string
	Body           json.RawMessage
}

// PushState says whether events come.
type PushState struct {
	Up    bool
	Since time.Time // of Up, or of its absence
	// Gap, with Up: events may have been missed since the last Up, or since the
	// beginning: everything listened to has to be asked for once.
	Gap     bool
	Err     error     // without Up: why
	Retry   time.Time // without Up: when it is tried again; zero: now
	Refused bool      // without Up: the service does not want to; it is asked again after an hour
	// Disabled lists the filters that were asked for and not granted, as they
	// were given. Nothing will come of them. They are asked for again after an hour.
	Disabled []string
}

const (
	pushQuiet   = 60 * time.Second // silence after which the other side is asked whether it is there
	pushLeast   = 30 * time.Second // the least that the service wants to wait between two such questions
	pushAnswer  = 20 * time.Second // for its answer
	pushLook    = 20 * time.Second // between looks at the clock
	pushJump    = time.Minute      // a look that comes so much later than planned: this machine slept
	pushStep    = 20 * time.Second // for each step of a connection
	pushSteady  = time.Minute      // a connection that lasted so long was a good one
	pushFirst   = 2 * time.Second  // first wait after a connection broke; doubled each time
	pushLongest = time.Minute
	pushRefused = time.Hour
	pushAhead   = 10 * time.Minute // before the end of a session a new one is made
	pushBudget  = 2 * time.Second  // waiting for a place in the rate budget; longer is a state to be told
	// pushReplay is how soon after a recovery what was missed has come.
	pushReplay  = 5 * time.Second
	maxPushBad  = 10 // frames of a connection that cannot be read, before it is given up
	maxPushSeen = 4096
)

// opConnect names the opening of a socket, which is no operation of the service's
// description.
const opConnect = "connectPush"

// Reasons why a connection ended from this side.
var (
	errPushSilent = errors.New("the push connection fell silent")
	errPushJump   = errors.New("this machine slept, or its clock was changed")
	errPushFrames = errors.New("the push connection sends what cannot be read")
	errPushAll    = errors.New("none of the events is granted")
)

// pusher keeps one connection for life.
type pusher struct {
	c      *Client
	o      PushOptions
	clock  api.Clock
	log    *slog.Logger
	seen   recent
	state  PushState
	wsc    recoveryToken
	window time.Duration // in which the last connection can be recovered
	heard  time.Time     // when anything last came of it
	born   time.Time     // when its session began, which recoveries go on with
	ever   bool          // was up
	gap    bool          // something was missed since
	pauses *backoff.ExponentialBackOff
}

// Push listens until ctx ends, and returns its cause; any other error means that
// the options are of no use. It connects again by itself whenever the connection
// is lost, the service ends it, or this machine slept.
func (c *Client) Push(ctx context.Context, o PushOptions) error {
	if o.Event == nil || len(o.Filters) == 0 || slices.Contains(o.Filters, "") {
		return errors.New("RingCentral push: nothing to listen to, or nobody to tell")
	}
	o.Filters = slices.Clone(o.Filters)
	slices.Sort(o.Filters)
	o.Filters = slices.Compact(o.Filters)
	p := &pusher{c: c, o: o, clock: c.Clock(), log: c.Log()}
	p.pauses = backoff.NewExponentialBackOff()
	p.pauses.InitialInterval, p.pauses.MaxInterval = pushFirst, pushLongest
	p.pauses.Multiplier, p.pauses.RandomizationFactor = 2, .25
	p.state.Since = p.clock.Now()
	for {
		l, err := p.connect(ctx, p.recovery())
		if err == nil {
			p.up(l)
			began := p.clock.Now()
			err = p.serve(ctx, l)
			if p.clock.Now().Sub(began) >= pushSteady {
				p.pauses.Reset()
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p.down(err)
		p.wait(ctx, p.state.Retry)
	}
}

// recovery returns the token to go on with the last session, if it is not too late
// by either clock.
func (p *pusher) recovery() string {
	now := p.clock.Now()
	if p.wsc.Token == "" || now.Sub(p.heard) > p.window || now.Round(0).Sub(p.heard.Round(0)) > p.window {
		return ""
	}
	return p.wsc.Token
}

// up tells that events come.
func (p *pusher) up(l *link) {
	p.tell(PushState{
		Up: true, Since: p.clock.Now(), Gap: p.gap || !p.ever || !l.recovered, Disabled: l.disabled,
	})
	p.ever, p.gap = true, false
}

// missed tells that an event may have been lost on a connection that stays.
func (p *pusher) missed() {
	if p.state.Up {
		s := p.state
		s.Gap = true
		p.tell(s)
	}
}

// down tells that no events come, why, and until when.
func (p *pusher) down(err error) {
	now := p.clock.Now()
	s := PushState{Since: now, Err: err, Disabled: p.state.Disabled, Refused: refused(err)}
	if !p.state.Up {
		s.Since = p.state.Since
	}
	d := p.pauses.NextBackOff()
	switch {
	case s.Refused:
		d = pushRefused
		p.wsc = recoveryToken{}
	case errors.Is(err, api.ErrSignedOut), api.IsLimitedMode(err):
		d = pushLongest
	}
	s.Retry = now.Add(d)
	if at, ok := api.RetryAt(err, now); ok && at.After(s.Retry) {
		s.Retry = at
	}
	if at, ok := p.c.Budget().Until(api.Auth); ok && at.After(s.Retry) {
		s.Retry = at
	}
	p.log.LogAttrs(context.Background(), slog.LevelInfo, "push is down", slog.Any("error", err), slog.Bool("refused", s.Refused),
		slog.Duration("again after", s.Retry.Sub(now)))
	p.tell(s)
}

func (p *pusher) tell(s PushState) {
	p.state = s
	if p.o.State != nil {
		p.o.State(s)
	}
}

// wait sleeps until then by the wall clock: one that stands still while the
// machine sleeps would make it wait for too long.
func (p *pusher) wait(ctx context.Context, then time.Time) {
	for {
		left := then.Round(0).Sub(p.clock.Now().Round(0))
		if left <= 0 {
			return
		}
		began := p.clock.Now()
		left = min(left, pushLongest)
		select {
		case <-p.clock.After(left):
			if d := p.clock.Now().Round(0).Sub(began.Round(0)); d < 0 {
				return // the clock was set back: then is nobody's time any more
			}
		case <-p.o.Wake:
			return
		case <-ctx.Done():
			return
		}
	}
}

// refused reports whether asking again soon is of no use: a permission or a
// filter is missing, or push is not there at all.
func refused(err error) bool {
	for _, is := range []error{errPushAll, api.ErrHostNotAllowed, api.ErrRedirect} {
		if errors.Is(err, is) {
			return true
		}
	}
	var e *api.Error
	if !errors.As(err, &e) || errors.Is(err, api.ErrSignedOut) || strings.HasPrefix(e.Code, "WSG-") {
		return false
	}
	if e.Op == opConnect { // a gateway that is being replaced does not know its own address for a while
		return e.Status == http.StatusForbidden || e.Status == http.StatusGone
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented:
		return true
	}
	return false
}

// wsToken gets a single-use token and the address that takes it (authWsToken,
// Auth). An answer that is lost costs a token and nothing else, but is not
// asked for again at once: the group is small.
func (c *Client) wsToken(ctx context.Context) (address, token string, err error) {
	const op = "authWsToken"
	var got struct {
		Token string `json:"ws_access_token"`
		URI   string `json:"uri"`
	}
	ctx = api.Patient(api.Background(ctx), pushBudget)
	_, err = c.Do(ctx, api.Request{Op: op, Method: http.MethodPost, Path: "/restapi/oauth/wstoken", Group: api.Auth}, &got)
	if err == nil && (got.Token == "" || got.URI == "") {
		err = fmt.Errorf("RingCentral %s: %w: no token in it", op, api.ErrBadBody)
	}
	return got.URI, got.Token, err
}
