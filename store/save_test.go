package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"switchboard/api"
)

func saveStore(t *testing.T) *fileStoreT {
	t.Helper()
	content := map[string][]byte{
		"a.pdf":         append(bytes.Clone(pdfHead), noise(300_000, 1)...),
		"../../b.pdf":   append(bytes.Clone(pdfHead), noise(10, 2)...),
		"CON":           append(bytes.Clone(pdfHead), noise(20, 3)...),
		"=cmd|'/c x'!A": []byte("just text\n"),
	}
	return newFileStore(t, t.TempDir(), []string{"a.pdf", "../../b.pdf", "CON", "=cmd|'/c x'!A"}, content)
}

func names(rep SaveReport) (out []string) {
	for _, f := range rep.Files {
		out = append(out, f.Name)
	}
	return out
}

func listDir(t *testing.T, dir string) (out []string) {
	t.Helper()
	es, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		out = append(out, e.Name())
	}
	return out
}

func TestSave(t *testing.T) {
	f := saveStore(t)
	parent := t.TempDir()
	dir := filepath.Join(parent, "new", "folder")
	var steps []int
	o := SaveOptions{Dir: dir, Template: "{name}", Manifest: true, Progress: func(d, n int) { steps = append(steps, d, n) }}
	rep, err := f.Save(t.Context(), f.ids, o)
	if err != nil || len(rep.Failed) != 0 {
		t.Fatalf("%v %+v", err, rep.Failed)
	}
	want := []string{"a.pdf", "b.pdf", "_CON.pdf", "=cmd_'"}
	if got := names(rep); !slices.Equal(got[:3], want[:3]) || !strings.HasSuffix(got[3], ".txt") {
		t.Errorf("names %q", got)
	}
	if len(steps) != 8 || steps[6] != 4 || steps[7] != 4 {
		t.Errorf("progress %v", steps)
	}
	for i, file := range rep.Files {
		a := f.att([]string{"a.pdf", "../../b.pdf", "CON", "=cmd|'/c x'!A"}[i])
		b, err := os.ReadFile(file.Path)
		if err != nil || sumOf(b) != a.SHA256 || file.SHA256 != a.SHA256 || file.Bytes != int64(len(b)) || file.Skipped {
			t.Errorf("%+v: %v", file, err)
		}
		if fi, _ := os.Stat(file.Path); runtime.GOOS != "windows" && fi.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", file.Name, fi.Mode().Perm())
		}
	}
	if got := listDir(t, parent); !slices.Equal(got, []string{"new"}) {
		t.Errorf("written outside the folder: %q", got)
	}
	if len(listDir(t, dir)) != 6 {
		t.Errorf("folder: %q", listDir(t, dir))
	}
	before := listDir(t, dir)
	rep, err = f.Save(t.Context(), f.ids, o)
	if err != nil || len(rep.Failed) != 0 || len(rep.Files) != 4 {
		t.Fatalf("again: %v %+v", err, rep)
	}
	for _, file := range rep.Files {
		if !file.Skipped {
			t.Errorf("%s was written twice", file.Name)
		}
	}
	if got := listDir(t, dir); !slices.Equal(got, before) {
		t.Errorf("after the second save: %q", got)
	}
	v, err := Verify(t.Context(), dir)
	if err != nil || !v.Good() || len(v.OK) != 4 || len(v.Extra) != 0 {
		t.Errorf("verify %+v %v", v, err)
	}
}

