package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"switchboard/store/lockfile"
)

// same reports whether the folder has that content under that name; the error
// is fs.ErrNotExist if there is nothing of that name.
func (sv *saving) same(ctx context.Context, name string, a Attachment) (bool, error) {
	fi, err := sv.root.Lstat(name)
	if err != nil {
		return false, err
	}
	if !fi.Mode().IsRegular() || fi.Size() != a.Bytes {
		return false, nil
	}
	f, err := sv.root.Open(name)
	if err != nil {
		return false, nil //nolint:nilerr // not readable: not known to be the same
	}
	defer f.Close()
	sum, _, err := hashFile(ctx, f)
	if err != nil {
		return false, ctx.Err()
	}
	return sum == a.SHA256, nil
}

// copy copies a blob into the folder: a part file first, its name last.
func (sv *saving) copy(ctx context.Context, a Attachment, name string) (err error) {
	src, err := os.Open(sv.s.BlobPath(a.SHA256))
	if err != nil {
		return err
	}
	defer src.Close()
	f, part, err := createPart(sv.root)
	if err != nil {
		return err
	}
	defer func() {
		f.Close()
		if err != nil {
			sv.root.Remove(part)
		}
	}()
	sum, n, err := hashFile(ctx, io.TeeReader(src, f))
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
	return place(sv.root, part, name)
}

const (
	tempPrefix = ".switchboard-"
	tempSuffix = ".part"
)

// createPart makes a file for what is being written, locked so that nobody
// takes it for a leftover. Its name does not depend on anything from outside.
func createPart(root *os.Root) (*os.File, string, error) {
	name := tempPrefix + strings.ToLower(rand.Text()[:12]) + tempSuffix
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, "", err
	}
	if err := lockfile.Try(f); err != nil {
		f.Close()
		root.Remove(name)
		return nil, "", err
	}
	return f, name, nil
}

// clean removes part files of a Save that was killed: those nobody has locked.
func (sv *saving) clean() {
	d, err := sv.root.Open(".")
	if err != nil {
		return
	}
	defer d.Close()
	for {
		names, err := d.Readdirnames(1000)
		for _, n := range names {
			if leftover(n) {
				sv.removeLeftover(n)
			}
		}
		if err != nil || len(names) == 0 {
			return
		}
	}
}

func leftover(name string) bool {
	return strings.HasPrefix(name, tempPrefix) && strings.HasSuffix(name, tempSuffix) && len(name) == len(tempPrefix)+12+len(tempSuffix)
}

func (sv *saving) removeLeftover(name string) {
	fi, err := sv.root.Lstat(name)
	if err != nil || !fi.Mode().IsRegular() {
		return
	}
	f, err := sv.root.Open(name)
	if err != nil {
		return
	}
	defer f.Close()
	if lockfile.Try(f) == nil {
		if runtime.GOOS == "windows" {
			f.Close()
		}
		sv.root.Remove(name)
	}
}
