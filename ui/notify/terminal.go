package notify

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Way is how a terminal is asked to show a notification of the desktop.
type Way string

// The ways.
const (
	Nowhere Way = ""       // the terminal has none that is known
	OSC9    Way = "osc9"   // iTerm2, Ghostty, Warp
	OSC777  Way = "osc777" // foot, WezTerm, Ghostty, urxvt, Windows Terminal
	OSC99   Way = "osc99"  // kitty
)

// Ways are the names that a config may give.
func Ways() []string { return []string{"auto", "off", string(OSC9), string(OSC777), string(OSC99)} }

// Detect picks the way by the environment, and names the terminal; "" if it tells
// nothing. Behind tmux and over SSH some of it is still there.
func Detect(getenv func(string) string) (w Way, terminal string) {
	program := getenv("TERM_PROGRAM")
	for _, t := range []struct {
		name string
		way  Way
		is   bool
	}{
		{"kitty", OSC99, getenv("KITTY_WINDOW_ID") != "" || strings.Contains(getenv("TERM"), "kitty")},
		{"Ghostty", OSC777, program == "ghostty" || getenv("GHOSTTY_RESOURCES_DIR") != "" || strings.Contains(getenv("TERM"), "ghostty")},
		{"WezTerm", OSC777, program == "WezTerm" || getenv("WEZTERM_PANE") != ""},
		{"iTerm2", OSC9, program == "iTerm.app" || getenv("LC_TERMINAL") == "iTerm2" || getenv("ITERM_SESSION_ID") != ""},
		{"Warp", OSC9, program == "WarpTerminal"},
		{"foot", OSC777, strings.HasPrefix(getenv("TERM"), "foot")},
		{"urxvt", OSC777, strings.HasPrefix(getenv("TERM"), "rxvt-unicode")},
		{"Windows Terminal", OSC777, getenv("WT_SESSION") != ""},
	} {
		if t.is {
			return t.way, t.name
		}
	}
	return Nowhere, ""
}

// Choose is the way that a config's word means in an environment.
func Choose(word string, getenv func(string) string) Way {
	switch word {
	case "", "off":
		return Nowhere
	case "auto":
		w, _ := Detect(getenv)
		return w
	}
	return Way(word)
}

// mostTitle and mostText bound what goes into a notification, in bytes.
const (
	mostTitle = 100
	mostText  = 300
)

// Sequence is what is written to the terminal to show a notification; id makes one
// replace an earlier one where the terminal can. tmux hands it through to the terminal
// it runs in, if its option allow-passthrough is on, and drops it otherwise.
func (w Way) Sequence(id, title, text string, tmux bool) string {
	title, text = plain(title, mostTitle), plain(text, mostText)
	var seq string
	switch w {
	case OSC9:
		seq = "\x1b]9;" + title + ": " + text + "\x1b\\"
	case OSC777:
		seq = "\x1b]777;notify;" + strings.ReplaceAll(title, ";", ",") + ";" + strings.ReplaceAll(text, ";", ",") + "\x1b\\"
	case OSC99:
		head := "\x1b]99;i=" + strings.Map(word, id) + ":e=1:"
		seq = head + "d=0:p=title;" + base64.StdEncoding.EncodeToString([]byte(title)) + "\x1b\\" +
			head + "d=1:p=body;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\x1b\\"
	default:
		return ""
	}
	if tmux {
		return passed(seq)
	}
	return seq
}

// passed hands each part of a sequence through tmux.
func passed(seq string) string {
	var out strings.Builder
	for part := range strings.SplitAfterSeq(seq, "\x1b\\") {
		if part != "" {
			out.WriteString(ansi.TmuxPassthrough(part))
		}
	}
	return out.String()
}

// plain is text that can end or begin no sequence, whatever it was before.
func plain(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) <= most {
		return s
	}
	s = s[:most]
	for len(s) > 0 && s[len(s)-1]&0xc0 == 0x80 {
		s = s[:len(s)-1]
	}
	if len(s) > 0 && s[len(s)-1] >= 0xc0 {
		s = s[:len(s)-1]
	}
	return s + "…"
}

func word(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
		return r
	}
	return -1
}

// Bell rings.
const Bell = "\a"

// Titled is the window's title with the count of what is unseen.
func Titled(title string, count int) string {
	if count == 0 {
		return title
	}
	return "(" + strconv.Itoa(count) + ") " + title
}

// Fill puts the texts into a program's arguments. Each stays one argument.
func Fill(argv []string, n Note) []string {
	out := make([]string, len(argv))
	for i, a := range argv {
		// One pass, so that a text with braces in it stays as it is.
		out[i] = strings.NewReplacer("{title}", plain(n.Title, mostTitle), "{text}", plain(n.Text, mostText)).Replace(a)
	}
	return out
}
