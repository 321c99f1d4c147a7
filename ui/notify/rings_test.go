package notify

import (
	"testing"
	"time"

	"switchboard/store"
)

func ringing(session string) store.LiveCall {
	return store.LiveCall{
		Session: session, Key: "ringcentral:1:1", Dir: store.Inbound, State: store.LiveRinging, Ours: true,
		From: store.Party{Name: "Ana Lima", Number: "+14155550142"},
	}
}

func (d *desk) rings(calls ...store.LiveCall) {
	d.Rings(d.now, calls, map[string]string{"ringcentral:1:1": "Desk", "ringcentral:1:2": "Sales"})
}

func TestRingingCalls(t *testing.T) {
	d := newDesk(loud())
	d.rings(ringing("a"))
	if d.Count() != 1 {
		t.Error("a ringing call is not in the title")
	}
	want(t, "a call that rings", d.said(), "12:00:00 1 ringing call")
	d.rings(ringing("a"), ringing("a"))
	want(t, "still ringing", d.said(), "")
	d.rings(ringing("a"), ringing("b"))
	want(t, "another soon after", d.said(), "12:00:03 1 ringing call")
	up := ringing("a")
	up.State = store.LiveConnected
	d.rings(up, ringing("b"))
	d.comes(store.Fax, "")
	want(t, "the others' pace is theirs", d.said(), "12:00:13 1 fax")
	d.rings(ringing("c"))
	d.rings()
	want(t, "gave up at once", d.said(), "")
	if d.Count() != 1 {
		t.Errorf("%d in the title when only a fax is left", d.Count())
	}
}

func TestRingingOnlyWhereItConcerns(t *testing.T) {
	out, elsewhere, queue := ringing("o"), ringing("e"), ringing("q")
	out.Dir = store.Outbound
	elsewhere.Ours, elsewhere.Owner = false, "Bob"
	queue.Ours, queue.Owner = false, "Sales"
	for _, tt := range []struct {
		name  string
		kinds []string
		boxes map[string][]string
		call  store.LiveCall
		said  string
	}{
		{"one's own", nil, nil, ringing("x"), "12:00:00 1 ringing call"},
		{"a call one makes", nil, nil, out, ""},
		{"at a colleague", nil, nil, elsewhere, ""},
		{"at a queue that is open here", nil, nil, queue, "12:00:00 1 ringing call"},
		{"not a kind that is wanted", []string{Voicemail}, nil, ringing("x"), ""},
		{"not for this mailbox", nil, map[string][]string{"Desk": {Fax}}, ringing("x"), ""},
		{"of this queue only", []string{}, map[string][]string{"Sales": {Ringing}}, queue, "12:00:00 1 ringing call for Sales"},
		{"of another queue", []string{}, map[string][]string{"Help": {Ringing}}, queue, ""},
	} {
		c := loud()
		c.Kinds, c.Mailboxes = tt.kinds, tt.boxes
		d := newDesk(c)
		d.rings(tt.call)
		want(t, tt.name, d.said(), tt.said)
	}
}

func TestRingingTellsNoMoreThanAsked(t *testing.T) {
	for content, text := range map[string]string{
		"": "1 ringing call", ContentNone: "1 ringing call", ContentWho: "1 ringing call from Ana Lima", ContentText: "1 ringing call from Ana Lima",
	} {
		c := loud()
		c.Content = content
		d := newDesk(c)
		d.rings(ringing("a"))
		want(t, content, d.said(), "12:00:00 "+text)
	}
}

// What rang in quiet hours is over when they are: the missed call is told then.
func TestRingingInQuietHours(t *testing.T) {
	c := loud()
	q, err := ParseQuiet("11:00-13:00")
	if err != nil {
		t.Fatal(err)
	}
	c.Quiet = []Quiet{q}
	d := newDesk(c)
	d.rings(ringing("a"))
	if due := d.Due(d.now); !due.Equal(time.Date(2026, 11, 20, 13, 0, 0, 0, time.UTC)) {
		t.Errorf("due at %s", due)
	}
	d.now = d.now.Add(time.Minute)
	d.rings()
	want(t, "afterwards", d.said(), "")
}
