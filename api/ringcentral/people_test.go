package ringcentral

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard/api"
)

// TestCallShapes reads call records in the shapes that services send them in.
func TestCallShapes(t *testing.T) {
	start := time.Date(2026, 11, 19, 8, 7, 6, 0, time.UTC)
	for name, tc := range map[string]struct {
		raw  string
		good func(Call) bool
	}{
		"plain": {
			`{"id":"IVWtS_-EA","uri":"https://x/","sessionId":"4503991004","startTime":"2026-11-19T08:07:06.000Z","duration":31,"durationMs":31250,"type":"Voice","direction":"Inbound","action":"Phone Call","result":"Missed","from":{"phoneNumber":"+14155550142","name":"ADA"},"to":{"extensionNumber":"101","extensionId":"178009114"},"extension":{"id":178009114,"uri":"https://x/"}}`,
			func(c Call) bool {
				return c.ID == "IVWtS_-EA" && c.SessionID == "4503991004" && c.Extension.ID == "178009114" && c.To.ExtensionID == "178009114" && c.Length() == 31250*time.Millisecond && !c.InProgress()
			},
		},
		"ids as numbers": {
			`{"id":4503991004,"sessionId":4503991004,"telephonySessionId":"s-a1","startTime":"2026-11-19T08:07:06.000Z","extension":{"id":"178009114"},"message":{"id":8234962969801171948,"type":"Voicemail"},"recording":{"id":77,"contentUri":"https://media.x:443/r/77/content","type":"Automatic"}}`,
			func(c Call) bool {
				return c.ID == "4503991004" && c.SessionID == "4503991004" && c.Message.ID == "8234962969801171948" && c.Recording.ID == "77"
			},
		},
		"offset without a colon": {`{"id":"a","startTime":"2026-11-19T08:07:06.000+0000"}`, func(c Call) bool { return c.ID == "a" }},
		"no zone":                {`{"id":"a","startTime":"2026-11-19T08:07:06"}`, func(c Call) bool { return c.ID == "a" }},
		"nobody calls": {
			`{"id":"a","startTime":"2026-11-19T08:07:06Z","type":"Voice","result":"Missed"}`,
			func(c Call) bool { return c.From == nil && c.To == nil && c.Extension == nil && c.Length() == 0 },
		},
		"a name only": {`{"id":"a","startTime":"2026-11-19T08:07:06Z","from":{"name":"Anonymous"}}`, func(c Call) bool { return c.From.Name == "Anonymous" && c.From.PhoneNumber == "" }},
		"masked":      {`{"id":"a","startTime":"2026-11-19T08:07:06Z","from":{"phoneNumber":"+1855201XXXX"}}`, func(c Call) bool { return c.From.PhoneNumber == "+1855201XXXX" }},
		"words of tomorrow": {
			`{"id":"a","startTime":"2026-11-19T08:07:06Z","type":"Hologram","direction":"Sideways","action":"Beam","result":"Evaporated","reason":"Why Not","transport":"Ether","brandNew":{"x":[1]},"legs":[{"legType":"Third","startTime":"2026-11-19T08:07:06Z"}]}`,
			func(c Call) bool {
				return c.Type == "Hologram" && c.Direction == "Sideways" && c.Result == "Evaporated" && c.Legs[0].LegType == "Third"
			},
		},
		"running": {
			`{"id":"a","startTime":"2026-11-19T08:07:06Z","finished":false,"result":"In Progress"}`,
			func(c Call) bool { return c.InProgress() },
		},
		"running, as older services say it": {`{"id":"a","startTime":"2026-11-19T08:07:06Z","result":"In Progress"}`, func(c Call) bool { return c.InProgress() }},
		"nulls": {
			`{"id":"a","startTime":"2026-11-19T08:07:06Z","from":null,"to":null,"recording":null,"message":null,"legs":null,"duration":null,"lastModifiedTime":null}`,
			func(c Call) bool { return c.From == nil && c.Recording == nil && c.Legs == nil },
		},
		"a leg with a recording": {
			`{"id":"a","startTime":"2026-11-19T08:07:06Z","legs":[{"legType":"Accept","master":true,"duration":5,"recording":{"id":"9","type":"OnDemand"},"startTime":"2026-11-19T08:07:06.000Z"}]}`,
			func(c Call) bool { return c.Legs[0].Master && c.Legs[0].Recording.ID == "9" && c.Legs[0].Duration == 5 },
		},
	} {
		list, broken, _, err := paged[Call]([]byte(`{"records":[` + tc.raw + `],"paging":{},"navigation":{}}`))
		if err != nil || len(broken) > 0 || len(list) != 1 || !list[0].StartTime.Equal(start) || !tc.good(list[0]) {
			t.Errorf("%s: %+v, %+v, %v", name, list, broken, err)
		}
	}
	sync, err := decodeCallSync([]byte(`{"records":[{"id":"gone","deleted":true},{"id":7.5},{"id":"odd","duration":"long"},{"id":"ok"}],"syncInfo":{"syncType":"ISync","syncToken":"t","syncTime":"2026-11-19T08:07:06.000+0000"}}`))
	if err != nil || len(sync.Records) != 2 || !sync.Records[0].Deleted || len(sync.Broken) != 2 || sync.Broken[1].ID != "odd" {
		t.Errorf("%+v, %v", sync, err)
	}
	if _, err := decodeCallSync([]byte(`{"records":[],"syncInfo":{}}`)); err == nil {
		t.Error("no token, no error")
	}
}

