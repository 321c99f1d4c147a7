package symphony

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	_ "image/jpeg" // what the service makes small pictures of
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	simulator "switchboard/api/simulator/symphony"
	sym "switchboard/api/symphony"
	"switchboard/store"
)

// photo is a picture of so many pixels across.
func photo(t *testing.T, w int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, 40))
	for i := range img.Pix {
		img.Pix[i] = byte(i*i>>7 + i)
	}
	img.SetGray(0, 0, color.Gray{Y: 7})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shown posts a picture and gives its attachment, as it came with the history.
func (d *desk) shown(name string, w int) store.Attachment {
	d.t.Helper()
	d.clock.add(time.Minute)
	_, err := d.sim.Say(d.sim.Room("Claims Clearing"), "", simulator.File{Name: name, Type: "image/png", Data: photo(d.t.(*testing.T), w)})
	if err != nil {
		d.t.Fatal(err)
	}
	d.sync()
	return d.fileOf(name)
}

func (d *desk) fileOf(name string) store.Attachment {
	d.t.Helper()
	for _, r := range d.find("in:symphony has:file") {
		it, err := d.Item(d.t.Context(), r.ID)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, a := range it.Attachments {
			if a.Name == name {
				return a
			}
		}
	}
	d.t.Fatalf("%s is not here", name)
	return store.Attachment{}
}

// wide is how many pixels wide a picture is.
func wide(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return c.Width
}

