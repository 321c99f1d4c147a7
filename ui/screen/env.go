package screen

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/theme"
)

// Store is what the screens ask of the store.
type Store interface {
	Window(ctx context.Context, q store.Query, o store.Order, at store.ID, before, after int) (store.Window, error)
	Search(ctx context.Context, q store.Query, o store.Order, limit int) (store.Window, error)
	IDs(ctx context.Context, q store.Query, o store.Order, limit int) ([]store.ID, error)
	Count(ctx context.Context, q store.Query, stop int) (n int, exact bool, err error)
	NextUnread(ctx context.Context, q store.Query, o store.Order, after store.ID, forward bool) (store.ID, error)
	Item(ctx context.Context, id store.ID) (store.Item, error)
	FetchText(ctx context.Context, id store.ID) (bool, error)
	Accounts(ctx context.Context) ([]store.Account, error)
	Watch() (<-chan struct{}, func())
	CheckOutside(ctx context.Context) (bool, error)
	Generation() uint64

	Act(ctx context.Context, c store.Change) (store.Op, error)
	Undo(ctx context.Context) (store.Op, error)
	Redo(ctx context.Context) (store.Op, error)
	Ops(ctx context.Context, limit int) ([]store.Op, error)
	RetryOp(ctx context.Context, id int64) error
	CancelOp(ctx context.Context, id int64) error
	Notices(ctx context.Context) ([]store.Notice, error)
	Dismiss(ctx context.Context, id int64) error
	Status() []store.Status
	LastArrival(ctx context.Context) (int64, error)
	Arrivals(ctx context.Context, after int64) (list []store.Arrival, last int64, err error)
	Settled(ctx context.Context, ids []store.ID) ([]store.ID, error)
	GiveWay()
	Recovered() string
	SyncNow()
	SyncOnce(ctx context.Context, account int64, full bool) (store.SyncReport, error)

	Fetch(ctx context.Context, attachments []int64, priority bool) error
	FetchNow(ctx context.Context, a store.Attachment, progress func(done, total int64)) (string, error)
	FetchThumb(ctx context.Context, a store.Attachment, want store.ThumbWant) (store.Thumb, error)
	FetchAhead(ctx context.Context, a store.Attachment, progress func(done, total int64)) (string, error)
	Jobs() []store.Job
	Finished() []store.Job
	PauseJob(ctx context.Context, attachment int64) error
	ResumeJob(ctx context.Context, attachment int64) error
	CancelJob(ctx context.Context, attachment int64) error
	RemoveLocal(ctx context.Context, attachment int64) error
	Save(ctx context.Context, ids []store.ID, o store.SaveOptions) (store.SaveReport, error)
	QueueSave(ctx context.Context, ids []store.ID, o store.SaveOptions) (job int64, err error)
	BlobPath(sha256 string) string
	PartPath(attachment int64) string

	PresenceStore
	MailboxStore
	CallStore
	ContactStore
	CalloutStore
	ChatStore
	TriageStore
	KeepStore
	SendStore
	OfferStore
	ProtectStore

	Remember(ctx context.Context, key string, value []byte) error
	Recall(ctx context.Context, key string) ([]byte, error)
	SetFileText(ctx context.Context, attachment int64, pages []string, by string) error
	FileText(ctx context.Context, attachment int64) ([]string, error)
}

// View is a saved view: a digit, a name and a query.
type View struct {
	Key      string // "1" to "9"
	Name     string
	Query    string
	Patience Patience // zero: that of the inbox
}

