package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"
)

// startJobs starts what there is room for, and says when the next one is due
// that may not start yet. Each account has places of its own, so that one whose service
// hangs keeps no other waiting.
func (s *Store) startJobs(ctx context.Context, all *sync.WaitGroup, kick chan struct{}) (next time.Time, err error) {
	full := []int64{}
	for {
		jobs, err := s.waitingJobs(ctx, full)
		if err != nil {
			return next, err
		}
		crowded := map[int64]bool{}
		for _, j := range jobs {
			if dueIn(j.next, s.now()) > 0 {
				if next.IsZero() || j.next.Before(next) {
					next = j.next
				}
			} else if !s.startJob(ctx, all, kick, j) {
				crowded[j.account] = true
			}
		}
		if len(jobs) < jobsLooked || len(crowded) == 0 {
			return next, nil
		}
		full = slices.AppendSeq(full, maps.Keys(crowded)) // there may be others behind those of such an account
	}
}

// waitingJob is a download of the queue.
type waitingJob struct {
	attachment  Attachment
	account     int64
	urgent      bool
	added, next time.Time
}

// waitingJobs are the first downloads of the queue that may be begun, but for those of some accounts.
func (s *Store) waitingJobs(ctx context.Context, but []int64) ([]waitingJob, error) {
	list, err := json.Marshal(but)
	if err != nil {
		return nil, err
	}
	rows, err := s.r.QueryContext(ctx, `SELECT `+attachmentColumns+`, i.account, j.priority, j.added, j.next FROM jobs j
		JOIN attachments a ON a.id = j.attachment JOIN items i ON i.id = a.item
		WHERE j.state IN (?, ?) AND (? = '[]' OR i.account NOT IN (SELECT value FROM json_each(?)))
		ORDER BY j.priority DESC, j.added, j.attachment LIMIT ?`, int64(Waiting), int64(Fetching), string(list), string(list), jobsLooked)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []waitingJob
	for rows.Next() {
		var j waitingJob
		var urgent, added, due int64
		if j.attachment, err = scanAttachment(rows, &j.account, &urgent, &added, &due); err != nil {
			return nil, err
		}
		j.urgent, j.added, j.next = urgent != 0, fromMilli(added), fromMilli(due)
		out = append(out, j)
	}
	return out, rows.Err()
}

// startJob starts a download; false: there is no room for it among those of its account.
func (s *Store) startJob(ctx context.Context, all *sync.WaitGroup, kick chan struct{}, j waitingJob) bool {
	ok, free := s.room(j.attachment.ID, j.account, j.urgent)
	if !ok {
		return free
	}
	tctx, cancel := context.WithCancelCause(background(ctx, j.urgent))
	t, mine := s.join(&transfer{attachment: j.attachment, row: Row{Account: j.account}, priority: j.urgent, added: j.added, cancel: cancel})
	if !mine {
		cancel(nil)
		return true
	}
	all.Go(func() {
		defer cancel(nil)
		s.transfer(tctx, t, nil)
		select {
		case kick <- struct{}{}:
		default:
		}
	})
	return true
}

// room reports whether a download may start now; free says that others of its account might.
func (s *Store) room(attachment, account int64, urgent bool) (ok, free bool) {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	if s.files.held[attachment] > 0 {
		return false, true
	}
	own := 0
	for _, t := range s.files.running {
		if t.row.Account == account || t.row.Account == 0 {
			own++
		}
	}
	most := jobsAtOnce
	if urgent {
		most += jobsUrgent
	}
	ok = own < most && len(s.files.running) < jobsInAll+jobsUrgent
	return ok, ok
}