func TestManifestContents(t *testing.T) {
	f := saveStore(t)
	dir := t.TempDir()
	rep, err := f.Save(t.Context(), f.ids[:2], SaveOptions{Dir: dir, Manifest: true})
	if err != nil {
		t.Fatal(err)
	}
	// A second save of others is merged in.
	if _, err := f.Save(t.Context(), f.ids[1:], SaveOptions{Dir: dir, Template: "{name}", Manifest: true}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(rep.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	var m manifestFile
	if err := json.Unmarshal(b, &m); err != nil || len(m.Files) != 4 {
		t.Fatalf("%v, %d files\n%s", err, len(m.Files), b)
	}
	e := m.Files[0]
	want := ManifestEntry{
		ID: f.ids[0].String(), ServiceID: "100", Account: "test:1:1", From: "Ann Lee <+15555551234>", Time: "2026-11-20T08:15:00Z", Kind: "fax",
		File: rep.Files[0].Name, Bytes: 300_009, SHA256: f.att("a.pdf").SHA256, Source: "https://media.example/0", ContentType: "application/pdf",
		Attachment: e.Attachment, Service: "test", Direction: "inbound",
	}
	if e != want {
		t.Errorf("got  %+v\nwant %+v", e, want)
	}
	if m.Files[1].File != rep.Files[1].Name {
		t.Errorf("the second save gave a file that was there another name: %q", m.Files[1].File)
	}
	csvText, err := os.ReadFile(filepath.Join(dir, "manifest.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(csvText, []byte("s3cr3t")) || bytes.Contains(b, []byte("s3cr3t")) {
		t.Error("a secret of the address is in the manifest")
	}
	if !bytes.Contains(csvText, []byte(",'=cmd")) {
		t.Errorf("a formula is not defused:\n%s", csvText)
	}
	fromCSV, err := parseCSV(csvText)
	if err != nil || !slices.Equal(fromCSV, m.Files) {
		t.Errorf("CSV and JSON differ: %v\n%+v\n%+v", err, fromCSV, m.Files)
	}
}

// Nothing that is there is replaced; other content gets a number.
func TestSaveNeverOverwrites(t *testing.T) {
	f := saveStore(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.pdf"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "victim")
	if err := os.Symlink(outside, filepath.Join(dir, "x (2).pdf")); err != nil {
		t.Skip(err)
	}
	rep, err := f.Save(t.Context(), f.ids[:3], SaveOptions{Dir: dir, Template: "x"})
	if err != nil || len(rep.Failed) != 0 {
		t.Fatalf("%v %+v", err, rep.Failed)
	}
	got := names(rep)
	slices.Sort(got)
	if want := []string{"x (3).pdf", "x (4).pdf", "x (5).pdf"}; !slices.Equal(got, want) {
		t.Errorf("names %q", got)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "x.pdf")); string(b) != "mine" {
		t.Errorf("x.pdf is now %q", b)
	}
	if _, err := os.Stat(outside); !errors.Is(err, fs.ErrNotExist) {
		t.Error("written through a link")
	}
	if rep, err := f.Save(t.Context(), f.ids[:3], SaveOptions{Dir: dir, Template: "x"}); err != nil || len(listDir(t, dir)) != 5 {
		t.Errorf("again: %v %q %q", err, names(rep), listDir(t, dir))
	}
}

func TestSaveOneFileByName(t *testing.T) {
	f := saveStore(t)
	dir := t.TempDir()
	rep, err := f.Save(t.Context(), f.ids[:1], SaveOptions{Dir: dir, Name: "../Order for Ann", Attachments: []int64{f.att("a.pdf").ID}})
	if err != nil || !slices.Equal(names(rep), []string{"Order for Ann.pdf"}) {
		t.Errorf("%v %q", err, names(rep))
	}
	rep, err = f.Save(t.Context(), f.ids[:1], SaveOptions{Dir: dir, Attachments: []int64{}})
	if err != nil || len(rep.Files) != 0 {
		t.Errorf("none asked for: %v %+v", err, rep.Files)
	}
}

// One that fails does not keep the others from being saved.
func TestSaveFailures(t *testing.T) {
	f := saveStore(t)
	f.svc.script = func(_ int, a Attachment) step {
		if a.Remote == "CON" {
			return step{err: &api.Error{Op: "readMessageContent", Status: 404, Message: "gone"}}
		}
		return step{}
	}
	dir := t.TempDir()
	ids := append(slices.Clone(f.ids), ID(12345))
	rep, err := f.Save(t.Context(), ids, SaveOptions{Dir: dir, Manifest: true})
	if err != nil || len(rep.Files) != 3 || len(rep.Failed) != 2 {
		t.Fatalf("%v %+v", err, rep)
	}
	if !errors.Is(rep.Failed[1].Err, ErrNotFound) || rep.Failed[0].Name != "CON" || f.att("CON").State != Gone {
		t.Errorf("%+v, %v", rep.Failed, f.att("CON").State)
	}
	if v, err := Verify(t.Context(), dir); err != nil || len(v.OK) != 3 {
		t.Errorf("%+v %v", v, err)
	}
}

// A save that was killed leaves part files; the next one removes them, but not
// those another process is writing, nor what only looks like one.
func TestSaveAfterAKill(t *testing.T) {
	f := saveStore(t)
	dir := t.TempDir()
	const dead, other = ".switchboard-abcdefghijkl.part", ".switchboard-notes.part"
	for _, n := range []string{dead, other} {
		if err := os.WriteFile(filepath.Join(dir, n), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	busy, busyName, err := createPart(root)
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	ctx, cancel := context.WithCancel(t.Context())
	o := SaveOptions{Dir: dir, Manifest: true, Progress: func(done, _ int) {
		if done == 1 {
			cancel()
		}
	}}
	rep, err := f.Save(ctx, f.ids, o)
	if !errors.Is(err, context.Canceled) || len(rep.Files) == 0 || rep.Manifest == "" {
		t.Fatalf("stopped: %v %+v", err, rep)
	}
	got := listDir(t, dir)
	if slices.Contains(got, dead) || !slices.Contains(got, other) || !slices.Contains(got, busyName) {
		t.Errorf("folder: %q", got)
	}
	rep, err = f.Save(t.Context(), f.ids, SaveOptions{Dir: dir, Manifest: true})
	if err != nil || len(rep.Files) != 4 || len(rep.Failed) != 0 {
		t.Fatalf("going on: %v %+v", err, rep)
	}
	if v, err := Verify(t.Context(), dir); err != nil || !v.Good() || len(v.OK) != 4 {
		t.Errorf("%+v %v", v, err)
	}
}

// What is on this machine is checked while it is copied out.
func TestSaveOfADamagedBlob(t *testing.T) {
	f := saveStore(t)
	path, err := f.FetchNow(t.Context(), f.att("a.pdf"), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[1000] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	rep, err := f.Save(t.Context(), f.ids[:1], SaveOptions{Dir: dir})
	if err != nil || len(rep.Files) != 1 {
		t.Fatalf("%v %+v", err, rep)
	}
	if b, _ := os.ReadFile(rep.Files[0].Path); sumOf(b) != f.att("a.pdf").SHA256 {
		t.Error("saved a damaged file")
	}
	if len(listDir(t, dir)) != 1 {
		t.Errorf("folder: %q", listDir(t, dir))
	}
}

func TestSaveWhereNothingCanBeWritten(t *testing.T) {
	f := saveStore(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", filepath.Join(file, "sub")} {
		if _, err := f.Save(t.Context(), f.ids, SaveOptions{Dir: dir}); err == nil {
			t.Errorf("Dir %q: no error", dir)
		}
	}
	if _, err := f.Save(t.Context(), f.ids, SaveOptions{Dir: t.TempDir(), Template: "{nope}"}); err == nil || !strings.Contains(err.Error(), "{nope}") {
		t.Errorf("template: %v", err)
	}
	err := fileFault("save x", "/mnt/usb", 12, &fs.PathError{Op: "open", Path: "p", Err: fs.ErrPermission})
	if !errors.Is(err, ErrReadOnly) || !strings.Contains(err.Error(), "/mnt/usb cannot be written to") {
		t.Errorf("%v", err)
	}
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		return // modes do not stop root
	}
	locked := t.TempDir()
	if err := os.Chmod(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Save(t.Context(), f.ids, SaveOptions{Dir: locked}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("read-only folder: %v", err)
	}
}
