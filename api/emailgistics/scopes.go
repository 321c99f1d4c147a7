package emailgistics

import "context"

// Scope is a right that an API key was given when it was made.
type Scope string

// The scopes.
const (
	ScopeReporting Scope = "reporting"        // list mailboxes, run reports
	ScopeRead      Scope = "messages:read"    // attachment lists, reports with a row a message
	ScopeContent   Scope = "messages:content" // download
)

// Grant says whether a key has a scope.
type Grant string

// The grants. Nothing but use proves a scope: the service has no call that tells
// them.
const (
	GrantUnknown Grant = ""       // could not be told
	GrantYes     Grant = "yes"    // it was used with success
	GrantLikely  Grant = "likely" // a request that would have been refused without it failed for another reason
	GrantNo      Grant = "no"     // it was refused
	grantWords         = "could not be told"
)

// String puts the grant into words.
func (g Grant) String() string {
	if g == GrantUnknown {
		return grantWords
	}
	return string(g)
}

// Scopes is what is known of a key.
type Scopes struct {
	Reporting, Read, Content Grant
	// Mailboxes is how many mailboxes are on the key's allowlist; -1: could not be told.
	Mailboxes int
}

// Of returns what is known of one scope.
func (s Scopes) Of(scope Scope) Grant {
	switch scope {
	case ScopeReporting:
		return s.Reporting
	case ScopeRead:
		return s.Read
	case ScopeContent:
		return s.Content
	}
	return GrantUnknown
}

// Scopes returns what has been seen of the key so far, without asking.
func (c *Client) Scopes() Scopes {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.scopes
}

// Probe finds out what the key can do, with three small requests of which none
// reads a message: the list of mailboxes, and the attachments and the content of
// a message that does not exist (403 means that the scope is missing, 404 that
// the service looked for the message, so that it is most likely there). What
// earlier calls have proved is kept. The error says that the key is not taken
// (CauseKey), or that the service could not be asked; what was found by then is
// returned with it.
func (c *Client) Probe(ctx context.Context) (Scopes, error) {
	return c.probe(ctx)
}
