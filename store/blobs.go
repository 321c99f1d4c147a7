package store

import (
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
	"strconv"
	"sync"
	"syscall"
)

// Content is kept by its SHA-256: the file blobs/ab/cdef... holds the bytes
// whose hash is abcdef..., complete and on disk since before it had that name.
// What is still coming stands in blobs/part/<attachment>.part.

const (
	blobsDir   = "blobs"
	partsDir   = "part"
	partSuffix = ".part"
)

// BlobPath is where content of that hash is kept, or "" if it is no hash. It
// does not say that the content is there. Asking counts as a use of it.
func (s *Store) BlobPath(sum string) string {
	p := s.blobPath(sum)
	if p != "" {
		s.used(sum)
	}
	return p
}

func (s *Store) blobPath(sum string) string {
	name := blobName(sum)
	if name == "" {
		return ""
	}
	return filepath.Join(s.opts.Dir, blobsDir, name)
}

// blobName is the path of a blob within blobs/.
func blobName(sum string) string {
	if b, err := hex.DecodeString(sum); err != nil || len(b) != sha256.Size || hex.EncodeToString(b) != sum {
		return ""
	}
	return filepath.Join(sum[:2], sum[2:])
}

// hasBlob reports whether the content of a is here, as long as it should be.
func (s *Store) hasBlob(a Attachment) bool {
	p := s.blobPath(a.SHA256)
	if p == "" {
		return false
	}
	fi, err := os.Lstat(p)
	return err == nil && fi.Mode().IsRegular() && fi.Size() == a.Bytes
}

// blobRoot opens blobs/ and makes it where needed.
func (s *Store) blobRoot() (*os.Root, error) {
	dir := filepath.Join(s.opts.Dir, blobsDir)
	if err := os.MkdirAll(filepath.Join(dir, partsDir), 0o700); err != nil {
		return nil, err
	}
	return os.OpenRoot(dir)
}

func (s *Store) partsDir() string { return filepath.Join(s.opts.Dir, blobsDir, partsDir) }

func partName(attachment int64) string {
	return filepath.Join(partsDir, strconv.FormatInt(attachment, 10)+partSuffix)
}

// installBlob gives a finished part file its place among the blobs. The part was
// synced before; its name is on disk when dirs, or with nil this call, has synced the
// folder. Content that is there already is kept and the part dropped.
func installBlob(root *os.Root, part, sum string, size int64, dirs *dirSet) error {
	name := blobName(sum)
	if name == "" {
		return fmt.Errorf("%q is not a SHA-256", sum)
	}
	dir := filepath.Dir(name)
	err := place(root, part, name)
	if errors.Is(err, fs.ErrNotExist) { // the first of its folder
		if err := root.Mkdir(dir, 0o700); err == nil {
			if err := syncDir(root, "."); err != nil {
				return err
			}
		} else if !errors.Is(err, fs.ErrExist) {
			return err
		}
		err = place(root, part, name)
	}
	if errors.Is(err, fs.ErrExist) {
		fi, err := root.Lstat(name)
		if err != nil {
			return err
		}
		if fi.Mode().IsRegular() && fi.Size() == size {
			return root.Remove(part)
		}
		// Not what its name says: damaged from outside. The new one is right.
		if err := root.Rename(part, name); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	if dirs != nil {
		dirs.add(dir)
		return nil
	}
	return syncDir(root, dir)
}

// dirSet is folders among the blobs that are to be synced together, since there are
// fewer of them than of the files that come into them. Until then a power cut may leave
// rows that speak of content that is not there; hasBlob sees that, and it is fetched again.
type dirSet struct {
	mu  sync.Mutex
	set map[string]struct{}
}

func (d *dirSet) add(dir string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.set == nil {
		d.set = map[string]struct{}{}
	}
	d.set[dir] = struct{}{}
}

// sync syncs what was added since the last time.
func (d *dirSet) sync(s *Store) error {
	d.mu.Lock()
	set := d.set
	d.set = nil
	d.mu.Unlock()
	if len(set) == 0 {
		return nil
	}
	root, err := s.blobRoot()
	if err != nil {
		return err
	}
	defer root.Close()
	for dir := range set {
		err = errors.Join(err, syncDir(root, dir))
	}
	return err
}

// place renames from to name without ever replacing a file of that name: then
// it fails with fs.ErrExist. A link and a remove do that everywhere they exist;
// file systems without links (FAT, some network disks) get a look and a rename.
func place(root *os.Root, from, name string) error {
	err := root.Link(from, name)
	switch {
	case err == nil:
		return root.Remove(from)
	case errors.Is(err, fs.ErrExist):
		return err
	case noLinks(err):
		if _, err := root.Lstat(name); err == nil {
			return &fs.PathError{Op: "rename", Path: name, Err: fs.ErrExist}
		}
		return root.Rename(from, name)
	}
	return err
}

// noLinks reports whether err says that the file system has no hard links.
func noLinks(err error) bool {
	for _, e := range []error{syscall.EPERM, syscall.ENOSYS, syscall.EMLINK, errors.ErrUnsupported} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// syncDir puts the names in a folder on disk. Windows does that by itself, and
// some file systems cannot be asked to.
func syncDir(root *os.Root, dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

// hashFile reads a file through: its SHA-256 and length. It stops with ctx. buf may
// be nil.
func hashFile(ctx context.Context, r io.Reader, buf *buffer) (sum string, n int64, err error) {
	h := sha256.New()
	if buf == nil {
		buf = new(buffer)
	}
	n, err = io.CopyBuffer(struct{ io.Writer }{h}, &ctxReader{ctx, r}, buf[:])
	return hex.EncodeToString(h.Sum(nil)), n, err
}

type buffer [ringBuffer]byte

// buffers are used again: of thousands of small files each would need several. The
// zero value is ready.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() *buffer {
	if buf, ok := b.pool.Get().(*buffer); ok {
		return buf
	}
	return new(buffer)
}

func (b *buffers) put(buf *buffer) { b.pool.Put(buf) }

// ctxReader ends a long read when its context does.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// fileFault puts a failure of the disk into words: what was being done, where,
// and what to do about it.
func fileFault(doing, dir string, need int64, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	var kind error
	var words string
	switch {
	case errors.Is(err, syscall.ENOSPC) || isFull(err):
		kind, words = ErrDiskFull, fmt.Sprintf("the disk that holds %s is full", dir)
		if need > 0 {
			words += fmt.Sprintf(" (%d bytes were to be written)", need)
		}
		words += ". Free some space and try again: it goes on where it stopped"
	case errors.Is(err, syscall.EROFS):
		kind, words = ErrReadOnly, fmt.Sprintf("%s is on a disk that can only be read. Name another folder", dir)
	case errors.Is(err, fs.ErrPermission):
		kind, words = ErrReadOnly, fmt.Sprintf("%s cannot be written to. Make it writable, or name another folder", dir)
	default:
		return fmt.Errorf("%s: %w", doing, err)
	}
	return &faultError{doing: doing, words: words, kind: kind, err: err}
}
