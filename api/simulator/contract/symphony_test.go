package contract_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator/contract"
	sim "switchboard/api/simulator/symphony"
	"switchboard/api/symphony"
)

// symphonyKey is the account's: making one takes a while.
var symphonyKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// pod is a simulator with a client of it, all of whose traffic is checked.
type pod struct {
	*symphony.Client
	sim   *sim.Server
	check *contract.Checker
	t     *testing.T

	session string // of a sign-in by certificate
}

func newPod(t *testing.T, cfg sim.Config) *pod {
	t.Helper()
	check := contract.Symphony(t)
	key, err := symphonyKey()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Key, cfg.KeyDir, cfg.Seed = key, t.TempDir(), 7
	if cfg.Poll == 0 {
		cfg.Poll = 10 * time.Millisecond
	}
	s, err := sim.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d := s.Description()
	base := api.NewTransport()
	t.Cleanup(base.CloseIdleConnections)
	c, err := symphony.New(symphony.Config{
		PodURL: d.PodURL, AgentURL: d.AgentURL, KeyManagerURL: d.KeyManagerURL, Username: d.Username, Key: key, Transport: check.Transport(base),
		Retry: api.Retry{Attempts: 2, Initial: time.Millisecond, Max: 2 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &pod{Client: c, sim: s, check: check, t: t}
}

// ok fails the test for a call that failed.
func (p *pod) ok(what string, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Errorf("%s: %v", what, err)
	}
}

// bin is a sink that counts.
type bin struct{ n int64 }

func (b *bin) Write(p []byte) (int, error) { b.n += int64(len(p)); return len(p), nil }
func (b *bin) Len() int64                  { return b.n }
func (b *bin) Reset() error                { b.n = 0; return nil }

// TestSymphonyConforms makes every call of the client to the simulator and checks each
// request and each answer, those of every stream and every message of an account among them.
func TestSymphonyConforms(t *testing.T) {
	p := newPod(t, sim.Config{Streams: 40, Messages: 500, ContentExport: true})
	ctx := t.Context()
	me, err := p.SessionInfo(ctx)
	p.ok("session", err)
	p.streams(ctx)
	p.people(ctx, me.ID)
	p.sending(ctx)
	p.feed(ctx)
	_, err = p.AgentInfo(ctx)
	p.ok("agent", err)
	_, err = p.Health(ctx)
	p.ok("health", err)
	_, err = p.AllowedTypes(ctx)
	p.ok("types", err)
	for _, op := range []string{
		"POST /login/pubkey/authenticate", "POST /relay/pubkey/authenticate",
		"GET /pod/v2/sessioninfo", "POST /pod/v1/streams/list", "GET /pod/v2/streams/{sid}/info", "GET /pod/v3/room/{id}/info",
		"GET /pod/v2/room/{id}/membership/list", "GET /pod/v1/streams/{sid}/attachments", "GET /pod/v3/users", "POST /pod/v1/user/search",
		"GET /pod/v2/user/presence", "GET /pod/v3/user/{uid}/presence", "GET /pod/v2/users/presence", "GET /pod/v1/connection/list",
		"GET /pod/v1/message/{mid}/status", "GET /pod/v1/files/allowedTypes",
		"GET /agent/v1/info", "GET /agent/v3/health", "GET /agent/v4/stream/{sid}/message", "GET /agent/v1/message/{id}",
		"GET /agent/v1/stream/{sid}/attachment", "POST /agent/v4/stream/{sid}/message/create",
		"GET /agent/v5/datafeeds", "POST /agent/v5/datafeeds", "POST /agent/v5/datafeeds/{datafeedId}/read", "DELETE /agent/v5/datafeeds/{datafeedId}",
	} {
		if p.check.Seen(op) == 0 {
			t.Errorf("%s was never checked", op)
		}
	}
	if p.check.Seen("POST /agent/v1/message/search")+p.check.Seen("GET /agent/v1/message/search") == 0 {
		t.Error("searching was never checked")
	}
}

// streams reads everything there is to read of every stream.
func (p *pod) streams(ctx context.Context) {
	seen, files := map[string]bool{}, 0
	for skip, more := 0, true; more; {
		list, next, err := p.Streams(ctx, symphony.StreamQuery{Inactive: true, Skip: skip, Limit: 25})
		p.ok("streams", err)
		for _, s := range list {
			seen[s.ID] = true
			_, err := p.Stream(ctx, s.ID)
			p.ok("stream", err)
			if s.Type == symphony.StreamRoom {
				_, err = p.Room(ctx, s.ID)
				p.ok("room", err)
				_, err = p.Members(ctx, s.ID)
				p.ok("members", err)
			}
			files += p.stream(ctx, s.ID, files < 6)
		}
		skip, more = next, next > 0
	}
	if len(seen) < 40 || files == 0 {
		p.t.Errorf("%d streams, %d files", len(seen), files)
	}
}

func (p *pod) stream(ctx context.Context, id string, fetch bool) (files int) {
	messages, err := p.Messages(ctx, id, symphony.MessageQuery{Since: time.UnixMilli(1), Limit: 500})
	p.ok("messages", err)
	for i, m := range messages {
		if i == 0 {
			_, err := p.Message(ctx, m.ID)
			p.ok("message", err)
			_, err = p.Status(ctx, m.ID)
			p.ok("status", err)
		}
		for _, a := range m.Attachments {
			if files++; fetch && files < 3 {
				_, err := p.Attachment(ctx, id, m.ID, a.ID, api.Download{Sink: &bin{}})
				p.ok("attachment", err)
				if len(a.Images) > 0 {
					_, err := p.Attachment(ctx, id, m.ID, a.Images[0].ID, api.Download{Sink: &bin{}})
					p.ok("thumbnail", err)
				}
			}
		}
	}
	list, err := p.StreamAttachments(ctx, id, symphony.AttachmentQuery{Limit: 100, Newest: len(messages)%2 == 0})
	p.ok("attachments", err)
	if len(list) > 0 && fetch { // their ids are of the other kind
		_, err := p.Attachment(ctx, id, list[0].MessageID, list[0].ID, api.Download{Sink: &bin{}})
		p.ok("attachment of the list", err)
	}
	if len(messages) > 0 {
		_, err = p.Search(ctx, symphony.SearchQuery{Text: "the", Stream: id})
		p.ok("search", err)
	}
	return files
}

func (p *pod) people(ctx context.Context, me string) {
	_, err := p.Users(ctx, symphony.UserQuery{IDs: []string{me, "1"}})
	p.ok("users", err)
	_, _, err = p.SearchUsers(ctx, symphony.UserSearch{Query: "an"})
	p.ok("search for users", err)
	_, err = p.Presence(ctx, "")
	p.ok("own presence", err)
	_, err = p.Presence(ctx, me)
	p.ok("presence", err)
	_, err = p.Presences(ctx, "", 50)
	p.ok("presences", err)
	for _, status := range []string{"", symphony.Accepted} {
		_, err = p.Connections(ctx, status)
		p.ok("connections", err)
	}
}

// sending posts words and files.
func (p *pod) sending(ctx context.Context) {
	room := p.sim.Streams()[0]
	for _, id := range p.sim.Streams() {
		if r, err := p.Room(ctx, id); err == nil && !r.ReadOnly && r.Active {
			room = id
			break
		}
	}
	_, err := p.CreateMessage(ctx, room, symphony.NewMessage{MessageML: symphony.TextML("a < b & c")})
	p.ok("post", err)
	m, err := p.CreateMessage(ctx, room, symphony.NewMessage{MessageML: symphony.TextML("two"), Files: []symphony.File{
		{Name: "a.txt", ContentType: "text/plain", Size: 2, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("hi")), nil }},
		{Name: "b.png", ContentType: "image/png", Size: 3, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte{1, 2, 3})), nil }},
	}})
	p.ok("post with files", err)
	if len(m.Attachments) != 2 {
		p.t.Errorf("%d files", len(m.Attachments))
	}
}

