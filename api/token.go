package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// ErrNoToken is what a [TokenStore] returns for an account without a token.
var ErrNoToken = errors.New("no token stored")

// Token is what a sign-in gives. It prints without its secrets.
type Token struct {
	Access        string    `json:"access"`
	Refresh       string    `json:"refresh,omitempty"` // single use; "": none was issued
	Type          string    `json:"type,omitempty"`
	Issued        time.Time `json:"issued,omitzero"`
	Expiry        time.Time `json:"expiry,omitzero"`
	RefreshExpiry time.Time `json:"refresh_expiry,omitzero"`
	Owner         string    `json:"owner,omitempty"` // the extension's id
	Scope         string    `json:"scope,omitempty"`
	Endpoint      string    `json:"endpoint,omitempty"` // this installation, as the service calls it
}

// TokenStore keeps tokens between runs. Implementations must have written a
// token durably before Save returns.
type TokenStore interface {
	// Load returns the account's token, or [ErrNoToken].
	Load(ctx context.Context, account string) (Token, error)
	Save(ctx context.Context, account string, t Token) error
	// Delete removes it; one that is not there is no error.
	Delete(ctx context.Context, account string) error
}

// String implements [fmt.Stringer] without secrets.
func (t Token) String() string {
	return fmt.Sprintf("token of %s until %s", t.Owner, t.Expiry.Format(time.RFC3339))
}

// GoString implements [fmt.GoStringer] without secrets.
func (t Token) GoString() string { return "api.Token{" + t.String() + "}" }

// LogValue implements [slog.LogValuer] without secrets.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// valid reports whether the access token can still be used at now.
func (t Token) valid(now time.Time) bool {
	return t.Access != "" && (t.Expiry.IsZero() || now.Before(t.Expiry))
}

// due reports whether the token should be refreshed: about two minutes before
// it expires, or in the last fifth of a shorter life.
func (t Token) due(now time.Time) bool {
	if t.Access == "" {
		return true
	}
	if t.Expiry.IsZero() {
		return false
	}
	ahead := 2 * time.Minute
	if !t.Issued.IsZero() && t.Expiry.After(t.Issued) {
		ahead = min(ahead, t.Expiry.Sub(t.Issued)/5)
	}
	return !now.Before(t.Expiry.Add(-ahead))
}

// refreshable reports whether a refresh is worth asking for.
func (t Token) refreshable(now time.Time) bool {
	return t.Refresh != "" && (t.RefreshExpiry.IsZero() || now.Before(t.RefreshExpiry))
}