func TestCallRequests(t *testing.T) {
	day := time.Date(2026, 11, 19, 0, 0, 0, 0, time.FixedZone("", 3600))
	c, seen, _ := clientFor(t, answer(200, "application/json", `{"records":[],"navigation":{"nextPage":{"uri":"/restapi/v1.0/next?page=2"}},"syncInfo":{"syncToken":"t"}}`))
	ctx := t.Context()
	for name, tc := range map[string]struct {
		do          func() error
		path, query string
	}{
		"everything": {func() error { l, err := c.Calls(ctx, CallQuery{}); return both(err, l.Next != "") }, "/~/extension/~/call-log", "dateFrom=2000-01-01T00:00:00.000Z"},
		"all filters": {
			func() error {
				_, err := c.Calls(ctx, CallQuery{
					DateFrom: day, DateTo: day.Add(time.Hour), Direction: []string{"Inbound", "Outbound"}, Types: []string{"Fax"}, Transport: []string{"VoIP"}, Detailed: true,
					Recorded: true, RecordingType: "All", PhoneNumber: "+1415", SessionID: "5", TelephonySessionID: "s-1", Deleted: true, Page: 2, PerPage: 5000,
				})
				return err
			},
			"/~/extension/~/call-log",
			"dateFrom=2026-11-18T23:00:00.000Z&dateTo=2026-11-19T00:00:00.000Z&direction=Inbound&direction=Outbound&page=2&perPage=1000&phoneNumber=+1415&recordingType=All&sessionId=5&showDeleted=true&telephonySessionId=s-1&transport=VoIP&type=Fax&view=Detailed&withRecording=true",
		},
		"company":   {func() error { _, err := c.Calls(ctx, CallQuery{CallScope: CallScope{Company: true}}); return err }, "/~/call-log", "dateFrom=2000-01-01T00:00:00.000Z"},
		"another":   {func() error { _, err := c.Calls(ctx, CallQuery{CallScope: CallScope{Extension: "77"}}); return err }, "/~/extension/77/call-log", "dateFrom=2000-01-01T00:00:00.000Z"},
		"next page": {func() error { _, err := c.Calls(ctx, CallQuery{Next: "/restapi/v1.0/x?page=3"}); return err }, "/restapi/v1.0/x", "page=3"},
		"active": {
			func() error {
				_, err := c.ActiveCalls(ctx, ActiveQuery{Direction: []string{"Inbound"}, Detailed: true})
				return err
			},
			"/~/extension/~/active-calls", "direction=Inbound&view=Detailed",
		},
		"full sync": {func() error { _, err := c.SyncCalls(ctx, CallSyncQuery{Type: FSync, Missed: true}); return err }, "/call-log-sync", "recordCount=250&statusGroup=Missed&syncType=FSync"},
		"full sync, too much wanted": {
			func() error {
				_, err := c.SyncCalls(ctx, CallSyncQuery{Type: FSync, RecordCount: 9999, DateFrom: day})
				return err
			},
			"/call-log-sync", "dateFrom=2026-11-18T23:00:00.000Z&recordCount=250&syncType=FSync",
		},
		"increment": {
			func() error {
				_, err := c.SyncCalls(ctx, CallSyncQuery{Type: ISync, Token: "a b", DateFrom: day, Missed: true, Deleted: true})
				return err
			},
			"/call-log-sync", "showDeleted=true&syncToken=a b&syncType=ISync",
		},
		"company sync": {
			func() error {
				_, err := c.SyncCalls(ctx, CallSyncQuery{CallScope: CallScope{Company: true}, Type: FSync, RecordCount: 3})
				return err
			},
			"/account/~/call-log-sync", "recordCount=3&syncType=FSync",
		},
	} {
		*seen = nil
		if err := tc.do(); err != nil || len(*seen) != 1 {
			t.Errorf("%s: %v, %+v", name, err, *seen)
			continue
		}
		got := (*seen)[0]
		query, _ := url.QueryUnescape(got.query)
		if got.method != "GET" || !strings.HasSuffix(got.path, tc.path) || query != tc.query {
			t.Errorf("%s: %s %s?%s\nwant %s?%s", name, got.method, got.path, query, tc.path, tc.query)
		}
	}
	for _, bad := range []ID{"*", "1,2", "../x", "a b"} {
		*seen = nil
		if _, err := c.Calls(ctx, CallQuery{CallScope: CallScope{Extension: bad}}); !errors.Is(err, api.ErrNoIDs) || len(*seen) > 0 {
			t.Errorf("extension %q: %v", bad, err)
		}
	}
}

