package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"switchboard/api"
)

// thumbService serves smaller pictures beside the files.
type thumbService struct {
	*fetchService

	mu     sync.Mutex
	small  map[string][]byte // by Thumb.Remote
	list   map[string][]Thumb
	fail   error
	asked  []time.Time // of which times the list was asked for
	thumbs []string    // that were fetched
	quiet  int         // of those, that nobody waited for
}

func (s *thumbService) Thumbs(_ context.Context, _ Attachment, changed time.Time) (map[string][]Thumb, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, changed)
	return s.list, s.fail
}

func (s *thumbService) FetchThumb(ctx context.Context, _ Attachment, thumb string, sink api.Sink) (api.Downloaded, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.thumbs = append(s.thumbs, thumb)
	if api.IsBackground(ctx) {
		s.quiet++
	}
	b := s.small[thumb]
	if s.fail != nil {
		b = b[:len(b)/2] // it breaks in the middle
	}
	_, err := sink.Write(b)
	return api.Downloaded{Bytes: int64(len(b))}, errors.Join(err, s.fail)
}

// dots is a picture of so many pixels.
func dots(t *testing.T, w int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, 3))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// thumbStore is a store with a large picture, of which there are three smaller ones that
// were told of with its message.
func thumbStore(t *testing.T) (*fileStoreT, *thumbService) {
	t.Helper()
	f := newFileStore(t, t.TempDir(), []string{"scan.png", "bare.png"}, map[string][]byte{"scan.png": noise(400_000, 1), "bare.png": noise(300_000, 2)})
	svc := &thumbService{fetchService: f.svc, small: map[string][]byte{"w600": dots(t, 600), "w1200": dots(t, 1200), "odd": dots(t, 30)}}
	f.Attach(svc)
	f.tell("scan.png", []Thumb{{Remote: "w1200", Width: 1200}, {Remote: "odd"}, {Remote: "w600", Width: 600}})
	return f, svc
}

