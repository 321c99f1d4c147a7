package compose

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// pause is how long typing must rest before the draft is written to disk. Whoever is
// killed within it loses less than a word.
const pause = 250 * time.Millisecond

// mostTyped is how many characters of a text are taken: far more than can be sent, so
// that what is too long can be seen and cut.
const mostTyped = 20_000

// Model is the composer. It belongs to the loop; there is one for the whole program, and
// at most one letter is open in it.
type Model struct {
	env *screen.Env

	// Show gives it the keys as long as Writing reports true.
	Show func()
	// Settling asks a person whether something was sent.
	Settling func(op store.Op)
	// Sent is whether something was sent since the program began.
	Sent bool

	cur  *letter // what is being written; nil: nothing
	gen  uint64  // of the letters, so that late answers are told from new ones
	open bool    // a letter is being opened

	w, h int // as last drawn
	x, y int // of the cursor within what is drawn
	top  int // first line shown
}

// letter is one message that is being written.
type letter struct {
	gen     uint64
	kind    store.SendKind
	account string
	usual   string   // the account it went out from when it was opened
	origins []origin // all it can go out from
	from    string   // own number that was chosen; "": none was
	own     []string // numbers that what is answered came in on
	to      []store.Recipient
	given   []store.Recipient // those nobody typed: whom what is answered is from
	in      kit.Input         // the recipient that is being typed
	resumed string            // what of it the draft held
	found   search
	files   []file
	path    kit.Input // the file that is being typed
	resend  store.ID
	whole   string            // what is sent on by reference, in words
	anew    screen.LetterFile // the same as a file, for when it is to be changed
	region  string            // whose numbers are meant where a country is left out
	cover   int               // see coverAt
	fine    bool
	when    kit.Input
	at      time.Time
	ed      kit.Editor
	answers store.ID
	about   string
	retry   store.ID // the failed message this is, as long as nothing of it is changed

	focus   field
	picker  picker
	senders []store.Sender
	covers  []store.Cover
	check   store.MessageCheck
	wrong   string // what CheckMessage has against it
	asking  bool   // CheckMessage is at work
	again   bool   // and what it works on is old
	fault   string // why the last key could not be done
	hint    string // what it did

	owed    keymap.Action // Enter or Tab, which waits for who is meant
	reading bool          // a file that was named is being looked at
	goes    bool          // it goes as soon as its pages are made
	sending bool          // it is being recorded
	gone    bool          // it is recorded: nothing is kept of it any more

	draft   int64
	touched bool // somebody has typed in it
	saving  bool
	dirty   bool // changed since the last save began
	timer   bool
	then    func() tea.Cmd // once nothing is being saved
}

// field is where the cursor can be.
type field int

const (
	toField field = iota
	fromField
	filesField
	coverField
	fineField
	whenField
	textField
)

// New is a composer with nothing in it.
func New(env *screen.Env) *Model { return &Model{env: env} }

// fields are those of a kind, in their order on the screen.
func (l *letter) fields() []field {
	out := []field{toField}
	if len(l.choices()) > 1 {
		out = append(out, fromField)
	}
	switch l.kind {
	case store.SendFax:
		if l.resend != 0 && len(l.files) == 0 && l.ed.Blank() && l.cover == 0 && !l.fine {
			return append(out, filesField, whenField) // the service takes nothing else with it
		}
		return append(out, filesField, coverField, fineField, whenField, textField)
	case store.SendPager:
		return append(out, textField)
	}
	if len(l.files) > 0 || l.focus == filesField || l.path.String() != "" {
		out = append(out, filesField)
	}
	return append(out, textField)
}

// texters are the own numbers that can send texts.
func (l *letter) texters() []store.Sender { return origin{senders: l.senders}.texters() }

// sender is the number a text goes out from: the one that was chosen, the one that was
// written to, else the usual one, as far as they can.
func (l *letter) sender() (store.Sender, bool) {
	mms := len(l.files) > 0 || len(l.to) > 1
	best, rank := store.Sender{}, -1
	for _, s := range l.texters() {
		r := 0
		switch {
		case s.Number == l.from:
			return s, true
		case mms && !s.MMS:
		case slices.Contains(l.own, s.Number):
			r = 4
		case s.Default:
			r = 3
		case s.Primary:
			r = 2
		default:
			r = 1
		}
		if r > rank {
			best, rank = s, r
		}
	}
	return best, rank >= 0
}

// Writing reports whether a letter is open.
func (m *Model) Writing() bool { return m.cur != nil }

// Scope is where its keys are looked up.
func (m *Model) Scope() keymap.Scope { return keymap.ScopeComposer }

// Busy reports whether keys must wait: for what is opened, for who is meant by what was
// typed, or for the end of sending.
func (m *Model) Busy() bool {
	return m.open || m.cur != nil && (m.cur.owed != "" || m.cur.reading || m.cur.goes || m.cur.sending)
}

// Settle gives up waiting. What is being sent is sent all the same.
func (m *Model) Settle() {
	if m.open {
		m.open = false
		m.gen++
	}
	if m.cur != nil {
		m.cur.owed, m.cur.reading, m.cur.goes = "", false, false
	}
}

// Mark is what of the state the footer's keys depend on.
func (m *Model) Mark() string {
	l := m.cur
	if l == nil {
		return ""
	}
	return string(l.kind) + string(rune('a'+int(l.focus))) + string(rune('a'+int(l.picker.is)))
}

// Hints is what the footer offers.
func (m *Model) Hints() []keymap.Action {
	l := m.cur
	switch {
	case l == nil:
		return nil
	case l.picker.is != noPicker:
		return []keymap.Action{keymap.Cancel}
	case l.kind == store.SendFax:
		return []keymap.Action{keymap.SendPost, keymap.Complete, keymap.AttachFile, keymap.CoverPage, keymap.SendLater, keymap.Templates, keymap.EditOutside, keymap.Cancel}
	case l.kind == store.SendPager:
		return []keymap.Action{keymap.SendPost, keymap.NewLine, keymap.Complete, keymap.Templates, keymap.EditOutside, keymap.Cancel}
	}
	return []keymap.Action{keymap.SendPost, keymap.NewLine, keymap.Complete, keymap.Templates, keymap.AttachFile, keymap.EditOutside, keymap.Cancel}
}

// Update takes what the composer's commands brought.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case opened:
		return m.opened(msg)
	case saved:
		return m.saved(msg)
	case rested:
		return m.rested(msg)
	case people:
		return m.people(msg)
	case checked:
		return m.checked(msg)
	case located:
		return m.located(msg)
	case pathGoesOn:
		return m.pathGoesOn(msg)
	case made:
		return m.made(msg)
	case edited:
		return m.edited(msg)
	case sent:
		return m.sent(msg)
	}
	return nil
}

func join(a, b tea.Cmd) tea.Cmd {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return tea.Batch(a, b)
}
