package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"switchboard/api"
)

// runSync keeps one mailbox up to date.
func (s *Store) runSync(ctx context.Context, b *mailbox) {
	p := puller{s: s, b: b}
	for ctx.Err() == nil {
		wait := p.turn(ctx)
		if wait <= 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-b.poll:
		case <-s.after(wait):
		}
	}
}

// puller reads one mailbox: what is new at intervals, and in between the history,
// page by page and backwards in time.
type puller struct {
	s     *Store
	b     *mailbox
	due   time.Time // of the next look for what is new
	again bool      // the last look has more to bring, to be asked for at once
	fails int       // in a row
	ahead *ahead    // the page of history that is being fetched meanwhile
	total Applied
}

// turn does the next piece of work and says how long to wait after it. Trouble
// goes to the mailbox's status.
func (p *puller) turn(ctx context.Context) time.Duration {
	wait, worked, err := p.step(ctx)
	now := p.s.now()
	if ctx.Err() != nil {
		return 0
	}
	if err != nil {
		p.fails++
		p.ahead = nil
		p.doing("")
		wait = waitAfter(err, p.fails, now)
		p.due = now.Add(wait)
		p.b.setTrouble(reading, err, p.due, now)
		p.s.log.Warn("sync", "account", p.b.key, "err", err, "again in", wait)
		p.s.poke() // the status line shows it
		return wait
	}
	if !worked {
		return wait
	}
	p.fails = 0
	if p.b.setTrouble(reading, nil, time.Time{}, now) {
		p.recovered(ctx)
	}
	return wait
}

// recovered sends at once what waits only because there was no way to send it.
func (p *puller) recovered(ctx context.Context) {
	if err := p.s.hurry(ctx); err != nil {
		p.s.log.Warn("sync", "err", err)
	}
	poke(p.b.outbox)
	poke(p.b.deeds)
	poke(p.b.posts)
	p.b.sends.wake()
	poke(p.b.text)
	p.b.pokeFeeds(p.s.feedsOf(p.b.service()))
	p.s.poke()
}

// step does one piece of work, if there is one to do now. The service is left
// alone after trouble, unless a person asks.
func (p *puller) step(ctx context.Context) (wait time.Duration, worked bool, err error) {
	st, err := p.s.SyncState(ctx, p.b.id())
	if err != nil {
		return 0, false, err
	}
	if p.b.setSyncing(!st.HistoryDone, p.s.now()) {
		p.s.poke() // the status line shows it
	}
	asked := p.b.takeAsked()
	now := p.s.now()
	soon, wanted := p.b.wantedIn(now)
	wanted = wanted && p.fails == 0
	switch {
	case asked:
		return 0, true, p.pull(ctx, st)
	case p.dueIn(now) <= 0, wanted && soon <= 0, st.Cursor == "" && p.fails == 0:
		return 0, true, p.pull(api.Background(ctx), st)
	case p.fails == 0 && !st.HistoryDone:
		p.s.standBack(ctx)
		return 0, true, p.older(p.s.spare(ctx), st)
	case wanted:
		return min(soon, p.dueIn(now)), false, nil
	default:
		return p.dueIn(now), false, nil
	}
}

// dueIn is how long it is until the next look. One that was planned while the service
// told of news comes earlier when it does no longer.
func (p *puller) dueIn(now time.Time) time.Duration {
	wait := dueIn(p.due, now)
	if p.fails > 0 {
		return wait
	}
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	return min(wait, p.b.every())
}

func (b *mailbox) takeAsked() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	asked := b.asked
	b.asked = false
	return asked
}

