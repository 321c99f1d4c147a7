package store

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
)

// manyFiles is a store with n messages of one small file each.
func manyFiles(t *testing.T, n int) *fileStoreT {
	t.Helper()
	names, content := make([]string, n), map[string][]byte{}
	for i := range n {
		names[i] = fmt.Sprintf("f%03d", i)
		content[names[i]] = append(bytes.Clone(pdfHead), noise(2000+i, uint64(i))...)
	}
	return newFileStore(t, t.TempDir(), names, content)
}

// runAll runs what Run does for files, with waits that are short.
func (f *fileStoreT) runAll() (stop func()) {
	f.sync.after = func(time.Duration) <-chan time.Time {
		f.clock.add(10 * time.Second)
		return time.After(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(f.t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { f.runJobs(ctx) })
	wg.Go(func() { f.runSaves(ctx) })
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	f.t.Cleanup(stop)
	return stop
}

func (f *fileStoreT) save(id int64) (Job, bool) {
	for _, j := range append(f.Jobs(), f.Finished()...) {
		if j.ID == id {
			return j, true
		}
	}
	return Job{}, false
}

func (f *fileStoreT) waitSave(id int64, st FileState) Job {
	f.t.Helper()
	var j Job
	f.wait("the save to be "+st.String(), func() bool { j, _ = f.save(id); return j.State == st })
	return j
}

// fetchedOnce fails if any content was asked for twice.
func (f *fileStoreT) fetchedOnce(want int) {
	f.t.Helper()
	seen := map[string]int{}
	for _, c := range f.svc.seen() {
		seen[c.remote]++
	}
	for name, n := range seen {
		if n > 1 {
			f.t.Errorf("%s was fetched %d times", name, n)
		}
	}
	if len(seen) != want {
		f.t.Errorf("%d files were fetched, want %d", len(seen), want)
	}
}

func TestQueueSave(t *testing.T) {
	f := manyFiles(t, 40)
	dir := filepath.Join(t.TempDir(), "out")
	id, err := f.QueueSave(t.Context(), f.ids, SaveOptions{Dir: dir, Manifest: true, Template: "{date}_{from}_{kind}_{pages}p_{id}"})
	if err != nil || id >= 0 {
		t.Fatal(id, err)
	}
	j, ok := f.save(id)
	if !ok || j.State != Waiting || j.Save.Files != 40 || j.Save.Words != "40 files" || j.Save.Path != dir {
		t.Fatalf("queued: %+v %+v", j, j.Save)
	}
	f.runAll()
	j = f.waitSave(id, Kept)
	if j.Save.Saved != 40 || j.Save.Failed != 0 || j.Save.Ended.IsZero() || j.Done == 0 || j.Done != j.Total {
		t.Errorf("finished: %+v %+v", j, j.Save)
	}
	if len(f.Jobs()) != 0 {
		t.Errorf("still on its way: %+v", f.Jobs())
	}
	if v, err := Verify(t.Context(), dir); err != nil || len(v.OK) != 40 || !v.Good() || len(v.Extra) > 0 {
		t.Errorf("%+v, %v", v, err)
	}
	f.fetchedOnce(40)
	// Off the list; the files stay.
	if err := f.CancelJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.save(id); ok || len(listDir(t, dir)) != 42 {
		t.Error("still listed, or files gone")
	}
	if err := f.PauseJob(t.Context(), id); !errors.Is(err, ErrNotFound) {
		t.Errorf("pausing what is not there: %v", err)
	}
}

// Stopped at any file and gone on with in another process, every file is there once and
// was fetched once.
func TestSaveGoesOn(t *testing.T) {
	f := manyFiles(t, 30)
	gate := make(chan struct{})
	f.svc.script = func(n int, _ Attachment) step {
		if n >= 12 {
			return step{cut: 1000, wait: gate}
		}
		return step{}
	}
	out := filepath.Join(t.TempDir(), "all.zip")
	id, err := f.QueueSave(t.Context(), f.ids, SaveOptions{Zip: out})
	if err != nil {
		t.Fatal(err)
	}
	stop := f.runAll()
	f.wait("the first files", func() bool { j, _ := f.save(id); return j.Save.Saved == 12 && j.State == Fetching })
	stop()
	if _, err := os.Stat(out); err == nil {
		t.Error("half an archive is there")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	again := *f
	if again.Store, err = Open(t.Context(), f.opts); err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	again.svc = &fetchService{content: f.svc.content, etag: f.svc.etag}
	again.Attach(again.svc)
	again.runAll()
	j := again.waitSave(id, Kept)
	if j.Save.Saved != 30 || j.Save.Path != out {
		t.Errorf("%+v", j.Save)
	}
	if v, err := Verify(t.Context(), out); err != nil || len(v.OK) != 30 || !v.Good() || len(v.Extra) > 0 {
		t.Errorf("%+v, %v", v, err)
	}
	again.fetchedOnce(18) // the twelve of before are not among them
}

func TestPauseAndCancelSave(t *testing.T) {
	f := manyFiles(t, 30)
	gate := make(chan struct{})
	f.svc.script = func(n int, _ Attachment) step {
		if n == 5 {
			return step{cut: 500, wait: gate}
		}
		return step{}
	}
	dir := t.TempDir()
	id, err := f.QueueSave(t.Context(), f.ids, SaveOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	f.runAll()
	f.wait("all but one", func() bool { j, _ := f.save(id); return j.Save.Saved == 29 })
	if err := f.PauseJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if j, _ := f.save(id); j.State != Paused || j.Save.Saved != 29 || len(f.Jobs()) != 1 {
		t.Errorf("paused: %+v", f.Jobs())
	}
	close(gate)
	if err := f.ResumeJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	f.waitSave(id, Kept)
	if n := len(listDir(t, dir)); n != 30 {
		t.Errorf("%d files", n)
	}
	id, err = f.QueueSave(t.Context(), f.ids, SaveOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.CancelJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.save(id); ok {
		t.Error("cancelled, and still there")
	}
}

// What fails for good is told and the rest is saved; what may pass is tried again; a
// lost connection is waited out.
func TestQueuedSaveFailures(t *testing.T) {
	down := &api.Error{Op: "readMessageContent", Err: &net.OpError{Op: "dial", Err: errors.New("no route")}}
	for _, tt := range []struct {
		name   string
		script func(n int, a Attachment) step
		failed int
		words  string
	}{
		{"gone", func(_ int, a Attachment) step {
			if a.Remote == "f003" {
				return step{err: notFound}
			}
			return step{}
		}, 1, "no longer exists"},
		{"broken twice", func(n int, _ Attachment) step {
			if n < 7 {
				return step{err: broken}
			}
			return step{}
		}, 0, ""},
		{"broken for good", func(_ int, a Attachment) step {
			if a.Remote == "f003" || a.Remote == "f004" {
				return step{err: broken}
			}
			return step{}
		}, 2, "in trouble"},
		{"no connection for a while", func(n int, _ Attachment) step {
			if n > 5 && n < 100 {
				return step{err: down}
			}
			return step{}
		}, 0, ""},
		{"rate limit", func(n int, _ Attachment) step {
			if n > 5 && n < 60 {
				return step{err: &api.LimitError{Op: "op", Group: api.Medium, Until: time.Now().AddDate(1, 0, 0)}}
			}
			return step{}
		}, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := manyFiles(t, 20)
			if tt.name == "rate limit" {
				until := f.now().Add(time.Minute)
				f.svc.script = func(n int, _ Attachment) step {
					if n > 5 && f.now().Before(until) {
						return step{err: &api.LimitError{Op: "op", Group: api.Medium, Until: until}}
					}
					return step{}
				}
			} else {
				f.svc.script = tt.script
			}
			dir := t.TempDir()
			id, err := f.QueueSave(t.Context(), f.ids, SaveOptions{Dir: dir, Manifest: true})
			if err != nil {
				t.Fatal(err)
			}
			f.runAll()
			j := f.waitSave(id, Kept)
			if j.Save.Failed != tt.failed || j.Save.Saved != 20-tt.failed || len(j.Save.Failures) != tt.failed {
				t.Fatalf("%+v", j.Save)
			}
			for _, fl := range j.Save.Failures {
				if !strings.Contains(fl.Error, tt.words) {
					t.Errorf("%+v", fl)
				}
			}
			if v, err := Verify(t.Context(), dir); err != nil || len(v.OK) != 20-tt.failed || !v.Good() || len(v.Extra) > 0 {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
}

// A folder that cannot be used, at once or after a while, is a matter for a person, who
// may then try again.
func TestSaveFolderFaults(t *testing.T) {
	f := manyFiles(t, 3)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(file, "below")
	id, err := f.QueueSave(t.Context(), f.ids, SaveOptions{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	f.runAll()
	if j := f.waitSave(id, Faulty); j.Err == "" {
		t.Error("no reason")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := f.ResumeJob(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	f.waitSave(id, Kept)
	if n := len(listDir(t, dir)); n != 3 {
		t.Errorf("%d files", n)
	}
	for _, o := range []SaveOptions{{}, {Dir: dir, Template: "{nope}"}} {
		if _, err := f.QueueSave(t.Context(), f.ids, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	if _, err := f.QueueSave(t.Context(), nil, SaveOptions{Dir: dir}); err == nil {
		t.Error("nothing to save is taken")
	}
}

func TestSaveZip(t *testing.T) {
	f := saveStore(t)
	dir := t.TempDir()
	out := filepath.Join(dir, "new", "all")
	rep, err := f.Save(t.Context(), f.ids, SaveOptions{Zip: out, Template: "{name}"})
	if err != nil || len(rep.Failed) > 0 || rep.Zip != out+".zip" {
		t.Fatalf("%+v, %v", rep, err)
	}
	if got := listDir(t, filepath.Dir(out)); !slices.Equal(got, []string{"all.zip"}) {
		t.Errorf("left behind: %q", got)
	}
	z, err := zip.OpenReader(rep.Zip)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var got []string
	for _, e := range z.File {
		got = append(got, e.Name)
	}
	if !slices.Equal(got[:3], []string{"a.pdf", "b.pdf", "_CON.pdf"}) || !slices.Equal(got[4:], []string{manifestCSV, manifestJSON}) {
		t.Errorf("in it: %q", got)
	}
	v, err := Verify(t.Context(), rep.Zip)
	if err != nil || !v.Good() || len(v.OK) != 4 || len(v.Extra) > 0 {
		t.Errorf("%+v, %v", v, err)
	}
	// Again: the same one counts; other content gets a name of its own.
	again, err := f.Save(t.Context(), f.ids, SaveOptions{Zip: rep.Zip, Template: "{name}"})
	if err != nil || again.Zip != rep.Zip || len(again.Notes) != 1 {
		t.Errorf("again: %+v, %v", again, err)
	}
	other, err := f.Save(t.Context(), f.ids[:2], SaveOptions{Zip: rep.Zip})
	if err != nil || filepath.Base(other.Zip) != "all (2).zip" {
		t.Errorf("another: %+v, %v", other, err)
	}
	// Damage shows.
	b, err := os.ReadFile(rep.Zip)
	if err != nil {
		t.Fatal(err)
	}
	b[200] ^= 1
	bad := filepath.Join(dir, "bad.zip")
	if err := os.WriteFile(bad, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err := Verify(t.Context(), bad); err != nil || v.Good() || len(v.Changed) != 1 {
		t.Errorf("damaged: %+v, %v", v, err)
	}
	if err := os.WriteFile(bad, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(t.Context(), bad); err == nil {
		t.Error("half an archive is accepted")
	}
}

// Files that fail leave no archive that would pass for a whole one unnoticed: the
// report names them. Content that was damaged here is fetched again.
func TestZipOfDamagedBlob(t *testing.T) {
	f := saveStore(t)
	path, err := f.FetchNow(t.Context(), f.att("a.pdf"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("x"), int(f.att("a.pdf").Bytes)), 0o600); err != nil {
		t.Fatal(err)
	}
	rep, err := f.Save(t.Context(), f.ids, SaveOptions{Zip: filepath.Join(t.TempDir(), "a.zip")})
	if err != nil || len(rep.Failed) > 0 {
		t.Fatalf("%+v, %v", rep.Failed, err)
	}
	if v, err := Verify(t.Context(), rep.Zip); err != nil || !v.Good() || len(v.OK) != 4 {
		t.Errorf("%+v, %v", v, err)
	}
}
