package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"switchboard/store"
)

type saveJSON struct {
	Dir      string          `json:"dir"`
	Zip      string          `json:"zip"` // the archive, "" for a folder
	Manifest string          `json:"manifest"`
	Files    []savedJSON     `json:"files"`
	Failed   []saveFaultJSON `json:"failed"`
}

type savedJSON struct {
	Item    string `json:"item"`
	Path    string `json:"path"`
	Name    string `json:"name"`
	Bytes   int64  `json:"bytes"`
	SHA256  string `json:"sha256"`
	Skipped bool   `json:"skipped"` // it was there already, with the same content
}

type saveFaultJSON struct {
	Item  string `json:"item"`
	Name  string `json:"name"`
	Error string `json:"error"`
	// NotOffered says that the service never gives it out: trying again is of no use.
	NotOffered bool `json:"not_offered"`
}

func (a *app) saveCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "save ID...|QUERY",
		Short: "Save the attachments of messages to a folder or a zip archive",
		Long: `Save the attachments of messages to a folder: of those named, or of all that a
query finds. A file under its final name is complete; none is overwritten, and
what is there already with the same content is not fetched again, so an
interrupted save goes on where it stopped.

Where a message is of a chat that is copy-protected, standard error says so before
anything is saved; open and export do likewise.

What a service never gives out, such as a link among the attachments of an e-mail,
is told and left out.

With --zip they go into one archive, which has a manifest in it and is there
whole or not at all. With --queue the save is only asked for: the screens, or
"switchboard sync", carry it out and show it among the jobs.

The template of names knows {` + strings.Join(store.TemplateFields(), "} {") + `}.
A field a message has no value for is left out with what ties it to the others.`,
		Example: `  switchboard save in:fax on:today --dir faxes --manifest
  switchboard save in:fax --zip faxes.zip --template "{date}_{from}_{kind}_{pages}p_{id}"
  switchboard verify faxes`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completeQuery,
	}
	form := formatFlags(cmd)
	var o store.SaveOptions
	cmd.Flags().StringVarP(&o.Dir, "dir", "d", "", "folder to save to; made when missing (default: save_dir of the config)")
	cmd.Flags().BoolVar(&o.Manifest, "manifest", false, "write manifest.json and manifest.csv with checksums, for verify")
	cmd.Flags().StringVar(&o.Template, "template", "", "template of the names")
	cmd.Flags().StringVar(&o.Name, "name", "", "name of the file, when there is only one")
	cmd.Flags().StringVarP(&o.Zip, "zip", "z", "", "write this archive instead of a folder")
	queue := cmd.Flags().Bool("queue", false, "ask for it and do not wait")
	cmd.MarkFlagsMutuallyExclusive("dir", "zip")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.save(cmd.Context(), args, o, form, *queue) }
	return cmd
}

func (a *app) save(ctx context.Context, args []string, o store.SaveOptions, form *format, queue bool) error {
	st, err := a.known(ctx)
	if err != nil {
		return err
	}
	ids, bad, err := a.idsOrQuery(ctx, st, args)
	if err != nil {
		return err
	}
	if err := a.target(&o); err != nil {
		return err
	}
	if len(ids) == 0 {
		return a.failures(bad)
	}
	if err := a.noteProtected(ctx, st, ids...); err != nil {
		return err
	}
	if queue {
		return a.queueSave(ctx, st, ids, o, form, bad)
	}
	a.patient = true // one fault among hundreds of files shall not need a second run
	if err := a.connect(st, nil); err != nil && exitCode(err) != exitSignIn {
		return err // signed out, what is kept here can still be saved
	}
	o.Progress = func(done, total int) { a.progressf("saved %d of %d", done, total) }
	rep, err := st.Save(ctx, ids, o)
	a.progressEnd()
	if err != nil {
		return fmt.Errorf("save to %s: %w", cmp.Or(o.Zip, o.Dir), err)
	}
	return a.printSaved(o, rep, form, bad)
}

// target fills in where and under which names files go, where no flag says so.
func (a *app) target(o *store.SaveOptions) (err error) {
	if o.Template == "" {
		o.Template = a.cfg.SaveName
	}
	if o.Zip != "" {
		o.Dir = ""
		o.Zip, err = path(o.Zip)
		return err
	}
	o.Dir, err = path(cmp.Or(o.Dir, a.cfg.SaveDir))
	return err
}

type queuedJSON struct {
	Job      int64  `json:"job"`
	Dir      string `json:"dir"`
	Zip      string `json:"zip"`
	Messages int    `json:"messages"`
}

func (a *app) queueSave(ctx context.Context, st *store.Store, ids []store.ID, o store.SaveOptions, form *format, bad *failed) error {
	job, err := st.QueueSave(ctx, ids, o)
	if err != nil {
		return err
	}
	if form.machine() {
		err = printJSON(a.out, form, queuedJSON{Job: job, Dir: o.Dir, Zip: o.Zip, Messages: len(ids)})
	} else {
		a.notef("the files of %d messages will be saved to %s by the screens or by sync", len(ids), cmp.Or(o.Zip, o.Dir))
	}
	return cmp.Or(err, a.failures(bad))
}

