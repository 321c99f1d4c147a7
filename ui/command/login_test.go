package command

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/api/simulator"
)

// freePort is a loopback port that was free a moment ago, and the redirect
// URI that goes with it.
func freePort(t *testing.T) (port string, redirect string) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, "http://localhost:" + port + "/oauth2callback"
}

func loginArgs(rc *simulator.RingCentral, more ...string) []string {
	return append([]string{
		"login", "ringcentral", "--base-url", rc.BaseURL, "--media-url", rc.MediaURL,
		"--client-id", rc.ClientID, "--client-secret", rc.ClientSecret,
	}, more...)
}

func TestLoginInTheBrowser(t *testing.T) {
	w := newWorld(t)
	port, redirect := freePort(t)
	rc := w.serve(simulator.Config{Messages: 3, RedirectURIs: []string{redirect}})
	w.vars["DISPLAY"] = ":0"
	approved := make(chan error, 1)
	w.env.Browse = func(url string) error {
		go func() {
			_, err := w.sim.Approve(context.Background(), url)
			approved <- err
		}()
		return nil
	}
	r := w.run(loginArgs(rc, "--ports", port, "--name", "Night\x1b[31m desk", "--json")...)
	if err := <-approved; err != nil {
		t.Fatal(err)
	}
	if r.code != 0 {
		t.Fatalf("exit %d, %s", r.code, r.err)
	}
	acc := decode[accountJSON](t, r.out)
	if strings.Contains(acc.Name, "\x1b") || !strings.HasPrefix(acc.Name, "Night") || acc.SignInHow != "browser" || !acc.SignedIn {
		t.Errorf("%+v", acc)
	}
	w.ok("sync", "--once")
	if n := len(w.list("in:all")); n != 3 {
		t.Errorf("%d messages", n)
	}
}

// TestLoginByPasting signs in where no browser can be opened and the way back
// leads to another machine.
func TestLoginByPasting(t *testing.T) {
	w := newWorld(t)
	port, redirect := freePort(t)
	elsewhere, err := net.Listen("tcp4", "127.0.0.1:"+port)
	if err != nil {
		t.Skip("the port was taken meanwhile")
	}
	srv := &http.Server{Handler: http.NotFoundHandler()}
	go srv.Serve(elsewhere)
	defer srv.Close()
	rc := w.serve(simulator.Config{RedirectURIs: []string{redirect}})
	w.vars["SSH_CONNECTION"] = "10.0.0.1 1 10.0.0.2 22"
	w.env.Browse = func(string) error { t.Error("a browser was opened over SSH"); return nil }
	fromUs, toPerson := io.Pipe()
	stdin, person := io.Pipe()
	go func() {
		sc := bufio.NewScanner(fromUs)
		for sc.Scan() {
			if strings.HasPrefix(sc.Text(), rc.BaseURL) {
				back, err := w.sim.Approve(context.Background(), sc.Text())
				if err != nil {
					t.Error(err)
				}
				fmt.Fprintln(person, back)
			}
		}
	}()
	var out strings.Builder
	code := Main(context.Background(), loginArgs(rc, "--ports", port), stdin, &out, toPerson, w.env)
	_ = toPerson.Close()
	if code != 0 || !strings.Contains(out.String(), "signed in as") {
		t.Errorf("exit %d, %s", code, out.String())
	}
	if r := w.in("\n", loginArgs(rc, "--ports", port)...); r.code != 1 || !strings.Contains(r.err, "no address was pasted") {
		t.Errorf("nothing pasted: exit %d, %s", r.code, r.err)
	}
	if r := w.in("http://localhost/?code=x&state=forged\n", loginArgs(rc, "--ports", port)...); r.code != 1 || !strings.Contains(r.err, "state") {
		t.Errorf("a forged address: exit %d, %s", r.code, r.err)
	}
}

func TestLostToken(t *testing.T) {
	w := synced(t, 10)
	it := w.list("is:unread", "--limit", "1")[0]
	if err := os.Remove(filepath.Join(w.dir, "tokens.json")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"sync", "--once"}, {"sync"}} {
		if r := w.run(args...); r.code != 3 || !strings.Contains(r.err, "switchboard login") {
			t.Errorf("%q: exit %d, %s", args, r.code, r.err)
		}
	}
	if r := w.run("read", it.ID); r.code != 0 || !strings.Contains(r.err, "queued") {
		t.Errorf("a change waits for the sign-in: exit %d, %s", r.code, r.err)
	}
	w.signIn(w.sim.Description().RingCentral)
	w.ok("sync", "--once")
	if read, _ := w.state(it.RemoteID); !read {
		t.Error("the change was not sent after signing in")
	}
}

func TestAccountsFile(t *testing.T) {
	dir := t.TempDir()
	if err := putAccount(dir, SignedIn{Key: "a:1:1", Name: "One"}); err != nil {
		t.Fatal(err)
	}
	if err := putAccount(dir, SignedIn{Key: "a:1:2", Name: "Two", Number: "+15550100"}); err != nil {
		t.Fatal(err)
	}
	if err := putAccount(dir, SignedIn{Key: "a:1:1", Name: "First"}); err != nil {
		t.Fatal(err)
	}
	list, err := readAccounts(dir)
	if err != nil || len(list) != 2 || list[0].Name != "First" {
		t.Fatalf("%+v, %v", list, err)
	}
	info, err := os.Stat(accountsPath(dir))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for word, want := range map[string]string{"first": "a:1:1", "0100": "a:1:2", "a:1:2": "a:1:2"} {
		if got, err := pickAccount(list, word); err != nil || got.Key != want {
			t.Errorf("pickAccount(%q) = %v, %v", word, got.Key, err)
		}
	}
	for word, code := range map[string]int{"a:1": exitUsage, "": exitUsage, "nobody": exitNotFound} {
		if _, err := pickAccount(list, word); exitCode(err) != code {
			t.Errorf("pickAccount(%q): %v", word, err)
		}
	}
	for _, broken := range []string{"{", `{"version":99}`} {
		if err := os.WriteFile(accountsPath(dir), []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readAccounts(dir); err == nil {
			t.Errorf("%s was read", broken)
		}
	}
}
