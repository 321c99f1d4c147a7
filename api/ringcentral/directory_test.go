package ringcentral

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"switchboard/api"
)

// TestDirectoryMoved: the older path is asked once, when today's is unknown,
// and what answered is remembered.
func TestDirectoryMoved(t *testing.T) {
	const entries, contacts = "/restapi/v1.0/account/~/directory/entries", "/restapi/v1.0/account/~/directory/contacts"
	page := `{"records":[{"id":7,"firstName":"A"}],"paging":{"page":1,"perPage":1000}}`
	gone := `{"errors":[{"errorCode":"CMN-120","message":"Invalid URI"}]}`
	serve := func(known ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			for _, k := range known {
				if strings.HasPrefix(r.URL.Path, k) && !strings.HasSuffix(r.URL.Path, "/404") {
					body := page
					if r.URL.Path != k {
						body = `{"id":"7","name":"Q"}`
					}
					answer(200, "application/json", body)(w, r)
					return
				}
			}
			answer(404, "application/json", gone)(w, r)
		}
	}
	for name, tc := range map[string]struct {
		serve http.HandlerFunc
		want  string // which paths were asked, by their last word
		fails bool
	}{
		"today's":   {serve(entries), "entries 7 404 entries", false},
		"the older": {serve(contacts), "entries contacts 7 404 contacts", false},
		"neither":   {serve(), "entries contacts 7 7 404 404 entries contacts", true},
		"no access": {answer(403, "application/json", `{"errorCode":"CMN-401","message":"no"}`), "entries 7 404 entries", true},
		"both":      {serve(entries, contacts), "entries 7 404 entries", false},
		"older, deaf": {func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, contacts) {
				answer(403, "application/json", `{"errorCode":"CMN-401","message":"no"}`)(w, r)
				return
			}
			answer(404, "application/json", gone)(w, r)
		}, "entries contacts 7 7 404 404 entries contacts", true},
	} {
		c, seen, _ := clientFor(t, tc.serve)
		_, err1 := c.Directory(t.Context(), DirectoryQuery{LocalOnly: true, TypeGroup: "User"})
		_, err2 := c.DirectoryEntry(t.Context(), "7")
		_, err3 := c.DirectoryEntry(t.Context(), "404")
		_, err4 := c.Directory(t.Context(), DirectoryQuery{})
		var asked []string
		for _, r := range *seen {
			asked = append(asked, r.path[strings.LastIndexByte(r.path, '/')+1:])
			if strings.HasSuffix(r.path, "contacts") && r.query != "" && strings.Contains(r.query, "typeGroup") || strings.HasSuffix(r.path, "entries") && strings.Contains(r.query, "excludeFederated") {
				t.Errorf("%s: %s?%s", name, r.path, r.query)
			}
		}
		if got := strings.Join(asked, " "); got != tc.want || (err1 != nil) != tc.fails || (err2 != nil) != tc.fails || err3 == nil || (err4 != nil) != tc.fails {
			t.Errorf("%s: asked %q, want %q; %v, %v, %v, %v", name, got, tc.want, err1, err2, err3, err4)
		}
	}
}

