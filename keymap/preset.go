package keymap

import "fmt"

// Presets names the maps to choose from.
func Presets() []string { return []string{"default", "gmail", "mutt"} }

// Preset is a map by name: "default", or one for hands that know another
// program ("gmail", "mutt"). "" is the default.
func Preset(name string) (Map, error) {
	var o []Override
	switch name {
	case "", "default":
	case "gmail":
		o = gmail()
	case "mutt":
		o = mutt()
	default:
		try := ""
		if n := Nearest(name, Presets()); n != "" {
			try = fmt.Sprintf(", did you mean %q?", n)
		}
		return Map{}, fmt.Errorf("there is no key preset %q; there are default, gmail and mutt%s", name, try)
	}
	m, err := Default().With(o)
	if err != nil {
		return Map{}, fmt.Errorf("key preset %s: %w", name, err)
	}
	for i := range m.bindings {
		m.bindings[i].user = false
	}
	return m, nil
}

func overrides(s Scope, keys ...string) []Override {
	var out []Override
	for i := 0; i+1 < len(keys); i += 2 {
		out = append(out, Override{Scope: string(s), Key: keys[i], Action: keys[i+1], File: "preset"})
	}
	return out
}

// gmail is for hands trained on Gmail: u goes back and z takes back, h and b snooze, l
// labels, x selects and * with a letter selects all or none, I and U set read and unread,
// v moves on to the files, o opens, g d are the drafts. What those keys do by default is
// on the same letter with Alt, or where Gmail has it.
func gmail() []Override {
	o := overrides(ScopeGlobal,
		"u", "back", "z", "undo", "Z", "redo", "h", "none", "l", "none", "M-h", "pane-left", "M-l", "pane-right",
		"g d", "go-drafts", "g o", "go-done", "g b", "go-snoozed", "g k", "go-jobs", "M-v", "go-attachments")
	o = append(o, overrides(ScopeList,
		"*", "none", "* a", "mark-all", "* n", "mark-all", "* r", "mark-range", "o", "open", "M-o", "open-outside")...)
	o = append(o, overrides(ScopeTriage,
		"z", "none", "Z", "none", "h", "snooze", "b", "snooze", "H", "snooze-work-day", "B", "call-back", "M-b", "call-back",
		"l", "labels", "I", "toggle-read", "L", "hold", "y", "done")...)
	o = append(o, overrides(ScopeList, "y", "none", "M-y", "copy-number")...)
	return append(o, overrides(ScopeGroups,
		"I", "chat-read", "_", "unread-from",
		"z", "none", "Z", "none", "h", "snooze", "H", "snooze-work-day", "l", "labels", "L", "hold", "y", "done")...)
}

// mutt is for hands trained on mutt: m writes, t and T tag, Tab goes to the next unread,
// N toggles new, l limits, o and O sort, v are the attachments, Y labels, L answers with
// a canned reply, F flags, $ asks for news, x leaves, ; notes. What those keys do by
// default is on the same letter with Alt.
func mutt() []Override {
	o := overrides(ScopeGlobal,
		"m", "compose", "Tab", "none", "l", "filter", "M-h", "pane-left", "M-l", "pane-right", "M-Tab", "next-pane", "$", "refresh", "x", "quit", "v", "go-attachments")
	o = append(o, overrides(ScopeList,
		"x", "none", "t", "mark", "T", "mark-all", "Tab", "next-unread", "N", "none", "M-n", "previous-unread", "M-v", "mark-range",
		"o", "sort", "O", "sort", "M-o", "open-outside", "v", "none", "Y", "none", "M-y", "copy-text")...)
	o = append(o, overrides(ScopeTriage,
		"N", "toggle-read", "t", "none", "Y", "labels", "M-t", "labels", "m", "none", "M-m", "note", ";", "note", "F", "hold",
		"L", "reply-canned", "C-t", "labels")...)
	o = append(o, overrides(ScopeContacts, "m", "none", "M-m", "note", ";", "note")...)
	o = append(o, overrides(ScopeGroups, "t", "none", "Y", "labels", "M-t", "labels", "C-t", "labels", "m", "none", "M-m", "note", ";", "note", "F", "hold")...)
	return o
}
