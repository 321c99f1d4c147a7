package command

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator"
)

// A world is a person's machine: folders, environment, and a service that is
// reached over HTTP.
type world struct {
	t    *testing.T
	dir  string
	vars map[string]string
	env  Env
	sim  *simulator.Server
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), vars: map[string]string{}}
	w.vars["SWITCHBOARD_DATA"] = w.dir
	w.vars["SWITCHBOARD_CONFIG"] = w.write("config.toml", "save_dir = \""+t.TempDir()+"\"\n")
	w.vars["SWITCHBOARD_KEYRING"] = "file"
	w.vars["USER"] = "ana"
	w.env = Env{
		Getenv:   func(k string) string { return w.vars[k] },
		Browse:   func(string) error { return os.ErrNotExist },
		Launch:   func([]string) error { return nil },
		Terminal: func(any) bool { return false },
		Size:     func() (int, int) { return 0, 0 },
		Retry:    api.Retry{Attempts: 2, Initial: time.Millisecond, Max: time.Millisecond},
	}
	return w
}

func (w *world) write(name, text string) string {
	w.t.Helper()
	p := w.t.TempDir() + "/" + name
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return p
}

type ran struct {
	code     int
	out, err string
}

func (w *world) in(stdin string, args ...string) ran {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	var out, errb bytes.Buffer
	code := Main(ctx, args, strings.NewReader(stdin), &out, &errb, w.env)
	return ran{code, out.String(), errb.String()}
}

func (w *world) run(args ...string) ran {
	w.t.Helper()
	return w.in("", args...)
}

// ok runs a command that has to work.
func (w *world) ok(args ...string) ran {
	w.t.Helper()
	r := w.run(args...)
	if r.code != 0 {
		w.t.Fatalf("%q: exit %d\n%s%s", args, r.code, r.out, r.err)
	}
	return r
}

// serve starts the service.
func (w *world) serve(cfg simulator.Config) *simulator.RingCentral {
	w.t.Helper()
	if cfg.Seed == 0 {
		cfg.Seed = 7
	}
	sim, err := simulator.Start(context.Background(), cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = sim.Close() })
	w.sim = sim
	return sim.Description().RingCentral
}

// signIn signs in with a JWT on standard input.
func (w *world) signIn(rc *simulator.RingCentral) {
	w.t.Helper()
	secret := w.write("secret", rc.ClientSecret+"\n")
	r := w.in(rc.JWT, "login", "ringcentral", "--base-url", rc.BaseURL, "--media-url", rc.MediaURL,
		"--client-id", rc.ClientID, "--client-secret-file", secret, "--jwt-file", "-")
	if r.code != 0 {
		w.t.Fatalf("login: exit %d\n%s%s", r.code, r.out, r.err)
	}
}

// synced is a machine with everything of a small account on it.
func synced(t *testing.T, messages int) *world {
	t.Helper()
	w := newWorld(t)
	w.signIn(w.serve(simulator.Config{Messages: messages}))
	w.ok("sync", "--once")
	return w
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Fatalf("more than one value in %.300s", text)
	}
	return v
}

func (w *world) list(query ...string) []itemJSON {
	w.t.Helper()
	return decode[[]itemJSON](w.t, w.ok(append([]string{"list", "--json"}, query...)...).out)
}

