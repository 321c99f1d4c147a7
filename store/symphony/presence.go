package symphony

import (
	"context"
	"time"

	"switchboard/api"
	sym "switchboard/api/symphony"
	"switchboard/store"
)

var (
	_ store.PresenceService   = (*Mailbox)(nil)
	_ store.ConnectionService = (*Mailbox)(nil)
)

// rollEvery is the least time between two looks at everybody, which the service calls
// expensive.
const rollEvery = time.Hour

// roll is how far everybody's presence was read.
type roll struct {
	at   time.Time // when the last look began
	page int       // the page that was read last
	last string    // the user it ended with
}

// OwnPresence implements store.PresenceService.
func (m *Mailbox) OwnPresence(ctx context.Context) (store.IncomingPresence, error) {
	me, err := m.self(ctx)
	if err != nil {
		return store.IncomingPresence{}, err
	}
	p, err := m.client.Presence(ctx, "")
	if err != nil {
		return store.IncomingPresence{}, err
	}
	p.UserID = me.ID
	in := presenceIn(p)
	in.Mine = true
	return in, nil
}

// Presences implements store.PresenceService. The service tells of one at a time.
func (m *Mailbox) Presences(ctx context.Context, users []string) ([]store.IncomingPresence, error) {
	out := make([]store.IncomingPresence, 0, len(users))
	for _, id := range users {
		p, err := m.client.Presence(ctx, id)
		if ctx.Err() != nil {
			return nil, err
		}
		if api.IsTemporary(err) {
			continue // what is known of this one stays
		}
		p.UserID = id
		in := presenceIn(p)
		in.Err = err
		out = append(out, in)
	}
	return out, nil
}

// EveryPresence implements store.PresenceService: everybody of the own company, once an hour.
func (m *Mailbox) EveryPresence(ctx context.Context, page int) (list []store.IncomingPresence, more bool, err error) {
	const most = 1000
	m.mu.Lock()
	r, now := m.everyone, m.now()
	m.mu.Unlock()
	switch age := now.Sub(r.at); {
	case page <= 1 && age >= 0 && age < rollEvery:
		return nil, false, nil
	case page <= 1:
		r = roll{at: now}
	case page != r.page+1:
		return nil, false, nil // this process has not read the page before
	}
	got, err := m.client.Presences(ctx, r.last, most)
	if err != nil {
		return nil, false, err
	}
	for _, p := range got {
		list = append(list, presenceIn(p))
		r.last = p.UserID
	}
	r.page = max(page, 1)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.everyone = r
	return list, len(got) >= most, nil
}

// OwnQueues implements store.PresenceService. There are no queues.
func (m *Mailbox) OwnQueues(context.Context) ([]store.IncomingQueue, error) { return nil, nil }

// QueueAgents implements store.PresenceService. There are no queues.
func (m *Mailbox) QueueAgents(context.Context, string) ([]store.Agent, error) { return nil, nil }

// FavoriteExtensions implements store.PresenceService. The service has no favourites.
func (m *Mailbox) FavoriteExtensions(context.Context) ([]string, error) { return nil, nil }

// presenceIn is a presence in the store's words. What it has none for is said as people
// would say it.
func presenceIn(p sym.Presence) store.IncomingPresence {
	in := store.IncomingPresence{Extension: p.UserID, PresenceState: store.PresenceState{User: p.Category}}
	st := &in.PresenceState
	st.Status = store.PresenceBusy
	switch p.Category {
	case sym.PresenceAvailable:
		st.Status = store.PresenceAvailable
	case sym.PresenceBusy:
	case sym.PresenceDoNotDisturb:
		st.DND = store.DNDNone
	case sym.PresenceOnThePhone:
		st.Telephony = store.CallConnected
	case sym.PresenceInAMeeting:
		st.Meeting = "Connected"
	case sym.PresenceBeRightBack:
		st.Status = "Be right back"
	case sym.PresenceAway:
		st.Status = "Away"
	case sym.PresenceOutOfOffice:
		st.Status = "Out of office"
	case sym.PresenceOffWork:
		st.Status = "Off work"
	case sym.PresenceOffline:
		st.Status = store.PresenceOffline
	case sym.PresenceUndefined, "":
		st.Status = ""
	default:
		st.Status = p.Category // a newer service's word
	}
	return in
}

// Connections implements store.ConnectionService.
func (m *Mailbox) Connections(ctx context.Context) ([]store.IncomingConnection, error) {
	list, err := m.client.Connections(ctx, "")
	if err != nil {
		return nil, err
	}
	out := make([]store.IncomingConnection, 0, len(list))
	for _, c := range list {
		in := store.IncomingConnection{Person: c.UserID, Status: store.ConnectionStatus(c.Status), Changed: c.Updated}
		switch c.Status {
		case sym.PendingIncoming:
			in.Status = store.ConnectionAsked
		case sym.PendingOutgoing:
			in.Status = store.ConnectionAsking
		case sym.Accepted:
			in.Status = store.ConnectionAccepted
		case sym.Rejected:
			in.Status = store.ConnectionRejected
		}
		if in.Changed.IsZero() {
			in.Changed = c.Requested
		}
		out = append(out, in)
	}
	return out, nil
}
