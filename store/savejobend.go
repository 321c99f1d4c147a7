package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"switchboard/api"
)

// noteSave tells watchers how a save goes on, and writes it down now and then, so
// that it is known after a restart and to other programs. A person who paused it from
// another program is heeded.
func (s *Store) noteSave(ctx context.Context, j *savingJob) (stop func()) {
	over := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		tick := time.NewTicker(signalEvery)
		defer tick.Stop()
		noted, bytes, files := s.now(), int64(-1), int64(-1)
		for {
			select {
			case <-over:
				return
			case <-tick.C:
			}
			b, f := j.sv.bytes.Load(), j.sv.files.Load()
			j.rate.add(s.now(), b)
			if b == bytes && f == files {
				continue
			}
			bytes, files = b, f
			s.poke()
			if now := s.now(); now.Sub(noted) >= saveNoted || now.Before(noted) {
				noted = now
				s.noteProgress(ctx, j, f, b)
			}
		}
	})
	return func() {
		close(over)
		all.Wait()
	}
}

func (s *Store) noteProgress(ctx context.Context, j *savingJob, files, bytes int64) {
	ours := int64(1)
	err := s.transact(ctx, false, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE saves SET done = ?, bytes = ? WHERE id = ? AND state = ?`, files, bytes, j.id, int64(Fetching))
		if err == nil {
			ours, err = res.RowsAffected()
		}
		return err
	})
	if err == nil && ours == 0 {
		j.cancel(errPaused)
	}
}

// reachedSave records how far a save has come that is stopped.
func (s *Store) reachedSave(ctx context.Context, j *savingJob) error {
	err := s.transact(context.WithoutCancel(ctx), false, func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE saves SET done = ?, bytes = ? WHERE id = ? AND ended = 0`, j.sv.files.Load(), j.sv.bytes.Load(), j.id)
		return err
	})
	return s.fault("record a save", err)
}

// endSave records what came of a save: finished, to be gone on with later, or a
// matter for a person.
func (s *Store) endSave(ctx context.Context, id int64, sv *saving, rep SaveReport, err error) error {
	st, fault, ended := Kept, "", s.now().UnixMilli()
	if err != nil {
		st, fault, ended = Faulty, reason(err), 0
	}
	faults := []SaveFault{}
	for _, f := range rep.Failed {
		if len(faults) < failuresKept {
			faults = append(faults, SaveFault{f.Item, CleanLine(f.Name), CleanLine(reason(f.Err))})
		}
	}
	list, jerr := json.Marshal(faults)
	if jerr != nil {
		return jerr
	}
	werr := s.write(context.WithoutCancel(ctx), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE saves SET state = ?, ended = ?, done = ?, bytes = ?, failed = ?, failures = ?, next = 0, fault = ?,
			path = CASE ? WHEN '' THEN path ELSE ? END WHERE id = ? AND state IN (1, 2)`,
			int64(st), ended, len(rep.Files), sv.bytes.Load(), len(rep.Failed), string(list), fault, rep.Zip, rep.Zip, id)
		return err
	})
	return s.fault("record a save", werr)
}

// laterSave says when a save is gone on with some of whose files could not be had
// just now, and why; "" when there are none. lasting says that it is about those files
// alone and may stay so.
func (s *Store) laterSave(rep SaveReport, idle int) (next time.Time, fault string, lasting bool) {
	next, lasting = s.now().Add(jobDelay(idle)), true
	for _, f := range rep.Failed {
		if !temporary(f.Err) {
			continue
		}
		if at, ok := api.RetryAt(f.Err, s.now()); ok && at.After(next) {
			next, fault, lasting = at, "the service asks to wait until "+at.In(s.opts.Location).Format("15:04:05"), false
		}
		if contagious(f.Err) {
			lasting = false
		}
		switch {
		case fault != "":
		case errors.Is(f.Err, ErrOffline):
			next, fault = s.now().Add(time.Minute), "waits for a connection"
		case errors.Is(f.Err, api.ErrSignedOut):
			next, fault = s.now().Add(time.Minute), "waits until you have signed in again"
		default:
			fault = reason(f.Err)
		}
	}
	return next, fault, lasting
}

// waitSave waits until a save may go on.
func (s *Store) waitSave(ctx context.Context, j *savingJob, next time.Time, fault string) error {
	j.wait(next, fault)
	defer j.wait(time.Time{}, "")
	s.poke()
	for {
		d := next.Sub(s.now())
		if d <= 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-j.again:
			return nil
		case <-s.after(d):
		}
	}
}

func (j *savingJob) wait(next time.Time, fault string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.next, j.fault = next, fault
}

// stopSave ends a save of this process and waits until it has let go of its files.
func (s *Store) stopSave(id int64, why error) {
	s.saves.mu.Lock()
	j := s.saves.running
	s.saves.mu.Unlock()
	if j != nil && j.id == id {
		j.cancel(why)
		<-j.done
	}
}

func (s *Store) pauseSave(ctx context.Context, id int64) error {
	err := s.changeSave(ctx, id, `UPDATE saves SET state = 3 WHERE id = ? AND state IN (1, 2, 5)`) // paused; of those waiting, under way or faulty
	s.stopSave(id, errPaused)
	return s.fault("pause a save", err)
}

// resumeSave goes on with one that is paused, tries one that failed, or the failures
// of a finished one, again now.
func (s *Store) resumeSave(ctx context.Context, id int64) error {
	err := s.changeSave(ctx, id, `UPDATE saves SET state = CASE state WHEN 2 THEN 2 ELSE 1 END, tries = 0, next = 0, fault = '', ended = 0 WHERE id = ?`)
	s.saves.mu.Lock()
	if j := s.saves.running; j != nil && j.id == id {
		poke(j.again)
	}
	s.saves.mu.Unlock()
	s.kickSaves()
	return s.fault("go on with a save", err)
}

// cancelSave forgets a save. Files that are in the folder already stay there.
func (s *Store) cancelSave(ctx context.Context, id int64) error {
	err := s.changeSave(ctx, id, `DELETE FROM saves WHERE id = ?`)
	s.stopSave(id, errCancelled)
	return s.fault("cancel a save", err)
}

func (s *Store) changeSave(ctx context.Context, id int64, query string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(query, id)
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			var there bool
			if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM saves WHERE id = ?)`, id).Scan(&there); err != nil || there {
				return err
			}
			return fmt.Errorf("save %d: %w", id, ErrNotFound)
		}
		return nil
	})
}

