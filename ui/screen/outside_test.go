package screen

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"switchboard/store"
	"switchboard/ui/preview/outside"
	"switchboard/ui/preview/paper"
)

// shelf is a store of one file, and a root that takes prompts.
type shelf struct {
	Store
	Host
	path   string
	prompt Prompt
	said   string
}

func (s *shelf) FetchNow(context.Context, store.Attachment, func(done, total int64)) (string, error) {
	return s.path, nil
}
func (s *shelf) Record(context.Context, string, string, ...store.ID) error { return nil }

func (s *shelf) Prompt(p Prompt) { s.prompt = p }
func (s *shelf) Say(text string) { s.said = text }

// twoPages is a document of two small pages.
type twoPages struct{ closed bool }

func (d *twoPages) Len() int { return 2 }
func (d *twoPages) Page(context.Context, int) (paper.Page, error) {
	return paper.Page{Image: image.NewGray(image.Rect(0, 0, 2, 1))}, nil
}
func (d *twoPages) Words(context.Context, int) ([]paper.Span, error) { return nil, nil }
func (d *twoPages) Close() error                                     { d.closed = true; return nil }

func newShelf(t *testing.T) (*shelf, *Env) {
	t.Helper()
	if runtime.GOOS == "windows" || outside.Find("sh") == "" {
		t.Skip("needs sh")
	}
	t.Setenv("SHELL", "/bin/sh")
	s := &shelf{path: filepath.Join(t.TempDir(), "blob")}
	if err := os.WriteFile(s.path, []byte("%PDF content"), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, &Env{Ctx: t.Context(), Store: s, Host: s, Crash: func(v any, stack []byte) { t.Errorf("%v\n%s", v, stack) }}
}

func TestPipe(t *testing.T) {
	s, env := newShelf(t)
	doc := &twoPages{}
	whole := Material{
		Item: store.Item{Text: "cover text"}, File: store.Attachment{ID: 7, Name: "fax.pdf"},
		Text:  func(context.Context) (string, error) { return "words of the fax", nil },
		Pages: func(context.Context) (paper.Document, error) { return doc, nil },
		JSON:  func(store.Item) ([]byte, error) { return []byte(`{"id":"x"}`), nil },
	}
	bare := Material{Item: store.Item{Text: "just a text"}}
	for _, c := range []struct {
		m          Material
		line, want string
	}{
		{whole, "cat", "%PDF content"},
		{whole, "file: cat | tr a-z A-Z", "%PDF CONTENT"},
		{whole, "text:cat", "words of the fax\n"},
		{whole, "pages: cat", "P5\n2 1\n255\n\x00\x00P5\n2 1\n255\n\x00\x00"},
		{whole, "json: cat", "{\"id\":\"x\"}\n"},
		{bare, "cat", "just a text\n"},
	} {
		env.AskPipe(c.m)
		cmd, err := s.prompt.Enter(c.line)
		if err != nil {
			t.Fatalf("%s: %v", c.line, err)
		}
		out, ok := cmd().(Output)
		var b bytes.Buffer
		if err := out.Run(t.Context(), &b); err != nil || !ok || b.String() != c.want {
			t.Errorf("%s: %q, %v; want %q", c.line, b.String(), err, c.want)
		}
	}
	if !doc.closed {
		t.Error("the pages were not closed")
	}
}

func TestPipeRefuses(t *testing.T) {
	s, env := newShelf(t)
	for line, want := range map[string]string{
		"":           "type a command",
		"text:  ":    "type a command",
		"file: cat":  "has no file",
		"pages: cat": "has no pages",
	} {
		env.AskPipe(Material{Item: store.Item{Text: "a"}})
		if _, err := s.prompt.Enter(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", line, err)
		}
		if hint, _ := s.prompt.Change("text: wc"); hint != "pipes the text; or begin with json:" {
			t.Error(hint)
		}
	}
	env.AskPipe(Material{})
	cmd, err := s.prompt.Enter("cat")
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd().(Output).Run(t.Context(), &bytes.Buffer{}); err == nil || err.Error() != "there is no text in it" {
		t.Error(err)
	}
}

func TestPrintTells(t *testing.T) {
	s, env := newShelf(t)
	script := filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ncat \"$@\" >/dev/null && echo \"request id is front-1 \x1b[2J(1 file(s))\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	fax := Material{Item: store.Item{Row: store.Row{Pages: 3}}, File: store.Attachment{ID: 7, Name: "fax.pdf", Type: "application/pdf"}}
	told, ok := env.Print(fax, script)().(Told)
	if !ok || told.Banner.Text != "Sent fax.pdf to the printer, 3 p: request id is front-1 (1 file(s))" {
		t.Errorf("%+v", told)
	}
	if f, ok := env.Print(fax, "no-such-printer")().(Failed); !ok || !errors.Is(f.Err, outside.ErrMissing) {
		t.Errorf("%+v", f)
	}
	if cmd := env.Print(Material{File: store.Attachment{ID: 8, Type: "audio/mpeg"}}, script); cmd != nil || !strings.Contains(s.said, "cannot be printed") {
		t.Error("printed a sound")
	}
}

func TestCopyBy(t *testing.T) {
	_, env := newShelf(t)
	got := ""
	cmd := env.CopyBy(func(_ context.Context, text string) (string, error) { got = text; return "x", nil }, "abc")
	if cmd(); got != "abc" || env.CopyBy(nil, "x") != nil {
		t.Error(got)
	}
}
