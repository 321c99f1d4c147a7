package command

import (
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
)

const (
	ana = "+12025550142"
	ben = "+12025550143"
)

// mailroom is a machine that has what is needed to send.
func mailroom(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.signIn(w.serve(simulator.Config{Messages: 30, Calls: -1, Contacts: 20, Directory: 12}))
	w.ok("sync", "--once")
	return w
}

func (w *world) sent(args ...string) sentJSON {
	w.t.Helper()
	return decode[sentJSON](w.t, w.ok(append(append([]string{"send"}, args...), "--json")...).out)
}

// out is what the service was asked to send, since before was.
func (w *world) out(before int) []simulator.SentMessage {
	w.t.Helper()
	return w.sim.Sent()[before:]
}

func TestSendText(t *testing.T) {
	w := mailroom(t)
	before := len(w.sim.Sent())
	check := decode[checkJSON](t, w.ok("send", "sms", "--to", ana, "We open at nine.", "--dry-run", "--json").out)
	if check.Kind != "text" || check.Characters != 16 || check.Segments != 1 || check.Unicode || check.MMS || len(w.out(before)) != 0 {
		t.Errorf("%+v", check)
	}
	long := decode[checkJSON](t, w.ok("send", "sms", "--to", ana, strings.Repeat("ж", 100), "--dry-run", "--json").out)
	if !long.Unicode || long.Segments != 2 {
		t.Errorf("%+v", long)
	}
	r := w.sent("sms", "--to", "(202) 555-0142", "We", "open at nine.")
	if r.State != "confirmed" || r.Item == "" || r.Job == "" || r.Kind != "text" {
		t.Errorf("%+v", r)
	}
	got := w.out(before)
	if len(got) != 1 || got[0].Text != "We open at nine." || len(got[0].To) != 1 || got[0].To[0] != ana {
		t.Fatalf("%+v", got)
	}
	it := w.item(r.Item)
	if it.Kind != "sms" || it.Direction != "outbound" || it.Text != "We open at nine." || it.RemoteID == "" {
		t.Errorf("%+v", it)
	}
	// What has left cannot be taken back, and that is said.
	if u := w.run("undo", r.Job); u.code != 1 || u.err == "" || len(w.out(before)) != 1 {
		t.Errorf("undo: exit %d, %s", u.code, u.err)
	}
	// From standard input, to several, as an answer to what came in.
	piped := w.in("first\nsecond\n", "send", "sms", "--to", ana, "--to", ben, "--json")
	if r := decode[sentJSON](t, piped.out); piped.code != 0 || r.State != "confirmed" || len(r.To) != 2 {
		t.Errorf("exit %d, %+v, %s", piped.code, r, piped.err)
	}
	if got := w.out(before + 1); len(got) != 1 || got[0].Text != "first\nsecond" || len(got[0].To) != 2 {
		t.Errorf("%+v", got)
	}
	from := w.list("in:sms", "--limit", "30")
	for _, it := range from {
		if it.Direction != "inbound" || it.From.Number == "" {
			continue
		}
		w.sent("sms", "--answers", it.ID, "thank you")
		if got := w.out(before + 2); len(got) != 1 || got[0].To[0] != it.From.Number {
			t.Errorf("%+v", got)
		}
		break
	}
	people := w.ok("send", "sms", "--to", ana, "and again")
	if !strings.HasPrefix(people.out, "c") || !strings.Contains(people.out, "Text to ") {
		t.Errorf("%s%s", people.out, people.err)
	}
}

