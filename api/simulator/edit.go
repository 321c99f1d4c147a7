package simulator

import (
	"net/http"
	"time"
)

// edit is one change of one message; nil fields stay.
type edit struct {
	read   *bool
	revive bool
}

// one is message id, unless the service no longer knows it.
func (b *mailbox) one(id int64) (record, *apiError) {
	idx, ok := b.find(id)
	if !ok {
		return record{}, notFound("messageId")
	}
	r := b.at(idx)
	if r.avail == forgotten {
		return record{}, notFound("messageId")
	}
	return r, nil
}

func (b *mailbox) get(id int64) (record, *apiError) {
	b.settle()
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.one(id)
}

func (b *mailbox) edit(id int64, e edit) (record, *apiError) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, err := b.one(id)
	if err != nil {
		return r, err
	}
	if r.avail == purged { // its content is gone; nothing brings it back
		return r, notFound("messageId")
	}
	read, avail := r.read, r.avail
	if e.read != nil {
		read = *e.read
	}
	if e.revive {
		avail = alive
	}
	if read != r.read || avail != r.avail {
		b.put(&r, max(b.nowMS(), r.modified), read, avail)
	}
	return r, nil
}

// remove deletes a message, or purges it when it is deleted already.
func (b *mailbox) remove(id int64, purge bool, kind string) *apiError {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, err := b.one(id)
	if err != nil {
		return err
	}
	if r.avail == purged || !kindMatches(kind, r.m.Type) {
		return notFound("messageId")
	}
	b.bury(&r, purge)
	return nil
}

func (b *mailbox) bury(r *record, purge bool) {
	avail := deleted
	if purge || r.avail == deleted {
		avail = purged
	}
	b.put(r, max(b.nowMS(), r.modified), r.read, avail)
}

func kindMatches(filter, kind string) bool {
	return filter == "" || filter == "All" || filter == kind
}

// removeAll is what a DELETE without ids does: every message up to dateTo, of
// the conversations given, of the type given; with nothing given, all.
func (b *mailbox) removeAll(to int64, conversations map[int64]bool, kind string, purge bool) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(conversations) == 0 {
		b.wipes++
	}
	gone := 0
	for idx := range b.len() {
		r := b.at(idx)
		if r.created > to || r.avail >= purged || !kindMatches(kind, r.m.Type) {
			continue
		}
		if len(conversations) > 0 && !conversations[r.m.ConversationID] {
			continue
		}
		b.bury(&r, purge)
		gone++
	}
	return gone
}

// State tells what became of a message: whether it is read, and "Alive",
// "Deleted" or "Purged".
func (s *Server) State(id int64) (read bool, availability string, ok bool) {
	r, err := s.box.get(id)
	if err != nil {
		return false, "", false
	}
	return r.read, r.avail.String(), true
}

// Wipes counts the requests that asked to delete the whole mailbox: DELETE
// without ids. It has to be 0 after any test of a client.
func (s *Server) Wipes() int {
	s.box.mu.RLock()
	defer s.box.mu.RUnlock()
	return s.box.wipes
}

// PurgeSyncTokens makes every sync token given so far invalid (MSG-333).
func (s *Server) PurgeSyncTokens() {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.epoch++
}

// arrivals lets messages come in until the server closes. The gaps depend on
// the seed; they vary between half and one and a half times the mean.
func (s *Server) arrivals() {
	for n := uint64(1); ; n++ {
		gap := time.Duration(float64(s.cfg.Arrivals) * (0.5 + chance(s.cfg.Seed, n, "arrival")))
		if !s.pause(s.ctx.Done(), gap) {
			return
		}
		s.Arrive(1)
	}
}

// pause waits, unless done comes first.
func (s *Server) pause(done <-chan struct{}, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-done:
		return false
	case <-s.ctx.Done():
		return false
	}
}

// changesSince lists what changed at or after a time, each message once,
// newest change first. The caller holds the lock.
func (b *mailbox) changesSince(at int64) []int {
	var found []int
	seen := map[int]bool{}
	for i := len(b.log) - 1; i >= 0 && b.log[i].at >= at; i-- {
		if idx := b.log[i].idx; !seen[idx] {
			seen[idx] = true
			found = append(found, idx)
		}
	}
	for idx := b.base.Len() - 1; idx >= 0; idx-- {
		r := b.at(idx)
		if r.created < at-overlap.Milliseconds() { // the corpus modifies within seconds
			break
		}
		if !seen[idx] && r.modified >= at {
			found = append(found, idx)
		}
	}
	return found
}

// okStatus is the status of an entry of a 207 answer.
func okStatus(err *apiError) int {
	if err != nil {
		return err.status
	}
	return http.StatusOK
}
