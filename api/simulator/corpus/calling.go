package corpus

import (
	"fmt"
	"time"
)

// At makes the call with that number.
func (k *Calls) At(number int64) Call {
	block, a := split(number, len(k.items))
	it := &k.items[a]
	r := stream(k.c.seed, forCall, uint64(number+callBase))
	v := Call{
		Number: number, ID: k.ID(number), SessionID: k.Session(number), Own: it.trait < othersAnswered,
		Type: "Voice", Direction: "Inbound", Action: "Phone Call", Start: k.Start(number), Extension: OwnerExtension,
		Transport: "PSTN", To: owner(), Finished: true,
	}
	if it.trait == leftMessage {
		k.left(&v, int(block)*period+it.slot, it.slot)
	} else {
		k.between(&v, it, block, &r)
	}
	// Nothing that began before now is still going on: live calls are not the
	// corpus's.
	if room := int(k.c.now.Sub(v.Start) / time.Second); number < k.end() && v.Duration > room && v.Finished {
		v.Duration = max(room, 0)
	}
	return v
}

func (k *Calls) end() int64 {
	_, end := k.Company()
	return end
}

// left describes the call of a message.
func (k *Calls) left(v *Call, i, slot int) {
	m, seconds := k.message(i, slot)
	v.Duration, v.From = seconds, m.From
	if len(m.To) > 0 {
		v.To = m.To[0]
	}
	v.From.Status, v.To.Status, v.To.FaxError = "", "", ""
	v.Direction = m.Direction
	if i >= 0 {
		v.Message, v.Kind = m.ID, m.Type
	}
	if m.Type == "VoiceMail" {
		v.Result = "Voicemail"
		return
	}
	v.Type, v.Action, v.Result = "Fax", "Incoming Fax", "Received"
	if m.Direction == "Outbound" {
		v.Action, v.Result = "Outgoing Fax", "Sent"
		switch m.Status {
		case "Queued":
			v.Result, v.Finished = "In Progress", false
		case "SendingFailed":
			v.Result, v.Reason = faxResult(m.To[0].FaxError)
		}
	}
}

// faxResult says in the log's words why a fax failed.
func faxResult(why string) (result, reason string) {
	switch why {
	case "NoAnswer":
		return "No Answer", "No Answer"
	case "LineBusy":
		return "Busy", "Line Busy"
	case "NoFaxMachine", "NotAccepted":
		return "Fax Not Sent", "Fax Not Received"
	case "WrongNumber":
		return "Wrong Number", "Wrong Number"
	case "CallFailed":
		return "Call Failed", "Internal Call Error"
	case "AllLinesInUse":
		return "Fax Not Sent", "No Digital Line"
	}
	return "Send Error", "Fax Prepare Error"
}

// queues are what calls come through.
var queues = []Party{
	{Name: "Patient Line", Extension: "201", Number: "+16505550120"},
	{Name: "Refill Queue", Extension: "202", Number: "+16505550121"},
	{Name: "Dispatch Hotline", Extension: "203", Number: "+16505550122"},
}

// between describes a call that left nothing.
func (k *Calls) between(v *Call, it *callItem, block int64, r *rng) {
	who := k.c.somebody(r)
	switch it.trait {
	case missedReturned, returned, missedAgain, again:
		// The two calls of a pair are with the same person.
		pair := uint64(it.nth)<<1 | uint64(bit(it.trait == missedAgain || it.trait == again))
		p := stream(k.c.seed, forCall, uint64(block+callBase)<<8|pair|1<<51)
		who = k.c.somebody(&p)
	}
	v.From = who.party()
	switch it.trait {
	case dialed, dialedRecorded, dialedBusy, dialedNoAnswer, dialedWrong, dialedInside, dialedRingOut, dialedAbroad, returned:
		v.Direction, v.From, v.To = "Outbound", owner(), v.From
		k.dialed(v, it.trait, r)
	case missed, missedReturned, missedAgain, missedBlocked, missedNameOnly, missedHostile, missedForeign, abandoned, hungUp, rejected, blockedCall:
		k.missed(v, it, who, r)
	case othersAnswered, othersDialed, othersMissed:
		k.others(v, it.trait, r)
	default:
		k.answered(v, it.trait, r)
	}
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}

func (k *Calls) answered(v *Call, trait callTrait, r *rng) {
	v.Result, v.Duration = "Accepted", r.between(35, 240)+r.n(300)
	switch trait {
	case answeredQueue:
		v.Queue = pick(r, queues)
		v.To = v.Queue
	case answeredRecorded:
		v.Recording = "Automatic"
	case answeredOnDemand:
		v.Recording = "OnDemand"
	case answeredShort:
		v.Short, v.Duration = true, r.between(5, 25)
	case answeredInside:
		v.From, v.Transport, v.To.Number, v.To.Location = pick(r, colleagues), "VoIP", "", ""
	case answeredMasked:
		n := v.From.Number
		v.From = Party{Number: n[:len(n)-4] + "XXXX"}
	case answeredForward:
		v.Action = "Transfer"
	}
}

