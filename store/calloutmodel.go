package store

import (
	"context"
	"encoding/json"
	"time"
)

// Telephone is a telephone of one's own that a call rings first, or a number of the
// account that whoever is called may be shown.
type Telephone struct {
	Number string `json:"number"` // E.164, or an extension
	Label  string `json:"label,omitempty"`
	Kind   string `json:"kind,omitempty"` // in words: "mobile", "desk phone", "own number"
	Main   bool   `json:"main,omitempty"` // the one the service itself puts first
}

// Telephones are those of an account.
type Telephones struct {
	Phones  []Telephone `json:"phones"`  // may ring first, best first
	Shown   []Telephone `json:"shown"`   // may be shown to whoever is called; none: that is not for the account to choose
	Country string      `json:"country"` // ISO 3166 code of the account's country; "" where it is not told
	At      time.Time   `json:"at"`      // when the service was asked
}

// CallSetup is what was chosen for the calls of an account.
type CallSetup struct {
	Phone  string `json:"phone,omitempty"` // number of the telephone that rings first; "": the best there is
	Shown  string `json:"shown,omitempty"` // number that is shown; "": the service's default
	Prompt bool   `json:"prompt,omitempty"`
}

// CallRequest is a call to be placed.
type CallRequest struct {
	To     string // E.164, or an extension
	From   string // which telephone rings first; "": the service's default
	Shown  string // number shown to To; "": the service's default
	Prompt bool   // whoever answers the first telephone has to press 1 before To is dialled
}

// TelephoneService is a Service that knows which telephones there are, and can find a
// call again by the name its handle gave. Methods may be called by several goroutines.
type TelephoneService interface {
	Telephones(ctx context.Context) (Telephones, error)
	Resume(name string) CallHandle
}

// CallStage is how far a call of one's own is.
type CallStage uint8

// The stages, in order.
const (
	CallAsked      CallStage = iota + 1 // the service is being asked
	CallRings                           // one's own telephone rings; the call can be cancelled
	CallRingsThere                      // the other side is rung
	CallSpeaking                        // both are on the line
	CallOver
)

func (s CallStage) String() string {
	return [...]string{"", "asked", "your phone rings", "ringing", "connected", "over"}[s%6]
}

// MarshalText writes the stage's name.
func (s CallStage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// OwnCall is a call one has asked for on this machine, and how it stands. Text is clean.
type OwnCall struct {
	Op      int64     `json:"op"`
	Item    ID        `json:"item,omitempty"` // that is called back; 0: none
	Account int64     `json:"-"`
	Who     string    `json:"who"`             // "Ana Lima (415) 555-0142"
	Number  string    `json:"number"`          // as dialled
	Phone   string    `json:"phone"`           // which of one's telephones rings, in words
	Shown   string    `json:"shown,omitempty"` // number that is shown
	Stage   CallStage `json:"stage"`
	Began   time.Time `json:"began"`
	Since   time.Time `json:"since"`            // when it came into Stage
	Words   string    `json:"words,omitempty"`  // once it is over: how it ended
	Spoke   int64     `json:"spoke,omitempty"`  // seconds
	Failed  bool      `json:"failed,omitempty"` // it came to nothing
	Unsure  bool      `json:"unsure,omitempty"` // nobody knows whether it was placed
	Next    bool      `json:"-"`                // Undo would cancel it

	session string // of the service, once an event has told of it
}

// Session is the call's name among [Store.LiveCalls], "" where it is not known.
func (c OwnCall) Session() string { return c.session }

// callNote is what is kept of a call beside its operation, in op_items.before.
type callNote struct {
	From   string `json:"from,omitempty"`   // asked for with the call; "": what is chosen
	Remote string `json:"remote,omitempty"` // the service's name of it
	Who    string `json:"who,omitempty"`    // OwnCall.Who
	Open   bool   `json:"open,omitempty"`   // they speak, and the journal does not have it yet
}

func (n callNote) text() string {
	b, err := json.Marshal(n)
	if err != nil { // only plain fields
		return ""
	}
	return string(b)
}
