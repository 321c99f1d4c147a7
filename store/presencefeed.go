package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"switchboard/api"
)

// How often a service is asked who is there.
//
//	every look     own presence: 1 Light; own queues: 1 Light; those watched: 1 Light for 30;
//	               each watched queue, at most watchedQueues: 1 Light
//	everybody      1 Heavy for a thousand people, at most everyPages of them
const (
	presenceEvery  = 30 * time.Second
	presencePushed = 10 * time.Minute
	everybodyEvery = 10 * time.Minute

	watchedQueues = 10
	everyPages    = 5
)

// presenceFeeds are the feeds of a service that knows who is there.
func (s *Store) presenceFeeds(svc Service) []feed {
	p, ok := svc.(PresenceService)
	if !ok {
		return nil
	}
	return []feed{{
		name: FeedPresence, every: presenceEvery, pushed: presencePushed,
		turn: func(ctx context.Context, b *mailbox, st FeedState) (bool, error) {
			return s.presenceTurn(ctx, b.id(), p, st)
		},
	}}
}

// presenceCursor is what the feed keeps between its looks.
type presenceCursor struct {
	Seeded bool  `json:"seeded,omitempty"` // the first list of whom to watch was made
	Every  int64 `json:"every,omitempty"`  // when everybody was read, Unix milliseconds
	Page   int   `json:"page,omitempty"`   // of everybody, still to be read; 0: none
	Denied bool  `json:"denied,omitempty"` // one may not read everybody
}

// presenceTurn looks at oneself, one's queues and those watched; then, in turns of their
// own, at everybody.
func (s *Store) presenceTurn(ctx context.Context, account int64, svc PresenceService, st FeedState) (more bool, err error) {
	cur := st.presence()
	if cur.Page > 0 {
		return s.everybody(ctx, account, svc, st, cur)
	}
	// Everybody comes after the rest has been read once, and not with every look.
	if age := s.now().Sub(fromMilli(cur.Every)); st.Done && !cur.Denied && (age >= everybodyEvery || age < 0) {
		cur.Page = 1
	}
	return cur.Page > 0, s.lookOnce(ctx, account, svc, st, cur)
}

// presence is how far the presence has been read.
func (st FeedState) presence() (cur presenceCursor) {
	if st.Cursor != "" && json.Unmarshal([]byte(st.Cursor), &cur) != nil {
		return presenceCursor{}
	}
	return cur
}

// lookOnce looks at oneself, one's queues and those watched.
func (s *Store) lookOnce(ctx context.Context, account int64, svc PresenceService, st FeedState, cur presenceCursor) error {
	if !cur.Seeded {
		if err := s.seedWatched(ctx, account, svc); err != nil {
			return err
		}
		cur.Seeded = true
	}
	look, err := s.look(ctx, account, svc)
	if err != nil {
		return err
	}
	err = s.transact(ctx, false, func(tx *sql.Tx) error {
		if err := look.put(s, tx, account); err != nil {
			return err
		}
		return putPresenceFeed(tx, account, st, cur)
	})
	if err != nil {
		return err
	}
	s.present.forget()
	s.nudge()
	return nil
}

func putPresenceFeed(tx *sql.Tx, account int64, st FeedState, cur presenceCursor) error {
	b, err := json.Marshal(cur)
	if err != nil {
		return fmt.Errorf("writing down how far the presence has been read: %w", err)
	}
	st.Cursor = string(b)
	return putFeed(tx, account, FeedPresence, st)
}

// presenceLook is what one look saw.
type presenceLook struct {
	presences []IncomingPresence
	queues    []IncomingQueue
	noQueues  bool // the service does not tell of queues
	agents    map[string][]Agent
}

func (s *Store) look(ctx context.Context, account int64, svc PresenceService) (l presenceLook, err error) {
	asked := s.now()
	me, err := svc.OwnPresence(ctx)
	if err != nil {
		return l, fmt.Errorf("asking for one's own presence: %w", err)
	}
	me.Mine = true
	l.presences = append(l.presences, me)
	if l.queues, err = svc.OwnQueues(ctx); err != nil {
		if !withheld(err) {
			return l, fmt.Errorf("asking for one's queues: %w", err)
		}
		l.noQueues = true
	}
	watched, err := s.watched(ctx, account)
	if err != nil {
		return l, err
	}
	var ids []string
	l.agents = map[string][]Agent{}
	for _, w := range watched {
		if w.Type == "Department" && len(l.agents) < watchedQueues {
			agents, err := svc.QueueAgents(ctx, w.Extension)
			if err != nil && !withheld(err) {
				return l, fmt.Errorf("asking who takes the calls of %s: %w", cmp.Or(w.Name, w.Number), err)
			}
			l.agents[w.Extension] = agents
		}
		if w.Extension != me.Extension {
			ids = append(ids, w.Extension)
		}
	}
	if len(ids) > 0 {
		others, err := svc.Presences(ctx, ids)
		if err != nil {
			return l, fmt.Errorf("asking for the presence of those watched: %w", err)
		}
		l.presences = append(l.presences, others...)
	}
	for i := range l.presences {
		l.presences[i].Asked = asked
	}
	return l, nil
}

// withheld reports whether an error only says that something is not for this person.
func withheld(err error) bool { return isPermission(err) || api.IsNotFound(err) }

