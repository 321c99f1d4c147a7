package simulator

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"switchboard/api/simulator/handclock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ext = "/restapi/v1.0/account/~/extension/~"

// person is a signed-in client of one server under test.
type person struct {
	t      testing.TB
	s      *Server
	clock  *handclock.Clock
	client *http.Client
	d      *RingCentral
	token  string
}

func start(t testing.TB, cfg Config) *person {
	t.Helper()
	p := &person{t: t, clock: handclock.New()}
	cfg.Now = p.clock.Now
	s, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	p.s, p.d = s, s.Description().RingCentral
	p.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	p.token = p.signIn().AccessToken
	return p
}

func (p *person) signIn() tokenAnswer {
	p.t.Helper()
	a := p.form("/restapi/oauth/token", true, "grant_type", grantJWT, "assertion", p.d.JWT)
	if a.status != 200 {
		p.t.Fatalf("sign in: %d %s", a.status, a.body)
	}
	return decode[tokenAnswer](p.t, a)
}

type answer struct {
	status int
	header http.Header
	body   []byte
	err    error // in the connection or the body
}

func (a answer) code() string {
	var e errorBody
	_ = json.Unmarshal(a.body, &e) // no envelope, no code
	if e.Code == "" && len(e.Errors) > 0 {
		return e.Errors[0].Code
	}
	return e.Code
}

func decode[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("decode %d %.200s: %v", a.status, a.body, err)
	}
	return v
}

// do sends one request; a path without a host goes to the platform.
func (p *person) do(method, to, body string, headers ...string) answer {
	p.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = p.d.BaseURL + to
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, to, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	if strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[") {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	return p.send(r)
}

func (p *person) send(r *http.Request) answer {
	res, err := p.client.Do(r)
	if err != nil {
		return answer{err: err}
	}
	b, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, header: res.Header, body: b, err: errors.Join(err, res.Body.Close())}
}

func (p *person) get(path string, headers ...string) answer {
	p.t.Helper()
	return p.do("GET", path, "", headers...)
}

func (p *person) form(path string, basic bool, pairs ...string) answer {
	p.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.d.BaseURL+path, strings.NewReader(v.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if basic {
		r.SetBasicAuth(p.d.ClientID, p.d.ClientSecret)
	}
	return p.send(r)
}

func (p *person) control(path, body string) answer {
	p.t.Helper()
	method := "POST"
	if body == "" {
		method = "GET"
	}
	return p.do(method, p.s.Description().ControlURL+path, body)
}

// wireMessage is what the tests look at.
type wireMessage struct {
	ID           int64     `json:"id"`
	Type         string    `json:"type"`
	Direction    string    `json:"direction"`
	Created      time.Time `json:"creationTime"`
	Modified     time.Time `json:"lastModifiedTime"`
	ReadStatus   string    `json:"readStatus"`
	Availability string    `json:"availability"`
	Transcript   string    `json:"vmTranscriptionStatus"`
	Conversation int64     `json:"conversationId"`
	Attachments  []struct {
		ID          int64  `json:"id"`
		URI         string `json:"uri"`
		Type        string `json:"type"`
		ContentType string `json:"contentType"`
	} `json:"attachments"`
}

type wireList struct {
	Records []wireMessage `json:"records"`
	Paging  struct {
		Page          int  `json:"page"`
		PerPage       int  `json:"perPage"`
		PageStart     *int `json:"pageStart"`
		PageEnd       *int `json:"pageEnd"`
		TotalPages    *int `json:"totalPages"`
		TotalElements *int `json:"totalElements"`
	} `json:"paging"`
	Navigation map[string]struct {
		URI string `json:"uri"`
	} `json:"navigation"`
	Info struct {
		Type  string    `json:"syncType"`
		Token string    `json:"syncToken"`
		Time  time.Time `json:"syncTime"`
		Older bool      `json:"olderRecordsExist"`
	} `json:"syncInfo"`
}

func (p *person) list(query string) wireList {
	p.t.Helper()
	a := p.get(ext + "/message-store?" + query)
	if a.status != 200 {
		p.t.Fatalf("list %s: %d %s", query, a.status, a.body)
	}
	return decode[wireList](p.t, a)
}

func (p *person) sync(query string) wireList {
	p.t.Helper()
	a := p.get(ext + "/message-sync?" + query)
	if a.status != 200 {
		p.t.Fatalf("sync %s: %d %s", query, a.status, a.body)
	}
	return decode[wireList](p.t, a)
}

const since2000 = "dateFrom=2000-01-01T00:00:00Z"

// all is every message that is alive, newest first.
func (p *person) all() []wireMessage {
	p.t.Helper()
	return p.list(since2000 + "&perPage=1000").Records
}

func ids(list []wireMessage) []int64 {
	got := make([]int64, 0, len(list))
	for _, m := range list {
		got = append(got, m.ID)
	}
	return got
}
