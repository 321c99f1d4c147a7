package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// subscription is what somebody listens to.
type subscription struct {
	ID       string
	granted  []*pushFilter
	disabled []disabledFilter
	socket   bool
	address  string // of a webhook; nothing is ever sent there
	created  time.Time
	ends     time.Time // of a webhook's
}

const (
	maxSubscriptions = 30
	hookLife         = 7 * 24 * time.Hour // of a webhook that asks for no other
	maxHookLife      = 315360000 * time.Second
)

// matching lists the filters through which an event is told: one for each way
// in which it is named. Of two for the same path the more detailed one counts.
func (sub *subscription) matching(ext, event string, favorites map[string]bool) []*pushFilter {
	var list []*pushFilter
	for _, f := range sub.granted {
		if !f.wants(ext, event, favorites) {
			continue
		}
		same := slices.IndexFunc(list, func(o *pushFilter) bool { return o.path == f.path && f.kind == filterPresence })
		switch {
		case same < 0:
			list = append(list, f)
		case f.query.Get("detailedTelephonyState") == "true":
			list[same] = f
		}
	}
	return list
}

type subscriptionWire struct {
	URI      string           `json:"uri"`
	ID       string           `json:"id"`
	Filters  []string         `json:"eventFilters"`
	Disabled []disabledFilter `json:"disabledFilters,omitempty"`
	Ends     string           `json:"expirationTime"`
	Expires  int64            `json:"expiresIn"`
	Status   string           `json:"status"`
	Created  string           `json:"creationTime"`
	Mode     deliveryMode     `json:"deliveryMode"`
}

type deliveryMode struct {
	Type       string `json:"transportType"`
	Address    string `json:"address,omitempty"`
	Encryption *bool  `json:"encryption,omitempty"`
}

type subscriptionRequest struct {
	Filters []string     `json:"eventFilters"`
	Expires int64        `json:"expiresIn"`
	Mode    deliveryMode `json:"deliveryMode"`
}

func (s *Server) subscriptionWire(sub *subscription) subscriptionWire {
	now := s.now()
	w := subscriptionWire{
		URI: s.platform.url + "/restapi/v1.0/subscription/" + sub.ID, ID: sub.ID, Filters: []string{}, Disabled: sub.disabled,
		Status: "Active", Created: isoTime(sub.created.UnixMilli()), Mode: deliveryMode{Type: "WebSocket"},
	}
	ends := sub.ends
	if sub.socket { // renewed by itself as long as the connection lives
		ends = now.Add(pushLife)
	} else {
		w.Mode = deliveryMode{Type: "WebHook", Address: sub.address, Encryption: new(bool)}
	}
	w.Ends, w.Expires = isoTime(ends.UnixMilli()), max(int64((ends.Sub(now)+time.Second-1)/time.Second), 1)
	for _, f := range sub.granted { // with the ids in place of ~
		text := f.path
		if len(f.query) > 0 {
			text += "?" + f.query.Encode()
		}
		w.Filters = append(w.Filters, text)
	}
	return w
}

// subscriptionID is no longer than the documents allow.
func subscriptionID() string { return randomID()[:20] }

// subscribeSocket makes a session's subscription, in place of the one it had.
func (s *Server) subscribeSocket(p *pushSession, body []byte) (any, *apiError) {
	var req subscriptionRequest
	if err := decodeBody(strings.NewReader(string(body)), &req); err != nil {
		return nil, err
	}
	if req.Mode.Type != "WebSocket" {
		return nil, badParameter("transportType")
	}
	return s.attach(p, subscriptionID(), req.Filters)
}

func (s *Server) attach(p *pushSession, id string, filters []string) (any, *apiError) {
	if s.push.once("refuse") {
		return nil, &apiError{status: http.StatusForbidden, code: "SUB-406", message: "Not allowed subscribe for events specified in request"}
	}
	granted, disabled, err := s.grant(filters)
	if err != nil {
		return nil, err
	}
	sub := &subscription{ID: id, granted: granted, disabled: disabled, socket: true, created: s.now()}
	s.push.mu.Lock()
	defer s.push.mu.Unlock()
	p.sub = sub
	return s.subscriptionWire(sub), nil
}

func (s *Server) resubscribeSocket(p *pushSession, id string, body []byte) (any, *apiError) {
	if _, err := s.push.socketSubscription(p, id); err != nil {
		return nil, err
	}
	var req subscriptionRequest
	if err := decodeBody(strings.NewReader(string(body)), &req); err != nil {
		return nil, err
	}
	return s.attach(p, id, req.Filters)
}

func (h *pushHub) socketSubscription(p *pushSession, id string) (*subscription, *apiError) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p.sub == nil || p.sub.ID != id {
		return nil, notFound("subscriptionId")
	}
	return p.sub, nil
}

func (s *Server) readSocket(p *pushSession, id string) (any, *apiError) {
	sub, err := s.push.socketSubscription(p, id)
	if err != nil {
		return nil, err
	}
	s.push.mu.Lock()
	defer s.push.mu.Unlock()
	return s.subscriptionWire(sub), nil
}

