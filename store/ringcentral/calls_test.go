package ringcentral_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/store"
)

// feeds reads all that is about calls, as often as it takes.
func (d *desk) feeds() {
	d.t.Helper()
	var err error
	for range 20 {
		if err = d.SyncFeeds(d.t.Context(), d.acc.ID, store.FeedCalls, store.FeedCompany, store.FeedActive); err == nil {
			return
		}
		<-d.clock.After(time.Minute)
	}
	d.t.Fatalf("the feeds do not get through: %v", err)
}

// logged is the call log as the service has it.
func (d *desk) logged(company bool) []rc.Call {
	d.t.Helper()
	var all []rc.Call
	q := rc.CallQuery{CallScope: rc.CallScope{Company: company}, PerPage: 1000}
	for {
		l, err := d.client.Calls(d.t.Context(), q)
		if err != nil || len(l.Broken) > 0 {
			d.t.Fatal(err, l.Broken)
		}
		if all = append(all, l.Records...); l.Next == "" {
			return all
		}
		q.Next = l.Next
	}
}

// all are the rows of a list, however long.
func (d *desk) all(query string) []store.Row {
	d.t.Helper()
	q, err := store.ParseQuery(query, d.clock.Now(), time.UTC)
	if err != nil {
		d.t.Fatal(err)
	}
	var out []store.Row
	at := store.FromStart
	for {
		w, err := d.Window(d.t.Context(), q, store.OldestFirst, at, 0, 5000)
		if err != nil {
			d.t.Fatal(err)
		}
		if len(out) > 0 {
			w.Rows = w.Rows[1:]
		}
		if out = append(out, w.Rows...); w.End || len(w.Rows) == 0 {
			return out
		}
		at = out[len(out)-1].ID
	}
}

func (d *desk) requests(part string) (list []simulator.RequestLog) {
	for _, r := range d.sim.Requests() {
		if strings.Contains(r.Path, part) {
			list = append(list, r)
		}
	}
	return list
}

// The first run of an account with ten thousand calls stays within the ten requests a
// minute that the service allows for them, and needs a dozen.
func TestFirstCallLog(t *testing.T) {
	const calls = 10_000
	d := open(t, simulator.Config{Messages: 200, Calls: calls, RateLimits: true})
	d.sync()
	d.feeds()
	own := d.requests("/extension/~/call-log")
	if n := len(own); n > 13 {
		t.Errorf("%d requests for %d calls", n, calls)
	}
	for _, r := range d.sim.Requests() {
		if r.Status == http.StatusTooManyRequests {
			t.Fatalf("%s %s asked for more than is allowed", r.Method, r.Path)
		}
	}
	rows := d.all("in:calls is:own")
	if len(rows) != calls {
		t.Fatalf("%d calls, want %d", len(rows), calls)
	}
	there := map[string]rc.Call{}
	for _, c := range d.logged(false) {
		there["call:"+string(c.ID)] = c
	}
	for i, r := range rows {
		if i%37 != 0 {
			continue
		}
		it := d.item(r.ID)
		c := there[it.Remote]
		if !c.StartTime.Equal(r.Time) || c.Length().Truncate(time.Second) != r.Duration || it.Call.Result != c.Result || c.Recording != nil != (r.Files == 1) ||
			it.Call.Type != c.Type || string(c.SessionID) != it.Call.Session {
			t.Errorf("%s: %+v %+v\nthe service has %+v", it.Remote, r, it.Call, c)
		}
	}
	// An idle look asks once each for calls, the company's and those in progress.
	before := len(d.sim.Requests())
	d.feeds()
	var asked []string
	for _, r := range d.sim.Requests()[before:] {
		if path, _, _ := strings.Cut(r.Path, "?"); strings.Contains(path, "call") {
			asked = append(asked, path[strings.Index(path, "/~/")+3:])
		}
	}
	slices.Sort(asked)
	if got := strings.Join(asked, " "); got != "call-log-sync extension/~/active-calls extension/~/call-log-sync" {
		t.Errorf("when nothing has changed it asks for %s", got)
	}
}

