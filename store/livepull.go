package store

import (
	"context"
	"database/sql"
	"time"
)

// How often messages are looked for. Three looks a minute are three requests of the
// fifty that RingCentral allows by default; while the service tells of news they only
// find what it forgot to tell.
const (
	pollEvery  = 20 * time.Second
	pollPushed = 5 * time.Minute
	// pullSoon gathers what a service tells of one message in several ways.
	pullSoon = 300 * time.Millisecond
	// pullApart is the least time between looks that news ask for.
	pullApart = 3 * time.Second
)

// Paced is a Service that is to be asked for messages at intervals of its own.
type Paced interface{ PollEvery() time.Duration }

// every is the time between two looks for messages. b.mu is held.
func (b *mailbox) every() time.Duration {
	if p, ok := b.svc.(Paced); ok {
		return p.PollEvery()
	}
	if b.hearing.hears[HearsMessages] {
		return pollPushed
	}
	return pollEvery
}

// wantPull has messages looked for soon, in the background, however often it is called.
func (b *mailbox) wantPull(now time.Time) {
	b.mu.Lock()
	if b.wanted.IsZero() {
		b.wanted = now.Add(pullSoon)
		if next := b.pulled.Add(pullApart); next.After(b.wanted) && next.Sub(now) <= pullApart {
			b.wanted = next
		}
	}
	b.mu.Unlock()
	poke(b.poll)
}

// wantedIn is how long it is until news have messages looked for.
func (b *mailbox) wantedIn(now time.Time) (wait time.Duration, wanted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.wanted.IsZero() {
		return 0, false
	}
	if wait = b.wanted.Sub(now); wait > pullApart {
		wait = 0 // the clock was set back
	}
	return wait, true
}

// pulling notes that messages are being looked for: what is told from now on asks
// for another look.
func (b *mailbox) pulling(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wanted, b.pulled = time.Time{}, now
}

// pulledAt notes a look that went well, and gives the time of the next.
func (b *mailbox) pulledAt(now time.Time, whole bool) (next time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if whole {
		b.status.Synced = now
	}
	return now.Add(b.every())
}

// partOf is how many records of the history are written at once while news come in:
// whoever wants to write a message that has just come waits for no more than that.
const partOf = 100

// inParts takes in all but the last part of a page of history. A page that is cut off
// between two parts is read again.
func (p *puller) inParts(ctx context.Context, batch []Incoming) (rest []Incoming, err error) {
	for len(batch) > partOf && p.b.listens(HearsMessages) {
		if _, err := p.apply(ctx, batch[:partOf], false, nil); err != nil {
			return nil, err
		}
		batch = batch[partOf:]
	}
	return batch, nil
}

// textPart is how many transcripts are written at once.
func (s *Store) textPart() int {
	for _, b := range s.mailboxes() {
		if b.listens(HearsMessages) {
			return partOf
		}
	}
	return textBatch
}

// A message that was told of is believed in until the service gives it when asked.
// After so many looks without it, the service is asked about it by name: it may have
// been deleted before we heard of it, and nobody would tell that again.
const confirmLooks = 2

// unconfirmed notes messages that were told of.
func (b *mailbox) unconfirmed(told []Incoming) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.told == nil {
		b.told = map[string]int{}
	}
	for _, r := range told {
		if len(b.told) >= maxTouched {
			return
		}
		if _, ok := b.told[r.Remote]; !ok {
			b.told[r.Remote] = 0
		}
	}
}

// confirmed takes note of a look's records, and gives what has to be asked about.
func (b *mailbox) confirmed(records []Incoming) (ask []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.told) == 0 {
		return nil
	}
	for _, r := range records {
		delete(b.told, r.Remote)
	}
	for remote := range b.told {
		if b.told[remote]++; b.told[remote] >= confirmLooks && len(ask) < batchSize {
			ask = append(ask, remote)
		}
	}
	return ask
}

// confirm asks about messages that were told of and that no look has brought.
func (p *puller) confirm(ctx context.Context, ask []string) error {
	if len(ask) == 0 {
		return nil
	}
	mark := p.b.mark()
	states, err := p.b.service().States(ctx, ask)
	if err != nil {
		return err
	}
	var gone []Incoming
	p.b.mu.Lock()
	for _, remote := range ask {
		delete(p.b.told, remote) // one the service says nothing of is not asked about again
	}
	for remote, st := range states {
		if st.Gone {
			st.Availability = Purged
		}
		if st.Availability != Alive {
			gone = append(gone, Incoming{Remote: remote, Tombstone: true, Availability: st.Availability})
		}
	}
	p.b.mu.Unlock()
	if gone = p.b.unsettled(gone, mark); len(gone) == 0 {
		return nil
	}
	_, err = p.apply(ctx, gone, true, func(*sql.Tx) error { return nil })
	return err
}
