package ringcentral

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"

	"switchboard/api"
)

// RingOutRequest starts a call with two legs: first From's phone rings, then
// To's.
type RingOutRequest struct {
	From       string // phone number of the first leg
	To         string // phone number of the second leg
	CallerID   string // number shown to To; "": the default
	PlayPrompt bool   // ask From to press 1 first
	CountryID  string // dialling plan; "": the extension's
}

// RingOutStatus is how far a call is (GetRingOutStatusResponse).
type RingOutStatus struct {
	ID     ID     `json:"id"`
	URI    string `json:"uri"`
	Status struct {
		Call   string `json:"callStatus"` // InProgress Success CannotReach NoAnsweringMachine
		Caller string `json:"callerStatus"`
		Callee string `json:"calleeStatus"`
	} `json:"status"`
}

// Running reports whether the call is still being set up.
func (s RingOutStatus) Running() bool { return s.Status.Call == "InProgress" }

// ringOutPath remembers which of the path's two spellings the service knows:
// ring-out, or ringout as it was until 2020.
type ringOutPath struct{ old atomic.Bool }

func (p *ringOutPath) path(id ID) string {
	s := extension + "/ring-out"
	if p.old.Load() {
		s = extension + "/ringout"
	}
	if id != "" {
		s += "/" + url.PathEscape(string(id))
	}
	return s
}

// RingOut starts a call (createRingOutCall, Heavy). It is never sent twice: a
// lost answer is an unknown outcome.
func (c *Client) RingOut(ctx context.Context, r RingOutRequest) (RingOutStatus, error) {
	type number struct {
		PhoneNumber string `json:"phoneNumber"`
	}
	type country struct {
		ID string `json:"id"`
	}
	body := struct {
		From       number   `json:"from"`
		To         number   `json:"to"`
		CallerID   *number  `json:"callerId,omitempty"`
		PlayPrompt bool     `json:"playPrompt"`
		Country    *country `json:"country,omitempty"`
	}{From: number{r.From}, To: number{r.To}, PlayPrompt: r.PlayPrompt}
	if r.CallerID != "" {
		body.CallerID = &number{r.CallerID}
	}
	if r.CountryID != "" {
		body.Country = &country{r.CountryID}
	}
	var s RingOutStatus
	ask := func() error {
		_, err := c.Do(ctx, api.Request{
			Op: "createRingOutCall", Method: http.MethodPost, Path: c.ringOut.path(""), Body: body, Group: api.Heavy,
		}, &s)
		return err
	}
	err := ask()
	if api.IsNotFound(err) && !c.ringOut.old.Load() {
		c.ringOut.old.Store(true)
		again := ask()
		if again == nil {
			return s, nil
		}
		c.ringOut.old.Store(false)
	}
	return s, err
}

// callID reports whether id names one call. Unlike a message's it is a token
// of any characters, so it is escaped.
func callID(id ID) bool { return id != "" && id != "*" && id != "." && id != ".." && len(id) <= maxID }

// RingOutState asks how far a call is (readRingOutCallStatus, Light).
func (c *Client) RingOutState(ctx context.Context, id ID) (RingOutStatus, error) {
	var s RingOutStatus
	if !callID(id) {
		return s, fmt.Errorf("RingCentral readRingOutCallStatus: %w", api.ErrNoIDs)
	}
	_, err := c.Do(ctx, api.Request{Op: "readRingOutCallStatus", Path: c.ringOut.path(id), Group: api.Light}, &s)
	return s, err
}

// CancelRingOut gives a call up, which works until its first leg is connected
// (deleteRingOutCall, Heavy). Not repeated.
func (c *Client) CancelRingOut(ctx context.Context, id ID) error {
	if !callID(id) {
		return fmt.Errorf("RingCentral deleteRingOutCall: %w", api.ErrNoIDs)
	}
	_, err := c.Do(ctx, api.Request{
		Op: "deleteRingOutCall", Method: http.MethodDelete, Path: c.ringOut.path(id), Group: api.Heavy,
	}, nil)
	return err
}
