package simulator

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/gateway"
)

const (
	copyBuffer  = 256 << 10
	partialPart = 64 << 10 // how much an unasked 206 carries at most
	maxBig      = 64 << 30
)

// body is content on its way out, from wherever it comes.
type body struct {
	kind string
	size int64
	etag string // strong, quoted
	name string
	open func() io.ReadSeeker
}

// readText serves the one kind of content the platform host has: the text of
// an SMS. Binary content must be asked of the media host.
func (c *call) readText() *apiError {
	att, b, err := c.find()
	if err != nil {
		return err
	}
	if att.Type != "Text" {
		e := notFound("attachmentId")
		e.message = "Content must be requested via the media API entry point"
		return e
	}
	return c.serve(&b)
}

func (c *call) readContent() *apiError {
	_, b, err := c.find()
	if err != nil {
		return err
	}
	return c.serve(&b)
}

func (c *call) find() (corpus.Attachment, body, *apiError) {
	id, err := parseID(c.r.PathValue("id"))
	if err != nil {
		return corpus.Attachment{}, body{}, err
	}
	part, e := strconv.ParseInt(c.r.PathValue("attachment"), 10, 64)
	if e != nil {
		return corpus.Attachment{}, body{}, notFound("attachmentId")
	}
	att, made, err := c.s.box.content(id, part)
	if err != nil {
		return att, body{}, err
	}
	etag := made.ETag
	if etag != "" && !strings.HasPrefix(etag, `"`) {
		etag = `"` + etag + `"`
	}
	return att, body{kind: made.Type, size: made.Size, etag: etag, name: att.Name, open: made.Open}, nil
}

// serve answers a request for content: whole, or the one range asked for.
func (c *call) serve(b *body) *apiError {
	h := c.w.Header()
	h.Set("Content-Type", b.kind)
	h.Set("Accept-Ranges", "bytes")
	h.Set("Cache-Control", "private")
	if b.etag != "" {
		h.Set("ETag", b.etag)
	}
	if d := disposition(c.r, b.name); d != "" {
		h.Set("Content-Disposition", d)
	}
	start, length, partial, err := c.span(b)
	if err != nil {
		h.Del("ETag")
		h.Del("Content-Disposition")
		h.Set("Content-Range", "bytes */"+strconv.FormatInt(b.size, 10))
		return err
	}
	status := http.StatusOK
	if partial {
		status = http.StatusPartialContent
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, start+length-1, b.size))
	}
	h.Set("Content-Length", strconv.FormatInt(length, 10))
	c.w.WriteHeader(status)
	if c.r.Method == http.MethodHead {
		return nil
	}
	c.copy(b, start, length)
	return nil
}

// span decides what part of the content to send. The fault "partial" sends a
// first piece although nobody asked for a range.
func (c *call) span(b *body) (start, length int64, partial bool, refused *apiError) {
	spec := c.r.Header.Get("Range")
	if cond := c.r.Header.Get("If-Range"); cond != "" && cond != b.etag {
		spec = ""
	}
	start, length, given, ok := parseRange(spec, b.size)
	if !ok {
		return 0, 0, false, &apiError{
			status: http.StatusRequestedRangeNotSatisfiable, code: "CMN-107",
			message: "Requested range is not satisfiable", parameter: "Range",
		}
	}
	if spoiled, is := c.w.(*gateway.Breaker); is && spoiled.Fault == "partial" && b.size > 1 {
		length = min(length, max(b.size/3, 1), partialPart)
		return start, length, true, nil
	}
	return start, length, given, nil
}

