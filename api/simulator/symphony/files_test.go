package symphony

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"image"
	"io"
	"net/url"
	"strings"
	"testing"
)

func escaped(id string) string { return url.QueryEscape(id) }

// someFiles are the files of a stream as the pod lists them.
func someFiles(b *bot, stream string) []wireListed {
	b.t.Helper()
	return decode[[]wireListed](b.t, b.get("/pod/v1/streams/"+stream+"/attachments?limit=100"))
}

func (b *bot) download(stream, message, file string) answer {
	b.t.Helper()
	return b.get("/agent/v1/stream/" + stream + "/attachment?fileId=" + escaped(file) + "&messageId=" + safe(message))
}

// TestFiles: every file is what it is called, in padded base64, and by the
// service's account a little larger.
func TestFiles(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 6, Messages: 1200})
	kinds, sums := map[string]int{}, map[[32]byte]int{}
	total := 0
	for _, stream := range b.s.Streams()[2:5] {
		for _, f := range someFiles(b, stream) {
			if kinds[f.Kind]++; kinds[f.Kind] > 2 {
				continue
			}
			a := b.download(stream, f.Message, f.File)
			raw, err := base64.StdEncoding.Strict().DecodeString(string(a.body))
			if a.status != 200 || err != nil {
				t.Fatalf("%s: %d %v %v", f.Name, a.status, a.err, err)
			}
			if f.Size != int64(len(raw))+framing {
				t.Errorf("%s: size %d of %d bytes", f.Name, f.Size, len(raw))
			}
			want := map[string]string{
				"application/pdf": "%PDF", "image/jpeg": "\xff\xd8", "image/png": "\x89PNG", "image/tiff": "II", "audio/x-wav": "RIFF", "audio/wav": "RIFF",
			}[f.Kind]
			if !bytes.HasPrefix(raw, []byte(want)) && !bytes.HasPrefix(raw, []byte("MM")) {
				t.Errorf("%s is no %s: %.8q", f.Name, f.Kind, raw)
			}
			if len(f.Previews) > 0 && kinds[f.Kind] == 1 {
				small, err := base64.StdEncoding.DecodeString(string(b.download(stream, f.Message, f.Previews[0].File).body))
				if err != nil {
					t.Fatal(err)
				}
				p, _, err := image.DecodeConfig(bytes.NewReader(small))
				if err != nil || p.Width > 600 {
					t.Errorf("%s: its small picture is %d wide: %v", f.Name, p.Width, err)
				}
			}
			sums[sha256.Sum256(raw)]++
			total++
		}
	}
	if len(kinds) < 5 || total < 2*len(kinds)-1 {
		t.Errorf("%d files of %d kinds (%v), %d different ones", total, len(kinds), kinds, len(sums))
	}
}

// TestFileIDs: the id as it was given out, and decoded once more; others not.
func TestFileIDs(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 6, Messages: 1200})
	stream := b.s.Streams()[2]
	f := someFiles(b, stream)[0]
	twice, once := escaped(f.File), f.File // on the wire %252F, and %2F
	other := someFiles(b, b.s.Streams()[0])[0]
	for _, tc := range []struct {
		name, mode, file, message string
		status                    int
	}{
		{"as it is", "", twice, safe(f.Message), 200},
		{"decoded", "", once, safe(f.Message), 200},
		{"only decoded is taken", "fileid-once", once, safe(f.Message), 200},
		{"only decoded is taken", "fileid-once", twice, safe(f.Message), 400},
		{"only as it is is taken", "fileid-twice", once, safe(f.Message), 400},
		{"only as it is is taken", "fileid-twice", twice, safe(f.Message), 200},
		{"a standard message id", "", twice, escaped(f.Message), 200},
		{"refused", "standard-refused", twice, escaped(f.Message), 400},
		{"of another message", "", twice, safe(other.Message), 400},
		{"an older agent", "missing-404", twice, safe(other.Message), 404},
		{"another file", "", escaped(other.File), safe(f.Message), 400},
		{"nonsense", "", "x", safe(f.Message), 400},
		{"nothing", "", "", "", 400},
	} {
		faults := map[string]float64{}
		if tc.mode != "" {
			faults[tc.mode] = 1
		}
		if err := b.s.SetFaults(faults); err != nil {
			t.Fatal(err)
		}
		a := b.get("/agent/v1/stream/" + stream + "/attachment?fileId=" + tc.file + "&messageId=" + tc.message)
		if a.status != tc.status {
			t.Errorf("%s (%s): %d %.80s, want %d", tc.name, tc.mode, a.status, a.body, tc.status)
		}
		if a.status != 200 && a.header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%s: an error of type %s", tc.name, a.header.Get("Content-Type"))
		}
	}
}

func TestForwardedFile(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 6, Messages: 1200})
	for _, stream := range b.s.Streams() {
		for _, m := range decode[[]seen](t, b.get("/agent/v4/stream/"+stream+"/message?since=0&limit=500")) {
			if m.Shared == nil || len(m.Shared.Files) == 0 {
				continue
			}
			if a := b.download(stream, m.ID, m.Shared.Files[0].ID); a.status != 200 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			return
		}
	}
	t.Error("nobody forwards a file")
}