// Env is what every screen works with. It belongs to the loop: only Update and
// what it calls may touch it.
type Env struct {
	Ctx      context.Context
	Store    Store
	Host     Host
	Styles   *theme.Styles // replaced when the terminal tells its background
	Keys     keymap.Map
	Now      func() time.Time
	Location *time.Location
	Views    []View
	Sort     store.Order // of the inbox and the views
	SaveDir  string
	Template string
	Canned   []string // notes a digit picks
	Replies  []string // canned replies, see FillReply
	Callback string   // what {callback} stands for in them
	Open     func(ctx context.Context, path, name, contentType string) error
	Actor    string
	Log      *slog.Logger
	Crash    func(value any, stack []byte)
	Later    func(d time.Duration, msg tea.Msg) tea.Cmd // a message after a pause
	Term     graphics.Terminal                          // what pictures are drawn for; replaced as the terminal answers
	Jobs     []store.Job                                // the downloads as last heard of
	Status   []store.Status                             // the accounts as last heard of
	Live     []store.LiveCall                           // the calls in progress as last heard of
	Sends    []store.SendProgress                       // the uploads of what is sent, likewise
	Feeds    []store.FeedStatus                         // what is kept up to date beside messages, likewise
	Names    map[string]string                          // of accounts, by key
	Services map[int64]string                           // of accounts, by their row in the store
	Accounts map[string]int64                           // the same rows by key
	Patience Patience                                   // of the inbox, and of lists without their own
	Hours    map[int64]store.Hours                      // business hours by account, where they are known
	Room     map[int64]store.Retention                  // how full the mailboxes are, by account

	// Form, Edit and Person are what a screen may ask of the root beside Host: a form to
	// fill in, a text to be changed in the person's own editor, and everything from and to
	// somebody. They may be nil in a test of one screen alone.
	Form   func(f Form)
	Edit   func(e Edit) tea.Cmd
	Person func(w Whom) tea.Cmd
	// Call calls somebody, see Dial; nil in a test of one screen alone.
	Call func(c Callee) tea.Cmd
	// Present is one character and a few words for whether somebody is there; nil where
	// that is not known of anybody. Both are "" where it is not known of this contact.
	Present func(c store.Contact) (sign, words string)
	// LookUp asks the store off the loop for what has to be known before more can be done,
	// which then does. Keys wait for it. Op says what is done, for a failure.
	LookUp func(op string, f func(ctx context.Context) (then func() tea.Cmd, err error)) tea.Cmd
	// Pick opens a list to pick from; nil in a test of one screen alone.
	Pick func(p Picker)
	// Type gives keys to what is written into, as long as that is open.
	Type func(w Writer)
	// Command makes a command of the command line known; nil in a test of one screen alone.
	Command func(c Command)
	// Compose opens the composer of texts, faxes and pages.
	Compose func(l Letter) tea.Cmd
	// Settle asks whether something was sent of which the service cannot tell.
	Settle func(op store.Op)
	// Direct opens the chat with somebody; nil where there are no chats.
	Direct func(d Direct) tea.Cmd
	Signs  map[string]int // how people stand, see Presence
	Heard  uint64         // grows when Signs, Room or Hours change

	Mailbox     string                   // key of the only account the lists show; "": all
	ShowMailbox func(key string) tea.Cmd // has the lists show one account, or all
	// JSON is an item as `list --json` writes it; nil: the store's own form.
	JSON func(it store.Item) ([]byte, error)

	Writes int // changes under way: rows read meanwhile may be older than they

	last chan struct{} // closed when the latest write is through
}

// Host is what the root does for a screen, at once.
type Host interface {
	Say(text string)              // one quiet line in the footer, until the next key
	Tell(b Banner)                // a banner
	Prompt(p Prompt)              // a line to type into
	Confirm(c Confirm)            // a question that needs a deliberate key
	Go(p Place) tea.Cmd           // another pane or screen
	Step(n int) tea.Cmd           // moves the list by n and lets the panes follow
	Current() (store.Row, bool)   // the row the list is on
	Words() []string              // what is searched for, to be shown where it stands
	Show(query, t string) tea.Cmd // a list of everything a query finds
	Seen(item store.ID) tea.Cmd   // what is in an item was played or paged through: it counts as read
}

// Place is somewhere to go.
type Place int

// The places.
const (
	List Place = iota
	Reader
	Files
	JobList
	Large // one file over all panes
	Contacts
	Presence
	Groups
	Mailboxes
	Drafts
)

// Banner is a line that stays until it is taken back, replaced or dismissed.
type Banner struct {
	Text   string
	Next   string // what happens next, or what can be done
	Undo   bool   // `u` takes it back
	Fault  bool
	Path   bool  // Text ends with a path: its middle is left out first
	Notice int64 // the store's notice it stands for; 0: none
}

// Prompt is a line of text the root asks for.
type Prompt struct {
	Title  string
	Value  string
	Scope  keymap.Scope
	Kind   string   // prompts of one kind share a history
	Hint   string   // shown right of the line
	Pick   []string // texts the digits 1 to 9 pick while the line is empty
	Fields bool     // Tab completes the words of the query language
	// Change is called with every letter; its words are shown beside the line.
	Change func(text string) (hint string, cmd tea.Cmd)
	// Complete is asked by Tab how what was typed goes on; its command ends in a
	// [Completed].
	Complete func(text string) tea.Cmd
	// Enter takes what was typed; an error keeps the prompt open and is shown.
	Enter  func(text string) (tea.Cmd, error)
	Cancel func() tea.Cmd
}

// Confirm is a question. Only `y` is yes.
type Confirm struct {
	Question string
	Detail   string
	Yes      string // the word for yes
	Do       func() tea.Cmd
}

