package store

import (
	"context"
	"time"
)

// The words of a presence, as the service says them. What it may say one day besides
// is kept and shown as it is.
const (
	PresenceAvailable = "Available"
	PresenceBusy      = "Busy"
	PresenceOffline   = "Offline" // of one's own choice: invisible

	DNDTakeAll  = "TakeAllCalls"
	DNDNoQueues = "DoNotAcceptDepartmentCalls"
	DNDQueues   = "TakeDepartmentCallsOnly"
	DNDNone     = "DoNotAcceptAnyCalls"
	dndUnknown  = "Unknown"

	CallNone      = "NoCall"
	CallConnected = "CallConnected"
	CallRinging   = "Ringing"
	CallHeld      = "OnHold"
	CallParked    = "ParkedCall"
)

// MaxStatusMessage is how many characters a status message may have.
const MaxStatusMessage = 75

// PresenceState is what is known of somebody's presence. What is "" or nil was not told:
// queues, menus and rooms have a Status and nothing else, and users of the new call handling
// have Personal and Queues in place of DND. Text is clean.
type PresenceState struct {
	Status    string         `json:"status,omitempty"`                  // of all there is: Available, Busy, Offline
	User      string         `json:"user_status,omitempty"`             // what the person chose
	DND       string         `json:"dnd_status,omitempty"`              // a DND constant
	Personal  string         `json:"dnd_status_personal,omitempty"`     // new call handling: DNDTakeAll or DNDNone
	Queues    *bool          `json:"accept_call_queue_calls,omitempty"` // new call handling
	Telephony string         `json:"telephony_status,omitempty"`        // a Call constant
	Meeting   string         `json:"meeting_status,omitempty"`          // Connected, Disconnected
	Message   string         `json:"message,omitempty"`
	Visible   *bool          `json:"allow_see_my_presence,omitempty"`
	Monitor   *bool          `json:"ring_on_monitored_call,omitempty"`
	PickUp    *bool          `json:"pick_up_calls_on_hold,omitempty"`
	Calls     []PresenceCall `json:"calls,omitempty"` // as far as one may see them
}

// PresenceCall is a call somebody takes part in.
type PresenceCall struct {
	Direction Direction `json:"direction,omitempty"`
	With      Party     `json:"with"`
	Queue     bool      `json:"queue,omitempty"` // it came through a queue
	State     string    `json:"state,omitempty"` // a Call constant
	Since     time.Time `json:"since,omitzero"`
	Session   string    `json:"session,omitempty"` // telephony session, else session
}

// Presence is what an extension's user does, as it is kept here.
type Presence struct {
	Account   int64  `json:"-"`
	Extension string `json:"id"` // the service's id of the extension
	Number    string `json:"extension,omitempty"`
	Name      string `json:"name,omitempty"`
	Type      string `json:"type,omitempty"` // of the directory: User, Department, ...; "": not known
	PresenceState
	Since   time.Time `json:"since,omitzero"` // when what the line shows began; zero: before the first look
	Told    time.Time `json:"told,omitzero"`  // when the service last told; zero: never
	Mine    bool      `json:"mine,omitempty"`
	Watched bool      `json:"watched,omitempty"`
	Pending bool      `json:"pending,omitempty"` // a change of one's own has not reached the service yet
	Err     string    `json:"error,omitempty"`   // why the service does not tell
	Team    []Agent   `json:"members,omitempty"` // of a watched queue: who takes its calls
}

// Agent is a member of a queue.
type Agent struct {
	Extension string `json:"id"`
	Name      string `json:"name,omitempty"`
	Number    string `json:"extension,omitempty"`
	Takes     bool   `json:"takes"` // calls of this queue, as far as it depends on the person
}

// Queue is a call queue one is a member of.
type Queue struct {
	Account  int64  `json:"-"`
	ID       string `json:"id"`
	Name     string `json:"name"`
	Number   string `json:"extension,omitempty"`
	Editable bool   `json:"editable"` // one may leave and join it
	Takes    bool   `json:"takes"`    // one takes its calls
	Pending  bool   `json:"pending,omitempty"`
}

