package uitest

import (
	"cmp"
	"fmt"
	"strings"
)

// A Run is one part of a task's keys.
type Run struct {
	Keys string // as the help spells them, apart by blanks
	Text string // typed letter by letter
	Free bool   // Text is the person's own words and costs nothing
}

// ParseRun reads a part of Task.Keys.
func ParseRun(s string) Run {
	if n := len(s); n > 2 {
		switch {
		case s[0] == '"' && s[n-1] == '"':
			return Run{Text: s[1 : n-1]}
		case s[0] == '<' && s[n-1] == '>':
			return Run{Text: s[1 : n-1], Free: true}
		}
	}
	return Run{Keys: s}
}

// Presses is what a run costs.
func (r Run) Presses() int {
	if r.Free {
		return 0
	}
	return len(strings.Fields(r.Keys)) + len([]rune(r.Text))
}

// Spelled is the keys of a task as people read them: typed text as it is, own
// words as an ellipsis.
func (t Task) Spelled() string {
	var b []string
	for _, k := range t.Keys {
		switch r := ParseRun(k); {
		case r.Free:
			b = append(b, "…")
		case r.Text != "":
			b = append(b, r.Text)
		default:
			b = append(b, r.Keys)
		}
	}
	return strings.Join(b, " ")
}

// Play presses the keys of a task, one part at a time, so that a test can look at
// the screen in between. It goes by the table alone: nobody states a count twice.
type Play struct {
	d      *Desk
	task   Task
	at     int // the next part
	before int // presses when it began
}

// Play begins a task of the table.
func (d *Desk) Play(number string) *Play {
	d.t.Helper()
	t, ok := TaskOf(number)
	if !ok {
		d.t.Fatalf("no task %q in the table", number)
	}
	return &Play{d: d, task: t, before: d.presses}
}

// Next presses the next part and gives its text, if it has any.
func (p *Play) Next() string {
	p.d.t.Helper()
	if p.at == len(p.task.Keys) {
		p.d.t.Fatalf("task %s has no more keys", p.task.Number)
	}
	r := ParseRun(p.task.Keys[p.at])
	p.at++
	switch {
	case r.Free:
		p.d.Free(r.Text)
	case r.Text != "":
		p.d.Type(r.Text)
	default:
		p.d.Press(r.Keys)
	}
	return r.Text
}

// Rest presses all that is left.
func (p *Play) Rest() {
	p.d.t.Helper()
	for p.at < len(p.task.Keys) {
		p.Next()
	}
}

// Over checks that the whole task was played and nothing beside it was pressed: what
// it cost is what the table says.
func (p *Play) Over() {
	p.d.t.Helper()
	if p.at != len(p.task.Keys) {
		p.d.t.Fatalf("task %s: %q is still to be pressed", p.task.Number, p.task.Keys[p.at:])
	}
	if n := p.d.presses - p.before; n != p.task.Presses {
		p.d.t.Fatalf("task %s took %d presses, may take %d", p.task.Number, n, p.task.Presses)
	}
}

// check says what is wrong with a row of the table.
func (t Task) check() error {
	n := 0
	for _, k := range t.Keys {
		r := ParseRun(k)
		n += r.Presses()
		for _, key := range strings.Fields(r.Keys) {
			if _, err := encode(key); err != nil {
				return fmt.Errorf("task %s: %w", t.Number, err)
			}
		}
	}
	if n != t.Presses {
		return fmt.Errorf("task %s: the keys are %d presses, the table says %d", t.Number, n, t.Presses)
	}
	return nil
}

// TasksMarkdown is the tables of README: the tasks of a day, and single things.
func TasksMarkdown() string {
	var b strings.Builder
	b.WriteString("| | Task | Keys | Presses | Others' defaults |\n|---|---|---|---|---|\n")
	for _, t := range Tasks() {
		fmt.Fprintf(&b, "| %s | %s | %s | %d | %s |\n", t.Time, t.Words, code(t.Spelled()), t.Presses, cmp.Or(t.Peers, "none found"))
	}
	b.WriteString("\n| Single thing | Here | Presses | Others' defaults |\n|---|---|---|---|\n")
	for _, s := range Steps() {
		fmt.Fprintf(&b, "| %s | %s | %d | %s |\n", s.Words, code(s.Keys), s.Presses, s.Peers)
	}
	return b.String()
}

// code is text as it is, within a cell of a table.
func code(s string) string { return "`" + strings.ReplaceAll(s, "|", "\\|") + "`" }
