package secrets

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"switchboard/api"
)

func env(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

func fileStore(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: dir, Getenv: env(map[string]string{"SWITCHBOARD_KEYRING": "file"})})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// memory is a keyring with the limits of the smallest.
type memory struct {
	mu   sync.Mutex
	m    map[string]string
	fail func(op, user string) error
}

func (k *memory) do(op, user string) error {
	if k.fail != nil {
		return k.fail(op, user)
	}
	return nil
}

func (k *memory) Set(service, user, secret string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.do("set", user); err != nil {
		return err
	}
	if len(secret) > 1200 {
		return errors.New("too long")
	}
	if k.m == nil {
		k.m = map[string]string{}
	}
	k.m[service+"|"+user] = secret
	return nil
}

func (k *memory) Get(service, user string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.do("get", user); err != nil {
		return "", err
	}
	v, ok := k.m[service+"|"+user]
	if !ok {
		return "", ErrNotFound
	}
	return v, nil
}

func (k *memory) Delete(service, user string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.m[service+"|"+user]; !ok {
		return ErrNotFound
	}
	delete(k.m, service+"|"+user)
	return nil
}

func TestStore(t *testing.T) {
	ring := &memory{}
	stores := map[string]func(t *testing.T) *Store{
		"file": func(t *testing.T) *Store { return fileStore(t, t.TempDir()) },
		"keyring": func(t *testing.T) *Store {
			s, err := Open(t.Context(), Options{Dir: t.TempDir(), Keyring: ring, Getenv: env(nil)})
			if err != nil {
				t.Fatal(err)
			}
			if !s.InKeyring() {
				t.Fatalf("not the keyring: %s", s.Where())
			}
			return s
		},
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			s := open(t)
			if _, err := s.Load(ctx, "a"); !errors.Is(err, api.ErrNoToken) {
				t.Fatalf("Load of nothing: %v", err)
			}
			long := api.Token{Access: strings.Repeat("é", 3000), Refresh: "r1", Expiry: time.Unix(1e9, 0).UTC(), Owner: "1"}
			for _, tok := range []api.Token{{Access: "a0"}, long, {Access: "a2", Refresh: "r2"}} {
				if err := s.Save(ctx, "a", tok); err != nil {
					t.Fatal(err)
				}
				got, err := s.Load(ctx, "a")
				if err != nil || got != tok {
					t.Fatalf("got %#v, %v", got, err)
				}
			}
			if err := s.SetSecret(ctx, "a", "jwt", "j.w.t"); err != nil {
				t.Fatal(err)
			}
			if err := s.Delete(ctx, "a"); err != nil {
				t.Fatal(err)
			}
			if err := s.Delete(ctx, "a"); err != nil {
				t.Errorf("deleting twice: %v", err)
			}
			if v, err := s.Secret(ctx, "a", "jwt"); v != "j.w.t" || err != nil {
				t.Errorf("secret: %q, %v", v, err)
			}
			if err := s.Forget(ctx, "a", "jwt", "client-secret"); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Secret(ctx, "a", "jwt"); !errors.Is(err, ErrNotFound) {
				t.Errorf("after Forget: %v", err)
			}
			if err := s.SetSecret(ctx, "a", "token", "x"); err == nil {
				t.Error("a secret took the place of the token")
			}
		})
	}
	if len(ring.m) != 0 {
		t.Errorf("left in the keyring: %d entries", len(ring.m))
	}
}

// A write to the keyring that is cut off at any step leaves the old token.
func TestKeyringWriteCutOff(t *testing.T) {
	for at := range 6 {
		ring := &memory{}
		s, err := Open(t.Context(), Options{Dir: t.TempDir(), Keyring: ring, Getenv: env(nil)})
		if err != nil {
			t.Fatal(err)
		}
		old := api.Token{Access: strings.Repeat("o", 3000), Refresh: "old"}
		if err := s.Save(t.Context(), "a", old); err != nil {
			t.Fatal(err)
		}
		n := 0
		ring.fail = func(op, _ string) error {
			if op == "set" {
				if n++; n > at {
					return errors.New("cut off")
				}
			}
			return nil
		}
		fresh := api.Token{Access: strings.Repeat("n", 3000), Refresh: "new"}
		err = s.Save(t.Context(), "a", fresh)
		ring.fail = nil
		want := old
		if err == nil {
			want = fresh
		}
		if got, lerr := s.Load(t.Context(), "a"); lerr != nil || got != want {
			t.Errorf("cut off after %d: %v, refresh %q, want %q", at, lerr, got.Refresh, want.Refresh)
		}
	}
}

func TestFallback(t *testing.T) {
	dead := &memory{fail: func(string, string) error { return errors.New("failed to unlock correct collection") }}
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), Keyring: dead, Getenv: env(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if s.InKeyring() || !strings.Contains(s.Where(), "tokens.json") || !strings.Contains(s.Where(), "failed to unlock") {
		t.Errorf("Where: %s", s.Where())
	}
	if _, err := Open(t.Context(), Options{Dir: t.TempDir(), Keyring: dead, Getenv: env(map[string]string{"SWITCHBOARD_KEYRING": "system"})}); err == nil {
		t.Error("SWITCHBOARD_KEYRING=system fell back to the file")
	}
	if _, err := Open(t.Context(), Options{Dir: t.TempDir(), Getenv: env(map[string]string{"SWITCHBOARD_KEYRING": "flie"})}); err == nil {
		t.Error("a misspelled SWITCHBOARD_KEYRING was taken")
	}
}

