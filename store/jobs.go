package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	jobsAtOnce  = 3  // downloads of the queue at once, for each account
	jobsUrgent  = 1  // and so many more for what a person waits for
	jobsInAll   = 12 // of all accounts
	jobsLooked  = 100
	jobsShown   = 1000
	jobTries    = 12 // in a row, before a person is asked to look
	signalEvery = 100 * time.Millisecond

	throughShown = time.Minute // so long a finished download is still listed
)

// fileParts is what the downloads keep in a Store. Its zero value is ready.
type fileParts struct {
	mu      sync.Mutex
	running map[int64]*transfer
	held    map[int64]int              // being paused or cancelled: not to be started
	kicks   map[chan struct{}]struct{} // runners to wake
	signal  time.Time                  // of the last progress
	shown   []Job                      // the queue as read at generation shownAt
	saves   []Job                      // likewise
	through []Job                      // finished lately, the latest last
	shownAt uint64
}

// Job is one download, or save of many files, that is queued, under way, paused, or
// has failed.
type Job struct {
	ID         int64 // of its attachment; negative: of a save
	Attachment Attachment
	Item       ID
	Row        Row       // of Item, as far as it tells what it is: Kind, Direction, Who; empty for a save
	State      FileState // Waiting, Fetching, Paused or Faulty
	Done       int64     // bytes
	Total      int64     // bytes; -1: not known
	Rate       float64   // bytes a second
	Err        string    // what went wrong last, for people
	At         time.Time // when it was asked for
	Next       time.Time // when it is tried again; zero: at once. Of a finished one: when that was
	Priority   bool      // a person waits for it

	Left time.Duration // at this rate; 0: not known
	Save *SaveJob      // of a save; else nil, and then Attachment and Item are empty
}

// Fetch queues downloads. They survive a restart; priority ones go first. What
// is here already, or queued, is passed over; what is paused or failed starts
// again.
func (s *Store) Fetch(ctx context.Context, attachments []int64, priority bool) error {
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, id := range attachments {
			if err := s.queue(tx, id, priority); err != nil {
				return err
			}
		}
		return nil
	})
	s.kick()
	return s.fault("queue downloads", err)
}

