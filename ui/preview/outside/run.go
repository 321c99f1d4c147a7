package outside

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Command is a program to run once.
type Command struct {
	Argv  []string
	Stdin io.Reader // nil: nothing
	Env   []string  // besides the person's own: "NAME=value"
	Dir   string    // "": where this program runs

	Time time.Duration // how long it may take; 0: 10 minutes
	Keep int64         // bytes of output, and of complaints, that are kept; 0: 1 MB

	// Output gets all it writes, output and complaints together, as it comes; nil:
	// they are kept in the Result. It is called from one goroutine at a time.
	Output io.Writer

	// Detach is for programs that leave something running on purpose, as those for
	// the clipboard do: their output is not waited for and goes nowhere.
	Detach bool
}

// Result is what came of a command.
type Result struct {
	Output   []byte // what it wrote, at most Keep
	Errors   []byte // what it complained of, at most Keep
	More     int64  // bytes of both that were not kept
	ExitCode int    // -1: it was killed or never ran
	Took     time.Duration
}

// Faults to tell apart. ErrMissing is wrapped when the program is not installed.
var (
	ErrMissing = errors.New("is not installed")
	ErrTime    = errors.New("took too long and was stopped")
)

// ExitError is a program that ended by itself and was not content.
type ExitError struct {
	Program string
	Code    int
	Said    string // the last line of its complaints; not cleaned
}

func (e *ExitError) Error() string {
	if e.Said != "" {
		return fmt.Sprintf("%s: %s (exit code %d)", e.Program, e.Said, e.Code)
	}
	return fmt.Sprintf("%s ended with exit code %d", e.Program, e.Code)
}

const (
	defaultTime = 10 * time.Minute
	defaultKeep = 1 << 20
	// grace is how long a program has to end when it is asked to, and how long its
	// output is waited for once it has.
	grace = 500 * time.Millisecond
)

// Run runs a command and waits for it. The Result is good with an error too, as
// far as it goes: an *ExitError, [ErrMissing], [ErrTime], or the context's.
func Run(ctx context.Context, c Command) (res Result, err error) {
	res.ExitCode = -1
	if len(c.Argv) == 0 || c.Argv[0] == "" {
		return res, errors.New("no program is named")
	}
	if c.Time <= 0 {
		c.Time = defaultTime
	}
	if c.Keep <= 0 {
		c.Keep = defaultKeep
	}
	if err := ctx.Err(); err != nil {
		return res, err
	}
	limited, cancel := context.WithTimeoutCause(ctx, c.Time, ErrTime)
	defer cancel()
	cmd := exec.CommandContext(limited, c.Argv[0], c.Argv[1:]...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = append(Environ(os.Environ()), c.Env...), c.Dir, grace
	alone(cmd)
	stop := stopper(cmd)
	cmd.Cancel = func() error { stop.ask(); return nil }
	var in *input
	if c.Stdin != nil {
		in = &input{r: c.Stdin}
		cmd.Stdin = in
	}
	out, said := &bounded{keep: c.Keep}, &bounded{keep: c.Keep}
	switch {
	case c.Detach:
	case c.Output != nil:
		both := &bounded{to: c.Output}
		cmd.Stdout, cmd.Stderr = both, io.MultiWriter(said, both)
	default:
		cmd.Stdout, cmd.Stderr = out, said
	}
	start := time.Now()
	err = cmd.Run()
	if limited.Err() != nil {
		stop.rest()
	}
	res.Took = time.Since(start)
	res.Output, res.Errors, res.More = out.kept(), said.kept(), out.beyond()+said.beyond()
	if cmd.ProcessState != nil {
		res.ExitCode = cmd.ProcessState.ExitCode()
	}
	if err := in.fault(); err != nil && ctx.Err() == nil {
		return res, fmt.Errorf("make the input of %s: %w", c.Argv[0], err)
	}
	return res, verdict(ctx, limited, c.Argv[0], res, err)
}

// input remembers why no more of it could be read.
type input struct {
	r   io.Reader
	mu  sync.Mutex
	err error
}

func (in *input) Read(p []byte) (int, error) {
	n, err := in.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		in.mu.Lock()
		in.err = err
		in.mu.Unlock()
	}
	return n, err
}

func (in *input) fault() error {
	if in == nil {
		return nil
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.err
}

// verdict puts what went wrong into words.
func verdict(ctx, limited context.Context, program string, res Result, err error) error {
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil:
		return fmt.Errorf("%s %w", program, ErrTime)
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return nil // something it left behind still held its output
	case errors.As(err, &exit):
		return &ExitError{Program: program, Code: res.ExitCode, Said: lastLine(res.Errors)}
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%s %w", program, ErrMissing)
	}
	if res.ExitCode == 0 { // it did not read all of its input, which is its right
		return nil
	}
	return fmt.Errorf("run %s: %w", program, err)
}

func lastLine(b []byte) string {
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	const most = 300
	last := lines[len(lines)-1]
	return string(last[:min(len(last), most)])
}

// Environ is an environment without the variables of this program, which hold
// keys and places that are no other program's business.
func Environ(all []string) []string {
	out := make([]string, 0, len(all))
	for _, kv := range all {
		if !strings.HasPrefix(strings.ToUpper(kv), "SWITCHBOARD_") {
			out = append(out, kv)
		}
	}
	return out
}

// bounded keeps the first bytes written to it, or hands all of them on, and
// counts the rest.
type bounded struct {
	mu   sync.Mutex
	keep int64
	buf  []byte
	more int64
	to   io.Writer
}

func (b *bounded) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.to != nil {
		return b.to.Write(p)
	}
	n := min(int64(len(p)), b.keep-int64(len(b.buf)))
	b.buf = append(b.buf, p[:n]...)
	b.more += int64(len(p)) - n
	return len(p), nil
}

func (b *bounded) kept() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf
}

func (b *bounded) beyond() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.more
}
