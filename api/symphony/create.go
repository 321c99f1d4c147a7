package symphony

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"unicode/utf8"

	"switchboard/api"
)

// What a message can hold.
const (
	MaxUpload = 30 << 20 // bytes, words and files together
	MaxFiles  = 25       // as the service advises
)

// What is found wrong before anything is sent.
var (
	ErrEmptyMessage = errors.New("a message needs words or a file")
	ErrTooMany      = errors.New("too many files")
	ErrFileTooLarge = errors.New("too large to send")
	ErrFileChanged  = errors.New("file is not as long as it was")
)

// File is a file on its way to the service.
type File struct {
	Name        string
	ContentType string // "" is application/octet-stream
	Size        int64  // bytes that Open's reader gives
	// Open returns the file from its beginning: again if it has to be sent again.
	Open func() (io.ReadCloser, error)
}

// NewMessage is what is to be said.
type NewMessage struct {
	MessageML string // with or without <messageML> around it; [TextML] makes it of words
	Data      string // EntityJSON that MessageML refers to
	Files     []File
	// Progress is told the bytes sent, of files and all, at each 64 KiB and at the end. It
	// must not block.
	Progress func(sent, total int64)
}

// TextML makes MessageML of plain words: what would be markup is escaped, what would be a
// template's expression as well, lines stay lines, and characters that XML has not are left
// out.
func TextML(words string) string {
	var b strings.Builder
	for _, r := range words {
		switch {
		case r == '\n':
			b.WriteString("<br/>")
		case r == '\t':
			b.WriteByte('\t')
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '{': // ${…} and #{…} would be worked out
			b.WriteString("&#123;")
		case r < ' ' || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Check finds what the service would refuse.
func (m NewMessage) Check() error {
	total := int64(len(m.MessageML) + len(m.Data))
	for _, f := range m.Files {
		if f.Size < 0 || f.Open == nil {
			return fmt.Errorf("the file %.80q cannot be read", f.Name)
		}
		total += f.Size
	}
	switch {
	case strings.TrimSpace(m.MessageML) == "" && len(m.Files) == 0:
		return ErrEmptyMessage
	case len(m.Files) > MaxFiles:
		return fmt.Errorf("%w: %d, at most %d", ErrTooMany, len(m.Files), MaxFiles)
	case total > MaxUpload:
		return fmt.Errorf("%w: %d bytes, at most %d a message", ErrFileTooLarge, total, MaxUpload)
	}
	return nil
}

// CreateMessage says something in a stream (POST /agent/v4/stream/{sid}/message/create). It
// is never sent twice: a lost answer is an unknown outcome ([api.IsUnknown]). Files go out as
// they are read.
func (c *Client) CreateMessage(ctx context.Context, stream string, m NewMessage) (Message, error) {
	const op = "createMessage"
	sid, err := segment(op, stream)
	if err != nil {
		return Message{}, err
	}
	if err := m.Check(); err != nil {
		return Message{}, wrong(op, err)
	}
	f, err := newForm(m)
	if err != nil {
		return Message{}, wrong(op, err)
	}
	var w wireMessage
	_, err = c.ask(ctx, c.agent, AgentGroup, api.Request{
		Op: op, Method: http.MethodPost, Path: "/agent/v4/stream/" + sid + "/message/create", Idle: contentIdle,
		Body: f.open, ContentType: f.kind, Length: f.length,
	}, api.Decoder(func(res *api.Response, raw []byte) error {
		if err := reads(&w)(res, raw); err != nil {
			return err
		}
		if w.ID == "" {
			return errNoID
		}
		return nil
	}))
	if err != nil {
		if e, ok := answered(err); ok && e.Status == http.StatusUnavailableForLegalReasons {
			return Message{}, explained(e, e.Err, "the company's rules do not let this message out")
		}
		return Message{}, err
	}
	return w.message(0), nil
}

// form is a message as a body (RFC 7578): what stands before each file, the files, the end.
type form struct {
	kind   string
	heads  [][]byte
	files  []File
	tail   []byte
	length int64
	told   func(sent, total int64)
}

func newForm(m NewMessage) (*form, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	ml := m.MessageML
	if s := strings.TrimSpace(ml); !strings.HasPrefix(s, "<messageML") && !strings.HasPrefix(s, `<div data-format="PresentationML"`) {
		ml = "<messageML>" + ml + "</messageML>"
	}
	if err := w.WriteField("message", ml); err != nil {
		return nil, err
	}
	if m.Data != "" {
		if err := w.WriteField("data", m.Data); err != nil {
			return nil, err
		}
	}
	f := &form{kind: w.FormDataContentType(), files: m.Files, told: m.Progress}
	for _, file := range m.Files {
		kind := strings.Join(strings.Fields(file.ContentType), " ")
		if kind == "" {
			kind = "application/octet-stream"
		}
		if _, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {multipart.FileContentDisposition("attachment", file.Name)},
			"Content-Type":        {kind},
		}); err != nil {
			return nil, err
		}
		f.heads = append(f.heads, f.cut(&b))
		f.length += file.Size
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	f.tail = f.cut(&b)
	return f, nil
}

// cut takes what was written so far out of b.
func (f *form) cut(b *bytes.Buffer) []byte {
	part := bytes.Clone(b.Bytes())
	b.Reset()
	f.length += int64(len(part))
	return part
}

// open makes the body for one attempt.
func (f *form) open() (io.Reader, error) {
	s := &sending{form: f}
	var parts []io.Reader
	for i := range f.files {
		parts = append(parts, bytes.NewReader(f.heads[i]), &sentFile{file: f.files[i], left: f.files[i].Size, s: s})
	}
	s.r = io.MultiReader(append(parts, bytes.NewReader(f.tail))...)
	return s, nil
}

// sending is the body of one attempt. The transport closes it, read to its end or not.
type sending struct {
	form       *form
	r          io.Reader
	at         io.Closer // the file that is open
	sent, told int64
}

const progressStep = 64 << 10

func (s *sending) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.sent += int64(n)
	if s.form.told != nil && (s.sent-s.told >= progressStep || err != nil && s.told < s.sent) {
		s.told = s.sent
		s.form.told(s.sent, s.form.length)
	}
	return n, err
}

func (s *sending) Close() error {
	if s.at == nil {
		return nil
	}
	at := s.at
	s.at = nil
	return at.Close()
}

// sentFile reads one file, exactly as long as it was said to be.
type sentFile struct {
	file File
	left int64
	s    *sending
	r    io.ReadCloser
}

func (f *sentFile) Read(p []byte) (int, error) {
	if f.r == nil {
		r, err := f.file.Open()
		if err != nil {
			return 0, fmt.Errorf("the file %.80q: %w", f.file.Name, err)
		}
		f.r, f.s.at = r, r
	}
	if f.left == 0 {
		var more [1]byte
		if n, _ := io.ReadFull(f.r, more[:]); n > 0 {
			return 0, fmt.Errorf("the %w: %.80q", ErrFileChanged, f.file.Name)
		}
		_ = f.s.Close() // read to its end
		return 0, io.EOF
	}
	n, err := f.r.Read(p[:min(int64(len(p)), f.left)])
	f.left -= int64(n)
	switch {
	case err == nil, errors.Is(err, io.EOF) && f.left == 0:
		return n, nil
	case errors.Is(err, io.EOF):
		return n, fmt.Errorf("the %w: %.80q", ErrFileChanged, f.file.Name)
	}
	return n, fmt.Errorf("the file %.80q: %w", f.file.Name, err)
}
