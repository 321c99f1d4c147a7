package store

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// What came in is told in the order in which it came to be here, once, whoever took it in.
func TestArrivals(t *testing.T) {
	dir := t.TempDir()
	svc := newBox("test:1:1")
	svc.fill(5, svc.now.Add(-time.Hour), time.Minute)
	b := newBench(t, dir, svc)
	if _, err := b.SyncOnce(t.Context(), b.acc.ID, true); err != nil {
		t.Fatal(err)
	}
	last := func() int64 {
		t.Helper()
		n, err := b.LastArrival(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	equal(t, "of the history", last(), 0)
	b.pass(time.Hour)
	in := func(remote string, change func(*Incoming)) Incoming {
		r := Incoming{Remote: remote, Kind: Fax, Direction: Inbound, Time: b.now().Add(-time.Minute), Modified: b.now()}
		if change != nil {
			change(&r)
		}
		return r
	}
	batch := []Incoming{
		in("late", func(r *Incoming) { r.Time = b.now().Add(-30 * time.Minute) }),
		in("read", func(r *Incoming) { r.Read = true }),
		in("ours", func(r *Incoming) { r.Direction, r.Delivery = Outbound, SendingFailed }),
		in("filed", func(r *Incoming) { r.Filed = true }),
		in("deleted", func(r *Incoming) { r.Availability = Deleted }),
		in("ancient", func(r *Incoming) { r.Time = b.now().Add(-50 * time.Hour) }),
	}
	if _, err := b.Apply(t.Context(), b.acc.ID, batch); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.TakeMessages(t.Context(), b.acc.ID, []Incoming{in("told", nil), in("told too", func(r *Incoming) { r.Time = r.Time.Add(time.Second) })}); err != nil {
			t.Fatal(err)
		}
	}
	read := func(after int64) (string, int64) {
		t.Helper()
		list, last, err := b.Arrivals(t.Context(), after)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, a := range list {
			it, err := b.Item(t.Context(), a.Row.ID)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, it.Remote)
			equal(t, "account", a.Account, "test:1:1")
		}
		return strings.Join(out, ", "), last
	}
	got, to := read(0)
	equal(t, "came in", got, "late, told, told too")
	got, _ = read(to)
	equal(t, "twice", got, "")
	got, _ = read(1000) // of a database that was made anew
	equal(t, "from beyond", got, "")

	ids := b.ids("late", "told", "told too")
	b.act(VerbDone, "told")
	b.act(VerbRead, "late")
	got, _ = read(0)
	equal(t, "done ones are not told", got, "late, told too")
	settled, err := b.Settled(t.Context(), append(slices.Clone(ids), 12345))
	if err != nil || !slices.Equal(settled, []ID{ids[0], ids[1], 12345}) {
		t.Errorf("settled: %v of %v, %v", settled, ids, err)
	}
	for range 2*arrivalsKept/500 + 1 {
		var more []Incoming
		for range 500 {
			more = append(more, in(time.Now().String()+string(rune(len(more))), nil))
		}
		if _, err := b.Apply(t.Context(), b.acc.ID, more); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := b.r.QueryRow(`SELECT count(*) FROM arrivals`).Scan(&n); err != nil || n > arrivalsKept+500 {
		t.Errorf("%d are kept, %v", n, err)
	}
	list, next, err := b.Arrivals(t.Context(), to)
	if err != nil || len(list) != arrivalsMost || next != list[len(list)-1].Seq {
		t.Errorf("%d at once, up to %d, %v", len(list), next, err)
	}
}

// Of posts those of others that are unread are told, and which of them are to the person.
func TestPostsArrive(t *testing.T) {
	b := newChatBench(t)
	b.svc.say("100", "2", "history ![:Person](1)", -10)
	b.sync()
	b.svc.chats["400"] = &IncomingChat{Remote: "400", Type: ChatTeam, Name: "Ours", Members: []string{"1"}, Joined: true}
	var posts []IncomingPost
	for i, p := range []struct{ chat, author, text string }{
		{"100", "1", "my own ![:Person](1)"},
		{"100", "2", "to whom it may concern"},
		{"100", "2", "you ![:Person](1)"},
		{"100", "3", "another ![:Person](2)"},
		{"100", "3", "all of us ![:Team](100)"},
		{"100", "3", "a team of mine ![:Team](400)"},
		{"100", "3", "their team ![:Team](300)"},
		{"200", "2", "just you"},
		{"500", "2", "who is there?"},
	} {
		posts = append(posts, b.svc.say(p.chat, p.author, p.text, 10+i))
	}
	if err := b.TakeChats(t.Context(), b.acc.ID, []IncomingChat{*b.svc.chats["400"]}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.TakePosts(t.Context(), b.acc.ID, posts); err != nil {
			t.Fatal(err)
		}
	}
	read := func() (out []string, ids []ID) {
		t.Helper()
		list, _, err := b.Arrivals(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			text := a.Row.Preview
			if a.Mention {
				text = "! " + text
			}
			out, ids = append(out, text), append(ids, a.Row.ID)
		}
		slices.Sort(out)
		return out, ids
	}
	wants := []string{"! a team of mine @team", "! all of us @team", "! just you", "! you @Mia Own", "another @Ana Lima", "their team @team", "to whom it may concern"}
	got, ids := read()
	if !slices.Equal(got, wants) {
		t.Errorf("%q,\nwant %q", got, wants)
	}
	// Of a chat nothing is known of yet it is told when it is: it may be to oneself alone.
	b.svc.chats["500"] = &IncomingChat{Remote: "500", Type: ChatDirect, Members: []string{"1", "2"}, Joined: true}
	b.sync()
	b.sync()
	if got, _ := read(); !slices.Equal(got, append(slices.Clone(wants[:3]), append([]string{"! who is there?"}, wants[3:]...)...)) {
		t.Errorf("with the unknown chat: %q", got)
	}
	if _, err := b.ReadTo(t.Context(), b.chat("Support").ID, FromEnd); err != nil {
		t.Fatal(err)
	}
	if settled, err := b.Settled(t.Context(), ids); err != nil || len(settled) != len(ids)-1 {
		t.Errorf("settled when the chat was read: %v of %v, %v", settled, ids, err)
	}
	if got, _ := read(); len(got) != 2 {
		t.Errorf("told when they were read: %q", got)
	}
}
