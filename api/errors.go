package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What a caller can test for with [errors.Is].
var (
	// ErrSignedOut means that no usable token is left and a person has to sign in.
	ErrSignedOut = errors.New("sign-in needed")
	// ErrHostNotAllowed means that a URL leads to a host that is not the account's.
	ErrHostNotAllowed = errors.New("host is not on the account's list")
	// ErrTooLarge means that a body was larger than the caller allowed.
	ErrTooLarge = errors.New("answer is larger than allowed")
	// ErrNoIDs means that a call which acts on ids was given none, or unusable ones.
	ErrNoIDs = errors.New("no ids given")
	// ErrBadBody means that an answer could not be read: cut short, not JSON, of a wrong length.
	ErrBadBody = errors.New("answer could not be read")
	// ErrIdle means that the other side stopped sending.
	ErrIdle = errors.New("no answer in time")
	// ErrRedirect means that a redirect was refused: a loop, a downgrade, or one that would change the request.
	ErrRedirect = errors.New("redirect refused")
	// ErrNotFound is for the clients of services that say it in another way than by a 404.
	ErrNotFound = errors.New("not found")
)

// Detail is one entry of a service's errors[] list.
type Detail struct {
	Code, Message, Parameter string
}

// Error is a request that failed: either the service answered with an error
// status (Status, Code, Message), or there was no usable answer (Err).
type Error struct {
	Service   string // "RingCentral"
	Op        string // operationId, e.g. "readMessage"
	Method    string // HTTP method
	Status    int    // HTTP status; 0 when there was no answer
	Code      string // the service's own code, e.g. "CMN-102"; OAuth's error for the sign-in endpoints
	Message   string // the service's words, cut, cleaned and redacted
	Parameter string // name of the parameter the service complains about
	// Permission is the permission that a 403 says is missing.
	Permission string
	RequestID  string // the service's correlation id, for support cases
	Details    []Detail
	// RetryAfter is how long the service asks to wait; 0: it did not say.
	RetryAfter time.Duration
	// Unknown is set when the request is not safe to repeat and may have been
	// carried out: it was sent and no answer says what became of it.
	Unknown bool
	// Sent is set when no answer came although the request had gone out, whether or not
	// it is safe to repeat: it may have been carried out.
	Sent bool
	// Throttled is set when the service refused because of its rate limit, whatever the
	// status ([Config].Throttled).
	Throttled bool
	Err       error

	settled bool // a 401 that a new token does not help
}

// Error implements error: who, what, why, and the codes a support case needs.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Service != "" {
		b.WriteString(e.Service + " ")
	}
	b.WriteString(e.Op)
	switch {
	case e.Message != "":
		b.WriteString(": " + e.Message)
	case e.Err != nil:
		b.WriteString(": " + e.Err.Error())
	case e.Status != 0:
		b.WriteString(": " + statusWords(e.Status))
	default:
		b.WriteString(": failed")
	}
	var codes []string
	if e.Status != 0 {
		codes = append(codes, fmt.Sprint(e.Status))
	}
	if e.Code != "" && e.Code != strconv.Itoa(e.Status) {
		codes = append(codes, e.Code)
	}
	if len(codes) > 0 {
		b.WriteString(" (" + strings.Join(codes, " "))
		if e.RequestID != "" {
			b.WriteString(", request " + e.RequestID)
		}
		b.WriteString(")")
	}
	return Redact(b.String())
}

// Unwrap returns the cause, if there is one besides the service's answer.
func (e *Error) Unwrap() error { return e.Err }

// Has reports whether the service named one of the codes, at the top or in its list.
func (e *Error) Has(codes ...string) bool {
	if slices.Contains(codes, e.Code) {
		return true
	}
	return slices.ContainsFunc(e.Details, func(d Detail) bool { return slices.Contains(codes, d.Code) })
}

func statusWords(status int) string {
	if w := http.StatusText(status); w != "" {
		return strings.ToLower(w)
	}
	return fmt.Sprintf("status %d", status)
}

// LimitError is returned instead of sending while a rate group is silent.
type LimitError struct {
	Op    string
	Group Group
	Until time.Time // when the group may be used again
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: rate limited (%s), possible again at %s", e.Op, e.Group, e.Until.Format("15:04:05"))
}

// IsNotFound reports whether the service answered 404 or 410, or what its client
// knows to mean the same ([ErrNotFound]).
func IsNotFound(err error) bool {
	if errors.Is(err, ErrNotFound) {
		return true
	}
	var e *Error
	return errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}

// IsTemporary reports whether the same request can be expected to succeed
// later: network trouble, an unreadable answer, a rate limit, a token that
// was replaced meanwhile, or a failing service. A sign-in that is needed, a cancelled context and a refused
// redirect are not temporary.
func IsTemporary(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, ErrSignedOut) {
		return false
	}
	var own interface{ IsTemporary() bool } // a service's own reading of its answers
	if errors.As(err, &own) {
		return own.IsTemporary()
	}
	var limit *LimitError
	if errors.As(err, &limit) {
		return true
	}
	var e *Error
	if !errors.As(err, &e) {
		return errors.Is(err, context.DeadlineExceeded)
	}
	if e.throttled() {
		return true
	}
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return true
	case http.StatusUnauthorized:
		// Even a new token was refused: it happens when another program of the
		// same user refreshes in the same moment. A sign-in that is over ends
		// as ErrSignedOut instead.
		return !e.settled && staleToken(e)
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	if e.Status >= 500 {
		return true
	}
	if e.Err == nil || e.Status >= 300 {
		return false
	}
	return !lasting(e.Err)
}

// lasting reports whether a cause will be the same next time.
func lasting(err error) bool {
	for _, is := range []error{ErrHostNotAllowed, ErrTooLarge, ErrNoIDs, ErrRedirect, ErrBase64, errDecode, errSink} {
		if errors.Is(err, is) {
			return true
		}
	}
	var (
		verify  *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	return errors.As(err, &verify) || errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid)
}

// IsUnknown reports whether the request may have been carried out although it
// failed, so that it must not simply be sent again.
func IsUnknown(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Unknown
}

// IsSent reports whether the request had gone out when it failed without an answer:
// unlike [IsUnknown] also for one that may be sent again.
func IsSent(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Sent || e.Unknown)
}

// IsLimitedMode reports whether the service is up for reading only (503
// CMN-211, or MaintenanceMode): show it, do not press.
func IsLimitedMode(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusServiceUnavailable && e.Has("CMN-211", "MaintenanceMode")
}

// MissingPermission reports whether err is a 403 for a permission that the
// app, the user or the plan lacks, and which one. The name is the service's
// when it gives one, else its error code.
func MissingPermission(err error) (string, bool) {
	var e *Error
	if !errors.As(err, &e) || e.Status != http.StatusForbidden {
		return "", false
	}
	if e.Permission != "" {
		return e.Permission, true
	}
	if e.Has("CMN-401", "CMN-408", "CMN-404", "BIL-103", "CMN-109", "CMN-112") {
		return e.Code, true
	}
	return "", false
}

// RetryAt reports when the request may be tried again, if err says so.
func RetryAt(err error, now time.Time) (time.Time, bool) {
	var limit *LimitError
	if errors.As(err, &limit) {
		return limit.Until, true
	}
	var e *Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		return now.Add(e.RetryAfter), true
	}
	return time.Time{}, false
}
