package api

import (
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// serve64 hands out size bytes at /raw, and in base64 at /base64 and, without a length,
// at /chunked.
func serve64(size int) http.HandlerFunc {
	block := content(3<<20, 0)
	text := []byte(base64.StdEncoding.EncodeToString(block))
	return func(w http.ResponseWriter, r *http.Request) {
		send, left := block, size
		if r.URL.Path != "/raw" {
			send, left = text, base64.StdEncoding.EncodedLen(size)
		}
		if r.URL.Path != "/chunked" {
			w.Header().Set("Content-Length", strconv.Itoa(left))
		}
		for left > 0 {
			n, err := w.Write(send[:min(left, len(send))])
			if err != nil {
				return
			}
			left -= n
		}
	}
}

// BenchmarkBase64Download fetches 100 MB in base64 over loopback, once into nothing and
// once as a file is saved, with its SHA-256. In the same run it fetches the same bytes of
// the same server as they are, without decoding them ("of-raw": our rate as a part of that
// one, 0.8 or more), the 100 MB without base64 ("of-content": a third fewer bytes come then,
// so that 0.75 is what the line allows), and base64 by the way of most clients, which read
// the body whole and decode it then ("x-whole": how many times as fast as that we are, 3 or
// more). Rates are those of the best run: other programs only ever take from them. MB and
// whole-MB are the memory asked for in one run.
func BenchmarkBase64Download(b *testing.B) {
	b.Run("forgotten", func(b *testing.B) { benchmark64(b, func() Sink { return &endless{} }) })
	b.Run("saved", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "saved"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		s := &saving{f: f, hash: sha256.New()}
		benchmark64(b, func() Sink {
			if err := s.Reset(); err != nil {
				b.Fatal(err)
			}
			return s
		})
	})
}

// saving is a sink that keeps a file and its checksum.
type saving struct {
	endless
	f    *os.File
	hash hash.Hash
}

func (s *saving) Write(p []byte) (int, error) {
	s.hash.Write(p)
	n, err := s.f.WriteAt(p, s.n)
	s.n += int64(n)
	return n, err
}

func (s *saving) Reset() error {
	s.n = 0
	s.hash.Reset()
	return nil
}

// way is one way to fetch it.
type way struct {
	do    func()
	best  time.Duration
	bytes uint64
}

func (w *way) run() {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	t0 := time.Now()
	w.do()
	if took := time.Since(t0); w.best == 0 || took < w.best {
		w.best = took
	}
	runtime.ReadMemStats(&after)
	w.bytes += after.TotalAlloc - before.TotalAlloc
}

func benchmark64(b *testing.B, sink func() Sink) {
	size := 99 << 20 // whole groups
	if testing.Short() {
		size = 9 << 20
	}
	c, srv, _ := serverFor(b, serve64(size), func(cfg *Config) { cfg.Clock = SystemClock{} })
	download := func(path string, decoded bool, want int) func() {
		return func() {
			got, err := c.Download(b.Context(), Download{Op: "op", URL: path, Base64: decoded, Sink: sink(), Progress: func(int64, int64) {}})
			if err != nil || got.Bytes != int64(want) {
				b.Fatal(got, err)
			}
		}
	}
	content, text := way{do: download("/raw", false, size)}, way{do: download("/base64", false, base64.StdEncoding.EncodedLen(size))}
	ours, chunked := way{do: download("/base64", true, size)}, way{do: download("/chunked", true, size)}
	whole := way{do: func() { readWhole(b, srv.URL+"/base64", sink()) }}
	ours.do()
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, w := range []*way{&content, &text, &ours, &chunked, &whole} {
			w.run()
		}
	}
	b.ReportMetric(text.best.Seconds()/ours.best.Seconds(), "of-raw")
	b.ReportMetric(text.best.Seconds()/chunked.best.Seconds(), "chunked-of-raw")
	b.ReportMetric(content.best.Seconds()/ours.best.Seconds(), "of-content")
	b.ReportMetric(whole.best.Seconds()/ours.best.Seconds(), "x-whole")
	b.ReportMetric(float64(size)/1e6/ours.best.Seconds(), "our-MB/s")
	b.ReportMetric(float64(ours.bytes)/float64(b.N)/1e6, "MB")
	b.ReportMetric(float64(whole.bytes)/float64(b.N)/1e6, "whole-MB")
	http.DefaultClient.CloseIdleConnections()
}

// readWhole is what a client without a stream does.
func readWhole(b *testing.B, url string, sink Sink) {
	resp, err := http.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		b.Fatal(err)
	}
	out, err := base64.StdEncoding.DecodeString(string(body))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := sink.Write(out); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkBase64 compares decoding alone with encoding/base64's reader.
func BenchmarkBase64(b *testing.B) {
	text := base64.StdEncoding.EncodeToString(content(12<<20, 0))
	for _, way := range []struct {
		name string
		read func(io.Reader) io.Reader
	}{
		{"ours", func(r io.Reader) io.Reader { return NewBase64(r) }},
		{"library", func(r io.Reader) io.Reader { return base64.NewDecoder(base64.StdEncoding, r) }},
	} {
		for _, form := range []struct{ name, text string }{{"unbroken", text}, {"lines", wrap(text, 76, "\r\n")}} {
			b.Run(way.name+"/"+form.name, func(b *testing.B) {
				b.SetBytes(int64(len(form.text)))
				b.ReportAllocs()
				buf := make([]byte, downloadBuffer)
				for b.Loop() {
					r := way.read(strings.NewReader(form.text))
					for {
						if _, err := r.Read(buf); err == io.EOF {
							break
						} else if err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}
