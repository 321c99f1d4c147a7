package preview

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// shelf is a store of one file for each item.
type shelf struct {
	screen.Store
	dir     string
	state   store.FileState
	fault   string
	err     error
	content string
	typ     string
	hold    bool // downloads go on until they are cancelled
	fetches int
	dropped []int64
}

func (s *shelf) Item(_ context.Context, id store.ID) (store.Item, error) {
	it := store.Item{Row: store.Row{ID: id, Kind: store.MMS, Files: 1}}
	it.Attachments = []store.Attachment{{ID: int64(id) * 10, Item: id, Type: s.typ, State: s.state, Fault: s.fault, Size: int64(len(s.content))}}
	return it, nil
}

func (s *shelf) FetchNow(ctx context.Context, _ store.Attachment, progress func(done, total int64)) (string, error) {
	s.fetches++
	for i := range 100 { // nobody has to look at each
		progress(int64(i), 100)
	}
	if s.hold {
		<-ctx.Done()
		return "", ctx.Err()
	}
	if s.err != nil {
		return "", s.err
	}
	s.state = store.Kept
	path := filepath.Join(s.dir, "blob")
	return path, os.WriteFile(path, []byte(s.content), 0o600)
}

func (s *shelf) FetchAhead(ctx context.Context, a store.Attachment, progress func(done, total int64)) (string, error) {
	return s.FetchNow(ctx, a, progress)
}

func (s *shelf) CancelJob(_ context.Context, file int64) error {
	s.dropped = append(s.dropped, file)
	return nil
}

func (s *shelf) PartPath(int64) string { return "" }

// desk is a preview with its commands carried out as Bubble Tea does.
type desk struct {
	t     *testing.T
	m     *Model
	store *shelf
	said  string
	seen  int
	crash int
	later []tea.Msg
	msgs  chan tea.Msg
	out   int
}

func (d *desk) Say(s string)                { d.said = s }
func (d *desk) Tell(screen.Banner)          {}
func (d *desk) Prompt(screen.Prompt)        {}
func (d *desk) Confirm(screen.Confirm)      {}
func (d *desk) Go(screen.Place) tea.Cmd     { return nil }
func (d *desk) Step(int) tea.Cmd            { return nil }
func (d *desk) Current() (store.Row, bool)  { return store.Row{}, false }
func (d *desk) Words() []string             { return nil }
func (d *desk) Show(string, string) tea.Cmd { return nil }
func (d *desk) Seen(store.ID) tea.Cmd       { d.seen++; return nil }

func sit(t *testing.T, s *shelf) *desk {
	t.Helper()
	s.dir = t.TempDir()
	d := &desk{t: t, store: s, msgs: make(chan tea.Msg, 100)}
	env := &screen.Env{
		Ctx: t.Context(), Store: s, Host: d, Styles: theme.New(true, true), Keys: keymap.Default(), Location: time.UTC,
		Now: time.Now, Log: slog.New(slog.DiscardHandler), Term: graphics.Default(),
		Crash: func(any, []byte) { d.crash++ },
		Later: func(_ time.Duration, msg tea.Msg) tea.Cmd {
			d.later = append(d.later, msg)
			return nil
		},
	}
	d.m = New(env, Options{})
	d.run(d.m.Resize(60, 10))
	return d
}

func (d *desk) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	d.out++
	go func() { d.msgs <- cmd() }()
}

// settle goes on until no command is under way, or a download that is held is.
func (d *desk) settle() {
	d.t.Helper()
	for d.out > 0 && !(d.store.hold && d.m.stage == fetching) {
		select {
		case msg := <-d.msgs:
			d.out--
			d.take(msg)
		case <-time.After(10 * time.Second):
			d.t.Fatal("a command does not come back")
		}
	}
}

func (d *desk) take(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	default:
		d.run(d.m.Update(msg))
	}
}

func (d *desk) follow(id store.ID) {
	d.t.Helper()
	d.run(d.m.Follow(store.Row{ID: id, Kind: store.MMS, Files: 1}, true, false, 0))
	d.settle()
}

// stay lets the time pass after which a file is fetched.
func (d *desk) stay() {
	d.t.Helper()
	for _, msg := range d.later {
		d.take(msg)
	}
	d.later = nil
	d.settle()
}

func (d *desk) do(a keymap.Action) {
	d.t.Helper()
	cmd, ok := d.m.Do(a)
	if !ok {
		d.t.Fatalf("%s is not for the preview", a)
	}
	d.run(cmd)
	d.settle()
}

