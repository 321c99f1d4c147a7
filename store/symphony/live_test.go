package symphony

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	simulator "switchboard/api/simulator/symphony"
	"switchboard/store"
)

// ear is a store that only listens: what it was told, and what it answers.
type ear struct {
	news  chan store.News
	box   *Mailbox
	stop  func()
	ended chan error
}

// listen has the account's datafeed read.
func (p *pod) listen(want store.LiveWant) *ear {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	e := &ear{news: make(chan store.News, 100), stop: cancel, ended: make(chan error, 1)}
	box, _ := p.connect()
	e.box = box
	go func() { e.ended <- box.Listen(ctx, want, func(n store.News) { e.news <- n }) }()
	p.t.Cleanup(cancel)
	return e
}

// next is the next news that have to be kept.
func (e *ear) next(t *testing.T) store.News {
	t.Helper()
	for {
		select {
		case n := <-e.news:
			if n.Taken != nil {
				return n
			}
		case err := <-e.ended:
			t.Fatalf("it has ended: %v", err)
		case <-time.After(20 * time.Second):
			t.Fatal("nothing is told")
		}
	}
}

func TestNothingIsAcknowledgedBeforeItIsKept(t *testing.T) {
	p := start(t, simulator.Config{Redeliver: 30 * time.Second})
	e := p.listen(store.LiveWant{Name: "desk"})
	first := e.next(t)
	if !first.Missed || first.Place == "" || len(first.Posts) != 0 {
		t.Errorf("a new feed: %+v", first)
	}
	if p.sim.Unacknowledged() != 0 || p.asked()["readDatafeed"] != 0 {
		t.Error("it is read before it is known to be the one")
	}
	first.Taken(nil)
	if _, err := p.sim.Say("", "one"); err != nil {
		t.Fatal(err)
	}
	n := e.next(t)
	if len(n.Posts) != 1 || n.Posts[0].Text != "one" || n.Place != first.Place {
		t.Fatalf("%+v", n)
	}
	reads := p.asked()["readDatafeed"]
	n.Taken(errors.New("the disk is full"))
	p.clock.add(40 * time.Second) // it comes back
	again := e.next(t)
	if len(again.Posts) != 1 || again.Posts[0].Remote != n.Posts[0].Remote {
		t.Fatalf("%+v", again)
	}
	if p.sim.Unacknowledged() != 1 || p.asked()["readDatafeed"] <= reads {
		t.Errorf("%d wait", p.sim.Unacknowledged())
	}
	again.Taken(nil)
	for end := time.Now().Add(10 * time.Second); p.sim.Unacknowledged() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("what was kept is not acknowledged")
		}
	}
	if p.sim.ShownOnline() != 0 {
		t.Error("reading shows the account as online")
	}
}

func TestTheSameFeedIsReadOn(t *testing.T) {
	p := start(t, simulator.Config{})
	e := p.listen(store.LiveWant{Name: "desk"})
	first := e.next(t)
	first.Taken(nil)
	if _, err := p.sim.Say("", "one"); err != nil {
		t.Fatal(err)
	}
	n := e.next(t) // never taken: the program dies
	e.stop()
	<-e.ended
	p.clock.add(time.Minute)
	e = p.listen(store.LiveWant{Name: "desk", Place: first.Place})
	if on := e.next(t); on.Missed || on.Place != first.Place {
		t.Fatalf("the feed is not read on: %+v", on)
	} else {
		on.Taken(nil)
	}
	if on := e.next(t); len(on.Posts) != 1 || on.Posts[0].Remote != n.Posts[0].Remote {
		t.Fatalf("%+v", on)
	}
	e.stop()
	<-e.ended
	// A feed of another store, or one that nobody knows of, is left alone.
	e = p.listen(store.LiveWant{Name: "desk", Place: "somebody-elses_f"})
	if on := e.next(t); !on.Missed || on.Place == first.Place || p.sim.Feeds() != 2 {
		t.Errorf("%+v, %d feeds", on, p.sim.Feeds())
	}
}

func TestALostFeedIsMadeAnew(t *testing.T) {
	p := start(t, simulator.Config{})
	e := p.listen(store.LiveWant{Name: "desk"})
	first := e.next(t)
	first.Taken(nil)
	if _, err := p.sim.Say("", "one"); err != nil {
		t.Fatal(err)
	}
	e.next(t).Taken(nil)
	p.sim.DropFeeds()
	n := e.next(t)
	if !n.Missed || n.Place == first.Place {
		t.Fatalf("%+v", n)
	}
	n.Taken(nil)
	if _, err := p.sim.Say("", "two"); err != nil {
		t.Fatal(err)
	}
	if n = e.next(t); len(n.Posts) != 1 || n.Posts[0].Text != "two" {
		t.Fatalf("%+v", n)
	}
}

