package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// saveWorkers is how many files are fetched and copied at once.
const saveWorkers = 3

// SaveOptions say where and under which names files are saved.
type SaveOptions struct {
	Dir         string  // the folder; made where needed
	Template    string  // see Template; "" is DefaultTemplate
	Name        string  // of a single file; goes before Template
	Attachments []int64 // only these of the items' files; nil: all
	Manifest    bool    // write manifest.csv and manifest.json
	// Progress, if not nil, is told after each item. It is never called twice at once.
	Progress func(done, total int)
	// Bytes, if not nil, is told how a download goes on; total -1: not known. Several files may be at it at once.
	Bytes func(a Attachment, done, total int64)
}

// SaveReport says what came of it.
type SaveReport struct {
	Files    []SavedFile   `json:"files"` // in the order of the items
	Failed   []SaveFailure `json:"failed"`
	Manifest string        `json:"manifest,omitempty"` // path of manifest.json
	Notes    []string      `json:"notes,omitempty"`    // what else a person should know
}

// SavedFile is one file in the folder.
type SavedFile struct {
	Item    ID     `json:"item"`
	Path    string `json:"path"`
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

// Save fetches the files of items where needed and copies them into a folder.
//
// A file gets its name only when it is complete and on disk; a file that is
// there is never replaced: the same content under the same name is passed over,
// so Save can be stopped and repeated, and other content gets a name with (2).
// Nothing is written outside the folder. What fails for one file is in Failed;
// the error is for what stopped everything.
func (s *Store) Save(ctx context.Context, ids []ID, o SaveOptions) (SaveReport, error) {
	doing := "save to " + o.Dir
	if o.Dir == "" {
		return SaveReport{}, errors.New("save: no folder was named")
	}
	if err := CheckTemplate(o.Template); err != nil {
		return SaveReport{}, fmt.Errorf("save: %w", err)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return SaveReport{}, fmt.Errorf("save: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return SaveReport{}, fileFault(doing, dir, 0, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return SaveReport{}, fileFault(doing, dir, 0, err)
	}
	defer root.Close()
	sv := &saving{s: s, o: o, dir: dir, root: root, taken: map[string]fileKey{}, before: map[fileKey]string{}, total: len(ids)}
	sv.clean()
	if o.Manifest {
		sv.readOld()
	}
	err = sv.run(ctx, ids)
	rep := sv.report()
	if len(rep.Files) > 0 {
		err = errors.Join(err, fileFault(doing, dir, 0, syncDir(root, ".")))
	}
	if o.Manifest && (err == nil || len(rep.Files) > 0) {
		if werr := writeManifest(root, sv.manifest()); werr != nil {
			err = errors.Join(err, fileFault("write the manifest", dir, 0, werr))
		} else {
			rep.Manifest = filepath.Join(dir, manifestJSON)
		}
	}
	return rep, err
}

// fileKey names an attachment for good: the item and the service's own id.
type fileKey struct {
	item   ID
	remote string
}

// saving is one call of Save.
type saving struct {
	s    *Store
	o    SaveOptions
	dir  string
	root *os.Root

	mu     sync.Mutex
	taken  map[string]fileKey // name in lower case -> whose it is
	before map[fileKey]string // name in the manifest of an earlier Save
	old    []ManifestEntry
	notes  []string
	parts  [][]saved // by item, in order
	done   int
	total  int
	fatal  error
}

// saved is the outcome for one file.
type saved struct {
	file  SavedFile
	entry ManifestEntry
	err   error
}

func (sv *saving) run(ctx context.Context, ids []ID) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sv.parts = make([][]saved, len(ids))
	next := make(chan int)
	var all sync.WaitGroup
	for range min(saveWorkers, max(len(ids), 1)) {
		all.Go(func() {
			for i := range next {
				sv.parts[i] = sv.item(ctx, ids[i])
				if sv.finished(sv.parts[i]) {
					cancel()
				}
			}
		})
	}
	var err error
feed:
	for i := range ids {
		select {
		case next <- i:
		case <-ctx.Done():
			err = ctx.Err()
			break feed
		}
	}
	close(next)
	all.Wait()
	if sv.fatal != nil {
		return sv.fatal
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("save to %s: stopped after %d of %d: %w", sv.dir, sv.done, sv.total, err)
	}
	return nil
}

// finished counts an item and reports whether going on makes no sense.
func (sv *saving) finished(files []saved) bool {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	sv.done++
	if sv.o.Progress != nil {
		sv.o.Progress(sv.done, sv.total)
	}
	for _, f := range files {
		if errors.Is(f.err, ErrDiskFull) || errors.Is(f.err, ErrReadOnly) {
			sv.fatal = f.err
		}
	}
	return sv.fatal != nil
}

// item saves the files of one item.
func (sv *saving) item(ctx context.Context, id ID) []saved {
	it, err := sv.s.Item(ctx, id)
	if err != nil {
		return []saved{{file: SavedFile{Item: id}, err: err}}
	}
	it.Time = it.Time.In(sv.s.opts.Location)
	var out []saved
	n := 0
	for _, a := range it.Attachments {
		if a.IsText() {
			continue
		}
		n++
		if sv.o.Attachments != nil && !slices.Contains(sv.o.Attachments, a.ID) {
			continue
		}
		if ctx.Err() != nil {
			break
		}
		out = append(out, sv.attachment(ctx, it, a, n))
	}
	return out
}

func (sv *saving) attachment(ctx context.Context, it Item, a Attachment, n int) saved {
	res := saved{file: SavedFile{Item: it.ID, Name: a.Name}}
	for try := 0; ; try++ {
		kept, err := sv.fetch(ctx, a)
		if err != nil {
			res.err = err
			return res
		}
		name := Template(sv.o.Template, it.Row, kept, n)
		if sv.o.Name != "" {
			if name = SafeName(sv.o.Name, fileType(kept)); name == "" {
				name = derivedName(it.Row, kept, sv.s.opts.Location)
			}
		}
		res.file.Name = name
		name, skipped, err := sv.put(ctx, kept, fileKey{it.ID, a.Remote}, name)
		if errors.Is(err, errBlobDamaged) && try == 0 {
			if sv.s.RemoveLocal(ctx, a.ID) == nil {
				continue // what is here is not what was fetched: fetch it again, once
			}
		}
		if err != nil {
			res.err = fileFault("save "+fileWords(a), sv.dir, kept.Bytes, err)
			return res
		}
		res.file = SavedFile{Item: it.ID, Path: filepath.Join(sv.dir, name), Name: name, Bytes: kept.Bytes, SHA256: kept.SHA256, Skipped: skipped}
		res.entry = manifestEntry(it, kept, name)
		return res
	}
}

func (sv *saving) fetch(ctx context.Context, a Attachment) (Attachment, error) {
	var progress func(done, total int64)
	if sv.o.Bytes != nil {
		progress = func(done, total int64) { sv.o.Bytes(a, done, total) }
	}
	if _, err := sv.s.FetchNow(ctx, a, progress); err != nil {
		return a, err
	}
	return sv.s.Attachment(ctx, a.ID)
}

var errBlobDamaged = errors.New("the copy on this machine is damaged")

// put gives the content a name in the folder: the wanted one, or the first with
// a number behind it that is free or has this very content.
func (sv *saving) put(ctx context.Context, a Attachment, key fileKey, want string) (name string, skipped bool, err error) {
	if was := sv.before[key]; was != "" {
		if same, err := sv.same(ctx, was, a); err == nil && same && sv.take(was, key) {
			return was, true, nil
		}
	}
	for i := 1; i < 10_000; i++ {
		name := numbered(want, i)
		if sv.takenByOther(name, key) {
			continue
		}
		same, err := sv.same(ctx, name, a)
		switch {
		case err == nil && same && sv.take(name, key):
			return name, true, nil
		case err == nil:
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return "", false, err
		case !sv.take(name, key):
			continue
		}
		err = sv.copy(ctx, a, name)
		if errors.Is(err, fs.ErrExist) {
			i-- // somebody was quicker: look what it is
			sv.drop(name)
			continue
		}
		if err != nil {
			sv.drop(name)
		}
		return name, false, err
	}
	return "", false, fmt.Errorf("no free name like %q", want)
}

// numbered is name, or name with " (i)" before its extension.
func numbered(name string, i int) string {
	if i == 1 {
		return name
	}
	base, ext := splitExt(name)
	tail := fmt.Sprintf(" (%d)", i)
	return cutBytes(base, nameLimit-len(ext)-len(tail)) + tail + ext
}

// take makes a name ours for this run. Names that differ in case only are the
// same on some disks, so they are here.
func (sv *saving) take(name string, key fileKey) bool {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	k := strings.ToLower(name)
	if owner, ok := sv.taken[k]; ok && owner != key {
		return false
	}
	sv.taken[k] = key
	return true
}

func (sv *saving) takenByOther(name string, key fileKey) bool {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	owner, ok := sv.taken[strings.ToLower(name)]
	return ok && owner != key
}

func (sv *saving) drop(name string) {
	sv.mu.Lock()
	defer sv.mu.Unlock()
	delete(sv.taken, strings.ToLower(name))
}

func (sv *saving) report() SaveReport {
	rep := SaveReport{Files: []SavedFile{}, Failed: []SaveFailure{}, Notes: sv.notes}
	for _, files := range sv.parts {
		for _, f := range files {
			if f.err != nil {
				rep.Failed = append(rep.Failed, SaveFailure{Item: f.file.Item, Name: f.file.Name, Err: f.err})
			} else {
				rep.Files = append(rep.Files, f.file)
			}
		}
	}
	return rep
}
