package symphony

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
)

func drawing(t *testing.T, w int) File {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, 30))); err != nil {
		t.Fatal(err)
	}
	return File{Name: "a.png", Type: "image/png", Data: b.Bytes()}
}

// said posts a file, and gives it as the agent and the pod tell of it.
func said(b *bot, stream string, f File) (id string, file json.RawMessage, listed wireListed) {
	b.t.Helper()
	id, err := b.s.Say(stream, "here", f)
	if err != nil {
		b.t.Fatal(err)
	}
	m := decode[struct {
		Files []json.RawMessage `json:"attachments"`
	}](b.t, b.get("/agent/v1/message/"+id))
	for _, l := range someFiles(b, stream) {
		if safe(l.Message) == id {
			return id, m.Files[0], l
		}
	}
	b.t.Fatal("the pod does not list it")
	return "", nil, listed
}

// TestThumbs: smaller pictures of the sizes they are told to have, each with an id that the
// agent and the pod agree on.
func TestThumbs(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 1, Messages: 1})
	stream := b.s.Streams()[0]
	for width, want := range map[int][]int{400: {400}, 1000: {600}, 1500: {600, 1200}} {
		id, raw, listed := said(b, stream, drawing(t, width))
		var f struct{ Images []wireThumb }
		if err := json.Unmarshal(raw, &f); err != nil || len(f.Images) != len(want) || len(listed.Previews) != len(want) {
			t.Fatalf("%d: %s, %+v, %v", width, raw, listed.Previews, err)
		}
		for i, p := range listed.Previews {
			if p.File != f.Images[i].ID || f.Images[i].Dimension != map[int]string{600: "600", 1200: "1200"}[p.Width] {
				t.Errorf("%d: %+v and %+v", width, p, f.Images[i])
			}
			a := b.download(stream, id, p.File)
			small, err := base64.StdEncoding.Strict().DecodeString(string(a.body))
			if err != nil {
				t.Fatal(err)
			}
			if c, _, err := image.DecodeConfig(bytes.NewReader(small)); err != nil || c.Width != want[i] {
				t.Errorf("%d: %d wide, want %d, %v", width, c.Width, want[i], err)
			}
		}
	}
}

// TestOddThumbs: every shape that lists of small pictures are seen in, and small pictures
// that are not to be had.
func TestOddThumbs(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 1, Messages: 1, Faults: map[string]float64{"odd-thumbs": 1}})
	stream := b.s.Streams()[0]
	var shapes []string
	for range 5 {
		_, raw, listed := said(b, stream, drawing(t, 700))
		var f map[string]json.RawMessage
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatal(err)
		}
		shape, told := f["images"], "absent"
		switch {
		case strings.Contains(string(shape), `"dimension":"unknown"`):
			told = "unknown"
		case strings.Contains(string(shape), `"dimension":"600"`):
			told = "600"
		case shape != nil:
			told = string(shape)
		}
		shapes = append(shapes, told)
		if (listed.Previews == nil) != (told == "null") {
			t.Errorf("%s: the pod has %+v", told, listed.Previews)
		}
	}
	slices.Sort(shapes)
	if want := []string{"600", "[]", "absent", "null", "unknown"}; !slices.Equal(shapes, want) {
		t.Errorf("%q, want %q", shapes, want)
	}
	if err := b.s.SetFaults(map[string]float64{"thumb-400": 1}); err != nil {
		t.Fatal(err)
	}
	id, _, listed := said(b, stream, drawing(t, 700))
	if small, whole := b.download(stream, id, listed.Previews[0].File), b.download(stream, id, listed.File); small.status != 400 || whole.status != 200 {
		t.Errorf("%d, and the file itself %d", small.status, whole.status)
	}
}
