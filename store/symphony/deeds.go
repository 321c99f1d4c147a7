package symphony

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	sym "switchboard/api/symphony"
	"switchboard/store"
)

var _ store.Doer = (*Mailbox)(nil)

// Do implements store.Doer. What can be done is to post.
func (m *Mailbox) Do(ctx context.Context, d store.Doing) (store.DeedDone, error) {
	switch d.Verb {
	case store.VerbPost:
		var p store.PostState
		if err := json.Unmarshal(d.Payload, &p); err != nil {
			return store.DeedDone{}, fmt.Errorf("reading the post: %w", err)
		}
		return m.doPost(ctx, d, p)
	case store.VerbWatch:
		return store.DeedDone{}, nil // watching is nobody's business but ours
	case store.VerbChat, store.VerbMembers:
		return store.DeedDone{}, errNotOffered(store.OfferTeam)
	}
	return store.DeedDone{}, fmt.Errorf("%q is nothing Symphony offers", string(d.Verb))
}

func (m *Mailbox) doPost(ctx context.Context, d store.Doing, p store.PostState) (store.DeedDone, error) {
	switch {
	case p.Gone && d.Remote == "" && p.Post == "":
		return store.DeedDone{}, nil // it never came to be
	case p.Gone, !p.New:
		return store.DeedDone{}, errNotOffered(store.OfferEdit)
	}
	me, err := m.self(ctx)
	if err != nil {
		return store.DeedDone{}, err
	}
	n, err := m.newMessage(ctx, p)
	if err != nil {
		return store.DeedDone{}, err
	}
	made, err := m.client.CreateMessage(ctx, p.Chat, n)
	if err != nil {
		return store.DeedDone{}, err
	}
	m.remember(made.ID)
	return postDone(made, p, me.ID)
}

// newMessage is a post as the service takes it. An answer says what it answers, since a
// message cannot be sent as one.
func (m *Mailbox) newMessage(ctx context.Context, p store.PostState) (sym.NewMessage, error) {
	var n sym.NewMessage
	if p.Parent != "" {
		to, err := m.client.Message(ctx, p.Parent)
		if err != nil {
			return n, fmt.Errorf("reading what is answered: %w", err)
		}
		n.MessageML = answerML(to)
	}
	n.MessageML += messageML(p.Text)
	for _, f := range p.Files {
		st, err := os.Stat(f.Path)
		switch {
		case err != nil:
			return n, fmt.Errorf("%s cannot be read: %w", f.Name, errors.Unwrap(err))
		case st.Size() != f.Size:
			return n, fmt.Errorf("%s has changed since it was put on the post; put it on again", f.Name)
		}
		n.Files = append(n.Files, sym.File{
			Name: f.Name, ContentType: f.Type, Size: f.Size, Open: func() (io.ReadCloser, error) { return os.Open(f.Path) },
		})
	}
	return n, n.Check()
}

// postDone tells what was made of a post. The answer may leave out who and where.
func postDone(made sym.Message, p store.PostState, me string) (store.DeedDone, error) {
	if made.User.ID == "" {
		made.User.ID = me
	}
	in := postIn(made, p.Chat, me)
	if in.Time.IsZero() {
		return store.DeedDone{Remote: in.Remote}, nil // the datafeed tells the rest
	}
	b, err := json.Marshal(in)
	if err != nil {
		return store.DeedDone{}, fmt.Errorf("keeping the answer: %w", err)
	}
	return store.DeedDone{Remote: in.Remote, Reply: b}, nil
}

// mostPosted bounds how many messages of one's own are kept in mind.
const mostPosted = 2000

// remember notes a message of which it is known who made it: a later one with the same
// words is not it.
func (m *Mailbox) remember(id string) {
	id = sym.SafeID(id)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.posted == nil {
		m.posted = map[string]bool{}
	}
	if m.posted[id] {
		return
	}
	m.posted[id] = true
	if m.order = append(m.order, id); len(m.order) > mostPosted {
		delete(m.posted, m.order[0])
		m.order = m.order[1:]
	}
}

func (m *Mailbox) isKnown(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.posted[sym.SafeID(id)]
}

// clocksApart is how far the service's clock may be behind this machine's.
const clocksApart = time.Minute

// Sought implements store.Doer: whether a post whose answer was lost is in the chat.
func (m *Mailbox) Sought(ctx context.Context, d store.Doing) (store.DeedDone, bool, error) {
	if d.Verb != store.VerbPost {
		return store.DeedDone{}, false, nil
	}
	var p store.PostState
	if err := json.Unmarshal(d.Payload, &p); err != nil {
		return store.DeedDone{}, false, fmt.Errorf("reading the post: %w", err)
	}
	if p.Gone || !p.New {
		return store.DeedDone{}, false, nil
	}
	me, err := m.self(ctx)
	if err != nil {
		return store.DeedDone{}, false, err
	}
	// Oldest first: the one that fits first is the one sent first.
	since := d.At.Add(-clocksApart).UnixMilli()
	h := history{m: m, chat: p.Chat, floor: max(since, 0), now: m.now().Add(time.Hour).UnixMilli()}
	var list []sym.Message
	for at := (stretch{1<<63 - 1, firstSpan}); ; {
		part, next, err := h.read(ctx, at)
		if err != nil {
			return store.DeedDone{}, false, err
		}
		list = append(list, part...)
		if next == "" {
			break
		}
		if at, err = parseStretch(next); err != nil {
			return store.DeedDone{}, false, err
		}
	}
	for _, got := range slices.Backward(list) {
		if got.User.ID != me.ID || m.isKnown(got.ID) || !same(got, p) {
			continue
		}
		m.remember(got.ID)
		done, err := postDone(got, p, me.ID)
		return done, err == nil, err
	}
	return store.DeedDone{}, false, nil
}

// same reports whether a message is what was to be posted. Its marks may have come back as
// others that look alike.
func same(got sym.Message, want store.PostState) bool {
	text, _ := textOf(sym.Message{Message: got.Message, Data: got.Data})
	have, need := essence(text), essence(want.Text)
	if want.Parent == "" && have != need || want.Parent != "" && !strings.HasSuffix(have, need) {
		return false
	}
	var files, names []string
	for _, a := range got.Attachments {
		files = append(files, a.Name)
	}
	for _, f := range want.Files {
		names = append(names, f.Name)
	}
	slices.Sort(files)
	slices.Sort(names)
	return slices.Equal(files, names)
}

// essence is what is left of a text without its marks and white space.
func essence(s string) string {
	var b strings.Builder
	for s != "" {
		if _, id, rest, ok := store.CutMention(s); ok {
			b.WriteString("@" + id)
			s = rest
			continue
		}
		c := s[0]
		s = s[1:]
		if strings.IndexByte(" \t\r\n*_`~\\[]()>#-", c) < 0 {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// answerML is the line above an answer: whom it answers, and how that begins.
func answerML(to sym.Message) string {
	text, mentions := textOf(to)
	line := store.CleanLine(store.Unmarked(store.PlainPost(text, mentions)))
	const most = 120
	if r := []rune(line); len(r) > most {
		line = string(r[:most]) + "…"
	}
	who := cmp.Or(store.CleanLine(to.User.Name()), "a message")
	return "<i>" + sym.TextML("In answer to "+who+": "+line) + "</i><br/>"
}
