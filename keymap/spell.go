package keymap

// Spell is a key press as the help spells it: "G", "C-d", "Space"; "" for one that could
// not be bound.
func Spell(k Key) string {
	for _, c := range k.candidates() {
		if c != "" {
			return showStroke(c)
		}
	}
	return ""
}
