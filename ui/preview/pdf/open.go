package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"switchboard/ui/preview/paper"
	"switchboard/ui/preview/pdf/cos"
)

// ErrPassword says that a file opens only with a password.
var ErrPassword = cos.ErrPassword

// Open opens the PDF file at path. It reads what it needs to tell the number of
// pages; a page is read when it is asked for. The file stays open until Close.
//
// Every error can be shown to a person. A file that opens only with a password
// gives ErrPassword.
func Open(ctx context.Context, path string, opt Options) (paper.Document, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening the PDF file: %w", err)
	}
	file, err := os.Open(abs)
	if err != nil {
		return nil, fmt.Errorf("opening the PDF file: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("opening the PDF file: %w", err)
	}
	d, err := open(ctx, file, info.Size(), opt)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("opening the PDF file: %w", err)
	}
	d.closer = file
	d.tool = find(opt.Renderer, abs)
	return d, nil
}

// document is an open file.
type document struct {
	file   *cos.File
	closer io.Closer
	lim    Limits
	dpi    float64
	tool   *tool // the outside renderer, nil when there is none
	pages  []leaf

	mu    sync.Mutex
	fonts map[cos.Ref]*font
}

// open is Open on bytes.
func open(ctx context.Context, r io.ReaderAt, size int64, opt Options) (d *document, err error) {
	defer rescue(&err)
	lim := opt.Limits.orDefaults()
	ctx, cancel := context.WithTimeout(ctx, lim.Time)
	defer cancel()
	f, err := cos.Open(ctx, r, size, cos.Limits{Objects: lim.Objects, Stream: lim.Stream})
	if err != nil {
		return nil, err
	}
	d = &document{file: f, lim: lim, dpi: opt.DPI, fonts: map[cos.Ref]*font{}}
	if d.dpi <= 0 {
		d.dpi = 150
	}
	d.dpi = min(max(d.dpi, 18), 1200)
	if d.pages, err = d.tree(ctx); err != nil {
		return nil, err
	}
	if len(d.pages) == 0 && f.Repair(ctx) {
		if d.pages, err = d.tree(ctx); err != nil {
			return nil, err
		}
	}
	if len(d.pages) == 0 {
		return nil, errors.New("the file has no pages that can be read")
	}
	return d, nil
}

// rescue makes an error of a panic: what came in from outside must not end the
// program.
func rescue(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the file is damaged in a way that was not foreseen (%v): open it outside", r)
	}
}

// Len implements paper.Document.
func (d *document) Len() int { return len(d.pages) }

// Close implements paper.Document.
func (d *document) Close() error {
	if d.closer == nil {
		return nil
	}
	return d.closer.Close()
}

// data is a stream's bytes, all of its filters undone.
func (d *document) data(st *cos.Stream) ([]byte, error) {
	dec, err := d.file.Decode(context.Background(), st)
	if err != nil {
		return nil, err
	}
	if len(dec.Rest) > 0 {
		return nil, fmt.Errorf("a part of the file is packed as %s, which is for pictures", dec.Rest[0].Name)
	}
	return dec.Data, nil
}
