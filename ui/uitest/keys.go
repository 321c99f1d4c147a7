package uitest

import (
	"fmt"
	"io"
	"strings"
)

// Esc is spelled as terminals do that tell it from the beginning of a sequence: the bare
// byte and a key right after it would be that key with Alt, unless there is a pause.
var named = map[string]string{
	"Enter": "\r", "Esc": "\x1b[27u", "Space": " ", "Tab": "\t", "S-Tab": "\x1b[Z", "Backspace": "\x7f",
	"Up": "\x1b[A", "Down": "\x1b[B", "Right": "\x1b[C", "Left": "\x1b[D",
	"S-Up": "\x1b[1;2A", "S-Down": "\x1b[1;2B", "S-Right": "\x1b[1;2C", "S-Left": "\x1b[1;2D",
	"Home": "\x1b[H", "End": "\x1b[F", "PgUp": "\x1b[5~", "PgDn": "\x1b[6~", "Delete": "\x1b[3~", "F5": "\x1b[15~",
}

// encode is the bytes a terminal sends for a key spelled as in the help:
// "j", "G", "C-d", "Enter".
func encode(key string) (string, error) {
	if b, ok := named[key]; ok {
		return b, nil
	}
	if c, ok := strings.CutPrefix(key, "C-"); ok && len(c) == 1 && c[0] >= 'a' && c[0] <= 'z' {
		return string(c[0] - 'a' + 1), nil
	}
	if c, ok := strings.CutPrefix(key, "M-"); ok && len(c) == 1 {
		return "\x1b" + c, nil
	}
	if len([]rune(key)) == 1 {
		return key, nil
	}
	return "", fmt.Errorf("key %q: not known", key)
}

// Press presses keys one after the other, spelled as in the help and apart by
// blanks, without waiting for anything in between.
func (d *Desk) Press(keys string) {
	d.t.Helper()
	for _, k := range strings.Fields(keys) {
		b, err := encode(k)
		if err != nil {
			d.t.Fatalf("%v", err)
		}
		d.presses++
		d.write(b)
	}
}

// Type types text letter by letter; Free types what does not count as presses.
func (d *Desk) Type(text string) {
	d.t.Helper()
	d.presses += len([]rune(text))
	d.Free(text)
}

// Free types text that is the person's own.
func (d *Desk) Free(text string) {
	d.t.Helper()
	d.write(text)
}

func (d *Desk) write(b string) {
	if _, err := io.WriteString(d.keyboard, b); err != nil {
		d.t.Fatalf("press: %v (the program has ended)", err)
	}
}

// Presses is how many keys were pressed so far.
func (d *Desk) Presses() int { return d.presses }
