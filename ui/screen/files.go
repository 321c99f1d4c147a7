package screen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
)

// Long is how long a download or a save may take.
const Long = 12 * time.Hour

// Opened is a file that was handed to the system's program.
type Opened struct {
	Item store.ID
	Read bool // mark it read: what was opened counts as heard or seen
}

var errNoFile = errors.New("this message has no file")

// OpenFile fetches a file where needed and opens it with the system's program.
// Attachment 0 is the first one.
func (e *Env) OpenFile(id store.ID, attachment int64, read bool) tea.Cmd {
	return e.Do(e.Ctx, Long, func(ctx context.Context) tea.Msg {
		it, err := e.Store.Item(ctx, id)
		if err != nil {
			return Fail("open the file", err)
		}
		a, n, err := pick(it, attachment)
		if err != nil {
			return Fail("open the file", err)
		}
		path, err := e.Store.FetchNow(ctx, a, nil)
		if err != nil {
			return Fail("fetch "+FileName(a), err)
		}
		ct := a.Sniffed
		if ct == "" {
			ct = a.Type
		}
		if e.Open == nil {
			return Fail("open "+FileName(a), errors.New("no program to open files is set"))
		}
		a.Sniffed = ct
		if err := e.Open(ctx, path, e.SaveName(it.Row, a, n), ct); err != nil {
			return Fail("open "+FileName(a), err)
		}
		return Opened{Item: id, Read: read}
	})
}

// SaveName is what the nth file of an item is called when it is saved, or handed
// to another program.
func (e *Env) SaveName(r store.Row, a store.Attachment, n int) string {
	r.Time = r.Time.In(e.Location)
	return store.Template(e.Template, r, a, n)
}

func pick(it store.Item, attachment int64) (a store.Attachment, n int, err error) {
	for i, a := range FilesOf(it) {
		if attachment == 0 || a.ID == attachment {
			return a, i + 1, nil
		}
	}
	return store.Attachment{}, 0, errNoFile
}

// SaveFiles copies the files of items to a folder and tells where they went.
func (e *Env) SaveFiles(ids []store.ID, o store.SaveOptions) tea.Cmd {
	if o.Dir == "" {
		o.Dir = e.SaveDir
	}
	if o.Template == "" {
		o.Template = e.Template
	}
	return e.Do(e.Ctx, Long, func(ctx context.Context) tea.Msg {
		rep, err := e.Store.Save(ctx, ids, o)
		if err != nil && len(rep.Files) == 0 {
			return Fail("save to "+Home(o.Dir), err)
		}
		return Told{savedWords(rep, o.Dir)}
	})
}

// QueueSave has the files of items saved as a job that is shown, can be stopped
// and survives the program. A path that ends in .zip is an archive.
func (e *Env) QueueSave(ids []store.ID, to string) tea.Cmd {
	o := store.SaveOptions{Dir: to, Template: e.Template, Manifest: true}
	if strings.EqualFold(filepath.Ext(to), ".zip") {
		o.Dir, o.Zip = "", to
	}
	return e.Do(e.Ctx, Quick, func(ctx context.Context) tea.Msg {
		job, err := e.Store.QueueSave(ctx, ids, o)
		if err != nil {
			return Fail("save to "+Home(to), err)
		}
		return Queued{job}
	})
}

// SaveEnded is what there is to tell of a save that is through.
func SaveEnded(j store.SaveJob) Banner {
	b := Banner{Text: fmt.Sprintf("Saved %s to %s", kit.Plural(j.Saved, "file"), Home(j.Path))}
	if j.Manifest != "" {
		b.Text += " with " + filepath.Base(j.Manifest)
	}
	if j.Files == 0 {
		b.Text = "Nothing to save: no files in these messages"
	}
	if j.Failed > 0 {
		b.Fault = true
		b.Text += fmt.Sprintf(". %s failed", kit.Plural(j.Failed, "file"))
		if len(j.Failures) > 0 {
			b.Text += ": " + j.Failures[0].Error
		}
		b.Next = "g j shows it; f there tries again"
	}
	return b
}

func savedWords(rep store.SaveReport, dir string) Banner {
	var b Banner
	there := 0
	for _, f := range rep.Files {
		if f.Skipped {
			there++
		}
	}
	switch {
	case len(rep.Files) == 0 && len(rep.Failed) == 0:
		return Banner{Text: "Nothing to save: no files in these messages"}
	case len(rep.Files) == 1:
		b.Text, b.Path = "Saved "+Home(rep.Files[0].Path), true
	default:
		b.Text = fmt.Sprintf("Saved %s to %s", kit.Plural(len(rep.Files), "file"), Home(dir))
	}
	if there > 0 {
		b.Text += fmt.Sprintf(" (%s there already)", kit.Count(there, true))
	}
	if rep.Manifest != "" {
		b.Text += " with " + filepath.Base(rep.Manifest)
	}
	if len(rep.Failed) > 0 {
		b.Fault = true
		b.Text += fmt.Sprintf(". %s failed: %v", kit.Plural(len(rep.Failed), "file"), rep.Failed[0].Err)
		b.Next = "save again to get the rest"
	}
	return b
}

// Home shortens a path under the home folder to ~.
func Home(p string) string {
	h, err := os.UserHomeDir()
	if err != nil || h == "" || h == "/" {
		return p
	}
	if rest, ok := strings.CutPrefix(p, h); ok && (rest == "" || rest[0] == filepath.Separator) {
		return "~" + rest
	}
	return p
}

// Unhome is the inverse of Home, for paths people type.
func Unhome(p string) string {
	if p != "~" && !strings.HasPrefix(p, "~/") {
		return p
	}
	h, err := os.UserHomeDir()
	if err != nil {
		return p
	}
	return filepath.Join(h, p[1:])
}

// CopyText fetches an item's text as it was sent and puts it on the clipboard.
func (e *Env) CopyText(id store.ID) tea.Cmd {
	return e.Do(e.Ctx, Quick, func(ctx context.Context) tea.Msg {
		it, err := e.Store.Item(ctx, id)
		if err != nil {
			return Fail("copy the text", err)
		}
		text := it.Raw
		if text == "" {
			text = it.Text
		}
		if text == "" {
			return Said{"There is no text to copy"}
		}
		return Copy{Text: text, Said: "Copied the text, " + kit.Plural(len([]rune(text)), "character")}
	})
}

// Job is the download of an attachment, if one is known.
func (e *Env) Job(attachment int64) (store.Job, bool) {
	for _, j := range e.Jobs {
		if j.Attachment.ID == attachment {
			return j, true
		}
	}
	return store.Job{}, false
}

// Progress is a download in w cells: a bar as long as fits, bytes and rate.
func Progress(j store.Job, w int) string {
	const least, most = 4, 24
	s := kit.Size(j.Done)
	if j.Total > 0 {
		s += " of " + kit.Size(j.Total)
	}
	if j.Rate > 0 {
		s += " at " + kit.Rate(j.Rate)
	}
	// The room is that of the longest text, so that the bar does not breathe.
	if bar := min(w-len("888 kB of 888 kB at 888 kB/s "), most); j.Total > 0 && bar >= least {
		return kit.Bar(j.Done, j.Total, bar) + " " + s
	}
	return s
}