// feed reads events of every kind.
func (p *pod) feed(ctx context.Context) {
	feed, err := p.CreateDatafeed(ctx, "contract")
	p.ok("create feed", err)
	_, ack, err := p.ReadDatafeed(ctx, feed.ID, "")
	p.ok("first read", err)
	id, err := p.sim.Post(sim.Saying{Text: "hello", Mention: true, Hashtag: "fax", Files: []sim.File{{Name: "a.bin", Data: []byte("x")}}})
	p.ok("say", err)
	_, err = p.sim.Post(sim.Saying{Text: "see this", Forward: id})
	p.ok("forward", err)
	events, ack, err := p.ReadDatafeed(ctx, feed.ID, ack)
	p.ok("read", err)
	if len(events) < 2 {
		p.t.Errorf("%d events", len(events))
	}
	_, _, err = p.ReadDatafeed(ctx, feed.ID, ack)
	p.ok("read again", err)
	list, err := p.Datafeeds(ctx, "contract")
	p.ok("feeds", err)
	if len(list) == 0 {
		p.t.Error("no feed listed")
	}
	p.ok("delete feed", p.DeleteDatafeed(ctx, feed.ID))
	if _, _, err = p.ReadDatafeed(ctx, feed.ID, ""); !symphony.IsFeedGone(err) {
		p.t.Errorf("a deleted feed: %v", err)
	}
}

