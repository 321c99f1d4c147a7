package theme

import "strings"

// To writes s painted, without making a string of its own.
func (p Paint) To(b *strings.Builder, s string) {
	if s == "" {
		return
	}
	b.WriteString(p.on)
	b.WriteString(s)
	b.WriteString(p.off)
}
