package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const mediaSize = 300_000

// downloadCase is one script of the media server and what has to come of it.
type downloadCase struct {
	name      string
	etag, mod string
	steps     []string
	have      int // kept from an earlier run
	validator string
	max       int64
	ok        bool
	ranges    []string // what was asked
	resets    int
	changed   bool
	err       error
}

// downloadCases is the table of what can happen to a transfer.
func downloadCases() []downloadCase {
	const size = mediaSize
	whole := fmt.Sprintf("bytes=%d-", 100_000)
	return []downloadCase{
		{name: "plain", etag: `"v1"`, ok: true, ranges: []string{""}},
		{name: "no length", steps: []string{"chunked"}, ok: true, ranges: []string{""}},
		{name: "reset, strong validator: resumes", etag: `"v1"`, steps: []string{"reset 100000"}, ok: true, ranges: []string{"", whole}},
		{name: "reset, no validator: starts over", steps: []string{"reset 100000"}, ok: true, ranges: []string{"", ""}, resets: 1},
		{name: "reset, weak validator: starts over", etag: `W/"v1"`, steps: []string{"reset 100000"}, ok: true, ranges: []string{"", ""}, resets: 1},
		{name: "reset without length, strong", etag: `"v1"`, steps: []string{"chunkedreset 100000"}, ok: true, ranges: []string{"", whole}},
		{name: "many resets with headway", etag: `"v1"`, steps: []string{"reset 70000", "reset 70000", "reset 70000", "reset 70000"}, ok: true, ranges: []string{"", "bytes=70000-", "bytes=140000-", "bytes=210000-", "bytes=280000-"}},
		{name: "resets without headway end", etag: `"v1"`, steps: []string{"reset 9", "reset 9", "reset 9", "reset 9", "reset 9", "reset 9"}, ranges: []string{"", "bytes=9-", "bytes=18-", "bytes=27-", "bytes=36-"}, err: ErrBadBody},
		{name: "endless restarts end", steps: []string{"reset 100000", "reset 100000", "reset 100000", "reset 100000", "reset 100000", "reset 100000", "reset 100000", "reset 100000"}, ranges: nil, resets: 5, err: ErrBadBody},
		{name: "from an earlier run", etag: `"v1"`, have: 100_000, validator: `"v1"`, ok: true, ranges: []string{whole}},
		{name: "earlier run, no validator", etag: `"v1"`, have: 100_000, ok: true, ranges: []string{""}, resets: 1},
		{name: "earlier run, weak validator", etag: `W/"v1"`, have: 100_000, validator: `W/"v1"`, ok: true, ranges: []string{""}, resets: 1},
		{name: "earlier run, content changed", etag: `"v2"`, have: 100_000, validator: `"v1"`, ok: true, ranges: []string{whole}, resets: 1},
		{name: "range ignored", etag: `"v1"`, have: 100_000, validator: `"v1"`, steps: []string{"whole"}, ok: true, ranges: []string{whole}, resets: 1},
		{name: "416: starts over", etag: `"v1"`, have: 400_000, validator: `"v1"`, steps: []string{"416"}, ok: true, ranges: []string{"bytes=400000-", ""}, resets: 1},
		{name: "416: everything is here", etag: `"v1"`, have: size, validator: `"v1"`, steps: []string{"416"}, ok: true, ranges: []string{"bytes=300000-"}},
		{name: "416 of another version", etag: `"v2"`, have: size, validator: `"v1"`, steps: []string{"416"}, ok: true, ranges: []string{"bytes=300000-", ""}, resets: 1},
		{name: "416 with content in between", etag: `"v1"`, have: 100_000, validator: `"v1"`, steps: []string{"416", "reset 100000", "416"}, ok: true, ranges: []string{whole, "", whole, ""}, resets: 2},
		{name: "416 whatever is asked", etag: `"v1"`, have: 100_000, validator: `"v1"`, steps: []string{"416", "416"}, ranges: []string{whole, ""}, resets: 1},
		{name: "always a wrong length", etag: `"v1"`, steps: []string{"overlong", "416", "overlong", "416", "overlong", "416", "overlong", "416"}, ranges: []string{"", "bytes=300000-", "", "bytes=300000-", ""}, resets: 2},
		{name: "a wrong length once", etag: `"v1"`, steps: []string{"overlong", "416", ""}, ok: true, ranges: []string{"", "bytes=300000-", ""}, resets: 1},
		{name: "416 to no range", steps: []string{"416"}, ranges: []string{""}},
		{name: "unasked parts, strong", etag: `"v1"`, steps: []string{"parts 100000", "parts 150000"}, ok: true, ranges: []string{"", whole, "bytes=250000-"}},
		{name: "unasked parts, no validator", mod: "Fri, 20 Nov 2026 10:00:00 GMT", steps: []string{"parts 100000", "parts 150000"}, ok: true, ranges: []string{"", whole, "bytes=250000-"}},
		{name: "changed between tries", etag: `"v1"`, steps: []string{"reset 100000", "change"}, ok: true, ranges: []string{"", whole, whole}, resets: 1, changed: true},
		{name: "changed, but the range is honoured", etag: `"v1"`, steps: []string{"reset 100000", "changerange"}, ok: true, ranges: []string{"", whole, ""}, resets: 1, changed: true},
		{name: "part from another place", etag: `"v1"`, steps: []string{"reset 100000", "elsewhere 50"}, ok: true, ranges: []string{"", whole, ""}, resets: 1},
		{name: "unasked part from the middle", etag: `"v1"`, steps: []string{"elsewhere 50"}, ok: true, ranges: []string{"", ""}},
		{name: "bad Content-Range", etag: `"v1"`, steps: []string{"badrange"}, ok: true, ranges: []string{"", ""}},
		{name: "part of unknown size", etag: `"v1"`, steps: []string{"unknowntotal 100"}, ok: true, ranges: []string{"", ""}},
		{name: "more than announced", etag: `"v1"`, steps: []string{"long 1000"}, ok: true, ranges: []string{"", ""}, resets: 1},
		{name: "server trouble first", etag: `"v1"`, steps: []string{"status 503", "status 500"}, ok: true, ranges: []string{"", "", ""}},
		{name: "web page first", etag: `"v1"`, steps: []string{"page"}, ok: true, ranges: []string{"", ""}},
		{name: "web page to a range", etag: `"v1"`, have: 100_000, validator: `"v1"`, steps: []string{"page"}, ok: true, ranges: []string{whole, whole}},
		{name: "not found", steps: []string{"status 404"}, ranges: []string{""}},
		{name: "no content", steps: []string{"status 204", "status 204", "status 204", "status 204", "status 204"}, ranges: nil, err: ErrBadBody},
		{name: "announced too large", etag: `"v1"`, max: size - 1, ranges: []string{""}, err: ErrTooLarge},
		{name: "too large unannounced", steps: []string{"chunked"}, max: size - 1, ranges: []string{""}, err: ErrTooLarge},
		{name: "too large in parts", etag: `"v1"`, steps: []string{"parts 1000"}, max: size - 1, ranges: []string{""}, err: ErrTooLarge},
	}
}

