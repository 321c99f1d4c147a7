package command

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/youmark/pkcs8"

	"switchboard/api/simulator"
	sym "switchboard/api/symphony"
)

// locked writes a key down with a password.
func (w *world) locked(key *rsa.PrivateKey, password string) string {
	w.t.Helper()
	opts := *pkcs8.DefaultOpts
	opts.KDFOpts = pkcs8.PBKDF2Opts{SaltSize: 8, IterationCount: 10, HMACHash: crypto.SHA256}
	der, err := pkcs8.MarshalPrivateKey(key, []byte(password), &opts)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.write("locked.pem", string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der})))
}

func TestLoginSymphony(t *testing.T) {
	w, d := trio(t)
	text, err := os.ReadFile(d.Symphony.PrivateKeyFile)
	if err != nil {
		t.Fatal(err)
	}
	key, err := sym.ParseKey(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	locked := w.locked(key, "open sesame")
	r := w.loginSymphony(d, "--name", "Chats\x1b[31m", "--json")
	acc := decode[accountJSON](t, r.out)
	if r.code != 0 || acc.SignInHow != "key" || !strings.HasPrefix(acc.Key, "symphony:") || strings.Contains(acc.Name, "\x1b") || acc.BaseURL != d.Symphony.PodURL {
		t.Fatalf("exit %d, %+v, %s", r.code, acc, r.err)
	}
	// The file is not needed any more.
	for _, how := range []func() ran{
		func() ran {
			return w.loginSymphony(d, "--private-key-file", locked, "--private-key-password-file", w.write("pw", "open sesame\n"))
		},
		func() ran {
			return w.in("open sesame\n", w.symphonyArgs(d, locked, "--private-key-password-file", "-")...)
		},
		func() ran { return w.in(string(text), w.symphonyArgs(d, "-")...) },
		func() ran {
			asked := []string{"no", "wrong", "open sesame"}
			w.env.Ask = func(prompt string) (string, error) {
				if !strings.Contains(prompt, locked) {
					t.Errorf("asked %q", prompt)
				}
				answer := asked[0]
				asked = asked[1:]
				return answer, nil
			}
			return w.loginSymphony(d, "--private-key-file", locked)
		},
	} {
		if r := how(); r.code != 0 || !strings.Contains(r.out, "signed in as") {
			t.Errorf("exit %d, %s%s", r.code, r.out, r.err)
		}
	}
	w.env.Ask = nil
	if err := os.Remove(d.Symphony.PrivateKeyFile); err != nil {
		t.Fatal(err)
	}
	w.sim.Symphony().ExpireTokens()
	w.ok("sync", "--once") // signs in again, with the key that was kept
}

func (w *world) symphonyArgs(d simulator.Description, key string, more ...string) []string {
	s := d.Symphony
	return append([]string{
		"login", "symphony", "--pod-url", s.PodURL, "--agent-url", s.AgentURL, "--key-manager-url", s.KeyManagerURL,
		"--username", s.Username, "--private-key-file", key,
	}, more...)
}

// What is wrong with a sign-in is said in words, before anything is kept.
func TestLoginSymphonyRefused(t *testing.T) {
	w, d := trio(t)
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	private, public, err := keepKey(own)
	if err != nil {
		t.Fatal(err)
	}
	other, locked := w.write("other.pem", private), w.locked(own, "secret-word")
	half := w.write("pub.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})))
	cert := w.certificate(own)
	s := d.Symphony
	base := []string{"login", "symphony", "--pod-url", s.PodURL, "--agent-url", s.AgentURL, "--key-manager-url", s.KeyManagerURL, "--username", s.Username}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"login", "symphony"}, 2, "--pod-url is missing"},
		{[]string{"login", "symphony", "--pod-url", s.PodURL}, 2, "--username is missing"},
		{base, 2, "--private-key-file is missing"},
		{[]string{"login", "symphony", "--pod-url", "acme", "--username", "x", "--private-key-file", other}, 2, "want an address"},
		{[]string{"login", "symphony", "--pod-url", "https://user:pw@acme.example", "--username", "x", "--private-key-file", other}, 2, "want an address"},
		{[]string{"login", "symphony", "--pod-url", "http://acme.example", "--username", "x", "--private-key-file", other}, 2, "pod"},
		{append(base, "--private-key-file", "/does/not/exist"), 2, "/does/not/exist"},
		{append(base, "--private-key-file", half), 2, "public key"},
		{append(base, "--private-key-file", cert), 2, "certificate"},
		{append(base, "--private-key-file", w.write("x", "nonsense")), 2, "not PEM"},
		{append(base, "--private-key-file", locked), 2, "--private-key-password-file"},
		{append(base, "--private-key-file", locked, "--private-key-password-file", w.write("pw", "no")), 2, "not the key's"},
		{append(base, "--private-key-file", "-", "--private-key-password-file", "-"), 2, "standard input"},
		{append(base, "--private-key-file", other, "--file-ids", "twice"), 2, "opaque"},
		{append(base, "--certificate-file", other), 2, "no certificate"},
		{append(base, "--certificate-file", cert), 2, "no key"},
		{append(base, "--certificate-file", cert, "--private-key-file", s.PrivateKeyFile), 2, "not the one of the certificate"},
		{append(base, "--private-key-file", other), 3, "does not accept the key"},
		{[]string{"login", "symphony", "--pod-url", s.PodURL, "--agent-url", s.AgentURL, "--username", "nobody", "--private-key-file", s.PrivateKeyFile}, 3, "nobody"},
	} {
		r := w.run(tt.args...)
		if r.code != tt.code || !strings.Contains(r.err, tt.want) || r.out != "" {
			t.Errorf("%q: exit %d, want %d with %q\n%s%s", tt.args[2:], r.code, tt.code, tt.want, r.out, r.err)
		}
		if strings.Contains(r.err, "secret-word") || strings.Contains(r.err, "PRIVATE KEY-----\nMII") {
			t.Errorf("a secret in %s", r.err)
		}
	}
	if _, err := os.Stat(filepath.Join(w.dir, "accounts.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was kept: %v", err)
	}
}

