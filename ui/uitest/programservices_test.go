package uitest

import (
	"context"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"switchboard/api/simulator"
	"switchboard/api/simulator/symphony"
)

// signInServices signs in to the services beside RingCentral, as far as they are served.
func (m *machine) signInServices() {
	m.t.Helper()
	d := m.sim.Description()
	if s := d.Symphony; s != nil {
		m.ok("login", "symphony", "--pod-url", s.PodURL, "--agent-url", s.AgentURL, "--key-manager-url", s.KeyManagerURL,
			"--username", s.Username, "--private-key-file", s.PrivateKeyFile)
	}
	if e := d.Emailgistics; e != nil {
		key := filepath.Join(m.t.TempDir(), "key")
		m.write(key, e.APIKey)
		m.ok("login", "emailgistics", "--base-url", e.BaseURL, "--api-key-file", key, "--name", "Support mail")
	}
}

// TestProgramOfThreeServices: the real program, signed in to all three, saves the files of
// one inbox into one folder, in which none is missing or changed.
func TestProgramOfThreeServices(t *testing.T) {
	m := newMachine(t, simulator.Config{
		Messages: 10, Seed: 3, Chats: -1, SymphonyStreams: 3, SymphonyMessages: 40, SymphonyKeyDir: t.TempDir(),
		EmailgisticsMessages: 8, EmailgisticsMailboxes: 1, EmailgisticsReport: 1,
	})
	m.signIn()
	m.signInServices()
	m.ok("sync", "--once")
	for _, query := range []string{"in:ringcentral", "in:symphony in:posts", "in:emailgistics"} {
		e := m.ok("save", query+" has:file", "--dir", m.save, "--manifest")
		if strings.TrimSpace(e.out) == "" {
			t.Errorf("%s: nothing was saved: %s", query, e.err)
		}
	}
	if e := m.ok("verify", m.save, "--strict"); !strings.Contains(e.out, "as they were saved") {
		t.Errorf("%s%s", e.out, e.err)
	}
}

// TestSignInByCertificate takes Symphony's older way: the program's own TLS, with the
// simulator's authority in the place of the system's, and the key out of the vault.
func TestSignInByCertificate(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only there the authorities can be named in the environment")
	}
	m := newMachine(t, simulator.Config{})
	pod, err := symphony.Start(context.Background(), symphony.Config{Seed: 1, Streams: 2, Messages: 10, Certificates: true, KeyDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pod.Close() })
	d := pod.Description()
	m.vars = append(m.vars, "SSL_CERT_FILE="+d.CAFile)
	login := []string{
		"login", "symphony", "--pod-url", d.PodURL, "--agent-url", d.AgentURL, "--key-manager-url", d.KeyManagerURL, "--username", d.Username,
		"--session-auth-url", d.SessionAuthURL, "--key-auth-url", d.KeyAuthURL, "--certificate-file", d.CertificateFile, "--private-key-file", d.PrivateKeyFile,
	}
	if e := m.ok(login...); !strings.Contains(e.out, "signed in as") {
		t.Errorf("%s%s", e.out, e.err)
	}
	pod.ExpireTokens()
	m.ok("sync", "--once") // signs in once more, with what was kept
	if e := m.ok("doctor"); !strings.Contains(e.out, "signed in as "+d.Username) {
		t.Errorf("%s", e.out)
	}
	m.ok("logout")
	m.vars = m.vars[:len(m.vars)-1]
	if e := m.run(login...); e.code == 0 || !strings.Contains(e.err, "certificate") {
		t.Errorf("an authority nobody knows: exit %d, %s", e.code, e.err)
	}
}
