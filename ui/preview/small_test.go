package preview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/screen"
)

// album is a shelf whose files have smaller pictures.
type album struct {
	*shelf
	widths []int
	fail   error
	slow   bool
	asked  []store.ThumbWant
	kept   []string
	opened string // what kind of small picture; "": a PNG
}

// What is kept of a file: nothing here, and nothing may be of a small picture.
func (a *album) Recall(context.Context, string) ([]byte, error)    { return nil, nil }
func (a *album) FileText(context.Context, int64) ([]string, error) { return nil, nil }

func (a *album) Remember(_ context.Context, key string, _ []byte) error {
	a.kept = append(a.kept, key)
	return nil
}

func (a *album) SetFileText(_ context.Context, file int64, _ []string, _ string) error {
	a.kept = append(a.kept, fmt.Sprint(file))
	return nil
}

func drawing(w int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, w/2))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (a *album) FetchThumb(ctx context.Context, _ store.Attachment, want store.ThumbWant) (store.Thumb, error) {
	a.asked = append(a.asked, want)
	switch {
	case a.slow:
		<-ctx.Done()
		return store.Thumb{}, ctx.Err()
	case a.fail != nil:
		return store.Thumb{}, a.fail
	case len(a.widths) == 0:
		return store.Thumb{}, store.ErrNotFound
	}
	w := a.widths[len(a.widths)-1]
	for _, have := range a.widths {
		if have >= want.Width {
			w = have
			break
		}
	}
	content := drawing(w)
	if a.opened != "" {
		content = []byte(a.opened)
	}
	path := filepath.Join(a.dir, "small")
	return store.Thumb{Remote: "t", Width: w, Path: path, Wider: w != a.widths[len(a.widths)-1]}, os.WriteFile(path, content, 0o600)
}

// large is a picture of which a smaller one is asked for.
func large() string {
	return string(drawing(40)) + strings.Repeat("\x00", bigPicture)
}

func sitWith(t *testing.T, a *album) *desk {
	t.Helper()
	if a.shelf == nil {
		a.shelf = &shelf{content: large(), typ: "image/png"}
	}
	d := sit(t, a.shelf)
	d.m.env.Store = a
	return d
}

func (d *desk) misses(text string) {
	d.t.Helper()
	if got := ansi.Strip(strings.Join(d.m.View(60, 10, true), "\n")); strings.Contains(got, text) {
		d.t.Errorf("there is %q in\n%s", text, got)
	}
}

func TestASmallPictureIsShownFirst(t *testing.T) {
	a := &album{widths: []int{600, 1200}}
	d := sitWith(t, a)
	d.follow(1)
	d.stay()
	d.sees("Small picture (600 px wide); Space fetches the whole file, about")
	if a.fetches != 0 || len(a.asked) != 1 || !a.asked[0].Ahead || a.asked[0].Here || a.asked[0].Width != 120 || d.seen != 0 || len(a.kept) != 0 {
		t.Errorf("%d files, asked for %+v, seen %d times, kept %q", a.fetches, a.asked, d.seen, a.kept)
	}
	if src, ok := d.m.Source(); !ok || src.Path != "" || src.Whole || src.File.SHA256 != "" || src.File.Sniffed != "" {
		t.Errorf("it is taken for the file: %+v", src)
	}
	d.do(keymap.PanDown)
	if a.fetches != 0 || d.said == "" {
		t.Error("moving on it fetches the file")
	}
	d.do(keymap.MediaMore)
	if a.fetches != 1 || d.m.small.stands() {
		t.Errorf("%d files", a.fetches)
	}
	d.misses("Small picture")
	if src, ok := d.m.Source(); !ok || src.Path != filepath.Join(a.dir, "blob") || !src.Whole || d.m.Status() != "1.5x" {
		t.Errorf("%q, %v, %q", src.Path, src.Whole, d.m.Status())
	}
	if d.seen != 0 {
		t.Error("looking closer marked it read")
	}
}

