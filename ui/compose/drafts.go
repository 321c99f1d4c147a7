package compose

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Drafts is the screen of what is being written. It is a screen.Full.
type Drafts struct {
	// GoOn opens the composer on a draft.
	GoOn func(d store.MessageDraft) tea.Cmd
	// GoChat opens the composer of a chat, which goes on with the draft there.
	GoChat func(chat int64) tea.Cmd

	env     *screen.Env
	list    []store.MessageDraft
	have    bool
	busy    bool
	again   bool
	old     bool // the list is of before what was done here
	err     error
	at      int64 // the draft the cursor is on, by key
	index   int   // its place, for when it has gone
	top     int
	dropped []store.MessageDraft // what u brings back, the latest last
	waiting int
}

// NewDrafts is the screen before it is shown.
func NewDrafts(env *screen.Env) *Drafts { return &Drafts{env: env} }

// listed is the drafts there are.
type listed struct {
	list []store.MessageDraft
	err  error
}

// dropped is the end of dropping a draft, or of bringing one back.
type dropped struct {
	d    store.MessageDraft
	back bool
	err  error
}

// Refresh implements screen.Full.
func (d *Drafts) Refresh() tea.Cmd {
	if d.busy {
		d.again = true
		return nil
	}
	d.busy = true
	return d.env.Do(d.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		list, err := d.env.Store.MessageDrafts(ctx)
		if err != nil {
			return listed{err: err}
		}
		posts, err := d.env.Store.ChatDrafts(ctx)
		list = append(list, posts...)
		slices.SortStableFunc(list, func(a, b store.MessageDraft) int { return b.At.Compare(a.At) })
		return listed{list, err}
	})
}

// key names a draft in the list: those of posts are told by their chat.
func key(d store.MessageDraft) int64 {
	if d.Chat != 0 {
		return -d.Chat
	}
	return d.ID
}

// Busy implements screen.Full.
func (d *Drafts) Busy() bool { return (!d.have || d.old) && d.busy || d.waiting > 0 }

// Scopes implements screen.Screen.
func (d *Drafts) Scopes() []keymap.Scope { return keymap.Stack(keymap.ViewDrafts) }

// Update implements screen.Screen.
func (d *Drafts) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case listed:
		d.busy = false
		if d.err = msg.err; msg.err == nil {
			d.have, d.list = true, msg.list
			d.aim()
		}
		if d.again {
			d.again = false
			return d.Refresh()
		}
		d.old = false
	case dropped:
		d.waiting, d.old = max(d.waiting-1, 0), true
		what := "drop the draft"
		if msg.back {
			what = "bring the draft back"
		}
		switch {
		case msg.err != nil:
			return func() tea.Msg { return screen.Fail(what, msg.err) }
		case msg.back:
			d.at = key(msg.d)
			return tea.Batch(d.Refresh(), tell(screen.Banner{Text: "The draft is back: " + msg.d.Words}))
		default:
			d.dropped = append(d.dropped, msg.d)
			return tea.Batch(d.Refresh(), tell(screen.Banner{Text: "Dropped the draft: " + msg.d.Words, Undo: true}))
		}
	}
	return nil
}

func tell(b screen.Banner) tea.Cmd { return func() tea.Msg { return screen.Told{Banner: b} } }

// aim keeps the cursor on its draft, or where that was.
func (d *Drafts) aim() {
	for i, x := range d.list {
		if key(x) == d.at {
			d.index = i
			return
		}
	}
	d.index = min(max(d.index, 0), max(len(d.list)-1, 0))
	if len(d.list) > 0 {
		d.at = key(d.list[d.index])
	}
}

func (d *Drafts) move(n int) {
	if len(d.list) > 0 {
		d.index = min(max(d.index+n, 0), len(d.list)-1)
		d.at = key(d.list[d.index])
	}
}

// Do implements screen.Screen.
func (d *Drafts) Do(a keymap.Action) (tea.Cmd, bool) {
	const page = 10
	switch a {
	case keymap.Down, keymap.NextItem:
		d.move(1)
	case keymap.Up, keymap.PreviousItem:
		d.move(-1)
	case keymap.PageDown, keymap.HalfPageDown:
		d.move(page)
	case keymap.PageUp, keymap.HalfPageUp:
		d.move(-page)
	case keymap.Top:
		d.move(-1 << 20)
	case keymap.Bottom:
		d.move(1 << 20)
	case keymap.Back, keymap.Cancel:
		return d.env.Host.Go(screen.List), true
	case keymap.Open, keymap.DropDraft, keymap.CopyText, keymap.CopyNumber:
		return d.draft(a), true
	case keymap.Undo:
		return d.bringBack()
	case keymap.Mark, keymap.MarkRange, keymap.MarkAll, keymap.Sort, keymap.Save, keymap.SaveMarked, keymap.OpenOutside, keymap.ShowInfo,
		keymap.NextUnread, keymap.PreviousUnread, keymap.Pipe, keymap.Print, keymap.Filter, keymap.Play, keymap.GoAttachments:
		d.env.Host.Say("That is for messages; here are drafts")
	default:
		return nil, false
	}
	return nil, true
}

