package ringcentral_test

import (
	"strings"
	"testing"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
)

func (d *desk) look() {
	d.t.Helper()
	if err := d.LookPresence(d.t.Context(), d.acc.ID); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) board() store.PresenceBoard {
	d.t.Helper()
	b, err := d.PresenceBoard(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

func (d *desk) watched(number string) store.Presence {
	d.t.Helper()
	for _, p := range d.board().People {
		if p.Number == number {
			return p
		}
	}
	d.t.Fatalf("%s is not watched", number)
	return store.Presence{}
}

// favorites makes extensions the user's favourites.
func (d *desk) favorites(numbers ...string) {
	d.t.Helper()
	list, err := d.client.AccountPresence(d.t.Context(), rc.PresenceQuery{PerPage: 1000})
	if err != nil {
		d.t.Fatal(err)
	}
	var favs []rc.Favorite
	for _, n := range numbers {
		for _, p := range list.Records {
			if p.Extension.ExtensionNumber == n {
				favs = append(favs, rc.Favorite{ExtensionID: p.Of()})
			}
		}
	}
	if _, err := d.client.SetFavorites(d.t.Context(), favs); err != nil || len(favs) != len(numbers) {
		d.t.Fatal(len(favs), err)
	}
}

func TestPresence(t *testing.T) {
	d := open(t, simulator.Config{Messages: 10})
	d.favorites("112", "155", "10") // two people and a menu
	d.look()
	board := d.board()
	if len(board.Me) != 1 || board.Me[0].Number != "101" || board.Me[0].DND != store.DNDTakeAll || len(board.Queues) != 3 {
		t.Fatalf("%+v", board)
	}
	if len(board.People) != 6 { // and the three queues
		t.Fatalf("%d watched", len(board.People))
	}
	menu := d.watched("10")
	if menu.Status != "Offline" || menu.User != "" || menu.Telephony != "" || menu.DND != "" || menu.IsPerson() {
		t.Errorf("a menu has what only people have: %+v", menu)
	}
	if q := d.watched("201"); !q.IsQueue() || len(q.Team) < 3 {
		t.Errorf("who takes the calls of a queue: %+v", q)
	}

	id, err := d.sim.Ring(simulator.LiveCall{Extension: "112", From: "+14155550142", Name: "Ana Lima"})
	if err == nil {
		err = d.sim.Answer(id)
	}
	if err != nil {
		t.Fatal(err)
	}
	<-d.clock.After(time.Minute)
	d.look()
	p := d.watched("112")
	if p.Telephony != store.CallConnected || len(p.Calls) != 1 || p.Calls[0].With.Name != "Ana Lima" || p.Since.IsZero() {
		t.Errorf("on a call: %+v", p)
	}
	if err := d.sim.HangUp(id, ""); err != nil {
		t.Fatal(err)
	}
	<-d.clock.After(time.Minute)
	d.look()
	if p := d.watched("112"); p.Talks() || len(p.Calls) != 0 {
		t.Errorf("after the call: %+v", p)
	}
}

// TestPresenceRequests counts what a look costs.
func TestPresenceRequests(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1})
	d.favorites("112", "155")
	d.look()
	count := func(look func()) map[string]int {
		before := len(d.sim.Requests())
		look()
		ops := map[string]int{}
		for _, r := range d.sim.Requests()[before:] {
			ops[r.Op]++
		}
		return ops
	}
	got := count(func() { d.look(); d.look() })
	want := map[string]int{"readUserPresenceStatus": 4, "readExtensionCallQueuePresence": 2, "readCallQueuePresence": 6}
	for op, n := range want {
		if got[op] != n {
			t.Errorf("%s: %d requests, want %d", op, got[op], n)
		}
	}
	if n := got["readAccountPresence"]; n > 0 {
		t.Errorf("everybody was asked for %d times", n)
	}
	d.sync()
	if got = count(func() { d.sync() }); got["readAccountPresence"] > 1 {
		t.Errorf("everybody was asked for %d times", got["readAccountPresence"])
	}
}

func TestSetPresence(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1})
	ctx := t.Context()
	d.look()
	send := func(_ store.Op, err error) {
		t.Helper()
		if err == nil {
			err = d.Flush(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
		<-d.clock.After(time.Second)
	}
	service := func() rc.Presence {
		t.Helper()
		p, err := d.client.Presence(ctx, "", false)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	text := "Back at 3 🙂"
	send(d.SetPresence(ctx, d.acc.ID, store.PresenceChange{User: store.PresenceBusy}))
	send(d.SetPresence(ctx, d.acc.ID, store.PresenceChange{Message: &text}))
	send(d.ToggleDND(ctx, d.acc.ID))
	if p := service(); p.UserStatus != "Busy" || p.DNDStatus != "DoNotAcceptAnyCalls" || !strings.HasPrefix(p.Message, "Back at 3") {
		t.Errorf("at the service: %+v", p)
	}
	if me := d.board().Me[0]; me.Status != store.PresenceBusy || !me.Quiet() || me.Pending {
		t.Errorf("here: %+v", me)
	}
	for range 3 {
		send(d.Undo(ctx))
	}
	if p := service(); p.UserStatus != "Available" || p.DNDStatus != "TakeAllCalls" || p.Message != "" {
		t.Errorf("taken back: %+v", p)
	}

	line := d.board().Queues[1]
	if line.Name != "Patient Line" || !line.Takes {
		t.Fatalf("%+v", line)
	}
	send(d.SetQueue(ctx, d.acc.ID, line.ID, false))
	d.look()
	if qs := d.board().Queues; qs[1].Takes || !qs[0].Takes || !qs[2].Takes {
		t.Errorf("%+v", qs)
	}
	send(d.Undo(ctx))
	d.look()
	for _, q := range d.board().Queues {
		if !q.Takes {
			t.Errorf("%s was not joined again", q.Name)
		}
	}

	d.sim.Deny("EditPresence", true)
	if _, err := d.SetPresence(ctx, d.acc.ID, store.PresenceChange{User: store.PresenceOffline}); err != nil {
		t.Fatal(err)
	}
	if err := d.Flush(ctx); err == nil {
		t.Error("nobody says that it was refused")
	}
	if me := d.board().Me[0]; me.User != store.PresenceAvailable {
		t.Errorf("not rolled back: %+v", me)
	}
	if ns, err := d.Notices(ctx); err != nil || len(ns) != 1 || !ns[0].Permanent || !strings.Contains(ns[0].Text, "EditPresence") {
		t.Errorf("%+v, %v", ns, err)
	}
}

func TestPresenceNotPermitted(t *testing.T) {
	d := open(t, simulator.Config{Messages: 1})
	d.sync()
	d.sim.Deny("ReadPresenceStatus", true)
	err := d.LookPresence(t.Context(), d.acc.ID)
	if _, missing := api.MissingPermission(err); !missing {
		t.Fatalf("%v", err)
	}
	if err := d.SyncFeeds(t.Context(), d.acc.ID); err != nil {
		t.Fatalf("it stops the rest: %v", err)
	}
	for _, f := range d.Feeds() {
		if f.Name == store.FeedPresence && (!f.Denied || !strings.Contains(f.Err, "ReadPresenceStatus")) {
			t.Errorf("%+v", f)
		}
	}
}
