package api

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// content is what the download tests fetch: every byte tells its place.
func content(n int, version byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7+i>>8) ^ version
	}
	return b
}

// media is a server of one content that fails as a script tells it, step by
// step; after the last step it behaves.
type media struct {
	t       *testing.T
	data    []byte
	etag    string
	modTime string
	steps   []string
	asked   []string // Range of each request
	ranges  []string // If-Range of each request
}

func (m *media) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.asked = append(m.asked, r.Header.Get("Range"))
	m.ranges = append(m.ranges, r.Header.Get("If-Range"))
	if r.Header.Get("Accept-Encoding") != "identity" {
		m.t.Errorf("Accept-Encoding %q", r.Header.Get("Accept-Encoding"))
	}
	step := ""
	if len(m.steps) > 0 {
		step, m.steps = m.steps[0], m.steps[1:]
	}
	h := w.Header()
	h.Set("Content-Type", "audio/mpeg")
	h.Set("Content-Disposition", `attachment; filename="voice mail.mp3"`)
	if m.etag != "" {
		h.Set("ETag", m.etag)
	}
	if m.modTime != "" {
		h.Set("Last-Modified", m.modTime)
	}
	size := len(m.data)
	from := 0
	if rg := r.Header.Get("Range"); rg != "" && (r.Header.Get("If-Range") == "" || r.Header.Get("If-Range") == m.etag) {
		from, _ = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(rg, "bytes="), "-"))
	}
	part := func(first, last, total int) {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, total))
		h.Set("Content-Length", strconv.Itoa(last-first+1))
		w.WriteHeader(http.StatusPartialContent)
	}
	ok := func() {
		if from > 0 {
			part(from, size-1, size)
		} else {
			h.Set("Content-Length", strconv.Itoa(size))
		}
		_, _ = w.Write(m.data[from:])
	}
	name, arg, _ := strings.Cut(step, " ")
	n, _ := strconv.Atoi(arg)
	if name == "" {
		ok()
		return
	}
	m.misbehave(w, name, n, from, part)
}

// misbehave plays one step: name, its number, and the place that was asked for.
func (m *media) misbehave(w http.ResponseWriter, name string, n, from int, part func(first, last, total int)) {
	h, size := w.Header(), len(m.data)
	switch name {
	case "page": // a portal's own words
		h.Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<html>")
	case "status":
		w.WriteHeader(n)
	case "reset": // break after n bytes of the body
		if from > 0 {
			part(from, size-1, size)
		} else {
			h.Set("Content-Length", strconv.Itoa(size))
		}
		_, _ = w.Write(m.data[from:min(from+n, size)])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	case "chunked": // no length
		w.(http.Flusher).Flush()
		_, _ = w.Write(m.data)
	case "chunkedreset":
		w.(http.Flusher).Flush()
		_, _ = w.Write(m.data[:n])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	case "overlong": // announces more than there is
		h.Set("Content-Length", strconv.Itoa(size+10))
		_, _ = w.Write(m.data)
	case "parts": // an unasked 206 of n bytes
		part(from, min(from+n, size)-1, size)
		_, _ = w.Write(m.data[from:min(from+n, size)])
	case "whole": // ignores the range
		h.Set("Content-Length", strconv.Itoa(size))
		_, _ = w.Write(m.data)
	case "416":
		if len(m.asked) > 1 {
			h.Del("ETag")
		}
		h.Set("Content-Range", "bytes */"+strconv.Itoa(size))
		w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		_, _ = io.WriteString(w, `{"errorCode":"CMN-107"}`)
	case "change": // another version from now on
		m.data, m.etag = content(size, 9), `"v2"`
		w.WriteHeader(http.StatusBadGateway)
	case "changerange": // another version, yet the range is honoured
		m.data, m.etag = content(size, 9), `"v2"`
		h.Set("ETag", m.etag)
		part(from, size-1, size)
		_, _ = w.Write(m.data[from:])
	case "elsewhere": // a part from another place
		part(n, size-1, size)
		_, _ = w.Write(m.data[n:])
	case "badrange":
		h.Set("Content-Range", "bytes x-y/z")
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(m.data)
	case "unknowntotal":
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/*", from, from+n-1))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(m.data[from : from+n])
	case "long": // announces less than it sends
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, from+n-1, size))
		w.WriteHeader(http.StatusPartialContent)
		w.(http.Flusher).Flush()
		_, _ = w.Write(m.data[from:])
	}
}
