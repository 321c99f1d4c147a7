package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api"
)

func TestPostAndTakeBack(t *testing.T) {
	b := newChatBench(t)
	b.svc.say("100", "2", "hello", 1)
	b.sync()
	c := b.chat("Support")
	post := func(text string) {
		t.Helper()
		if _, err := b.SendPost(t.Context(), NewPost{Chat: c.ID, Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	undo := func() string {
		t.Helper()
		op, err := b.Undo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return op.Words
	}
	post("one ![:Person](2)")
	b.wants(c.ID, "hello", "one @Ana Lima (pending)")
	if c = b.chat("Support"); c.Unread != 0 || c.Latest != "You: one @Ana Lima" {
		t.Errorf("%+v", c)
	}
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	b.wants(c.ID, "hello", "one @Ana Lima")
	b.sync()
	b.wants(c.ID, "hello", "one @Ana Lima")
	undo()
	b.wants(c.ID, "hello", "(removed) (pending)")
	if err := b.flush(); err != nil || len(b.svc.posts["100"]) != 1 {
		t.Fatal(err, b.svc.posts)
	}
	b.wants(c.ID, "hello", "(removed)")

	post("two")
	undo()
	b.wants(c.ID, "hello", "(removed)")
	if d := must[Draft](t)(b.DraftOf(t.Context(), c.ID)); d.Text != "two" {
		t.Errorf("the text is lost: %+v", d)
	}
	if err := b.flush(); err != nil || len(b.svc.posts["100"]) != 1 {
		t.Fatal(err, b.svc.posts)
	}

	post("three")
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	id := must[PostWindow](t)(b.Posts(t.Context(), PostQuery{Chat: c.ID}, FromEnd, 0, 0)).Rows[0].ID
	must[Op](t)(b.EditPost(t.Context(), id, "three, better"))
	b.wants(c.ID, "hello", "(removed)", "three, better (pending)")
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	b.wants(c.ID, "hello", "(removed)", "three, better")
	must[Op](t)(b.DeletePost(t.Context(), id))
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	b.wants(c.ID, "hello", "(removed)", "(removed)")
	undo() // of the deletion: it is posted again
	b.wants(c.ID, "hello", "(removed)", "(removed)", "three, better (pending)")
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	b.wants(c.ID, "hello", "(removed)", "(removed)", "three, better")
	if n := len(b.svc.posts["100"]); n != 2 {
		t.Errorf("the service has %d posts", n)
	}
}

// A post whose answer was lost is looked for, not sent again; its event may have come
// meanwhile, and shows no second one.
func TestPostOnce(t *testing.T) {
	b := newChatBench(t)
	b.sync()
	c := b.chat("Support")
	b.svc.lose = true
	must[Op](t)(b.SendPost(t.Context(), NewPost{Chat: c.ID, Text: "once"}))
	err := b.flush()
	if !api.IsUnknown(err) {
		t.Fatal(err)
	}
	b.wants(c.ID, "once (unknown)")
	if err := b.TakePosts(t.Context(), b.acc.ID, b.svc.posts["100"]); err != nil {
		t.Fatal(err)
	}
	b.wants(c.ID, "once")
	b.now = b.now.Add(time.Hour)
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	b.wants(c.ID, "once")
	if n := len(b.svc.posts["100"]); n != 1 {
		t.Errorf("the service has %d posts", n)
	}
}

func TestPostRefused(t *testing.T) {
	b := newChatBench(t)
	b.sync()
	c := b.chat("Support")
	b.svc.fail["do"] = []error{&api.Error{Status: 403, Message: "no"}}
	must[Op](t)(b.SendPost(t.Context(), NewPost{Chat: c.ID, Text: "keep me"}))
	if err := b.flush(); err == nil {
		t.Fatal("nothing was said")
	}
	b.wants(c.ID, "keep me (refused)")
	p := must[PostWindow](t)(b.Posts(t.Context(), PostQuery{Chat: c.ID}, FromEnd, 0, 0)).Rows[0]
	if !strings.Contains(p.Fault, "no") {
		t.Errorf("why: %q", p.Fault)
	}
	if err := b.RetryPost(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	b.wants(c.ID, "keep me (pending)")
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	b.wants(c.ID, "keep me")
	if n := len(b.svc.posts["100"]); n != 1 {
		t.Errorf("the service has %d posts", n)
	}
}

func TestUploads(t *testing.T) {
	b := newChatBench(t)
	b.sync()
	c := b.chat("Support")
	dir := t.TempDir()
	file := func(name string, size int64) string {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err == nil {
			err = errors.Join(f.Truncate(size), f.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, bad := range []NewPost{
		{Chat: c.ID, Text: " \n"},
		{Chat: c.ID, Text: strings.Repeat("é", MaxPostText+1)},
		{Chat: c.ID, Files: []string{file("empty", 0)}},
		{Chat: c.ID, Files: []string{file("big.bin", 30<<20)}},
		{Chat: c.ID, Files: []string{dir}},
		{Chat: c.ID, Files: []string{filepath.Join(dir, "none")}},
		{Chat: c.ID, Files: slices.Repeat([]string{file("a.txt", 3)}, 26)},
	} {
		if _, err := b.SendPost(t.Context(), bad); err == nil {
			t.Errorf("taken: %d characters, %d files", len(bad.Text), len(bad.Files))
		}
	}
	one, two := file("one.txt", 3), file("two.png", 70_000)
	b.svc.fail["do"] = []error{&api.Error{Status: 503, Message: "busy", Code: "CMN-211"}}
	must[Op](t)(b.SendPost(t.Context(), NewPost{Chat: c.ID, Text: "see", Files: []string{one, two}}))
	if err := b.flush(); err == nil {
		t.Fatal("nothing was said")
	}
	b.now = b.now.Add(time.Hour)
	if err := b.flush(); err != nil {
		t.Fatal(err)
	}
	w := must[PostWindow](t)(b.Posts(t.Context(), PostQuery{Chat: c.ID}, FromEnd, 0, 0))
	if p := w.Rows[0]; len(p.Attached) != 2 || p.Attached[1].Name != "two.png" || p.Attached[0].Remote != "file-one.txt" {
		t.Errorf("%+v", p.Attached)
	}
	ups := 0
	for _, l := range b.svc.log {
		if strings.HasPrefix(l, "upload") {
			ups++
		}
	}
	if ups != 2 || len(b.Uploads()) != 0 {
		t.Errorf("%d uploads for two files; still under way: %v", ups, b.Uploads())
	}
}
