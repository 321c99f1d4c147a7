package preview

import (
	"bytes"
	"io"
	"os"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"switchboard/store"
)

// Kind is what a file is to the person who looks at it.
type Kind uint8

// The kinds, each with a viewer of its own.
const (
	Plain Kind = iota // text, contact cards, and all that cannot be shown
	Pages             // PDF and TIFF
	Sound
	Picture
)

// headed is how much of a file tells what it is.
const headed = 64 << 10

// sniff tells the type of a file from what is in it, whatever its name.
func sniff(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, headed))
	if err != nil {
		return "", err
	}
	return typeOf(head), nil
}

func typeOf(head []byte) string {
	t := mimetype.Detect(head).String()
	if strings.HasPrefix(t, "application/octet-stream") && frames(head) {
		return "audio/mpeg"
	}
	return t
}

// frames reports whether bytes begin with an MPEG audio frame: recordings are
// often cut so that nothing, or only a label, stands before the first.
func frames(b []byte) bool {
	if bytes.HasPrefix(b, []byte("ID3")) {
		return true
	}
	return len(b) > 4 && b[0] == 0xff && b[1]&0xe0 == 0xe0 && b[1]&0x06 != 0 && b[2]&0xf0 != 0xf0 && b[2]&0x0c != 0x0c
}

// kindOf is the viewer for a type.
func kindOf(mime string) Kind {
	mime, _, _ = strings.Cut(strings.ToLower(mime), ";")
	switch {
	case mime == "application/pdf", mime == "image/tiff":
		return Pages
	case strings.HasPrefix(mime, "image/svg"):
		return Plain
	case strings.HasPrefix(mime, "image/"):
		return Picture
	case strings.HasPrefix(mime, "audio/"), mime == "application/ogg":
		return Sound
	}
	return Plain
}

// expected is the kind of the main file of a row, before anything of it is here,
// so that its room does not change when it comes.
func expected(r store.Row) Kind {
	switch r.Kind {
	case store.Fax:
		return Pages
	case store.Voicemail, store.Call:
		return Sound
	case store.MMS:
		return Picture
	}
	return Plain
}

// main is the file of an item to show first: the fax document, the recording,
// the first picture, else the first file.
func main(files []store.Attachment) (a store.Attachment, ok bool) {
	best := -1
	for _, f := range files {
		if v := worth(f); v > best {
			a, best, ok = f, v, true
		}
	}
	return a, ok
}

func worth(a store.Attachment) int {
	t := a.Sniffed
	if t == "" {
		t = a.Type
	}
	k := kindOf(t)
	switch {
	case a.Kind == store.RenderedDocument, a.Kind == store.AudioRecording:
		return 3
	case k == Pages || k == Sound:
		return 2
	case k == Picture:
		return 1
	}
	return 0
}
