package ui

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview"
	"switchboard/ui/screen"
	"switchboard/ui/usercommand"
)

// View is a saved view: the digit that shows it, its name and its query.
type View = screen.View

// Options is what the screens need. Store and Keys must be set.
type Options struct {
	Store        screen.Store // a *store.Store
	Keys         keymap.Map
	Theme        string          // "dark", "light", "plain"; "": what the terminal tells
	Views        []View          // nil: DefaultViews
	Patience     screen.Patience // of the inbox and of views without their own; zero: the usual one
	SaveDir      string          // "": the folder for downloads
	SaveTemplate string          // "": the store's default
	Canned       []string
	Replies      []string // canned replies, see compose.Model; nil: those shipped
	Callback     string   // what {callback} stands for in them
	Actor        string
	NoColor      bool
	OnePane      bool          // never show the reader beside the list
	First        *store.Window // the first rows of the inbox, see First
	Sort         store.Order   // of the inbox and the views
	Query        string        // what to search for at once, over the inbox
	Version      string
	CrashDir     string // "": the folder for temporary files
	Log          *slog.Logger
	Now          func() time.Time
	Location     *time.Location
	Output       *os.File            // the terminal; nil: standard output
	Program      []tea.ProgramOption // for tests: another input, output, size
	Frame        func(frame string)  // for tests and pictures: told every new frame
	Ready        func(*tea.Program)  // for tests: told the program before it runs

	Notify Notify // how a person is told of what comes in

	// Graphics is how pictures are drawn: a name of graphics.ParseMode, "" for the
	// best the terminal has.
	Graphics string
	// Editor is the command a person edits text with, "" that of $VISUAL or $EDITOR.
	Editor string
	// JSON is an item as `list --json` writes it; nil: the store's own form.
	JSON func(it store.Item) ([]byte, error)
	// Commands are the person's own; Keys must have them as its own actions.
	Commands []usercommand.Command
	// FileCopy makes a copy of a fetched file for a program outside, under its own name;
	// nil: it is given the file itself.
	FileCopy func(blob string, a store.Attachment) (string, error)
	// Print is the command that prints a file, "" the system's.
	Print string
	// Copy puts text on the system's clipboard, besides the terminal's own way; it
	// may be nil.
	Copy    func(ctx context.Context, text string) (program string, err error)
	Preview preview.Options // of files: how they are fetched, drawn and played

	// Open shows a file with the system's program, as a copy of the given name.
	Open func(ctx context.Context, path, name, contentType string) error
	// Beside runs beside the screens until ctx ends, and tells what a person should know;
	// it may be nil.
	Beside func(ctx context.Context, tell func(text string)) error
	// Connect attaches accounts that were signed in to meanwhile; it may be nil.
	Connect func() error
}

// DefaultViews is the saved views of a person who has set none.
func DefaultViews() []View {
	return []View{
		{Key: "1", Name: "Oldest unread", Query: "in:inbox is:unread"},
		{Key: "2", Name: "Voicemail", Query: "in:inbox in:voicemail"},
		{Key: "3", Name: "Faxes today", Query: "in:fax on:today"},
		{Key: "4", Name: "Failed faxes", Query: "in:fax is:failed"},
		{Key: "5", Name: "Texts", Query: "in:inbox in:text"},
	}
}

func cannedNotes() []string {
	return []string{"left message", "called back, solved", "no answer", "wrong number", "will call again", "passed on"}
}

// CannedReplies is the canned replies of a person who has set none.
func CannedReplies() []string {
	return []string{
		"Hello {name}, we got your message and will call you back {callback}.",
		"Hello {name}, we tried to call you back. You reach us at {number}.",
		"Hello {name}, thank you. We are looking into it and get back to you {callback}.",
		"Hello {name}, this is done. Please call {number} if anything is missing.",
		"Hello {name}, please call us at {number} when you have a moment.",
		"Thank you {name}, we have received it.",
	}
}

// First fetches the first rows of the inbox, so that the first frame shows
// them. It is the query New begins with.
func First(ctx context.Context, s screen.Store, o store.Order) (*store.Window, error) {
	q, err := store.ParseQuery("in:inbox", time.Now(), time.Local)
	if err != nil {
		return nil, err
	}
	w, err := s.Window(ctx, q, o, 0, 0, 100)
	return &w, err
}

func (o *Options) fill() {
	if o.Views == nil {
		o.Views = DefaultViews()
	}
	if o.Canned == nil {
		o.Canned = cannedNotes()
	}
	o.Patience = o.Patience.Or(screen.UsualPatience())
	if o.Replies == nil {
		o.Replies = CannedReplies()
	}
	if o.Callback == "" {
		o.Callback = "as soon as we can"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.SaveTemplate == "" {
		o.SaveTemplate = "{date}_{time}_{from}_{kind}_{id}"
	}
	if o.SaveDir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			home = "."
		}
		o.SaveDir = filepath.Join(home, "Downloads")
	}
	if o.CrashDir == "" {
		o.CrashDir = os.TempDir()
	}
}