func both(err error, ok bool) error {
	if err == nil && !ok {
		return errors.New("not as expected")
	}
	return err
}

func TestExpiredCallToken(t *testing.T) {
	for _, tc := range []struct {
		status int
		body   string
		want   bool
	}{
		{400, `{"errorCode":"CLG-101","message":"Sync token expired"}`, true},
		{400, `{"errors":[{"errorCode":"CLG-105","message":"call log was reset"}]}`, true},
		{400, `{"errorCode":"InvalidParameter","message":"Parameter [syncToken] is invalid [max sync record number limit is exceeded]","errors":[{"errorCode":"CMN-101","parameterName":"syncToken"}]}`, true},
		{400, `{"errorCode":"CMN-101","message":"Parameter [syncToken] is invalid"}`, true},
		{400, `{"errorCode":"CMN-101","message":"Parameter [dateFrom] value is invalid","parameterName":"dateFrom"}`, false},
		{400, `{"errorCode":"CLG-110","message":"no"}`, false},
		{403, `{"errorCode":"CLG-101","message":"no"}`, false},
	} {
		c, _, _ := clientFor(t, answer(tc.status, "application/json", tc.body))
		_, err := c.SyncCalls(t.Context(), CallSyncQuery{Type: ISync, Token: "t"})
		if err == nil || IsExpiredCallToken(err) != tc.want {
			t.Errorf("%d %s: %v, want %v", tc.status, tc.body, err, tc.want)
		}
	}
	if IsExpiredCallToken(nil) || IsExpiredCallToken(errors.New("x")) {
		t.Error("another error is an expired token")
	}
}

const mixedParts = "--b\r\nContent-Type: application/json\r\n\r\n%s\r\n--b\r\nContent-Type: application/json\r\n\r\n%s\r\n--b\r\nContent-Type: application/json\r\n\r\n%s\r\n--b--\r\n"

