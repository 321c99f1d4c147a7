package simulator

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestFullSyncWalks does what the service's own client does: further full
// syncs up to the oldest time received, until nothing older exists.
func TestFullSyncWalks(t *testing.T) {
	p := start(t, Config{Messages: 230, Seed: 4})
	seen := map[int64]int{}
	to := ""
	for range 10 {
		got := p.sync("syncType=FSync&recordCount=100&" + since2000 + to)
		for _, m := range got.Records {
			seen[m.ID]++
		}
		if !got.Info.Older {
			break
		}
		to = "&dateTo=" + url.QueryEscape(got.Records[len(got.Records)-1].Created.Format(timeLayout))
	}
	if len(seen) != 230 {
		t.Errorf("walked over %d messages, want 230", len(seen))
	}
}

func TestFullSyncDefaults(t *testing.T) {
	p := start(t, Config{Messages: 2000, Seed: 4})
	got := p.sync("syncType=FSync")
	day := p.clock.Now().Add(-24 * time.Hour)
	if len(got.Records) == 0 || got.Info.Type != "FSync" || !got.Info.Time.Equal(p.clock.Now()) {
		t.Fatalf("%d records, info %+v", len(got.Records), got.Info)
	}
	for _, m := range got.Records {
		if m.Created.Before(day) {
			t.Errorf("message of %v without dateFrom", m.Created)
		}
	}
	if got := p.sync("syncType=FSync&recordCount=9999&" + since2000); len(got.Records) != 1000 || !got.Info.Older {
		t.Errorf("recordCount=9999: %d records, older %v", len(got.Records), got.Info.Older)
	}
	if got := p.sync("syncType=FSync&recordCount=5&" + since2000); len(got.Records) != 5 || !got.Info.Older {
		t.Errorf("recordCount=5: %d records, older %v", len(got.Records), got.Info.Older)
	}
	for _, m := range p.sync("syncType=FSync&messageType=Fax&direction=Inbound&" + since2000).Records {
		if m.Type != "Fax" || m.Direction != "Inbound" {
			t.Errorf("found %s %s", m.Direction, m.Type)
		}
	}
}

func TestIncrement(t *testing.T) {
	p := start(t, Config{Messages: 100, Seed: 4})
	p.clock.Add(time.Minute) // away from the newest message, which the overlap would repeat
	first := p.sync("syncType=FSync&" + since2000)
	all := first.Records
	p.clock.Add(time.Minute)
	increment := func(token string) wireList { return p.sync("syncType=ISync&syncToken=" + url.QueryEscape(token)) }
	second := increment(first.Info.Token)
	if len(second.Records) != 0 || second.Info.Type != "ISync" || second.Info.Token == first.Info.Token {
		t.Errorf("nothing happened, but %d records, info %+v", len(second.Records), second.Info)
	}
	p.do("PUT", fmt.Sprintf("%s/message-store/%d", ext, all[0].ID), `{"readStatus":"Unread"}`)
	p.do("PUT", fmt.Sprintf("%s/message-store/%d", ext, all[0].ID), `{"readStatus":"Read"}`)
	p.do("DELETE", fmt.Sprintf("%s/message-store/%d", ext, all[1].ID), "")
	p.do("DELETE", fmt.Sprintf("%s/message-store/%d?purge=true", ext, all[2].ID), "")
	fresh := p.s.Arrive(1)[0]
	third := increment(second.Info.Token)
	want := []int64{all[0].ID, all[1].ID, all[2].ID, fresh}
	slices.Sort(want)
	got := ids(third.Records)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Fatalf("increment %v, want %v", got, want)
	}
	for _, m := range third.Records {
		switch m.ID {
		case all[1].ID:
			if m.Availability != "Deleted" || m.Type != "" || m.Attachments != nil {
				t.Errorf("tombstone %+v", m)
			}
		case all[2].ID:
			if m.Availability != "Purged" || m.Type != "" {
				t.Errorf("tombstone %+v", m)
			}
		case all[0].ID:
			if !m.Modified.Equal(p.clock.Now()) || m.ReadStatus != "Read" {
				t.Errorf("changed message %+v", m)
			}
		}
	}
	for _, tc := range []struct {
		later time.Duration
		want  int
	}{{4 * time.Second, 4}, {2 * time.Second, 4}, {time.Second, 0}} {
		// The token of the moment repeats 5 s; then the changes are out of reach.
		p.clock.Add(tc.later)
		third = increment(third.Info.Token)
		if len(third.Records) != tc.want {
			t.Errorf("%v later: %d records, want %d", tc.later, len(third.Records), tc.want)
		}
	}
	if got := increment(second.Info.Token); len(got.Records) != 4 {
		t.Errorf("the older token again: %d records, want 4", len(got.Records))
	}
}

