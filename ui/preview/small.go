package preview

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/screen"
)

// A service may have made smaller pictures of a picture. Who only looks sees one of those;
// every key that is meant for the file, and all that is done with it elsewhere, has the file
// itself fetched. The small picture is given to the viewer alone: Model.src never leads to it.

// bigPicture is the size, in bytes as the service tells it, above which a smaller picture is
// asked for. Below it the file itself costs about as much: a small picture of 600 pixels
// takes 50 to 150 KB, and one of 1200 up to twice this.
const bigPicture = 256 << 10

// small is a smaller picture that stands for the file.
type small struct {
	store.Thumb
	mime   string
	missed string // why the file itself could not be fetched; "": nobody has tried
	asked  int    // pixels for which a wider one was asked for
}

// stands reports whether there is one.
func (s small) stands() bool { return s.Path != "" }

// smaller is a smaller picture that has come, or why none has.
type smaller struct {
	gen, try uint64
	thumb    store.Thumb
	room     int // pixels it was asked for
	err      error
	why      string // why the file itself is not fetched then; "": it is
}

// onSmall reports whether an action moves on what is shown and needs no more of it.
func onSmall(a keymap.Action) bool {
	switch a {
	case keymap.PanLeft, keymap.PanRight, keymap.PanUp, keymap.PanDown, keymap.MediaReset:
		return true
	}
	return false
}

// glances reports whether a smaller picture will do for a file. Where pictures are not
// drawn only their words are of use, and those are read from the file.
func (m *Model) glances(a store.Attachment) bool {
	return !m.wants && a.State != store.Kept && a.Size > bigPicture && kindOf(a.Type) == Picture && m.env.Term.Mode != graphics.Off
}

// glance gets a smaller picture of the file. Why is the reason for which the file itself is
// not fetched unasked; the service is then asked for nothing, unless the reason is only that
// the file is large.
func (m *Model) glance(a store.Attachment, why string) tea.Cmd {
	if !m.small.stands() {
		m.stage = fetching
		m.src.Path, m.src.Whole, m.src.Done, m.src.Total = "", false, 0, a.Size
	}
	large := a.Size > unasked && a.State == store.Remote && !m.offline()
	want := store.ThumbWant{Width: m.across(), Here: why != "" && !large, Ahead: !m.key}
	ctx, cancel := context.WithCancel(m.env.Ctx)
	m.cancel = cancel
	m.begun, m.peeks = false, true // it is no download among the jobs
	m.try++
	gen, try := m.gen, m.try
	return m.env.Do(ctx, screen.Long, func(ctx context.Context) tea.Msg {
		t, err := m.env.Store.FetchThumb(ctx, a, want)
		return smaller{gen: gen, try: try, thumb: t, room: want.Width, err: err, why: why}
	})
}

// across is how many pixels wide the room on the screen is.
func (m *Model) across() int {
	w, _ := m.env.Term.Pixels(m.w, max(m.h, 1))
	return w
}

// smaller takes a smaller picture, or gets the file itself in its place.
func (m *Model) smaller(s smaller) tea.Cmd {
	if s.try != m.try {
		return nil
	}
	m.cancel, m.peeks = nil, false
	if s.err != nil {
		return m.instead(s.err, s.why)
	}
	return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg {
		mime, err := sniff(s.thumb.Path)
		if err == nil && kindOf(mime) != Picture {
			err = fmt.Errorf("it is %s", mime)
		}
		return found{gen: s.gen, try: s.try, mime: mime, err: err, small: small{Thumb: s.thumb, mime: mime, asked: s.room}, why: s.why}
	})
}

// instead gets the file itself, since there is no smaller picture of it.
func (m *Model) instead(err error, why string) tea.Cmd {
	if !errors.Is(err, store.ErrNotFound) { // else there is none, and most services make none
		m.env.Log.Info("no small picture is shown", "error", err.Error())
	}
	switch {
	case m.small.stands(): // that will do
		m.small.asked = m.across()
		return nil
	case why != "" && !m.wants:
		m.stop(why)
		return nil
	}
	return m.fetch(m.src.File)
}

