package player

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/preview/audio"
	"switchboard/ui/preview/sound"
	"switchboard/ui/screen"
)

// Memory is where small things about a recording are kept until the next time it
// is played. The key is "at:<sha256>", the value milliseconds as text; an empty
// value takes it out.
type Memory interface {
	Remember(ctx context.Context, key string, value []byte) error
	Recall(ctx context.Context, key string) ([]byte, error)
}

// Options is what the viewer needs from outside.
type Options struct {
	// Find looks for something to play with; see sound.Find. It is called off the
	// loop, when somebody first wants to hear something.
	Find   func(ctx context.Context) (sound.Device, string)
	Memory Memory // may be nil
}

// Began says that the recording of an item has begun to be heard: it counts as
// read.
type Began struct{ Item store.ID }

// Viewer is a screen.Viewer of recordings. It belongs to the loop.
type Viewer struct {
	env  *screen.Env
	opts Options
	session

	gen    uint64
	ctx    context.Context
	cancel context.CancelFunc
	src    screen.Source
	file
	text    words
	drawing drawing

	w, h int // the room, as last told
}

// session is what stays from one recording to the next.
type session struct {
	step   int // of the speed: 1.1 to that power
	volume int // percent
	skip   bool
	noText bool
	noWave bool
	device sound.Device
	why    string // there is no device for samples
	left   map[string]time.Duration
	notes  *notes
}

// file is what belongs to one recording.
type file struct {
	blob    *blob
	rec     *audio.Sound
	shape   *audio.Shape
	sign    chan struct{} // the shape has grown
	scanEnd chan struct{} // closed when it is as far as it comes
	opening bool
	scan    bool   // the shape is being made
	again   bool   // and more has come meanwhile
	err     string // why it cannot be shown or played at all
	foreign string // the format, where another program has to play it
	damage  string // what is wrong within it

	hired   *hired
	player  sound.Player
	st      sound.State
	asked   bool // a device, or a player for the file, is being looked for
	want    bool // to play, once it can
	begun   bool
	at      time.Duration // where to begin, while there is no player
	resumed bool          // at is where it was left
	note    string        // about where it begins
	ticking bool
	saved   time.Duration
	savedAt time.Time
}

var _ screen.Viewer = (*Viewer)(nil)

// New is a viewer of nothing.
func New(env *screen.Env, o Options) *Viewer {
	return &Viewer{env: env, opts: o, session: session{volume: 100, left: map[string]time.Duration{}, notes: &notes{m: map[string][]byte{}}}}
}

// The answers of its commands. An answer for another recording is dropped.
type (
	opened struct {
		gen uint64
		rec *audio.Sound
		at  time.Duration
		err error

		had   int64 // bytes that were here, and whether those were all
		whole bool
	}
	scanned struct {
		gen uint64
		err error
	}
	grew   struct{ gen uint64 }
	device struct {
		gen uint64
		d   sound.Device
		why string
	}
	ready struct {
		gen uint64
		p   sound.Player
		err error
	}
	tick struct{ gen uint64 }
)

// Show implements screen.Viewer. Another recording does not begin to play by
// itself.
func (v *Viewer) Show(src screen.Source) tea.Cmd {
	if v.cancel == nil || v.src.File.ID != src.File.ID || v.src.Item.ID != src.Item.ID {
		v.Close()
		v.ctx, v.cancel = context.WithCancel(v.env.Ctx)
		v.sign = make(chan struct{}, 1)
		v.blob = &blob{}
	}
	moved := src.Path != v.src.Path || src.Done != v.src.Done || src.Whole != v.src.Whole
	v.src = src
	if src.Path == "" {
		return nil
	}
	v.blob.set(src.Path, src.Whole)
	switch {
	case v.rec == nil && !v.opening && v.foreign == "":
		return v.open()
	case v.rec != nil && moved:
		return v.grow()
	case v.foreign != "" && v.want:
		return v.ensure()
	}
	return nil
}

