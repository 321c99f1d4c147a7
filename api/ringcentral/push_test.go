package ringcentral

import (
	"fmt"
	"strings"
	"testing"

	"switchboard/api/simulator"
)

func TestPushDelivers(t *testing.T) {
	l := newListener(t, simulator.Config{Messages: 40, Seed: 1})
	l.listen(FilterMessageStore(""), FilterInstant(""), FilterVoicemail(""), FilterFax(""), FilterPresence("", true),
		FilterTelephony(""), FilterFavorite(""), FilterDirectory, marks())
	if s := l.up(); !s.Gap || len(s.Disabled) != 0 || s.Err != nil {
		t.Fatalf("%+v", s)
	}
	arrived := l.s.Arrive(12)
	got := map[string]int{}
	var stored []ID
	for _, e := range l.before(colleague) {
		if e.UUID == "" || e.Time.IsZero() || e.OwnerID == "" || e.SubscriptionID == "" {
			t.Errorf("%+v", e)
		}
		v, err := ParseEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		var m Message
		switch v := v.(type) {
		case *MessageStoreEvent:
			for _, c := range v.Changes {
				if c.NewCount != len(c.NewMessageIDs) {
					t.Errorf("%+v", c)
				}
				stored = append(stored, c.NewMessageIDs...)
			}
			continue
		case *InstantMessage:
			m = v.Message
		case *VoicemailMessage:
			m = v.Message
		case *FaxMessage:
			m = v.Message
		default:
			t.Fatalf("%T", v)
		}
		got[m.Type]++
		full, err := l.c.Messages(t.Context(), []ID{m.ID})
		if err != nil || len(full) != 1 {
			t.Fatal(err)
		}
		want := full[0].Message
		if !want.CreationTime.Equal(m.CreationTime.Time) || want.Type != m.Type || want.Thread() != m.Thread() || len(want.Attachments) != len(m.Attachments) {
			t.Errorf("event\n%+v\nstore\n%+v", m, want)
		}
	}
	if len(stored) != len(arrived) || got["SMS"] == 0 || got["VoiceMail"] == 0 || got["Fax"] == 0 {
		t.Errorf("%d of %d arrived, with their text %v", len(stored), len(arrived), got)
	}
	l.ring()
}

// ring lets a call ring and be missed, and looks at what is told of it.
func (l *listener) ring() {
	l.t.Helper()
	id, err := l.s.Ring(simulator.LiveCall{From: "+14155550142", Name: "Ada"})
	if err == nil {
		err = l.s.HangUp(id, "Voicemail")
	}
	if err != nil {
		l.t.Fatal(err)
	}
	var codes, calls []string
	last := int64(0)
	for _, e := range l.before(colleague) {
		v, err := ParseEvent(e)
		if err != nil {
			l.t.Fatal(err)
		}
		switch v := v.(type) {
		case *TelephonySessionEvent:
			if v.Sequence <= last || v.SessionID == "" || len(v.Parties) != 1 || v.Parties[0].From.PhoneNumber != "+14155550142" {
				l.t.Errorf("%+v after %d", v, last)
			}
			last = v.Sequence
			codes = append(codes, v.Parties[0].Status.Code)
			if p := v.Parties[0]; p.Over() != p.Missed {
				l.t.Errorf("%+v", p)
			}
		case *PresenceEvent:
			if strings.Contains(e.Event, "/extension/") {
				calls = append(calls, fmt.Sprint(v.TelephonyStatus, len(v.ActiveCalls), v.TotalActiveCalls))
			}
		}
	}
	if got := strings.Join(codes, " "); got != "Setup Proceeding VoiceMail Disconnected" {
		l.t.Errorf("codes %s", got)
	}
	if got := strings.Join(calls, " "); got != "Ringing1 1 NoCall0 0" {
		l.t.Errorf("presence %s", got)
	}
}