// tell takes in the message of a file once more, now with smaller pictures.
func (f *fileStoreT) tell(name string, list []Thumb) {
	f.t.Helper()
	a := f.att(name)
	it, err := f.Item(f.t.Context(), a.Item)
	if err != nil {
		f.t.Fatal(err)
	}
	f.clock.add(time.Minute)
	acc, err := f.Accounts(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	in := Incoming{
		Remote: it.Remote, Kind: it.Kind, Time: it.ID.Time(), Modified: f.now(), From: it.From,
		Attachments: []Attachment{{Remote: a.Remote, Kind: a.Kind, Type: a.Type, Name: a.Name, Size: 400_061, URI: a.URI, Thumbs: list}},
	}
	if _, err := f.Apply(f.t.Context(), acc[0].ID, []Incoming{in}); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fileStoreT) thumb(name string, want ThumbWant) (Thumb, error) {
	f.t.Helper()
	return f.FetchThumb(f.t.Context(), f.att(name), want)
}

func TestFitting(t *testing.T) {
	list := func(widths ...int) (out []Thumb) {
		for _, w := range widths {
			out = append(out, Thumb{Width: w})
		}
		return out
	}
	for _, tt := range []struct {
		list  []Thumb
		room  int
		width int
		none  bool
	}{
		{list(600), 100, 600, false},
		{list(1200, 600, 0), 100, 600, false},
		{list(600, 1200), 600, 600, false},
		{list(600, 1200), 601, 1200, false},
		{list(1200, 600), 5000, 1200, false},
		{list(600, 1200), 0, 1200, false}, // the room is not known
		{list(0, 600), 700, 600, false},
		{list(0), 700, 0, false},
		{nil, 700, 0, true},
	} {
		if got, ok := fitting(tt.list, tt.room); got.Width != tt.width || ok == tt.none {
			t.Errorf("%v in %d: %d, %v", tt.list, tt.room, got.Width, ok)
		}
	}
}

// What is shown of a file by a smaller picture is kept, and in nothing is it the file.
func TestThumbIsNeverTheFile(t *testing.T) {
	f, svc := thumbStore(t)
	ctx := t.Context()
	got, err := f.thumb("scan.png", ThumbWant{Width: 500})
	if err != nil || got.Width != 600 || !got.Wider || got.SHA256 != sumOf(svc.small["w600"]) {
		t.Fatalf("%+v, %v", got, err)
	}
	if b, err := os.ReadFile(got.Path); err != nil || !bytes.Equal(b, svc.small["w600"]) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	for _, want := range []ThumbWant{{Width: 500}, {Width: 600, Here: true}, {Width: 2000, Here: true}} {
		if again, err := f.thumb("scan.png", want); err != nil || again.Path != got.Path {
			t.Errorf("%+v: %+v, %v", want, again, err)
		}
	}
	if len(svc.thumbs) != 1 || len(svc.seen()) != 0 || len(svc.asked) != 0 {
		t.Errorf("fetched %q, %d files, asked %d times", svc.thumbs, len(svc.seen()), len(svc.asked))
	}
	a := f.att("scan.png")
	it, err := f.Item(ctx, a.Item)
	if a.State != Remote || a.SHA256 != "" || a.Bytes != 0 || it.Kept != 0 || err != nil || len(f.Jobs()) != 0 {
		t.Errorf("%+v, kept %d, %v", a, it.Kept, err)
	}
	dir := t.TempDir()
	rep, err := f.Save(ctx, []ID{a.Item}, SaveOptions{Dir: dir, Manifest: true})
	if err != nil || len(rep.Files) != 1 || rep.Files[0].SHA256 != sumOf(svc.content["scan.png"]) {
		t.Fatalf("%+v, %v", rep, err)
	}
	if b, err := os.ReadFile(rep.Files[0].Path); err != nil || !bytes.Equal(b, svc.content["scan.png"]) {
		t.Errorf("%d bytes were saved, %v", len(b), err)
	}
	if b, err := os.ReadFile(rep.Manifest); err != nil || bytes.Contains(b, []byte(got.SHA256)) {
		t.Errorf("the manifest tells of the small picture: %v", err)
	}
	if seen, err := f.SameContent(ctx, a.ID); err != nil || len(seen) != 0 {
		t.Errorf("%+v, %v", seen, err)
	}
}

// Wider rooms get wider pictures, and what nobody waits for leaves the budget to others.
func TestThumbForTheRoom(t *testing.T) {
	f, svc := thumbStore(t)
	for _, tt := range []struct {
		want  ThumbWant
		width int
		asked string
	}{
		{ThumbWant{Width: 601, Ahead: true}, 1200, "w1200"},
		{ThumbWant{Width: 100}, 1200, ""}, // it is here, and wide enough
		{ThumbWant{Width: 9000}, 1200, ""},
	} {
		n := len(svc.thumbs)
		got, err := f.thumb("scan.png", tt.want)
		if asked := append(svc.thumbs[n:], "")[0]; err != nil || got.Width != tt.width || asked != tt.asked || got.Wider {
			t.Errorf("%+v: %+v, asked for %q, %v", tt.want, got, asked, err)
		}
	}
	if svc.quiet != 1 {
		t.Errorf("%d that nobody waited for", svc.quiet)
	}
}

// The cache counts small pictures, removes them and has them fetched again.
func TestThumbsInTheCache(t *testing.T) {
	f, svc := thumbStore(t)
	ctx := t.Context()
	got, err := f.thumb("scan.png", ThumbWant{Width: 600})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.FetchNow(ctx, f.att("scan.png"), nil); err != nil {
		t.Fatal(err)
	}
	c, err := f.Cache(ctx)
	if want := got.Bytes + 400_000; err != nil || c.Files != 2 || c.Bytes != want {
		t.Errorf("%+v, %v, want %d bytes", c, err, want)
	}
	f.clock.add(time.Hour)
	f.BlobPath(f.att("scan.png").SHA256) // it was looked at later than the small picture
	f.clock.add(time.Hour)
	if n, bytes, err := f.evict(ctx, 400_000, cacheFresh); n != 1 || bytes != got.Bytes || err != nil {
		t.Errorf("removed %d, %d bytes, %v", n, bytes, err)
	}
	if _, err := os.Stat(got.Path); !errors.Is(err, os.ErrNotExist) || f.att("scan.png").State != Kept {
		t.Errorf("the wrong one went: %v", err)
	}
	if _, err := f.thumb("scan.png", ThumbWant{Here: true}); !errors.Is(err, ErrNotFound) {
		t.Errorf("it is said to be here: %v", err)
	}
	if _, err := f.thumb("scan.png", ThumbWant{Width: 600}); err != nil || len(svc.thumbs) != 2 {
		t.Errorf("%q, %v", svc.thumbs, err)
	}
	if n, _, err := f.ClearCache(ctx); n != 2 || err != nil {
		t.Errorf("cleared %d, %v", n, err)
	}
}

// A copy that a person removes takes with it what shows what was in it, but not what
// another file has as well.
func TestRemovedCopyTakesItsThumbs(t *testing.T) {
	f, svc := thumbStore(t)
	svc.content["bare.png"] = svc.small["w1200"]
	if _, err := f.FetchNow(t.Context(), f.att("bare.png"), nil); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, w := range []int{600, 1200} {
		got, err := f.thumb("scan.png", ThumbWant{Width: w})
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, got.Path)
	}
	if _, err := f.FetchNow(t.Context(), f.att("scan.png"), nil); err != nil {
		t.Fatal(err)
	}
	if err := f.RemoveLocal(t.Context(), f.att("scan.png").ID); err != nil {
		t.Fatal(err)
	}
	_, gone := os.Stat(paths[0])
	_, left := os.Stat(paths[1])
	if !errors.Is(gone, os.ErrNotExist) || left != nil || f.att("bare.png").State != Kept {
		t.Errorf("%v, %v", gone, left)
	}
}

