package outside

import (
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
)

// Shell is the command line a person typed, for their own shell: the one of
// $SHELL, else sh; cmd on Windows.
func Shell(line string) []string {
	if runtime.GOOS == "windows" {
		return []string{"cmd", "/C", line}
	}
	sh := os.Getenv("SHELL")
	if sh == "" {
		sh = "/bin/sh"
	}
	return []string{sh, "-c", line}
}

// Split splits a command line of a config file into words. There is no shell:
// quotes group words, and nothing else has a meaning.
func Split(s string) ([]string, error) {
	var words []string
	var cur strings.Builder
	quoted, in := rune(0), false
	for _, r := range s {
		switch {
		case quoted != 0 && r == quoted:
			quoted = 0
		case quoted != 0:
			cur.WriteRune(r)
		case r == '"' || r == '\'':
			quoted, in = r, true
		case r == ' ' || r == '\t':
			if in {
				words = append(words, cur.String())
				cur.Reset()
				in = false
			}
		default:
			cur.WriteRune(r)
			in = true
		}
	}
	if quoted != 0 {
		return nil, errors.New("a quote is not closed")
	}
	if in {
		words = append(words, cur.String())
	}
	if len(words) == 0 || words[0] == "" {
		return nil, errors.New("names no program")
	}
	return words, nil
}

// Fill puts the path of a file in place of {}, or at the end where there is
// none. argv is not changed.
func Fill(argv []string, file string) []string {
	argv = slices.Clone(argv)
	found := false
	for i, w := range argv {
		if strings.Contains(w, "{}") {
			argv[i] = strings.ReplaceAll(w, "{}", file)
			found = true
		}
	}
	if !found {
		argv = append(argv, file)
	}
	return argv
}

// Openers is the program set for a type of content: the exact type
// ("image/tiff"), its family ("audio/*") or "default", each with a command line.
type Openers map[string]string

// Argv is the command line that opens a file of that type; ok is false where no
// program is set for it, so that the system's is to be used.
func (o Openers) Argv(contentType, file string) (argv []string, ok bool, err error) {
	contentType, _, _ = strings.Cut(strings.ToLower(contentType), ";")
	contentType = strings.TrimSpace(contentType)
	family, _, _ := strings.Cut(contentType, "/")
	for _, k := range []string{contentType, family + "/*", "*/*", "default"} {
		line, set := o[k]
		if !set {
			continue
		}
		words, err := Split(line)
		if err != nil {
			return nil, true, err
		}
		return Fill(words, file), true, nil
	}
	return nil, false, nil
}
