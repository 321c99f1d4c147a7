package screen

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
)

// ProtectStore is what is asked of the store about content that is not meant to leave its
// chat.
type ProtectStore interface {
	CopyProtected(ctx context.Context, ids []store.ID) (int, error)
}

// Guarded does something that takes content to another place: a file, another program, a
// printer, the clipboard, somebody else. Where some of it is of a chat whose content is not
// meant to leave it, the person has to say so first, once for all of it: what the service
// marks is a request, and nothing here can enforce it.
func (e *Env) Guarded(rows []store.Row, what string, do func() tea.Cmd) tea.Cmd {
	n := 0
	for _, r := range rows {
		if r.Protected {
			n++
		}
	}
	return e.allow(what, n, len(rows), do)
}

// GuardedIDs is Guarded for items of which only some rows may be here, as it is with marks
// on more than the screen shows. The others are looked up, and keys wait for that.
func (e *Env) GuardedIDs(ids []store.ID, rows []store.Row, what string, do func() tea.Cmd) tea.Cmd {
	if len(rows) >= len(ids) {
		return e.Guarded(rows, what, do)
	}
	list := func(context.Context) ([]store.ID, error) { return ids, nil }
	return e.GuardedList(list, what, func([]store.ID) tea.Cmd { return do() })
}

// GuardedList is Guarded for items that are to be found first, off the loop.
func (e *Env) GuardedList(find func(ctx context.Context) ([]store.ID, error), what string, do func(ids []store.ID) tea.Cmd) tea.Cmd {
	return e.LookUp(lowerFirst(what), func(ctx context.Context) (func() tea.Cmd, error) {
		ids, err := find(ctx)
		if err != nil {
			return nil, err
		}
		n, err := e.Store.CopyProtected(ctx, ids)
		if err != nil {
			return nil, err
		}
		return func() tea.Cmd {
			return e.allow(what, n, len(ids), func() tea.Cmd { return do(ids) })
		}, nil
	})
}

// allow asks where n of the messages are of copy-protected chats.
func (e *Env) allow(what string, n, of int, do func() tea.Cmd) tea.Cmd {
	if n == 0 {
		return do()
	}
	q := what + " from a copy-protected chat?"
	if of > 1 {
		q = what + ": " + kit.Plural(n, "message") + " of copy-protected chats?"
	}
	e.Host.Confirm(Confirm{
		Question: q, Yes: lowerFirst(what), Do: do,
		Detail: "Its owner has asked that nothing leaves it. Ask first if you are not sure.",
	})
	return nil
}

func lowerFirst(text string) string {
	if text == "" {
		return ""
	}
	return string(text[0]|0x20) + text[1:]
}