func TestSendWaits(t *testing.T) {
	w := mailroom(t)
	if err := w.sim.EndNext(simulator.NextSend{Kind: "SMS", Status: "Delivered", After: 0.01}); err != nil {
		t.Fatal(err)
	}
	if r := w.sent("sms", "--to", ana, "are you there?", "--wait"); r.Delivery != "delivered" {
		t.Errorf("%+v", r)
	}
	if err := w.sim.EndNext(simulator.NextSend{Kind: "SMS", Status: "DeliveryFailed", Code: "SMS-CAR-413", After: 0.01}); err != nil {
		t.Fatal(err)
	}
	r := w.run("send", "sms", "--to", ana, "are you there?", "--wait", "--json")
	if got := decode[sentJSON](t, r.out); r.code != 1 || got.Delivery != "delivery failed" || got.Error == "" {
		t.Errorf("exit %d, %+v, %s", r.code, got, r.err)
	}
	if err := w.sim.EndNext(simulator.NextSend{Kind: "SMS", Status: "Queued"}); err != nil {
		t.Fatal(err)
	}
	if r := w.run("send", "sms", "--to", ana, "are you there?", "--wait", "--timeout", "1ms", "--json"); r.code != 4 || !strings.Contains(r.err, "not there yet") {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
}

// A text that is kept for a moment can be taken back from another program, and is a
// draft again.
func TestSendDelayed(t *testing.T) {
	w := mailroom(t)
	before := len(w.sim.Sent())
	done := make(chan ran, 1)
	go func() { done <- w.run("send", "sms", "--to", ana, "on second thoughts", "--delay", "1h", "--json") }()
	var job string
	for job == "" {
		for _, j := range decode[[]jobJSON](t, w.ok("jobs", "--json").out) {
			job = j.ID
		}
	}
	// It is nobody else's to send, whatever else is sent meanwhile.
	it := w.list("is:unread", "--limit", "1")[0]
	if r := w.acted("read", it.ID); r.State != "confirmed" {
		t.Errorf("%+v", r)
	}
	if d := decode[[]draftJSON](t, w.ok("drafts", "--json").out); len(d) != 0 {
		t.Errorf("%+v", d)
	}
	w.ok("undo", job)
	d := decode[[]draftJSON](t, w.ok("drafts", "--json").out)
	if len(d) != 1 || d[0].Text != "on second thoughts" || len(d[0].To) != 1 || d[0].To[0] != ana {
		t.Fatalf("%+v", d)
	}
	w.ok("drafts", "drop", itoa(d[0].ID))
	if r := w.run("drafts", "drop", itoa(d[0].ID)); r.code != 5 {
		t.Errorf("dropped twice: exit %d, %s", r.code, r.err)
	}
	if r := w.run("drafts", "drop", "x"); r.code != 2 {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
	r := <-done
	if got := decode[sentJSON](t, r.out); r.code != 1 || got.State != "cancelled" || len(w.out(before)) != 0 {
		t.Errorf("exit %d, %+v, %s", r.code, got, r.err)
	}
	if r := w.sent("sms", "--to", ana, "now", "--delay", "50ms"); r.State != "confirmed" || len(w.out(before)) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestSendFaxAndPage(t *testing.T) {
	w := mailroom(t)
	before := len(w.sim.Sent())
	file := w.write("order.txt", "two lamps\n")
	r := w.sent("fax", "--to", ana, "--file", file, "--cover", "none", "--fine")
	if r.State != "confirmed" || !r.Undoable || r.UndoUntil == "" {
		t.Fatalf("%+v", r)
	}
	got := w.out(before)
	if len(got) != 1 || got[0].Type != "Fax" || len(got[0].Files) != 1 || got[0].Canceled {
		t.Fatalf("%+v", got)
	}
	w.ok("undo", r.Job)
	if got := w.out(before); !got[0].Canceled {
		t.Errorf("it goes out all the same: %+v", got)
	}
	later := w.sent("fax", "--to", ana, "--file", file, "--at", time.Now().Add(48*time.Hour).UTC().Format(time.RFC3339))
	if at := w.out(before + 1)[0].Start; at.Before(time.Now().Add(47 * time.Hour)) {
		t.Errorf("it goes out at %s", at)
	}
	w.ok("undo", later.Job)
	for _, it := range w.list("in:fax") {
		if it.Direction == "inbound" {
			w.sent("fax", "--to", ben, "--resend", it.ID)
			if got := w.out(before + 2); len(got) != 1 || itoa(got[0].Original) != it.RemoteID {
				t.Errorf("%+v", got)
			}
			break
		}
	}
	for _, c := range w.contacts("--source", "directory") {
		if c.Extension == "" {
			continue
		}
		page := w.sent("pager", "--to", c.Extension, "line two, please")
		if got := w.out(before + 3); page.State != "confirmed" || len(got) != 1 || got[0].Type != "Pager" || got[0].To[0] != c.Extension {
			t.Errorf("%+v %+v", page, got)
		}
		break
	}
	if n := len(w.out(before)); n != 4 {
		t.Errorf("%d were sent, want 4", n)
	}
}

func TestSendMistakes(t *testing.T) {
	w := mailroom(t)
	before := len(w.sim.Sent())
	big := w.write("big.png", strings.Repeat("x", 1_600_000))
	for _, tt := range []struct {
		in   string
		args []string
		code int
		want string
	}{
		{"", []string{"send"}, 2, "sms|mms|fax|pager|post"},
		{"", []string{"send", "telegram"}, 2, "telegram"},
		{"", []string{"send", "sms", "hello"}, 2, "--to"},
		{" \n", []string{"send", "sms", "--to", ana}, 2, "no text"},
		{"", []string{"send", "sms", "--to", "", "hello"}, 2, "--to is empty"},
		{"", []string{"send", "sms", "--to", "12", "hello"}, 2, "12"},
		{"", []string{"send", "sms", "--to", ana, strings.Repeat("x", 2000)}, 2, "not sent"},
		{"", []string{"send", "sms", "--to", ana, "hello", "--from", "+13335550199"}, 2, "not sent"},
		{"", []string{"send", "sms", "--to", ana, "hello", "--at", "tomorrow"}, 2, "--at"},
		{"", []string{"send", "mms", "--to", ana, "--file", big}, 2, "1.5"},
		{"", []string{"send", "mms", "--to", ana, "--file", "/does/not/exist"}, 5, "/does/not/exist"},
		{"", []string{"send", "fax", "--to", ana}, 2, "no text"},
		{"", []string{"send", "fax", "--to", ana, "hello", "--cover", "no-such-page"}, 2, "no-such-page"},
		{"", []string{"send", "fax", "--to", ana, "hello", "--at", "whenever"}, 2, "whenever"},
		{"", []string{"send", "fax", "--resend", "zzzzzzzzzzzzz"}, 5, "zzzzzzzzzzzzz"},
		{"", []string{"send", "sms", "--answers", "zzzzzzzzzzzzz", "hello"}, 5, "zzzzzzzzzzzzz"},
		{"", []string{"send", "sms", "--to", "Nobody Is Called So", "hello"}, 5, "no contact"},
		{"", []string{"send", "sms", "--to", ana, "hello", "--account", "nobody"}, 5, "nobody"},
		{"", []string{"send", "sms", "--to", ana, "hello", "--delay", "-1s"}, 2, "negative"},
	} {
		if r := w.in(tt.in, tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.want) || r.out != "" {
			t.Errorf("%.90q: exit %d, want %d with %q\n%.200s%s", tt.args, r.code, tt.code, tt.want, r.out, r.err)
		}
	}
	if got := w.out(before); len(got) != 0 {
		t.Errorf("%d were sent", len(got))
	}
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	r := w.run("send", "sms", "--to", ana, "later then", "--json")
	if got := decode[sentJSON](t, r.out); r.code != 0 || got.State != "queued" || !strings.Contains(r.err, "queued") || !got.Undoable {
		t.Errorf("offline: exit %d, %+v, %s", r.code, got, r.err)
	}
	jobs := decode[[]jobJSON](t, w.ok("jobs", "--json").out)
	if len(jobs) != 1 || jobs[0].Verb != "send" || jobs[0].State != "pending" {
		t.Errorf("%+v", jobs)
	}
	if r := w.run("jobs", "--wait"); r.code != 4 {
		t.Errorf("jobs --wait offline: exit %d, %s", r.code, r.err)
	}
	w.ok("undo", jobs[0].ID)
	if got := w.ok("jobs", "--json").out; got != "[]\n" {
		t.Errorf("after undo: %s", got)
	}
}