func TestPixels(t *testing.T) {
	for text, want := range map[string]int{"600": 600, " 600 ": 600, "600px": 600, "600x400": 600, "": 0, "wide": 0, "-600": 0, "99999999999999999999": 0} {
		if got := pixels(text); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}

// Whatever the spelling of ids that an agent wants, a small picture comes with one request,
// or two the first time; the file itself is not asked for.
func TestSmallPictures(t *testing.T) {
	for _, way := range []string{"", "fileid-once", "fileid-twice", "standard-refused", "ok-type", "chunked"} {
		p := start(t, simulator.Config{Streams: 3, Messages: 1})
		if way != "" {
			if err := p.sim.SetFault(way, 1); err != nil {
				t.Fatal(err)
			}
		}
		d := p.desk(dirOf(t))
		d.sync()
		a := d.shown("scan.png", 1500)
		for i, want := range []store.ThumbWant{{Width: 100}, {Width: 601}, {Width: 600}} {
			before := d.asked()
			got, err := d.FetchThumb(t.Context(), a, want)
			if err != nil {
				t.Fatalf("%s: %v", way, err)
			}
			n, listed := d.asked()["attachment"]-before["attachment"], d.asked()["streamAttachments"]-before["streamAttachments"]
			if w := wide(t, got.Path); w != got.Width || w != []int{600, 1200, 600}[i] || listed != 0 || n > 2-min(i, 1) || i == 2 && n != 0 {
				t.Errorf("%s, %+v: %d pixels, said %d; %d requests, %d for the list", way, want, w, got.Width, n, listed)
			}
		}
		if now, err := d.Attachment(t.Context(), a.ID); err != nil || now.State != store.Remote {
			t.Errorf("%s: %+v, %v", way, now, err)
		}
		path, err := d.FetchNow(t.Context(), a, nil)
		if err != nil || wide(t, path) != 1500 {
			t.Errorf("%s: %v", way, err)
		}
	}
}

// What an agent leaves out is looked up in the pod's list of the stream's files.
func TestSmallPicturesThatWereNotTold(t *testing.T) {
	p := start(t, simulator.Config{Streams: 3, Messages: 1, Faults: map[string]float64{"odd-thumbs": 1}})
	d := p.desk(dirOf(t))
	d.sync()
	found, listed, none := 0, 0, 0
	for i := range 5 { // one of each shape
		a := d.shown("odd"+string(rune('0'+i))+".png", 700)
		before := d.asked()
		got, err := d.FetchThumb(t.Context(), a, store.ThumbWant{Width: 100})
		listed += d.asked()["streamAttachments"] - before["streamAttachments"]
		switch {
		case err == nil && wide(t, got.Path) == 600:
			found++
		case errors.Is(err, store.ErrNotFound):
			none++
		default:
			t.Errorf("%d: %v", i, err)
		}
	}
	if found != 4 || listed != 3 || none != 1 {
		t.Errorf("%d found, %d of nobody's; the list was asked for %d times", found, none, listed)
	}
}

// A small picture that is refused or spoiled is not kept, and the file is to be had still.
func TestSmallPicturesThatFail(t *testing.T) {
	p := start(t, simulator.Config{Streams: 3, Messages: 1})
	d := p.desk(dirOf(t))
	d.sync()
	a := d.shown("scan.png", 900)
	for _, tt := range []struct {
		fault string
		is    func(error) bool
	}{
		{"thumb-400", api.IsNotFound},
		{"b64-tail", func(err error) bool { return errors.Is(err, api.ErrBadBody) }},
		{"b64-json", func(err error) bool { return errors.Is(err, api.ErrBadBody) }},
		{"redirect", func(err error) bool { return errors.Is(err, api.ErrRedirect) }},
	} {
		if err := p.sim.SetFaults(map[string]float64{tt.fault: 1}); err != nil {
			t.Fatal(err)
		}
		if got, err := d.FetchThumb(t.Context(), a, store.ThumbWant{Width: 100}); !tt.is(err) {
			t.Errorf("%s: %+v, %v", tt.fault, got, err)
		}
		if now, err := d.Attachment(t.Context(), a.ID); err != nil || now.State != store.Remote || now.Fault != "" {
			t.Errorf("%s: %+v, %v", tt.fault, now, err)
		}
	}
	if c, err := d.Cache(t.Context()); err != nil || c.Files != 0 || c.Part != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if err := p.sim.SetFaults(map[string]float64{"thumb-400": 1}); err != nil {
		t.Fatal(err)
	}
	if path, err := d.FetchNow(t.Context(), a, nil); err != nil || wide(t, path) != 900 {
		t.Errorf("the file itself: %v", err)
	}
}

// Files have their small pictures from wherever their message came: by the datafeed, by a
// search, and with a message that passes it on.
func TestSmallPicturesOfAllWays(t *testing.T) {
	p := start(t, simulator.Config{Streams: 3, Messages: 1})
	d := p.desk(dirOf(t))
	d.sync()
	d.run()
	d.until("it listens", func() bool {
		return slices.ContainsFunc(d.Status(), func(s store.Status) bool { return s.Phase == store.PhaseLive })
	})
	room := p.sim.Room("Claims Clearing")
	from, err := p.sim.Say(room, "the new badge", simulator.File{Name: "badge.png", Type: "image/png", Data: photo(t, 700)})
	if err != nil {
		t.Fatal(err)
	}
	d.until("it came", func() bool { return len(d.find("in:symphony badge has:file")) == 1 })
	if got, err := d.FetchThumb(t.Context(), d.fileOf("badge.png"), store.ThumbWant{Width: 100}); err != nil || got.Width != 600 {
		t.Errorf("%+v, %v", got, err)
	}
	found, _, err := p.box.SearchPosts(t.Context(), "badge", room, "")
	if err != nil || len(found) != 1 || len(found[0].Attachments) != 1 || len(found[0].Attachments[0].Thumbs) != 1 {
		t.Errorf("%+v, %v", found, err)
	}
	if d.asked()["streamAttachments"] != 0 {
		t.Error("the list was asked for")
	}
	if _, err := p.sim.Post(simulator.Saying{Stream: p.sim.Room("Front Desk & Payers"), Text: "passing on", Forward: from}); err != nil {
		t.Fatal(err)
	}
	d.until("it was passed on", func() bool { return len(d.find("in:symphony has:file passing")) == 1 })
	it, err := d.Item(t.Context(), d.find("in:symphony has:file passing")[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.FetchThumb(t.Context(), it.Attachments[0], store.ThumbWant{Width: 100}); err != nil || wide(t, got.Path) != 600 {
		t.Errorf("passed on: %+v, %v", got, err)
	}
}

// Ids of one file in two spellings are of one file.
func TestPlainFileID(t *testing.T) {
	if a, b := sym.PlainFileID("internal_1%2Fx%3D%3D"), sym.PlainFileID("internal_1/x=="); a != b || strings.Contains(a, "%") {
		t.Errorf("%q, %q", a, b)
	}
}
