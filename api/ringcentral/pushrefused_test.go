package ringcentral

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator"
)

// TestPushRefused: what will not be granted is asked for again after an hour, or
// when a person wants it.
func TestPushRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		refuse, grant func(l *listener)
		good          func(err error) bool
	}{
		"permission": {
			func(l *listener) { l.s.Deny("WebSocket", true) },
			func(l *listener) { l.s.Deny("WebSocket", false) },
			func(err error) bool { p, ok := api.MissingPermission(err); return ok && p == "WebSocket" },
		},
		"subscription": {
			func(l *listener) { l.order("refuse", 0, 2) },
			func(*listener) {},
			func(err error) bool {
				var e *api.Error
				return errors.As(err, &e) && e.Code == "SUB-406" && e.Status == 403
			},
		},
		"filters": {
			func(l *listener) { l.s.Deny("ReadPresence", true) },
			func(l *listener) { l.s.Deny("ReadPresence", false) },
			func(err error) bool { var e *api.Error; return errors.As(err, &e) && e.Code == "SUB-406" },
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newListener(t, simulator.Config{Seed: 1})
			tc.refuse(l)
			l.listen(marks())
			for range 2 {
				s := l.state()
				if s.Up || !s.Refused || !s.Retry.Equal(l.clock.Now().Add(pushRefused)) || !tc.good(s.Err) {
					t.Fatalf("%+v", s)
				}
				l.pass(s)
			}
			tc.grant(l)
			s := PushState{}
			select {
			case l.wake <- struct{}{}: // sooner than in an hour
			case s = <-l.states:
			}
			for !s.Up && !s.Since.IsZero() || s.Since.IsZero() {
				if s = l.state(); !s.Up {
					l.wake <- struct{}{}
				}
			}
			if s.Err != nil || s.Refused || !s.Gap {
				t.Errorf("%+v", s)
			}
			l.before(colleague)
		})
	}
}

// TestPushLimited: the rate limit of the sign-in group is kept and its penalty
// respected.
func TestPushLimited(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1, RateLimits: true})
	if err := l.s.FailNext("authWsToken", "429", 0, 1); err != nil {
		t.Fatal(err)
	}
	l.listen(marks())
	s := l.state()
	if s.Up || s.Refused || s.Retry.Sub(l.clock.Now()) < time.Second {
		t.Fatalf("%+v", s)
	}
	l.pass(s)
	l.up()
	l.order("dial", 0, 12)
	l.s.DropPush()
	for {
		s := l.stateSoon()
		if s.Up {
			break
		}
		l.pass(s)
	}
	for _, r := range l.s.Requests() {
		if r.Status == http.StatusTooManyRequests && r.Time.Sub(l.s.Requests()[0].Time) > 10*time.Second {
			t.Errorf("%+v", r)
		}
	}
	// The service's own penalty, for what other programs did.
	l.s.SetLimits(true, map[string]simulator.Limit{"Auth": {Requests: 0, Window: time.Minute, Penalty: 90 * time.Second}})
	l.clock.advance(time.Minute)
	l.s.DropPush()
	l.pass(l.state())
	s = l.state()
	var e *api.Error
	if !errors.As(s.Err, &e) || e.Status != http.StatusTooManyRequests {
		t.Errorf("%+v", s)
	}
	if d := s.Retry.Sub(l.clock.Now()); d < 90*time.Second || s.Refused {
		t.Errorf("again after %v: %+v", d, s)
	}
}

// TestPushSignedOut: an access token that expired is refreshed, and a sign-in
// that is over is told and asked about once a minute.
func TestPushSignedOut(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.s.ExpireTokens()
	l.listen(marks())
	l.up()
	l.before(colleague)
	l.s.RevokeTokens()
	s := l.state()
	if s.Up || s.Refused {
		t.Fatalf("%+v", s)
	}
	l.pass(s)
	for range 3 {
		s = l.state()
		if !errors.Is(s.Err, api.ErrSignedOut) || s.Refused || s.Retry.Sub(l.clock.Now()) != pushLongest {
			t.Fatalf("%+v", s)
		}
		l.pass(s)
	}
}

