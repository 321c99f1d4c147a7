//go:build !windows

package sound

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// alive reports whether the process whose number is in a file still is.
func alive(pidFile string) bool {
	b, err := os.ReadFile(pidFile)
	if err != nil {
		return true
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	return err != nil || syscall.Kill(pid, 0) == nil
}

func gone(t *testing.T, pidFile string) {
	t.Helper()
	if alive(pidFile) {
		t.Error("the player was left behind")
	}
}
