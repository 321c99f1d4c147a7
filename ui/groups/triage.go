package groups

import (
	"fmt"
	"strings"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// A post is worked off in its chat as its row is in the inbox. What that means is the
// inbox's to know: here is said which post is meant, and why one is none to work off.

// triage says why the post under the cursor cannot be worked off. Where it can, the action
// is left to the inbox, which Aimed tells what it is about.
func (m *Model) triage(a keymap.Action) bool {
	var why string
	switch a {
	case keymap.Repeat:
		_, _, why = m.Aimed()
	default:
		if !triaging(a) {
			return false
		}
		why = m.untriaged(a)
	}
	if why == "" {
		return false
	}
	m.env.Host.Say(screen.Upper(why))
	return true
}

func triaging(a keymap.Action) bool {
	switch a {
	case keymap.Done, keymap.DoneNote, keymap.AddNote, keymap.ToggleRead, keymap.Claim, keymap.Assign, keymap.Snooze, keymap.SnoozeDay,
		keymap.Labels, keymap.Hold, keymap.Block:
		return true
	}
	return false
}

// Aimed is the post that is worked off, or why there is none. One's own was never in the
// inbox: own says why no more than a note, a label and a hold is for it.
func (m *Model) Aimed() (r store.Row, own, why string) {
	p, ok := m.posts.current()
	switch {
	case !ok:
		return r, "", "there is no post here"
	case m.focus == inChats:
		return r, "", "that is for a post: go to it first, Enter leads there"
	case p.System != "":
		return r, "", "nobody wrote this: there is nothing to work off"
	case p.Remote == "":
		return r, "", "it is still being sent; u takes it back"
	case p.Mine:
		own = "your own posts are not in the inbox; notes, labels and a hold are for any"
	}
	return p.Row, own, ""
}

// untriaged says why the post cannot be worked off in some way.
func (m *Model) untriaged(a keymap.Action) string {
	_, own, why := m.Aimed()
	switch a {
	case keymap.AddNote, keymap.Labels, keymap.Hold:
		return why
	}
	return why + own
}

// worked is what was done with a post as an item, in a line of its own.
func (b *bubble) worked(r store.ChatPost) {
	var parts []string
	if r.Row.State == store.Done {
		parts = append(parts, "✓ done")
	}
	if tags := b.m.env.Tags(r.Row); tags != "" {
		parts = append(parts, tags)
	}
	if r.Notes > 0 {
		parts = append(parts, fmt.Sprintf("¶ %s", kit.Plural(r.Notes, "note")))
	}
	if r.Held {
		parts = append(parts, "§ held")
	}
	if len(parts) > 0 {
		b.add(b.m.env.Styles.Note.Paint, strings.Join(parts, "  "))
	}
}
