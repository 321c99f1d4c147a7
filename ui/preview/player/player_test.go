package player

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview/sound"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// about reports whether a time is near another: stretching moves by whole waves.
func about(got, want time.Duration) bool {
	return got > want-80*time.Millisecond && got < want+80*time.Millisecond
}

func TestPlayPauseSeekAndSpeed(t *testing.T) {
	d := newDesk(t)
	d.show(d.voicemail(60))
	if d.v.begun || d.v.player != nil {
		t.Fatal("it plays by itself")
	}
	d.do(keymap.Play)
	d.playing()
	d.pass(10 * time.Second)
	if at := d.at(); !about(at, 10*time.Second) {
		t.Errorf("at %v after 10 s", at)
	}
	// Task 3 of the day: four times faster is 1.46x, then back 5 s twice.
	d.do(keymap.MediaFaster, keymap.MediaFaster, keymap.MediaFaster, keymap.MediaFaster, keymap.MediaBack, keymap.MediaBack)
	d.playing()
	if at := d.at(); !about(at, 0) {
		t.Errorf("at %v after going back 10 s", at)
	}
	if l := d.lines(60, 12)[0]; !strings.Contains(l, "0:00 of 1:00  1.46x  vol 100%") {
		t.Errorf("%q", l)
	}
	d.pass(2 * time.Second)
	if at := d.at(); at < 2700*time.Millisecond || at > 3100*time.Millisecond {
		t.Errorf("at %v after 2 s at 1.46x", at)
	}
	d.do(keymap.MediaReset, keymap.MediaLess, keymap.MediaLess, keymap.SkipSilence)
	if l := d.lines(60, 12)[0]; !strings.Contains(l, "  1x  vol 80%  skipping silence") {
		t.Errorf("%q", l)
	}
	d.do(keymap.Play)
	if d.v.st.Phase != sound.Stopped {
		t.Error("Space does not pause")
	}
	d.do(keymap.MediaStart)
	if d.at() != 0 {
		t.Error("0 does not go to the start")
	}
	if !slices.Equal(d.began, []store.ID{7}) {
		t.Errorf("began %v, want once", d.began)
	}
}

func TestNothingRunsWhilePaused(t *testing.T) {
	d := newDesk(t)
	d.show(d.voicemail(20))
	if len(d.due) != 0 {
		t.Error("a timer runs before anything plays")
	}
	d.do(keymap.Play)
	d.playing()
	frames, last := 0, ""
	for range 400 { // 10 s
		d.pass(25 * time.Millisecond)
		if f := strings.Join(d.lines(60, 12), "\n"); f != last {
			frames, last = frames+1, f
		}
		if len(d.due) > 1 {
			t.Fatal("more than one timer")
		}
	}
	// 10 seconds and 29 cells have passed, some of them together.
	if frames < 20 || frames > 45 {
		t.Errorf("%d frames in 10 s", frames)
	}
	d.do(keymap.Play)
	d.pass(2 * time.Second)
	if len(d.due) != 0 {
		t.Error("a timer runs while it is paused")
	}
}

func TestEndAndAgain(t *testing.T) {
	d := newDesk(t)
	d.show(d.voicemail(3))
	d.do(keymap.Play)
	d.playing()
	d.pass(4 * time.Second)
	d.until("the end", func() bool { return d.v.st.Phase == sound.Ended })
	if l := d.lines(60, 12)[0]; !strings.Contains(l, "0:03 of 0:03") || !strings.Contains(l, "ended") {
		t.Errorf("%q", l)
	}
	d.do(keymap.Play)
	d.playing()
	d.pass(time.Second)
	if at := d.at(); !about(at, time.Second) {
		t.Errorf("at %v", at)
	}
}

func TestSpaceBeforeItIsHere(t *testing.T) {
	d := newDesk(t)
	src := d.voicemail(20)
	early := src
	early.Path, early.Whole, early.Done, early.Total = "", false, 0, -1
	d.run(d.v.Show(early))
	d.do(keymap.Play)
	if s := d.v.Status(); s != "waiting for the download" {
		t.Errorf("%q", s)
	}
	part := src
	part.Whole, part.Done = false, 60000
	d.run(d.v.Show(part))
	d.playing()
	d.pass(5 * time.Second)
	if d.v.st.Phase != sound.Waiting || !about(d.at(), 3750*time.Millisecond) {
		t.Errorf("%v at %v", d.v.st.Phase, d.at())
	}
	if l := d.lines(60, 12); !strings.Contains(strings.Join(l, "\n"), "····") || !strings.Contains(l[0], "waiting for the download") {
		t.Errorf("what is not here is not shown so:\n%s", strings.Join(l, "\n"))
	}
	d.run(d.v.Show(src))
	d.until("the rest", func() bool { return !d.v.scan })
	d.pass(time.Second)
	if d.v.st.Phase != sound.Playing {
		t.Errorf("%v when the rest is here", d.v.st.Phase)
	}
	if l := strings.Join(d.lines(60, 12), "\n"); strings.Contains(l, "·") {
		t.Errorf("dots although it is all here:\n%s", l)
	}
}

