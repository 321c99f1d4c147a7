package store

import (
	"sync"
	"time"
)

// meter is bytes a second over the last few seconds.
type meter struct {
	mu    sync.Mutex
	at    time.Time
	bytes int64
	rate  float64
}

// add takes the number of bytes there are now.
func (m *meter) add(now time.Time, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at.IsZero() || bytes < m.bytes {
		m.at, m.bytes = now, bytes
		return
	}
	d := now.Sub(m.at)
	if d < 250*time.Millisecond {
		return
	}
	r := float64(bytes-m.bytes) / d.Seconds()
	if m.rate == 0 {
		m.rate = r
	} else {
		w := min(d.Seconds()/2, 1)
		m.rate += w * (r - m.rate)
	}
	m.at, m.bytes = now, bytes
}

func (m *meter) value() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rate
}
