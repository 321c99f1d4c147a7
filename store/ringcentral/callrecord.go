package ringcentral

import (
	"cmp"
	"slices"
	"strings"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// callIn turns a record of the call log into what the store takes in. The words of the
// service are kept as they are; what they come to is told by callOutcome.
func (m *Mailbox) callIn(r rc.Call, company, detailed bool) store.Incoming {
	in := store.Incoming{
		Remote: callPrefix + string(r.ID), Kind: store.Call, Direction: direction(r.Direction),
		Time: r.StartTime.Time, Modified: r.LastModifiedTime.Time,
	}
	if r.Deleted {
		in.Tombstone, in.Availability = true, store.Purged
		return in
	}
	if in.Time.IsZero() {
		in.Time = in.Modified
	}
	in.From = callParty(r.From)
	if r.To != nil {
		in.To = []store.Party{callParty(r.To)}
	}
	in.Duration = callLength(r.CallPart)
	in.Read = true
	in.Outcome = callOutcome(r.CallPart)
	in.Subject = callSubject(r.CallPart)
	d := store.CallDetail{
		Session: string(r.SessionID), Telephony: string(r.TelephonySessionID), Type: r.Type, Action: r.Action, Result: r.Result,
		Reason: r.Reason, Why: r.ReasonDescription, Transport: r.Transport, Internal: r.InternalType, Short: r.ShortRecording,
		Active: r.InProgress(), Detailed: detailed,
	}
	if r.Delegate != nil {
		d.Behalf = r.Delegate.Name
	}
	if r.Message != nil {
		d.Message = string(r.Message.ID)
	}
	if rec := r.Recording; rec != nil && (rec.ID != "" || rec.ContentURI != "") {
		d.Recording, d.RecType = string(rec.ID), rec.Type
		in.Attachments = []store.Attachment{{
			Remote: cmp.Or(string(rec.ID), "recording"), Kind: store.AudioRecording, Size: -1, Duration: in.Duration, URI: rec.ContentURI,
		}}
	}
	for _, l := range r.Legs {
		d.Legs = append(d.Legs, callLeg(l))
	}
	in.Call = &d
	if company && !m.mine(r) {
		in.Company = true
		in.Owner = colleague(r)
	}
	return in
}

// mine reports whether a call in the company's log is of this mailbox.
func (m *Mailbox) mine(r rc.Call) bool {
	_, own, _ := strings.Cut(strings.TrimPrefix(m.key, "ringcentral:"), ":")
	return r.Extension != nil && own != "" && string(r.Extension.ID) == own
}

// colleague is whose call it is, as far as the record names them.
func colleague(r rc.Call) string {
	ours, theirs := r.To, r.From
	if direction(r.Direction) == store.Outbound {
		ours, theirs = r.From, r.To
	}
	if r.Extension != nil && theirs != nil && theirs.ExtensionID == r.Extension.ID && theirs.ExtensionID != "" {
		ours = theirs // of two colleagues, the one whose record it is
	}
	if ours == nil {
		return "a colleague"
	}
	name := ours.Name
	if name == "" && ours.ExtensionNumber != "" {
		name = "ext. " + ours.ExtensionNumber
	}
	return cmp.Or(name, ours.PhoneNumber, "a colleague")
}

func direction(word string) store.Direction {
	if strings.EqualFold(word, "Outbound") {
		return store.Outbound
	}
	return store.Inbound
}

func callParty(p *rc.CallParty) store.Party {
	if p == nil {
		return store.Party{}
	}
	return store.Party{
		Name: p.Name, Number: cmp.Or(p.PhoneNumber, p.DialerNumber, p.DialedNumber), Extension: p.ExtensionNumber, Location: p.Location,
	}
}

func callLeg(l rc.Leg) store.CallLeg {
	out := store.CallLeg{
		Type: l.LegType, Master: l.Master, Direction: direction(l.Direction), Action: l.Action, Result: l.Result, Reason: l.Reason,
		From: callParty(l.From), To: callParty(l.To), Start: l.StartTime.Time, Duration: callLength(l.CallPart),
	}
	if l.Delegate != nil {
		out.Behalf = l.Delegate.Name
	}
	return out
}

// callLength is how long it lasted, within reason.
func callLength(p rc.CallPart) time.Duration {
	const longest = 7 * 24 * time.Hour
	return min(max(p.Length(), 0), longest)
}

// callSubject is what a search can find a call by besides names and numbers.
func callSubject(p rc.CallPart) string {
	words := []string{p.Result}
	if p.Reason != "" && !strings.EqualFold(p.Reason, p.Result) {
		words = append(words, p.Reason)
	}
	if p.Delegate != nil {
		words = append(words, p.Delegate.Name)
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " · ")
}

// callOutcome is what a call came to (spec CallResultEnum). A call that left a message
// went to voicemail whatever it is called.
func callOutcome(p rc.CallPart) store.CallOutcome {
	result := strings.ToLower(p.Result)
	in := direction(p.Direction) == store.Inbound
	switch {
	case p.InProgress():
		return store.CallInProgress
	case strings.EqualFold(p.Type, "Fax"):
		return faxOutcome(result, in)
	case p.Message != nil && in && !strings.EqualFold(p.Message.Type, "Fax"):
		return store.CallVoicemail
	case p.Message != nil && in:
		return store.CallFaxReceived
	}
	if in {
		return inboundOutcome(result)
	}
	return outboundOutcome(result)
}

func faxOutcome(result string, in bool) store.CallOutcome {
	switch result {
	case "received", "accepted", "call connected", "sent", "fax on demand":
		if in {
			return store.CallFaxReceived
		}
		return store.CallFaxSent
	case "", "unknown":
		return store.CallOther
	}
	if failure(result) {
		return store.CallFaxFailed
	}
	return store.CallOther
}

func inboundOutcome(result string) store.CallOutcome {
	switch result {
	case "missed", "no answer", "busy", "answered not accepted", "ip phone offline":
		return store.CallMissed
	case "hang up":
		return store.CallHungUp
	case "abandoned":
		return store.CallAbandoned
	case "callback requested":
		return store.CallBackAsked
	case "accepted", "call connected", "received", "phone login", "reply":
		return store.CallAnswered
	case "answered elsewhere", "stopped":
		return store.CallElsewhere
	case "voicemail", "sent to voicemail":
		return store.CallVoicemail
	case "rejected", "declined":
		return store.CallRejected
	case "blocked", "restricted number":
		return store.CallBlocked
	}
	if failure(result) {
		return store.CallFailed
	}
	return store.CallOther
}

func outboundOutcome(result string) store.CallOutcome {
	switch result {
	case "call connected", "accepted", "received", "911", "933", "phone login":
		return store.CallAnswered
	case "no answer", "missed", "hang up", "abandoned", "stopped", "voicemail", "sent to voicemail":
		return store.CallNoAnswer
	case "busy":
		return store.CallBusy
	case "rejected", "declined":
		return store.CallRejected
	case "blocked":
		return store.CallBlocked
	}
	if failure(result) {
		return store.CallFailed
	}
	return store.CallOther
}

// failure reports whether a result says that it did not work out.
func failure(result string) bool {
	return slices.Contains([]string{
		"busy", "no answer", "rejected", "blocked", "missed", "hang up", "stopped", "declined", "abandoned",
		"call failed", "call failure", "carrier is not active", "edge trunk misconfigured", "fax not sent", "fax partially sent",
		"fax poor line", "fax receipt error", "internal error", "international disabled", "international restricted", "no calling credit",
		"not allowed", "partial receive", "receive error", "restricted number", "send error", "suspended account", "wrong number", "ip phone offline",
	}, result)
}
