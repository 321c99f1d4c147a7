package command

import (
	"strings"
	"testing"
)

func (w *world) jobs(args ...string) []jobJSON {
	w.t.Helper()
	return decode[[]jobJSON](w.t, w.ok(append([]string{"jobs", "--json"}, args...)...).out)
}

func TestJobs(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for long")
	}
	w := synced(t, 60)
	if r := w.ok("jobs"); r.out != "" || !strings.Contains(r.err, "nothing waits") {
		t.Errorf("%+v", r)
	}
	some := w.list("in:voicemail", "is:unread", "--limit", "3")
	w.sim.Offline(true)
	first, second := w.acted("read", some[0].ID), w.acted("read", some[1].ID)
	jobs := w.jobs()
	if len(jobs) != 2 || jobs[0].ID != second.Job || jobs[1].ID != first.Job || jobs[0].State != "pending" && jobs[0].State != "unknown" || jobs[0].Verb != "read" || !jobs[0].Undoable {
		t.Fatalf("%+v", jobs)
	}
	if r := w.run("jobs", "--wait"); r.code != 4 || !strings.Contains(r.out, first.Job) {
		t.Errorf("--wait offline: exit %d, %s%s", r.code, r.out, r.err)
	}
	w.ok("jobs", "cancel", second.Job)
	if w.item(some[1].ID).Read {
		t.Error("what was cancelled still shows as read")
	}
	w.sim.Offline(false)
	if r := w.ok("jobs", "--wait", "--json"); r.out != "[]\n" {
		t.Errorf("%s", r.out)
	}
	if read, _ := w.state(some[0].RemoteID); !read {
		t.Error("it was not sent")
	}
	if read, _ := w.state(some[1].RemoteID); read {
		t.Error("what was cancelled was sent")
	}
	all := w.jobs("--all")
	for _, j := range all { // taken back by another one where it may have arrived
		if j.ID == first.Job && j.State != "confirmed" || j.ID == second.Job && j.State != "undone" && j.State != "cancelled" {
			t.Errorf("%+v", all)
		}
	}
	if n := len(all); n != 2 && n != 3 {
		t.Errorf("%+v", all)
	}
	// Downloads and saves are jobs too.
	w.sim.Offline(true)
	w.ok("save", some[2].ID, "--dir", t.TempDir(), "--queue")
	jobs = w.jobs()
	if len(jobs) != 1 || jobs[0].Kind != "save" || !strings.HasPrefix(jobs[0].ID, "s") || jobs[0].Path == "" {
		t.Fatalf("%+v", jobs)
	}
	w.sim.Offline(false)
	w.ok("jobs", "retry", jobs[0].ID)
	w.ok("jobs", "--wait")
	if rest := w.jobs(); len(rest) != 0 {
		t.Errorf("%+v", rest)
	}
}

func TestJobsThatFail(t *testing.T) {
	w := synced(t, 40)
	it := w.list("in:voicemail", "is:unread", "--limit", "1")[0]
	w.sim.Deny("EditMessages", true)
	r := w.run("read", it.ID, "--json")
	got := decode[changeJSON](t, r.out)
	if r.code != 1 || got.State != "failed" || w.item(it.ID).Read {
		t.Fatalf("exit %d, %+v, %s", r.code, got, r.err)
	}
	jobs := w.jobs()
	if len(jobs) != 1 || jobs[0].State != "failed" || jobs[0].Error == "" || jobs[0].ID != got.Job {
		t.Fatalf("%+v", jobs)
	}
	if r := w.run("jobs", "--wait"); r.code != 1 || !strings.Contains(r.err, "retry") {
		t.Errorf("--wait: exit %d, %s", r.code, r.err)
	}
	w.sim.Deny("EditMessages", false)
	w.ok("jobs", "retry", got.Job)
	if read, _ := w.state(it.RemoteID); !read || !w.item(it.ID).Read {
		t.Error("it was not made again")
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"jobs", "retry"}, 2, "retry"},
		{[]string{"jobs", "extra"}, 2, "extra"},
		{[]string{"jobs", "cancel", "12"}, 2, "want an id such as"},
		{[]string{"jobs", "retry", "c999"}, 5, "not found"},
		{[]string{"jobs", "cancel", "c999"}, 5, "not found"},
		{[]string{"jobs", "cancel", "s999"}, 5, "not found"},
		{[]string{"jobs", "--timeout", "x"}, 2, "timeout"},
	} {
		if r := w.run(tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.want) {
			t.Errorf("%q: exit %d, want %d with %q\n%s%s", tt.args, r.code, tt.code, tt.want, r.out, r.err)
		}
	}
}

func TestBlock(t *testing.T) {
	w := synced(t, 40)
	before := decode[[]blockedJSON](t, w.ok("block", "--json").out)
	status := func(number string) string {
		for _, b := range decode[[]blockedJSON](t, w.ok("block", "--json").out) {
			if b.Number == number {
				return b.Status
			}
		}
		return ""
	}
	r := w.acted("block", "(202) 555-0142")
	if r.State != "confirmed" || r.Job == "" || status("+12025550142") != "blocked" {
		t.Errorf("%+v, %q", r, status("+12025550142"))
	}
	w.ok("undo")
	if got := status("+12025550142"); got != "" {
		t.Errorf("after undo: %q", got)
	}
	var it itemJSON
	for _, v := range w.list("in:voicemail") {
		if len(v.From.Number) == 12 && status(v.From.Number) == "" {
			it = v
			break
		}
	}
	w.ok("block", it.ID)
	if got := status(it.From.Number); got != "blocked" {
		t.Errorf("by message: %q", got)
	}
	w.ok("unblock", it.From.Number)
	if got := status(it.From.Number); got != "" {
		t.Errorf("unblocked: %q", got)
	}
	w.ok("block", "anonymous")
	if got := status("anonymous"); got != "blocked" {
		t.Errorf("anonymous: %q", got)
	}
	w.ok("unblock", "anonymous")
	if after := decode[[]blockedJSON](t, w.ok("block", "--json").out); len(after) != len(before) {
		t.Errorf("%+v", after)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"unblock"}, 2, "unblock"},
		{[]string{"block", "zzzzzzzzzzzzz"}, 5, "zzzzzzzzzzzzz"},
		{[]string{"block", "nobody"}, 5, "nobody"},
		{[]string{"block", "+"}, 2, "+"},
	} {
		if r := w.run(tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.want) || r.out != "" {
			t.Errorf("%q: exit %d, want %d with %q\n%s%s", tt.args, r.code, tt.code, tt.want, r.out, r.err)
		}
	}
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	if r := w.acted("block", "+12025550199"); r.State != "queued" {
		t.Errorf("offline: %+v", r)
	}
}
