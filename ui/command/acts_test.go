package command

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func (w *world) acted(args ...string) changeJSON {
	w.t.Helper()
	return decode[changeJSON](w.t, w.ok(append(args, "--json")...).out)
}

func TestSnooze(t *testing.T) {
	w := synced(t, 40)
	w.env.Now = func() time.Time { return time.Date(2026, 11, 20, 15, 0, 0, 0, time.Local) } // a Friday
	two := w.list("in:inbox", "--limit", "2")
	r := w.acted("snooze", two[0].ID, "--until", "tomorrow 9:00", "--note", "nobody picks up")
	if r.Verb != "snooze" || r.State != "confirmed" || len(r.Items) != 1 || r.Job == "" {
		t.Errorf("%+v", r)
	}
	it := w.item(two[0].ID)
	if it.State != "snoozed" || len(it.Notes) != 1 || it.Notes[0].Text != "nobody picks up" {
		t.Errorf("%+v", it)
	}
	if want := time.Date(2026, 11, 21, 9, 0, 0, 0, time.Local).UTC().Format(time.RFC3339); it.Until != want {
		t.Errorf("until %s, want %s", it.Until, want)
	}
	w.ok("snooze", two[1].ID)
	if it := w.item(two[1].ID); it.State != "snoozed" || !strings.HasPrefix(it.Until, "2026-11-23") {
		t.Errorf("the next work day is %s, want Monday the 23rd", it.Until)
	}
	if got := w.list("in:snoozed"); len(got) != 2 {
		t.Errorf("%d are snoozed", len(got))
	}
	w.ok("reopen", two[0].ID)
	w.ok("undo") // of reopening
	w.ok("undo") // of the second snooze
	if w.item(two[0].ID).State != "snoozed" || w.item(two[1].ID).State != "open" {
		t.Errorf("%s, %s", w.item(two[0].ID).State, w.item(two[1].ID).State)
	}
	w.ok("redo")
	if w.item(two[1].ID).State != "snoozed" {
		t.Error("not done again")
	}
}

func TestClaimAssignRelease(t *testing.T) {
	w := synced(t, 40)
	it := w.list("in:inbox", "--limit", "1")[0]
	w.ok("claim", it.ID)
	if got := w.item(it.ID); !strings.HasPrefix(got.Claim, "ana@") {
		t.Errorf("claimed by %q", got.Claim)
	}
	if mine := w.list("is:mine"); len(mine) != 1 || mine[0].ID != it.ID {
		t.Errorf("%d are mine", len(mine))
	}
	w.ok("assign", "ben@desk", it.ID, "--note", "wants a call before noon")
	got := w.item(it.ID)
	if got.Claim != "ben@desk" || len(got.Notes) != 1 || got.Notes[0].Text != "wants a call before noon" {
		t.Errorf("%+v", got)
	}
	w.ok("undo")
	if got := w.item(it.ID); !strings.HasPrefix(got.Claim, "ana@") || len(got.Notes) != 0 {
		t.Errorf("one undo takes back both: %q, %+v", got.Claim, got.Notes)
	}
	w.ok("assign", "Zed Zo", it.ID)
	if got := w.item(it.ID); got.Claim != "Zed Zo" {
		t.Errorf("nobody is called so, and it went to %q", got.Claim)
	}
	w.ok("assign", "ben@desk", it.ID)
	w.ok("assign", "ben", it.ID)
	if got := w.item(it.ID); got.Claim != "ben@desk" {
		t.Errorf("claimed by %q", got.Claim)
	}
	if r := w.ok("__complete", "assign", "b"); !strings.Contains(r.out, "ben@desk") {
		t.Errorf("assign offers %s", r.out)
	}
	w.ok("label", "billing", it.ID)
	if r := w.ok("__complete", "label", "b"); !strings.Contains(r.out, "billing") {
		t.Errorf("label offers %s", r.out)
	}
	w.ok("release", it.ID)
	if got := w.item(it.ID); got.Claim != "" {
		t.Errorf("claimed by %q", got.Claim)
	}
}