// pull fetches what is new since the cursor, or the newest page without one.
func (p *puller) pull(ctx context.Context, st SyncState) error {
	mark := p.b.mark()
	p.b.pulling(p.s.now())
	got, err := p.b.service().Pull(ctx, st.Cursor)
	if err != nil {
		return fmt.Errorf("looking for new messages: %w", err)
	}
	if got.Reset {
		return p.reset(ctx, st)
	}
	if got.Cursor == "" {
		return errors.New("looking for new messages: the service did not say where to go on")
	}
	first, now := st.Cursor == "", p.s.now()
	synced := now
	if got.Doing != "" {
		synced = st.Synced // it has not answered yet
	}
	batch := p.b.unsettled(got.Records, mark)
	_, err = p.apply(ctx, batch, first, func(tx *sql.Tx) error {
		if first {
			// The token is of before the history is read, so nothing that changes
			// while it is being read is missed.
			_, err := tx.Exec(`UPDATE accounts SET cursor = ?, older = ?, history = 0, synced = ?,
				started = iif(started = 0, ?, started) WHERE id = ?`, got.Cursor, got.Older, toMilli(synced), now.UnixMilli(), p.b.id())
			return err
		}
		_, err := tx.Exec(`UPDATE accounts SET cursor = ?, synced = ? WHERE id = ?`, got.Cursor, toMilli(synced), p.b.id())
		return err
	})
	if err != nil {
		return err
	}
	p.due = p.b.pulledAt(now, got.Doing == "")
	if p.again = (got.More && !first || got.Doing != "") && got.Cursor != st.Cursor; p.again {
		p.due = now
	}
	p.doing(got.Doing)
	if err := p.confirm(ctx, p.b.confirmed(got.Records)); err != nil {
		return fmt.Errorf("looking for new messages: %w", err)
	}
	poke(p.b.outbox) // another process may have left something
	_, err = p.s.CheckOutside(ctx)
	return err
}

// reset starts over after the service has forgotten the cursor. The history is
// read again from its newest end, because anything in it may have changed.
func (p *puller) reset(ctx context.Context, st SyncState) error {
	if st.Cursor == "" {
		return errors.New("looking for new messages: the service refuses to start over")
	}
	p.s.log.Info("the sync cursor has expired, reading everything again", "account", p.b.key)
	p.ahead = nil
	err := p.s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE accounts SET cursor = '', older = '', history = 0 WHERE id = ?`, p.b.id())
		return err
	})
	return p.s.fault("starting the sync over", err)
}

// ahead is a page of history on its way.
type ahead struct {
	cursor string
	mark   uint64
	done   chan struct{}
	got    Pulled
	err    error
}

// fetch starts to fetch a page of history.
func (p *puller) fetch(ctx context.Context, cursor string) *ahead {
	a := &ahead{cursor: cursor, mark: p.b.mark(), done: make(chan struct{})}
	svc := p.b.service()
	go func() {
		defer close(a.done)
		defer func() {
			if v := recover(); v != nil {
				a.err = fmt.Errorf("internal error: %v", v)
			}
		}()
		a.got, a.err = svc.Older(ctx, cursor)
	}()
	return a
}

// older takes in one page of history, while the next is being fetched.
func (p *puller) older(ctx context.Context, st SyncState) error {
	a := p.ahead
	p.ahead = nil
	if a == nil || a.cursor != st.Older {
		a = p.fetch(ctx, st.Older)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-a.done:
	}
	if a.err != nil {
		return fmt.Errorf("reading the history: %w", a.err)
	}
	got := a.got
	if got.More && got.Older == st.Older {
		return errors.New("reading the history: the service does not say where to go on")
	}
	if got.More {
		p.ahead = p.fetch(ctx, got.Older)
	}
	missing, err := p.missing(ctx, got)
	if err != nil {
		return fmt.Errorf("reading the history: %w", err)
	}
	batch := append(p.b.unsettled(got.Records, a.mark), p.b.unsettled(missing, a.mark)...)
	if batch, err = p.inParts(ctx, batch); err != nil {
		return err
	}
	_, err = p.apply(ctx, batch, true, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE accounts SET older = ?, history = ? WHERE id = ?`, got.Older, !got.More, p.b.id())
		return err
	})
	if err == nil {
		p.b.progress(len(got.Records))
		p.doing(got.Doing)
	}
	return err
}

