package usercommand

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// maxValue is how long one argument may be. Linux takes no longer one.
const maxValue = 120 << 10

// Values is what is filled in.
type Values struct {
	Number, Name, ID, Kind, Text, File, Event string
	JSON                                      string
	Files, Marks                              []string

	Protected bool // the message is of a chat whose content is not meant to leave it
}

func (v Values) one(place string) string {
	switch place {
	case Number:
		return v.Number
	case Name:
		return v.Name
	case ID:
		return v.ID
	case Kind:
		return v.Kind
	case Text:
		return v.Text
	case File:
		return v.File
	case JSON:
		return v.JSON
	case Event:
		return v.Event
	}
	return ""
}

func (v Values) several(place string) ([]string, bool) {
	switch place {
	case Files:
		return v.Files, true
	case Marks:
		return v.Marks, true
	}
	return nil, false
}

// Fill is the command with its places filled in, and what its environment is to have
// besides. Every value is one word or part of one; of {files} and {marks} each is.
func (t Template) Fill(v Values) (argv, env []string, err error) {
	for _, name := range t.uses {
		if many, ok := v.several(name); ok {
			for _, s := range many {
				err = errors.Join(err, fits(name, s))
			}
			continue
		}
		err = errors.Join(err, fits(name, v.one(name)))
	}
	if err != nil {
		return nil, nil, err
	}
	if t.shell {
		return t.fillShell(v)
	}
	ended := false // a word -- was before: nothing behind it is an option
	for _, w := range t.words {
		filled, err := fillWord(w, v)
		if err != nil {
			return nil, nil, err
		}
		for _, s := range filled {
			if w[0].place != "" && strings.HasPrefix(s, "-") && !ended {
				return nil, nil, fmt.Errorf("{%s} begins with a hyphen here, which %s could take for an option; write -- before it, or --option={%s}",
					w[0].place, t.words[0][0].text, w[0].place)
			}
		}
		ended = ended || len(w) == 1 && w[0].text == "--"
		argv = append(argv, filled...)
	}
	return argv, nil, nil
}

// fillWord fills in a word: one that has {files} or {marks} in it becomes as many.
func fillWord(w []part, v Values) ([]string, error) {
	out := []string{""}
	many := ""
	for _, p := range w {
		list, several := v.several(p.place)
		switch {
		case p.place == "":
			list = []string{p.text}
		case !several:
			list = []string{clean(v.one(p.place))}
		case many != "" && many != p.place:
			return nil, fmt.Errorf("one word cannot have {%s} and {%s}", many, p.place)
		case many != "": // the same once more: {files}={files}
			if len(list) != len(out) {
				return nil, fmt.Errorf("one word cannot have {%s} so", p.place)
			}
			for i := range out {
				out[i] += clean(list[i])
			}
			continue
		}
		if several {
			many = p.place
		}
		next := make([]string, 0, len(out)*len(list))
		for _, s := range out {
			for _, l := range list {
				next = append(next, s+clean(l))
			}
		}
		out = next
	}
	return out, nil
}

func (t Template) fillShell(v Values) (argv, env []string, err error) {
	if runtime.GOOS == "windows" && len(t.uses) > 0 {
		return nil, nil, errors.New("nothing can be filled in safely for cmd; name the program without shell = true")
	}
	argv = []string{"/bin/sh", "-c", t.sh, "sh"}
	if runtime.GOOS == "windows" {
		return []string{"cmd", "/C", t.sh}, nil, nil
	}
	for _, name := range t.uses {
		if many, ok := v.several(name); ok {
			for _, s := range many {
				argv = append(argv, clean(s))
			}
			continue
		}
		env = append(env, variable(name)+"="+clean(v.one(name)))
	}
	slices.Sort(env)
	return argv, env, nil
}

// clean takes out what no argument can hold.
func clean(s string) string { return strings.ReplaceAll(s, "\x00", "") }

func fits(place, s string) error {
	if len(s) > maxValue {
		return fmt.Errorf("{%s} is too long for an argument, %d bytes; all of the message is on the input as JSON", place, len(s))
	}
	return nil
}
