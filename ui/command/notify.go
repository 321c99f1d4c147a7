package command

import (
	"context"
	"fmt"
	"strings"
	"time"

	"switchboard/store"
	"switchboard/ui"
	"switchboard/ui/notify"
	"switchboard/ui/preview/outside"
)

// programTime is how long a program that shows a notification may take.
const programTime = 10 * time.Second

// notifyOptions is how the screens tell of what comes in.
func (a *app) notifyOptions() ui.Notify {
	n := ui.Notify{Config: a.cfg.Notify, Env: a.env.Getenv}
	if len(n.Command) > 0 {
		n.Run = a.showNote
	}
	return n
}

// showNote runs the person's own program.
func (a *app) showNote(ctx context.Context, n notify.Note) error {
	_, err := outside.Run(ctx, outside.Command{Argv: notify.Fill(a.cfg.Notify.Command, n), Time: programTime, Detach: true})
	return err
}

// notifyLook is how often `sync` looks for what is to be told.
const notifyLook = time.Second

// notifyOn tells of what comes in while there are no screens, until ctx ends.
func (a *app) notifyOn(ctx context.Context, st *store.Store) {
	c := a.cfg.Notify
	if c.Silent() {
		return
	}
	names := a.accountNames(ctx, st)
	n := notify.New(c, time.Local)
	last, err := st.LastArrival(ctx)
	if err != nil {
		a.log.Warn("what came in cannot be told", "err", err)
		return
	}
	changed, stop := st.Watch()
	defer stop()
	for {
		now := a.env.Now()
		if list, to, err := st.Arrivals(ctx, last); err == nil {
			n.Arrived(now, list)
			last = to
		}
		if fresh := n.Fresh(); len(fresh) > 0 {
			if gone, err := st.Settled(ctx, fresh); err == nil {
				n.Gone(gone)
			}
		}
		n.Rings(now, st.LiveCalls(), names)
		n.Status(now, st.Status(), func(key string) string {
			if name := names[key]; name != "" {
				return name
			}
			return key
		})
		if note, ok := n.Take(now); ok {
			a.tellNote(ctx, note)
		}
		var due <-chan time.Time
		if at := n.Due(now); !at.IsZero() {
			due = time.After(min(max(at.Sub(now), notifyLook), time.Minute))
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
			select { // whatever else comes in that moment
			case <-ctx.Done():
				return
			case <-time.After(notifyLook):
			}
		case <-due:
		}
	}
}

// tellNote tells on the terminal's error stream, if it is one, and by the program.
func (a *app) tellNote(ctx context.Context, n notify.Note) {
	if a.env.Terminal(a.errw) {
		raw := notify.Choose(a.cfg.Notify.Desktop, a.env.Getenv).Sequence("switchboard", n.Title, n.Text, a.env.Getenv("TMUX") != "")
		if n.Bell {
			raw += notify.Bell
		}
		fmt.Fprint(a.errw, raw)
	}
	if len(a.cfg.Notify.Command) == 0 {
		return
	}
	if err := a.showNote(ctx, n); err != nil {
		a.log.Warn("a notification could not be shown", "err", err)
	}
}

func (a *app) accountNames(ctx context.Context, st *store.Store) map[string]string {
	names := map[string]string{}
	list, err := st.Accounts(ctx)
	if err != nil {
		a.log.Warn("the accounts' names are not known", "err", err)
	}
	for _, acc := range list {
		names[acc.Key] = acc.Name
	}
	return names
}

// checkNotify says by which ways a person is told of what comes in.
func (a *app) checkNotify() finding {
	c := a.cfg.Notify
	f := finding{Check: "notifications", State: fine}
	var ways []string
	if c.Title {
		ways = append(ways, "the count in the title")
	}
	if c.Bell {
		ways = append(ways, "the bell")
	}
	best, terminal := notify.Detect(a.env.Getenv)
	switch way := notify.Choose(c.Desktop, a.env.Getenv); {
	case way != notify.Nowhere:
		on := string(way)
		if terminal != "" {
			on += " of " + terminal
		}
		ways = append(ways, "the desktop by "+on)
		if a.env.Getenv("TMUX") != "" {
			f.Try = "tmux set -g allow-passthrough on, or it keeps them to itself"
		}
	case c.Desktop == "auto":
		f.State, f.Try = warning, `name the terminal's way in desktop, or a program in command such as "notify-send {title} {text}", under [notify] in the config`
		ways = append(ways, "not the desktop: this terminal is not known to show notifications")
	case best != notify.Nowhere && len(c.Command) == 0:
		f.Try = fmt.Sprintf("desktop = \"auto\" under [notify] in the config has %s show them", terminal)
	}
	if len(c.Command) > 0 {
		text := "by " + c.Command[0]
		if outside.Find(c.Command[0]) == "" {
			f.State, f.Try = warning, "install it, or name another under [notify] in the config"
			text += ", which is not found"
		}
		ways = append(ways, text)
	}
	if f.Text = strings.Join(ways, ", "); f.Text == "" {
		f.Text = "none"
	}
	return f
}
