//go:build linux

package sound

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// needsTime leaves out what listens to real players unless it was asked for: on a
// busy machine they stumble, and that is not what is tested.
func needsTime(t *testing.T) {
	t.Helper()
	if os.Getenv("SWITCHBOARD_SOUND") == "" {
		t.Skip("plays in real time: set SWITCHBOARD_SOUND=1 on a quiet machine")
	}
}

// server starts a PulseAudio of its own with a device that nobody hears, and
// gives its address.
func server(t *testing.T, sink string) string {
	t.Helper()
	needsTime(t)
	path, err := exec.LookPath("pulseaudio")
	if err != nil {
		t.Skip("no pulseaudio here")
	}
	dir, err := os.MkdirTemp("", "pulse") // short enough for a socket's name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	sock := filepath.Join(dir, "native")
	cmd := exec.Command(path, "--daemonize=no", "-n", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes",
		"-L", "module-native-protocol-unix auth-anonymous=1 socket="+sock, "-L", "module-null-sink rate=48000 sink_name="+sink)
	cmd.Env = []string{"HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "PATH=" + os.Getenv("PATH"), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
	})
	waitFor(t, "the server", func() bool {
		c, err := net.Dial("unix", sock)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return "unix:" + sock
}

// recorder takes down what the device of a server is made to play.
type recorder struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *recorder) samples() []int16 {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.b.Bytes()
	out := make([]int16, len(b)/2)
	for i := range out {
		out[i] = int16(b[2*i]) | int16(b[2*i+1])<<8
	}
	return out
}

func record(t *testing.T, server, sink string) *recorder {
	t.Helper()
	path, err := exec.LookPath("parec")
	if err != nil {
		t.Skip("no parec here")
	}
	r := &recorder{}
	cmd := exec.Command(path, "--raw", "--format=s16le", "--rate=8000", "--channels=1", "--latency-msec=20", "-d", sink+".monitor")
	cmd.Env = append(os.Environ(), "PULSE_SERVER="+server)
	cmd.Stdout = r
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
	})
	waitFor(t, "the recording", func() bool { return len(r.samples()) > 0 })
	return r
}

// measure counts loud samples and the upward crossings of a tone.
func measure(p []int16) (loud, cycles int) {
	for i, x := range p {
		if x > 3000 || x < -3000 {
			loud++
		}
		if i > 0 && p[i-1] < 0 && x >= 0 {
			cycles++
		}
	}
	return loud, cycles
}

func TestPulsePlays(t *testing.T) {
	addr := server(t, "nobody")
	rec := record(t, addr, "nobody")
	d, why := Find(context.Background(), Config{Use: "pulse", Server: addr, Crash: crash(t)})
	if why != "" {
		t.Fatal(why)
	}
	o, err := d.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()

	begin, over := time.Now(), make(chan error, 1)
	if err := o.Start(8000, from(tone(12000, 8000, 440, 12000)), func(err error) { over <- err }); err != nil {
		t.Fatal(err)
	}
	time.Sleep(400 * time.Millisecond)
	late := o.Latency()
	if err := <-over; err != nil {
		t.Fatal(err)
	}
	took := time.Since(begin)
	t.Logf("latency %v, 1.5 s played in %v", late, took)
	if late < 20*time.Millisecond || late > 400*time.Millisecond || took < 1400*time.Millisecond || took > 3*time.Second {
		t.Errorf("latency %v, 1.5 s played in %v", late, took)
	}
	time.Sleep(200 * time.Millisecond)
	loud, cycles := measure(rec.samples())
	if cycles < 650 || cycles > 670 || loud < 9500 {
		t.Errorf("%d cycles of a tone were recorded, want 660; %d loud samples", cycles, loud)
	}

	// What is stopped is silent at once, and another can follow.
	if err := o.Start(8000, from(tone(80000, 8000, 440, 12000)), func(error) { t.Error("done") }); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	o.Stop()
	time.Sleep(150 * time.Millisecond)
	n := len(rec.samples())
	time.Sleep(300 * time.Millisecond)
	if loud, _ := measure(rec.samples()[n:]); loud > 0 {
		t.Errorf("%d loud samples after Stop", loud)
	}
}

