package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"switchboard/api"
)

// SyncReport is what SyncOnce did.
type SyncReport struct {
	Account string        `json:"account"` // Account.Key
	New     int           `json:"new"`
	Changed int           `json:"changed"`
	Gone    int           `json:"gone"`
	Texts   int           `json:"texts"`          // transcripts fetched
	History bool          `json:"history"`        // nothing older is missing
	Note    string        `json:"note,omitempty"` // what could not be had, though the rest could
	Took    time.Duration `json:"-"`
}

// textPatience is how long SyncOnce waits for a place in the rate budget to fetch
// a transcript. They are many, one request each, and at forty a minute nobody
// would want to wait for all of them.
const textPatience = time.Second

// SyncOnce reads what is new of an account, and if full is set the whole history,
// and the transcripts that the rate budget lets it have at once. For messages it
// waits out rate limits; other trouble ends it with an error, and what was read
// until then stays.
func (s *Store) SyncOnce(ctx context.Context, account int64, full bool) (SyncReport, error) {
	start := s.now()
	a, err := s.account(ctx, account)
	if err != nil {
		return SyncReport{}, s.fault("looking up an account", err)
	}
	rep := SyncReport{Account: a.Key}
	var box *mailbox
	for _, b := range s.mailboxes() {
		if b.key == a.Key {
			box = b
		}
	}
	if box == nil {
		return rep, fmt.Errorf("%s is not connected: %w", a.Key, api.ErrSignedOut)
	}
	if err := s.ready(ctx, box); err != nil {
		return rep, err
	}
	ctx = api.Background(ctx)
	p := puller{s: s, b: box}
	if err = s.receiveOnce(ctx, box); err == nil {
		err = p.once(ctx, full)
	}
	rep.New, rep.Changed, rep.Gone = p.total.New, p.total.Changed, p.total.Gone
	for err == nil && full {
		var n int
		n, err = s.fetchTexts(api.Patient(ctx, textPatience), box)
		rep.Texts += n
		if limit := (*api.LimitError)(nil); errors.As(err, &limit) {
			rep.Note, err = s.leftTexts(ctx, box), nil
			break
		}
		if err != nil && isPermission(err) {
			rep.Note, err = "Transcripts could not be read: "+reason(err), nil
			break
		}
		if n == 0 {
			break
		}
	}
	if ctx.Err() == nil {
		box.setTrouble(reading, err, time.Time{}, s.now())
	}
	if st, e := s.SyncState(ctx, account); e == nil {
		rep.History = st.HistoryDone
	}
	rep.Took = s.now().Sub(start)
	return rep, err
}

// leftTexts says how many transcripts are still at the service.
func (s *Store) leftTexts(ctx context.Context, b *mailbox) string {
	const most = 10_000
	need, err := s.NeedText(ctx, b.id(), most)
	if err != nil || len(need) == 0 {
		return ""
	}
	n := fmt.Sprint(len(need))
	if len(need) == most {
		n += " or more"
	}
	return n + " transcripts wait for the service's rate limit; they come while the screens or `switchboard sync` run"
}

// once reads what is new until there is no more, and then the history if asked to.
func (p *puller) once(ctx context.Context, full bool) error {
	for pulled := false; ; {
		st, err := p.s.SyncState(ctx, p.b.id())
		if err != nil {
			return err
		}
		switch {
		case !pulled || st.Cursor == "" || p.again || p.s.now().Equal(p.due):
			p.due = time.Time{}
			if err := p.pull(ctx, st); err != nil {
				return err
			}
			pulled = true
		case full && !st.HistoryDone:
			if err := p.older(ctx, st); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}
