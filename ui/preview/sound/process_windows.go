package sound

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup keeps keys meant for us from a command, and gives it no window.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// steerable: see pair.
const steerable = false

// pair has no twin here: a process cannot inherit a socket this way.
func pair() (net.Conn, *os.File, error) {
	return nil, nil, errors.New("mpv cannot be steered on Windows")
}
