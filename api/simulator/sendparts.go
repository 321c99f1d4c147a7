package simulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"switchboard/api/simulator/corpus"
)

// keptFile is how much of a file is kept; of larger ones only what they are.
const keptFile = 4 << 20

// sentFile is a file that came with a message.
type sentFile struct {
	name, kind string
	size       int64
	sum        string // SHA-256, hex
	pages      int    // of a PDF, as far as its text tells; else 1
	data       []byte // nil where it was too large
}

// body is the file's content, if it was kept.
func (f *sentFile) body() corpus.Body {
	data := f.data
	return corpus.Body{Size: int64(len(data)), Open: func() io.ReadSeeker { return bytes.NewReader(data) }}
}

// submission is a request that may have files: JSON alone, a multipart/mixed
// body whose first part is the JSON, or a form, with a JSON part or with fields.
type submission struct {
	root   json.RawMessage
	fields map[string][]formField
	files  []sentFile
}

type formField struct {
	value string
	json  bool
}

const maxParts = 200

func (c *call) submission() (*submission, *apiError) {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	switch {
	case err != nil:
		return nil, unsupportedType()
	case kind == "application/json":
		s := &submission{}
		return s, decodeBody(c.r.Body, &s.root)
	case kind != "multipart/mixed" && kind != "multipart/form-data" || params["boundary"] == "":
		return nil, unsupportedType()
	}
	s := &submission{fields: map[string][]formField{}}
	parts := multipart.NewReader(c.r.Body, params["boundary"])
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil || n > maxParts {
			return nil, uploadError(err)
		}
		if err := s.part(part, n, kind == "multipart/mixed"); err != nil {
			return nil, err
		}
	}
}

// part sorts one part in: the JSON, a field of a form, or a file.
func (s *submission) part(p *multipart.Part, n int, mixed bool) *apiError {
	name := formName(p)
	kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
	file := p.FileName() != "" || strings.HasPrefix(name, "attachment") || name == "binary" || mixed && n > 0
	root := kind == "application/json" && s.root == nil && (n == 0 && mixed || name == "json" || name == "request" || p.FileName() == "request.json")
	if file && !root {
		f, err := readSentFile(p, kind)
		if err != nil {
			return uploadError(err)
		}
		s.files = append(s.files, f)
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(p, maxBody))
	if err != nil {
		return uploadError(err)
	}
	if root {
		if !json.Valid(b) {
			return badJSON()
		}
		s.root = b
		return nil
	}
	s.fields[name] = append(s.fields[name], formField{string(b), kind == "application/json"})
	return nil
}

// formName is a part's name, whatever its disposition is called.
func formName(p *multipart.Part) string {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return params["name"]
}

// readSentFile takes in a file. Of a large one only its size, its sum and its
// pages stay.
func readSentFile(p *multipart.Part, kind string) (sentFile, error) {
	f := sentFile{name: p.FileName(), kind: kind}
	sum := sha256.New()
	count := &pageCounter{}
	var kept bytes.Buffer
	n, err := io.Copy(io.MultiWriter(sum, count, &upTo{&kept, keptFile + 1}), p)
	if err != nil {
		return f, err
	}
	f.size, f.sum, f.pages = n, hex.EncodeToString(sum.Sum(nil)), max(count.total(), 1)
	if n <= keptFile {
		f.data = kept.Bytes()
	}
	return f, nil
}

// upTo writes the first bytes and drops the rest.
type upTo struct {
	w    *bytes.Buffer
	left int
}

func (u *upTo) Write(b []byte) (int, error) {
	k := min(len(b), u.left)
	u.left -= k
	u.w.Write(b[:k])
	return len(b), nil
}

// pageCounter counts the page objects in the plain text of a PDF as it goes by.
type pageCounter struct {
	tail  []byte
	pages int
}

// total ends the text.
func (c *pageCounter) total() int {
	_, _ = c.Write(make([]byte, 2*len(c.tail))) // moves the tail out
	return c.pages
}

func (c *pageCounter) Write(b []byte) (int, error) {
	const longest = 12           // "/Type /Page" and the letter after
	text := append(c.tail, b...) // in the same memory again and again
	keep := min(len(text), longest)
	for i := 0; i < len(text)-keep; {
		j := bytes.Index(text[i:], []byte("/Type"))
		if j < 0 || i+j >= len(text)-keep {
			break
		}
		i += j
		rest := bytes.TrimPrefix(text[i+5:], []byte(" "))
		if bytes.HasPrefix(rest, []byte("/Page")) && len(rest) > 5 && rest[5] != 's' {
			c.pages++
		}
		i += 5
	}
	c.tail = append(text[:0], text[len(text)-keep:]...)
	return len(b), nil
}

// into decodes the JSON, or makes it of the fields of a form: those named in
// lists become lists, those named in numbers numbers, and where a field is plain
// text but an object is due, it is that object's phone number.
func (s *submission) into(v any, lists, numbers, parties []string) *apiError {
	root := s.root
	if root == nil {
		made := map[string]any{}
		for name, fields := range s.fields {
			var values []any
			for _, f := range fields {
				values = append(values, f.as(name, numbers, parties))
			}
			made[name] = values[0]
			if in(lists, name) {
				made[name] = values
			}
		}
		b, err := json.Marshal(made)
		if err != nil {
			return badJSON()
		}
		root = b
	}
	if err := json.Unmarshal(root, v); err != nil {
		return badJSON()
	}
	return nil
}

func (f formField) as(name string, numbers, parties []string) any {
	value := strings.TrimSpace(f.value)
	switch {
	case f.json && json.Valid([]byte(value)), in(numbers, name) && json.Valid([]byte(value)):
		return json.RawMessage(value)
	case in(parties, name) && strings.HasPrefix(value, "{") && json.Valid([]byte(value)):
		return json.RawMessage(value)
	case in(parties, name):
		return map[string]string{"phoneNumber": value}
	}
	return f.value
}

func in(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// tooLarge is a file or a message beyond its limit.
func tooLarge(message string) *apiError {
	return refuse(http.StatusRequestEntityTooLarge, "CMN-413", message)
}
