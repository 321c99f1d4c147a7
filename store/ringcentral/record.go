package ringcentral

import (
	"cmp"
	"strings"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// incoming turns a record into what the store takes in. Nothing is cleaned here:
// that is the store's door to keep. Words this program does not know are taken as
// the most ordinary ones, so that a newer service does not hide a message.
func incoming(r rc.Message) store.Incoming {
	av, _ := availability(r.Availability)
	in := store.Incoming{
		Remote: string(r.ID), Availability: av,
		Time: r.CreationTime.Time, Modified: r.LastModifiedTime.Time,
	}
	if r.Tombstone() {
		in.Tombstone = true
		return in
	}
	if in.Time.IsZero() {
		in.Time = in.Modified
	}
	in.Kind = kind(r)
	in.Direction = store.Inbound
	if strings.EqualFold(r.Direction, "Outbound") {
		in.Direction = store.Outbound
	}
	in.Read = strings.EqualFold(r.ReadStatus, "Read")
	in.Priority = strings.EqualFold(r.Priority, "High")
	in.Private = r.Private
	in.Conversation = string(r.Thread())
	if r.Owner != nil {
		in.Owner = r.Owner.Name
	}
	if r.From != nil {
		in.From = party(*r.From)
	}
	for _, p := range r.To {
		in.To = append(in.To, party(p))
	}
	in.Delivery = delivery(r.MessageStatus)
	if in.Direction == store.Inbound {
		in.Delivery = store.Received // an inbound pager message says "Sent"
	}
	if len(in.To) > 0 && in.To[0].Fault == "" {
		in.To[0].Fault = r.DeliveryErrorCode
	}
	explain(&in)
	in.Attachments = attachments(r)
	for _, a := range in.Attachments {
		in.Duration = max(in.Duration, a.Duration)
	}
	switch in.Kind {
	case store.Voicemail:
		in.Transcript = transcript(r)
		in.Subject = r.Subject
	case store.Fax:
		in.Pages, in.Resolution = max(r.FaxPageCount, 0), r.FaxResolution
		in.Text, in.Subject = r.CoverPageText, r.Subject
	default:
		in.Text = r.Subject
	}
	return in
}

// explain says in words why a message that went out did not reach its recipients.
func explain(in *store.Incoming) {
	if in.Direction != store.Outbound {
		return
	}
	for i := range in.To {
		p := &in.To[i]
		switch {
		case in.Kind == store.Fax && (p.Fault != "" || p.Delivery.Failed()):
			p.Why = rc.FaxReason(p.Fault).Text
		case in.Kind != store.Fax && p.Fault != "":
			p.Why = rc.SMSReason(p.Fault).Text
		case in.Kind != store.Fax && p.Delivery.Failed():
			p.Why = rc.SMSReason(in.To[0].Fault).Text
		}
	}
}

func kind(r rc.Message) store.Kind {
	switch strings.ToLower(r.Type) {
	case "voicemail":
		return store.Voicemail
	case "fax":
		return store.Fax
	case "pager":
		return store.Pager
	}
	for _, a := range r.Attachments {
		if a.Type == string(store.MMSAttachment) {
			return store.MMS
		}
	}
	return store.SMS
}

func party(p rc.Party) store.Party {
	return store.Party{
		Name: p.Name, Number: p.PhoneNumber, Extension: p.ExtensionNumber, Location: p.Location,
		Delivery: delivery(p.MessageStatus), Fault: p.FaxErrorCode,
	}
}

func delivery(word string) store.Delivery {
	switch strings.ToLower(word) {
	case "queued":
		return store.Queued
	case "sent":
		return store.Sent
	case "delivered":
		return store.Delivered
	case "deliveryfailed":
		return store.DeliveryFailed
	case "sendingfailed":
		return store.SendingFailed
	case "received":
		return store.Received
	}
	return store.DeliveryNone
}

// transcript reads the state of a voicemail's transcript. "Completed" without a
// transcript among the attachments does occur, and is not complete.
func transcript(r rc.Message) store.Transcript {
	has := false
	for _, a := range r.Attachments {
		has = has || a.Type == string(store.AudioTranscription)
	}
	switch strings.ToLower(r.VMTranscriptionStatus) {
	case "notavailable":
		return store.TranscriptNotOffered
	case "inprogress":
		return store.TranscriptNotReady
	case "timedout":
		return store.TranscriptTimedOut
	case "failed":
		return store.TranscriptFailed
	case "completed":
		if has {
			return store.TranscriptComplete
		}
	case "completedpartially":
		if has {
			return store.TranscriptPartial
		}
	}
	return store.TranscriptUnknown
}

// seconds is a duration the service gives, within reason.
func seconds(n int) time.Duration {
	const day = 24 * 60 * 60
	return time.Duration(min(max(n, 0), day)) * time.Second
}

func attachments(r rc.Message) []store.Attachment {
	var out []store.Attachment
	for _, a := range r.Attachments {
		if a.ID == "" {
			continue
		}
		size := a.Size
		if size <= 0 {
			size = -1 // not told
		}
		out = append(out, store.Attachment{
			Remote: string(a.ID), Kind: store.AttachmentKind(cmp.Or(a.Type, "Unknown")), Type: a.ContentType, Name: a.FileName, Size: size,
			Duration: seconds(a.VMDuration), Width: max(a.Width, 0), Height: max(a.Height, 0), URI: a.URI,
		})
	}
	return out
}
