package api

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// text64 is a server of one base64 text, one script entry for each request.
type text64 struct {
	t     *testing.T
	text  string
	steps []string
	asked int
}

func (s *text64) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Range") != "" || r.Header.Get("If-Range") != "" || r.Header.Get("Accept") != "*/*" {
		s.t.Errorf("asked with %v", r.Header)
	}
	step := ""
	if s.asked < len(s.steps) {
		step = s.steps[s.asked]
	}
	s.asked++
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("ETag", `"v1"`)
	kind, arg, _ := strings.Cut(step, " ")
	n, _ := strconv.Atoi(arg)
	length := strconv.Itoa(len(s.text))
	switch kind {
	case "", "length":
		w.Header().Set("Content-Length", length)
		_, _ = io.WriteString(w, s.text)
	case "chunked":
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, s.text)
	case "cut": // with a length
		w.Header().Set("Content-Length", length)
		_, _ = io.WriteString(w, s.text[:n])
		panic(http.ErrAbortHandler)
	case "cutchunked":
		_, _ = io.WriteString(w, s.text[:n])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	case "open", "cutopen": // nothing marks the end
		if kind == "open" {
			n = len(s.text)
		}
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			s.t.Error(err)
			return
		}
		_, _ = fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%s", s.text[:n])
		_ = buf.Flush()
		_ = conn.(*net.TCPConn).CloseWrite()
		_ = conn.Close()
	case "type":
		w.Header().Set("Content-Type", arg)
		_, _ = io.WriteString(w, s.text)
	case "part":
		w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(s.text)-1, len(s.text)))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = io.WriteString(w, s.text)
	case "status":
		w.WriteHeader(n)
		_, _ = io.WriteString(w, `{"code":1,"message":"m"}`)
	case "body":
		_, _ = io.WriteString(w, arg)
	}
}

func TestDownloadBase64(t *testing.T) {
	want := content(400_001, 0)
	padded := base64.StdEncoding.EncodeToString(want)
	raw := strings.TrimRight(padded, "=")
	cut := len(padded) / 2 / 4 * 4 // between two groups
	for _, tt := range []struct {
		name, text string
		steps      []string
		max        int64
		asked      int
		err        string // "": it comes
		unpadded   bool
		unframed   bool
		resets     int
	}{
		{name: "with a length", text: padded, asked: 1},
		{name: "in chunks", text: padded, steps: []string{"chunked"}, asked: 1},
		{name: "with line breaks", text: wrap(padded, 76, "\r\n") + "\r\n", asked: 1},
		{name: "unpadded", text: raw, asked: 1, unpadded: true},
		{name: "unpadded in chunks", text: raw, steps: []string{"chunked"}, asked: 1, unpadded: true},
		{name: "nothing marks the end", text: padded, steps: []string{"open"}, asked: 1, unframed: true},
		{name: "any content type", text: padded, steps: []string{"type text/html; charset=utf-8"}, asked: 1},
		{name: "JSON as the content type", text: padded, steps: []string{"type application/json"}, asked: 1},
		{name: "cut, then whole", text: padded, steps: []string{"cut 300000"}, asked: 2, resets: 1},
		{name: "cut between groups, with a length", text: padded, steps: []string{fmt.Sprint("cut ", cut)}, asked: 2, resets: 1},
		{name: "cut between groups, in chunks", text: padded, steps: []string{fmt.Sprint("cutchunked ", cut)}, asked: 2, resets: 1},
		{name: "cut within a group, nothing marks the end", text: padded, steps: []string{"cutopen 300001"}, asked: 2, resets: 1},
		{name: "always cut", text: padded, steps: []string{"cut 40000", "cut 40000", "cut 40000", "cut 40000", "cut 40000"}, asked: 5, resets: 5, err: "unexpected EOF"},
		{name: "service trouble first", text: padded, steps: []string{"status 503", "status 500"}, asked: 3},
		{name: "a failure in JSON", text: padded, steps: []string{"status 400"}, asked: 1, err: "m (400 1)"},
		{name: "an error with status 200", text: padded, steps: []string{`body {"code":400}`}, asked: 1, err: "byte 0: JSON"},
		{name: "a web page with status 200", text: padded, steps: []string{"body <html>"}, asked: 1, err: "byte 0: a web page"},
		{name: "doubled", text: padded + padded, asked: 1, err: fmt.Sprintf("byte %d: more after the padding", len(padded))},
		{name: "short by a letter, as announced", text: raw[:len(raw)-2], asked: 1, err: "within a group"},
		{name: "short by a letter, in chunks", text: raw[:len(raw)-2], steps: []string{"chunked"}, asked: 1, err: "within a group"},
		{name: "the URL-safe alphabet", text: strings.ReplaceAll(padded, "/", "_"), asked: 1, err: "URL-safe"},
		{name: "decoded twice would be wrong", text: base64.StdEncoding.EncodeToString([]byte(padded)), asked: 1, err: "other content"},
		{name: "empty", text: "", asked: 1, err: "nothing came"},
		{name: "exactly the most allowed", text: padded, max: 400_001, asked: 1},
		{name: "a byte too much", text: padded, max: 400_000, asked: 1, err: "at most 400000"},
		{name: "far too much, announced", text: padded, max: 100_000, asked: 1, err: "of base64, at most 100000 decoded"},
		{name: "a part that nobody asked for", text: padded, steps: []string{"part"}, asked: 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := &text64{t: t, text: tt.text, steps: tt.steps}
			c, _, _ := serverFor(t, srv.ServeHTTP)
			sink := &memory{}
			_, _ = sink.Write([]byte("left over from before"))
			var last, total int64
			got, err := c.Download(t.Context(), Download{
				Op: "op", URL: "/x", Sink: sink, Base64: true, Max: tt.max, Validator: `"v1"`,
				Keep: func(v string, n int64) error {
					if v != "" || n != -1 || sink.Len() != 0 {
						t.Errorf("keep %q, %d, with %d bytes written", v, n, sink.Len())
					}
					return nil
				},
				Progress: func(done, of int64) { last, total = done, of },
			})
			if srv.asked != tt.asked || sink.resets != tt.resets+1 {
				t.Errorf("asked %d times, %d resets", srv.asked, sink.resets)
			}
			if tt.err == "other content" && err == nil && sink.String() == padded {
				return
			}
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				if cutOff := strings.Contains(tt.name, "always cut"); IsTemporary(err) != cutOff {
					t.Errorf("temporary %v: %v", IsTemporary(err), err)
				}
				return
			}
			if err != nil || !bytes.Equal(sink.Bytes(), want) {
				t.Fatalf("%d bytes, %v", sink.Len(), err)
			}
			size := int64(len(want))
			if got.Bytes != size || last != size || total != size || got.Unpadded != tt.unpadded || got.Unframed != tt.unframed || got.ContentType != "" || got.Validator != "" {
				t.Errorf("got %+v, progress %d of %d", got, last, total)
			}
		})
	}
}

// TestDownloadBase64OfNothing is allowed where the file is known to be empty.
func TestDownloadBase64OfNothing(t *testing.T) {
	c, _, _ := serverFor(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "\r\n") })
	sink := &memory{}
	if got, err := c.Download(t.Context(), Download{Op: "op", URL: "/x", Sink: sink, Base64: true, Empty: true}); err != nil || got.Bytes != 0 || got.Unpadded {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := c.Download(t.Context(), Download{Op: "op", URL: "/x", Sink: sink, Base64: true}); !errors.Is(err, ErrBase64) || !errors.Is(err, ErrBadBody) {
		t.Errorf("%v", err)
	}
}

// TestDownloadBase64Progress tells what the length of the body lets expect.
func TestDownloadBase64Progress(t *testing.T) {
	want := content(3_000_000, 0)
	c, _, clock := serverFor(t, (&text64{t: t, text: base64.StdEncoding.EncodeToString(want)}).ServeHTTP)
	var told []int64
	sink := &memory{}
	_, err := c.Download(t.Context(), Download{Op: "op", URL: "/x", Sink: sink, Base64: true, Progress: func(done, total int64) {
		if total != int64(len(want)) || len(told) > 0 && done < told[len(told)-1] {
			t.Errorf("%d of %d after %v", done, total, told)
		}
		told = append(told, done)
		clock.Advance(time.Second)
	}})
	if err != nil || len(told) < 3 || told[len(told)-1] != int64(len(want)) {
		t.Errorf("told %v, %v", told, err)
	}
}

// TestDownloadBase64Memory checks that a larger file takes no more memory.
func TestDownloadBase64Memory(t *testing.T) {
	const size = 24 << 20
	c, _, _ := serverFor(t, serve64(size), func(cfg *Config) { cfg.Clock = SystemClock{} })
	fetch := func() {
		if got, err := c.Download(t.Context(), Download{Op: "op", URL: "/base64", Sink: &endless{}, Base64: true}); err != nil || got.Bytes != size {
			t.Fatal(got, err)
		}
	}
	fetch() // buffers and connections are made once
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fetch()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were asked for to fetch %d", n, size)
	}
}

// TestDownloadBase64KeepsASinksError tells a full disk from a bad body.
func TestDownloadBase64KeepsASinksError(t *testing.T) {
	c, _, _ := serverFor(t, (&text64{t: t, text: base64.StdEncoding.EncodeToString(content(500_000, 0))}).ServeHTTP)
	full := errors.New("disk full")
	_, err := c.Download(t.Context(), Download{Op: "op", URL: "/x", Sink: &memory{fail: full}, Base64: true})
	if !errors.Is(err, full) || errors.Is(err, ErrBadBody) || IsTemporary(err) {
		t.Errorf("%v", err)
	}
	_, err = c.Download(t.Context(), Download{Op: "op", URL: "/x", Sink: &memory{}, Base64: true, Keep: func(string, int64) error { return full }})
	if !errors.Is(err, full) || IsTemporary(err) {
		t.Errorf("before the first byte: %v", err)
	}
}
