package kit

import "strings"

// Rule is a horizontal line of w cells with a title set into it.
func Rule(title string, w int) string {
	if w <= 0 {
		return ""
	}
	if title == "" {
		return strings.Repeat("─", w)
	}
	title = Cut(title, max(w-4, 1))
	return Cut("─ "+title+" "+strings.Repeat("─", max(w-Width(title)-3, 0)), w)
}

// Box is lines inside a border with a title, exactly w cells by h lines; paint
// is applied to the border, which is the only part Box makes itself. Lines
// must be fitted to w-4 cells already and may carry styles.
func Box(title string, lines []string, w, h int, paint func(string) string) []string {
	if w < 4 || h < 2 {
		return nil
	}
	out := make([]string, 0, h)
	title = Cut(title, w-6)
	top := "╭─"
	if title != "" {
		top += " " + title + " "
	}
	top += strings.Repeat("─", max(w-1-Width(top), 0)) + "╮"
	out = append(out, paint(top))
	side := paint("│")
	for i := range h - 2 {
		line := Space(w - 4)
		if i < len(lines) {
			line = lines[i]
		}
		out = append(out, side+" "+line+" "+side)
	}
	return append(out, paint("╰"+strings.Repeat("─", w-2)+"╯"))
}

// Windowed is which of n lines to show on h lines so that line at is in sight,
// given the first line shown before.
func Windowed(n, h, at, top int) int {
	top = min(top, at)
	top = max(top, at-h+1)
	return max(min(top, n-h), 0)
}
