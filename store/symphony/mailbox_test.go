package symphony

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	simulator "switchboard/api/simulator/symphony"
	"switchboard/store"
)

func TestIdentify(t *testing.T) {
	p := start(t, simulator.Config{})
	if p.acc.Service != "symphony" || !strings.HasPrefix(p.acc.Key, "symphony:127.0.0.1:") || p.acc.Name == "" || p.box.Key() != p.acc.Key {
		t.Errorf("%+v", p.acc)
	}
	me, err := p.box.Me(t.Context())
	if err != nil || !strings.HasSuffix(p.acc.Key, ":"+me.Remote) || me.Company != "" {
		t.Errorf("%+v, %v", me, err)
	}
}

func TestStreamsAreChats(t *testing.T) {
	p := start(t, simulator.Config{Streams: 60, Messages: 300})
	types, seen, twice := map[store.ChatType]int{}, map[string]bool{}, 0
	for cursor := ""; ; {
		list, next, err := p.box.Chats(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if !c.Brief || !c.Joined || c.Remote == "" {
				t.Errorf("%+v", c)
			}
			if seen[c.Remote] {
				twice++
			}
			seen[c.Remote] = true
			types[c.Type]++
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if len(seen) != 60 || twice > streamOverlap || types[store.ChatTeam] == 0 || types[store.ChatDirect] == 0 || types[store.ChatGroup] == 0 {
		t.Errorf("%d chats, %v", len(seen), types)
	}
	c, err := p.box.Chat(t.Context(), p.sim.Room("Settlements (confidential)"))
	if err != nil || !c.Protected || c.Type != store.ChatTeam || c.Active.IsZero() || c.Brief || c.Description == "" {
		t.Errorf("%+v, %v", c, err)
	}
	c, err = p.box.Chat(t.Context(), p.sim.Room("Denials Review"))
	if err != nil || !c.Sealed || c.Protected {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := p.box.Chat(t.Context(), "nothing"); !api.IsNotFound(err) {
		var e *api.Error
		if !errors.As(err, &e) {
			t.Errorf("no such stream: %v", err)
		}
	}
}

// endless is an agent from before 2026, which passes over the end of a stretch of time.
type endless struct{ http.RoundTripper }

func (e endless) RoundTrip(r *http.Request) (*http.Response, error) {
	q := r.URL.Query()
	q.Del("until")
	r = r.Clone(r.Context())
	r.URL.RawQuery = q.Encode()
	return e.RoundTripper.RoundTrip(r)
}

func (e endless) CloseIdleConnections() {
	if c, ok := e.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// All of a chat comes, once, whatever an agent does about order and ends of stretches.
func TestHistory(t *testing.T) {
	for name, faults := range map[string]map[string]float64{
		"oldest chosen": nil, "newest listed first": {"newest-first": 1}, "newest chosen": {"newest-page": 1}, "odd shapes": {"odd-shapes": 1}, "no end of a stretch": {"wrong-size": 1},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && faults["newest-page"] == 0 && faults != nil {
				t.Skip("it is much like the others")
			}
			p := start(t, simulator.Config{Streams: 1, Messages: 1100, Faults: faults})
			if name == "no end of a stretch" {
				p.box, _ = p.connectBy(endless{api.NewTransport()})
			}
			stream := p.sim.Streams()[0]
			want := p.sim.Count(stream)
			if want < 1000 {
				t.Fatalf("%d messages are too few", want)
			}
			seen := map[string]bool{}
			last, pages, came, changed := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), 0, 0, 0
			for cursor := ""; ; pages++ {
				list, next, err := p.box.Posts(t.Context(), stream, cursor)
				if err != nil {
					t.Fatal(err)
				}
				for _, in := range list {
					if came++; seen[in.Remote] {
						changed++
					}
					if in.Modified.After(last) || in.Chat != stream && in.Chat == "" || in.Author == "" {
						t.Fatalf("%+v after %v", in, last)
					}
					seen[in.Remote], last = true, in.Modified
				}
				if cursor = next; cursor == "" {
					break
				}
			}
			if came != want || len(seen)+changed != want || changed > want/20 || pages > 12 {
				t.Errorf("%d of %d came, %d changes, %d pages", len(seen), want, changed, pages)
			}
			if n := p.asked()["streamMessages"]; n == 0 || n > 45 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestPostsSince(t *testing.T) {
	p := start(t, simulator.Config{Streams: 3, Messages: 90})
	stream := p.sim.Streams()[1]
	p.clock.add(time.Minute)
	since := p.clock.now()
	var want []string
	for i := range 3 {
		p.clock.add(time.Second)
		id, err := p.sim.Say(stream, fmt.Sprint("news ", i))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, id)
	}
	got, next, err := p.box.PostsSince(t.Context(), stream, since)
	if err != nil || next != "" || len(got) != 3 || got[0].Remote != want[2] || got[2].Text != "news 0" {
		t.Errorf("%+v, %q, %v", got, next, err)
	}
	if got, _, err := p.box.PostsSince(t.Context(), stream, p.clock.now().Add(time.Second)); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	for range 60 {
		p.clock.add(time.Second)
		if _, err := p.sim.Say(stream, "more"); err != nil {
			t.Fatal(err)
		}
	}
	got, next, err = p.box.PostsSince(t.Context(), stream, since)
	all := len(got)
	for ; err == nil && next != ""; all += len(got) {
		if got, next, err = p.box.Posts(t.Context(), stream, next); len(got) > 0 && got[len(got)-1].Time.Before(since) {
			break
		}
	}
	if err != nil || all < 63 {
		t.Errorf("%d, %v", all, err)
	}
}

func TestWorkForTheInbox(t *testing.T) {
	p := start(t, simulator.Config{})
	d := p.desk(dirOf(t))
	d.sync()
	if n := len(d.find("in:inbox")); n != 0 {
		t.Errorf("%d of before the first sign-in are open", n)
	}
	p.clock.add(time.Minute)
	room := p.sim.Room("Claims Clearing")
	say := func(s simulator.Saying) {
		t.Helper()
		p.clock.add(time.Second)
		s.Stream = room
		if _, err := p.sim.Post(s); err != nil {
			t.Fatal(err)
		}
	}
	say(simulator.Saying{Text: "only words"})
	say(simulator.Saying{Text: "for you", Mention: true})
	say(simulator.Saying{Text: "with a file", Files: []simulator.File{{Name: "claim.pdf", Type: "application/pdf", Data: []byte("%PDF-1.7 claim")}}})
	d.sync()
	rows := d.find("in:inbox in:symphony")
	if len(rows) != 2 || rows[0].Kind != store.Post || rows[0].State != store.StateOpen || rows[0].Read || rows[0].Files != 1 {
		t.Fatalf("%+v", rows)
	}
	if _, err := d.Act(t.Context(), store.Change{Verb: store.VerbDone, Items: []store.ID{rows[0].ID}}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Act(t.Context(), store.Change{Verb: store.VerbRead, Items: []store.ID{rows[1].ID}}); err != nil {
		t.Fatal(err)
	}
	d.sync() // all of it comes again
	if rows = d.find("in:inbox"); len(rows) != 1 || !rows[0].Read {
		t.Errorf("what was done is open again, or what was read is not: %+v", rows)
	}
	if _, err := d.Act(t.Context(), store.Change{Verb: store.VerbDelete, Items: []store.ID{rows[0].ID}}); err == nil {
		t.Error("it can be deleted")
	}
	var told []store.Arrival
	told, _, err := d.Arrivals(t.Context(), 0)
	if err != nil || len(told) > 3 || !slices.ContainsFunc(told, func(a store.Arrival) bool { return a.Mention }) {
		t.Errorf("%+v, %v", told, err)
	}
}

func TestFilesAreFetched(t *testing.T) {
	p := start(t, simulator.Config{})
	d := p.desk(dirOf(t))
	d.sync()
	p.clock.add(time.Minute)
	want := bytes.Repeat([]byte("claim "), 5000)
	from, err := p.sim.Say(p.sim.Room("IT Help"), "", simulator.File{Name: "a.pdf", Type: "application/pdf", Data: want})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.sim.Post(simulator.Saying{Stream: p.sim.Room("Claims Clearing"), Text: "passing on", Forward: from}); err != nil {
		t.Fatal(err)
	}
	d.sync()
	rows := d.find("in:inbox has:pdf")
	if len(rows) != 2 {
		t.Fatalf("%+v", rows)
	}
	for _, r := range rows {
		it, err := d.Item(t.Context(), r.ID)
		if err != nil || len(it.Attachments) != 1 || it.Attachments[0].Name != "a.pdf" {
			t.Fatalf("%+v, %v", it.Attachments, err)
		}
		path, err := d.FetchNow(t.Context(), it.Attachments[0], nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := d.Attachment(t.Context(), it.Attachments[0].ID)
		if err != nil || a.State != store.Kept || a.Bytes != int64(len(want)) || path == "" {
			t.Errorf("%+v, %v", a, err)
		}
	}
	if got := d.find("in:posts passing")[0]; !contains(got.Preview, "passing on") {
		t.Errorf("%+v", got)
	}
}

func TestConnectionsAndPresence(t *testing.T) {
	p := start(t, simulator.Config{})
	d := p.desk(dirOf(t))
	d.sync()
	d.sync() // and the names
	list, err := d.Connections(t.Context(), 0)
	if err != nil || len(list) == 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	states := map[store.ConnectionStatus]int{}
	for _, c := range list {
		states[c.Status]++
		if strings.HasPrefix(c.Person.Name, "Person ") || c.Person.Company == "" {
			t.Errorf("%+v", c)
		}
	}
	if states[store.ConnectionAccepted] == 0 || states[store.ConnectionAsked]+states[store.ConnectionAsking] == 0 {
		t.Errorf("%v", states)
	}
	me, err := p.box.OwnPresence(t.Context())
	if err != nil || !me.Mine || me.User == "" {
		t.Errorf("%+v, %v", me, err)
	}
	every, more, err := p.box.EveryPresence(t.Context(), 1)
	if err == nil && (more || len(every) == 0) {
		t.Errorf("%d, %v", len(every), more)
	}
	if again, _, _ := p.box.EveryPresence(t.Context(), 1); err == nil && len(again) != 0 {
		t.Error("everybody is asked for twice within the hour")
	}
}

func TestSearchServices(t *testing.T) {
	p := start(t, simulator.Config{Streams: 1, Messages: 800})
	d := p.desk(dirOf(t))
	d.sync()
	stream := p.sim.Streams()[0]
	c := d.chatOf(stream)
	if !c.Older {
		t.Fatal("all of it is here: there is nothing to look for")
	}
	have := len(d.posts(c.ID))
	n, err := d.SearchServices(t.Context(), "claim")
	if err != nil || n == 0 {
		t.Fatalf("%d found, %v", n, err)
	}
	if now := len(d.posts(c.ID)); now != have+n {
		t.Errorf("%d posts and %d found are %d", have, n, now)
	}
	if again, err := d.SearchServices(t.Context(), "claim"); err != nil || again != 0 {
		t.Errorf("%d found again, %v", again, err)
	}
}

func TestPosting(t *testing.T) {
	p := start(t, simulator.Config{})
	d := p.desk(dirOf(t))
	d.sync()
	c := d.chatOf(p.sim.Room("Claims Clearing"))
	file := filepath.Join(t.TempDir(), "claim <1>.txt")
	if err := os.WriteFile(file, []byte("HS-4711"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := d.posts(c.ID)[0]
	for _, fault := range []string{"", "reset", "badjson", "500", "expire"} {
		if fault != "" {
			if err := p.sim.FailNext("createMessage", fault, 0, 1); err != nil {
				t.Fatal(err)
			}
		}
		n := store.NewPost{Chat: c.ID, Text: "**Done** & dusted, 2 < 3 " + fault + "x ![:Person](" + first.Author.Remote + ")"}
		switch fault {
		case "":
			n.Files = []string{file}
		case "500":
			n.Parent = first.Remote
		}
		if _, err := d.SendPost(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		var last store.ChatPost
		d.until("it is sent in spite of "+fault, func() bool {
			p.clock.add(time.Minute) // what waits is tried again
			_ = d.Flush(t.Context()) // what it says is seen below
			ps := d.posts(c.ID)
			last = ps[len(ps)-1]
			if last.Fault != "" {
				t.Fatal(last.Fault)
			}
			return last.Remote != "" && !last.Sending && last.Mine && contains(last.Markdown, "dusted, 2 < 3 "+fault+"x")
		})
		if want := map[string]string{"": "claim <1>.txt"}[fault]; want != "" && (len(last.Attached) != 1 || last.Attached[0].Name != want) {
			t.Errorf("%+v", last.Attached)
		}
		if len(last.Mentions) == 0 || last.Mentions[0].ID != first.Author.Remote {
			t.Errorf("%+v", last.Mentions)
		}
		if n.Parent != "" && !contains(last.Markdown, "In answer to "+first.Author.Name) {
			t.Errorf("%q", last.Markdown)
		}
	}
	d.sync()
	n := 0
	for _, post := range d.posts(c.ID) {
		if contains(post.Markdown, "dusted") {
			n++
		}
	}
	if said := p.asked()["createMessage"]; n != 5 || said > 7 {
		t.Errorf("five posts are there %d times, after %d requests", n, said)
	}
}

func TestWhatIsNotOffered(t *testing.T) {
	p := start(t, simulator.Config{})
	for name, err := range map[string]error{
		"delete":  second(p.box.Delete(t.Context(), []string{"x"})),
		"restore": second(p.box.Restore(t.Context(), []string{"x"})),
		"call":    second(p.box.Call(t.Context(), store.CallRequest{})),
		"edit":    second(p.box.Do(t.Context(), store.Doing{Verb: store.VerbPost, Payload: []byte(`{"chat":"a","post":"b","text":"c"}`)})),
		"team":    second(p.box.Do(t.Context(), store.Doing{Verb: store.VerbChat, Payload: []byte(`{}`)})),
	} {
		var no *store.NotOfferedError
		if !errors.As(err, &no) || no.Why == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if out, err := p.box.SetRead(context.Background(), []string{"post:a:b"}, true); err != nil || len(out) != 1 || out[0].Err != nil {
		t.Errorf("%+v, %v", out, err)
	}
}

func second[T any](_ T, err error) error { return err }
