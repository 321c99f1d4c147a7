package screen

import (
	"fmt"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/theme"
)

// KindWord is the kind in at most four cells.
func KindWord(k store.Kind) string {
	switch k {
	case store.Voicemail:
		return "vm"
	case store.Fax:
		return "fax"
	case store.SMS:
		return "sms"
	case store.MMS:
		return "mms"
	case store.Pager:
		return "page"
	case store.Call:
		return "call"
	case store.Post:
		return "post"
	case store.Email:
		return "mail"
	}
	return "?"
}

// KindName is the kind as it begins a title.
func KindName(k store.Kind) string {
	switch k {
	case store.Voicemail:
		return "Voicemail"
	case store.Fax:
		return "Fax"
	case store.SMS:
		return "Text"
	case store.MMS:
		return "Picture text"
	case store.Pager:
		return "Internal text"
	case store.Call:
		return "Call"
	case store.Post:
		return "Post"
	case store.Email:
		return "E-mail"
	}
	return "Message"
}

// Who is the other side as a list shows it.
func Who(r store.Row) string {
	if r.Direction == store.Outbound {
		return "to " + Name(r.Who)
	}
	return Name(r.Who)
}

// Name is what somebody is called, who may be only a number.
func Name(p store.Party) string {
	if p.Name+p.Known == "" && p.Number != "" {
		return Number(p.Number)
	}
	return p.Display()
}

// With is the other side in a title: "from Ann", "to Ben".
func With(r store.Row) string {
	if r.Direction == store.Outbound {
		return Who(r)
	}
	return "from " + Who(r)
}

// Number is a telephone number as people read it. Only numbers of the North
// American plan are grouped; others stay as the service gave them.
func Number(n string) string {
	d := strings.TrimPrefix(n, "+1")
	if len(d) == 10 && len(n) == 12 && strings.Trim(d, "0123456789") == "" {
		return "(" + d[:3] + ") " + d[3:6] + "-" + d[6:]
	}
	return n
}

// Length is how long a recording or how many pages a fax is.
func Length(r store.Row) string {
	switch {
	case r.Kind == store.Fax && r.Pages > 0:
		return fmt.Sprintf("%d p", r.Pages)
	case r.Kind == store.Fax:
		return "-"
	case r.Kind == store.Voicemail && r.Duration >= time.Hour: // in five cells
		return fmt.Sprintf("%dh%02d", int(r.Duration.Hours()), int(r.Duration.Minutes())%60)
	case r.Kind == store.Voicemail:
		return kit.Length(r.Duration)
	case r.Kind == store.Call:
		return CallLength(r)
	}
	return ""
}

// Legend is what the signs of a list mean, for the help.
func Legend() [][2]string {
	return [][2]string{
		{"●", "unread; a missed call that waits"},
		{"!", "could not be sent"},
		{"✓", "done"},
		{"✗", "in the trash"},
		{"z", "snoozed"},
		{"+", "marked"},
		{"↑", "a change waits to be sent"},
		{"¶", "has a note"},
		{"@ #", "claimed; has a label"},
		{"§ ⌂", "held on this machine; only here, the service dropped it"},
		{"△ ▲", "waits for long; late"},
		{"1↓ 1■ …", "one file, at the service; on this machine; not asked for yet"},
		{"R S E", "before a mailbox or chat: RingCentral, Symphony, Emailgistics"},
		{"← →", "a call that came, one of ours"},
		{"● ◖ ◐", "after a colleague's name: available, on the telephone, busy"},
		{"⊘ ○", "after a colleague's name: do not disturb, offline"},
		{"»", "the call left a message, or the message is of a call"},
	}
}

// Sign is one cell that tells the state of an item without colour: the
// character is the meaning, the role only helps.
func Sign(r store.Row, s *theme.Styles) (string, theme.Set) {
	switch {
	case r.Availability == store.Purged:
		return "✗", s.Bad
	case r.Availability == store.Deleted:
		return "✗", s.Bad
	case r.State == store.Done:
		return "✓", s.Good
	case r.Delivery.Failed():
		return "!", s.Bad
	case r.State == store.Snoozed:
		return "z", s.Warn
	case !r.Read && r.Direction != store.Outbound, MissedCall(r):
		return "●", s.Accent
	}
	return " ", s.Dim
}

// Second is the second cell: a change on its way, or a note.
func Second(r store.Row, s *theme.Styles) (string, theme.Set) {
	switch {
	case r.Pending:
		return "↑", s.Warn
	case !r.Dropped.IsZero():
		return "⌂", s.Warn
	case r.Held:
		return "§", s.Note
	case r.Notes > 0:
		return "¶", s.Note
	case r.Claim != "":
		return "@", s.Note
	case len(r.Labels) > 0:
		return "#", s.Note
	}
	return " ", s.Dim
}

// FileSign is how many files an item has and whether they are on this machine.
func FileSign(r store.Row, s *theme.Styles) (string, theme.Set) {
	switch {
	case r.Files == 0 && r.Bare == store.Wanting: // it is not known yet
		return "…", s.Dim
	case r.Files == 0:
		return "", s.Dim
	case r.Kept >= r.Files:
		return fmt.Sprintf("%d■", r.Files), s.Good
	case r.Kept > 0:
		return fmt.Sprintf("%d◧", r.Files), s.Dim
	}
	return fmt.Sprintf("%d↓", r.Files), s.Dim
}

