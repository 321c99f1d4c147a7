package ringcentral

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"switchboard/api"
)

// slowly hands out a byte more than nothing at a time, and cannot go back.
type slowly struct{ r io.Reader }

func (s slowly) Read(p []byte) (int, error) { return s.r.Read(p[:min(len(p), 1000)]) }

func TestUploads(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 20_000)
	var got []byte
	var name string
	var length int64
	c, _, srv := clientFor(t, nil)
	srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		length = r.ContentLength
		_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		form, err := multipart.NewReader(r.Body, params["boundary"]).ReadForm(1 << 20)
		if err != nil || len(form.File["body"]) != 1 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		h := form.File["body"][0]
		name = h.Filename + "/" + h.Header.Get("Content-Type") + "?" + r.URL.RawQuery
		if f, err := h.Open(); err == nil {
			got, _ = io.ReadAll(f)
		}
		answer(200, "application/json", `[{"id":"9","contentUri":"https://dl.example/9","name":"n"}]`)(w, r)
	})
	ctx := t.Context()
	var steps []int64
	f, err := c.UploadFile(ctx, Upload{
		Name: "a \"b\"\r\nX: y.pdf", ContentType: "application/pdf", Size: int64(len(content)), Body: slowly{bytes.NewReader(content)}, Chat: "12",
		Progress: func(sent, total int64) { steps = append(steps, sent) },
	})
	if err != nil || f.ID != "9" || !bytes.Equal(got, content) || length <= int64(len(content)) {
		t.Fatalf("%+v, %d of %d bytes, length %d, %v", f, len(got), len(content), length, err)
	}
	if !strings.Contains(name, "/application/pdf?groupId=12&name=") || strings.Contains(name, "\n") {
		t.Errorf("sent as %q", name)
	}
	if len(steps) < 3 || steps[len(steps)-1] != int64(len(content)) || !slices.IsSorted(steps) {
		t.Errorf("told %v", steps)
	}
	got = nil
	for name, tc := range map[string]struct {
		u    Upload
		want error
	}{
		"too large": {Upload{Size: 30 << 20, Body: strings.NewReader("")}, ErrFileTooLarge},
		"odd chat":  {Upload{Size: 1, Body: strings.NewReader("x"), Chat: "a"}, api.ErrNoIDs},
		"shorter":   {Upload{Size: 10, Body: strings.NewReader("x")}, ErrFileChanged},
		"longer":    {Upload{Size: 1, Body: strings.NewReader("xyz")}, ErrFileChanged},
	} {
		if _, err := c.UploadFile(ctx, tc.u); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(got) > 0 {
		t.Errorf("%d bytes arrived", len(got))
	}
}

// TestUploadAgain: a token that was refused costs a second reading, where the
// source can be read twice.
func TestUploadAgain(t *testing.T) {
	refused := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if r.Header.Get("Authorization") == "Bearer old" {
			refused++
			answer(401, "application/json", `{"errorCode":"OAU-128","message":"expired"}`)(w, r)
			return
		}
		if !bytes.Contains(b, []byte("hello")) || bytes.Contains(b, []byte("skipped")) {
			t.Errorf("got %q", b)
		}
		answer(200, "application/json", `{"id":9,"contentUri":"/f/9"}`)(w, r)
	}))
	defer srv.Close()
	for name, tc := range map[string]struct {
		body io.Reader
		ok   bool
	}{"seekable": {strings.NewReader("skipped hello"), true}, "not": {slowly{strings.NewReader("skipped hello")}, false}} {
		k, err := api.New(api.Config{Name: "RingCentral", BaseURL: srv.URL, Auth: &turning{token: "old"}})
		if err != nil {
			t.Fatal(err)
		}
		refused = 0
		if _, err := io.ReadFull(tc.body, make([]byte, 8)); err != nil {
			t.Fatal(err)
		}
		f, err := New(k, srv.URL).UploadFile(t.Context(), Upload{Name: "x", Size: 5, Body: tc.body})
		if (err == nil) != tc.ok || tc.ok && f.ID != "9" || refused != 1 {
			t.Errorf("%s: %+v, %v, refused %d times", name, f, err, refused)
		}
		k.Close()
	}
}

// turning is an authorizer whose token turns new once.
type turning struct{ token string }

func (a *turning) Token(context.Context) (string, error) { return a.token, nil }

func (a *turning) Refresh(context.Context, string) (string, error) {
	a.token = "new"
	return a.token, nil
}

// TestFileContent: a file may be anywhere, the token not.
func TestFileContent(t *testing.T) {
	var tokens []string
	file := func(w http.ResponseWriter, r *http.Request) {
		tokens = append(tokens, r.Header.Get("Authorization"))
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/f", http.StatusFound)
			return
		}
		answer(200, "text/plain", "content of "+r.URL.Path)(w, r)
	}
	ours, theirs := httptest.NewServer(http.HandlerFunc(file)), httptest.NewServer(http.HandlerFunc(file))
	defer ours.Close()
	defer theirs.Close()
	k, err := api.New(api.Config{Name: "RingCentral", BaseURL: ours.URL, Auth: &turning{token: "secret"}, Retry: api.Retry{Attempts: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	c := New(k, ours.URL)
	for uri, want := range map[string]struct {
		tokens []string
		fails  bool
	}{
		ours.URL + "/f":      {[]string{"Bearer secret"}, false},
		"/f":                 {[]string{"Bearer secret"}, false},
		theirs.URL + "/f":    {[]string{""}, false},
		theirs.URL + "/away": {[]string{"", ""}, false},
		"ftp://x/f":          {nil, true},
		"http://192.0.2.1/f": {nil, true},
		"file:///etc/passwd": {nil, true},
		"//elsewhere/f":      {nil, true},
	} {
		tokens = nil
		into := &sinkBuffer{}
		d := c.FileContent(uri)
		d.Sink = into
		if _, err := c.Download(t.Context(), d); (err != nil) != want.fails || !slices.Equal(tokens, want.tokens) || !want.fails && into.String() == "" {
			t.Errorf("%s: %v, tokens %q", uri, err, tokens)
		}
	}
	d := c.FileContent(theirs.URL + "/f")
	d.Sink, d.Max = &sinkBuffer{}, 3
	if _, err := c.Download(t.Context(), d); !errors.Is(err, api.ErrTooLarge) {
		t.Errorf("more than wanted: %v", err)
	}
}

type sinkBuffer struct{ bytes.Buffer }

func (s *sinkBuffer) Len() int64   { return int64(s.Buffer.Len()) }
func (s *sinkBuffer) Reset() error { s.Buffer.Reset(); return nil }

func TestWebhookShapes(t *testing.T) {
	for raw, want := range map[string]int{
		`{"records":[{"id":"1","groupIds":["5"]},{"id":2,"groupsId":[6]}]}`: 2,
		`{"id":"1","groupsId":["5"],"status":"Frozen"}`:                     1,
		`{"records":[]}`: 0, `{}`: 0, `{"records":[{"id":"1","groupIds":["5"]},{"id":"2","creationTime":5}]}`: 1,
	} {
		list, _, err := decodeWebhooks([]byte(raw))
		if err != nil || len(list) != want || want > 0 && len(list[0].ChatIDs) != 1 {
			t.Errorf("%s: %+v, %v", raw, list, err)
		}
	}
}