func (s *Store) queue(tx *sql.Tx, id int64, priority bool) error {
	a, err := scanAttachment(tx.QueryRow(`SELECT `+attachmentColumns+` FROM attachments a WHERE a.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("attachment %d: %w", id, ErrNotFound)
	} else if err != nil {
		return err
	}
	if a.State == Kept && s.hasBlob(a) {
		return nil
	}
	if _, err := tx.Exec(`DELETE FROM unwanted WHERE attachment = ?`, id); err != nil {
		return err
	}
	urgent := 0
	if priority {
		urgent = 1
	}
	_, err = tx.Exec(`INSERT INTO jobs (attachment, state, priority, added) VALUES (?, ?, ?, ?)
		ON CONFLICT (attachment) DO UPDATE SET priority = max(priority, excluded.priority), next = 0, fault = '', tries = 0,
		state = CASE state WHEN ? THEN state ELSE excluded.state END`,
		id, int64(Waiting), urgent, s.now().UnixMilli(), int64(Fetching))
	if err != nil {
		return err
	}
	if a.State == Fetching {
		return nil
	}
	return setFile(tx, id, Waiting, "")
}

func setFile(tx *sql.Tx, attachment int64, st FileState, fault string) error {
	_, err := tx.Exec(`UPDATE attachments SET state = ?, fault = ? WHERE id = ?`, int64(st), fault, attachment)
	return err
}

// kick wakes the runners: there is something to do.
func (s *Store) kick() {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	for c := range s.files.kicks {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// runJobs carries out the queue until ctx ends. With nothing queued it sleeps.
func (s *Store) runJobs(ctx context.Context) {
	kick := make(chan struct{}, 1)
	p := &s.files
	p.mu.Lock()
	if p.kicks == nil {
		p.kicks = map[chan struct{}]struct{}{}
	}
	p.kicks[kick] = struct{}{}
	p.mu.Unlock()
	var all sync.WaitGroup
	defer func() {
		p.mu.Lock()
		delete(p.kicks, kick)
		p.mu.Unlock()
		all.Wait()
	}()
	s.tidyParts(ctx)
	for ctx.Err() == nil {
		next, err := s.startJobs(ctx, &all, kick)
		if err != nil && ctx.Err() == nil {
			s.log.Warn("downloads", "error", err)
			next = s.now().Add(10 * time.Second)
		}
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = s.after(max(next.Sub(s.now()), 50*time.Millisecond))
		}
		select {
		case <-ctx.Done():
		case <-kick:
		case <-timer:
		}
	}
}

// wanted reports whether a job is still to be done: the list it was taken from
// may be older than a pause.
func (s *Store) wanted(ctx context.Context, attachment int64) bool {
	var st FileState
	err := s.ask(ctx, `SELECT state FROM jobs WHERE attachment = ?`, attachment).Scan(&st)
	return err == nil && (st == Waiting || st == Fetching)
}

// jobOf is what is known about the bytes in an attachment's part file.
func (s *Store) jobOf(ctx context.Context, attachment int64) (validator string, total int64, err error) {
	err = s.ask(ctx, `SELECT validator, total FROM jobs WHERE attachment = ?`, attachment).Scan(&validator, &total)
	if errors.Is(err, sql.ErrNoRows) {
		return "", -1, nil
	}
	return validator, total, s.fault("read a download", err)
}

// keepJob records, before the first byte is written, what the bytes will be.
func (s *Store) keepJob(ctx context.Context, t *transfer, validator string, total int64) error {
	urgent := 0
	if t.priority {
		urgent = 1
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO jobs (attachment, state, priority, added, total, validator) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (attachment) DO UPDATE SET state = excluded.state, total = excluded.total, validator = excluded.validator`,
			t.attachment.ID, int64(Fetching), urgent, t.added.UnixMilli(), total, validator)
		if err != nil {
			return err
		}
		return setFile(tx, t.attachment.ID, Fetching, "")
	})
	return s.fault("record a download", err)
}

// progressed takes the number of bytes that are here and tells watchers, at
// most ten times a second. Nothing is written to the database for it.
func (s *Store) progressed(t *transfer, done int64) {
	now := s.now()
	t.bytes.Store(done)
	t.rate.add(now, done)
	p := &s.files
	p.mu.Lock()
	quiet := now.Sub(p.signal) < signalEvery && !now.Before(p.signal)
	if !quiet {
		p.signal = now
	}
	p.mu.Unlock()
	if !quiet {
		s.poke()
	}
}

