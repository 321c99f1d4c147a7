package emailgistics

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

func (c *call) listMailboxes() *apiError {
	if !c.key.may(scopeReporting) {
		return missingScope(scopeReporting)
	}
	list := []any{}
	for n, b := range c.s.data.boxes {
		if !c.key.sees(n) {
			continue
		}
		users, tags := []any{}, []any{}
		for _, u := range b.users {
			users = append(users, map[string]any{"userId": u.id, "userName": u.name, "userEmail": u.email, "active": c.s.data.active(u.id)})
		}
		for _, t := range append(slices.Clone(b.tags), b.old) {
			tags = append(tags, map[string]any{"tagId": t.id, "tagName": t.name, "tagColor": t.color, "active": c.s.data.active(t.id)})
		}
		one := map[string]any{
			"mailboxId": b.id, "mailboxName": b.name, "mailboxEmail": b.email, "active": c.s.data.active(b.id), "timeZone": b.zone, "users": users, "tags": tags,
		}
		if c.fault == "unknown" {
			one["region"], one["capacity"] = "c1", 7
		}
		list = append(list, one)
	}
	writeJSON(c.w, http.StatusOK, map[string]any{"mailboxes": list})
	return nil
}

// message finds the message that the path names, if the key may see it.
func (c *call) message() (Mail, *apiError) {
	i, ok := c.s.data.find(c.r.PathValue("id"))
	if !ok || !c.key.sees(c.s.data.boxOf(i)) {
		return Mail{}, notFound("Message not found")
	}
	if c.fault == "stale" {
		c.s.data.move(i)
		return Mail{}, notFound("Message not found")
	}
	return c.s.data.mail(i), nil
}

func (c *call) listAttachments() *apiError {
	if !c.key.may(scopeRead) {
		return missingScope(scopeRead)
	}
	m, e := c.message()
	if e != nil {
		return e
	}
	list := []any{}
	for k := range m.Files {
		f := &m.Files[k]
		size := c.s.data.listed(f)
		if c.fault == "size" {
			size /= 2
		}
		one := map[string]any{"id": f.ID, "name": f.Name, "contentType": f.ContentType, "size": size, "attachmentType": f.Kind}
		if f.ContentType == "" {
			one["contentType"] = nil
		}
		if c.fault == "unknown" {
			one["size"], one["lastModified"] = strconv.FormatInt(size, 10), stamp(m.Received)
		}
		list = append(list, one)
	}
	writeJSON(c.w, http.StatusOK, map[string]any{"attachments": list})
	return nil
}

func (c *call) download() *apiError {
	if !c.key.may(scopeContent) {
		return missingScope(scopeContent)
	}
	m, e := c.message()
	if e != nil {
		return e
	}
	for k := range m.Files {
		f := &m.Files[k]
		if f.ID != c.r.PathValue("attachment") {
			continue
		}
		if f.Kind != "fileAttachment" {
			return &apiError{status: http.StatusForbidden, code: "403", message: "Only file attachments can be downloaded"}
		}
		c.send(f)
		return nil
	}
	return notFound("Attachment not found")
}

// send streams a file's content: all of it, whatever range was asked for.
func (c *call) send(f *File) {
	content, size := c.s.data.files.open(f.place)
	if closer, ok := content.(io.Closer); ok {
		defer func() { _ = closer.Close() }()
	}
	h := c.w.Header()
	h.Set("Content-Type", f.ContentType)
	h.Set("X-Content-Type-Options", "nosniff")
	if d := Dispositions()[f.form].Make(headerSafe(f.Name)); d != "" {
		h.Set("Content-Disposition", d)
	}
	if c.fault != "nolength" {
		h.Set("Content-Length", strconv.FormatInt(size, 10))
	}
	c.w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(c.w)
	buf := make([]byte, 256<<10)
	for {
		n, err := io.ReadFull(content, buf)
		_ = control.SetWriteDeadline(time.Now().Add(time.Minute)) // not possible once cut
		if n > 0 {
			if _, werr := c.w.Write(buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				c.s.log.Error("read content", "error", err)
			}
			return
		}
	}
}

// headerSafe drops what no header can carry.
func headerSafe(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] >= ' ' && s[i] != 0x7f {
			out = append(out, s[i])
		}
	}
	return string(out)
}
