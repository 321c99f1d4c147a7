package symphony_test

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"switchboard/api"
	sym "switchboard/api/symphony"
)

const creating = "/agent/v4/stream/" + safeStream + "/message/create"

// opened counts how often a file was opened and closed.
type opened struct {
	raw          []byte
	opens, close int
}

func (o *opened) file(name string, size int) sym.File {
	return sym.File{Name: name, ContentType: "application/pdf", Size: int64(size), Open: func() (io.ReadCloser, error) {
		o.opens++
		return closing{bytes.NewReader(o.raw), o}, nil
	}}
}

type closing struct {
	io.Reader
	o *opened
}

func (c closing) Close() error { c.o.close++; return nil }

// parts reads a form as the service would.
func parts(t *testing.T, r asked) map[string][]string {
	t.Helper()
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for m := multipart.NewReader(bytes.NewReader(r.Body), params["boundary"]); ; {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		out[p.FormName()] = append(out[p.FormName()], string(raw))
		if p.FileName() != "" {
			out["names"] = append(out["names"], p.FileName()+" "+p.Header.Get("Content-Type"))
		}
	}
}

func TestCreateMessage(t *testing.T) {
	s := newServers(t)
	s.json("POST "+creating, `{"messageId":"new","timestamp":1548089933946,"message":"<div/>"}`)
	pdf := &opened{raw: bytes.Repeat([]byte("pdf "), 50_000)}
	empty := &opened{}
	var sent, total int64
	m, err := s.client().CreateMessage(t.Context(), stdStream, sym.NewMessage{
		MessageML: sym.TextML("a < b\n${c}"), Data: `{"x":1}`, Files: []sym.File{pdf.file(`sharp "é".pdf`, 200_000), empty.file("empty.pdf", 0)},
		Progress: func(s, n int64) { sent, total = s, n },
	})
	if err != nil || m.ID != "new" {
		t.Fatalf("%+v %v", m, err)
	}
	r := s.last(creating)
	p := parts(t, r)
	if p["message"][0] != "<messageML>a &lt; b<br/>$&#123;c}</messageML>" || p["data"][0] != `{"x":1}` {
		t.Errorf("%q %q", p["message"], p["data"])
	}
	if len(p["attachment"]) != 2 || p["attachment"][0] != string(pdf.raw) || p["attachment"][1] != "" || p["names"][0] != `sharp "é".pdf application/pdf` {
		t.Errorf("%d files, %q", len(p["attachment"]), p["names"])
	}
	if sent != total || total != int64(len(r.Body)) {
		t.Errorf("told %d of %d, sent %d", sent, total, len(r.Body))
	}
	if pdf.opens != 1 || pdf.close != 1 || empty.close != 1 {
		t.Errorf("opened %d, closed %d and %d", pdf.opens, pdf.close, empty.close)
	}
}

// TestCreateOnce: a message is not sent twice, but for a token that was refused.
func TestCreateOnce(t *testing.T) {
	s := newServers(t)
	n := 0
	s.on("POST "+creating, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			fails(401, "Invalid session")(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"messageId":"new"}`)
	})
	c, f := s.client(), &opened{raw: []byte("hello")}
	if _, err := c.CreateMessage(t.Context(), stdStream, sym.NewMessage{Files: []sym.File{f.file("a", 5)}}); err != nil {
		t.Fatal(err)
	}
	if p := parts(t, s.last(creating)); f.opens != 2 || p["attachment"][0] != "hello" || p["message"][0] != "<messageML></messageML>" {
		t.Errorf("opened %d: %q", f.opens, p)
	}
	for status, unknown := range map[int]bool{500: true, 502: true, 503: false, 400: false, 451: false} {
		s.on("POST "+creating, fails(status, "no"))
		before := len(s.to(creating))
		_, err := c.CreateMessage(t.Context(), stdStream, sym.NewMessage{MessageML: "x"})
		if err == nil || api.IsUnknown(err) != unknown || len(s.to(creating)) != before+1 {
			t.Errorf("%d: asked %d times, unknown %v: %v", status, len(s.to(creating))-before, api.IsUnknown(err), err)
		}
		if status == 451 && !strings.Contains(err.Error(), "company's rules") {
			t.Errorf("words: %v", err)
		}
	}
	s.json("POST "+creating, `{}`)
	if _, err := c.CreateMessage(t.Context(), stdStream, sym.NewMessage{MessageML: "x"}); !api.IsUnknown(err) {
		t.Errorf("an answer without an id: %v", err)
	}
}

func TestCreateRefusedHere(t *testing.T) {
	s := newServers(t)
	s.json("POST "+creating, `{"messageId":"new"}`)
	c, f := s.client(), &opened{raw: []byte("hello")}
	many := make([]sym.File, 26)
	for i := range many {
		many[i] = f.file("f", 5)
	}
	for name, tt := range map[string]struct {
		m    sym.NewMessage
		want error
	}{
		"nothing":  {sym.NewMessage{MessageML: " \n"}, sym.ErrEmptyMessage},
		"too many": {sym.NewMessage{Files: many}, sym.ErrTooMany},
		"too big":  {sym.NewMessage{Files: []sym.File{f.file("f", 31<<20)}}, sym.ErrFileTooLarge},
		"shorter":  {sym.NewMessage{Files: []sym.File{f.file("f", 6)}}, sym.ErrFileChanged},
		"longer":   {sym.NewMessage{Files: []sym.File{f.file("f", 4)}}, sym.ErrFileChanged},
		"unreadable": {sym.NewMessage{Files: []sym.File{{Name: "f", Size: 1, Open: func() (io.ReadCloser, error) {
			return nil, http.ErrMissingFile
		}}}}, http.ErrMissingFile},
	} {
		if _, err := c.CreateMessage(t.Context(), stdStream, tt.m); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
