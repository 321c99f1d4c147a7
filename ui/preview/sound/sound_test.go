package sound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

// TestMain lets the test program stand in for an outside player.
func TestMain(m *testing.M) {
	if kind := os.Getenv("FAKE_PLAYER"); kind != "" {
		fakePlayer(kind)
	}
	goleak.VerifyTestMain(m)
}

// fakePlayer writes its process number to FAKE_PID, and what comes to FAKE_OUT.
func fakePlayer(kind string) {
	if path := os.Getenv("FAKE_PID"); path != "" {
		tmp := path + ".part"
		_ = os.WriteFile(tmp, []byte(strconv.Itoa(os.Getpid())), 0o600)
		_ = os.Rename(tmp, path)
	}
	switch kind {
	case "take":
		b, _ := io.ReadAll(os.Stdin)
		_ = os.WriteFile(os.Getenv("FAKE_OUT"), b, 0o600)
	case "deaf": // takes nothing and does not end
		time.Sleep(time.Minute)
	case "fail":
		fmt.Fprintln(os.Stderr, "\x1b[31mno device here\x1b[0m")
		os.Exit(3)
	}
	os.Exit(0)
}

// fake makes this program a player of a kind.
func fake(t *testing.T, kind string) (argv []string, pid, out string) {
	t.Helper()
	dir := t.TempDir()
	pid, out = filepath.Join(dir, "pid"), filepath.Join(dir, "out")
	t.Setenv("FAKE_PLAYER", kind)
	t.Setenv("FAKE_PID", pid)
	t.Setenv("FAKE_OUT", out)
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{me, "{rate}"}, pid, out
}

// tone is n samples of a sine.
func tone(n, rate int, hertz, loud float64) []int16 {
	p := make([]int16, n)
	for i := range p {
		p[i] = int16(loud * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return p
}

// from is a Fill of ready samples.
func from(all []int16) Fill {
	return func(p []int16) (int, bool) {
		n := copy(p, all)
		all = all[n:]
		return n, len(all) == 0
	}
}

func crash(t *testing.T) Crash {
	return func(v any, stack []byte) { t.Errorf("panic: %v\n%s", v, stack) }
}

func TestPacedKeepsTimeWithTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newPaced(openSilent, 50*time.Millisecond, crash(t))
		var asked atomic.Int64
		over := make(chan error, 1)
		err := o.Start(8000, func(p []int16) (int, bool) {
			n := min(len(p), 16000-int(asked.Load()))
			return n, asked.Add(int64(n)) == 16000
		}, func(err error) { over <- err })
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		time.Sleep(time.Second + time.Millisecond)
		synctest.Wait()
		if s := float64(asked.Load()) / 8000; s < 1.09 || s > 1.15 {
			t.Errorf("after 1 s %.3f s were taken, want about 1.12", s)
		}
		if l := o.Latency(); l < 140*time.Millisecond || l > 180*time.Millisecond {
			t.Errorf("latency %v, want 120 ms ahead and 50 ms in the player", l)
		}
		if err := <-over; err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took < 2030*time.Millisecond || took > 2100*time.Millisecond {
			t.Errorf("2 s of sound ended after %v", took)
		}
		o.Close()
	})
}

func TestPacedStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newPaced(openSilent, 0, crash(t))
		var n atomic.Int64
		if err := o.Start(8000, func(p []int16) (int, bool) { n.Add(int64(len(p))); return len(p), false }, func(error) { t.Error("done after Stop") }); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond)
		o.Stop()
		was := n.Load()
		time.Sleep(time.Second)
		if n.Load() != was {
			t.Error("filled after Stop")
		}
		if o.Latency() != 0 {
			t.Error("something is still to be heard after Stop")
		}
	})
}

func TestPlayerGetsEverySample(t *testing.T) {
	argv, _, out := fake(t, "take")
	want := tone(3000, 8000, 440, 10000)
	o := pipeTo(argv, 0, crash(t))
	defer o.Close()
	over := make(chan error, 1)
	if err := o.Start(8000, from(want), func(err error) { over <- err }); err != nil {
		t.Fatal(err)
	}
	if err := <-over; err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil || len(got) != 2*len(want) {
		t.Fatalf("%d bytes arrived, want %d: %v", len(got), 2*len(want), err)
	}
	for i, x := range want {
		if int16(got[2*i])&0xff|int16(got[2*i+1])<<8 != x {
			t.Fatalf("sample %d is another", i)
		}
	}
}

func TestPlayerThatFailsSaysWhy(t *testing.T) {
	argv, _, _ := fake(t, "fail")
	o := pipeTo(argv, 0, crash(t))
	defer o.Close()
	over := make(chan error, 1)
	if err := o.Start(8000, func(p []int16) (int, bool) { return len(p), false }, func(err error) { over <- err }); err != nil {
		t.Fatal(err)
	}
	err := <-over
	if err == nil || !strings.Contains(err.Error(), "no device here") || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("got %q", err)
	}
	if err := pipeTo([]string{"/nowhere/player"}, 0, nil).Start(8000, nil, nil); err == nil {
		t.Error("a player that is not there was started")
	}
}

