package corpus

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Body is the content of an attachment. Nothing is kept open or in memory for
// it beyond a small cache; Open may be called any number of times and from any
// goroutine, and gives readers that are independent of each other.
type Body struct {
	Type string // content type
	Size int64  // bytes, exact
	Open func() io.ReadSeeker
	ETag string // strong, quoted
}

// Content makes the content of one of m's attachments; ok is false if m has
// none with that id. Faxes and pictures are drawn on the way (tens of
// milliseconds); audio is computed only where it is read.
func (c *Corpus) Content(m Message, attachmentID int64) (body Body, ok bool) {
	for n := range m.Attachments {
		if a := &m.Attachments[n]; a.ID == attachmentID {
			body = c.body(&m, a, n)
			body.Type = a.ContentType
			body.ETag = fmt.Sprintf(`"%08x-%x"`, c.seed>>32, a.ID)
			return body, true
		}
	}
	return Body{}, false
}

func (c *Corpus) body(m *Message, a *Attachment, n int) Body {
	switch a.Type {
	case kindAudio:
		return c.audio(m)
	case kindTranscript:
		return text(c.Transcript(*m))
	case kindDocument:
		return c.cached(a.ID, func() []byte { return c.document(m) })
	case kindMMS:
		switch a.ContentType {
		case typeCard:
			return text(card(m))
		case typeText, typeCSV, typeJSON, typeAMR:
			b := c.oddFile(m, a.ContentType)
			return Body{Size: int64(len(b)), Open: func() io.ReadSeeker { return bytes.NewReader(b) }}
		}
		return c.cached(a.ID, func() []byte { return c.picture(m, a, n) })
	}
	return text(m.Subject)
}

func text(s string) Body {
	return Body{Size: int64(len(s)), Open: func() io.ReadSeeker { return strings.NewReader(s) }}
}

// cached draws at once, because only then the size is known, but holds on to
// the bytes no longer than the cache does.
func (c *Corpus) cached(id int64, draw func() []byte) Body {
	get := func() []byte {
		if b := c.cache.get(id); b != nil {
			return b
		}
		b := draw()
		c.cache.put(id, b)
		return b
	}
	return Body{Size: int64(len(get())), Open: func() io.ReadSeeker { return bytes.NewReader(get()) }}
}
