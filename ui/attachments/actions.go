package attachments

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// Do carries out an action.
func (m *Model) Do(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.NextItem:
		return m.env.Host.Step(1), true
	case keymap.PreviousItem:
		return m.env.Host.Step(-1), true
	case keymap.Back, keymap.Cancel:
		return m.env.Host.Go(screen.Reader), true
	case keymap.Down:
		m.move(1)
		return nil, true
	case keymap.Up:
		m.move(-1)
		return nil, true
	case keymap.Top, keymap.PageUp, keymap.HalfPageUp:
		m.move(-len(m.files))
		return nil, true
	case keymap.Bottom, keymap.PageDown, keymap.HalfPageDown:
		m.move(len(m.files))
		return nil, true
	}
	f, i := m.current()
	if i < 0 {
		switch a {
		case keymap.Open, keymap.Play, keymap.OpenOutside, keymap.Save, keymap.SaveMarked, keymap.RemoveLocal, keymap.SameFile:
			m.env.Host.Say(strings.TrimRight(m.nothing(), " ."))
			return nil, true
		}
		return nil, false
	}
	switch a {
	case keymap.SameFile:
		return m.same(f), true
	case keymap.Open, keymap.Play, keymap.OpenOutside, keymap.Save:
		if ok, why := f.Fetchable(); !ok {
			m.env.Host.Say("Not offered: " + why)
			return nil, true
		}
	}
	return m.file(a, f.Attachment)
}

// file carries out what is about one file.
func (m *Model) file(a keymap.Action, f store.Attachment) (tea.Cmd, bool) {
	j, known := m.env.Job(f.ID)
	running := m.Running()
	switch a {
	case keymap.Open:
		switch {
		case f.State == store.Kept:
			return m.env.Host.Go(screen.Large), true
		case running:
			m.env.Host.Say("It is being downloaded; C-c stops it")
			return nil, true
		case f.State == store.Paused || known && j.State == store.Paused:
			return m.job("go on with the download", f, m.env.Store.ResumeJob), true
		}
		return m.download(f), true
	case keymap.OpenOutside:
		return m.env.Guarded([]store.Row{m.row}, "Open", func() tea.Cmd { return m.open(f) }), true
	case keymap.Save:
		return m.env.Guarded([]store.Row{m.row}, "Save", func() tea.Cmd {
			m.ask(f)
			return nil
		}), true
	case keymap.SaveMarked:
		return m.env.Guarded([]store.Row{m.row}, "Save", func() tea.Cmd {
			m.env.Host.Say("Saving all files of this message to " + screen.Home(m.env.SaveDir))
			return m.env.SaveFiles([]store.ID{m.row.ID}, store.SaveOptions{})
		}), true
	case keymap.Interrupt:
		if !running {
			return nil, false
		}
		return m.job("stop the download", f, m.env.Store.PauseJob), true
	case keymap.RemoveLocal:
		if running {
			return m.job("stop the download", f, m.env.Store.CancelJob), true
		}
		return m.remove(f), true
	}
	return nil, false
}

func (m *Model) open(f store.Attachment) tea.Cmd {
	said := "Opening with the system's program"
	if f.State != store.Kept {
		said = "Fetching, then opening with the system's program"
	}
	m.env.Host.Say(said)
	return m.env.OpenFile(m.row.ID, f.ID, !m.row.Read && m.row.Direction != store.Outbound)
}

func (m *Model) download(f store.Attachment) tea.Cmd {
	m.env.Host.Say("Downloading " + screen.FileName(f))
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		return screen.Fail("download "+screen.FileName(f), m.env.Store.Fetch(ctx, []int64{f.ID}, true))
	})
}

// remove removes the copy on this machine. It can be fetched again, so it is not
// asked about, unless it is the last one there is.
func (m *Model) remove(f store.Attachment) tea.Cmd {
	if f.State != store.Kept {
		m.env.Host.Say("There is no copy of this file on this machine")
		return nil
	}
	name := screen.FileName(f)
	if m.row.Held {
		m.env.Host.Say("It is held here; " + m.takesOff())
		return nil
	}
	do := func() tea.Cmd {
		return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
			if err := m.env.Store.RemoveLocal(ctx, f.ID); err != nil {
				return screen.Fail("remove "+name+" from this machine", err)
			}
			return screen.Said{Text: "Removed " + name + " from this machine; Enter downloads it again"}
		})
	}
	if m.row.Availability == store.Purged || !m.row.Dropped.IsZero() {
		m.env.Host.Confirm(screen.Confirm{
			Question: "Remove the last copy of " + name + "?",
			Detail:   "The service has this message no longer. What is removed here is gone for good.",
			Yes:      "remove", Do: do,
		})
		return nil
	}
	return do()
}

// takesOff says how what is held may be removed.
func (m *Model) takesOff() string {
	if keys := m.env.Keys.Keys(keymap.ScopeTriage, keymap.Hold); len(keys) > 0 {
		return keys[0] + " takes the hold off first"
	}
	return "take the hold off first"
}

func (m *Model) job(what string, f store.Attachment, do func(context.Context, int64) error) tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		return screen.Fail(what, do(ctx, f.ID))
	})
}

// ask asks for the name to save a file under. Enter alone takes the one made
// from the template.
func (m *Model) ask(f store.Attachment) {
	name := m.env.SaveName(m.row, f, m.number(f.ID))
	m.env.Host.Prompt(screen.Prompt{
		Title: "Save to " + screen.Home(m.env.SaveDir) + " as", Value: name, Scope: keymap.ScopePrompt, Kind: "name",
		Enter: func(text string) (tea.Cmd, error) {
			dir, base := m.split(text)
			if base == "" || base == "." || base == ".." {
				return nil, errors.New("the name is empty")
			}
			m.env.Host.Say("Saving " + screen.FileName(f))
			o := store.SaveOptions{Dir: dir, Name: base, Attachments: []int64{f.ID}}
			return m.env.SaveFiles([]store.ID{m.row.ID}, o), nil
		},
	})
}

// number is the place of a file among those of the message, from 1.
func (m *Model) number(file int64) int {
	n := 0
	for _, f := range m.files {
		if n++; f.ID == file {
			return n
		}
		n += len(f.twins)
	}
	return 1
}

// Disabled says why an action cannot be done now.
func (m *Model) Disabled(a keymap.Action) string {
	f, i := m.current()
	switch a {
	case keymap.Open, keymap.Play, keymap.OpenOutside, keymap.Save, keymap.SaveMarked, keymap.RemoveLocal, keymap.SameFile:
		if i < 0 {
			return "this message has no file"
		}
		if a == keymap.SameFile && len(m.seen[f.ID]) == 0 {
			return m.unseen(f)
		}
		if ok, why := f.Fetchable(); !ok && a != keymap.SaveMarked {
			return why
		}
		if f.State == store.Gone {
			return "the service no longer has this file"
		}
		if a == keymap.RemoveLocal && f.State != store.Kept && f.State != store.Fetching {
			return "there is no copy on this machine"
		}
	}
	return ""
}
