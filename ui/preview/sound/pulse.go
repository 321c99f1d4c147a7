//go:build !darwin && !windows

package sound

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jfreymuth/pulse/proto"
)

const (
	pulseTimeout = 2 * time.Second
	pulseQueue   = 120 * time.Millisecond // what the server is asked to keep
	pulseUnity   = 0x10000                // the server's "as loud as it is"
)

// pulse is a connection to a PulseAudio server, or to PipeWire, which speaks the
// same protocol. It plays one stream at a time.
type pulse struct {
	conn  net.Conn
	c     *proto.Client
	crash Crash
	meter meter
	work  wake

	mu    sync.Mutex
	asked map[uint32]int // bytes each stream's server wants
	lost  bool           // the connection or the stream is gone

	stop, over chan struct{} // of the stream that plays; nil: none
	stream     uint32
}

// dialPulse connects to the server of that address ("" is the one of the
// environment). It never starts one.
func dialPulse(ctx context.Context, server string, env func(string) string, crash Crash) (*pulse, error) {
	network, addr, err := pulseAddress(server, env)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: pulseTimeout, Control: withCredentials}
	conn, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, fmt.Errorf("connect to PulseAudio or PipeWire: %w", err)
	}
	p := &pulse{
		conn: conn, c: &proto.Client{}, crash: crash, meter: meter{now: time.Now},
		work: newWake(), asked: map[uint32]int{},
	}
	// The callback comes first: the library calls it for an early end, too.
	p.c.Callback = p.heard
	p.c.SetTimeout(pulseTimeout)
	p.c.Open(pulseConn{conn})
	var hello proto.AuthReply
	if err := p.c.Request(&proto.Auth{Version: p.c.Version(), Cookie: pulseCookie(env)}, &hello); err != nil {
		_ = conn.Close() // the first fault is the one to tell
		return nil, fmt.Errorf("sign in to PulseAudio: %w", err)
	}
	p.c.SetVersion(hello.Version)
	props := proto.PropList{
		"application.name":       proto.PropListString("switchboard"),
		"application.process.id": proto.PropListString(fmt.Sprint(os.Getpid())),
	}
	if err := p.c.Request(&proto.SetClientName{Props: props}, &proto.SetClientNameReply{}); err != nil {
		_ = conn.Close() // the first fault is the one to tell
		return nil, fmt.Errorf("sign in to PulseAudio: %w", err)
	}
	return p, nil
}

// pulseConn gives each write an end, so that a server that hangs holds nobody up.
type pulseConn struct{ net.Conn }

func (c pulseConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(pulseTimeout)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if err != nil { // half a packet leaves nothing to go on with
		_ = c.Close() // the fault of the write is the one to tell
	}
	return n, err
}

// pulseAddress reads a server string: the first entry of a list that can be used
// (https://www.freedesktop.org/wiki/Software/PulseAudio/Documentation/User/ServerStrings/).
func pulseAddress(server string, env func(string) string) (network, addr string, err error) {
	if server == "" {
		server = env("PULSE_SERVER")
	}
	if server == "" {
		dir := env("PULSE_RUNTIME_PATH")
		if dir == "" {
			run := env("XDG_RUNTIME_DIR")
			if run == "" {
				return "", "", errors.New("no PulseAudio or PipeWire: XDG_RUNTIME_DIR is not set")
			}
			dir = filepath.Join(run, "pulse")
		}
		return "unix", filepath.Join(dir, "native"), nil
	}
	host, _ := os.Hostname()
	for s := range strings.FieldsSeq(server) {
		if rest, ok := strings.CutPrefix(s, "{"); ok {
			name, after, found := strings.Cut(rest, "}")
			if !found || name != host {
				continue
			}
			s = after
		}
		if strings.HasPrefix(s, "/") {
			return "unix", s, nil
		}
		kind, rest, found := strings.Cut(s, ":")
		if found && kind == "unix" {
			return "unix", rest, nil
		}
		if !found || kind != "tcp" && kind != "tcp4" && kind != "tcp6" {
			kind, rest = "tcp", s
		}
		if _, _, err := net.SplitHostPort(rest); err != nil {
			rest = net.JoinHostPort(strings.Trim(rest, "[]"), "4713")
		}
		return kind, rest, nil
	}
	return "", "", fmt.Errorf("no PulseAudio server in %q", server)
}