// TestSeveralByID reads both forms of a bulk answer, named and not, in order
// and not.
func TestSeveralByID(t *testing.T) {
	missing := `{"errorCode":"CMN-102","message":"Resource is not found"}`
	for name, tc := range map[string]struct{ kind, body string }{
		"parts":                               {"multipart/mixed; boundary=b", fmt.Sprintf(mixedParts, `{"response":[{"href":"https://x/call-log/A1","status":200},{"href":"https://x/call-log/B2","status":404}]}`, `{"id":"A1","result":"Missed"}`, missing)},
		"parts in another order":              {"multipart/mixed; boundary=b", fmt.Sprintf(mixedParts, `{"response":[{"href":"https://x/call-log/B2","status":404},{"href":"https://x/call-log/A1?view=Simple","status":200}]}`, missing, `{"id":"A1","result":"Missed"}`)},
		"parts without addresses":             {"multipart/mixed; boundary=b", fmt.Sprintf(mixedParts, `{"response":[{"status":200},{"status":404}]}`, `{"id":"A1","result":"Missed"}`, missing)},
		"parts whose addresses end in a word": {"multipart/mixed; boundary=b", fmt.Sprintf(mixedParts, `{"response":[{"href":"/a/presence","status":200},{"href":"/b/presence","status":404}]}`, `{"id":"A1","result":"Missed"}`, missing)},
		"a list":                              {MultipartJSON, `[{"resourceId":"B2","status":404,"body":` + missing + `},{"resourceId":"A1","status":200,"body":{"id":"A1","result":"Missed"}}]`},
	} {
		c, seen, _ := clientFor(t, answer(207, tc.kind, tc.body))
		got, err := c.CallsByID(t.Context(), CallScope{}, ids("A1", "B2", "A1"), false)
		if err != nil || len(got) != 2 || got[0].Call.Result != "Missed" || got[0].Err != nil || got[1].ID != "B2" || !api.IsNotFound(got[1].Err) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if r := (*seen)[0]; !strings.HasSuffix(r.path, "/call-log/A1,B2") || !strings.HasPrefix(r.accept, "multipart/mixed") {
			t.Errorf("%s: asked %+v", name, r)
		}
	}
	c, seen, _ := clientFor(t, answer(404, "application/json", missing))
	if got, err := c.CallsByID(t.Context(), CallScope{Company: true}, ids("Z9"), true); err != nil || len(got) != 1 || !api.IsNotFound(got[0].Err) || got[0].Status != 404 {
		t.Errorf("one that is gone: %+v, %v", got, err)
	}
	if r := (*seen)[0]; r.path != "/restapi/v1.0/account/~/call-log/Z9" || r.query != "view=Detailed" {
		t.Errorf("asked %+v", r)
	}
	for _, bad := range [][]ID{nil, ids(""), ids("a", "b,c"), ids("*")} {
		if _, err := c.CallsByID(t.Context(), CallScope{}, bad, false); !errors.Is(err, api.ErrNoIDs) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// A failure in the middle is told for what it hit and for what was not sent.
	n := 0
	c, _, _ = clientFor(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			answer(403, "application/json", `{"errorCode":"CMN-408","message":"no"}`)(w, r)
		}
	})
	many := make([]ID, 70)
	for i := range many {
		many[i] = ID(fmt.Sprint("x", i))
	}
	got, err := c.Presences(t.Context(), many, false)
	if err == nil || len(got) != 70 || errors.Is(got[29].Err, ErrNotSent) || !errors.Is(got[30].Err, ErrNotSent) {
		t.Errorf("%d, %v", len(got), err)
	}
}

func TestRecordingAddresses(t *testing.T) {
	c, _, srv := clientFor(t, answer(200, "application/json", `{"id":77,"contentUri":"https://media.x/r","contentType":"audio/mpeg","duration":31}`))
	if r, err := c.Recording(t.Context(), "77"); err != nil || r.ID != "77" || r.Duration != 31 {
		t.Errorf("%+v, %v", r, err)
	}
	for _, tc := range []struct {
		r    CallRecording
		want string
	}{
		{CallRecording{ID: "77", ContentURI: "https://media.x:443/r/77/content"}, "https://media.x:443/r/77/content"},
		{CallRecording{ID: "77", ContentURI: "/restapi/r/77/content"}, srv.URL + "/restapi/r/77/content"},
		{CallRecording{ID: "77"}, srv.URL + "/restapi/v1.0/account/~/recording/77/content"},
	} {
		if d, err := c.RecordingContent(tc.r); err != nil || d.URL != tc.want || d.Group != api.Heavy || d.Op != "readCallRecordingContent" {
			t.Errorf("%+v: %+v, %v", tc.r, d, err)
		}
	}
	if _, err := c.RecordingContent(CallRecording{}); !errors.Is(err, api.ErrNoIDs) {
		t.Errorf("no recording: %v", err)
	}
	if _, err := c.Recording(t.Context(), "7/8"); !errors.Is(err, api.ErrNoIDs) {
		t.Errorf("bad id: %v", err)
	}
}

