package calls

import (
	"fmt"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Shown is what a detail depends on beside the item.
type Shown struct {
	Now      time.Time
	Location *time.Location
	Jump     string // the key that goes to what belongs to it; "": there is none
}

// Details is what the reader says of an item that is a call, or that a call left. have
// says that the item is here; else the row is all there is.
func Details(r store.Row, it store.Item, have bool, sh Shown) []screen.Detail {
	if r.Kind != store.Call {
		return left(it, have, sh)
	}
	var d details
	d.add("Result", result(r), tone(r))
	if !have || it.Call == nil {
		d.add("Length", length(r), screen.Plain)
		return d
	}
	c := it.Call
	d.add("Why", why(c), screen.Plain)
	d.answer(it.Answer, sh)
	d.add("Length", length(r), screen.Plain)
	d.add("Through", c.Behalf, screen.Plain)
	d.add("Recorded", recording(it, c), screen.Plain)
	d.message(r, c, sh)
	d.add("Line", service(c), screen.Quietly)
	d.legs(c)
	return d
}

type details []screen.Detail

func (d *details) add(name, value string, t screen.Tone) {
	if value != "" {
		*d = append(*d, screen.Detail{Name: name, Value: value, Tone: t})
	}
}

// left is what there is to say of a message that a call left.
func left(it store.Item, have bool, sh Shown) []screen.Detail {
	var d details
	if !have || it.Linked == 0 {
		return nil
	}
	text := "at " + screen.Clock(it.Linked.Time(), sh.Now, sh.Location)
	if sh.Jump != "" {
		text += "; " + sh.Jump + " shows it"
	}
	d.add("Call", text, screen.Plain)
	d.answer(it.Answer, sh)
	return d
}

func (d *details) answer(a *store.CallAnswer, sh Shown) {
	if a == nil {
		return
	}
	at := screen.Clock(a.Time, sh.Now, sh.Location)
	text := "called back " + at + by(a.By)
	if a.Direction == store.Inbound {
		text = "called again " + at + ", answered" + by(a.By)
	}
	d.add("Returned", text, screen.Good)
}

func by(who string) string {
	if who == "" {
		return ""
	}
	return " by " + who
}

func (d *details) message(r store.Row, c *store.CallDetail, sh Shown) {
	if c.Message == "" {
		return
	}
	what := "a voicemail"
	if strings.EqualFold(c.Type, "Fax") {
		what = "a fax"
	}
	switch {
	case r.Linked == 0:
		d.add("Message", what+" that is not on this machine", screen.Quietly)
	case sh.Jump != "":
		d.add("Message", what+"; "+sh.Jump+" shows it", screen.Strong)
	default:
		d.add("Message", what, screen.Strong)
	}
}

func tone(r store.Row) screen.Tone {
	switch {
	case r.Outcome.Missed() && r.State != store.Done:
		return screen.Warn
	case r.Outcome.Connected(), r.Outcome == store.CallFaxReceived, r.Outcome == store.CallFaxSent:
		return screen.Good
	case r.Outcome == store.CallFailed, r.Outcome == store.CallFaxFailed:
		return screen.Bad
	}
	return screen.Plain
}

func result(r store.Row) string {
	text := screen.CallWords(r)
	if r.Company && r.Mailbox != "" {
		text += ", at " + r.Mailbox
	}
	return text
}

// why is the reason of a result in words, where it says more than the result.
func why(c *store.CallDetail) string {
	if c.Why != "" {
		return c.Why
	}
	if c.Reason == "" || strings.EqualFold(c.Reason, c.Result) {
		return ""
	}
	return reason(c.Reason)
}

// reason is the service's word for why (spec CallResultReasonEnum) in a sentence. A
// word it does not know is shown as it is.
func reason(word string) string {
	known := map[string]string{
		"bad number": "the number could not be dialled", "call loop": "calls are forwarded in a circle", "calls not accepted": "no calls were taken at that time",
		"carrier is not active": "the carrier is not active", "emergency address not defined": "there is no emergency address",
		"failed try again": "the call failed", "fax not received": "the other machine did not connect", "fax not sent": "no machine answered",
		"fax partially sent": "only some pages went through", "fax poor line": "the line was too poor", "fax prepare error": "the pages could not be prepared",
		"hang up": "the caller hung up first", "internal call error": "an error of the service", "internal error": "an error of the service",
		"international disabled": "calls abroad are not allowed", "international restricted": "calls to that country are not allowed",
		"line busy": "the line was busy", "max call limit": "all lines were taken", "no answer": "nobody answered", "not answered": "nobody answered",
		"no credit": "there was no credit left", "no digital line": "no telephone was plugged in", "number blocked": "the number is on the blocked list",
		"number disabled": "the number is not allowed", "number not allowed": "the number is not allowed", "resource error": "an error of the service",
		"restricted number": "the number is not allowed", "stopped": "it was answered on another telephone", "too many calls": "too many calls at once",
		"wrong number": "there is no such number",
	}
	if w := known[strings.ToLower(word)]; w != "" {
		return w
	}
	return word
}

func length(r store.Row) string {
	switch {
	case r.Duration <= 0:
		return ""
	case r.Outcome.Connected(), r.Outcome == store.CallVoicemail, r.Outcome == store.CallFaxReceived, r.Outcome == store.CallFaxSent, r.Outcome == store.CallInProgress:
		return kit.Length(r.Duration)
	case r.Direction == store.Inbound || r.Outcome == store.CallNoAnswer:
		return kit.Length(r.Duration) + ", until it stopped ringing"
	}
	return kit.Length(r.Duration)
}

func recording(it store.Item, c *store.CallDetail) string {
	switch {
	case c.Short && it.Files == 0:
		return "too short: the service did not keep it"
	case it.Files == 0:
		return ""
	case strings.EqualFold(c.RecType, "OnDemand"):
		return "on demand; Space plays it"
	}
	return "yes; Space plays it"
}

// service is what the call was to the service.
func service(c *store.CallDetail) string {
	var parts []string
	for _, p := range []string{c.Action, c.Internal, c.Transport} {
		if p != "" && !strings.EqualFold(p, "Unknown") {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

// legs are the parts of the call's way, each with when it began.
func (d *details) legs(c *store.CallDetail) {
	if len(c.Legs) < 2 { // one leg is the call itself
		return
	}
	*d = append(*d, screen.Detail{Rule: true, Name: kit.Plural(len(c.Legs), "leg")})
	start := c.Legs[0].Start
	for _, l := range c.Legs {
		if l.Start.Before(start) && !l.Start.IsZero() {
			start = l.Start
		}
	}
	for _, l := range c.Legs {
		at := "-"
		if !l.Start.IsZero() && !start.IsZero() {
			at = "+" + kit.Length(max(l.Start.Sub(start), 0))
		}
		d.add(at, leg(l), screen.Plain)
	}
}

// leg is one part of a call's way in a line: who to whom, how it ended, what it was.
func leg(l store.CallLeg) string {
	text := screen.Name(l.From) + " → " + screen.Name(l.To)
	var how []string
	if l.Result != "" {
		how = append(how, strings.ToLower(l.Result))
	}
	if l.Reason != "" && !strings.EqualFold(l.Reason, l.Result) {
		how = append(how, reason(l.Reason))
	}
	if l.Duration > 0 {
		how = append(how, kit.Length(l.Duration))
	}
	if len(how) > 0 {
		text += "  " + strings.Join(how, ", ")
	}
	var what []string
	if l.Action != "" {
		what = append(what, l.Action)
	}
	if l.Type != "" && !strings.EqualFold(l.Type, l.Action) {
		what = append(what, l.Type)
	}
	if l.Behalf != "" {
		what = append(what, "for "+l.Behalf)
	}
	if len(what) > 0 {
		text += fmt.Sprintf("  (%s)", strings.Join(what, ", "))
	}
	return text
}
