package screen

import (
	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
)

// Source is a file that is shown, and whose it is.
type Source struct {
	Item store.Item
	File store.Attachment

	// Path is the file that holds the content, or its part that is here so far.
	// It must not be changed. Empty: nothing is here yet.
	Path  string
	Whole bool  // Path holds all of it
	Small bool  // Path holds a smaller picture that the service made of it, whole: nothing of that is kept of the file
	Done  int64 // bytes here so far
	Total int64 // bytes in all; -1: not known
}

// Viewer shows one kind of content: pages, sound, a picture, text.
type Viewer interface {
	// Show shows another file, or the same once more of it is here.
	Show(src Source) tea.Cmd
	// Do carries out an action, or says that it is not for this viewer.
	Do(a keymap.Action) (tea.Cmd, bool)
	// Disabled says why an action cannot be done now; "" when it can, or when the
	// action is not this viewer's.
	Disabled(a keymap.Action) string
	// Update takes what its own commands brought.
	Update(msg tea.Msg) tea.Cmd
	// View is exactly h lines of exactly w cells.
	View(w, h int, focused bool) []string
	// Close stops what runs and frees what it holds. Show may follow.
	Close()
}

// Sized is a Viewer that makes what it shows for the room it has, off the loop:
// it is told the room before it is drawn, and again whenever that changes. A
// width of 0 says that it is not on the screen.
type Sized interface {
	Resize(w, h int) tea.Cmd
}

// Tall is a Viewer that knows how many lines suit what it shows in w cells, at
// most most. Others get all there is.
type Tall interface {
	Lines(w, most int) int
}

// Telling is a Viewer that says in a few words where it is: "page 2 of 5". They
// stand in the title of its pane.
type Telling interface {
	Status() string
}

// Stage is where a file is shown within a pane: what the panes know of the
// preview.
type Stage interface {
	// Lines is how many of at most most lines of w cells it wants now; 0 when
	// there is nothing to show.
	Lines(w, most int) int
	// View is exactly h lines of exactly w cells.
	View(w, h int, focused bool) []string
	// Status is a few words for the title of the pane.
	Status() string
	// Text reports whether it shows the words of the message itself, so that
	// nobody else need.
	Text() bool
}