// parseRange understands one byte range (RFC 9110 section 14.2). Several
// ranges, other units and nonsense are ignored, as the RFC allows; ok is false
// for a range outside the content.
func parseRange(spec string, size int64) (start, length int64, given, ok bool) {
	rest, isBytes := strings.CutPrefix(strings.TrimSpace(spec), "bytes=")
	from, to, dash := strings.Cut(strings.TrimSpace(rest), "-")
	if !isBytes || !dash || strings.Contains(rest, ",") {
		return 0, size, false, true
	}
	last := size - 1
	if from == "" { // the last so many bytes
		n, err := strconv.ParseInt(to, 10, 64)
		if err != nil || n < 0 {
			return 0, size, false, true
		}
		n = min(n, size)
		return size - n, n, true, n > 0
	}
	first, err := strconv.ParseInt(from, 10, 64)
	if err != nil || first < 0 {
		return 0, size, false, true
	}
	if to != "" {
		n, err := strconv.ParseInt(to, 10, 64)
		if err != nil || n < first {
			return 0, size, false, true
		}
		last = min(n, last)
	}
	if first >= size {
		return 0, 0, false, false
	}
	return first, last - first + 1, true, true
}

// copy writes with a large buffer of its own: the response writer's would be
// an eighth of it. A deadline follows each piece so that a client which stops
// reading does not keep the handler for ever.
func (c *call) copy(b *body, start, length int64) {
	r := b.open()
	if closer, ok := r.(io.Closer); ok {
		defer func() { _ = closer.Close() }()
	}
	if _, err := r.Seek(start, io.SeekStart); err != nil {
		c.s.log.Error("seek in content", "error", err)
		return
	}
	buf := make([]byte, min(copyBuffer, length))
	control := http.NewResponseController(c.w)
	for length > 0 {
		n, err := io.ReadFull(r, buf[:min(int64(len(buf)), length)])
		_ = control.SetWriteDeadline(time.Now().Add(time.Minute)) // not possible once cut
		if n > 0 {
			if _, werr := c.w.Write(buf[:n]); werr != nil {
				return
			}
		}
		length -= int64(n)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				c.s.log.Error("read content", "error", err)
			}
			return
		}
	}
}

// disposition follows the two parameters, and the file's own name.
func disposition(r *http.Request, name string) string {
	q := r.URL.Query()
	if s := q.Get("contentDispositionFilename"); s != "" {
		name = s
	}
	kind := strings.ToLower(q.Get("contentDisposition"))
	if kind != "inline" && kind != "attachment" {
		if name == "" {
			return ""
		}
		kind = "attachment"
	}
	if name == "" {
		return kind
	}
	if d := mime.FormatMediaType(kind, map[string]string{"filename": headerSafe(name)}); d != "" {
		return d
	}
	return kind
}

// headerSafe drops what no header can carry; everything else that is odd about
// a name is for the client to deal with.
func headerSafe(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// readBig serves /big/{bytes}: content of any size that costs nothing to make,
// for benchmarks. Each 64 KiB block begins with its number, so that a piece
// joined in the wrong place shows.
func (c *call) readBig() *apiError {
	size, err := strconv.ParseInt(c.r.PathValue("bytes"), 10, 64)
	if err != nil || size < 0 || size > maxBig {
		return notFound("bytes")
	}
	return c.serve(&body{
		kind: "application/octet-stream", size: size, etag: fmt.Sprintf(`"big-%d"`, size),
		name: fmt.Sprintf("big-%d.bin", size),
		open: func() io.ReadSeeker { return newBigReader(size) },
	})
}

const bigBlock = 64 << 10

// bigReader is the content of /big.
type bigReader struct {
	size, at int64
	block    []byte
	number   int64
}

func newBigReader(size int64) *bigReader {
	r := &bigReader{size: size, block: make([]byte, bigBlock), number: -1}
	x := uint64(0x2545f4914f6cdd1d)
	for i := 8; i < bigBlock; i += 8 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		binary.LittleEndian.PutUint64(r.block[i:], x)
	}
	return r
}

func (r *bigReader) Read(b []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	b = b[:min(int64(len(b)), r.size-r.at)]
	done := 0
	for done < len(b) {
		if n := r.at / bigBlock; n != r.number {
			r.number = n
			binary.LittleEndian.PutUint64(r.block, uint64(n))
		}
		n := copy(b[done:], r.block[r.at%bigBlock:])
		done += n
		r.at += int64(n)
	}
	return done, nil
}

func (r *bigReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return r.at, fmt.Errorf("simulator: seek to %d: before the beginning", offset)
	}
	r.at = offset
	return offset, nil
}
