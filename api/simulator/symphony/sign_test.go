package symphony

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func TestSignIn(t *testing.T) {
	b := start(t, Config{Seed: 1})
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	own := b.s.key
	with := func(key *rsa.PrivateKey, f func() string) string {
		b.s.key = key // which token signs with
		defer func() { b.s.key = own }()
		return f()
	}
	for _, tc := range []struct {
		name, token string
		status      int
	}{
		{"as it should be", b.token(jwt.SigningMethodRS512, "front.desk", 4*time.Minute), 200},
		{"another algorithm", b.token(jwt.SigningMethodRS256, "front.desk", 4*time.Minute), 401},
		{"no signature of a key", b.token(jwt.SigningMethodHS512, "front.desk", 4*time.Minute), 401},
		{"another key", with(other, func() string { return b.token(jwt.SigningMethodRS512, "front.desk", 4*time.Minute) }), 401},
		{"another user", b.token(jwt.SigningMethodRS512, "back.desk", 4*time.Minute), 401},
		{"expired", b.token(jwt.SigningMethodRS512, "front.desk", -time.Second), 401},
		{"too long", b.token(jwt.SigningMethodRS512, "front.desk", 6*time.Minute), 401},
		{"nothing", "", 401},
		{"nonsense", "a.b.c", 401},
	} {
		for _, at := range []string{b.s.pod.url + "/login/pubkey/authenticate", b.s.keyManager.url + "/relay/pubkey/authenticate"} {
			a := b.do("POST", at, `{"token":"`+tc.token+`"}`)
			if a.status != tc.status {
				t.Errorf("%s at %s: %d %s, want %d", tc.name, at, a.status, a.body, tc.status)
			}
		}
	}
	if s, k := b.s.SignIns(); s != 2 || k != 2 {
		t.Errorf("%d and %d sign-ins, want 2 and 2", s, k)
	}
	b.s.RefuseSignIn(true)
	if a := b.do("POST", "/login/pubkey/authenticate", `{"token":"`+b.token(jwt.SigningMethodRS512, "front.desk", time.Minute)+`"}`); a.status != 401 {
		t.Errorf("refused: %d", a.status)
	}
}

// TestTokensNeeded: who may ask what with which tokens.
func TestTokensNeeded(t *testing.T) {
	for _, tc := range []struct {
		name    string
		skd     bool
		version string
		agent   int // without a key manager's token
	}{
		{"no simplified delivery", false, "", 401},
		{"an agent too old for it", true, "Agent-24.11.9-1", 401},
		{"the first that can", true, "Agent-24.12.1-33", 200},
		{"a later one", true, "", 200},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := start(t, Config{Seed: 1, Streams: 3, Messages: 30, SKD: tc.skd, AgentVersion: tc.version})
			path := "/agent/v4/stream/" + b.s.Streams()[0] + "/message?since=0"
			if a := b.get(path); a.status != 200 {
				t.Errorf("with both: %d %s", a.status, a.body)
			}
			if a := b.get(path, "keyManagerToken: "); a.status != tc.agent {
				t.Errorf("without the key manager's: %d %s, want %d", a.status, a.body, tc.agent)
			}
			if a := b.get("/pod/v2/sessioninfo", "keyManagerToken: "); a.status != 200 {
				t.Errorf("the pod: %d %s", a.status, a.body)
			}
			if a := b.get(path, "sessionToken: "+b.keys); a.status != 401 {
				t.Errorf("with the wrong one: %d %s", a.status, a.body)
			}
			var claims struct {
				SKD bool `json:"canUseSimplifiedKeyDelivery"`
			}
			p := jwt.NewParser()
			part, err := p.DecodeSegment(strings.Split(b.session, ".")[1])
			if err != nil || json.Unmarshal(part, &claims) != nil || claims.SKD != tc.skd {
				t.Errorf("the claim is %v, want %v: %v", claims.SKD, tc.skd, err)
			}
		})
	}
}