func TestDirectoryPages(t *testing.T) {
	three := `{"id":1,"firstName":"A","lastName":"B","phoneNumbers":[{"phoneNumber":"+1","usageType":"TomorrowsNumber"}]},{"id":"2","name":"Q","type":"Department","account":{"id":9}},{"id":"3","type":"Hologram","status":"Dreaming"}`
	for name, tc := range map[string]struct {
		raw  string
		page int
		want int
	}{
		"totals say more":     {`{"records":[` + three + `],"paging":{"page":1,"perPage":3,"totalPages":2,"totalElements":5}}`, 1, 2},
		"totals say the end":  {`{"records":[` + three + `],"paging":{"page":2,"perPage":3,"totalPages":2}}`, 2, 0},
		"no totals, full":     {`{"records":[` + three + `],"paging":{"page":1,"perPage":3}}`, 1, 2},
		"no totals, not full": {`{"records":[{"id":1},{"id":2}],"paging":{"page":1,"perPage":3}}`, 1, 0},
		"no paging at all":    {`{"records":[` + three + `]}`, 4, 5},
		"nothing":             {`{"records":[],"paging":{"perPage":3}}`, 1, 0},
		"nothing, but totals": {`{"records":[],"paging":{"perPage":3,"totalPages":9}}`, 4, 0},
		"one is broken":       {`{"records":[{"id":1},{"id":2,"hidden":"no"},{"id":3}],"paging":{"perPage":3}}`, 1, 2},
	} {
		got, err := decodeDirectory([]byte(tc.raw), DirectoryQuery{Page: tc.page, PerPage: 3})
		if err != nil || got.Next != tc.want {
			t.Errorf("%s: next %d, want %d; %v", name, got.Next, tc.want, err)
		}
	}
	got, err := decodeDirectory([]byte(`{"records":[`+three+`]}`), DirectoryQuery{Page: 1, PerPage: 3})
	if err != nil || len(got.Records) != 3 || got.Records[0].ID != "1" || got.Records[1].Account.ID != "9" || got.Records[2].Type != "Hologram" || got.Records[0].PhoneNumbers[0].UsageType != "TomorrowsNumber" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDirectoryUnchanged(t *testing.T) {
	c, _, _ := clientFor(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		answer(200, "application/json", `{"records":[{"id":1}],"paging":{"perPage":1000}}`)(w, r)
	})
	first, err := c.Directory(t.Context(), DirectoryQuery{})
	if err != nil || first.ETag != `"v1"` || first.NotModified || len(first.Records) != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := c.Directory(t.Context(), DirectoryQuery{ETag: first.ETag}); err != nil || !again.NotModified || again.ETag != `"v1"` {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := c.DirectoryEntry(t.Context(), "1/2"); !errors.Is(err, api.ErrNoIDs) {
		t.Errorf("bad id: %v", err)
	}
}

// TestPresenceShapes reads answers and events, of people and of things.
func TestPresenceShapes(t *testing.T) {
	for name, tc := range map[string]struct {
		raw  string
		good func(Presence) bool
	}{
		"a person": {
			`{"extension":{"id":7,"extensionNumber":"112"},"presenceStatus":"Busy","userStatus":"Available","dndStatus":"TakeAllCalls","telephonyStatus":"CallConnected","message":"x","allowSeeMyPresence":false,"activeCalls":[{"id":5,"direction":"Inbound","queueCall":true,"from":"+14155550142","startTime":"2026-11-19T08:07:06.000+0000","sessionId":4503991004,"telephonyStatus":"OnHold"}]}`,
			func(p Presence) bool {
				return p.Of() == "7" && !*p.AllowSeeMyPresence && p.RingOnMonitoredCall == nil && p.ActiveCalls[0].ID == "5" && p.ActiveCalls[0].SessionID == "4503991004" && p.ActiveCalls[0].StartTime.Hour() == 8
			},
		},
		"a queue": {
			`{"extension":{"id":9,"extensionNumber":"201"},"presenceStatus":"Offline"}`,
			func(p Presence) bool {
				return p.TelephonyStatus == "" && p.UserStatus == "" && p.DNDStatus == "" && p.AcceptCallQueueCalls == nil
			},
		},
		"the new call handling": {
			`{"extension":{"id":9},"presenceStatus":"Available","dndStatusPersonal":"TakeAllCalls","acceptCallQueueCalls":false}`,
			func(p Presence) bool {
				return p.DNDStatus == "" && p.DNDStatusPersonal == "TakeAllCalls" && !*p.AcceptCallQueueCalls
			},
		},
		"an event": {
			`{"extensionId":"178009114","telephonyStatus":"Ringing","sequence":3209755,"presenceStatus":"Busy","activeCalls":[{"id":"abc","terminationType":"final"}],"totalActiveCalls":1}`,
			func(p Presence) bool {
				return p.Of() == "178009114" && p.Sequence == 3209755 && p.ActiveCalls[0].TerminationType == "final"
			},
		},
		"words of tomorrow": {
			`{"extension":{"id":"9"},"presenceStatus":"Dreaming","dndStatus":"Never","telephonyStatus":"Humming","meetingStatus":null,"message":null}`,
			func(p Presence) bool { return p.PresenceStatus == "Dreaming" && p.TelephonyStatus == "Humming" },
		},
	} {
		c, _, _ := clientFor(t, answer(200, "application/json", tc.raw))
		if p, err := c.Presence(t.Context(), "", true); err != nil || !tc.good(p) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

func TestPresenceRequests(t *testing.T) {
	c, seen, _ := clientFor(t, answer(200, "application/json", `{"presenceStatus":"Busy","records":[{"extension":{"id":1}}],"navigation":{"nextPage":{"uri":"/restapi/v1.0/account/1/presence?page=2"}}}`))
	ctx := t.Context()
	message, off := strings.Repeat("é", MaxStatusMessage), false
	if _, err := c.SetPresence(ctx, PresenceChange{Message: &message, AcceptCallQueueCalls: &off}); err != nil {
		t.Error(err)
	}
	empty := ""
	if _, err := c.SetPresence(ctx, PresenceChange{Message: &empty, UserStatus: "Available"}); err != nil {
		t.Error(err)
	}
	list, err := c.AccountPresence(ctx, PresenceQuery{Detailed: true, PerPage: 9999})
	if err != nil || len(list.Records) != 1 || list.Next == "" {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := c.Presence(ctx, "77", false); err != nil {
		t.Error(err)
	}
	want := []request{
		{method: "PUT", path: extension + "/presence", body: `{"acceptCallQueueCalls":false,"message":"` + message + `"}`},
		{method: "PUT", path: extension + "/presence", body: `{"userStatus":"Available","message":""}`},
		{method: "GET", path: account + "/presence", query: "detailedTelephonyState=true&perPage=1000"},
		{method: "GET", path: account + "/extension/77/presence"},
	}
	for i, r := range *seen {
		r.accept, r.kind = "", ""
		if i >= len(want) || r != want[i] {
			t.Errorf("request %d: %+v", i, r)
		}
	}
	n := len(*seen)
	message += "é"
	if _, err := c.SetPresence(ctx, PresenceChange{Message: &message}); !errors.Is(err, ErrMessageTooLong) || len(*seen) != n {
		t.Errorf("a long message: %v", err)
	}
	if _, err := c.Presence(ctx, "7,8", false); !errors.Is(err, api.ErrNoIDs) || len(*seen) != n {
		t.Errorf("two in one: %v", err)
	}
}
