package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
)

// trio is a machine on which nobody has signed in yet, beside a service of each kind.
func trio(t *testing.T) (*world, simulator.Description) {
	t.Helper()
	return trioOf(t, 60)
}

func trioOf(t *testing.T, posts int) (*world, simulator.Description) {
	t.Helper()
	w := newWorld(t)
	w.env.Poll = time.Millisecond
	w.serve(simulator.Config{
		Messages: 10, Calls: -1, Chats: -1, Contacts: -1, SymphonyStreams: 4, SymphonyMessages: posts, SymphonyKeyDir: t.TempDir(),
		EmailgisticsMessages: 8, EmailgisticsMailboxes: 1, EmailgisticsReport: time.Nanosecond,
	})
	return w, w.sim.Description()
}

func (w *world) loginSymphony(d simulator.Description, more ...string) ran {
	w.t.Helper()
	s := d.Symphony
	return w.run(append([]string{
		"login", "symphony", "--pod-url", s.PodURL, "--agent-url", s.AgentURL, "--key-manager-url", s.KeyManagerURL,
		"--username", s.Username, "--private-key-file", s.PrivateKeyFile,
	}, more...)...)
}

func (w *world) loginEmailgistics(d simulator.Description, more ...string) ran {
	w.t.Helper()
	return w.in(d.Emailgistics.APIKey+"\n", append([]string{"login", "emailgistics", "--base-url", d.Emailgistics.BaseURL, "--api-key-file", "-"}, more...)...)
}

// signInAll signs in to all three, and gives the keys of the accounts by service.
func (w *world) signInAll(d simulator.Description) map[string]string {
	w.t.Helper()
	w.signIn(d.RingCentral)
	for _, r := range []ran{w.loginSymphony(d), w.loginEmailgistics(d, "--name", "Support mail")} {
		if r.code != 0 {
			w.t.Fatalf("login: exit %d\n%s%s", r.code, r.out, r.err)
		}
	}
	keys := map[string]string{}
	for _, acc := range decode[[]accountJSON](w.t, w.ok("accounts", "--json").out) {
		if !acc.SignedIn || !strings.HasPrefix(acc.Key, acc.Service+":") || acc.BaseURL == "" {
			w.t.Errorf("%+v", acc)
		}
		keys[acc.Service] = acc.Key
	}
	return keys
}

// TestThreeServices works one account of each service from the command line: sign in,
// sync, find, show, save, verify, mark done and take back, call the API, sign out.
func TestThreeServices(t *testing.T) {
	w, d := trio(t)
	w.vars["SWITCHBOARD_LOG"] = "debug"
	keys := w.signInAll(d)
	if len(keys) != 3 {
		t.Fatalf("accounts: %v", keys)
	}
	if n := len(decode[[]syncJSON](t, w.ok("sync", "--once", "--json").out)); n != 3 {
		t.Errorf("%d accounts were synced", n)
	}
	for _, tt := range []struct{ service, query, kind, path string }{
		{"ringcentral", "in:ringcentral", "", "/restapi/v1.0/account/~/extension/~"},
		{"symphony", "in:symphony in:posts", "post", "/pod/v2/sessioninfo"},
		{"emailgistics", "in:emailgistics", "email", "/api/v1/admin/mailboxes"},
	} {
		all := w.list(strings.Fields(tt.query + " has:file")...)
		if len(all) == 0 {
			t.Errorf("%s: nothing has a file", tt.service)
			continue
		}
		for _, it := range all {
			if it.Account != keys[tt.service] || it.Service != tt.service || tt.kind != "" && it.Kind != tt.kind || len(it.Attachments) == 0 {
				t.Fatalf("%s: %+v", tt.service, it)
			}
		}
		it := all[len(all)-1]
		dir := filepath.Join(t.TempDir(), tt.service)
		saved := decode[saveJSON](t, w.ok("save", it.ID, "--dir", dir, "--manifest", "--json").out)
		if len(saved.Files) == 0 || saved.Files[0].Bytes == 0 {
			t.Errorf("%s: saved %+v", tt.service, saved)
		}
		if v := decode[verifyJSON](t, w.ok("verify", dir, "--json").out); !v.Whole || len(v.OK) != len(saved.Files) {
			t.Errorf("%s: %+v", tt.service, v)
		}
		if at := w.item(it.ID).Attachments; !slices.ContainsFunc(at, func(at attachmentJSON) bool {
			return at.State == "kept" && at.SHA256 == saved.Files[0].SHA256
		}) {
			t.Errorf("%s: %+v after saving %+v", tt.service, at, saved.Files[0])
		}
		w.ok("done", it.ID, "--note", "seen")
		w.ok("undo")
		w.ok("label", "billing", it.ID)
		if got := w.item(it.ID); !slices.Contains(got.Labels, "billing") {
			t.Errorf("%s: labels %v", tt.service, got.Labels)
		}
		if !json.Valid([]byte(w.ok("api", tt.path).out)) {
			t.Errorf("%s: api gave no JSON", tt.service)
		}
		if out := w.ok("export", "id:"+it.ID, "in:"+tt.service, "--csv").out; !strings.HasPrefix(out, "id,") || !strings.Contains(out, "\n"+it.ID+",") {
			t.Errorf("%s: exported %s", tt.service, out)
		}
		if out := w.ok("show", it.ID).out; !strings.Contains(out, it.ID) {
			t.Errorf("%s: %s", tt.service, out)
		}
	}
	w.noSecretIn(d)
	for _, service := range []string{"symphony", "emailgistics"} {
		w.ok("logout", keys[service])
		if r := w.run("api", "--account", keys[service], "/pod/v2/sessioninfo"); r.code != 5 {
			t.Errorf("api after logout: exit %d, %s", r.code, r.err)
		}
	}
	b, err := os.ReadFile(filepath.Join(w.dir, "tokens.json"))
	if err != nil || strings.Contains(string(b), "PRIVATE KEY") || strings.Contains(string(b), d.Emailgistics.APIKey) || strings.Contains(string(b), "symphony:") {
		t.Errorf("%v; secrets stay behind: %v", err, len(b))
	}
	if len(w.list("in:emailgistics")) == 0 {
		t.Error("the e-mails went with the sign-out")
	}
}