// TestPushRecovers: whatever breaks the connection, the client comes back by
// itself; where the session could be recovered nothing is missed, and where it
// could not, it says so.
func TestPushRecovers(t *testing.T) {
	for name, tc := range map[string]struct {
		fault string // of the connection that comes first; ordered before it
		later string // ordered once it is up
		gap   bool   // of the connection after that
	}{
		"during the handshake":  {fault: "dial"},
		"before the details":    {fault: "connect"},
		"after the details":     {fault: "details"},
		"after subscribing":     {fault: "subscribed"},
		"instead of an event":   {later: "event"},
		"in the middle of one":  {later: "frame"},
		"dropped":               {later: "drop"},
		"dropped and forgotten": {later: "forget", gap: true},
		"recovery fails":        {later: "recovery", gap: true},
		"sign-in expired":       {later: "expire", gap: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newListener(t, simulator.Config{Seed: 1})
			if tc.fault != "" {
				l.order(tc.fault, 0, 1)
			}
			l.listen(marks())
			s := l.up()
			if tc.fault == "subscribed" && l.since.Up { // it was up for a moment
				if !s.Gap {
					t.Errorf("the first: %+v", s)
				}
				if s := l.up(); s.Gap {
					t.Errorf("recovered: %+v", s)
				}
			} else if !s.Gap {
				t.Errorf("the first: %+v", s)
			}
			l.before(colleague)
			if tc.later == "" {
				return
			}
			switch tc.later {
			case "drop":
				l.s.DropPush()
			case "forget":
				l.s.ForgetPush()
			case "expire":
				l.s.ExpirePush()
			case "recovery":
				l.order("recovery", 0, 1)
				l.s.DropPush()
			default:
				l.order(tc.later, 0, 1)
			}
			if err := l.s.SetPresence("112", "Busy", "missed?"); err != nil {
				t.Fatal(err)
			}
			s = l.state()
			if s.Up || s.Err == nil || !s.Retry.After(l.clock.Now()) || s.Refused {
				t.Fatalf("down: %+v", s)
			}
			if err := l.s.SetPresence("131", "Busy", "while away"); err != nil {
				t.Fatal(err)
			}
			l.pass(s)
			if s = l.up(); s.Gap != tc.gap {
				t.Errorf("up again: %+v\n%s", s, l.log)
			}
			list := l.before(colleague)
			if !tc.gap && len(list) != 2 {
				t.Errorf("%d events came after the recovery", len(list))
			}
			l.eventually("one open connection", func() bool { return l.s.PushCounts().Open == 1 })
			if n := l.s.PushCounts(); !tc.gap && n.Recovered != 1 {
				t.Errorf("%+v", n)
			}
		})
	}
}

func (l *listener) order(fault string, skip, count int) {
	l.t.Helper()
	if err := l.s.FailPush(fault, skip, count); err != nil {
		l.t.Fatal(err)
	}
}

// TestPushOncePerEvent: doubled events come once, late ones come, and of those
// lost on the way nobody can know.
func TestPushOncePerEvent(t *testing.T) {
	l := newListener(t, simulator.Config{Seed: 1})
	l.listen(marks())
	l.up()
	say := func(text string) {
		if err := l.s.SetPresence("112", "Busy", text); err != nil {
			t.Fatal(err)
		}
	}
	l.order("double", 0, 1)
	say("doubled")
	l.order("late", 0, 1)
	say("first")
	say("second")
	l.order("lost", 0, 1)
	say("never")
	var got []string
	last, order := int64(0), []bool{}
	for _, e := range l.before(colleague) {
		v, err := ParseEvent(e)
		p, ok := v.(*PresenceEvent)
		if err != nil || !ok {
			t.Fatal(v, err)
		}
		got = append(got, p.Message)
		order = append(order, p.Sequence > last)
		last = p.Sequence
	}
	if want := "[doubled second first]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	if fmt.Sprint(order) != "[true true false]" {
		t.Errorf("the sequence does not tell the late one: %v", order)
	}
	if n := l.s.PushCounts(); n.Doubled != 1 || n.Late != 1 || n.Lost != 1 {
		t.Errorf("%+v", n)
	}
}
