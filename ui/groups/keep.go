package groups

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// keeper writes drafts, one at a time: while one is written only the newest of those
// that come is kept, so that typing is never held up and nothing older is written last.
type keeper struct {
	m    *Model
	busy bool
	next *draft
	then tea.Cmd // once nothing is being written
}

type draft struct {
	chat int64
	d    store.Draft
}

// kept is the end of a write.
type kept struct{ err error }

func (k *keeper) put(chat int64, d store.Draft) tea.Cmd {
	if k.busy {
		if k.next != nil && k.next.chat != chat { // two chats: both
			first := *k.next
			k.next = &draft{chat, d}
			return k.write(first)
		}
		k.next = &draft{chat, d}
		return nil
	}
	k.busy = true
	return k.write(draft{chat, d})
}

func (k *keeper) write(d draft) tea.Cmd {
	m := k.m
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		return kept{m.env.Store.SaveDraft(ctx, d.chat, d.d)}
	})
}

// after gives what is to be done once no draft of the chat can be written any more.
func (k *keeper) after(chat int64, cmd tea.Cmd) tea.Cmd {
	if k.next != nil && k.next.chat == chat {
		k.next = nil
	}
	if !k.busy {
		return cmd
	}
	k.then = join(k.then, cmd)
	return nil
}

func (k *keeper) done(msg kept) tea.Cmd {
	var cmd tea.Cmd
	if msg.err != nil {
		cmd = func() tea.Msg { return screen.Fail("keep the draft", msg.err) }
	}
	k.busy = false
	then := k.then
	k.then = nil
	if n := k.next; n != nil {
		k.next = nil
		cmd = join(cmd, k.put(n.chat, n.d))
	}
	return join(cmd, then)
}
