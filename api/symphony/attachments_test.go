package symphony_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"switchboard/api"
	sym "switchboard/api/symphony"
)

const (
	stdStream  = "Zb7+V1Gz/1Az9Sqk0qXnhX///o3z0dgxdA=="
	safeStream = "Zb7-V1Gz_1Az9Sqk0qXnhX___o3z0dgxdA"
	stdMessage = "KpjYuzMLR+JK1co7QBfukX///peOpZmdbQ=="
	fileOnce   = "internal_13056700579891%2FWgDerTCmPNsF6JcMpISnKQ%3D%3D"
	content    = "/agent/v1/stream/" + safeStream + "/attachment"
)

// encoded answers with bytes in base64.
func encoded(raw []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = io.WriteString(w, base64.StdEncoding.EncodeToString(raw))
	}
}

func TestAttachment(t *testing.T) {
	s := newServers(t)
	want := make([]byte, 300_001)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(want)
	s.on("GET "+content, encoded(want))
	var told int64
	sink := &memory{}
	got, err := s.client().Attachment(t.Context(), stdStream, stdMessage, fileOnce, api.Download{
		Sink: sink, Progress: func(done, _ int64) { told = done },
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(sink.Bytes(), want) || got.Bytes != int64(len(want)) || got.Unpadded || told != got.Bytes {
		t.Errorf("%d bytes of %d, told %d: %+v", sink.Len(), len(want), told, got)
	}
	a := s.last(content)
	q, _ := url.ParseQuery(a.Query)
	if q.Get("fileId") != fileOnce || q.Get("messageId") != sym.SafeID(stdMessage) || strings.Contains(a.Query, "fileId=internal_13056700579891%2F") {
		t.Errorf("query %s", a.Query)
	}
	if a.Header.Get("Accept") != "*/*" || a.Header.Get("Accept-Encoding") != "identity" || a.Header.Get("keyManagerToken") == "" {
		t.Errorf("headers %v", a.Header)
	}
}

// TestFileIDForms: agents that want the id in one form or the other, and what is remembered.
func TestFileIDForms(t *testing.T) {
	unescaped, _ := url.PathUnescape(fileOnce)
	for _, tt := range []struct {
		name   string
		takes  string // the value of the parameter that the agent knows; "": none
		file   string
		option string
		status int // of the others
		asks   []int
	}{
		{"opaque", fileOnce, fileOnce, "", 400, []int{1, 1}},
		{"once", unescaped, fileOnce, "", 400, []int{2, 1}},
		{"once, 404", unescaped, fileOnce, "", 404, []int{2, 1}},
		{"once first", unescaped, fileOnce, sym.EncodeOnce, 400, []int{1, 1}},
		{"opaque, once first", fileOnce, fileOnce, sym.EncodeOnce, 400, []int{2, 1}},
		{"gone", "", fileOnce, "", 400, []int{2, 2}},
		{"not encoded", "internal_14+/==", "internal_14+/==", "", 400, []int{1, 1}},
		{"gone, not encoded", "", "internal_14+/==", "", 400, []int{1, 1}},
		{"a sign of percent", "", "100%", "", 400, []int{1, 1}},
		{"forbidden", "", fileOnce, "", 403, []int{1, 1}},
		{"server error", "", fileOnce, "", 501, []int{1, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServers(t)
			s.on("GET "+content, func(w http.ResponseWriter, r *http.Request) {
				if tt.takes != "" && r.URL.Query().Get("fileId") == tt.takes {
					encoded([]byte("hello"))(w, r)
					return
				}
				fails(tt.status, "Bad file")(w, r)
			})
			c := s.client(func(cfg *sym.Config) { cfg.EncodeFileID = tt.option })
			before := 0
			for i, want := range tt.asks {
				sink := &memory{}
				_, err := c.Attachment(t.Context(), stdStream, stdMessage, tt.file, api.Download{Sink: sink})
				if (err == nil) != (tt.takes != "") {
					t.Fatalf("time %d: %v", i, err)
				}
				if wantMissing := tt.takes == "" && (tt.status == 400 || tt.status == 404); api.IsNotFound(err) != wantMissing || wantMissing && api.IsTemporary(err) {
					t.Errorf("time %d: not found %v: %v", i, !wantMissing, err)
				}
				if err == nil && sink.String() != "hello" {
					t.Errorf("time %d: %q", i, sink.String())
				}
				n := len(s.to(content))
				if n-before != want {
					t.Errorf("time %d: asked %d times, want %d", i, n-before, want)
				}
				before = n
			}
		})
	}
	if _, err := sym.New(sym.Config{EncodeFileID: "twice"}); err == nil {
		t.Error("an option that does not exist is taken")
	}
}

// TestThrottledAttachment: 400 with Retry-After is a throttle, not a missing file.
func TestThrottledAttachment(t *testing.T) {
	s := newServers(t)
	n := 0
	s.on("GET "+content, func(w http.ResponseWriter, r *http.Request) {
		if n++; n < 3 {
			w.Header().Set("Retry-After", "1")
			fails(400, "too many requests")(w, r)
			return
		}
		encoded([]byte("hello"))(w, r)
	})
	c, sink := s.client(), &memory{}
	if _, err := c.Attachment(api.Background(t.Context()), stdStream, stdMessage, fileOnce, api.Download{Sink: sink}); err != nil || sink.String() != "hello" {
		t.Fatalf("%q %v", sink, err)
	}
	for _, a := range s.to(content) {
		if !strings.Contains(a.Query, "%252F") {
			t.Errorf("the other form was tried: %s", a.Query)
		}
	}
	s.on("GET "+content, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "600")
		fails(400, "too many requests")(w, r)
	})
	_, err := c.Attachment(t.Context(), stdStream, stdMessage, fileOnce, api.Download{Sink: &memory{}})
	if err == nil || api.IsNotFound(err) || !api.IsTemporary(err) {
		t.Errorf("got %v", err)
	}
}

