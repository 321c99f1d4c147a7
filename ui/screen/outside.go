package screen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview/outside"
	"switchboard/ui/preview/paper"
)

// Material is what can be given to another program: a file of a message, or the
// message where it has none. The functions run off the loop; one that is nil
// means there is no such thing.
type Material struct {
	Item store.Item
	File store.Attachment // without an ID: the message itself

	Text  func(ctx context.Context) (string, error)         // the file's own text; nil: the message's
	Pages func(ctx context.Context) (paper.Document, error) // closed when they are written
	JSON  func(it store.Item) ([]byte, error)               // as `list --json` writes it; nil: the store's form
}

// has reports whether there is a file.
func (m Material) has() bool { return m.File.ID != 0 }

func (m Material) name() string {
	if m.has() {
		return FileName(m.File)
	}
	return strings.ToLower(KindName(m.Item.Kind))
}

// The parts of it that can be piped, by the word that asks for them.
const (
	pipeFile  = "file"
	pipeText  = "text"
	pipePages = "pages"
	pipeJSON  = "json"
)

// AskPipe asks for a command line and pipes to it what belongs to the material:
// the file, or the text of a message without one. A word before the line asks
// for something else: `text: wc -w`, `pages: convert - x.png`, `json: jq .from`.
func (e *Env) AskPipe(m Material) tea.Cmd {
	e.Host.Prompt(Prompt{
		Title: "Pipe " + m.name() + " to the command", Scope: keymap.ScopePrompt, Kind: "pipe", Hint: e.pipeHint(m, ""),
		Change: func(text string) (string, tea.Cmd) { return e.pipeHint(m, text), nil },
		Enter:  func(text string) (tea.Cmd, error) { return e.Pipe(m, text) },
	})
	return nil
}

// Pipe pipes what belongs to the material to a command line as AskPipe takes it.
func (e *Env) Pipe(m Material, text string) (tea.Cmd, error) {
	what, line := m.cut(text)
	switch {
	case line == "":
		return nil, errors.New("type a command, for example: wc -c")
	case m.lacks(what) != "":
		return nil, errors.New(m.lacks(what))
	}
	return e.Guarded([]store.Row{m.Item.Row}, "Pipe", func() tea.Cmd { return e.pipe(m, what, line) }), nil
}

// cut takes the word for what is piped off a line.
func (m Material) cut(line string) (what, rest string) {
	line = strings.TrimSpace(line)
	for _, w := range []string{pipeFile, pipeText, pipePages, pipeJSON} {
		if rest, ok := strings.CutPrefix(line, w+":"); ok {
			return w, strings.TrimSpace(rest)
		}
	}
	if m.has() {
		return pipeFile, line
	}
	return pipeText, line
}

// lacks says why a part cannot be piped; "" when it can.
func (m Material) lacks(what string) string {
	switch {
	case what == pipeFile && !m.has():
		return "this message has no file; text: and json: can be piped"
	case what == pipePages && m.Pages == nil:
		return "this has no pages; file:, text: and json: can be piped"
	}
	return ""
}

func (e *Env) pipeHint(m Material, text string) string {
	what, _ := m.cut(text)
	var say string
	switch what {
	case pipeFile:
		say = "pipes the file, " + FileSize(m.File)
	case pipeText:
		say = "pipes the text"
	case pipePages:
		say = "pipes the pages as pictures (PNM)"
	case pipeJSON:
		say = "pipes all that is known of the message"
	}
	if why := m.lacks(what); why != "" {
		return why
	}
	var other []string
	for _, w := range []string{pipeFile, pipeText, pipePages, pipeJSON} {
		if w != what && m.lacks(w) == "" {
			other = append(other, w+":")
		}
	}
	return say + "; or begin with " + strings.Join(other, " ")
}

func (e *Env) pipe(m Material, what, line string) tea.Cmd {
	out := Output{Title: m.name() + " | " + line, Run: func(ctx context.Context, w io.Writer) error {
		in, err := e.stream(ctx, m, what)
		if err != nil {
			return err
		}
		defer in.Close()
		program, _, _ := strings.Cut(line, " ") // what follows may hold a secret
		e.record(ctx, store.EntryPipe, program, m.Item.ID)
		_, err = outside.Run(ctx, outside.Command{Argv: outside.Shell(line), Stdin: in, Output: w})
		return err
	}}
	return func() tea.Msg { return out }
}

