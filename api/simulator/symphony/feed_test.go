package symphony

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func (b *bot) feed() string {
	b.t.Helper()
	a := b.do("POST", "/agent/v5/datafeeds", `{"tag":"desk"}`)
	if a.status != 201 {
		b.t.Fatalf("create: %d %s", a.status, a.body)
	}
	return decode[wireFeed](b.t, a).ID
}

func (b *bot) read(feed, ack string) wireEvents {
	b.t.Helper()
	a := b.do("POST", "/agent/v5/datafeeds/"+feed+"/read", `{"ackId":"`+ack+`","updatePresence":false}`)
	if a.status != 200 {
		b.t.Fatalf("read: %d %s", a.status, a.body)
	}
	return decode[wireEvents](b.t, a)
}

func (b *bot) say(text string) string {
	b.t.Helper()
	id, err := b.s.Say("", text)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func ids(w wireEvents) string {
	var all []string
	for _, e := range w.Events {
		all = append(all, e.MessageID)
	}
	return strings.Join(all, " ")
}

// TestFeed: what was not acknowledged comes back after half a minute, what was
// does not.
func TestFeed(t *testing.T) {
	b := start(t, Config{Seed: 1, Streams: 6, Messages: 60})
	before := b.say("before anybody listens")
	f := b.feed()
	one, two := b.say("one"), b.say("two")
	first := b.read(f, "")
	if got := ids(first); got != one+" "+two || strings.Contains(got, before) {
		t.Fatalf("first read: %s", got)
	}
	e := first.Events[0]
	if e.Type != "MESSAGESENT" || e.Initiator == nil || !strings.Contains(string(e.Payload), `"messageSent":{"message":{"messageId":"`+one) {
		t.Errorf("%s %s", e.Type, e.Payload)
	}
	if again := b.read(f, ""); len(again.Events) != 0 || again.Ack == "" {
		t.Errorf("at once again: %s %q", ids(again), again.Ack)
	}
	b.clock.Add(31 * time.Second)
	again := b.read(f, "")
	if ids(again) != one+" "+two {
		t.Errorf("after half a minute: %s", ids(again))
	}
	three := b.say("three")
	if next := b.read(f, again.Ack); ids(next) != three {
		t.Errorf("acknowledged: %s", ids(next))
	}
	b.clock.Add(31 * time.Second)
	last := b.read(f, again.Ack) // said twice does no harm
	if ids(last) != three {
		t.Errorf("the third again: %s", ids(last))
	}
	b.read(f, last.Ack)
	if n := b.s.Unacknowledged(); n != 0 {
		t.Errorf("%d events wait", n)
	}
	if b.s.ShownOnline() != 0 {
		t.Error("shown online")
	}
	b.do("POST", "/agent/v5/datafeeds/"+f+"/read", `{}`)
	if b.s.ShownOnline() != 1 {
		t.Error("not shown online by a read that does not forbid it")
	}
}

func TestFeedEnds(t *testing.T) {
	b := start(t, Config{Seed: 1, Streams: 6, Messages: 60})
	f := b.feed()
	list := func(tag string) int {
		return len(decode[[]wireFeed](t, b.get("/agent/v5/datafeeds?tag="+tag)))
	}
	if list("desk") != 1 || list("other") != 0 {
		t.Error("listed by another tag")
	}
	read := func(body string) int {
		return b.do("POST", "/agent/v5/datafeeds/"+f+"/read", body).status
	}
	if got := read(`{"ackId":"nonsense"}`); got != 400 {
		t.Errorf("a wrong ackId: %d", got)
	}
	if got := read(`{"ackId":""}`); got != 200 {
		t.Errorf("then: %d", got)
	}
	b.clock.Add(31 * time.Minute)
	if got := read(`{}`); got != 400 {
		t.Errorf("after half an hour: %d", got)
	}
	f = b.feed()
	b.s.ExpireTokens()
	if got := read(`{}`); got != 401 {
		t.Errorf("without a session: %d", got)
	}
	b.signIn()
	if got := read(`{}`); got != 200 {
		t.Errorf("a feed outlives its session: %d", got)
	}
	if err := b.s.FailNext("", "feed-lost", 0, 1); err != nil {
		t.Fatal(err)
	}
	if got := read(`{}`); got != 400 || b.s.Feeds() != 0 {
		t.Errorf("lost: %d, %d feeds", got, b.s.Feeds())
	}
	f = b.feed()
	if a := b.do("DELETE", "/agent/v5/datafeeds/"+f, ""); a.status != 204 {
		t.Errorf("delete: %d", a.status)
	}
	if got := read(`{}`); got != 400 {
		t.Errorf("deleted: %d", got)
	}
	for range mostFeeds {
		b.feed()
	}
	if a := b.do("POST", "/agent/v5/datafeeds", `{}`); a.status != 403 {
		t.Errorf("one too many: %d", a.status)
	}
}

func TestFeedOdd(t *testing.T) {
	b := start(t, Config{Seed: 1, Streams: 6, Messages: 60})
	f := b.feed()
	if err := b.s.FailNext("", "feed-unknown", 0, 1); err != nil {
		t.Fatal(err)
	}
	one := b.say("one")
	w := b.read(f, "")
	if len(w.Events) != 3 || w.Events[0].Type != "QUANTUMEVENT" || w.Events[1].MessageID != one {
		t.Errorf("%v", w)
	}
	if err := b.s.FailNext("", "feed-double", 0, 1); err != nil {
		t.Fatal(err)
	}
	two := b.say("two")
	if w = b.read(f, w.Ack); ids(w) != two+" "+two {
		t.Errorf("%s", ids(w))
	}
	b.s.Event("ROOMCREATED", `{"roomCreated":{}}`)
	if w = b.read(f, w.Ack); len(w.Events) != 1 || w.Events[0].Type != "ROOMCREATED" {
		t.Errorf("%v", w)
	}
}

// TestFeedWaits: a read waits for what comes, no longer than it must.
func TestFeedWaits(t *testing.T) {
	b := start(t, Config{Seed: 1, Streams: 6, Messages: 60, Poll: time.Minute})
	f := b.feed()
	got := make(chan wireEvents)
	go func() {
		var w wireEvents
		defer func() { got <- w }()
		w = b.read(f, "")
	}()
	asked := func(r RequestLog) bool { return r.Op == "readDatafeed" }
	for !slices.ContainsFunc(b.s.Requests(), asked) {
		b.get("/agent/v3/health") // until it asks; each look takes a round trip
	}
	one := b.say("one")
	if w := <-got; ids(w) != one {
		t.Errorf("%s", ids(w))
	}
}

func TestSaying(t *testing.T) {
	b := start(t, Config{Seed: 1, Streams: 6, Messages: 60})
	f := b.feed()
	first := b.say("the original")
	id, err := b.s.Post(Saying{Text: "look <here>", Mention: true, Hashtag: "urgent", Forward: first})
	if err != nil {
		t.Fatal(err)
	}
	a := b.get("/agent/v1/message/" + id)
	m := decode[seen](t, a)
	if m.Shared == nil || m.Shared.ID != first || !strings.Contains(m.Body, `<span class="entity" data-entity-id="0">@Front Desk</span> look &lt;here&gt;`) {
		t.Errorf("%s", a.body)
	}
	if !strings.Contains(string(a.body), `7078106103809`) {
		t.Error("nobody is mentioned")
	}
	if w := b.read(f, ""); len(w.Events) != 2 {
		t.Errorf("%d events", len(w.Events))
	}
	if _, err := b.s.Say("nowhere", "x"); err == nil {
		t.Error("said nowhere")
	}
	if _, err := b.s.Post(Saying{Forward: "nothing"}); err == nil {
		t.Error("forwarded nothing")
	}
}

func form(parts ...string) (body, header string) {
	var s strings.Builder
	for i := 0; i+1 < len(parts); i += 2 {
		fmt.Fprintf(&s, "--x\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n", parts[i], parts[i+1])
	}
	return s.String() + "--x--\r\n", "Content-Type: multipart/form-data; boundary=x"
}

func TestCreate(t *testing.T) {
	b := start(t, Config{Seed: 1, Streams: 6, Messages: 60})
	f := b.feed()
	room := b.s.Room("Front Desk & Payers")
	at := "/agent/v4/stream/" + room + "/message/create"
	body, header := form(`name="message"`, `<messageML>Hi <mention uid="7078106103810"/>, see <hash tag="denial"/> &amp; <b>hurry</b><br/></messageML>`,
		`name="attachment"; filename="a.txt"`, "some text")
	a := b.do("POST", at, body, header)
	if a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	m := decode[seen](t, a)
	if m.User.ID != b.s.data.me() || len(m.Files) != 1 || m.Files[0].Name != "a.txt" ||
		!strings.Contains(m.Body, `data-entity-id="0">@`) || !strings.Contains(m.Body, `>#denial</span> &amp; <b>hurry</b><br/>`) {
		t.Errorf("%s", a.body)
	}
	if got := b.download(room, m.ID, m.Files[0].ID); string(got.body) != "c29tZSB0ZXh0" {
		t.Errorf("its file: %d %s", got.status, got.body)
	}
	if w := b.read(f, ""); ids(w) != m.ID {
		t.Errorf("its event: %s", ids(w))
	}
	for name, tc := range map[string]struct {
		at, message string
		status      int
	}{
		"no root":           {at, "hello", 400},
		"nothing":           {at, "", 400},
		"no XML":            {at, "<messageML><b>x</messageML>", 400},
		"an entity of HTML": {at, "<messageML>&nbsp;</messageML>", 400},
		"another element":   {at, "<messageML><script>x</script></messageML>", 400},
		"nobody":            {at, `<messageML><mention uid="5"/></messageML>`, 400},
		"too long":          {at, "<messageML>" + strings.Repeat("x", longestText) + "</messageML>", 400},
		"only for reading":  {"/agent/v4/stream/" + b.s.Room("Harbor Street Announcements") + "/message/create", "<messageML>x</messageML>", 403},
		"an unknown stream": {"/agent/v4/stream/nowhere/message/create", "<messageML>x</messageML>", 400},
	} {
		body, header := form(`name="message"`, tc.message)
		if a := b.do("POST", tc.at, body, header); a.status != tc.status {
			t.Errorf("%s: %d %.100s, want %d", name, a.status, a.body, tc.status)
		}
	}
	if a := b.do("POST", at, `{}`); a.status != 400 {
		t.Errorf("no form: %d", a.status)
	}
}
