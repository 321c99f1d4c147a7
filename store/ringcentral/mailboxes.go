package ringcentral

import (
	"context"

	"switchboard/api"
	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

var (
	_ store.Sharer   = (*Mailbox)(nil)
	_ store.Budgeted = (*Mailbox)(nil)
	_ store.Service  = (*Shared)(nil)
)

// ProbeMailbox implements store.Sharer.
func (m *Mailbox) ProbeMailbox(ctx context.Context, extension string) error {
	return m.client.ProbeMailbox(ctx, rc.ID(extension))
}

// ShareMailbox implements store.Sharer.
func (m *Mailbox) ShareMailbox(key, extension string) (store.Service, error) {
	c, err := m.client.ForExtension(rc.ID(extension))
	if err != nil {
		return nil, err
	}
	m.shares.handOut()
	return &Shared{owner: m, extension: rc.ID(extension), box: New(key, c, WithLog(m.log), WithPages(m.first, m.page))}, nil
}

// Budgets implements store.Budgeted.
func (m *Mailbox) Budgets() []store.BudgetState {
	var out []store.BudgetState
	for _, g := range m.client.Budget().State() {
		out = append(out, store.BudgetState{Name: string(g.Group), Used: g.Used, Limit: g.Limit, Window: g.Window, Until: g.Until})
	}
	return out
}

// Shared is the mailbox of another extension that somebody may read: its messages, and
// nothing else. Calls, contacts, presence and chats are those of the person.
type Shared struct {
	owner     *Mailbox
	extension rc.ID
	box       *Mailbox
}

// Key implements store.Service.
func (s *Shared) Key() string { return s.box.Key() }

// Pull implements store.Service.
func (s *Shared) Pull(ctx context.Context, cursor string) (store.Pulled, error) {
	return s.box.Pull(ctx, cursor)
}

// Older implements store.Service.
func (s *Shared) Older(ctx context.Context, cursor string) (store.Pulled, error) {
	return s.box.Older(ctx, cursor)
}

// SetRead implements store.Service.
func (s *Shared) SetRead(ctx context.Context, remotes []string, read bool) ([]store.Outcome, error) {
	return s.box.SetRead(ctx, remotes, read)
}

// Delete implements store.Service.
func (s *Shared) Delete(ctx context.Context, remotes []string) ([]store.Outcome, error) {
	return s.box.Delete(ctx, remotes)
}

// Restore implements store.Service.
func (s *Shared) Restore(ctx context.Context, remotes []string) ([]store.Outcome, error) {
	return s.box.Restore(ctx, remotes)
}

// States implements store.Service.
func (s *Shared) States(ctx context.Context, remotes []string) (map[string]store.RemoteState, error) {
	return s.box.States(ctx, remotes)
}

// Text implements store.Service.
func (s *Shared) Text(ctx context.Context, a store.Attachment) (string, error) {
	return s.box.Text(ctx, a)
}

// Fetch implements store.Service.
func (s *Shared) Fetch(ctx context.Context, a store.Attachment, sink api.Sink, validator string,
	keep func(validator string, total int64) error, progress func(done, total int64),
) (api.Downloaded, error) {
	return s.box.Fetch(ctx, a, sink, validator, keep, progress)
}

// Call implements store.Service: one's own telephone rings, whoever's mailbox it is.
func (s *Shared) Call(ctx context.Context, r store.CallRequest) (store.CallHandle, error) {
	return s.owner.Call(ctx, r)
}

// Telephones implements store.TelephoneService: they are those of whoever signed in.
func (s *Shared) Telephones(ctx context.Context) (store.Telephones, error) {
	return s.owner.Telephones(ctx)
}

// Resume implements store.TelephoneService.
func (s *Shared) Resume(name string) store.CallHandle { return s.owner.Resume(name) }
