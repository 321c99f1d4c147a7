package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"time"
)

const (
	downloadBuffer = 256 << 10
	// progressEvery keeps Progress from being called for each of thousands of reads.
	progressEvery = 50 * time.Millisecond
	// headway is what an attempt must have brought for the count of failures
	// to start over: a long file on a bad line gets through, a server that
	// hands out a byte at a time does not keep us forever.
	headway = 64 << 10
	// maxParts bounds the parts of a content that the server hands out in parts.
	maxParts = 100_000
)

// errSink is a failure to keep what arrived (disk full), not of the transfer.
var errSink = errors.New("could not keep the download")

// errRestart says that what is kept does not fit what the server sends.
var errRestart = errors.New("the content changed, starting over")

// Sink takes a download's bytes.
type Sink interface {
	io.Writer
	// Len is the number of bytes kept so far, those of an earlier run included.
	Len() int64
	// Reset forgets what was written: the download starts over.
	Reset() error
}

// Download describes one transfer.
type Download struct {
	Op  string // operationId
	URL string // path or absolute URL on an allowed host
	// Anywhere lets URL lead to a host that is not on the account's list. It is
	// asked without the token.
	Anywhere bool
	Group    Group
	Sink     Sink
	// Validator is the strong ETag that Keep was given in an earlier run.
	// Without one, bytes kept from that run are dropped.
	Validator string
	Max       int64 // most bytes accepted; 0: no limit
	// Page says that the content may be a web page. Otherwise text/html is
	// taken for what it usually is, a gateway's or a portal's own words.
	Page bool
	// Progress is told the bytes kept and the total (-1: unknown), at most
	// every 50 ms and at the end.
	Progress func(done, total int64)
	// Keep is called before the first byte of a new content is written, with
	// what makes resuming it possible later ("": nothing does).
	Keep func(validator string, total int64) error
	// Base64 says that the body is the content in base64 (RFC 4648, section 4): it is
	// decoded once, strictly, as it comes ([NewBase64]). The lengths of the transport
	// count the encoded body; Sink, Progress, Max and Bytes count the content. Such a
	// transfer is never resumed, and its total is known only at the end: Keep is told -1,
	// Progress what the length of the body lets expect.
	Base64 bool
	// Empty says that the content may be of no bytes. Without it an empty base64 body is
	// taken for one that was lost.
	Empty bool
	// Idle is the longest silence of the other side; 0: the client's.
	Idle time.Duration
}

// Downloaded describes a finished transfer.
type Downloaded struct {
	Bytes       int64
	ContentType string // of the content; "" for base64, where the header is about the encoding
	// Name is the file name that the service gave, as it came: never use it
	// as a path.
	Name      string
	Validator string
	// Unpadded tells that the base64 body had no padding at its end. The content is
	// whole as far as can be known.
	Unpadded bool
	// Unframed tells that nothing marked the end of the body (neither a length nor chunks):
	// had it been cut, it could not have been seen.
	Unframed bool
}

// transfer is the state of a Download across attempts.
type transfer struct {
	*Download
	c         *Client
	cl        *call
	have      int64
	total     int64  // -1: unknown
	validator string // strong ETag of what is kept; "": cannot be resumed
	identity  string // weak identity, for chunks within one run
	chunked   bool   // the server hands out parts although the whole was asked for
	refused   bool   // a range was refused (416), and no content came since
	best      int64  // most bytes had so far, restarts or not
	got       Downloaded
	told      time.Time
	buf       []byte
}

// Download fetches a body into d.Sink. A transfer that breaks is resumed with
// Range and If-Range when the server gave a strong validator, and started over
// when it did not (RFC 9110, 13.1.5 and 14.2), within the client's [Retry];
// progress starts that count again. It handles a 206 that was not asked for
// (keeps asking until the total), a 200 to a range (starts over), a 416
// (starts over once), and checks the length. On an error what was kept stays
// in the sink, to be resumed with the validator that Keep got.
func (c *Client) Download(ctx context.Context, d Download) (Downloaded, error) {
	cl, err := c.prepare(Request{Op: d.Op, Path: d.URL, Group: d.Group, Accept: "*/*", Idle: d.Idle, anywhere: d.Anywhere})
	if err != nil {
		return Downloaded{}, err
	}
	cl.accept = func(status int) bool { return status == http.StatusRequestedRangeNotSatisfiable }
	t := &transfer{Download: &d, c: c, cl: cl, have: d.Sink.Len(), best: d.Sink.Len(), total: -1, validator: strong(d.Validator)}
	if d.Base64 {
		t.validator = ""
	}
	if t.have > 0 && t.validator == "" {
		if err := t.reset(); err != nil {
			return Downloaded{}, c.fail(cl, err)
		}
	}
	buf, _ := c.buffers.Get().(*[]byte)
	if buf == nil {
		b := make([]byte, downloadBuffer)
		buf = &b
	}
	defer c.buffers.Put(buf)
	t.buf = *buf
	if err := t.run(ctx); err != nil {
		return Downloaded{}, err
	}
	if d.Progress != nil {
		d.Progress(t.have, t.have)
	}
	t.got.Bytes, t.got.Validator = t.have, t.validator
	return t.got, nil
}

