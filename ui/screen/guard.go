package screen

import (
	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
)

// Guarded does something that takes content to another place. Where some of it is of a
// chat whose content is not meant to leave it, the person has to say so first: what the
// service marks is a request, and nothing here can enforce it.
func (e *Env) Guarded(rows []store.Row, what string, do func() tea.Cmd) tea.Cmd {
	n := 0
	for _, r := range rows {
		if r.Protected {
			n++
		}
	}
	if n == 0 {
		return do()
	}
	q := what + " from a copy-protected chat?"
	if n > 1 || len(rows) > 1 {
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
