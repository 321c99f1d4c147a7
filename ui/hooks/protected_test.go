package hooks

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"switchboard/store"
	"switchboard/ui/usercommand"
)

// served is a store whose files are all here.
type served struct {
	*store.Store
	path string
}

func (s served) FetchNow(context.Context, store.Attachment, func(done, total int64)) (string, error) {
	return s.path, nil
}

// Nobody is there to be asked when a hook runs: that it gets a file of a copy-protected
// chat is told.
func TestProtectedFileIsTold(t *testing.T) {
	b := open(t, t.TempDir())
	path := filepath.Join(b.dir, "terms.pdf")
	if err := os.WriteFile(path, []byte("%PDF"), 0o600); err != nil {
		t.Fatal(err)
	}
	var posts []store.IncomingPost
	for _, chat := range []string{"deals", "desk"} {
		if err := b.st.TakeChats(t.Context(), b.account, []store.IncomingChat{{Remote: chat, Type: store.ChatTeam, Name: chat, Joined: true, Protected: chat == "deals"}}); err != nil {
			t.Fatal(err)
		}
		posts = append(posts, store.IncomingPost{
			Remote: "p" + chat, Chat: chat, Author: "9", Time: noon(), Modified: noon(), Text: chat,
			Attachments: []store.Attachment{{Remote: "f" + chat, Kind: store.PostedFile, Name: "terms.pdf", Type: "application/pdf", URI: "/f"}},
		})
	}
	if err := b.st.TakePosts(t.Context(), b.account, posts); err != nil {
		t.Fatal(err)
	}
	const told = "Hook cat was given a file of a copy-protected chat: nothing is meant to leave it"
	for _, c := range []struct{ words, line, told string }{
		{"deals", "cat {file}", told}, {"deals", "cat {files}", told}, {"deals", "cat {id}", ""}, {"desk", "cat {file}", ""},
	} {
		q, err := store.ParseQuery(c.words+" in:posts", noon(), nil)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := b.st.IDs(t.Context(), q, store.NewestFirst, 2)
		if err != nil || len(ids) != 1 {
			t.Fatalf("%s: %v, %v", c.words, ids, err)
		}
		said := ""
		s := served{b.st, path}
		r := &Runner{
			Store: s, Gather: usercommand.Gatherer{Store: s, Bare: true}, Now: noon, Log: slog.New(slog.DiscardHandler),
			Tell: func(text string) { said = text },
		}
		if err := r.run(t.Context(), job{hook: b.hook(c.line+" > /dev/null; true", Post), event: Post, item: ids[0]}); err != nil {
			t.Fatal(err)
		}
		if said != c.told {
			t.Errorf("%s of %s: %q is told, want %q", c.line, c.words, said, c.told)
		}
	}
}
