package emailgistics

import (
	"bytes"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// hasty is a clock on which whatever is waited for has come.
type hasty struct{ ahead atomic.Int64 }

func (h *hasty) Now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

func (h *hasty) After(d time.Duration) <-chan time.Time {
	h.pass(d)
	c := make(chan time.Time, 1)
	c <- h.Now()
	return c
}

func (h *hasty) pass(d time.Duration) { h.ahead.Add(int64(max(d, 0))) }

// size is how many messages a test has: in the short run, which the race detector slows
// down tenfold, a third.
func size(n int) int {
	if testing.Short() {
		return n / 3
	}
	return n
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sink keeps what is downloaded in memory.
type sink struct{ bytes.Buffer }

func (s *sink) Len() int64   { return int64(s.Buffer.Len()) }
func (s *sink) Reset() error { s.Buffer.Reset(); return nil }
