//go:build darwin || windows

package sound

import (
	"context"
	"errors"
)

// pulse has no meaning where the system's own sound is there for everyone.
type pulse struct{ Output }

func dialPulse(context.Context, string, func(string) string, Crash) (*pulse, error) {
	return nil, errors.New("PulseAudio is for Linux and its kind")
}

func (p *pulse) sinkName() string { return "" }
