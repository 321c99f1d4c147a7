package uitest

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// jumpy is a clock that can be set, as a person or a time server does, and runs
// fast.
type jumpy struct {
	fast
	mu  sync.Mutex
	off time.Duration
}

func newJumpy() *jumpy { return &jumpy{fast: fast{base: noon(), start: time.Now()}} }

func (j *jumpy) Now() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.fast.Now().Add(j.off)
}

func (j *jumpy) jump(d time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.off += d
}

// badDesk is a desk whose waits are short.
func badDesk(t *testing.T, c Config) *Desk {
	t.Helper()
	if c.Clock == nil {
		c.Clock = newFast()
	}
	d := Open(t, c)
	d.See("Inbox", "oldest first")
	return d
}

// remoteRead presses R on the row under the cursor, which concerns the service.
func (d *Desk) firstOpen(t *testing.T) store.Item {
	t.Helper()
	items := d.all(t, "in:inbox")
	if len(items) == 0 {
		t.Fatal("the queue is empty")
	}
	return items[0]
}

func TestSignedOutMidSession(t *testing.T) {
	d := badDesk(t, Config{NoJWT: true})
	d.Sim.RevokeTokens()
	d.Store.SyncNow()
	d.See("signed out", "switchboard login")
	first := d.firstOpen(t)
	d.Press("g g e") // work goes on
	d.Eventually("it is done", func() bool { return d.item(t, first.ID).State == store.Done })
	next := d.firstOpen(t)
	d.Press("g g d")
	d.Eventually("it is in the trash here", func() bool { return d.item(t, next.ID).Availability == store.Deleted })
	d.See("↑ 1", "signed out")
	d.Press("/")
	d.Free("a")
	d.See("Search")
	d.Press("Esc")
	if _, a, _ := d.Sim.State(mustInt(t, next.Remote)); a != "Alive" {
		t.Errorf("signed out, and yet it is %s at the service", a)
	}
}

func TestDeniedNamesThePermission(t *testing.T) {
	for _, tt := range []struct {
		permission string
		act        func(*Desk)
		see        []string
	}{
		{"ReadMessages", func(d *Desk) { d.Store.SyncNow() }, []string{"ReadMessages", "missing"}},
		{"EditMessages", func(d *Desk) { d.Press("g g d") }, []string{"EditMessages is missing", "Back in the list"}},
	} {
		t.Run(tt.permission, func(t *testing.T) {
			d := badDesk(t, Config{})
			first := d.firstOpen(t)
			d.Sim.Deny(tt.permission, true)
			tt.act(d)
			d.See(tt.see...)
			d.Eventually("the message is as it was", func() bool { return d.item(t, first.ID).Availability == store.Alive })
			if snap := d.Sim.Snapshot(); snap.Deleted != 0 {
				t.Errorf("%d deleted at the service", snap.Deleted)
			}
		})
	}
}

func TestLimitedMode(t *testing.T) {
	d := badDesk(t, Config{})
	first := d.firstOpen(t)
	d.Sim.Limited(true)
	d.Press("g g d")
	d.Eventually("it is in the trash here", func() bool { return d.item(t, first.ID).Availability == store.Deleted })
	d.See("only allows reading")
	d.Press("Esc")
	d.See("takes no changes", "↑ 1")
	d.Sim.Arrive(1)
	d.Store.SyncNow()
	d.Eventually("reading goes on", func() bool { return len(d.all(t, "in:all")) == 101 })
	d.Sim.Limited(false)
	d.atService(t, first, first.Read, "Deleted")
	d.Gone("takes no changes")
}