func TestTokensEnd(t *testing.T) {
	b := start(t, Config{Seed: 1, TokenTTL: time.Minute})
	b.clock.Add(59 * time.Second)
	if a := b.get("/pod/v2/sessioninfo"); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	b.clock.Add(time.Second)
	if a := b.get("/pod/v2/sessioninfo"); a.status != 401 || string(a.body) != `{"code":401,"message":"Invalid session"}` {
		t.Fatalf("after its time: %d %s", a.status, a.body)
	}
	b.signIn()
	if err := b.s.FailNext("sessioninfo", "expire", 0, 1); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{401, 401} { // the token stays dead
		if a := b.get("/pod/v2/sessioninfo"); a.status != want {
			t.Errorf("%d, want %d", a.status, want)
		}
	}
	b.signIn()
	if a := b.get("/pod/v2/sessioninfo"); a.status != 200 {
		t.Errorf("signed in anew: %d", a.status)
	}
	b.s.ExpireTokens()
	if a := b.get("/pod/v2/sessioninfo"); a.status != 401 {
		t.Errorf("expired: %d", a.status)
	}
}

func TestKeyFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	b := start(t, Config{KeyDir: dir})
	d := b.s.Description()
	info, err := os.Stat(d.PrivateKeyFile)
	if err != nil || info.Mode().Perm() != 0o600 || filepath.Dir(d.PrivateKeyFile) != dir {
		t.Fatalf("%s: %v %v", d.PrivateKeyFile, info, err)
	}
	raw, err := os.ReadFile(d.PrivateKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != "PRIVATE KEY" {
		t.Fatal("no key in the file")
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
		t.Error(err)
	}
	// Without a folder there is one until the server ends.
	s, err := Start(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	name := s.Description().PrivateKeyFile
	if _, err := os.Stat(name); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(name)); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestCertificate(t *testing.T) {
	b := start(t, Config{Certificates: true, Streams: 1, Messages: 5})
	d := b.s.Description()
	pair, err := tls.LoadX509KeyPair(d.CertificateFile, d.CertificateKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(d.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	ask := func(at string, certs ...tls.Certificate) (int, wireToken) {
		t.Helper()
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, Certificates: certs}}
		defer transport.CloseIdleConnections()
		res, err := (&http.Client{Transport: transport}).Post(at, "application/json", strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var w wireToken
		body, _ := io.ReadAll(res.Body)
		_ = json.Unmarshal(body, &w)
		return res.StatusCode, w
	}
	if status, _ := ask(d.SessionAuthURL + "/sessionauth/v1/authenticate"); status != 403 {
		t.Errorf("without a certificate: %d", status)
	}
	status, w := ask(d.SessionAuthURL+"/sessionauth/v1/authenticate", pair)
	if status != 200 || w.Name != "sessionToken" {
		t.Fatalf("%d %v", status, w)
	}
	b.session = w.Token
	if status, w = ask(d.KeyAuthURL+"/keyauth/v1/authenticate", pair); status != 200 || w.Name != "keyManagerToken" {
		t.Fatalf("%d %v", status, w)
	}
	b.keys = w.Token
	if a := b.get("/agent/v4/stream/" + b.s.Streams()[0] + "/message?since=0"); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestActFor(t *testing.T) {
	b := start(t, Config{})
	app := decode[wireToken](t, b.do("POST", "/login/pubkey/app/authenticate", `{"token":"`+b.token(jwt.SigningMethodRS512, appID, time.Minute)+`"}`))
	if a := b.get("/pod/v2/sessioninfo", "sessionToken: "+app.Token); a.status != 401 {
		t.Errorf("the app itself: %d %s", a.status, a.body)
	}
	for path, want := range map[string]int{
		"/login/pubkey/app/user/7078106103809/authenticate": 200, "/login/pubkey/app/username/front.desk/authenticate": 200,
		"/login/pubkey/app/user/1/authenticate": 403,
	} {
		a := b.do("POST", path, "", "sessionToken: "+app.Token)
		if a.status != want {
			t.Errorf("%s: %d %s, want %d", path, a.status, a.body, want)
		}
		if want == 200 {
			if own := b.get("/pod/v2/sessioninfo", "sessionToken: "+decode[wireToken](t, a).Token); own.status != 200 {
				t.Errorf("%s: then %d", path, own.status)
			}
		}
	}
}
