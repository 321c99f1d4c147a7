package ui

import (
	"context"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/attachments"
	"switchboard/ui/compose"
	"switchboard/ui/contacts"
	"switchboard/ui/groups"
	"switchboard/ui/inbox"
	"switchboard/ui/jobs"
	"switchboard/ui/preview"
	"switchboard/ui/preview/graphics"
	"switchboard/ui/reader"
	"switchboard/ui/screen"
	"switchboard/ui/theme"
)

// The least size everything works at, and the width from which the reader
// stands beside the list.
const (
	leastWidth  = 60
	leastHeight = 15
	wideFrom    = 100
)

// Model is the root: it owns panes, overlays, footer and the way of a key.
type Model struct {
	opts Options
	env  *screen.Env
	stop context.CancelFunc

	list     *inbox.Model
	read     *reader.Model
	files    *attachments.Model
	jobs     *jobs.Model
	contacts *contacts.Model
	groups   *groups.Model
	compose  *compose.Model
	drafts   *compose.Drafts
	onward   *onward                      // is sent on as soon as the keys before have been done
	fulls    map[screen.Place]screen.Full // the screens that take all the room, jobs among them
	preview  *preview.Model               // of the file of the message the list is on
	place    screen.Place                 // the pane with the focus
	side     screen.Place                 // what stands beside the list where there is room
	under    screen.Place                 // the screen whose rows the panes follow instead of the list's; List: none
	was      screen.Place                 // side, before that

	w, h     int
	keys     *keymap.Resolver
	overlays []overlay
	queue    []tea.Msg // keys and pastes that wait for an answer
	pending  keymap.Result
	history  map[string][]string // of prompts, by kind
	cmds     commandTable        // the commands of the command line, besides the actions
	recalled bool                // history holds the lines of earlier sessions
	recents  []string            // names of what was used lately, the latest first; nil: not asked for yet
	kept     chan struct{}       // closed when the latest of what is remembered is kept

	said      string
	banner    *screen.Banner
	notices   []store.Notice
	macros    macros
	away      int            // own commands in the background
	viewsKept viewsKept      // what was made of the saved views here
	owns      owns           // changes of the person's own things
	saving    map[int64]bool // saves asked for here, until they are through
	welcome   bool           // there is no account
	quit      bool
	crash     any // a panic ended the program
	crashes   string
	giving    uint64                                     // counts what was given to other programs
	piped     string                                     // the command line that was typed for it already
	gives     bool                                       // keys wait for what the latest was about
	later     func(d time.Duration, msg tea.Msg) tea.Cmd // a message after a pause

	own    ownCalls
	pump   pump
	keeps  keeps
	remind reminder
	frame  tea.View
	clean  bool // frame is what View would make
	shown  shown
	trail  trail

	layer *graphics.Layer // what stands beside the cells
	asks  bool            // the terminal may be asked

	hinted map[hinted]string // footers by what they were made for
}

// New is the root model. It does nothing before Init.
func New(o Options) *Model { return newModel(context.Background(), o) }

func newModel(ctx context.Context, o Options) *Model {
	o.fill()
	ctx, stop := context.WithCancel(ctx)
	m := &Model{opts: o, stop: stop, keys: o.Keys.Resolver(), history: map[string][]string{}, saving: map[int64]bool{}, side: screen.Reader}
	m.env = &screen.Env{
		Ctx: ctx, Store: o.Store, Host: m, Keys: o.Keys, Now: o.Now, Location: o.Location, Views: o.Views, Sort: o.Sort,
		SaveDir: o.SaveDir, Template: o.SaveTemplate, Canned: o.Canned, Replies: o.Replies, Callback: o.Callback, Open: o.Open, Actor: o.Actor, Log: o.Log,
		Styles: theme.New(o.Theme != "light", o.NoColor || o.Theme == "plain"), Patience: o.Patience,
	}
	m.env.Crash, m.env.JSON = m.leave, o.JSON
	m.layer = newLayer(&o)
	m.env.Term = m.layer.Terminal()
	m.later = func(d time.Duration, msg tea.Msg) tea.Cmd {
		return tea.Tick(d, func(time.Time) tea.Msg { return msg })
	}
	m.env.Later = func(d time.Duration, msg tea.Msg) tea.Cmd { return m.later(d, msg) }
	m.env.Command = m.cmds.add
	m.list = inbox.New(m.env, o.First)
	m.preview = preview.New(m.env, o.Preview)
	m.read = reader.New(m.env)
	m.files = attachments.New(m.env)
	m.read.Stage, m.files.Stage = m.preview, m.preview
	m.read.Details, m.list.Strip = m.details, m.callStrip
	m.read.Answer = func(r store.Row) (string, screen.Tone) { return m.env.AnswerWords(r, m.list.Patience()) }
	m.jobs = jobs.New(m.env)
	m.contacts = contacts.New(m.env)
	m.env.Form, m.env.Edit, m.env.Person = m.Form, m.Edit, m.Person
	m.env.Call = m.Call
	m.env.Pick, m.env.LookUp = m.Pick, m.lookUp
	m.env.Present, m.env.ShowMailbox = m.present, m.showMailbox
	m.groups = groups.New(m.env)
	m.env.Type, m.env.Direct = m.typing, m.groups.Direct
	m.newCompose()
	m.fulls = m.screens()
	m.ownCommands()
	m.showViews()
	m.pump.seen = o.Store.Generation()
	m.remind = newReminder(&o)
	return m
}

