package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
)

func TestSignInSyncListShow(t *testing.T) {
	w := synced(t, 100)
	acc := decode[[]accountJSON](t, w.ok("accounts", "--json").out)
	if len(acc) != 1 || !acc[0].SignedIn || acc[0].Synced == "" || !strings.HasPrefix(acc[0].Key, "ringcentral:") {
		t.Fatalf("accounts: %+v", acc)
	}
	all := w.list("in:all")
	if len(all) != 100 {
		t.Errorf("%d messages are listed, want 100", len(all))
	}
	for i := 1; i < len(all); i++ {
		if all[i-1].Time > all[i].Time {
			t.Fatalf("not oldest first: %s before %s", all[i-1].Time, all[i].Time)
		}
	}
	voice := w.list("in:voicemail")
	if len(voice) == 0 {
		t.Fatal("no voicemail")
	}
	text := false
	for _, v := range voice {
		if v.Kind != "voicemail" || v.Account != acc[0].Key {
			t.Fatalf("%+v", v)
		}
		if when, err := time.Parse(time.RFC3339, v.Time); err != nil || when.Location() != time.UTC {
			t.Errorf("time %q", v.Time)
		}
		text = text || v.Text != ""
	}
	if !text {
		t.Error("no transcript was fetched")
	}
	one := decode[itemJSON](t, w.ok("show", voice[0].ID, "--json").out)
	if one.ID != voice[0].ID || one.Text != voice[0].Text {
		t.Errorf("show differs from list: %+v", one)
	}
	two := decode[[]itemJSON](t, w.ok("show", voice[0].ID, voice[1].ID, "--json").out)
	if len(two) != 2 {
		t.Errorf("show of two: %d", len(two))
	}
	if one := decode[itemJSON](t, w.ok("show", "--json", voice[0].RemoteID).out); one.ID != voice[0].ID {
		t.Errorf("by the service's id: %s", one.ID)
	}
	people := w.ok("show", voice[0].ID).out
	if !strings.Contains(people, voice[0].ID) || !strings.Contains(people, "voicemail") {
		t.Errorf("show for people: %s", people)
	}
}

// TestJSONHasNoNull checks the shape that scripts rely on.
func TestJSONHasNoNull(t *testing.T) {
	w := synced(t, 100)
	out := w.ok("list", "--jsonl", "in:all").out
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, l := range lines {
		var m map[string]any
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			t.Fatal(err)
		}
		for _, k := range []string{
			"id", "account", "mailbox", "kind", "direction", "from", "to", "time", "read", "state", "attachments", "text",
		} {
			if v, ok := m[k]; !ok || v == nil {
				t.Fatalf("%s is missing or null in %s", k, l)
			}
		}
		if strings.Contains(l, ":null") {
			t.Fatalf("null in %s", l)
		}
		if strings.ContainsAny(l, "\x1b\u009b\r\u202e") {
			t.Fatalf("raw text in %q", l)
		}
	}
	if out := w.ok("list", "--json", "number:0000009999", "from:nobody-has-this-name").out; out != "[]\n" {
		t.Errorf("nothing found gives %q", out)
	}
	if out := w.ok("list", "--jsonl", "from:nobody-has-this-name").out; out != "" {
		t.Errorf("nothing found gives %q", out)
	}
	if got := len(w.list("--limit", "7", "in:all")); got != 7 {
		t.Errorf("--limit 7 gives %d", got)
	}
	newest := w.list("--limit", "1", "--sort", "newest", "in:all")
	oldest := w.list("--limit", "1", "in:all")
	if len(newest) != 1 || len(oldest) != 1 || newest[0].Time <= oldest[0].Time {
		t.Errorf("newest %+v, oldest %+v", newest, oldest)
	}
}

