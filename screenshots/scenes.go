package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
	"switchboard/ui/uitest"
)

// A scene is a picture: what to press on the demo account, and what must show
// before the picture is taken.
type scene struct {
	name string
	act  func(d *uitest.Desk)
	with func(c *uitest.Config) // how its desk differs; nil: not at all
}

var scenes = []scene{
	{name: "inbox", act: func(d *uitest.Desk) {
		d.Press("n")
		d.See("Transcript")
	}},
	{name: "reader", act: func(d *uitest.Desk) {
		d.Press("n J J J J J J J J J m")
		d.See("note")
		d.Free("asked for a call after four")
		d.Press("Enter Enter")
		d.See("MP3")
		d.Press("G")
		d.See("asked for a call after four")
	}},
	{name: "attachments", act: func(d *uitest.Desk) {
		d.Press("g f n")
		d.See("page 1 of")
		d.Press("g a")
		d.See("application/pdf", "on this machine")
	}},
	{name: "fax", act: func(d *uitest.Desk) {
		d.Press("g f n")
		d.See("page 1 of")
		d.Press("Enter Enter")
		d.See("page 1 of")
		d.Press(", f")
		d.See("whole page")
		d.Gone(" …") // the page is drawn
	}},
	{name: "player", act: func(d *uitest.Desk) {
		d.Press("g v n Enter Space")
		d.See("playing")
		d.Press("] ]")
		d.See("1.21x")
	}},
	{name: "picture", act: func(d *uitest.Desk) {
		d.Press("/")
		d.Free("in:mms swelling")
		d.Press("Enter Enter")
		d.See("Picture text", "the swelling is about", "▄▄▄▄")
	}},
	{name: "jobs", act: func(d *uitest.Desk) {
		d.Press("g f * S Enter")
		d.See("Saved 20 files")
		if err := d.Sim.SetFaults(simulator.Faults{"slow": 1}); err != nil {
			panic(err)
		}
		d.Press("g v * S Enter g j")
		d.See("16 of 38 files")
	}},
	{name: "calls", act: func(d *uitest.Desk) {
		d.Press("g l")
		d.See("of 400", "newest first", "answered", "left a voicemail")
		ring := func(c simulator.LiveCall, answer bool) {
			id, err := d.Sim.Ring(c)
			if err == nil && answer {
				err = d.Sim.Answer(id)
			}
			if err != nil {
				panic(err)
			}
		}
		ring(simulator.LiveCall{From: "+14155550142", Name: "Ana Lima"}, true)
		ring(simulator.LiveCall{From: "+14155550143", Queue: true}, false)
		d.See("← speaking", "← rings")
		d.Press("\\")
		d.Free("is:returned")
		d.Press("Enter n")
		d.See("Returned")
		d.Press("Esc")
		d.See("connected")
	}},
	{name: "presence", act: func(d *uitest.Desk) {
		id, err := d.Sim.Ring(simulator.LiveCall{Extension: "155", From: "+14155550142", Name: "Ana Lima"})
		if err == nil {
			err = d.Sim.Answer(id)
		}
		if err != nil {
			panic(err)
		}
		d.Eventually("the directory", func() bool {
			list, err := d.Store.Watchable(context.Background(), d.Account.ID)
			return err == nil && len(list) > 0
		})
		d.Press("g p")
		d.See("1 watched", "▌ ● Front Desk")
		for _, n := range []string{"131", "140", "155", "190", "1008"} {
			d.Press("+")
			d.Free(n)
			d.Press("Enter")
			d.Gone("Watch whom")
		}
		d.See("6 watched", "with Ana Lima")
		d.Press("G Enter")
		d.See("takes no calls of it")
	}},
	{name: "mailboxes", act: func(d *uitest.Desk) {
		for number, n := range map[string]int{"201": 40, "304": 25} {
			if err := d.Sim.Share(number, n); err != nil {
				panic(err)
			}
		}
		d.Eventually("the directory", func() bool {
			list, err := d.Store.Readable(context.Background(), d.Account.ID)
			return err == nil && len(list) > 0
		})
		d.Press("g w")
		d.See("[ ] Patient Line", "▌")
		for _, filter := range []string{"patient", "reception"} {
			d.Press("\\ C-u")
			d.Free(filter)
			d.Press("Enter")
			d.See("filter: " + filter)
			d.Press("Space")
			d.See("[x]")
		}
		d.Press("Esc")
		d.See("Refill Queue", "3 mailboxes")
		d.Press("g g")
		d.Gone("syncing")
		d.Gone("not read yet")
	}},
	{name: "call-banner", act: func(d *uitest.Desk) {
		if err := d.Sim.RingNext(simulator.NextRing{After: 3600}); err != nil {
			panic(err)
		}
		d.Press("g l")
		d.See("of 400", "newest first")
		d.Press("n")
		d.See("Result   missed")
		d.Press("b")
		d.See("→ your phone rings", "on Desk phone", "u cancels")
	}},
	{name: "search", act: func(d *uitest.Desk) {
		d.Press("/")
		d.Type("appointment")
		d.See("Search", "ppointment", "1 of")
	}},
	{name: "contacts", act: func(d *uitest.Desk) {
		d.Press("g c")
		d.See("personal", "company", "of 98", "◐")
		d.Press("/")
		d.Free("carmen")
		d.See("/ carmen", "1 of 1")
		d.Press("Enter")
		d.See("Enter open")
		d.Press("Esc")
		d.See("14 of 98", "Aaron Wojcik")
	}},
	{name: "person", act: func(d *uitest.Desk) {
		d.Press("g c")
		d.See("personal", "company", "of 98")
		d.Press("/")
		d.Free("carmen")
		d.See("/ carmen", "1 of 1")
		d.Press("Enter Enter")
		d.See("Everything with Carmen Abara", "in your own contacts", "page 1 of")
	}},
	{name: "chats", act: func(d *uitest.Desk) {
		d.Eventually("the chats are read", func() bool {
			for _, f := range d.Store.Feeds() {
				if f.Name == store.FeedChats {
					return f.Done
				}
			}
			return false
		})
		for _, text := range []string{"**Line 2** is back, see [the status page](https://status.example/line-2)", "Still to do:\n- tell the front desk\n- `fax-04` needs paper"} {
			if _, err := d.Sim.Post(simulator.LivePost{Chat: "Front Desk", Text: text}); err != nil {
				panic(err)
			}
		}
		d.Store.SyncNow()
		d.Eventually("they are here", func() bool {
			c, err := d.Store.FindChat(context.Background(), "Front Desk")
			return err == nil && c.Unread == 2
		})
		d.Press("g t")
		d.See("Chats", "Front Desk")
		d.Press("n")
		d.See("2 unread")
		d.Press("Enter G r")
		d.See("Answer to")
		d.Free("I can take the paper @")
		d.Press("Tab")
		d.See("people; Tab again")
	}},
	{name: "composer", act: func(d *uitest.Desk) {
		d.Press("/")
		d.Free("marisol")
		d.Press("Enter")
		d.See("Marisol Pemberton", "Transcript")
		d.Press("R")
		d.See("put one in")
		d.Press("1")
		d.See("Hello Marisol Pemberton", "of 1000 characters, 1 part")
	}},
	{name: "faxform", act: func(d *uitest.Desk) {
		d.Eventually("the contacts are read", func() bool {
			for _, f := range d.Store.Feeds() {
				if f.Name == store.FeedContacts {
					return f.Done
				}
			}
			return false
		})
		d.Press("g f \\")
		d.Free("pages:3")
		d.Press("Enter n Enter")
		d.See("page 1 of 3")
		d.Press("Space ] f")
		d.See("page 2 turned")
		d.Free("6505550142,")
		d.Press("M-s")
		d.Free("tomorrow 8")
		d.Press("Enter S-Tab S-Tab S-Tab S-Tab")
		d.Free("carm")
		d.See("Carmen Abara", "business fax")
	}},
	{name: "drafts", act: func(d *uitest.Desk) {
		for _, n := range []store.NewMessage{
			{Kind: store.SendPager, To: []store.Recipient{{Name: "Billing", Extension: "201"}}, Text: "Who has the statement of Ms. Pemberton?"},
			{Kind: store.SendFax, To: []store.Recipient{{Name: "Harbor Pharmacy", Number: "+14155550142"}}, Text: "The refill you asked for", At: now().Add(17 * time.Hour)},
			{Kind: store.SendText, To: []store.Recipient{{Name: "Marisol Pemberton", Number: "+14155550161"}}, Text: "Hello Marisol, the results came in this morning."},
		} {
			if _, err := d.Store.SaveMessageDraft(context.Background(), 0, n); err != nil {
				panic(err)
			}
		}
		d.Press("g o")
		d.See("Drafts", "3 drafts")
	}},
	{name: "undo", act: func(d *uitest.Desk) {
		d.Press("g v n x j x j x z")
		d.See("a digit picks")
		d.Press("3")
		d.See("Snoozed 3 voicemails")
		d.Gone("a digit picks")
	}},
	{name: "journal", act: func(d *uitest.Desk) {
		d.Press("g v n m")
		d.See("Note on")
		d.Free("wants the results by letter")
		d.Press("Enter")
		d.See("Added a note")
		d.Press("a")
		d.See("Claimed")
		d.Press("i")
		d.See("Everything ", "wants the results by letter")
	}},
	{name: "palette", act: func(d *uitest.Desk) {
		d.Press("C-k")
		d.See("Everything this program can do")
		d.Free("sno")
		d.See("› sno")
		d.Gone("Add a note")
	}},
	{name: "help", act: func(d *uitest.Desk) {
		d.Press("?")
		d.See("Keys", "Work off")
	}},
}

