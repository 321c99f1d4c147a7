package ringcentral

import (
	"context"
	"fmt"
	"slices"
	"time"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

// Looking for what was sent without an answer.
const (
	soughtPage = 250
	soughtMost = 40              // pages; a mailbox with more in so short a time cannot tell
	soughtSlip = 5 * time.Second // what the two clocks are apart although they are compared
	soughtWide = 10 * time.Minute
)

// FindSent implements store.SendService. It reads the messages that went out since the
// first request, in the trash or not, and takes the oldest one that fits. Two faxes to
// the same number look alike: of several it cannot be told which.
func (m *Mailbox) FindSent(ctx context.Context, q store.Sought) (store.Incoming, bool, error) {
	types := map[store.SendKind]string{store.SendText: "SMS", store.SendPager: "Pager", store.SendFax: "Fax"}
	ask := rc.ListQuery{
		Availability: []string{"Alive", "Deleted", "Purged"}, Direction: []string{"Outbound"}, Types: []string{types[q.Kind]}, PerPage: soughtPage,
	}
	since := m.soughtSince(q.Since)
	ask.DateFrom = since.Truncate(time.Minute)
	var fits []store.Incoming
	for page := 1; ; page++ {
		list, err := m.client.ListMessages(ctx, ask)
		if err != nil {
			return store.Incoming{}, false, fmt.Errorf("looking for it in the list of sent messages: %w", err)
		}
		if len(list.Broken) > 0 {
			m.mention(list.Broken)
			return store.Incoming{}, false, fmt.Errorf("%w: its list of sent messages cannot be read", store.ErrCannotTell)
		}
		for _, r := range list.Records {
			in := incoming(r)
			if in.Remote == "" || in.Time.Before(since) || slices.Contains(q.Known, in.Remote) {
				continue
			}
			if in.Tombstone {
				return store.Incoming{}, false, fmt.Errorf("%w: a message was destroyed meanwhile", store.ErrCannotTell)
			}
			if q.Same(in) {
				fits = append(fits, in)
			}
		}
		if list.Next == "" {
			break
		}
		if page >= soughtMost {
			return store.Incoming{}, false, fmt.Errorf("%w: its list of sent messages is too long", store.ErrCannotTell)
		}
		ask = rc.ListQuery{Next: list.Next}
	}
	if len(fits) == 0 {
		return store.Incoming{}, false, nil
	}
	slices.SortStableFunc(fits, func(a, b store.Incoming) int { return a.Time.Compare(b.Time) })
	if q.Kind == store.SendFax && len(fits) > 1 {
		return store.Incoming{}, false, fmt.Errorf("%w: there are %d faxes to the same number", store.ErrCannotTell, len(fits))
	}
	return fits[0], true, nil
}

// soughtSince is where a look begins, by the service's clock: a little before the first
// request. Where the clocks were never compared it begins well before, and relies on
// knowing what was there.
func (m *Mailbox) soughtSince(first time.Time) time.Time {
	if ahead, ok := m.client.ClockAhead(); ok {
		return first.Add(ahead - soughtSlip)
	}
	return first.Add(-soughtWide)
}