func TestUsage(t *testing.T) {
	tests := []struct {
		args []string
		code int
		want string // on standard error
	}{
		{[]string{"lsit"}, 2, "switchboard list"},
		{[]string{"nonsense-word"}, 2, "switchboard help"},
		{[]string{"list", "--jsno"}, 2, "--json"},
		{[]string{"list", "--json", "--jsonl"}, 2, "json"},
		{[]string{"list", "--limit", "x"}, 2, "limit"},
		{[]string{"list", "--limit", "-7"}, 2, "limit"},
		{[]string{"list", "--sort", "newset"}, 2, "newest"},
		{[]string{"list", "in:voicemial"}, 2, "voicemail"},
		{[]string{"list", "is:"}, 2, "is:"},
		{[]string{"show"}, 2, "show"},
		{[]string{"done"}, 2, "done"},
		{[]string{"note", "1234"}, 2, "note"},
		{[]string{"verify"}, 2, "verify"},
		{[]string{"verify", "a", "b"}, 2, "verify"},
		{[]string{"keys", "extra"}, 2, "unexpected argument"},
		{[]string{"keys", "--preset", "gmial"}, 2, "gmail"},
		{[]string{"completion", "tcsh"}, 2, "completion"},
		{[]string{"login"}, 2, "login ringcentral"},
		{[]string{"login", "ringcentrl"}, 2, "ringcentral"},
		{[]string{"login", "ringcentral"}, 2, "--client-id"},
		{[]string{"login", "ringcentral", "--client-id", "x", "--base-url", "nowhere"}, 2, "address"},
		{[]string{"login", "ringcentral", "--client-id", "x", "--jwt", "-", "--client-secret", "-"}, 2, "standard input"},
		{[]string{"login", "ringcentral", "--client-id", "x", "--ports", "0"}, 2, "65535"},
		{[]string{"simulate", "--rate-limits", "maybe"}, 2, "on, off"},
		{[]string{"simulate", "--faults", "reset=2"}, 2, "reset"},
		{[]string{"simulate", "--faults", "quake=1"}, 2, "quake"},
		{[]string{"simulate", "--messages", "-1"}, 2, "messages"},
		{[]string{"simulate", "--faults", "push-tea=1"}, 2, "push-tea"},
		{[]string{"simulate", "--calls", "-2"}, 2, "calls"},
		{[]string{"simulate", "--contacts", "-2"}, 2, "contacts"},
		{[]string{"simulate", "--chats", "-2"}, 2, "chats"},
		{[]string{"simulate", "--posts", "-2"}, 2, "posts"},
		{[]string{"simulate", "--directory", "-1"}, 2, "directory"},
		{[]string{"simulate", "--streams", "-1"}, 2, "streams"},
		{[]string{"simulate", "--mails", "-1"}, 2, "mails"},
		{[]string{"simulate", "--faults", "symphony-tea=1"}, 2, "symphony-tea"},
		{[]string{"deliver"}, 3, "login"},
		{[]string{"login", "symphonie"}, 2, "login symphony"},
		{[]string{"simulate", "--traffic", "-1s"}, 2, "traffic"},
		{[]string{"demo"}, 2, "terminal"},
		{[]string{}, 2, "list"},
		{[]string{"list"}, 3, "login"},
		{[]string{"show", "0123456789abc"}, 3, "login"},
		{[]string{"sync", "--once"}, 3, "login"},
		{[]string{"accounts"}, 3, "login"},
		{[]string{"logout"}, 3, "login"},
		{[]string{"verify", "/does/not/exist"}, 5, "no folder"},
		{[]string{"version"}, 0, ""},
		{[]string{"--version"}, 0, ""},
		{[]string{"help"}, 0, ""},
		{[]string{"list", "--help"}, 0, ""},
		{[]string{"keys"}, 0, ""},
		{[]string{"accounts", "--json"}, 0, ""},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			w := newWorld(t)
			r := w.run(tt.args...)
			if r.code != tt.code || !strings.Contains(r.err, tt.want) {
				t.Errorf("exit %d, want %d with %q\nout %.300s\nerr %s", r.code, tt.code, tt.want, r.out, r.err)
			}
			if tt.code != 0 && r.out != "" {
				t.Errorf("an error printed data: %.200s", r.out)
			}
			if tt.code == 0 && (r.err != "" || r.out == "") {
				t.Errorf("out %.100q, err %q", r.out, r.err)
			}
		})
	}
}

func TestBrokenConfigStopsEveryCommand(t *testing.T) {
	w := newWorld(t)
	w.vars["SWITCHBOARD_CONFIG"] = w.write("c.toml", "theme = \"dark\"\nsrot = \"oldest\"\n")
	for _, args := range [][]string{{"list"}, {"keys"}, {"sync", "--once"}} {
		r := w.run(args...)
		if args[0] == "sync" {
			continue // signed out comes first
		}
		if r.code != 2 || !strings.Contains(r.err, "c.toml:2") || !strings.Contains(r.err, "did you mean sort?") {
			t.Errorf("%q: exit %d, %s", args, r.code, r.err)
		}
	}
	w.vars["SWITCHBOARD_CONFIG"] = w.write("c.toml", "\n[[view]]\nkey = 4\nquery = \"in:nowhere\"\n")
	if r := w.run("list"); r.code != 2 || !strings.Contains(r.err, "c.toml:2") {
		t.Errorf("a view's query: exit %d, %s", r.code, r.err)
	}
	w.vars["SWITCHBOARD_CONFIG"] = w.write("c.toml", "[keys.list]\nj = \"dwon\"\n")
	if r := w.run("keys"); r.code != 2 || !strings.Contains(r.err, "c.toml:2") {
		t.Errorf("an override: exit %d, %s", r.code, r.err)
	}
	if r := w.run("version"); r.code != 0 {
		t.Errorf("version reads the config: %s", r.err)
	}
}

func TestLogLevelIsChecked(t *testing.T) {
	w := newWorld(t)
	w.vars["SWITCHBOARD_LOG"] = "loud"
	if r := w.run("list"); r.code != 2 || !strings.Contains(r.err, "SWITCHBOARD_LOG") {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
}

func TestCompletion(t *testing.T) {
	w := newWorld(t)
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if r := w.ok("completion", shell); !strings.Contains(r.out, "switchboard") {
			t.Errorf("%s: %.100s", shell, r.out)
		}
	}
	if r := w.ok("__complete", "list", "in:v"); !strings.Contains(r.out, "in:voicemail") {
		t.Errorf("no query fields offered: %s", r.out)
	}
}

func TestKeysAndVersionJSON(t *testing.T) {
	w := newWorld(t)
	keys := decode[[]keyJSON](t, w.ok("keys", "--json").out)
	found := false
	for _, k := range keys {
		if k.Keys == nil {
			t.Errorf("%s: keys is null", k.Action)
		}
		found = found || len(k.Keys) > 0 && k.Keys[0] == "e" && strings.Contains(strings.ToLower(k.Words), "done")
	}
	if !found {
		t.Error("e does not mark done in the list of keys")
	}
	if r := w.ok("keys", "--markdown"); !strings.Contains(r.out, "|") {
		t.Errorf("markdown: %.200s", r.out)
	}
	if v := decode[versionJSON](t, w.ok("version", "--json").out); v.Version == "" || v.Go == "" {
		t.Errorf("%+v", v)
	}
}
