package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview"
	"switchboard/ui/screen"
)

// ahead is how many keys may wait for an answer.
const ahead = 4096

// busy reports whether keys for the panes must wait.
func (m *Model) busy() bool {
	if len(m.overlays) > 0 {
		_, writing := m.over().(*composing)
		return writing && m.compose.Busy()
	}
	if m.gives || m.onward != nil || m.compose.Busy() {
		return true
	}
	if f := m.full(); f != nil {
		return f.Busy() || m.place == screen.Groups && m.list.Asking()
	}
	if m.place == screen.Files {
		return m.list.Busy() || m.files.Busy()
	}
	return m.list.Busy()
}

// key takes a key, or keeps it until what it depends on is here. Esc and C-c
// never wait: they give up waiting.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	m.env.Store.GiveWay()
	if cmd, ok := m.holdKey(k); ok {
		return cmd
	}
	if len(m.queue) == 0 && !m.busy() {
		return join(m.press(k), m.outside())
	}
	if s := k.Keystroke(); s == "esc" || s == "ctrl+c" {
		m.queue, m.gives, m.onward = nil, false, nil
		m.list.Settle()
		m.compose.Settle()
		if r, ok := m.full().(screen.Restorer); ok {
			r.Settle()
		}
		return m.press(k)
	}
	if len(m.queue) < ahead {
		m.queue = append(m.queue, k)
	}
	return nil
}

// replay presses the keys that waited, as far as they need wait no longer.
func (m *Model) replay() (cmd tea.Cmd) {
	cmd = m.pressMacro()
	for len(m.queue) > 0 && m.macros.run == nil && !m.busy() {
		next := m.queue[0]
		m.queue = m.queue[1:]
		m.clean = false
		switch next := next.(type) {
		case tea.KeyPressMsg:
			cmd = join(cmd, join(m.press(next), m.follow())) // the next may be about what this one shows
		case tea.PasteMsg:
			cmd = join(cmd, m.put(next.Content))
		}
	}
	return cmd
}

func (m *Model) paste(p tea.PasteMsg) tea.Cmd {
	if len(m.queue) > 0 || m.macros.run != nil || m.busy() {
		m.queue = append(m.queue, p)
		return nil
	}
	return m.put(p.Content)
}

func (m *Model) put(text string) tea.Cmd {
	m.note(keyed{Paste: text})
	if o := m.over(); o != nil && o.takes() {
		return o.text(text)
	}
	m.Say("There is nothing to paste into; / searches")
	return nil
}

// press is one key at its turn.
func (m *Model) press(k tea.KeyPressMsg) tea.Cmd {
	m.said = ""
	m.note(keyedOf(k))
	if o := m.over(); o != nil {
		return m.pressOver(o, k)
	}
	scopes := m.scopes()
	res := m.keys.Press(scopes, keymap.Key{Text: k.Text, Stroke: k.Keystroke()})
	m.pending = res
	switch {
	case len(res.Pending) > 0:
		return nil
	case res.None:
		m.refuse(fmt.Sprintf("%s does nothing here; ? shows all keys", res.Typed))
		return nil
	}
	m.moving(res.Action)
	return m.do(res.Action)
}

// pressOver gives a key to an overlay. Enter and Esc are the overlay's own,
// whatever is bound to them.
func (m *Model) pressOver(o overlay, k tea.KeyPressMsg) tea.Cmd {
	if o.waits(m.env.Now()) {
		return nil
	}
	switch k.Keystroke() {
	case "enter":
		return o.do(keymap.Submit)
	case "esc":
		return o.do(keymap.Cancel)
	}
	if o.takes() && k.Text != "" && !k.Mod.Contains(tea.ModCtrl) && !k.Mod.Contains(tea.ModAlt) {
		return o.text(k.Text)
	}
	res := m.keys.Press([]keymap.Scope{o.scope()}, keymap.Key{Text: k.Text, Stroke: k.Keystroke()})
	switch {
	case len(res.Pending) > 0:
		return nil
	case res.None:
		return o.key(k)
	}
	return o.do(res.Action)
}

