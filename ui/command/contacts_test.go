package command

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"switchboard/api/simulator"
)

// desk is a machine signed in to an account with contacts, of which nothing is here yet.
func desk(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.signIn(w.serve(simulator.Config{Messages: 5, Contacts: 60, Directory: 40}))
	return w
}

func (w *world) contacts(args ...string) []contactJSON {
	w.t.Helper()
	return decode[[]contactJSON](w.t, w.ok(append([]string{"contacts", "--json"}, args...)...).out)
}

func TestContactsList(t *testing.T) {
	w := desk(t)
	if got := decode[[]contactJSON](t, w.ok("contacts", "--offline", "--json").out); len(got) != 0 {
		t.Errorf("%d contacts before anybody asked", len(got))
	}
	all := w.contacts()
	from := map[string]int{}
	for _, c := range all {
		from[c.From]++
		if c.ID == 0 || c.Remote == "" || !strings.HasPrefix(c.AccountKey, "ringcentral:") {
			t.Errorf("%+v", c)
		}
	}
	if from["personal"] != 60 || from["directory"] < 30 {
		t.Errorf("%v", from)
	}
	if !slices.IsSortedFunc(all, func(a, b contactJSON) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) }) && len(all) == 0 {
		t.Error("not by name")
	}
	// What was asked for just now is not asked for again.
	before := len(w.sim.Requests())
	lines := strings.Split(strings.TrimSpace(w.ok("contacts", "--jsonl", "--source", "directory").out), "\n")
	if len(lines) != from["directory"] {
		t.Errorf("%d lines", len(lines))
	}
	for _, r := range w.sim.Requests()[before:] {
		if strings.Contains(r.Op, "ontact") || strings.Contains(r.Op, "irectory") {
			t.Errorf("asked again: %s", r.Op)
		}
	}
	favs := w.contacts("--favorites")
	if len(favs) != 4 || !favs[0].Favorite {
		t.Errorf("%d favourites", len(favs))
	}
	one := favs[0]
	text := w.ok("contacts", "show", strconv.FormatInt(one.ID, 10)).out
	if !strings.Contains(text, one.Name) || !strings.Contains(text, "Favourite:") {
		t.Errorf("%s", text)
	}
	if c := decode[contactJSON](t, w.ok("contacts", "show", "--json", strconv.FormatInt(one.ID, 10)).out); c.ID != one.ID {
		t.Errorf("%+v", c)
	}
	if out := w.ok("contacts", one.Name).out; !strings.Contains(out, one.Name) || strings.Count(out, "\n") > 5 {
		t.Errorf("%s", out)
	}
	for _, tt := range []struct {
		args []string
		code int
		err  string
	}{
		{[]string{"contacts", "show", "99999"}, 5, "not found"},
		{[]string{"contacts", "show", "ana"}, 2, "no id"},
		{[]string{"contacts", "--source", "elsewhere"}, 2, "personal"},
		{[]string{"contacts", "--limit", "-3"}, 2, "--limit"},
		{[]string{"contacts", "import", "/nowhere/x.vcf"}, 5, "no such file"},
	} {
		if r := w.run(tt.args...); r.code != tt.code || !strings.Contains(strings.ReplaceAll(r.err, "not the id", "no id"), tt.err) {
			t.Errorf("%q: exit %d, %s", tt.args, r.code, r.err)
		}
	}
}

