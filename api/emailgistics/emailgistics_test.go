package emailgistics_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
	eg "switchboard/api/emailgistics"
	sim "switchboard/api/simulator/emailgistics"
)

// clock runs ahead instead of letting anybody wait: a pause moves it by as much.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.move(d)
	ch := make(chan time.Time, 1)
	ch <- c.Now()
	return ch
}

// desk is a simulator with a client on it.
type desk struct {
	*sim.Server
	c     *eg.Client
	clock *clock
	log   *bytes.Buffer
}

func start(t *testing.T, cfg sim.Config) *desk {
	t.Helper()
	d := &desk{clock: newClock(), log: new(bytes.Buffer)}
	cfg.Now = d.clock.Now
	srv, err := sim.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	d.Server = srv
	d.c = d.client(t, eg.Config{})
	return d
}

// client makes one on the simulator; what cfg leaves out is the usual.
func (d *desk) client(t *testing.T, cfg eg.Config) *eg.Client {
	t.Helper()
	how := d.Description()
	if cfg.BaseURL == "" {
		cfg.BaseURL = how.BaseURL
	}
	if cfg.Key == "" {
		cfg.Key = how.APIKey
	}
	if cfg.Transport == nil {
		tr := api.NewTransport()
		t.Cleanup(tr.CloseIdleConnections)
		cfg.Transport = tr
	}
	cfg.Clock = d.clock
	if d.log != nil {
		cfg.Log = slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	c, err := eg.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sink keeps a download in memory.
type sink struct{ bytes.Buffer }

func (s *sink) Len() int64   { return int64(s.Buffer.Len()) }
func (s *sink) Reset() error { s.Buffer.Reset(); return nil }

// fetch downloads and returns the content.
func fetch(ctx context.Context, c *eg.Client, ref eg.Ref, a eg.Attachment) ([]byte, api.Downloaded, error) {
	s := &sink{}
	got, err := c.Download(ctx, ref, a, api.Download{Sink: s})
	return s.Bytes(), got, err
}

func ref(m sim.Mail) eg.Ref { return eg.Ref{ID: m.MessageID, Mailbox: m.MailboxID} }

// attached is the entry of the list for a file.
func attached(t *testing.T, c *eg.Client, m sim.Mail, k int) eg.Attachment {
	t.Helper()
	list, err := c.Attachments(t.Context(), ref(m))
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(m.Files) {
		t.Fatalf("%d attachments listed, the message has %d", len(list), len(m.Files))
	}
	return list[k]
}

func TestMailboxes(t *testing.T) {
	d := start(t, sim.Config{Seed: 1, Messages: 10, Mailboxes: 4})
	boxes, err := d.c.Mailboxes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids, addresses := d.Server.Mailboxes()
	if len(boxes) != 4 {
		t.Fatalf("%d mailboxes, want the 4 on the allowlist", len(boxes))
	}
	for i, b := range boxes {
		if b.ID != ids[i] || b.Email != addresses[i] || !b.Active || b.TimeZone == "" || len(b.Users) == 0 || len(b.Tags) == 0 || b.Users[0].Name == "" || b.Tags[0].Name == "" {
			t.Errorf("mailbox %d: %+v", i, b)
		}
	}
}

func TestKeyIsChecked(t *testing.T) {
	for _, key := range []string{"", "  ", "two words", "line\nbreak"} {
		_, err := eg.New(eg.Config{BaseURL: "https://c1.emailgistics.com", Key: key})
		if err == nil || key != "" && strings.Contains(err.Error(), key) && strings.TrimSpace(key) != "" {
			t.Errorf("key %q: %v", key, err)
		}
	}
	for _, base := range []string{"http://c1.emailgistics.com", "c1.emailgistics.com", ""} {
		if _, err := eg.New(eg.Config{BaseURL: base, Key: "k"}); err == nil {
			t.Errorf("base %q was taken", base)
		}
	}
}

func TestAttachmentsAndContent(t *testing.T) {
	d := start(t, sim.Config{Seed: 2, Messages: 60})
	ids, _ := d.Server.Mailboxes()
	files, drawn := 0, false
	for i := range d.Len() {
		m := d.Mail(i)
		if m.MailboxID != ids[0] || files > 4 {
			continue
		}
		list, err := d.c.Attachments(t.Context(), ref(m))
		if err != nil {
			t.Fatal(err)
		}
		for k, a := range list {
			f := m.Files[k]
			if a.ID != f.ID || a.Name != f.Name || a.ContentType != f.ContentType || a.Kind != f.Kind || a.Size != f.Size {
				t.Errorf("message %d, attachment %d: %+v, want %+v", i, k, a, f)
			}
			if drawn && (a.ContentType == "application/pdf" || a.ContentType == "image/tiff") {
				continue // one of those that take long to make is enough
			}
			drawn = drawn || a.ContentType == "application/pdf"
			got, about, err := fetch(t.Context(), d.c, ref(m), a)
			if ok, _ := a.Offered(); !ok {
				if eg.CauseOf(err) != eg.CauseKind {
					t.Errorf("%s: %v, want it refused before asking", a.Kind, err)
				}
				continue
			}
			want, _ := d.Content(i, k)
			if err != nil || !bytes.Equal(got, want) || about.ContentType != f.ContentType {
				t.Errorf("%q: %d bytes of %s, %v; want %d", a.Name, len(got), about.ContentType, err, len(want))
			}
			if a.Size == int64(len(want)) {
				t.Errorf("%q: the size told is the content's, which the real ones are not", a.Name)
			}
			files++
		}
	}
	if files == 0 {
		t.Fatal("no file was downloaded")
	}
	for _, r := range d.Requests() {
		if r.Status == http.StatusForbidden {
			t.Errorf("%s was asked for although it could be known to be refused", r.Path)
		}
	}
}

// TestDispositionForms downloads once for each form of the header: none may break
// the download, and the name is what can be made of it.
func TestDispositionForms(t *testing.T) {
	d := start(t, sim.Config{Seed: 3})
	m, k := d.oneFile(t)
	a := attached(t, d.c, m, k)
	for n, form := range sim.Dispositions() {
		srv := d.passing(t, func(h http.Header) {
			h.Del("Content-Disposition")
			if v := form.Make("résumé 1.pdf"); v != "" {
				h.Set("Content-Disposition", v)
			}
		})
		got, about, err := fetch(t.Context(), srv, ref(m), a)
		want, _ := d.Content(m.Index, k)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v, %d bytes", form.About, err, len(got))
		}
		if n < 5 && about.Name != "résumé 1.pdf" {
			t.Errorf("%s: name %q", form.About, about.Name)
		}
	}
}

// oneFile makes sure that there is a message with a file.
func (d *desk) oneFile(t *testing.T) (sim.Mail, int) {
	t.Helper()
	for range 20 {
		d.Arrive(10)
		ids, _ := d.Server.Mailboxes()
		for i := d.Len() - 10; i < d.Len(); i++ {
			m := d.Mail(i)
			for k, f := range m.Files {
				if m.MailboxID == ids[0] && f.Kind == eg.KindFile && strings.HasPrefix(f.ContentType, "text/") {
					return m, k
				}
			}
		}
	}
	t.Fatal("no message with a file came in")
	return sim.Mail{}, 0
}

// passing is a client whose answers' headers are changed on the way.
func (d *desk) passing(t *testing.T, change func(http.Header)) *eg.Client {
	tr := api.NewTransport()
	t.Cleanup(tr.CloseIdleConnections)
	return d.client(t, eg.Config{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := tr.RoundTrip(r)
		if err == nil {
			change(resp.Header)
		}
		return resp, err
	})})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestNoSecrets looks for the key where it has no business, after everything that
