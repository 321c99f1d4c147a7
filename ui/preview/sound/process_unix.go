//go:build !windows

package sound

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup puts a command into a process group of its own: keys meant for us do
// not reach it, and what it starts itself is killed with it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// steerable: a process can be given an end of a pair.
const steerable = true

// pair is two connected ends: one for us, one for a process to inherit.
func pair() (net.Conn, *os.File, error) {
	// Between making them and this flag another command could inherit them.
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, fmt.Errorf("make a socket: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "player"), os.NewFile(uintptr(fds[1]), "player")
	defer ours.Close()
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return nil, nil, fmt.Errorf("make a socket: %w", err)
	}
	return conn, theirs, nil
}
