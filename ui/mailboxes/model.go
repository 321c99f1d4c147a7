package mailboxes

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Model is the screen of accounts and mailboxes.
type Model struct {
	env    *screen.Env
	boxes  []store.MailboxState
	room   map[int64]store.Retention     // how full each is, by account
	offers map[int64][]store.WatchChange // what could be read, by account
	looked time.Time                     // when those were read
	err    error
	have   bool
	busy   bool
	again  bool
	filter string
	asking string // the key of the offer the service is being asked for

	cursor kit.Cursor
}

type kind int

const (
	all kind = iota
	own
	shared
	offer
	box  // one of those a single sign-in opens
	user // somebody who works in it
	tag  // one of its tags
)

// row is one entry of the list, with the lines under it.
type row struct {
	key   string
	is    kind
	box   store.MailboxState
	owner int64 // of an offer: the account whose sign-in would open it
	offer store.WatchChange
	head  string

	in   store.SharedBox // the box, or that of a user or a tag
	user store.BoxUser
	tag  store.BoxTag
	sub  string // a heading of its own, within a box
	open bool   // of a box: its users and tags are shown
}

// New is an empty screen.
func New(env *screen.Env) *Model { return &Model{env: env} }

// Scopes is where this screen's keys are looked up.
func (m *Model) Scopes() []keymap.Scope { return keymap.Stack(keymap.ViewMailboxes) }

type got struct {
	boxes  []store.MailboxState
	room   map[int64]store.Retention
	offers map[int64][]store.WatchChange
	err    error
}

// again is how long what the directory offers is taken to be the same.
const again = time.Minute

// Refresh reads anew what it shows.
func (m *Model) Refresh() tea.Cmd {
	if m.busy {
		m.again = true
		return nil
	}
	m.busy = true
	now := m.env.Now()
	everything := m.looked.IsZero() || now.Sub(m.looked) >= again
	for _, list := range m.offers {
		everything = everything || len(list) == 0
	}
	if everything {
		m.looked = now
	}
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		var g got
		if g.boxes, g.err = m.env.Store.Mailboxes(ctx); g.err != nil {
			return g
		}
		if g.room, g.err = retention(ctx, m.env.Store); g.err != nil || !everything {
			return g
		}
		g.offers = map[int64][]store.WatchChange{}
		for _, b := range g.boxes {
			if !b.Shares {
				continue
			}
			if g.offers[b.ID], g.err = m.env.Store.Readable(ctx, b.ID); g.err != nil {
				return g
			}
		}
		return g
	})
}

// opened and closed are what became of choosing a mailbox.
type (
	opened struct {
		name string
		err  error
	}
	closed struct {
		key, name string
		err       error
	}
)

// Update takes what this screen's commands brought.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case got:
		m.busy, m.have, m.err = false, true, msg.err
		if msg.err == nil {
			m.boxes, m.room = msg.boxes, msg.room
			if msg.offers != nil {
				m.offers = msg.offers
			}
		}
		if m.again {
			m.again = false
			return m.Refresh()
		}
		for _, b := range m.boxes {
			if _, ok := m.env.Names[b.Key]; !ok { // somebody has signed in elsewhere
				return func() tea.Msg { return screen.AccountsChanged{} }
			}
		}
	case opened:
		m.asking = ""
		if msg.err != nil {
			return func() tea.Msg { return screen.Fail("read the mailbox", msg.err) }
		}
		m.env.Host.Say("Reading the mailbox of " + msg.name + "; Space closes it again")
		return m.changed()
	case closed:
		if msg.err != nil {
			return func() tea.Msg { return screen.Fail("close the mailbox of "+msg.name, msg.err) }
		}
		m.env.Host.Say("Closed the mailbox of " + msg.name + "; what was decided about its messages is kept")
		if m.env.Mailbox == msg.key && m.env.ShowMailbox != nil {
			return screen.Both(m.env.ShowMailbox(""), m.changed())
		}
		return m.changed()
	}
	return nil
}

// changed has everybody learn that there are other mailboxes now.
func (m *Model) changed() tea.Cmd {
	return screen.Both(m.Refresh(), func() tea.Msg { return screen.AccountsChanged{} })
}

// Busy reports whether keys must wait for the rows.
func (m *Model) Busy() bool { return !m.have && m.busy }

// rows is all mailboxes, and what else could be read.
func (m *Model) rows() []row {
	var out []row
	if len(m.boxes) > 1 && m.filter == "" {
		out = append(out, row{key: "all", is: all})
	}
	read := map[string]bool{}
	head := "Read here"
	for _, b := range m.boxes {
		r := row{key: "box " + b.Key, is: own, box: b}
		if b.Owner != "" {
			r.is = shared
		}
		read[b.Key] = true
		some := m.inner(b)
		if m.fits(b.Name, b.Number) {
			some = append([]row{r}, some...)
		}
		if len(some) == 0 {
			continue
		}
		if some[0].head, head = head, ""; len(out) == 0 {
			some[0].head = ""
		}
		out = append(out, some...)
	}
	for _, b := range m.boxes {
		head := "Others in the company of " + b.Name
		prefix := b.Key[:strings.LastIndexByte(b.Key, ':')+1]
		for _, w := range m.offers[b.ID] {
			if read[prefix+w.Extension] || w.Type == "User" && m.filter == "" || !m.fits(w.Name, w.Number) {
				continue
			}
			out = append(out, row{key: "offer " + prefix + w.Extension, is: offer, owner: b.ID, offer: w, head: head})
			head = ""
		}
	}
	return out
}

func (m *Model) fits(name, number string) bool {
	hay := strings.ToLower(name + " " + number)
	for w := range strings.FieldsSeq(strings.ToLower(m.filter)) {
		if !strings.Contains(hay, w) {
			return false
		}
	}
	return true
}

// current is the row under the cursor; if it has gone, the one in its place.
func (m *Model) current(rows []row) (row, int) {
	if i := m.cursor.On(len(rows), keys(rows)); i >= 0 {
		return rows[i], i
	}
	return row{}, -1
}

func keys(rows []row) func(i int) string { return func(i int) string { return rows[i].key } }

func (m *Model) move(n int) {
	rows := m.rows()
	m.cursor.Move(n, len(rows), keys(rows))
}

// next goes to the next mailbox with open items.
func (m *Model) next(n int) {
	rows := m.rows()
	_, at := m.current(rows)
	for i := at + n; i >= 0 && i < len(rows); i += n {
		if rows[i].box.Open > 0 {
			m.cursor.Go(i, keys(rows))
			return
		}
	}
	m.env.Host.Say("No mailbox with anything open this way")
}