// run makes attempts until the content is complete.
func (t *transfer) run(ctx context.Context) error {
	pauses := t.c.retry.backoff()
	failures := 0
	for parts := 0; ; parts++ {
		before := t.have
		done, err := t.attempt(ctx)
		if done {
			return nil
		}
		if err == nil { // one part of an unasked 206: go on at once
			if t.have == before || parts > maxParts {
				err = t.c.fail(t.cl, fmt.Errorf("%w: no headway", ErrBadBody))
			} else {
				continue
			}
		}
		switch {
		case ctx.Err() != nil, errors.Is(err, errSink):
			return err
		case errors.Is(err, errRestart):
		case !again(err):
			return err
		}
		if t.have > 0 && t.validator == "" || errors.Is(err, errRestart) {
			if err := t.reset(); err != nil {
				return t.c.fail(t.cl, err)
			}
		}
		failures++
		if t.have-t.best >= headway {
			failures, t.best = 1, t.have
			pauses.Reset()
		}
		if failures >= t.c.retry.Attempts {
			return err
		}
		d := t.c.pauseFor(t.cl, err, pauses.NextBackOff())
		t.c.log.LogAttrs(ctx, slog.LevelDebug, "resuming", slog.String("op", t.cl.Op), slog.Int64("at", t.have),
			slog.Duration("after", d), slog.Any("error", err))
		if err := pause(ctx, t.c.clock, d); err != nil {
			return t.c.fail(t.cl, err)
		}
	}
}

func (t *transfer) reset() error {
	if err := t.Sink.Reset(); err != nil {
		return fmt.Errorf("%w: %w", errSink, err)
	}
	t.have, t.total, t.validator, t.identity, t.chunked = 0, -1, "", "", false
	return nil
}

// attempt sends one request and keeps what comes. done: the content is whole.
func (t *transfer) attempt(ctx context.Context) (done bool, err error) {
	h := http.Header{"Accept-Encoding": {"identity"}} // lengths must be those of the content
	if t.have > 0 {
		h.Set("Range", "bytes="+strconv.FormatInt(t.have, 10)+"-")
		if t.validator != "" {
			h.Set("If-Range", t.validator)
		}
	}
	t.cl.Header = h
	resp, err := t.c.exchange(ctx, t.cl)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind == "text/html" && !t.Page && !t.Base64 && resp.StatusCode < 300 {
		return false, t.c.failBody(t.cl, resp, fmt.Errorf("%w: a web page instead of content", ErrBadBody))
	}
	var want int64 // bytes this answer must bring; -1: unknown
	switch resp.StatusCode {
	case http.StatusRequestedRangeNotSatisfiable:
		return t.outOfRange(resp)
	case http.StatusPartialContent:
		if t.Base64 {
			err = fmt.Errorf("%w: a part of a base64 body", ErrBadBody)
			break
		}
		want, err = t.part(resp)
	case http.StatusOK:
		want, err = t.whole(resp)
	default:
		err = fmt.Errorf("%w: %s instead of content", ErrBadBody, statusWords(resp.StatusCode))
	}
	switch {
	case err != nil:
	case t.Base64:
		err = t.decode(resp, want)
	default:
		err = t.copy(resp.Body, want)
	}
	if err != nil {
		return false, t.c.failBody(t.cl, resp, err)
	}
	// A part that ends where the total does completes the content, so does an
	// end that the server signed itself when no total was told.
	return t.Base64 || t.have == t.total || t.total < 0 && resp.StatusCode == http.StatusOK, nil
}

