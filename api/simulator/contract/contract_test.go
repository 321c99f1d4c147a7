package contract_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"switchboard/api/simulator"
	"switchboard/api/simulator/contract"
)

const ext = "/restapi/v1.0/account/~/extension/~"

// caller makes checked requests to a simulator.
type caller struct {
	t      *testing.T
	client *http.Client
	d      *simulator.RingCentral
	token  string
}

func newCaller(t *testing.T) (*caller, *simulator.Server, *contract.Checker) {
	t.Helper()
	return newCallerOf(t, simulator.Config{Messages: 200, Seed: 7})
}

func newCallerOf(t *testing.T, cfg simulator.Config) (*caller, *simulator.Server, *contract.Checker) {
	t.Helper()
	check := contract.New(t)
	s, err := simulator.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return callerFor(t, s, check), s, check
}

// callerFor signs in.
func callerFor(t *testing.T, s *simulator.Server, check *contract.Checker) *caller {
	t.Helper()
	c := &caller{t: t, d: s.Description().RingCentral, client: &http.Client{
		Transport:     check.Transport(nil),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {c.d.JWT}}
	_, answer := c.do("POST", "/restapi/oauth/token", form.Encode(), "Content-Type: application/x-www-form-urlencoded", "basic")
	var got struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	form = url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.Refresh}}
	_, answer = c.do("POST", "/restapi/oauth/token", form.Encode(), "Content-Type: application/x-www-form-urlencoded", "basic")
	if err := json.Unmarshal(answer, &got); err != nil || got.Access == "" {
		t.Fatalf("refresh: %v %s", err, answer)
	}
	c.token = got.Access
	return c
}

