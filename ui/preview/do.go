package preview

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Mine reports whether an action is about the file that is shown.
func Mine(a keymap.Action) bool {
	switch a {
	case keymap.Play, keymap.MediaBack, keymap.MediaForward, keymap.MediaSlower, keymap.MediaFaster, keymap.MediaLess, keymap.MediaMore,
		keymap.MediaReset, keymap.MediaStart, keymap.PanLeft, keymap.PanRight, keymap.PanUp, keymap.PanDown, keymap.FitPage,
		keymap.GoToPage, keymap.FindInFile, keymap.SkipSilence, keymap.Transcript, keymap.ReadPage, keymap.Annotate, keymap.Contrast,
		keymap.Waveform, keymap.PickPages, keymap.VerifyFile, keymap.CopyPath:
		return true
	}
	return false
}

// heard reports whether an action, once carried out, counts as having played or
// paged through the file.
func heard(a keymap.Action) bool {
	return a == keymap.Play || a == keymap.MediaForward || a == keymap.MediaBack
}

// Do carries out an action on the file, or keeps it until the file is here.
func (m *Model) Do(a keymap.Action) (tea.Cmd, bool) {
	if a == keymap.OpenOutside && m.stage != nothing && m.src.File.ID != 0 {
		return m.open(), true
	}
	if !Mine(a) || m.row.Files == 0 {
		return nil, false
	}
	switch m.stage {
	case nothing:
		return nil, false
	case shown:
		if m.small.stands() && !onSmall(a) {
			m.later(a)
			return m.whole(), true
		}
		return m.act(a), true
	case stopped:
		switch a {
		case keymap.VerifyFile, keymap.CopyPath: // what cannot be shown can be checked
			if m.src.Whole && m.src.Path != "" {
				return m.withPath(a), true
			}
		case keymap.Play:
			if m.src.File.State == store.Gone || m.src.Path != "" {
				m.env.Host.Say(m.why)
				return nil, true
			}
			m.later(a)
			m.key = true
			m.stage = waiting
			return m.start(true), true
		}
		m.env.Host.Say(m.why)
		return nil, true
	}
	m.later(a)
	m.env.Host.Say("The file is on its way")
	if m.peeks {
		return m.now(), true
	}
	if m.key {
		return nil, true
	}
	m.key = true
	if m.stage == waiting {
		return m.start(true), true
	}
	return nil, true
}

// later keeps a key for when the file itself is here.
func (m *Model) later(a keymap.Action) {
	m.wants = true
	if len(m.queue) < ahead {
		m.queue = append(m.queue, a)
	}
}

// open hands the file that is shown to the system's program.
func (m *Model) open() tea.Cmd {
	if m.src.File.State == store.Gone {
		m.env.Host.Say("The service no longer has this file")
		return nil
	}
	return m.env.Guarded([]store.Row{m.row}, "Open", m.openOutside)
}

func (m *Model) openOutside() tea.Cmd {
	said := "Opening with the system's program"
	if m.src.File.State != store.Kept && !m.src.Whole {
		said = "Fetching, then opening with the system's program"
	}
	m.env.Host.Say(said)
	return m.env.OpenFile(m.row.ID, m.src.File.ID, !m.row.Read && m.row.Direction != store.Outbound)
}

// ready reports whether the viewer can take keys: it may be opening the file.
func (m *Model) ready() bool {
	r, ok := m.viewer().(interface{ Ready() bool })
	return !ok || r.Ready()
}

// replay carries out the keys that were kept.
func (m *Model) replay() (cmd tea.Cmd) {
	if len(m.queue) == 0 || m.stage != shown || m.small.stands() || !m.ready() {
		return nil
	}
	queue := m.queue
	m.queue = nil
	m.env.Host.Say("") // it is on its way no longer
	for _, a := range queue {
		c, _ := m.Do(a)
		cmd = join(cmd, c)
	}
	return cmd
}