func TestIncrementKeepsItsFrame(t *testing.T) {
	p := start(t, Config{Messages: 300, Seed: 4})
	day := p.clock.Now().Add(-24 * time.Hour)
	first := p.sync("syncType=FSync&messageType=Fax&recordCount=1000")
	p.clock.Add(time.Minute)
	p.s.Arrive(60)
	for _, m := range p.sync("syncType=ISync&syncToken=" + first.Info.Token).Records {
		if m.Type != "Fax" {
			t.Errorf("a %s came into a frame of faxes", m.Type)
		}
	}
	wider := p.sync("syncType=ISync&recordCount=10&" + since2000 + "&syncToken=" + first.Info.Token)
	old := 0
	for _, m := range wider.Records {
		if m.Created.Before(day) {
			old++
		}
	}
	if old != 10 || !wider.Info.Older {
		t.Errorf("widened by %d records, older %v; want 10, true", old, wider.Info.Older)
	}
	var outside int64
	for _, m := range p.all() {
		if m.Created.Before(day) {
			outside = m.ID
		}
	}
	p.do("DELETE", fmt.Sprintf("%s/message-store/%d", ext, outside), "")
	if got := p.sync("syncType=ISync&syncToken=" + first.Info.Token).Records; slices.Contains(ids(got), outside) {
		t.Error("a change outside the frame came in")
	}
}

func TestSyncTokens(t *testing.T) {
	p := start(t, Config{Messages: 50, Seed: 4})
	good := p.sync("syncType=FSync").Info.Token
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	forged := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), `"s":1`, `"s":2`, 1)))
	expect := func(name, query, code string) {
		t.Helper()
		if a := p.get(ext + "/message-sync?" + query); a.status != 400 || a.code() != code {
			t.Errorf("%s: %d %s, want 400 %s", name, a.status, a.code(), code)
		}
	}
	expect("garbage", "syncType=ISync&syncToken=garbage", "MSG-333")
	expect("none", "syncType=ISync", "MSG-333")
	expect("forged", "syncType=ISync&syncToken="+forged, "MSG-333")
	expect("unknown type", "syncType=XSync", "CMN-101")
	p.control("/purge-sync-tokens", "{}")
	expect("purged", "syncType=ISync&syncToken="+good, "MSG-333")
	good = p.sync("syncType=FSync").Info.Token
	p.clock.Add(31 * 24 * time.Hour)
	p.token = p.signIn().AccessToken
	expect("expired", "syncType=ISync&syncToken="+good, "MSG-333")
}

// TestArrivals: new messages are unread, inbound, newest, and a voicemail's
// transcript follows later.
func TestArrivals(t *testing.T) {
	p := start(t, Config{Messages: 100, Seed: 5})
	token := p.sync("syncType=FSync").Info.Token
	p.clock.Add(time.Minute)
	made := decode[struct{ IDs []int64 }](t, p.control("/arrive", `{"count":40}`)).IDs
	got := p.list("perPage=40").Records
	slices.Reverse(got)
	if !slices.Equal(ids(got), made) {
		t.Errorf("the newest are %v, want %v", ids(got), made)
	}
	waiting := 0
	for _, m := range got {
		if m.ReadStatus != "Unread" || m.Direction != "Inbound" || m.Created.After(p.clock.Now()) || m.Created.Before(p.clock.Now().Add(-time.Second)) {
			t.Errorf("arrived %+v", m)
		}
		if m.Transcript == "InProgress" {
			waiting++
		}
	}
	if waiting == 0 {
		t.Fatal("no transcript in progress")
	}
	p.clock.Add(10 * time.Second)
	token = p.sync("syncType=ISync&syncToken=" + token).Info.Token
	p.clock.Add(time.Minute)
	later := p.sync("syncType=ISync&syncToken=" + token).Records
	done := 0
	for _, m := range later {
		if m.Transcript != "Completed" {
			continue
		}
		for _, a := range m.Attachments {
			if a.Type == "AudioTranscription" {
				done++
				if text := p.get(a.URI); text.status != 200 || len(text.body) == 0 {
					t.Errorf("transcript: %d %q", text.status, text.body)
				}
			}
		}
	}
	if done == 0 || len(later) != done || done > waiting {
		t.Errorf("%d transcripts came, %d messages changed, %d waited", done, len(later), waiting)
	}
}

// TestSameSeedSameAnswers: everything the mailbox says is a function of seed
// and time.
func TestSameSeedSameAnswers(t *testing.T) {
	a, b := start(t, Config{Messages: 80, Seed: 9}), start(t, Config{Messages: 80, Seed: 9})
	x, y := fmt.Sprintf("%+v", ids(a.all())), fmt.Sprintf("%+v", ids(b.all()))
	if x != y || !slices.Equal(a.s.Arrive(5), b.s.Arrive(5)) || a.d.JWT != b.d.JWT {
		t.Error("two servers with one seed differ")
	}
	if c := start(t, Config{Messages: 80, Seed: 10}); fmt.Sprintf("%+v", ids(c.all())) == x {
		t.Error("another seed gives the same mailbox")
	}
}

// TestLogStaysSmall: a message changed again and again costs one entry in the
// long run.
func TestLogStaysSmall(t *testing.T) {
	p := start(t, Config{Messages: 10, Seed: 9})
	id := p.all()[0].ID
	for i := range 5000 {
		read := i%2 == 0
		p.clock.Add(time.Millisecond)
		if _, err := p.s.box.edit(id, edit{read: &read}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(p.s.box.log); n > 2000 {
		t.Errorf("%d entries in the log", n)
	}
}
