package player

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/preview/sound"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// host is the root as far as a viewer needs one.
type host struct {
	screen.Host
	said   string
	words  []string
	prompt screen.Prompt
}

func (h *host) Say(s string)           { h.said = s }
func (h *host) Words() []string        { return h.words }
func (h *host) Prompt(p screen.Prompt) { h.prompt = p }

// memory is a Memory that forgets nothing.
type memory struct {
	mu     sync.Mutex
	m      map[string]string
	writes int
}

func (m *memory) Remember(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.m[key] = string(value)
	m.writes++
	return nil
}

func (m *memory) Recall(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return []byte(m.m[key]), nil
}

func (m *memory) written() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.writes
}

func (m *memory) get(key string) string {
	b, _ := m.Recall(context.Background(), key)
	return string(b)
}

// desk runs a viewer as the root would: commands in goroutines, their messages
// one by one. Time goes on only by pass.
type desk struct {
	*testing.T
	v     *Viewer
	host  *host
	mem   *memory
	null  *sound.Null
	msgs  chan tea.Msg
	now   time.Time
	due   []timer
	began []store.ID
	why   string // there is no sound
	files func(string, time.Duration) (sound.Player, error)
	all   sync.WaitGroup
}

type timer struct {
	at  time.Time
	msg tea.Msg
}

func newDesk(t *testing.T) *desk {
	d := &desk{
		T: t, host: &host{}, mem: &memory{m: map[string]string{}}, null: &sound.Null{Delay: 100 * time.Millisecond},
		msgs: make(chan tea.Msg, 100), now: time.Unix(1e9, 0),
	}
	ctx, cancel := context.WithCancel(context.Background())
	env := &screen.Env{
		Ctx: ctx, Host: d.host, Styles: theme.New(true, false), Now: func() time.Time { return d.now }, Location: time.UTC, Keys: keymap.Default(),
		Crash: func(v any, stack []byte) { t.Errorf("%v\n%s", v, stack) },
		Later: func(wait time.Duration, msg tea.Msg) tea.Cmd {
			d.due = append(d.due, timer{d.now.Add(wait), msg})
			return nil
		},
	}
	d.v = New(env, Options{Memory: d.mem, Find: func(context.Context) (sound.Device, string) {
		if d.why != "" {
			return sound.Device{}, d.why
		}
		return sound.DeviceOf("a test", func(context.Context) (sound.Output, error) { return d.null, nil }, d.files), ""
	}})
	t.Cleanup(func() {
		p := d.v.player
		d.v.Close()
		if p != nil {
			<-p.Closed()
		}
		cancel()
		d.all.Wait()
	})
	return d
}

func (d *desk) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	d.all.Go(func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				d.run(c)
			}
		default:
			d.msgs <- msg
		}
	})
}

// until takes messages until something is so.
func (d *desk) until(what string, ok func() bool) {
	d.Helper()
	end := time.After(10 * time.Second)
	for !ok() {
		select {
		case msg := <-d.msgs:
			d.take(msg)
		case <-time.After(5 * time.Millisecond): // what the player does by itself is seen with a tick
			d.fire(most)
		case <-end:
			d.Fatalf("%s did not come\n%s", what, strings.Join(d.lines(80, 20), "\n"))
		}
	}
}

func (d *desk) take(msg tea.Msg) {
	if b, ok := msg.(Began); ok {
		d.began = append(d.began, b.Item)
		return
	}
	d.run(d.v.Update(msg))
}

func (d *desk) do(actions ...keymap.Action) {
	d.Helper()
	for _, a := range actions {
		cmd, ok := d.v.Do(a)
		if !ok {
			d.Fatalf("%s is not for it", a)
		}
		d.run(cmd)
	}
}

// fire delivers the timers that are due within a time.
func (d *desk) fire(within time.Duration) {
	due := d.due
	d.due = nil
	for _, t := range due {
		if t.at.After(d.now.Add(within)) {
			d.due = append(d.due, t)
			continue
		}
		d.take(t.msg)
	}
}

// at is where it stands this moment.
func (d *desk) at() time.Duration {
	if d.v.player != nil {
		return d.v.player.State().At
	}
	return d.v.now()
}

// pass lets time go by, in steps of a frame.
func (d *desk) pass(t time.Duration) {
	d.Helper()
	const step = 25 * time.Millisecond
	for ; t > 0; t -= step {
		d.null.Advance(step)
		d.now = d.now.Add(step)
		d.fire(0)
	}
	for {
		select {
		case msg := <-d.msgs:
			d.take(msg)
			continue
		default:
		}
		return
	}
}

func (d *desk) playing() {
	d.Helper()
	d.until("playing", func() bool {
		return d.v.player != nil && d.v.player.State().Phase == sound.Playing && d.null.Running() && d.v.st.Phase == sound.Playing
	})
}

// lines is what is drawn, without colours; every line has to fit.
func (d *desk) lines(w, h int) []string {
	d.Helper()
	d.v.Resize(w, h)
	out := d.v.View(w, h, true)
	if len(out) != h {
		d.Fatalf("%d lines in %d by %d", len(out), w, h)
	}
	for i, l := range out {
		out[i] = ansi.Strip(l)
		if got := kit.Width(out[i]); got != w {
			d.Fatalf("line %d is %d cells wide, want %d: %q", i, got, w, out[i])
		}
	}
	return out
}

// speech is n seconds that look like it: a second and a half of syllables, half
// a second of silence, getting louder.
func speech(seconds int) []int16 {
	p := make([]int16, 8000*seconds)
	for i := range p {
		at := float64(i) / 8000
		if math.Mod(at, 2) >= 1.5 {
			continue
		}
		loud := 3000 + 9000*at/float64(seconds)
		syllable := math.Abs(math.Sin(math.Pi * at * 3))
		p[i] = int16(loud * syllable * math.Sin(2*math.Pi*180*at))
	}
	return p
}

// wav is samples as a file of 16 bits, 8000 a second.
func wav(p []int16) []byte {
	n := uint32(2 * len(p))
	b := []byte("RIFF    WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data")
	for i := range 4 {
		b[4+i] = byte((n + 36) >> (8 * i))
		b = append(b, byte(n>>(8*i)))
	}
	for _, x := range p {
		b = append(b, byte(x), byte(uint16(x)>>8))
	}
	return b
}

const words1 = "Hi, this is Ann Lee calling about my order. I have been waiting for three weeks now and nobody has called me back. " +
	"I would like a refund please, or at least somebody who tells me where it is. My number is 555 0134. Thank you, goodbye."

// voicemail is a source of some seconds of speech.
func (d *desk) voicemail(seconds int) screen.Source {
	d.Helper()
	b := wav(speech(seconds))
	path := filepath.Join(d.TempDir(), "blob")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		d.Fatal(err)
	}
	it := store.Item{Text: words1}
	it.ID, it.Kind, it.Duration, it.Transcript = 7, store.Voicemail, time.Duration(seconds)*time.Second, store.TranscriptComplete
	return screen.Source{
		Item: it, File: store.Attachment{ID: 70, SHA256: "abcd", Duration: it.Duration, State: store.Kept},
		Path: path, Whole: true, Done: int64(len(b)), Total: int64(len(b)),
	}
}

// show shows a source and waits until its shape is there.
func (d *desk) show(src screen.Source) {
	d.Helper()
	d.run(d.v.Show(src))
	d.until("the recording", func() bool { return !d.v.opening && !d.v.scan })
}
