package uitest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// syncedMachine has everything of a small account on it.
func syncedMachine(t testing.TB, messages int) *machine {
	t.Helper()
	onlyOnce(t)
	m := newMachine(t, simulatorOf(messages))
	m.signIn()
	m.ok("sync", "--once")
	return m
}

// onlyOnce leaves out under the race detector what runs one command after another, each
// alone in a process of its own: it would take minutes, and the commands' own tests show
// the same code there.
func onlyOnce(t testing.TB) {
	t.Helper()
	if slower > 1 {
		t.Skip("one command after another is not shown anything by the race detector")
	}
}

// unwatched leaves out under the race detector what takes long and has nothing running
// beside something else that other tests do not have as well: which keys there are, and
// how things look.
func unwatched(t testing.TB) {
	t.Helper()
	if slower > 1 {
		t.Skip("what runs here is watched in other tests")
	}
}

func simulatorOf(messages int) simulator.Config { return simulator.Config{Messages: messages, Seed: 3} }

type listed struct {
	ID          string `json:"id"`
	RemoteID    string `json:"remote_id"`
	State       string `json:"state"`
	Text        string `json:"text"`
	Attachments []struct {
		Kind  string `json:"kind"`
		Name  string `json:"name"`
		Bytes int64  `json:"bytes"`
	} `json:"attachments"`
}

func (m *machine) list(query ...string) []listed {
	m.t.Helper()
	var items []listed
	out := m.ok(append([]string{"list", "--json"}, query...)...).out
	if err := json.Unmarshal([]byte(out), &items); err != nil {
		m.t.Fatalf("%v in %.300s", err, out)
	}
	return items
}

// failing is a command that has to fail, in words and without a stack.
func (m *machine) failing(code int, words string, args ...string) {
	m.t.Helper()
	e := m.run(args...)
	if e.code != code || !strings.Contains(strings.ToLower(e.err), words) {
		m.t.Errorf("%q: exit %d, want %d with %q\n%s%s", args, e.code, code, words, e.out, e.err)
	}
	if strings.Contains(e.err, "goroutine") {
		m.t.Errorf("%q: a crash: %s", args, e.err)
	}
}

func TestScreensWithoutATerminal(t *testing.T) {
	m := newMachine(t, simulator.Config{})
	m.failing(2, "terminal")
	m.failing(2, "terminal", "demo")
}

// TestHostileTextOnTheCommandLine looks at every byte that is printed about a
// mailbox full of attacks.
func TestHostileTextOnTheCommandLine(t *testing.T) {
	m := syncedMachine(t, 100)
	show := []string{"show"}
	for _, it := range m.list("in:all") {
		show = append(show, it.ID)
	}
	for _, args := range [][]string{
		{"list", "in:all"},
		{"list", "--json", "in:all"},
		{"list", "--jsonl", "in:all"},
		show, append(show, "--json"),
		{"save", "in:all", "--dir", m.save, "--manifest"},
		{"save", "in:all", "--dir", m.save, "--json"},
		{"verify", m.save},
		{"verify", m.save, "--json"},
	} {
		e := m.ok(args...)
		for what, text := range map[string]string{"stdout": e.out, "stderr": e.err} {
			if bad := rawByte(text); bad != "" {
				t.Errorf("%q: %s has %q", args[0], what, bad)
			}
		}
		if args[0] == "list" && len(e.out) < 5000 {
			t.Errorf("%q printed %d bytes", args, len(e.out))
		}
		for dec := json.NewDecoder(strings.NewReader(e.out)); strings.Contains(strings.Join(args, " "), "--json"); {
			var v any
			if dec.Decode(&v) != nil {
				break
			}
			if bad := rawString(v); bad != "" {
				t.Errorf("%q: decoded JSON has %q", args[0], bad)
			}
		}
	}
	checkNames(t, m.save)
}

// rawByte finds what must not reach a terminal.
func rawByte(text string) string {
	rs := []rune(text)
	for i, r := range rs {
		if r == '\n' || r == '\t' {
			continue
		}
		if strings.ContainsRune("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff", r) || r < 0x20 || r >= 0x7f && r < 0xa0 {
			return string(rs[max(i-10, 0):min(i+10, len(rs))])
		}
	}
	return ""
}

func rawString(v any) string {
	switch v := v.(type) {
	case string:
		return rawByte(v)
	case []any:
		for _, e := range v {
			if bad := rawString(e); bad != "" {
				return bad
			}
		}
	case map[string]any:
		for k, e := range v {
			if bad := rawString(k) + rawString(e); bad != "" {
				return bad
			}
		}
	}
	return ""
}