func (l presenceLook) put(s *Store, tx *sql.Tx, account int64) error {
	if err := s.takePresence(tx, account, l.presences); err != nil {
		return err
	}
	for queue, agents := range l.agents {
		for i := range agents {
			a := &agents[i]
			a.Extension, a.Name, a.Number = CleanLine(a.Extension), CleanLine(a.Name), CleanLine(a.Number)
		}
		b, err := json.Marshal(agents)
		if err != nil {
			return fmt.Errorf("writing down who takes calls: %w", err)
		}
		if _, err := tx.Exec(`UPDATE watched SET agents = ? WHERE account = ? AND extension = ?`, string(b), account, queue); err != nil {
			return err
		}
	}
	if l.noQueues {
		return nil
	}
	return putQueues(tx, account, l.queues)
}

// putQueues replaces the queues one is a member of. What is on its way stays as it was set.
func putQueues(tx *sql.Tx, account int64, queues []IncomingQueue) error {
	held := map[string]bool{}
	for _, q := range queues {
		var takes bool
		err := tx.QueryRow(`SELECT q.takes FROM queues q WHERE q.account = ? AND q.queue = ? AND EXISTS (SELECT 1 FROM deeds d JOIN ops o ON o.id = d.op
			WHERE d.account = q.account AND d.object = ? AND o.state IN (0, 1, 5))`, account, q.ID, objectQueue+q.ID).Scan(&takes)
		switch {
		case err == nil:
			held[q.ID] = takes
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
	}
	if _, err := tx.Exec(`DELETE FROM queues WHERE account = ?`, account); err != nil {
		return err
	}
	for _, q := range queues {
		takes, ok := held[q.ID]
		if !ok {
			takes = q.Takes
		}
		_, err := tx.Exec(`INSERT OR REPLACE INTO queues (account, queue, name, number, editable, takes) VALUES (?, ?, ?, ?, ?, ?)`,
			account, CleanLine(q.ID), cmp.Or(CleanLine(q.Name), "Queue "+CleanLine(q.Number)), CleanLine(q.Number), q.Editable, takes)
		if err != nil {
			return err
		}
	}
	return nil
}

// watched are those watched in an account.
func (s *Store) watched(ctx context.Context, account int64) (list []WatchChange, err error) {
	rows, err := s.r.QueryContext(ctx, `SELECT extension, name, number, type FROM watched WHERE account = ? ORDER BY extension`, account)
	if err != nil {
		return nil, s.fault("reading whom to watch", err)
	}
	defer rows.Close()
	for rows.Next() {
		w := WatchChange{On: true}
		if err := rows.Scan(&w.Extension, &w.Name, &w.Number, &w.Type); err != nil {
			return nil, s.fault("reading whom to watch", err)
		}
		list = append(list, w)
	}
	return list, s.fault("reading whom to watch", rows.Err())
}

// seedWatched makes the first list of whom to watch: the colleagues among one's
// favourites, and one's queues. What is not told is left out.
func (s *Store) seedWatched(ctx context.Context, account int64, svc PresenceService) error {
	favorites, err := svc.FavoriteExtensions(ctx)
	if err != nil && !withheld(err) {
		return fmt.Errorf("asking for the favourites: %w", err)
	}
	queues, err := svc.OwnQueues(ctx)
	if err != nil && !withheld(err) {
		return fmt.Errorf("asking for one's queues: %w", err)
	}
	return s.transact(ctx, false, func(tx *sql.Tx) error {
		for _, id := range favorites {
			if _, err := tx.Exec(`INSERT OR IGNORE INTO watched (account, extension) VALUES (?, ?)`, account, CleanLine(id)); err != nil {
				return err
			}
		}
		for _, q := range queues {
			_, err := tx.Exec(`INSERT OR IGNORE INTO watched (account, extension, name, number, type) VALUES (?, ?, ?, ?, 'Department')`,
				account, CleanLine(q.ID), CleanLine(q.Name), CleanLine(q.Number))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// everybody reads a page of everybody in the account.
func (s *Store) everybody(ctx context.Context, account int64, svc PresenceService, st FeedState, cur presenceCursor) (more bool, err error) {
	asked := s.now()
	list, more, err := svc.EveryPresence(ctx, cur.Page)
	if err != nil {
		if !withheld(err) {
			return false, fmt.Errorf("asking for everybody's presence: %w", err)
		}
		cur.Denied, more = true, false
	}
	for i := range list {
		list[i].Asked = asked
	}
	if cur.Page++; !more || cur.Page > everyPages {
		cur.Page, cur.Every = 0, s.now().UnixMilli()
	}
	err = s.transact(ctx, false, func(tx *sql.Tx) error {
		if err := s.takePresence(tx, account, list); err != nil {
			return err
		}
		return putPresenceFeed(tx, account, st, cur)
	})
	if err != nil {
		return false, err
	}
	s.present.forget()
	s.nudge()
	return cur.Page > 0, nil
}

// LookPresence asks the service of an account who is there, once, for a command that
// shows it. What is not permitted is an error.
func (s *Store) LookPresence(ctx context.Context, account int64) error {
	for _, b := range s.mailboxes() {
		if err := s.ready(ctx, b); err != nil {
			return err
		}
	}
	b := s.boxOf(account)
	if b == nil {
		return fmt.Errorf("asking who is there: %w: not signed in", ErrOffline)
	}
	p, ok := b.service().(PresenceService)
	if !ok {
		return errors.New("this account does not tell who is there")
	}
	st, err := s.feedState(ctx, b.id(), FeedPresence)
	if err == nil {
		err = s.lookOnce(ctx, b.id(), p, st, st.presence())
	}
	if err != nil {
		return err
	}
	return s.transact(ctx, false, func(tx *sql.Tx) error { return feedSynced(tx, b.id(), FeedPresence, s.now()) })
}