// What is the one line about an item's content. A transcript that is not there
// is told instead of an empty cell.
func What(r store.Row) string {
	if r.Kind == store.Call {
		return CallWords(r)
	}
	if HasWords(r) {
		return r.Preview
	}
	switch r.Kind {
	case store.Voicemail:
		switch r.Transcript { // the reader says why
		case store.TranscriptNotReady, store.TranscriptFailed:
			return "transcript " + TranscriptWords(r.Transcript, r.Duration, 0)
		case store.TranscriptComplete, store.TranscriptPartial:
			return "transcript not fetched yet"
		}
		return "no transcript"
	case store.Fax:
		if r.Delivery.Failed() {
			return r.Delivery.String()
		}
		if r.Pages == 0 {
			return "no pages yet"
		}
		return "no cover text"
	case store.Email:
		return "no subject"
	case store.Post:
		if r.Files > 0 {
			return kit.Plural(r.Files, "file") + ", no text"
		}
	}
	return "no text"
}

// HasWords reports whether an item says anything by itself. A fax whose only
// text is a telephone number does not.
func HasWords(r store.Row) bool {
	return r.Preview != "" && (r.Kind != store.Fax || strings.Trim(r.Preview, "+0123456789 ()-") != "")
}

// TranscriptWords says what is wrong with a transcript; "" when it is all there.
// Covered is how much of the recording it covers, 0 when not known.
func TranscriptWords(t store.Transcript, length, covered time.Duration) string {
	switch t {
	case store.TranscriptNotReady:
		return "not ready yet"
	case store.TranscriptPartial:
		if covered <= 0 {
			covered = time.Minute // what the service transcribes of a long message
		}
		if length > covered {
			return fmt.Sprintf("stops at %s of %s", kit.Length(covered), kit.Length(length))
		}
		return "not complete"
	case store.TranscriptFailed:
		return "failed"
	case store.TranscriptTimedOut:
		return "gave up: too long or too unclear"
	case store.TranscriptNotOffered:
		return "not part of the plan"
	case store.TranscriptUnknown:
		return "state not known"
	}
	return ""
}

// Fault is why something sent did not arrive, in words.
func Fault(code string) string {
	if code == "" {
		return ""
	}
	known := map[string]string{
		"AllLinesInUse": "all lines were in use", "Undefined": "no reason given", "NoFaxSendPermission": "no permission to send faxes",
		"NoInternationalPermission": "no permission to call abroad", "NoFaxMachine": "a person or no fax machine answered",
		"OtherError": "the line failed", "CallFailed": "the call failed", "Busy": "the line was busy", "NoAnswer": "nobody answered",
		"CallRejected": "the call was rejected", "Unknown": "no reason given", "InvalidNumber": "the number is not valid",
		"RenderingFailed": "the document could not be turned into pages", "InternationalCalling": "abroad, which is not allowed",
		"DestinationNumberBlocked": "the number is blocked", "PartialSend": "only some pages went through", "NumberOfRetriesExceeded": "too many tries",
	}
	if w := known[code]; w != "" {
		return w
	}
	return code
}

// When is a moment as an envelope shows it.
func When(t time.Time, loc *time.Location) string {
	return t.In(loc).Format("Mon 2 Jan 2006 15:04")
}

// Clock is a moment of today as hours and minutes, of another day with the day.
func Clock(t, now time.Time, loc *time.Location) string {
	t, now = t.In(loc), now.In(loc)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return t.Format("Mon 2 Jan 15:04")
}

// pollingWords is what a person has to know while news are asked for: how often, since
// when, and why they are not told.
func pollingWords(st store.Status, since string) string {
	text := "polling"
	if st.Every > 0 {
		text += " every " + Every(st.Every)
	}
	text += since
	if st.Push != "" {
		text += ": " + st.Push
	}
	return text
}

// Every is a time between two things, in words.
func Every(d time.Duration) string {
	if d >= time.Minute && d%time.Minute == 0 {
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

// PhaseWords is how sync of an account stands, with what the service is busy with for us.
func PhaseWords(st store.Status, now time.Time, loc *time.Location) string {
	text := phaseWords(st, now, loc)
	if Doing(st) != "" {
		text += ", " + Doing(st)
	}
	return text
}

// Doing is what a service is busy with for us, unless there is trouble with it, which
// comes first.
func Doing(st store.Status) string {
	switch st.Phase {
	case store.PhaseLive, store.PhasePolling, store.PhaseSyncing:
		if st.Err == "" && !st.RateLimited {
			return st.Doing
		}
	}
	return ""
}

func phaseWords(st store.Status, now time.Time, loc *time.Location) string {
	since := ""
	if !st.Since.IsZero() {
		since = " since " + Clock(st.Since, now, loc)
	}
	again := ""
	if st.Until.After(now) {
		again = ", retrying at " + Clock(st.Until, now, loc)
	}
	switch {
	case st.RateLimited && (st.Phase == "polling" || st.Phase == "syncing"):
		return "rate limited" + again
	case st.Err != "" && st.Phase == "polling": // what waits to be sent
		return "sending failed" + again
	}
	switch st.Phase {
	case "live":
		return "live" + since
	case "polling":
		return pollingWords(st, since)
	case "offline":
		if !st.Synced.IsZero() {
			return "offline" + since + ", shown is as of " + Clock(st.Synced, now, loc)
		}
		return "offline" + since
	case "limited":
		return "limited: takes no changes" + since + again
	case "signed-out":
		return "signed out"
	case "denied":
		if st.Err != "" {
			return "refused: " + st.Err
		}
		return "refused"
	case "syncing":
		if st.Total > 0 {
			return fmt.Sprintf("syncing %s of %s", kit.Count(st.Done, true), kit.Count(st.Total, true))
		}
		if st.Done > 0 {
			return "syncing, " + kit.Count(st.Done, true) + " so far"
		}
		return "syncing"
	}
	return st.Phase
}
