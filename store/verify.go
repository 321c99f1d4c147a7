package store

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
)

// VerifyReport says how a saved folder or archive compares with its manifest. All are
// file names, in the order of the manifest; Extra in that of the alphabet.
type VerifyReport struct {
	OK      []string `json:"ok"`
	Missing []string `json:"missing"`
	Changed []string `json:"changed"` // other bytes, or no plain file any more
	Extra   []string `json:"extra"`   // not in the manifest
}

// Good reports whether every file of the manifest is there, unchanged.
func (r VerifyReport) Good() bool { return len(r.Missing) == 0 && len(r.Changed) == 0 }

// verifyWorkers is how many files are read at once.
const verifyWorkers = 4

var errChanged = errors.New("changed")

// fileSet is the files of a folder or an archive, by name. Its methods may be called
// by several goroutines.
type fileSet interface {
	// open opens a plain file and tells its length; the error is fs.ErrNotExist if
	// there is none.
	open(name string) (io.ReadCloser, int64, error)
	// names are all there are; those of folders end in a slash.
	names() ([]string, error)
}

// Verify reads a saved folder, or an archive made by a save, again and compares it
// with its manifest, byte by byte and without any server. Files that cannot be read
// count as changed; the error is for what cannot be used at all.
func Verify(ctx context.Context, path string) (VerifyReport, error) {
	rep := VerifyReport{OK: []string{}, Missing: []string{}, Changed: []string{}, Extra: []string{}}
	fi, err := os.Stat(path)
	if err != nil {
		return rep, fmt.Errorf("verify: %w", err)
	}
	var files fileSet
	if fi.Mode().IsRegular() {
		z, err := zip.OpenReader(path)
		if err != nil {
			return rep, fmt.Errorf("verify %s: it cannot be read as a zip archive: %w", path, err)
		}
		defer func() { _ = z.Close() }() // it was only read
		files = newZipFiles(&z.Reader)
	} else {
		root, err := os.OpenRoot(path)
		if err != nil {
			return rep, fmt.Errorf("verify: %w", err)
		}
		defer root.Close()
		files = dirFiles{root}
	}
	entries, err := readManifest(files)
	if errors.Is(err, fs.ErrNotExist) {
		return rep, fmt.Errorf("verify %s: there is no manifest.json or manifest.csv in it; save with a manifest makes one: %w", path, ErrNotFound)
	}
	if err != nil {
		return rep, fmt.Errorf("verify %s: %w", path, err)
	}
	if err := rep.fill(ctx, files, entries); err != nil {
		return rep, fmt.Errorf("verify %s: %w", path, err)
	}
	return rep, nil
}

func (r *VerifyReport) fill(ctx context.Context, files fileSet, entries []ManifestEntry) error {
	known := map[string]string{}
	entries = slices.DeleteFunc(slices.Clone(entries), func(e ManifestEntry) bool {
		sum, twice := known[e.File]
		known[e.File] = e.SHA256
		return twice && sum == e.SHA256
	})
	errs := make([]error, len(entries))
	next := make(chan int)
	var all sync.WaitGroup
	for range min(verifyWorkers, len(entries)) {
		all.Go(func() {
			buf := new(buffer)
			for i := range next {
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = verifyFile(ctx, files, entries[i], buf)
				}
			}
		})
	}
	for i := range entries {
		next <- i
	}
	close(next)
	all.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, e := range entries {
		switch {
		case errs[i] == nil:
			r.OK = append(r.OK, e.File)
		case errors.Is(errs[i], fs.ErrNotExist):
			r.Missing = append(r.Missing, e.File)
		default:
			r.Changed = append(r.Changed, e.File)
		}
	}
	names, err := files.names()
	if err != nil {
		return err
	}
	for _, n := range names {
		if _, ok := known[n]; !ok && n != manifestJSON && n != manifestCSV && !leftover(n) {
			r.Extra = append(r.Extra, n)
		}
	}
	slices.SortFunc(r.Extra, strings.Compare)
	return nil
}

func verifyFile(ctx context.Context, files fileSet, e ManifestEntry, buf *buffer) error {
	f, size, err := files.open(e.File)
	if err != nil {
		return err
	}
	defer f.Close()
	if size != e.Bytes {
		return errChanged
	}
	// An archive may say one length and have another.
	sum, n, err := hashFile(ctx, io.LimitReader(f, e.Bytes+1), buf)
	if err != nil {
		return err
	}
	if sum != e.SHA256 || n != e.Bytes {
		return errChanged
	}
	return nil
}

// dirFiles is the files of a folder.
type dirFiles struct{ root *os.Root }

func (d dirFiles) open(name string) (io.ReadCloser, int64, error) {
	fi, err := d.root.Lstat(name)
	if err != nil {
		return nil, 0, err
	}
	if !fi.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s is not a plain file", name)
	}
	f, err := d.root.Open(name)
	return f, fi.Size(), err
}

func (d dirFiles) names() ([]string, error) {
	f, err := d.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []string
	for {
		entries, err := f.ReadDir(1000)
		for _, e := range entries {
			n := e.Name()
			if e.IsDir() {
				n += "/"
			}
			out = append(out, n)
		}
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// zipFiles is the files of an archive. Of two of one name the first counts and the
// second is one too many.
type zipFiles struct {
	byName map[string]*zip.File
	all    []string
}

func newZipFiles(r *zip.Reader) *zipFiles {
	z := &zipFiles{byName: map[string]*zip.File{}}
	for _, f := range r.File {
		name := f.Name
		if _, twice := z.byName[name]; twice {
			name += " (twice)"
		} else {
			z.byName[name] = f
		}
		z.all = append(z.all, CleanLine(name))
	}
	return z
}

func (z *zipFiles) open(name string) (io.ReadCloser, int64, error) {
	f := z.byName[name]
	if f == nil {
		return nil, 0, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if !f.Mode().IsRegular() || f.UncompressedSize64 > 1<<62 {
		return nil, 0, fmt.Errorf("%s is not a plain file", name)
	}
	r, err := f.Open()
	return r, int64(f.UncompressedSize64), err
}

func (z *zipFiles) names() ([]string, error) { return z.all, nil }