// The rest may come while the first bytes, too few to tell what they are, are
// still being looked at.
func TestTheRestComesWhileItIsOpened(t *testing.T) {
	d := newDesk(t)
	src := d.voicemail(2)
	part := src
	part.Whole, part.Done = false, 8
	look := d.v.Show(part)
	d.run(d.v.Show(src))
	d.run(look)
	d.until("the recording", func() bool { return d.v.rec != nil })
}

func TestPositionIsRemembered(t *testing.T) {
	d := newDesk(t)
	src := d.voicemail(60)
	d.show(src)
	d.do(keymap.Play)
	d.playing()
	d.pass(12 * time.Second)
	d.until("writing", func() bool { return d.mem.get("at:abcd") != "" })
	if n := d.mem.written(); n > 3 {
		t.Errorf("%d writes in 12 s", n)
	}
	p := d.v.player
	other := d.voicemail(5)
	other.File.ID, other.File.SHA256, other.Item.ID = 71, "ef", 8
	d.show(other)
	<-p.Closed()
	d.until("writing", func() bool {
		return strings.HasPrefix(d.mem.get("at:abcd"), "12") || strings.HasPrefix(d.mem.get("at:abcd"), "11")
	})
	if d.v.player != nil || d.null.Running() {
		t.Error("the next one plays by itself, or the old one goes on")
	}
	d.show(src)
	l := strings.Join(d.lines(80, 12), "\n")
	if !strings.Contains(l, "goes on at 0:1") || !about(d.at(), 12*time.Second) {
		t.Errorf("at %v:\n%s", d.at(), l)
	}
}

func TestNoSoundSaysWhatToDo(t *testing.T) {
	d := newDesk(t)
	d.why = "No sound over SSH: it would be heard at the other machine."
	d.show(d.voicemail(20))
	d.do(keymap.Play)
	d.until("the reason", func() bool { return d.host.said != "" })
	l := strings.Join(strings.Fields(strings.Join(d.lines(60, 14), " ")), " ")
	if !strings.Contains(l, d.why) || !strings.Contains(l, "| pipes the file to a command, s saves it") {
		t.Errorf("%s", l)
	}
	d.why = ""
	d.do(keymap.Play)
	d.playing()
}

