package symphony

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/gateway"
)

const (
	rawPiece = 192 << 10 // what is read at once of a file: a multiple of three
)

// attachment hands out a file, or the small picture of one, in base64: standard
// alphabet, padded, unbroken.
func (c *call) attachment() *apiError {
	f, width, err := c.findFile()
	if err != nil {
		return err
	}
	if f.big && !strings.HasPrefix(c.fault, "b64-") {
		c.serveBig(f.bytes, true)
		return nil
	}
	body := f.open()
	if width > 0 {
		b, e := f.shrink(width)
		if e != nil {
			return &apiError{status: http.StatusInternalServerError, message: "The thumbnail could not be made"}
		}
		body = made("image/jpeg", b)()
	}
	c.serve(&body)
	return nil
}

// findFile finds what the query names, and checks that the account may have it. Width is
// that of the small picture that is asked for, 0 for the file itself.
func (c *call) findFile() (f file, width int, refused *apiError) {
	q := c.r.URL.Query()
	id, of := q.Get("fileId"), q.Get("messageId")
	if id == "" || of == "" {
		return f, 0, bad("The parameters fileId and messageId are required")
	}
	s, err := c.stream("sid")
	if err != nil {
		return f, 0, err
	}
	if strings.ContainsAny(of, "+/=") {
		if c.s.mode("standard-refused") {
			return f, 0, bad("Invalid message id " + of)
		}
		of = safe(of)
	}
	p, decoded, ok := c.s.data.seal.findFile(id)
	if decoded && c.s.mode("fileid-twice") || !decoded && c.s.mode("fileid-once") {
		ok = false
	}
	at, m, found := c.s.data.findMessage(of)
	if !ok || !found || at.index != s.index {
		return f, 0, c.missing("Attachment not found")
	}
	if m.shared != nil && p.stream == m.shared.stream && p.n == m.shared.n {
		m = *m.shared // a forwarded file hangs on both messages
	}
	part := int(p.part &^ (thumb | wide))
	if p.stream != m.stream || p.n != m.n || part >= len(m.files) {
		return f, 0, c.missing("Attachment not found")
	}
	f, width = m.files[part], p.widthOf()
	if width > 0 && (c.s.mode("thumb-400") || !slices.ContainsFunc(f.thumbs, func(t small) bool { return t.width == width })) {
		return f, width, c.missing("Attachment not found")
	}
	return f, width, c.may(&s, m.at)
}

// serve sends content in base64.
func (c *call) serve(b *corpus.Body) {
	h := c.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	if c.s.mode("ok-type") {
		h.Set("Content-Type", "application/json")
	}
	r := b.Open()
	if closer, ok := r.(io.Closer); ok {
		defer closer.Close()
	}
	if strings.HasPrefix(c.fault, "b64-") {
		c.spoiled(r)
		return
	}
	if !c.s.mode("chunked") {
		h.Set("Content-Length", strconv.Itoa(base64.StdEncoding.EncodedLen(int(b.Size))))
	}
	c.w.WriteHeader(http.StatusOK)
	raw := make([]byte, min(rawPiece, b.Size+3))
	text := make([]byte, base64.StdEncoding.EncodedLen(len(raw)))
	control := http.NewResponseController(c.w)
	for {
		n, err := io.ReadFull(r, raw)
		_ = control.SetWriteDeadline(time.Now().Add(time.Minute)) // not possible once cut
		base64.StdEncoding.Encode(text, raw[:n])
		if _, werr := c.w.Write(text[:base64.StdEncoding.EncodedLen(n)]); werr != nil || err != nil {
			if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				c.s.log.Error("read content", "error", err)
			}
			return
		}
	}
}

// spoiled sends content as it should not be.
func (c *call) spoiled(r io.Reader) {
	raw, err := io.ReadAll(r)
	if err != nil {
		c.s.log.Error("read content", "error", err)
	}
	whole := base64.StdEncoding.EncodeToString(raw)
	switch c.fault {
	case "b64-unpadded":
		whole = strings.TrimRight(whole, "=")
	case "b64-breaks":
		whole = broken(whole)
	case "b64-double":
		whole += whole
	case "b64-tail":
		whole += "!"
	case "b64-urlsafe":
		whole = base64.URLEncoding.EncodeToString(raw)
	case "b64-json":
		whole = `{"code":500,"message":"Internal server error"}`
	case "b64-quoted":
		whole = `"` + whole + `"`
	case "b64-bom":
		whole = "\ufeff" + whole
	case "b64-empty":
		whole = ""
	case "b64-cut", "b64-cut-chunked", "b64-cut-close":
		c.cutShort(whole)
		return
	}
	c.w.Header().Set("Content-Length", strconv.Itoa(len(whole)))
	c.w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(c.w, whole) // a client that went away needs no answer
}

// broken breaks lines as mail does.
func broken(s string) string {
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\r\n")
		s = s[76:]
	}
	return b.String() + s + "\r\n"
}

// cutShort ends the connection after about half, where base64 alone cannot tell:
// told by Content-Length, by the missing end of the chunks, or by nothing at all.
func (c *call) cutShort(whole string) {
	w, ok := c.w.(*gateway.Writer)
	if !ok {
		return
	}
	half := whole[:len(whole)/2/4*4]
	if c.fault != "b64-cut-chunked" {
		length := int64(-1)
		if c.fault == "b64-cut" {
			length = int64(len(whole))
		}
		if conn := gateway.Hijack(w, http.StatusOK, length); conn != nil {
			_, _ = io.WriteString(conn, half)
			_ = conn.Close()
		}
		return
	}
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, half)
	_ = http.NewResponseController(w).Flush()
	gateway.Cut(w, false)
}
