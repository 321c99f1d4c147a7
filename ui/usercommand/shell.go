package usercommand

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// variable is what the shell knows the value of a place by.
func variable(place string) string { return "SB_" + strings.ToUpper(place) }

// again finds what reads its words as a program once more.
var again = regexp.MustCompile(`(^|[\s;&|(])(eval|ssh|su|xargs|((ba|da|a|z|k|fi)?sh\s+-\w*c))(\s|$)`)

// parseShell puts the shell's variables in the places of a line: in quotes where there
// are none, and never between single quotes, where the shell would not fill them in.
func (t *Template) parseShell() error {
	if strings.TrimSpace(t.Line) == "" {
		return errors.New("names no program")
	}
	var b strings.Builder
	// What is open: '"', '(' of $( ... ), the innermost last.
	var open []byte
	in := func(c byte) bool { return len(open) > 0 && open[len(open)-1] == c }
	for s := t.Line; s != ""; {
		c := s[0]
		switch {
		case c == '\\' && len(s) > 1:
			b.WriteString(s[:2])
			s = s[2:]
			continue
		case c == '\'' && !in('"'):
			end := strings.IndexByte(s[1:], '\'')
			if end < 0 {
				return errors.New("a quote is not closed")
			}
			if name, ok := placeIn(s[1 : end+1]); ok {
				return fmt.Errorf("the shell fills in nothing between single quotes; put {%s} between double ones, or none", name)
			}
			b.WriteString(s[:end+2])
			s = s[end+2:]
			continue
		case c == '"' && in('"'):
			open = open[:len(open)-1]
		case c == '"':
			open = append(open, '"')
		case strings.HasPrefix(s, "$("):
			open = append(open, '(')
			b.WriteByte('$')
			s, c = s[1:], '('
		case c == '(' && !in('"') && len(open) > 0:
			open = append(open, '(')
		case c == ')' && in('('):
			open = open[:len(open)-1]
		case c == '`':
			if _, ok := placeIn(t.Line); ok {
				return errors.New("write $( ... ) in place of the backquotes: nothing can be filled in safely between those")
			}
		case strings.HasPrefix(s, "{{"):
			b.WriteByte('{')
			s = s[2:]
			continue
		case c == '{':
			name, ok := placeAt(s)
			if !ok || strings.HasSuffix(b.String(), "$") { // ${name} is the shell's own
				break
			}
			text, err := t.shellPlace(name, in('"'))
			if err != nil {
				return err
			}
			b.WriteString(text)
			s = s[len(name)+2:]
			continue
		}
		b.WriteByte(c)
		s = s[1:]
	}
	if len(open) > 0 {
		return errors.New("a quote or a bracket is not closed")
	}
	if len(t.uses) > 0 && again.MatchString(t.Line) {
		return errors.New("eval, ssh, su, xargs and sh -c would read what is filled in as a program; all of the message is on the input as JSON")
	}
	t.sh = b.String()
	return t.mixed()
}

// shellPlace is how the shell is told of a place.
func (t *Template) shellPlace(name string, quoted bool) (string, error) {
	if err := known(name); err != nil {
		return "", err
	}
	t.use(name)
	if name == Files || name == Marks {
		switch {
		case quoted:
			return "", fmt.Errorf("{%s} is several words and cannot stand between quotes", name)
		case t.Uses(Files) && t.Uses(Marks):
			return "", fmt.Errorf("a shell can be given {%s} or {%s}, not both", Files, Marks)
		}
		return `"$@"`, nil
	}
	if quoted {
		return "${" + variable(name) + "}", nil
	}
	return `"${` + variable(name) + `}"`, nil
}

// placeIn is a place in a piece of a line, if there is any.
func placeIn(s string) (string, bool) {
	for i := range len(s) {
		if s[i] != '{' {
			continue
		}
		if name, ok := placeAt(s[i:]); ok && slices.Contains(Names(), name) {
			return name, true
		}
	}
	return "", false
}