// scopes is where keys are looked up now, outermost first.
func (m *Model) scopes() []keymap.Scope {
	if f := m.full(); f != nil {
		return f.Scopes()
	}
	switch m.place {
	case screen.Files:
		return m.files.Scopes()
	case screen.Large:
		return large{m}.Scopes()
	}
	if m.stands() != nil {
		return m.files.Scopes()
	}
	return m.list.Scopes()
}

// chain is who may handle an action: the focused pane, the file that is shown,
// then the list behind both.
func (m *Model) chain() []screen.Screen {
	if f := m.full(); f != nil {
		return []screen.Screen{f, m.list}
	}
	if f := m.stands(); f != nil {
		if m.place == screen.Large {
			return []screen.Screen{large{m}, m.preview, m.files}
		}
		return []screen.Screen{m.files, m.preview, f}
	}
	switch m.place {
	case screen.Reader:
		return []screen.Screen{m.read, m.preview, m.list}
	case screen.Files:
		return []screen.Screen{m.files, m.preview, m.list}
	case screen.Large:
		return []screen.Screen{large{m}, m.preview, m.list}
	}
	return []screen.Screen{m.preview, m.list}
}

// do carries out an action, whoever it is for.
func (m *Model) do(a keymap.Action) tea.Cmd {
	return join(m.before(a), m.doNow(a))
}

func (m *Model) doNow(a keymap.Action) tea.Cmd {
	if a == keymap.Cancel && m.banner == nil && m.dismissCalls() && m.place == screen.List && m.list.Top() {
		return nil
	}
	if a == keymap.Cancel && m.banner != nil {
		cmd := m.dismiss()
		if m.place == screen.List && m.list.Top() {
			return cmd
		}
		return join(cmd, m.carry(a))
	}
	return m.carry(a)
}

func (m *Model) carry(a keymap.Action) tea.Cmd {
	if m.welcome {
		switch a {
		case keymap.Back, keymap.Quit, keymap.Interrupt, keymap.Cancel:
			return m.end()
		case keymap.Help, keymap.Redraw, keymap.Suspend, keymap.OpenPalette:
		default:
			m.Say("There is no account yet; q quits")
			return nil
		}
	}
	var cmd tea.Cmd
	if preview.Mine(a) && m.full() == nil {
		cmd = m.follow() // a key before this one may have moved the list
	}
	return join(cmd, m.carryOut(a))
}

func (m *Model) carryOut(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Play:
		if cmd, ok := m.play(); ok {
			return cmd
		}
	case keymap.Cancel:
		if _, _, _, _, seen := m.stage(); !seen {
			break
		}
		if cmd, ok := m.preview.Pass(a); ok { // the marks of a search in it
			return cmd
		}
	case keymap.Open, keymap.OpenOutside, keymap.Save, keymap.SaveMarked:
		m.preview.Keep() // what it fetches is wanted, whether or not somebody stays
	}
	if cmd, ok := m.underneath(a); ok {
		return cmd
	}
	if cmd, ok := m.give(a); ok {
		return cmd
	}
	if cmd, ok := m.about(a); ok {
		return cmd
	}
	if cmd, ok := m.writes(a); ok {
		return cmd
	}
	m.lend()
	for _, s := range m.chain() {
		if cmd, ok := s.Do(a); ok {
			return cmd
		}
	}
	if cmd, ok := m.self(a); ok {
		return cmd
	}
	m.refuse(m.why(a))
	return nil
}

// why says why an action did nothing.
func (m *Model) why(a keymap.Action) string {
	in, _ := m.opts.Keys.Find(a)
	if r := m.disabled(a); r != "" {
		return in.Words + ": " + r
	}
	return in.Words + " is not possible here"
}