// TestPushSomeFilters: what is not granted is named, and costs nothing of the
// rest.
func TestPushSomeFilters(t *testing.T) {
	unknown := "/restapi/v1.0/account/~/extension/~/tea"
	all := []string{FilterMessageStore("", "Fax"), FilterTelephony(""), FilterPosts, FilterChats, FilterDirectory, marks()}
	for name, tc := range map[string]struct {
		set  func(l *listener)
		more []string
		want []string
	}{
		"all":                     {set: func(*listener) {}},
		"one permission missing":  {set: func(l *listener) { l.s.Deny("TeamMessaging", true) }, want: []string{FilterChats, FilterPosts}},
		"switched off":            {set: func(l *listener) { l.s.DisablePush(FilterDirectory) }, want: []string{FilterDirectory}},
		"unknown":                 {set: func(*listener) {}, more: []string{unknown}, want: []string{unknown}},
		"unknown and not allowed": {set: func(l *listener) { l.s.Deny("CallControl", true) }, more: []string{unknown, unknown + "/time"}, want: []string{unknown, unknown + "/time", FilterTelephony("")}},
		"of somebody else":        {set: func(*listener) {}, more: []string{FilterVoicemail("178009131")}, want: []string{FilterVoicemail("178009131")}},
		"the chats' other name":   {set: func(l *listener) { l.s.DisablePush(FilterChats) }},
		"neither of the two":      {set: func(l *listener) { l.s.DisablePush(FilterChats, filterGroups) }, want: []string{FilterChats}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newListener(t, simulator.Config{Seed: 1})
			tc.set(l)
			l.listen(append(slices.Clone(all), tc.more...)...)
			s := l.up()
			slices.Sort(tc.want)
			got := slices.Sorted(slices.Values(s.Disabled))
			if !slices.Equal(got, tc.want) {
				t.Errorf("not granted %q, want %q", got, tc.want)
			}
			if n := len(l.s.PushFilters()); n != len(all)+len(tc.more)-len(tc.want) {
				t.Errorf("the service has %q", l.s.PushFilters())
			}
			l.before(colleague)
			// A recovery knows it still.
			l.s.DropPush()
			if s = l.up(); s.Gap || !slices.Equal(slices.Sorted(slices.Values(s.Disabled)), tc.want) {
				t.Errorf("after a recovery %+v", s)
			}
		})
	}
}

// TestPushGrantedLater: what was not granted is asked for again after an hour,
// without a break, and has to be asked for once when it is.
func TestPushGrantedLater(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.s.DisablePush(FilterPosts)
	l.listen(FilterPosts, marks())
	s := l.up()
	if len(s.Disabled) != 1 {
		t.Fatalf("%+v", s)
	}
	began := s.Since
	l.s.DisablePush()
	if s = l.untilState(); !s.Up || !s.Gap || len(s.Disabled) > 0 || !s.Since.Equal(began) {
		t.Errorf("%+v", s)
	}
	if d := l.clock.Now().Sub(began); d < time.Hour || d > time.Hour+10*time.Minute {
		t.Errorf("after %v", d)
	}
	l.publish(FilterPosts, `{"id":"1","eventType":"PostAdded"}`)
	for e := l.event(); e.Event != FilterPosts; e = l.event() {
	}
}

// TestPushWake: while all is well a wish to try again asks the other side.
func TestPushWake(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.listen(marks())
	l.up()
	l.wake <- struct{}{}
	l.eventually("a heartbeat", func() bool { return l.s.PushCounts().Heartbeats == 1 })
	l.before(colleague)
	for range 3 {
		l.look()
		l.before(colleague)
	}
	l.s.MutePush()
	l.wake <- struct{}{}
	for n := 0; len(l.states) == 0; n++ {
		if n > 4 {
			t.Fatal("the silence is not noticed")
		}
		l.eventually("the client waits, or is done", func() bool { return l.armed() || len(l.states) > 0 })
		made := l.clock.count()
		l.clock.advance(pushLook)
		l.eventually("the client looks", func() bool { return l.clock.count() > made || len(l.states) > 0 })
	}
	if s := l.state(); !errors.Is(s.Err, errPushSilent) {
		t.Errorf("%+v", s)
	}
}
