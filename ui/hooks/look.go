package hooks

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"switchboard/store"
)

// place is up to where a hook has looked. It is remembered, so that what came in while a
// process was dying is still told by the next.
type place struct {
	Seq   int64     `json:"seq"`   // the last arrival
	Since time.Time `json:"since"` // sent messages since then are looked at
	Saved time.Time `json:"saved"`
	kept  int64
}

// begin is where each hook goes on. One that was never here, or was away for long, begins
// with what happens from now on.
func (r *Runner) begin(ctx context.Context) (map[string]*place, error) {
	last, err := r.Store.LastArrival(ctx)
	if err != nil {
		return nil, fmt.Errorf("hooks: %w", err)
	}
	now := r.Now()
	all := map[string]*place{}
	for _, h := range r.Hooks {
		p := &place{}
		b, err := r.Store.Recall(ctx, h.Key())
		if err != nil {
			return nil, fmt.Errorf("hooks: %w", err)
		}
		if len(b) == 0 || json.Unmarshal(b, p) != nil || now.Sub(p.Saved).Abs() > freshFor || p.Seq > last {
			p = &place{Seq: last, Since: now}
		}
		all[h.Key()] = p
		r.keep(ctx, h, p)
	}
	return all, nil
}

// keep remembers the place of a hook.
func (r *Runner) keep(ctx context.Context, h Hook, p *place) {
	p.Saved, p.kept = r.Now(), p.Seq
	b, err := json.Marshal(p)
	if err == nil {
		err = r.Store.Remember(ctx, h.Key(), b)
	}
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("the place of a hook was not kept", "hook", h.name(), "err", err)
	}
}

// look finds what happened, and says after what time to look again if nothing changes.
func (r *Runner) look(ctx context.Context, at map[string]*place) time.Duration {
	for _, h := range r.Hooks {
		p := at[h.Key()]
		if err := r.arrived(ctx, h, p); err != nil && ctx.Err() == nil {
			r.Log.Warn("hooks: what came in could not be read", "err", err)
		}
		if err := r.sent(ctx, h, p); err != nil && ctx.Err() == nil {
			r.Log.Warn("hooks: what was sent could not be read", "err", err)
		}
		// Only once all that was found is begun: a process that is killed leaves the rest to
		// the next.
		if (p.Seq != p.kept || r.Now().Sub(p.Saved) > freshFor/4) && r.waiting.Load() == 0 {
			r.keep(ctx, h, p)
		}
	}
	next := r.connection(ctx)
	if r.waiting.Load() > 0 {
		next = min(next, waitingFor)
	}
	return next
}

// arrived gives the hook what came in since it last looked.
func (r *Runner) arrived(ctx context.Context, h Hook, p *place) error {
	for {
		list, last, err := r.Store.Arrivals(ctx, p.Seq)
		if err != nil {
			return err
		}
		if last < p.Seq { // the database was made anew
			p.Seq = last
			return nil
		}
		for _, a := range list {
			if a.Row.Direction != store.Inbound {
				continue
			}
			if event := arrival(a.Row.Kind); h.wants(event, a.Row.Mailbox) {
				r.put(ctx, job{hook: h, event: event, key: h.Key() + "." + event + "." + a.Row.ID.String(), item: a.Row.ID})
			}
		}
		if last == p.Seq {
			return nil
		}
		p.Seq = last
	}
}

func arrival(k store.Kind) string {
	switch k {
	case store.Voicemail:
		return Voicemail
	case store.Fax:
		return Fax
	case store.Email:
		return Email
	case store.Call:
		return MissedCall
	case store.Post:
		return Post
	}
	return SMS
}

// sent gives the hook what became of messages.
func (r *Runner) sent(ctx context.Context, h Hook, p *place) error {
	if !slices.Contains(h.On, SendFailed) && !slices.Contains(h.On, Delivered) {
		return nil
	}
	list, err := r.Store.Deliveries(ctx, p.Since)
	if err != nil {
		return err
	}
	if len(r.seen) > mostSeen {
		clear(r.seen) // the store still knows
	}
	for _, row := range list {
		event := Delivered
		if row.Delivery.Failed() {
			event = SendFailed
		}
		if !h.wants(event, row.Mailbox) {
			continue
		}
		key := h.Key() + "." + event + "." + row.ID.String()
		if r.seen[key] {
			continue
		}
		r.seen[key] = true
		r.put(ctx, job{hook: h, event: event, key: key, item: row.ID})
	}
	return nil
}

// connection gives the hooks what became of the connection of each account, and says when
// to look again.
func (r *Runner) connection(ctx context.Context) time.Duration {
	next := lookAgain
	now := r.Now()
	for _, st := range r.Store.Status() {
		away := st.Phase == store.PhaseOffline || st.Phase == store.PhaseSignedOut || st.Phase == store.PhaseDenied
		since, lost := r.lost[st.Account]
		switch {
		case away && !lost:
			r.lost[st.Account] = now
			next = min(next, grace)
		case away && now.Sub(since) < grace && now.Sub(since) >= 0:
			next = min(next, grace-now.Sub(since))
		case away:
			r.turned(ctx, st.Account, Offline)
		case st.Phase == store.PhaseLive || st.Phase == store.PhasePolling || st.Phase == store.PhaseLimited:
			delete(r.lost, st.Account)
			r.turned(ctx, st.Account, Online)
		}
	}
	return next
}

// turned gives the hooks a change of the connection, if it is one.
func (r *Runner) turned(ctx context.Context, account, event string) {
	if r.stands[account] == event {
		return
	}
	r.stands[account] = event
	for _, h := range r.Hooks {
		if !slices.Contains(h.On, Offline) && !slices.Contains(h.On, Online) {
			continue
		}
		// Each hook has its own memory of it: one that is new has seen nothing yet.
		turned, err := r.Store.Turned(ctx, h.Key()+".line."+short(account), event, Online)
		if err != nil {
			delete(r.stands, account) // it is tried again
			if ctx.Err() == nil {
				r.Log.Warn("hooks: a change of the connection was not noted", "err", err)
			}
			continue
		}
		if turned && slices.Contains(h.On, event) {
			r.put(ctx, job{hook: h, event: event, mailbox: account})
		}
	}
}
