package sound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
	"unicode"
)

// process is an outside player. It is in a process group of its own, sees no
// terminal, and what it says on its error output is kept for when it fails.
type process struct {
	name  string
	cmd   *exec.Cmd
	stdin io.WriteCloser
	kill  context.CancelFunc
	said  tail
	ended chan struct{} // closed when it has been waited for
	err   error         // how it ended; read after ended
}

// grace is how long a player may take to play out what it has after its input
// has ended, before it is killed.
const grace = 3 * time.Second

// start runs argv; extra files are its descriptors from 3 on. With input there
// is a pipe to write to.
func start(argv []string, input bool, crash Crash, extra ...*os.File) (*process, error) {
	if len(argv) == 0 {
		return nil, errors.New("the command of the player is empty")
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &process{name: argv[0], kill: cancel, ended: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, argv[0], argv[1:]...)
	p.cmd.Env = environment(os.Environ())
	p.cmd.Stderr = &p.said
	p.cmd.ExtraFiles = extra
	p.cmd.WaitDelay = time.Second
	ownGroup(p.cmd)
	if input {
		var err error
		if p.stdin, err = p.cmd.StdinPipe(); err != nil {
			cancel()
			return nil, fmt.Errorf("start %s: %w", argv[0], err)
		}
	}
	if err := p.cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	go func() {
		defer close(p.ended)
		defer crash.catch()
		p.err = p.cmd.Wait()
		cancel()
	}()
	return p, nil
}

// environment leaves out what is ours alone.
func environment(all []string) []string {
	var out []string
	for _, v := range all {
		if !strings.HasPrefix(v, "SWITCHBOARD_") {
			out = append(out, v)
		}
	}
	return out
}

// Write implements sink.
func (p *process) Write(b []byte) (int, error) { return p.stdin.Write(b) }

// Finish implements sink.
func (p *process) Finish() error {
	if p.stdin != nil {
		p.stdin.Close()
	}
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-p.ended:
		return p.fault()
	case <-t.C:
		p.Kill()
		return nil
	}
}

// Kill implements sink. It comes back when the process is no more.
func (p *process) Kill() {
	p.kill()
	if p.stdin != nil {
		p.stdin.Close()
	}
	<-p.ended
}

// fault is why the player failed, in its own last words; nil when it did not.
// The process must have ended.
func (p *process) fault() error {
	if p.err == nil {
		return nil
	}
	if w := p.said.last(); w != "" {
		return fmt.Errorf("%s: %s", p.name, w)
	}
	return fmt.Errorf("%s ended: %w", p.name, p.err)
}

// tail keeps the end of what is written to it.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const most = 1000
	t.b = append(t.b, p...)
	if len(t.b) > most {
		t.b = append(t.b[:0], t.b[len(t.b)-most:]...)
	}
	return len(p), nil
}

// last is the last line that is not empty, without anything a terminal would
// take for more than letters.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.FieldsFunc(string(t.b), func(r rune) bool { return r == '\n' || r == '\r' })
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.IsPrint(r) {
				return r
			}
			return -1
		}, strings.ToValidUTF8(lines[i], "?")))
		if line != "" {
			return line[:min(len(line), 200)]
		}
	}
	return ""
}
