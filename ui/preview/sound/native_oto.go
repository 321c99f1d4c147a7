//go:build darwin || windows

package sound

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/ebitengine/oto/v3"
)

// nativeRate is the one rate the system's device is opened with.
const nativeRate = 48000

// native is the system's own sound: CoreAudio or WASAPI. The device can be opened
// once in the life of a program, so what it gives shares one.
func native(crash Crash) (name string, open func() (Output, error)) {
	context := sync.OnceValues(func() (*oto.Context, error) {
		c, ready, err := oto.NewContext(&oto.NewContextOptions{
			SampleRate: nativeRate, ChannelCount: 1, Format: oto.FormatSignedInt16LE, BufferSize: 80 * time.Millisecond,
		})
		if err != nil {
			return nil, fmt.Errorf("open the sound device: %w", err)
		}
		select {
		case <-ready:
		case <-time.After(3 * time.Second):
			return nil, fmt.Errorf("open the sound device: it does not answer")
		}
		if err := c.Err(); err != nil {
			return nil, fmt.Errorf("open the sound device: %w", err)
		}
		return c, nil
	})
	return "the system's sound", func() (Output, error) {
		c, err := context()
		if err != nil {
			return nil, err
		}
		return &otoOutput{context: c, crash: crash}, nil
	}
}

// otoOutput plays through a player of the shared context, a new one each time.
type otoOutput struct {
	context *oto.Context
	crash   Crash

	mu     sync.Mutex // guards what follows; never held while it waits
	player *oto.Player
	source *otoSource
}

// deviceDelay is about what the device keeps beside the player's own buffer.
const deviceDelay = 80 * time.Millisecond

// Start implements Output.
func (o *otoOutput) Start(rate int, fill Fill, done func(error)) error {
	o.Stop()
	if err := o.context.Err(); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	src := &otoSource{fill: fill, crash: o.crash, ended: make(chan struct{}), stopped: make(chan struct{})}
	if rate != nativeRate {
		src.fill = newResampler(rate, nativeRate, fill).fill
	}
	p := o.context.NewPlayer(src)
	p.SetBufferSize(2 * nativeRate / 10) // 100 ms
	o.mu.Lock()
	o.player, o.source = p, src
	o.mu.Unlock()
	p.Play()
	go func() {
		defer o.crash.catch()
		select {
		case <-src.stopped:
			return
		case <-src.ended:
		}
		t := time.NewTimer(o.Latency())
		defer t.Stop()
		select {
		case <-src.stopped:
		case <-t.C:
			done(p.Err())
		}
	}()
	return nil
}

// Stop implements Output.
func (o *otoOutput) Stop() {
	o.mu.Lock()
	p, src := o.player, o.source
	o.player, o.source = nil, nil
	o.mu.Unlock()
	if p == nil {
		return
	}
	src.stop()
	p.Pause()
}

// Latency implements Output.
func (o *otoOutput) Latency() time.Duration {
	o.mu.Lock()
	p := o.player
	o.mu.Unlock()
	if p == nil {
		return 0
	}
	return deviceDelay + time.Duration(p.BufferedSize()/2)*time.Second/nativeRate
}

// Close implements Output. The shared context stays: it cannot be opened again.
func (o *otoOutput) Close() error {
	o.Stop()
	return nil
}

// otoSource is the samples as bytes.
type otoSource struct {
	crash Crash

	mu      sync.Mutex // held while samples are made, so that stop waits for it
	fill    Fill
	buf     []int16
	ended   chan struct{}
	stopped chan struct{}
	over    bool
}

// Read implements io.Reader.
func (s *otoSource) Read(p []byte) (int, error) {
	defer s.crash.catch()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fill == nil || s.over {
		return 0, io.EOF
	}
	want := min(len(p)/2, nativeRate/20)
	if cap(s.buf) < want {
		s.buf = make([]int16, want)
	}
	n, end := s.fill(s.buf[:want])
	for i, x := range s.buf[:n] {
		binary.LittleEndian.PutUint16(p[2*i:], uint16(x))
	}
	if end {
		s.over = true
		close(s.ended)
		return 2 * n, io.EOF
	}
	return 2 * n, nil
}

func (s *otoSource) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fill != nil {
		s.fill = nil
		close(s.stopped)
	}
}
