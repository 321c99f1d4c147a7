package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/preview/graphics"
	"switchboard/ui/screen"
)

// fps is how often a second the terminal is written to at most, the most that Bubble
// Tea allows: a key waits for the next time, 4 ms on average.
const fps = 120

// Run shows the screens until the person quits or ctx ends.
func Run(ctx context.Context, o Options) error {
	if _, err := graphics.ParseMode(o.Graphics); err != nil {
		return fmt.Errorf("how pictures are drawn: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newModel(ctx, o)
	defer m.stop()
	defer func() { _ = m.layer.Clear() }() // if the program could not
	m.asks = true
	options := append([]tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(fps), tea.WithOutput(m.layer.File(o.terminal()))}, o.Program...)
	p := tea.NewProgram(&paced{Model: m}, options...)
	if o.Ready != nil {
		o.Ready(p)
	}
	go func() {
		defer func() {
			if r := recover(); r != nil {
				m.leave(r, debug.Stack())
				p.Send(screen.Crashed{Value: r})
			}
		}()
		watch(ctx, o.Store, p.Send)
	}()
	if o.Beside != nil {
		go m.runBeside(ctx, p.Send)
	}
	_, err := p.Run()
	switch {
	case m.crash != nil:
		return fmt.Errorf("switchboard stopped because of a mistake in it (%v); details are in %s", m.crash, m.crashes)
	case ctx.Err() != nil, errors.Is(err, tea.ErrInterrupted):
		return nil
	}
	if err != nil {
		return fmt.Errorf("show the screens: %w", err)
	}
	return nil
}

// runBeside runs what runs beside the screens.
func (m *Model) runBeside(ctx context.Context, send func(tea.Msg)) {
	defer func() {
		if r := recover(); r != nil {
			m.leave(r, debug.Stack())
			send(screen.Crashed{Value: r})
		}
	}()
	tell := func(text string) { send(screen.Told{Banner: screen.Banner{Text: text, Fault: true}}) }
	if err := m.opts.Beside(ctx, tell); err != nil && ctx.Err() == nil {
		send(screen.Failed{Op: "run the hooks", Err: err})
	}
}

// leave leaves a crash file behind: what went wrong and where, nothing of the
// messages.
func (m *Model) leave(value any, stack []byte) {
	name := filepath.Join(m.opts.CrashDir, "crash-"+time.Now().UTC().Format("20060102-150405.000")+".txt")
	text := fmt.Sprintf("switchboard %s\n%v\n\n%s", m.opts.Version, value, stack)
	err := os.MkdirAll(m.opts.CrashDir, 0o700)
	if err == nil {
		err = os.WriteFile(name, []byte(text), 0o600)
	}
	if err != nil {
		name = "no file (" + err.Error() + ")"
	}
	m.crashes = name
}
