package symphony_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	sim "switchboard/api/simulator/symphony"
	sym "switchboard/api/symphony"
)

// tableRow is one answer of the attachment's description, or one case that an answer of it
// can hide.
type tableRow struct {
	name    string
	arrange func(t *testing.T, s *sim.Server, f *file)
	of      string // "": a message of today; "hidden", "private", "public": see below
	export  bool
	whole   bool             // the content comes
	is      func(error) bool // what has to hold of the error
	words   string           // in it
	asked   int              // downloads sent in all
	signed  int              // sign-ins in all; 0: one
}

// tableRows are 200, 400, 401, 403 and 500 as documented, and what is known of agents.
func tableRows() []tableRow {
	fault := func(name string, count int) func(*testing.T, *sim.Server, *file) {
		return func(t *testing.T, s *sim.Server, _ *file) {
			if err := s.FailNext("attachment", name, 0, count); err != nil {
				t.Fatal(err)
			}
		}
	}
	way := func(name string, then func(f *file)) func(*testing.T, *sim.Server, *file) {
		return func(t *testing.T, s *sim.Server, f *file) {
			if err := s.SetFault(name, 1); err != nil {
				t.Fatal(err)
			}
			then(f)
		}
	}
	unknown := func(f *file) { f.id += "x" }
	id := func(change func(f *file)) func(*testing.T, *sim.Server, *file) {
		return func(_ *testing.T, _ *sim.Server, f *file) { change(f) }
	}
	missing := func(err error) bool { return api.IsNotFound(err) && !api.IsTemporary(err) }
	final := func(err error) bool { return !api.IsNotFound(err) && !api.IsTemporary(err) && !api.IsUnknown(err) }
	return []tableRow{
		{name: "200", whole: true, asked: 1},
		{name: "200 of another content type", arrange: way("ok-type", func(*file) {}), whole: true, asked: 1},
		{name: "200 without a length", arrange: way("chunked", func(*file) {}), whole: true, asked: 1},
		{name: "200 after a while", arrange: fault("late", 1), whole: true, asked: 1},
		{name: "200, public room that one is not in", of: "public", whole: true, asked: 1},
		{name: "200, content export, from before one joined", of: "hidden", export: true, whole: true, asked: 1},
		{name: "200, content export, private room that one is not in", of: "private", export: true, whole: true, asked: 1},
		{name: "400: no such file", arrange: id(unknown), is: missing, words: "no such file", asked: 2},
		{name: "400: no such message", arrange: id(func(f *file) { f.message = strings.Repeat("A", len(f.message)) }), is: missing, words: "no such file", asked: 2},
		{name: "400: no such stream", arrange: id(func(f *file) { f.stream = strings.Repeat("A", len(f.stream)) }), is: missing, words: "no such file", asked: 2},
		{name: "400: no such file, under another content type", arrange: way("error-type", unknown), is: missing, words: "no such file", asked: 2},
		{name: "404: no such file, an older agent", arrange: way("missing-404", unknown), is: missing, words: "no such file", asked: 2},
		{name: "400 with Retry-After, for a while", arrange: fault("throttle-400", 2), whole: true, asked: 3},
		{name: "400 with Retry-After, for ever", arrange: fault("throttle-400", 100), is: api.IsTemporary, words: "Too many requests", asked: 5},
		{name: "401: the session has ended", arrange: fault("expire", 1), whole: true, asked: 2, signed: 2},
		{name: "401: refused once", arrange: fault("401", 1), whole: true, asked: 2, signed: 2},
		{name: "401: refused again and again", arrange: fault("401", 100), is: final, words: "401", asked: 2, signed: 2},
		{name: "403: from before one joined", of: "hidden", is: func(err error) bool { return final(err) && sym.IsNoHistory(err) }, words: "does not show its history", asked: 1},
		{name: "403: private room that one is not in", of: "private", is: func(err error) bool { return final(err) && !sym.IsNoHistory(err) }, words: "not entitled", asked: 1},
		{name: "429", arrange: fault("429", 1), whole: true, asked: 2},
		{name: "500, for a while", arrange: fault("500", 2), whole: true, asked: 3},
		{name: "500, for ever", arrange: fault("500", 100), is: api.IsTemporary, words: "500", asked: 5},
		{name: "503", arrange: fault("503", 1), whole: true, asked: 2},
		{name: "502 with a page", arrange: fault("html", 1), whole: true, asked: 2},
		{name: "a redirect", arrange: fault("redirect", 1), is: func(err error) bool { return final(err) && errors.Is(err, api.ErrRedirect) }, words: "redirect refused", asked: 1},
		{name: "the connection ends", arrange: fault("reset", 1), whole: true, asked: 2},
		{name: "the content ends early", arrange: fault("b64-cut", 1), whole: true, asked: 2},
		{name: "the content is another's JSON", arrange: fault("b64-json", 1), is: func(err error) bool { return final(err) && errors.Is(err, api.ErrBadBody) }, words: "JSON", asked: 1},
	}
}

