package screen

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
)

// ExportForm is what a file of that name gets: csv, json or jsonl; "" for any other end.
func ExportForm(path string) string {
	switch end := strings.ToLower(filepath.Ext(path)); end {
	case ".csv", ".json", ".jsonl":
		return end[1:]
	}
	return ""
}

// ExportItems writes items to a new file, and says where it is. It is for a command: it
// reads each item. One that went away meanwhile is left out.
func (e *Env) ExportItems(ctx context.Context, ids []store.ID, path, form string) tea.Msg {
	var done []store.ID
	at, err := WriteNew(path, func(f io.Writer) error {
		w := bufio.NewWriter(f)
		put, end, err := e.exporter(w, form)
		if err != nil {
			return err
		}
		for _, id := range ids {
			it, err := e.Store.Item(ctx, id)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err == nil {
				err = put(it)
			}
			if err != nil {
				return err
			}
			done = append(done, id)
		}
		if err := end(); err != nil {
			return err
		}
		return w.Flush()
	})
	if err != nil {
		return Fail("export to "+Home(path), err)
	}
	e.record(ctx, store.EntryExport, at, done...)
	return Told{Banner{Text: "Exported " + kit.Plural(len(done), "item") + " to " + Home(at), Path: true}}
}

// exporter writes items one after the other, in one of the forms.
func (e *Env) exporter(w *bufio.Writer, form string) (put func(store.Item) error, end func() error, err error) {
	if form == "csv" {
		t, err := store.NewTable(w)
		if err != nil {
			return nil, nil, err
		}
		return t.Add, t.Flush, nil
	}
	asJSON := e.JSON
	if asJSON == nil {
		asJSON = func(it store.Item) ([]byte, error) { return json.Marshal(it) }
	}
	before, after := "", "\n"
	if form == "json" {
		before, after = "[", ""
	}
	put = func(it store.Item) error {
		b, err := asJSON(it)
		if err != nil {
			return err
		}
		_, err = w.WriteString(before + strings.TrimRight(string(b), "\n") + after)
		if form == "json" {
			before = ",\n"
		}
		return err
	}
	end = func() error {
		switch {
		case form != "json":
			return nil
		case before == "[":
			_, err := w.WriteString("[]\n")
			return err
		}
		_, err := w.WriteString("]\n")
		return err
	}
	return put, end, nil
}
