package store

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// keeping is a download that is whole and waits to be recorded.
type keeping struct {
	attachment Attachment // with what was found in the content
	done       bool
	err        error
}

// keeper records finished downloads, those that finish at about the same time in one
// transaction: of many small files each would otherwise wait for one of its own.
type keeper struct {
	mu      sync.Mutex
	waiting []*keeping
	turn    sync.Mutex // held by whoever records what waits
	writer  *keepWriter
}

// keep waits until k is recorded. What came while another batch was being
// recorded makes up the next one.
func (s *Store) keep(ctx context.Context, k *keeping) error {
	p := &s.keeper
	p.mu.Lock()
	p.waiting = append(p.waiting, k)
	p.mu.Unlock()
	p.turn.Lock()
	defer p.turn.Unlock()
	if k.done {
		return k.err
	}
	p.mu.Lock()
	batch := p.waiting
	p.waiting = nil
	p.mu.Unlock()
	err := s.recordAll(ctx, batch)
	for _, k := range batch {
		k.done, k.err = true, err
		if err != nil && len(batch) > 1 {
			k.err = s.recordAll(ctx, []*keeping{k}) // what befalls one is not the others'
		}
	}
	return k.err
}

func (s *Store) recordAll(ctx context.Context, batch []*keeping) error {
	w, err := s.keepStatements(ctx)
	if err != nil {
		return err
	}
	now := s.now()
	return s.transact(ctx, false, func(tx *sql.Tx) error {
		in := keepWriter{file: tx.Stmt(w.file), job: tx.Stmt(w.job), item: tx.Stmt(w.item), use: tx.Stmt(w.use)}
		for _, k := range batch {
			if err := in.put(k.attachment, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepWriter writes what is known of content that is here.
type keepWriter struct{ file, job, item, use *sql.Stmt }

// keepStatements are those of recordAll, made ready once.
func (s *Store) keepStatements(ctx context.Context) (*keepWriter, error) {
	if s.keeper.writer != nil {
		return s.keeper.writer, nil
	}
	if s.opts.ReadOnly {
		return nil, &faultError{doing: "writing", words: "it was opened to look only", kind: ErrReadOnly}
	}
	// The one connection that writes must be free for this.
	if err := s.acquire(ctx); err != nil {
		return nil, err
	}
	defer s.release()
	w := &keepWriter{}
	for _, st := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&w.file, `UPDATE attachments SET state = 4, bytes = ?, sha256 = ?, sniffed = ?, fault = '' WHERE id = ?`},
		{&w.job, `DELETE FROM jobs WHERE attachment = ?`},
		{&w.item, `UPDATE items SET kept = (SELECT count(*) FROM attachments WHERE item = ?1 AND state = 4
			AND kind NOT IN ('Text', 'AudioTranscription')) WHERE id = ?1`},
		{&w.use, `INSERT INTO uses (sha256, used) VALUES (?, ?) ON CONFLICT (sha256) DO UPDATE SET used = excluded.used`},
	} {
		var err error
		if *st.to, err = s.w.PrepareContext(ctx, st.sql); err != nil { //nolint:sqlclosecheck // closed with the handle
			return nil, err
		}
	}
	s.keeper.writer = w
	return w, nil
}

func (w *keepWriter) put(a Attachment, now time.Time) error {
	if _, err := w.file.Exec(a.Bytes, a.SHA256, a.Sniffed, a.ID); err != nil {
		return err
	}
	if _, err := w.job.Exec(a.ID); err != nil {
		return err
	}
	if _, err := w.item.Exec(int64(a.Item)); err != nil {
		return err
	}
	_, err := w.use.Exec(a.SHA256, now.UnixMilli())
	return err
}
