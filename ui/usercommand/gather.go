package usercommand

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"switchboard/store"
	"switchboard/ui/preview/outside"
)

// Source is what is asked of the store.
type Source interface {
	Item(ctx context.Context, id store.ID) (store.Item, error)
	FetchNow(ctx context.Context, a store.Attachment, progress func(done, total int64)) (string, error)
}

// Gatherer finds what is to be filled in. Its functions run off the loop.
type Gatherer struct {
	Store Source
	// JSON is an item as `list --json` writes it; nil: the store's own form.
	JSON func(it store.Item) ([]byte, error)
	// Copy makes a copy of a fetched file under its own name, so that what a program does
	// to it harms nothing here; nil: the file itself is named.
	Copy func(blob string, a store.Attachment) (string, error)
	// Bare lets what a message lacks be empty: hooks run on whatever comes.
	Bare bool
}

// Of is the values of one message, as far as the line uses them. file is the attachment
// that {file} means, 0 the first. Its error says what the message lacks.
func (g Gatherer) Of(ctx context.Context, t Template, id store.ID, file int64) (Values, []byte, error) {
	it, err := g.Store.Item(ctx, id)
	if err != nil {
		return Values{}, nil, err
	}
	v := Values{Number: it.Who.Number, Name: it.Who.Display(), ID: it.ID.String(), Kind: it.Kind.String(), Text: it.Text, Protected: it.Protected}
	if v.Number == "" {
		v.Number = it.Who.Extension
	}
	if t.Uses(Number) && v.Number == "" && !g.Bare {
		return v, nil, errors.New("the caller's number is withheld")
	}
	in, err := g.json(it)
	if err != nil {
		return v, nil, err
	}
	v.JSON = string(bytes.TrimSpace(in))
	if t.Uses(File) {
		if v.File, err = g.file(ctx, it, file); err != nil {
			return v, nil, err
		}
	}
	if t.Uses(Files) {
		if v.Files, err = g.files(ctx, it); err != nil {
			return v, nil, err
		}
	}
	return v, in, nil
}

// Marked is the values of many messages for one run: {marks}, {files} and {json}, which
// is a list.
func (g Gatherer) Marked(ctx context.Context, t Template, ids []store.ID) (Values, []byte, error) {
	var v Values
	var all []json.RawMessage
	for _, id := range ids {
		it, err := g.Store.Item(ctx, id)
		if err != nil {
			return v, nil, fmt.Errorf("read message %s: %w", id, err)
		}
		v.Marks = append(v.Marks, id.String())
		b, err := g.json(it)
		if err != nil {
			return v, nil, err
		}
		all = append(all, b)
		if !t.Uses(Files) {
			continue
		}
		files, err := g.files(ctx, it)
		if err != nil {
			return v, nil, err
		}
		v.Files = append(v.Files, files...)
	}
	in, err := json.Marshal(all)
	if err != nil {
		return v, nil, fmt.Errorf("write the messages as JSON: %w", err)
	}
	v.JSON = string(in)
	return v, append(in, '\n'), nil
}

func (g Gatherer) json(it store.Item) ([]byte, error) {
	if g.JSON == nil {
		b, err := json.Marshal(it)
		return append(b, '\n'), err
	}
	b, err := g.JSON(it)
	if err != nil {
		return nil, fmt.Errorf("write the message as JSON: %w", err)
	}
	var flat bytes.Buffer
	if err := json.Compact(&flat, b); err != nil {
		return nil, fmt.Errorf("write the message as JSON: %w", err)
	}
	flat.WriteByte('\n')
	return flat.Bytes(), nil
}

func (g Gatherer) file(ctx context.Context, it store.Item, want int64) (string, error) {
	for _, a := range it.Attachments {
		if !a.IsText() && (want == 0 || a.ID == want) {
			return g.fetch(ctx, a)
		}
	}
	if g.Bare {
		return "", nil
	}
	return "", errors.New("this message has no file")
}

func (g Gatherer) files(ctx context.Context, it store.Item) (out []string, err error) {
	for _, a := range it.Attachments {
		if a.IsText() {
			continue
		}
		path, err := g.fetch(ctx, a)
		if err != nil {
			return nil, err
		}
		out = append(out, path)
	}
	return out, nil
}

func (g Gatherer) fetch(ctx context.Context, a store.Attachment) (string, error) {
	path, err := g.Store.FetchNow(ctx, a, nil)
	if err != nil {
		return "", fmt.Errorf("fetch the file: %w", err)
	}
	if g.Copy == nil {
		return path, nil
	}
	return g.Copy(path, a)
}

// Run runs the command with values filled in. Its input is in; out gets what it writes,
// nil: the result keeps it.
func (t Template) Run(ctx context.Context, v Values, in []byte, limit time.Duration, out io.Writer) (outside.Result, error) {
	argv, env, err := t.Fill(v)
	if err != nil {
		return outside.Result{}, err
	}
	var stdin io.Reader
	if len(in) > 0 {
		stdin = bytes.NewReader(in)
	}
	return outside.Run(ctx, outside.Command{Argv: argv, Env: env, Stdin: stdin, Time: limit, Output: out, Keep: 64 << 10})
}

// Show says where what a command writes goes.
type Show string

// The ways.
const (
	Pane       Show = "pane"       // into a pane over the others, as it comes
	Background Show = "background" // its end is told
	None       Show = "none"       // only a failure is told
)

// Shows lists them.
func Shows() []string { return []string{string(Pane), string(Background), string(None)} }

// Command is one of a person's own commands.
type Command struct {
	Name  string // as in the palette and the command line
	Words string // what it does; "": Name
	Key   string // "": none
	Scope string // of Key; "": everywhere
	Run   Template
	Show  Show
	Time  time.Duration // how long it may take; 0: ten minutes
	File  string        // where it is written, for messages
	Line  int
}

// About reports whether the command needs a message.
func (c Command) About() bool { return c.Run.About() }

// Each reports whether the command runs once for each marked message.
func (c Command) Each() bool { return !c.Run.Uses(Marks) }

// Find is the command of a name.
func Find(list []Command, name string) (Command, bool) {
	i := slices.IndexFunc(list, func(c Command) bool { return c.Name == name })
	if i < 0 {
		return Command{}, false
	}
	return list[i], true
}
