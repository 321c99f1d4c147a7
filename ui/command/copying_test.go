package command

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
)

// What leaves a copy-protected room is told on standard error, whichever command takes it,
// and what is written to standard output stays as it is.
func TestCopyProtectedIsTold(t *testing.T) {
	w := newWorld(t)
	w.env.Poll = time.Millisecond
	w.serve(simulator.Config{Messages: 1, Calls: -1, Chats: -1, Contacts: -1, SymphonyStreams: 6, SymphonyMessages: 120, SymphonyKeyDir: t.TempDir()})
	if r := w.loginSymphony(w.sim.Description()); r.code != 0 {
		t.Fatalf("login: exit %d\n%s", r.code, r.err)
	}
	w.ok("sync", "--once")
	var room, open []itemJSON
	for _, it := range w.list("in:posts", "has:file") {
		if it.Protected {
			room = append(room, it)
		} else {
			open = append(open, it)
		}
	}
	if len(room) < 2 || len(open) < 1 {
		t.Fatalf("%d messages of a protected room have files, and %d of others", len(room), len(open))
	}
	dir := t.TempDir()
	one := room[0].ID + " is of a copy-protected chat: nothing is meant to leave it"
	two := "2 messages of copy-protected chats: nothing is meant to leave them"
	for i, c := range []struct {
		args []string
		want string
	}{
		{[]string{"save", room[0].ID, "--dir", filepath.Join(dir, "one")}, one},
		{[]string{"save", room[0].ID, room[1].ID, open[0].ID, "--dir", filepath.Join(dir, "two")}, two},
		{[]string{"save", room[0].ID, room[1].ID, "--zip", filepath.Join(dir, "two.zip")}, two},
		{[]string{"save", room[0].ID, "--dir", filepath.Join(dir, "later"), "--queue"}, one},
		{[]string{"open", room[0].ID, "--print"}, one},
		{[]string{"open", room[0].ID}, one},
		{[]string{"export", "id:" + room[0].ID, "in:posts", "--json"}, one},
		{[]string{"save", open[0].ID, "--dir", filepath.Join(dir, "open")}, ""},
		{[]string{"open", open[0].ID, "--print"}, ""},
		{[]string{"export", "id:" + open[0].ID, "in:posts"}, ""},
	} {
		r := w.ok(c.args...)
		if told := strings.Contains(r.err, "copy-protected"); told != (c.want != "") || !strings.Contains(r.err, c.want) {
			t.Errorf("%d: %s says %q, want %q", i, c.args[0], r.err, c.want)
		}
		if strings.Contains(r.out, "copy-protected") {
			t.Errorf("%d: %s says it among its data: %q", i, c.args[0], r.out)
		}
	}
}