// TestAttachmentTable goes through the table from the client to the content or the words
// that a person sees.
func TestAttachmentTable(t *testing.T) {
	raw := make([]byte, 20_000)
	_, _ = rand.NewChaCha8([32]byte{3}).Read(raw)
	old := oldFiles(t)
	for i, row := range tableRows() {
		if testing.Short() && i%3 != 0 {
			continue
		}
		t.Run(row.name, func(t *testing.T) {
			clock := newClock()
			s, c := simulated(t, sim.Config{Streams: 30, Messages: 600, ContentExport: row.export, LateFor: time.Millisecond}, func(cfg *sym.Config) {
				cfg.Clock = clock
				if strings.Contains(row.name, "redirect") {
					cfg.Transport = nil // no document has one
				}
			})
			f, ok := old[row.of]
			if row.of == "" {
				f, ok = said(t, s, c, raw), true
			}
			if !ok {
				t.Fatalf("no file of a %s message", row.of)
			}
			if row.arrange != nil {
				row.arrange(t, s, &f)
			}
			sink := &memory{}
			got, err := c.Attachment(api.Background(t.Context()), f.stream, f.message, f.id, api.Download{Sink: sink})
			if row.whole != (err == nil) || row.whole && (!bytes.Equal(sink.Bytes(), f.raw) || got.Bytes != int64(len(f.raw))) {
				t.Errorf("%d of %d bytes: %v", sink.Len(), len(f.raw), err)
			}
			if err != nil && (!row.is(err) || !strings.Contains(err.Error(), row.words)) {
				t.Errorf("got %v", err)
			}
			asked := 0
			for _, r := range s.Requests() {
				if r.Op == "attachment" {
					asked++
				}
			}
			if n, _ := s.SignIns(); asked != row.asked || n != max(row.signed, 1) {
				t.Errorf("%d downloads and %d sign-ins, want %d and %d", asked, n, row.asked, max(row.signed, 1))
			}
			if s.Leaks() != 0 {
				t.Error("a token went elsewhere")
			}
		})
	}
}

// oldFiles finds files that only some may have, by a twin of the service whose account
// exports content: one from before the account joined a room without history, one of a
// public and one of a private room that it is not in.
func oldFiles(t *testing.T) map[string]file {
	t.Helper()
	s, c := simulated(t, sim.Config{Streams: 30, Messages: 600, ContentExport: true})
	public, private := s.Outside()
	found := map[string]file{}
	for what, stream := range map[string]string{"hidden": s.Room("Denials Review"), "public": public, "private": private} {
		messages, err := c.Messages(t.Context(), stream, sym.MessageQuery{Since: time.UnixMilli(1), Limit: sym.MaxMessages})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages { // the oldest there is
			if have, ok := found[what]; len(m.Attachments) == 0 || ok && have.at.Before(m.Timestamp) {
				continue
			}
			sink := &memory{}
			if _, err := c.Attachment(t.Context(), stream, m.ID, m.Attachments[0].ID, api.Download{Sink: sink}); err != nil {
				t.Fatal(err)
			}
			found[what] = file{stream: stream, message: m.ID, id: m.Attachments[0].ID, raw: sink.Bytes(), at: m.Timestamp}
		}
	}
	return found
}
