package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// A macro is keys kept under a letter or a digit. What is recorded is what was pressed,
// wherever it went, but for the answers to questions: a macro that comes to one waits for
// the person. Its keys are pressed like typed ones that wait for what they depend on, and
// besides until what they changed is on disk; the first that fails is the last.

// Bounds of macros.
const (
	mostRecorded = 400    // keys of one
	mostPressed  = 10_000 // keys of one run, with those of the macros in it
	mostRounds   = 1000   // times one is run at once
)

// macros is what is known about them.
type macros struct {
	rec   *recording
	run   *running
	last  string             // the one run last
	known map[string][]keyed // as read last
	fast  bool               // the key being pressed is a macro's
}

// recording is keys that are being recorded.
type recording struct {
	name string
	keys []keyed
	from int // where the keys of the latest action begin
}

// running is a macro that presses its keys.
type running struct {
	name    string
	left    []keyed
	loads   bool // the keys are not here yet
	pressed int
	moves   bool     // the latest key only moves: what it says is why it did not
	asked   *confirm // what the person is asked
}

// note records a key, unless it answers a question.
func (m *Model) note(s keyed) {
	rec := m.macros.rec
	if rec == nil || m.macros.fast {
		return
	}
	if _, asks := m.over().(*confirm); asks {
		return
	}
	if m.over() == nil && m.keys.Pending() == "" {
		rec.from = len(rec.keys)
	}
	rec.keys = append(rec.keys, s)
	if len(rec.keys) > mostRecorded {
		m.macros.rec = nil
		m.Say(fmt.Sprintf("Recording %s was given up: more than %d keys", rec.name, mostRecorded))
	}
}

// recordMacro asks for the letter to record under, or stops.
func (m *Model) recordMacro() tea.Cmd {
	rec := m.macros.rec
	if rec == nil {
		if m.macros.fast {
			m.refuse("a macro does not record another")
			return nil
		}
		m.open(&letter{m: m, title: "Record keys under", then: m.startRecording})
		return m.recallMacros(nil)
	}
	m.macros.rec = nil
	keys := rec.keys[:rec.from]
	if len(keys) == 0 {
		m.Say("Nothing was recorded under " + rec.name)
		return nil
	}
	m.Say("Recorded " + rec.name + ": " + shownKeys(keys) + "   " + m.hint(keymap.RunMacro, rec.name+" presses them again"))
	return m.keepMacro(rec.name, keys)
}

func (m *Model) startRecording(name string) tea.Cmd {
	m.macros.rec = &recording{name: name}
	m.Say("Recording " + name + "; " + m.hint(keymap.RecordMacro, "stops"))
	return nil
}

// askMacro asks which macro to run.
func (m *Model) askMacro() tea.Cmd {
	m.open(&letter{m: m, title: "Press the keys of", again: true, then: func(name string) tea.Cmd { return m.startMacro(name, 1) }})
	return m.recallMacros(nil)
}

// startMacro fetches the keys of a macro and has them pressed so many times.
func (m *Model) startMacro(name string, times int) tea.Cmd {
	if m.macros.run == nil {
		m.macros.run = &running{name: name}
	}
	run := m.macros.run
	run.loads, m.macros.last = true, name
	return m.fetchMacro(name, times)
}

// fetched is the keys of a macro that is to run.
type fetched struct {
	name  string
	times int
	keys  []keyed
	err   error
}

func (f fetched) take(m *Model) tea.Cmd {
	run := m.macros.run
	if run == nil {
		return nil // it was stopped meanwhile
	}
	run.loads = false
	switch {
	case f.err != nil:
		m.macros.run = nil
		m.failed(screen.Failed{Op: "read the macro " + f.name, Err: f.err})
	case len(f.keys) == 0:
		m.macros.run = nil
		m.Say("No keys are recorded under " + f.name + "; " + m.hint(keymap.RecordMacro, f.name+" records some"))
	default:
		var all []keyed
		for range min(f.times, mostRounds) {
			all = append(all, f.keys...)
		}
		run.left = append(all, run.left...)
	}
	return nil
}

