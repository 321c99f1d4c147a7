package command

import (
	"strings"
	"testing"

	"switchboard/api/simulator"
	"switchboard/store"
)

func TestPresence(t *testing.T) {
	w := synced(t, 20)
	type board struct {
		Me      []store.Presence `json:"me"`
		Watched []store.Presence `json:"watched"`
		Queues  []store.Queue    `json:"queues"`
	}
	out := w.ok("presence", "--json").out
	b := decode[board](t, out)
	if len(b.Me) != 1 || b.Me[0].Number != "101" || b.Me[0].Status != "Available" || len(b.Queues) != 3 || len(b.Watched) == 0 || strings.Contains(out, "null") {
		t.Fatalf("%s", out)
	}
	for _, tc := range []struct {
		args string
		good func(b board) bool
	}{
		{"set status busy", func(b board) bool { return b.Me[0].User == "Busy" }},
		{"set dnd on", func(b board) bool { return b.Me[0].Quiet() }},
		{"set calls no-queues", func(b board) bool { return b.Me[0].DND == store.DNDNoQueues }},
		{"set message Back_at_3", func(b board) bool { return b.Me[0].Message == "Back_at_3" }},
		{"set queue 202 off", func(b board) bool { return !b.Queues[2].Takes && b.Queues[1].Takes }},
		{"watch 155", func(b board) bool { return len(b.Watched) == 5 }},
		{"unwatch 155", func(b board) bool { return len(b.Watched) == 4 }},
	} {
		r := w.ok(append([]string{"presence"}, append(strings.Fields(tc.args), "--json")...)...)
		if c := decode[changeJSON](t, r.out); c.State != "confirmed" {
			t.Errorf("%s: %s", tc.args, r.out)
		}
		for _, how := range [][]string{{"presence", "--json", "--offline"}, {"presence", "--json"}} {
			if out := w.ok(how...).out; !tc.good(decode[board](t, out)) {
				t.Errorf("%s, then %v: %s", tc.args, how, out)
			}
		}
	}
	w.ok("undo")
	if out := w.ok("presence").out; !strings.Contains(out, "Leonard Okafor") || !strings.Contains(out, "Back_at_3") {
		t.Errorf("%s", out)
	}
	for args, code := range map[string]int{
		"set status sleepy": 2, "set queue 201": 2, "set status busy now": 2, "set dnd maybe": 2, "set mood good": 2, "set queue 999 on": 5,
		"set queue 203 off": 1, "watch Nobody": 5, "set message " + strings.Repeat("x", 76): 1,
	} {
		if r := w.run(append([]string{"presence"}, strings.Fields(args)...)...); r.code != code {
			t.Errorf("%s: exit %d, want %d: %s", args, r.code, code, r.err)
		}
	}
	w.sim.Deny("EditPresence", true)
	if r := w.run("presence", "set", "status", "available"); r.code != 1 || !strings.Contains(r.err, "EditPresence") {
		t.Errorf("refused: exit %d: %s", r.code, r.err)
	}
}

func TestMailboxes(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.serve(simulator.Config{Messages: 20, Shared: map[string]int{"201": 9}}))
	w.ok("sync", "--once")
	if list := decode[[]mailboxJSON](t, w.ok("mailboxes", "--json").out); len(list) != 1 || !list[0].Read || list[0].Owner != "" || !list[0].SignedIn {
		t.Fatalf("%+v", list)
	}
	if out := w.ok("mailboxes", "--all").out; !strings.Contains(out, "Patient Line") || !strings.Contains(out, "not read") {
		t.Errorf("%s", out)
	}
	for args, code := range map[string]int{"open nobody": 5, "close 201": 5, "open 202": 1} {
		if r := w.run(append([]string{"mailboxes"}, strings.Fields(args)...)...); r.code != code {
			t.Errorf("%s: exit %d, want %d: %s", args, r.code, code, r.err)
		}
	}
	w.ok("mailboxes", "open", "201")
	w.ok("sync", "--once")
	rows := decode[[]map[string]any](t, w.ok("list", "in:all mailbox:201", "--json", "--limit", "100").out)
	if len(rows) != 9 || rows[0]["mailbox"] != "Patient Line" {
		t.Errorf("%d rows: %v", len(rows), rows)
	}
	if list := decode[[]mailboxJSON](t, w.ok("mailboxes", "--json").out); len(list) != 2 || list[1].Name != "Patient Line" || list[1].Synced == "" {
		t.Errorf("%+v", list)
	}
	w.ok("mailboxes", "close", "Patient", "Line")
	if list := decode[[]mailboxJSON](t, w.ok("mailboxes", "--json").out); len(list) != 1 {
		t.Errorf("%+v", list)
	}
}
