package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"switchboard/api/simulator/gateway"
)

// controlPush adds what concerns the push gateway:
//
//	GET  /push           counts, and the filters that are listened to
//	POST /push/fail      {"fault":"event","skip":0,"count":1}: for certain; the names are in pushFaultNames
//	POST /push/filters   {"off":["/team-messaging/v1/posts"]}: not granted from now on
//	POST /push/drop      every connection breaks
//	POST /push/mute      every connection stays open and falls silent
//	POST /push/forget    … and none can be recovered
//	POST /push/expire    the sign-in under the sessions is over: WSG-901
//	POST /push/event     {"extension":"","event":"/team-messaging/v1/posts","body":{…}}: publishes it
//	POST /push/burst     {"kind":"","count":30000,"rate":500}: so many events a second, see Burst; begins at once
func (s *Server) controlPush(handle func(string, func(*http.Request) (any, error))) {
	handle("GET /push", func(*http.Request) (any, error) {
		return struct {
			PushCount
			Filters []string `json:"filters"`
		}{s.PushCounts(), s.PushFilters()}, nil
	})
	handle("POST /push/fail", func(r *http.Request) (any, error) {
		var o gateway.Order
		if err := decodeControl(r, &o); err != nil {
			return nil, err
		}
		return done{true}, s.FailPush(o.Fault, o.Skip, o.Count)
	})
	handle("POST /push/filters", func(r *http.Request) (any, error) {
		var req struct {
			Off []string `json:"off"`
		}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		s.DisablePush(req.Off...)
		return done{true}, nil
	})
	handle("POST /push/drop", s.controlDo(s.DropPush))
	handle("POST /push/mute", s.controlDo(s.MutePush))
	handle("POST /push/forget", s.controlDo(s.ForgetPush))
	handle("POST /push/expire", s.controlDo(s.ExpirePush))
	handle("POST /push/event", func(r *http.Request) (any, error) {
		var req struct {
			Extension string          `json:"extension"`
			Event     string          `json:"event"`
			Body      json.RawMessage `json:"body"`
		}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(req.Event, "/") || len(req.Body) == 0 {
			return nil, fmt.Errorf("event %q: want a path and a body", req.Event)
		}
		s.publish(req.Extension, concrete(req.Event), req.Body)
		return done{true}, nil
	})
	handle("POST /push/burst", func(r *http.Request) (any, error) {
		req := Burst{Count: 30_000, Rate: 500}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		if err := req.check(); err != nil {
			return nil, err
		}
		if !s.busy.Enter() {
			return nil, context.Canceled
		}
		go func() {
			defer s.busy.Leave()
			_, _ = s.Burst(s.ctx, req) // checked above; ends with the server
		}()
		return done{true}, nil
	})
}

// Burst describes many events in a short time.
type Burst struct {
	// Kind of the events: "messages" (each a new one), "presence" (each a
	// colleague who comes or goes), "calls" (each a step of a call), or "" for
	// all of them in turn.
	Kind  string `json:"kind"`
	Count int    `json:"count"` // events in all
	Rate  int    `json:"rate"`  // of them a second
}

func (b Burst) check() error {
	switch {
	case b.Count < 1 || b.Count > 1_000_000:
		return fmt.Errorf("count %d: must be 1 to 1000000", b.Count)
	case b.Rate < 1 || b.Rate > 100_000:
		return fmt.Errorf("rate %d: must be 1 to 100000", b.Rate)
	}
	switch b.Kind {
	case "", "messages", "presence", "calls":
		return nil
	}
	return fmt.Errorf("unknown kind %q; known: messages, presence, calls", b.Kind)
}

// Burst makes events at a steady rate in real time until all are made or ctx
// ends, and returns the ids of the messages that came in.
func (s *Server) Burst(ctx context.Context, b Burst) (messages []int64, err error) {
	if err := b.check(); err != nil {
		return nil, fmt.Errorf("simulator: burst: %w", err)
	}
	const tick = 5 * time.Millisecond
	t := time.NewTicker(tick)
	defer t.Stop()
	began, call := time.Now(), ""
	for n := 0; n < b.Count; {
		for due := min(int(time.Since(began).Seconds()*float64(b.Rate))+1, b.Count); n < due; n++ {
			kind := b.Kind
			if kind == "" {
				kind = []string{"messages", "presence", "messages", "calls"}[n%4]
			}
			switch kind {
			case "messages":
				messages = append(messages, s.Arrive(1)...)
			case "presence":
				status := []string{"Available", "Busy", "Offline"}[n%3]
				_ = s.SetPresence([]string{"104", "112", "131", "118"}[n%4], status, fmt.Sprint("Event ", n)) // a small directory has fewer
			case "calls":
				if call == "" {
					call, err = s.Ring(LiveCall{})
				} else {
					err, call = s.HangUp(call, ""), ""
				}
				if err != nil {
					return messages, err
				}
			}
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return messages, context.Cause(ctx)
		case <-s.ctx.Done():
			return messages, context.Cause(s.ctx)
		}
	}
	return messages, nil
}
