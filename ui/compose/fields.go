package compose

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

// step goes to another field; what was typed in the one that is left is taken in.
func (m *Model) step(n int) tea.Cmd {
	l := m.cur
	cmd, ok := m.settle()
	if !ok {
		return cmd
	}
	list := l.fields()
	for i, f := range list {
		if f == l.focus {
			l.focus = list[(i+n+len(list))%len(list)]
			break
		}
	}
	return cmd
}

// settle takes in what is typed in the line that is about to be left, as far as it is
// plain what is meant. It reports false where the line has to be looked at first.
func (m *Model) settle() (tea.Cmd, bool) {
	l := m.cur
	switch l.focus {
	case toField:
		if r, ok := wholeNumber(l.kind, l.region, l.in.String()); ok {
			return m.take(r), true
		}
	case whenField:
		return m.takeWhen(), l.fault == ""
	}
	return nil, true
}

// tab completes what is being typed, or goes to the next field.
func (m *Model) tab() tea.Cmd {
	l := m.cur
	switch {
	case l.focus == toField && strings.TrimSpace(l.in.String()) != "":
		return m.completeTo(keymap.Complete)
	case l.focus == filesField && strings.Trim(l.path.String(), "~/ ") != "":
		return m.completePath()
	}
	if l.focus == filesField {
		l.path.Set("")
	}
	return m.step(1)
}

// enter takes in what is typed in a field; with nothing left to fill in it sends.
func (m *Model) enter() tea.Cmd {
	l := m.cur
	switch l.focus {
	case toField:
		if strings.TrimSpace(l.in.String()) != "" {
			return m.completeTo(keymap.SendPost)
		}
	case filesField:
		if strings.Trim(l.path.String(), "~/ ") != "" {
			return m.attach()
		}
		l.path.Set("")
	case whenField:
		was := l.at
		cmd := m.takeWhen()
		if l.fault != "" || !l.at.Equal(was) {
			return cmd
		}
	}
	return m.sendOrAsk()
}

// sendOrAsk sends, or goes to what is missing.
func (m *Model) sendOrAsk() tea.Cmd {
	l := m.cur
	if f, why := l.missing(); why != "" {
		if l.focus == f {
			l.fault = why
		} else {
			l.hint = why
		}
		if l.focus = f; f == filesField && l.path.String() == "" {
			l.path.Set("~/")
		}
		return nil
	}
	return m.send()
}

// missing is the field that has to be filled in before it can be sent, and why; "" if none.
func (l *letter) missing() (field, string) {
	switch {
	case len(l.to) == 0 && strings.TrimSpace(l.in.String()) == "":
		return toField, "Whom to? " + sentence(whomFor(l.kind))
	case strings.TrimSpace(l.in.String()) != "":
		return toField, "Whom is meant by " + strings.TrimSpace(l.in.String()) + "? Enter takes the one that is marked"
	case l.kind == store.SendFax && l.resend == 0 && len(l.files) == 0 && l.ed.Blank():
		return filesField, "What is to be faxed? The path of a file; Tab completes it"
	case l.kind != store.SendFax && l.ed.Blank() && len(l.files) == 0:
		return textField, "There is nothing to send yet"
	}
	return 0, ""
}

// takeWhen reads when it is to be sent.
func (m *Model) takeWhen() tea.Cmd {
	l := m.cur
	if l.when.String() == whenText(l.at, m.env.Location) {
		return nil
	}
	t, err := parseWhen(l.when.String(), m.env.Now(), m.env.Location)
	if err != nil {
		l.fault = err.Error()
		return nil
	}
	if t.Equal(l.at) {
		return nil
	}
	l.at = t
	if l.when.Set(whenText(t, m.env.Location)); !t.IsZero() {
		l.hint = "It goes " + screen.When(t, m.env.Location) + "; until then u takes it back"
	}
	return m.changed()
}

// whenText is a time as it stands in its field.
func whenText(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return screen.When(t, loc)
}

// choose takes another of what a field offers.
func (m *Model) choose(n int) tea.Cmd {
	l := m.cur
	switch l.focus {
	case fromField:
		return m.chooseFrom(n)
	case coverField:
		all := len(l.covers) + firstCover
		l.cover = (l.cover + n + all) % all
	case fineField:
		l.fine = !l.fine
	}
	l.retry = 0
	return m.changed()
}
