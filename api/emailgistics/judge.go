package emailgistics

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"switchboard/api"
)

// asked is what a failed call was about.
type asked struct {
	op    string
	scope Scope // that the call needs; "": not known
	ref   Ref
	att   string // the attachment's id, of a download
}

// judge says what an error of the client means. It may ask once or twice more to
// tell causes apart that look alike; answers without a status, and faults, pass
// as they are.
func (c *Client) judge(ctx context.Context, err error, q asked) error {
	var (
		fault *Fault
		limit *api.LimitError
	)
	switch {
	case errors.As(err, &fault):
		return err
	case errors.As(err, &limit):
		return &Fault{
			Cause: CauseLimit, Op: q.op, Err: err,
			Text: fmt.Sprintf("the account's limit (%d requests a minute, all keys together) is reached, possible again at %s", requestsAMinute, limit.Until.Format("15:04:05")),
		}
	}
	e, ok := answerOf(err)
	if !ok || e.Status < http.StatusBadRequest {
		return err
	}
	f := &Fault{Op: q.op, Status: e.Status, Err: err}
	switch {
	case e.Status == http.StatusUnauthorized:
		c.unauthorized(ctx, f, q)
	case e.Status == http.StatusForbidden:
		c.forbidden(ctx, f, e, q)
	case e.Status == http.StatusNotFound, e.Status == http.StatusGone:
		c.missing(ctx, f, q)
	case e.Status == http.StatusTooManyRequests:
		tooMany(f, e, q)
	case e.Status >= http.StatusInternalServerError:
		f.Cause, f.Text = CauseUpstream, "Emailgistics, or the mail system behind it, failed for the moment"+said(e)
	case q.op == opDownload:
		f.Cause, f.Text = CauseUpstream, "an answer that this call should not give, most likely passed on from the mail system; worth trying again"+said(e)
	default:
		f.Cause, f.Text = CauseRequest, "the request was refused"+said(e)
	}
	return f
}

// said adds the service's own words, if they say more than the status does.
func said(e *api.Error) string {
	if e.Message == "" || strings.EqualFold(e.Message, http.StatusText(e.Status)) {
		return ""
	}
	return ": " + e.Message
}

func tooMany(f *Fault, e *api.Error, q asked) {
	f.Cause, f.Text = CauseLimit, fmt.Sprintf("the account's limit (%d requests a minute, all keys together) is reached", requestsAMinute)
	if q.op == opReport {
		f.Text = fmt.Sprintf("the account's limit is reached: %d requests a minute, or %d reports at a time, all keys together", requestsAMinute, mostReports)
	}
	if e.RetryAfter <= 0 {
		e.RetryAfter = time.Minute // as the documents ask for, and what the budget waits
	}
	f.Text += fmt.Sprintf("; possible again in %d s", int(e.RetryAfter.Round(time.Second)/time.Second))
}

// unauthorized tells a key that is not taken from a 401 that the mail system
// gave: the list of mailboxes never goes there.
func (c *Client) unauthorized(ctx context.Context, f *Fault, q asked) {
	const refused = "the API key was refused: it is wrong, has expired or was deleted; a system administrator makes a new one under API Access"
	if q.op == opMailboxes {
		f.Cause, f.Text = CauseKey, refused
		return
	}
	good, err := c.keyGood(ctx)
	switch {
	case err != nil:
		f.Cause, f.Text = CauseUpstream, "refused, and whether the API key or the mail system is the reason could not be found out; try again later"
	case good:
		f.Cause, f.Text = CauseUpstream, "the mail system behind Emailgistics refused access, the API key itself is good; its administrator may have withdrawn the permission"
	default:
		f.Cause, f.Text = CauseKey, refused
	}
}

// keyFresh is how long an answer to the question whether the key is good holds,
// so that a hundred refused downloads ask it once.
const keyFresh = time.Minute

// keyGood asks for the list of mailboxes: any answer but a 401 proves the key.
func (c *Client) keyGood(ctx context.Context) (bool, error) {
	c.confirm.Lock()
	defer c.confirm.Unlock()
	c.mu.Lock()
	fresh := !c.keyOK.IsZero() && c.clock.Now().Sub(c.keyOK) < keyFresh
	c.mu.Unlock()
	if fresh {
		return true, nil
	}
	_, err := c.listMailboxes(ctx)
	if err == nil {
		return true, nil
	}
	e, ok := answerOf(err)
	switch {
	case ok && e.Status == http.StatusForbidden:
		return true, nil
	case ok && e.Status == http.StatusUnauthorized:
		return false, nil
	}
	return false, err
}

