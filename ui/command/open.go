package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"switchboard/store"
)

func joinArgs(args []string) string { return strings.Join(args, " ") }

// openedJSON is a file that was opened, or with --print only named.
type openedJSON struct {
	Item   string `json:"item"`
	Path   string `json:"path"`
	Opened bool   `json:"opened"`
}

func (a *app) openCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "open ID",
		Short: "Open the attachment of a message with the system's program",
		Long: `Open the attachment of a message with the program the system has for it, or
with the one [opener] in the config names. The message is marked read.`,
		Args: cobra.ExactArgs(1),
	}
	form := formatFlags(cmd)
	n := cmd.Flags().IntP("file", "f", 0, "which file, from 1 (default: the first)")
	printPath := cmd.Flags().Bool("print", false, "print the path of the file and open nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.open(cmd.Context(), args[0], *n, *printPath, form)
	}
	return cmd
}

func (a *app) open(ctx context.Context, word string, n int, printPath bool, form *format) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	id, err := st.Resolve(ctx, word)
	if err != nil {
		return &namedError{word, err}
	}
	it, err := st.Item(ctx, id)
	if err != nil {
		return err
	}
	if err := a.connect(st, nil); err != nil && exitCode(err) != exitSignIn {
		return err
	}
	if it, err = a.listFiles(ctx, st, it); err != nil {
		return err
	}
	at, err := pickFile(it, n)
	if err != nil {
		return err
	}
	if err := a.noteProtected(ctx, st, id); err != nil {
		return err
	}
	blob, err := st.FetchNow(ctx, at, func(done, total int64) {
		a.progressf("%d of %d bytes", done, total)
	})
	a.progressEnd()
	if err != nil {
		return fmt.Errorf("fetch %s: %w", fileLine(at), err)
	}
	if fresh, err := st.Attachment(ctx, at.ID); err == nil {
		at = fresh
	}
	file, err := a.viewCopy(blob, at)
	if err != nil {
		return err
	}
	if !printPath {
		if err := a.openFile(ctx, file, typeOf(at)); err != nil {
			return err
		}
	}
	switch {
	case form.machine():
		err = printJSON(a.out, form, openedJSON{Item: id.String(), Path: file, Opened: !printPath})
	case printPath:
		err = printf(a.out, "%s\n", file)
	}
	if err != nil || printPath || it.Read {
		return err
	}
	op, err := st.Act(ctx, store.Change{Verb: "read", Items: []store.ID{id}})
	if err == nil && waits(op.State) {
		_, _ = a.send(ctx, st, op) // stored; it is sent later when this fails
	}
	return err
}

func pickFile(it store.Item, n int) (store.Attachment, error) {
	var files []store.Attachment
	for _, at := range it.Attachments {
		if !at.IsText() {
			files = append(files, at)
		}
	}
	switch {
	case len(files) == 0:
		return store.Attachment{}, &codeError{code: exitNotFound, msg: it.ID.String() + " has no file"}
	case n < 0 || n > len(files):
		return store.Attachment{}, usagef("--file %d: there are %d", n, len(files))
	case n == 0: // an e-mail may have others among them, which cannot be had
		n = 1 + max(0, slices.IndexFunc(files, func(at store.Attachment) bool { ok, _ := at.Fetchable(); return ok }))
	}
	return files[n-1], nil
}

func typeOf(at store.Attachment) string {
	if at.Sniffed != "" {
		return at.Sniffed
	}
	return at.Type
}

// viewCopy makes a copy for another program: under a name with the right
// ending, and so that what the program does to it cannot harm the blob. Copies
// older than a day are removed.
func (a *app) viewCopy(blob string, at store.Attachment) (string, error) {
	root := filepath.Join(a.dir, "open")
	a.removeOldCopies(root)
	if err := os.MkdirAll(root, 0o700); err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	dir, err := os.MkdirTemp(root, "")
	if err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	name := at.Name
	if name == "" {
		name = "attachment"
	}
	target := filepath.Join(dir, store.SafeName(name, typeOf(at)))
	if err := copyFile(target, blob); err != nil {
		return "", fmt.Errorf("open: copy the file: %w", err)
	}
	return target, nil
}

func (a *app) removeOldCopies(root string) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && a.env.Now().Sub(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(filepath.Join(root, e.Name()))
		}
	}
}

func copyFile(target, source string) error {
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(target, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return err
}

// openFile starts the program for a content type.
func (a *app) openFile(_ context.Context, file, contentType string) error {
	argv, err := a.opener(file, contentType)
	if err != nil {
		return err
	}
	if err := a.env.Launch(argv); err != nil {
		return &codeError{
			code: exitFailed, msg: fmt.Sprintf("start %s: %v", argv[0], err),
			try: `name a program under [opener] in the config, for example "audio/*" = "mpv {}"`,
		}
	}
	return nil
}

// opener is the command line for a file: of the exact type, of its family
// ("audio/*"), the default of the config, the system's.
func (a *app) opener(file, contentType string) ([]string, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	contentType, _, _ = strings.Cut(strings.ToLower(contentType), ";")
	contentType = strings.TrimSpace(contentType)
	family, _, _ := strings.Cut(contentType, "/")
	for _, k := range []string{contentType, family + "/*", "*/*", "default"} {
		line, ok := c.Opener[k]
		if !ok {
			continue
		}
		argv, err := splitCommand(line)
		if err != nil {
			return nil, &usageError{msg: "config: opener." + k + ": " + err.Error()}
		}
		return fillPath(argv, file), nil
	}
	return systemOpener(file), nil
}

// fillPath puts the path in place of {} , or at the end.
func fillPath(argv []string, file string) []string {
	found := false
	for i, w := range argv {
		if strings.Contains(w, "{}") {
			argv[i] = strings.ReplaceAll(w, "{}", file)
			found = true
		}
	}
	if !found {
		argv = append(argv, file)
	}
	return argv
}

// splitCommand splits a command line into words. There is no shell: quotes
// group words, and nothing else has a meaning.
func splitCommand(s string) ([]string, error) {
	var words []string
	var cur strings.Builder
	quoted, in := rune(0), false
	for _, r := range s {
		switch {
		case quoted != 0 && r == quoted:
			quoted = 0
		case quoted != 0:
			cur.WriteRune(r)
		case r == '"' || r == '\'':
			quoted, in = r, true
		case r == ' ' || r == '\t':
			if in {
				words = append(words, cur.String())
				cur.Reset()
				in = false
			}
		default:
			cur.WriteRune(r)
			in = true
		}
	}
	if quoted != 0 {
		return nil, fmt.Errorf("a quote is not closed")
	}
	if in {
		words = append(words, cur.String())
	}
	if len(words) == 0 || words[0] == "" {
		return nil, fmt.Errorf("names no program")
	}
	return words, nil
}