func (a *app) printSaved(o store.SaveOptions, rep store.SaveReport, form *format, bad *failed) error {
	out := saveJSON{Dir: o.Dir, Zip: rep.Zip, Manifest: rep.Manifest, Files: []savedJSON{}, Failed: []saveFaultJSON{}}
	for _, f := range rep.Files {
		out.Files = append(out.Files, savedJSON{
			Item: f.Item.String(), Path: f.Path, Name: f.Name, Bytes: f.Bytes, SHA256: f.SHA256, Skipped: f.Skipped,
		})
		if !form.machine() && rep.Zip == "" {
			if err := printf(a.out, "%s\n", f.Path); err != nil {
				return err
			}
		}
	}
	if rep.Zip != "" && !form.machine() {
		if err := printf(a.out, "%s\n", rep.Zip); err != nil {
			return err
		}
	}
	for _, n := range rep.Notes {
		a.notef("%s", n)
	}
	for _, f := range rep.Failed {
		var never *store.NotOfferedError
		no := errors.As(f.Err, &never)
		out.Failed = append(out.Failed, saveFaultJSON{Item: f.Item.String(), Name: store.CleanLine(f.Name), Error: lines(f.Err.Error()), NotOffered: no})
		if no && len(rep.Files) > 0 { // it is told, and the save is as whole as it can be
			a.notef("left out: %s: %s: %v", f.Item, store.CleanLine(f.Name), never)
			continue
		}
		bad.add(f.Item.String(), fmt.Errorf("%s: %w", cmp.Or(store.CleanLine(f.Name), "the file"), f.Err))
	}
	if form.machine() {
		if err := printJSON(a.out, form, out); err != nil {
			return err
		}
	}
	if len(rep.Files) == 0 && len(rep.Failed) == 0 {
		a.notef("nothing to save: none of these messages has a file")
	}
	return a.failures(bad)
}

// idsOrQuery takes the arguments as ids when the first of them is one, else
// as a query.
func (a *app) idsOrQuery(ctx context.Context, st *store.Store, args []string) ([]store.ID, *failed, error) {
	_, parseErr := store.ParseID(args[0])
	_, resolveErr := st.Resolve(ctx, args[0])
	var many *store.AmbiguousError
	if args[0] == "-" || parseErr == nil || resolveErr == nil || errors.As(resolveErr, &many) {
		return a.ids(ctx, st, args)
	}
	q, err := a.query(joinArgs(args))
	if err != nil {
		return nil, nil, err
	}
	ids, err := st.IDs(ctx, q, store.OldestFirst, math.MaxInt32)
	if err != nil {
		return nil, nil, err
	}
	if len(ids) == 0 {
		return nil, nil, &codeError{code: exitNotFound, msg: "nothing matches " + quote(joinArgs(args))}
	}
	return ids, &failed{}, nil
}

type verifyJSON struct {
	Dir     string   `json:"dir"`
	Whole   bool     `json:"whole"` // nothing missing, nothing changed
	OK      []string `json:"ok"`
	Missing []string `json:"missing"`
	Changed []string `json:"changed"`
	Extra   []string `json:"extra"` // files the manifest does not name
}

func (a *app) verifyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify DIR|ZIP",
		Short: "Check a saved folder or archive against its manifest",
		Long: `Check every file of a saved folder or zip archive against the checksums of its
manifest, without any server. Missing or changed files give exit code 1, and so
do files the manifest does not name with --strict; no manifest gives 5.`,
		Args: cobra.ExactArgs(1),
	}
	form := formatFlags(cmd)
	strict := cmd.Flags().Bool("strict", false, "files that are not in the manifest count as a fault")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.verify(cmd.Context(), args[0], *strict, form)
	}
	return cmd
}

func (a *app) verify(ctx context.Context, where string, strict bool, form *format) error {
	dir, err := path(where)
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return &codeError{code: exitNotFound, msg: "no folder or archive " + dir}
	}
	rep, err := store.Verify(ctx, dir)
	if errors.Is(err, store.ErrNotFound) {
		return &codeError{code: exitNotFound, msg: err.Error(), try: "switchboard save ... --manifest"}
	}
	if err != nil {
		return fmt.Errorf("verify %s: %w", dir, err)
	}
	whole := rep.Good() && (!strict || len(rep.Extra) == 0)
	if form.machine() {
		err = printJSON(a.out, form, verifyJSON{
			Dir: dir, Whole: whole, OK: list(rep.OK), Missing: list(rep.Missing), Changed: list(rep.Changed), Extra: list(rep.Extra),
		})
	} else {
		err = a.printVerify(rep)
	}
	if err != nil || whole {
		return err
	}
	msg := fmt.Sprintf("%d files missing, %d changed", len(rep.Missing), len(rep.Changed))
	if strict {
		msg += fmt.Sprintf(", %d too many", len(rep.Extra))
	}
	return &codeError{code: exitFailed, msg: msg}
}

func (a *app) printVerify(rep store.VerifyReport) error {
	for _, group := range []struct {
		word  string
		names []string
	}{{"missing", rep.Missing}, {"changed", rep.Changed}, {"extra", rep.Extra}} {
		for _, n := range group.names {
			if err := printf(a.out, "%s\t%s\n", group.word, n); err != nil {
				return err
			}
		}
	}
	return printf(a.out, "%d files are as they were saved\n", len(rep.OK))
}

// list makes a missing list an empty one.
func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}
