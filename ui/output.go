package ui

import (
	"context"
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	programs "switchboard/ui/preview/outside"
	"switchboard/ui/screen"
)

// output is a pane over the others with what a program outside writes. Esc puts
// it away; the program goes on, and its end is told. C-c stops it.
type output struct {
	m       *Model
	title   string
	buf     *outputText
	stop    context.CancelFunc
	done    bool
	stopped bool // by C-c
	err     error
	away    bool

	top    int
	follow bool // stays at the end as more comes
	shown  int
	lines  int

	wrapped  []string // of the first have lines, for w cells
	have, at int
}

// The messages of a pane of output.
type (
	outputMoved struct{ o *output } // there is more of it
	outputReady struct{ o *output } // time to look again
	outputEnded struct {
		o   *output
		err error
	}
)

// outputPace is how long a pane waits before it shows more of what comes.
const outputPace = 50 * time.Millisecond

// output takes everything about panes of output: [screen.Output] opens one.
func (m *Model) output(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case screen.Output:
		return m.runOutside(msg)
	case outputMoved:
		return m.later(outputPace, outputReady(msg))
	case outputReady:
		return msg.o.wait()
	case outputEnded:
		msg.o.ended(msg.err)
	}
	return nil
}

func (m *Model) runOutside(out screen.Output) tea.Cmd {
	ctx, stop := context.WithCancel(m.env.Ctx)
	o := &output{m: m, title: store.CleanLine(out.Title), buf: newOutputText(), stop: stop, follow: true}
	m.open(o)
	run := m.env.Do(ctx, screen.Long, func(ctx context.Context) tea.Msg {
		defer stop()
		return outputEnded{o, out.Run(ctx, o.buf)}
	})
	return join(run, o.wait())
}

// wait waits for more, off the loop; nothing comes of it once the command ended.
func (o *output) wait() tea.Cmd {
	if o.done {
		return nil
	}
	ended := o.m.env.Ctx.Done()
	return func() tea.Msg {
		select {
		case <-o.buf.changed:
			return outputMoved{o}
		case <-ended:
			return nil
		}
	}
}

func (o *output) ended(err error) {
	o.done, o.err = true, err
	o.buf.news() // ends the wait
	if !o.away {
		return
	}
	if o.bad() {
		o.m.Tell(screen.Banner{Text: o.title + ": " + o.state(), Fault: true})
		return
	}
	o.m.Say(o.title + ": " + o.state())
}

func (o *output) bad() bool { return o.err != nil && !o.stopped }

// state is how it stands, in words.
func (o *output) state() string {
	var exit *programs.ExitError
	switch {
	case !o.done && o.stopped:
		return "stopping"
	case !o.done:
		return "running; C-c stops it"
	case o.stopped:
		return "stopped"
	case o.err == nil:
		return "done"
	case errors.As(o.err, &exit):
		return fmt.Sprintf("ended with exit code %d", exit.Code)
	}
	return store.CleanLine(o.err.Error())
}

func (o *output) scope() keymap.Scope  { return keymap.ScopeHelp }
func (o *output) takes() bool          { return false }
func (o *output) waits(time.Time) bool { return false }

func (o *output) text(string) tea.Cmd         { return nil }
func (o *output) key(tea.KeyPressMsg) tea.Cmd { return nil }

func (o *output) hints() []keymap.Action {
	return []keymap.Action{keymap.PageDown, keymap.PageUp, keymap.Interrupt, keymap.Cancel}
}

func (o *output) do(a keymap.Action) tea.Cmd {
	page := max(o.shown-1, 1)
	switch a {
	case keymap.Interrupt:
		if o.done {
			o.m.close(o)
			return nil
		}
		o.stopped = true
		o.stop()
	case keymap.Cancel, keymap.Back, keymap.Submit:
		o.away = true
		o.m.close(o)
		if !o.done {
			o.m.Say(o.title + " goes on; its end will be told")
		}
	case keymap.Down:
		o.scroll(1)
	case keymap.Up:
		o.scroll(-1)
	case keymap.PageDown:
		o.scroll(page)
	case keymap.PageUp:
		o.scroll(-page)
	case keymap.HalfPageDown:
		o.scroll(max(page/2, 1))
	case keymap.HalfPageUp:
		o.scroll(-max(page/2, 1))
	case keymap.Top:
		o.scroll(-o.lines)
	case keymap.Bottom:
		o.scroll(o.lines)
	}
	return nil
}

// scroll moves by n lines; at the end it follows what comes.
func (o *output) scroll(n int) {
	most := max(o.lines-o.shown, 0)
	o.top = max(min(o.top+n, most), 0)
	o.follow = o.top == most
}

// wrap breaks the lines for w cells; those that are ended only once.
func (o *output) wrap(w int) (all []string, more int64) {
	lines, more := o.buf.now()
	if o.at != w {
		o.wrapped, o.have, o.at = nil, 0, w
	}
	last := len(lines)
	if !o.done && last > 0 {
		last-- // it may still grow
	}
	for ; o.have < last; o.have++ {
		o.wrapped = append(o.wrapped, kit.Wrap(lines[o.have], w)...)
	}
	all = o.wrapped[:len(o.wrapped):len(o.wrapped)]
	for _, l := range lines[o.have:] {
		all = append(all, kit.Wrap(l, w)...)
	}
	return all, more
}

func (o *output) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	s := o.m.env.Styles
	bw, bh := max(w*9/10, min(w, 56)), max(h-3, 6)
	in := max(bw-4, 1)
	o.shown = max(bh-4, 1)
	all, more := o.wrap(in)
	o.lines = len(all)
	if o.follow {
		o.top = o.lines
	}
	o.top = max(min(o.top, o.lines-o.shown), 0)
	state, paint := o.state(), s.Dim.Paint
	switch {
	case o.bad():
		paint = s.Bad.Paint
	case !o.done:
		paint = s.Accent.Paint
	}
	side := ""
	if o.lines > o.shown {
		side = fmt.Sprintf("%d%%", (o.top+o.shown)*100/o.lines)
	}
	if more > 0 {
		side = kit.Size(more) + " more left out  " + side
	}
	body := []string{paint.S(kit.Between(state, side, in)), kit.Space(in)}
	for i := range o.shown {
		if n := o.top + i; n < len(all) {
			body = append(body, s.Text.S(kit.Fit(all[n], in)))
			continue
		}
		body = append(body, kit.Space(in))
	}
	if len(all) == 0 {
		say := "Nothing written yet."
		if o.done {
			say = "It wrote nothing."
		}
		body[2] = s.Dim.S(kit.Fit(say, in))
	}
	return o.m.box(lines, o.title, body, w, h-1, bw, bh), nil
}