// saveJobs are the saves as the database has them: those that are not finished, or
// those that are.
func (s *Store) saveJobs(ctx context.Context, finished bool) ([]Job, error) {
	query, args := `WHERE state <> ? ORDER BY state IN (1, 2) DESC, added, id LIMIT ?`, []any{int64(Kept), savesShown}
	if finished {
		query, args = `WHERE state = ? AND ended >= ? ORDER BY ended DESC LIMIT ?`, []any{int64(Kept), s.now().Add(-savesListed).UnixMilli(), savesShown}
	}
	rows, err := s.r.QueryContext(ctx, `SELECT id, state, added, ended, words, files, done, bytes, failed, path, failures, next, fault,
		json_extract(options, '$.Manifest') FROM saves `+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	jobs := []Job{}
	for rows.Next() {
		j := Job{Total: -1, Save: &SaveJob{}}
		var added, ended, next int64
		var failures string
		var manifest sql.NullBool
		if err := rows.Scan(&j.Save.ID, &j.State, &added, &ended, &j.Save.Words, &j.Save.Files, &j.Save.Saved, &j.Done, &j.Save.Failed,
			&j.Save.Path, &failures, &next, &j.Err, &manifest); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(failures), &j.Save.Failures); err != nil {
			return nil, err
		}
		j.ID, j.At, j.Next, j.Save.Ended = -j.Save.ID, fromMilli(added), fromMilli(next), fromMilli(ended)
		jobs = append(jobs, j)
	}
	return jobs, rows.Err()
}

// liveSaves lays the save under way over what the database says.
func (s *Store) liveSaves(jobs []Job) []Job {
	s.saves.mu.Lock()
	run := s.saves.running
	s.saves.mu.Unlock()
	out := make([]Job, 0, len(jobs))
	for _, j := range jobs {
		save := *j.Save
		j.Save = &save
		switch {
		case run != nil && run.id == save.ID && (j.State == Fetching || j.State == Waiting):
			j.State, j.Err = Fetching, ""
			run.mu.Lock()
			if run.fault != "" {
				j.State, j.Err, j.Next = Waiting, run.fault, run.next
			}
			run.mu.Unlock()
			save.Saved = int(run.sv.files.Load())
			j.Done, j.Rate = run.sv.bytes.Load(), run.rate.value()
			if d := s.now().Sub(run.began); save.Saved > 0 && d > 0 {
				// By files, not bytes: what the service limits is how many are asked for.
				j.Left = time.Duration(float64(d) / float64(save.Saved) * float64(max(save.Files-save.Saved, 0)))
			}
		case j.State == Fetching:
			j.State = Waiting // of a process that ended, or of another one
		}
		// The whole in bytes is not known before the end: taken to go on as it began.
		if save.Saved > 0 && j.State != Kept {
			j.Total = j.Done / int64(save.Saved) * int64(max(save.Files, save.Saved))
		} else if j.State == Kept {
			j.Total = j.Done
		}
		out = append(out, j)
	}
	return out
}
