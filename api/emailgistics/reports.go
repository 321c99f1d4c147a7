package emailgistics

import (
	"context"
	"encoding/json"
	"time"
)

// What a report's activity can be.
const (
	Received = "received"
	Replied  = "replied"
	Closed   = "closed"
)

// The states of a run.
const (
	StatusRunning = "running"
	StatusDone    = "done"
	StatusError   = "error"
)

// ReportQuery says which messages a Received Message Detail report is about.
type ReportQuery struct {
	Mailbox string // its id; needed
	// Activity is which time From and Until are about: [Received], [Replied] or
	// [Closed]; "": received. Rows come sorted by it.
	Activity    string
	From, Until time.Time // both inclusive; zero: from 2000 on, until 2100
	Statuses    []string  // open, snoozed, closed; none: all
	// Conversation is the id of one, as deliveries and rows give it.
	Conversation string
	// More are further members of the request's body, by the names of the
	// service's documents (owners, tags, sender domain).
	More        map[string]any
	FieldGroups []string // none: the service's "basic"
	Details     bool     // names and addresses beside the ids of users
	Max         int      // rows a page, 50 to 500; 0: 500
}

// Run is a report that was started.
type Run struct {
	// Link is where its state and its first page are found. Keep it before
	// anything else is done: a run cannot be found again without it, and starting
	// another counts against the three that may run at a time.
	Link string
	Page Page // what the answer told already, "running" as a rule
}

// Page is the state of a run and, once it is done, a page of its rows.
type Page struct {
	Status   string // [StatusRunning], [StatusDone]; unknown values pass through
	Progress int    // 0 to 100
	Rows     []Row
	Broken   []BrokenRow // rows that could not be read
	Total    int         // of all pages; -1: not told
	// Cutoff is the time up to which the report knows everything; zero: not told.
	Cutoff time.Time
	// Self, Next and Prev are links to this page and those beside it, absolute
	// and checked to be on the configured origin; "" when there is none.
	Self, Next, Prev string
}

// Done reports whether the run has come to its end.
func (p Page) Done() bool { return p.Status == StatusDone }

// Row is a message of a report. The documents list the members of a row where
// we could not read them, so those that are known by any of their likely names
// are read, and all of them are in Fields.
type Row struct {
	Cursor            string // the row's "id": its place in the report
	MessageID         string
	InternetMessageID string
	ConversationID    string
	MailboxID         string
	Subject           string
	From, Sender      Person
	To, Cc            []Person
	Received          time.Time
	Replied, Closed   time.Time // zero: not, or not told
	Status            string    // open, snoozed, closed or something newer; "": not told
	Owners            []string  // names where told, else ids
	Tags              []string  // the same
	// HasAttachments is nil when the row does not say. Inline pictures do not count.
	HasAttachments *bool
	Fields         map[string]json.RawMessage
}

// Person is a sender, a recipient or a user.
type Person struct {
	Name, Address string
}

// BrokenRow is a row that could not be read, which must not stop the others.
type BrokenRow struct {
	Cursor string // "" if even that is unreadable
	Err    error
}

// StartReport starts a Received Message Detail report (POST
// /api/v1/reports/receivedMessageDetail, scopes reporting and messages:read). It
// is sent once and never repeated: each one that arrives makes a run of its own.
// While three are known to run, by this program or by others that share the
// account's file, nothing is sent and the error is a [CauseLimit].
func (c *Client) StartReport(ctx context.Context, q ReportQuery) (Run, error) {
	return c.startReport(ctx, q)
}

// Run asks once for the state of a run, or for a page of it: link is a Run's or
// a Page's. A link to another origin than the configured one is refused without
// asking. A run that ended with an error is a [CauseReport]; one that is over 24
// hours old, or was started with another key, a [CauseGone].
func (c *Client) Run(ctx context.Context, link string) (Page, error) {
	return c.page(ctx, link)
}