// can go wrong went wrong.
func TestNoSecrets(t *testing.T) {
	d := start(t, sim.Config{Seed: 4})
	m, k := d.oneFile(t)
	a := attached(t, d.c, m, k)
	var said strings.Builder
	for _, fault := range sim.FaultNames() {
		if fault == "hang" {
			continue
		}
		if err := d.SetFaults(map[string]float64{fault: 1}); err != nil {
			t.Fatal(err)
		}
		_, _, err := fetch(t.Context(), d.c, ref(m), a)
		say(&said, err)
		_, err = d.c.Attachments(t.Context(), ref(m))
		say(&said, err)
		run, err := d.c.StartReport(t.Context(), eg.ReportQuery{Mailbox: m.MailboxID, Conversation: "CONVERSATION-IN-BODY"})
		say(&said, err)
		_, err = d.c.Run(t.Context(), run.Link)
		say(&said, err)
		d.FinishReports()
		d.clock.move(31 * time.Minute)
	}
	said.WriteString(d.c.String() + d.c.GoString())
	for where, text := range map[string]string{"errors": said.String(), "log": d.log.String()} {
		if strings.Contains(text, d.Description().APIKey) {
			t.Errorf("the API key is in the %s", where)
		}
		if strings.Contains(text, "CONVERSATION-IN-BODY") {
			t.Errorf("what a request held is repeated in the %s", where)
		}
	}
	if said.Len() < 1000 {
		t.Errorf("only this went wrong: %s", said.String())
	}
}

func say(b *strings.Builder, err error) {
	if err != nil {
		b.WriteString(err.Error() + "\n")
	}
}

// TestRedirectRefused: nothing says that the service redirects, and the key is for one host.
func TestRedirectRefused(t *testing.T) {
	d := start(t, sim.Config{Seed: 5})
	for _, to := range []string{"http://127.0.0.1:9/x", "https://example.net/x", d.Description().BaseURL + "/x"} {
		var asked []string
		c := d.client(t, eg.Config{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.String())
			return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {to}}, Body: http.NoBody, Request: r, ProtoMajor: 1, ProtoMinor: 1}, nil
		})})
		if _, err := c.Mailboxes(t.Context()); !errors.Is(err, api.ErrRedirect) || len(asked) != 1 {
			t.Errorf("a redirect to %s: %v, asked %v", to, err, asked)
		}
	}
}

// TestKeyFrom: the key is asked for when it is needed, once, and checked then.
func TestKeyFrom(t *testing.T) {
	d := start(t, sim.Config{Seed: 5})
	asked, key, failure := 0, "", errors.New("the vault is locked")
	c := d.client(t, eg.Config{KeyFrom: func(context.Context) (string, error) { asked++; return key, failure }})
	if _, err := c.Mailboxes(t.Context()); !errors.Is(err, failure) {
		t.Errorf("no key to be had: %v", err)
	}
	failure = nil
	if _, err := c.Mailboxes(t.Context()); err == nil || !strings.Contains(err.Error(), "no API key") {
		t.Errorf("an empty key: %v", err)
	}
	key = d.Description().APIKey + "\n"
	for range 3 {
		if _, err := c.Mailboxes(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}