func TestWhatCannotBePlayed(t *testing.T) {
	d := newDesk(t)
	for _, tt := range []struct{ content, want string }{
		{"#!AMR\n" + strings.Repeat("\x3c\x00", 100), "AMR"},
		{strings.Repeat("no sound at all ", 20), "cannot be played"},
	} {
		src := d.voicemail(2)
		src.File.ID++
		src.Path = filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(src.Path, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		src.Done = int64(len(tt.content))
		src.Total = src.Done
		d.show(src)
		d.do(keymap.Play)
		d.until("words", func() bool { return d.host.said != "" })
		if l := strings.Join(d.lines(70, 12), "\n"); !strings.Contains(l, tt.want) || !strings.Contains(d.host.said, tt.want) {
			t.Errorf("%s\n%s", d.host.said, l)
		}
		d.host.said = ""
		d.v.Close()
	}
}

func TestTranscriptStates(t *testing.T) {
	d := newDesk(t)
	for state, want := range map[store.Transcript]string{
		store.TranscriptNotReady: "not ready", store.TranscriptPartial: "stops at 1:00 of 1:30", store.TranscriptFailed: "failed",
		store.TranscriptNotOffered: "not part of the plan", store.TranscriptTimedOut: "gave up",
	} {
		src := d.voicemail(90)
		src.Item.Transcript = state
		d.show(src)
		for _, size := range [][2]int{{60, 20}, {118, 30}} {
			if l := strings.Join(d.lines(size[0], size[1]), "\n"); !strings.Contains(l, want) {
				t.Errorf("%v at %v:\n%s", state, size, l)
			}
		}
		d.v.Close()
	}
}

func TestEverySizeFits(t *testing.T) {
	d := newDesk(t)
	d.host.words = []string{"refund", "order"}
	d.show(d.voicemail(30))
	sizes := func() {
		for _, w := range []int{1, 2, 5, 12, 39, 40, 60, 99, 100, 118, 200} {
			for _, h := range []int{1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 30, 60} {
				d.lines(w, h)
				if n := d.v.Lines(w, h); n < 1 || n > h {
					t.Fatalf("wants %d of %d lines", n, h)
				}
			}
		}
	}
	sizes()
	d.do(keymap.Play)
	d.playing()
	d.pass(time.Second)
	d.do(keymap.SkipSilence)
	sizes()
	d.do(keymap.Waveform)
	sizes()
	d.do(keymap.Waveform, keymap.Transcript)
	sizes()
	d.v.damage = strings.Repeat("the device is gone ", 20)
	sizes()
	d.v.Close()
	sizes()
}

// TestGolden compares settled views; SWITCHBOARD_UPDATE=1 writes them anew.
func TestGolden(t *testing.T) {
	d := newDesk(t)
	d.host.words = []string{"refund"}
	src := d.voicemail(72)
	src.Item.Transcript = store.TranscriptPartial
	d.show(src)
	d.do(keymap.Play)
	d.playing()
	d.pass(3 * time.Second)
	d.do(keymap.MediaFaster, keymap.MediaFaster, keymap.MediaLess, keymap.MediaLess, keymap.SkipSilence)
	for _, s := range []struct {
		name string
		w, h int
	}{{"60x12", 60, 12}, {"118x30", 118, 30}, {"40x6", 40, 6}} {
		var b strings.Builder
		for _, l := range d.lines(s.w, s.h) {
			b.WriteString(strings.TrimRight(l, " ") + "\n")
		}
		path := filepath.Join("testdata", s.name+".golden")
		if os.Getenv("SWITCHBOARD_UPDATE") != "" {
			if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(path, []byte(b.String()), 0o644)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s differs\ngot:\n%s\nwant:\n%s", path, b.String(), want)
		}
	}
}

func TestWaveformSigns(t *testing.T) {
	cols := []column{{up: 1, down: 1, here: true}, {up: .5, down: .2, here: true}, {here: true, quiet: true}, {here: true}, {}}
	s := theme.New(true, true)
	for rows, want := range map[int]string{
		1: " █▄▁▂·",
		2: " █\n ██▁▂·",
		5: " █\n ██\n ██─█·\n █\n █",
	} {
		got := waveform(cols, rows, 7, -1, s)
		for i := range got {
			got[i] = strings.TrimRight(ansi.Strip(got[i]), " ")
		}
		if got := strings.Join(got, "\n"); got != want {
			t.Errorf("%d rows:\n%s\nwant\n%s", rows, got, want)
		}
	}
	if got := waveform(cols, 1, 7, 1, s)[0]; !strings.Contains(got, "┃") {
		t.Errorf("no playhead in %q", got)
	}
}

func TestDisabledAndForeignActions(t *testing.T) {
	d := newDesk(t)
	if _, ok := d.v.Do(keymap.FitPage); ok {
		t.Error("a recording has no page to fit")
	}
	d.v.foreign = "AMR"
	if d.v.Disabled(keymap.SkipSilence) == "" || d.v.Disabled(keymap.Play) != "" {
		t.Error("disabled wrongly")
	}
	var _ screen.Sized = d.v
	var _ screen.Tall = d.v
	var _ screen.Telling = d.v
}

// outsider stands for another program that plays a file.
type outsider struct {
	sound.Player
	st     sound.State
	wake   chan struct{}
	closed int
}

func (o *outsider) Play()                    { o.st.Phase = sound.Playing }
func (o *outsider) Pause()                   { o.st.Phase = sound.Stopped }
func (o *outsider) Seek(at time.Duration)    { o.st.At = at }
func (o *outsider) SetSpeed(v float64)       { o.st.Speed = v }
func (o *outsider) SetVolume(percent int)    { o.st.Volume = percent }
func (o *outsider) SkipSilence(bool)         {}
func (o *outsider) State() sound.State       { return o.st }
func (o *outsider) Changed() <-chan struct{} { return o.wake }
func (o *outsider) Close()                   { o.closed++ }
func (o *outsider) Closed() <-chan struct{}  { c := make(chan struct{}); close(c); return c }

func TestAnotherProgramPlaysWhatWeCannot(t *testing.T) {
	d := newDesk(t)
	o := &outsider{wake: make(chan struct{}), st: sound.State{Length: 9 * time.Second}}
	asked := ""
	d.files = func(path string, _ time.Duration) (sound.Player, error) { asked = path; return o, nil }
	src := d.voicemail(2)
	src.File.Duration = 0
	if err := os.WriteFile(src.Path, []byte("#!AMR\n"+strings.Repeat("\x3c\x00", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	src.Done, src.Total = 206, 206
	d.show(src)
	d.do(keymap.MediaFaster, keymap.Play)
	d.until("the program", func() bool { return d.v.player != nil })
	if asked != src.Path || o.st.Phase != sound.Playing || o.st.Speed < 1.09 {
		t.Errorf("%s: %+v", asked, o.st)
	}
	d.do(keymap.MediaForward)
	if l := strings.Join(d.lines(70, 8), "\n"); !strings.Contains(l, "0:05 of 0:09  1.1x") || !strings.Contains(l, "played by another program") {
		t.Error(l)
	}
	d.v.Close()
	if o.closed == 0 {
		t.Error("the program goes on")
	}

	// It comes when nobody waits for it any more.
	arrive := make(chan struct{})
	d.files = func(string, time.Duration) (sound.Player, error) { <-arrive; return o, nil }
	d.v.device = sound.Device{}
	d.show(src)
	d.do(keymap.Play)
	d.until("the question", func() bool { return d.v.hired != nil })
	o.closed = 0
	h := d.v.hired
	d.v.Close()
	close(arrive)
	d.until("its end", func() bool { h.mu.Lock(); defer h.mu.Unlock(); return o.closed > 0 })
}