func TestDownload(t *testing.T) {
	const size = mediaSize
	for _, tt := range downloadCases() {
		t.Run(tt.name, func(t *testing.T) {
			m := &media{t: t, data: content(size, 0), etag: tt.etag, modTime: tt.mod, steps: tt.steps}
			c, _, _ := serverFor(t, m.ServeHTTP)
			sink := &memory{}
			old := content(500_000, 0)
			_, _ = sink.Write(old[:tt.have])
			var kept []string
			var last int64
			got, err := c.Download(t.Context(), Download{
				Op: "op", URL: "/content", Sink: sink, Validator: tt.validator, Max: tt.max,
				Keep: func(v string, total int64) error {
					if sink.Len() != 0 {
						t.Errorf("%d bytes were written before Keep", sink.Len())
					}
					kept = append(kept, fmt.Sprintf("%s %d", v, total))
					return nil
				},
				Progress: func(done, _ int64) { last = done },
			})
			if (err == nil) != tt.ok || tt.err != nil && !errors.Is(err, tt.err) {
				t.Fatalf("error %v", err)
			}
			if tt.ranges != nil && strings.Join(m.asked, ",") != strings.Join(tt.ranges, ",") {
				t.Errorf("asked %q", m.asked)
			}
			if sink.resets != tt.resets {
				t.Errorf("%d resets", sink.resets)
			}
			for i, r := range m.asked {
				if weak := m.ranges[i]; r != "" && weak == "" && tt.mod == "" || strings.HasPrefix(weak, "W/") {
					t.Errorf("request %d: Range %q with If-Range %q", i, r, weak)
				}
			}
			if !tt.ok {
				return
			}
			want := content(size, 0)
			if tt.changed {
				want = content(size, 9)
			}
			if !bytes.Equal(sink.Bytes(), want) {
				t.Errorf("%d bytes, not the right ones", sink.Len())
			}
			if got.Bytes != size || last != size || got.Name != "voice mail.mp3" || got.ContentType != "audio/mpeg" || got.Validator != strong(m.etag) {
				t.Errorf("got %+v, last progress %d", got, last)
			}
			if sink.resets > 0 && len(kept) == 0 {
				t.Error("Keep was not told of the new content")
			}
		})
	}
}

