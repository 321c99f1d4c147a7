package uitest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/api/simulator"
	"switchboard/keymap"
	"switchboard/store"
)

// presenceDesk is a desk that watches three colleagues, one of them on a call.
func presenceDesk(t *testing.T, c Config) *Desk {
	t.Helper()
	c.Now = noon
	c.Prepare = func(s *simulator.Server) {
		id, err := s.Ring(simulator.LiveCall{Extension: "155", From: "+14155550142", Name: "Ana Lima"})
		if err == nil {
			err = s.Answer(id)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	d := Open(t, c)
	d.See("Inbox", "oldest first")
	d.Eventually("the directory", func() bool {
		list, err := d.Store.Watchable(t.Context(), d.Account.ID)
		return err == nil && len(list) > 0
	})
	d.Press("g p")
	d.See("Presence", "▌ ● Front Desk", "1 watched")
	for _, n := range []string{"155", "131"} {
		d.Press("+")
		d.Free(n)
		d.Press("Enter")
		d.Gone("Watch whom")
	}
	d.See("Presence", "Leonard Okafor", "with Ana Lima", "Triage Nurse", "take calls", "3 watched")
	d.Press("g g")
	d.See("▌ ● Front Desk")
	return d
}

// line is the line of the screen with a text in it.
func (d *Desk) lineOf(text string) string {
	for l := range strings.SplitSeq(d.Screen(), "\n") {
		if strings.Contains(l, text) {
			return l
		}
	}
	return ""
}

func TestPresenceKeys(t *testing.T) {
	unwatched(t)
	d := presenceDesk(t, Config{Messages: 20, Width: 120, Height: 40})
	d.See("▌ ● Front Desk", "all calls ring you", "no message")

	// Oneself: status, calls and message, each taken back.
	d.Press("Enter 2")
	d.See("Set your status to busy", "▌ ◐ Front Desk")
	d.Press("u")
	d.See("▌ ● Front Desk")
	d.Press(", d 2")
	d.See("⊘ Front Desk", "no calls ring you")
	d.Press("u")
	d.See("all calls ring you")
	d.Press("W")
	d.See("Do not disturb: no calls ring you", "⊘ Front Desk")
	d.Press("W")
	d.See("Take all calls", "● Front Desk")
	d.Press(", s")
	d.See("Your status, now available", "1 available")
	d.Free("inv")
	d.Press("Enter")
	d.See("Set your status to invisible", "○ Front Desk")
	d.Press("u , m")
	d.See("Status message", "0 of 75")
	d.Free(strings.Repeat("x", 76))
	d.See("1 too many")
	d.Press("Enter")
	d.See("1 characters too many")
	d.Press("C-u")
	d.Free("Back at 3")
	d.Press("Enter")
	d.Gone("Status message")
	d.See("Back at 3")

	// Watching: completion, by number, no longer, and back.
	d.Press("+")
	d.Free("night")
	d.See("Night Desk 190")
	d.Press("Tab")
	d.See("› Night Desk 190")
	d.Press("Enter")
	d.See("▌", "Started to watch Night Desk", "4 watched")
	d.Until("the cursor on whom was added", func(string) bool { return strings.HasPrefix(d.lineOf("Night Desk  "), "▌") })
	d.Press("-")
	d.See("3 watched", "Stopped watching Night Desk")
	d.Press("u")
	d.See("4 watched", "Taken back: stopped watching Night Desk")
	d.Press("+")
	d.Free("nobody at all")
	d.Press("Enter")
	d.See("nobody in the directory begins like this")
	d.Press("Esc")
	d.Gone("Watch whom")

	// Filter.
	d.Press("\\")
	d.Free("leon")
	d.Gone("Triage Nurse")
	d.Press("Enter")
	d.See("filter: leon")
	d.Press("Esc")
	d.See("Triage Nurse")

	// Queues: members, leaving and joining, one that is fixed.
	d.Press("G")
	d.Until("the cursor on the last queue", func(string) bool { return strings.HasPrefix(d.lineOf("Refill Queue"), "▌") })
	d.Press("a")
	d.See("Left Refill Queue", "you are out of it")
	d.Press("u")
	d.Gone("you are out of it")
	d.Press("Enter")
	d.See("takes no calls of it")
	d.Press("Enter")
	d.Gone("takes no calls of it")
	d.Press("g g a")
	d.See("no queue is under the cursor")
	d.Press("-")
	d.See("nobody watched is under the cursor")
	d.Press("r")
	d.See("no colleague is under the cursor")
	d.Press("x")
	d.See("That is for messages")
	d.Press("n")
	d.Until("the cursor on somebody free", func(s string) bool { return !strings.HasPrefix(d.lineOf("Front Desk"), "▌") })
	d.Press("y")
	d.See("Copied")
	d.Press("b")
	d.See("your phone rings")
	d.Press("q")
	d.See("Inbox", "oldest first")
}

// TestPresenceEveryKey presses every key of the screen: each has its own effect, which is
// to be seen, or says why it has none.
func TestPresenceEveryKey(t *testing.T) {
	unwatched(t)
	k := &keyboard{Desk: presenceDesk(t, Config{Messages: 20, Width: 120, Height: 40}), t: t, pressed: map[string]bool{}}
	at := func() string { return k.lineOf("▌") }
	first := at()
	back := func(_, now string) bool { return now == first }
	for _, p := range [][2]string{{"j", "k"}, {"Down", "Up"}, {"J", "K"}, {"G", "g g"}, {"End", "Home"}, {"PgDn", "PgUp"}, {"C-d", "C-u"}} {
		k.moves(p[0], at, nil)
		k.moves(p[1], at, back)
	}
	const notHere = "That is for messages"
	k.says("j k", [][2]string{
		{"Y", "Copied"},
		{"y", "Copied"},
		{"b", "This is you"},
		{"v", notHere},
		{"*", notHere},
		{"o", notHere},
		{"s", notHere},
		{"S", notHere},
		{"O", notHere},
		{"|", notHere},
		{"p", notHere},
		{"N", "Nobody who is free this way"},
		{"F5", "Asking who is there"},
		{"x", notHere},
		{"r", "no colleague is under the cursor"},
		{"-", "nobody watched is under the cursor"},
		{"a", "no queue is under the cursor"},
		{".", "There is nothing to repeat yet"},
		{"n", "Nobody who is free this way"},
	}...)
	k.key("W", "Do not disturb: no calls ring you")
	k.key("u", "Taken back: do not disturb")
	k.key("C-r", "Done again: do not disturb")
	k.after("u", "Taken back: do not disturb")
	for _, tc := range [][2]string{
		{"Enter", "Your status and calls"}, {", s", "Your status, now"}, {", d", "a digit picks"}, {", m", "Status message"}, {"+", "Watch whom"}, {"\\", "names, numbers, states"},
	} {
		k.key(tc[0], tc[1])
		k.Press("Esc")
		k.Gone(tc[1])
	}
	k.Press("j")
	k.key("i", "Everything with ")
	k.key("q", "all calls ring you")
	k.Press("g g")
	k.leads("g p", "all calls ring you", [][2]string{{"Tab", " Inbox "}, {"S-Tab", " Inbox "}, {"h", " Inbox "}, {"l", " Inbox "}, {"g a", "Files of "}}...)
	k.everywhere("g p", "all calls ring you", "3 watched")
	k.all(keymap.ViewPresence, "C-z")
}

func TestGoldenPresence(t *testing.T) {
	unwatched(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := presenceDesk(t, Config{Messages: 20, Width: size[0], Height: size[1]})
		d.Press("W")
		d.See("⊘ Front Desk")
		d.Press("j")
		d.Until("the change to have been sent", func(s string) bool {
			return !strings.Contains(s, "↑") && strings.HasPrefix(d.lineOf("Samira"), "▌")
		})
		d.golden(t, "presence", size)
	}
}

func TestPresenceNotPermitted(t *testing.T) {
	d := Open(t, Config{Messages: 20, Now: noon, Width: 80, Height: 24, Prepare: func(s *simulator.Server) { s.Deny("ReadPresenceStatus", true) }})
	d.See("Inbox", "oldest first")
	d.Press("g p")
	d.See("Not told: the permission ReadPresenceStatus is missing", "Ask an administrator")
	d.Press("W")
	d.See("your own presence has not been read yet")
	d.Eventually("the feed says so", func() bool {
		for _, f := range d.Store.Feeds() {
			if f.Name == store.FeedPresence {
				return f.Denied
			}
		}
		return false
	})
}

// TestPresenceRefused sets what the service then refuses: it is put back, and said.
func TestPresenceRefused(t *testing.T) {
	d := presenceDesk(t, Config{Messages: 20, Width: 120, Height: 40})
	d.Sim.Deny("EditPresence", true)
	d.Press("W")
	d.See("Could not change your presence", "EditPresence", "● Front Desk")
}

// golden compares the screen, without its last line, with a file; with
// SWITCHBOARD_UPDATE=1 it writes it.
func (d *Desk) golden(t *testing.T, name string, size [2]int) {
	t.Helper()
	lines := strings.Split(d.Screen(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	got := strings.Join(lines[:max(len(lines)-1, 0)], "\n") + "\n"
	file := filepath.Join("..", "testdata", fmt.Sprintf("%s-%dx%d.golden", name, size[0], size[1]))
	if os.Getenv("SWITCHBOARD_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}