// Each key that is meant for the file has the file itself, whenever it is pressed.
func TestKeysHaveTheFileItself(t *testing.T) {
	for _, at := range []struct {
		name string
		do   func(d *desk)
	}{
		{"before anything is here", func(*desk) {}},
		{"while a small picture comes", func(d *desk) {
			d.m.env.Store.(*album).slow = true
			d.run(d.m.Now())
			for d.m.stage != fetching {
				d.take(<-d.msgs)
				d.out--
			}
		}},
		{"once a small picture is shown", func(d *desk) { d.stay() }},
	} {
		for _, key := range []keymap.Action{keymap.Play, keymap.VerifyFile, keymap.CopyPath, keymap.MediaFaster, keymap.Contrast, keymap.Annotate} {
			a := &album{widths: []int{600}}
			d := sitWith(t, a)
			d.follow(1)
			at.do(d)
			d.do(key)
			d.misses("Small picture")
			if src, ok := d.m.Source(); a.fetches != 1 || !ok || !src.Whole || src.Path != filepath.Join(a.dir, "blob") || len(d.m.queue) != 0 {
				t.Errorf("%s, %s: %d files, %v, %q", at.name, key, a.fetches, ok, src.Path)
			}
			if (d.seen == 1) != (key == keymap.Play) {
				t.Errorf("%s, %s: seen %d times", at.name, key, d.seen)
			}
		}
	}
}

func TestSmallPicturesAsToday(t *testing.T) {
	for _, tt := range []struct {
		name  string
		shelf shelf
		draw  graphics.Mode
	}{
		{"no more bytes than a small picture has", shelf{content: string(drawing(40)), typ: "image/png"}, graphics.Quadrants},
		{"on this machine", shelf{content: large(), typ: "image/png", state: store.Kept}, graphics.Quadrants},
		{"no picture", shelf{content: strings.Repeat("words ", bigPicture), typ: "text/plain"}, graphics.Quadrants},
		{"pages", shelf{content: large(), typ: "image/tiff"}, graphics.Quadrants},
		{"nothing is drawn", shelf{content: large(), typ: "image/png"}, graphics.Off},
	} {
		a := &album{shelf: &tt.shelf, widths: []int{600}}
		d := sitWith(t, a)
		d.m.env.Term.Mode = tt.draw
		d.follow(1)
		d.stay()
		if len(a.asked) != 0 || a.fetches != 1 || d.m.stage != shown {
			t.Errorf("%s: asked for %+v, %d files", tt.name, a.asked, a.fetches)
		}
	}
}

// Without a small picture it is as if there never were any.
func TestWithoutASmallPicture(t *testing.T) {
	for _, a := range []*album{{}, {fail: errors.New("400")}, {widths: []int{600}, opened: "no picture"}, {widths: []int{600}, opened: "II*\x00\x08\x00\x00\x00"}} {
		d := sitWith(t, a)
		d.follow(1)
		d.stay()
		d.misses("Small picture")
		if src, ok := d.m.Source(); a.fetches != 1 || !ok || !src.Whole || len(a.asked) != 1 {
			t.Errorf("%d files, asked %d times, %v, %q", a.fetches, len(a.asked), ok, src.Path)
		}
	}
	for _, tt := range []struct {
		shelf shelf
		want  string
	}{
		{shelf{content: large(), typ: "image/png", state: store.Gone}, "The service no longer has this file"},
		{shelf{content: large(), typ: "image/png", state: store.Paused}, "The download is paused; Space goes on with it"},
		{shelf{content: large(), typ: "image/png", state: store.Faulty, fault: "no right"}, "no right; Space tries again"},
	} {
		a := &album{shelf: &tt.shelf}
		d := sitWith(t, a)
		d.follow(1)
		d.stay()
		d.sees(tt.want)
		if a.fetches != 0 || len(a.asked) != 1 || !a.asked[0].Here {
			t.Errorf("%s: %d files, %+v", tt.want, a.fetches, a.asked)
		}
	}
}

// With only the small picture at hand, that is shown, and the line says how things stand.
func TestOnlyTheSmallPictureIsHere(t *testing.T) {
	for _, tt := range []struct {
		state store.FileState
		away  bool
		here  bool
		want  string
	}{
		{store.Remote, true, true, "Small picture (600 px wide); the service cannot be reached, Space tries for the whole file"},
		{store.Gone, false, true, "Small picture (600 px wide); the service no longer has the whole file"},
		{store.Paused, false, true, "Small picture (600 px wide); Space goes on with the download of the whole file"},
		{store.Faulty, false, true, "Small picture (600 px wide); Space tries again for the whole file: download failed: no right"},
	} {
		a := &album{shelf: &shelf{content: large(), typ: "image/png", state: tt.state, fault: "no right"}, widths: []int{600}}
		d := sitWith(t, a)
		if tt.away {
			d.m.env.Status = []store.Status{{Phase: store.PhaseOffline}}
		}
		d.follow(1)
		d.stay()
		d.sees(tt.want)
		if a.fetches != 0 || len(a.asked) != 1 || a.asked[0].Here != tt.here {
			t.Errorf("%d: %d files, %+v", tt.state, a.fetches, a.asked)
		}
	}
}

