package uitest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// The attachment pane, file by file: fetch it, save it under a name of one's own,
// remove it from this machine.
func TestFilesPane(t *testing.T) {
	d := desk(t)
	want := d.oldestUnread(t)
	d.Press("n g a")
	d.See("Files of voicemail", "on the service")
	d.Press("d")
	d.See("no copy of this file on this machine")
	d.Press("Enter")
	d.See("on this machine", "sha256")
	a := d.file(t, want.ID)
	blob, err := os.ReadFile(d.Store.BlobPath(a.SHA256))
	if err != nil {
		t.Fatal(err)
	}
	d.Press("s")
	d.See("Save to")
	d.Press("C-u")
	d.Free("for the file.mp3")
	d.Press("Enter")
	name := filepath.Join(d.SaveDir, "for the file.mp3")
	d.See("Saved", "for the file")
	if saved, err := os.ReadFile(name); err != nil || !bytes.Equal(saved, blob) {
		t.Errorf("saved %d bytes, %v, want the recording's %d", len(saved), err, len(blob))
	}
	d.Press("d")
	d.See("on the service; Enter downloads it", "Removed")
	if _, err := os.Stat(d.Store.BlobPath(a.SHA256)); !os.IsNotExist(err) {
		t.Errorf("the copy is still here: %v", err)
	}
	if _, err := os.Stat(name); err != nil {
		t.Errorf("what was saved went with it: %v", err)
	}
	if d.item(t, want.ID).Read {
		t.Error("looking at its files marked the message read")
	}
}

// A download shows how far it is and how fast, and can be stopped, continued and
// given up.
func TestFilesPaneStopsAndGoesOn(t *testing.T) {
	// The clock goes: a rate is measured.
	d := Open(t, Config{Sim: simulator.Config{SlowFor: 8 * time.Second}})
	d.Press("g v g a")
	d.See("Files of voicemail", "on the service")
	q, err := store.ParseQuery("in:voicemail", time.Now(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := d.Store.IDs(t.Context(), q, store.NewestFirst, 1)
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	slow := func(on bool) {
		f := simulator.Faults{}
		if on {
			f["slow"] = 1
		}
		if err := d.Sim.SetFaults(f); err != nil {
			t.Fatal(err)
		}
	}
	slow(true)
	d.Press("Enter")
	d.See("B of ", "B/s", "↓ 1 ")
	d.Press("C-c")
	d.See("paused at", "Enter goes on")
	d.Press("Enter")
	d.See("B of ", "B/s")
	d.Press("d")
	d.See("on the service; Enter downloads it")
	if jobs := d.Store.Jobs(); len(jobs) != 0 {
		t.Errorf("given up, but still there: %+v", jobs)
	}
	slow(false)
	d.Press("Enter")
	d.See("on this machine")
	a := d.file(t, ids[0])
	if info, err := os.Stat(d.Store.BlobPath(a.SHA256)); err != nil || info.Size() != a.Bytes {
		t.Errorf("kept %v, %v, want %d bytes", info, err, a.Bytes)
	}
}

// file is the first file of an item.
func (d *Desk) file(t *testing.T, id store.ID) store.Attachment {
	t.Helper()
	for _, a := range d.item(t, id).Attachments {
		if !a.IsText() {
			return a
		}
	}
	t.Fatal("the item has no file")
	return store.Attachment{}
}