func (k *Calls) missed(v *Call, it *callItem, who person, r *rng) {
	v.Result, v.Duration = "Missed", r.between(8, 34)
	switch it.trait {
	case missedBlocked:
		v.From = Party{}
	case missedNameOnly:
		v.From = Party{Name: who.full()}
	case missedHostile:
		v.From.Name = pick(r, hostileNames)
	case missedForeign:
		v.From.Name = pick(r, foreignNames[r.n(len(foreignNames))])
	case abandoned:
		v.Result, v.Queue = "Abandoned", pick(r, queues)
		v.To = v.Queue
	case hungUp:
		v.Result, v.Duration = "Hang Up", r.between(1, 6)
	case rejected:
		v.Result, v.Reason = "Rejected", "Calls Not Accepted"
	case blockedCall:
		v.Result, v.Reason, v.Duration = "Blocked", "Number Blocked", 0
	}
}

func (k *Calls) dialed(v *Call, trait callTrait, r *rng) {
	v.Result, v.Duration, v.Transport = "Call connected", r.between(20, 180)+r.n(240), "VoIP"
	switch trait {
	case dialedRecorded:
		v.Recording = "Automatic"
	case dialedBusy:
		v.Result, v.Reason, v.Duration = "Busy", "Line Busy", r.between(2, 6)
	case dialedNoAnswer:
		v.Result, v.Reason, v.Duration = "No Answer", "No Answer", r.between(20, 45)
	case dialedWrong:
		v.Result, v.Reason, v.Duration = "Wrong Number", "Bad Number", 1
	case dialedInside:
		v.To, v.From.Number, v.From.Location = pick(r, colleagues), "", ""
	case dialedRingOut:
		v.Action, v.Internal = "RingOut Web", "RingOut"
	case dialedAbroad:
		v.Result, v.Reason, v.Duration = "International Disabled", "International Disabled", 0
		v.To = Party{Number: "+4930555012" + string([]byte{'0' + byte(r.n(10))}), Location: "Berlin, Germany"}
		v.Internal = "International"
	}
}

// others are the calls of a colleague.
func (k *Calls) others(v *Call, trait callTrait, r *rng) {
	desk := pick(r, colleagues)
	v.Extension, v.To, v.Result = desk.Extension, desk, "Accepted"
	v.Duration = r.between(20, 400)
	switch trait {
	case othersMissed:
		v.Result, v.Duration = "Missed", r.between(6, 30)
	case othersDialed:
		v.Direction, v.From, v.To, v.Result = "Outbound", desk, v.From, "Call connected"
	}
}

// RecordingID names the recording of a call; 0 when there is none.
func (v *Call) RecordingID() int64 {
	if v.Recording == "" {
		return 0
	}
	return v.SessionID*10 + 7
}

// FindRecording gives the call that a recording is of.
func (k *Calls) FindRecording(id int64) (Call, bool) {
	number, ok := k.FindSession(id / 10)
	if !ok || id%10 != 7 {
		return Call{}, false
	}
	v := k.At(number)
	return v, v.RecordingID() == id
}

// Sound is the recording of a call: somebody who talks for as long as the call
// was.
func (k *Calls) Sound(v *Call) Body { return k.c.Sound(uint64(v.SessionID), v.Duration) }

// Sound makes a recording of so many seconds; another number, another voice.
func (c *Corpus) Sound(number uint64, seconds int) Body {
	format := [...]uint8{formatPCM, formatMP3, formatMuLaw, formatMP3Low}[number/4%4]
	nth := [...]uint8{formatPCM: 0, formatMP3: 4, formatMuLaw: 2, formatMP3Low: 1}[format]
	m := Message{Index: 1<<30 + int(mix(number)>>34), Duration: max(seconds, 1), slot: slot{kind: voicemail, nth: nth}}
	body := c.audio(&m)
	body.Type = "audio/wav"
	if m.mp3() {
		body.Type = typeMP3
	}
	body.ETag = fmt.Sprintf(`"%08x-c%x"`, c.seed>>32, number)
	return body
}

// Caller is somebody who might call now, another one for another n.
func (c *Corpus) Caller(n int64) Party {
	r := stream(c.seed, forCall, uint64(n)|1<<52)
	return c.somebody(&r).party()
}

// Queue is the n-th queue that calls come through.
func Queue(n int) (q Party, ok bool) {
	if n < 0 || n >= len(queues) {
		return q, false
	}
	return queues[n], true
}
