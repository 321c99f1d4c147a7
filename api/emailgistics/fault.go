package emailgistics

import (
	"errors"
	"strconv"
	"strings"
	"unicode"

	"switchboard/api"
)

// Cause is what went wrong, as far as it can be told.
type Cause string

// The causes.
const (
	CauseKey      Cause = "key"      // the API key is wrong, expired or deleted: [api.ErrSignedOut] is in the chain
	CauseScope    Cause = "scope"    // the key lacks a scope
	CauseMailbox  Cause = "mailbox"  // the mailbox is not on the key's allowlist, or gone
	CauseGone     Cause = "gone"     // no such message, attachment or report (any more); [api.IsNotFound] holds
	CauseKind     Cause = "kind"     // the attachment is not a file, so that it cannot be had
	CauseUpstream Cause = "upstream" // the mail system behind refused or failed: worth trying later
	CauseLimit    Cause = "limit"    // the account's limit on requests or reports
	CauseReport   Cause = "report"   // the report ended with an error
	CauseRequest  Cause = "request"  // the request was not understood (400)
	CauseOther    Cause = ""         // anything else: see the error within
)

// Fault is a failed call and what it means.
type Fault struct {
	Cause  Cause
	Op     string // the call, "downloadAttachment" say
	Status int    // HTTP status; 0: there was none
	Scope  Scope  // of [CauseScope]
	Text   string // for a person: what happened and what to do
	Err    error  // what the client said; nil when nothing was asked
}

// Error implements error.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(name)
	if f.Op != "" {
		b.WriteString(" " + f.Op)
	}
	b.WriteString(": " + f.Text)
	if f.Status != 0 {
		b.WriteString(" (" + strconv.Itoa(f.Status))
		if e, ok := answerOf(f.Err); ok && e.Code != "" && e.Code != strconv.Itoa(f.Status) {
			b.WriteString(" " + e.Code)
		}
		b.WriteString(")")
	}
	return api.Redact(b.String())
}

// Unwrap lets [errors.Is] and [errors.As] find the cause. An answer that was
// forwarded from the mail system is left out, as its status says nothing about the
// key, the message or the request, and so is a 404 that is about a whole mailbox.
func (f *Fault) Unwrap() []error {
	switch {
	case f.Cause == CauseKey && f.Err != nil:
		return []error{api.ErrSignedOut, f.Err}
	case f.Cause == CauseKey:
		return []error{api.ErrSignedOut}
	case f.Cause == CauseMailbox, f.Cause == CauseUpstream && f.Status < 500, f.Err == nil:
		return nil
	}
	return []error{f.Err}
}

// IsTemporary reports whether the same request can be expected to succeed later;
// [api.IsTemporary] asks it.
func (f *Fault) IsTemporary() bool {
	switch f.Cause {
	case CauseUpstream, CauseLimit:
		return true
	case CauseOther:
		return api.IsTemporary(f.Err)
	}
	return false
}

// CauseOf returns the cause within err; [CauseOther] when it has none.
func CauseOf(err error) Cause {
	var f *Fault
	if errors.As(err, &f) {
		return f.Cause
	}
	return CauseOther
}

// clip makes text from outside fit for an error: one line of at most limit bytes,
// and nothing in it that a terminal would obey.
func clip(s string, limit int) string {
	s = strings.ToValidUTF8(s[:min(len(s), 4*limit)], "\ufffd")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	if len(s) > limit {
		return strings.ToValidUTF8(s[:limit], "") + "…"
	}
	return s
}