// poke tells watchers to look again although no row has changed.
func (s *Store) poke() {
	s.watch.mu.Lock()
	defer s.watch.mu.Unlock()
	for c := range s.watch.set {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// serviceOf is the service an item came from, if it is attached.
func (s *Store) serviceOf(ctx context.Context, item ID) (Service, error) {
	var key string
	err := s.ask(ctx, `SELECT c.key FROM accounts c JOIN items i ON i.account = c.id WHERE i.id = ?`, int64(item)).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("item %s: %w", item, ErrNotFound)
	} else if err != nil {
		return nil, s.fault("look up an account", err)
	}
	svc := s.attached(key)
	if svc == nil {
		return nil, fmt.Errorf("%s is not connected: %w", key, ErrOffline)
	}
	return svc, nil
}

// Jobs is the downloads and saves that are not finished: saves first, then downloads,
// of each those under way first, then in the order in which they will be tried. At most
// a thousand; JobCount counts the rest.
func (s *Store) Jobs() []Job {
	gen := s.Generation()
	p := &s.files
	p.mu.Lock()
	jobs, saves, at := p.shown, p.saves, p.shownAt
	p.mu.Unlock()
	if jobs == nil || at != gen {
		fresh, err := s.readJobs(context.Background())
		var kept []Job
		if err == nil {
			kept, err = s.saveJobs(context.Background(), false)
		}
		if err != nil {
			s.log.Warn("reading the downloads", "error", err)
		} else {
			jobs, saves = fresh, kept
			p.mu.Lock()
			p.shown, p.saves, p.shownAt = fresh, kept, gen
			p.mu.Unlock()
		}
	}
	return append(s.liveSaves(saves), s.live(jobs)...)
}

// live lays the transfers under way over what the database says.
func (s *Store) live(jobs []Job) []Job {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	out := make([]Job, 0, len(jobs)+len(s.files.running))
	seen := map[int64]bool{}
	var rest []Job
	for _, j := range jobs {
		t := s.files.running[j.ID]
		if t == nil {
			if j.State == Fetching {
				j.State = Waiting // of a process that ended, or of another one
			}
			rest = append(rest, j)
			continue
		}
		seen[j.ID] = true
		j.State, j.Done, j.Total, j.Rate, j.Err = Fetching, t.bytes.Load(), t.total.Load(), t.rate.value(), ""
		j.Left = timeLeft(j.Done, j.Total, j.Rate)
		out = append(out, j)
	}
	for id, t := range s.files.running {
		if !seen[id] && !t.quiet {
			j := Job{
				ID: id, Attachment: t.attachment, Item: t.attachment.Item, Row: t.row, State: Fetching, Done: t.bytes.Load(),
				Total: t.total.Load(), Rate: t.rate.value(), At: t.added, Priority: t.priority,
			}
			j.Left = timeLeft(j.Done, j.Total, j.Rate)
			out = append(out, j)
		}
	}
	return append(out, rest...)
}

func timeLeft(done, total int64, rate float64) time.Duration {
	if rate <= 0 || total <= done {
		return 0
	}
	return time.Duration(min(float64(total-done)/rate, 1e6) * float64(time.Second))
}

func (s *Store) readJobs(ctx context.Context) ([]Job, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT `+attachmentColumns+`, j.state, j.priority, j.added, j.total, j.next, j.fault,
		i.account, i.kind, i.direction, i.who, i.number, i.extension FROM jobs j
		JOIN attachments a ON a.id = j.attachment JOIN items i ON i.id = a.item ORDER BY j.state IN (?, ?) DESC, j.priority DESC, j.added, j.attachment LIMIT ?`,
		int64(Fetching), int64(Waiting), jobsShown)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	jobs := []Job{}
	for rows.Next() {
		var j Job
		var urgent, added, next int64
		if j.Attachment, err = scanAttachment(rows, &j.State, &urgent, &added, &j.Total, &next, &j.Err,
			&j.Row.Account, &j.Row.Kind, &j.Row.Direction, &j.Row.Who.Name, &j.Row.Who.Number, &j.Row.Who.Extension); err != nil {
			return nil, err
		}
		j.ID, j.Item, j.Row.ID = j.Attachment.ID, j.Attachment.Item, j.Attachment.Item
		j.At, j.Next, j.Priority = fromMilli(added), fromMilli(next), urgent != 0
		if j.Total < 0 {
			j.Total = j.Attachment.Size
		}
		j.Done = s.partSize(j.ID)
		jobs = append(jobs, j)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	s.knowEach(ctx, len(jobs), func(i int) *Row { return &jobs[i].Row })
	return jobs, nil
}

// JobCount is how many downloads are queued or under way, and how many stopped
// because a person paused them or they failed.
func (s *Store) JobCount(ctx context.Context) (waiting, stopped int, err error) {
	err = s.r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state IN (?1, ?2)), count(*) FILTER (WHERE state NOT IN (?1, ?2)) FROM jobs`,
		int64(Waiting), int64(Fetching)).Scan(&waiting, &stopped)
	return waiting, stopped, s.fault("count downloads", err)
}
