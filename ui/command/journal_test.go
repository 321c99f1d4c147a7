package command

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/ui/screen"
)

// entries is the journal as scripts get it.
func (w *world) entries(args ...string) []journalJSON {
	w.t.Helper()
	return decode[[]journalJSON](w.t, w.ok(append([]string{"journal", "--json"}, args...)...).out)
}

func TestJournalAndHold(t *testing.T) {
	w := synced(t, 20)
	list := decode[[]itemJSON](t, w.ok("list", "in:voicemail", "--json").out)
	id, other := list[0].ID, list[1].ID
	w.ok("hold", id, "--why", "case 12")
	w.ok("note", other, "said", "so")
	w.ok("delete", id)
	w.ok("undo")
	var verbs []string
	for _, e := range w.entries(id) {
		if e.Item != id || e.Actor == "" || e.Words == "" || e.At == "" {
			t.Errorf("%+v", e)
		}
		verbs = append(verbs, e.Verb)
	}
	if !slices.Equal(verbs, []string{"hold", "delete", "undo"}) {
		t.Errorf("%q", verbs)
	}
	if all := w.entries(); len(all) != 4 {
		t.Errorf("%d entries", len(all))
	}
	if notes := w.entries("--verb", "note,claim"); len(notes) != 1 || notes[0].Value != "said so" || notes[0].Item != other {
		t.Errorf("%+v", notes)
	}
	if none := w.entries("--actor", "ben"); len(none) != 0 {
		t.Errorf("%+v", none)
	}
	if held := w.entries("is:held"); len(held) != 3 || held[0].Words != "holds it on this machine: case 12" {
		t.Errorf("%+v", held)
	}
	rows, err := csv.NewReader(strings.NewReader(w.ok("journal", "--csv").out)).ReadAll()
	if err != nil || len(rows) != 5 || len(rows[0]) != 10 {
		t.Errorf("%q, %v", rows, err)
	}
	it := decode[itemJSON](t, w.ok("show", id, "--json").out)
	if !it.Held || it.Archived || len(it.Journal) != 3 {
		t.Errorf("%+v", it)
	}
	if r := w.ok("show", id); !strings.Contains(r.out, "took back: moved it to the trash") || !strings.Contains(r.out, "Held:") {
		t.Errorf("%s", r.out)
	}
	// Another machine has its own: each gets the other's, once.
	dump := w.ok("journal", "--jsonl").out
	if r := w.in(dump, "journal", "--merge", "-"); r.code != 0 || r.out != "0 new entries\n" {
		t.Errorf("%+v", r)
	}
	e := decode[[]journalJSON](t, w.ok("journal", "--json", other).out)[0]
	e.Key, e.Actor, e.At = "another", "ben@desk", "2026-11-20T10:00:00Z"
	line, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if r := w.ok("journal", "--merge", w.write("j.jsonl", string(line))); r.out != "1 new entries\n" {
		t.Errorf("%+v", r)
	}
	if r := w.run("journal", "--merge", "x", id); r.code != exitUsage {
		t.Errorf("%+v", r)
	}
	// What is held is not forgotten with its account.
	account := it.Account
	if r := w.run("logout", account, "--forget"); r.code == 0 || !strings.Contains(r.err, "held") {
		t.Errorf("%+v", r)
	}
	w.ok("unhold", "is:held")
	if r := w.run("logout", account, "--forget"); r.code != 0 {
		t.Errorf("%+v", r)
	}
}

func TestRetentionCommand(t *testing.T) {
	w := synced(t, 60)
	w.ok("retention", "--archive")
	room := decode[[]mailboxRoom](t, w.ok("retention", "--json").out)
	if len(room) != 1 || !room[0].Limited || room[0].Used == 0 || room[0].Rules.Inbox != 200 || len(room[0].Next) != 10 {
		t.Fatalf("%+v", room)
	}
	for _, n := range room[0].Next {
		if n.Words == "" || n.ID == "" || n.Cause == "" {
			t.Errorf("%+v", n)
		}
	}
	if r := w.ok("retention", "-n", "1"); !strings.Contains(r.out, "of 200 voice and fax messages") || !strings.Contains(r.out, "archive on") {
		t.Errorf("%s", r.out)
	}
	w.vars["SWITCHBOARD_CONFIG"] = w.write("config.toml", "[archive]\non = false\n[retention]\ninbox = 30\n")
	if r := w.run("retention", "--archive"); r.code != exitUsage || !strings.Contains(r.err, "[archive]") {
		t.Errorf("%+v", r)
	}
	if r := w.ok("retention"); !strings.Contains(r.out, "archive off") || !strings.Contains(r.out, " 30 ") {
		t.Errorf("%s", r.out)
	}
}

func TestKeepConfig(t *testing.T) {
	c, err := ParseConfig("f", `
[inbox]
warn = "2h"
[[view]]
key = 1
query = "in:fax"
warn = "off"
late = "90m"
[archive]
on = false
[retention]
inbox = 500
days = 60
sent_fax_days = 20
trash_days = 7
hipaa = true
`)
	if err != nil {
		t.Fatal(err)
	}
	if c.Keep.Patience != (screen.Patience{Warn: 2 * time.Hour, Late: 4 * time.Hour}) || !c.Keep.Off || c.Views[0].Wait != (screen.Patience{Warn: -1, Late: 90 * time.Minute}) {
		t.Errorf("%+v, %+v", c.Keep, c.Views[0])
	}
	if r := c.Keep.Retention; r.Inbox != 500 || r.Days != 60 || r.SentDays != 20 || r.Trash != 7 || !r.HIPAA {
		t.Errorf("%+v", r)
	}
	for text, want := range map[string]string{
		"[inbox]\nwarn = \"soon\"":                       "f:2: inbox.warn: \"soon\" is not a time to wait",
		"[inbox]\nwarn = \"5h\"":                         "comes before warn",
		"[inbox]\nold = \"5h\"":                          "unknown key",
		"[archive]\non = \"yes\"":                        "true or false",
		"[retention]\ninbox = 0":                         "is not from 1",
		"archive = true":                                 "a table [archive]",
		"[[view]]\nkey = 1\nquery = \"\"\nlate = \"1d\"": "want a time such as",
	} {
		if _, err := ParseConfig("f", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
