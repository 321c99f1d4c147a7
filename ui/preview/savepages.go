package preview

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"switchboard/ui/preview/pages"
	"switchboard/ui/preview/paper"
	"switchboard/ui/screen"
)

// savePages writes picked pages as a PDF into the folder for saved files, under
// the name the file itself would have, with "pages" added to it. No file there
// is replaced.
func (m *Model) savePages(ctx context.Context, src screen.Source, doc paper.Document, pick []pages.Pick) (path string, err error) {
	name := m.env.SaveName(src.Item.Row, src.File, 1)
	name = strings.TrimSuffix(name, filepath.Ext(name)) + "_pages"
	if err := os.MkdirAll(m.env.SaveDir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(m.env.SaveDir, ".switchboard-*.part")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	err = m.writePages(ctx, f, filepath.Base(name), doc, pick)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	for i := 1; i < 1000; i++ {
		path = filepath.Join(m.env.SaveDir, name+".pdf")
		if i > 1 {
			path = filepath.Join(m.env.SaveDir, fmt.Sprintf("%s_%d.pdf", name, i))
		}
		err = os.Link(f.Name(), path) // fails where there is such a file already
		if err == nil || !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without links
		err = take(f.Name(), path)
	}
	return path, err
}

// take renames a file to a name that nothing has.
func take(from, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	return os.Rename(from, to)
}
