package compose

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// Text takes what is typed or pasted.
func (m *Model) Text(s string) tea.Cmd {
	l := m.cur
	if l == nil || l.sending {
		return nil
	}
	if l.picker.is != noPicker {
		if cmd, ok := m.pickBy(s); ok {
			return cmd
		}
		if l.picker.is != pickReply { // there is nothing to write in yet
			return nil
		}
		l.picker = picker{}
		l.focus = textField
	}
	l.fault, l.hint = "", ""
	switch l.focus {
	case toField:
		return m.typeTo(s)
	case filesField:
		l.path.Insert(strings.Trim(s, "\r\n")) // a file that is dropped on the terminal comes as a paste
		return nil
	case whenField:
		l.when.Insert(s)
		return nil
	case fromField, coverField, fineField:
		if strings.TrimSpace(s) == "" {
			return m.choose(1)
		}
		l.hint = "← and → choose"
		return nil
	}
	l.ed.Insert(store.Clean(s))
	return m.changed()
}

// Act carries out an action.
func (m *Model) Act(a keymap.Action) tea.Cmd {
	l := m.cur
	if l == nil {
		return nil
	}
	if l.picker.is != noPicker {
		return m.actPicker(a)
	}
	switch a {
	case keymap.Submit, keymap.SendPost:
		l.fault, l.hint = "", ""
		return m.enter()
	case keymap.Cancel, keymap.Interrupt:
		return m.leave()
	}
	if l.sending {
		return nil
	}
	l.fault, l.hint = "", ""
	switch a {
	case keymap.NewLine:
		if l.focus != textField {
			return m.step(1)
		}
		l.ed.Insert("\n")
		return m.changed()
	case keymap.Complete:
		return m.tab()
	case keymap.PriorField:
		return m.step(-1)
	case keymap.ClearLine:
		return m.clearLine()
	case keymap.DeleteWord:
		return m.deleteWord()
	case keymap.Templates:
		cmd := m.renew(textField)
		if l.fault == "" {
			l.picker = m.replies()
		}
		return cmd
	case keymap.EditOutside:
		if cmd := m.renew(textField); l.fault != "" || cmd != nil {
			return cmd
		}
		return m.editOutside()
	case keymap.AttachFile, keymap.CoverPage, keymap.SendLater:
		return m.special(a)
	}
	return nil
}

// special goes to a field that only some letters have.
func (m *Model) special(a keymap.Action) tea.Cmd {
	l := m.cur
	switch {
	case a == keymap.AttachFile && l.kind == store.SendPager:
		l.fault = "A page to colleagues takes no files"
	case a == keymap.AttachFile:
		if l.focus = filesField; l.path.String() == "" {
			l.path.Set("~/")
		}
	case l.kind != store.SendFax:
		l.fault = "That is for a fax"
	case a == keymap.CoverPage && l.resend != 0:
		return m.renew(coverField)
	case a == keymap.SendLater:
		l.focus = whenField
	case l.focus == coverField:
		return m.choose(1)
	default:
		l.focus = coverField
	}
	return nil
}

// renew makes what would be sent on by reference a new fax, which can have a cover page
// and words on it, and goes to a field of it.
func (m *Model) renew(f field) tea.Cmd {
	l := m.cur
	switch {
	case l.resend == 0:
		return nil
	case l.anew.Write == nil:
		l.fault = "A fax that is sent on as it is takes no cover page"
		return nil
	}
	anew := l.anew
	l.resend, l.whole, l.focus = 0, "", f
	return join(m.add(l, anew), m.changed())
}

// Stroke takes a key that is bound to nothing: "left", "backspace".
func (m *Model) Stroke(key string) tea.Cmd {
	l := m.cur
	switch {
	case l == nil || l.sending:
		return nil
	case l.picker.is != noPicker:
		l.picker.move(key)
		return nil
	}
	l.fault, l.hint = "", ""
	switch l.focus {
	case textField:
		if key == "up" && !l.ed.Vertical(-1, m.textWidth()) {
			return m.step(-1)
		} else if key == "up" {
			return nil
		}
		if _, changed := l.ed.Stroke(key, m.textWidth()); changed {
			return m.changed()
		}
		return nil
	case toField:
		return m.strokeTo(key)
	case fromField, coverField, fineField:
		switch key {
		case "left":
			return m.choose(-1)
		case "right":
			return m.choose(1)
		}
	case filesField:
		if (key == "backspace" || key == "ctrl+h") && len(l.path.Value) == 0 && len(l.files)+int(l.resend) > 0 {
			return m.dropFile()
		}
		if strokeInput(&l.path, key) {
			return nil
		}
	case whenField:
		if strokeInput(&l.when, key) {
			return nil
		}
	}
	switch key {
	case "up":
		return m.step(-1)
	case "down":
		return m.step(1)
	}
	return nil
}

// strokeInput does what a key does to a line of text, and reports whether it knows it.
func strokeInput(in *kit.Input, key string) bool {
	switch key {
	case "left", "ctrl+b":
		in.Move(-1)
	case "right", "ctrl+f":
		in.Move(1)
	case "home", "ctrl+a":
		in.Move(-len(in.Value))
	case "end", "ctrl+e":
		in.Move(len(in.Value))
	case "backspace", "ctrl+h":
		in.Backspace()
	case "delete", "ctrl+d":
		in.Delete()
	case "ctrl+k":
		in.DeleteToEnd()
	default:
		return false
	}
	return true
}

// line is the line of text that is typed into now, or nil.
func (l *letter) line() *kit.Input {
	switch l.focus {
	case toField:
		return &l.in
	case filesField:
		return &l.path
	case whenField:
		return &l.when
	}
	return nil
}

// clearLine empties what is typed; where there is nothing, the recipients.
func (m *Model) clearLine() tea.Cmd {
	l := m.cur
	in := l.line()
	switch {
	case l.focus == textField:
		l.ed.Cut(l.ed.LineStart(), l.ed.At)
		return m.changed()
	case in == nil:
		return nil
	case l.focus == toField && len(l.in.Value) == 0:
		l.to = nil
		return m.changed()
	}
	in.Set("")
	return m.lookUp()
}

func (m *Model) deleteWord() tea.Cmd {
	l := m.cur
	in := l.line()
	switch {
	case l.focus == textField:
		l.ed.DeleteWord()
		return m.changed()
	case in != nil:
		in.DeleteWord()
	}
	return m.lookUp()
}

// editOutside has the text changed in the person's own editor.
func (m *Model) editOutside() tea.Cmd {
	l := m.cur
	if m.env.Edit == nil {
		return nil
	}
	l.focus = textField
	return m.env.Edit(screen.Edit{Name: "message.txt", Text: l.ed.String(), Done: func(text string) tea.Cmd {
		return func() tea.Msg { return edited{l, text} }
	}})
}

// edited is what came back from an editor.
type edited struct {
	l    *letter
	text string
}

func (m *Model) edited(msg edited) tea.Cmd {
	if m.cur != msg.l {
		return nil
	}
	msg.l.ed.Set("")
	msg.l.ed.Insert(store.Clean(strings.TrimRight(msg.text, "\n ")))
	return m.changed()
}