// act carries out an action on the file that is shown.
func (m *Model) act(a keymap.Action) tea.Cmd {
	v := m.viewer()
	if !m.ready() {
		if len(m.queue) < ahead {
			m.queue = append(m.queue, a)
		}
		m.env.Host.Say("The file is being opened")
		return nil
	}
	if a == keymap.PickPages && m.row.Protected && !m.allowed {
		return m.env.Guarded([]store.Row{m.row}, "Save", func() tea.Cmd {
			m.allowed = true
			defer func() { m.allowed = false }()
			return m.act(a)
		})
	}
	handled := false
	cmd := m.guard(func() (cmd tea.Cmd) {
		cmd, handled = v.Do(a)
		return cmd
	})
	if handled {
		if m.kind != Sound && heard(a) { // a recording tells when it begins to be heard
			cmd = join(cmd, m.env.Host.Seen(m.row.ID))
		}
		return cmd
	}
	if a == keymap.VerifyFile || a == keymap.CopyPath {
		return m.withPath(a)
	}
	if m.stage == shown {
		m.env.Host.Say(m.no(a))
	}
	return cmd
}

// withPath is what needs the file and no viewer.
func (m *Model) withPath(a keymap.Action) tea.Cmd {
	if a == keymap.VerifyFile {
		return m.verify()
	}
	path := m.src.Path
	return m.env.Guarded([]store.Row{m.row}, "Copy the path", func() tea.Cmd {
		return func() tea.Msg { return screen.Copy{Text: path, Said: "Copied the path of the file"} }
	})
}

// no says why the viewer does not do something.
func (m *Model) no(a keymap.Action) string {
	in, _ := keymap.Find(a)
	if r := m.Disabled(a); r != "" {
		return in.Words + ": " + r
	}
	return in.Words + ": not for this kind of file"
}

// Disabled says why an action cannot be done now.
func (m *Model) Disabled(a keymap.Action) (why string) {
	if !Mine(a) || m.row.Files == 0 {
		return ""
	}
	v := m.viewer()
	if v == nil {
		return ""
	}
	m.guard(func() tea.Cmd {
		why = v.Disabled(a)
		return nil
	})
	return why
}

// Pass gives the viewer any action, for when nothing but the file is on the
// screen: moving down moves down in it.
func (m *Model) Pass(a keymap.Action) (cmd tea.Cmd, ok bool) {
	v := m.viewer()
	if v == nil || Mine(a) {
		return m.Do(a)
	}
	cmd = m.guard(func() (cmd tea.Cmd) {
		cmd, ok = v.Do(a)
		return cmd
	})
	return cmd, ok
}

// verify reads the file again and compares it with the checksum it had when it
// came.
func (m *Model) verify() tea.Cmd {
	path, want, name := m.src.Path, m.src.File.SHA256, screen.FileName(m.src.File)
	if !m.src.Whole {
		m.env.Host.Say("The file is still coming")
		return nil
	}
	m.env.Host.Say("Checking " + name)
	return m.env.Do(m.env.Ctx, screen.Long, func(ctx context.Context) tea.Msg {
		sum, n, err := hash(ctx, path)
		switch {
		case err != nil:
			return screen.Fail("check "+name, err)
		case want == "":
			return screen.Said{Text: fmt.Sprintf("%s: %s, sha256 %s", name, kit.Size(n), sum)}
		case sum != want:
			return screen.Failed{
				Op: "vouch for " + name, Err: fmt.Errorf("its content has changed since it came (sha256 %.12s instead of %.12s)", sum, want),
				Next: "remove the copy in the files pane and fetch it again",
			}
		}
		return screen.Told{Banner: screen.Banner{Text: fmt.Sprintf("%s is whole: %s, sha256 %s", name, kit.Size(n), sum)}}
	})
}

func hash(ctx context.Context, path string) (sum string, n int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	for {
		k, err := io.CopyN(h, f, 1<<20)
		n += k
		switch {
		case errors.Is(err, io.EOF):
			return hex.EncodeToString(h.Sum(nil)), n, nil
		case err != nil:
			return "", n, err
		case ctx.Err() != nil:
			return "", n, ctx.Err()
		}
	}
}

func size(path string) int64 {
	fi, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return fi.Size()
}

// keyOf is the first key of an action, for telling a way out.
func (m *Model) keyOf(a keymap.Action, scope keymap.Scope) string {
	if keys := m.env.Keys.Keys(scope, a); len(keys) > 0 {
		return keys[0]
	}
	in, _ := keymap.Find(a)
	return in.Short
}

func (m *Model) play() string { return m.keyOf(keymap.Play, keymap.ScopeMedia) }

func (m *Model) outside() string {
	return m.keyOf(keymap.OpenOutside, keymap.ScopeList) + " opens it outside"
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
