package player

import (
	"context"
	"math"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/preview/sound"
	"switchboard/ui/screen"
)

const (
	jump      = 5 * time.Second
	louder    = 10 // percent
	slowStep  = -8 // 1.1 to that power is below sound.Slowest
	fastStep  = 12
	textLines = 3 // a pan moves the transcript by
)

// speed is the speed of the session.
func (v *Viewer) speed() float64 {
	return min(max(math.Pow(1.1, float64(v.step)), sound.Slowest), sound.Fastest)
}

// Do implements screen.Viewer.
func (v *Viewer) Do(a keymap.Action) (tea.Cmd, bool) {
	if v.player != nil { // what is drawn may be a moment old
		v.st = v.player.State()
	}
	switch a {
	case keymap.Play:
		return v.play(), true
	case keymap.MediaBack:
		return v.seek(v.now() - jump), true
	case keymap.MediaForward:
		return v.seek(v.now() + jump), true
	case keymap.MediaStart:
		return v.seek(0), true
	case keymap.MediaSlower:
		return v.setSpeed(max(v.step-1, slowStep)), true
	case keymap.MediaFaster:
		return v.setSpeed(min(v.step+1, fastStep)), true
	case keymap.MediaReset:
		return v.setSpeed(0), true
	case keymap.MediaLess:
		return v.setVolume(v.volume - louder), true
	case keymap.MediaMore:
		return v.setVolume(v.volume + louder), true
	case keymap.SkipSilence:
		return v.setSkip(), true
	case keymap.Transcript:
		v.noText = !v.noText
		return nil, true
	case keymap.Waveform:
		v.noWave = !v.noWave
		return nil, true
	case keymap.GoToPage:
		return v.askTime(), true
	case keymap.FindInFile:
		return v.askWord(), true
	case keymap.PanUp:
		v.pan(-textLines)
		return nil, true
	case keymap.PanDown:
		v.pan(textLines)
		return nil, true
	}
	return nil, false
}

// Disabled implements screen.Viewer.
func (v *Viewer) Disabled(a keymap.Action) string {
	switch a {
	case keymap.FindInFile:
		if v.script() == "" {
			return "there is no transcript to search"
		}
	case keymap.SkipSilence:
		if v.foreign != "" {
			return "the program that plays " + v.foreign + " does not skip"
		}
	case keymap.GoToPage:
		if v.length() == 0 {
			return "how long it is is not known yet"
		}
	case keymap.Waveform:
		if v.foreign != "" {
			return v.foreign + " has no waveform here"
		}
	}
	return ""
}

// play begins, pauses or goes on.
func (v *Viewer) play() tea.Cmd {
	switch {
	case v.err != "":
		v.env.Host.Say("This recording cannot be played: " + v.err)
		return nil
	case v.player != nil && v.st.Phase.Active():
		v.player.Pause()
		return v.look()
	case v.player == nil && v.want: // pressed again before it began
		v.want = false
		return nil
	case v.player != nil && v.st.Phase == sound.Broken: // a new one, through what there is now
		v.at = v.st.At
		v.player.Close()
		v.player, v.device = nil, sound.Device{}
	}
	return v.begin()
}

// begin plays from where it stands, or from near a word that is searched for.
func (v *Viewer) begin() tea.Cmd {
	v.want = true
	if v.rec != nil || v.foreign != "" {
		v.toWord()
	}
	if v.player == nil {
		return v.ensure()
	}
	v.want = false
	v.player.Play()
	return v.look()
}

// ensure takes the next step towards a player.
func (v *Viewer) ensure() tea.Cmd {
	switch {
	case !v.want || v.player != nil || v.asked || v.rec == nil && v.foreign == "":
		return nil
	case v.device.Name == "" && v.why == "":
		return v.find()
	case v.foreign != "":
		return v.hire()
	case !v.device.Samples():
		v.want = false
		v.env.Host.Say(v.why)
		why := v.why
		v.damage, v.why = why, "" // looked for again the next time
		return nil
	}
	v.damage = ""
	return v.attach(sound.NewDeck(v.device.Open, v.rec, v.env.Crash))
}

