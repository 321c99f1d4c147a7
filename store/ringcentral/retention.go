package ringcentral

import (
	"context"
	"strings"

	"switchboard/store"
)

// What the service documents of how long it keeps messages (guide "Message Store
// Exports", retention of accounts with and without HIPAA; guide "Sending Messages", the
// life of a deleted message).
const (
	inboxLimit = 200 // voice and fax messages that came in
	sentFaxes  = 30  // days
	trashDays  = 5
	hipaaDays  = 30 // voice and fax messages that came in
)

var (
	_ store.Retainer = (*Mailbox)(nil)
	_ store.Retainer = (*Shared)(nil)
)

// Retention implements store.Retainer (readMessageStoreConfiguration, and
// readExtension for whether the account is under HIPAA).
func (m *Mailbox) Retention(ctx context.Context) (store.RetentionRules, error) {
	r := store.RetentionRules{Inbox: inboxLimit, SentDays: sentFaxes, Trash: trashDays}
	e, err := m.client.Extension(ctx)
	if err != nil && !refused(err) {
		return r, err
	}
	for _, f := range e.ServiceFeatures {
		if strings.EqualFold(f.FeatureName, "HipaaCompliance") && f.Enabled {
			r.HIPAA, r.Days = true, hipaaDays
		}
	}
	c, err := m.client.MessageStoreConfiguration(ctx)
	switch {
	case err != nil && !refused(err):
		return r, err
	case err == nil && c.RetentionPeriod > 0:
		r.Told = true
		if r.Days == 0 || c.RetentionPeriod < r.Days {
			r.Days = c.RetentionPeriod
		}
	}
	return r, nil
}

// Retention implements store.Retainer: the rules are the account's.
func (s *Shared) Retention(ctx context.Context) (store.RetentionRules, error) {
	return s.owner.Retention(ctx)
}