func (m *Model) disabled(a keymap.Action) string {
	if m.welcome && a != keymap.Help && a != keymap.Quit {
		return "there is no account yet"
	}
	for _, s := range m.chain() {
		if r := s.Disabled(a); r != "" {
			return r
		}
	}
	return ""
}

// self is what the root does itself.
func (m *Model) self(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Help:
		m.open(newHelp(m))
	case keymap.OpenPalette:
		return m.openPalette(), true
	case keymap.CommandLine:
		return m.commandLine(""), true
	case keymap.RecordMacro:
		return m.recordMacro(), true
	case keymap.RunMacro:
		return m.askMacro(), true
	case keymap.SaveView:
		return m.saveView(), true
	case keymap.HandOver:
		return m.hand(""), true
	case keymap.Undo:
		return m.undo(false), true
	case keymap.Redo:
		return m.undo(true), true
	case keymap.Refresh:
		return m.refresh(), true
	case keymap.Redraw:
		return tea.ClearScreen, true
	case keymap.Graphics:
		return m.nextGraphics(), true
	case keymap.Suspend:
		return tea.Suspend, true
	case keymap.ToggleDND:
		return m.toggleDND(), true
	case keymap.NextPane:
		return m.pane(1), true
	case keymap.PreviousPane:
		return m.pane(-1), true
	case keymap.PaneLeft:
		return m.sideways(-1), true
	case keymap.PaneRight:
		return m.sideways(1), true
	case keymap.Back, keymap.Quit:
		return m.leaveOrAsk(), true
	case keymap.Interrupt:
		m.Confirm(screen.Confirm{Question: "Quit switchboard?", Detail: m.unsent(), Yes: "quit", Do: m.end})
	default:
		if cmd, ok := m.userCommand(a); ok {
			return cmd, true
		}
		return m.goFull(a)
	}
	return nil, true
}

// panes is the order of Tab.
func panes() []screen.Place { return []screen.Place{screen.List, screen.Reader, screen.Files} }

func (m *Model) pane(n int) tea.Cmd {
	order := panes()
	if r, ok := m.list.Current(); !ok || r.Files == 0 {
		order = order[:2]
	}
	for i, p := range order {
		if p == m.place {
			return m.Go(order[(i+n+len(order))%len(order)])
		}
	}
	return m.Go(screen.List)
}

// sideways goes to the pane on the left or right, and stays at the ends.
func (m *Model) sideways(n int) tea.Cmd {
	if m.full() != nil || m.place == screen.Large {
		return m.Go(screen.List)
	}
	r, _ := m.list.Current()
	to := m.place + screen.Place(n)
	switch {
	case to < screen.List:
		m.Say("This is the leftmost pane")
	case to > screen.Files || to == screen.Files && r.Files == 0:
		m.Say("This is the rightmost pane")
	default:
		return m.Go(to)
	}
	return nil
}

// leaveOrAsk quits; only a running download is worth a question, and even that
// goes on the next time.
func (m *Model) leaveOrAsk() tea.Cmd {
	running := 0
	for _, j := range m.env.Jobs {
		if j.State == store.Fetching {
			running++
		}
	}
	if running == 0 {
		return m.endSent()
	}
	m.Confirm(screen.Confirm{
		Question: fmt.Sprintf("%d downloads are running. Quit?", running),
		Detail:   "They go on where they stopped the next time.", Yes: "quit", Do: m.end,
	})
	return nil
}

func (m *Model) end() tea.Cmd {
	m.quit = true
	return tea.Quit
}

// unsent says what waits to be sent, which is safe on disk.
func (m *Model) unsent() string {
	n := 0
	for _, st := range m.env.Status {
		n += st.Pending
	}
	if n == 0 {
		return "Everything is sent and saved."
	}
	return fmt.Sprintf("%d changes wait to be sent; they are on disk and go out the next time.", n)
}
