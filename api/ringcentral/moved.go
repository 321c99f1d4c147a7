package ringcentral

import (
	"errors"
	"sync/atomic"

	"switchboard/api"
)

// moved remembers which of a path's two spellings the service knows.
type moved struct{ state atomic.Int32 }

const (
	untried int32 = iota
	current       // today's path answers
	older         // only the path as it was answers
)

// ask calls today's path, and the older one when the service does not know
// today's. This happens at most once for a service that knows either: from then
// on a 404 speaks of the record and not of the path.
func (m *moved) ask(do func(old bool) error) error {
	known := m.state.Load()
	if known != untried {
		return do(known == older)
	}
	err := do(false)
	if err == nil {
		m.state.Store(current)
	}
	if !api.IsNotFound(err) {
		return err
	}
	if again := do(true); again == nil {
		m.state.Store(older)
		return nil
	} else if !api.IsNotFound(again) && !errors.Is(again, ErrTooOld) {
		// The older path said something else than "not here", no access say.
		return again
	}
	return err // neither knows it: the answer of today's path counts
}