func TestContactShapes(t *testing.T) {
	sync, err := decodeContactSync([]byte(`{"records":[{"id":"5","firstName":"A","birthday":"1960-01-02","shoeSize":44,"tags":["x"]},{"id":6,"availability":"Deleted"},{"id":7,"firstName":8}],"nextPageUri":"https://x/address-book-sync?pageId=90071992547409931&perPage=250"}`))
	if err != nil || len(sync.Records) != 2 || sync.NextPageID != "90071992547409931" || len(sync.Broken) != 1 || sync.Broken[0].ID != "7" {
		t.Fatalf("%+v, %v", sync, err)
	}
	if p := sync.Records[0]; p.ID != "5" || p.Birthday != "1960-01-02" || len(p.Other) != 2 || !sync.Records[1].Gone() || p.Gone() {
		t.Errorf("%+v", sync.Records)
	}
	for raw, bad := range map[string]bool{
		`{"records":[],"syncInfo":{}}`: true, `{"records":[],"nextPageUri":"https://x/"}`: true, `{"records":[],"nextPageId":5}`: false,
		`{"records":[],"nextPageId":0,"syncInfo":{"syncToken":"t","syncTime":"2026-11-19T08:07:06.000+0000"}}`: false,
	} {
		if _, err := decodeContactSync([]byte(raw)); (err != nil) != bad {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// TestContactWrites: an update sends everything back but what the service
// assigns, and ids that are none never reach a path.
func TestContactWrites(t *testing.T) {
	c, seen, _ := clientFor(t, answer(200, "application/json", `{"id":5,"uri":"u","availability":"Alive","firstName":"A","shoeSize":44,"homeAddress":{"city":"B"}}`))
	ctx := t.Context()
	p, err := c.Contact(ctx, "5")
	if err != nil {
		t.Fatal(err)
	}
	p.LastName, p.FirstName = "C", ""
	if _, err := c.UpdateContact(ctx, p); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateContact(ctx, p); err != nil {
		t.Fatal(err)
	}
	for _, r := range (*seen)[1:] {
		var body map[string]any
		if err := json.Unmarshal([]byte(r.body), &body); err != nil || len(body) != 3 || body["lastName"] != "C" || body["shoeSize"] != 44.0 {
			t.Errorf("%s %s: %s, %v", r.method, r.path, r.body, err)
		}
	}
	if r := (*seen)[1]; r.method != "PUT" || !strings.HasSuffix(r.path, "/address-book/contact/5") {
		t.Errorf("%+v", r)
	}
	*seen = nil
	for _, bad := range []ID{"", "*", "5,6", "-1", "x", "~"} {
		p.ID = bad
		_, err1 := c.UpdateContact(ctx, p)
		_, err2 := c.Contact(ctx, bad)
		if err := c.DeleteContact(ctx, bad); !errors.Is(err, api.ErrNoIDs) || !errors.Is(err1, api.ErrNoIDs) || !errors.Is(err2, api.ErrNoIDs) || len(*seen) > 0 {
			t.Errorf("id %q: %v, %v, %v", bad, err, err1, err2)
		}
	}
	favs, err := c.SetFavorites(ctx, []Favorite{{ID: "12", ExtensionID: "7", AccountID: "1"}, {ContactID: "5"}})
	if want := `{"records":[{"id":12,"extensionId":"7","accountId":"1"},{"contactId":"5"}]}`; err != nil || favs != nil || (*seen)[0].body != want {
		t.Errorf("%+v, %v\n%+v", favs, err, *seen)
	}
	c, seen, _ = clientFor(t, answer(500, "", ""))
	if _, err := c.CreateContact(ctx, p); !api.IsUnknown(err) || len(*seen) != 1 {
		t.Errorf("a lost answer: %v, %d requests", err, len(*seen))
	}
}
