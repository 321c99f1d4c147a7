package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"switchboard/api"
)

// saveWorkers is how many files are fetched and copied at once. Rate limits are kept
// elsewhere: with them, most of these wait.
const saveWorkers = 16

// SaveOptions say where and under which names files are saved.
type SaveOptions struct {
	Dir         string  // the folder; made where needed
	Zip         string  // path of an archive to write instead; made whole or not at all, with a manifest in it
	Template    string  // see Template; "" is DefaultTemplate
	Name        string  // of a single file; goes before Template
	Attachments []int64 // only these of the items' files; nil: all
	Manifest    bool    // write manifest.csv and manifest.json
	// Progress, if not nil, is told after each item. It is never called twice at once.
	Progress func(done, total int) `json:"-"`
	// Bytes, if not nil, is told how a download goes on; total -1: not known. Several files may be at it at once.
	Bytes func(a Attachment, done, total int64) `json:"-"`
}

// SaveReport says what came of it.
type SaveReport struct {
	Files    []SavedFile   `json:"files"` // in the order of the items
	Failed   []SaveFailure `json:"failed"`
	Zip      string        `json:"zip,omitempty"`      // path of the archive
	Manifest string        `json:"manifest,omitempty"` // path of manifest.json in a folder
	Notes    []string      `json:"notes,omitempty"`    // what else a person should know
}