func (d *desk) sees(want string) {
	d.t.Helper()
	got := ansi.Strip(strings.Join(d.m.View(60, 10, true), "\n"))
	if !strings.Contains(strings.Join(strings.Fields(got), " "), want) {
		d.t.Errorf("no %q in\n%s", want, got)
	}
}

func TestAFileIsFetchedAfterARest(t *testing.T) {
	d := sit(t, &shelf{content: "hello there", typ: "text/plain"})
	d.follow(1)
	if d.store.fetches != 0 {
		t.Fatal("fetched in passing")
	}
	d.follow(2)
	d.stay()
	if d.store.fetches != 1 {
		t.Errorf("%d downloads of two rows, one of which was left", d.store.fetches)
	}
	d.sees("hello there")
	if d.seen != 0 {
		t.Error("resting marked it read")
	}
	d.do(keymap.Play)
	if d.seen != 1 {
		t.Error("going on in it did not mark it read")
	}
}

func TestAKeyFetchesAtOnceAndIsKept(t *testing.T) {
	d := sit(t, &shelf{content: "hello there", typ: "text/plain"})
	d.follow(1)
	d.do(keymap.Play)
	if d.store.fetches != 1 || d.seen != 1 {
		t.Errorf("%d downloads, seen %d times", d.store.fetches, d.seen)
	}
	d.sees("hello there")
}

func TestLeavingCancelsWhatNobodyAskedFor(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*desk)
		want int
	}{
		{"a rest", func(d *desk) { d.stay() }, 1},
		{"a key", func(d *desk) { d.do(keymap.Play) }, 0},
		{"a rest, then somebody saved it", func(d *desk) { d.stay(); d.m.Keep() }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := sit(t, &shelf{content: "x", typ: "text/plain", hold: true})
			d.follow(1)
			tt.do(d)
			if !d.m.Busy() {
				t.Fatal("no download is under way")
			}
			d.sees("Fetching")
			cmd := d.m.Follow(store.Row{}, false, true, 0)
			d.store.hold = false
			d.run(cmd)
			d.settle()
			if len(d.store.dropped) != tt.want {
				t.Errorf("took back %v", d.store.dropped)
			}
			if d.m.Lines(60, 10) != 0 {
				t.Error("still shows something")
			}
		})
	}
}

func TestFaultsSayWhyAndTheWayOut(t *testing.T) {
	for _, tt := range []struct {
		name  string
		shelf shelf
		want  string
	}{
		{"gone", shelf{state: store.Gone}, "The service no longer has this file"},
		{"paused", shelf{state: store.Paused}, "The download is paused; Space goes on with it"},
		{"failed before", shelf{state: store.Faulty, fault: "the disk is full"}, "Download failed: the disk is full; Space tries again"},
		{"fails now", shelf{err: errors.New("the line is dead")}, "This file could not be fetched: the line is dead; Space tries again"},
		{"mismatch", shelf{content: "plain words", typ: "image/png"}, "Said to be image/png, in truth text/plain"},
		{"no PDF at all", shelf{content: "%PDF-1.4 nonsense", typ: "application/pdf"}, "This file cannot be shown:"},
		{"no sound at all", shelf{content: "RIFF\x10\x00\x00\x00WAVEfmt ", typ: "audio/wav"}, "opens it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := sit(t, &tt.shelf)
			d.follow(1)
			d.stay()
			d.sees(tt.want)
			if d.crash != 0 {
				t.Error("it panicked")
			}
		})
	}
}

// What was read of the message before its file was here says that there is none.
func TestAnOldAnswerTakesNothingAway(t *testing.T) {
	d := sit(t, &shelf{content: "hello there", typ: "text/plain"})
	d.follow(1)
	old := d.m.look(false)()
	d.m.stage = waiting
	d.stay()
	d.sees("hello there")
	d.take(old)
	d.settle()
	d.sees("hello there")
	if d.store.fetches != 1 {
		t.Errorf("%d downloads", d.store.fetches)
	}
}

// A recording is shown while it comes; that it is not here yet takes nothing away.
// The part of a recording that was to be looked at has become the file meanwhile.
func TestALookAtAPartThatIsGoneTakesNothingAway(t *testing.T) {
	s := &shelf{content: "hello", typ: "text/plain", state: store.Kept}
	d := sit(t, s)
	d.follow(1)
	d.do(keymap.Play)
	path := d.m.src.Path
	d.take(found{gen: d.m.gen, err: os.ErrNotExist})
	d.settle()
	if path == "" || d.m.src.Path != path {
		t.Errorf("the file at %q is now at %q", path, d.m.src.Path)
	}
}

