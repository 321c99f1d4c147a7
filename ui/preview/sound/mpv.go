package sound

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"time"
)

// mpv plays a whole file through an mpv of its own, which is told what to do over
// a socket it inherits (JSON IPC, https://mpv.io/manual/stable/#json-ipc). The
// socket ends with us, however we end, and mpv with it.
type mpv struct {
	proc    *process
	conn    net.Conn
	crash   Crash
	changed wake
	orders  chan []byte
	quit    chan struct{}
	closed  chan struct{}
	once    sync.Once

	mu     sync.Mutex
	st     State
	paused bool
	eof    bool
}

// mpvArgs: nothing of the person's own set-up, no window, no terminal, no network
// and no other file than the one that is named.
func mpvArgs(program, path string) []string {
	return []string{
		program, "--no-config", "--no-terminal", "--really-quiet", "--no-video", "--audio-display=no", "--force-window=no",
		"--load-scripts=no", "--ytdl=no", "--access-references=no", "--autoload-files=no", "--ordered-chapters=no",
		"--resume-playback=no", "--input-default-bindings=no", "--pause=yes", "--keep-open=yes", "--volume-max=200",
		"--audio-pitch-correction=yes", "--audio-client-name=switchboard", "--input-ipc-client=fd://3", "--", path,
	}
}

func newMPV(program, path string, length time.Duration, crash Crash) (Player, error) {
	conn, theirs, err := pair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	proc, err := start(mpvArgs(program, path), false, crash, theirs)
	if err != nil {
		_ = conn.Close() // the first fault is the one to tell
		return nil, err
	}
	m := &mpv{
		proc: proc, conn: conn, crash: crash, changed: newWake(), orders: make(chan []byte, 64),
		quit: make(chan struct{}), closed: make(chan struct{}),
		st: State{Length: length, Speed: 1, Volume: 100}, paused: true,
	}
	for i, name := range []string{"time-pos", "duration", "pause", "eof-reached"} {
		m.order("observe_property", i+1, name)
	}
	var both sync.WaitGroup
	both.Add(2)
	go func() {
		defer both.Done()
		defer crash.catch()
		m.write()
	}()
	go func() {
		defer both.Done()
		defer crash.catch()
		m.read()
	}()
	go func() {
		defer close(m.closed)
		defer crash.catch()
		select {
		case <-m.quit:
		case <-proc.ended:
		}
		proc.Kill()
		_ = m.conn.Close() // mpv is gone
		m.Close()
		both.Wait()
		m.end()
	}()
	return m, nil
}

// order sends a command. Where mpv takes none for so long that they pile up, it
// hangs, and is given up.
func (m *mpv) order(command ...any) {
	line, err := json.Marshal(map[string]any{"command": command})
	if err != nil {
		return // made of words and numbers only
	}
	select {
	case m.orders <- append(line, '\n'):
	default:
		m.Close()
	}
}

func (m *mpv) write() {
	for {
		select {
		case <-m.quit:
			return
		case line := <-m.orders:
			if err := m.conn.SetWriteDeadline(time.Now().Add(3 * time.Second)); err != nil {
				return
			}
			if _, err := m.conn.Write(line); err != nil {
				return
			}
		}
	}
}

// read takes what mpv tells. A line is short: only numbers are asked for.
func (m *mpv) read() {
	lines := bufio.NewScanner(m.conn)
	for lines.Scan() {
		var e struct {
			Event string          `json:"event"`
			Name  string          `json:"name"`
			Data  json.RawMessage `json:"data"`
		}
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Event != "property-change" {
			continue
		}
		m.mu.Lock()
		quiet := m.take(e.Name, e.Data)
		m.mu.Unlock()
		if !quiet {
			m.changed.send()
		}
	}
}

// take notes a property; quiet: it is only the time that goes on.
func (m *mpv) take(name string, data json.RawMessage) (quiet bool) {
	var seconds float64
	var on bool
	switch name {
	case "time-pos":
		if string(data) != "null" && json.Unmarshal(data, &seconds) == nil {
			first := m.st.Phase == Starting
			m.st.At = time.Duration(max(seconds, 0) * float64(time.Second))
			m.phase()
			return !first
		}
		return true
	case "duration":
		if string(data) != "null" && json.Unmarshal(data, &seconds) == nil && seconds > 0 {
			m.st.Length = time.Duration(seconds * float64(time.Second))
		}
	case "pause":
		if json.Unmarshal(data, &on) == nil {
			m.paused = on
			m.phase()
		}
	case "eof-reached":
		m.eof = json.Unmarshal(data, &on) == nil && on
		m.phase()
	}
	return false
}

func (m *mpv) phase() {
	switch {
	case m.st.Phase == Broken:
	case m.eof:
		m.st.Phase = Ended
	case m.paused:
		m.st.Phase = Stopped
	default:
		m.st.Phase = Playing
	}
}

// end notes that mpv is gone.
func (m *mpv) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.st.Phase, m.st.Err = Broken, m.proc.fault()
	if m.st.Err == nil {
		m.st.Err = fmt.Errorf("%s ended", m.proc.name)
	}
	m.changed.send()
}

// Play implements Player.
func (m *mpv) Play() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.st.Phase == Ended {
		m.order("seek", 0, "absolute+exact")
		m.st.At, m.eof = 0, false
	}
	if m.st.Phase != Broken && m.st.Phase != Playing {
		m.st.Phase = Starting
	}
	m.order("set_property", "pause", false)
	m.changed.send()
}

// Pause implements Player.
func (m *mpv) Pause() {
	m.order("set_property", "pause", true)
}

// Seek implements Player.
func (m *mpv) Seek(at time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at = max(at, 0)
	if m.st.Length > 0 {
		at = min(at, m.st.Length)
	}
	m.st.At = at
	m.order("seek", at.Seconds(), "absolute+exact")
	m.changed.send()
}

// SetSpeed implements Player.
func (m *mpv) SetSpeed(v float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.st.Speed = min(max(v, Slowest), Fastest)
	m.order("set_property", "speed", m.st.Speed)
}

// SetVolume implements Player.
func (m *mpv) SetVolume(percent int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.st.Volume = min(max(percent, 0), Loudest)
	m.order("set_property", "volume", m.st.Volume)
}

// SkipSilence implements Player: mpv does not.
func (m *mpv) SkipSilence(bool) {}

// State implements Player.
func (m *mpv) State() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.st
}

// Changed implements Player.
func (m *mpv) Changed() <-chan struct{} { return m.changed }

// Close implements Player.
func (m *mpv) Close() { m.once.Do(func() { close(m.quit) }) }

// Closed implements Player.
func (m *mpv) Closed() <-chan struct{} { return m.closed }