// pressMacro presses the keys of the macro that runs, as far as they need not wait.
func (m *Model) pressMacro() (cmd tea.Cmd) {
	for run := m.macros.run; run != nil && !m.macroWaits(run); run = m.macros.run {
		switch {
		case run.asked != nil && !run.asked.yes:
			m.endMacro("the answer was no")
			return cmd
		case len(run.left) == 0:
			m.macros.run = nil
			return cmd
		case run.pressed >= mostPressed:
			m.endMacro(fmt.Sprintf("it has pressed %d keys", mostPressed))
			return cmd
		}
		next := run.left[0]
		run.left, run.asked, run.moves = run.left[1:], nil, false
		run.pressed++
		m.clean = false
		cmd = join(cmd, m.pressFast(next))
	}
	return cmd
}

func (m *Model) pressFast(s keyed) tea.Cmd {
	m.macros.fast = true
	defer func() { m.macros.fast = false }()
	if s.Paste != "" {
		return m.put(s.Paste)
	}
	return join(m.press(s.key()), m.follow())
}

// macroWaits reports whether the next key has to wait: for what a typed one waits for,
// for what the last one changed, or for the person.
func (m *Model) macroWaits(run *running) bool {
	switch o := m.over().(type) {
	case *confirm:
		run.asked = o
		return true
	case *prompt:
		if o.asks {
			return true
		}
	}
	return run.loads || m.env.Writes > 0 || m.busy()
}

// holdKey takes a key that is pressed while a macro runs: it waits, but what is asked is
// answered, and Esc and C-c stop the macro.
func (m *Model) holdKey(k tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	run := m.macros.run
	if run == nil {
		return nil, false
	}
	if _, asks := m.over().(*confirm); asks {
		return m.press(k), true
	}
	if s := k.Keystroke(); s == "esc" || s == "ctrl+c" {
		m.queue = nil
		m.list.Settle()
		if r, ok := m.full().(screen.Restorer); ok {
			r.Settle()
		}
		m.endMacro("stopped by you")
		return nil, true
	}
	if len(m.queue) < ahead {
		m.queue = append(m.queue, k)
	}
	return nil, true
}

// endMacro stops the macro that runs and says why.
func (m *Model) endMacro(why string) {
	run := m.macros.run
	if run == nil {
		return
	}
	m.macros.run = nil
	m.said = fmt.Sprintf("Macro %s stopped after %s: %s", run.name, plural(run.pressed, "key"), why)
	m.clean = false
}

// refuse says why something was not done; a macro does not go on after that.
func (m *Model) refuse(text string) {
	m.said = text
	if m.macros.run != nil {
		m.endMacro(text)
	}
}

// moving notes whether what the macro's key does only moves.
func (m *Model) moving(a keymap.Action) {
	if run := m.macros.run; run != nil {
		in, _ := m.opts.Keys.Find(a)
		run.moves = in.Group == keymap.GroupMove
	}
}

// faulted stops the macro that runs, because of what a banner tells.
func (m *Model) faulted(b *screen.Banner) {
	run := m.macros.run
	if run == nil || !b.Fault {
		return
	}
	m.macros.run = nil
	b.Next = fmt.Sprintf("macro %s stopped after %s", run.name, plural(run.pressed, "key"))
}

// recordMark says in the footer that keys are being recorded; "" when they are not.
func (m *Model) recordMark(w int) string {
	if m.macros.rec == nil || w < leastNext {
		return ""
	}
	return " ● " + m.macros.rec.name
}

// recorded is the keys of a recording in w cells, the latest of them.
func (m *Model) recorded(w int) string {
	text := shownKeys(m.macros.rec.keys)
	if text == "" {
		text = "every key is recorded"
	}
	tail := "   " + m.hint(keymap.RecordMacro, "stops")
	room := w - 1 - kit.Width(tail)
	for kit.Width(text) > max(room, 0) {
		_, rest, more := strings.Cut(strings.TrimPrefix(text, "… "), " ")
		if !more {
			break
		}
		text = "… " + rest
	}
	return m.env.Styles.Hint.S(kit.Fit(" "+text+tail, w))
}
