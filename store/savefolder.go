package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// folder is a folder that files are saved to.
type folder struct {
	s        *Store
	dir      string
	root     *os.Root
	manifest bool

	nameSet
	before map[fileKey]string // name in the manifest of an earlier save
	old    []ManifestEntry
	notes  []string
}

func newFolder(s *Store, o SaveOptions) (*folder, error) {
	doing := "save to " + o.Dir
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("save: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fileFault(doing, dir, 0, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fileFault(doing, dir, 0, err)
	}
	fo := &folder{s: s, dir: dir, root: root, manifest: o.Manifest, before: map[fileKey]string{}}
	cleanParts(root)
	if o.Manifest {
		fo.readOld()
	}
	return fo, nil
}

func (fo *folder) close() { fo.root.Close() }

func (fo *folder) path(name string) string { return filepath.Join(fo.dir, name) }

// put gives the content a name in the folder: the wanted one, or the first with
// a number behind it that is free or has this very content.
func (fo *folder) put(ctx context.Context, a Attachment, key fileKey, want string) (name string, skipped bool, err error) {
	if was := fo.before[key]; was != "" {
		if same, err := fo.same(ctx, was, a); err == nil && same && fo.take(was, key) {
			return was, true, nil
		}
	}
	for i := 1; i < 10_000; i++ {
		name := numbered(want, i)
		if fo.takenByOther(name, key) {
			continue
		}
		same, err := fo.same(ctx, name, a)
		switch {
		case err == nil && same && fo.take(name, key):
			return name, true, nil
		case err == nil:
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return "", false, err
		case !fo.take(name, key):
			continue
		}
		err = fo.copy(ctx, a, name)
		if errors.Is(err, fs.ErrExist) {
			i-- // somebody was quicker: look what it is
			fo.drop(name)
			continue
		}
		if err != nil {
			fo.drop(name)
		}
		return name, false, err
	}
	return "", false, fmt.Errorf("no free name like %q", want)
}

func (fo *folder) finish(_ context.Context, files []saved, rep *SaveReport) error {
	rep.Notes = append(rep.Notes, fo.notes...)
	var err error
	if len(files) > 0 {
		err = fileFault("save to "+fo.dir, fo.dir, 0, syncDir(fo.root, "."))
	}
	if !fo.manifest {
		return err
	}
	if werr := writeManifest(fo.root, mergeManifest(fo.old, files)); werr != nil {
		return errors.Join(err, fileFault("write the manifest", fo.dir, 0, werr))
	}
	rep.Manifest = filepath.Join(fo.dir, manifestJSON)
	return err
}

// readOld takes over the manifest of an earlier save. One that cannot be read
// is kept aside.
func (fo *folder) readOld() {
	old, err := readManifest(dirFiles{fo.root})
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		aside := ".unreadable-" + fo.s.now().UTC().Format("20060102T150405")
		for _, n := range []string{manifestJSON, manifestCSV} {
			if rerr := fo.root.Rename(n, n+aside); rerr == nil {
				fo.notes = append(fo.notes, fmt.Sprintf("the manifest that was there could not be read (%v) and is kept as %s", err, n+aside))
			}
		}
		return
	}
	fo.old = old
	for _, e := range old {
		if id, err := ParseID(e.ID); err == nil {
			fo.before[fileKey{id, e.Attachment}] = e.File
			// Its name is spoken for, so that another file does not take it over.
			fo.take(e.File, fileKey{id, e.Attachment})
		}
	}
}

// same reports whether the folder has that content under that name; the error
// is fs.ErrNotExist if there is nothing of that name.
func (fo *folder) same(ctx context.Context, name string, a Attachment) (bool, error) {
	fi, err := fo.root.Lstat(name)
	if err != nil {
		return false, err
	}
	if !fi.Mode().IsRegular() || fi.Size() != a.Bytes {
		return false, nil
	}
	f, err := fo.root.Open(name)
	if err != nil {
		return false, nil //nolint:nilerr // not readable: not known to be the same
	}
	defer f.Close()
	buf := fo.s.buffers.get()
	defer fo.s.buffers.put(buf)
	sum, _, err := hashFile(ctx, f, buf)
	if err != nil {
		return false, ctx.Err()
	}
	return sum == a.SHA256, nil
}

// copy copies a blob into the folder: a part file first, its name last.
func (fo *folder) copy(ctx context.Context, a Attachment, name string) (err error) {
	src, err := fo.s.openBlob(a)
	if err != nil {
		return err
	}
	defer src.Close()
	f, part, err := createPart(fo.root)
	if err != nil {
		return err
	}
	defer func() {
		f.Close()
		if err != nil {
			fo.root.Remove(part)
		}
	}()
	buf := fo.s.buffers.get()
	defer fo.s.buffers.put(buf)
	sum, n, err := hashFile(ctx, io.TeeReader(src, f), buf)
	if err != nil {
		return err
	}
	if sum != a.SHA256 || n != a.Bytes {
		return fmt.Errorf("%w: %s", errBlobDamaged, a.SHA256)
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		if err := f.Close(); err != nil {
			return err
		}
	}
	return place(fo.root, part, name)
}

// nameSet is whose each name is. Names that differ in case only are the same on some
// disks, so they are here. Its zero value is ready.
type nameSet struct {
	mu    sync.Mutex
	taken map[string]fileKey // name in lower case -> whose it is
}

// take makes a name ours for this save.
func (ns *nameSet) take(name string, key fileKey) bool {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	k := strings.ToLower(name)
	if owner, ok := ns.taken[k]; ok && owner != key {
		return false
	}
	if ns.taken == nil {
		ns.taken = map[string]fileKey{}
	}
	ns.taken[k] = key
	return true
}

func (ns *nameSet) takenByOther(name string, key fileKey) bool {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	owner, ok := ns.taken[strings.ToLower(name)]
	return ok && owner != key
}

func (ns *nameSet) drop(name string) {
	ns.mu.Lock()
	defer ns.mu.Unlock()
	delete(ns.taken, strings.ToLower(name))
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
