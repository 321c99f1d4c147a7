package contacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// ext is how files of cards end.
const ext = ".vcf"

// importCards asks for a file of contact cards and takes them into the address book.
func (m *Model) importCards() tea.Cmd {
	m.env.Host.Prompt(screen.Prompt{
		Title: "Import contacts from the vCard file", Scope: keymap.ScopePrompt, Kind: "vcard", Hint: "a .vcf file; Tab completes its name",
		Value: "~" + string(filepath.Separator),
		Complete: func(text string) tea.Cmd {
			return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg { return completed(text) })
		},
		Enter: func(text string) (tea.Cmd, error) {
			path := screen.Unhome(strings.TrimSpace(text))
			if path == "" {
				return nil, errors.New("name a file, for example ~/contacts.vcf")
			}
			if err := m.refused(); err != nil {
				return nil, err
			}
			m.env.Host.Say("Reading " + screen.Home(path))
			return m.importFrom(path, func() (io.ReadCloser, error) { return openCards(path) }), nil
		},
	})
	return nil
}

// completed is how the path of a file of cards goes on.
func completed(text string) tea.Msg {
	longer, choice := screen.CompletePath(text, ext)
	hint := ""
	switch {
	case len(choice) == 0:
		hint = "no folder and no .vcf file begins so"
	case len(choice) > 1 && longer == text:
		hint = strings.Join(choice, "  ")
	}
	return screen.Completed{For: text, Text: longer, Hint: store.CleanLine(hint)}
}

// mostCardBytes is how large a file of cards may be.
const mostCardBytes = 256 << 20

func openCards(path string) (io.ReadCloser, error) {
	fi, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case fi.IsDir():
		return nil, fmt.Errorf("%s is a folder", screen.Home(path))
	case !fi.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no plain file", screen.Home(path))
	case fi.Size() > mostCardBytes:
		return nil, fmt.Errorf("%s has %s, more than %s", screen.Home(path), kit.Size(fi.Size()), kit.Size(mostCardBytes))
	}
	return os.Open(path)
}

// ImportFile takes the contact cards of a message's file into the address book.
func (m *Model) ImportFile(a store.Attachment) tea.Cmd {
	return m.env.Do(m.env.Ctx, importing, func(ctx context.Context) tea.Msg {
		path, err := m.env.Store.FetchNow(ctx, a, nil)
		if err != nil {
			return screen.Fail("fetch "+screen.FileName(a), err)
		}
		return m.readCards(ctx, screen.FileName(a), func() (io.ReadCloser, error) { return openCards(path) })
	})
}

// imported is what became of the cards of a file.
type imported struct {
	report store.ImportReport
	err    error // it did not get to the end
}

// importing is how long an import may take: each card is a change that is on disk when
// it is through.
const importing = 30 * time.Minute

func (m *Model) importFrom(from string, open func() (io.ReadCloser, error)) tea.Cmd {
	return m.env.Do(m.env.Ctx, importing, func(ctx context.Context) tea.Msg { return m.readCards(ctx, from, open) })
}

func (m *Model) readCards(ctx context.Context, from string, open func() (io.ReadCloser, error)) tea.Msg {
	r, err := open()
	if err != nil {
		return screen.Fail("import "+screen.Home(from), err)
	}
	defer r.Close()
	rep, err := m.env.Store.ImportVCards(ctx, 0, r)
	if err != nil && rep.Added == 0 {
		return screen.Fail("import "+screen.Home(from), err)
	}
	return imported{rep, err}
}

// save writes the contact under the cursor, or the marked ones, to the folder for saved
// files.
func (m *Model) save() tea.Cmd {
	ids, known := m.targets()
	name := "contacts"
	if c, ok := known[ids[0]]; ok && len(ids) == 1 {
		name = screen.ContactName(c)
	}
	return m.export(filepath.Join(m.env.SaveDir, store.SafeName(name, "text/vcard")), ids)
}

// saveTo asks for a file and writes the marked contacts to it, or all that are shown.
func (m *Model) saveTo() tea.Cmd {
	ids := m.list().Marks()
	if len(ids) == 0 && m.twins != nil {
		for _, c := range m.twins.table.Known() {
			ids = append(ids, c.ID)
		}
	}
	what := "the contacts shown"
	if len(ids) > 0 {
		what = kit.Plural(len(ids), "contact")
	}
	m.env.Host.Prompt(screen.Prompt{
		Title: "Write " + what + " as vCards to", Scope: keymap.ScopePrompt, Kind: "vcard-to", Hint: "a .vcf file or a folder",
		Value: screen.Home(filepath.Join(m.env.SaveDir, "contacts"+ext)),
		Complete: func(text string) tea.Cmd {
			return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg { return completed(text) })
		},
		Enter: func(text string) (tea.Cmd, error) {
			path := screen.Unhome(strings.TrimSpace(text))
			if path == "" {
				return nil, errors.New("name a file, for example ~/contacts.vcf")
			}
			if !strings.EqualFold(filepath.Ext(path), ext) {
				path = filepath.Join(path, "contacts"+ext)
			}
			m.list().Unmark()
			return m.export(path, ids), nil
		},
	})
	return nil
}

// export writes contacts as vCards; without ids all that are shown.
func (m *Model) export(path string, ids []int64) tea.Cmd {
	q := m.query()
	return m.env.Do(m.env.Ctx, screen.Long, func(ctx context.Context) tea.Msg {
		n := 0
		path, err := screen.WriteNew(path, func(w io.Writer) (err error) {
			if len(ids) > 0 {
				n, err = m.env.Store.ExportContacts(ctx, ids, w)
			} else {
				n, err = m.env.Store.ExportVCards(ctx, q, w)
			}
			return err
		})
		if err != nil {
			return screen.Fail("write the vCards", err)
		}
		return screen.Told{Banner: screen.Banner{Text: fmt.Sprintf("Wrote %s to %s", kit.Plural(n, "contact"), screen.Home(path)), Path: true}}
	})
}

// took tells what became of the cards. One undo takes back those that were added.
func (m *Model) took(im imported) tea.Cmd {
	r := im.report
	b := screen.Banner{Text: "Added " + kit.Plural(r.Added, "contact"), Undo: r.Added > 0}
	if r.Added == 0 {
		b.Text = "Nothing was added"
	}
	if r.Known > 0 {
		b.Text += fmt.Sprintf(", %s there already", kit.Count(r.Known, true))
	}
	if len(r.Short) > 0 {
		b.Text += fmt.Sprintf(", %s not with everything (%s: %s)", kit.Count(len(r.Short), true), cardName(r.Short[0]), r.Short[0].Why)
	}
	if len(r.Refused) > 0 {
		b.Text += fmt.Sprintf(", %s not taken: %s: %s", kit.Count(len(r.Refused), true), cardName(r.Refused[0]), r.Refused[0].Why)
		b.Fault = r.Added == 0
	}
	if im.err != nil {
		b.Text, b.Fault = b.Text+", then it broke off: "+store.Reason(im.err), true
	}
	m.env.Host.Tell(b)
	if !m.opened {
		return nil
	}
	return m.load()
}

func cardName(p store.ImportProblem) string {
	if p.Name != "" {
		return p.Name
	}
	return fmt.Sprintf("card %d", p.Card)
}
