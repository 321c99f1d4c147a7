package preview

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"switchboard/ui/preview/outside"
	"switchboard/ui/preview/pages"
	"switchboard/ui/preview/paper"
	"switchboard/ui/preview/pdf"
	"switchboard/ui/preview/picture"
	"switchboard/ui/preview/plain"
	"switchboard/ui/preview/player"
	"switchboard/ui/preview/sound"
	"switchboard/ui/preview/tiff"
	"switchboard/ui/screen"
)

// Options is what the viewers are set up with. The zero value is good.
type Options struct {
	Rest     time.Duration // before a file is fetched unasked; 0: Rest, below 0: never
	Renderer string        // of PDF pages with text or drawings, see pdf.Options
	Language string        // of scanned pages, as tesseract names it: "eng+deu"
	Sound    sound.Config  // what recordings are played with

	// Device finds what plays in place of Sound, for tests.
	Device func(ctx context.Context) (sound.Device, string)
}

// make is a new viewer of a kind.
func (m *Model) make(k Kind) screen.Viewer {
	switch k {
	case Pages, Picture:
		return m.pages(k)
	case Sound:
		find := m.opts.Device
		if find == nil {
			config := m.opts.Sound
			config.Crash = m.env.Crash
			find = func(ctx context.Context) (sound.Device, string) { return sound.Find(ctx, config) }
		}
		return player.New(m.env, player.Options{Find: find, Memory: m.env.Store})
	}
	return plain.New(m.env)
}

func (m *Model) pages(k Kind) screen.Viewer {
	o := pages.Options{Single: k == Picture, Open: m.document, Memory: m.env.Store, Texts: m.env.Store, Save: m.savePages}
	if ocr := outside.FindOCR(m.opts.Language); ocr.There() {
		o.Read = ocr.Read
	}
	return pages.New(m.env, o)
}

// document opens a paged file, or a picture, by what is in it.
func (m *Model) document(ctx context.Context, src screen.Source) (paper.Document, error) {
	mime, _, _ := strings.Cut(src.File.Sniffed, ";")
	if mime == "application/pdf" {
		return pdf.Open(ctx, src.Path, pdf.Options{Renderer: m.opts.Renderer})
	}
	f, err := os.Open(src.Path)
	if err != nil {
		return nil, err
	}
	fi, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	var doc paper.Document
	var p *picture.Picture
	switch {
	case mime == "image/tiff":
		doc, err = tiff.Open(f, fi.Size(), tiff.Limits{})
	case kindOf(mime) == Picture:
		if p, err = picture.Open(f, fi.Size(), picture.Limits{}); err == nil {
			return shot{p, f}, nil
		}
	default:
		err = fmt.Errorf("%s has no pages", mime)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return filed{doc, f}, nil
}

// shot is a picture together with the file it reads.
type shot struct {
	*picture.Picture
	f *os.File
}

var _ pages.Film = shot{}

// Page implements paper.Document: it tells what is missing of the file.
func (s shot) Page(ctx context.Context, n int) (paper.Page, error) {
	p, err := s.Picture.Page(ctx, n)
	p.Damage = s.Remark()
	return p, err
}

// Close implements paper.Document.
func (s shot) Close() error {
	err := s.Picture.Close()
	s.f.Close()
	return err
}

// filed is a document together with the file it reads.
type filed struct {
	paper.Document
	f *os.File
}

// Close implements paper.Document.
func (d filed) Close() error {
	err := d.Document.Close()
	d.f.Close()
	return err
}
