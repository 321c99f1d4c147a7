package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"switchboard/api"
	"switchboard/store/lockfile"
)

// Saves that outlive the program. A row of saves has what is to be saved and where;
// Run carries them out one after the other, beside the downloads. Nothing else is kept
// of how far one has come: content that was fetched is here, and files that are in the
// folder are told by their content, so going on is saving again.

const (
	savesListed  = 24 * time.Hour  // so long a finished save is shown
	savesShown   = 50              // at most so many of them
	saveNoted    = 2 * time.Second // how often its progress is written
	failuresKept = 100             // failures kept by name; all are counted
	saveTries    = 4               // passes in a row without headway, before what is left counts as failed
	maxSaveItems = 500_000
	savesLock    = "saves.lock" // beside the part files
)

// SaveJob is what a Job has more when it is a save of many files.
type SaveJob struct {
	ID       int64
	Words    string // what is saved, for people
	Path     string // the folder or archive
	Manifest string // path of manifest.json, once it is there
	Files    int    // how many there are
	Saved    int    // how many are there
	Failed   int
	Failures []SaveFault // the first hundred
	Ended    time.Time   // when it was finished; zero: it is not
}

// SaveFault is a file that could not be saved.
type SaveFault struct {
	Item  ID     `json:"item"`
	Name  string `json:"name,omitempty"`
	Error string `json:"error"`
}

// QueueSave asks for the files of items to be saved. It is carried out by Run, survives
// a restart, and is among [Store.Jobs] with the id that is returned: a negative number,
// which PauseJob, ResumeJob and CancelJob take as they do a download's. Progress and
// Bytes of the options are not called.
func (s *Store) QueueSave(ctx context.Context, ids []ID, o SaveOptions) (job int64, err error) {
	if err := o.absolute(); err != nil {
		return 0, err
	}
	switch {
	case len(ids) == 0:
		return 0, errors.New("save: no message was named")
	case len(ids) > maxSaveItems:
		return 0, fmt.Errorf("save: %d messages are more than %d; narrow the query", len(ids), maxSaveItems)
	}
	if err := CheckTemplate(o.Template); err != nil {
		return 0, fmt.Errorf("save: %w", err)
	}
	items, err := json.Marshal(asInts(ids))
	if err != nil {
		return 0, fmt.Errorf("save: %w", err)
	}
	options, err := json.Marshal(o)
	if err != nil {
		return 0, fmt.Errorf("save: %w", err)
	}
	err = s.writeFull(ctx, func(tx *sql.Tx) error {
		files, err := countFiles(tx, string(items), o.Attachments)
		if err != nil {
			return err
		}
		res, err := tx.Exec(`INSERT INTO saves (state, added, words, items, options, files, path) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			int64(Waiting), s.now().UnixMilli(), saveWords(len(ids), files), string(items), string(options), files, o.where())
		if err != nil {
			return err
		}
		job, err = res.LastInsertId()
		return err
	})
	s.kickSaves()
	return -job, s.fault("queue a save", err)
}

// absolute makes the paths independent of where the program is started the next time.
func (o *SaveOptions) absolute() (err error) {
	for _, p := range []*string{&o.Dir, &o.Zip} {
		if *p != "" && err == nil {
			*p, err = filepath.Abs(*p)
		}
	}
	if err == nil && o.where() == "" {
		err = errors.New("no folder was named")
	}
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

// where is the folder or the archive.
func (o *SaveOptions) where() string {
	if o.Zip != "" {
		return o.Zip
	}
	return o.Dir
}

func countFiles(tx *sql.Tx, items string, only []int64) (n int, err error) {
	if only != nil {
		return len(only), nil
	}
	err = tx.QueryRow(`SELECT count(*) FROM json_each(?) j CROSS JOIN attachments a ON a.item = j.value
		WHERE a.kind NOT IN ('Text', 'AudioTranscription')`, items).Scan(&n)
	return n, err
}

func saveWords(items, files int) string {
	if files == 1 {
		return "1 file"
	}
	if items == 1 || items == files {
		return strconv.Itoa(files) + " files"
	}
	return fmt.Sprintf("%d files of %d messages", files, items)
}

// saveParts is what the saves keep in a Store. Its zero value is ready.
type saveParts struct {
	mu      sync.Mutex
	running *savingJob
	kicks   map[chan struct{}]struct{} // runners to wake
}

// savingJob is a save that this process carries out.
type savingJob struct {
	id     int64
	sv     *saving
	cancel context.CancelCauseFunc
	done   chan struct{}
	again  chan struct{} // a person wants it tried again now
	began  time.Time
	rate   meter

	mu    sync.Mutex
	fault string // what it waits for
	next  time.Time
}

func (s *Store) kickSaves() {
	s.saves.mu.Lock()
	defer s.saves.mu.Unlock()
	for c := range s.saves.kicks {
		poke(c)
	}
}

// runSaves carries out the saves until ctx ends. With none queued it sleeps.
func (s *Store) runSaves(ctx context.Context) {
	kick := make(chan struct{}, 1)
	p := &s.saves
	p.mu.Lock()
	if p.kicks == nil {
		p.kicks = map[chan struct{}]struct{}{}
	}
	p.kicks[kick] = struct{}{}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.kicks, kick)
		p.mu.Unlock()
	}()
	s.forgetSaves(ctx)
	for ctx.Err() == nil {
		ran, next, err := s.nextSave(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Warn("saves", "error", err)
			next = s.now().Add(10 * time.Second)
		}
		if ran && err == nil {
			continue
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

// forgetSaves drops those that were finished long ago.
func (s *Store) forgetSaves(ctx context.Context) {
	err := s.transact(ctx, false, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM saves WHERE state = ? AND ended < ?`, int64(Kept), s.now().Add(-savesListed).UnixMilli())
		return err
	})
	if err != nil && ctx.Err() == nil {
		s.log.Warn("old saves stay listed", "error", err)
	}
}