// Somebody asks for the file of a message before it is known which that is: what they asked
// for is not lost when it turns out.
func TestTheFileChosenWhileLooking(t *testing.T) {
	d := sit(t, &shelf{content: "hello there", typ: "text/plain"})
	d.follow(1)
	cmd := d.m.Now()
	d.run(d.m.Follow(store.Row{ID: 1, Kind: store.MMS, Files: 1}, true, false, 10))
	d.run(cmd)
	d.settle()
	d.sees("hello there")
	if d.store.fetches != 1 {
		t.Errorf("%d downloads", d.store.fetches)
	}
}

func TestALookAtWhatIsComingTakesNothingAway(t *testing.T) {
	d := sit(t, &shelf{content: "hello there", typ: "text/plain"})
	d.follow(1)
	d.stay()
	d.m.src.Whole = false // as of a recording that is shown early
	d.store.state = store.Fetching
	d.run(d.m.look(false))
	d.settle()
	d.sees("hello there")
}

func TestARemovedCopyIsNotFetchedAgain(t *testing.T) {
	d := sit(t, &shelf{content: "hello there", typ: "text/plain"})
	d.follow(1)
	d.stay()
	d.store.state = store.Remote
	d.run(d.m.Follow(store.Row{ID: 1, Kind: store.MMS, Files: 1}, true, true, 0))
	d.settle()
	d.sees("There is no copy on this machine; Space fetches it")
	d.run(d.m.Follow(store.Row{ID: 1, Kind: store.MMS, Files: 1}, true, true, 0))
	d.settle()
	if d.store.fetches != 1 {
		t.Errorf("%d downloads", d.store.fetches)
	}
	d.do(keymap.Play)
	d.sees("hello there")
}

// bomb is a viewer that panics wherever it is asked to.
type bomb struct{ in string }

func (b *bomb) at(place string) {
	if b.in == place {
		panic("boom")
	}
}

func (b *bomb) Show(screen.Source) tea.Cmd {
	b.at("show")
	return func() tea.Msg {
		b.at("command")
		return tea.BatchMsg{func() tea.Msg { b.at("batch"); return tick{} }}
	}
}

func (b *bomb) Do(keymap.Action) (tea.Cmd, bool)     { b.at("do"); return nil, true }
func (b *bomb) Disabled(keymap.Action) string        { return "" }
func (b *bomb) Update(tea.Msg) tea.Cmd               { b.at("update"); return nil }
func (b *bomb) View(w, h int, focused bool) []string { b.at("view"); return nil }
func (b *bomb) Close()                               { b.at("close") }

type tick struct{}

func TestAViewerThatPanicsEndsNothing(t *testing.T) {
	for _, in := range []string{"show", "command", "batch", "update", "do", "view"} {
		t.Run(in, func(t *testing.T) {
			d := sit(t, &shelf{content: "hello", typ: "text/plain"})
			d.m.viewers[Plain] = &bomb{in: in}
			d.follow(1)
			d.stay()
			if in == "do" {
				d.do(keymap.Play)
			}
			d.sees("This file cannot be shown")
			d.sees("o opens it outside")
			delete(d.m.viewers, Plain)
			d.follow(2)
			d.stay()
			d.sees("hello")
		})
	}
}

func TestTypeOf(t *testing.T) {
	for content, want := range map[string]Kind{
		"%PDF-1.7\n": Pages, "II*\x00\x08\x00\x00\x00": Pages, "MM\x00*\x00\x00\x00\x08": Pages,
		"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00": Sound, "\xff\xe3\x18\xc4\x00\x00": Sound, "ID3\x03\x00\x00": Sound, "#!AMR\n": Sound,
		"\xff\xd8\xff\xe0\x00\x10JFIF": Picture, "\x89PNG\r\n\x1a\n": Picture, "GIF89a": Picture, "RIFF\x24\x00\x00\x00WEBPVP8 ": Picture,
		"BEGIN:VCARD\n": Plain, "": Plain, "\xff\xff\xff\xff\xff": Plain, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>": Plain,
	} {
		if got := kindOf(typeOf([]byte(content))); got != want {
			t.Errorf("%q is %s, shown as %d, want %d", content, typeOf([]byte(content)), got, want)
		}
	}
}