// TestSpoiled: each fault of content spoils it as its name says.
func TestSpoiled(t *testing.T) {
	b := start(t, Config{Seed: 7, Streams: 1, Messages: 3})
	stream := b.s.Streams()[0]
	raw := bytes.Repeat([]byte("\xfb\xef\xbe\xff"), 1000) // both odd letters, and padding
	id, err := b.s.Say(stream, "here", File{Name: "a.bin", Data: raw[:3999-1]})
	if err != nil {
		t.Fatal(err)
	}
	m := decode[seen](t, b.get("/agent/v1/message/"+id))
	good := base64.StdEncoding.EncodeToString(raw[:3998])
	for fault, want := range map[string]func(a answer) bool{
		"":             func(a answer) bool { return string(a.body) == good && a.err == nil },
		"slow":         func(a answer) bool { return string(a.body) == good && a.err == nil },
		"late":         func(a answer) bool { return string(a.body) == good && a.err == nil },
		"b64-unpadded": func(a answer) bool { return string(a.body)+"=" == good },
		"b64-breaks": func(a answer) bool {
			return strings.ReplaceAll(string(a.body), "\r\n", "") == good && len(a.body) > len(good)
		},
		"b64-double":  func(a answer) bool { return string(a.body) == good+good },
		"b64-tail":    func(a answer) bool { return string(a.body) == good+"!" },
		"b64-urlsafe": func(a answer) bool { return strings.Contains(string(a.body), "_-") && len(a.body) == len(good) },
		"b64-json":    func(a answer) bool { return a.status == 200 && a.body[0] == '{' },
		"b64-quoted":  func(a answer) bool { return string(a.body) == `"`+good+`"` },
		"b64-bom":     func(a answer) bool { return string(a.body) == "\ufeff"+good },
		"b64-empty":   func(a answer) bool { return a.status == 200 && len(a.body) == 0 },
		"b64-cut": func(a answer) bool {
			return a.err != nil && len(a.body)%4 == 0 && strings.HasPrefix(good, string(a.body))
		},
		"b64-cut-chunked": func(a answer) bool {
			return a.err != nil && len(a.body)%4 == 0 && strings.HasPrefix(good, string(a.body))
		},
		"b64-cut-close": func(a answer) bool { return a.err == nil && len(a.body)%4 == 0 && len(a.body) < len(good) },
		"truncate":      func(a answer) bool { return a.err != nil },
		"reset":         func(a answer) bool { return a.err != nil },
		"badlength":     func(a answer) bool { return a.err != nil && string(a.body) == good },
		"hang":          func(a answer) bool { return a.err != nil },
		"429":           func(a answer) bool { return a.status == 429 && a.header.Get("Retry-After") == "1" },
		"throttle-400":  func(a answer) bool { return a.status == 400 && a.header.Get("Retry-After") == "1" },
		"401":           func(a answer) bool { return a.status == 401 },
		"500":           func(a answer) bool { return a.status == 500 },
		"503":           func(a answer) bool { return a.status == 503 },
		"html":          func(a answer) bool { return a.status == 502 && a.body[0] == '<' },
		"redirect": func(a answer) bool {
			return a.status == 302 && strings.HasPrefix(a.header.Get("Location"), b.s.elsewhere.url)
		},
		"expire": func(a answer) bool { return a.status == 401 },
	} {
		if fault != "" {
			if err := b.s.FailNext("attachment", fault, 0, 1); err != nil {
				t.Fatal(err)
			}
		}
		if a := b.download(stream, id, m.Files[0].ID); !want(a) {
			t.Errorf("%s: %d %v %.60q, %d bytes of %d", fault, a.status, a.err, a.body, len(a.body), len(good))
		}
		if fault == "expire" {
			b.signIn()
		}
	}
}

// TestEveryFaultIsTried: a name that nothing does would be a test that cannot fail.
func TestEveryFaultIsTried(t *testing.T) {
	for _, name := range FaultNames() {
		if err := checkFaults(map[string]float64{name: 1}); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"flood", "B64-CUT", ""} {
		if checkFaults(map[string]float64{name: 1}) == nil {
			t.Errorf("%q is a fault", name)
		}
	}
	if checkFaults(map[string]float64{"429": 2}) == nil {
		t.Error("twice as often as always")
	}
}

// TestElsewhere counts what is brought to the host that a redirect names.
func TestElsewhere(t *testing.T) {
	b := start(t, Config{})
	if err := b.s.FailNext("sessioninfo", "redirect", 0, 2); err != nil {
		t.Fatal(err)
	}
	to := b.get("/pod/v2/sessioninfo").header.Get("Location")
	if b.s.Strays() != 0 || b.s.Leaks() != 0 {
		t.Fatal("counted before anybody came")
	}
	b.do("GET", to, "")
	if b.s.Strays() != 1 || b.s.Leaks() != 2 {
		t.Errorf("%d visits with %d tokens, want 1 with 2", b.s.Strays(), b.s.Leaks())
	}
}

func TestBig(t *testing.T) {
	b := start(t, Config{Streams: 1, Messages: 2})
	for _, size := range []int64{0, 1, 9, bigBlock, bigBlock + 5, 4*bigBlock - 1, 4 * bigBlock, 1_000_003} {
		stream, message, file := b.s.Big(size)
		a := b.download(stream, message, file)
		got, err := base64.StdEncoding.Strict().DecodeString(string(a.body))
		raw := b.get(fmt.Sprintf("/big/%d", size)).body
		read, rerr := io.ReadAll(newBigReader(size))
		if err != nil || rerr != nil || int64(len(raw)) != size || !bytes.Equal(got, raw) || !bytes.Equal(read, raw) {
			t.Fatalf("%d: %d bytes, %d raw, %d read: %v %v", size, len(got), len(raw), len(read), err, rerr)
		}
		if a.header.Get("Content-Length") != fmt.Sprint(base64.StdEncoding.EncodedLen(int(size))) {
			t.Error("the length is not told")
		}
		if size > 2*bigBlock && bytes.Equal(raw[:16], raw[bigBlock:bigBlock+16]) {
			t.Error("blocks are alike")
		}
	}
}
