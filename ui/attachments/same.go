package attachments

import (
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// entry is a file as the pane lists it. Content that hangs on the message several times is
// listed once.
type entry struct {
	store.Attachment
	twins []store.Attachment // the others with the same content
}

// once lists the files of a message, each content once.
func once(files []store.Attachment) []entry {
	var out []entry
	at := map[string]int{}
	for _, a := range files {
		if i, ok := at[a.SHA256]; ok && a.State == store.Kept {
			out[i].twins = append(out[i].twins, a)
			continue
		}
		if a.State == store.Kept && a.SHA256 != "" {
			at[a.SHA256] = len(out)
		}
		out = append(out, entry{Attachment: a})
	}
	return out
}

// settle has the cursor stay on a file that is listed: the one it was on, that of the same
// content, or the first.
func (m *Model) settle() {
	if _, i := m.current(); i >= 0 || len(m.files) == 0 {
		return
	}
	for _, f := range m.files {
		for _, t := range f.twins {
			if t.ID == m.at {
				m.at = f.ID
				return
			}
		}
	}
	m.at = m.files[0].ID
}

// elsewhere is where the content of each file was seen in other messages. Not to know it
// takes nothing from the files, so a failure is only logged.
func (m *Model) elsewhere(ctx context.Context, files []store.Attachment) map[int64][]store.Seen {
	out := map[int64][]store.Seen{}
	for _, f := range once(files) {
		if f.State != store.Kept {
			continue
		}
		seen, err := m.env.Store.SameContent(ctx, f.ID)
		if err != nil {
			m.env.Log.Warn("where else a file was seen is not known", "err", err)
			return out
		}
		for _, p := range seen {
			if p.Row.ID != f.Item {
				out[f.ID] = append(out[f.ID], p)
			}
		}
	}
	return out
}

// mostSeen is how many places of a content are told below the list; `same-file` lists all.
const mostSeen = 3

// alsoLines is what there is to say of the file under the cursor beside its state: why it
// cannot be had, or where else its content was seen. At most most lines.
func (m *Model) alsoLines(w, most int) (out []string) {
	f, i := m.current()
	if i < 0 || most <= 0 {
		return nil
	}
	s := m.env.Styles
	add := func(text string) { out = append(out, s.Note.S(kit.Fit("   "+kit.Cut(text, max(w-4, 0)), w))) }
	if ok, why := f.Fetchable(); !ok {
		for _, line := range kit.Wrap("Not offered: "+why+".", max(w-4, 1)) {
			add(line)
		}
	}
	for _, t := range f.twins {
		add("= the same as " + screen.FileName(t) + " of this message")
	}
	seen := m.seen[f.ID]
	for n, p := range seen {
		if left := len(seen) - n; n == mostSeen && left > 1 {
			add("= and " + plus(left) + " more; " + m.sameKey() + " lists them")
			break
		}
		add("= " + m.env.SeenWords(p))
	}
	return out[:min(len(out), most)]
}

// plus is how many there are, of which no more than store.SameMost are counted.
func plus(n int) string {
	if n >= store.SameMost-mostSeen {
		return strconv.Itoa(n) + "+"
	}
	return strconv.Itoa(n)
}

// sameKey is the key that lists where the content of a file was seen.
func (m *Model) sameKey() string {
	if keys := m.env.Keys.Keys(keymap.ScopeAttach, keymap.SameFile); len(keys) > 0 {
		return keys[0]
	}
	return ":" + string(keymap.SameFile)
}

// same lists the messages on which the content of a file was seen.
func (m *Model) same(f entry) tea.Cmd {
	seen := m.seen[f.ID]
	if len(seen) == 0 {
		m.env.Host.Say(screen.Upper(m.unseen(f)))
		return nil
	}
	ids := []string{m.row.ID.String()}
	for _, p := range seen {
		ids = append(ids, p.Row.ID.String())
	}
	return m.env.Host.Show("id:"+strings.Join(ids, ","), "Messages with "+screen.FileName(f.Attachment))
}

// Elsewhere reports whether the file under the cursor was seen in other messages too.
func (m *Model) Elsewhere() bool {
	f, i := m.current()
	return i >= 0 && len(m.seen[f.ID]) > 0
}

// unseen says why it is not known where else a file was seen, as the end of a sentence.
func (m *Model) unseen(f entry) string {
	if f.State != store.Kept {
		return "what is in a file is known once it is on this machine"
	}
	return "this file was seen in no other message"
}
