package uitest

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"switchboard/store"
)

// smallDisk mounts a disk of a few KiB, where that is allowed.
func smallDisk(t *testing.T, at, size string) {
	t.Helper()
	if err := os.MkdirAll(at, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", at, "tmpfs", 0, "size="+size+",mode=0700"); err != nil {
		t.Skipf("no disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(at, syscall.MNT_DETACH) })
}

func TestFullDiskWhileSaving(t *testing.T) {
	m := syncedMachine(t, 60)
	smallDisk(t, m.save, "200k")
	e := m.run("save", "in:voicemail", "has:audio", "--dir", m.save, "--manifest", "--json")
	if e.code != 1 || !strings.Contains(e.err, "is full") {
		t.Errorf("exit %d, %s", e.code, e.err)
	}
	files, err := os.ReadDir(m.save)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".part") {
			t.Errorf("%s was left behind", f.Name())
		}
	}
	if _, err := os.Stat(filepath.Join(m.save, "manifest.json")); err == nil {
		if r, err := store.Verify(t.Context(), m.save); err != nil || len(r.Missing)+len(r.Changed) > 0 {
			t.Errorf("manifest: %+v, %v", r, err)
		}
	}
	if err := syscall.Mount("", m.save, "", syscall.MS_REMOUNT, "size=100m"); err != nil {
		t.Fatal(err)
	}
	m.ok("save", "in:voicemail", "has:audio", "--dir", m.save, "--manifest", "--json")
	if r, err := store.Verify(t.Context(), m.save); err != nil || len(r.OK) == 0 || len(r.Missing)+len(r.Changed)+len(r.Extra) > 0 {
		t.Errorf("afterwards: %+v, %v", r, err)
	}
}

// TestFullDiskUnderTheStore fills the disk that holds the data folder.
func TestFullDiskUnderTheStore(t *testing.T) {
	m := machineOn(t, "20m")
	items := m.list("in:inbox")
	filler := filepath.Join(m.dir, "filler")
	fill(t, filler)
	m.failing(1, "full", "save", "in:voicemail", "has:audio", "--dir", m.save)
	full := false
	for _, it := range items { // there may be room for some in the log of the database
		if e := m.run("done", it.ID); e.code != 0 {
			full = true
			if e.code != 1 || !strings.Contains(e.err, "full") {
				t.Errorf("done: exit %d, %s", e.code, e.err)
			}
			break
		}
	}
	if !full {
		t.Log("there was room for all changes")
	}
	if e := m.run("list", "in:all"); e.code != 0 && !strings.Contains(e.err, "full") {
		t.Errorf("list: exit %d, %s", e.code, e.err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	m.ok("sync", "--once")
	if n := len(m.list("in:all")); n != 60 {
		t.Errorf("%d messages, want 60", n)
	}
	m.ok("done", items[0].ID)
	m.ok("save", "in:voicemail", "has:audio", "--dir", m.save)
	if kept, _ := filepath.Glob(filepath.Join(m.dir, "*.corrupt-*")); len(kept) > 0 {
		t.Errorf("a full disk was taken for damage: %q", kept)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	m := machineOn(t, "20m")
	it := m.list("in:inbox")[0]
	if err := syscall.Mount("", m.dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	m.failing(1, "writable", "done", it.ID)
	if err := syscall.Mount("", m.dir, "", syscall.MS_REMOUNT, ""); err != nil {
		t.Fatal(err)
	}
	m.ok("done", it.ID)
	smallDisk(t, m.save, "1m")
	if err := syscall.Mount("", m.save, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	m.failing(1, "only be read", "save", "in:fax", "has:file", "--dir", m.save)
}

// machineOn has its data folder on a disk of a size.
func machineOn(t *testing.T, size string) *machine {
	t.Helper()
	onlyOnce(t)
	m := newMachine(t, simulatorOf(60))
	smallDisk(t, m.dir, size)
	m.signIn()
	m.ok("sync", "--once")
	return m
}

// fill writes until the disk is full.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
}