// noSecretIn looks for secrets in every file of the data folder but the one for them.
func (w *world) noSecretIn(d simulator.Description) {
	w.t.Helper()
	key, err := os.ReadFile(d.Symphony.PrivateKeyFile)
	if err != nil {
		w.t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(key)), "\n")
	secret := []string{d.Emailgistics.APIKey, lines[len(lines)/2], "PRIVATE KEY", d.RingCentral.JWT}
	n := 0
	err = filepath.WalkDir(w.dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "tokens.json" {
			return err
		}
		b, err := os.ReadFile(p)
		n++
		for _, s := range secret {
			if strings.Contains(string(b), s) {
				w.t.Errorf("%s has a secret in it", p)
			}
		}
		return err
	})
	if err != nil || n < 3 {
		w.t.Errorf("%d files, %v", n, err)
	}
}

// What a service does not offer is refused in words, and nothing is recorded.
func TestNotOffered(t *testing.T) {
	w, d := trio(t)
	w.signInAll(d)
	w.ok("sync", "--once")
	for _, tt := range []struct{ query, word string }{{"in:symphony in:posts", "Symphony"}, {"in:emailgistics", "Emailgistics"}} {
		it := w.list(append(strings.Fields(tt.query), "--limit", "1")...)[0]
		before := w.ok("journal", it.ID, "--json").out
		if r := w.run("delete", it.ID); r.code == 0 || !strings.Contains(r.err, tt.word+" does not offer deleting") {
			t.Errorf("delete: exit %d, %s", r.code, r.err)
		}
		if after := w.ok("journal", it.ID, "--json").out; after != before {
			t.Errorf("the journal says %s", after)
		}
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"call", "--account", "symphony", "+12025550142"}, "Symphony makes no calls"},
		{[]string{"call", "--account", "emailgistics", "--telephones"}, "Emailgistics makes no calls"},
		{[]string{"presence", "set", "status", "busy", "--account", "emailgistics"}, "does not tell who is there"},
		{[]string{"presence", "set", "status", "busy", "--account", "symphony"}, "can only be read here"},
	} {
		if r := w.run(tt.args...); r.code != 2 || !strings.Contains(r.err, tt.want) {
			t.Errorf("%q: exit %d, %s", tt.args, r.code, r.err)
		}
	}
	// Where only one account can, it need not be named, and the others are not in the way.
	w.ok("presence", "set", "status", "busy")
	if r := w.ok("presence"); strings.Contains(r.err, "not asked") || strings.Count(r.out, "me\t") != 2 {
		t.Errorf("%s%s", r.out, r.err)
	}
	if r := w.ok("retention"); !strings.Contains(r.out, "Symphony does not tell how long") {
		t.Errorf("%s", r.out)
	}
}