// stream opens what is piped.
func (e *Env) stream(ctx context.Context, m Material, what string) (io.ReadCloser, error) {
	switch what {
	case pipeFile:
		path, err := e.Store.FetchNow(ctx, m.File, nil)
		if err != nil {
			return nil, fmt.Errorf("fetch %s: %w", FileName(m.File), err)
		}
		return os.Open(path)
	case pipePages:
		doc, err := m.Pages(ctx)
		if err != nil {
			return nil, fmt.Errorf("open the pages: %w", err)
		}
		r, w := io.Pipe()
		go func() {
			err := e.guard(func() error { return outside.WritePages(ctx, w, doc) })
			w.CloseWithError(errors.Join(err, doc.Close()))
		}()
		return r, nil
	case pipeJSON:
		b, err := m.json()
		return io.NopCloser(bytes.NewReader(b)), err
	}
	text, err := m.text(ctx)
	return io.NopCloser(strings.NewReader(text)), err
}

// guard turns a panic of f, in a goroutine of its own, into an error.
func (e *Env) guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a mistake in this program: %v", r)
		}
	}()
	return f()
}

func (m Material) json() ([]byte, error) {
	make := m.JSON
	if make == nil {
		make = func(it store.Item) ([]byte, error) { return json.MarshalIndent(it, "", "  ") }
	}
	b, err := make(m.Item)
	if err != nil {
		return nil, fmt.Errorf("write the message as JSON: %w", err)
	}
	return append(b, '\n'), nil
}

func (m Material) text(ctx context.Context) (string, error) {
	text := m.Item.Raw
	if text == "" {
		text = m.Item.Text
	}
	if m.Text != nil {
		own, err := m.Text(ctx)
		if err != nil {
			return "", fmt.Errorf("read the text of %s: %w", m.name(), err)
		}
		if own != "" {
			text = own
		}
	}
	if text == "" {
		return "", errors.New("there is no text in it")
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text, nil
}

// Print hands the file, or the text of a message without one, to the printer and
// tells what was printed. Command is that of the config, "" the system's.
func (e *Env) Print(m Material, command string) tea.Cmd {
	if m.has() && strings.HasPrefix(m.File.Type, "audio/") {
		e.Host.Say("A recording cannot be printed")
		return nil
	}
	return e.Guarded([]store.Row{m.Item.Row}, "Print", func() tea.Cmd { return e.print(m, command) })
}

func (e *Env) print(m Material, command string) tea.Cmd {
	e.Host.Say("Printing " + m.name())
	return e.Do(e.Ctx, Long, func(ctx context.Context) tea.Msg {
		job := outside.Job{Command: command, Title: m.name()}
		if m.has() {
			path, err := e.Store.FetchNow(ctx, m.File, nil)
			if err != nil {
				return Fail("fetch "+FileName(m.File), err)
			}
			job.Path = path
		} else {
			text, err := m.text(ctx)
			if err != nil {
				return Fail("print the "+m.name(), err)
			}
			job.Text = strings.NewReader(text)
		}
		said, err := outside.Print(ctx, job)
		if err != nil {
			return Fail("print "+m.name(), err)
		}
		e.record(ctx, store.EntryPrint, "", m.Item.ID)
		told := "Sent " + m.name() + " to the printer"
		if m.has() && m.Item.Pages > 0 {
			told += fmt.Sprintf(", %d p", m.Item.Pages)
		}
		if said = store.CleanLine(said); said != "" {
			told += ": " + said
		}
		return Told{Banner{Text: told}}
	})
}

// CopyBy puts text on the system's clipboard by the program for it (see
// [outside.Copy]). It goes along with the terminal's own way and says nothing:
// where there is no program, that one has done it. Without copy it does nothing.
func (e *Env) CopyBy(copy func(ctx context.Context, text string) (program string, err error), text string) tea.Cmd {
	if copy == nil {
		return nil
	}
	return e.Do(e.Ctx, Quick, func(ctx context.Context) tea.Msg {
		if _, err := copy(ctx, text); err != nil && e.Log != nil && !errors.Is(err, outside.ErrNoClipboard) {
			e.Log.Debug("copy to the system's clipboard", "error", err)
		}
		return nil
	})
}