func TestLabelAndNote(t *testing.T) {
	w := synced(t, 40)
	some := w.list("in:voicemail", "--limit", "3")
	w.ok("label", "billing,urgent", some[0].ID, some[1].ID)
	if got := w.item(some[0].ID).Labels; !slices.Equal(got, []string{"billing", "urgent"}) {
		t.Errorf("labels %q", got)
	}
	if found := w.list("label:billing"); len(found) != 2 {
		t.Errorf("%d have the label", len(found))
	}
	w.ok("label", "--remove", "urgent", "label:urgent")
	if got := w.item(some[1].ID).Labels; !slices.Equal(got, []string{"billing"}) {
		t.Errorf("labels %q", got)
	}
	w.ok("note", "label:billing", "--text", "see the invoice of May")
	for _, it := range some[:2] {
		if got := w.item(it.ID).Notes; len(got) != 1 || got[0].Text != "see the invoice of May" {
			t.Errorf("%+v", got)
		}
	}
	if r := w.in("from a pipe\n", "note", some[2].ID, "-"); r.code != 0 || w.item(some[2].ID).Notes[0].Text != "from a pipe" {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
}

// A query is acted upon: the whole of it, once it is said that it may be many.
func TestActOnQuery(t *testing.T) {
	w := synced(t, 200)
	all := w.list("in:inbox")
	if len(all) <= bulk {
		t.Fatalf("only %d in the inbox", len(all))
	}
	before := len(w.list("in:done"))
	r := w.run("done", "in:inbox")
	if r.code != 2 || !strings.Contains(r.err, "--yes") || len(w.list("in:done")) != before {
		t.Fatalf("exit %d, %s", r.code, r.err)
	}
	dry := decode[changeJSON](t, w.ok("done", "in:inbox", "--dry-run", "--json").out)
	if len(dry.Items) != len(all) || dry.State != "dry run" || len(w.list("in:done")) != before {
		t.Errorf("dry run: %d, %s", len(dry.Items), dry.State)
	}
	people := w.ok("done", "in:inbox", "--dry-run")
	if strings.Count(people.out, "\n") != len(all) || !strings.Contains(people.err, "nothing was changed") {
		t.Errorf("dry run for people: %s", people.err)
	}
	did := w.acted("done", "in:inbox", "--yes")
	if len(did.Items) != len(all) || len(w.list("in:done")) != before+len(all) {
		t.Errorf("%d done, want %d", len(did.Items), len(all))
	}
	w.ok("undo", did.Job)
	if n := len(w.list("in:inbox")); n != len(all) {
		t.Errorf("%d are back, want %d", n, len(all))
	}
	// A few need no word more; words alone are no query.
	few := w.list("in:voicemail", "is:open", "-n", "1")[0]
	w.ok("read", "id:"+few.ID)
	if r := w.run("done", "refund"); r.code != 5 || len(w.list("in:done")) != before {
		t.Errorf("words alone: exit %d, %s", r.code, r.err)
	}
	if r := w.run("done", "from:nobody-has-this-name"); r.code != 5 || !strings.Contains(r.err, "nothing matches") {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
}

func TestActMistakes(t *testing.T) {
	w := synced(t, 20)
	it := w.list("in:inbox", "--limit", "1")[0]
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"snooze"}, 2, "snooze"},
		{[]string{"snooze", it.ID, "--until", "whenever"}, 2, "tomorrow 9:00"},
		{[]string{"snooze", it.ID, "--until", "2020-01-01T00:00:00Z"}, 2, "passed"},
		{[]string{"assign", "ben"}, 2, "assign"},
		{[]string{"assign", "", it.ID}, 2, "name is empty"},
		{[]string{"label", "billing"}, 2, "label"},
		{[]string{"label", "two words", it.ID}, 2, "one word"},
		{[]string{"label", ",", it.ID}, 2, "one word"},
		{[]string{"note", it.ID, "--text", " "}, 2, "empty"},
		{[]string{"claim", "in:voicemial"}, 2, "voicemail"},
		{[]string{"claim", "zzzzzzzzzzzzz"}, 5, "zzzzzzzzzzzzz"},
		{[]string{"release", "zzzzzzzzzzzzz"}, 5, "zzzzzzzzzzzzz"},
		{[]string{"snooze", "zzzzzzzzzzzzz"}, 5, "zzzzzzzzzzzzz"},
		{[]string{"label", "billing", "zzzzzzzzzzzzz"}, 5, "zzzzzzzzzzzzz"},
		{[]string{"redo"}, 5, "nothing"},
		{[]string{"undo"}, 5, "nothing"},
		{[]string{"undo", "c999"}, 5, "not found"},
		{[]string{"undo", "nonsense"}, 2, "c412"},
		{[]string{"undo", "s3"}, 2, "jobs cancel s3"},
	} {
		if r := w.run(tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.want) || r.out != "" {
			t.Errorf("%q: exit %d, want %d with %q\n%s%s", tt.args, r.code, tt.code, tt.want, r.out, r.err)
		}
	}
}