// waitFor polls what another process does.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	end := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(end) {
			t.Fatalf("%s did not come", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestPlayerThatHangsIsKilled(t *testing.T) {
	argv, pid, _ := fake(t, "deaf")
	o := pipeTo(argv, 0, crash(t))
	if err := o.Start(48000, func(p []int16) (int, bool) { return len(p), false }, func(error) { t.Error("done") }); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the player", func() bool { _, err := os.Stat(pid); return err == nil })
	begin := time.Now()
	o.Close()
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("killing took %v", took)
	}
	gone(t, pid)
}

func TestFilePlayerIsKilledOnClose(t *testing.T) {
	argv, pid, _ := fake(t, "deaf")
	p := newShow(func(time.Duration, float64, int) []string { return forFile(argv, "/a file") }, false, time.Minute, crash(t))
	p.Play()
	waitFor(t, "playing", func() bool { return p.State().Phase == Playing })
	waitFor(t, "the player", func() bool { _, err := os.Stat(pid); return err == nil })
	p.Pause()
	waitFor(t, "the end of the player", func() bool { return !alive(pid) })
	if s := p.State(); s.Phase != Stopped {
		t.Errorf("phase %v after Pause", s.Phase)
	}
	os.Remove(pid)
	p.Play()
	waitFor(t, "the player", func() bool { _, err := os.Stat(pid); return err == nil })
	p.Close()
	<-p.Closed()
	gone(t, pid)
}

func TestFilePlayerTellsEndAndFault(t *testing.T) {
	argv, _, _ := fake(t, "take")
	p := newShow(func(time.Duration, float64, int) []string { return argv }, false, 2*time.Second, crash(t))
	p.Play()
	waitFor(t, "the end", func() bool { return p.State().Phase == Ended })
	if s := p.State(); s.At < s.Length {
		t.Errorf("ended at %v of %v", s.At, s.Length)
	}
	t.Setenv("FAKE_PLAYER", "fail")
	p.Play()
	waitFor(t, "the fault", func() bool { return p.State().Phase == Broken })
	if err := p.State().Err; !strings.Contains(err.Error(), "no device here") {
		t.Error(err)
	}
	p.Close()
	<-p.Closed()
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"mpv":                        "mpv",
		"  aplay -D  hw:1 ":          "aplay|-D|hw:1",
		`"my player" --x='a b' ''`:   "my player|--x=a b|",
		`sh -c 'echo "$HOME; true"'`: `sh|-c|echo "$HOME; true"`,
	} {
		got, err := words(in)
		if err != nil || strings.Join(got, "|") != want {
			t.Errorf("%s: %q, %v", in, got, err)
		}
	}
	if _, err := words(`a "b`); err == nil {
		t.Error("an open quote passed")
	}
}

func TestFind(t *testing.T) {
	none := func(string) (string, error) { return "", exec.ErrNotFound }
	has := func(names ...string) func(string) (string, error) {
		return func(n string) (string, error) {
			for _, x := range names {
				if x == n {
					return "/usr/bin/" + n, nil
				}
			}
			return none(n)
		}
	}
	yes, no := func() bool { return true }, func() bool { return false }
	env := func(kv ...string) func(string) string {
		return func(k string) string {
			for i := 0; i < len(kv); i += 2 {
				if kv[i] == k {
					return kv[i+1]
				}
			}
			return ""
		}
	}
	nowhere := filepath.Join(t.TempDir(), "nothing")
	local := env("XDG_RUNTIME_DIR", nowhere)
	for _, tt := range []struct {
		name  string
		c     Config
		want  string // the device
		why   string
		files bool
	}{
		{"nothing", Config{Env: local, LookPath: none, Card: no}, "", "No sound on this machine: connect to PulseAudio", false},
		{"no runtime dir", Config{Env: env(), LookPath: none, Card: no}, "", "XDG_RUNTIME_DIR is not set", false},
		{"a card and mpv", Config{Env: local, LookPath: has("mpv", "aplay"), Card: yes}, "aplay", "", true},
		{"a card and aplay", Config{Env: local, LookPath: has("aplay"), Card: yes}, "aplay", "", false},
		{"a card and no player", Config{Env: local, LookPath: none, Card: yes}, "", "no player is installed; mpv is one", false},
		{"players and no card", Config{Env: local, LookPath: has("mpv", "pacat"), Card: no}, "", "No sound on this machine", false},
		{"ssh", Config{Env: env("SSH_CONNECTION", "1 2 3 4"), LookPath: has("mpv"), Card: yes}, "", "No sound over SSH: it would be heard at the other machine", false},
		{"ssh with a server that is away", Config{Env: env("SSH_TTY", "/dev/pts/1", "PULSE_SERVER", "unix:"+nowhere), LookPath: has("mpv"), Card: yes}, "", "No sound over SSH: connect", false},
		{"ssh with a player that is set", Config{Use: "aplay", Env: env("SSH_TTY", "x"), LookPath: has("aplay"), Card: no}, "aplay", "", false},
		{"off", Config{Use: "off"}, "", "switched off", false},
		{"silent", Config{Use: "silent", LookPath: none}, "silence", "", false},
		{"a command", Config{Use: "aplay -D hw:1 -r {rate}", LookPath: has("aplay")}, "aplay", "", false},
		{"a command that is not there", Config{Use: "mine", LookPath: none}, "", "cannot be used", false},
		{"an open quote", Config{Use: "'a", LookPath: none}, "", "a quote is not closed", false},
		{"pulse only", Config{Use: "pulse", Env: local, LookPath: has("mpv")}, "", "No sound: connect to", true},
	} {
		d, why := Find(context.Background(), tt.c)
		if d.Name != tt.want || d.Samples() != (tt.want != "") || !strings.Contains(why, tt.why) || (why == "") != (tt.want != "") {
			t.Errorf("%s: %q, %q", tt.name, d.Name, why)
		}
		if d.Files() != tt.files {
			t.Errorf("%s: files %v", tt.name, d.Files())
		}
	}
}

