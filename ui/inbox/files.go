package inbox

import (
	"cmp"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// files carries out what is done with the content of items.
func (m *Model) files(a keymap.Action) (tea.Cmd, bool) {
	r, ok := m.Current()
	if !ok {
		switch a {
		case keymap.Play, keymap.OpenOutside, keymap.Save, keymap.SaveMarked, keymap.CopyNumber, keymap.CopyText,
			keymap.ShowInfo, keymap.GoAttachments, keymap.MediaBack, keymap.MediaForward:
			m.env.Host.Say("There is no message here")
			return nil, true
		}
		return nil, false
	}
	switch a {
	case keymap.Play:
		m.env.Host.Say("This " + lower(screen.KindName(r.Kind)) + " has no file")
		return nil, true
	case keymap.OpenOutside:
		return m.play(r), true
	case keymap.MediaBack, keymap.MediaForward:
		m.env.Host.Say("There is nothing to seek in")
		return nil, true
	case keymap.Save:
		return m.save(), true
	case keymap.SaveMarked:
		return m.saveMarked(), true
	case keymap.CopyNumber:
		return m.copyNumber(r), true
	case keymap.CopyText:
		return m.env.Guarded([]store.Row{r}, "Copy", func() tea.Cmd { return m.env.CopyText(r.ID) }), true
	case keymap.GoAttachments:
		return m.env.Host.Go(screen.Files), true
	}
	return nil, false
}

// play opens a voicemail, a fax or a picture with the system's program. It
// counts as heard or seen; what was only looked at here does not.
func (m *Model) play(r store.Row) tea.Cmd {
	switch {
	case r.Files > 0:
	case r.Kind == store.Call, r.Bare != store.NotBare:
		m.env.Host.Say(screen.Upper(noFile(r)))
		return nil
	default:
		m.env.Host.Say("This message is all text and has no file")
		return nil
	}
	return m.env.Guarded([]store.Row{r}, "Open", func() tea.Cmd { return m.openOutside(r) })
}

func (m *Model) openOutside(r store.Row) tea.Cmd {
	unread := !r.Read && r.Direction != store.Outbound
	if r.Kept == r.Files {
		m.env.Host.Say("Opening with the system's program")
		open := m.env.OpenFile(r.ID, 0, false)
		if unread {
			return tea.Batch(m.MarkRead(r.ID), open)
		}
		return open
	}
	m.env.Host.Say("Fetching, then opening with the system's program")
	return m.env.OpenFile(r.ID, 0, unread)
}

// MarkRead marks an item read because its content was opened.
func (m *Model) MarkRead(id store.ID) tea.Cmd {
	l := m.top()
	l.table.Patch(func(r *store.Row) {
		if r.ID == id {
			r.Read = true
		}
	})
	l.stale, l.old = l.busy || l.stale, l.busy || l.old
	return m.env.Act(store.Change{Verb: "read", Items: []store.ID{id}}, true)
}

func (m *Model) save() tea.Cmd {
	ids, rows := m.targets()
	if len(ids) == 1 && len(rows) == 1 && rows[0].Files == 0 {
		switch r := rows[0]; {
		case r.Kind == store.Call, r.Bare != store.NotBare:
			m.env.Host.Say(screen.Upper(noFile(r)))
		case m.env.Lacks(r.Account, store.OfferBody) != "":
			m.env.Host.Say("This message has no file to save")
		default:
			m.env.Host.Say("This message has no file to save; Y copies its text")
		}
		return nil
	}
	return m.env.GuardedIDs(ids, rows, "Save", func() tea.Cmd {
		m.env.Host.Say("Saving to " + screen.Home(m.env.SaveDir))
		return m.env.SaveFiles(ids, store.SaveOptions{})
	})
}

// saveMarked asks for the folder, which is all that is left to say: the names
// come from the template and the manifest lists what was saved.
func (m *Model) saveMarked() tea.Cmd {
	ids, rows := m.targets()
	m.env.Host.Prompt(screen.Prompt{
		Title: fmt.Sprintf("Save the files of %s with a manifest to", kit.Plural(len(ids), "item")), Hint: "a folder, or a name.zip",
		Value: screen.Home(m.env.SaveDir), Scope: keymap.ScopePrompt, Kind: "folder",
		Enter: func(text string) (tea.Cmd, error) {
			dir := screen.Unhome(text)
			if dir == "" {
				return nil, errors.New("name a folder, or a file that ends in .zip")
			}
			return m.queueSave(ids, rows, dir), nil
		},
	})
	return nil
}

// queueSave saves the files of items as a job.
func (m *Model) queueSave(ids []store.ID, rows []store.Row, dir string) tea.Cmd {
	return m.env.GuardedIDs(ids, rows, "Save", func() tea.Cmd {
		m.env.Host.Say(fmt.Sprintf("Saving the files of %s to %s", kit.Plural(len(ids), "item"), screen.Home(dir)))
		m.top().table.Unmark()
		return m.env.QueueSave(ids, dir)
	})
}

func (m *Model) copyNumber(r store.Row) tea.Cmd {
	n := cmp.Or(r.Who.Number, r.Who.Extension, r.Who.Email)
	if n == "" {
		m.env.Host.Say(screen.Upper(screen.NoNumber(r)))
		return nil
	}
	return func() tea.Msg { return screen.Copy{Text: n, Said: "Copied " + screen.Number(n)} }
}

// Disabled says why an action cannot be done now.
func (m *Model) Disabled(a keymap.Action) string {
	r, ok := m.Current()
	switch a {
	case keymap.GoLinked:
		if !ok {
			return "there is no message"
		}
		if r.Linked == 0 && !m.top().jumped {
			return lower(unlinked(r))
		}
	case keymap.Play, keymap.OpenOutside, keymap.Save, keymap.GoAttachments:
		if !ok {
			return "there is no message"
		}
		if r.Files == 0 && len(m.top().table.Marks()) == 0 {
			return noFile(r)
		}
	case keymap.Done, keymap.DoneNote, keymap.AddNote, keymap.ToggleRead, keymap.Delete, keymap.Open, keymap.CopyText,
		keymap.SaveMarked, keymap.Mark, keymap.MarkRange, keymap.MarkAll, keymap.ShowInfo,
		keymap.Claim, keymap.Assign, keymap.Snooze, keymap.SnoozeDay, keymap.Labels, keymap.Block, keymap.Hold,
		keymap.Reply, keymap.ReplyCanned:
		if !ok {
			return "there is no message"
		}
		return m.env.Lacks(r.Account, offerOf(a))
	case keymap.CallBack, keymap.CopyNumber:
		if !ok {
			return "there is no message"
		}
		if r.Who.Number == "" && r.Who.Extension == "" && (a == keymap.CallBack || r.Who.Email == "") {
			return screen.NoNumber(r)
		}
	case keymap.Repeat:
		if m.repeat == nil {
			return "nothing was done yet"
		}
	default:
		switch {
		case !media(a):
		case !ok:
			return "there is no message"
		case r.Files == 0:
			return noFile(r)
		}
	}
	return ""
}

// offerOf is what an action needs a service to offer; "": nothing.
func offerOf(a keymap.Action) store.Offer {
	switch a {
	case keymap.Delete:
		return store.OfferDelete
	case keymap.Reply, keymap.ReplyCanned:
		return store.OfferReply
	}
	return ""
}

// media reports whether an action is about a file that is shown.
func media(a keymap.Action) bool {
	in, ok := keymap.Find(a)
	return ok && len(in.Scopes) == 1 && in.Scopes[0] == keymap.ScopeMedia
}

// noFile says why there is no file.
func noFile(r store.Row) string {
	switch {
	case r.Kind == store.Call:
		return "this call was not recorded"
	case r.Bare != store.NotBare:
		return "the service is still to be asked for the files of this message"
	}
	return "this message has no file"
}
