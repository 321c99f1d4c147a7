package sound

import (
	"sync"
	"time"
)

// meter keeps account of how much of what was handed to a device has been heard.
// Between two looks at the device it goes by the clock.
type meter struct {
	now func() time.Time

	mu      sync.Mutex
	rate    int
	written int64     // samples handed over
	queued  float64   // samples of them not heard at that moment
	at      time.Time // that moment
	running bool
}

// start begins anew.
func (m *meter) start(rate int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rate, m.written, m.queued, m.at, m.running = rate, 0, 0, m.now(), false
}

// run says that the device has begun to play, or has stopped.
func (m *meter) run(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queued, m.at = m.left(), m.now()
	m.running = on
}

// wrote adds n samples.
func (m *meter) wrote(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queued, m.at = m.left()+float64(n), m.now()
	m.written += int64(n)
}

// saw takes what the device itself says is not heard yet.
func (m *meter) saw(queued time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queued, m.at = queued.Seconds()*float64(m.rate), m.now()
}

// left is the samples not heard yet; the lock must be held.
func (m *meter) left() float64 {
	if !m.running {
		return m.queued
	}
	return max(m.queued-m.now().Sub(m.at).Seconds()*float64(m.rate), 0)
}

// latency is left as time.
func (m *meter) latency() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rate == 0 {
		return 0
	}
	return time.Duration(m.left() / float64(m.rate) * float64(time.Second))
}
