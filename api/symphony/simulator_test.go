package symphony_test

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator/contract"
	sim "switchboard/api/simulator/symphony"
	sym "switchboard/api/symphony"
)

// simulated starts a simulator and a client for it, whose traffic is held against the official
// documents where they are at hand.
func simulated(t *testing.T, cfg sim.Config, change ...func(*sym.Config)) (*sim.Server, *sym.Client) {
	t.Helper()
	cfg.Seed, cfg.Key, cfg.KeyDir = 7, testKey(), t.TempDir()
	s, err := sim.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d := s.Description()
	transport := api.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	c := sym.Config{
		PodURL: d.PodURL, AgentURL: d.AgentURL, KeyManagerURL: d.KeyManagerURL, Username: d.Username, Key: keyOf(t, d.PrivateKeyFile),
		Transport: transport, Retry: api.Retry{Initial: time.Millisecond, Max: 5 * time.Millisecond},
	}
	if os.Getenv(contract.EnvSpecs) != "" {
		c.Transport = contract.Symphony(t).Transport(transport)
	}
	for _, f := range change {
		f(&c)
	}
	client, err := sym.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return s, client
}

func keyOf(t *testing.T, file string) *rsa.PrivateKey {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key, err := sym.ParseKey(raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// file is a file to fetch, with its content.
type file struct {
	stream, message, id string
	raw                 []byte
	at                  time.Time // of the message, where it matters
}

func said(t *testing.T, s *sim.Server, c *sym.Client, raw []byte) file {
	t.Helper()
	stream := s.Streams()[0]
	id, err := s.Say(stream, "here it is", sim.File{Name: "a.bin", Data: raw})
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Message(t.Context(), id)
	if err != nil || len(m.Attachments) != 1 {
		t.Fatalf("%+v %v", m, err)
	}
	return file{stream: m.Stream.ID, message: m.ID, id: m.Attachments[0].ID, raw: raw}
}

// TestEveryCall makes each call once, against a service that answers as the documents say.
func TestEveryCall(t *testing.T) {
	s, c := simulated(t, sim.Config{Streams: 30, Messages: 300, Poll: 10 * time.Millisecond})
	ctx := t.Context()
	me, err := c.SessionInfo(ctx)
	if err != nil || me.ID == "" {
		t.Fatalf("%+v %v", me, err)
	}
	streams, next, err := c.Streams(ctx, sym.StreamQuery{Limit: 10})
	if err != nil || len(streams) != 10 || next != 10 {
		t.Fatalf("%d streams, next %d: %v", len(streams), next, err)
	}
	f := said(t, s, c, []byte("hello"))
	room := ""
	for _, st := range streams {
		if st.Type == sym.StreamRoom {
			if r, err := c.Room(ctx, st.ID); err == nil && !r.ReadOnly {
				room = st.ID
			}
		}
	}
	calls := map[string]func() error{
		"stream":       func() error { _, err := c.Stream(ctx, f.stream); return err },
		"room":         func() error { _, err := c.Room(ctx, room); return err },
		"members":      func() error { _, err := c.Members(ctx, room); return err },
		"messages":     func() error { _, err := c.Messages(ctx, f.stream, sym.MessageQuery{Limit: 500}); return err },
		"search":       func() error { _, err := c.Search(ctx, sym.SearchQuery{Text: "here", Stream: f.stream}); return err },
		"attachments":  func() error { _, err := c.StreamAttachments(ctx, f.stream, sym.AttachmentQuery{}); return err },
		"users":        func() error { _, err := c.Users(ctx, sym.UserQuery{IDs: []string{me.ID}}); return err },
		"search users": func() error { _, _, err := c.SearchUsers(ctx, sym.UserSearch{Query: "an"}); return err },
		"own presence": func() error { _, err := c.Presence(ctx, ""); return err },
		"presence":     func() error { _, err := c.Presence(ctx, me.ID); return err },
		"presences":    func() error { _, err := c.Presences(ctx, "", 10); return err },
		"connections":  func() error { _, err := c.Connections(ctx, sym.Accepted); return err },
		"status":       func() error { _, err := c.Status(ctx, f.message); return err },
		"types":        func() error { _, err := c.AllowedTypes(ctx); return err },
		"info":         func() error { _, err := c.AgentInfo(ctx); return err },
		"health":       func() error { _, err := c.Health(ctx); return err },
		"attachment": func() error {
			sink := &memory{}
			_, err := c.Attachment(ctx, f.stream, f.message, f.id, api.Download{Sink: sink})
			if err == nil && sink.String() != "hello" {
				return errors.New("another content: " + sink.String())
			}
			return err
		},
		"create": func() error {
			m, err := c.CreateMessage(ctx, room, sym.NewMessage{MessageML: sym.TextML("a < b & ${c} {d}\nnext"), Files: []sym.File{{
				Name: "note.txt", ContentType: "text/plain", Size: 4, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte("note"))), nil },
			}}})
			if err == nil && len(m.Attachments) != 1 {
				return errors.New("the file is not there")
			}
			return err
		},
	}
	for name, call := range calls {
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n, k := s.SignIns(); n != 1 || k != 1 {
		t.Errorf("%d sign-ins, %d of the key manager", n, k)
	}
}