// A keyring that never answers must not hold up the program.
func TestKeyringHangs(t *testing.T) {
	block := make(chan struct{})
	defer close(block)
	ring := &memory{fail: func(string, string) error { <-block; return nil }}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, err := Open(ctx, Options{Dir: t.TempDir(), Keyring: ring, Getenv: env(nil)})
	if err != nil || s.InKeyring() {
		t.Errorf("%v, %s", err, s.Where())
	}
}

func TestNoBus(t *testing.T) {
	dir, err := os.MkdirTemp("", "bus") // short: a socket's path is limited
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if runtime.GOOS == "windows" {
		t.Skip("no D-Bus there")
	}
	sock := filepath.Join(dir, "bus")
	l, err := net.Listen("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	empty := t.TempDir()
	for _, tt := range []struct {
		name string
		env  map[string]string
		ok   bool
	}{
		{"nothing", nil, false},
		{"runtime dir with bus", map[string]string{"XDG_RUNTIME_DIR": dir}, true},
		{"runtime dir without", map[string]string{"XDG_RUNTIME_DIR": empty}, false},
		{"address", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=" + sock + ",guid=0"}, true},
		{"address of nothing", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=" + empty + "/x"}, false},
		{"abstract address", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:abstract=/tmp/x"}, true},
		{"autolaunch would start a daemon", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "autolaunch:", "XDG_RUNTIME_DIR": dir}, false},
	} {
		if why := noBus(env(tt.env)); (why == "") != tt.ok {
			t.Errorf("%s: %q", tt.name, why)
		}
	}
}

func TestFileMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes there")
	}
	dir := t.TempDir()
	s := fileStore(t, dir)
	if err := s.Save(t.Context(), "a", api.Token{Access: "x"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "tokens.json")
	mode := func() os.FileMode {
		fi, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return fi.Mode().Perm()
	}
	if mode() != 0o600 {
		t.Errorf("written with mode %o", mode())
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if mode() != 0o600 {
		t.Errorf("left at mode %o", mode())
	}
	if n := s.Notes(); len(n) != 1 || !strings.Contains(n[0], "0644") {
		t.Errorf("notes: %q", n)
	}
	if n := s.Notes(); len(n) != 0 {
		t.Errorf("said twice: %q", n)
	}
}

// A damaged file is told of without quoting it, and not overwritten.
func TestFileDamaged(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "tokens.json")
	const text = `{"format":1,"secrets":{"a":{"token":"s3cr3t`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := fileStore(t, dir)
	_, err := s.Load(t.Context(), "a")
	serr := s.Save(t.Context(), "b", api.Token{Access: "x"})
	for _, err := range []error{err, serr} {
		if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v", err)
		}
	}
	if b, _ := os.ReadFile(path); string(b) != text {
		t.Error("the damaged file was overwritten")
	}
}

// Processes that save at once lose nothing of each other.
func TestManyProcesses(t *testing.T) {
	if dir := os.Getenv("SECRETS_TEST_DIR"); dir != "" {
		s := fileStore(t, dir)
		for i := range 10 {
			if err := s.Save(t.Context(), os.Getenv("SECRETS_TEST_NAME")+fmt.Sprint(i), api.Token{Access: "x"}); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	dir := t.TempDir()
	var all sync.WaitGroup
	for _, name := range []string{"a", "b", "c"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestManyProcesses$")
		cmd.Env = append(os.Environ(), "SECRETS_TEST_DIR="+dir, "SECRETS_TEST_NAME="+name)
		all.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	all.Wait()
	m, err := fileStore(t, dir).read()
	if err != nil || len(m) != 30 {
		t.Errorf("%d tokens of 30, %v", len(m), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".tokens-*")); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
}

// What a killed process leaves does not get in the way.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []string{".tokens-123.part", "tokens.lock"} {
		if err := os.WriteFile(filepath.Join(dir, n), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := fileStore(t, dir)
	if err := s.Save(t.Context(), "a", api.Token{Access: "x"}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Load(t.Context(), "a"); err != nil || got.Access != "x" {
		t.Errorf("%v, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"format":1,"secrets":{"a":{"token":"{}"}}}`))
	f.Add([]byte(`{"format":2}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parse(b, "p")
		if err == nil && m == nil {
			t.Fatal("neither contents nor an error")
		}
	})
}

func FuzzHeader(f *testing.F) {
	f.Add("ABCDEFGH 2:text")
	f.Add(":")
	f.Fuzz(func(t *testing.T, s string) {
		if _, n, _, ok := header(s); ok && (n < 1 || n > 1000) {
			t.Fatalf("%d pieces", n)
		}
	})
}