// Screen is one pane.
type Screen interface {
	// Scopes is where this pane's keys are looked up, outermost first.
	Scopes() []keymap.Scope
	// Do carries out an action, or says that it is not for this pane.
	Do(a keymap.Action) (tea.Cmd, bool)
	// Disabled says why an action cannot be done now; "" when it can.
	Disabled(a keymap.Action) string
	// Update takes what its own commands brought.
	Update(msg tea.Msg) tea.Cmd
	// View is exactly h lines of exactly w cells.
	View(w, h int, focused bool) []string
}

// Full is a screen that takes all the room, as the jobs do.
type Full interface {
	Screen
	// Refresh fetches again what it shows: called when it comes up and when the store changed.
	Refresh() tea.Cmd
	// Busy reports whether keys must wait for what it shows.
	Busy() bool
	// Useful is what its footer offers, most useful first.
	Useful() []keymap.Action
}

// Rower is a Full that may be on a message: the attachment pane and what is done to
// messages follow it as they follow the list.
type Rower interface {
	Current() (store.Row, bool)
}

// Persona is a Full that may be on somebody without being on a message.
type Persona interface {
	// Person is whom it is on, and the number to reach them by; ok is false for nobody.
	Person() (name, number string, ok bool)
}

// The messages the root understands.
type (
	// Failed is the one failure message: what was tried and why it did not work.
	Failed struct {
		Op   string
		Err  error
		Next string
	}
	// Acted is a change that is on disk.
	Acted struct {
		Op    store.Op
		Quiet bool
	}
	// Wrote is the end of a Write with what came of it.
	Wrote struct{ Msg tea.Msg }
	// Copy puts text on the clipboard.
	Copy struct{ Text, Said string }
	// Queued is a save that goes on by itself from now on.
	Queued struct{ Job int64 }
	// Told is a banner from a command.
	Told struct{ Banner Banner }
	// Said is a footer line from a command.
	Said struct{ Text string }
	// Completed is how a line goes on: Text in place of For, if that still stands there.
	Completed struct{ For, Text, Hint string }
	// Crashed is a panic in a command; the root ends the program in order.
	Crashed struct{ Value any }
)

// Do runs f off the loop. Its context ends with ctx or after the timeout; a
// panic leaves a crash file and ends the program in order.
func (e *Env) Do(ctx context.Context, timeout time.Duration, f func(ctx context.Context) tea.Msg) tea.Cmd {
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				e.Crash(r, debug.Stack())
				msg = Crashed{r}
			}
		}()
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return f(ctx)
	}
}

// Account is what an account is called on screen.
func (e *Env) Account(key string) string {
	if n := e.Names[key]; n != "" {
		return n
	}
	return key
}

// Quick is how long a question to the local store may take before it fails.
const Quick = 20 * time.Second

// Write is Do for changes: they run one after the other in the order in which
// Write was called, whichever goroutine is faster.
func (e *Env) Write(op string, f func(ctx context.Context) (tea.Msg, error)) tea.Cmd {
	before, done := e.last, make(chan struct{})
	e.last = done
	e.Writes++
	run := e.Do(e.Ctx, Quick, func(ctx context.Context) tea.Msg {
		msg, err := f(ctx)
		if err != nil {
			return Failed{Op: op, Err: err}
		}
		return msg
	})
	return func() tea.Msg {
		defer close(done)
		if before != nil {
			select {
			case <-before:
			case <-e.Ctx.Done():
			}
		}
		return Wrote{run()}
	}
}

// Act makes a change.
func (e *Env) Act(c store.Change, quiet bool) tea.Cmd {
	if c.Who == "" {
		c.Who = e.Actor
	}
	return e.Write(verbWords(c.Verb), func(ctx context.Context) (tea.Msg, error) {
		op, err := e.Store.Act(ctx, c)
		return Acted{Op: op, Quiet: quiet}, err
	})
}

func verbWords(v store.Verb) string {
	switch v {
	case "done", "read", "unread":
		return "mark " + string(v)
	case "note":
		return "write the note"
	case "call":
		return "call"
	}
	return string(v)
}

// Quiet reports whether an error is nobody's news: the answer to a question
// that was taken back.
func Quiet(err error) bool { return err == nil || errors.Is(err, context.Canceled) }

// Fail is a failure as a message, or nothing for a question taken back.
func Fail(op string, err error) tea.Msg {
	if Quiet(err) {
		return nil
	}
	return Failed{Op: op, Err: err}
}

// Text is the failure in words.
func (f Failed) Text() string { return fmt.Sprintf("Could not %s: %s", f.Op, store.Reason(f.Err)) }