func TestPulseThatDiesIsTold(t *testing.T) {
	addr := server(t, "nobody")
	p, err := dialPulse(context.Background(), addr, os.Getenv, crash(t))
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	if err := p.Start(8000, func(b []int16) (int, bool) { return len(b), false }, func(err error) { over <- err }); err != nil {
		t.Fatal(err)
	}
	p.conn.Close()
	select {
	case err := <-over:
		if err == nil {
			t.Error("no fault told")
		}
	case <-time.After(5 * time.Second):
		t.Error("the end of the server was not noticed")
	}
	p.Close()
}

func TestPulseWithoutACardIsNoSound(t *testing.T) {
	addr := server(t, "auto_null")
	d, why := Find(context.Background(), Config{Use: "pulse", Server: addr})
	if d.Samples() || !strings.Contains(why, "no sound card") {
		t.Errorf("%q, %q", d.Name, why)
	}
}

// TestPulseServerThatHangsUp: one that accepts and closes, or says nothing.
func TestPulseServerThatHangsUp(t *testing.T) {
	dir, err := os.MkdirTemp("", "pulse")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	begin := time.Now()
	if _, err := dialPulse(context.Background(), "unix:"+filepath.Join(dir, "s"), os.Getenv, crash(t)); err == nil {
		t.Error("signed in to nothing")
	}
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestPulseAddress(t *testing.T) {
	host, _ := os.Hostname()
	for in, want := range map[string]string{
		"/run/x": "unix /run/x", "unix:/run/y": "unix /run/y", "tcp:desk:99": "tcp desk:99", "desk": "tcp desk:4713",
		"{elsewhere}unix:/a {" + host + "}unix:/b": "unix /b", "tcp6:[::1]": "tcp6 [::1]:4713",
	} {
		network, addr, err := pulseAddress(in, func(string) string { return "" })
		if got := network + " " + addr; err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", in, got, err, want)
		}
	}
	network, addr, err := pulseAddress("", func(k string) string { return map[string]string{"XDG_RUNTIME_DIR": "/run/user/7"}[k] })
	if network+addr != "unix/run/user/7/pulse/native" || err != nil {
		t.Error(network, addr, err)
	}
}

