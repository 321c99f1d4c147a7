package ringcentral

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"switchboard/api"
)

// subscribe asks for all filters on a connection, in place of those it had. Where
// the service refuses the request as a whole it is found out which filters are to
// blame, so that one permission that is missing does not cost all events.
func (p *pusher) subscribe(ctx context.Context, l *link) error {
	good, bad, err := p.ask(ctx, l, p.o.Filters)
	if err != nil {
		return err
	}
	// Of the two names of the chats' filter the other one may be known.
	if i := slices.Index(bad, FilterChats); i >= 0 && !slices.Contains(p.o.Filters, filterGroups) {
		again, worse, err := p.ask(ctx, l, append(slices.Clone(good), filterGroups))
		if err != nil && !refused(err) {
			return err
		}
		switch {
		case err == nil && !slices.Contains(worse, filterGroups):
			good, bad = again, slices.Delete(bad, i, i+1)
		case len(good) > 0: // the refusal left nothing, or the old ones: make sure
			if _, _, err = p.ask(ctx, l, good); err != nil {
				return err
			}
		}
	}
	if len(good) == 0 {
		return fmt.Errorf("RingCentral push: %w", errPushAll)
	}
	l.disabled = bad
	return nil
}

// ask subscribes to filters and tells which were granted and which not. The
// error is that of a request that failed for another reason, or of one in which
// no filter is good.
func (p *pusher) ask(ctx context.Context, l *link, filters []string) (good, bad []string, err error) {
	sub, err := p.request(ctx, l, filters)
	if err == nil {
		good, bad = sub.granted(filters)
		return good, bad, nil
	}
	if !refused(err) || len(filters) == 1 {
		return nil, nil, err
	}
	for _, half := range [][]string{filters[:len(filters)/2], filters[len(filters)/2:]} {
		g, b, herr := p.ask(ctx, l, half)
		switch {
		case herr == nil:
			good, bad = append(good, g...), append(bad, b...)
		case refused(herr):
			bad = append(bad, half...)
		default:
			return nil, nil, herr
		}
	}
	if len(good) == 0 {
		return nil, nil, err
	}
	if sub, err = p.request(ctx, l, good); err != nil {
		return nil, nil, err
	}
	good, worse := sub.granted(good)
	return good, append(bad, worse...), nil
}

// granted sorts what was asked for by what became of it.
func (s Subscription) granted(asked []string) (good, bad []string) {
	off, listed := map[string]bool{}, map[string]bool{}
	for _, d := range s.DisabledFilters {
		for _, f := range meant(asked, d.Filter, false) {
			off[f] = true
		}
	}
	for _, g := range s.EventFilters {
		// The service's own spelling of the parameters is not known well enough to
		// compare them.
		for _, f := range meant(asked, g, true) {
			listed[f] = true
		}
	}
	for _, f := range asked {
		// A filter that is on neither list was left out.
		if off[f] || len(s.EventFilters) > 0 && !listed[f] {
			bad = append(bad, f)
		} else {
			good = append(good, f)
		}
	}
	return good, bad
}

// request sends a subscription through the socket (createSubscription, Medium).
func (p *pusher) request(ctx context.Context, l *link, filters []string) (Subscription, error) {
	const op = "createSubscription"
	var sub Subscription
	budget := p.c.Budget()
	answered, err := budget.Acquire(api.Patient(api.Background(ctx), pushBudget), op, api.Medium)
	if err != nil {
		return sub, err
	}
	defer answered()
	id := newMessageID()
	meta := struct {
		Type      string `json:"type"`
		MessageID string `json:"messageId"`
		Method    string `json:"method"`
		Path      string `json:"path"`
	}{"ClientRequest", id, http.MethodPost, subscriptions}
	err = l.send(ctx, meta, SubscriptionRequest{EventFilters: filters, DeliveryMode: DeliveryMode{TransportType: "WebSocket"}})
	if err != nil {
		return sub, err
	}
	f, err := l.await(ctx, func(f pushFrame) bool {
		return f.MessageID == id && (f.Type == "ClientRequest" || f.Type == "Error")
	})
	if err != nil {
		return sub, err
	}
	budget.Learn(api.Medium, f.Status, f.Headers)
	if f.Type == "Error" || f.Status >= http.StatusBadRequest {
		e := f.failure(op, http.MethodPost)
		if e.Status == http.StatusTooManyRequests {
			budget.Penalty(api.Medium, f.Headers, e.RetryAfter, e.Has("CMN-310"))
		}
		return sub, e
	}
	if err := tolerant(f.Body, &sub); err != nil {
		return sub, fmt.Errorf("RingCentral %s: %w: %w", op, api.ErrBadBody, err)
	}
	return sub, nil
}
