package screen

import (
	"context"
	"fmt"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
)

// CallStore is what the screens ask of the store about calls.
type CallStore interface {
	FetchCall(ctx context.Context, id store.ID) (bool, error)
	NextMissed(ctx context.Context, q store.Query, o store.Order, after store.ID, forward bool) (store.ID, error)
	LiveCalls() []store.LiveCall
	Feeds() []store.FeedStatus
}

// Detail is one line of what there is to know of an item beside its text: a named
// value, or with Rule a heading.
type Detail struct {
	Name, Value string
	Rule        bool
	Tone        Tone
}

// Tone is how a value is meant.
type Tone uint8

// The tones.
const (
	Plain Tone = iota
	Strong
	Quietly
	Good
	Warn
	Bad
)

// CallWay is which way a call went, in at most four cells.
func CallWay(r store.Row) string {
	way := "←"
	if r.Direction == store.Outbound {
		way = "→"
	}
	switch r.Outcome {
	case store.CallFaxReceived, store.CallFaxSent, store.CallFaxFailed:
		return way + "fax"
	}
	return way
}

// CallWords is what became of a call: "missed", "left a voicemail".
func CallWords(r store.Row) string {
	switch r.Outcome {
	case store.CallAbandoned:
		return "gave up in the queue"
	case store.CallHungUp:
		return "hung up while it rang"
	case store.CallBackAsked:
		return "asks to be called back"
	case store.CallAnswered:
		if r.Direction == store.Outbound {
			return "connected"
		}
		return "answered"
	case store.CallVoicemail:
		if r.Linked != 0 {
			return "left a voicemail"
		}
		return "went to voicemail"
	case store.CallRejected:
		if r.Direction == store.Outbound {
			return "they rejected it"
		}
		return "rejected"
	case store.CallFailed:
		if r.Preview != "" {
			return "not connected: " + strings.ToLower(r.Preview)
		}
		return "not connected"
	case store.CallFaxFailed:
		if r.Preview != "" {
			return "fax failed: " + strings.ToLower(r.Preview)
		}
	case store.CallInProgress:
		return "going on"
	case store.CallOther, store.NoOutcome:
		if r.Preview != "" {
			return r.Preview
		}
		return "the service did not say how it went"
	}
	return r.Outcome.String()
}

// CallLine is CallWords with what happened later, and at whose telephone it was where
// that is not one's own.
func CallLine(r store.Row, now time.Time, loc *time.Location) string {
	text := CallWords(r)
	if r.Reply != 0 {
		text += ", returned " + Clock(r.Reply.Time(), now, loc)
		if r.ReplyBy != "" && r.ReplyBy != r.Mailbox {
			text += " by " + r.ReplyBy
		}
	}
	if r.Company && r.Mailbox != "" {
		text = r.Mailbox + ": " + text
	}
	return text
}

// MissedCall reports whether a row is a call that somebody has to return.
func MissedCall(r store.Row) bool {
	return r.Outcome.Missed() && r.State == store.StateOpen && r.Availability == store.Alive
}

// CallName is a call as it begins a title: "Missed call".
func CallName(r store.Row) string {
	switch {
	case r.Outcome == store.CallFaxReceived, r.Outcome == store.CallFaxSent, r.Outcome == store.CallFaxFailed:
		return "Fax call"
	case r.Outcome.Missed():
		return "Missed call"
	case r.Outcome == store.CallAnswered && r.Direction == store.Inbound:
		return "Answered call"
	}
	return "Call"
}

// Title is what an item is, as it begins a title.
func Title(r store.Row) string {
	if r.Kind == store.Call {
		return CallName(r)
	}
	return KindName(r.Kind)
}

// CallLength is how long a call was, in five cells; "" for one that was not.
func CallLength(r store.Row) string {
	switch {
	case r.Duration >= time.Hour:
		return fmt.Sprintf("%dh%02d", int(r.Duration.Hours()), int(r.Duration.Minutes())%60)
	case r.Duration <= 0:
		return ""
	}
	return kit.Length(r.Duration)
}

// Feed is how a feed stands, in words for a list that has nothing or not all of it; ""
// when there is nothing to say.
func (e *Env) Feed(list []store.FeedStatus, name, what string) string {
	reading := ""
	for _, st := range list {
		if st.Name != name {
			continue
		}
		who := ""
		if len(e.Names) > 1 {
			who = e.Account(st.Account) + ": "
		}
		switch {
		case st.Denied:
			return who + what + " may not be read: " + st.Err
		case st.Err != "":
			return who + what + " cannot be read now: " + st.Err + again(st.Until, e.Now(), e.Location)
		case !st.Done && st.Synced.IsZero():
			reading = who + what + " has not been read yet"
		case !st.Done:
			reading = who + "the past of " + what + " is still being read"
		}
	}
	return reading
}

func again(at, now time.Time, loc *time.Location) string {
	if !at.After(now) {
		return ""
	}
	return "; tried again at " + Clock(at, now, loc)
}