// certificate writes down a certificate for a key.
func (w *world) certificate(key *rsa.PrivateKey) string {
	w.t.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "front.desk"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.write("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
}

func TestLoginEmailgistics(t *testing.T) {
	w, d := trio(t)
	base, key := d.Emailgistics.BaseURL, d.Emailgistics.APIKey
	spool := t.TempDir()
	for _, tt := range []struct {
		stdin string
		args  []string
		code  int
		want  string
	}{
		{"", nil, 2, "--base-url is missing"},
		{"", []string{"--base-url", "c1"}, 2, "want an address"},
		{"", []string{"--base-url", base}, 2, "--api-key-file"},
		{"", []string{"--base-url", base, "--api-key", "x", "--api-key-file", "y"}, 2, "not both"},
		{"\n", []string{"--base-url", base, "--api-key-file", "-"}, 2, "one line"},
		{"a key", []string{"--base-url", base, "--api-key-file", "-"}, 2, "a space"},
		{"not-the-key", []string{"--base-url", base, "--api-key-file", "-"}, 3, "check the API key"},
		{key, []string{"--base-url", base, "--api-key-file", "-", "--spool", "/does/not/exist"}, 2, "no folder"},
		{key, []string{"--base-url", base, "--api-key", "-", "--spool", spool, "--report-wrapped", "--name", "Mail"}, 0, "download them: likely"},
	} {
		r := w.in(tt.stdin, append([]string{"login", "emailgistics"}, tt.args...)...)
		if r.code != tt.code || !strings.Contains(r.err, tt.want) || strings.Contains(r.err+r.out, key) || strings.Contains(r.err, "not-the-key") {
			t.Errorf("%q: exit %d, want %d with %q\n%s%s", tt.args, r.code, tt.code, tt.want, r.out, r.err)
		}
	}
	list, err := readAccounts(w.dir)
	if err != nil || len(list) != 1 || list[0].Name != "Mail" || list[0].How != "api-key" || *list[0].Emailgistics != (EmailgisticsSignIn{Wrapped: true, Spool: spool}) {
		t.Errorf("%+v, %v", list, err)
	}
	w.env.Ask = func(string) (string, error) { return key, nil }
	if r := w.run("login", "emailgistics", "--base-url", base, "--name", "Mail"); r.code != 0 {
		t.Errorf("asked: exit %d, %s", r.code, r.err)
	}
	// Deliveries in the folder are taken in, what is none is put aside.
	w.ok(append([]string{"login", "emailgistics", "--base-url", base, "--name", "Mail"}, "--spool", spool)...)
	at := w.sim.Emailgistics().Arrive(1)
	for name, text := range map[string]string{"a.json": string(w.sim.Emailgistics().Delivery(at)), "b.json": "{}"} {
		if err := os.WriteFile(filepath.Join(spool, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-time.Hour)
	for _, name := range []string{"a.json", "b.json"} {
		if err := os.Chtimes(filepath.Join(spool, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	w.ok("sync", "--once")
	for _, p := range []string{"taken/a.json", "bad/b.json"} {
		if found, _ := filepath.Glob(filepath.Join(spool, filepath.Dir(p), "*")); len(found) == 0 {
			t.Errorf("nothing in %s", filepath.Dir(p))
		}
	}
}

func TestConfigOfServices(t *testing.T) {
	w, d := trio(t)
	s := d.Symphony
	w.vars["SWITCHBOARD_CONFIG"] = w.write("c.toml", `[account.symphony]
pod_url = "`+s.PodURL+`"
agent_url = "`+s.AgentURL+`/agent"
key_manager_url = "`+s.KeyManagerURL+`"
username = "`+s.Username+`"
private_key_file = "`+s.PrivateKeyFile+`"
file_ids = "once"

[account.emailgistics]
base_url = "`+d.Emailgistics.BaseURL+`"
report_wrapped = true
`)
	w.ok("login", "symphony")
	if r := w.in(d.Emailgistics.APIKey, "login", "emailgistics", "--api-key-file", "-", "--report-wrapped=false"); r.code != 0 {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
	list, err := readAccounts(w.dir)
	if err != nil || len(list) != 2 || list[0].Symphony.FileIDs != "once" || list[1].Emailgistics.Wrapped {
		t.Errorf("%+v, %v", list, err)
	}
	for text, want := range map[string]string{
		"[account.symphony]\nbase_url = \"x\"":            "unknown key",
		"[account.symphony]\nfile_ids = \"never\"":        "opaque, once",
		"[account.symphony]\nprivate_key = \"x\"":         "did you mean private_key_file?",
		"[account.emailgistics]\napi_key = \"x\"":         "unknown key",
		"[account.emailgistics]\nreport_wrapped = \"no\"": "true or false",
		"[account.symphonie]\npod_url = \"x\"":            "did you mean symphony?",
		"account = 3":                                     "[account.ringcentral]",
	} {
		if _, err := ParseConfig("c.toml", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
