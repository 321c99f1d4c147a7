package emailgistics

import (
	"context"
	"net/http"
	"time"

	"switchboard/api"
)

// nobody is the id of a message that does not exist, of the form that ids have.
const nobody = "AAMkAGUzY5QKjAAA="

// notice keeps what an answer proves about the key.
func (c *Client) notice(op string, scope Scope, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, answered := answerOf(err)
	switch {
	case err == nil:
		c.keyOK = c.clock.Now()
		c.grant(scope, GrantYes)
	case !answered:
	case e.Status == http.StatusUnauthorized && op == opMailboxes:
		c.keyOK = time.Time{}
	case e.Status == http.StatusForbidden && op == opMailboxes:
		c.keyOK = c.clock.Now()
		c.grant(scope, GrantNo)
	}
}

// grant notes what is known of a scope; what was proved stays proved.
func (c *Client) grant(scope Scope, g Grant) {
	var to *Grant
	switch scope {
	case ScopeReporting:
		to = &c.scopes.Reporting
	case ScopeRead:
		to = &c.scopes.Read
	case ScopeContent:
		to = &c.scopes.Content
	default:
		return
	}
	if g == GrantYes || g == GrantNo || *to == GrantUnknown {
		*to = g
	}
}

// tryScope makes the request for a message that does not exist that shows whether the key has
// a scope: one without it is refused before the message is looked for.
func (c *Client) tryScope(ctx context.Context, scope Scope) (Grant, error) {
	path := "/api/v1/messages/" + nobody + "/attachments"
	switch scope {
	case ScopeReporting:
		_, err := c.listMailboxes(ctx)
		return c.Scopes().Reporting, unlessRefused(err)
	case ScopeContent:
		path += "/" + nobody + "/download"
	case ScopeRead:
	default:
		return GrantUnknown, nil
	}
	err := c.get(ctx, opProbe, path, new([]byte))
	g := GrantUnknown
	e, answered := answerOf(err)
	switch {
	case err == nil: // an answer for what does not exist
	case answered && e.Status == http.StatusForbidden && !graphCode(e.Code):
		g = GrantNo
	case answered && (e.Status == http.StatusNotFound || e.Status == http.StatusBadRequest || graphCode(e.Code)):
		g = GrantLikely
	}
	c.mu.Lock()
	if g != GrantUnknown && !(g == GrantLikely && c.scopes.Of(scope) == GrantNo) {
		c.grant(scope, g)
	}
	g = c.scopes.Of(scope)
	c.mu.Unlock()
	return g, unlessRefused(err)
}

// unlessRefused keeps the errors that say nothing about a scope.
func unlessRefused(err error) error {
	e, answered := answerOf(err)
	if answered && (e.Status == http.StatusForbidden || e.Status == http.StatusNotFound || e.Status == http.StatusBadRequest) {
		return nil
	}
	return err
}

func (c *Client) probe(ctx context.Context) (Scopes, error) {
	boxes, err := c.listMailboxes(ctx)
	c.mu.Lock()
	c.scopes.Mailboxes = -1
	if err == nil {
		c.scopes.Mailboxes = len(boxes)
	}
	c.mu.Unlock()
	if err := unlessRefused(err); err != nil {
		return c.Scopes(), c.judge(ctx, err, asked{op: opMailboxes, scope: ScopeReporting})
	}
	for _, s := range []Scope{ScopeRead, ScopeContent} {
		if c.Scopes().Of(s) == GrantYes {
			continue
		}
		if _, err := c.tryScope(ctx, s); err != nil {
			if api.IsTemporary(err) { // one that fails for the moment says nothing
				continue
			}
			return c.Scopes(), c.judge(ctx, err, asked{op: opProbe, scope: s})
		}
	}
	return c.Scopes(), ctx.Err()
}
