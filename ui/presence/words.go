package presence

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// title is what a presence is called.
func title(p store.Presence) string {
	return cmp.Or(p.Name, p.Number, "Extension "+p.Extension)
}

// words is a presence in a few words.
func words(p store.Presence, now time.Time) string {
	switch {
	case p.Err != "":
		return "not told: " + p.Err
	case p.IsQueue():
		return queueWords(p)
	case p.Told.IsZero():
		return "not asked yet"
	case !p.IsPerson() || p.User == "" && p.Telephony == "" && p.DND == "" && p.Personal == "" && p.Status != store.PresenceAvailable && p.Status != store.PresenceBusy:
		return "has no status of its own"
	case p.Visible != nil && !*p.Visible && !p.Mine && p.Status == "":
		return "lets nobody see"
	}
	var parts []string
	if p.Talks() {
		parts = append(parts, callWords(p.PresenceState, now))
	}
	if p.Meeting == "Connected" {
		parts = append(parts, "in a meeting")
	}
	switch {
	case p.Quiet():
		parts = append(parts, "do not disturb")
	case len(parts) > 0 && p.Status != store.PresenceOffline: // busy says no more than that
	default:
		parts = append(parts, statusWord(p.Status))
	}
	if w := restWords(p.PresenceState); w != "" {
		parts = append(parts, w)
	}
	return strings.Join(parts, ", ")
}

func statusWord(status string) string {
	switch status {
	case store.PresenceAvailable:
		return "available"
	case store.PresenceBusy:
		return "busy"
	case store.PresenceOffline:
		return "offline"
	case "":
		return "status not told"
	}
	return strings.ToLower(status)
}

// restWords is which calls somebody does not take, beside all.
func restWords(st store.PresenceState) string {
	switch {
	case st.Quiet():
		return ""
	case st.DND == store.DNDNoQueues, st.Queues != nil && !*st.Queues:
		return "no calls of queues"
	case st.DND == store.DNDQueues:
		return "calls of queues only"
	}
	return ""
}

// callWords is what somebody does at the telephone: since when and with whom as far as
// one may know.
func callWords(st store.PresenceState, now time.Time) string {
	text := map[string]string{
		store.CallConnected: "on a call", store.CallRinging: "ringing", store.CallHeld: "holds a call", store.CallParked: "has parked a call",
	}[st.Telephony]
	if text == "" {
		text = strings.ToLower(st.Telephony)
	}
	call, ok := shownCall(st)
	if !ok {
		return text
	}
	if d := now.Sub(call.Since); !call.Since.IsZero() && d >= 0 && st.Telephony != store.CallRinging {
		text += " " + kit.Length(d)
	}
	if !call.With.Blocked() {
		text += ", with " + screen.Name(call.With)
	}
	if call.Queue {
		text += ", through a queue"
	}
	if n := len(st.Calls); n > 1 {
		text += fmt.Sprintf(", %d calls", n)
	}
	return text
}

// shownCall is the call the telephony state is about.
func shownCall(st store.PresenceState) (store.PresenceCall, bool) {
	for _, c := range st.Calls {
		if c.State == st.Telephony {
			return c, true
		}
	}
	if len(st.Calls) > 0 {
		return st.Calls[0], true
	}
	return store.PresenceCall{}, false
}

// queueWords is who takes the calls of a queue, which has no status of its own.
func queueWords(p store.Presence) string {
	switch n := len(p.Team); {
	case !p.Watched:
		return "not watched"
	case n == 0:
		return "who takes its calls is not told"
	default:
		takes := 0
		for _, a := range p.Team {
			if a.Takes {
				takes++
			}
		}
		return fmt.Sprintf("%d of %d take calls", takes, n)
	}
}

// callsWords is which calls ring oneself.
func callsWords(st store.PresenceState) string {
	switch {
	case st.Quiet():
		return "do not disturb: no calls ring you"
	case st.DND == store.DNDNoQueues, st.Queues != nil && !*st.Queues && st.Personal != "":
		return "calls of queues do not ring you"
	case st.DND == store.DNDQueues:
		return "only calls of queues ring you"
	case st.DND == store.DNDTakeAll, st.Personal == store.DNDTakeAll:
		return "all calls ring you"
	case st.DND == "" && st.Personal == "":
		return "which calls ring you is not told"
	}
	return strings.ToLower(cmp.Or(st.Personal, st.DND))
}

// chosenWord is the status a person chose.
func chosenWord(st store.PresenceState) string {
	switch st.User {
	case store.PresenceAvailable:
		return "available"
	case store.PresenceBusy:
		return "busy"
	case store.PresenceOffline:
		return "invisible"
	case "":
		return "status not told"
	}
	return strings.ToLower(st.User)
}

// age is how long the state of a presence has lasted; "" when nobody saw it begin.
func age(p store.Presence, now time.Time) string {
	if p.Since.IsZero() || p.Since.After(now) || p.Err != "" || p.IsQueue() {
		return ""
	}
	return kit.Age(now.Sub(p.Since))
}