// Missed calls that left nothing are work; all others are for the record, and what
// answers a missed call is found.
func TestCallsAsWork(t *testing.T) {
	d := open(t, simulator.Config{Messages: 300})
	d.sync()
	d.feeds()
	since := d.acc.Since
	if since.IsZero() {
		since = d.clock.Now()
	}
	type talk struct {
		id   store.ID
		peer string
	}
	var met, wants []talk
	n := map[string]int{}
	for _, r := range d.all("in:calls") {
		it := d.item(r.ID)
		peer := digits10(r.Who.Number)
		if r.Outcome.Connected() {
			met = append(met, talk{r.ID, peer})
		}
		if r.Direction == store.Inbound && (r.Outcome.Missed() || r.Outcome == store.CallVoicemail || r.Outcome == store.CallRejected) {
			wants = append(wants, talk{r.ID, peer})
		}
		work := r.Outcome.Missed() && !r.Company && r.Direction == store.Inbound
		old := r.Time.Before(since.AddDate(0, 0, -30))
		switch {
		case work && old && r.State != store.Done, work && !old && r.State != store.StateOpen, !work && r.State != store.Filed, !r.Read:
			t.Errorf("%s %s %s of %s: %s, read %v", r.Direction, r.Outcome, it.Call.Result, r.Time, r.State, r.Read)
		}
		if it.Call.Message == "" {
			if r.Linked != 0 {
				t.Errorf("%s is linked with nothing", it.Remote)
			}
			continue
		}
		n["linked"]++
		m := d.item(r.Linked)
		if r.Outcome.Missed() || m.Remote != it.Call.Message || m.Linked != r.ID {
			t.Errorf("%s (%s) leads to %s, which leads to %s", it.Remote, r.Outcome, m.Remote, m.Linked)
		}
	}
	reply := map[store.ID]store.ID{}
	for _, w := range wants {
		for _, m := range met {
			if m.peer != "" && m.peer == w.peer && m.id > w.id && (reply[w.id] == 0 || m.id < reply[w.id]) {
				reply[w.id] = m.id
			}
		}
	}
	for _, w := range wants {
		it := d.item(w.id)
		if w.peer != "" && it.Reply != reply[w.id] {
			t.Errorf("%s %s: answered by %s, want %s", it.Remote, it.Who.Number, it.Reply, reply[w.id])
		}
		if it.Reply != 0 {
			n["returned"]++
			if it.Answer == nil || it.Answer.ID != it.Reply || it.Answer.By == "" || it.ReplyBy != it.Answer.By || it.State == store.Filed && it.Outcome.Missed() && !it.Company {
				t.Errorf("%s: %+v by %q, %s", it.Remote, it.Answer, it.ReplyBy, it.State)
			}
		}
	}
	for query, want := range map[string]func(store.Row) bool{
		"is:missed":                       func(r store.Row) bool { return r.Outcome.Missed() },
		"is:answered":                     func(r store.Row) bool { return r.Outcome.Connected() },
		"is:rejected":                     func(r store.Row) bool { return r.Outcome == store.CallRejected },
		"is:abandoned":                    func(r store.Row) bool { return r.Outcome == store.CallAbandoned },
		"is:busy":                         func(r store.Row) bool { return r.Outcome == store.CallBusy },
		"is:unreached":                    func(r store.Row) bool { return r.Outcome >= store.CallBusy && r.Outcome <= store.CallFailed },
		"is:returned":                     func(r store.Row) bool { return r.Reply != 0 },
		"in:inbox in:calls":               func(r store.Row) bool { return r.State == store.StateOpen },
		"is:company":                      func(r store.Row) bool { return r.Company },
		"has:recording":                   func(r store.Row) bool { return r.Files > 0 },
		"has:message":                     func(r store.Row) bool { return r.Linked != 0 },
		"in:calls dur:<10":                func(r store.Row) bool { return r.Duration < 10*time.Second },
		"in:calls is:missed -is:returned": func(r store.Row) bool { return r.Outcome.Missed() && r.Reply == 0 },
	} {
		want := slices.Collect(func(yield func(store.ID) bool) {
			for _, r := range d.all("in:calls") {
				if want(r) && !yield(r.ID) {
					return
				}
			}
		})
		var got []store.ID
		for _, r := range d.all(query) {
			if r.Kind == store.Call {
				got = append(got, r.ID)
			}
		}
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s: %d rows, want %d", query, len(got), len(want))
		}
	}
	if n["linked"] < 40 || n["returned"] < 10 {
		t.Errorf("too little to tell by: %v", n)
	}
	if got := d.all("in:done in:calls"); len(got) != 0 && got[len(got)-1].Time.After(since.AddDate(0, 0, -30)) {
		t.Errorf("done: %+v", got[len(got)-1])
	}
}

// digits10 is a number as two calls are compared by.
func digits10(number string) string {
	if strings.ContainsAny(number, "X") || len(number) < 8 {
		return ""
	}
	d := store.Digits(number)
	return d[max(0, len(d)-10):]
}

