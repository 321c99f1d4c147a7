package usercommand

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"switchboard/keymap"
	"switchboard/ui/preview/outside"
)

// The places of a command line.
const (
	Number = "number" // of the other side: +12125550100
	Name   = "name"   // of the other side
	ID     = "id"     // of the message, as `switchboard list` shows it
	Kind   = "kind"   // voicemail, fax, sms, mms, pager, call, post
	Text   = "text"   // of the message, or its transcript
	File   = "file"   // path of its file, fetched where it is not here yet
	JSON   = "json"   // all of it, as `switchboard list --json` writes it
	Files  = "files"  // paths of all its files: as many words
	Marks  = "marks"  // ids of all marked messages: as many words
	Event  = "event"  // what happened, of a hook
)

// Names lists the places there are.
func Names() []string { return []string{Number, Name, ID, Kind, Text, File, JSON, Files, Marks, Event} }

// Template is a command line with places. The zero value is none.
type Template struct {
	Line  string // as it was written
	shell bool
	words [][]part // without a shell
	sh    string   // with one: the line with its variables
	uses  []string
}

// part is a piece of a word: text, or a place.
type part struct{ text, place string }

// Parse reads a command line. With shell it is for /bin/sh.
func Parse(line string, shell bool) (Template, error) {
	t := Template{Line: line, shell: shell}
	if shell {
		return t, t.parseShell()
	}
	words, err := outside.Split(line)
	if err != nil {
		return Template{}, err
	}
	for _, w := range words {
		parts, err := t.parts(w)
		if err != nil {
			return Template{}, err
		}
		t.words = append(t.words, parts)
	}
	if err := t.check(); err != nil {
		return Template{}, err
	}
	return t, nil
}

// parts takes a word apart. A brace that is doubled is one brace; one that does not begin
// a name is itself.
func (t *Template) parts(w string) (out []part, err error) {
	text := ""
	for w != "" {
		i := strings.IndexByte(w, '{')
		if i < 0 {
			break
		}
		text += w[:i]
		w = w[i:]
		if strings.HasPrefix(w, "{{") {
			text, w = text+"{", w[2:]
			continue
		}
		name, ok := placeAt(w)
		if !ok {
			text, w = text+"{", w[1:]
			continue
		}
		if err := known(name); err != nil {
			return nil, err
		}
		if text != "" {
			out = append(out, part{text: text})
		}
		out = append(out, part{place: name})
		text, w = "", w[len(name)+2:]
		t.use(name)
	}
	if text += w; text != "" || len(out) == 0 {
		out = append(out, part{text: text})
	}
	return out, nil
}

// placeAt is the name of the place that s begins with: "{number}".
func placeAt(s string) (name string, ok bool) {
	end := strings.IndexByte(s, '}')
	if end < 2 {
		return "", false
	}
	name = s[1:end]
	return name, strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_-") == ""
}

func known(name string) error {
	if slices.Contains(Names(), name) {
		return nil
	}
	try := "there are {" + strings.Join(Names(), "} {") + "}"
	if n := keymap.Nearest(name, Names()); n != "" {
		try = "did you mean {" + n + "}?"
	}
	return fmt.Errorf("there is no {%s}; %s Two braces, {{, are one", name, strings.TrimSuffix(try, ".")+".")
}

func (t *Template) use(name string) {
	if !slices.Contains(t.uses, name) {
		t.uses = append(t.uses, name)
	}
}

// Uses reports whether the line has a place.
func (t Template) Uses(name string) bool { return slices.Contains(t.uses, name) }

// About reports whether the line is about a message at all.
func (t Template) About() bool {
	return slices.ContainsFunc(t.uses, func(name string) bool { return name != Event })
}

// OfPerson reports whether the line wants to know of somebody no more than the name and
// the number, so that it can do without a message.
func (t Template) OfPerson() bool {
	return t.About() && !slices.ContainsFunc(t.uses, func(name string) bool { return name != Event && name != Name && name != Number })
}

// Program is what the line runs.
func (t Template) Program() string {
	if t.shell {
		word, _, _ := strings.Cut(strings.TrimSpace(t.Line), " ")
		return word
	}
	if len(t.words) == 0 {
		return ""
	}
	return t.words[0][0].text
}

// Shell reports whether the line is for a shell.
func (t Template) Shell() bool { return t.shell }

// check refuses what could only go wrong.
func (t Template) check() error {
	if slices.ContainsFunc(t.words[0], func(p part) bool { return p.place != "" }) {
		return errors.New("the program itself cannot be filled in")
	}
	if err := t.mixed(); err != nil {
		return err
	}
	program := strings.ToLower(strings.TrimSuffix(filepath.Base(t.words[0][0].text), ".exe"))
	for i, w := range t.words {
		for _, p := range w {
			if p.place != "" && reads(program, t.words[:i]) {
				return fmt.Errorf("%s would read what is in {%s} as a program; hand it over as an argument behind the script, or on the input: all of the message is there as JSON", program, p.place)
			}
		}
	}
	return nil
}

// mixed refuses one message's places beside those of all marked ones.
func (t Template) mixed() error {
	if !t.Uses(Marks) {
		return nil
	}
	for _, name := range []string{Number, Name, ID, Kind, Text, File} {
		if t.Uses(name) {
			return fmt.Errorf("{%s} is of one message and {%s} of all; without {%s} the command runs once for each", name, Marks, Marks)
		}
	}
	return nil
}

// interpreters are programs that read one of their arguments as a program, with the
// letter of the option that says so.
func interpreters() map[string]string {
	return map[string]string{
		"sh": "c", "bash": "c", "dash": "c", "ash": "c", "zsh": "c", "ksh": "c", "fish": "c", "su": "c", "python": "c", "python3": "c",
		"perl": "eE", "ruby": "e", "node": "ep", "php": "r", "lua": "e", "awk": "", "sed": "", "osascript": "e", "cmd": "ck", "powershell": "c", "pwsh": "c",
	}
}

// reads reports whether a program reads the word after these as a program: the script
// after -c, or anything at all where it hands all its words to a shell.
func reads(program string, before [][]part) bool {
	for _, w := range before { // a wrapper: sudo sh -c ..., env bash -c ...
		if name := filepath.Base(w[0].text); len(w) == 1 && interpreters()[name] != "" && name != program {
			program = name
		}
		if name := filepath.Base(w[0].text); len(w) == 1 && (name == "ssh" || name == "eval" || name == "watch") {
			return true
		}
	}
	letters, ok := interpreters()[program]
	if !ok || len(before) == 0 {
		return false
	}
	if program == "cmd" { // all that follows /c is a line
		return slices.ContainsFunc(before, func(w []part) bool {
			flag := strings.ToLower(w[0].text)
			return len(flag) > 1 && flag[0] == '/' && strings.ContainsAny(flag, letters)
		})
	}
	if letters == "" { // awk and sed: the first word that is no option
		return !slices.ContainsFunc(before[1:], func(w []part) bool { return !option(w) })
	}
	for i := len(before) - 1; i >= 0 && option(before[i]); i-- {
		flag := before[i][0].text
		if strings.EqualFold(flag, "-Command") || !strings.HasPrefix(flag, "--") && strings.ContainsAny(flag, letters) {
			return true
		}
	}
	return false
}

// option reports whether a word is one.
func option(w []part) bool { return len(w) > 0 && strings.HasPrefix(w[0].text, "-") }
