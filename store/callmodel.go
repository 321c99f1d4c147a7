package store

import (
	"slices"
	"time"
)

// callTables keep what is known of a call beside its item. The indexes are for the
// lists of the call log, and the first to pass over calls and posts where messages are meant.
const callTables = `
ALTER TABLE items ADD COLUMN outcome INTEGER NOT NULL DEFAULT 0; -- of a call: a CallOutcome
ALTER TABLE items ADD COLUMN company INTEGER NOT NULL DEFAULT 0; -- a colleague's call, from the company's log
ALTER TABLE items ADD COLUMN linked INTEGER NOT NULL DEFAULT 0;  -- item of the voicemail or fax a call left, and the other way round
ALTER TABLE items ADD COLUMN reply INTEGER NOT NULL DEFAULT 0;   -- item of the call that answered or returned it

CREATE INDEX items_messages ON items (id) WHERE kind < 6;
CREATE INDEX items_calls ON items (company, id) WHERE kind = 6 AND availability = 0;
CREATE INDEX items_outcome ON items (outcome, id) WHERE kind = 6 AND availability = 0;
CREATE INDEX items_missed ON items (id) WHERE outcome IN (1, 2, 3, 4) AND availability = 0;
CREATE INDEX items_answered ON items (id) WHERE outcome IN (5, 6) AND availability = 0;
CREATE INDEX items_returned ON items (id) WHERE reply <> 0 AND availability = 0;
CREATE INDEX items_linked ON items (id) WHERE kind = 6 AND linked <> 0 AND availability = 0;
CREATE INDEX items_recorded ON items (id) WHERE kind = 6 AND files > 0 AND availability = 0;
CREATE INDEX items_length ON items (id, duration) WHERE kind IN (1, 6) AND availability = 0;

CREATE TABLE calls (
	item    INTEGER PRIMARY KEY,
	peer    TEXT NOT NULL DEFAULT '',   -- who was on the other side, the same for the same caller; '': not known
	side    INTEGER NOT NULL DEFAULT 0, -- 1: somebody should have answered, 2: they spoke
	message TEXT NOT NULL DEFAULT '',   -- the service's id of the voicemail or fax it left
	detail  TEXT NOT NULL DEFAULT '{}'  -- JSON CallDetail
) STRICT;
CREATE INDEX calls_peer ON calls (peer, side, item) WHERE peer <> '';
CREATE INDEX calls_message ON calls (message) WHERE message <> '';
`

// CallOutcome is what became of a call, for lists: the service has some forty words
// for it, and CallDetail keeps the one it used.
type CallOutcome uint8

// The outcomes. Those up to CallBackAsked are missed: nobody spoke with the caller.
const (
	NoOutcome     CallOutcome = iota // not a call
	CallMissed                       // nobody answered
	CallAbandoned                    // the caller gave up waiting in a queue
	CallHungUp                       // the caller hung up before anybody could answer
	CallBackAsked                    // the caller asked to be called back
	CallAnswered                     // they spoke
	CallElsewhere                    // somebody else answered, or another telephone
	CallVoicemail                    // the caller went to voicemail
	CallRejected                     // turned down
	CallBlocked                      // by a rule
	CallBusy
	CallNoAnswer // of ours
	CallFailed   // of ours: wrong number, not allowed and so on
	CallFaxReceived
	CallFaxSent
	CallFaxFailed
	CallInProgress
	CallOther // a word this program does not know; CallDetail.Result has it
)

func (o CallOutcome) String() string {
	names := [...]string{
		"", "missed", "abandoned", "hung up", "callback requested", "answered", "answered elsewhere", "voicemail", "rejected", "blocked",
		"busy", "no answer", "failed", "fax received", "fax sent", "fax failed", "in progress", "other",
	}
	if int(o) < len(names) {
		return names[o]
	}
	return "other"
}

// MarshalText writes the outcome's name.
func (o CallOutcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Missed reports whether nobody spoke with the caller, who left nothing either.
func (o CallOutcome) Missed() bool { return o >= CallMissed && o <= CallBackAsked }

// Connected reports whether there were two on the line.
func (o CallOutcome) Connected() bool { return o == CallAnswered || o == CallElsewhere }

// CallDetail is what the service says of a call besides what every item has
// (spec CallLogRecord). All words are the service's own.
type CallDetail struct {
	Session   string    `json:"session,omitempty"`
	Telephony string    `json:"telephony_session,omitempty"` // as LiveCall.Session
	Type      string    `json:"type,omitempty"`              // Voice Fax
	Action    string    `json:"action,omitempty"`
	Result    string    `json:"result,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	Why       string    `json:"reason_text,omitempty"` // the reason in a sentence
	Transport string    `json:"transport,omitempty"`   // PSTN VoIP
	Internal  string    `json:"internal_type,omitempty"`
	Behalf    string    `json:"on_behalf_of,omitempty"`    // the queue or colleague it came for
	Message   string    `json:"message,omitempty"`         // id of the voicemail or fax it left
	Recording string    `json:"recording,omitempty"`       // id
	RecType   string    `json:"recording_type,omitempty"`  // Automatic OnDemand
	Short     bool      `json:"short_recording,omitempty"` // too short: the service did not keep it
	Active    bool      `json:"active,omitempty"`          // it was not over when the service told of it
	Detailed  bool      `json:"detailed,omitempty"`        // Legs are those there are
	Legs      []CallLeg `json:"legs,omitempty"`
}

// CallLeg is one part of a call's way (spec CallLogRecordLegInfo).
type CallLeg struct {
	Type      string        `json:"type,omitempty"`
	Master    bool          `json:"master,omitempty"`
	Direction Direction     `json:"direction,omitempty"`
	Action    string        `json:"action,omitempty"`
	Result    string        `json:"result,omitempty"`
	Reason    string        `json:"reason,omitempty"`
	From      Party         `json:"from"`
	To        Party         `json:"to"`
	Start     time.Time     `json:"start,omitzero"`
	Duration  time.Duration `json:"duration,omitempty"` // ns
	Behalf    string        `json:"on_behalf_of,omitempty"`
}

// CallAnswer is the call that answered or returned another.
type CallAnswer struct {
	ID        ID        `json:"id"`
	Time      time.Time `json:"time"`
	Direction Direction `json:"direction"` // Inbound: they called again
	By        string    `json:"by"`        // whose telephone it was
}

// maxLegs bounds one record, far above what services send.
const maxLegs = 100

// clean makes ready what came from outside.
func (d CallDetail) clean(party func(Party) Party) CallDetail {
	for _, text := range []*string{
		&d.Session, &d.Telephony, &d.Type, &d.Action, &d.Result, &d.Reason, &d.Why, &d.Transport, &d.Internal, &d.Behalf,
		&d.Message, &d.Recording, &d.RecType,
	} {
		*text = CleanLine(*text)
	}
	d.Legs = slices.Clone(d.Legs[:min(len(d.Legs), maxLegs)])
	for i := range d.Legs {
		l := &d.Legs[i]
		for _, text := range []*string{&l.Type, &l.Action, &l.Result, &l.Reason, &l.Behalf} {
			*text = CleanLine(*text)
		}
		l.From, l.To = party(l.From), party(l.To)
	}
	return d
}

// UnmarshalText is the inverse of MarshalText.
func (d *Direction) UnmarshalText(b []byte) error {
	switch string(b) {
	case "inbound":
		*d = Inbound
	case "outbound":
		*d = Outbound
	default:
		*d = 0
	}
	return nil
}