func TestMarksLeadBackToTheRecording(t *testing.T) {
	var m marks
	m.add(mark{0, 1000, 2})    // double speed
	m.add(mark{100, 1200, 2})  //
	m.add(mark{200, 5000, 2})  // a silence was skipped
	m.add(mark{300, 5200, 0})  // the download is behind
	m.add(mark{350, 5200, 0})  //
	m.add(mark{400, 5200, .5}) // slowly
	for out, want := range map[int64]int64{-5: 77, 0: 1000, 50: 1100, 199: 1398, 200: 5000, 299: 5198, 320: 5200, 399: 5200, 500: 5250} {
		if got := m.at(out, 77); got != want {
			t.Errorf("at %d: %d, want %d", out, got, want)
		}
	}
	for i := range 2000 {
		m.add(mark{500 + int64(i), 6000 + int64(i), 1})
	}
	if m.forget(2400); len(m) > 200 || m.at(2410, 0) != 7910 {
		t.Errorf("%d marks are kept, and %d", len(m), m.at(2410, 0))
	}
}

func TestGainIsGradualAndNeverCuts(t *testing.T) {
	const rate = 8000
	flat := make([]int16, rate/10)
	for i := range flat {
		flat[i] = 10000
	}
	p := append([]int16(nil), flat...)
	newGain(rate).apply(p, 80)
	if p[0] > 300 || p[len(p)-1] != 8000 {
		t.Errorf("begins at %d, ends at %d", p[0], p[len(p)-1])
	}
	for i := 1; i < len(p); i++ {
		if p[i]-p[i-1] > 300 {
			t.Fatalf("jumps by %d at %d", p[i]-p[i-1], i)
		}
	}
	loud := tone(rate, rate, 300, 28000)
	newGain(rate).apply(loud, 200)
	most := int16(0)
	for _, x := range loud {
		most = max(most, x)
	}
	if most > loudest+1 || most < 30000 {
		t.Errorf("the loudest is %d", most)
	}
}

func TestResamplerKeepsTheTone(t *testing.T) {
	const rate = 8000
	src := tone(rate, rate, 1000, 10000)
	r := newResampler(rate, 48000, from(src))
	var got []int16
	for end := false; !end; {
		p := make([]int16, 777)
		var n int
		n, end = r.fill(p)
		got = append(got, p[:n]...)
	}
	if d := len(got) - 48000; d < -100 || d > 100 {
		t.Fatalf("%d samples, want about 48000", len(got))
	}
	want := tone(48000, 48000, 1000, 10000)
	// The ends have nothing before or after them; elsewhere the error is small.
	worst := 0.0
	for i := 500; i < 47000; i++ {
		worst = max(worst, math.Abs(float64(got[i])-float64(want[i])))
	}
	if worst > 150 {
		t.Errorf("off by up to %.0f of 10000", worst)
	}
}

func TestTailIsClean(t *testing.T) {
	var s tail
	fmt.Fprintf(&s, "%s\nfirst\n\x1b]0;title\x07 last \x1b[2J line\r\n\n", bytes.Repeat([]byte("x"), 5000))
	if got := s.last(); got != "]0;title last [2J line" {
		t.Errorf("%q", got)
	}
	if len(s.b) > 1000 {
		t.Errorf("%d bytes kept", len(s.b))
	}
}

func TestCrashIsToldAndEndsNothingElse(t *testing.T) {
	told := make(chan any, 1)
	o := newPaced(openSilent, 0, func(v any, stack []byte) { told <- v })
	if err := o.Start(8000, func([]int16) (int, bool) { panic("here") }, func(error) {}); err != nil {
		t.Fatal(err)
	}
	if v := <-told; v != "here" {
		t.Error(v)
	}
	o.Close()
}

var errTest = errors.New("the disk is gone")
