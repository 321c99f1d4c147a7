package symphony

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"unicode/utf8"
)

const (
	longestText = 81_130 // characters of one message
	mostFiles   = 25
	mostBytes   = 30 << 20  // of all files of one message
	mostHeld    = 512 << 20 // of all files that were sent
)

// createMessage posts what a form holds: a message in MessageML, and files.
func (c *call) createMessage() *apiError {
	s, err := c.stream("sid")
	if err != nil {
		return err
	}
	if !s.mine || s.readOnly {
		return forbidden("The user is not entitled to post to the stream")
	}
	if !s.active {
		return forbidden("The room is not active")
	}
	kind, params, e := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if e != nil || kind != "multipart/form-data" {
		return bad("multipart/form-data is expected")
	}
	m := message{from: c.user}
	var text string
	form := multipart.NewReader(c.r.Body, params["boundary"])
	for {
		part, e := form.NextPart()
		if errors.Is(e, io.EOF) {
			break
		}
		if e != nil {
			return tooLarge(e)
		}
		b, e := io.ReadAll(part)
		if e != nil {
			return tooLarge(e)
		}
		switch part.FormName() {
		case "message":
			text = string(b)
		case "data":
			m.entities = string(b)
		case "attachment":
			f := File{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: b}
			m.files = append(m.files, f.held())
		}
	}
	if err := c.accept(&m, text); err != nil {
		return err
	}
	done := c.s.publish(&s, m)
	writeJSON(c.w, http.StatusOK, c.s.wire(&s, &done))
	return nil
}

func tooLarge(err error) *apiError {
	if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
		return bad("The message with its attachments is larger than 30 MB")
	}
	return bad("The form could not be read")
}

// accept makes of MessageML what is shown.
func (c *call) accept(m *message, text string) *apiError {
	var size int64
	for i := range m.files {
		size += m.files[i].bytes
	}
	c.s.data.mu.RLock()
	held := c.s.data.held
	c.s.data.mu.RUnlock()
	inner, opened := strings.CutPrefix(strings.TrimSpace(text), "<messageML>")
	inner, closed := strings.CutSuffix(inner, "</messageML>")
	switch {
	case text == "":
		return bad("The message is required")
	case !utf8.ValidString(text):
		return bad("The message is not UTF-8")
	case !opened || !closed:
		return bad("Invalid MessageML: the root element must be messageML")
	case utf8.RuneCountInString(text) > longestText:
		e := bad("The message is too long")
		if c.s.mode("odd-shapes") {
			e.code = "LIMIT_MESSAGE_LENGTH" // where the document has a number
		}
		return e
	case len(m.files) > mostFiles:
		return bad("A message may have 25 attachments")
	case size > mostBytes || size+held > mostHeld:
		return bad("The message with its attachments is larger than 30 MB")
	}
	w := &markup{d: c.s.data}
	if err := w.present(inner); err != nil {
		return bad("Invalid MessageML: " + err.Error())
	}
	entities := m.entities
	w.into(m)
	if entities != "" {
		m.entities = entities
	}
	return nil
}
