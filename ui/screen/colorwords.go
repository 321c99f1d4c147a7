package screen

import (
	"math"
	"strconv"
	"strings"
)

// ColorWords is a colour that a service tells as #rrggbb, in a word beside it: terminals
// have few colours, and not everybody tells them apart. Anything else is as it is.
func ColorWords(color string) string {
	n, err := strconv.ParseUint(strings.TrimPrefix(color, "#"), 16, 32)
	if err != nil || len(color) != 7 || color[0] != '#' {
		return color
	}
	r, g, b := float64(n>>16)/255, float64(n>>8&255)/255, float64(n&255)/255
	return hueWord(r, g, b) + " " + color
}

// hueWord is the plainest word for a colour whose parts go from 0 to 1.
func hueWord(r, g, b float64) string {
	high, low := max(r, g, b), min(r, g, b)
	light, spread := (high+low)/2, high-low
	switch {
	case light > 0.95:
		return "white"
	case high < 0.15:
		return "black"
	case spread < 0.1:
		return "grey"
	}
	var hue float64 // in degrees, red at 0, green at 120
	switch high {
	case r:
		hue = math.Mod((g-b)/spread*60+360, 360)
	case g:
		hue = (b-r)/spread*60 + 120
	default:
		hue = (r-g)/spread*60 + 240
	}
	word := "red"
	for _, h := range []struct {
		from float64
		word string
	}{{15, "orange"}, {45, "yellow"}, {70, "green"}, {165, "turquoise"}, {195, "blue"}, {250, "purple"}, {295, "pink"}, {345, "red"}} {
		if hue >= h.from {
			word = h.word
		}
	}
	if word == "orange" && light < 0.4 {
		return "brown"
	}
	return word
}