// TestRefusedAttachment explains a 403.
func TestRefusedAttachment(t *testing.T) {
	room := "/pod/v3/room/" + safeStream + "/info"
	for _, tt := range []struct {
		name, room string
		hidden     bool
		words      string
	}{
		{"no history", `{"roomAttributes":{"viewHistory":false,"public":false}}`, true, "does not show its history"},
		{"history as text", `{"roomAttributes":{"viewHistory":"true"}}`, false, "not entitled"},
		{"public", `{"roomAttributes":{"viewHistory":false,"public":true}}`, false, "not entitled"},
		{"no room", "", false, "not entitled"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServers(t)
			s.on("GET "+room, fails(400, "not a room"))
			if tt.room != "" {
				s.json("GET "+room, tt.room)
			}
			s.on("GET "+content, fails(403, "entitlement"))
			c := s.client()
			for range 3 {
				_, err := c.Attachment(t.Context(), safeStream, stdMessage, fileOnce, api.Download{Sink: &memory{}})
				if sym.IsNoHistory(err) != tt.hidden || err == nil || !strings.Contains(err.Error(), tt.words) || api.IsTemporary(err) {
					t.Fatalf("got %v", err)
				}
			}
			if n := len(s.to(room)); n != 1 {
				t.Errorf("the room was asked about %d times", n)
			}
		})
	}
}

