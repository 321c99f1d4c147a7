package compose

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// picker is a short list to choose from, in the place of what is written.
type picker struct {
	is   picked
	list []option
	at   int
}

type picked int

const (
	noPicker picked = iota
	pickKind
	pickReply
)

// option is one line of a picker.
type option struct {
	key  string // what picks it at once
	text string
	do   func() tea.Cmd
}

// kinds is what can be written, and the drafts that can be gone on with.
func (m *Model) kinds(l screen.Letter, drafts []store.MessageDraft) picker {
	as := func(kind store.SendKind) func() tea.Cmd {
		return func() tea.Cmd {
			l.Kind = kind
			m.shut()
			return m.Open(l)
		}
	}
	p := picker{is: pickKind, list: []option{
		{"t", "Text, with pictures and to several if need be", as(store.SendText)},
		{"f", "Fax, from files or with words on a cover page", as(store.SendFax)},
		{"p", "Page to colleagues: an extension or a department", as(store.SendPager)},
	}}
	const most = 6
	for i, d := range drafts {
		if i == most {
			break
		}
		p.list = append(p.list, option{strconv.Itoa(i + 1), "Go on: " + d.Words, func() tea.Cmd {
			m.shut()
			return m.GoOn(d)
		}})
	}
	return p
}

// replies is the canned replies, filled in for who it goes to.
func (m *Model) replies() picker {
	p := picker{is: pickReply}
	for i, r := range m.env.Replies {
		if i == 9 {
			break
		}
		text := m.fill(r)
		p.list = append(p.list, option{strconv.Itoa(i + 1), text, func() tea.Cmd {
			l := m.cur
			l.focus = textField
			if !l.ed.Blank() && l.ed.At > 0 && l.ed.Value[l.ed.At-1] != ' ' && l.ed.Value[l.ed.At-1] != '\n' {
				l.ed.Insert(" ")
			}
			l.ed.Insert(store.Clean(text))
			return m.changed()
		}})
	}
	if len(p.list) == 0 {
		m.cur.fault = "There are no canned replies; the config file has them under [replies]"
		return picker{}
	}
	return p
}

// fill puts into a canned reply who it goes to and the number it comes from.
func (m *Model) fill(text string) string {
	l := m.cur
	name, number := "", ""
	if len(l.to) == 1 && l.to[0].Name != strings.ToUpper(l.to[0].Name) { // LIMA ANA is what a telephone company calls somebody
		name = l.to[0].Name
	}
	if s, ok := l.sender(); ok {
		number = screen.Number(s.Number)
	} else {
		for _, s := range l.senders {
			if number == "" || s.Primary {
				number = screen.Number(s.Number)
			}
		}
	}
	return screen.FillReply(text, name, number, m.env.Callback)
}

// pickBy picks by a key; it reports false where the key is none of a line's.
func (m *Model) pickBy(key string) (tea.Cmd, bool) {
	for _, o := range m.cur.picker.list {
		if strings.EqualFold(o.key, key) {
			m.cur.picker = picker{}
			return o.do(), true
		}
	}
	return nil, false
}

// actPicker carries out an action on the picker.
func (m *Model) actPicker(a keymap.Action) tea.Cmd {
	l := m.cur
	switch a {
	case keymap.Submit, keymap.SendPost:
		o := l.picker.list[l.picker.at]
		l.picker = picker{}
		return o.do()
	case keymap.Cancel, keymap.Interrupt, keymap.Templates:
		is := l.picker.is
		l.picker = picker{}
		if is == pickKind {
			return m.leave()
		}
	case keymap.Complete:
		l.picker.move("down")
	case keymap.PriorField:
		l.picker.move("up")
	}
	return nil
}

// move moves the cursor of the picker, round at the ends.
func (p *picker) move(key string) {
	n := len(p.list)
	switch key {
	case "down":
		p.at = (p.at + 1) % n
	case "up":
		p.at = (p.at + n - 1) % n
	case "home", "pgup":
		p.at = 0
	case "end", "pgdown":
		p.at = n - 1
	}
}

// hint is what stands below a picker.
func (p *picker) hint(n int) string {
	if p.is == pickReply {
		return fmt.Sprintf("1 to %d, or ↑ ↓ and Enter, put one in; Esc leaves them", n)
	}
	return "a key, or ↑ ↓ and Enter"
}