// IncomingPresence is a presence as a service gives it, before cleaning: the answer to a
// question, which says all there is, or an event, which says what it likes to.
type IncomingPresence struct {
	Extension string    // the service's id
	Number    string    // extension number; "": not told
	Sequence  int64     // of an event: the higher is the later; 0: an answer
	Asked     time.Time // of an answer: when the question went out, by this machine's clock
	Mine      bool      // it is one's own
	Err       error     // of an answer: why there is none
	PresenceState
	// Quiet says that an event told of no calls at all, not that there are none.
	Quiet bool
}

// IncomingQueue is a queue one is a member of, as a service gives it.
type IncomingQueue struct {
	ID, Name, Number string
	Editable, Takes  bool
}

// PresenceService is a Service that knows who is there. Methods may be called by several
// goroutines.
type PresenceService interface {
	// OwnPresence is one's own.
	OwnPresence(ctx context.Context) (IncomingPresence, error)
	// Presences are those of extensions; one that is not told has an Err.
	Presences(ctx context.Context, extensions []string) ([]IncomingPresence, error)
	// EveryPresence is a page of everybody's in the account, by page number from 1.
	EveryPresence(ctx context.Context, page int) (list []IncomingPresence, more bool, err error)
	// OwnQueues are the queues one is a member of.
	OwnQueues(ctx context.Context) ([]IncomingQueue, error)
	// QueueAgents are the members of a queue.
	QueueAgents(ctx context.Context, queue string) ([]Agent, error)
	// FavoriteExtensions are the colleagues among one's favourites, by the service's ids.
	FavoriteExtensions(ctx context.Context) ([]string, error)
}

// Deeds of presence. VerbWatch stays on this machine.
const (
	VerbPresence Verb = "presence" // payload PresenceChange
	VerbQueue    Verb = "queue"    // payload QueueChange
	VerbWatch    Verb = "watch"    // payload WatchChange
)

// PresenceChange says how one's own presence is to be; what is "" or nil stays.
type PresenceChange struct {
	User     string  `json:"user,omitempty"`
	DND      string  `json:"dnd,omitempty"`
	Personal string  `json:"personal,omitempty"`
	Queues   *bool   `json:"queues,omitempty"`
	Message  *string `json:"message,omitempty"`
}

// QueueChange says whether one takes the calls of a queue.
type QueueChange struct {
	Queue string `json:"queue"`
	Takes bool   `json:"takes"`
}

// WatchChange says whether somebody is watched.
type WatchChange struct {
	Extension string `json:"extension"`
	Name      string `json:"name,omitempty"`
	Number    string `json:"number,omitempty"`
	Type      string `json:"type,omitempty"`
	On        bool   `json:"on"`
}

// presenceTables keep who is there.
const presenceTables = `
CREATE TABLE presence (
	account   INTEGER NOT NULL,
	extension TEXT NOT NULL,             -- the service's id
	number    TEXT NOT NULL DEFAULT '',  -- extension number
	mine      INTEGER NOT NULL DEFAULT 0,
	state     TEXT NOT NULL DEFAULT '{}', -- PresenceState as JSON
	sequence  INTEGER NOT NULL DEFAULT 0, -- of the latest event
	sequenced INTEGER NOT NULL DEFAULT 0, -- when that came
	since     INTEGER NOT NULL DEFAULT 0, -- when what the line shows began
	told      INTEGER NOT NULL DEFAULT 0, -- when the service last told
	error     TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (account, extension)
) STRICT, WITHOUT ROWID;
CREATE TABLE watched (
	account   INTEGER NOT NULL,
	extension TEXT NOT NULL,
	name      TEXT NOT NULL DEFAULT '',
	number    TEXT NOT NULL DEFAULT '',
	type      TEXT NOT NULL DEFAULT '',
	agents    TEXT NOT NULL DEFAULT '',  -- of a queue: []Agent as JSON
	PRIMARY KEY (account, extension)
) STRICT, WITHOUT ROWID;
CREATE TABLE queues (
	account  INTEGER NOT NULL,
	queue    TEXT NOT NULL,              -- the service's id
	name     TEXT NOT NULL DEFAULT '',
	number   TEXT NOT NULL DEFAULT '',
	editable INTEGER NOT NULL DEFAULT 0,
	takes    INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (account, queue)
) STRICT, WITHOUT ROWID;
`
