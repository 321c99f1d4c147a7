package contract_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/ringcentral"
	"switchboard/api/simulator"
	"switchboard/api/simulator/contract"
)

// memory is a token store that forgets.
type memory struct {
	mu     sync.Mutex
	tokens map[string]api.Token
}

func (m *memory) Load(_ context.Context, account string) (api.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tokens[account]
	if !ok {
		return t, api.ErrNoToken
	}
	return t, nil
}

func (m *memory) Save(_ context.Context, account string, t api.Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tokens[account] = t
	return nil
}

func (m *memory) Delete(_ context.Context, account string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.tokens, account)
	return nil
}

// sink keeps a download in memory.
type sink struct{ bytes.Buffer }

func (s *sink) Len() int64   { return int64(s.Buffer.Len()) }
func (s *sink) Reset() error { s.Buffer.Reset(); return nil }

// realClient is the program's own client with every request and answer
// checked.
func realClient(t *testing.T) (*ringcentral.Client, *api.OAuth, *simulator.Server, *contract.Checker) {
	t.Helper()
	check := contract.New(t)
	s, err := simulator.Start(t.Context(), simulator.Config{Messages: 300, Seed: 3, Retention: 60})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	d := s.Description().RingCentral
	transport := check.Transport(api.NewTransport())
	auth := &api.OAuth{
		Name: "RingCentral", BaseURL: d.BaseURL, ClientID: d.ClientID, ClientSecret: d.ClientSecret,
		Store: &memory{tokens: map[string]api.Token{}}, Account: "desk", HTTP: &http.Client{Transport: transport},
	}
	c, err := api.New(api.Config{
		Name: "RingCentral", BaseURL: d.BaseURL, Hosts: []string{strings.TrimPrefix(d.MediaURL, "http://")},
		Transport: transport, Auth: auth,
	})
	if err != nil {
		t.Fatal(err)
	}
	return ringcentral.New(c, d.MediaURL), auth, s, check
}

// TestClientConforms makes every call the program's client knows.
func TestClientConforms(t *testing.T) {
	c, auth, s, check := realClient(t)
	ctx := t.Context()
	must := func(name string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := auth.LoginJWT(ctx, s.Description().RingCentral.JWT)
	must("sign in", err)
	_, err = c.ServiceVersion(ctx)
	must("version", err)
	_, err = c.Extension(ctx)
	must("extension", err)
	list, err := c.ListMessages(ctx, ringcentral.ListQuery{PerPage: 100, Types: []string{"VoiceMail", "Fax"}})
	must("list", err)
	if list.Next == "" || len(list.Records) != 100 {
		t.Fatalf("list: %d records, next %q", len(list.Records), list.Next)
	}
	_, err = c.ListMessages(ctx, ringcentral.ListQuery{Next: list.Next})
	must("next page", err)
	page, err := c.Sync(ctx, ringcentral.SyncQuery{Type: "FSync", RecordCount: 50})
	must("full sync", err)
	_, err = c.Sync(ctx, ringcentral.SyncQuery{Type: "ISync", Token: page.SyncInfo.SyncToken})
	must("increment", err)
	s.PurgeSyncTokens()
	if _, err = c.Sync(ctx, ringcentral.SyncQuery{Type: "ISync", Token: page.SyncInfo.SyncToken}); !ringcentral.IsExpiredToken(err) {
		t.Errorf("purged token: %v", err)
	}
	for n, ids := range [][]ringcentral.ID{{list.Records[0].ID}, {list.Records[1].ID, list.Records[2].ID}} {
		for name, call := range map[string]func() ([]ringcentral.Result, error){
			"get":     func() ([]ringcentral.Result, error) { return c.Messages(ctx, ids) },
			"read":    func() ([]ringcentral.Result, error) { return c.SetRead(ctx, ids, true) },
			"restore": func() ([]ringcentral.Result, error) { return c.Restore(ctx, ids) },
		} {
			got, err := call()
			must(name, err)
			if len(got) != n+1 || got[n].Err != nil {
				t.Errorf("%s of %d: %+v", name, n+1, got)
			}
		}
		_, err := c.Delete(ctx, ids, false)
		must("delete", err)
	}
	got, err := c.Delete(ctx, []ringcentral.ID{"7", list.Records[3].ID}, false)
	must("delete one and an unknown", err)
	if len(got) != 2 || got[1].Err != nil {
		t.Errorf("delete one and an unknown: %+v", got)
	}
	must("content", fetch(ctx, c, list.Records[5].Attachments[0].URI))
	call, err := c.RingOut(ctx, ringcentral.RingOutRequest{From: "+16505550100", To: "+14155550123"})
	must("ring-out", err)
	_, err = c.RingOutState(ctx, call.ID)
	must("ring-out state", err)
	must("cancel ring-out", c.CancelRingOut(ctx, call.ID))
	s.ExpireTokens()
	_, err = c.Extension(ctx)
	must("after the token expired", err)
	must("revoke", auth.Revoke(ctx))
	if n := s.Wipes(); n != 0 {
		t.Errorf("the mailbox was wiped %d times", n)
	}
	for _, op := range []string{"listMessages", "syncMessages", "readMessage", "updateMessage", "patchMessage", "deleteMessage", "readMessageContent", "createRingOutCall", "revokeToken"} {
		if check.Seen(op) == 0 {
			t.Errorf("%s was never checked", op)
		}
	}
}

func fetch(ctx context.Context, c *ringcentral.Client, uri string) error {
	d := c.Content(uri)
	d.Sink = &sink{}
	_, err := c.Download(ctx, d)
	return err
}

// TestBrowserSignIn: the program's browser sign-in against the consent page.
func TestBrowserSignIn(t *testing.T) {
	c, auth, s, _ := realClient(t)
	auth.ClientSecret = "" // a public app
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at, _ := lis.Addr().(*net.TCPAddr)
	_ = lis.Close() // the port is most likely still free in a moment
	s.RegisterRedirect("http://" + at.String() + "/oauth2callback")
	approved := make(chan error, 1)
	_, err = auth.LoginBrowser(ctx, api.BrowserLogin{
		Ports: []int{at.Port}, Host: "127.0.0.1",
		Open: func(to string) error {
			go func() {
				_, err := s.Approve(ctx, to)
				approved <- err
			}()
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-approved; err != nil {
		t.Error(err)
	}
	if e, err := c.Extension(ctx); err != nil || e.ExtensionNumber != "101" {
		t.Errorf("extension %+v, %v", e, err)
	}
}