// When the file itself cannot be had the small picture stays, and the key tries again.
func TestTheSmallPictureStays(t *testing.T) {
	a := &album{shelf: &shelf{content: large(), typ: "image/png", err: errors.New("no right")}, widths: []int{600}}
	d := sitWith(t, a)
	d.follow(1)
	d.stay()
	d.do(keymap.Play)
	d.sees("Small picture (600 px wide); Space tries again for the whole file: no right")
	if d.seen != 0 || len(d.m.queue) != 0 {
		t.Errorf("seen %d times, %d keys wait", d.seen, len(d.m.queue))
	}
	a.err = nil
	d.do(keymap.Play)
	d.misses("Small picture")
	if a.fetches != 2 || d.seen != 1 {
		t.Errorf("%d files, seen %d times", a.fetches, d.seen)
	}
}

// A file that somebody has fetched in another way takes the small picture's place, and more
// room a wider one's.
func TestWhatTakesASmallPicturesPlace(t *testing.T) {
	a := &album{widths: []int{100, 600}}
	d := sitWith(t, a)
	d.run(d.m.Resize(40, 10))
	d.follow(1)
	d.stay()
	d.sees("(100 px wide)")
	d.run(d.m.Resize(60, 10))
	d.settle()
	d.sees("(600 px wide)")
	d.run(d.m.Resize(400, 10))
	d.settle()
	if len(a.asked) != 2 || a.fetches != 0 {
		t.Errorf("%+v, %d files", a.asked, a.fetches)
	}
	if err := os.WriteFile(filepath.Join(a.dir, "blob"), []byte(large()), 0o600); err != nil {
		t.Fatal(err)
	}
	a.state = store.Kept
	d.run(d.m.Follow(store.Row{ID: 1, Kind: store.MMS, Files: 1}, true, true, 0))
	d.settle()
	d.misses("Small picture")
	if src, ok := d.m.Source(); !ok || !src.Whole {
		t.Errorf("%v, %q", ok, src.Path)
	}
	d.run(d.m.Follow(store.Row{}, false, true, 0))
	d.settle()
	if len(a.dropped) != 0 {
		t.Errorf("took back %v", a.dropped)
	}
}

// Room that grew while a small picture was on its way counts as well.
func TestRoomThatGrowsMeanwhile(t *testing.T) {
	a := &album{widths: []int{100, 600}}
	d := sitWith(t, a)
	d.run(d.m.Resize(40, 10))
	d.follow(1)
	for _, msg := range d.later {
		d.take(msg)
	}
	for d.m.stage != fetching { // the item is being read
		d.take(<-d.msgs)
		d.out--
	}
	d.run(d.m.Resize(60, 10))
	d.settle()
	d.sees("(600 px wide)")
	if len(a.asked) != 2 || a.fetches != 0 {
		t.Errorf("%+v, %d files", a.asked, a.fetches)
	}
}

// The viewer is told what it is given: nothing of a small picture is kept of the file.
func TestTheViewerKnowsASmallPicture(t *testing.T) {
	a := &album{widths: []int{600}}
	d := sitWith(t, a)
	w := &witness{}
	d.m.viewers[Picture] = w
	d.follow(1)
	d.stay()
	d.do(keymap.Play)
	if len(w.shown) != 2 || !w.shown[0].Small || !w.shown[0].Whole || w.shown[0].File.Sniffed != "image/png" || w.shown[1].Small || w.shown[1].Path == w.shown[0].Path {
		t.Errorf("%+v", w.shown)
	}
}

// witness is a viewer that remembers what it was given.
type witness struct {
	bomb
	shown []screen.Source
}

func (w *witness) Show(src screen.Source) tea.Cmd {
	w.shown = append(w.shown, src)
	return nil
}
