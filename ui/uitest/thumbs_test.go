package uitest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	sym "switchboard/api/simulator/symphony"
	"switchboard/store"
)

// photo is a picture of more than 256 KiB.
func photo(t *testing.T) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	img := image.NewGray(image.Rect(0, 0, 900, 500))
	for i := range img.Pix {
		img.Pix[i] = byte(i/900/2) + byte(r.Uint32()&0x3f)
	}
	img.SetGray(0, 0, color.Gray{Y: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asked are the ids of the files that the agent was asked for.
func (d *Desk) asked(t *testing.T) (files []string) {
	t.Helper()
	for _, r := range d.Sim.Symphony().Requests() {
		if r.Op != "attachment" {
			continue
		}
		u, err := url.Parse(r.Path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, u.Query().Get("fileId"))
	}
	return files
}

// posted puts a file into a room of Symphony and gives its attachment once it is here.
func (d *Desk) postedFile(t *testing.T, room store.Chat, f sym.File) store.Attachment {
	t.Helper()
	if _, err := d.Sim.Symphony().Post(sym.Saying{Stream: room.Remote, Text: "the scanned card", Files: []sym.File{f}}); err != nil {
		t.Fatal(err)
	}
	var a store.Attachment
	d.Eventually("the post is here", func() bool {
		q, _ := store.ParseQuery(`in:symphony "scanned card"`, noon(), time.UTC)
		ids, err := d.Store.IDs(t.Context(), q, store.NewestFirst, 1)
		if err != nil || len(ids) == 0 || len(d.item(t, ids[0]).Attachments) != 1 {
			return false
		}
		a = d.item(t, ids[0]).Attachments[0]
		return true
	})
	return a
}

// A large picture in a chat is looked at by its small picture; the file itself comes when a
// key asks for it, and that is what is saved.
func TestLargePictureOfAChat(t *testing.T) {
	d := threeServices(t, Config{})
	room := d.openRoom(t)
	whole := photo(t)
	a := d.postedFile(t, room, sym.File{Name: "card.png", Type: "image/png", Data: whole})
	d.Press("g t")
	d.See("Chats")
	d.Press("\\")
	d.See("a part of the name")
	d.Free(room.Title)
	d.Press("Enter")
	d.See("S " + room.Title[:8])
	d.Press("Enter")
	d.See("the scanned card")
	mark := len(d.asked(t))
	d.Press("Space")
	d.See("Files of post", "Small picture (600 px wide)", "Space fetches the whole file")
	got := d.asked(t)[mark:]
	if len(got) == 0 || len(got) > 2 || slices.Contains(got, a.Remote) {
		t.Fatalf("asked for %q, and the file is %q", got, a.Remote)
	}
	if now := d.attachment(t, a); now.State != store.Remote || now.SHA256 != "" || d.item(t, a.Item).Kept != 0 {
		t.Errorf("it is taken for the file: %+v", now)
	}
	d.Press("Space")
	d.Gone("Small picture")
	d.Eventually("the file is here", func() bool { return d.attachment(t, a).State == store.Kept })
	if got = d.asked(t)[mark+len(got):]; !slices.Equal(got, []string{a.Remote}) {
		t.Errorf("asked for %q, want %q once", got, a.Remote)
	}
	d.See("sha256 " + d.attachment(t, a).SHA256[:12])
	d.Press("s")
	d.See("Save to")
	d.Press("C-u")
	d.Free("the card")
	d.Press("Enter")
	d.See("Saved", "the card")
	if saved, err := os.ReadFile(filepath.Join(d.SaveDir, "the card.png")); err != nil || !bytes.Equal(saved, whole) {
		t.Errorf("saved %d bytes of %d, %v", len(saved), len(whole), err)
	}
	if strings.Contains(d.Screen(), "Small picture") {
		t.Error("the small picture is shown still")
	}
}