func TestEventsAreRead(t *testing.T) {
	p := start(t, simulator.Config{})
	e := p.listen(store.LiveWant{Name: "desk"})
	e.next(t).Taken(nil)
	me, err := p.box.Me(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	room := p.sim.Room("Claims Clearing")
	where := fmt.Sprintf(`"stream":{"streamId":%q,"streamType":"ROOM","roomName":"Claims Clearing"}`, room)
	all := store.News{}
	for _, ev := range [][2]string{
		{"QUANTUMEVENT", `{"quantum":{}}`},
		{"MESSAGESUPPRESSED", `{"messageSuppressed":{"messageId":"abc+/=","stream":{"streamId":"` + room + `"}}}`},
		{"USERJOINEDROOM", `{"userJoinedRoom":{` + where + `,"affectedUser":{"userId":` + me.Remote + `}}}`},
		{"USERLEFTROOM", `{"userLeftRoom":{` + where + `,"affectedUser":{"userId":5}}}`},
		{"ROOMDEACTIVATED", `{"roomDeactivated":{` + where + `}}`},
		{"ROOMUPDATED", `{"roomUpdated":{` + where + `,"newRoomProperties":{"name":"Claims"}}}`},
		{"INSTANTMESSAGECREATED", `{"instantMessageCreated":{"stream":{"streamId":"im1","streamType":"IM","members":[{"userId":5}]}}}`},
		{"CONNECTIONREQUESTED", `{"connectionRequested":{"toUser":{"userId":5}}}`},
		{"MESSAGESENT", `{"messageSent":{"message":{"messageId":"m1"}}}`},
		{"MESSAGESENT", `{"messageSent":null}`},
		{"SYMPHONYELEMENTSACTION", `{"symphonyElementsAction":{"formId":"f"}}`},
	} {
		p.sim.Event(ev[0], ev[1])
	}
	if _, err := p.sim.Say(room, "last"); err != nil {
		t.Fatal(err)
	}
	for len(all.Posts) == 0 || all.Posts[len(all.Posts)-1].Text != "last" {
		n := e.next(t)
		n.Taken(nil)
		all.Posts, all.Chats, all.Feeds = append(all.Posts, n.Posts...), append(all.Chats, n.Chats...), append(all.Feeds, n.Feeds...)
	}
	var words []string
	for _, in := range all.Posts {
		words = append(words, in.System+map[bool]string{true: "suppressed " + in.Remote}[in.Removed]+in.Text)
	}
	if want := []string{"suppressed abc-_", "added", "removed", "last"}; !slices.Equal(words, want) {
		t.Errorf("%q", words)
	}
	if len(all.Chats) != 4 || !all.Chats[0].Joined || !all.Chats[1].Archived || all.Chats[2].Name != "Claims" || all.Chats[3].Type != store.ChatDirect {
		t.Errorf("%+v", all.Chats)
	}
	if !slices.Contains(all.Feeds, store.FeedConnections) {
		t.Errorf("%v", all.Feeds)
	}
}

// What comes by datafeed is in its chat and in the inbox, once, whatever goes wrong on the way.
func TestNewsComeThroughFaults(t *testing.T) {
	p := start(t, simulator.Config{Streams: 6, Messages: 60, Redeliver: time.Second})
	d := p.desk(dirOf(t))
	d.sync()
	d.run()
	d.until("it listens", func() bool { return d.Status()[0].Phase == store.PhaseLive })
	room := p.sim.Room("Claims Clearing")
	var want []string
	say := func(text string) {
		t.Helper()
		p.clock.add(2 * time.Second)
		id, err := p.sim.Say(room, text)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, id)
	}
	for _, fault := range []string{"feed-double", "feed-unknown", "500", "reset", "expire", "429", "throttle-400", "badjson", "feed-lost"} {
		if err := p.sim.FailNext("readDatafeed", fault, 0, 1); err != nil {
			t.Fatal(err)
		}
		say("during " + fault)
	}
	p.sim.DropFeeds()
	say("after the feed was lost")
	c := d.chatOf(room)
	d.until("all is here", func() bool {
		p.clock.add(time.Second) // so that what waits comes back
		have := remotes(d.posts(c.ID))
		for _, id := range want {
			if _, ok := slices.BinarySearch(have, id); !ok {
				return false
			}
		}
		return true
	})
	have := remotes(d.posts(c.ID))
	if n := len(have); n != len(slices.Compact(have)) {
		t.Error("some are here twice")
	}
}

// A read that hangs on a dead connection is made anew when the network comes back; one that
// may be alive is not, so that what it brings is not lost.
func TestWaking(t *testing.T) {
	for _, dead := range []bool{false, true} {
		p := start(t, simulator.Config{Poll: time.Minute})
		if dead {
			p.poll = time.Millisecond // so long no read is alive
		}
		e := p.listen(store.LiveWant{Name: "desk"})
		e.next(t).Taken(nil)
		p.reads(1)
		e.box.Wake()
		if dead {
			p.reads(2)
		}
		heard := map[string]bool{}
		for _, text := range []string{"one", "two"} { // a read that was given up may have got the first
			if dead {
				p.clock.add(time.Minute)
			}
			if _, err := p.sim.Say("", text); err != nil {
				t.Fatal(err)
			}
		}
		for !heard["one"] || !heard["two"] {
			n := e.next(t)
			n.Taken(nil)
			for _, in := range n.Posts {
				heard[in.Text] = true
			}
		}
	}
}

// reads waits until the datafeed was read n times.
func (p *pod) reads(n int) {
	p.t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(20 * time.Second); p.asked()["readDatafeed"] < n; <-look.C {
		if time.Now().After(end) {
			p.t.Fatalf("it was not read %d times", n)
		}
	}
}
