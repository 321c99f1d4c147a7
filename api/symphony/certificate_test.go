package symphony_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	sym "switchboard/api/symphony"
)

// TestCertificate signs in in the older way, and out again.
func TestCertificate(t *testing.T) {
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "desk-bot"}, NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	cert := tls.Certificate{Certificate: [][]byte{must(x509.CreateCertificate(rand.Reader, tmpl, tmpl, testKey().Public(), testKey()))}, PrivateKey: testKey()}
	s := newServers(t)
	s.json("GET "+who, `{"id":1}`)
	s.json("GET "+feeds, `[]`)
	var seen []string
	status := 200
	signIns := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.URL.Path+" "+r.TLS.PeerCertificates[0].Subject.CommonName+" "+r.Header.Get("sessionToken"))
		name := "sessionToken"
		if strings.HasPrefix(r.URL.Path, "/keyauth") {
			name = "keyManagerToken"
		}
		if status != 200 {
			fails(status, "Certificate authentication is not allowed for the requested user")(w, r)
			return
		}
		answer(w, 200, map[string]string{"name": name, "token": "of-" + name})
	}))
	signIns.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	signIns.StartTLS()
	t.Cleanup(signIns.Close)
	transport := api.NewTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	transport.TLSClientConfig.RootCAs.AddCert(signIns.Certificate())
	t.Cleanup(transport.CloseIdleConnections)
	vault := &memory{}
	with := func(cfg *sym.Config) {
		cfg.Key, cfg.Certificate, cfg.Transport, cfg.Store = nil, &cert, transport, vault
		cfg.SessionAuthURL, cfg.KeyAuthURL = signIns.URL, signIns.URL+"/keyauth"
	}
	c := s.client(with)
	if _, err := c.Datafeeds(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if h := s.last(feeds).Header; h.Get("sessionToken") != "of-sessionToken" || h.Get("keyManagerToken") != "of-keyManagerToken" {
		t.Errorf("headers %v", h)
	}
	if err := c.SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "/sessionauth/v1/authenticate desk-bot |/keyauth/v1/authenticate desk-bot |/sessionauth/v1/logout desk-bot of-sessionToken"
	if got := strings.Join(seen, "|"); got != want {
		t.Errorf("asked\n%s\nwant\n%s", got, want)
	}
	status = 403
	if err := s.client(with).SignIn(t.Context()); !errors.Is(err, sym.ErrKeyRefused) || !strings.Contains(err.Error(), "certificate for desk-bot") {
		t.Errorf("got %v", err)
	}
	if transport.TLSClientConfig.Certificates != nil {
		t.Error("the certificate goes to every server")
	}
	// Signing out removes the tokens although the service cannot be told.
	_ = vault.Save(t.Context(), "symphony:test", api.Token{Access: "a", Owner: "desk-bot", Endpoint: s.pod.URL})
	if err := s.client(with).SignOut(t.Context()); !errors.Is(err, api.ErrNotRevoked) {
		t.Errorf("got %v", err)
	}
	if len(vault.tokens) != 0 {
		t.Error("still kept")
	}
}
