package api

import (
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// endless is a sink that forgets.
type endless struct{ n int64 }

func (e *endless) Write(p []byte) (int, error) { e.n += int64(len(p)); return len(p), nil }

func (e *endless) Len() int64 { return e.n }

func (e *endless) Reset() error { e.n = 0; return nil }

// BenchmarkDownload fetches 256 MiB over loopback, with Download and with
// io.Copy on a bare http.Client, and reports how much longer Download takes.
func BenchmarkDownload(b *testing.B) {
	const size = 256 << 20
	block := make([]byte, 1<<20)
	c, srv, _ := serverFor(b, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(size))
		w.Header().Set("ETag", `"v1"`)
		for range size / len(block) {
			_, _ = w.Write(block)
		}
	}, func(cfg *Config) { cfg.Clock = SystemClock{} })
	plainly := func() {
		resp, err := http.Get(srv.URL)
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(&endless{}, resp.Body)
		if err != nil || n != size {
			b.Fatal(n, err)
		}
		_ = resp.Body.Close()
	}
	ours := func() {
		got, err := c.Download(b.Context(), Download{Op: "op", URL: "/x", Sink: &endless{}, Progress: func(int64, int64) {}})
		if err != nil || got.Bytes != size {
			b.Fatal(got, err)
		}
	}
	ours()
	plainly()
	b.SetBytes(size)
	b.ReportAllocs()
	var bare, own time.Duration
	for b.Loop() {
		t0 := time.Now()
		ours()
		t1 := time.Now()
		plainly()
		own += t1.Sub(t0)
		bare += time.Since(t1)
	}
	b.ReportMetric(own.Seconds()/bare.Seconds(), "x-io.Copy")
	http.DefaultClient.CloseIdleConnections()
}
