package uitest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sym "switchboard/api/simulator/symphony"
	"switchboard/store"
)

// threeServices is a desk with an account of each service, synced.
func threeServices(t *testing.T, c Config) *Desk {
	t.Helper()
	start := time.Now()
	c.Now = func() time.Time { return noon().Add(time.Since(start)) } // a report takes its time
	c.Sim.SymphonyStreams, c.Sim.SymphonyMessages = 8, 60
	c.Sim.EmailgisticsMessages, c.Sim.EmailgisticsReport = 20, max(c.Sim.EmailgisticsReport, time.Millisecond)
	c.SignedInFor = 365 * 24 * time.Hour
	if c.Messages == 0 {
		c.Messages = 20
	}
	d := Open(t, c)
	d.See("Inbox")
	return d
}

// found puts the cursor on the first message a query finds, and gives it.
func (d *Desk) found(t *testing.T, query string) store.Item {
	t.Helper()
	q, err := store.ParseQuery(query, noon(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	var ids []store.ID
	d.Eventually(query+" finds something", func() bool {
		ids, err = d.Store.IDs(t.Context(), q, store.NewestFirst, 1)
		return err == nil && len(ids) == 1
	})
	d.Press("Esc Esc g i /")
	d.See("Search")
	d.Free("id:" + ids[0].String())
	d.Press("Enter")
	d.See("1 of 1")
	return d.item(t, ids[0])
}

// From the one inbox an attachment of each service is opened, looked at, saved and
// checked, with the same keys.
func TestFilesOfAllServices(t *testing.T) {
	d := threeServices(t, Config{})
	for _, c := range []struct{ query, title string }{
		{"in:fax in:ringcentral in:inbox", "Files of fax"},
		{"in:symphony in:inbox has:pdf", "Files of post"},
		{"in:emailgistics in:inbox has:pdf", "Files of e-mail"},
	} {
		it := d.found(t, c.query)
		a := d.fetchable(t, it.ID)
		d.Press("g a")
		d.See(c.title, "Enter downloads it")
		d.onFile(t, a)
		d.Press("Enter") // downloads
		d.Eventually("the file is here", func() bool { return d.attachment(t, a).State == store.Kept })
		d.See("sha256")
		a = d.attachment(t, a)
		blob, err := os.ReadFile(d.Store.BlobPath(a.SHA256))
		if err != nil {
			t.Fatal(err)
		}
		d.Press("Enter") // over all panes
		d.Until("the file is shown", func(s string) bool { return !strings.Contains(s, "sha256") })
		d.Press(", v")
		d.See("is whole", "sha256 "+a.SHA256[:12])
		d.Press("q s")
		d.Until("a name is asked for", func(s string) bool {
			return strings.Contains(s, "Save to") || strings.Contains(s, "copy-protected chat?")
		})
		if strings.Contains(d.Screen(), "copy-protected chat?") {
			d.Press("y")
		}
		d.See("Save to")
		d.Press("C-u")
		name := "my copy of the " + strings.Fields(c.title)[2]
		d.Free(name)
		d.Press("Enter")
		d.See("Saved", name)
		names, err := filepath.Glob(filepath.Join(d.SaveDir, name+"*"))
		if err != nil || len(names) != 1 {
			t.Fatal(names, err) // with the ending its content has
		}
		if saved, err := os.ReadFile(names[0]); err != nil || !bytes.Equal(saved, blob) || len(blob) == 0 {
			t.Errorf("%s: saved %d bytes, %v, want %d", c.query, len(saved), err, len(blob))
		}
	}
}

// fetchable is the first file of a message that the service gives out.
func (d *Desk) fetchable(t *testing.T, id store.ID) store.Attachment {
	t.Helper()
	for _, a := range d.item(t, id).Attachments {
		if ok, _ := a.Fetchable(); ok && !a.IsText() {
			return a
		}
	}
	t.Fatalf("no file can be had: %+v", d.item(t, id).Attachments)
	return store.Attachment{}
}

// onFile moves the cursor of the attachment pane to a file.
func (d *Desk) onFile(t *testing.T, want store.Attachment) {
	t.Helper()
	for _, a := range d.item(t, want.Item).Attachments {
		if a.ID == want.ID {
			return
		}
		if !a.IsText() {
			d.Press("j")
		}
	}
}

func (d *Desk) attachment(t *testing.T, a store.Attachment) store.Attachment {
	t.Helper()
	now, err := d.Store.Attachment(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// The same content on several messages is told once, with where else it was seen, and a
// key lists those.
func TestSameFileInTwoServices(t *testing.T) {
	d := threeServices(t, Config{})
	mail := d.found(t, "in:emailgistics in:inbox has:pdf")
	a := d.fetchable(t, mail.ID)
	d.Press("g a")
	d.See("Files of e-mail")
	d.onFile(t, a)
	d.Press("Enter")
	d.See("sha256")
	a = d.attachment(t, a)
	blob, err := os.ReadFile(d.Store.BlobPath(a.SHA256))
	if err != nil {
		t.Fatal(err)
	}
	// Somebody posts it in a chat, under two other names.
	file := sym.File{Name: "once more.pdf", Type: "application/pdf", Data: blob}
	twin := file
	twin.Name = "and again.pdf"
	chat := d.openRoom(t)
	if _, err := d.Sim.Symphony().Post(sym.Saying{Stream: chat.Remote, Text: "have a look at this one", Files: []sym.File{file, twin}}); err != nil {
		t.Fatal(err)
	}
	post := store.Item{}
	d.Eventually("the post is here", func() bool {
		q, _ := store.ParseQuery(`in:symphony "look at this one"`, noon(), time.UTC)
		ids, err := d.Store.IDs(t.Context(), q, store.NewestFirst, 1)
		if err != nil || len(ids) == 0 {
			return false
		}
		post = d.item(t, ids[0])
		return post.Files == 2
	})
	d.found(t, "id:"+post.ID.String())
	d.Press("g a")
	d.See("once more.pdf", "and again.pdf")
	d.Press("Enter")
	d.See("sha256")
	d.Press("j Enter")
	d.See("= the same as and again.pdf of this message", "e-mail from", "Emailgistics")
	if n := strings.Count(d.Screen(), "sha256"); n != 1 {
		t.Errorf("the same content is listed %d times:\n%s", n, d.Screen())
	}
	d.Press("%")
	d.See("Messages with once more.pdf", "1 of 2")
	d.Press("q")
	d.See("Files of post")
}

// openRoom is a room of Symphony that is not copy-protected and that one may post in.
func (d *Desk) openRoom(t *testing.T) store.Chat {
	t.Helper()
	room := store.Chat{}
	d.Eventually("a room is open", func() bool {
		w, err := d.Store.ChatWindow(t.Context(), store.ChatQuery{Account: d.Symphony.ID}, 0, 0, 100)
		if err != nil {
			return false
		}
		for _, c := range w.Rows {
			if c.Type == store.ChatTeam && !c.Protected && !c.ReadOnly && c.Joined {
				room = c
				return true
			}
		}
		return false
	})
	return room
}
