package emailgistics

import (
	"io"
	"mime"
	"strings"

	"switchboard/api/simulator/corpus"
)

const (
	ownFiles = 400 // messages of a corpus that is made for its files only
	lookedAt = 300 // messages of a corpus that are looked at for files
)

// shelf holds where in a corpus there are files of which type.
type shelf struct {
	c      *corpus.Corpus
	byType map[string][]place
}

type place struct {
	message int
	id      int64
	size    int64 // as the corpus tells it; -1: only its content does
	pages   int
}

// newShelf looks at the newest messages of c: those that people see first.
func newShelf(c *corpus.Corpus) *shelf {
	s := &shelf{c: c, byType: map[string][]place{}}
	end := max(c.Len(), lookedAt)
	for i := end - lookedAt; i < end; i++ {
		m := c.Message(i)
		for _, a := range m.Attachments {
			kind, _, _ := mime.ParseMediaType(a.ContentType)
			if a.Type == "AudioTranscription" || m.Type == "SMS" && a.Type == "Text" || kind == "" {
				continue
			}
			s.byType[kind] = append(s.byType[kind], place{message: i, id: a.ID, size: a.Size, pages: m.Pages})
		}
	}
	return s
}

// fileTypes is what people attach, and how often of a hundred.
func fileTypes() []struct {
	kind, ext string
	share     uint64
} {
	return []struct {
		kind, ext string
		share     uint64
	}{
		{"application/pdf", ".pdf", 40},
		{"image/jpeg", ".jpg", 14},
		{"image/png", ".png", 12},
		{"image/tiff", ".tif", 8},
		{"text/csv", ".csv", 8},
		{"text/plain", ".txt", 6},
		{"audio/wav", ".wav", 3},
		{"audio/x-wav", ".wav", 2},
		{"audio/mpeg", ".mp3", 3},
		{"application/json", ".json", 2},
		{"text/vcard", ".vcf", 2},
	}
}

// take chooses a file by chance x; ext is its usual extension.
func (s *shelf) take(x uint64) (p place, kind, ext string) {
	share := x % 100
	for _, t := range fileTypes() {
		there := s.byType[t.kind]
		if share >= t.share {
			share -= t.share
			continue
		}
		if len(there) > 0 {
			return there[mix(x)%uint64(len(there))], t.kind, t.ext
		}
		share = 0
	}
	there := s.byType["application/pdf"]
	if len(there) == 0 {
		return place{message: -1}, "text/plain", ".txt"
	}
	return there[mix(x)%uint64(len(there))], "application/pdf", ".pdf"
}

// open makes the content.
func (s *shelf) open(p place) (io.ReadSeeker, int64) {
	if p.message >= 0 {
		if b, ok := s.c.Content(s.c.Message(p.message), p.id); ok {
			return b.Open(), b.Size
		}
	}
	const none = "This file has no content.\n"
	return strings.NewReader(none), int64(len(none))
}

// told is about how long the content is. What would have to be drawn for it is
// estimated: a list of attachments must not take as long as their content.
func (s *shelf) told(p place, kind string) int64 {
	switch {
	case p.message >= 0 && p.size >= 0:
		return p.size
	case kind == "application/pdf", kind == "image/tiff":
		return 6_000 + 20_500*int64(max(p.pages, 1)) + int64(mix(uint64(p.id))%5_000)
	}
	_, n := s.open(p)
	return n
}
