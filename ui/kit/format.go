package kit

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// Age is how long ago something was, in at most four cells: "now", "5m",
// "3h", "2d", "6w", "3y".
func Age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	case d < 14*24*time.Hour:
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	case d < 365*24*time.Hour:
		return fmt.Sprintf("%dw", int(d.Hours()/24/7))
	}
	return fmt.Sprintf("%dy", int(d.Hours()/24/365))
}

// Length is the running time of a recording: "0:07", "3:12", "1:02:33".
func Length(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Size is a number of bytes for people, in powers of 1000 as file managers
// show them: "812 B", "1.4 MB". A negative size is not known: "?".
func Size(n int64) string {
	if n < 0 {
		return "?"
	}
	return humanize.Bytes(uint64(n))
}

// Rate is bytes a second for people.
func Rate(perSecond float64) string { return Size(int64(perSecond)) + "/s" }

// Count writes n with thousands separated, and a plus where there are more.
func Count(n int, exact bool) string {
	s := humanize.Comma(int64(n))
	if !exact {
		s += "+"
	}
	return s
}

// Plural is "1 item", "2 items".
func Plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	if strings.HasSuffix(one, "x") || strings.HasSuffix(one, "s") {
		return Count(n, true) + " " + one + "es"
	}
	return Count(n, true) + " " + one + "s"
}

// Bar is a progress bar of w cells. A total of zero or less is not known and
// shows as an even shade.
func Bar(done, total int64, w int) string {
	if w <= 0 {
		return ""
	}
	if total <= 0 {
		return strings.Repeat("░", w)
	}
	done = min(max(done, 0), total)
	eighths := int(done * int64(w) * 8 / total)
	full := eighths / 8
	s := strings.Repeat("█", full)
	if full < w {
		if part := eighths % 8; part > 0 {
			s += string([]rune(" ▏▎▍▌▋▊▉")[part])
			full++
		}
	}
	return s + strings.Repeat("░", w-full)
}
