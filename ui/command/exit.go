package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"

	"switchboard/api"
	"switchboard/keymap"
	"switchboard/store"
)

// The exit codes, stable for scripts.
const (
	exitDone      = 0
	exitFailed    = 1
	exitUsage     = 2
	exitSignIn    = 3
	exitTemporary = 4
	exitNotFound  = 5
)

// A usageError is a mistake in what was typed or configured.
type usageError struct {
	msg string
	try string // what to do instead, a sentence or a command
}

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error {
	return &usageError{msg: fmt.Sprintf(format, args...)}
}

// A codeError carries the exit code along with the words. quiet ones have
// been reported already.
type codeError struct {
	code  int
	msg   string
	try   string
	quiet bool
}

func (e *codeError) Error() string { return e.msg }

var errNoAccount = &codeError{
	code: exitSignIn,
	msg:  "no account is signed in",
	try:  "switchboard login ringcentral, symphony or emailgistics   (or try it out: switchboard demo)",
}

// An accountError says of which account an error is.
type accountError struct {
	acc SignedIn
	err error
}

func (e *accountError) Error() string { return e.err.Error() }
func (e *accountError) Unwrap() error { return e.err }

// ofAccount makes the way out of an account that is signed out the sign-in to its service.
func ofAccount(acc SignedIn, err error) error {
	if err == nil {
		return nil
	}
	return &accountError{acc: acc, err: err}
}

// serviceIn is the service that an error is about, as far as it says.
func serviceIn(err error) string {
	var of *accountError
	var answer *api.Error
	switch {
	case errors.As(err, &of):
		return of.acc.Service
	case errors.As(err, &answer):
		return answer.Service
	}
	return ""
}

// exitCode maps an error to its code.
func exitCode(err error) int {
	var (
		usage    *usageError
		coded    *codeError
		query    *store.QueryError
		override *keymap.OverrideError
		many     *store.AmbiguousError
		limit    *api.LimitError
		netErr   *net.OpError // not net.Error: any system error is one of those
	)
	switch {
	case err == nil, closedPipe(err):
		return exitDone
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &usage), errors.As(err, &query), errors.As(err, &override), errors.As(err, &many), errors.Is(err, store.ErrSeveral):
		return exitUsage
	case errors.Is(err, api.ErrSignedOut), errors.Is(err, api.ErrNoToken):
		return exitSignIn
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrNothing), api.IsNotFound(err):
		return exitNotFound
	case errors.Is(err, context.Canceled):
		return exitFailed
	case errors.As(err, &limit), errors.Is(err, store.ErrOffline), errors.Is(err, store.ErrBusy), api.IsTemporary(err),
		errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr):
		return exitTemporary
	}
	return exitFailed
}

// report says on w what went wrong and, where there is one, the way out.
func report(w io.Writer, err error) {
	var coded *codeError
	if errors.As(err, &coded) && coded.quiet {
		return
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "switchboard: interrupted")
		return
	}
	fmt.Fprintf(w, "switchboard: %s\n", lines(api.Redact(err.Error())))
	if try := wayOut(err); try != "" {
		fmt.Fprintf(w, "  try: %s\n", try)
	}
}

func wayOut(err error) string {
	var (
		usage *usageError
		coded *codeError
		query *store.QueryError
	)
	switch {
	case errors.As(err, &usage):
		return usage.try
	case errors.As(err, &coded):
		return coded.try
	case errors.As(err, &query):
		return query.Try
	case errors.Is(err, api.ErrSignedOut), errors.Is(err, api.ErrNoToken):
		return signInAgain(serviceIn(err))
	case errors.Is(err, fs.ErrPermission):
		return "switchboard doctor"
	}
	if p, ok := api.MissingPermission(err); ok {
		return fmt.Sprintf("ask an administrator for the permission %s, then sign in again", p)
	}
	return ""
}

// lines cleans a message line by line; errors quote what servers and files say.
func lines(s string) string {
	parts := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, p := range parts {
		parts[i] = store.CleanLine(p)
	}
	return strings.Join(parts, "\n  ")
}

// closedPipe reports whether err says that the reader of a pipe went away.
// Windows has two codes of its own for it, ERROR_BROKEN_PIPE and ERROR_NO_DATA.
func closedPipe(err error) bool {
	var errno syscall.Errno
	if runtime.GOOS == "windows" && errors.As(err, &errno) && (errno == 109 || errno == 232) {
		return true
	}
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// A pipeWriter remembers that the reader went away and tells the command to
// stop, so that nothing is computed for nobody.
type pipeWriter struct {
	io.Writer
	gone   bool
	cancel func()
}

func (p *pipeWriter) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if err != nil && closedPipe(err) && !p.gone {
		p.gone = true
		p.cancel()
	}
	return n, err
}

// Fd keeps terminal detection working through the wrapper.
func (p *pipeWriter) file() any {
	if f, ok := p.Writer.(*os.File); ok {
		return f
	}
	return p.Writer
}
