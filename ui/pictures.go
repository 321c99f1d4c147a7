package ui

import (
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"

	"switchboard/ui/preview/graphics"
)

// newLayer is what stands beside the cells on the terminal. Nothing comes of it
// unless the program writes through it, as Run arranges.
func newLayer(o *Options) *graphics.Layer {
	mode, _ := graphics.ParseMode(o.Graphics) // Run refuses what it does not know
	return graphics.New(o.terminal(), graphics.Setup{
		Mode:  mode,
		Tmux:  os.Getenv("TMUX") != "",
		ITerm: os.Getenv("LC_TERMINAL") == "iTerm2" || os.Getenv("TERM_PROGRAM") == "iTerm.app",
		Plain: o.NoColor || o.Theme == "plain",
		Base:  uint8(os.Getpid() % 200), //nolint:gosec // below 200
	})
}

// terminal is what the program writes to.
func (o *Options) terminal() *os.File {
	if o.Output != nil {
		return o.Output
	}
	return os.Stdout
}

// answered gives a message to the layer, and tells the panes when pictures are
// to be drawn otherwise. It reports whether the message was for nobody else.
func (m *Model) answered(msg tea.Msg) (cmd tea.Cmd, done bool) {
	ask, mine := m.layer.Answer(msg)
	if m.asks {
		switch msg.(type) {
		case tea.WindowSizeMsg:
			ask += m.layer.Sizes() // the typeface may have changed with it
		case tea.ResumeMsg:
			ask += m.layer.Probe() // or the terminal, under tmux or screen
		}
	}
	if ask != "" {
		cmd = tea.Raw(ask)
	}
	return join(cmd, m.redraw(m.layer.Terminal())), mine
}

// redraw lets everything that shows pictures draw them for another terminal.
func (m *Model) redraw(t graphics.Terminal) tea.Cmd {
	if t == m.env.Term {
		return nil
	}
	m.env.Term = t
	return m.route(t)
}

// nextGraphics goes to another way to draw pictures.
func (m *Model) nextGraphics() tea.Cmd {
	t := m.layer.Next()
	m.Say(fmt.Sprintf("Pictures: %s", t.Mode.Words()))
	return m.redraw(t)
}

// placed is the pictures of the latest frame, of w by h cells.
func (m *Model) placed(w, h int) []graphics.Placed {
	if m.welcome || w < leastWidth || h < leastHeight {
		return nil
	}
	all := m.beside()
	if len(m.overlays) > 0 {
		return graphics.Beneath(all)
	}
	return all
}
