package outside

import (
	"os/exec"
	"strconv"
	"syscall"
)

// The flags of CreateProcess: no console window, and a group of its own.
const (
	createNewProcessGroup = 0x00000200
	createNoWindow        = 0x08000000
)

// alone keeps the program away from this program's console.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: createNewProcessGroup | createNoWindow}
}

// group stops a program and everything it started.
type group struct{ cmd *exec.Cmd }

func stopper(cmd *exec.Cmd) *group { return &group{cmd} }

// ask ends the whole tree; Windows has no way to ask a program without a window.
func (g *group) ask() {
	tree := exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(g.cmd.Process.Pid)) //nolint:noctx // ends what a context ended
	if tree.Run() != nil {
		_ = g.cmd.Process.Kill()
	}
}

func (g *group) rest() {}
