package ringcentral

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	rc "switchboard/api/ringcentral"
	"switchboard/store"
)

var _ store.BlockService = (*Mailbox)(nil)

// Values of CallerBlocking.NoCallerID.
const (
	anonymousBlocked = "BlockCallsAndFaxes"
	anonymousFaxes   = "BlockFaxes"
	anonymousAllowed = "Allow"
)

// Blocked implements store.BlockService (listBlockedAllowedNumbers,
// readCallerBlockingSettings). The older path knows blocked numbers only, and no
// settings.
func (m *Mailbox) Blocked(ctx context.Context) ([]store.BlockedNumber, error) {
	listed, err := m.listed(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]store.BlockedNumber, 0, len(listed)+1)
	for _, n := range listed {
		out = append(out, store.BlockedNumber{Number: n.PhoneNumber, Status: blockStatus(n.Status), Label: n.Label})
	}
	settings, err := m.client.CallerBlocking(ctx)
	switch {
	case err != nil && !refused(err):
		return nil, err
	case err != nil:
	case settings.NoCallerID == anonymousBlocked:
		out = append(out, store.BlockedNumber{Status: store.BlockBlocked})
	case settings.NoCallerID == anonymousFaxes:
		out = append(out, store.BlockedNumber{Status: store.BlockFaxes})
	}
	return out, nil
}

// listed are the numbers on both lists of the service.
func (m *Mailbox) listed(ctx context.Context) ([]rc.BlockedNumber, error) {
	blocked, broken, err := m.client.BlockedNumbers(ctx, rc.NumberBlocked)
	if err != nil {
		return nil, err
	}
	allowed, more, err := m.client.BlockedNumbers(ctx, rc.NumberAllowed)
	if err != nil && !errors.Is(err, rc.ErrOldBlocking) {
		return nil, err
	}
	blocked, broken = append(blocked, allowed...), append(broken, more...)
	for _, b := range broken {
		m.log.Warn("a blocked number could not be read", "id", b.ID, "err", b.Err)
	}
	return blocked, nil
}

func blockStatus(word string) string {
	if word == rc.NumberAllowed {
		return store.BlockAllowed
	}
	return store.BlockBlocked
}

// doBlock brings the service to what the payload says. It looks first, so that it may
// be done again: a number is on one list at most.
func (m *Mailbox) doBlock(ctx context.Context, d store.Doing) (store.DeedDone, error) {
	var want store.BlockState
	if err := json.Unmarshal(d.Payload, &want); err != nil {
		return store.DeedDone{}, fmt.Errorf("reading whom to block: %w", err)
	}
	var listed map[string]rc.BlockedNumber
	for _, n := range want.Numbers {
		if n.Number == "" {
			if err := m.blockAnonymous(ctx, n.Status); err != nil {
				return store.DeedDone{}, err
			}
			continue
		}
		if listed == nil {
			all, err := m.listed(ctx)
			if err != nil {
				return store.DeedDone{}, err
			}
			listed = make(map[string]rc.BlockedNumber, len(all))
			for _, one := range all {
				listed[one.PhoneNumber] = one
			}
		}
		if err := m.blockOne(ctx, n, listed[n.Number]); err != nil {
			return store.DeedDone{}, err
		}
	}
	return store.DeedDone{}, nil
}

func (m *Mailbox) blockOne(ctx context.Context, want store.BlockedNumber, have rc.BlockedNumber) (err error) {
	status := rc.NumberBlocked
	if want.Status == store.BlockAllowed {
		status = rc.NumberAllowed
	}
	switch {
	case want.Status == store.BlockNone && have.ID == "":
	case want.Status == store.BlockNone:
		err = m.client.UnblockNumber(ctx, have.ID)
	case have.ID == "":
		_, err = m.client.BlockNumber(ctx, rc.BlockedNumber{PhoneNumber: want.Number, Label: want.Label, Status: status})
	case blockStatus(have.Status) != want.Status:
		_, err = m.client.UpdateBlockedNumber(ctx, rc.BlockedNumber{ID: have.ID, PhoneNumber: want.Number, Label: want.Label, Status: status})
	}
	return err
}

func (m *Mailbox) blockAnonymous(ctx context.Context, status string) error {
	value := anonymousAllowed
	switch status {
	case store.BlockBlocked:
		value = anonymousBlocked
	case store.BlockFaxes:
		value = anonymousFaxes
	}
	_, err := m.client.SetCallerBlocking(ctx, rc.CallerBlocking{NoCallerID: value})
	return err
}