// doing shows what the service is busy with for us.
func (p *puller) doing(words string) {
	p.b.mu.Lock()
	news := p.b.status.Doing != words
	p.b.status.Doing = words
	p.b.mu.Unlock()
	if news {
		p.s.poke()
	}
}

func (b *mailbox) progress(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status.Done += n
}

// apply takes records in together with how far that gets us, so that after a
// crash neither is ahead of the other. Watchers are told of what changed, or in
// any case if progress is.
func (p *puller) apply(ctx context.Context, batch []Incoming, progress bool, cursor func(tx *sql.Tx) error) (Applied, error) {
	got, err := p.s.applyWith(ctx, p.b.id(), batch, cursor)
	p.total.New += got.New
	p.total.Changed += got.Changed
	p.total.Gone += got.Gone
	if got.New+got.Changed > 0 {
		poke(p.b.text)
		p.b.wantDetails()
	}
	if err == nil && (progress || len(got.IDs) > 0) {
		p.s.changed()
	}
	return got, err
}

// missing finds items here of the time a page covers which the page does not have,
// and asks what became of them. There are some only after a cursor has expired:
// messages destroyed meanwhile.
func (p *puller) missing(ctx context.Context, got Pulled) ([]Incoming, error) {
	if got.From.IsZero() || got.To.IsZero() {
		return nil, nil
	}
	has := make(map[string]bool, len(got.Records))
	for _, r := range got.Records {
		has[r.Remote] = true
	}
	rows, err := p.s.r.QueryContext(ctx, `SELECT remote FROM items WHERE id >= ? AND id < ? AND account = ? AND availability <> 2 AND kind NOT IN (6, 7) AND remote NOT LIKE 'send:%'`,
		int64(FirstID(got.From.Add(time.Millisecond))), int64(FirstID(got.To)), p.b.id())
	if err != nil {
		return nil, p.s.fault("comparing with what is here", err)
	}
	defer rows.Close()
	var ask []string
	for rows.Next() {
		var remote string
		if err := rows.Scan(&remote); err != nil {
			return nil, err
		}
		if !has[remote] {
			ask = append(ask, remote)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, p.s.fault("comparing with what is here", err)
	}
	var out []Incoming
	for len(ask) > 0 {
		some := ask[:min(batchSize, len(ask))]
		ask = ask[len(some):]
		states, err := p.b.service().States(ctx, some)
		if err != nil {
			return nil, err
		}
		for remote, st := range states {
			if st.Gone {
				st.Availability = Purged
			}
			if st.Availability != Alive {
				out = append(out, Incoming{Remote: remote, Tombstone: true, Availability: st.Availability})
			}
		}
	}
	return out, nil
}

// An answer that was under way while a change was confirmed may be older than the
// change, and would show it as taken back until the next answer. The change has
// moved the message's own time at the service, so the next answer has it: the
// record is passed over.

// maxTouched bounds what is remembered of changes for that.
const maxTouched = 10_000

// mark is the moment at which a request starts.
func (b *mailbox) mark() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count
}

// settled remembers that something was settled about the items of a batch.
func (b *mailbox) settled(items batch, results []result) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.touched) > maxTouched {
		clear(b.touched)
	}
	b.count++
	for i, it := range items.items {
		if results[i].kind == resultOK || results[i].unknown {
			b.touched[it.remote] = b.count
		}
	}
}

// unsettled are the records that are not older than what was settled since mark.
func (b *mailbox) unsettled(records []Incoming, mark uint64) []Incoming {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.count == mark {
		return records
	}
	out := make([]Incoming, 0, len(records))
	for _, r := range records {
		if b.touched[r.Remote] <= mark {
			out = append(out, r)
		}
	}
	return out
}