func TestOfflineAndBack(t *testing.T) {
	d := badDesk(t, Config{})
	items := d.all(t, "in:inbox")
	d.Sim.Offline(true)
	d.Store.SyncNow()
	d.See("offline since")
	d.Press("g g d d")
	d.See("↑ 2")
	for _, it := range items[:2] {
		if got := d.item(t, it.ID); got.Availability != store.Deleted {
			t.Errorf("%s is %s", it.Remote, got.Availability)
		}
	}
	d.Sim.Arrive(3)
	d.Sim.Offline(false)
	for _, it := range items[:2] {
		d.atService(t, it, it.Read, "Deleted")
	}
	d.Eventually("what came in meanwhile is here", func() bool { return len(d.all(t, "in:all")) == 103 })
	d.Gone("offline")
	d.Gone("↑")
	d.agrees(t)
}

func TestClockJumps(t *testing.T) {
	clock := newJumpy()
	service := newFast()
	d := badDesk(t, Config{Clock: clock, Sim: simulator.Config{Now: service.Now}})
	act := func(verb store.Verb, it store.Item, text string) {
		t.Helper()
		if _, err := d.Store.Act(t.Context(), store.Change{Verb: verb, Items: []store.ID{it.ID}, Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	order := func() string { return fmt.Sprint(idsOf(d.all(t, "in:all"))) }
	before := order()
	for i, jump := range []time.Duration{-24 * time.Hour, 48 * time.Hour, -72 * time.Hour, 24 * time.Hour} {
		it := d.all(t, "in:inbox")[i]
		act("done", it, "")
		act("note", it, "first")
		clock.jump(jump)
		act("reopen", it, "")
		act("note", it, "second")
		got := d.item(t, it.ID)
		if got.State != store.StateOpen {
			t.Errorf("jump by %s: reopened, and it is %s", jump, got.State)
		}
		if len(got.NoteList) != 2 || got.NoteList[0].Text != "first" {
			t.Errorf("jump by %s: notes %+v", jump, got.NoteList)
		}
		act("done", it, "")
		clock.jump(-jump)
		if _, err := d.Store.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := d.item(t, it.ID).State; got != store.StateOpen {
			t.Errorf("jump by %s: taken back, and it is %s", -jump, got)
		}
		if err := d.Sim.FailNext("", "reset", 0, 1); err != nil { // sent, but nobody knows
			t.Fatal(err)
		}
		read := d.all(t, "in:all is:read")[i]
		act("unread", read, "")
		clock.jump(jump)
		d.Sim.Arrive(1)
		d.Eventually(fmt.Sprintf("after a jump by %s it is polled and sent", jump), func() bool {
			return len(d.all(t, "in:all")) == 100+i+1 && d.waiting(t) == 0
		})
	}
	if after := order(); !strings.HasPrefix(after, strings.TrimSuffix(before, "]")) {
		t.Error("the order has changed")
	}
	first := d.firstOpen(t)
	d.Press("g g e")
	d.Eventually("keys work", func() bool { return d.item(t, first.ID).State == store.Done })
	d.agrees(t)
}

func TestResizedToNothingAndBack(t *testing.T) {
	d := badDesk(t, Config{})
	full := func(s string) bool { return strings.Contains(s, "Inbox") }
	for _, size := range [][2]int{{0, 0}, {1, 1}, {59, 14}, {60, 15}, {300, 100}, {2, 40}, {120, 1}, {80, 24}, {120, 40}} {
		w, h := size[0], size[1]
		d.Resize(w, h)
		if w >= 60 && h >= 15 {
			d.Until(fmt.Sprintf("a screen of %dx%d", w, h), func(s string) bool {
				return full(s) && fits(s, w, h)
			})
			d.Press("j k")
			continue
		}
		d.Press("j k") // must not break anything
		if w > 0 && h > 0 {
			d.Until(fmt.Sprintf("a screen of %dx%d", w, h), func(s string) bool { return !full(s) && fits(s, w, h) })
		}
		if w == 59 {
			d.See("Too small: 59x14 of 60x15")
		}
	}
	first := d.firstOpen(t)
	d.Press("g g e")
	d.Eventually("keys work", func() bool { return d.item(t, first.ID).State == store.Done })
}

// fits reports whether a screen has h lines, and none is longer than w cells.
func fits(s string, w, h int) bool {
	lines := strings.Split(s, "\n")
	for _, l := range lines {
		if len([]rune(l)) > w {
			return false
		}
	}
	return len(lines) == h
}

// TestTwoProgramsOnOneStore: what is done on the command line shows on screens
// that are open, without a key.
func TestTwoProgramsOnOneStore(t *testing.T) {
	d := badDesk(t, Config{})
	first := d.firstOpen(t)
	other, err := store.Open(t.Context(), store.Options{Dir: d.Dir, Actor: "bob@desk"})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	n := len(d.all(t, "in:inbox"))
	d.See(fmt.Sprintf("of %d", n))
	if _, err := other.Act(t.Context(), store.Change{Verb: "done", Items: []store.ID{first.ID}}); err != nil {
		t.Fatal(err)
	}
	d.See(fmt.Sprintf("of %d", n-1))
}

// TestHostileTextOnTheScreen walks over every message: nothing of what others
// wrote may reach the terminal but as text.
func TestHostileTextOnTheScreen(t *testing.T) {
	var mu sync.Mutex
	var bad string
	different := map[string]bool{}
	d := badDesk(t, Config{Dark: true, Draw: func(f string) {
		mu.Lock()
		defer mu.Unlock()
		different[f] = true
		if bad == "" {
			bad = notOurs(f)
		}
	}})
	d.Press("/")
	d.Free("in:all")
	d.Press("Enter")
	for i := range 100 {
		d.See(fmt.Sprintf("%d of 100", i+1))
		d.Press("j")
	}
	d.Press("g g")
	d.See(" 1 of 100")
	d.Press("g a")
	d.See("Files of")
	for i := range 100 {
		d.See(fmt.Sprintf(" %d of 100", i+1))
		d.Press("J")
	}
	mu.Lock()
	defer mu.Unlock()
	if bad != "" {
		t.Errorf("the screen has %q", bad)
	}
	if len(different) < 50 {
		t.Errorf("only %d frames were seen", len(different))
	}
}

// notOurs finds the first thing in a frame that is neither text nor a colour.
func notOurs(frame string) string {
	rs := []rune(frame)
	for i := 0; i < len(rs); i++ {
		switch r := rs[i]; {
		case r == '\x1b':
			j := i + 1
			if j >= len(rs) || rs[j] != '[' {
				return string(rs[i:min(i+8, len(rs))])
			}
			for j++; j < len(rs) && strings.ContainsRune("0123456789;:", rs[j]); j++ {
			}
			if j >= len(rs) || rs[j] != 'm' {
				return string(rs[i:min(j+8, len(rs))])
			}
			i = j
		case r == '\n':
		case r < 0x20, r == 0x7f, r >= 0x80 && r < 0xa0, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0xfeff:
			return string(rs[max(i-4, 0):min(i+8, len(rs))])
		}
	}
	return ""
}

// TestNoColor: signs and words alone carry everything.
func TestNoColor(t *testing.T) {
	for _, no := range []bool{false, true} {
		var mu sync.Mutex
		colours := 0
		d := badDesk(t, Config{Dark: true, NoColor: no, Draw: func(f string) {
			mu.Lock()
			defer mu.Unlock()
			colours += len(colour.FindAllString(f, -1))
		}})
		first := d.firstOpen(t)
		d.Press("j Enter q ? q g g e")
		d.Eventually("keys work", func() bool { return d.item(t, first.ID).State == store.Done })
		mu.Lock()
		if n := colours; (n == 0) != no {
			t.Errorf("NO_COLOR %v: %d colours", no, n)
		}
		mu.Unlock()
	}
}

// colour finds a change of colour, foreground or background.
var colour = regexp.MustCompile(`\x1b\[([0-9:]+;)*(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;:m]`)
