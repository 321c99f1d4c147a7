package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

func (sv *saving) attachment(ctx context.Context, it Item, a Attachment, n int) saved {
	res := saved{file: SavedFile{Item: it.ID, Name: a.Name}}
	for try := 0; ; try++ {
		kept, err := sv.fetch(ctx, it, a)
		if err != nil {
			res.err = err
			return res
		}
		want := Template(sv.o.Template, it.Row, kept, n)
		if sv.o.Name != "" {
			if want = SafeName(sv.o.Name, fileType(kept)); want == "" {
				want = derivedName(it.Row, kept, sv.s.opts.Location)
			}
		}
		res.file.Name = want
		name, skipped, err := sv.to.put(ctx, kept, fileKey{it.ID, a.Remote}, want)
		if (errors.Is(err, errBlobDamaged) || errors.Is(err, errBlobGone)) && try == 0 {
			if err := sv.s.removeLocal(ctx, a.ID, false); err == nil || errors.Is(err, ErrNotFound) {
				a.State = Remote // what is here is not what was fetched: fetch it again, once
				sv.bytes.Add(-kept.Bytes)
				continue
			}
		}
		if err != nil {
			sv.bytes.Add(-kept.Bytes)
			res.err = fileFault("save "+fileWords(a), filepath.Dir(sv.to.path(want)), kept.Bytes, err)
			return res
		}
		sv.files.Add(1)
		res.kept = kept
		res.file = SavedFile{Item: it.ID, Path: sv.to.path(name), Name: name, Bytes: kept.Bytes, SHA256: kept.SHA256, Skipped: skipped}
		res.entry = manifestEntry(it, kept, name)
		return res
	}
}

// fetch fetches a file where needed. On success all of its bytes are counted.
func (sv *saving) fetch(ctx context.Context, it Item, a Attachment) (Attachment, error) {
	var counted int64
	how := sv.how
	how.account, how.dirs = it.AccountKey, &sv.dirs
	if !how.urgent {
		ctx = sv.s.bulk(ctx)
	}
	kept, err := sv.s.fetchNow(ctx, a, how, func(done, total int64) {
		sv.bytes.Add(done - counted)
		counted = done
		if sv.o.Bytes != nil {
			sv.o.Bytes(a, done, total)
		}
	})
	if err != nil {
		sv.bytes.Add(-counted)
		return a, err
	}
	sv.bytes.Add(kept.Bytes - counted)
	sv.s.used(kept.SHA256)
	return kept, nil
}

var (
	errBlobDamaged = errors.New("the copy on this machine is damaged")
	errBlobGone    = errors.New("the copy on this machine is gone")
	errNotReached  = errors.New("not reached")
	errHalted      = errors.New("the save has to wait")
)

// openBlob opens content to be copied.
func (s *Store) openBlob(a Attachment) (*os.File, error) {
	f, err := os.Open(s.blobPath(a.SHA256))
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%w: %w", errBlobGone, err)
	}
	return f, err
}