// forbidden tells a missing scope from a refusal of the mail system.
func (c *Client) forbidden(ctx context.Context, f *Fault, e *api.Error, q asked) {
	scope := scopeIn(e.Message)
	if scope == "" && q.op == opReport {
		scope = c.reportScope(ctx)
	}
	if scope == "" {
		scope = q.scope
	}
	if (q.op == opDownload || q.op == opAttachments) && scopeIn(e.Message) == "" && c.passedOn(ctx, e, q) {
		f.Cause = CauseUpstream
		f.Text = "the mail system behind Emailgistics refused access to this message, the API key may do it; its administrator may have withdrawn the permission"
		return
	}
	f.Cause, f.Scope = CauseScope, scope
	if scope == "" {
		f.Text = "the API key lacks a scope for this call" + said(e)
		return
	}
	e.Permission = string(scope)
	f.Text = fmt.Sprintf("the API key lacks the scope %s; scopes are fixed when a key is made, so a system administrator has to make another (API Access)", scope)
}

// passedOn reports whether a 403 came from the mail system: its own codes say so,
// or the key has the scope.
func (c *Client) passedOn(ctx context.Context, e *api.Error, q asked) bool {
	if graphCode(e.Code) {
		return true
	}
	known := c.Scopes().Of(q.scope)
	if known == GrantUnknown {
		known, _ = c.tryScope(ctx, q.scope)
	}
	return known == GrantYes || known == GrantLikely
}

// scopeIn finds a scope that the service names in its words.
func scopeIn(message string) Scope {
	for _, s := range []Scope{ScopeContent, ScopeRead, ScopeReporting} {
		if strings.Contains(message, string(s)) {
			return s
		}
	}
	return ""
}

// graphCode reports whether an error's code is the mail system's (Microsoft
// Graph): words, where Emailgistics has numbers and names in small letters.
func graphCode(code string) bool {
	if code == "InvalidAuthenticationToken" || code == "AccessDenied" || strings.HasPrefix(code, "Authorization_") {
		return true
	}
	rest, ok := strings.CutPrefix(code, "Error")
	return ok && rest != "" && rest[0] >= 'A' && rest[0] <= 'Z'
}

// reportScope finds out which of the two scopes that a report needs is missing.
func (c *Client) reportScope(ctx context.Context) Scope {
	if c.Scopes().Reporting == GrantUnknown {
		_, _ = c.listMailboxes(ctx) // noticed in the scopes
	}
	switch c.Scopes().Reporting {
	case GrantNo:
		return ScopeReporting
	case GrantYes:
		return ScopeRead
	}
	return ""
}

// missing tells the cases apart that hide behind a 404.
func (c *Client) missing(ctx context.Context, f *Fault, q asked) {
	switch q.op {
	case opReport:
		f.Cause, f.Text = CauseMailbox, "the mailbox is unknown or not on the API key's allowlist"
	case opResults:
		f.Cause, f.Text = CauseGone, "the report is gone: results are kept for 24 hours, and shown only to the API key that started the report"
	case opDownload:
		c.missingContent(ctx, f, q)
	case opAttachments:
		c.missingMessage(ctx, f, q)
	default:
		f.Cause, f.Text = CauseGone, "there is no such thing, or it is not on the API key's allowlist"
	}
}

// missingContent asks for the message's list of attachments.
func (c *Client) missingContent(ctx context.Context, f *Fault, q asked) {
	list, err := c.listAttachments(ctx, q.ref)
	if err != nil {
		if e, ok := answerOf(err); ok && (e.Status == http.StatusNotFound || e.Status == http.StatusGone) {
			c.missingMessage(ctx, f, q)
			return
		}
		f.Cause, f.Text = CauseGone, goneMessage
		return
	}
	for _, a := range list {
		if a.ID == q.att {
			f.Cause, f.Text = CauseUpstream, "the mail system behind Emailgistics did not find the file although it lists it; worth trying again"
			return
		}
	}
	f.Cause, f.Text = CauseGone, "the message no longer has this attachment"
}

const goneMessage = "the message or its attachment is unknown: it was moved, changed or deleted (its id changes then), or its mailbox is not on the API key's allowlist"

// missingMessage looks whether the mailbox may be seen.
func (c *Client) missingMessage(ctx context.Context, f *Fault, q asked) {
	on, known := c.listed(q.ref.Mailbox)
	if (!known || !on) && q.ref.Mailbox != "" && c.Scopes().Reporting != GrantNo {
		if _, err := c.listMailboxes(ctx); err == nil { // anew: the list may have grown since
			on, known = c.listed(q.ref.Mailbox)
		}
	}
	switch {
	case known && !on:
		f.Cause, f.Text = CauseMailbox, fmt.Sprintf("the mailbox %s is not on the API key's allowlist", clip(q.ref.Mailbox, 80))
	case known:
		f.Cause, f.Text = CauseGone, "the message is unknown: it was moved, changed or deleted (its id changes then)"
	default:
		f.Cause, f.Text = CauseGone, goneMessage
	}
}
