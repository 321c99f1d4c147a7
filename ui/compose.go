package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/compose"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// composing is the composer over the panes, at the bottom of the screen.
type composing struct{ m *Model }

func (o *composing) scope() keymap.Scope    { return o.m.compose.Scope() }
func (o *composing) takes() bool            { return true }
func (o *composing) waits(time.Time) bool   { return false }
func (o *composing) hints() []keymap.Action { return o.m.compose.Hints() }

// then closes the overlay once nothing is written any more.
func (o *composing) then(cmd tea.Cmd) tea.Cmd {
	o.m.clean = false
	if !o.m.compose.Writing() {
		o.m.close(o)
	}
	return cmd
}

func (o *composing) text(s string) tea.Cmd         { return o.then(o.m.compose.Text(s)) }
func (o *composing) do(a keymap.Action) tea.Cmd    { return o.then(o.m.compose.Act(a)) }
func (o *composing) key(k tea.KeyPressMsg) tea.Cmd { return o.then(o.m.compose.Stroke(k.Keystroke())) }

func (o *composing) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	c := o.m.compose
	box := c.View(w, h-2)
	top := h - 1 - len(box)
	copy(lines[top:], box)
	x, y := c.Cursor()
	if len(box) == 0 || x < 0 || y < 0 {
		return lines, nil
	}
	return lines, tea.NewCursor(x, top+y)
}

// newCompose is the composer and the list of drafts, wired to the root.
func (m *Model) newCompose() {
	m.compose, m.drafts = compose.New(m.env), compose.NewDrafts(m.env)
	m.compose.Show = func() {
		for _, x := range m.overlays {
			if _, ok := x.(*composing); ok {
				return
			}
		}
		m.open(&composing{m})
	}
	m.compose.Settling = m.settleUnsure
	m.drafts.GoOn = m.compose.GoOn
	m.drafts.GoChat = func(chat int64) tea.Cmd { return join(m.Go(screen.Groups), m.groups.Write(chat)) }
	m.env.Compose, m.env.Settle = m.compose.Open, m.settleUnsure
}

// composed gives the composer what its commands brought.
func (m *Model) composed(msg tea.Msg) tea.Cmd {
	cmd := m.compose.Update(msg)
	if m.compose.Writing() {
		return cmd
	}
	for _, o := range m.overlays {
		if c, ok := o.(*composing); ok {
			m.close(c)
			m.clean = false
			break
		}
	}
	return cmd
}

// writes carries out what begins something to send, on the row somebody is on.
func (m *Model) writes(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Compose:
		if m.place == screen.Groups {
			return nil, false // a post
		}
		return m.compose.Open(screen.Letter{Account: m.sender()}), true
	case keymap.Reply, keymap.ReplyCanned, keymap.Forward:
	default:
		return nil, false
	}
	if m.place == screen.Contacts || m.place == screen.Groups && a != keymap.Forward {
		return nil, false
	}
	r, ok := m.row()
	if m.stands() != nil {
		r, ok = m.followed()
	}
	switch {
	case !ok && m.full() != nil && m.place != screen.Groups:
		return nil, false
	case !ok:
		m.Say("There is no message here")
		return nil, true
	case a == keymap.Forward:
		return m.forward(r), true
	case r.Kind != store.Post && m.env.Refuses(r.Account, store.OfferReply):
		return nil, true
	case r.Kind == store.Post:
		return join(m.Go(screen.Groups), m.groups.Answer(r.ID, a == keymap.ReplyCanned)), true
	}
	id, canned := r.ID, a == keymap.ReplyCanned
	return m.compose.OpenBy(func(ctx context.Context) (screen.Letter, error) {
		it, err := m.env.Store.Item(ctx, id)
		if err != nil {
			return screen.Letter{}, err
		}
		return compose.Answer(m.env, it, canned)
	}), true
}

// sender is the account that writes unless another is chosen: the one whose mailbox is
// shown, if its service sends anything; else "", which is the first that does.
func (m *Model) sender() string {
	service, _, _ := strings.Cut(m.env.Mailbox, ":")
	if ok, _ := store.OfferedBy(service, store.OfferText); !ok {
		return ""
	}
	return m.env.Mailbox
}