// Cursors expire, and more calls come than an answer holds: nothing is missing after.
func TestCallCursorExpires(t *testing.T) {
	d := open(t, simulator.Config{Messages: 60})
	d.sync()
	d.feeds()
	missed := func(n int) {
		for range n {
			id, err := d.sim.Ring(simulator.LiveCall{From: "+14155550142", Name: "Ada Crane"})
			if err == nil {
				<-d.clock.After(time.Second)
				err = d.sim.HangUp(id, "")
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	check := func(name string) {
		t.Helper()
		d.feeds()
		here, there := d.all("in:calls is:own"), d.logged(false)
		if len(here) != len(there) {
			t.Errorf("%s: %d calls here, %d at the service", name, len(here), len(there))
		}
	}
	check("first")
	missed(3)
	check("three new")
	missed(4)
	d.sim.PurgeCallTokens()
	check("tokens purged")
	missed(300)
	before := len(d.requests("extension/~/call-log"))
	check("more than an answer holds")
	// Refused, the newest, those before them, and one that is counted by the check.
	if n := len(d.requests("extension/~/call-log")) - before; n > 5 {
		t.Errorf("%d requests to catch up", n)
	}
	<-d.clock.After(40 * 24 * time.Hour)
	missed(2)
	check("the token is too old")
	rows := d.all("in:calls is:missed from:ada")
	if len(rows) != 309 || rows[0].State != store.StateOpen {
		t.Errorf("%d calls of Ada, the first %s", len(rows), rows[0].State)
	}
	// She is called back, and all of it shows.
	id, err := d.sim.Ring(simulator.LiveCall{From: "+14155550142", Outbound: true})
	if err != nil || d.sim.Answer(id) != nil {
		t.Fatal(err)
	}
	<-d.clock.After(time.Minute)
	if err := d.sim.HangUp(id, ""); err != nil {
		t.Fatal(err)
	}
	check("called back")
	for _, r := range d.all("in:calls is:missed from:ada") {
		if r.Reply == 0 || r.State != store.StateOpen {
			t.Fatalf("%+v was returned", r)
		}
	}
	// The log loses the call back, and the first of hers.
	first := d.item(rows[0].ID)
	if !d.sim.RemoveCall(id) || !d.sim.RemoveCall(strings.TrimPrefix(first.Remote, "call:")) {
		t.Fatal("no such call")
	}
	check("deleted")
	if d.item(rows[0].ID).Availability != store.Purged || d.item(rows[1].ID).Reply != 0 {
		t.Errorf("after the deletions: %+v", d.item(rows[1].ID).Row)
	}
}

// What a permission is missing for is said, and does not keep the rest from coming.
func TestCallLogDenied(t *testing.T) {
	d := open(t, simulator.Config{Messages: 30})
	d.sync()
	d.sim.Deny("FullCompanyCallLog", true)
	d.feeds()
	status := func() map[string]store.FeedStatus {
		m := map[string]store.FeedStatus{}
		for _, st := range d.Feeds() {
			m[st.Name] = st
		}
		return m
	}
	if st := status()[store.FeedCompany]; !st.Denied || !strings.Contains(st.Err, "FullCompanyCallLog") {
		t.Errorf("the company's log: %+v", st)
	}
	if n := len(d.all("in:calls")); n == 0 || len(d.all("is:company")) != 0 {
		t.Errorf("%d calls", n)
	}
	d.sim.Deny("ReadCallLog", true)
	d.feeds()
	if st := status()[store.FeedCalls]; !st.Denied || !strings.Contains(st.Err, "ReadCallLog") {
		t.Errorf("one's own log: %+v", st)
	}
}

// Calls are read, done and noted as messages are, and the service is not bothered.
func TestCallTriage(t *testing.T) {
	d := open(t, simulator.Config{Messages: 60})
	d.sync()
	d.feeds()
	rows := d.all("in:inbox in:calls")
	voicemails := d.all("in:voicemail is:unread")
	ids := []store.ID{rows[0].ID, rows[1].ID, voicemails[0].ID}
	before := len(d.requests("message-store"))
	for _, v := range []store.Verb{store.VerbUnread, store.VerbRead, store.VerbDone, store.VerbNote} {
		if _, err := d.Act(t.Context(), store.Change{Verb: v, Items: ids, Text: "left a message"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(d.requests("message-store")) - before; n != 1 {
		t.Errorf("%d requests to mark one voicemail", n)
	}
	d.sim.PurgeCallTokens() // so that the records come again
	d.feeds()
	for _, id := range ids {
		if it := d.item(id); !it.Read || it.State != store.Done || len(it.NoteList) != 1 || it.Pending {
			t.Errorf("%s: read %v, %s, %d notes", it.Remote, it.Read, it.State, len(it.NoteList))
		}
	}
	if _, err := d.Act(t.Context(), store.Change{Verb: store.VerbDelete, Items: ids[:1]}); err == nil {
		t.Error("a call can be deleted")
	}
}
