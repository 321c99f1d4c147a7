package ringcentral

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

var _ store.PresenceService = (*Mailbox)(nil)

// everyPage is how many presences a page of everybody's has: the most there are.
const everyPage = 1000

// OwnPresence implements store.PresenceService.
func (m *Mailbox) OwnPresence(ctx context.Context) (store.IncomingPresence, error) {
	p, err := m.client.Presence(ctx, "", true)
	if err != nil {
		return store.IncomingPresence{}, err
	}
	in := presence(p)
	in.Mine = true
	return in, nil
}

// Presences implements store.PresenceService.
func (m *Mailbox) Presences(ctx context.Context, extensions []string) ([]store.IncomingPresence, error) {
	rs, err := m.client.Presences(ctx, ids(extensions), true)
	if err != nil {
		return nil, err
	}
	out := make([]store.IncomingPresence, 0, len(rs))
	for _, r := range rs {
		in := presence(r.Presence)
		in.Extension, in.Err = string(r.ID), r.Err
		if api.IsTemporary(r.Err) {
			continue // what is known of this one stays
		}
		out = append(out, in)
	}
	return out, nil
}

// EveryPresence implements store.PresenceService.
func (m *Mailbox) EveryPresence(ctx context.Context, page int) (list []store.IncomingPresence, more bool, err error) {
	got, err := m.client.AccountPresence(ctx, rc.PresenceQuery{Detailed: true, Page: page, PerPage: everyPage})
	if err != nil {
		return nil, false, err
	}
	for _, b := range got.Broken {
		m.log.Warn("a presence could not be read", "id", b.ID, "err", b.Err)
	}
	for _, p := range got.Records {
		list = append(list, presence(p))
	}
	return list, got.Next != "", nil
}

// OwnQueues implements store.PresenceService.
func (m *Mailbox) OwnQueues(ctx context.Context) ([]store.IncomingQueue, error) {
	list, err := m.client.QueuePresences(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]store.IncomingQueue, 0, len(list))
	for _, q := range list {
		if q.Queue.ID != "" {
			out = append(out, store.IncomingQueue{
				ID: string(q.Queue.ID), Name: q.Queue.Name, Number: q.Queue.ExtensionNumber, Editable: q.Queue.Editable, Takes: q.AcceptCalls,
			})
		}
	}
	return out, nil
}

// QueueAgents implements store.PresenceService.
func (m *Mailbox) QueueAgents(ctx context.Context, queue string) ([]store.Agent, error) {
	list, err := m.client.QueueMembers(ctx, rc.ID(queue))
	if err != nil {
		return nil, err
	}
	out := make([]store.Agent, 0, len(list))
	for _, a := range list {
		out = append(out, store.Agent{
			Extension: string(a.Member.ID), Name: a.Member.Name, Number: a.Member.ExtensionNumber, Takes: a.Takes(),
		})
	}
	return out, nil
}

// FavoriteExtensions implements store.PresenceService. Favourites of other companies have
// no presence one could ask for.
func (m *Mailbox) FavoriteExtensions(ctx context.Context) ([]string, error) {
	list, err := m.client.Favorites(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range list {
		if own := m.accountID(); f.ExtensionID != "" && (f.AccountID == "" || own == "" || string(f.AccountID) == own) {
			out = append(out, string(f.ExtensionID))
		}
	}
	return out, nil
}

// accountID is the account in the mailbox's key; "": it does not say.
func (m *Mailbox) accountID() string {
	parts := strings.Split(m.key, ":")
	if len(parts) != 3 || strings.Trim(parts[1], "0123456789") != "" {
		return ""
	}
	return parts[1]
}

// presence turns a presence into what the store takes in.
func presence(p rc.Presence) store.IncomingPresence {
	in := store.IncomingPresence{
		Extension: string(p.Of()), Number: p.Extension.ExtensionNumber, Sequence: p.Sequence, Quiet: p.ActiveCalls == nil,
		PresenceState: store.PresenceState{
			Status: p.PresenceStatus, User: p.UserStatus, DND: p.DNDStatus, Personal: p.DNDStatusPersonal, Queues: p.AcceptCallQueueCalls,
			Telephony: p.TelephonyStatus, Meeting: p.MeetingStatus, Message: p.Message,
			Visible: p.AllowSeeMyPresence, Monitor: p.RingOnMonitoredCall, PickUp: p.PickUpCallsOnHold,
		},
	}
	for _, c := range p.ActiveCalls {
		if c.TerminationType == "final" || c.TelephonyStatus == store.CallNone {
			continue // it is over
		}
		in.Calls = append(in.Calls, presenceCall(c))
	}
	return in
}

func presenceCall(c rc.ActiveCall) store.PresenceCall {
	out := store.PresenceCall{
		Direction: store.Inbound, Queue: c.QueueCall, State: c.TelephonyStatus, Since: c.StartTime.Time.In(time.UTC),
		Session: string(c.TelephonySessionID),
	}
	if out.Session == "" {
		out.Session = string(c.SessionID)
	}
	name, number := c.FromName, c.From
	if strings.EqualFold(c.Direction, "Outbound") {
		out.Direction, name, number = store.Outbound, c.ToName, c.To
	}
	out.With = store.Party{Name: name, Number: number}
	if n := number; n != "" && len(n) <= longestExtension && !strings.HasPrefix(n, "+") {
		out.With.Number, out.With.Extension = "", n
	}
	return out
}

// doPresence brings one's own presence, or a queue, to what a deed says.
func (m *Mailbox) doPresence(ctx context.Context, d store.Doing) (store.DeedDone, error) {
	switch d.Verb {
	case store.VerbPresence:
		var c store.PresenceChange
		if err := json.Unmarshal(d.Payload, &c); err != nil {
			return store.DeedDone{}, fmt.Errorf("reading the change of the presence: %w", err)
		}
		p, err := m.client.SetPresence(ctx, rc.PresenceChange{
			UserStatus: c.User, DNDStatus: c.DND, DNDStatusPersonal: c.Personal, AcceptCallQueueCalls: c.Queues, Message: c.Message,
		})
		if err != nil {
			return store.DeedDone{}, err
		}
		return replied(presence(p).PresenceState)
	case store.VerbQueue:
		var c store.QueueChange
		if err := json.Unmarshal(d.Payload, &c); err != nil {
			return store.DeedDone{}, fmt.Errorf("reading the change of the queue: %w", err)
		}
		list, err := m.client.SetQueuePresence(ctx, rc.ID(c.Queue), c.Takes)
		if err != nil {
			return store.DeedDone{}, err
		}
		for _, q := range list {
			if string(q.Queue.ID) == c.Queue {
				c.Takes = q.AcceptCalls
			}
		}
		return replied(c)
	}
	return store.DeedDone{}, nil // watching is nobody's business but ours
}

func replied(v any) (store.DeedDone, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return store.DeedDone{}, fmt.Errorf("keeping the answer: %w", err)
	}
	return store.DeedDone{Reply: b}, nil
}