// TestContentTypeDecidesNothing: the status alone does.
func TestContentTypeDecidesNothing(t *testing.T) {
	for _, kind := range []string{"application/octet-stream", "text/plain", "application/json", "text/html", ""} {
		s := newServers(t)
		s.on("GET "+content, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{kind}
			_, _ = io.WriteString(w, "aGVsbG8=")
		})
		sink := &memory{}
		if _, err := s.client().Attachment(t.Context(), safeStream, stdMessage, "f", api.Download{Sink: sink}); err != nil || sink.String() != "hello" {
			t.Errorf("%s: %q %v", kind, sink, err)
		}
		s.on("GET "+content, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{kind}
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `{"code":"LIMIT_MESSAGE_X","message":"broken inside"}`)
		})
		_, err := s.client().Attachment(t.Context(), safeStream, stdMessage, "f", api.Download{Sink: &memory{}})
		var e *api.Error
		if !errors.As(err, &e) || e.Code != "LIMIT_MESSAGE_X" || e.Message != "broken inside" {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// TestBadBodies never makes a file of what is not one.
func TestBadBodies(t *testing.T) {
	for _, body := range []string{`"aGVsbG8="`, `{"code":200}`, "\ufeffaGVsbG8=", "aGVsbG8=aGVsbG8=", "aGVsbG8", "a-_b", "<html>", ""} {
		s := newServers(t)
		s.on("GET "+content, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		got, err := s.client().Attachment(t.Context(), safeStream, stdMessage, "f", api.Download{Sink: &memory{}})
		if body == "aGVsbG8" {
			if err != nil || !got.Unpadded {
				t.Errorf("%q: %+v %v", body, got, err)
			}
			continue
		}
		if !errors.Is(err, api.ErrBadBody) {
			t.Errorf("%q: %v", body, err)
		}
	}
	s := newServers(t)
	s.on("GET "+content, encoded(make([]byte, 1000)))
	if _, err := s.client().Attachment(t.Context(), safeStream, stdMessage, "f", api.Download{Sink: &memory{}, Max: 999}); !errors.Is(err, api.ErrTooLarge) {
		t.Errorf("over the limit: %v", err)
	}
}

func TestViolationAttachment(t *testing.T) {
	const path = "/agent/v3/dlp/violation/attachment"
	s := newServers(t)
	s.on("GET "+path, encoded([]byte("secret plan")))
	sink := &memory{}
	if _, err := s.client().ViolationAttachment(t.Context(), "v 1", fileOnce, api.Download{Sink: sink}); err != nil || sink.String() != "secret plan" {
		t.Fatalf("%q %v", sink, err)
	}
	if q := s.last(path).Query; !strings.Contains(q, "violationId=v+1") {
		t.Errorf("query %s", q)
	}
	s.on("GET "+path, fails(404, "none"))
	if _, err := s.client().ViolationAttachment(t.Context(), "v", "f", api.Download{Sink: &memory{}}); !api.IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestStreamAttachments(t *testing.T) {
	const path = "/pod/v1/streams/" + safeStream + "/attachments"
	s := newServers(t)
	s.json("GET "+path, `[
		{"messageId":"KpjYuzMLR+JK1co7QBfukX///peOpZmdbQ==","userId":14568529068038,"ingestionDate":1548089976418,"fileId":"internal_1%2F2","name":"car.png","size":15754,"content-type":"image/png","previews":[{"fileId":"p1","width":600},{"width":1}]},
		{"messageId":"m2","userId":"USER","ingestionDate":"1548089976419","fileId":"f2","name":null,"size":"12","contentType":"image/jpeg","previews":null},
		{"messageId":"m3","name":"no id"}, 7, null]`)
	list, err := s.client().StreamAttachments(t.Context(), stdStream, sym.AttachmentQuery{Limit: 5000, Newest: true})
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v %v", list, err)
	}
	a, b := list[0], list[1]
	if a.MessageID != stdMessage || a.ID != "internal_1%2F2" || a.UserID != "14568529068038" || a.Size != 15754 || a.ContentType != "image/png" ||
		a.Time.UnixMilli() != 1548089976418 || len(a.Previews) != 1 || a.Previews[0] != (sym.Preview{ID: "p1", Width: 600}) {
		t.Errorf("first %+v", a)
	}
	if b.ContentType != "image/jpeg" || b.Size != 12 || b.Time.UnixMilli() != 1548089976419 || b.Name != "" {
		t.Errorf("second %+v", b)
	}
	if r := s.last(path); r.Query != "limit=100&sortDir=DESC" || r.Header.Get("keyManagerToken") != "" {
		t.Errorf("asked %s with %v", r.Query, r.Header)
	}
}
