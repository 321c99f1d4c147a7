package ringcentral_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// once sends message after message over a line that breaks in every way, from programs
// that are killed in the middle, and counts at the service.
type once struct {
	*sender
	r     *rand.Rand
	first store.ID // a fax that is sent on
	files []string
	want  map[string]bool // recipients
}

// onceFaults are what befalls a request that sends. What begins with kill is the
// program's end.
var onceFaults = []string{
	"", "drop", "half", "reset", "truncate", "badjson", "late-500", "late-hang", "hang", "500", "503", "html", "429", "expire", "kill before", "kill after", "two",
}

// message is the next one: each goes to somebody else, so that the service can be asked
// how many it got.
func (o *once) message(n int) (m store.NewMessage, op string) {
	to := store.Recipient{Number: fmt.Sprintf("+1415%07d", 2_000_200+n)}
	text := fmt.Sprintf("message %d", n)
	switch n % 5 {
	case 0:
		m, op = store.NewMessage{Kind: store.SendText, Text: text}, "createSMSMessage"
	case 1:
		m, op = store.NewMessage{Kind: store.SendText, Text: text, Files: o.files[:1]}, "createMMS"
	case 2:
		// Extensions are few: the text tells these apart.
		m, op = store.NewMessage{Kind: store.SendPager, Text: text}, "createInternalTextMessage"
		to = store.Recipient{Extension: colleg}
	case 3:
		m, op = store.NewMessage{Kind: store.SendFax, Files: o.files[:2]}, "createFaxMessage"
	case 4:
		m, op = store.NewMessage{Kind: store.SendFax, Resend: o.first}, "createFaxMessage"
	}
	m.To = []store.Recipient{to}
	o.want[key(to.Number, text)] = true
	return m, op
}

// key is what a message is counted by.
func key(number, text string) string {
	if number != "" {
		return number
	}
	return text
}

func (o *once) round(n int) {
	o.t.Helper()
	m, op := o.message(n)
	fault := onceFaults[o.r.IntN(len(onceFaults))]
	times := 1
	switch fault {
	case "":
	case "kill before":
		o.box.before = func() { o.Close() }
	case "kill after":
		o.box.after = func() { o.Close() }
	case "two":
		o.send(m)
		o.two()
		return
	default:
		times += o.r.IntN(2)
		if err := o.sim.FailNext(op, fault, 0, times); err != nil {
			o.t.Fatal(err)
		}
	}
	if o.r.IntN(4) == 0 { // asking what became of it meets trouble as well
		if err := o.sim.FailNext("listMessages", []string{"500", "reset", "badjson"}[o.r.IntN(3)], 0, 1); err != nil {
			o.t.Fatal(err)
		}
	}
	o.send(m)
	if o.r.IntN(5) == 0 { // a sync comes in between
		_ = o.Flush(o.t.Context()) // what it says is asked for below
		_, _ = o.SyncOnce(o.t.Context(), o.acc.ID, false)
	}
	o.settled()
	if o.r.IntN(20) == 0 {
		o.reopen()
	}
	o.box.before, o.box.after = nil, nil
}

// two lets two programs on one database send at the same time.
func (o *once) two() {
	other, _ := o.another()
	defer other.Close()
	ctx, cancel := context.WithCancel(o.t.Context())
	defer cancel()
	o.waits.Store(0)
	o.stop = cancel
	var wg sync.WaitGroup
	for _, st := range []*store.Store{o.Store, other} {
		wg.Go(func() { _ = st.Flush(ctx) }) // settled says what is left
	}
	wg.Wait()
	o.stop = nil
	o.settled()
}

func TestSendExactlyOnce(t *testing.T) {
	const seed = 1
	rounds := 1000
	if testing.Short() || watched {
		rounds = 100
	}
	s := newSender(t, simulator.Config{Contacts: -1, Chats: -1, Calls: -1}, -1)
	o := &once{sender: s, r: rand.New(rand.NewPCG(5, seed)), want: map[string]bool{}, files: []string{s.file("a.png", 3000), s.file("b.txt", 5000)}} //nolint:gosec // the same rounds each time
	op := s.send(store.NewMessage{Kind: store.SendFax, To: []store.Recipient{{Number: toAna}}, Files: o.files[1:]})
	s.settled()
	<-s.clock.After(5 * time.Minute)
	s.sync()
	o.first = op.Items[0]
	for n := range rounds {
		o.round(n)
		<-o.clock.After(time.Second)
		if t.Failed() {
			t.Fatalf("round %d", n)
		}
	}
	<-o.clock.After(10 * time.Minute)
	o.sync()
	o.counted(rounds)
}

// counted holds what the service got, and what is shown, against what was sent.
func (o *once) counted(rounds int) {
	o.t.Helper()
	got := map[string]int{}
	for _, m := range o.sim.Sent() {
		number := m.To[0]
		if m.Type == "Pager" {
			number = ""
		}
		got[key(number, m.Text)]++
	}
	shown := map[string]int{}
	for _, r := range o.rows("in:all") {
		if r.Direction != store.Outbound {
			continue
		}
		shown[key(r.Who.Number, r.Preview)]++
		if r.Pending || r.Delivery == store.Queued || r.Delivery.Failed() {
			o.t.Errorf("%s is shown as %s, pending %v", r.Who.Number+r.Preview, r.Delivery, r.Pending)
		}
	}
	bad := 0
	for k := range o.want {
		if got[k] != 1 || shown[k] != 1 {
			o.t.Errorf("%s: the service got it %d times, and it is shown %d times", k, got[k], shown[k])
			if bad++; bad > 10 {
				break
			}
		}
	}
	if len(o.want) != rounds || len(got) != rounds+1 || len(shown) != rounds+1 {
		o.t.Errorf("%d sent, %d at the service, %d shown", len(o.want), len(got), len(shown))
	}
	if list, err := o.Unsure(o.t.Context()); err != nil || len(list) != 0 {
		o.t.Errorf("not known: %+v, %v", list, err)
	}
	o.agrees()
}