// A small picture that cannot be had says nothing of the file, and leaves nothing behind.
func TestThumbThatFails(t *testing.T) {
	f, svc := thumbStore(t)
	broken := errors.New("broken")
	if _, err := f.thumb("scan.png", ThumbWant{Width: 1200}); err != nil {
		t.Fatal(err)
	}
	if n, _, err := f.ClearCache(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	for _, tt := range []struct {
		name string
		do   func()
	}{
		{"it breaks", func() { svc.fail = broken }},
		{"it is no picture", func() { svc.small["w600"] = []byte("{}") }},
		{"it is empty", func() { svc.small["w600"] = nil }},
	} {
		svc.fail = nil
		tt.do()
		if _, err := f.thumb("scan.png", ThumbWant{Width: 600}); err == nil || svc.fail != nil && !errors.Is(err, broken) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	svc.fail = nil
	if a := f.att("scan.png"); a.State != Remote || a.Fault != "" {
		t.Errorf("%+v", a)
	}
	if left, err := os.ReadDir(f.partsDir()); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	// Another that is here does in the place of one that cannot be had.
	if _, err := f.thumb("scan.png", ThumbWant{Width: 1200}); err != nil {
		t.Fatal(err)
	}
	svc.fail = broken
	f.tell("scan.png", []Thumb{{Remote: "w2000", Width: 2000}})
	if got, err := f.thumb("scan.png", ThumbWant{Width: 1500}); err != nil || got.Width != 1200 {
		t.Errorf("%+v, %v", got, err)
	}
}

// A message that does not tell of smaller pictures has the service asked for them; what was
// told once is not forgotten when the next list leaves it out.
func TestThumbsThatWereNotTold(t *testing.T) {
	f, svc := thumbStore(t)
	if _, err := f.thumb("bare.png", ThumbWant{Width: 600}); !errors.Is(err, ErrNotFound) {
		t.Errorf("none is offered: %v", err)
	}
	svc.list = map[string][]Thumb{"bare.png": {{Remote: "w600", Width: 600}, {Remote: "", Width: 700}, {Remote: "x\x1b[2J", Width: -4}}}
	if got, err := f.thumb("bare.png", ThumbWant{Width: 600}); err != nil || got.Width != 600 {
		t.Errorf("%+v, %v", got, err)
	}
	it, err := f.Item(t.Context(), f.att("bare.png").Item)
	if err != nil || len(svc.asked) != 2 || !svc.asked[1].Equal(it.Modified) {
		t.Errorf("asked for %v, want %v, %v", svc.asked, it.Modified, err)
	}
	f.tell("bare.png", nil)
	list, err := f.thumbsOf(t.Context(), f.att("bare.png").ID)
	if err != nil || len(list) != 2 || list[0].Width != 0 || list[0].Remote != CleanLine("x\x1b[2J") || list[1].SHA256 == "" {
		t.Errorf("%+v, %v", list, err)
	}
	// Another service makes none.
	f.Attach(f.svc)
	if _, err := f.thumb("scan.png", ThumbWant{Width: 600}); !errors.Is(err, ErrNotFound) || len(f.svc.seen()) != 0 {
		t.Errorf("%v", err)
	}
}

// With its message a file's smaller pictures go, whichever way it went; what a killed
// program left of one goes at the next start.
func TestThumbsGoWithTheirFile(t *testing.T) {
	f, _ := thumbStore(t)
	part := filepath.Join(f.partsDir(), thumbPart+"77"+partSuffix)
	if err := errors.Join(os.MkdirAll(f.partsDir(), 0o700), os.WriteFile(part, []byte("half"), 0o600)); err != nil {
		t.Fatal(err)
	}
	f.tidyParts(t.Context())
	if _, err := os.Stat(part); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was left of one stays: %v", err)
	}
	if err := f.DropAccount(t.Context(), f.svc.Key()); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := f.r.QueryRow(`SELECT count(*) FROM thumbs`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d are left, %v", n, err)
	}
}

// The answer to a post carries them as well.
func TestPostOnTheWireKeepsThumbs(t *testing.T) {
	in := IncomingPost{Remote: "p", Attachments: []Attachment{{Remote: "f", Name: "a.png", Thumbs: []Thumb{{Remote: "t", Width: 600}}}}}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out IncomingPost
	if err := json.Unmarshal(b, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("%+v, %v", out, err)
	}
	if got := cleanThumbs(slices.Repeat([]Thumb{{Remote: "t", Width: 1 << 20, SHA256: "x"}}, 50)); len(got) != maxThumbs || got[0] != (Thumb{Remote: "t"}) {
		t.Errorf("%+v", got)
	}
}