// now is when the pictures are taken; the demo account's newest message came
// in then.
func now() time.Time { return time.Date(2026, 11, 19, 15, 0, 0, 0, time.UTC) }

const width, height = 120, 40

// all makes every picture, or those that are named.
func all(only string) error {
	for _, s := range append(slices.Clone(scenes), serviceScenes()...) {
		if only != "" && !slices.Contains(strings.Split(only, ","), s.name) {
			continue
		}
		if err := take(s); err != nil {
			return fmt.Errorf("scene %s: %w", s.name, err)
		}
	}
	return nil
}

func take(s scene) (err error) {
	stage := &stage{ctx: context.Background()}
	done := make(chan struct{})
	go func() { // a scene that fails ends its goroutine, as tests do
		defer close(done)
		defer stage.strike()
		c := uitest.Config{
			Width: width, Height: height, Now: now, Dark: true, Rest: time.Millisecond,
			Sim: simulator.Config{
				SlowFor: 3 * time.Second,                                          // where a scene asks for that
				Calls:   map[string]int{"calls": 400, "call-banner": 400}[s.name], // elsewhere they would stand between the messages
			},
		}
		if s.with != nil {
			s.with(&c)
		}
		d := uitest.Open(stage, c)
		d.See("Inbox", "oldest first")
		s.act(d)
		stage.fail(picture(d.Frame(), width, height, dark, s.name+".png"))
	}()
	<-done
	return stage.err
}

// stage is what a desk needs of a test.
type stage struct {
	ctx     context.Context
	cleanup []func()
	err     error
}

func (s *stage) fail(err error) { s.err = errors.Join(s.err, err) }

func (s *stage) strike() {
	for i := len(s.cleanup) - 1; i >= 0; i-- {
		s.cleanup[i]()
	}
}

// Helper, Fatalf, TempDir, Cleanup and Context are those of testing.TB.
func (s *stage) Helper() {}

func (s *stage) Fatalf(format string, args ...any) {
	s.fail(fmt.Errorf(format, args...))
	runtime.Goexit()
}

func (s *stage) TempDir() string {
	dir, err := os.MkdirTemp("", "switchboard-scene-")
	if err != nil {
		s.Fatalf("%v", err)
	}
	s.Cleanup(func() { s.fail(os.RemoveAll(dir)) })
	return dir
}

func (s *stage) Cleanup(f func()) { s.cleanup = append(s.cleanup, f) }

func (s *stage) Context() context.Context { return s.ctx }