// Init asks for what the first screen needs.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.list.Init(), m.ask(), m.accounts(), m.recallViews()}
	if m.opts.Query != "" {
		cmds = append(cmds, m.Show(m.opts.Query, "Search "+m.opts.Query))
	}
	if m.opts.Theme == "" && !m.opts.NoColor {
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	if m.asks {
		cmds = append(cmds, tea.Raw(m.layer.Probe()))
	}
	if said := m.env.Store.Recovered(); said != "" {
		m.Tell(screen.Banner{Text: said, Fault: true})
	}
	return tea.Batch(cmds...)
}

// Update takes one message. It never waits.
func (m *Model) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			m.leave(r, debug.Stack())
			m.crash, cmd = r, tea.Quit
		}
	}()
	if m.crash != nil {
		return m, tea.Quit
	}
	cmd, done := m.answered(msg)
	if !done {
		cmd = join(cmd, m.route(msg))
	}
	cmd = join(cmd, m.sendOn())
	more := m.replay()
	m.looked()
	if m.clean && len(m.queue) == 0 {
		return m, join(cmd, more)
	}
	return m, join(join(cmd, more), m.follow())
}

func join(a, b tea.Cmd) tea.Cmd {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return tea.Batch(a, b)
}

// route takes a message to where it belongs, and says that the frame has to be
// made again if it may have changed something.
func (m *Model) route(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(taker); ok {
		m.clean = false
		return msg.take(m)
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		m.clean = false
		m.remind.notes.Key(m.env.Now())
		return m.key(msg)
	case tea.PasteMsg:
		m.clean = false
		return m.paste(msg)
	case tea.WindowSizeMsg:
		m.clean = false
		m.w, m.h = msg.Width, msg.Height
		m.list.SetHeight(m.room())
		m.list.SetBeside(m.wide())
		return m.list.Step(0)
	case tea.BackgroundColorMsg:
		if m.opts.Theme == "" && !m.opts.NoColor && msg.IsDark() != m.env.Styles.Dark {
			m.clean = false
			m.env.Styles = theme.New(msg.IsDark(), false)
		}
		return nil
	case tea.FocusMsg:
		m.remind.notes.Focus(true)
		return join(m.outside(), m.signedIn())
	case tea.ResumeMsg:
		m.clean = false
		return m.outside()
	case tea.BlurMsg:
		m.remind.notes.Focus(false)
		return nil
	case tea.KeyReleaseMsg, tea.ColorProfileMsg, tea.EnvMsg, tea.KeyboardEnhancementsMsg, tea.ModeReportMsg,
		tea.CapabilityMsg, tea.TerminalVersionMsg, tea.PasteStartMsg, tea.PasteEndMsg, tea.MouseMsg:
		return nil
	}
	if cmd, ok := m.news(msg); ok {
		return cmd
	}
	m.clean = false
	switch msg := msg.(type) {
	case screen.Wrote:
		m.env.Writes--
		cmd := m.route(msg.Msg)
		if _, again := msg.Msg.(undone); !again && m.env.Writes == 0 { // an undo reads the list itself
			cmd = join(cmd, m.list.Refresh())
			cmd = join(cmd, m.freshen())
		}
		return cmd
	case screen.Acted:
		m.acted(msg)
		return m.expire()
	case undone:
		return m.undone(msg)
	case screen.Failed:
		m.failed(msg)
	case screen.Queued:
		m.saving[msg.Job] = true
		return m.ask()
	case screen.Told:
		m.Tell(msg.Banner)
		return m.expire()
	case screen.Said:
		m.said = msg.Text
	case screen.Copy:
		m.said = msg.Said
		return join(tea.SetClipboard(msg.Text), m.env.CopyBy(m.opts.Copy, msg.Text))
	case screen.Opened:
		m.said = "Opened with the system's program"
		if msg.Read {
			return m.list.MarkRead(msg.Item)
		}
	case screen.Completed:
		if p, ok := m.over().(*prompt); ok {
			return p.completed(msg)
		}
	case editing:
		return m.editing(msg)
	case edited:
		return m.edited(msg)
	case screen.AccountsChanged:
		return join(m.accounts(), join(m.reconnect(), m.list.Refresh()))
	case screen.Crashed:
		m.crash = msg.Value
		return tea.Quit
	case screen.Output, outputMoved, outputReady, outputEnded:
		return m.output(msg)
	case given:
		return m.given(msg)
	case paused:
		return m.paused(msg)
	case leaving:
		return m.leaving(msg)
	case fade:
		m.fade(msg)
	case remind:
		m.remind.at = time.Time{}
		return m.tellNews()
	default:
		return join(join(m.list.Update(msg), m.read.Update(msg)), join(join(m.files.Update(msg), m.updateFulls(msg)), join(m.preview.Update(msg), m.composed(msg))))
	}
	return nil
}

// accounts asks whether there is any account at all.
func (m *Model) accounts() tea.Cmd {
	return m.env.Do(m.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		list, err := m.env.Store.Accounts(ctx)
		if err != nil {
			return screen.Fail("read the accounts", err)
		}
		k := known{none: len(list) == 0, names: make(map[string]string, len(list)), keys: map[int64]string{}, services: map[int64]string{}, regions: map[int64]string{}}
		for _, a := range list {
			k.names[a.Key], k.keys[a.ID], k.services[a.ID] = a.Name, a.Key, a.Service
			k.regions[a.ID] = m.env.Store.Region(ctx, a.Key)
		}
		k.regions[0] = m.env.Store.Region(ctx, "")
		return k
	})
}

type known struct {
	none     bool
	names    map[string]string
	keys     map[int64]string
	services map[int64]string
	regions  map[int64]string // of accounts, see ownCalls
}

// fade ends a banner that was only good news.
type fade struct{ banner *screen.Banner }

// fading is how long good news stays.
const fading = 8 * time.Second

func (m *Model) fade(f fade) {
	if m.banner == f.banner {
		m.banner = nil
	}
}
