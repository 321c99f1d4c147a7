package player

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/preview/audio"
	"switchboard/ui/preview/sound"
	"switchboard/ui/screen"
)

// blob reads the file that is shown. As long as it is still being written it is
// opened anew for each read: some systems do not let an open file be renamed.
type blob struct {
	mu    sync.RWMutex
	path  string
	whole bool
	f     *os.File
	done  bool
}

func (b *blob) set(path string, whole bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if path == b.path && whole == b.whole {
		return
	}
	if b.f != nil {
		b.f.Close()
		b.f = nil
	}
	b.path, b.whole = path, whole
}

// ReadAt implements io.ReaderAt.
func (b *blob) ReadAt(p []byte, at int64) (int, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.f != nil {
		return b.f.ReadAt(p, at)
	}
	if b.done {
		return 0, fs.ErrClosed
	}
	f, err := os.Open(b.path)
	if err != nil {
		if !b.whole && errors.Is(err, fs.ErrNotExist) {
			return 0, audio.ErrNotYet // it has just got its final name
		}
		return 0, err
	}
	defer f.Close()
	return f.ReadAt(p, at)
}

// hold keeps the file open where it is whole.
func (b *blob) hold() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.whole && b.f == nil && !b.done {
		if f, err := os.Open(b.path); err == nil { // else the next read tells
			b.f = f
		}
	}
}

func (b *blob) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = true
	if b.f != nil {
		b.f.Close()
		b.f = nil
	}
}

// open finds out what the file is, and where it was left.
func (v *Viewer) open() tea.Cmd {
	v.opening, v.err = true, ""
	gen, src, b := v.gen, v.src, v.blob
	return v.env.Do(v.ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		b.hold()
		total := max(src.Total, 0)
		if src.Whole {
			total = src.Done
		}
		rec, err := audio.OpenPart(b, src.Done, total)
		if err == nil && src.Whole {
			err = rec.Grow(src.Done, true)
		}
		return opened{gen: gen, rec: rec, err: err, at: v.recall(ctx, src.File.SHA256), had: src.Done, whole: src.Whole}
	})
}

func (v *Viewer) opened(o opened) tea.Cmd {
	v.opening = false
	var other audio.ErrUnsupported
	switch {
	case errors.As(o.err, &other):
		v.foreign = other.Format
	case errors.Is(o.err, audio.ErrNotYet):
		if o.had < v.src.Done || v.src.Whole && !o.whole {
			return v.open() // more has come meanwhile
		}
		return nil // the next part will tell
	case o.err != nil:
		if !screen.Quiet(o.err) {
			v.err = o.err.Error()
		}
		v.want = false
		return nil
	default:
		v.rec, v.shape = o.rec, &audio.Shape{}
	}
	if at, ok := v.left[v.src.File.SHA256]; ok {
		o.at = at
	}
	if l := v.length(); v.at == 0 && o.at > 0 && (l == 0 || o.at < l-time.Second) {
		v.at, v.resumed, v.saved = o.at, true, o.at
	}
	var cmd tea.Cmd
	if v.want {
		cmd = v.begin()
	}
	if v.rec == nil {
		return cmd
	}
	return join(cmd, v.grow())
}

// grow takes in what has come, and brings the shape up to it.
func (v *Viewer) grow() tea.Cmd {
	if v.scan {
		v.again = true
		return nil
	}
	v.scan, v.again, v.scanEnd = true, false, make(chan struct{})
	end := v.scanEnd
	gen, rec, shape, sign, b, done, whole := v.gen, v.rec, v.shape, v.sign, v.blob, v.src.Done, v.src.Whole
	tell := func() {
		select {
		case sign <- struct{}{}:
		default:
		}
	}
	return join(v.watchScan(), v.env.Do(v.ctx, screen.Long, func(ctx context.Context) tea.Msg {
		defer close(end)
		b.hold()
		err := rec.Grow(done, whole)
		if err == nil {
			err = audio.Scan(ctx, rec, shape, tell)
		}
		if errors.Is(err, audio.ErrNotYet) {
			err = nil
		}
		return scanned{gen, err}
	}))
}

// watchScan waits until there is more of the shape to draw.
func (v *Viewer) watchScan() tea.Cmd {
	gen, sign, end := v.gen, v.sign, v.scanEnd
	return v.env.Do(v.ctx, screen.Long, func(ctx context.Context) tea.Msg {
		select {
		case <-sign:
			return grew{gen}
		case <-end:
			return nil
		case <-ctx.Done():
			return nil
		}
	})
}

func (v *Viewer) scanned(s scanned) tea.Cmd {
	v.scan = false
	if !screen.Quiet(s.err) {
		v.damage = s.err.Error()
	}
	v.setQuiet()
	if v.again {
		return v.grow()
	}
	return nil
}

// setQuiet tells the player what counts as a silence in this recording, as far as
// it has been looked through.
func (v *Viewer) setQuiet() {
	d, ok := v.player.(interface{ SetQuiet(level int16) })
	if ok && v.shape != nil && v.shape.Duration() > 0 {
		d.SetQuiet(v.shape.Quiet())
	}
}

// recall is where a recording was left; 0 when nothing is known.
func (v *Viewer) recall(ctx context.Context, sum string) time.Duration {
	if v.opts.Memory == nil || sum == "" {
		return 0
	}
	b, err := v.opts.Memory.Recall(ctx, "at:"+sum)
	if err != nil {
		return 0 // from the start, then
	}
	ms, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil || ms < 0 || ms > 1<<40 {
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}

// How often a position is written while it plays, and how near to either end
// counts as that end.
const (
	saveEvery = 5 * time.Second
	nearEnd   = 2 * time.Second
)

// save writes where the recording stands, if that is news.
func (v *Viewer) save(now bool) tea.Cmd {
	sum, at, l := v.src.File.SHA256, v.now(), v.length()
	if sum == "" || !v.begun {
		return nil
	}
	if at < nearEnd || v.st.Phase == sound.Ended || l > 0 && at > l-nearEnd {
		at = 0
	}
	if !now && v.env.Now().Sub(v.savedAt) < saveEvery || at == v.saved {
		return nil
	}
	v.saved, v.savedAt = at, v.env.Now()
	if len(v.left) > 500 {
		clear(v.left)
	}
	v.left[sum] = at
	if v.opts.Memory == nil {
		return nil
	}
	var value []byte
	if at > 0 {
		value = strconv.AppendInt(nil, at.Milliseconds(), 10)
	}
	key, notes := "at:"+sum, v.notes
	notes.put(key, value)
	return v.env.Do(v.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		return screen.Fail("remember where the recording was left", notes.write(ctx, key, v.opts.Memory))
	})
}

// notes is what is still to be written. Two writes may be under way at once, one
// of a recording that was just left: the newest is the one that stays.
type notes struct {
	mu      sync.Mutex
	m       map[string][]byte
	writing sync.Mutex // never taken on the loop
}

func (n *notes) put(key string, value []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.m[key] = value
}

func (n *notes) take(key string) (value []byte, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	value, ok = n.m[key]
	delete(n.m, key)
	return value, ok
}

func (n *notes) write(ctx context.Context, key string, to Memory) error {
	n.writing.Lock()
	defer n.writing.Unlock()
	value, ok := n.take(key)
	if !ok { // somebody else wrote the newest
		return nil
	}
	return to.Remember(ctx, key, value)
}
