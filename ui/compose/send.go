package compose

import (
	"context"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// checked is what a message comes to.
type checked struct {
	l     *letter
	check store.MessageCheck
	err   error
}

// weigh asks the store what the letter comes to: how long it is, how many parts and bytes,
// and what the service would refuse. One question is under way at a time.
func (m *Model) weigh() tea.Cmd {
	l := m.cur
	if l == nil || l.kind == "" {
		return nil
	}
	if l.asking {
		l.again = true
		return nil
	}
	l.asking = true
	n := l.message()
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		c, err := m.env.Store.CheckMessage(ctx, n)
		return checked{l, c, err}
	})
}

func (m *Model) checked(msg checked) tea.Cmd {
	l := msg.l
	l.asking = false
	if l != m.cur {
		return nil
	}
	l.check, l.wrong = msg.check, ""
	if msg.err != nil {
		l.wrong = store.Reason(msg.err)
	}
	if l.again {
		l.again = false
		return m.weigh()
	}
	return nil
}

// sent is the end of recording a message.
type sent struct {
	l   *letter
	op  store.Op
	err error
}

// recording is how long recording may take: files are copied meanwhile.
const recording = 10 * time.Minute

// send records the message. From then on it goes out by itself, once it can no longer be
// taken back.
func (m *Model) send() tea.Cmd {
	l := m.cur
	if l.making() {
		l.goes, l.hint = true, "The pages are being made"
		return nil
	}
	l.sending, l.dirty = true, false
	return l.after(func() tea.Cmd {
		n, retry, only, chosen := l.message(), l.retry, l.wordsOnly(), l.from
		n.Text = strings.TrimSpace(n.Text)
		return m.env.Do(m.env.Ctx, recording, func(ctx context.Context) tea.Msg {
			if retry != 0 {
				op, err := m.env.Store.RetrySend(ctx, retry)
				return sent{l, op, err}
			}
			if chosen != "" {
				if err := m.env.Store.UseSender(ctx, n.Account, n.Kind, chosen); err != nil {
					return sent{l: l, err: err}
				}
			}
			if only {
				path, _, err := m.make(ctx, wordsPage(n.Text))
				if err != nil {
					return sent{l: l, err: err}
				}
				n.Files, n.Text = []string{path}, ""
			}
			op, err := m.env.Store.Send(ctx, n)
			return sent{l, op, err}
		})
	})
}

// wordsOnly reports whether a fax is nothing but words: they are its page then, for the
// service sends no cover page alone.
func (l *letter) wordsOnly() bool {
	return l.kind == store.SendFax && l.resend == 0 && len(l.files) == 0 && !l.ed.Blank()
}

// wordsPage is words as a file to be faxed.
func wordsPage(text string) screen.LetterFile {
	return screen.LetterFile{Name: "message.txt", Write: func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, text+"\n")
		return err
	}}
}

func (m *Model) sent(msg sent) tea.Cmd {
	l := msg.l
	l.sending = false
	if msg.err != nil {
		if l == m.cur {
			l.fault, l.retry = sentence(store.Reason(msg.err)), 0
			return nil
		}
		return func() tea.Msg { return screen.Fail("send it; the draft is kept", msg.err) }
	}
	l.gone, m.Sent = true, true
	if l == m.cur {
		m.shut()
	}
	return func() tea.Msg { return screen.Acted{Op: msg.op} }
}