// TestSymphonyErrorsConform asks for what there is not and for what is not allowed, and
// meets each fault that is an answer.
func TestSymphonyErrorsConform(t *testing.T) {
	p := newPod(t, sim.Config{Streams: 20, Messages: 300})
	ctx := t.Context()
	public, private := p.sim.Outside()
	for name, call := range map[string]func() error{
		"stream":  func() error { _, err := p.Stream(ctx, "nothing"); return err },
		"room":    func() error { _, err := p.Room(ctx, "nothing"); return err },
		"members": func() error { _, err := p.Members(ctx, "nothing"); return err },
		"messages": func() error {
			_, err := p.Messages(ctx, private, symphony.MessageQuery{Since: time.UnixMilli(1)})
			return err
		},
		"message": func() error { _, err := p.Message(ctx, "nothing"); return err },
		"status":  func() error { _, err := p.Status(ctx, "nothing"); return err },
		"attachment": func() error {
			_, err := p.Attachment(ctx, p.sim.Streams()[0], "nothing", "nothing", api.Download{Sink: &bin{}})
			return err
		},
		"list": func() error { _, err := p.StreamAttachments(ctx, private, symphony.AttachmentQuery{}); return err },
		"read": func() error { _, _, err := p.ReadDatafeed(ctx, "nothing_f", ""); return err },
		"post": func() error {
			_, err := p.CreateMessage(ctx, private, symphony.NewMessage{MessageML: symphony.TextML("x")})
			return err
		},
	} {
		if err := call(); err == nil {
			t.Errorf("%s: it went well", name)
		}
	}
	_, err := p.Messages(ctx, public, symphony.MessageQuery{Since: time.UnixMilli(1)})
	p.ok("a public room that the account is not in", err)
	p.ok("deleting a feed that is gone", p.DeleteDatafeed(ctx, "nothing_f"))
	for _, fault := range []string{"429", "throttle-400", "500", "503", "html", "401", "feed-lost"} {
		if err := p.sim.SetFaults(map[string]float64{fault: 1}); err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond) // a throttle is waited out
		_, _ = p.SessionInfo(short)
		_, _, _ = p.Streams(short, symphony.StreamQuery{})
		_, _, _ = p.ReadDatafeed(short, "nothing_f", "")
		_, _ = p.Attachment(short, p.sim.Streams()[0], "x", "y", api.Download{Sink: &bin{}})
		cancel()
	}
}

// TestSymphonyCertificateConforms signs in, and out, in the older way. The client makes
// connections of its own for that, so that the requests are made here.
func TestSymphonyCertificateConforms(t *testing.T) {
	p := newPod(t, sim.Config{Certificates: true})
	d := p.sim.Description()
	raw, err := os.ReadFile(d.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(d.CertificateFile, d.CertificateKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(raw)
	for _, step := range []struct {
		path   string
		with   []tls.Certificate
		signed bool // with the session of the step before
		want   int
	}{
		{"/sessionauth/v1/authenticate", nil, false, 403},
		{"/keyauth/v1/authenticate", []tls.Certificate{pair}, false, 200},
		{"/sessionauth/v1/authenticate", []tls.Certificate{pair}, false, 200},
		{"/sessionauth/v1/logout", []tls.Certificate{pair}, true, 200},
	} {
		base := api.NewTransport()
		base.TLSClientConfig = &tls.Config{RootCAs: pool, Certificates: step.with}
		to := d.SessionAuthURL
		if strings.HasPrefix(step.path, "/keyauth") {
			to = d.KeyAuthURL
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to+step.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if step.signed {
			r.Header.Set("sessionToken", p.session)
		}
		res, err := (&http.Client{Transport: p.check.Transport(base)}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		var token struct{ Token string }
		_ = json.NewDecoder(res.Body).Decode(&token)
		_ = res.Body.Close()
		base.CloseIdleConnections()
		if p.session = token.Token; res.StatusCode != step.want {
			t.Errorf("%s with %d certificates: %d", step.path, len(step.with), res.StatusCode)
		}
		if p.check.Seen("POST "+step.path) == 0 {
			t.Errorf("%s was not checked", step.path)
		}
	}
}

// TestSymphonySimplified needs no key manager, and nothing else changes.
func TestSymphonySimplified(t *testing.T) {
	p := newPod(t, sim.Config{Streams: 3, Messages: 30, SKD: true})
	_, err := p.Messages(t.Context(), p.sim.Streams()[0], symphony.MessageQuery{Since: time.UnixMilli(1)})
	p.ok("messages", err)
	if p.check.Seen("POST /relay/pubkey/authenticate") != 0 || p.check.Seen("GET /agent/v4/stream/{sid}/message") != 1 {
		t.Error("the key manager was asked, or the agent was not")
	}
}
