package command

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"switchboard/api/simulator"
)

// brokenPipe is a reader that goes away after n bytes.
type brokenPipe struct{ n int }

func (b *brokenPipe) Write(p []byte) (int, error) {
	if b.n -= len(p); b.n < 0 {
		return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
	}
	return len(p), nil
}

func TestClosedPipe(t *testing.T) {
	w := synced(t, 60)
	for _, args := range [][]string{{"list", "--jsonl"}, {"list", "--json"}, {"list"}, {"keys"}, {"help"}} {
		var errb strings.Builder
		code := Main(context.Background(), args, strings.NewReader(""), &brokenPipe{10}, &errb, w.env)
		if code != 0 || errb.Len() > 0 {
			t.Errorf("%q: exit %d, %s", args, code, errb.String())
		}
	}
	var errb strings.Builder
	code := Main(context.Background(), []string{"list"}, strings.NewReader(""), full{}, &errb, w.env)
	if code != 1 || !strings.Contains(errb.String(), "no space") {
		t.Errorf("a full disk: exit %d, %s", code, errb.String())
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestSimulate(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(context.Background())
	pr, pw := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- Main(ctx, []string{"simulate", "--messages", "5", "--rate-limits", "off"}, strings.NewReader(""), pw, io.Discard, w.env)
	}()
	var d simulator.Description
	dec := json.NewDecoder(pr)
	if err := dec.Decode(&d); err != nil {
		t.Fatal(err)
	}
	if d.RingCentral == nil || d.RingCentral.JWT == "" || d.ControlURL == "" || len(d.RingCentral.RedirectURIs) == 0 {
		t.Fatalf("%+v", d)
	}
	if s, e := d.Symphony, d.Emailgistics; s == nil || s.PodURL == "" || s.AgentURL == "" || s.KeyManagerURL == "" || s.Username == "" || s.PrivateKeyFile == "" ||
		e == nil || e.BaseURL == "" || e.APIKey == "" {
		t.Fatalf("%+v, %+v", s, e)
	}
	w.signIn(d.RingCentral)
	w.ok("sync", "--once")
	if got := len(w.list("in:all")); got != 5 {
		t.Errorf("%d messages", got)
	}
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("interrupted: exit %d", code)
	}
}

func TestDoctor(t *testing.T) {
	w := synced(t, 10)
	got := decode[[]finding](t, w.ok("doctor", "--json").out)
	seen := map[string]string{}
	for _, f := range got {
		seen[f.Check] = f.State
	}
	for _, c := range []string{"config", "data folder", "database", "keyring", "clock", "account", "permissions"} {
		if seen[c] != fine {
			t.Errorf("%s: %q", c, seen[c])
		}
	}
	w.env.Now = func() time.Time { return time.Now().Add(time.Hour) }
	for _, f := range decode[[]finding](t, w.ok("doctor", "--json").out) {
		if f.Check == "clock" && f.State != warning {
			t.Errorf("an hour off: %+v", f)
		}
	}
	w.env.Now = nil
	_ = w.sim.Close()
	if r := w.run("doctor"); r.code != 1 {
		t.Errorf("no service: exit %d\n%s", r.code, r.out)
	}
	if r := w.run("doctor", "--offline"); r.code != 0 {
		t.Errorf("offline: exit %d\n%s", r.code, r.out)
	}
	w.vars["SWITCHBOARD_CONFIG"] = w.write("c.toml", "x = 1")
	if r := w.run("doctor", "--offline"); r.code != 1 || !strings.Contains(r.out, "c.toml:1") {
		t.Errorf("broken config: exit %d\n%s", r.code, r.out)
	}
}

func TestCrashLeavesAFile(t *testing.T) {
	w := newWorld(t)
	a := &app{env: w.env.withDefaults(), dir: w.dir, errw: io.Discard}
	err := a.guard("a test", func() error { panic("boom with Bearer eyJhbGciOiJIUzI1NiJ9.secret.part") })
	if exitCode(err) != 1 {
		t.Fatalf("%v", err)
	}
	files, _ := filepath.Glob(filepath.Join(w.dir, "crash", "*.txt"))
	if len(files) != 1 {
		t.Fatalf("%d crash files", len(files))
	}
	b, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(b), "boom") || !strings.Contains(string(b), "a test") || strings.Contains(string(b), "secret.part") {
		t.Errorf("%v\n%s", err, b)
	}
}

func TestLogRotates(t *testing.T) {
	l := &logFile{path: filepath.Join(t.TempDir(), "log", "x.log")}
	line := []byte(strings.Repeat("x", 1<<20) + "\n")
	for range 7 {
		if _, err := l.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(l.err, l.Close()); err != nil {
		t.Fatal(err)
	}
	now, err1 := os.Stat(l.path)
	old, err2 := os.Stat(l.path + ".1")
	if err := errors.Join(err1, err2); err != nil || now.Size() > maxLog || old.Size() < maxLog {
		t.Errorf("%v: now %v, old %v", err, now, old)
	}
}

func TestLongListsComeInPages(t *testing.T) {
	w := synced(t, 2*pageRows+57)
	all := w.list("in:all")
	seen := map[string]bool{}
	for _, it := range all {
		seen[it.ID] = true
	}
	if len(all) != 2*pageRows+57 || len(seen) != len(all) {
		t.Errorf("%d rows, %d of them different", len(all), len(seen))
	}
	if n := len(w.list("in:all", "--limit", itoa(pageRows))); n != pageRows {
		t.Errorf("--limit %d gives %d", pageRows, n)
	}
	if n := len(w.list("in:all", "--limit", itoa(pageRows+1), "--sort", "newest")); n != pageRows+1 {
		t.Errorf("--limit %d gives %d", pageRows+1, n)
	}
}

func TestSyncUntilInterrupted(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.serve(simulator.Config{Messages: 5}))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan int, 1)
	go func() { done <- Main(ctx, []string{"sync"}, strings.NewReader(""), io.Discard, io.Discard, w.env) }()
	deadline := time.Now().Add(20 * time.Second)
	for len(w.list("in:all")) < 5 && time.Now().Before(deadline) {
		if len(done) > 0 {
			break
		}
	}
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("interrupted: exit %d", code)
	}
	if n := len(w.list("in:all")); n != 5 {
		t.Errorf("%d messages", n)
	}
}