func TestListForPeopleIsCleanAndCut(t *testing.T) {
	w := synced(t, 100)
	out := w.ok("list", "in:all").out
	if strings.ContainsAny(out, "\x1b\u009b\r\u202e\u200b") {
		t.Error("raw text in the list")
	}
	if n := strings.Count(out, "\n"); n != 100 {
		t.Errorf("%d lines, want 100", n)
	}
	w.env.Terminal = func(any) bool { return true }
	w.env.Size = func() (int, int) { return 70, 24 }
	r := w.ok("list", "in:all")
	rows := strings.Split(strings.TrimSpace(r.out), "\n")
	if len(rows) != screenful || !strings.Contains(r.err, "--limit 0") {
		t.Errorf("%d rows on a terminal; %s", len(rows), r.err)
	}
	for _, l := range rows {
		if n := len([]rune(l)); n > 70 {
			t.Errorf("%d cells: %s", n, l)
		}
	}
}

func TestSaveAndVerify(t *testing.T) {
	w := synced(t, 60)
	dir := filepath.Join(t.TempDir(), "faxes")
	rep := decode[saveJSON](t, w.ok("save", "in:fax", "has:file", "--dir", dir, "--manifest", "--json").out)
	if len(rep.Files) == 0 || len(rep.Failed) != 0 || rep.Manifest == "" {
		t.Fatalf("%d files, failed %+v, manifest %q", len(rep.Files), rep.Failed, rep.Manifest)
	}
	for _, f := range rep.Files {
		info, err := os.Stat(f.Path)
		if err != nil || info.Size() != f.Bytes || filepath.Dir(f.Path) != dir || len(f.SHA256) != 64 {
			t.Errorf("%+v: %v", f, err)
		}
	}
	v := decode[verifyJSON](t, w.ok("verify", dir, "--json").out)
	if !v.Whole || len(v.OK) != len(rep.Files) {
		t.Errorf("verify: %+v", v)
	}
	again := decode[saveJSON](t, w.ok("save", "in:fax", "has:file", "--dir", dir, "--manifest", "--json").out)
	for _, f := range again.Files {
		if !f.Skipped {
			t.Errorf("%s was saved twice", f.Name)
		}
	}
	b, err := os.ReadFile(rep.Files[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 0x20
	if err := os.WriteFile(rep.Files[0].Path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r := w.run("verify", dir, "--json")
	if v := decode[verifyJSON](t, r.out); r.code != 1 || v.Whole || len(v.Changed) != 1 {
		t.Errorf("tampered: exit %d, %+v", r.code, v)
	}
	if err := os.Remove(rep.Files[0].Path); err != nil {
		t.Fatal(err)
	}
	if r := w.run("verify", dir); r.code != 1 || !strings.Contains(r.out, "missing") {
		t.Errorf("missing: exit %d, %s", r.code, r.out)
	}
	if r := w.run("verify", t.TempDir()); r.code != 5 {
		t.Errorf("no manifest: exit %d, %s", r.code, r.err)
	}
	if r := w.run("save", "from:nobody-has-this-name"); r.code != 5 {
		t.Errorf("nothing found: exit %d", r.code)
	}
	one := w.list("in:voicemail", "has:audio", "--limit", "1")[0]
	got := w.ok("save", one.ID, "--name", "message.bin", "--dir", dir).out
	if !strings.HasPrefix(filepath.Base(strings.TrimSpace(got)), "message") {
		t.Errorf("--name: %s", got)
	}
}

func (w *world) item(id string) itemJSON {
	w.t.Helper()
	return decode[itemJSON](w.t, w.ok("show", id, "--json").out)
}

func TestTriage(t *testing.T) {
	w := synced(t, 60)
	it := w.list("in:inbox", "--limit", "1")[0]
	r := decode[changeJSON](t, w.ok("done", it.ID, "--note", "called back", "--json").out)
	if r.State != "confirmed" || len(r.Items) != 1 || r.Items[0] != it.ID || r.Failed == nil {
		t.Errorf("done: %+v", r)
	}
	if got := w.item(it.ID); got.State != "done" || len(got.Notes) != 1 || got.Notes[0].Text != "called back" || !strings.HasPrefix(got.Notes[0].Actor, "ana@") {
		t.Errorf("after done: %+v", got)
	}
	w.ok("undo")
	if got := w.item(it.ID); got.State != "open" {
		t.Errorf("after undo: %s", got.State)
	}
	if w.ok("done", it.ID); w.item(it.ID).State != "done" {
		t.Error("not done again")
	}
	if w.ok("reopen", it.ID); w.item(it.ID).State != "open" {
		t.Error("not reopened")
	}
	w.ok("note", it.ID, "two", "words")
	if got := w.item(it.ID); got.Notes[len(got.Notes)-1].Text != "two words" {
		t.Errorf("notes: %+v", got.Notes)
	}
}

// state asks the service itself.
func (w *world) state(remote string) (read bool, availability string) {
	w.t.Helper()
	var id int64
	if err := json.Unmarshal([]byte(remote), &id); err != nil {
		w.t.Fatal(err)
	}
	read, availability, ok := w.sim.State(id)
	if !ok {
		w.t.Fatalf("the service does not know %s", remote)
	}
	return read, availability
}

func TestChangesReachTheService(t *testing.T) {
	w := synced(t, 60)
	it := w.list("in:voicemail", "is:unread", "--limit", "1")[0]
	w.ok("read", it.ID)
	if read, _ := w.state(it.RemoteID); !read {
		t.Error("the service still has it unread")
	}
	w.ok("unread", it.ID)
	if read, _ := w.state(it.RemoteID); read {
		t.Error("the service still has it read")
	}
	r := decode[changeJSON](t, w.ok("delete", it.ID, "--json").out)
	if _, av := w.state(it.RemoteID); av != "Deleted" || r.State != "confirmed" {
		t.Errorf("after delete: %s, %+v", av, r)
	}
	if got := w.item(it.ID); got.Availability != "deleted" {
		t.Errorf("here: %s", got.Availability)
	}
	w.ok("restore", it.ID)
	if _, av := w.state(it.RemoteID); av != "Alive" {
		t.Errorf("after restore: %s", av)
	}
	w.ok("delete", it.ID)
	w.ok("undo")
	if _, av := w.state(it.RemoteID); av != "Alive" {
		t.Errorf("after undo: %s", av)
	}
	two := w.list("in:voicemail", "is:unread", "--limit", "2")
	r2 := w.in(two[0].ID+"\n"+two[1].ID+"\n", "read", "-")
	if r2.code != 0 {
		t.Fatalf("read -: %d %s", r2.code, r2.err)
	}
	for _, it := range two {
		if read, _ := w.state(it.RemoteID); !read {
			t.Errorf("%s is unread", it.ID)
		}
	}
}

func TestSomeIDsUnknown(t *testing.T) {
	w := synced(t, 20)
	it := w.list("in:inbox", "--limit", "1")[0]
	r := w.run("done", it.ID, "zzzzzzzzzzzzz", "--json")
	got := decode[changeJSON](t, r.out)
	if r.code != 5 || !strings.Contains(r.err, "zzzzzzzzzzzzz") || len(got.Items) != 1 || len(got.Failed) != 1 || got.Failed[0].Code != 5 {
		t.Errorf("exit %d, %+v, %s", r.code, got, r.err)
	}
	if w.item(it.ID).State != "done" {
		t.Error("the known one was not done")
	}
	for _, cmd := range [][]string{{"show", "zzzzzzzzzzzzz"}, {"read", "zzzzzzzzzzzzz"}, {"open", "zzzzzzzzzzzzz"}, {"note", "zzzzzzzzzzzzz", "x"}} {
		if r := w.run(cmd...); r.code != 5 {
			t.Errorf("%q: exit %d, %s", cmd, r.code, r.err)
		}
	}
}

func TestOpen(t *testing.T) {
	w := synced(t, 60)
	var argv []string
	w.env.Launch = func(a []string) error { argv = a; return nil }
	it := w.list("in:voicemail", "is:unread", "has:audio", "--limit", "1")[0]
	w.ok("open", it.ID)
	if len(argv) < 2 {
		t.Fatalf("started %q", argv)
	}
	file := argv[len(argv)-1]
	if info, err := os.Stat(file); err != nil || info.Size() == 0 || filepath.Ext(file) == "" {
		t.Errorf("%s: %v", file, err)
	}
	if read, _ := w.state(it.RemoteID); !read {
		t.Error("opening did not mark it read")
	}
	w.vars["SWITCHBOARD_CONFIG"] = w.write("c.toml", "[opener]\n\"audio/*\" = \"my-player --quiet {}\"\n")
	w.ok("open", it.ID)
	if argv[0] != "my-player" || argv[1] != "--quiet" {
		t.Errorf("started %q", argv)
	}
	w.env.Launch = func([]string) error { return os.ErrNotExist }
	if r := w.run("open", it.ID); r.code != 1 || !strings.Contains(r.err, "[opener]") {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
}

func TestOffline(t *testing.T) {
	w := synced(t, 40)
	it := w.list("in:voicemail", "is:unread", "--limit", "1")[0]
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	if r := w.run("sync", "--once"); r.code != 4 {
		t.Errorf("sync: exit %d, %s", r.code, r.err)
	}
	if len(w.list("in:all")) != 40 {
		t.Error("what is stored cannot be read offline")
	}
	r := w.run("read", it.ID, "--json")
	if got := decode[changeJSON](t, r.out); r.code != 0 || got.State != "queued" || !strings.Contains(r.err, "queued") {
		t.Errorf("read offline: exit %d, %+v, %s", r.code, got, r.err)
	}
	if got := w.item(it.ID); !got.Read || !got.Pending {
		t.Errorf("read %v, pending %v", got.Read, got.Pending)
	}
	if r := w.run("open", it.ID); r.code != 4 {
		t.Errorf("open: exit %d, %s", r.code, r.err)
	}
}

func TestSignedOut(t *testing.T) {
	w := synced(t, 20)
	rc := w.sim.Description().RingCentral
	w.ok("logout")
	if r := w.run("sync", "--once"); r.code != 3 || !strings.Contains(r.err, "login") {
		t.Errorf("sync: exit %d, %s", r.code, r.err)
	}
	if len(w.list("in:all")) != 20 {
		t.Error("messages are gone after signing out")
	}
	acc := decode[[]accountJSON](t, w.ok("accounts", "--json").out)
	if len(acc) != 1 || acc[0].SignedIn {
		t.Errorf("accounts: %+v", acc)
	}
	w.signIn(rc)
	if len(w.list("in:all")) != 20 {
		t.Error("signing in again lost messages")
	}
	w.ok("logout", "--forget")
	if r := w.run("list"); r.code != 3 {
		t.Errorf("list after --forget: exit %d", r.code)
	}
	r := w.in("not-a-jwt", "login", "ringcentral", "--base-url", rc.BaseURL, "--media-url", rc.MediaURL,
		"--client-id", rc.ClientID, "--client-secret", rc.ClientSecret, "--jwt", "-")
	if r.code != 3 || strings.Contains(r.err, rc.ClientSecret) {
		t.Errorf("a wrong JWT: exit %d, %s", r.code, r.err)
	}
}

// TestNoSecretOnDisk looks for secrets in every file but the one for them.
func TestNoSecretOnDisk(t *testing.T) {
	w := newWorld(t)
	w.vars["SWITCHBOARD_LOG"] = "debug"
	rc := w.serve(simulator.Config{Messages: 20})
	w.signIn(rc)
	w.ok("sync", "--once")
	checked := 0
	err := filepath.WalkDir(w.dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", p, info.Mode())
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		name := filepath.Base(p)
		if strings.Contains(name, "secret") || strings.Contains(name, "token") {
			return nil
		}
		checked++
		for _, s := range []string{rc.ClientSecret, rc.JWT} {
			if strings.Contains(string(b), s) {
				t.Errorf("%s has a secret in it", p)
			}
		}
		return nil
	})
	if err != nil || checked < 2 {
		t.Errorf("%d files, %v", checked, err)
	}
}