// One account that cannot be reached keeps nothing from the others.
func TestOneServiceDown(t *testing.T) {
	w, d := trio(t)
	keys := w.signInAll(d)
	w.sim.Symphony().Offline(true)
	r := w.run("sync", "--once", "--json")
	if r.code != 4 || !strings.Contains(r.err, keys["symphony"]) {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
	for _, one := range decode[[]syncJSON](t, r.out) {
		if down := one.Account == keys["symphony"]; down != (one.Error != "") || !down && one.New == 0 {
			t.Errorf("%+v", one)
		}
	}
	w.sim.Symphony().Offline(false)
	w.ok("sync", "--once")
	if len(w.list("in:symphony", "in:posts")) == 0 {
		t.Error("nothing came when it was there again")
	}
	if err := os.Remove(filepath.Join(w.dir, "tokens.json")); err != nil {
		t.Fatal(err)
	}
	r = w.run("sync", "--once")
	for _, s := range serviceNames() {
		if !strings.Contains(r.err, "switchboard login "+s) {
			t.Errorf("no way out for %s:\n%s", s, r.err)
		}
	}
	if r.code != 3 {
		t.Errorf("signed out everywhere: exit %d", r.code)
	}
}

func TestDoctorOfServices(t *testing.T) {
	w, d := trio(t)
	w.signInAll(d)
	states := func() map[string][]finding {
		got := map[string][]finding{}
		for _, f := range decode[[]finding](t, w.run("doctor", "--json").out) {
			got[f.Check] = append(got[f.Check], f)
		}
		return got
	}
	got := states()
	if len(got["account"]) != 3 || len(got["permissions"]) != 3 {
		t.Errorf("%+v", got)
	}
	for _, f := range slices.Concat(got["account"], got["permissions"]) {
		if f.State != fine {
			t.Errorf("%+v", f)
		}
	}
	// A key that may only report, in the place of the other.
	key := w.sim.Emailgistics().AddKey(1, "reporting")
	if r := w.in(key, "login", "emailgistics", "--base-url", d.Emailgistics.BaseURL, "--api-key-file", "-", "--name", "Support mail"); r.code != 0 ||
		!strings.Contains(r.err, "download them: no") {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
	found := false
	for _, f := range states()["permissions"] {
		found = found || f.State == warning && strings.Contains(f.Text, "download them: no") && strings.Contains(f.Try, "three scopes")
	}
	if !found {
		t.Errorf("%+v", states()["permissions"])
	}
	w.sim.Emailgistics().DeleteKey(key)
	w.sim.Symphony().ExpireTokens()
	w.sim.Symphony().RefuseSignIn(true)
	r := w.run("doctor")
	for _, want := range []string{"the API key is not accepted", "switchboard login emailgistics", "is signed out", "switchboard login symphony"} {
		if r.code != 1 || !strings.Contains(r.out, want) {
			t.Errorf("exit %d, no %q in\n%s", r.code, want, r.out)
		}
	}
}

func TestDeliver(t *testing.T) {
	w, d := trio(t)
	w.signInAll(d)
	mail := w.sim.Emailgistics()
	at := mail.Arrive(3)
	one, two, three := string(mail.Delivery(at)), string(mail.Delivery(at+1)), string(mail.Delivery(at+2))
	for _, tt := range []struct {
		stdin      string
		read, news int
		code       int
	}{
		{one, 1, 1, 0},
		{one, 1, 0, 0},
		{"[" + one + "," + two + "]", 2, 1, 0},
		{two + "\n" + three + "\n", 2, 1, 0},
		{three + "\n{\"no\":1}\n", 1, 0, 1},
		{"not JSON", 0, 0, 1},
		{"", 0, 0, 1},
	} {
		r := w.in(tt.stdin, "deliver", "--json")
		got := decode[deliveredJSON](t, r.out)
		if r.code != tt.code || got.Deliveries != tt.read || got.New != tt.news || (tt.code != 0) != (got.Error != "") {
			t.Errorf("%.60q: exit %d, %+v, %s", tt.stdin, r.code, got, r.err)
		}
	}
	if n := len(w.list("in:email")); n != 3 {
		t.Errorf("%d e-mails are here", n)
	}
	saved := 0
	for _, it := range w.list("in:email") {
		if it.MoreFiles == "wanting" { // its files are asked for when they are wanted
			w.ok("open", it.ID, "--print")
			got := decode[saveJSON](t, w.ok("save", it.ID, "--dir", t.TempDir(), "--json").out)
			saved += len(got.Files)
		}
	}
	if saved == 0 {
		t.Error("nothing was saved of what was delivered")
	}
	file := w.write("delivery.json", one)
	w.ok("deliver", file, "--account", "Support mail")
	if r := w.run("deliver", "/does/not/exist"); r.code != 5 {
		t.Errorf("no file: exit %d, %s", r.code, r.err)
	}
	if r := w.run("deliver", file, "--account", "nobody"); r.code != 5 {
		t.Errorf("no account: exit %d, %s", r.code, r.err)
	}
	w.ok("sync", "--once") // the report finds the same messages
	if n := len(w.list("in:email")); n != mail.Len() {
		t.Errorf("%d e-mails after the report, want %d", n, mail.Len())
	}
}

func TestAskServices(t *testing.T) {
	w, d := trioOf(t, 1200)
	w.signInAll(d)
	if r := w.run("list", "--ask-services", "in:symphony"); r.code != 2 || !strings.Contains(r.err, "words") {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
	w.ok("sync", "--once")
	r := w.ok("list", "--ask-services", "the", "in:posts", "--limit", "5")
	if !strings.Contains(r.err, "were not here") {
		t.Errorf("nothing was found: %s", r.err)
	}
	if r := w.ok("list", "--ask-services", "the", "in:posts", "--limit", "5"); strings.Contains(r.err, "were not here") {
		t.Errorf("the same was found again: %s", r.err)
	}
}

func TestAPIOfServices(t *testing.T) {
	w, d := trio(t)
	keys := w.signInAll(d)
	list := decode[[]map[string]any](t, w.ok("api", "POST", "/pod/v1/streams/list?limit=2").out)
	if len(list) != 2 {
		t.Errorf("%d streams", len(list))
	}
	rows := strings.Split(strings.TrimSpace(w.ok("api", "POST", "/pod/v1/streams/list", "--jsonl").out), "\n")
	if len(rows) != 4 {
		t.Errorf("%d streams as lines", len(rows))
	}
	if r := w.ok("api", "--account", "emailgistics", "/api/v1/admin/mailboxes", "-i"); !strings.HasPrefix(r.out, "HTTP 200") {
		t.Errorf("%.100s", r.out)
	}
	if r := w.ok("api", "/pod/v1/files/allowedTypes", "--paginate"); !strings.Contains(r.err, "names no next page") || !strings.HasPrefix(r.out, "[") {
		t.Errorf("%s%s", r.out, r.err)
	}
	var run struct {
		Links struct {
			Self struct {
				Href string `json:"href"`
			} `json:"self"`
		} `json:"_links"`
	}
	boxes, _ := w.sim.Emailgistics().Mailboxes()
	started := w.ok("api", "POST", "/api/v1/reports/receivedMessageDetail?max=50", "-f", "activityType=received", "-f", "mailboxId="+boxes[0]).out
	if err := json.Unmarshal([]byte(started), &run); err != nil {
		t.Fatal(err)
	}
	if _, path, ok := strings.Cut(run.Links.Self.Href, "/api/v1/"); !ok {
		t.Errorf("%+v", run)
	} else if rows := strings.Fields(w.ok("api", "/api/v1/"+path, "--paginate", "--jsonl").out); len(rows) == 0 {
		t.Error("the report has no rows")
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"api", "--account", keys["symphony"], "/restapi/v1.0"}, 2, "no path of Symphony"},
		{[]string{"api", "--account", "symphony", "https://example.com/pod/v2/sessioninfo"}, 2, "only to the hosts"},
		{[]string{"api", "--account", "emailgistics", "https://example.com/api/v1/admin/mailboxes"}, 2, "only to the hosts"},
		{[]string{"api", "/pod/v2/sessioninfo", "-H", "sessionToken: x"}, 2, "not yours to set"},
		{[]string{"api", "/pod/v2/sessioninfo", "--group", "Light"}, 2, "no rate groups"},
		{[]string{"api", "/api/v1/messages/AAAA=/attachments"}, 5, ""},
	} {
		if r := w.run(tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.want) || r.out != "" {
			t.Errorf("%q: exit %d, want %d with %q\n%s%s", tt.args, r.code, tt.code, tt.want, r.out, r.err)
		}
	}
}