// TestFeedOfTheSimulator reads, acknowledges, loses and makes a feed.
func TestFeedOfTheSimulator(t *testing.T) {
	s, c := simulated(t, sim.Config{Streams: 3, Messages: 10, Poll: 5 * time.Second})
	ctx := t.Context()
	feed, err := c.CreateDatafeed(ctx, "switchboard")
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.Datafeeds(ctx, "switchboard")
	if err != nil || len(list) != 1 || list[0].ID != feed.ID || !list[0].Usable() {
		t.Fatalf("%+v %v", list, err)
	}
	id, err := s.Say("", "look")
	if err != nil {
		t.Fatal(err)
	}
	s.Event("TOMORROW", `{"tomorrow":{"x":1}}`)
	var ack string
	seen := map[string]bool{}
	for range 3 {
		events, next, err := c.ReadDatafeed(ctx, feed.ID, ack)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Message != nil {
				seen[e.Message.ID] = true
			}
			seen[e.Type] = true
		}
		if ack = next; seen[id] && seen["TOMORROW"] {
			break
		}
	}
	if !seen[id] || !seen["TOMORROW"] {
		t.Errorf("seen %v", seen)
	}
	if s.ShownOnline() != 0 {
		t.Error("reading showed the user as online")
	}
	s.DropFeeds()
	if _, _, err := c.ReadDatafeed(ctx, feed.ID, ack); !sym.IsFeedGone(err) {
		t.Errorf("got %v", err)
	}
	if err := c.DeleteDatafeed(ctx, feed.ID); err != nil {
		t.Error(err)
	}
}

// TestFaultsOfDownloads: what each fault of the service means for a download.
func TestFaultsOfDownloads(t *testing.T) {
	const (
		whole   = "whole"   // the content, in the end
		told    = "told"    // the content, and that the padding was missing
		damaged = "damaged" // ErrBadBody, no content
		unknown = "unknown" // cut without a trace: nobody can tell
	)
	raw := make([]byte, 10_000)
	_, _ = rand.NewChaCha8([32]byte{2}).Read(raw)
	for fault, want := range map[string]string{
		"429": whole, "throttle-400": whole, "500": whole, "503": whole, "html": whole, "401": whole, "expire": whole, "reset": whole, "truncate": whole,
		"badlength": whole, "b64-cut": whole, "b64-cut-chunked": whole, "b64-breaks": whole, "late": whole, "slow": whole,
		"b64-unpadded": told, "b64-cut-close": unknown,
		"b64-double": damaged, "b64-tail": damaged, "b64-urlsafe": damaged, "b64-json": damaged, "b64-quoted": damaged, "b64-bom": damaged,
	} {
		t.Run(fault, func(t *testing.T) {
			clock := newClock()
			s, c := simulated(t, sim.Config{Streams: 1, LateFor: time.Millisecond}, func(cfg *sym.Config) { cfg.Clock = clock; cfg.Transport = nil })
			f := said(t, s, c, raw)
			count := 1
			if want != whole {
				count = 100
			}
			if err := s.FailNext("attachment", fault, 0, count); err != nil {
				t.Fatal(err)
			}
			sink := &memory{}
			got, err := c.Attachment(api.Background(t.Context()), f.stream, f.message, f.id, api.Download{Sink: sink})
			switch want {
			case whole, told:
				if err != nil || !bytes.Equal(sink.Bytes(), raw) || got.Unpadded != (want == told) {
					t.Errorf("%d of %d bytes, %+v: %v", sink.Len(), len(raw), got, err)
				}
			case damaged:
				if !errors.Is(err, api.ErrBadBody) {
					t.Errorf("got %v", err)
				}
			case unknown:
				if err != nil || !got.Unframed {
					t.Errorf("%+v %v", got, err)
				}
			}
		})
	}
}

