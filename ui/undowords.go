package ui

import (
	"strings"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// takesBack is what `u` would do about a change just made, and until when.
func (m *Model) takesBack(op store.Op) string {
	if !op.Undoable {
		return ""
	}
	text := m.hint(keymap.Undo, undoWord(op))
	if text != "" && !op.Until.IsZero() {
		text += " " + screen.Until(op.Until, m.env.Now(), m.env.Location)
	}
	return text
}

// undoWord is what taking a change back does, in a word or two.
func undoWord(op store.Op) string {
	them := "it"
	if len(op.Items) > 1 {
		them = "them"
	}
	switch op.Verb {
	case store.VerbDone:
		return "reopens " + them
	case store.VerbSnooze:
		return "wakes " + them
	case store.VerbDelete:
		return "restores " + them
	case store.VerbRestore:
		return "deletes " + them + " again"
	case store.VerbClaim:
		return "gives " + them + " back"
	case store.VerbNote:
		return "removes the note"
	case store.VerbLabel, store.VerbUnlabel, store.VerbLabels:
		return "puts the labels back"
	case store.VerbBlock:
		if strings.HasPrefix(op.Words, "Blocked") {
			return "lets them through again"
		}
		return "blocks them again"
	case store.VerbCall:
		return "cancels"
	case store.VerbSend:
		return "takes it back"
	}
	return "undo"
}
