package store

import (
	"context"
	"time"

	"switchboard/api"
)

// Service is one mailbox of one service, as the store sees it. The adapters
// (store/ringcentral and so on) implement it; nothing here knows a wire format.
//
// Every method may be called by several goroutines. Errors are those of
// package api, wrapped: the store asks api.IsTemporary, api.IsUnknown,
// api.IsNotFound, api.MissingPermission and api.RetryAt what to do about them.
type Service interface {
	// Key names the mailbox the way Account.Key does.
	Key() string

	// Pull fetches what is new. An empty cursor fetches the newest page and says
	// in Pulled.Older where the history begins; a cursor fetches what changed
	// since. Reset means the cursor is no longer known and that the caller must
	// start over with an empty one.
	Pull(ctx context.Context, cursor string) (Pulled, error)

	// Older fetches a page of history, going backwards in time, and says in
	// Pulled.Older where the next one starts. Pages may overlap.
	Older(ctx context.Context, cursor string) (Pulled, error)

	// SetRead marks messages read or unread. It may be repeated.
	SetRead(ctx context.Context, remotes []string, read bool) ([]Outcome, error)

	// Delete moves messages to the trash. Carried out twice it destroys them, so
	// the store calls it only for messages States has just called Alive, and
	// implementations never repeat it.
	Delete(ctx context.Context, remotes []string) ([]Outcome, error)

	// Restore takes messages back from the trash. It may be repeated.
	Restore(ctx context.Context, remotes []string) ([]Outcome, error)

	// States asks how messages stand at this moment. A message the service does
	// not know is answered with Gone.
	States(ctx context.Context, remotes []string) (map[string]RemoteState, error)

	// Text fetches the text of an attachment that is only text, as a transcript is.
	Text(ctx context.Context, a Attachment) (string, error)

	// Fetch downloads an attachment into sink, see api.Download.
	Fetch(ctx context.Context, a Attachment, sink api.Sink, validator string,
		keep func(validator string, total int64) error, progress func(done, total int64)) (api.Downloaded, error)

	// Call rings one's own telephone first and then another number. It is never repeated.
	Call(ctx context.Context, r CallRequest) (CallHandle, error)
}

// Pulled is an answer of Service.Pull and Service.Older.
type Pulled struct {
	Records []Incoming
	Cursor  string // where the next increment starts; of Pull only
	Older   string // where the history goes on
	More    bool   // there is history at Older, or more to pull at Cursor
	Reset   bool   // the cursor has expired; nothing was fetched

	// Doing is what the service is busy with for this request, in a few words: "report 40 %".
	// There is More then, to be asked for at once, and what is here is not yet as of now.
	Doing string

	// From and To bound the time of which Records holds every message the
	// service has, both exclusive. Zero times claim nothing. Stored messages of
	// that time which are not among Records are asked for by States.
	From, To time.Time
}

// Outcome is what became of one message of a batch.
type Outcome struct {
	Remote string
	Err    error
	Gone   bool // the service no longer has it
}

// RemoteState is how a message stands at the service.
type RemoteState struct {
	Read         bool
	Availability Availability
	Gone         bool // not known there (any more)
}

// CallHandle is a call that was asked for.
type CallHandle interface {
	// Name is what the service calls it, for [TelephoneService]; "" if it has no name.
	Name() string
	// State asks how the call stands.
	State(ctx context.Context) (CallState, error)
	// Cancel stops a call while one's own telephone rings. An error for which
	// api.IsNotFound holds says that it is too late.
	Cancel(ctx context.Context) error
}

// CallState is how a call stands.
type CallState struct {
	Stage CallStage // CallRings, CallRingsThere, CallSpeaking or CallOver
	Spoke bool      // of one that is over: there were two on the line
	Words string    // of one that came to nothing: why, for example "busy"
}

// batchSize is how many messages one request may name, the limit that RingCentral
// documents for ids in a path; changeSize how many one that changes them, where they
// can be named in its body (updateMessage).
const (
	batchSize  = 50
	changeSize = 1000
)