// nextSave carries out the save that has waited longest, if one is due; else next is
// when one will be.
func (s *Store) nextSave(ctx context.Context) (ran bool, next time.Time, err error) {
	rows, err := s.r.QueryContext(ctx, `SELECT id, next FROM saves WHERE state IN (?, ?) ORDER BY added, id`, int64(Waiting), int64(Fetching))
	if err != nil {
		return false, next, err
	}
	defer rows.Close()
	var due []int64
	for rows.Next() {
		var id, at int64
		if err := rows.Scan(&id, &at); err != nil {
			return false, next, err
		}
		if t := fromMilli(at); dueIn(t, s.now()) > 0 {
			if next.IsZero() || t.Before(next) {
				next = t
			}
			continue
		}
		due = append(due, id)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return false, next, err
	}
	if len(due) == 0 {
		return false, next, nil
	}
	lock, err := s.lockSaves()
	if errors.Is(err, lockfile.ErrLocked) {
		return false, s.now().Add(30 * time.Second), nil // another program is at it; should it end, they are ours
	}
	if err != nil {
		return false, next, err
	}
	defer lock.Close()
	return true, next, s.runSave(ctx, due[0])
}

// lockSaves keeps other programs on this machine from carrying out the same saves. The
// lock ends with the process, however that ends.
func (s *Store) lockSaves() (*os.File, error) {
	dir := s.partsDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fileFault("save", s.opts.Dir, 0, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, savesLock), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fileFault("save", s.opts.Dir, 0, err)
	}
	if err := lockfile.Try(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// runSave carries out one save as far as it goes now.
func (s *Store) runSave(ctx context.Context, id int64) error {
	ids, o, err := s.saveOf(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // another program was quicker, or it was taken back
	}
	if err != nil {
		return s.fault("read a save", err)
	}
	jctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	sv, err := s.newSaving(ids, o)
	if err != nil {
		return s.endSave(ctx, id, &saving{}, SaveReport{}, err)
	}
	defer sv.close()
	sv.how, sv.halts = fetching{quiet: true}, contagious
	j := &savingJob{id: id, sv: sv, cancel: cancel, done: make(chan struct{}), again: make(chan struct{}, 1), began: s.now()}
	p := &s.saves
	p.mu.Lock()
	p.running = j
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.running = nil
		p.mu.Unlock()
		close(j.done)
		s.changed()
	}()
	defer s.noteSave(jctx, j)()
	rep, err := s.passes(jctx, j)
	if context.Cause(jctx) != nil { // who stopped it records that; if the program ends, it goes on the next time
		return s.reachedSave(ctx, j)
	}
	return s.endSave(ctx, id, sv, rep, err)
}

// passes goes over the items of a save until all that can be had is saved.
func (s *Store) passes(ctx context.Context, j *savingJob) (SaveReport, error) {
	idle := 0
	for {
		before := j.sv.files.Load()
		if err := j.sv.pass(ctx); err != nil && !errors.Is(err, errHalted) {
			return j.sv.report(), err
		}
		if idle++; j.sv.files.Load() > before {
			idle = 1
		}
		next, fault, lasting := s.laterSave(j.sv.report(), idle)
		if fault == "" || lasting && idle >= saveTries {
			return j.sv.finish(ctx, nil)
		}
		if err := s.waitSave(ctx, j, next, fault); err != nil {
			return j.sv.report(), err
		}
	}
}

func (s *Store) saveOf(ctx context.Context, id int64) (ids []ID, o SaveOptions, err error) {
	var items, options string
	err = s.write(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRow(`SELECT items, options FROM saves WHERE id = ? AND state IN (?, ?)`, id, int64(Waiting), int64(Fetching)).Scan(&items, &options)
		if err == nil {
			_, err = tx.Exec(`UPDATE saves SET state = ? WHERE id = ?`, int64(Fetching), id)
		}
		return err
	})
	if err != nil {
		return nil, o, err
	}
	var ints []int64
	err = errors.Join(json.Unmarshal([]byte(items), &ints), json.Unmarshal([]byte(options), &o))
	for _, i := range ints {
		ids = append(ids, ID(i))
	}
	return ids, o, err
}

// temporary reports whether something failed that may work later.
func temporary(err error) bool {
	return api.IsTemporary(err) || errors.Is(err, ErrOffline) || errors.Is(err, api.ErrSignedOut)
}

// contagious reports whether the other files of an account are likely to fail alike:
// there is no connection, nobody is signed in, or the service wants to be left alone.
func contagious(err error) bool {
	var dial *net.OpError
	var name *net.DNSError
	switch {
	case !temporary(err):
		return false
	case errors.Is(err, ErrOffline), errors.Is(err, api.ErrSignedOut), errors.As(err, &name), limited(err):
		return true
	}
	return errors.As(err, &dial) && dial.Op == "dial"
}

// limited reports whether the service wants to be left alone for a while.
func limited(err error) bool {
	var limit *api.LimitError
	var e *api.Error
	return errors.As(err, &limit) || errors.As(err, &e) && e.Status == http429
}

const http429 = 429 // RFC 6585, 4: too many requests
