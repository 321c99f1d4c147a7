package ringcentral

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"sync"

	"switchboard/api"
)

// Enclosure is a file that goes with a message.
type Enclosure struct {
	Name        string
	ContentType string // "": by the name's extension, where the service knows it
	Size        int64  // bytes that Body holds from where it stands
	// Body is read once, from another goroutine, and not touched any more when
	// the call has returned. If the service wants it again (a redirect, a token
	// that was refused) it has to be an [io.Seeker] as well.
	Body io.Reader
}

// errOver ends the readers of an attempt that is not wanted any more.
var errOver = errors.New("the sending is over")

// parts is a multipart/mixed body (RFC 2046): a JSON part, then the files as
// they are read. Its length is known before.
type parts struct {
	kind     string
	length   int64
	total    int64    // bytes of the files
	heads    [][]byte // before each file; the first has the JSON part in it
	tail     []byte
	files    []Enclosure
	starts   []int64
	progress func(sent, total int64)

	mu    sync.Mutex
	turns int  // how often the body was asked for
	over  bool // the caller has its answer
	whole bool // the last bytes of this turn's body have been handed out
}

func newParts(first any, files []Enclosure, progress func(sent, total int64)) (*parts, error) {
	p := &parts{files: files, starts: make([]int64, len(files)), progress: progress}
	raw, err := json.Marshal(first)
	if err != nil {
		return nil, fmt.Errorf("encoding the request: %w", err)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	root, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type":        {"application/json; charset=UTF-8"},
		"Content-Disposition": {`form-data; name="json"; filename="request.json"`},
	})
	if err != nil {
		return nil, err
	}
	if _, err := root.Write(raw); err != nil {
		return nil, err
	}
	for i, f := range files {
		if f.Body == nil || f.Size < 0 {
			return nil, fmt.Errorf("%w: %.80q has no content", ErrNoText, f.Name)
		}
		header := textproto.MIMEHeader{"Content-Disposition": {multipart.FileContentDisposition("attachment", f.Name)}}
		if f.ContentType != "" {
			header.Set("Content-Type", oneLine(f.ContentType))
		}
		if _, err := w.CreatePart(header); err != nil {
			return nil, err
		}
		p.heads = append(p.heads, bytes.Clone(b.Bytes()))
		p.length += int64(b.Len()) + f.Size
		p.total += f.Size
		b.Reset()
		p.starts[i] = -1
		if seeker, ok := f.Body.(io.Seeker); ok {
			if at, err := seeker.Seek(0, io.SeekCurrent); err == nil {
				p.starts[i] = at
			}
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	p.tail = bytes.Clone(b.Bytes())
	p.length += int64(len(p.tail))
	p.kind = "multipart/mixed; boundary=" + w.Boundary()
	return p, nil
}

// open makes the body for one attempt. The readers of earlier ones end.
func (p *parts) open() (io.Reader, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.turns++; p.turns > 1 {
		for i, f := range p.files {
			seeker, ok := f.Body.(io.Seeker)
			if !ok || p.starts[i] < 0 {
				return nil, fmt.Errorf("the service wants %.80q again, and it can be read only once", f.Name)
			}
			if _, err := seeker.Seek(p.starts[i], io.SeekStart); err != nil {
				return nil, err
			}
		}
	}
	p.whole = false
	sent := &sentSoFar{p: p, turn: p.turns}
	var all []io.Reader
	for i := range p.files {
		all = append(all, bytes.NewReader(p.heads[i]), &partFile{sent: sent, file: &p.files[i]})
	}
	return io.MultiReader(append(all, &partTail{sent: sent, r: bytes.NewReader(p.tail)})...), nil
}

// settle ends the sending and says what its error means. Without its last bytes
// the service has no request that it could carry out, whatever became of the
// connection: that outcome is certain.
func (p *parts) settle(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	var e *api.Error
	if p.whole || !errors.As(err, &e) || !e.Unknown || e.Status != 0 {
		return err
	}
	known := *e
	known.Unknown = false
	return &known
}

// partTail ends the body.
type partTail struct {
	sent *sentSoFar
	r    *bytes.Reader
}

func (t *partTail) Read(b []byte) (int, error) {
	p := t.sent.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || t.sent.turn != p.turns {
		return 0, errOver
	}
	p.whole = true
	return t.r.Read(b)
}

// sentSoFar is how far one attempt is.
type sentSoFar struct {
	p          *parts
	turn       int
	sent, told int64
}

// tell reports progress at each 64 KiB of all files together, and at the end.
func (s *sentSoFar) tell() {
	if f := s.p.progress; f != nil && (s.sent == s.p.total && s.told < s.sent || s.sent-s.told >= progressStep) {
		s.told = s.sent
		f(s.sent, s.p.total)
	}
}

// partFile reads one file, exactly as long as it was said to be.
type partFile struct {
	sent *sentSoFar
	file *Enclosure
	read int64
}

func (f *partFile) Read(b []byte) (int, error) {
	p := f.sent.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || f.sent.turn != p.turns {
		return 0, errOver
	}
	left := f.file.Size - f.read
	if left <= 0 {
		var more [1]byte
		if n, _ := f.file.Body.Read(more[:]); n > 0 {
			return 0, fmt.Errorf("%w: %.80q", ErrFileChanged, f.file.Name)
		}
		return 0, io.EOF
	}
	n, err := f.file.Body.Read(b[:min(int64(len(b)), left)])
	f.read += int64(n)
	f.sent.sent += int64(n)
	if errors.Is(err, io.EOF) {
		err = nil
		if f.read < f.file.Size {
			err = fmt.Errorf("%w: %.80q", ErrFileChanged, f.file.Name)
		}
	}
	f.sent.tell()
	return n, err
}