// outOfRange handles a 416: it may mean that everything is here already,
// otherwise what is kept is worth nothing.
func (t *transfer) outOfRange(resp *http.Response) (bool, error) {
	_, _, total, err := contentRange(resp.Header.Get("Content-Range"))
	if err == nil && total == t.have && t.have > 0 && t.validator != "" && resp.Header.Get("ETag") == t.validator {
		t.total = total
		t.describe(resp)
		return true, nil
	}
	e := t.c.readError(t.cl, resp)
	if t.have == 0 || t.refused {
		return false, e
	}
	t.refused = true
	e.Err = errRestart
	return false, e
}

// whole prepares for a 200: the content from its beginning.
func (t *transfer) whole(resp *http.Response) (int64, error) {
	if t.have > 0 {
		if err := t.reset(); err != nil {
			return 0, err
		}
	}
	t.total = resp.ContentLength
	if t.Base64 {
		return resp.ContentLength, t.begin64(resp)
	}
	return t.total, t.begin(resp)
}

// part prepares for a 206, asked for or not.
func (t *transfer) part(resp *http.Response) (int64, error) {
	first, last, total, err := contentRange(resp.Header.Get("Content-Range"))
	switch {
	case err != nil:
		return 0, err
	case first != t.have && t.have == 0:
		return 0, fmt.Errorf("%w: a part from byte %d instead of the beginning", ErrBadBody, first)
	case first != t.have:
		return 0, fmt.Errorf("%w: a part from byte %d instead of %d", errRestart, first, t.have)
	}
	if t.have == 0 {
		t.total, t.chunked = total, true
		if total < 0 {
			return 0, fmt.Errorf("%w: a part of a whole of unknown size", ErrBadBody)
		}
		return last - first + 1, t.begin(resp)
	}
	if t.total >= 0 && total >= 0 && total != t.total {
		return 0, fmt.Errorf("%w: %d bytes instead of %d", errRestart, total, t.total)
	}
	if tag := resp.Header.Get("ETag"); t.validator != "" && tag != "" && tag != t.validator {
		return 0, fmt.Errorf("%w: another version", errRestart)
	}
	if t.validator == "" && identity(resp) != t.identity {
		return 0, fmt.Errorf("%w: another version", errRestart)
	}
	if t.total < 0 {
		t.total = total
	}
	if t.total < 0 {
		return 0, fmt.Errorf("%w: a part of a whole of unknown size", errRestart)
	}
	if err := t.tooLarge(t.total); err != nil {
		return 0, err
	}
	t.describe(resp)
	return last - first + 1, nil
}

// begin notes what the content is, before its first byte.
func (t *transfer) begin(resp *http.Response) error {
	if err := t.tooLarge(t.total); err != nil {
		return err
	}
	t.validator, t.identity, t.refused = strong(resp.Header.Get("ETag")), identity(resp), false
	t.describe(resp)
	if t.Keep != nil {
		if err := t.Keep(t.validator, t.total); err != nil {
			return fmt.Errorf("%w: %w", errSink, err)
		}
	}
	return nil
}

func (t *transfer) describe(resp *http.Response) {
	t.got.ContentType = resp.Header.Get("Content-Type")
	t.got.Unframed = !framed(resp)
	t.got.Name = DispositionName(resp.Header.Get("Content-Disposition"))
}

func (t *transfer) tooLarge(n int64) error {
	if t.Max > 0 && n > t.Max {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, n, t.Max)
	}
	return nil
}

// copy moves the body into the sink and checks its length. want < 0: unknown.
func (t *transfer) copy(body io.Reader, want int64) error {
	var got int64
	for {
		n, err := body.Read(t.buf)
		if n > 0 {
			got += int64(n)
			if want >= 0 && got > want {
				return fmt.Errorf("%w: more bytes than announced", errRestart)
			}
			if err := t.tooLarge(t.have + int64(n)); err != nil {
				return err
			}
			m, werr := t.Sink.Write(t.buf[:n])
			t.have += int64(m)
			if werr == nil && m < n {
				werr = io.ErrShortWrite
			}
			if werr != nil {
				return fmt.Errorf("%w: %w", errSink, werr)
			}
			t.progress()
		}
		switch {
		case errors.Is(err, io.EOF):
			if want >= 0 && got < want {
				return fmt.Errorf("%w: %w after %d of %d bytes", ErrBadBody, io.ErrUnexpectedEOF, got, want)
			}
			return nil
		case err != nil:
			return broken(err)
		}
	}
}

func (t *transfer) progress() {
	if t.Progress == nil {
		return
	}
	if now := t.c.clock.Now(); now.Sub(t.told) >= progressEvery || now.Before(t.told) {
		t.told = now
		t.Progress(t.have, t.total)
	}
}
