package screen

import (
	tea "charm.land/bubbletea/v2"

	"switchboard/store"
)

// Form asks for several lines of text at once. Tab and the arrows go from field to
// field, Enter takes them all.
type Form struct {
	Title  string
	Note   string // stands above the fields
	Fields []Field
	// Enter takes what was typed, a value a field. An error keeps the form open and is
	// shown; a [FieldError] puts the cursor on its field.
	Enter func(values []string) (tea.Cmd, error)
	// Cancel is told what had been typed, so that it is not lost. It may be nil.
	Cancel func(values []string)
}

// Field is one line of a form. A line break in its value is shown, and typed, as ⏎.
type Field struct {
	Name  string
	Value string
	Hint  string // shown while the field has the cursor
}

// FieldError is what is wrong with one field of a form.
type FieldError struct {
	Field int
	Err   error
}

func (e *FieldError) Error() string { return e.Err.Error() }

// Unwrap is what is wrong.
func (e *FieldError) Unwrap() error { return e.Err }

// Edit has a person change a text in an editor of their own, which gets the whole
// terminal until it ends.
type Edit struct {
	Name string // of the file the editor shows, without a folder: "contact.txt"
	Text string
	Done func(text string) tea.Cmd // what was left in the file
	Fail func(err error) tea.Cmd   // the editor could not be run; nil: told as a failure
}

// Whom is somebody of whom everything is to be shown: a contact, or who is on the
// other side of a message.
type Whom struct {
	Account int64
	Contact int64       // 0: looked for by Party
	Party   store.Party // who a message is from, with what the contacts know of it
}

// WhomOf is who is on the other side of a row.
func WhomOf(r store.Row) Whom { return Whom{Account: r.Account, Contact: r.Who.Contact, Party: r.Who} }

// Restorer is a Full whose rows an undo may bring back.
type Restorer interface {
	// Await makes keys wait until Restored has been called and its rows are here.
	Await()
	// Restored reads the rows again after an undo.
	Restored() tea.Cmd
	// Settle gives up waiting.
	Settle()
}