func (c *caller) do(method, to, body string, headers ...string) (int, []byte) {
	c.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = c.d.BaseURL + to
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, to, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for _, h := range headers {
		if h == "basic" {
			r.SetBasicAuth(c.d.ClientID, c.d.ClientSecret)
			continue
		}
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	res, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return res.StatusCode, b
}

type message struct {
	ID          int64 `json:"id"`
	Attachments []struct {
		URI         string `json:"uri"`
		Type        string `json:"type"`
		ContentType string `json:"contentType"`
	} `json:"attachments"`
}

func (c *caller) list() []message {
	c.t.Helper()
	_, b := c.do("GET", ext+"/message-store?perPage=1000&dateFrom=2000-01-01T00:00:00Z&availability=Alive&availability=Deleted", "")
	var got struct {
		Records []message `json:"records"`
	}
	if err := json.Unmarshal(b, &got); err != nil || len(got.Records) != 200 {
		c.t.Fatalf("list: %d records, %v", len(got.Records), err)
	}
	return got.Records
}

// TestConforms asks every endpoint for every kind of answer it gives; the
// checker fails the test for any that the official document does not allow.
func TestConforms(t *testing.T) {
	c, s, check := newCaller(t)
	records := c.list()
	kinds := map[string]int{} // two of each: drawing a fax takes a while
	for _, m := range records {
		for _, a := range m.Attachments {
			if kinds[a.Type+a.ContentType]++; kinds[a.Type+a.ContentType] > 2 {
				continue
			}
			if status, b := c.do("GET", a.URI, "", "Range: bytes=0-99"); status != 206 && status != 416 {
				t.Errorf("content %s: status %d: %.300s", a.URI, status, b)
			}
		}
	}
	one := fmt.Sprint(records[0].ID)
	two := fmt.Sprintf("%d,%d", records[1].ID, records[2].ID)
	const multi = "application/vnd.ringcentral.multipart+json"
	steps := []struct {
		name, method, path, body string
		headers                  []string
		want                     int
	}{
		{"versions", "GET", "/restapi", "", nil, 200},
		{"version", "GET", "/restapi/v1.0", "", nil, 200},
		{"status", "GET", "/restapi/v1.0/status", "", nil, 200},
		{"extension", "GET", ext, "", nil, 200},
		{"empty page", "GET", ext + "/message-store?dateFrom=2001-01-01T00:00:00Z&dateTo=2001-01-02T00:00:00Z", "", nil, 200},
		{"bad page", "GET", ext + "/message-store?page=0", "", nil, 400},
		{"full sync", "GET", ext + "/message-sync?syncType=FSync&recordCount=3&dateFrom=2001-01-01T00:00:00Z", "", nil, 200},
		{"bad sync token", "GET", ext + "/message-sync?syncType=ISync&syncToken=xyz", "", nil, 400},
		{"single", "GET", ext + "/message-store/" + one, "", nil, 200},
		{"unknown", "GET", ext + "/message-store/1", "", nil, 404},
		{"bulk json", "GET", ext + "/message-store/1," + two, "", []string{"Accept: " + multi}, 207},
		{"bulk mixed", "GET", ext + "/message-store/1," + two, "", []string{"Accept: multipart/mixed"}, 207},
		{"read", "PUT", ext + "/message-store/" + one, `{"readStatus":"Read"}`, []string{"Content-Type: application/json"}, 200},
		{"bulk read", "PUT", ext + "/message-store/" + two, `[{"body":{"readStatus":"Read"}},{"body":{"readStatus":"Unread"}}]`, []string{"Content-Type: " + multi, "Accept: " + multi}, 207},
		{"bulk read by body", "PUT", ext + "/message-store/*", `[{"resourceId":"` + one + `","body":{"readStatus":"Unread"}}]`, []string{"Content-Type: " + multi, "Accept: " + multi}, 207},
		{"delete", "DELETE", ext + "/message-store/" + one, "", nil, 204},
		{"restore", "PATCH", ext + "/message-store/" + one, `{"availability":"Alive"}`, []string{"Content-Type: application/json"}, 200},
		{"bulk restore", "PATCH", ext + "/message-store/" + two, `[{"body":{"availability":"Alive"}},{"body":{"readStatus":"Read","availability":"Alive"}}]`, []string{"Content-Type: " + multi, "Accept: " + multi}, 207},
		{"bulk delete", "DELETE", ext + "/message-store/" + two, "", nil, 204},
		{"bulk delete, one unknown", "DELETE", ext + "/message-store/1," + two, "", []string{"Accept: " + multi}, 207},
		{"delete by body", "DELETE", ext + "/message-store/*", `["` + one + `"]`, []string{"Content-Type: application/json"}, 204},
		{"conversation", "DELETE", ext + "/message-store?conversationId=42", "", nil, 204},
		{"ring-out", "POST", ext + "/ring-out", `{"from":{"phoneNumber":"+16505550100"},"to":{"phoneNumber":"+14155550123"},"playPrompt":false}`, []string{"Content-Type: application/json"}, 200},
		{"authorize", "GET", "/restapi/oauth/authorize?response_type=code&client_id=" + c.d.ClientID + "&redirect_uri=" + url.QueryEscape(c.d.RedirectURIs[0]), "", nil, 302},
		{"authorize refused", "GET", "/restapi/oauth/authorize?response_type=code&client_id=" + c.d.ClientID + "&redirect_uri=http://x.example/", "", nil, 400},
		{"revoke nothing", "POST", "/restapi/oauth/revoke", "", []string{"Content-Type: application/x-www-form-urlencoded"}, 400},
	}
	for _, step := range steps {
		status, b := c.do(step.method, step.path, step.body, step.headers...)
		if status != step.want {
			t.Errorf("%s: status %d, want %d: %.300s", step.name, status, step.want, b)
		}
	}
	call := s.RingOuts()[0].ID
	for _, step := range []struct {
		method string
		want   int
	}{{"GET", 200}, {"DELETE", 204}, {"GET", 404}} {
		if status, b := c.do(step.method, ext+"/ring-out/"+call, ""); status != step.want {
			t.Errorf("%s ring-out: status %d, want %d: %s", step.method, status, step.want, b)
		}
	}
	for _, op := range []string{"getToken", "listMessages", "syncMessages", "readMessage", "updateMessage", "patchMessage", "deleteMessage", "readMessageContent", "createRingOutCall", "readExtension"} {
		if check.Seen(op) == 0 {
			t.Errorf("%s was never checked", op)
		}
	}
	if n := s.Wipes(); n != 0 {
		t.Errorf("the mailbox was wiped %d times", n)
	}
}

// TestEveryMessageConforms reads each message alone, and syncs increments with
// tombstones and arrivals.
func TestEveryMessageConforms(t *testing.T) {
	c, s, _ := newCaller(t)
	for _, m := range c.list() {
		if status, b := c.do("GET", fmt.Sprint(ext, "/message-store/", m.ID), ""); status != 200 {
			t.Errorf("message %d: status %d: %s", m.ID, status, b)
		}
	}
	_, b := c.do("GET", ext+"/message-sync?syncType=FSync", "")
	var got struct {
		Info struct {
			Token string `json:"syncToken"`
		} `json:"syncInfo"`
		Records []message `json:"records"`
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	s.Arrive(20)
	for _, m := range got.Records[:2] {
		c.do("DELETE", fmt.Sprint(ext, "/message-store/", m.ID), "")
	}
	_, b = c.do("GET", ext+"/message-sync?syncType=ISync&syncToken="+got.Info.Token, "")
	if err := json.Unmarshal(b, &got); err != nil || len(got.Records) < 22 {
		t.Errorf("increment: %d records, %v", len(got.Records), err)
	}
}

func request(t *testing.T, method, path string) *http.Request {
	if method != "POST" {
		return httptest.NewRequestWithContext(t.Context(), method, path, nil)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader("grant_type=password&code=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// failures collects what a checker reports.
type failures struct {
	testing.TB
	list []string
}

func (f *failures) Errorf(format string, args ...any) {
	f.list = append(f.list, fmt.Sprintf(format, args...))
}
func (f *failures) Helper() {}

// TestReports shows that the checker does fail for what does not conform.
func TestReports(t *testing.T) {
	contract.New(t) // skips
	cases := []struct {
		name, method, path, answer string
		status                     int
		want                       string
	}{
		{"unknown path", "GET", "/restapi/v1.0/nothing", "{}", 200, "not in the document"},
		{"bad query", "GET", ext + "/message-store?messageType=Letter", `{"records":[],"paging":{},"navigation":{}}`, 200, "messageType"},
		{"bad choice", "GET", ext + "/call-log?perPage=most", `{"records":[],"paging":{"perPage":1},"navigation":{}}`, 200, "perPage"},
		{"good choice", "GET", ext + "/call-log?perPage=max", `{"records":[],"paging":{"perPage":1},"navigation":{}}`, 200, ""},
		{"missing member", "GET", ext + "/message-store", `{"records":[]}`, 200, "paging"},
		{"wrong type", "GET", ext + "/message-store/1", `{"id":"1","vmSideRecipients":[{}]}`, 200, "id"},
		{"bad enum", "GET", ext + "/message-sync", `{"records":[{"type":"Letter"}],"syncInfo":{}}`, 200, "type"},
		{"bad time", "GET", ext + "/message-sync", `{"records":[{"creationTime":"yesterday"}],"syncInfo":{}}`, 200, "creationTime"},
		{"bare error", "GET", ext + "/message-sync", `{"message":"no"}`, 400, "envelope"},
		{"undocumented status", "GET", ext + "/message-sync", `{}`, 203, "status"},
		{"bad form", "POST", "/restapi/oauth/token", `{"access_token":"","expires_in":1,"scope":"","token_type":"bearer","session_id":""}`, 200, "grant_type"},
		{"good", "GET", ext + "/message-sync", `{"records":[],"syncInfo":{}}`, 200, ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			f := &failures{TB: t}
			h := contract.New(f).Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.answer)
			}))
			h.ServeHTTP(httptest.NewRecorder(), request(t, tc.method, tc.path))
			all := strings.Join(f.list, "\n")
			if (tc.want == "") != (all == "") || !strings.Contains(all, tc.want) {
				t.Errorf("reported %q, want %q in it", all, tc.want)
			}
		})
	}
}