// SavedFile is one file in the folder or archive.
type SavedFile struct {
	Item    ID     `json:"item"`
	Path    string `json:"path"` // of the file; in an archive, the archive's
	Name    string `json:"name"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
	Skipped bool   `json:"skipped"` // was there already, the same to the byte
}

// SaveFailure is one that is not.
type SaveFailure struct {
	Item ID     `json:"item"`
	Name string `json:"name,omitempty"`
	Err  error  `json:"-"`
}

// Save fetches the files of items where needed and copies them into a folder or an
// archive.
//
// A file gets its name only when it is complete and on disk; a file that is
// there is never replaced: the same content under the same name is passed over,
// so Save can be stopped and repeated, and other content gets a name with (2).
// Nothing is written outside the folder. What fails for one file is in Failed;
// the error is for what stopped everything. For saves that outlive the program,
// see [Store.QueueSave].
func (s *Store) Save(ctx context.Context, ids []ID, o SaveOptions) (SaveReport, error) {
	sv, err := s.newSaving(ids, o)
	if err != nil {
		return SaveReport{}, err
	}
	defer sv.close()
	if len(ids) > 1 {
		sv.halts = limited // of many files, better late than half of them
	}
	for {
		err = sv.pass(ctx)
		at, ok := api.RetryAt(err, s.now())
		if !ok || !errors.Is(err, errHalted) {
			break
		}
		select {
		case <-ctx.Done():
		case <-s.after(at.Sub(s.now())):
		}
	}
	return sv.finish(ctx, err)
}

// fileKey names an attachment for good: the item and the service's own id.
type fileKey struct {
	item   ID
	remote string
}

// destination is where saved files go. Its methods may be called by several goroutines,
// but for finish, which comes last.
type destination interface {
	// put saves content under the wanted name, or the first one like it that is free.
	put(ctx context.Context, a Attachment, key fileKey, want string) (name string, skipped bool, err error)
	// path is where a file of that name is found.
	path(name string) string
	// finish makes what was put last, and leaves a manifest of it.
	finish(ctx context.Context, files []saved, rep *SaveReport) error
	close()
}

// saving is one save, of one or more passes over its items.
type saving struct {
	s    *Store
	o    SaveOptions
	to   destination
	ids  []ID
	how  fetching
	what string // for messages
	// halts, if not nil, says of what would fail for other files too that it ends a
	// pass early, since there will be another.
	halts func(error) bool

	dirs  dirSet
	files atomic.Int64 // saved so far
	bytes atomic.Int64 // of those, and of those under way

	mu    sync.Mutex
	parts [][]saved // by item, in order; nil: not yet looked at
	ended int       // items
	fatal error
	halt  error // what ended the pass early
}

// saved is the outcome for one file.
type saved struct {
	file  SavedFile
	entry ManifestEntry
	kept  Attachment
	err   error
}

func (s *Store) newSaving(ids []ID, o SaveOptions) (*saving, error) {
	if err := CheckTemplate(o.Template); err != nil {
		return nil, fmt.Errorf("save: %w", err)
	}
	sv := &saving{s: s, o: o, ids: ids, how: fetching{urgent: true}, parts: make([][]saved, len(ids))}
	var err error
	switch {
	case o.Zip != "":
		sv.what = "save to " + o.Zip
		sv.to, err = newArchive(s, o)
	case o.Dir != "":
		sv.what = "save to " + o.Dir
		sv.to, err = newFolder(s, o)
	default:
		err = errors.New("save: no folder was named")
	}
	return sv, err
}

func (sv *saving) close() { sv.to.close() }

// finish makes what was saved last. err is what ended the passes.
func (sv *saving) finish(ctx context.Context, err error) (SaveReport, error) {
	rep := sv.report()
	var files []saved
	var sums []string
	for _, part := range sv.parts {
		for _, f := range part {
			if f.err == nil {
				files = append(files, f)
				sums = append(sums, f.file.SHA256)
			}
		}
	}
	switch {
	case len(files) == 0 && (err != nil || sv.o.Zip != ""):
		return rep, err
	case err != nil && sv.o.Zip != "":
		return rep, err // half an archive is none
	}
	if sv.o.Zip == "" {
		ctx = context.WithoutCancel(ctx) // what is there has to be told of
	}
	if ferr := sv.to.finish(ctx, files, &rep); ferr != nil {
		return rep, errors.Join(err, ferr)
	}
	if jerr := sv.tellJournal(context.WithoutCancel(ctx), files); jerr != nil {
		sv.s.log.Warn("what was saved is not in the journal", "err", jerr)
	}
	if merr := sv.s.markSaved(context.WithoutCancel(ctx), sums); merr != nil { // the files are there all the same
		sv.s.log.Warn("what was saved counts as not saved", "err", merr)
	}
	return rep, err
}

// pass saves the items that are not saved yet.
func (sv *saving) pass(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var todo []int
	for i, part := range sv.parts {
		if part == nil || slices.ContainsFunc(part, func(f saved) bool { return f.err != nil }) {
			todo = append(todo, i)
		}
	}
	sv.fatal, sv.halt = nil, nil
	sv.ended = len(sv.ids) - len(todo)
	type work struct {
		i   int
		it  Item
		err error
	}
	next := make(chan work)
	var all sync.WaitGroup
	for range min(saveWorkers, max(len(todo), 1)) {
		all.Go(func() {
			for w := range next {
				part := []saved{{file: SavedFile{Item: sv.ids[w.i]}, err: w.err}}
				if w.err == nil {
					part = sv.item(ctx, w.it, sv.parts[w.i])
				}
				if sv.finished(w.i, part) {
					cancel()
				}
			}
		})
	}
	err := func() error {
		for chunk := range slices.Chunk(todo, itemsAtOnce) {
			items, err := sv.s.itemsToSave(ctx, sv.ids, chunk)
			if err != nil {
				return err
			}
			for _, i := range chunk {
				w := work{i: i}
				it, ok := items[sv.ids[i]]
				if w.it = it; !ok {
					w.err = fmt.Errorf("item %s: %w", sv.ids[i], ErrNotFound)
				}
				select {
				case next <- w:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
		return nil
	}()
	close(next)
	all.Wait()
	if serr := sv.dirs.sync(sv.s); serr != nil && sv.fatal == nil {
		sv.fatal = fileFault(sv.what, sv.s.opts.Dir, 0, serr)
	}
	switch {
	case sv.fatal != nil:
		return sv.fatal
	case sv.halt != nil:
		return fmt.Errorf("%w: %w", errHalted, sv.halt)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%s: stopped after %d of %d: %w", sv.what, sv.ended, len(sv.ids), err)
	}
	return nil
}

// finished takes the outcome for an item and reports whether going on makes no sense.
func (sv *saving) finished(i int, part []saved) bool {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	sv.parts[i] = part
	sv.ended++
	if sv.o.Progress != nil {
		sv.o.Progress(sv.ended, len(sv.ids))
	}
	for _, f := range part {
		if errors.Is(f.err, ErrDiskFull) || errors.Is(f.err, ErrReadOnly) {
			sv.fatal = f.err
		}
		if sv.halts != nil && sv.halt == nil && f.err != nil && sv.halts(f.err) {
			sv.halt = f.err
		}
	}
	return sv.fatal != nil || sv.halt != nil
}

// item saves the files of one item, apart from those an earlier pass saved.
func (sv *saving) item(ctx context.Context, it Item, before []saved) []saved {
	out := []saved{}
	if sv.o.Attachments == nil {
		var err error
		if it, err = sv.s.withDetail(ctx, it, len(sv.ids) > 1); err != nil {
			return []saved{{file: SavedFile{Item: it.ID}, err: err}}
		}
	}
	it.Time = it.Time.In(sv.s.opts.Location)
	n := 0
	for _, a := range it.Attachments {
		if a.IsText() {
			continue
		}
		n++
		if sv.o.Attachments != nil && !slices.Contains(sv.o.Attachments, a.ID) {
			continue
		}
		if i := slices.IndexFunc(before, func(f saved) bool { return f.err == nil && f.kept.ID == a.ID }); i >= 0 {
			out = append(out, before[i])
			continue
		}
		if ctx.Err() != nil {
			out = append(out, saved{file: SavedFile{Item: it.ID, Name: a.Name}, err: errNotReached})
			break
		}
		out = append(out, sv.attachment(ctx, it, a, n))
	}
	return out
}

func (sv *saving) report() SaveReport {
	rep := SaveReport{Files: []SavedFile{}, Failed: []SaveFailure{}}
	for _, part := range sv.parts {
		for _, f := range part {
			if errors.Is(f.err, errNotReached) {
				continue
			}
			if f.err != nil {
				rep.Failed = append(rep.Failed, SaveFailure{Item: f.file.Item, Name: f.file.Name, Err: f.err})
			} else {
				rep.Files = append(rep.Files, f.file)
			}
		}
	}
	return rep
}
