package symphony

import (
	"bytes"
	"io"
	"path"
	"strings"
	"sync"

	"switchboard/api/simulator/corpus"
)

// framing is by how much the service's size of a file is more than the file's:
// that of a file of the official samples, too.
const framing = 61

// file hangs on a message.
type file struct {
	id         string
	thumbs     []small
	name, kind string
	bytes      int64        // of one that was sent
	size       func() int64 // of the others
	open       func() corpus.Body
	picture    bool // has small ones
	across     int  // pixels of a picture that was sent; 0: not known
	big        bool // of Server.Big
}

// pool are the files that the account's messages have, fewer than the messages:
// the same ones are sent around.
type pool struct {
	people *corpus.Corpus
	c      *corpus.Corpus
	once   sync.Once
	all    map[string][]held // by content type

	mu    sync.Mutex
	sizes map[int64]int64
}

type held struct {
	message int
	id      int64
	size    int64 // 0: only drawing it tells
}

func newPool(people, files *corpus.Corpus) *pool {
	return &pool{people: people, c: files, sizes: map[int64]int64{}}
}

// look finds some of every kind among the messages of the account, so that a fax
// may hang on a message here as well. Of what has to be drawn to know how large it
// is there are few, and short ones.
func (p *pool) look() {
	p.all = map[string][]held{}
	n := p.c.Len()
	if n < 100 {
		n = 600 // those to come are as good
	}
	for i := range min(n, 600) {
		i = n - 1 - i // the newest first, which people see first
		m := p.c.Message(i)
		for _, a := range m.Attachments {
			if a.Type == "Text" || a.Type == "AudioTranscription" {
				continue
			}
			kind, most := a.ContentType, 6
			if m.Type == "Fax" {
				if most = 2; m.Pages == 0 || m.Pages > 2 {
					continue
				}
			}
			if len(p.all[kind]) < most {
				p.all[kind] = append(p.all[kind], held{i, a.ID, max(a.Size, 0)})
			}
		}
	}
}

// kinds are what a name may hold, by its extension.
func kinds(name string) []string {
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf":
		return []string{"application/pdf", "application/pdf", "image/tiff"}
	case ".jpg":
		return []string{"image/jpeg", "image/jpeg", "image/png"}
	case ".wav":
		return []string{"audio/x-wav", "audio/wav", "audio/mpeg"}
	case ".csv":
		return []string{"text/csv"}
	case ".txt":
		return []string{"text/plain"}
	}
	return []string{"image/jpeg"}
}

func extension(kind string) string {
	return map[string]string{"image/tiff": ".tif", "image/png": ".png", "audio/mpeg": ".mp3"}[kind]
}

// take is a file for a name; h chooses among those that fit.
func (p *pool) take(name string, h uint64) file {
	p.once.Do(p.look)
	fit := kinds(name)
	kind := fit[h%uint64(len(fit))]
	if len(p.all[kind]) == 0 {
		kind = fit[0]
	}
	if len(p.all[kind]) == 0 {
		kind = "image/jpeg"
	}
	if ext := extension(kind); ext != "" && !strings.ContainsAny(name, "/\\\x00\x1b") {
		name = strings.TrimSuffix(name, path.Ext(name)) + ext
	}
	from := p.all[kind]
	one := from[h>>16%uint64(len(from))]
	return file{
		name: name, kind: kind, picture: kind == "image/jpeg" || kind == "image/png",
		open: func() corpus.Body {
			body, _ := p.c.Content(p.c.Message(one.message), one.id)
			return body
		},
		size: func() int64 { return p.size(one) },
	}
}

// size is remembered: only drawing some of the files tells it.
func (p *pool) size(one held) int64 {
	if one.size > 0 {
		return one.size
	}
	p.mu.Lock()
	n, ok := p.sizes[one.id]
	p.mu.Unlock()
	if ok {
		return n
	}
	body, _ := p.c.Content(p.c.Message(one.message), one.id)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sizes[one.id] = body.Size
	return body.Size
}

// told is the size that the service tells: of what it stores, which is more than
// the file.
func (f *file) told(wrong bool) int64 {
	size := f.bytes
	if f.size != nil {
		size = f.size()
	}
	if wrong {
		return size*3 + 1_000_000
	}
	return size + framing
}

// made is content out of bytes.
func made(kind string, b []byte) func() corpus.Body {
	return func() corpus.Body {
		return corpus.Body{Type: kind, Size: int64(len(b)), Open: func() io.ReadSeeker { return bytes.NewReader(b) }}
	}
}