// Close implements screen.Viewer: silence at once.
func (v *Viewer) Close() {
	if v.player != nil {
		v.st = v.player.State()
		v.at = v.st.At
		v.player.Close()
	}
	if v.hired != nil {
		v.hired.close()
	}
	if v.cancel != nil {
		if save := v.save(true); save != nil {
			go save() // there is no loop to give it to any more; it recovers by itself
		}
		v.cancel()
		v.cancel = nil
	}
	if v.blob != nil {
		v.blob.close()
	}
	v.gen++
	v.src, v.file, v.text, v.drawing = screen.Source{}, file{}, words{}, drawing{}
}

// Update implements screen.Viewer.
func (v *Viewer) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case opened:
		if msg.gen == v.gen {
			return v.opened(msg)
		}
	case scanned:
		if msg.gen == v.gen {
			return v.scanned(msg)
		}
	case grew:
		if msg.gen == v.gen && v.scan {
			return v.watchScan()
		}
	case device:
		v.device, v.why = msg.d, msg.why
		if msg.gen == v.gen {
			v.asked = false
			return v.ensure()
		}
	case ready:
		if msg.gen != v.gen {
			return nil
		}
		v.asked = false
		if msg.err != nil {
			v.want = false
			if !screen.Quiet(msg.err) {
				v.damage = msg.err.Error()
			}
			return nil
		}
		return v.attach(msg.p)
	case tick:
		if msg.gen == v.gen {
			v.ticking = false
			return v.look()
		}
	}
	return nil
}

// look takes the state of the player and sets the timer for the next change.
func (v *Viewer) look() tea.Cmd {
	if v.player == nil {
		return nil
	}
	was := v.st.Phase
	v.st = v.player.State()
	var cmd tea.Cmd
	if v.st.Phase == sound.Playing && !v.begun {
		v.begun, v.resumed = true, false
		id := v.src.Item.ID
		cmd = func() tea.Msg { return Began{id} }
	}
	if was.Active() && !v.st.Phase.Active() {
		v.note = ""
		cmd = join(cmd, v.save(true))
	}
	if v.st.Phase == sound.Playing {
		cmd = join(cmd, v.save(false))
	}
	return join(cmd, v.timer())
}

// timer wakes the viewer when the next cell changes, as long as it plays. There
// is no other watch on the player: what it does by itself (begin, wait, end,
// fail) is seen with the next tick.
func (v *Viewer) timer() tea.Cmd {
	if v.ticking || !v.st.Phase.Active() {
		return nil
	}
	v.ticking = true
	return v.later(v.next(), tick{v.gen})
}

// The shortest time between two frames, and the longest without a look.
const (
	least = 125 * time.Millisecond
	most  = time.Second
)

// next is how long it takes until the time or the playhead moves on by a cell,
// or the end comes.
func (v *Viewer) next() time.Duration {
	if v.st.Phase != sound.Playing {
		return least
	}
	d := time.Second - v.st.At%time.Second
	if l, n := v.length(), int64(v.columns()); l > 0 && n > 0 {
		if cell := l / time.Duration(n); cell > 0 {
			d = min(d, cell-v.st.At%cell)
		}
		d = min(d, max(l-v.st.At, 0))
	}
	speed := max(v.st.Speed, sound.Slowest)
	return min(max(time.Duration(float64(d)/speed)+5*time.Millisecond, least), most)
}

func (v *Viewer) later(d time.Duration, msg tea.Msg) tea.Cmd {
	if v.env.Later != nil {
		return v.env.Later(d, msg)
	}
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// length is how long the recording is, by the best there is.
func (v *Viewer) length() time.Duration {
	switch {
	case v.rec != nil && v.rec.Duration() > 0:
		return v.rec.Duration()
	case v.player != nil && v.st.Length > 0:
		return v.st.Length
	case v.src.File.Duration > 0:
		return v.src.File.Duration
	}
	return v.src.Item.Duration
}

// now is where it stands.
func (v *Viewer) now() time.Duration {
	if v.player != nil {
		return v.st.At
	}
	return v.at
}

func join(a, b tea.Cmd) tea.Cmd {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return tea.Batch(a, b)
}
