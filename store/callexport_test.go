package store

import (
	"bytes"
	"encoding/csv"
	"testing"
	"time"
)

// A table keeps its columns, whatever is in them, and nothing in it is a formula.
func TestTable(t *testing.T) {
	at := time.Date(2026, 11, 19, 8, 30, 0, 0, time.UTC)
	it := Item{
		Row: Row{
			ID: FirstID(at) + 5, Time: at, Kind: Call, Direction: Inbound, Outcome: CallMissed, Who: Party{Name: "=HYPERLINK(\"x\")", Number: "+14155550142"},
			Duration: 9 * time.Second, Mailbox: "Front Desk", State: StateOpen, Read: true, Labels: []string{"a", "b"}, Linked: FirstID(at) + 6,
		},
		Call: &CallDetail{Result: "Missed", Reason: "-1+2", Behalf: "@queue"}, Answer: &CallAnswer{Time: at.Add(time.Hour), By: "Ben"},
		NoteList: []Note{{Text: "one, \"two\""}, {Text: "three"}}, Text: "+1 call me\nplease",
	}
	var b bytes.Buffer
	table, err := NewTable(&b)
	if err == nil {
		err = table.Add(it)
	}
	if err == nil {
		err = table.Add(Item{})
	}
	if err == nil {
		err = table.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	want := map[string]string{
		"id": it.ID.String(), "time": "2026-11-19T08:30:00Z", "kind": "call", "direction": "inbound", "outcome": "missed", "name": "'=HYPERLINK(\"x\")",
		"number": "+14155550142", "duration_seconds": "9", "state": "open", "read": "true", "result": "Missed", "reason": "'-1+2", "through": "'@queue",
		"recorded": "", "linked": it.Linked.String(), "returned": "2026-11-19T09:30:00Z", "returned_by": "Ben", "labels": "a b",
		"notes": "one, \"two\" | three", "text": "'+1 call me\nplease",
	}
	for i, name := range rows[0] {
		if w, ok := want[name]; ok && rows[1][i] != w {
			t.Errorf("%s is %q, want %q", name, rows[1][i], w)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("columns that are missing: %v", want)
	}
}
