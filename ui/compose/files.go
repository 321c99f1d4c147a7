package compose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// file is something that goes along.
type file struct {
	path   string // "" while it is being made
	words  string // what it is; "": its name
	size   int64  // 0: not looked at
	making bool
}

// add puts a file into a letter; one that is still to be made is made meanwhile.
func (m *Model) add(l *letter, f screen.LetterFile) tea.Cmd {
	if f.Write == nil {
		l.files = append(l.files, file{path: f.Path, words: f.Words})
		return nil
	}
	l.files = append(l.files, file{words: f.Words, making: true})
	at := len(l.files) - 1
	return m.env.Do(m.env.Ctx, screen.Long, func(ctx context.Context) tea.Msg {
		path, size, err := m.make(ctx, f)
		return made{l, at, path, size, err}
	})
}

// make writes a file into a folder of its own: it lasts as long as a draft names it.
func (m *Model) make(ctx context.Context, f screen.LetterFile) (path string, size int64, err error) {
	dir, err := m.env.Store.SendFolder(ctx)
	if err != nil {
		return "", 0, err
	}
	path, err = screen.WriteNew(filepath.Join(dir, f.Name), func(w io.Writer) error { return f.Write(ctx, w) })
	if err != nil {
		return "", 0, err
	}
	fi, err := os.Stat(path)
	if err != nil {
		return "", 0, err
	}
	return path, fi.Size(), nil
}

// made is a file that is there now.
type made struct {
	l    *letter
	at   int
	path string
	size int64
	err  error
}

func (m *Model) made(msg made) tea.Cmd {
	l := msg.l
	if msg.at < len(l.files) && l.files[msg.at].making {
		f := &l.files[msg.at]
		f.making, f.path, f.size = false, msg.path, msg.size
		if msg.err != nil {
			l.files = append(l.files[:msg.at:msg.at], l.files[msg.at+1:]...)
		}
	}
	if l != m.cur {
		return nil
	}
	goes := l.goes
	l.goes = false
	if msg.err != nil {
		l.fault = "The pages could not be written: " + store.Reason(msg.err)
		return nil
	}
	cmd := m.weigh()
	if l.touched {
		cmd = join(cmd, m.changed())
	}
	if goes {
		cmd = join(cmd, m.sendOrAsk())
	}
	return cmd
}

// making reports whether a file of the letter is not there yet.
func (l *letter) making() bool {
	for _, f := range l.files {
		if f.making {
			return true
		}
	}
	return false
}

// dropFile takes the last file off.
func (m *Model) dropFile() tea.Cmd {
	l := m.cur
	l.retry = 0
	if n := len(l.files); n > 0 {
		l.files = l.files[:n-1]
	} else {
		l.resend, l.whole = 0, ""
	}
	return m.changed()
}

// located is a file that was named.
type located struct {
	l    *letter
	path string
	size int64
	err  error
}

// attach looks at the file that is named, and takes it.
func (m *Model) attach() tea.Cmd {
	l := m.cur
	// A path that is dropped on a terminal may come in quotes.
	path := screen.Unhome(strings.Trim(strings.TrimSpace(l.path.String()), `"'`))
	l.reading = true
	return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg {
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		fi, err := os.Stat(path)
		switch {
		case err != nil:
			return located{l: l, err: fmt.Errorf("%s cannot be read: %w", screen.Home(path), err)}
		case fi.IsDir():
			return located{l: l, err: fmt.Errorf("%s is a folder; name a file in it", screen.Home(path))}
		case !fi.Mode().IsRegular():
			return located{l: l, err: fmt.Errorf("%s is no plain file", screen.Home(path))}
		case fi.Size() == 0:
			return located{l: l, err: fmt.Errorf("%s is empty", screen.Home(path))}
		}
		f, err := os.Open(path)
		if err != nil {
			return located{l: l, err: err}
		}
		return located{l: l, path: path, size: fi.Size(), err: f.Close()}
	})
}

func (m *Model) located(msg located) tea.Cmd {
	l := msg.l
	l.reading = false
	if l != m.cur {
		return nil
	}
	if msg.err != nil {
		l.fault = sentence(why(msg.err))
		return nil
	}
	for _, f := range l.files {
		if f.path == msg.path {
			l.hint = filepath.Base(msg.path) + " is among them already"
			l.path.Set("")
			return nil
		}
	}
	l.retry = 0
	l.files = append(l.files, file{path: msg.path, size: msg.size})
	l.path.Set("")
	l.hint = "Another file, or Tab goes on"
	return m.changed()
}

// why is an error of the file system without the path again.
func why(err error) string {
	text := err.Error()
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		text = strings.Replace(text, p.Op+" "+p.Path+": ", "", 1)
	}
	return text
}

// pathGoesOn is how the path of a file goes on.
type pathGoesOn struct {
	l               *letter
	of, text, words string
}

func (m *Model) completePath() tea.Cmd {
	l := m.cur
	text := l.path.String()
	return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg {
		longer, choice := screen.CompletePath(text, screen.AnyFile)
		words := ""
		switch {
		case len(choice) == 0:
			words = "No file begins so"
		case len(choice) > 1 && longer == text:
			words = strings.Join(choice, "  ")
		}
		return pathGoesOn{l, text, longer, store.CleanLine(words)}
	})
}

func (m *Model) pathGoesOn(msg pathGoesOn) tea.Cmd {
	l := msg.l
	if l != m.cur || l.path.String() != msg.of {
		return nil
	}
	l.path.Set(msg.text)
	l.hint = msg.words
	return nil
}

// fileLine is a file as a line says it.
func fileLine(f file, w int) string {
	name := f.words
	if name == "" {
		name = filepath.Base(f.path)
	}
	right := ""
	switch {
	case f.making:
		right = "being made"
	case f.size > 0:
		right = kit.Size(f.size)
	}
	return kit.Between(kit.CutMiddle(store.CleanLine(name), max(w-kit.Width(right)-2, 1)), right, w)
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
