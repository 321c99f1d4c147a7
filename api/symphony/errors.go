package symphony

import (
	"errors"
	"fmt"
	"net/http"

	"switchboard/api"
)

// What a caller can test for with [errors.Is].
var (
	// ErrNoHistory means that a room does not show what was said before one joined it.
	ErrNoHistory = errors.New("the room does not show its history")
	// ErrFeedGone means that a datafeed is no more, and that a new one is to be made.
	ErrFeedGone = errors.New("the datafeed is gone")
	// ErrKeyRefused means that the pod or the key manager does not take the account's key.
	ErrKeyRefused = errors.New("the key or the certificate is not accepted")
	// ErrNoKeyManager means that the account needs a key manager and none is known.
	ErrNoKeyManager = errors.New("the key manager's address is needed")
	// ErrNeedsStream means that a search for words was to run over all streams at once.
	ErrNeedsStream = errors.New("words can be searched for in one stream at a time")
)

// IsNoHistory reports whether something was refused because the room does not show its
// history to those who came later.
func IsNoHistory(err error) bool { return errors.Is(err, ErrNoHistory) }

// IsFeedGone reports whether a datafeed has to be made anew: it was unread for half an hour,
// deleted, or its ackId is not known (all 400). A throttled read is not such a case.
func IsFeedGone(err error) bool { return errors.Is(err, ErrFeedGone) }

// answered returns the service's answer in err, if there is one with an error status.
func answered(err error) (*api.Error, bool) {
	var e *api.Error
	if errors.As(err, &e) && e.Status >= 300 {
		return e, true
	}
	return nil, false
}

// noSuch reports whether an agent may mean "not found": 404, or a 400 that is no throttle.
func noSuch(err error) bool {
	e, ok := answered(err)
	return ok && (e.Status == http.StatusNotFound || e.Status == http.StatusBadRequest && e.RetryAfter == 0 && !e.Throttled)
}

// explained returns e with words put before the service's own, and a cause to test for.
func explained(e *api.Error, cause error, words string) error {
	c := *e
	c.Err = cause
	if c.Message == "" {
		c.Message = words
	} else {
		c.Message = words + ": " + c.Message
	}
	return &c
}

// notFound makes an error for which [api.IsNotFound] holds of one that [noSuch] took for
// such: agents from 20.12 on answer 400 where they answered 404.
func notFound(err error, what string) error {
	e, ok := answered(err)
	if !ok || !noSuch(err) {
		return err
	}
	words := "the agent has no such " + what
	if e.Status == http.StatusBadRequest {
		words += ", or it takes the request for wrong"
	}
	return explained(e, api.ErrNotFound, words)
}

// none is the error of a read that was answered with 204, nothing.
func none(op, what string) error {
	return &api.Error{Service: service, Op: op, Method: http.MethodGet, Status: http.StatusNotFound, Message: "there is no such " + what}
}

func wrong(op string, err error) error { return fmt.Errorf("%s %s: %w", service, op, err) }
