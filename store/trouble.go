package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"syscall"
	"time"

	"switchboard/api"
)

// How long to wait after trouble.
const (
	firstWait   = 2 * time.Second
	longestWait = 5 * time.Minute
	limitWait   = 62 * time.Second // a penalty lasts 60 s, and asking too early restarts it
	unknownWait = 10 * time.Second // for a request without an answer to be over at the service
	maxFailures = 12               // answers "server error" to one operation before it is given up
	farthest    = 2 * time.Hour    // no wait is as long
)

// dueIn is how long it is until a planned time. A time farther away than any
// that is ever planned was planned by a clock that has been set back since: it
// has come.
func dueIn(at, now time.Time) time.Duration {
	if d := at.Sub(now); d < farthest {
		return d
	}
	return 0
}

// judge says what an error means for the item it befell.
func judge(err error) result {
	var e *api.Error
	switch {
	case err == nil:
		return result{kind: resultOK}
	case api.IsNotFound(err):
		return result{kind: resultGone, err: err}
	case api.IsSent(err), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return result{kind: resultRetry, unknown: true, err: err}
	case errors.As(err, &e) && e.Status >= 500:
		// The answer was an error, which says little about what was done before it.
		return result{kind: resultRetry, unknown: !api.IsLimitedMode(err), err: err}
	case api.IsTemporary(err), errors.Is(err, api.ErrSignedOut):
		return result{kind: resultRetry, err: err}
	}
	return result{kind: resultRefused, err: err}
}

// isPermission reports whether err concerns the person or the plan and not the
// message.
func isPermission(err error) bool {
	var e *api.Error
	if !errors.As(err, &e) {
		return false
	}
	// A token that was refused although it is new is no such thing: somebody else
	// has just been given another.
	return e.Status == http.StatusForbidden || e.Status == http.StatusUnauthorized && !api.IsTemporary(err)
}

// waitAfter is how long to leave the service alone after err, the failures-th in
// a row (from 1).
func waitAfter(err error, failures int, now time.Time) time.Duration {
	if at, ok := api.RetryAt(err, now); ok {
		return min(max(at.Sub(now), time.Second), time.Hour)
	}
	var e *api.Error
	if errors.As(err, &e) && e.Status == http.StatusTooManyRequests {
		return limitWait
	}
	if api.IsLimitedMode(err) {
		return time.Duration(1+rand.IntN(120)) * time.Second
	}
	if isPermission(err) {
		return 10 * time.Minute // an administrator has to do something
	}
	if errors.Is(err, api.ErrSignedOut) {
		return 30 * time.Second // asks nobody: the token is missing here
	}
	wait := firstWait << min(max(failures-1, 0), 10)
	return min(wait, longestWait) + rand.N(wait/4+1)
}

// Reason puts err in the words of a person who does not know the protocol.
func Reason(err error) string { return reason(err) }

func reason(err error) string {
	if err == nil {
		return ""
	}
	if p, ok := api.MissingPermission(err); ok {
		return fmt.Sprintf("the permission %s is missing", p)
	}
	var limit *api.LimitError
	switch {
	case errors.As(err, &limit):
		return "the service's rate limit is used up"
	case errors.Is(err, api.ErrSignedOut):
		return "you are signed out"
	case api.IsLimitedMode(err):
		return "the service only allows reading at the moment"
	case api.IsNotFound(err):
		return "it no longer exists at the service"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, new(*net.DNSError)):
		return "the service cannot be found; is there a network?"
	case errors.As(err, new(*net.OpError)):
		return "the service cannot be reached" + because(err)
	}
	var e *api.Error
	if errors.As(err, &e) && e.Status >= 500 {
		return fmt.Sprintf("the service is in trouble (%d)", e.Status)
	}
	return CleanLine(err.Error())
}

// because is what the system says of a connection that failed.
func because(err error) string {
	var no syscall.Errno
	if errors.As(err, &no) {
		return " (" + no.Error() + ")"
	}
	return ""
}

// whatNow says what a person can do about err.
func whatNow(err error) string {
	if _, ok := api.MissingPermission(err); ok {
		return "An administrator can grant the permission"
	}
	return ""
}