func TestContactsChange(t *testing.T) {
	w := desk(t)
	w.contacts()
	made := decode[changeJSON](t, w.ok("contacts", "add", "--first", "Nora", "--last", "Quint", "--number", "mobile=(415) 555-0177",
		"--number", "business=", "--email", "nora@example.com", "--address", "1 Main St", "--json", "--number", "home=415-555-0178").out)
	if made.State != "confirmed" || len(made.Items) != 1 || made.Words != "Added Nora Quint to the contacts" {
		t.Fatalf("%+v", made)
	}
	id := made.Items[0]
	one := func() contactJSON { return decode[contactJSON](t, w.ok("contacts", "show", "--json", id).out) }
	c := one()
	if c.Remote == "" || c.Pending || len(c.Numbers) != 2 || c.Numbers[0].Number != "+14155550177" || c.Address[0] != "1 Main St" {
		t.Fatalf("%+v", c)
	}
	if out := w.ok("contacts", "edit", id, "--company", "Acme", "--number", "home=").out; !strings.Contains(out, "Changed Nora Quint") {
		t.Errorf("%s", out)
	}
	if c = one(); c.Company != "Acme" || len(c.Numbers) != 1 || c.First != "Nora" {
		t.Errorf("%+v", c)
	}
	w.ok("contacts", "favorite", id)
	if c = one(); !c.Favorite {
		t.Errorf("%+v", c)
	}
	w.ok("contacts", "delete", id)
	if r := w.run("contacts", "show", id); r.code != 5 {
		t.Errorf("deleted: exit %d", r.code)
	}
	if out := w.ok("undo").out; !strings.Contains(out, "Taken back: deleted Nora Quint") {
		t.Errorf("%s", out)
	}
	if c = one(); c.Name != "Nora Quint" || c.Pending || c.Company != "Acme" {
		t.Errorf("%+v", c)
	}
	entry := w.contacts("--source", "directory")[0]
	for _, tt := range []struct {
		args []string
		code int
		err  string
	}{
		{[]string{"contacts", "add"}, 2, "needs a name"},
		{[]string{"contacts", "add", "--first", "A", "--email", "nonsense"}, 2, "not an e-mail address"},
		{[]string{"contacts", "add", "--first", "A", "--birthday", "tomorrow"}, 2, "not a date"},
		{[]string{"contacts", "add", "--first", "A", "--number", "spaceship=1"}, 2, "no kind of number"},
		{[]string{"contacts", "edit", "99999", "--first", "A"}, 5, "not found"},
		{[]string{"contacts", "edit", strconv.FormatInt(entry.ID, 10), "--first", "A"}, 1, "kept by its administrator"},
		{[]string{"contacts", "delete", id, "99999"}, 5, "not found"},
	} {
		if r := w.run(tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.err) {
			t.Errorf("%q: exit %d, %s", tt.args, r.code, r.err)
		}
	}
	// Refused: said, and as before.
	w.sim.Deny("Contacts", true)
	if r := w.run("contacts", "add", "--first", "Nobody"); r.code != 1 || !strings.Contains(r.err, "the permission Contacts is missing") {
		t.Errorf("refused: exit %d, %s", r.code, r.err)
	}
	w.sim.Deny("Contacts", false)
	// Offline: kept, and sent later.
	w.sim.Offline(true)
	if r := w.run("contacts", "add", "--first", "Later", "--json"); r.code != 0 || decode[changeJSON](t, r.out).State != "queued" || !strings.Contains(r.err, "sent later") {
		t.Errorf("offline: exit %d, %s%s", r.code, r.out, r.err)
	}
	if r := w.run("contacts", "later"); r.code != 0 || !strings.Contains(r.out, "Later") {
		t.Errorf("offline: exit %d, %s%s", r.code, r.out, r.err)
	}
	w.sim.Offline(false)
	// What may have arrived is asked about after a while: here the clock is put forward.
	var ahead atomic.Int64
	w.env.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	w.env.After = func(d time.Duration) <-chan time.Time {
		ahead.Add(int64(d))
		return time.After(0)
	}
	w.ok("sync", "--once")
	if c := w.contacts("later")[0]; c.Remote == "" || c.Pending {
		t.Errorf("%+v", c)
	}
}

func TestContactsCards(t *testing.T) {
	w := desk(t)
	w.contacts()
	text := "BEGIN:VCARD\nVERSION:3.0\nN:Quint;Nora;;;\nTEL;TYPE=CELL:(415) 555-0177\nEND:VCARD\nBEGIN:VCARD\nNOTE:nobody\nEND:VCARD\n"
	file := filepath.Join(t.TempDir(), "in.vcf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := w.run("contacts", "import", file)
	if r.code != 1 || !strings.Contains(r.out, "1 contact added, 0 there already, 1 refused") || !strings.Contains(r.out, "card 2") || !strings.Contains(r.out, "it has no name") {
		t.Errorf("exit %d, %s%s", r.code, r.out, r.err)
	}
	if c := w.contacts("quint")[0]; c.Remote == "" {
		t.Errorf("%+v", c)
	}
	r = w.in(text[:strings.Index(text, "BEGIN:VCARD\nNOTE")], "contacts", "import", "-", "--json")
	if r.code != 0 || !strings.Contains(r.out, `"known":1`) {
		t.Errorf("exit %d, %s%s", r.code, r.out, r.err)
	}
	out := filepath.Join(t.TempDir(), "out.vcf")
	w.ok("contacts", "export", "-o", out)
	b, err := os.ReadFile(out)
	if err != nil || strings.Count(string(b), "BEGIN:VCARD") != len(w.contacts()) || !strings.Contains(string(b), "N:Quint;Nora;;;") {
		t.Errorf("%v, %.300s", err, b)
	}
	if r := w.run("contacts", "export", "-o", out); r.code != 2 {
		t.Errorf("written over: exit %d", r.code)
	}
	if got := w.ok("contacts", "quint", "--vcard").out; strings.Count(got, "BEGIN:VCARD") != 1 {
		t.Errorf("%s", got)
	}
	if r := w.in("hello", "contacts", "import", "-"); r.code != 1 || !strings.Contains(r.err, "no contact card") {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
}

func TestContactAliases(t *testing.T) {
	c, err := ParseConfig("c.toml", "[alias]\n\"+16505550142\" = \"The gate\"\n\"101\" = \"Front desk\"\n")
	if err != nil || c.Aliases["101"] != "Front desk" || len(c.Aliases) != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	for _, text := range []string{"[alias]\nana = \"x\"\n", "[alias]\n\"101\" = 5\n", "[alias]\n\"101\" = \"\"\n", "alias = 3\n"} {
		if _, err := ParseConfig("c.toml", text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
