package symphony

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// certificates are those of the older way to sign in: of an authority, of the two
// hosts, and the service account's, with its username as the common name.
type certificates struct {
	server           *tls.Config
	certFile, caFile string
}

// newCertificates makes them anew and writes what a client needs to the folder.
// Their times are those of the wall clock, by which TLS goes.
func newCertificates(dir, username string, key *rsa.PrivateKey) (*certificates, error) {
	now := time.Now()
	template := func(n int64, name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(n), Subject: pkix.Name{CommonName: name},
			NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
			KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, BasicConstraintsValid: true,
		}
	}
	ca := template(1, "Simulated authority")
	ca.IsCA, ca.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature
	host := template(2, "127.0.0.1")
	host.IPAddresses, host.DNSNames = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}, []string{"localhost"}
	host.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	client := template(3, username)
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	der := map[*x509.Certificate][]byte{}
	for _, t := range []*x509.Certificate{ca, host, client} {
		b, err := x509.CreateCertificate(rand.Reader, t, ca, &key.PublicKey, key)
		if err != nil {
			return nil, fmt.Errorf("make the certificate of %s: %w", t.Subject.CommonName, err)
		}
		der[t] = b
	}
	parsed, err := x509.ParseCertificate(der[ca])
	if err != nil {
		return nil, fmt.Errorf("read the authority's certificate: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	c := &certificates{
		certFile: filepath.Join(dir, username+".crt"), caFile: filepath.Join(dir, "authority.crt"),
		server: &tls.Config{
			MinVersion: tls.VersionTLS12, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: pool,
			Certificates: []tls.Certificate{{Certificate: [][]byte{der[host]}, PrivateKey: key}},
		},
	}
	for name, b := range map[string][]byte{c.certFile: der[client], c.caFile: der[ca]} {
		if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b}), 0o600); err != nil {
			return nil, fmt.Errorf("write a certificate: %w", err)
		}
	}
	return c, nil
}

func (s *Server) podCertHandler() http.Handler {
	return s.router("podcert", map[string]*op{
		"POST /sessionauth/v1/authenticate": op{open: true}.as("sessionauth", func(c *call) *apiError { return c.certified(sessionHeader) }),
		"POST /sessionauth/v1/logout":       op{open: true}.as("logout", (*call).logout),
	})
}

func (s *Server) kmCertHandler() http.Handler {
	return s.router("kmcert", map[string]*op{
		"POST /keyauth/v1/authenticate": op{open: true}.as("keyauth", func(c *call) *apiError { return c.certified(keyManagerHeader) }),
	})
}

// certified signs in whom the client's certificate names.
func (c *call) certified(name string) *apiError {
	if c.r.TLS == nil || len(c.r.TLS.VerifiedChains) == 0 {
		return forbidden("No certificate was presented")
	}
	if c.r.TLS.PeerCertificates[0].Subject.CommonName != c.s.cfg.Username || c.s.gate.denied() {
		return forbidden("The certificate is of no user")
	}
	writeJSON(c.w, http.StatusOK, wireToken{Name: name, Token: c.s.gate.issue(session{name: name, user: c.s.data.me()})})
	return nil
}

func (c *call) logout() *apiError {
	token := c.r.Header.Get(sessionHeader)
	if _, ok := c.s.gate.who(token, sessionHeader); !ok {
		return forbidden("Invalid session")
	}
	c.s.gate.end(token)
	writeJSON(c.w, http.StatusOK, map[string]string{"message": "OK"})
	return nil
}
