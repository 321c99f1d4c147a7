package command

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"switchboard/api/simulator"
)

func TestExport(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.serve(simulator.Config{Messages: 30, Calls: 20}))
	w.ok("sync", "--once")
	own := len(w.list("in:messages,calls"))
	rows, err := csv.NewReader(strings.NewReader(w.ok("export").out)).ReadAll()
	if err != nil || len(rows) != own+1 || own < 50 {
		t.Errorf("%d rows for %d items, %v", len(rows), own, err)
	}
	if got := decode[[]itemJSON](t, w.ok("export", "in:fax", "--json").out); len(got) != len(w.list("in:fax")) {
		t.Errorf("%d faxes", len(got))
	}
	file := filepath.Join(t.TempDir(), "calls.jsonl")
	rep := decode[exportJSON](t, w.ok("export", "in:calls", "--out", file, "--json").out)
	b, err := os.ReadFile(file)
	if err != nil || rep.Path != file || rep.Form != "jsonl" || strings.Count(string(b), "\n") != rep.Items || rep.Items != len(w.list("in:calls")) {
		t.Errorf("%+v, %v", rep, err)
	}
	again := w.ok("export", "in:calls", "--out", file)
	if strings.TrimSpace(again.out) == file {
		t.Error("a file was overwritten")
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"export", "--out", "list.xls"}, ".csv, .json or .jsonl"},
		{[]string{"export", "in:nowhere"}, "nowhere"},
		{[]string{"export", "--csv", "--json"}, "csv"},
	} {
		if r := w.run(tt.args...); r.code != 2 || !strings.Contains(r.err, tt.want) {
			t.Errorf("%q: exit %d, %s", tt.args, r.code, r.err)
		}
	}
	if got := w.ok("export", "from:nobody-has-this-name", "--json").out; got != "[]\n" {
		t.Errorf("nothing found gives %q", got)
	}
}

// The manual page names every command and every flag there is.
func TestManual(t *testing.T) {
	w := newWorld(t)
	page := w.ok("man").out
	for _, want := range []string{".TH \"SWITCHBOARD\" 1", ".SH NAME\nswitchboard \\- ", ".SH EXIT STATUS", ".SS switchboard send fax", ".SS switchboard contacts add", `\-\-dry\-run`, "SWITCHBOARD_DATA"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, l := range strings.Split(page, "\n") {
		if strings.HasPrefix(l, ".") && !strings.Contains(" .TH .SH .SS .PP .TP .B .I .br .nf .fi .RS .RE ", " "+strings.Fields(l)[0]+" ") {
			t.Errorf("taken for a request: %s", l)
		}
	}
	if one := w.ok("man", "send", "fax").out; !strings.Contains(one, "SWITCHBOARD-SEND-FAX") || strings.Contains(one, "EXIT STATUS") {
		t.Errorf("%.200s", one)
	}
	if r := w.run("man", "snd"); r.code != 2 || !strings.Contains(r.err, "switchboard send") {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
}

func TestCompletionOfCommands(t *testing.T) {
	w := synced(t, 10)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"__complete", "done", "in:v"}, "in:voicemail"},
		{[]string{"__complete", "api", "P"}, "POST"},
		{[]string{"__complete", "man", "sen"}, "send"},
		{[]string{"__complete", "send", ""}, "fax"},
		{[]string{"__complete", "jobs", "re"}, "retry"},
	} {
		if r := w.ok(tt.args...); !strings.Contains(r.out, tt.want) {
			t.Errorf("%q offers %s", tt.args, r.out)
		}
	}
	it := w.list("is:unread", "--limit", "1")[0]
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	job := w.acted("read", it.ID).Job
	if r := w.ok("__complete", "jobs", "cancel", ""); !strings.Contains(r.out, job+"\tMarked") {
		t.Errorf("jobs cancel offers %s", r.out)
	}
}
