package store

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// The screens, a sync that runs beside them and single commands share one database.
// SQLite keeps them apart; what it does not do is tell one that another has written.
// So the system is asked to tell when the file's log grows: whoever waits for that
// costs nothing while nobody writes.

// outsideRest is how long after a look the next one is taken: a sync in another
// process writes hundreds of times a second, and a person sees no difference.
const outsideRest = 150 * time.Millisecond

// runOutside looks whether another program has changed the database whenever the
// system says that the file was written, until ctx ends. Where the system cannot tell
// (some network file systems), changes are found as before, when a person comes back
// and when the service is asked for news.
func (s *Store) runOutside(ctx context.Context) {
	if s.opts.Alone {
		return
	}
	w, err := fsnotify.NewWatcher()
	if err == nil {
		defer func() { _ = w.Close() }()
		err = w.Add(s.opts.Dir)
	}
	if err != nil {
		s.log.Info("changes by other programs are not told of at once", "error", err)
		return
	}
	wal := filepath.Join(s.opts.Dir, dbName+"-wal")
	s.lookOutside(ctx) // what came before anybody told
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-w.Events:
			if !ok {
				return
			}
			if filepath.Clean(e.Name) != wal {
				continue
			}
		case err, ok := <-w.Errors: // too much has happened at once: look
			if !ok {
				return
			}
			s.log.Info("changes by other programs", "error", err)
		}
		s.lookOutside(ctx)
		// What comes in the meantime is put together by the system, unread.
		select {
		case <-ctx.Done():
			return
		case <-time.After(outsideRest):
		}
	}
}

// lookOutside takes up what another program has left: rows to show, and work to do.
func (s *Store) lookOutside(ctx context.Context) {
	changed, err := s.CheckOutside(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Info("changes by other programs", "error", err)
		}
		return
	}
	if !changed {
		return
	}
	s.wakeOutbox()
	s.wakeDeeds()
	s.wakeSends()
	s.kick()
	s.kickSaves()
}
