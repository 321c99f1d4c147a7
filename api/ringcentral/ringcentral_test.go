package ringcentral

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchboard/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// request is what the test server saw.
type request struct {
	method, path, query, accept, kind, body string
}

// clientFor starts a server that answers with h and notes every request.
func clientFor(t testing.TB, h http.HandlerFunc) (*Client, *[]request, *httptest.Server) {
	t.Helper()
	var seen []request
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		seen = append(seen, request{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Get("Accept"), r.Header.Get("Content-Type"), string(b)})
		h(w, r)
	}))
	c, err := api.New(api.Config{Name: "RingCentral", BaseURL: srv.URL, Retry: api.Retry{Attempts: 2, Initial: time.Millisecond, Max: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); srv.Close() })
	return New(c, srv.URL), &seen, srv
}

func answer(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const store = "/restapi/v1.0/account/~/extension/~/message-store"

func ids(list ...string) []ID {
	out := make([]ID, len(list))
	for i, s := range list {
		out[i] = ID(s)
	}
	return out
}

func TestIDs(t *testing.T) {
	for in, want := range map[string]ID{
		`8234962969801171948`: "8234962969801171948", `"8234962969801171948"`: "8234962969801171948", `"Y3Mx"`: "Y3Mx", `null`: "", `0`: "0", `-5`: "-5",
		`123456789012345678901234567890`: "123456789012345678901234567890",
	} {
		var id ID
		if err := json.Unmarshal([]byte(in), &id); err != nil || id != want {
			t.Errorf("%s: %q %v", in, id, err)
		}
	}
	for _, bad := range []string{`1.5`, `1e3`, `true`, `{}`, `[1]`, `"` + strings.Repeat("1", 300) + `"`} {
		var id ID
		if err := json.Unmarshal([]byte(bad), &id); err == nil {
			t.Errorf("%s became %q", bad, id)
		}
	}
	if b, err := json.Marshal(ID("5")); string(b) != `"5"` || err != nil {
		t.Error(string(b), err)
	}
	if ID("9223372036854775807").Int() != 1<<63-1 || ID("x").Int() != 0 || ID("99999999999999999999").Int() != 0 {
		t.Error("Int")
	}
}

func TestTimes(t *testing.T) {
	want := time.Date(2026, 11, 20, 9, 8, 7, 0, time.UTC)
	for _, s := range []string{
		"2026-11-20T09:08:07Z", "2026-11-20T09:08:07.000Z", "2026-11-20T09:08:07+0000", "2026-11-20T09:08:07.000+0000", "2026-11-20T10:08:07+01:00",
		"2026-11-20T10:08:07.000+0100", "2026-11-20T09:08:07", "2026-11-20T09:08:07.000",
	} {
		var got Time
		if err := json.Unmarshal([]byte(`"`+s+`"`), &got); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	var got Time
	if err := json.Unmarshal([]byte(`""`), &got); err != nil || !got.IsZero() {
		t.Error(got, err)
	}
	if err := json.Unmarshal([]byte(`null`), &got); err != nil || !got.IsZero() {
		t.Error(got, err)
	}
	for _, bad := range []string{`"yesterday"`, `5`, `"2026-13-01T00:00:00Z"`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s became %v", bad, got)
		}
	}
	if b, err := json.Marshal(Time{want}); string(b) != `"2026-11-20T09:08:07.000Z"` || err != nil {
		t.Error(string(b), err)
	}
}

func TestList(t *testing.T) {
	var srv *httptest.Server
	c, seen, srv := clientFor(t, func(w http.ResponseWriter, r *http.Request) {
		next := ""
		if r.URL.Query().Get("page") == "1" {
			next = `,"nextPage":{"uri":"` + srv.URL + store + `?page=2"}`
		}
		answer(200, "application/json", `{"records":[{"id":5,"type":"Fax","faxPageCount":0}],"navigation":{"firstPage":{"uri":"x"}`+next+`}}`)(w, r)
	})
	at := time.Date(2026, 11, 20, 1, 2, 3, 4e6, time.FixedZone("x", 3600))
	list, err := c.ListMessages(t.Context(), ListQuery{Types: []string{"Fax", "SMS"}, DateFrom: at, Page: 1, PerPage: 5000})
	if err != nil || len(list.Records) != 1 || list.Next == "" {
		t.Fatal(list, err)
	}
	list, err = c.ListMessages(t.Context(), ListQuery{Next: list.Next})
	if err != nil || list.Next != "" {
		t.Error(list, err)
	}
	if _, err = c.ListMessages(t.Context(), ListQuery{Next: "https://evil.example/x"}); !errors.Is(err, api.ErrHostNotAllowed) {
		t.Error(err)
	}
	if got := (*seen)[0].query; got != "dateFrom=2026-11-20T00%3A02%3A03.004Z&messageType=Fax&messageType=SMS&page=1&perPage=1000" {
		t.Error(got)
	}
	if got := (*seen)[1].query; got != "page=2" {
		t.Error(got)
	}
}

func TestContent(t *testing.T) {
	c, seen, srv := clientFor(t, answer(200, "text/plain; charset=utf-8", "\ufeffHello, caf\xc3\xa9"))
	for uri, want := range map[string]string{
		"/restapi/x": srv.URL + "/restapi/x", srv.URL + "/y": srv.URL + "/y", "//evil/x": "//evil/x",
	} {
		if d := c.Content(uri); d.URL != want || d.Group != api.Medium || d.Op != "readMessageContent" {
			t.Errorf("%s: %+v", uri, d)
		}
	}
	if got, err := c.Text(t.Context(), "/restapi/x"); got != "Hello, café" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if (*seen)[0].path != "/restapi/x" {
		t.Errorf("%+v", *seen)
	}
	if got, err := decodeText("text/plain; charset=ISO-8859-1", []byte("caf\xe9")); got != "café" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if got, err := decodeText("", []byte("a\xffb")); got != "a\ufffdb" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if _, err := decodeText("audio/mpeg", []byte("x")); err == nil {
		t.Error("audio is no text")
	}
	if c := New(c.Client, "media.example.com"); c.Content("/x").URL != "http://media.example.com/x" {
		t.Error(c.Content("/x").URL)
	}
}

func TestExtensionAndVersion(t *testing.T) {
	c, _, _ := clientFor(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "v1.0") {
			answer(200, "application/json", `{"uri":"u","versionString":"1.0.34","releaseDate":"2018-02-09T00:00:00.000Z","uriString":"v1.0"}`)(w, r)
			return
		}
		answer(200, "application/json", `{"id":77,"extensionNumber":"101","name":"Ann B","contact":{"firstName":"Ann","email":"a@b.c"},"account":{"id":"5"},
			"serviceFeatures":[{"featureName":"VoicemailToText","enabled":false,"reason":"AccountLimitation"}],"regionalSettings":{"timezone":{"id":"58","name":"US/Pacific"},"homeCountry":{"id":"1","isoCode":"US"}}}`)(w, r)
	})
	e, err := c.Extension(t.Context())
	if err != nil || e.ID != "77" || e.Account.ID != "5" || e.RegionalSettings.HomeCountry.ISOCode != "US" || e.Contact.Email != "a@b.c" {
		t.Errorf("%+v %v", e, err)
	}
	if on, known := e.Has("VoicemailToText"); on || !known {
		t.Error(on, known)
	}
	if _, known := e.Has("Fax"); known {
		t.Error("Fax is not mentioned")
	}
	if v, err := c.ServiceVersion(t.Context()); err != nil || v.VersionString != "1.0.34" || v.ReleaseDate.Year() != 2018 {
		t.Errorf("%+v %v", v, err)
	}
}

