package ringcentral

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"sync"

	"switchboard/api"
)

// MaxUpload is the most that an upload may weigh, in bytes, its wrapping of
// some hundred bytes included.
const MaxUpload = 30 << 20

// Errors of an upload's source, found before or while it is read.
var (
	ErrFileTooLarge = errors.New("file is too large to upload")
	ErrFileChanged  = errors.New("file is not as long as it was")
)

// Upload is a file on its way to the service.
type Upload struct {
	Name        string
	ContentType string // "" is application/octet-stream
	Size        int64  // bytes that Body holds from where it stands
	// Body is read once, from another goroutine, and not touched any more when
	// UploadFile has returned. If the service wants it again (a redirect, a token
	// that was refused) it has to be an [io.Seeker] as well.
	Body io.Reader
	// Chat posts the file there at once; "" only uploads it.
	Chat ID
	// Progress is told the bytes sent, at each 64 KiB and at the end. It must not
	// block.
	Progress func(sent, total int64)
}

// File is an uploaded file (TMAddFile).
type File struct {
	ID         ID     `json:"id"`
	ContentURI string `json:"contentUri"`
	Name       string `json:"name"`
}

// UploadFile sends a file (createGlipFileNew, Heavy) as it is read, without
// holding it in memory. It is never sent twice by itself; one that was sent to
// no chat may be sent again whatever became of it, at the price of a file that
// nobody sees.
func (c *Client) UploadFile(ctx context.Context, u Upload) (File, error) {
	const op = "createGlipFileNew"
	if u.Size < 0 || u.Body == nil {
		return File{}, fmt.Errorf("RingCentral %s: nothing to upload", op)
	}
	s, err := newUploading(u)
	if err != nil {
		return File{}, fmt.Errorf("RingCentral %s: %w", op, err)
	}
	if s.length > MaxUpload {
		return File{}, fmt.Errorf("RingCentral %s: %w: %d bytes, at most %d", op, ErrFileTooLarge, u.Size, MaxUpload-(s.length-u.Size))
	}
	defer s.stop()
	q := url.Values{}
	words(q, map[string]string{"name": u.Name})
	if u.Chat != "" {
		if u.Chat.Int() <= 0 {
			return File{}, notAnID(op, u.Chat)
		}
		q.Set("groupId", string(u.Chat))
	}
	var list []File
	err = c.team(ctx, api.Request{
		Op: op, Method: http.MethodPost, Path: "/files", Query: q, Group: api.Heavy,
		Body: s.open, ContentType: s.kind, Length: s.length,
	}, api.Decoder(func(_ *api.Response, raw []byte) (err error) {
		list, err = decodeFiles(raw)
		return err
	}))
	if err != nil {
		return File{}, err
	}
	return list[0], nil
}

// decodeFiles reads a list of files or, from older services, one.
func decodeFiles(raw []byte) ([]File, error) {
	var list []File
	if raw = bytes.TrimSpace(raw); len(raw) > 0 && raw[0] == '{' {
		list = make([]File, 1)
		if err := json.Unmarshal(raw, &list[0]); err != nil {
			return nil, err
		}
	} else if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].ID == "" {
		return nil, errNoID
	}
	return list, nil
}

// uploading is the body of an upload: a form (RFC 7578) around the file.
type uploading struct {
	u          Upload
	kind       string
	head, tail []byte
	length     int64
	seeker     io.Seeker
	start      int64

	mu    sync.Mutex
	turns int  // how often the body was asked for
	over  bool // the caller has its answer
}

func newUploading(u Upload) (*uploading, error) {
	s := &uploading{u: u}
	if seeker, ok := u.Body.(io.Seeker); ok {
		if at, err := seeker.Seek(0, io.SeekCurrent); err == nil {
			s.seeker, s.start = seeker, at
		}
	}
	if u.ContentType == "" {
		u.ContentType = "application/octet-stream"
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if _, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("body", u.Name)},
		"Content-Type":        {oneLine(u.ContentType)},
	}); err != nil {
		return nil, err
	}
	n := b.Len()
	if err := w.Close(); err != nil {
		return nil, err
	}
	s.head, s.tail = b.Bytes()[:n], b.Bytes()[n:]
	s.kind, s.length = w.FormDataContentType(), int64(b.Len())+u.Size
	return s, nil
}

func oneLine(s string) string { return string(bytes.Join(bytes.Fields([]byte(s)), []byte(" "))) }

// open makes the body for one attempt. The readers of earlier ones end.
func (s *uploading) open() (io.Reader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turns++; s.turns > 1 {
		if s.seeker == nil {
			return nil, errors.New("the service wants the file again, and it can be read only once")
		}
		if _, err := s.seeker.Seek(s.start, io.SeekStart); err != nil {
			return nil, err
		}
	}
	return io.MultiReader(bytes.NewReader(s.head), &uploadPart{s: s, turn: s.turns}, bytes.NewReader(s.tail)), nil
}

func (s *uploading) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}

// uploadPart reads the file, exactly as long as it was said to be.
type uploadPart struct {
	s          *uploading
	turn       int
	sent, told int64
}

const progressStep = 64 << 10

func (p *uploadPart) Read(b []byte) (int, error) {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || p.turn != s.turns {
		return 0, errors.New("the upload is over")
	}
	left := s.u.Size - p.sent
	if left <= 0 {
		var more [1]byte
		if n, _ := s.u.Body.Read(more[:]); n > 0 {
			return 0, ErrFileChanged // longer: what was sent is not all of it
		}
		p.tell(true)
		return 0, io.EOF
	}
	n, err := s.u.Body.Read(b[:min(int64(len(b)), left)])
	p.sent += int64(n)
	if errors.Is(err, io.EOF) {
		err = nil
		if p.sent < s.u.Size {
			err = ErrFileChanged
		}
	}
	p.tell(false)
	return n, err
}

func (p *uploadPart) tell(end bool) {
	if f := p.s.u.Progress; f != nil && (end && p.told < p.sent || p.sent-p.told >= progressStep) {
		p.told = p.sent
		f(p.sent, p.s.u.Size)
	}
}

// maxFileContent is more than any file of a chat weighs.
const maxFileContent = 4 << 30

// FileContent describes the download of a file from the address that its post
// gives. It may be on any host; the token goes only to the account's own. The
// caller adds the sink, and a lower Max than 4 GiB.
func (c *Client) FileContent(uri string) api.Download {
	return api.Download{Op: "downloadFile", URL: uri, Group: api.Medium, Anywhere: true, Page: true, Max: maxFileContent}
}
