package compose

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// message is the letter as the store takes it.
func (l *letter) message() store.NewMessage {
	n := store.NewMessage{
		Kind: l.kind, Account: l.account, From: l.from, To: append([]store.Recipient(nil), l.to...), Text: l.ed.String(), Resend: l.resend,
		Typed: strings.TrimSpace(l.in.String()), Fine: l.fine, At: l.at, Answers: l.answers, Draft: l.draft,
	}
	if l.kind == store.SendFax {
		n.Cover = coverID(l.covers, l.cover)
	}
	if l.kind == store.SendText && l.from == "" {
		if s, ok := l.sender(); ok {
			n.From = s.Number
		}
	}
	for _, f := range l.files {
		if f.path != "" {
			n.Files = append(n.Files, f.path)
		}
	}
	return n
}

// changed notes that somebody has typed: it is kept soon, and weighed at once.
func (m *Model) changed() tea.Cmd {
	l := m.cur
	l.touched, l.dirty = true, true
	l.retry = 0
	cmd := m.weigh()
	if l.timer || m.env.Later == nil {
		return cmd
	}
	l.timer = true
	return join(cmd, m.env.Later(pause, rested{l}))
}

// rested says that typing may have paused.
type rested struct{ l *letter }

func (m *Model) rested(msg rested) tea.Cmd {
	msg.l.timer = false
	return m.save(msg.l)
}

// saved is the end of a write of a draft.
type saved struct {
	l   *letter
	id  int64
	err error
}

// save writes what was typed to disk, one write at a time.
func (m *Model) save(l *letter) tea.Cmd {
	if !l.dirty || l.gone || l.saving {
		return nil
	}
	l.saving, l.dirty = true, false
	id, n, empty := l.draft, l.message(), l.empty()
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		if empty {
			return saved{l, 0, m.env.Store.DropMessageDraft(ctx, id)}
		}
		id, err := m.env.Store.SaveMessageDraft(ctx, id, n)
		return saved{l, id, err}
	})
}

func (m *Model) saved(msg saved) tea.Cmd {
	l := msg.l
	l.saving = false
	var cmd tea.Cmd
	if msg.err != nil {
		cmd = func() tea.Msg { return screen.Fail("keep the draft", msg.err) }
	} else {
		l.draft = msg.id
	}
	if then := l.then; then != nil {
		l.then = nil
		return join(cmd, then())
	}
	if m.cur != l { // nobody types in it any more
		return join(cmd, m.save(l))
	}
	return cmd
}

// after does something once nothing is being written to disk.
func (l *letter) after(do func() tea.Cmd) tea.Cmd {
	if l.saving {
		l.then = do
		return nil
	}
	return do()
}

// leave closes the composer; what was typed waits as a draft.
func (m *Model) leave() tea.Cmd {
	l := m.cur
	if l.sending {
		m.shut()
		m.env.Host.Say("It is on its way; u takes it back")
		return nil
	}
	m.unfinished(l)
	cmd := m.save(l)
	m.shut()
	switch {
	case l.empty() && l.draft == 0:
		return nil // nothing was written, and nothing was there
	case !l.touched:
	case l.empty():
		m.env.Host.Say("The draft was empty: it is dropped")
	default:
		m.env.Host.Say("The draft is kept; g o lists the drafts")
	}
	return cmd
}

// shut takes the letter off the screen.
func (m *Model) shut() { m.cur = nil }

// unfinished keeps the recipient that is being typed when the letter is left: a whole
// number is one, and the beginning of a name stands in its line again later.
func (m *Model) unfinished(l *letter) {
	if l.kind == "" || l.in.String() == l.resumed {
		return
	}
	if r, ok := wholeNumber(l.kind, l.region, l.in.String()); ok {
		if l.in.Set(""); among(l.to, r) < 0 {
			l.to = append(slices.Clip(l.to), r)
		}
	}
	l.touched, l.dirty, l.retry = true, true, 0
}

// empty reports whether nothing is in it that somebody would miss: what was typed or
// chosen, not whom it went to when it was opened.
func (l *letter) empty() bool {
	switch {
	case l.kind == "":
		return true
	case !l.ed.Blank(), len(l.files) > 0, l.resend != 0, strings.TrimSpace(l.in.String()) != "", l.cover != 0, l.fine, !l.at.IsZero():
		return false
	}
	return len(l.to) == 0 || l.from == "" && l.account == l.usual && len(l.to) == len(l.given) && !slices.ContainsFunc(l.to, func(r store.Recipient) bool { return among(l.given, r) < 0 })
}

// firstCover is how many choices there are before the cover pages: what the account has
// set, and none.
const firstCover = 2

// coverID is a choice of a cover page as the store takes it.
func coverID(covers []store.Cover, at int) string {
	switch {
	case at == 1:
		return store.CoverNone
	case at >= firstCover && at-firstCover < len(covers):
		return covers[at-firstCover].ID
	}
	return ""
}

// coverAt is the choice a draft has.
func coverAt(covers []store.Cover, id string) int {
	if id == store.CoverNone {
		return 1
	}
	for i, c := range covers {
		if c.ID == id {
			return i + firstCover
		}
	}
	return 0
}

// coverName is a choice of a cover page in words.
func coverName(covers []store.Cover, at int) string {
	switch {
	case at == 1:
		return "none"
	case at >= firstCover && at-firstCover < len(covers):
		return store.CleanLine(covers[at-firstCover].Name)
	}
	return "as the account has it"
}
