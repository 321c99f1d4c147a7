package uitest

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"switchboard/store"
)

// beside is the command line on the machine that a desk stands on: programs of their
// own, with the same data and the same service.
func (d *Desk) beside(t *testing.T) *machine {
	t.Helper()
	m := &machine{t: t, sim: d.Sim, dir: d.Dir, save: filepath.Join(t.TempDir(), "saved"), config: filepath.Join(t.TempDir(), "config.toml")}
	m.write(m.config, "save_dir = \""+filepath.ToSlash(m.save)+"\"\n")
	m.signIn()
	return m
}

// soon is how long it may take until one program shows what another has done. Only a
// program that was not told of it reaches this: the next look at the service is later.
const soon = 5 * time.Second * slower

// within waits for a screen, for as long as a person takes to look up.
func (d *Desk) within(t *testing.T, what string, ok func(screen string) bool) time.Duration {
	t.Helper()
	start := time.Now()
	d.Until(what, ok)
	took := time.Since(start)
	if took > soon {
		t.Errorf("%s showed after %s", what, took)
	}
	return took
}

// The screens and the command line share one store: what one does shows in the other at
// once, without a key pressed, and what one leaves to be sent the other sends.
func TestTwoProgramsOneStore(t *testing.T) {
	d := Open(t, Config{Now: noon, Messages: 40})
	d.See("Inbox", "oldest first")
	m := d.beside(t)
	queue := d.all(t, "in:inbox")
	first, second := queue[0], queue[1]

	// Done by a command: it leaves the screen that nobody touches.
	d.See("1 of " + strconv.Itoa(len(queue)))
	m.ok("done", first.ID.String())
	d.within(t, "one less in the queue", func(s string) bool { return strings.Contains(s, " of "+strconv.Itoa(len(queue)-1)+" ") })

	// A note appears on its row, and goes again when it is taken back.
	noted := func(s string) bool {
		return slices.ContainsFunc(strings.Split(s, "\n"), func(l string) bool { return strings.HasPrefix(l, "▌") && strings.Contains(l, "¶") })
	}
	d.Press("g g")
	m.ok("note", second.ID.String(), "asked twice already")
	d.within(t, "the note", noted)
	m.ok("undo")
	d.within(t, "the note gone", func(s string) bool { return !noted(s) })

	// And the other way: the command line sees what a key has done, at once.
	d.Press("g g e")
	d.Eventually("it is done", func() bool { return d.item(t, second.ID).State == store.Done })
	var it struct {
		State string `json:"state"`
	}
	if err := json.Unmarshal([]byte(m.ok("show", second.ID.String(), "--json").out), &it); err != nil || it.State != "done" {
		t.Errorf("the command line says %q, %v", it.State, err)
	}
	d.See(" of " + strconv.Itoa(len(queue)-2) + " ")
	m.ok("reopen", second.ID.String())
	d.within(t, "it is back", func(s string) bool { return strings.Contains(s, " of "+strconv.Itoa(len(queue)-1)+" ") })

	// A text that a command sends is a row of the screen.
	d.Press("g s")
	d.See("Texts", "newest first")
	before := len(d.Sim.Sent())
	m.ok("send", "sms", "--to", "+12025550142", "the gate is open again")
	d.Press("g g")
	d.within(t, "the text", func(s string) bool { return strings.Contains(s, "the gate is open again") })
	if n := len(d.Sim.Sent()) - before; n != 1 {
		t.Errorf("%d texts were sent", n)
	}
}

// What a command leaves behind because the service is away, the screens send: once.
func TestOneLeavesTheOtherSends(t *testing.T) {
	d := Open(t, Config{Now: noon, Messages: 40})
	d.See("Inbox", "oldest first")
	m := d.beside(t)
	want := d.all(t, "in:voicemail is:unread")[0]
	d.Sim.Offline(true)
	m.ok("read", want.ID.String())
	d.Eventually("it shows as read", func() bool { return d.item(t, want.ID).Read })
	d.Sim.Offline(false)
	d.Press("F5")
	d.atService(t, want, true, "Alive")
}
