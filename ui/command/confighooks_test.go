package command

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A sync from cron runs the hooks for what came in, and ends when they have.
func TestSyncOnceRunsHooks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no /bin/sh")
	}
	w := synced(t, 20)
	out := filepath.Join(t.TempDir(), "out")
	w.vars["SWITCHBOARD_CONFIG"] = w.write("c.toml", "[[hooks]]\non = [\"voicemail\", \"fax\", \"sms\"]\nrun = \"echo {event} {id} >> "+out+"\"\nshell = true\n")
	w.ok("sync", "--once")
	if b, err := os.ReadFile(out); err == nil {
		t.Fatalf("what was there before the hook was called news: %s", b)
	}
	before := len(w.list("in:all"))
	w.sim.Arrive(3)
	for range 2 { // the second has nothing to tell
		w.ok("sync", "--once")
		b, err := os.ReadFile(out)
		if n := strings.Count(string(b), "\n"); err != nil || n != 3 || len(w.list("in:all")) != before+3 {
			t.Fatalf("%d runs for 3 messages, %v:\n%s", n, err, b)
		}
	}
}
