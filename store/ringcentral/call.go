package ringcentral

import (
	"cmp"
	"context"
	"errors"
	"strings"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

var _ store.TelephoneService = (*Mailbox)(nil)

// Call implements store.Service with RingOut, which rings one's own telephone
// first and dials the other side once that is answered.
func (m *Mailbox) Call(ctx context.Context, r store.CallRequest) (store.CallHandle, error) {
	from := r.From
	if from == "" {
		var err error
		if from, err = m.telephone(ctx); err != nil {
			return nil, err
		}
	}
	st, err := m.client.RingOut(ctx, rc.RingOutRequest{From: from, To: r.To, CallerID: r.Shown, PlayPrompt: r.Prompt})
	if err != nil {
		return nil, err
	}
	return &call{client: m.client, id: st.ID}, nil
}

// Resume implements store.TelephoneService.
func (m *Mailbox) Resume(name string) store.CallHandle {
	return &call{client: m.client, id: rc.ID(name)}
}

// telephone is the number that rings first where none was chosen.
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
		return "", errors.New("it is not known which telephone of yours to ring: choose one with call-from")
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

// Name implements store.CallHandle.
func (c *call) Name() string { return string(c.id) }

// State implements store.CallHandle.
func (c *call) State(ctx context.Context) (store.CallState, error) {
	st, err := c.client.RingOutState(ctx, c.id)
	if err != nil {
		return store.CallState{}, err
	}
	return callState(st.Status.Call, st.Status.Caller, st.Status.Callee), nil
}

// Cancel implements store.CallHandle. It works until one's own telephone is answered.
func (c *call) Cancel(ctx context.Context) error { return c.client.CancelRingOut(ctx, c.id) }

// callState says how a call stands by the words for the whole and for its ends (spec
// CallingStatusInfo). An end that was spoken to and hung up is Finished.
func callState(whole, caller, callee string) store.CallState {
	is := strings.EqualFold
	switch {
	case is(whole, "InProgress") && is(caller, "Success"):
		return store.CallState{Stage: store.CallRingsThere}
	case is(whole, "InProgress"):
		return store.CallState{Stage: store.CallRings}
	case is(whole, "Success") && (is(caller, "Finished") || is(callee, "Finished")):
		return store.CallState{Stage: store.CallOver, Spoke: true}
	case is(whole, "Success"):
		return store.CallState{Stage: store.CallSpeaking}
	case is(whole, "Finished") && !failed(caller) && !failed(callee):
		return store.CallState{Stage: store.CallOver}
	}
	if !is(caller, "Success") {
		if why := legWords(caller); why != "" {
			return store.CallState{Stage: store.CallOver, Words: "your telephone: " + why}
		}
	}
	return store.CallState{Stage: store.CallOver, Words: cmp.Or(legWords(callee), legWords(whole), "not reached")}
}

func failed(leg string) bool { w := legWords(leg); return w != "" && w != "hung up" }

// legWords says why one end of a call was not reached; "" where its word does not tell.
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
	case "ringoutfromthisnumberisnotsupported":
		return "the service does not ring that one; choose another with call-from"
	case "internationaldisabled":
		return "international calls are not allowed"
	case "destinationblocked":
		return "the number is blocked"
	case "notenoughfunds":
		return "the account has no credit left"
	case "nosuchuser":
		return "there is nobody with that number"
	case "noansweringmachine":
		return "no answer, and no machine either"
	case "invalid":
		return "the number is not valid"
	case "", "success", "inprogress", "genericerror", "error", "cannotreach", "nosessionfound", "unknown":
		return ""
	}
	return status
}