func TestRingOut(t *testing.T) {
	old := false
	c, seen, _ := clientFor(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case old && strings.Contains(r.URL.Path, "/ring-out"):
			answer(404, "application/json", `{"errorCode":"CMN-102"}`)(w, r)
		case r.Method == http.MethodDelete:
			answer(204, "", "")(w, r)
		default:
			answer(200, "application/json", `{"id":"Y3Mx@.=","uri":"u","status":{"callStatus":"InProgress","callerStatus":"InProgress","calleeStatus":"InProgress"}}`)(w, r)
		}
	})
	for _, old = range []bool{false, true} {
		*seen = nil
		s, err := c.RingOut(t.Context(), RingOutRequest{From: "+1555", To: "+1666", CallerID: "+1777", CountryID: "1"})
		if err != nil || s.ID != "Y3Mx@.=" || !s.Running() {
			t.Fatalf("%+v %v", s, err)
		}
		if _, err := c.RingOutState(t.Context(), s.ID); err != nil {
			t.Error(err)
		}
		if err := c.CancelRingOut(t.Context(), s.ID); err != nil {
			t.Error(err)
		}
		if b := (*seen)[0].body; b != `{"from":{"phoneNumber":"+1555"},"to":{"phoneNumber":"+1666"},"callerId":{"phoneNumber":"+1777"},"playPrompt":false,"country":{"id":"1"}}` {
			t.Error(b)
		}
		name, n := "/ring-out", 3
		if old {
			name, n = "/ringout", 4
		}
		if last := (*seen)[len(*seen)-1]; last.path != extension+name+"/Y3Mx@.=" || len(*seen) != n {
			t.Errorf("%+v", *seen)
		}
	}
}

func TestRingOutIsNeverSentTwice(t *testing.T) {
	c, seen, _ := clientFor(t, answer(504, "", ""))
	if _, err := c.RingOut(t.Context(), RingOutRequest{From: "1", To: "2"}); !api.IsUnknown(err) || len(*seen) != 1 {
		t.Errorf("sent %d times: %v", len(*seen), err)
	}
}