// lookedSmall shows a smaller picture that has come.
func (m *Model) lookedSmall(f found) tea.Cmd {
	switch {
	case f.try != m.try: // the file itself is on its way
		return nil
	case f.err != nil:
		return m.instead(f.err, f.why)
	}
	m.small = f.small
	m.kind, m.stage = Picture, shown
	if m.viewers[m.kind] == nil {
		m.viewers[m.kind] = m.make(m.kind)
	}
	cmd := join(m.fit(), m.again())
	if m.wants {
		return join(cmd, m.fetch(m.src.File))
	}
	return join(cmd, m.widen())
}

// widen gets a wider one once there is more room for it.
func (m *Model) widen() tea.Cmd {
	w := m.across()
	if !m.small.stands() || m.cancel != nil || !m.small.Wider || m.small.Width >= w || m.small.asked >= w {
		return nil
	}
	return m.glance(m.src.File, "")
}

// now has the file itself fetched in the place of a smaller picture.
func (m *Model) now() tea.Cmd {
	if m.cancel != nil {
		m.cancel()
		m.cancel = nil
	}
	m.key = true
	return m.fetch(m.src.File)
}

// whole has the file itself fetched while a smaller picture of it is shown.
func (m *Model) whole() tea.Cmd {
	switch {
	case m.src.File.State == store.Gone:
		m.queue, m.wants = nil, false
		m.env.Host.Say("The service no longer has this file")
		return nil
	case m.cancel != nil && !m.peeks:
		m.env.Host.Say("The file is on its way")
		return nil
	}
	m.env.Host.Say("Fetching the whole file")
	m.small.missed = ""
	return m.now()
}

// put takes the smaller picture away: the file itself, which is of that kind, is here.
func (m *Model) put(kind Kind) {
	if v := m.viewer(); v != nil && kind != m.kind {
		m.guard(func() tea.Cmd { v.Close(); return nil })
	}
	m.small = small{}
}

// missed says that the file itself could not be fetched: the smaller picture stays.
func (m *Model) missed(err error) {
	if !errors.Is(err, context.Canceled) { // else it was stopped, and its state tells
		m.small.missed = store.Reason(err)
	}
	m.queue, m.wants = nil, false
	m.env.Host.Say("")
}

// smallWords is what stands above a smaller picture: that it is one, and how the file itself
// is had. It says the key first, since the end may have no room.
func (m *Model) smallWords() string {
	text, a := "Small picture", m.src.File
	if m.small.Width > 0 {
		text += fmt.Sprintf(" (%d px wide)", m.small.Width)
	}
	switch {
	case m.cancel != nil && !m.peeks:
		text += "; fetching the whole file"
		if m.src.Done > 0 {
			text += ", " + screen.Progress(store.Job{Done: m.src.Done, Total: m.src.Total}, 0)
		}
		return text
	case a.State == store.Gone:
		return text + "; the service no longer has the whole file"
	case m.small.missed != "":
		return text + "; " + m.play() + " tries again for the whole file: " + m.small.missed
	case m.offline():
		return text + "; the service cannot be reached, " + m.play() + " tries for the whole file"
	case a.State == store.Paused:
		return text + "; " + m.play() + " goes on with the download of the whole file"
	case a.State == store.Faulty:
		return text + "; " + m.play() + " tries again for the whole file: " + screen.FileState(a)
	}
	return text + "; " + m.play() + " fetches the whole file, " + screen.FileSize(a)
}

// smallRows is how many lines smallWords takes, whatever it says, so that the picture
// stands still.
const smallRows = 2

func (m *Model) smallLines(w int) []string {
	lines := kit.Wrap(m.smallWords(), max(w-2, 1))
	if len(lines) > smallRows {
		lines = []string{lines[0], kit.Cut(strings.Join(lines[1:], " "), max(w-2, 1))}
	}
	return screen.Lines(lines, smallRows, "")
}
