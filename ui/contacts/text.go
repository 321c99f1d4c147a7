package contacts

import (
	"fmt"
	"strings"

	"switchboard/store"
	"switchboard/ui/screen"
)

// A contact as text for an editor: a field a line, what is not said left empty, the
// notes last, to the end of the text. What begins with # is not read.

// lineError is what cannot be understood in such a text.
type lineError struct {
	line int
	msg  string
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.msg) }

// compose writes c, with what was wrong with it the last time, if that is not "".
func compose(c store.Contact, fault string) string {
	var b strings.Builder
	if fault != "" {
		b.WriteString(mark + " Not kept yet: " + fault + "\n")
	}
	b.WriteString(preface(c))
	for _, f := range fields() {
		if f.name == notesField {
			b.WriteString(f.name + ":\n" + f.get(c))
			if f.get(c) != "" {
				b.WriteByte('\n')
			}
			continue
		}
		b.WriteString(strings.TrimRight(f.name+": "+f.get(c), " ") + "\n")
	}
	return b.String()
}

// mark begins the line that says what was wrong.
const mark = "#!"

func preface(c store.Contact) string {
	whose := "A new contact."
	if c.ID != 0 {
		whose = screen.ContactName(c) + "."
	}
	return "# " + whose + " Save and leave the editor to keep what stands here.\n" +
		"# An address is written: street; town; state; code; country\n" +
		"# Notes go on to the end. With everything taken out, nothing is changed.\n"
}

// again puts what was wrong on top of a text that is edited once more.
func again(text, fault string) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) > 0 && strings.HasPrefix(lines[0], mark) {
		lines = lines[1:]
	}
	if fault != "" {
		lines = append([]string{mark + " Not kept yet: " + fault + "\n"}, lines...)
	}
	return strings.Join(lines, "")
}

// parse is c as text says it is to be; empty reports a text that says nothing at all.
func parse(c store.Contact, text string) (_ store.Contact, empty bool, err error) {
	fs := fields()
	values := make([]string, len(fs))
	lines := make([]int, len(fs)) // where each was said; 0: nowhere
	for n, rest := 1, text; rest != ""; n++ {
		line, after, _ := strings.Cut(rest, "\n")
		line = strings.TrimRight(line, "\r \t")
		if line == "" || strings.HasPrefix(line, "#") {
			rest = after
			continue
		}
		i, value, err := read(fs, line, n)
		switch {
		case err != nil:
			return c, false, err
		case lines[i] != 0:
			return c, false, &lineError{n, fmt.Sprintf("%s stands in line %d already", fs[i].name, lines[i])}
		case fs[i].name == notesField:
			value, after = value+"\n"+after, ""
		}
		values[i], lines[i], rest = value, n, after
	}
	if strings.TrimSpace(strings.Join(values, "")) == "" {
		return c, true, nil
	}
	for i, f := range fs {
		if lines[i] == 0 && f.name == notesField {
			continue // taken out with its heading, which is no wish to lose the notes
		}
		if err := f.set(&c, cleaned(f.name, values[i])); err != nil {
			return c, false, &lineError{lines[i], err.Error()}
		}
	}
	c, err = named(c)
	return c, false, err
}

// read finds the field of a line.
func read(fs []field, line string, n int) (i int, value string, err error) {
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		return 0, "", &lineError{n, fmt.Sprintf("%q is not a field and its value, as in: Company: Acme", store.CleanLine(line))}
	}
	name = strings.ToLower(strings.TrimSpace(name))
	best, near := 3, ""
	for i, f := range fs {
		low := strings.ToLower(f.name)
		if low == name {
			return i, strings.TrimSpace(value), nil
		}
		if d := apart(low, name); d < best {
			best, near = d, f.name
		}
	}
	msg := fmt.Sprintf("there is no field %q", store.CleanLine(name))
	if near != "" {
		msg += ", is it " + near + "?"
	}
	return 0, "", &lineError{n, msg}
}

// apart is how many letters two words differ by, counting to three.
func apart(a, b string) int {
	if d := len(a) - len(b); d > 2 || d < -2 {
		return 3
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := before
			if a[i-1] != b[j-1] {
				change++
			}
			before = row[j]
			row[j] = min(row[j]+1, row[j-1]+1, change)
		}
	}
	return min(row[len(b)], 3)
}