func (v *Viewer) find() tea.Cmd {
	v.asked = true
	gen, find := v.gen, v.opts.Find
	if find == nil {
		find = func(ctx context.Context) (sound.Device, string) {
			return sound.Find(ctx, sound.Config{Crash: v.env.Crash})
		}
	}
	return v.env.Do(v.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		d, why := find(ctx)
		return device{gen, d, why}
	})
}

// hire has another program play the file.
func (v *Viewer) hire() tea.Cmd {
	if !v.device.Files() {
		v.want = false
		v.damage = v.foreign + " is not played here, and no program that does was found; mpv is one"
		if v.why != "" {
			v.damage = v.why
		}
		v.env.Host.Say(v.damage)
		v.why, v.device = "", sound.Device{}
		return nil
	}
	if !v.src.Whole {
		return nil // Show comes again
	}
	v.asked = true
	v.hired = &hired{}
	gen, d, path, l, h := v.gen, v.device, v.src.Path, v.length(), v.hired
	return v.env.Do(v.ctx, screen.Quick, func(context.Context) tea.Msg {
		p, err := d.OpenFile(path, l)
		if err == nil {
			h.put(p)
		}
		return ready{gen, p, err}
	})
}

// hired is a player on its way here. Should the viewer be closed before it
// arrives, nobody may take the message, and still nothing is left running.
type hired struct {
	mu   sync.Mutex
	p    sound.Player
	over bool
}

func (h *hired) put(p sound.Player) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.p = p; h.over {
		p.Close()
	}
}

func (h *hired) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over = true; h.p != nil {
		h.p.Close()
	}
}

// attach sets a new player up as the session has it.
func (v *Viewer) attach(p sound.Player) tea.Cmd {
	v.player = p
	v.setQuiet()
	p.SetSpeed(v.speed())
	p.SetVolume(v.volume)
	p.SkipSilence(v.skip)
	if v.at > 0 {
		p.Seek(v.at)
	}
	if v.want {
		v.want = false
		p.Play()
	}
	return v.look()
}

// seek goes to a time.
func (v *Viewer) seek(at time.Duration) tea.Cmd {
	if v.err != "" {
		return nil
	}
	if l := v.length(); l > 0 {
		at = min(at, l)
	}
	at = max(at, 0)
	v.resumed, v.note = false, ""
	v.text.went = v.searched() // moved by hand: Space goes on from here
	v.at = at
	if v.player == nil {
		return nil
	}
	v.player.Seek(at)
	return v.look()
}

func (v *Viewer) setSpeed(step int) tea.Cmd {
	v.step = step
	if v.player == nil {
		return nil
	}
	v.player.SetSpeed(v.speed())
	return v.look()
}

func (v *Viewer) setVolume(percent int) tea.Cmd {
	v.volume = min(max(percent, 0), sound.Loudest)
	if v.player == nil {
		return nil
	}
	v.player.SetVolume(v.volume)
	return v.look()
}

func (v *Viewer) setSkip() tea.Cmd {
	v.skip = !v.skip
	if v.skip {
		v.env.Host.Say("Silences are skipped")
	} else {
		v.env.Host.Say("Silences are played")
	}
	if v.player == nil {
		return nil
	}
	v.player.SkipSilence(v.skip)
	return v.look()
}

// hint is the first key of an action.
func (v *Viewer) hint(a keymap.Action, s keymap.Scope) string {
	if keys := v.env.Keys.Keys(s, a); len(keys) > 0 {
		return keys[0]
	}
	in, _ := keymap.Find(a)
	return in.Short
}

// instead is what can be done with a recording that cannot be heard here.
func (v *Viewer) instead() string {
	return v.hint(keymap.Pipe, keymap.ScopeList) + " pipes the file to a command, " +
		v.hint(keymap.Save, keymap.ScopeList) + " saves it."
}

// clock is a position: the second that runs, as a clock shows it.
func clock(d time.Duration) string { return kit.Length(d.Truncate(time.Second)) }
