package preview

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/screen"
)

// apart is how much time passes between two words of a download.
const apart = 100 * time.Millisecond

// looked is the item whose file is to be shown.
type looked struct {
	gen  uint64
	came uint64 // files that had come when it was read
	item store.Item
	err  error
	key  bool
}

// amount is how much of the file is here.
type amount struct {
	gen         uint64
	done, total int64
}

// fetched is the end of a download.
type fetched struct {
	gen  uint64
	path string
	file store.Attachment // as it stands now
	err  error
}

// found is what the content of the file is.
type found struct {
	gen   uint64
	mime  string
	whole bool
	err   error
	small small // it is a smaller picture of the file
	try   uint64
	why   string // see smaller
}

// abandoned is a download nobody waits for any more.
type abandoned struct{ file int64 }

// start goes and gets the file; key says that somebody pressed one for it.
func (m *Model) start(key bool) tea.Cmd {
	m.key = m.key || key
	return m.look(key)
}

// look reads the item, and its files as they stand now.
func (m *Model) look(key bool) tea.Cmd {
	if key || m.stage == waiting || m.stage == nothing {
		m.stage = looking
	}
	gen, came, id := m.gen, m.came, m.row.ID
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		it, err := m.env.Store.Item(ctx, id)
		return looked{gen: gen, came: came, item: it, err: err, key: key}
	})
}

func (m *Model) looked(l looked) tea.Cmd {
	if l.err != nil {
		if m.stage == looking {
			m.stop("This file cannot be shown: " + store.Reason(l.err))
		}
		return nil
	}
	if l.came != m.came { // read before the file was here: it would look as if the copy had been removed
		return m.look(false)
	}
	a, ok := m.pick(l.item)
	if !ok {
		m.stage = nothing
		return nil
	}
	was := m.src.File
	m.src.Item = l.item
	switch {
	case (m.small.stands() || m.peeks) && was.ID == a.ID:
		m.src.File = a
		if a.State == store.Kept && (m.peeks || m.cancel == nil) { // somebody has fetched it
			return m.now()
		}
		return nil
	case m.stage == shown && was.ID == a.ID && a.State == store.Kept:
		return m.again() // a transcript may have come, or a note
	case m.stage == shown && was.ID == a.ID && !m.src.Whole:
		return m.again() // what is here of it is shown already, the rest is coming
	case m.stage == shown && was.ID == a.ID:
		cmd := m.leave() // the copy was removed
		m.src.Item, m.src.File = l.item, a
		m.stop("There is no copy on this machine; " + m.play() + " fetches it")
		return cmd
	case m.stage == fetching && was.ID == a.ID:
		return nil
	}
	if was.ID != a.ID {
		m.small = small{}
	}
	m.src.File = a
	why := m.holds(a, l.key || m.key)
	asked := m.stage != stopped || l.key
	switch {
	case m.glances(a) && asked:
		return m.glance(a, why)
	case why != "":
		m.stop(why)
		return nil
	case !asked && a.State == store.Remote:
		return nil // nobody has asked for it again
	}
	return m.fetch(a)
}

// pick is the file to show.
func (m *Model) pick(it store.Item) (store.Attachment, bool) {
	files := screen.FilesOf(it)
	for _, a := range files {
		if a.ID == m.want {
			return a, true
		}
	}
	return main(files)
}

// holds is why a file is not fetched without being asked for.
func (m *Model) holds(a store.Attachment, key bool) string {
	switch {
	case a.State == store.Gone:
		return "The service no longer has this file"
	case a.State == store.Kept, key:
		return ""
	case m.offline():
		return "This file is not on this machine, and the service cannot be reached; " + m.play() + " tries"
	case a.State == store.Paused:
		return "The download is paused; " + m.play() + " goes on with it"
	case a.State == store.Faulty:
		return sentence(screen.FileState(a)) + "; " + m.play() + " tries again"
	case a.Size > unasked:
		return "This file is large, " + screen.FileSize(a) + "; " + m.play() + " fetches it"
	}
	return ""
}

// fetch brings the file to this machine and tells what it is. A download of it
// that is under way is joined.
func (m *Model) fetch(a store.Attachment) tea.Cmd {
	if !m.small.stands() { // else that is shown until the file is here
		m.stage = fetching
	}
	m.begun, m.peeks = a.State == store.Remote, false
	m.try++
	m.src.Path, m.src.Whole, m.src.Done, m.src.Total = "", false, 0, a.Size
	ctx, cancel := context.WithCancel(m.env.Ctx)
	m.cancel = cancel
	gen, pulse := m.gen, make(chan amount, 1)
	m.pulse = pulse
	fetch := m.env.Store.FetchAhead
	if m.key {
		fetch = m.env.Store.FetchNow
	}
	get := m.env.Do(ctx, screen.Long, func(ctx context.Context) tea.Msg {
		defer close(pulse)
		var last time.Time
		path, err := fetch(ctx, a, func(done, total int64) {
			if time.Since(last) < apart {
				return
			}
			last = time.Now()
			select {
			case <-pulse: // what nobody has looked at is old
			default:
			}
			pulse <- amount{gen, done, total}
		})
		f := fetched{gen: gen, path: path, file: a, err: err}
		if err == nil {
			f.file = m.kept(ctx, a)
		}
		return f
	})
	return tea.Batch(get, beat(pulse))
}

