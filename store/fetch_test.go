package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestFetchNow(t *testing.T) {
	data := append(bytes.Clone(pdfHead), noise(700_000, 1)...)
	f := newFileStore(t, t.TempDir(), []string{"fax.pdf"}, map[string][]byte{"fax.pdf": data})
	var last, total int64
	path, err := f.FetchNow(t.Context(), f.att("fax.pdf"), func(d, n int64) { last, total = d, n })
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, data) {
		t.Fatalf("content differs, %v", err)
	}
	if last != int64(len(data)) || total != last {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	a := f.att("fax.pdf")
	if a.State != Kept || a.SHA256 != sumOf(data) || a.Bytes != int64(len(data)) || a.Sniffed != "application/pdf" || a.Type != "application/octet-stream" {
		t.Errorf("row %+v", a)
	}
	if path != filepath.Join(f.Dir(), "blobs", a.SHA256[:2], a.SHA256[2:]) {
		t.Errorf("path %s", path)
	}
	if it, _ := f.Item(t.Context(), a.Item); it.Kept != 1 {
		t.Errorf("items.kept = %d", it.Kept)
	}
	if len(f.Jobs()) != 0 {
		t.Errorf("jobs left: %+v", f.Jobs())
	}
	if _, err := f.FetchNow(t.Context(), a, nil); err != nil || len(f.svc.seen()) != 1 {
		t.Errorf("fetched again: %v, %d calls", err, len(f.svc.seen()))
	}
	// The copy may be removed, by us and from outside; it comes again.
	if err := f.RemoveLocal(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	if it, _ := f.Item(t.Context(), a.Item); it.Kept != 0 {
		t.Errorf("items.kept = %d after removal", it.Kept)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the copy is still there")
	}
	if _, err := f.FetchNow(t.Context(), a, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := f.FetchNow(t.Context(), a, nil); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(path); !bytes.Equal(b, data) {
		t.Error("a cut blob was not replaced")
	}
}

func TestSameContentIsKeptOnce(t *testing.T) {
	data := noise(5000, 2)
	f := newFileStore(t, t.TempDir(), []string{"a", "b"}, map[string][]byte{"a": data, "b": data})
	pa, err1 := f.FetchNow(t.Context(), f.att("a"), nil)
	pb, err2 := f.FetchNow(t.Context(), f.att("b"), nil)
	if err1 != nil || err2 != nil || pa != pb {
		t.Fatalf("%s %v, %s %v", pa, err1, pb, err2)
	}
	if err := f.RemoveLocal(t.Context(), f.att("a").ID); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(pb); err != nil {
		t.Errorf("removing one took the other: %v", err)
	}
}

// A program that dies in the middle goes on where it was, if the service lets
// it, and starts over if not.
func TestResumeAfterRestart(t *testing.T) {
	data := noise(1_000_000, 3)
	for _, tt := range []struct {
		name  string
		etag  string // at the second run
		first string // at the first
		from  int64
	}{
		{"same version", `"v1"`, `"v1"`, 600_000},
		{"changed meanwhile", `"v2"`, `"v1"`, 600_000},
		{"no validator", "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			f := newFileStore(t, dir, []string{"x"}, map[string][]byte{"x": data})
			f.svc.etag = tt.first
			f.svc.script = func(int, Attachment) step { return step{cut: 600_000, wait: make(chan struct{})} }
			if err := f.Fetch(t.Context(), []int64{f.att("x").ID}, false); err != nil {
				t.Fatal(err)
			}
			stop := f.run()
			f.wait("600,000 bytes", func() bool { j := f.Jobs(); return len(j) == 1 && j[0].Done >= 600_000 })
			stop()
			f.Close()

			f = newFileStore(t, dir, []string{"x"}, map[string][]byte{"x": data})
			f.svc.etag = tt.etag
			if j := f.Jobs(); len(j) != 1 || j[0].State != Waiting || j[0].Total != int64(len(data)) {
				t.Errorf("after the restart: %+v", j)
			}
			f.run()
			f.wait("the file", func() bool { return f.att("x").State == Kept })
			if a := f.att("x"); a.SHA256 != sumOf(data) {
				t.Errorf("wrong content")
			}
			c := f.svc.seen()
			if len(c) != 1 || c[0].from != tt.from || c[0].validator != tt.first || !c[0].background {
				t.Errorf("calls %+v", c)
			}
		})
	}
}

// What kill -9 can leave between any two steps.
func TestLeftoversOfAKill(t *testing.T) {
	data := noise(300_000, 4)
	part := func(f *fileStoreT) string { return f.partPath(f.atts["x"].ID) }
	write := func(f *fileStoreT, b []byte) {
		if err := os.MkdirAll(filepath.Dir(part(f)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(part(f), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	job := func(f *fileStoreT, validator string, total int) {
		tr := &transfer{attachment: f.atts["x"], added: f.now()}
		if err := f.keepJob(f.t.Context(), tr, validator, int64(total)); err != nil {
			f.t.Fatal(err)
		}
	}
	blob := func(f *fileStoreT, b []byte) {
		p := f.BlobPath(sumOf(data))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			f.t.Fatal(err)
		}
		if err := os.WriteFile(p, b, 0o600); err != nil {
			f.t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name  string
		leave func(f *fileStoreT)
		calls int
	}{
		{"job, no part", func(f *fileStoreT) { job(f, `"v1"`, len(data)) }, 1},
		{"part without a job", func(f *fileStoreT) { write(f, noise(1000, 9)) }, 1},
		{"half a part", func(f *fileStoreT) { job(f, `"v1"`, len(data)); write(f, data[:123_456]) }, 1},
		{"whole part, not installed", func(f *fileStoreT) { job(f, `"v1"`, len(data)); write(f, data) }, 0},
		{"installed, part still there", func(f *fileStoreT) { job(f, `"v1"`, len(data)); write(f, data); blob(f, data) }, 0},
		{"installed, no row", func(f *fileStoreT) { job(f, `"v1"`, len(data)); blob(f, data) }, 1},
		{"blob damaged from outside", func(f *fileStoreT) { job(f, `"v1"`, len(data)); blob(f, data[:10]) }, 1},
		{"part longer than the whole", func(f *fileStoreT) { job(f, `"v0"`, len(data)); write(f, noise(400_000, 5)) }, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFileStore(t, t.TempDir(), []string{"x"}, map[string][]byte{"x": data})
			tt.leave(f)
			path, err := f.FetchNow(t.Context(), f.att("x"), nil)
			if err != nil {
				t.Fatal(err)
			}
			if b, _ := os.ReadFile(path); !bytes.Equal(b, data) {
				t.Error("wrong content")
			}
			if n := len(f.svc.seen()); n != tt.calls {
				t.Errorf("%d calls, want %d", n, tt.calls)
			}
			if left, _ := os.ReadDir(filepath.Dir(part(f))); len(left) != 0 {
				t.Errorf("left: %v", left)
			}
			if len(f.Jobs()) != 0 {
				t.Errorf("jobs left: %+v", f.Jobs())
			}
		})
	}
}
