package command

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
	"time"

	"switchboard/api"
)

// maxLog is the size in bytes at which the log is put aside; one older file
// is kept.
const maxLog = 5 << 20

// A logFile is opened with the first record, so that commands which have
// nothing to say touch no file.
type logFile struct {
	path string
	mu   sync.Mutex
	f    *os.File
	size int64
	err  error
}

func (l *logFile) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil || l.size > maxLog {
		if l.err = l.open(); l.err != nil {
			return len(b), nil // logging never stops the work
		}
	}
	n, err := l.f.Write(b)
	l.size += int64(n)
	return n, err
}

func (l *logFile) open() error {
	if l.err != nil {
		return l.err
	}
	if l.f != nil {
		_ = l.f.Close()
		l.f = nil
	}
	if err := os.MkdirAll(filepath.Dir(l.path), 0o700); err != nil {
		return err
	}
	if info, err := os.Stat(l.path); err == nil && info.Size() > maxLog {
		_ = os.Rename(l.path, l.path+".1")
	}
	f, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	l.size = 0
	if info, err := f.Stat(); err == nil {
		l.size = info.Size()
	}
	l.f = f
	return nil
}

func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	return err
}

// newLog is the program's log: JSON lines, secrets taken out.
func newLog(dir, level string) (*slog.Logger, *logFile, error) {
	var lv slog.Level
	if level != "" {
		if err := lv.UnmarshalText([]byte(level)); err != nil {
			return nil, nil, usagef("SWITCHBOARD_LOG=%s: want debug, info, warn or error", level)
		}
	}
	f := &logFile{path: filepath.Join(dir, "log", "switchboard.log")}
	h := slog.NewJSONHandler(f, &slog.HandlerOptions{Level: lv})
	return slog.New(api.RedactHandler(h)), f, nil
}

// errCrashed is what a command that panicked returns.
var errCrashed = errors.New("a fault in switchboard stopped it")

// guard runs f. A panic leaves a crash file and becomes an error: a fault in
// one goroutine must not leave the terminal in disorder or a change unsaved.
func (a *app) guard(what string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			path := a.crash(what, v, debug.Stack())
			err = &codeError{code: exitFailed, msg: fmt.Sprintf("%v (%s)", errCrashed, what), try: "a report is in " + path}
		}
	}()
	return f()
}

// crash writes the crash file and returns its path. At most 10 are kept.
func (a *app) crash(what string, v any, stack []byte) string {
	dir := filepath.Join(a.dir, "crash")
	now := a.env.Now()
	path := filepath.Join(dir, "crash-"+now.UTC().Format("20060102-150405.000")+".txt")
	text := fmt.Sprintf("switchboard %s\n%s\nwhile: %s\n\n%v\n\n%s", version().Version, now.UTC().Format(time.RFC3339), what, v, stack)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "no crash file: " + err.Error()
	}
	if err := os.WriteFile(path, []byte(api.Redact(text)), 0o600); err != nil {
		return "no crash file: " + err.Error()
	}
	if old, err := filepath.Glob(filepath.Join(dir, "crash-*.txt")); err == nil && len(old) > 10 {
		sort.Strings(old)
		for _, p := range old[:len(old)-10] {
			_ = os.Remove(p)
		}
	}
	if a.log != nil {
		a.log.Error("crash", "while", what, "panic", strings.TrimSpace(fmt.Sprint(v)), "file", path)
	}
	return path
}