// kept is a file as it stands in the store now that it is here: its checksum is
// known, by which it is vouched for and what is remembered of it is found.
func (m *Model) kept(ctx context.Context, a store.Attachment) store.Attachment {
	it, err := m.env.Store.Item(ctx, a.Item)
	if err != nil {
		return a
	}
	for _, now := range it.Attachments {
		if now.ID == a.ID {
			return now
		}
	}
	return a
}

// beat waits for the next word of a download.
func beat(pulse <-chan amount) tea.Cmd {
	return func() tea.Msg {
		if a, ok := <-pulse; ok {
			return a
		}
		return nil
	}
}

// moved takes how far the download is, and lets a recording be seen, and heard,
// as far as it is here.
func (m *Model) moved(a amount) tea.Cmd {
	next := beat(m.pulse)
	if m.src.Whole {
		return next
	}
	m.src.Done, m.src.Total = a.done, a.total
	switch {
	case m.small.stands():
		return next
	case m.stage == shown:
		return join(next, m.again())
	case m.stage == fetching && a.done >= headed/8 && m.src.Path == "" && m.early():
		m.src.Path = m.env.Store.PartPath(m.src.File.ID)
		return join(next, m.tell(m.src.Path, false))
	}
	return next
}

// early reports whether the file is of a kind that is of use before all of it
// is here.
func (m *Model) early() bool {
	return kindOf(m.src.File.Type) == Sound || m.src.File.Kind == store.AudioRecording
}

func (m *Model) fetched(f fetched) tea.Cmd {
	m.cancel = nil
	if f.err != nil {
		if m.small.stands() {
			m.missed(f.err)
			return nil
		}
		if errors.Is(f.err, context.Canceled) {
			m.stop("The download was stopped; " + m.play() + " goes on with it")
			return nil
		}
		m.stop("This file could not be fetched: " + store.Reason(f.err) + "; " + m.play() + " tries again")
		return nil
	}
	m.came++
	m.src.Path, m.src.Whole = f.path, true
	if sniffed := m.src.File.Sniffed; f.file.ID == m.src.File.ID {
		if m.src.File = f.file; f.file.Sniffed == "" {
			m.src.File.Sniffed = sniffed
		}
	}
	if m.stage != shown {
		m.stage = looking
	}
	return m.tell(f.path, true)
}

// tell looks into the file for what it is.
func (m *Model) tell(path string, whole bool) tea.Cmd {
	gen := m.gen
	return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg {
		mime, err := sniff(path)
		return found{gen: gen, mime: mime, whole: whole, err: err}
	})
}

func (m *Model) found(f found) tea.Cmd {
	if f.small.stands() {
		return m.lookedSmall(f)
	}
	if f.err != nil {
		switch {
		case f.whole:
			m.stop("This file cannot be read: " + f.err.Error() + "; " + m.outside())
		case !m.src.Whole: // else the part has just become the file
			m.src.Path = ""
		}
		return nil
	}
	kind := kindOf(f.mime)
	if !f.whole && kind != Sound || !f.whole && m.src.Whole {
		return nil
	}
	m.src.File.Sniffed = f.mime
	if m.src.Whole {
		m.src.Done = size(m.src.Path)
		m.src.Total = m.src.Done
	}
	if m.stage == shown && kind == m.kind && !m.small.stands() {
		return m.again()
	}
	if m.small.stands() {
		m.put(kind)
	}
	m.kind, m.stage = kind, shown
	if m.viewers[kind] == nil {
		m.viewers[kind] = m.make(kind)
	}
	return join(join(m.fit(), m.again()), m.replay())
}

// again gives the viewer the file as it is now.
func (m *Model) again() tea.Cmd {
	v, src := m.viewer(), m.src
	if v == nil {
		return nil
	}
	if m.small.stands() {
		src.Path, src.Whole, src.Small = m.small.Path, true, true
		src.File.Sniffed, src.File.SHA256 = m.small.mime, ""
	}
	return m.guard(func() tea.Cmd { return v.Show(src) })
}

// forget takes back a download that only somebody's passing by began, once it
// has stopped.
func (m *Model) forget(file int64) tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(context.Context) tea.Msg { return abandoned{file} })
}

// abandoned removes what came of a download nobody waits for, unless they have
// come back to it. It would stand among the jobs as paused.
func (m *Model) abandoned(a abandoned) tea.Cmd {
	if a.file == m.src.File.ID && m.stage != nothing {
		return nil
	}
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		if err := m.env.Store.CancelJob(ctx, a.file); err != nil && ctx.Err() == nil {
			m.env.Log.Info("a download nobody waits for stays", "error", err.Error())
		}
		return nil
	})
}

// Keep keeps a download going that somebody has asked for meanwhile, even when
// they leave.
func (m *Model) Keep() { m.begun = false }

// offline reports whether the item's account is known to be out of reach: a
// download would only fail, and the file be marked as failed.
func (m *Model) offline() bool {
	for _, st := range m.env.Status {
		if st.Account == m.src.Item.AccountKey {
			return st.Phase == store.PhaseOffline || st.Phase == store.PhaseSignedOut || st.Phase == store.PhaseDenied
		}
	}
	return false
}
