package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// VerifyReport says how a saved folder compares with its manifest. All are file
// names, in the order of the manifest; Extra in that of the alphabet.
type VerifyReport struct {
	OK      []string `json:"ok"`
	Missing []string `json:"missing"`
	Changed []string `json:"changed"` // other bytes, or no plain file any more
	Extra   []string `json:"extra"`   // not in the manifest
}

// Good reports whether every file of the manifest is there, unchanged.
func (r VerifyReport) Good() bool { return len(r.Missing) == 0 && len(r.Changed) == 0 }

// Verify reads a saved folder again and compares it with its manifest, byte by
// byte and without any server. Files that cannot be read count as changed; the
// error is for a folder or manifest that cannot be used.
func Verify(ctx context.Context, dir string) (VerifyReport, error) {
	rep := VerifyReport{OK: []string{}, Missing: []string{}, Changed: []string{}, Extra: []string{}}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return rep, fmt.Errorf("verify: %w", err)
	}
	defer root.Close()
	entries, err := readManifest(root)
	if errors.Is(err, fs.ErrNotExist) {
		return rep, fmt.Errorf("verify %s: there is no manifest.json or manifest.csv in it; save with a manifest makes one: %w", dir, ErrNotFound)
	}
	if err != nil {
		return rep, fmt.Errorf("verify %s: %w", dir, err)
	}
	known := map[string]string{}
	for _, e := range entries {
		if sum, twice := known[e.File]; twice && sum == e.SHA256 {
			continue
		}
		known[e.File] = e.SHA256
		err := verifyFile(ctx, root, e)
		switch {
		case ctx.Err() != nil:
			return rep, fmt.Errorf("verify %s: %w", dir, ctx.Err())
		case err == nil:
			rep.OK = append(rep.OK, e.File)
		case errors.Is(err, fs.ErrNotExist):
			rep.Missing = append(rep.Missing, e.File)
		default:
			rep.Changed = append(rep.Changed, e.File)
		}
	}
	rep.Extra, err = extras(root, known)
	if err != nil {
		return rep, fmt.Errorf("verify %s: %w", dir, err)
	}
	return rep, nil
}

func verifyFile(ctx context.Context, root *os.Root, e ManifestEntry) error {
	fi, err := root.Lstat(e.File)
	if err != nil {
		return err
	}
	if !fi.Mode().IsRegular() || fi.Size() != e.Bytes {
		return errors.New("changed")
	}
	f, err := root.Open(e.File)
	if err != nil {
		return err
	}
	defer f.Close()
	sum, _, err := hashFile(ctx, f)
	if err != nil {
		return err
	}
	if sum != e.SHA256 {
		return errors.New("changed")
	}
	return nil
}

// extras lists what is in the folder besides the manifest and its files.
func extras(root *os.Root, known map[string]string) ([]string, error) {
	d, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	out := []string{}
	for {
		entries, err := d.ReadDir(1000)
		for _, e := range entries {
			n := e.Name()
			if _, ok := known[n]; ok || n == manifestJSON || n == manifestCSV || leftover(n) {
				continue
			}
			if e.IsDir() {
				n += "/"
			}
			out = append(out, n)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, strings.Compare)
	return out, nil
}
