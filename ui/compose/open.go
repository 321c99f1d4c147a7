package compose

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// opened is what a letter needs to begin.
type opened struct {
	gen     uint64
	l       screen.Letter
	origins []origin
	at      int                  // of origins, the one it goes out from
	drafts  []store.MessageDraft // where it is still to be chosen what is written
	wanted  string               // key of the account it is of; "": of none
	draft   *store.MessageDraft  // what is gone on with
	err     error
}

// Open opens the composer.
func (m *Model) Open(l screen.Letter) tea.Cmd {
	return m.OpenBy(func(context.Context) (screen.Letter, error) { return l, nil })
}

// OpenBy opens the composer with what by gives, which may take its time. A [Refusal] is
// told in the footer, any other error as a failure.
func (m *Model) OpenBy(by func(ctx context.Context) (screen.Letter, error)) tea.Cmd {
	m.gen++
	return m.fetch(opened{gen: m.gen}, by)
}

// Unsure is that a person has to say first whether something was sent.
type Unsure struct{ Op store.Op }

func (u *Unsure) Error() string { return "it is not known whether this was sent" }

// Refusal is why nothing can be written, in words for people.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// GoOn opens the composer on a draft.
func (m *Model) GoOn(d store.MessageDraft) tea.Cmd {
	m.gen++
	return m.fetch(opened{gen: m.gen, draft: &d}, func(context.Context) (screen.Letter, error) {
		return screen.Letter{Kind: d.Message.Kind, Account: d.Message.Account}, nil
	})
}

// fetch reads what a letter of a kind needs, and the draft that waits for the same item.
func (m *Model) fetch(o opened, by func(ctx context.Context) (screen.Letter, error)) tea.Cmd {
	m.open = true
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		if o.l, o.err = by(ctx); o.err != nil {
			return o
		}
		if o.draft == nil && (o.l.Kind == "" || o.l.Answers != 0) {
			if o.drafts, o.err = m.env.Store.MessageDrafts(ctx); o.err != nil || o.l.Kind == "" {
				return o
			}
			for i := range o.drafts {
				if d := &o.drafts[i]; d.Message.Answers == o.l.Answers && d.Message.Kind == o.l.Kind {
					o.draft = d
					break
				}
			}
		}
		if o.draft != nil && o.l.Answers == 0 && o.draft.Message.Answers != 0 { // gone on with from the list of drafts
			if it, err := m.env.Store.Item(ctx, o.draft.Message.Answers); err == nil {
				answer, _ := Answer(m.env, it, false)
				o.l.To = answer.To
			}
		}
		n := store.NewMessage{Kind: o.l.Kind, Account: o.l.Account, Answers: o.l.Answers, Resend: o.l.Resend}
		if o.draft != nil {
			n = o.draft.Message
		}
		o.wanted = n.Account
		o.origins, o.at = m.origins(ctx, n)
		return o
	})
}

func (m *Model) opened(o opened) tea.Cmd {
	if o.gen != m.gen || !m.open {
		return nil
	}
	m.open = false
	if u := (*Unsure)(nil); errors.As(o.err, &u) && m.Settling != nil {
		m.Settling(u.Op)
		return nil
	}
	if why := Refusal(""); errors.As(o.err, &why) {
		m.env.Host.Say(string(why))
		return nil
	}
	if o.err != nil {
		return func() tea.Msg { return screen.Fail("begin to write", o.err) }
	}
	l := &letter{kind: o.l.Kind, own: o.l.Own, about: o.l.About, answers: o.l.Answers, resend: o.l.Resend, whole: o.l.Whole, anew: o.l.Anew}
	switch {
	case l.kind == "":
		m.begin(l)
		l.picker = m.kinds(o.l, o.drafts)
		return nil
	case !l.depart(o.origins, o.at, o.wanted):
		m.env.Host.Tell(screen.Banner{Text: "This account has no number that can send texts", Next: "as under HIPAA; b calls, c f writes a fax, c p a page to a colleague"})
		return nil
	}
	m.begin(l)
	var cmd tea.Cmd
	l.given = others(o.l.To, l.senders)
	if o.draft != nil {
		cmd = m.resume(l, *o.draft)
	} else {
		l.to, l.retry = l.given, o.l.Retry
		l.ed.Set(store.Clean(o.l.Text))
		if l.focus = textField; len(l.to) == 0 || l.kind == store.SendFax {
			l.focus = toField
		}
		for _, f := range o.l.Files {
			cmd = join(cmd, m.add(l, f))
		}
		if l.resend != 0 && l.anew.Write != nil && o.wanted != "" && o.wanted != l.account { // only the mailbox it is in sends it on as it is
			anew := l.anew
			l.resend, l.whole = 0, ""
			cmd = join(cmd, m.add(l, anew))
		}
	}
	if o.l.Canned {
		l.picker = m.replies()
	}
	return join(cmd, m.weigh())
}

// begin makes a letter the one that is written.
func (m *Model) begin(l *letter) {
	l.gen, l.ed.Limit, l.in.Limit, l.path.Limit, l.when.Limit = m.gen, mostTyped, 200, 4000, 60
	m.cur, m.top = l, 0
	if m.Show != nil {
		m.Show()
	}
}

// resume puts a draft into a letter.
func (m *Model) resume(l *letter, d store.MessageDraft) tea.Cmd {
	n := d.Message
	hint := "This draft is of " + screen.Clock(d.At, m.env.Now(), m.env.Location)
	if l.hint != "" { // it cannot go out from where it was to
		hint += "; " + l.hint
	}
	l.draft, l.touched, l.hint = d.ID, true, hint
	l.own, l.to, l.resend, l.fine, l.at, l.answers = []string{n.From}, others(n.To, nil), n.Resend, n.Fine, n.At, n.Answers
	l.ed.Set(n.Text)
	for _, p := range n.Files {
		l.files = append(l.files, file{path: p})
	}
	if l.resend != 0 && l.whole == "" {
		l.whole = "the pages of a fax, unchanged"
	}
	switch {
	case l.at.IsZero():
	case l.at.After(m.env.Now()):
		l.when.Set(whenText(l.at, m.env.Location))
	default: // that time is over
		l.at = time.Time{}
		l.hint += "; the time to send it at is over"
	}
	l.cover = coverAt(l.covers, n.Cover)
	l.resumed = n.Typed
	l.in.Set(n.Typed)
	if l.focus = textField; len(l.to) == 0 || l.kind == store.SendFax || n.Typed != "" {
		l.focus = toField
	}
	return m.lookUp()
}
