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
		if n := nearest(name, Presets()); n != "" {
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

// gmail: u goes back, z takes back, * starts a selection, I and U set read and
// unread, o opens.
func gmail() []Override {
	o := overrides(ScopeGlobal, "u", "back", "z", "undo")
	o = append(o, overrides(ScopeList,
		"*", "none", "* a", "mark-all", "* n", "mark-all", "o", "open", "M-o", "open-outside")...)
	return append(o, overrides(ScopeTriage, "I", "toggle-read")...)
}

// mutt: t and T tag, Tab goes to the next unread, N toggles new, l limits, $
// asks for news, x leaves.
func mutt() []Override {
	o := overrides(ScopeGlobal, "Tab", "none", "l", "filter", "M-l", "pane-right", "$", "refresh", "x", "quit")
	o = append(o, overrides(ScopeList,
		"x", "none", "t", "mark", "T", "mark-all", "Tab", "next-unread", "N", "none", "M-n", "previous-unread")...)
	return append(o, overrides(ScopeTriage, "N", "toggle-read")...)
}
