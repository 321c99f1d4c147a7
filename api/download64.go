package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// begin64 prepares for a body in base64. What its length lets expect is told as progress
// only: padding and line breaks make the content shorter.
func (t *transfer) begin64(resp *http.Response) error {
	if n := resp.ContentLength; t.Max > 0 && n > 2*t.Max+maxBreaks {
		return fmt.Errorf("%w: %d bytes of base64, at most %d decoded", ErrTooLarge, n, t.Max)
	}
	t.refused = false
	t.describe(resp)
	t.got.ContentType = ""
	if t.total > 0 {
		t.total = t.total / 4 * 3
	}
	if t.Keep != nil {
		if err := t.Keep("", -1); err != nil {
			return fmt.Errorf("%w: %w", errSink, err)
		}
	}
	return nil
}

// decode moves what the body means into the sink. want is the body's own length, -1: unknown.
func (t *transfer) decode(resp *http.Response, want int64) error {
	d := NewBase64(resp.Body)
	if t.Empty {
		d.AllowEmpty()
	}
	err := t.copy(d, -1)
	t.got.Unpadded = d.Unpadded()
	switch {
	case errors.Is(err, errCut) && framed(resp):
		// The transport brought all of it: it will be as short the next time.
		return fmt.Errorf("%w: %w: it ends within a group of four characters", ErrBadBody, ErrBase64)
	case err == nil && want >= 0 && d.Encoded() < want:
		return fmt.Errorf("%w: %w after %d of %d bytes", ErrBadBody, io.ErrUnexpectedEOF, d.Encoded(), want)
	}
	return err
}

// framed reports whether the transport says where the body ends, so that one which was cut
// cannot pass for a whole one.
func framed(resp *http.Response) bool {
	return resp.ContentLength >= 0 || len(resp.TransferEncoding) > 0 || resp.ProtoMajor >= 2
}