func (h *pushHub) unsubscribeSocket(p *pushSession, id string) *apiError {
	if _, err := h.socketSubscription(p, id); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	p.sub = nil
	return nil
}

// subscriptions lists all there are. The caller holds the lock.
func (h *pushHub) subscriptions(now time.Time) []*subscription {
	h.expire(now)
	h.hooks = slices.DeleteFunc(h.hooks, func(sub *subscription) bool { return !now.Before(sub.ends) })
	list := slices.Clone(h.hooks)
	for _, p := range h.sessions {
		if p.sub != nil {
			list = append(list, p.sub)
		}
	}
	return list
}

func (c *call) listSubscriptions() *apiError {
	h := c.s.push
	h.mu.Lock()
	defer h.mu.Unlock()
	records := []subscriptionWire{}
	for _, sub := range h.subscriptions(c.s.now()) {
		records = append(records, c.s.subscriptionWire(sub))
	}
	writeJSON(c.w, http.StatusOK, struct {
		URI     string             `json:"uri"`
		Records []subscriptionWire `json:"records"`
	}{c.s.platform.url + "/restapi/v1.0/subscription", records})
	return nil
}

// createSubscription makes one that is delivered to a webhook. Those of a
// socket are made through the socket.
func (c *call) createSubscription() *apiError {
	var req subscriptionRequest
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	switch {
	case req.Mode.Type != "WebHook":
		return badParameter("transportType")
	case !strings.HasPrefix(req.Mode.Address, "https://"):
		return &apiError{status: http.StatusBadRequest, code: "SUB-522", message: "WebHook address has to begin with https://", parameter: "address"}
	}
	granted, disabled, err := c.s.grant(req.Filters)
	if err != nil {
		return err
	}
	now := c.s.now()
	h := c.s.push
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.subscriptions(now)) >= maxSubscriptions {
		return &apiError{status: http.StatusForbidden, code: "SUB-505", message: "Subscriptions limit exceeded"}
	}
	sub := &subscription{ID: subscriptionID(), granted: granted, disabled: disabled, address: req.Mode.Address, created: now}
	sub.extend(now, req.Expires)
	h.hooks = append(h.hooks, sub)
	writeJSON(c.w, http.StatusOK, c.s.subscriptionWire(sub))
	return nil
}

func (sub *subscription) extend(now time.Time, seconds int64) {
	life := hookLife
	if seconds > 0 {
		life = min(time.Duration(min(seconds, int64(maxHookLife/time.Second)))*time.Second, maxHookLife)
	}
	sub.ends = now.Add(life)
}

// withSubscription finds the one that the path names, and answers with it
// unless do refuses.
func (c *call) withSubscription(do func(*subscription, time.Time) *apiError) *apiError {
	h := c.s.push
	h.mu.Lock()
	defer h.mu.Unlock()
	now := c.s.now()
	all := h.subscriptions(now)
	i := slices.IndexFunc(all, func(sub *subscription) bool { return sub.ID == c.r.PathValue("id") })
	if i < 0 {
		return notFound("subscriptionId")
	}
	if err := do(all[i], now); err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, c.s.subscriptionWire(all[i]))
	return nil
}

func (c *call) readSubscription() *apiError {
	return c.withSubscription(func(*subscription, time.Time) *apiError { return nil })
}

func overHTTP() *apiError {
	return &apiError{
		status: http.StatusBadRequest, code: "SUB-525", message: "WebSocket subscriptions cannot be changed through HTTP",
	}
}

func (c *call) updateSubscription() *apiError {
	var req subscriptionRequest
	if c.r.ContentLength != 0 {
		if err := decodeBody(c.r.Body, &req); err != nil {
			return err
		}
	}
	var granted []*pushFilter
	var disabled []disabledFilter
	if len(req.Filters) > 0 {
		var err *apiError
		if granted, disabled, err = c.s.grant(req.Filters); err != nil {
			return err
		}
	}
	return c.withSubscription(func(sub *subscription, now time.Time) *apiError {
		if sub.socket {
			return overHTTP()
		}
		if granted != nil {
			sub.granted, sub.disabled = granted, disabled
		}
		sub.extend(now, req.Expires)
		return nil
	})
}

func (c *call) renewSubscription() *apiError {
	return c.withSubscription(func(sub *subscription, now time.Time) *apiError {
		if !sub.socket {
			sub.extend(now, 0)
		}
		return nil
	})
}

func (c *call) deleteSubscription() *apiError {
	h := c.s.push
	h.mu.Lock()
	defer h.mu.Unlock()
	id := c.r.PathValue("id")
	all := h.subscriptions(c.s.now())
	if !slices.ContainsFunc(all, func(sub *subscription) bool { return sub.ID == id }) {
		return notFound("subscriptionId")
	}
	h.hooks = slices.DeleteFunc(h.hooks, func(sub *subscription) bool { return sub.ID == id })
	for _, p := range h.sessions {
		if p.sub != nil && p.sub.ID == id {
			p.sub = nil
		}
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
