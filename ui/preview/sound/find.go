package sound

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Config says what to play with.
type Config struct {
	// Use is "auto" (or empty), "pulse", "off", "silent" (the time passes and nothing
	// is heard), the name of a known player (mpv, pacat, aplay, play, sox, ffplay), or
	// a command that takes raw mono samples of 16 bits, low byte first, on its
	// standard input; {rate} in it is replaced by the samples a second.
	Use string
	// Files is a command that plays the whole file {file}, for formats that are not
	// decoded here. Empty: mpv or ffplay, where there is one.
	Files string
	// Server is the PulseAudio server; empty: the one of the environment.
	Server string

	Crash Crash

	// For tests; nil is the real thing.
	Env      func(string) string
	LookPath func(string) (string, error)
	Card     func() bool // whether this machine can be heard
}

// Device is what can be played with. The zero value plays nothing.
type Device struct {
	Name string // for a person: "PulseAudio", "mpv"; empty: nothing

	open  func(ctx context.Context) (Output, error)
	files func(path string, length time.Duration) (Player, error)
}

// Samples reports whether decoded sound can be played.
func (d Device) Samples() bool { return d.open != nil }

// Open opens the device for samples.
func (d Device) Open(ctx context.Context) (Output, error) {
	if d.open == nil {
		return nil, errors.New("there is no sound on this machine")
	}
	return d.open(ctx)
}

// Files reports whether files that are not decoded here can be played.
func (d Device) Files() bool { return d.files != nil }

// OpenFile starts a player for a whole file, paused at its beginning. Length is
// how long it is, as far as known. It may take a moment.
func (d Device) OpenFile(path string, length time.Duration) (Player, error) {
	if d.files == nil {
		return nil, errors.New("no player for such a file; mpv is one")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return d.files(abs, length)
}

// DeviceOf is a device made of its parts, either of which may be nil. It is for
// tests.
func DeviceOf(name string, samples func(ctx context.Context) (Output, error), files func(path string, length time.Duration) (Player, error)) Device {
	return Device{Name: name, open: samples, files: files}
}

// Find looks for something to play with. Where there is nothing for samples, why
// says so in a sentence for a person. It takes at most some seconds, and starts
// nothing.
func Find(ctx context.Context, c Config) (d Device, why string) {
	c = c.real()
	d.files = c.filePlayer()
	use := strings.TrimSpace(c.Use)
	switch use {
	case "", "auto":
		return c.auto(ctx, d)
	case "off":
		return Device{}, "Sound is switched off in the config."
	case "silent":
		d.Name = "silence"
		d.open = func(context.Context) (Output, error) { return newPaced(openSilent, 0, c.Crash), nil }
		return d, ""
	case "pulse":
		if err := c.pulse(ctx, &d); err != nil {
			return d, sentence("No sound", err)
		}
		return d, ""
	}
	argv, err := words(use)
	if err == nil && len(argv) == 0 {
		err = errors.New("the command of the player is empty")
	}
	delay := 150 * time.Millisecond
	if err == nil {
		if p, ok := knownProgram(argv[0]); ok && len(argv) == 1 {
			rest, _ := words(p.args) // of ours, without a quote
			argv, delay = append(argv, rest...), p.delay
		}
		argv[0], err = c.LookPath(argv[0])
	}
	if err != nil {
		return d, sentence("The player set for sound cannot be used", err)
	}
	d.Name = filepath.Base(argv[0])
	d.open = func(context.Context) (Output, error) { return pipeTo(argv, delay, c.Crash), nil }
	return d, ""
}

func (c Config) real() Config {
	if c.Env == nil {
		c.Env = os.Getenv
	}
	if c.LookPath == nil {
		c.LookPath = exec.LookPath
	}
	if c.Card == nil {
		c.Card = card
	}
	return c
}

// auto is PulseAudio, else the system's own sound, else a player; and nothing
// where it would be heard in another room.
func (c Config) auto(ctx context.Context, d Device) (Device, string) {
	away := c.Env("SSH_CONNECTION") != "" || c.Env("SSH_TTY") != ""
	if away && c.Env("PULSE_SERVER") == "" && c.Server == "" {
		d.files = nil
		return d, "No sound over SSH: it would be heard at the other machine. PULSE_SERVER can lead it here."
	}
	err := c.pulse(ctx, &d)
	if err == nil {
		return d, ""
	}
	if away {
		d.files = nil
		return d, sentence("No sound over SSH", err)
	}
	if name, open := native(c.Crash); open != nil {
		d.Name, d.open = name, func(context.Context) (Output, error) { return open() }
		return d, ""
	}
	for _, p := range programs() {
		if p.alsa && !c.Card() || !p.alsa && c.Env("PULSE_SERVER") == "" {
			continue // it would start a daemon, or fail
		}
		path, err := c.LookPath(p.name)
		if err != nil {
			continue
		}
		args, _ := words(p.args)
		d.Name = p.name
		d.open = func(context.Context) (Output, error) {
			return pipeTo(append([]string{path}, args...), p.delay, c.Crash), nil
		}
		return d, ""
	}
	d.files = nil
	if c.Card() {
		return d, sentence("No sound", fmt.Errorf("%w, and no player is installed; mpv is one", err))
	}
	return d, sentence("No sound on this machine", err)
}

// pulse puts the PulseAudio or PipeWire server into d if one answers and has a
// device.
func (c Config) pulse(ctx context.Context, d *Device) error {
	p, err := dialPulse(ctx, c.Server, c.Env, c.Crash)
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }() // it was only asked
	// The name of the device the server makes up when it has none.
	if p.sinkName() == "auto_null" {
		return errors.New("PulseAudio runs, but has no sound card")
	}
	d.Name = "PulseAudio"
	d.open = func(ctx context.Context) (Output, error) {
		p, err := dialPulse(ctx, c.Server, c.Env, c.Crash)
		if err != nil {
			return nil, err
		}
		return p, nil
	}
	return nil
}

// sentence joins what is wrong and why.
func sentence(what string, err error) string {
	return what + ": " + strings.TrimSuffix(err.Error(), ".") + "."
}

// card reports whether this machine has a sound card we may play on.
func card() bool {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return true
	}
	cards, err := filepath.Glob("/dev/snd/pcm*p")
	return err == nil && len(cards) > 0
}