// TestWaysOfAgents: services that differ, as long as they last.
func TestWaysOfAgents(t *testing.T) {
	raw := []byte("hello")
	for _, way := range []string{"fileid-once", "fileid-twice", "standard-refused", "missing-404", "error-type", "ok-type", "wrong-size", "newest-first", "newest-page", "odd-shapes", "odd-thumbs", "thumb-400", "chunked"} {
		t.Run(way, func(t *testing.T) {
			s, c := simulated(t, sim.Config{Streams: 3, Messages: 60}, func(cfg *sym.Config) { cfg.Transport = nil })
			if err := s.SetFault(way, 1); err != nil {
				t.Fatal(err)
			}
			f := said(t, s, c, raw)
			for range 2 {
				sink := &memory{}
				if _, err := c.Attachment(t.Context(), f.stream, f.message, f.id, api.Download{Sink: sink}); err != nil || sink.String() != "hello" {
					t.Errorf("%q %v", sink, err)
				}
			}
			if _, err := c.Attachment(t.Context(), f.stream, f.message, f.id+"x", api.Download{Sink: &memory{}}); !api.IsNotFound(err) {
				t.Errorf("no such file: %v", err)
			}
			list, err := c.StreamAttachments(t.Context(), f.stream, sym.AttachmentQuery{Newest: true})
			if err != nil || len(list) == 0 {
				t.Fatalf("%d files: %v", len(list), err)
			}
			// The list's ids are of the other alphabet, and lead to the same file.
			sink := &memory{}
			if _, err := c.Attachment(t.Context(), f.stream, list[0].MessageID, list[0].ID, api.Download{Sink: sink}); err != nil || sink.String() != "hello" {
				t.Errorf("from the list: %q %v", sink, err)
			}
			if m, err := c.Messages(t.Context(), f.stream, sym.MessageQuery{Limit: 500}); err != nil || len(m) == 0 {
				t.Errorf("%d messages: %v", len(m), err)
			}
		})
	}
}

// TestRightsOfTheSimulator: what is refused is explained, and content export is let in.
func TestRightsOfTheSimulator(t *testing.T) {
	for _, export := range []bool{false, true} {
		s, c := simulated(t, sim.Config{Streams: 20, Messages: 400, ContentExport: export})
		_, private := s.Outside()
		_, err := c.Messages(t.Context(), private, sym.MessageQuery{Limit: 5})
		if e := (*api.Error)(nil); export && err != nil || !export && (!errors.As(err, &e) || e.Status != 403 || !sym.IsNoHistory(err) && api.IsTemporary(err)) {
			t.Errorf("content export %v: %v", export, err)
		}
	}
}

// TestSessionsOfTheSimulator: sessions that end, and a key that is withdrawn.
func TestSessionsOfTheSimulator(t *testing.T) {
	s, c := simulated(t, sim.Config{Streams: 1, SKD: true, AgentVersion: "Agent-24.12.0"})
	for range 2 {
		if _, err := c.Messages(t.Context(), s.Streams()[0], sym.MessageQuery{}); err != nil {
			t.Fatal(err)
		}
		s.ExpireTokens()
	}
	if n, k := s.SignIns(); n != 2 || k != 0 {
		t.Errorf("%d sign-ins, %d of the key manager, which is not needed", n, k)
	}
	s.RefuseSignIn(true)
	s.ExpireTokens()
	for range 5 {
		if _, err := c.SessionInfo(t.Context()); !errors.Is(err, sym.ErrKeyRefused) {
			t.Fatal(err)
		}
	}
}

// TestNothingGoesElsewhere: every call, redirected.
func TestNothingGoesElsewhere(t *testing.T) {
	s, c := simulated(t, sim.Config{Streams: 1}, func(cfg *sym.Config) { cfg.Transport = nil })
	f := said(t, s, c, []byte("hello"))
	if err := s.SetFault("redirect", 1); err != nil {
		t.Fatal(err)
	}
	_, e1 := c.SessionInfo(t.Context())
	_, e2 := c.Attachment(t.Context(), f.stream, f.message, f.id, api.Download{Sink: &memory{}})
	_, _, e3 := c.ReadDatafeed(t.Context(), "x_f", "")
	_, e4 := c.CreateMessage(t.Context(), f.stream, sym.NewMessage{MessageML: "x"})
	for i, err := range []error{e1, e2, e3, e4, c.SignIn(t.Context())} {
		if !errors.Is(err, api.ErrRedirect) || api.IsTemporary(err) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if s.Strays() != 0 || s.Leaks() != 0 {
		t.Errorf("%d requests and %d tokens went elsewhere", s.Strays(), s.Leaks())
	}
}
