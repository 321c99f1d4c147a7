package preview

import (
	"context"
	"errors"
	"fmt"
	"io"

	"switchboard/store"
	"switchboard/ui/preview/pages"
	"switchboard/ui/preview/paper"
	"switchboard/ui/preview/pdf"
	"switchboard/ui/screen"
)

// writePages writes picked pages as a PDF.
func (m *Model) writePages(ctx context.Context, w io.Writer, title string, doc paper.Document, pick []pages.Pick) error {
	sheets := make([]pdf.Sheet, 0, len(pick))
	for _, p := range pick {
		s := pdf.Sheet{Doc: doc, Page: p.Page, Turn: p.Turn}
		for _, st := range p.Stamps {
			page, err := doc.Page(ctx, p.Page)
			if err != nil {
				return fmt.Errorf("page %d: %w", p.Page+1, err)
			}
			w, h := page.Size()
			s.Stamps = append(s.Stamps, st.Sheet(w, h, p.Turn))
		}
		sheets = append(sheets, s)
	}
	return pdf.Write(ctx, w, sheets, pdf.Meta{Title: title, Author: m.env.Actor, Producer: "switchboard", Made: m.env.Now()})
}

// Owes reports whether keys wait for the file of an item: they may change what it is.
func (m *Model) Owes(item store.ID) bool {
	return m.row.ID == item && len(m.queue) > 0 && m.stage != stopped && m.stage != nothing
}

// Sheets gives what tells how the pages of a file differ from the file, as a person has
// picked, turned and stamped them here, or turned them earlier. What it gives may be
// called off the loop.
func (m *Model) Sheets() func(ctx context.Context, it store.Item, a store.Attachment) (screen.Sheets, error) {
	var now pages.Choice
	seen := int64(0)
	if v, ok := m.viewer().(*pages.Viewer); ok && m.kind == Pages {
		now, seen = v.Choice(), m.src.File.ID
	}
	return func(ctx context.Context, it store.Item, a store.Attachment) (screen.Sheets, error) {
		if kindOf(a.Type) != Pages && kindOf(a.Sniffed) != Pages {
			return screen.Sheets{}, nil
		}
		c := now
		if seen != a.ID {
			turns, err := pages.Turns(ctx, m.env.Store, a.SHA256)
			if err != nil {
				return screen.Sheets{}, err
			}
			c = pages.Choice{Turns: turns}
		}
		words := c.Words(it.Pages)
		if words == "" {
			return screen.Sheets{}, nil
		}
		return screen.Sheets{Words: words, Write: func(ctx context.Context, w io.Writer) error {
			path, err := m.env.Store.FetchNow(ctx, a, nil)
			if err != nil {
				return err
			}
			f := a
			if f.Sniffed, err = sniff(path); err != nil {
				return err
			}
			doc, err := m.document(ctx, screen.Source{Item: it, File: f, Path: path, Whole: true})
			if err != nil {
				return err
			}
			return errors.Join(m.writePages(ctx, w, "Fax", doc, c.Picks(doc.Len())), doc.Close())
		}}, nil
	}
}
