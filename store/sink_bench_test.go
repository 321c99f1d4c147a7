package store

import (
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkSink compares writing a file through the sink (hash included) with
// io.Copy into a file, and with io.Copy and a hash one after the other, in one
// run. All sync at the end. Compare the MB/s; memory must stay the same however
// long the file is.
func BenchmarkSink(b *testing.B) {
	const size = 64 << 20
	block := noise(1<<20, 1)
	open := func(b *testing.B) *os.File {
		f, err := os.Create(filepath.Join(b.TempDir(), "f"))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { f.Close() })
		return f
	}
	fill := func(b *testing.B, w io.Writer) {
		for range size / len(block) {
			// As the network hands it over: 32 KiB at a time.
			for p := block; len(p) > 0; p = p[32<<10:] {
				if _, err := w.Write(p[:32<<10]); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.Run("copy", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			f := open(b)
			fill(b, f)
			if err := f.Sync(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("copy then hash", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			f, h := open(b), sha256.New()
			fill(b, io.MultiWriter(f, h))
			if err := f.Sync(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sink", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			s, err := newPartSink(open(b), &buffers{})
			if err != nil {
				b.Fatal(err)
			}
			fill(b, s)
			if _, _, err := s.finish(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