// TestMPVPlaysAFile needs mpv and a server; AMR and its kind are played so.
func TestMPVPlaysAFile(t *testing.T) {
	if _, err := exec.LookPath("mpv"); err != nil {
		t.Skip("no mpv here")
	}
	addr := server(t, "nobody")
	t.Setenv("PULSE_SERVER", addr)
	rec := record(t, addr, "nobody")
	path := filepath.Join(t.TempDir(), "--a tone.wav")
	if err := os.WriteFile(path, wav(tone(16000, 8000, 440, 12000)), 0o600); err != nil {
		t.Fatal(err)
	}
	d, why := Find(context.Background(), Config{Use: "pulse", Server: addr, Crash: crash(t)})
	if why != "" || !d.Files() {
		t.Fatal(why)
	}
	begin := time.Now()
	p, err := d.OpenFile(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the length", func() bool { return p.State().Length > 1900*time.Millisecond })
	t.Logf("ready after %v", time.Since(begin))
	if s := p.State(); s.Phase != Stopped {
		t.Errorf("phase %v before Play", s.Phase)
	}
	p.SetSpeed(1.5)
	p.Play()
	waitFor(t, "0.5 s", func() bool { return p.State().At > 500*time.Millisecond })
	p.Pause()
	waitFor(t, "the pause", func() bool { return p.State().Phase == Stopped })
	p.Seek(1800 * time.Millisecond)
	p.Play()
	waitFor(t, "the end", func() bool { return p.State().Phase == Ended })
	p.Play() // from the start
	waitFor(t, "the start", func() bool { s := p.State(); return s.Phase == Playing && s.At < time.Second })
	loud, cycles := measure(rec.samples())
	if loud < 2000 || cycles < 100 {
		t.Errorf("%d loud samples, %d cycles", loud, cycles)
	}
	m := p.(*mpv)
	p.Close()
	<-p.Closed()
	if syscall.Kill(m.proc.cmd.Process.Pid, 0) == nil {
		t.Error("mpv was left behind")
	}

	if p, err = d.OpenFile(path, 0); err != nil {
		t.Fatal(err)
	}
	m = p.(*mpv)
	waitFor(t, "the length", func() bool { return p.State().Length > 1900*time.Millisecond })
	m.conn.Close() // as when we are killed
	select {
	case <-m.proc.ended:
	case <-time.After(5 * time.Second):
		t.Error("mpv does not end with its socket")
	}
	<-p.Closed()
}

// wav is samples as a file, 8000 a second.
func wav(p []int16) []byte {
	n := 2 * len(p)
	b := []byte("RIFF    WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data")
	b[4], b[5], b[6], b[7] = byte(n+36), byte((n+36)>>8), byte((n+36)>>16), 0
	b = append(b, byte(n), byte(n>>8), byte(n>>16), 0)
	for _, x := range p {
		b = append(b, byte(x), byte(uint16(x)>>8))
	}
	return b
}

// TestPlayersPlay tries the programs that take samples from a pipe and can use a
// server, as far as they are here.
func TestPlayersPlay(t *testing.T) {
	addr := server(t, "nobody")
	t.Setenv("PULSE_SERVER", addr)
	t.Setenv("SDL_AUDIODRIVER", "pulseaudio")
	rec := record(t, addr, "nobody")
	for _, name := range []string{"mpv", "pacat", "ffplay"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Logf("no %s here", name)
			continue
		}
		n := len(rec.samples())
		d, why := Find(context.Background(), Config{Use: name, Crash: crash(t)})
		if why != "" {
			t.Fatal(why)
		}
		o, err := d.Open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		begin, over := time.Now(), make(chan error, 1)
		if err := o.Start(8000, from(tone(8000, 8000, 440, 12000)), func(err error) { over <- err }); err != nil {
			t.Fatal(err)
		}
		err = <-over
		took := time.Since(begin)
		o.Close()
		time.Sleep(100 * time.Millisecond)
		loud, cycles := measure(rec.samples()[n:])
		t.Logf("%s: %v, %d cycles, %d loud", name, took.Round(time.Millisecond), cycles, loud)
		// mpv begins anew after its first moments: some of it is heard twice.
		if most := map[string]int{"mpv": 800}[name]; err != nil || cycles < 430 || cycles > max(most, 455) {
			t.Errorf("%s: %d cycles of a tone, want about 440: %v", name, cycles, err)
		}
	}
}

// TestDeckThroughPulse: what the deck says is heard is what was.
func TestDeckThroughPulse(t *testing.T) {
	addr := server(t, "nobody")
	rec := record(t, addr, "nobody")
	dev, why := Find(context.Background(), Config{Use: "pulse", Server: addr, Crash: crash(t)})
	if why != "" {
		t.Fatal(why)
	}
	d := NewDeck(dev.Open, newTape(tone(80000, 8000, 440, 12000)), crash(t))
	defer func() { d.Close(); <-d.Closed() }()
	begin := time.Now()
	d.Play()
	await(t, d, "playing", func(s State) bool { return s.Phase == Playing && s.At > 0 })
	t.Logf("heard %v after Play", time.Since(begin))
	await(t, d, "1 s", func(s State) bool { return s.At > time.Second })
	d.Pause()
	at := d.State().At
	time.Sleep(400 * time.Millisecond)
	_, cycles := measure(rec.samples())
	heard := time.Duration(cycles) * time.Second / 440
	t.Logf("paused at %v, %v were recorded", at, heard)
	if diff := at - heard; diff < -80*time.Millisecond || diff > 80*time.Millisecond {
		t.Errorf("paused at %v, but %v were heard", at, heard)
	}
}