// draft does what is about the draft under the cursor.
func (d *Drafts) draft(a keymap.Action) tea.Cmd {
	if len(d.list) == 0 {
		d.env.Host.Say("There is no draft here; c begins one")
		return nil
	}
	x := d.list[d.index]
	switch a {
	case keymap.Open:
		if x.Chat != 0 {
			return d.GoChat(x.Chat)
		}
		return d.GoOn(x)
	case keymap.CopyText:
		return func() tea.Msg { return screen.Copy{Text: x.Message.Text, Said: "Copied the text of the draft"} }
	case keymap.CopyNumber:
		if x.Chat != 0 {
			d.env.Host.Say("It is for a chat, which has no number")
			return nil
		}
		if len(x.Message.To) == 0 {
			d.env.Host.Say("It is for nobody yet")
			return nil
		}
		number := nonEmpty(x.Message.To[0].Number, x.Message.To[0].Extension)
		return func() tea.Msg { return screen.Copy{Text: number, Said: "Copied " + number} }
	}
	d.waiting++
	return d.env.Do(d.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		if x.Chat != 0 {
			return dropped{d: x, err: d.env.Store.SaveDraft(ctx, x.Chat, store.Draft{})}
		}
		return dropped{d: x, err: d.env.Store.DropMessageDraft(ctx, x.ID)}
	})
}

// bringBack takes back the latest drop; it reports false where there is none, so that
// undo takes back what was done before.
func (d *Drafts) bringBack() (tea.Cmd, bool) {
	n := len(d.dropped)
	if n == 0 {
		return nil, false
	}
	x := d.dropped[n-1]
	d.dropped = d.dropped[:n-1]
	d.waiting++
	return d.env.Do(d.env.Ctx, screen.Quick, func(ctx context.Context) tea.Msg {
		if x.Chat != 0 {
			return dropped{x, true, d.env.Store.SaveDraft(ctx, x.Chat, x.Post)}
		}
		id, err := d.env.Store.SaveMessageDraft(ctx, 0, x.Message)
		x.ID = id
		return dropped{x, true, err}
	}), true
}

// Disabled implements screen.Screen.
func (d *Drafts) Disabled(a keymap.Action) string {
	switch a {
	case keymap.Open, keymap.DropDraft, keymap.CopyText, keymap.CopyNumber:
		if len(d.list) == 0 {
			return "there is no draft"
		}
	}
	return ""
}

// Useful implements screen.Full.
func (d *Drafts) Useful() []keymap.Action {
	return []keymap.Action{keymap.Open, keymap.DropDraft, keymap.Compose, keymap.Undo, keymap.Back, keymap.Help}
}

// View implements screen.Screen.
func (d *Drafts) View(w, h int, focused bool) []string {
	s := d.env.Styles
	right := ""
	if d.have {
		right = kit.Plural(len(d.list), "draft") + " "
	}
	out := []string{s.Focus.S(kit.Between(" Drafts", right, w))}
	line := func(text string) { out = append(out, s.Dim.S(kit.Fit("   "+text, w))) }
	switch {
	case d.err != nil && !d.have:
		line("The drafts cannot be read: " + store.Reason(d.err))
	case !d.have:
		line("Looking ...")
	case len(d.list) == 0:
		line("There is no draft. c begins a text, a fax or a page to colleagues;")
		line("whatever is left unsent waits here.")
	}
	const each = 2
	fit := max((h-1)/each, 1)
	d.top = kit.Windowed(len(d.list), fit, d.index, d.top)
	for i := d.top; i < len(d.list) && i < d.top+fit; i++ {
		out = append(out, d.lines(d.list[i], w, i == d.index, focused)...)
	}
	return screen.Lines(out, h, kit.Space(w))
}

// lines is two lines about a draft: what and to whom, and how it begins.
func (d *Drafts) lines(x store.MessageDraft, w int, cursor, focused bool) []string {
	s, n := d.env.Styles, x.Message
	bar := "  "
	if cursor {
		bar = "▌ "
	}
	who := "to nobody yet"
	switch {
	case len(n.To) == 0 && n.Typed != "":
		who = "to " + store.CleanLine(n.Typed) + " ..."
	case len(n.To) > 0:
		names := make([]string, len(n.To))
		for i, r := range n.To {
			names[i] = store.CleanLine(screen.RecipientName(r))
		}
		who = "to " + screen.Numbered(names, 3)
	}
	when := screen.Clock(x.At, d.env.Now(), d.env.Location) + " "
	text, _, _ := strings.Cut(strings.TrimSpace(store.Clean(n.Text)), "\n")
	var more []string
	if n.Resend != 0 {
		more = append(more, "a fax sent on")
	}
	if len(n.Files) > 0 {
		more = append(more, kit.Plural(len(n.Files), "file"))
	}
	if !n.At.IsZero() {
		more = append(more, "for "+screen.When(n.At, d.env.Location))
	}
	if text == "" && len(more) == 0 {
		text = "no text yet"
	}
	if len(more) > 0 {
		text = fmt.Sprintf("%s  (%s)", text, strings.Join(more, ", "))
	}
	head := pageTo(n.Kind) + " " + who
	if x.Chat != 0 {
		head = "Post in " + store.CleanLine(x.Title)
	}
	return []string{
		s.Accent.S(bar) + s.Strong.On(cursor, focused).S(kit.Between(head, when, max(w-2, 0))),
		s.Accent.S(bar) + s.Dim.S(kit.Fit("  "+strings.TrimSpace(text), max(w-2, 0))),
	}
}
