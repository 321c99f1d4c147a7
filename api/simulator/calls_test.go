package simulator

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

type callList struct {
	Records    []wireCall         `json:"records"`
	Paging     wirePaging         `json:"paging"`
	Navigation map[string]pageURI `json:"navigation"`
	Info       syncInfo           `json:"syncInfo"`
}

func (p *person) calls(path string) callList {
	p.t.Helper()
	a := p.get(path)
	if a.status != 200 {
		p.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return decode[callList](p.t, a)
}

// everyCall walks through the whole log by its links.
func (p *person) everyCall(path string) []wireCall {
	p.t.Helper()
	var all []wireCall
	for path != "" {
		got := p.calls(path)
		all = append(all, got.Records...)
		path = got.Navigation["nextPage"].URI
	}
	return all
}

// TestCallPages: pages of any length give the same log, newest first, with and
// without a filter.
func TestCallPages(t *testing.T) {
	p := start(t, Config{Messages: 150, Seed: 5})
	whole := p.everyCall(ext + "/call-log?perPage=max&" + since2000)
	for _, filter := range []string{"", "&direction=Inbound", "&type=Fax", "&recordingType=All", "&withRecording=true"} {
		got := p.everyCall(ext + "/call-log?perPage=17&" + since2000 + filter)
		want := slices.DeleteFunc(slices.Clone(whole), func(c wireCall) bool {
			return strings.Contains(filter, "Inbound") && c.Direction != "Inbound" || strings.Contains(filter, "Fax") && c.Type != "Fax" ||
				strings.Contains(filter, "ecording") && c.Recording == nil
		})
		if len(got) != len(want) || len(got) == 0 {
			t.Errorf("%q: %d calls, want %d", filter, len(got), len(want))
			continue
		}
		for i := range got {
			if got[i].ID != want[i].ID || i > 0 && got[i].Start > got[i-1].Start {
				t.Errorf("%q: call %d is %s of %s, want %s", filter, i, got[i].ID, got[i].Start, want[i].ID)
			}
		}
	}
	first := p.calls(ext + "/call-log?perPage=17&" + since2000)
	if *first.Paging.Total != len(whole) || len(first.Records) != 17 {
		t.Errorf("paging %+v of %d", first.Paging, len(whole))
	}
	if day := p.everyCall(ext + "/call-log"); len(day) == 0 || len(day) >= len(whole) && day[len(day)-1].Start < isoTime(p.clock.Now().Add(-24*time.Hour).UnixMilli()) {
		t.Errorf("without dateFrom %d of %d calls", len(day), len(whole))
	}
}

// TestCallsKnowTheirMessages: the messages that calls name are those of the
// mailbox, and every voicemail and fax has its call.
func TestCallsKnowTheirMessages(t *testing.T) {
	p := start(t, Config{Messages: 120, Seed: 5})
	left := map[string]wireCall{}
	check := func() {
		t.Helper()
		for _, c := range p.everyCall(ext + "/call-log?perPage=max&" + since2000) {
			if c.Message != nil {
				left[c.Message.ID] = c
			}
		}
		for _, m := range p.all() {
			c, ok := left[fmt.Sprint(m.ID)]
			if ok != (m.Type == "VoiceMail" || m.Type == "Fax") || ok && c.Start > isoTime(m.Created.UnixMilli()) {
				t.Errorf("%s %d of %v belongs to call %+v", m.Type, m.ID, m.Created, c)
			}
			if ok && p.get(c.Message.URI).status != 200 {
				t.Errorf("nothing at %s", c.Message.URI)
			}
		}
	}
	check()
	p.clock.Add(time.Minute)
	p.s.Arrive(12)
	check()
}

func TestCallSync(t *testing.T) {
	p := start(t, Config{Messages: 400, Seed: 5})
	p.clock.Add(10 * time.Minute) // away from the newest calls, which the overlap would repeat
	first := p.calls(ext + "/call-log-sync?syncType=FSync&recordCount=400")
	if len(first.Records) != maxCallSync || first.Info.Type != "FSync" {
		t.Fatalf("%d records, %+v", len(first.Records), first.Info)
	}
	some := p.calls(ext + "/call-log-sync?syncType=FSync&recordCount=20")
	increment := func(token, more string) callList {
		return p.calls(ext + "/call-log-sync?syncType=ISync&syncToken=" + url.QueryEscape(token) + more)
	}
	p.clock.Add(time.Minute)
	if got := increment(some.Info.Token, ""); len(got.Records) != 0 || got.Info.Token == some.Info.Token {
		t.Errorf("nothing happened, but %d records", len(got.Records))
	}
	older := increment(some.Info.Token, "&recordCount=30")
	if len(older.Records) != 30 || older.Records[0].ID != first.Records[20].ID {
		t.Errorf("older: %d records", len(older.Records))
	}
	if again := increment(older.Info.Token, "&recordCount=5"); len(again.Records) != 5 || again.Records[0].ID != first.Records[50].ID {
		t.Errorf("the frame did not widen: %d records", len(again.Records))
	}
	if !p.s.RemoveCall(first.Records[3].ID) || p.s.RemoveCall("IVnoEA") {
		t.Error("remove")
	}
	if got := increment(some.Info.Token, ""); len(got.Records) != 0 {
		t.Errorf("deleted records unasked: %+v", got.Records)
	}
	if got := increment(some.Info.Token, "&showDeleted=true"); len(got.Records) != 1 || !got.Records[0].Deleted {
		t.Errorf("deleted: %+v", got.Records)
	}
	id, err := p.s.Ring(LiveCall{From: "+14155550142"})
	if err != nil {
		t.Fatal(err)
	}
	p.clock.Add(20 * time.Second)
	if err := p.s.HangUp(id, ""); err != nil {
		t.Fatal(err)
	}
	got := increment(some.Info.Token, "")
	if len(got.Records) != 1 || got.Records[0].ID != id || got.Records[0].Result != "Missed" || got.Records[0].Duration != 20 {
		t.Errorf("a missed call: %+v", got.Records)
	}
	p.clock.Add(6 * time.Second)
	twice := increment(got.Info.Token, "")
	if len(twice.Records) != 1 {
		t.Errorf("no overlap: %d records", len(twice.Records))
	}
	if none := increment(twice.Info.Token, ""); len(none.Records) != 0 {
		t.Errorf("the overlap is too long: %d records", len(none.Records))
	}
	for _, c := range p.calls(ext + "/call-log-sync?syncType=FSync&recordCount=50&statusGroup=Missed").Records {
		if c.Result != "Missed" {
			t.Errorf("among the missed: %+v", c)
		}
	}
}

func TestCallTokensEnd(t *testing.T) {
	p := start(t, Config{Messages: 50, Seed: 5})
	token := func() string { return p.calls(ext + "/call-log-sync?syncType=FSync&recordCount=5").Info.Token }
	refused := func(what, token, code, words string) {
		t.Helper()
		a := p.get(ext + "/call-log-sync?syncType=ISync&syncToken=" + url.QueryEscape(token))
		if a.status != 400 || a.code() != code || !strings.Contains(string(a.body), words) {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	refused("damaged", "C"+token()[2:], "CMN-101", "syncToken")
	refused("none", "", "CMN-101", "syncToken")
	old := token()
	p.s.PurgeCallTokens()
	refused("reset", old, "CLG-105", "call log was reset")
	old = token()
	p.clock.Add(31 * 24 * time.Hour)
	p.token = p.signIn().AccessToken
	refused("old", old, "CLG-101", "expired")
	old = token()
	p.clock.Add(time.Minute)
	for range maxCallSync + 1 {
		id, err := p.s.Ring(LiveCall{From: "+14155550142"})
		if err != nil || p.s.HangUp(id, "") != nil {
			t.Fatal(err)
		}
	}
	refused("too many", old, "CMN-101", "max sync record number limit is exceeded")
}

// TestLiveCalls follows a call through the presence, the active calls and the
// log.
func TestLiveCalls(t *testing.T) {
	p := start(t, Config{Messages: 10, Seed: 5})
	var seen []LiveEvent
	stop := p.s.Watch(func(e LiveEvent) { seen = append(seen, e) })
	presence := func() (got wirePresence) {
		return decode[wirePresence](t, p.get(ext+"/presence?detailedTelephonyState=true"))
	}
	active := func() []wireCall { return p.calls(ext + "/active-calls").Records }
	answer := p.control("/ring", `{"from":"+14155550142","name":"Ada Crane"}`)
	id := decode[struct{ ID string }](t, answer).ID
	if got := presence(); got.Telephony != "Ringing" || got.Status != "Busy" || got.User != "Available" || got.Calls[0].From != "+14155550142" {
		t.Errorf("ringing: %+v", got)
	}
	if got := active(); len(got) != 0 {
		t.Errorf("a ringing call is active: %+v", got)
	}
	p.control("/answer", `{"id":"`+id+`"}`)
	p.clock.Add(30 * time.Second)
	if got := active(); presence().Telephony != "CallConnected" || len(got) != 1 || got[0].Duration != 30 || *got[0].Finished {
		t.Errorf("connected: %+v", got)
	}
	p.control("/hang-up", `{"id":"`+id+`"}`)
	if got := active(); presence().Telephony != "NoCall" || len(got) != 1 || got[0].Result != "Accepted" || got[0].Finished != nil {
		t.Errorf("a moment later: %+v", got)
	}
	if got := p.calls(ext + "/call-log?view=Detailed").Records[0]; got.ID != id || got.Duration != 30 || len(got.Legs) == 0 {
		t.Errorf("in the log: %+v", got)
	}
	p.clock.Add(lingers + time.Second)
	if got := active(); len(got) != 0 {
		t.Errorf("lingers for ever: %+v", got)
	}
	if a := p.control("/hang-up", `{"id":"`+id+`"}`); a.status != 404 && a.status != 400 {
		t.Errorf("hung up twice: %d", a.status)
	}
	p.control("/presence", `{"extension":"112","userStatus":"Offline","message":"gone"}`)
	stop()
	p.control("/presence", `{"extension":"112","userStatus":"Busy"}`)
	if len(seen) != 4 {
		t.Fatalf("%d events", len(seen))
	}
	for i, e := range seen {
		var body presenceEvent
		if err := json.Unmarshal(e.Body, &body); err != nil || body.Sequence != e.Sequence || i > 0 && e.Sequence <= seen[i-1].Sequence {
			t.Errorf("event %d: %+v, %v", i, e, err)
		}
	}
	if kept := p.s.Events(seen[1].Sequence); len(kept) != 3 || kept[0].Sequence != seen[2].Sequence {
		t.Errorf("kept %+v", kept)
	}
	if a := p.control("/presence", `{"extension":"201"}`); a.status != 400 {
		t.Errorf("a queue's presence was changed: %d", a.status)
	}
}

// TestCompanyLog holds the colleagues' calls beside the desk's own.
func TestCompanyLog(t *testing.T) {
	p := start(t, Config{Messages: 100, Seed: 5})
	own := p.everyCall(ext + "/call-log?perPage=max&" + since2000)
	all := p.everyCall("/restapi/v1.0/account/~/call-log?perPage=max&" + since2000)
	names := map[string]bool{}
	for _, c := range all {
		names[c.ID] = true
		if strings.Contains(c.URI, "/extension/") {
			t.Errorf("address %s", c.URI)
		}
	}
	for _, c := range own {
		if !names[c.ID] {
			t.Errorf("call %s is missing", c.ID)
		}
	}
	if len(all) <= len(own) {
		t.Errorf("%d calls of %d", len(own), len(all))
	}
	theirs := slices.IndexFunc(all, func(c wireCall) bool { return c.Extension.ID != 178009114 })
	if a := p.get(ext + "/call-log/" + all[theirs].ID); a.status != 404 {
		t.Errorf("a colleague's call: %d", a.status)
	}
	p.s.Deny("FullCompanyCallLog", true)
	if a := p.get("/restapi/v1.0/account/~/call-log"); a.status != 403 || a.code() != "CMN-408" {
		t.Errorf("without the permission: %d %s", a.status, a.body)
	}
}

// TestTraffic: with an interval given, calls ring and end by themselves.
func TestTraffic(t *testing.T) {
	p := start(t, Config{Messages: 10, Seed: 5, Traffic: time.Millisecond})
	seen := make(chan LiveEvent, 100)
	defer p.s.Watch(func(e LiveEvent) {
		select {
		case seen <- e:
		default:
		}
	})()
	for range 12 {
		select {
		case <-seen:
		case <-time.After(10 * time.Second):
			t.Fatal("nobody calls")
		}
	}
}

// TestManyCallsAreSmall: a log costs what changed.
func TestManyCallsAreSmall(t *testing.T) {
	before := heap()
	p := start(t, Config{Messages: 1000, Calls: 500_000, Contacts: 200_000, Directory: 200_000, Seed: 1})
	got := p.calls(ext + "/call-log?perPage=10&page=900&" + "dateFrom=1970-01-01T00:00:00Z")
	if *got.Paging.Total != 500_000 || len(got.Records) != 10 {
		t.Errorf("%d of %d", len(got.Records), *got.Paging.Total)
	}
	if a := p.get(ext + "/address-book/contact?page=200&perPage=1000"); a.status != 200 {
		t.Error(a.status)
	}
	if a := p.get("/restapi/v1.0/account/~/directory/entries?page=200"); a.status != 200 {
		t.Error(a.status)
	}
	if grown := int64(heap()) - int64(before); grown > 8<<20 {
		t.Errorf("half a million calls take %d MB", grown>>20)
	}
}

func FuzzCallToken(f *testing.F) {
	f.Add(callFrame{Epoch: 1, Time: 5, Oldest: 3, Filter: callFilter{Company: true, Types: []string{"Fax"}}}.token())
	f.Add("Ce30")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseCallToken(s)
		if !ok {
			return
		}
		if again, ok := parseCallToken(got.token()); !ok || again.Sum != got.Sum {
			t.Errorf("%q does not survive being written again", s)
		}
	})
}

// BenchmarkCallPage measures a page of 1,000 detailed calls of a long log.
func BenchmarkCallPage(b *testing.B) {
	p := start(b, Config{Messages: 1000, Calls: 100_000, Seed: 1})
	for b.Loop() {
		if a := p.get(ext + "/call-log?perPage=max&page=50&view=Detailed&" + "dateFrom=1970-01-01T00:00:00Z"); a.status != 200 {
			b.Fatal(a.status)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkBookPart measures a part of the sync of a large address book.
func BenchmarkBookPart(b *testing.B) {
	p := start(b, Config{Contacts: 200_000, Seed: 1})
	page := p.bookOf(ext + "/address-book-sync?syncType=FSync")
	for b.Loop() {
		if a := p.get(page.NextURI); a.status != 200 {
			b.Fatal(a.status)
		}
	}
	b.ReportMetric(float64(b.N)*maxBookSync/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkDirectoryPage measures a page of a large directory.
func BenchmarkDirectoryPage(b *testing.B) {
	p := start(b, Config{Directory: 200_000, Seed: 1})
	for b.Loop() {
		if a := p.get("/restapi/v1.0/account/~/directory/entries?page=150"); a.status != 200 {
			b.Fatal(a.status)
		}
	}
	b.ReportMetric(float64(b.N)*maxDirectory/b.Elapsed().Seconds(), "records/s")
}

// TestFirstRunFitsTheBudget: ten thousand calls are read within one minute's
// Heavy requests.
func TestFirstRunFitsTheBudget(t *testing.T) {
	p := start(t, Config{Messages: 1000, Calls: 10_000, Seed: 5, RateLimits: true})
	if got := p.everyCall(ext + "/call-log?perPage=max&view=Detailed&dateFrom=1990-01-01T00:00:00Z"); len(got) != 10_000 {
		t.Errorf("%d calls", len(got))
	}
	if a := p.get(ext + "/call-log"); a.status != 429 {
		t.Errorf("the eleventh request: %d", a.status)
	}
}
