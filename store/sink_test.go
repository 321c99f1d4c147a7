package store

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestPartSink(t *testing.T) {
	data := noise(3*ringBuffers*ringBuffer+12_345, 8)
	for _, chunk := range []int{1 << 10, ringBuffer - 1, ringBuffer, ringBuffer + 1, 3 << 20} {
		f, err := os.Create(filepath.Join(t.TempDir(), "f"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		s, err := newPartSink(f, &buffers{})
		if err != nil {
			t.Fatal(err)
		}
		write := func(b []byte) {
			t.Helper()
			if n, err := io.CopyBuffer(struct{ io.Writer }{s}, struct{ io.Reader }{bytes.NewReader(b)}, make([]byte, chunk)); err != nil || n != int64(len(b)) {
				t.Fatalf("%d %v", n, err)
			}
		}
		write(data[5000:900_000])
		if s.Len() != 895_000 {
			t.Errorf("Len %d", s.Len())
		}
		if err := s.Reset(); err != nil || s.Len() != 0 {
			t.Fatalf("Reset: %v, Len %d", err, s.Len())
		}
		write(data[:1_000_001])
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		if s, err = newPartSink(f, &buffers{}); err != nil || s.Len() != 1_000_001 {
			t.Fatalf("going on: %v, Len %d", err, s.Len())
		}
		write(data[1_000_001:])
		sum, n, err := s.finish()
		if err != nil || n != int64(len(data)) || sum != sumOf(data) {
			t.Errorf("chunk %d: %d bytes, %v, hash right: %v", chunk, n, err, sum == sumOf(data))
		}
		if b, _ := os.ReadFile(f.Name()); !bytes.Equal(b, data) {
			t.Errorf("chunk %d: the file differs", chunk)
		}
	}
}

// A disk that takes no more leaves a file that is exactly what was hashed.
func TestPartSinkDiskFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	data := noise(ringBuffer+100, 9)
	s, err := newPartSink(w, &buffers{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write(data); err != nil {
		t.Fatal(err)
	}
	w.Close() // from now on every write fails
	if _, err := s.Write(noise(ringBuffer, 1)); err == nil {
		t.Fatal("a write to a closed file succeeded")
	}
	if _, err := s.Write([]byte("x")); err != nil && s.Len() > ringBuffer+1 {
		t.Errorf("Len %d", s.Len())
	}
	if err := s.stop(); err == nil {
		t.Error("stop succeeded")
	}
	if _, _, err := s.finish(); err == nil {
		t.Error("finish succeeded")
	}
	if b, _ := os.ReadFile(path); !bytes.Equal(b, data[:ringBuffer]) {
		t.Errorf("%d bytes in the file", len(b))
	}
}
