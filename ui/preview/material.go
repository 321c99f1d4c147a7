package preview

import (
	"context"
	"strings"

	"switchboard/store"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// Material is what of an item can be given to another program: the file chosen,
// else its main one, with its words and pages. It may be called off the loop.
func (m *Model) Material(it store.Item, file int64) screen.Material {
	out := screen.Material{Item: it}
	files := screen.FilesOf(it)
	a, ok := main(files)
	for _, f := range files {
		if f.ID == file {
			a, ok = f, true
		}
	}
	if !ok {
		return out
	}
	out.File = a
	if t := a.Type; kindOf(t) == Pages || kindOf(a.Sniffed) == Pages || kindOf(t) == Picture {
		out.Text = func(ctx context.Context) (string, error) {
			pages, err := m.env.Store.FileText(ctx, a.ID)
			return strings.Join(pages, "\f"), err
		}
		out.Pages = func(ctx context.Context) (paper.Document, error) {
			path, err := m.env.Store.FetchNow(ctx, a, nil)
			if err != nil {
				return nil, err
			}
			f := a
			if f.Sniffed, err = sniff(path); err != nil {
				return nil, err
			}
			return m.document(ctx, screen.Source{Item: it, File: f, Path: path, Whole: true})
		}
	}
	return out
}