func TestDownloadKeepsWhatArrived(t *testing.T) {
	m := &media{t: t, data: content(300_000, 0), etag: `"v1"`, steps: []string{"reset 100000", "status 404"}}
	c, _, _ := serverFor(t, m.ServeHTTP)
	sink := &memory{}
	var validator string
	d := Download{Op: "op", URL: "/x", Sink: sink, Keep: func(v string, _ int64) error { validator = v; return nil }}
	if _, err := c.Download(t.Context(), d); !IsNotFound(err) || sink.Len() != 100_000 {
		t.Fatalf("%d bytes, %v", sink.Len(), err)
	}
	d.Validator = validator
	if _, err := c.Download(t.Context(), d); err != nil || !bytes.Equal(sink.Bytes(), m.data) || m.asked[2] != "bytes=100000-" {
		t.Errorf("%v %q", err, m.asked)
	}
}

func TestDownloadFailsForItsSink(t *testing.T) {
	full := errors.New("disk full")
	m := &media{t: t, data: content(1000, 0)}
	c, _, _ := serverFor(t, m.ServeHTTP)
	for name, d := range map[string]Download{
		"write": {Sink: &memory{fail: full}},
		"keep":  {Sink: &memory{}, Keep: func(string, int64) error { return full }},
	} {
		m.asked = nil
		d.Op, d.URL = "op", "/x"
		if _, err := c.Download(t.Context(), d); !errors.Is(err, full) || IsTemporary(err) || len(m.asked) != 1 {
			t.Errorf("%s: asked %d times: %v", name, len(m.asked), err)
		}
	}
}

func TestDownloadIdleAndCancel(t *testing.T) {
	stuck := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "some")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	c, _, _ := serverFor(t, stuck, func(cfg *Config) { cfg.Idle = 20 * time.Millisecond; cfg.Retry.Attempts = 2 })
	if _, err := c.Download(t.Context(), Download{Op: "op", URL: "/x", Sink: &memory{}}); !errors.Is(err, ErrIdle) || !IsTemporary(err) {
		t.Error(err)
	}
	c, _, _ = serverFor(t, stuck)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	d := Download{Op: "op", URL: "/x", Sink: &memory{}, Progress: func(int64, int64) { cancel() }}
	if _, err := c.Download(ctx, d); !errors.Is(err, context.Canceled) || IsTemporary(err) {
		t.Error(err)
	}
}

func TestDownloadRefusesForeignHosts(t *testing.T) {
	c, _, _ := serverFor(t, func(http.ResponseWriter, *http.Request) {})
	if _, err := c.Download(t.Context(), Download{Op: "op", URL: "https://evil.example/x", Sink: &memory{}}); !errors.Is(err, ErrHostNotAllowed) || IsTemporary(err) {
		t.Error(err)
	}
}
