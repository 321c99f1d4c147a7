package screen

import "testing"

func TestColorWords(t *testing.T) {
	for in, want := range map[string]string{
		"#d13438": "red #d13438", "#0078d4": "blue #0078d4", "#ffaa44": "orange #ffaa44", "#8764b8": "purple #8764b8", "#767676": "grey #767676",
		"#107c10": "green #107c10", "#ffff00": "yellow #ffff00", "#00b7c3": "turquoise #00b7c3", "#e3008c": "pink #e3008c", "#8e562e": "brown #8e562e",
		"#000000": "black #000000", "#FFFFFF": "white #FFFFFF", "red": "red", "": "", "#12": "#12", "#zzzzzz": "#zzzzzz", "d13438": "d13438",
	} {
		if got := ColorWords(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
