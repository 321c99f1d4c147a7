package screen

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// WriteNew writes a file that is not there yet. It has its name once it is whole and on
// disk; where there is such a file already, a number is put behind the name.
func WriteNew(path string, write func(w io.Writer) error) (string, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, ".switchboard-*.part")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name())
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	ext := filepath.Ext(path)
	base := strings.TrimSuffix(path, ext)
	for i := 1; i < 1000; i++ {
		if i > 1 {
			path = fmt.Sprintf("%s_%d%s", base, i, ext)
		}
		err = os.Link(f.Name(), path) // fails where there is such a file already
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil { // a disk without links
			if _, there := os.Lstat(path); there == nil {
				continue
			}
			err = os.Rename(f.Name(), path)
		}
		return path, err
	}
	return "", err
}

// AnyFile stands for files however they end.
const AnyFile = "*"

// mostPaths is how many files are looked at for the rest of a name.
const mostPaths = 5000

// CompletePath is what the path of a file may go on with: the letters that all files
// have in common which begin so, and which those are. Only folders, and files that end
// in ext, count; with [AnyFile] all do.
func CompletePath(text, ext string) (longer string, choice []string) {
	if text == "~" {
		return "~" + string(filepath.Separator), nil
	}
	path := text
	if strings.HasPrefix(text, "~/") { // Unhome would take off the last slash
		path = Unhome("~") + text[1:]
	}
	dir, begin := filepath.Split(path)
	where := dir
	if where == "" {
		where = "."
	}
	d, err := os.Open(where)
	if err != nil {
		return text, nil
	}
	defer d.Close()
	entries, _ := d.ReadDir(mostPaths)
	var names []string
	for _, e := range entries {
		n := e.Name()
		if !strings.HasPrefix(n, begin) || begin == "" && strings.HasPrefix(n, ".") {
			continue
		}
		folder := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 {
			if fi, err := os.Stat(filepath.Join(where, n)); err == nil {
				folder = fi.IsDir()
			}
		}
		switch {
		case folder:
			names = append(names, n+string(filepath.Separator))
		case ext == AnyFile, strings.EqualFold(filepath.Ext(n), ext):
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return text, nil
	}
	same := names[0]
	for _, n := range names[1:] {
		for !strings.HasPrefix(n, same) {
			same = same[:len(same)-1]
		}
	}
	same = strings.ToValidUTF8(same, "")
	return text[:len(text)-min(len(begin), len(text))] + same, names
}