// onward is something that is to be sent on once the keys before have been done to its
// pages.
type onward struct {
	item store.ID
	file int64
}

// forward sends a row on, or the one file the cursor is on in the attachment pane.
// What came by a service that sends nothing on goes out by another, if there is one.
func (m *Model) forward(r store.Row) tea.Cmd {
	if !m.env.Offering(store.OfferForward) && m.env.Refuses(r.Account, store.OfferForward) {
		return nil
	}
	return m.env.Guarded([]store.Row{r}, "Send on", func() tea.Cmd { return m.onwards(r) })
}

// onwards is forward, once it is to be done.
func (m *Model) onwards(r store.Row) tea.Cmd {
	m.onward = &onward{item: r.ID}
	if m.place == screen.Files || m.place == screen.Large && m.side == screen.Files {
		m.onward.file = m.files.Chosen()
	}
	return m.sendOn()
}

// sendOn opens the composer on what is to be sent on, as soon as no key waits for its
// pages.
func (m *Model) sendOn() tea.Cmd {
	w := m.onward
	if w == nil || m.preview.Owes(w.item) {
		return nil
	}
	m.onward = nil
	m.clean = false
	sheets := m.preview.Sheets()
	return m.compose.OpenBy(func(ctx context.Context) (screen.Letter, error) {
		ops, err := m.env.Store.Unsure(ctx)
		if err != nil {
			return screen.Letter{}, err
		}
		for _, op := range ops {
			for _, id := range op.Items {
				if id == w.item {
					return screen.Letter{}, &compose.Unsure{Op: op}
				}
			}
		}
		it, err := m.env.Store.Item(ctx, w.item)
		if err != nil {
			return screen.Letter{}, err
		}
		return compose.Onward{Env: m.env, Item: it, File: w.file, Sheets: sheets}.Letter(ctx)
	})
}

// settleUnsure asks whether something was sent, of which the service cannot tell.
func (m *Model) settleUnsure(op store.Op) {
	was, again := "it was sent: leave it", "it was not sent: send it now"
	m.Prompt(screen.Prompt{
		Title: "Was it sent? " + words(op), Kind: "unsure", Pick: []string{was, again}, Hint: "1 or 2; Esc leaves it open",
		Enter: func(text string) (tea.Cmd, error) {
			if text != was && text != again {
				return nil, errors.New("1 if it was sent, 2 if it was not; ask whom it was for")
			}
			return m.env.Write("settle it", func(ctx context.Context) (tea.Msg, error) {
				err := m.env.Store.SettleUnsure(ctx, op.ID, text == was)
				said := "Noted as sent"
				if text == again {
					said = "It is sent once more"
				}
				return screen.Said{Text: said}, err
			}), nil
		},
	})
}

// leaving is how many messages have not left when somebody wants to quit.
type leaving struct{ n int }

// endSent quits, and asks first where a message has not left yet: it goes out only the
// next time the program runs.
func (m *Model) endSent() tea.Cmd {
	pending := 0
	for _, st := range m.env.Status {
		pending += st.Pending
	}
	if pending == 0 && !m.compose.Sent {
		return m.end()
	}
	return m.env.Do(m.env.Ctx, quitAsk, func(ctx context.Context) tea.Msg {
		ops, err := m.env.Store.Ops(ctx, mostUnsent)
		if err != nil {
			return leaving{} // quitting must not fail on that
		}
		n := 0
		for _, op := range ops {
			if op.Verb == store.VerbSend && !op.Undone && (op.State == store.OpPending || op.State == store.OpSending || op.State == store.OpUnknown && !op.Unsure) {
				n++
			}
		}
		return leaving{n}
	})
}

// Quitting waits no longer than quitAsk for what has not left, which is looked for among
// the latest mostUnsent changes.
const (
	quitAsk    = 300 * time.Millisecond
	mostUnsent = 50
)

func (m *Model) leaving(l leaving) tea.Cmd {
	if l.n == 0 {
		return m.end()
	}
	m.Confirm(screen.Confirm{
		Question: kit.Plural(l.n, "message") + " not sent yet. Quit?",
		Detail:   "On disk, and sent the next time switchboard runs.", Yes: "quit", Do: m.end,
	})
	return nil
}
