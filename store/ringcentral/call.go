package ringcentral

import (
	"cmp"
	"context"
	"errors"
	"strings"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// Call implements store.Service with RingOut, which rings one's own telephone
// first and dials number once that is answered.
func (m *Mailbox) Call(ctx context.Context, number string) (store.CallHandle, error) {
	from, err := m.telephone(ctx)
	if err != nil {
		return nil, err
	}
	st, err := m.client.RingOut(ctx, rc.RingOutRequest{From: from, To: number})
	if err != nil {
		return nil, err
	}
	return &call{client: m.client, id: st.ID}, nil
}

// telephone is the number that rings first.
func (m *Mailbox) telephone(ctx context.Context) (string, error) {
	m.mu.Lock()
	from := m.from
	m.mu.Unlock()
	if from != "" {
		return from, nil
	}
	e, err := m.client.Extension(ctx)
	if err != nil {
		return "", err
	}
	from = cmp.Or(e.Contact.BusinessPhone, e.ExtensionNumber)
	if from == "" {
		return "", errors.New("it is not known which telephone of yours to ring: name its number in the configuration")
	}
	m.mu.Lock()
	m.from = from
	m.mu.Unlock()
	return from, nil
}

// call is a RingOut call.
type call struct {
	client *rc.Client
	id     rc.ID
}

// State implements store.CallHandle.
func (c *call) State(ctx context.Context) (store.CallState, error) {
	st, err := c.client.RingOutState(ctx, c.id)
	if err != nil {
		return store.CallState{}, err
	}
	caller := st.Status.Caller
	switch {
	case st.Running():
		return store.CallState{Ringing: !strings.EqualFold(caller, "Success")}, nil
	case strings.EqualFold(st.Status.Call, "Success"):
		return store.CallState{Connected: true}, nil
	}
	why := legWords(st.Status.Callee)
	if !strings.EqualFold(caller, "Success") {
		why = "your telephone: " + cmp.Or(legWords(caller), "not reached")
	}
	return store.CallState{Over: true, Words: cmp.Or(why, "not reached")}, nil
}

// Cancel implements store.CallHandle. It works until one's own telephone is answered.
func (c *call) Cancel(ctx context.Context) error { return c.client.CancelRingOut(ctx, c.id) }

// legWords says how one end of a call stands (spec CallingStatusInfo).
func legWords(status string) string {
	switch strings.ToLower(status) {
	case "busy":
		return "busy"
	case "noanswer":
		return "no answer"
	case "rejected":
		return "rejected"
	case "finished":
		return "hung up"
	case "internationaldisabled":
		return "international calls are not allowed"
	case "destinationblocked":
		return "the number is blocked"
	case "notenoughfunds":
		return "the account has no credit left"
	case "invalid":
		return "the number is not valid"
	case "", "success", "inprogress", "genericerror", "nosessionfound", "unknown":
		return ""
	}
	return status
}
