package ui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// prompt is a line to type into, at the bottom of the screen.
type prompt struct {
	m    *Model
	p    screen.Prompt
	in   kit.Input
	asks bool   // how the line goes on is being asked
	hint string // what is wrong with what was typed, or what could follow
}

func newPrompt(m *Model, p screen.Prompt) *prompt {
	o := &prompt{m: m, p: p}
	o.in.History = m.history[p.Kind]
	o.in.Set(p.Value)
	return o
}

func (p *prompt) scope() keymap.Scope {
	if p.p.Scope == "" {
		return keymap.ScopePrompt
	}
	return p.p.Scope
}
func (p *prompt) takes() bool          { return true }
func (p *prompt) waits(time.Time) bool { return false }

func (p *prompt) hints() []keymap.Action { return nil }

func (p *prompt) text(s string) tea.Cmd {
	if len(p.p.Pick) > 0 && len(p.in.Value) == 0 && len(s) == 1 && s[0] >= '1' && s[0] <= '9' {
		if i := int(s[0] - '1'); i < len(p.p.Pick) {
			return p.submit(p.p.Pick[i])
		}
	}
	p.in.Insert(s)
	return p.changed()
}

func (p *prompt) changed() (cmd tea.Cmd) {
	p.hint = ""
	if p.p.Change != nil {
		p.hint, cmd = p.p.Change(p.in.String())
	}
	return cmd
}

func (p *prompt) submit(text string) tea.Cmd {
	cmd, err := p.p.Enter(text)
	if err != nil {
		p.hint = err.Error()
		return cmd
	}
	p.in.Remember()
	p.m.history[p.p.Kind] = p.in.History
	p.m.drop(p) // what it has opened stays
	return cmd
}

func (p *prompt) do(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Submit:
		return p.submit(p.in.String())
	case keymap.Cancel, keymap.Interrupt:
		p.m.close(p)
		if p.p.Cancel != nil {
			return p.p.Cancel()
		}
		return nil
	case keymap.HistoryBack:
		p.in.Older()
	case keymap.HistoryForward:
		p.in.Newer()
	case keymap.HistorySearch:
		p.recall()
	case keymap.ClearLine:
		p.in.Set("")
	case keymap.DeleteWord:
		p.in.DeleteWord()
	case keymap.Complete:
		if p.p.Complete != nil {
			p.asks = true
			return p.p.Complete(p.in.String())
		}
		if !p.p.Fields {
			return nil
		}
		p.complete()
	default:
		return nil
	}
	return p.changed()
}

// completed puts in how the line goes on, unless it has been changed meanwhile.
func (p *prompt) completed(c screen.Completed) tea.Cmd {
	p.asks = false
	if p.in.String() != c.For {
		return nil
	}
	p.in.Set(c.Text)
	cmd := p.changed()
	if p.hint == "" {
		p.hint = c.Hint
	}
	return cmd
}

// recall brings back the latest line that holds what is typed.
func (p *prompt) recall() {
	typed := strings.ToLower(p.in.String())
	h := p.in.History
	for i := len(h) - 1; i >= 0; i-- {
		if h[i] != p.in.String() && strings.Contains(strings.ToLower(h[i]), typed) {
			p.in.Set(h[i])
			return
		}
	}
	p.hint = "no earlier line has this in it"
}

// fields is what Tab completes in a query, each with what may follow it.
func fields() []string {
	return []string{
		"from:", "to:", "number:", "has:file", "has:note", "has:transcript", "has:audio", "has:image", "has:pdf", "before:", "after:", "on:",
		"in:voicemail", "in:fax", "in:sms", "in:mms", "in:inbox", "in:done", "in:trash", "in:all", "is:unread", "is:read", "is:open", "is:done",
		"is:failed", "is:deleted", "is:private", "is:pending", "is:blocked", "dur:<", "dur:>", "pages:", "label:",
		"mailbox:", "tag:", "owner:", "status:open", "status:snoozed", "status:closed", "has:tag", "has:owner",
	}
}

// complete completes the word before the cursor, and goes on to the next
// possibility when pressed again.
func (p *prompt) complete() {
	left := string(p.in.Value[:p.in.Cursor])
	start := strings.LastIndexByte(left, ' ') + 1
	word := left[start:]
	all := fields()
	pick := ""
	for i, f := range all {
		if f == word { // pressed again: the next one with the same beginning
			field, _, _ := strings.Cut(f, ":")
			for j := 1; j <= len(all); j++ {
				if n := all[(i+j)%len(all)]; strings.HasPrefix(n, field+":") {
					pick = n
					break
				}
			}
			break
		}
	}
	if pick == "" {
		for _, f := range all {
			if strings.HasPrefix(f, word) && f != word {
				pick = f
				break
			}
		}
	}
	if pick == "" {
		p.hint = "no field begins with " + word
		return
	}
	for range []rune(word) {
		p.in.Backspace()
	}
	p.in.Insert(pick)
}

func (p *prompt) key(k tea.KeyPressMsg) tea.Cmd {
	switch k.Keystroke() {
	case "left", "ctrl+b":
		p.in.Move(-1)
	case "right", "ctrl+f":
		p.in.Move(1)
	case "home", "ctrl+a":
		p.in.Move(-len(p.in.Value))
	case "end", "ctrl+e":
		p.in.Move(len(p.in.Value))
	case "backspace", "ctrl+h":
		p.in.Backspace()
		return p.changed()
	case "delete", "ctrl+d":
		p.in.Delete()
		return p.changed()
	case "ctrl+k":
		p.in.DeleteToEnd()
		return p.changed()
	}
	return nil
}

func (p *prompt) draw(lines []string, w, h int) ([]string, *tea.Cursor) {
	s := p.m.env.Styles
	hint, paint := p.p.Hint, s.Hint
	if p.hint != "" {
		hint, paint = p.hint, s.Prompt
	}
	title := " " + p.p.Title
	room := max(w-kit.Width(kit.Cut(title, w))-2, 0)
	head := s.Prompt.S(kit.Cut(title, w)) + s.Hint.S("  ") + paint.S(kit.Fit(hint, room))
	if kit.Width(title) >= w-1 {
		head = s.Prompt.S(kit.Fit(title, w))
	}
	text, at := p.in.View(max(w-4, 1))
	lines[h-1] = s.Prompt.S(" › ") + s.Status.S(text+" ")
	lines[h-2] = head
	for i := range p.p.Pick {
		y := h - 2 - len(p.p.Pick) + i
		if y < 1 {
			continue
		}
		lines[y] = s.Key.S(fmt.Sprintf("   %d ", i+1)) + s.Hint.S(kit.Fit(p.p.Pick[i], w-5))
	}
	return lines, tea.NewCursor(3+at, h-1)
}