// checkNames looks at saved files: in the folder, with names every system takes.
func checkNames(t *testing.T, dir string) {
	t.Helper()
	if files, _ := os.ReadDir(filepath.Dir(dir)); len(files) != 1 {
		t.Errorf("something was written beside the folder: %v", files)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, f := range files {
		n := f.Name()
		base, _, _ := strings.Cut(strings.ToUpper(n), ".")
		if !f.Type().IsRegular() || len(n) > 255 || rawByte(n) != "" || strings.ContainsAny(n, `/\:*?"<>|`) || base == "CON" || strings.HasSuffix(n, " ") || strings.HasSuffix(n, ".") {
			t.Errorf("saved as %q", n)
		}
	}
}

func TestFilesWithoutNameAndSize(t *testing.T) {
	m := syncedMachine(t, 100)
	var ids []string
	for _, it := range m.list("in:all", "has:file") {
		for _, a := range it.Attachments {
			if a.Name == "" && a.Bytes == -1 {
				ids = append(ids, it.ID)
				break
			}
		}
	}
	if len(ids) == 0 {
		t.Fatal("all files have names")
	}
	m.ok(append(append([]string{"save"}, ids...), "--dir", m.save, "--manifest")...)
	r, err := store.Verify(t.Context(), m.save)
	if err != nil || len(r.OK) < len(ids) || len(r.Missing)+len(r.Changed) > 0 {
		t.Errorf("%d of %d saved: %+v, %v", len(r.OK), len(ids), r, err)
	}
	for _, n := range r.OK {
		if info, err := os.Stat(filepath.Join(m.save, n)); err != nil || info.Size() == 0 || filepath.Ext(n) == "" {
			t.Errorf("%s: %v", n, err)
		}
	}
}

func TestBrokenConfig(t *testing.T) {
	m := syncedMachine(t, 5)
	m.write(m.config, "theme = \"dark\"\nsave_drr = \"x\"\n")
	m.failing(2, "config.toml:2", "list")
	m.failing(2, "did you mean save_dir", "done", "0123456789abc")
	m.write(m.config, "theme = \"dark\n")
	m.failing(2, "config.toml:1", "list")
}

func TestRefusedOnTheCommandLine(t *testing.T) {
	m := syncedMachine(t, 20)
	it := m.list("in:inbox")[0]
	m.sim.Deny("EditMessages", true)
	m.failing(1, "the permission editmessages is missing", "delete", it.ID)
	if n := len(m.list("in:trash")); n != 0 {
		t.Errorf("%d in the trash: it was not put back", n)
	}
	m.sim.Deny("EditMessages", false)
	m.sim.Deny("ReadMessages", true)
	m.failing(1, "ask an administrator for the permission readmessages", "sync", "--once")
	m.sim.Deny("ReadMessages", false)
	m.sim.Limited(true)
	if e := m.ok("delete", it.ID, "--json"); !strings.Contains(e.out, `"queued"`) {
		t.Errorf("in limited mode: %s", e.out)
	}
	m.failing(4, "only allows reading", "sync", "--once")
	m.sim.Limited(false)
	m.ahead = time.Hour
	m.ok("sync", "--once")
	if _, a, _ := m.sim.State(mustInt(t, it.RemoteID)); a != "Deleted" {
		t.Errorf("at the service it is %s", a)
	}
}

// TestSomethingInTheWay has files where folders should be, for those whom
// modes do not stop.
func TestSomethingInTheWay(t *testing.T) {
	m := syncedMachine(t, 60)
	file := filepath.Join(t.TempDir(), "file")
	m.write(file, "a plain file")
	m.failing(1, "file", "save", "in:fax", "has:file", "--dir", filepath.Join(file, "faxes"))
	m.failing(1, "file", "save", "in:fax", "has:file", "--dir", file)
	blobs := filepath.Join(m.dir, "blobs")
	if err := os.RemoveAll(blobs); err != nil {
		t.Fatal(err)
	}
	m.write(blobs, "in the way")
	m.failing(1, "blobs", "save", "in:fax", "has:file", "--dir", m.save)
	if err := os.Remove(blobs); err != nil {
		t.Fatal(err)
	}
	m.ok("save", "in:fax", "has:file", "--dir", m.save)
	there := m.dir
	m.dir = file
	m.failing(1, "file", "list")
	m.dir = there
	if n := len(m.list("in:all")); n != 60 {
		t.Errorf("%d messages, want 60", n)
	}
}

// TestFileTooLarge is a disk that does not take files of the size.
func TestFileTooLarge(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no limits on files here")
	}
	m := syncedMachine(t, 60)
	m.vars = []string{fileSizeVar + "=40000", "SWITCHBOARD_LOG=error"}
	e := m.run("save", "in:voicemail", "has:audio", "--dir", m.save, "--manifest", "--json")
	if e.code != 1 || !strings.Contains(e.err, "too large") {
		t.Errorf("exit %d, %s", e.code, e.err)
	}
	m.vars = nil
	m.ok("save", "in:voicemail", "has:audio", "--dir", m.save, "--manifest", "--json")
	r, err := store.Verify(t.Context(), m.save)
	if err != nil || len(r.OK) == 0 || len(r.Missing)+len(r.Changed)+len(r.Extra) > 0 {
		t.Errorf("afterwards: %+v, %v", r, err)
	}
}
