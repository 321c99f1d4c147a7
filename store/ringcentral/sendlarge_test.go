package ringcentral_test

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// large makes a file of so many bytes without writing them.
func large(t testing.TB, name string, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err == nil {
		err = f.Truncate(size)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// heap is what is in use at most until stop is called.
func heap() (stop func() uint64) {
	runtime.GC()
	var most uint64
	end, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-end:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(end); <-over; return most }
}

// A fax of 50 MB goes out from the disk, without ever being in memory, and tells how far
// it is at most ten times a second.
func TestSendLargeFax(t *testing.T) {
	const size = 50<<20 - 4096
	s := newSender(t, simulator.Config{}, -1)
	s.send(store.NewMessage{Kind: store.SendFax, To: []store.Recipient{{Number: toAna}}, Files: []string{large(t, "big.pdf", size)}})
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // what is in use, not what is left lying
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	told, stop := s.Watch()
	defer stop()
	pokes, last := 0, store.SendProgress{}
	end, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for {
			select {
			case <-told:
				pokes++
				if p := s.SendProgress(); len(p) > 0 {
					last = p[0]
				}
			case <-end:
				return
			}
		}
	}()
	most := heap()
	began := time.Now()
	s.settled()
	took := time.Since(began)
	peak := most()
	close(end)
	<-over
	sent := s.sim.Sent()
	if len(sent) != 1 || sent[0].Files[0].Size != size {
		t.Fatalf("%+v", sent)
	}
	if grew := int64(peak) - int64(before.HeapInuse); grew > 24<<20 {
		t.Errorf("memory grew by %d MB", grew>>20)
	}
	if most := int(took/(100*time.Millisecond)) + 6; pokes > most { // and the changes of rows
		t.Errorf("told %d times in %v", pokes, took)
	}
	if last.Total != size || last.Item == 0 {
		t.Errorf("progress: %+v", last)
	}
	if n := len(s.SendProgress()); n != 0 {
		t.Errorf("%d under way after the end", n)
	}
	t.Logf("%v, the heap was at most %d MB", took, peak>>20)
}

func BenchmarkSendLargeFax(b *testing.B) {
	const size = 50<<20 - 4096
	s := newSender(b, simulator.Config{}, -1)
	path := large(b, "big.pdf", size)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		s.send(store.NewMessage{Kind: store.SendFax, To: []store.Recipient{{Number: toAna}}, Files: []string{path}})
		s.settled()
	}
	if n := len(s.sim.Sent()); n != b.N {
		b.Errorf("%d sent of %d", n, b.N)
	}
}
