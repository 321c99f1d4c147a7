//go:build unix

package outside

import (
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// alone gives the program a session of its own: it has no terminal, and what it
// starts is in one process group with it.
func alone(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// group stops a program and everything it started.
type group struct {
	cmd  *exec.Cmd
	mu   sync.Mutex
	hard *time.Timer
}

func stopper(cmd *exec.Cmd) *group { return &group{cmd: cmd} }

// ask asks it to end, and ends it if that does not help.
func (g *group) ask() {
	pid := g.cmd.Process.Pid
	_ = syscall.Kill(-pid, syscall.SIGTERM)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hard = time.AfterFunc(grace*4/5, func() { _ = syscall.Kill(-pid, syscall.SIGKILL) })
}

// rest ends what is left of the group once the program itself is gone.
func (g *group) rest() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hard == nil {
		return // it was never asked, or never ran
	}
	g.hard.Stop()
	_ = syscall.Kill(-g.cmd.Process.Pid, syscall.SIGKILL)
}
