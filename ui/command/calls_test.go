package command

import (
	"encoding/csv"
	"strings"
	"testing"

	"switchboard/api/simulator"
)

// The call log is listed like messages, as JSON and for spreadsheets.
func TestListCalls(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.serve(simulator.Config{Messages: 40, Calls: 120}))
	w.ok("sync", "--once")
	calls := w.list("in:calls", "is:own")
	if len(calls) != 120 {
		t.Fatalf("%d calls", len(calls))
	}
	outcomes := map[string]int{}
	for _, c := range calls {
		outcomes[c.Outcome]++
		if c.Kind != "call" || c.Call == nil || c.Call.Result == "" || c.Outcome == "voicemail" && c.Call.Company {
			t.Errorf("%+v %+v", c, c.Call)
		}
	}
	for _, want := range []string{"missed", "answered", "voicemail", "fax received", "busy"} {
		if outcomes[want] == 0 {
			t.Errorf("no call is %q: %v", want, outcomes)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(w.ok("list", "in:calls", "is:own", "--csv").out)).ReadAll()
	if err != nil || len(rows) != 121 || rows[0][0] != "id" || rows[1][0] != calls[0].ID {
		t.Errorf("%d rows of CSV, %v", len(rows), err)
	}
	if r := w.run("list", "--csv", "--json"); r.code != 2 {
		t.Errorf("two forms at once: exit %d", r.code)
	}
	if n := len(w.list()); n != 40 {
		t.Errorf("without a query %d are listed", n)
	}
	if out := w.ok("list", "is:missed", "-n", "3").out; strings.Count(out, "\n") != 3 || !strings.Contains(out, "missed") {
		t.Errorf("for people: %s", out)
	}
}
