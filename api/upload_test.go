package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// paced hands out one byte at a time, at intervals.
type paced struct {
	left  int
	every time.Duration
}

func (p *paced) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	<-time.After(p.every)
	p.left--
	b[0] = 'x'
	return 1, nil
}

// TestLongUpload: a body that takes longer than the other side may be silent is no
// silence, and its length is told where it is known.
func TestLongUpload(t *testing.T) {
	var length int64
	c, _, _ := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		length = r.ContentLength
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		_, _ = io.WriteString(w, `{"n":`+strings.Repeat("1", len(b))+`}`)
	}, func(cfg *Config) { cfg.Idle = 300 * time.Millisecond; cfg.Retry.Attempts = 1 })
	const n = 18
	var out struct{ N int64 }
	slow := func() (io.Reader, error) { return &paced{n, 25 * time.Millisecond}, nil }
	_, err := c.Do(t.Context(), Request{Op: "op", Method: http.MethodPost, Path: "/x", Body: slow, Length: n}, &out)
	if err != nil || length != n || out.N != 111111111111111111 {
		t.Errorf("%v, length %d, %+v", err, length, out)
	}
	quick := func() (io.Reader, error) { return &paced{left: 3}, nil }
	if _, err := c.Do(t.Context(), Request{Op: "op", Method: http.MethodPost, Path: "/x", Body: quick}, &out); err != nil || length != -1 {
		t.Errorf("of unknown length: %v, length %d", err, length)
	}
	if _, err := c.Do(t.Context(), Request{Op: "op", Method: http.MethodPost, Path: "/x", Body: quick, Length: 5}, &out); err == nil {
		t.Error("a body that is shorter than it was said to be was sent")
	}
	broken := errors.New("the disk is gone")
	none := func() (io.Reader, error) { return nil, broken }
	if _, err := c.Do(t.Context(), Request{Op: "op", Method: http.MethodPost, Path: "/x", Body: none, Length: 5}, &out); !errors.Is(err, broken) || IsUnknown(err) {
		t.Errorf("no body: %v", err)
	}
}