// pulseCookie is what proves that we may: where there is none, a server that asks
// for none takes any.
func pulseCookie(env func(string) string) []byte {
	home := env("HOME")
	config := env("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(home, ".config")
	}
	for _, path := range []string{env("PULSE_COOKIE"), filepath.Join(config, "pulse", "cookie"), filepath.Join(home, ".pulse-cookie")} {
		if path == "" {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		cookie := make([]byte, 256)
		_, err = io.ReadFull(f, cookie)
		f.Close()
		if err == nil {
			return cookie
		}
	}
	return make([]byte, 256)
}

// heard takes what the server sends by itself. It runs on the library's
// goroutine.
func (p *pulse) heard(msg any) {
	defer p.crash.catch()
	p.mu.Lock()
	switch msg := msg.(type) {
	case *proto.Request:
		p.asked[msg.StreamIndex] += int(msg.Length)
	case *proto.PlaybackStreamKilled, *proto.ConnectionClosed:
		p.lost = true
	}
	p.mu.Unlock()
	p.work.send()
}

// sinkName is the device sound goes to by default.
func (p *pulse) sinkName() string {
	var info proto.GetServerInfoReply
	if err := p.c.Request(&proto.GetServerInfo{}, &info); err != nil {
		return ""
	}
	return info.DefaultSinkName
}

// Start implements Output.
func (p *pulse) Start(rate int, fill Fill, done func(error)) error {
	p.Stop()
	queue := uint32(pulseQueue.Seconds()*float64(rate)) * 2
	var made proto.CreatePlaybackStreamReply
	err := p.c.Request(&proto.CreatePlaybackStream{
		SampleSpec: proto.SampleSpec{Format: proto.FormatInt16LE, Channels: 1, Rate: uint32(rate)},
		ChannelMap: proto.ChannelMap{proto.ChannelMono}, ChannelVolumes: proto.ChannelVolumes{pulseUnity},
		SinkIndex: proto.Undefined, Corked: true, AdjustLatency: true,
		BufferMaxLength: 4 * queue, BufferTargetLength: queue, BufferPrebufferLength: 2, BufferMinimumRequest: proto.Undefined,
		Properties: proto.PropList{"media.name": proto.PropListString("recording")},
	}, &made)
	if err != nil {
		return fmt.Errorf("play through PulseAudio: %w", err)
	}
	p.mu.Lock()
	p.asked[made.StreamIndex] += int(made.Missing)
	p.mu.Unlock()
	p.stream, p.stop, p.over = made.StreamIndex, make(chan struct{}), make(chan struct{})
	p.meter.start(rate)
	go func(stop, over chan struct{}) {
		defer close(over)
		defer p.crash.catch()
		err := p.feed(made.StreamIndex, rate, fill, stop)
		select {
		case <-stop:
		default:
			done(err)
		}
	}(p.stop, p.over)
	p.work.send()
	return nil
}

var errPulseLost = errors.New("PulseAudio is gone")

// feed sends what the server asks for until the end, a fault or stop.
func (p *pulse) feed(stream uint32, rate int, fill Fill, stop chan struct{}) error {
	samples, bytes := make([]int16, max(rate/20, 1)), make([]byte, 0, rate/10+2)
	looked, corked := time.Time{}, true
	for {
		select {
		case <-stop:
			return nil
		case <-p.work:
		}
		for {
			p.mu.Lock()
			want, lost := p.asked[stream], p.lost
			p.mu.Unlock()
			if lost {
				return errPulseLost
			}
			if want < 2 {
				break
			}
			n, end := fill(samples[:min(want/2, len(samples))])
			bytes = bytes[:0]
			for _, x := range samples[:n] {
				bytes = binary.LittleEndian.AppendUint16(bytes, uint16(x))
			}
			p.mu.Lock()
			p.asked[stream] -= 2 * n
			p.mu.Unlock()
			p.meter.wrote(n)
			if n > 0 {
				if err := p.c.Send(stream, bytes); err != nil {
					return fmt.Errorf("play through PulseAudio: %w", err)
				}
			}
			if corked {
				if err := p.c.Request(&proto.CorkPlaybackStream{StreamIndex: stream}, nil); err != nil {
					return fmt.Errorf("play through PulseAudio: %w", err)
				}
				p.meter.run(true)
				corked = false
			}
			if end {
				return p.drain(stream)
			}
			select {
			case <-stop:
				return nil
			default:
			}
		}
		if now := time.Now(); now.Sub(looked) > 200*time.Millisecond {
			looked = now
			p.look(stream, rate)
		}
	}
}

// drain waits until the last sample has been heard.
func (p *pulse) drain(stream uint32) error {
	if err := p.c.Request(&proto.DrainPlaybackStream{StreamIndex: stream}, nil); err != nil {
		return fmt.Errorf("play to the end through PulseAudio: %w", err)
	}
	return nil
}

// look asks the server how much it has not played yet.
func (p *pulse) look(stream uint32, rate int) {
	var l proto.GetPlaybackLatencyReply
	if p.c.Request(&proto.GetPlaybackLatency{StreamIndex: stream}, &l) != nil {
		return // the next request or write tells
	}
	queued := max(l.WriteIndex-l.ReadIndex, 0) / 2
	p.meter.saw(time.Duration(queued)*time.Second/time.Duration(rate) + time.Duration(l.Latency)*time.Microsecond)
}

// Stop implements Output.
func (p *pulse) Stop() {
	if p.stop == nil {
		return
	}
	close(p.stop)
	<-p.over
	p.stop = nil
	// When this fails the connection is broken, and the stream gone with it.
	_ = p.c.Request(&proto.DeletePlaybackStream{StreamIndex: p.stream}, nil)
	p.meter.start(0)
	p.mu.Lock()
	delete(p.asked, p.stream)
	p.mu.Unlock()
}

// Latency implements Output.
func (p *pulse) Latency() time.Duration { return p.meter.latency() }

// Close implements Output.
func (p *pulse) Close() error {
	p.Stop()
	return p.conn.Close()
}
