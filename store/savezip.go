package store

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// archive is a ZIP archive that files are saved to. Nothing of it is written before
// all the files are on this machine: what a save that was stopped has fetched is here,
// and the archive itself is made from that at disk speed.
type archive struct {
	s    *Store
	dir  string
	name string // within dir
	root *os.Root

	nameSet
	pins pins
}

func newArchive(s *Store, o SaveOptions) (*archive, error) {
	doing := "save to " + o.Zip
	path, err := filepath.Abs(o.Zip)
	if err != nil {
		return nil, fmt.Errorf("save: %w", err)
	}
	dir, name := filepath.Split(path)
	if filepath.Ext(name) == "" {
		name += ".zip"
	}
	if fi, err := os.Stat(path); err == nil && fi.IsDir() {
		return nil, fmt.Errorf("%s: that is a folder; name a file in it", doing)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fileFault(doing, dir, 0, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fileFault(doing, dir, 0, err)
	}
	cleanParts(root)
	// A folder that cannot be written is better told before hours of downloads.
	f, part, err := createPart(root)
	if err != nil {
		return nil, errors.Join(fileFault(doing, dir, 0, err), root.Close())
	}
	f.Close()
	root.Remove(part)
	z := &archive{s: s, dir: dir, name: name, root: root, pins: pins{s: s}}
	z.take(manifestJSON, fileKey{})
	z.take(manifestCSV, fileKey{})
	return z, nil
}

func (z *archive) close() {
	z.pins.free()
	z.root.Close()
}

func (z *archive) path(string) string { return filepath.Join(z.dir, z.name) }

// put finds a name for the content and makes sure that it is what it should be. It is
// written at the end.
func (z *archive) put(ctx context.Context, a Attachment, key fileKey, want string) (string, bool, error) {
	z.pins.add(a.SHA256)
	f, err := z.s.openBlob(a)
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	buf := z.s.buffers.get()
	defer z.s.buffers.put(buf)
	sum, n, err := hashFile(ctx, f, buf)
	if err != nil {
		return "", false, err
	}
	if sum != a.SHA256 || n != a.Bytes {
		return "", false, fmt.Errorf("%w: %s", errBlobDamaged, a.SHA256)
	}
	for i := 1; i < 10_000; i++ {
		if name := numbered(want, i); z.take(name, key) {
			return name, false, nil
		}
	}
	return "", false, fmt.Errorf("no free name like %q", want)
}

// finish writes the archive and gives it its name.
func (z *archive) finish(ctx context.Context, files []saved, rep *SaveReport) error {
	doing := "save to " + filepath.Join(z.dir, z.name)
	entries := mergeManifest(nil, files)
	if z.there(ctx, z.name, entries) {
		rep.Zip = filepath.Join(z.dir, z.name)
		rep.Notes = append(rep.Notes, "the archive was there already, with the same content")
		return nil
	}
	f, part, err := createPart(z.root)
	if err != nil {
		return fileFault(doing, z.dir, 0, err)
	}
	defer func() {
		f.Close()
		z.root.Remove(part) // when it was given its name, there is none left
	}()
	if err := z.write(ctx, f, files, entries); err != nil {
		return fileFault(doing, z.dir, 0, err)
	}
	if err := f.Sync(); err != nil {
		return fileFault(doing, z.dir, 0, err)
	}
	if runtime.GOOS == "windows" {
		if err := f.Close(); err != nil {
			return fileFault(doing, z.dir, 0, err)
		}
	}
	for i := 1; i < 10_000; i++ {
		name := numbered(z.name, i)
		err = place(z.root, part, name)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err == nil {
			z.name = name
			err = syncDir(z.root, ".")
		}
		break
	}
	if err != nil {
		return fileFault(doing, z.dir, 0, err)
	}
	rep.Zip = filepath.Join(z.dir, z.name)
	for i := range rep.Files {
		rep.Files[i].Path = rep.Zip
	}
	return nil
}

// there reports whether an archive of that name has just this content: a save that was
// stopped after its last step is not done twice.
func (z *archive) there(ctx context.Context, name string, entries []ManifestEntry) bool {
	path := filepath.Join(z.dir, name)
	if fi, err := z.root.Lstat(name); err != nil || !fi.Mode().IsRegular() {
		return false
	}
	r, err := zip.OpenReader(path)
	if err != nil {
		return false
	}
	defer func() { _ = r.Close() }() // it was only read
	files := newZipFiles(&r.Reader)
	had, err := readManifest(files)
	if err != nil || !slices.Equal(had, entries) {
		return false
	}
	var rep VerifyReport
	return rep.fill(ctx, files, had) == nil && rep.Good() && len(rep.Extra) == 0
}

func (z *archive) write(ctx context.Context, f *os.File, files []saved, entries []ManifestEntry) error {
	buf := bufio.NewWriterSize(f, 256<<10)
	w := zip.NewWriter(buf)
	for _, file := range files {
		if err := z.add(ctx, w, file); err != nil {
			return err
		}
	}
	for _, m := range []struct {
		name string
		fill func(io.Writer, []ManifestEntry) error
	}{{manifestCSV, writeCSV}, {manifestJSON, writeJSON}} {
		to, err := w.CreateHeader(zipHeader(m.name, "text/plain", z.s.now()))
		if err == nil {
			err = m.fill(to, entries)
		}
		if err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return buf.Flush()
}

func (z *archive) add(ctx context.Context, w *zip.Writer, file saved) error {
	src, err := z.s.openBlob(file.kept)
	if err != nil {
		return err
	}
	defer src.Close()
	to, err := w.CreateHeader(zipHeader(file.file.Name, fileType(file.kept), file.file.Item.Time().In(z.s.opts.Location)))
	if err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(to, h), &ctxReader{ctx, src}); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != file.file.SHA256 {
		return fmt.Errorf("%s changed while it was written: %w. Save again", file.file.Name, errBlobDamaged)
	}
	return nil
}

// zipHeader describes a file in the archive. Most of what comes is compressed already.
func zipHeader(name, kind string, at time.Time) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Modified: at, Method: zip.Store}
	h.SetMode(0o600)
	switch kind = bareType(kind); {
	case strings.HasPrefix(kind, "text/"), kind == "audio/wav", kind == "audio/x-wav", kind == "image/bmp", kind == "image/tiff", kind == "application/json":
		h.Method = zip.Deflate
	}
	return h
}
