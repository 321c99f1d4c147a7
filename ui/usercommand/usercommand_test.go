package usercommand

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/store"
	"switchboard/ui/preview/outside"
)

// hostile is what people from outside may put into a name or a text.
func hostile() []string {
	return []string{
		"; rm -rf ~", "$(touch pwned)", "`touch pwned`", "a\nb\r\nc", "\x1b]0;x\a", "' || touch pwned '", `" && touch pwned "`, "${IFS}", "*", "~", "a b  c",
		"{number}", "{{", "%s%n", "\\", "a\x00b", "é\u202e", "$SB_NAME", "!!", "&", "|cat", ">x", "#", "\t",
	}
}

func values(s string) Values {
	return Values{Number: s, Name: s, ID: s, Kind: s, Text: s, File: s, JSON: s, Event: s, Files: []string{s, "2"}, Marks: []string{s}}
}

func TestFill(t *testing.T) {
	v := Values{Number: "+1212", Name: "Ana Lima", Text: "one\ntwo", File: "/a b/c.pdf", Files: []string{"/1", "/2"}, Marks: []string{"m1", "m2"}, JSON: `{"a":1}`}
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"ticket new --phone {number} --file {file}", []string{"ticket", "new", "--phone", "+1212", "--file", "/a b/c.pdf"}},
		{`say 'to {name}: {text}'`, []string{"say", "to Ana Lima: one\ntwo"}},
		{"tar cf x {files}", []string{"tar", "cf", "x", "/1", "/2"}},
		{"up --file={files} end", []string{"up", "--file=/1", "--file=/2", "end"}},
		{"cp {files}:{files}", []string{"cp", "/1:/1", "/2:/2"}},
		{"x {marks}", []string{"x", "m1", "m2"}},
		{"jq {json} {{number} {} {a:1} {", []string{"jq", `{"a":1}`, "{number}", "{}", "{a:1}", "{"}},
		{"x {id}", []string{"x", ""}},
	} {
		tm, err := Parse(tt.line, false)
		if err != nil {
			t.Errorf("%s: %v", tt.line, err)
			continue
		}
		argv, env, err := tm.Fill(v)
		if err != nil || !slices.Equal(argv, tt.want) || len(env) > 0 {
			t.Errorf("%s: %q, %q, %v, want %q", tt.line, argv, env, err, tt.want)
		}
	}
}

// Without files the word goes: there is nothing to say.
func TestFillWithoutFiles(t *testing.T) {
	tm, err := Parse("x --f={files} y", false)
	if err != nil {
		t.Fatal(err)
	}
	argv, _, err := tm.Fill(Values{})
	if err != nil || !slices.Equal(argv, []string{"x", "y"}) {
		t.Errorf("%q, %v", argv, err)
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct {
		line  string
		shell bool
		want  string
	}{
		{"", false, "names no program"},
		{"x 'a", false, "a quote is not closed"},
		{"x {nubmer}", false, "did you mean {number}?"},
		{"x {wibble}", false, "there are {number} {name}"},
		{"{text} x", false, "the program itself cannot be filled in"},
		{"x {marks} {name}", false, "{name} is of one message and {marks} of all"},
		{"sh -c 'echo {text}'", false, "sh would read what is in {text} as a program"},
		{"/bin/bash -lc 'echo {text}'", false, "as a program"},
		{"sudo env sh -c {text}", false, "as a program"},
		{"python3 -c 'print({text})'", false, "as a program"},
		{"perl -ne '{name}'", false, "as a program"},
		{"awk '{text}' x", false, "as a program"},
		{"ssh host notify {text}", false, "as a program"},
		{"cmd.exe /c echo {text}", false, "as a program"},
		{"pwsh -Command {text}", false, "as a program"},
		{"bash -c -- {text}", false, "as a program"},
		{"nohup timeout 5 sh -c {text}", false, "as a program"},
		{"", true, "names no program"},
		{"echo '{text}'", true, "nothing between single quotes"},
		{"echo `x {text}`", true, "$( ... ) in place of the backquotes"},
		{"echo {txet}", true, "did you mean {text}?"},
		{"echo \"{files}\"", true, "several words"},
		{"echo {files} {marks}", true, "{files} or {marks}, not both"},
		{"echo \"a", true, "not closed"},
		{"echo $(a", true, "not closed"},
		{"eval echo {text}", true, "eval, ssh"},
		{"x; ssh host {text}", true, "eval, ssh"},
		{"bash -c \"echo {text}\"", true, "eval, ssh"},
		{"echo {number} {marks}", true, "of one message"},
	} {
		if tm, err := Parse(tt.line, tt.shell); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q (%+v)", tt.line, err, tt.want, tm)
		}
	}
	for _, fine := range []string{"sh script.sh {text}", "awk -f prog {file}", "sh -c 'wc -c \"$1\"' x", "python3 -c 'x' a", "sed -n {file}"} {
		if _, err := Parse(fine, false); err != nil && fine != "sed -n {file}" {
			t.Errorf("%s: %v", fine, err)
		}
	}
}

func TestAHyphenIsNoOption(t *testing.T) {
	v := Values{Name: "--config=/evil", Text: "-rf", Files: []string{"/x", "-y"}}
	for line, ok := range map[string]bool{
		"x {name}": false, "x {text} y": false, "x {files}": false, "x -- {name} {text}": true, "x --name={name}": true, "x 'by {name}'": true,
	} {
		tm, err := Parse(line, false)
		if err != nil {
			t.Fatal(err)
		}
		argv, _, err := tm.Fill(v)
		if ok != (err == nil) {
			t.Errorf("%s: %q, %v", line, argv, err)
		}
		if err != nil && !strings.Contains(err.Error(), "write -- before it") {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// Whatever is in a value: it is one argument, and no more happens.
func TestHostileValuesAreOneArgument(t *testing.T) {
	for _, s := range hostile() {
		tm, err := Parse("prog --a={name} -- {text} {files}", false)
		if err != nil {
			t.Fatal(err)
		}
		argv, _, err := tm.Fill(values(s))
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		c := clean(s)
		if want := []string{"prog", "--a=" + c, "--", c, c, "2"}; !slices.Equal(argv, want) {
			t.Errorf("%q: %q", s, argv)
		}
	}
}

// A real shell gets the value as it is, wherever the place stands.
func TestShellIsGivenValuesAsTheyAre(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no /bin/sh")
	}
	dir := t.TempDir()
	t.Chdir(dir)
	for _, line := range []string{
		`printf '%s.' {text}`, `printf '%s.' "{text}"`, `printf '%s' "{text}."`, `printf '%s.' "$(printf '%s' {text})"`,
		`printf '%s.' {files} | head -c 10000; true`, `x={text}; printf '%s.' "$x"`, `printf "%s." "a\"{text}"`,
	} {
		tm, err := Parse(line, true)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for _, s := range hostile() {
			v := values(s)
			res, err := tm.Run(t.Context(), v, nil, 10*time.Second, nil)
			if err != nil {
				t.Fatalf("%s with %q: %v", line, s, err)
			}
			want := clean(s) + "."
			switch {
			case strings.Contains(line, "{files}"):
				want = clean(s) + ".2."
			case strings.Contains(line, `a\"`):
				want = "a\"" + want
			case strings.Contains(line, "$(printf"):
				want = strings.TrimRight(clean(s), "\n") + "."
			}
			if got := string(res.Output); got != want {
				t.Errorf("%s with %q: %q, want %q", line, s, got, want)
			}
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("something was made: %v, %v", entries, err)
	}
}

func TestTooLong(t *testing.T) {
	tm, err := Parse("x {text}", false)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := tm.Fill(Values{Text: strings.Repeat("x", maxValue+1)}); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("%v", err)
	}
}

// shelf is a store of one message.
type shelf struct{ items map[store.ID]store.Item }

func (s shelf) Item(_ context.Context, id store.ID) (store.Item, error) {
	it, ok := s.items[id]
	if !ok {
		return it, store.ErrNotFound
	}
	return it, nil
}

func (s shelf) FetchNow(_ context.Context, a store.Attachment, _ func(done, total int64)) (string, error) {
	if a.State == store.Gone {
		return "", errors.New("gone")
	}
	return "/blobs/" + a.Remote, nil
}

func message(id store.ID) store.Item {
	it := store.Item{Text: "please\ncall"}
	it.ID, it.Kind = id, store.Fax
	it.Who = store.Party{Name: "Ana", Number: "+12125550100"}
	it.Attachments = []store.Attachment{
		{ID: 1, Remote: "t", Type: "text/plain", Kind: store.TextPart}, {ID: 2, Remote: "a"}, {ID: 3, Remote: "b"},
	}
	return it
}

func TestGather(t *testing.T) {
	bare := message(2)
	bare.Who, bare.Attachments = store.Party{}, nil
	g := Gatherer{Store: shelf{map[store.ID]store.Item{1: message(1), 2: bare}}, Copy: func(blob string, _ store.Attachment) (string, error) { return "/copies" + blob, nil }}
	of := func(line string, id store.ID, file int64) (string, error) {
		tm, err := Parse(line, false)
		if err != nil {
			t.Fatal(err)
		}
		v, in, err := g.Of(t.Context(), tm, id, file)
		if err != nil {
			return "", err
		}
		if !json.Valid(in) || bytes.Count(in, []byte("\n")) != 1 {
			t.Errorf("the input is %q", in)
		}
		argv, _, err := tm.Fill(v)
		return strings.Join(argv, "|"), err
	}
	for _, tt := range []struct {
		line string
		id   store.ID
		file int64
		want string
	}{
		{"x {number} {name} {kind} {id}", 1, 0, "x|+12125550100|Ana|fax|" + store.ID(1).String()},
		{"x {file}", 1, 0, "x|/copies/blobs/a"},
		{"x {file}", 1, 3, "x|/copies/blobs/b"},
		{"x {files}", 1, 0, "x|/copies/blobs/a|/copies/blobs/b"},
		{"x {text}", 1, 0, "x|please\ncall"},
		{"x {name}", 2, 0, "x|Blocked caller"},
		{"x {file}", 2, 0, "error: this message has no file"},
		{"x {number}", 2, 0, "error: withheld"},
		{"x {name}", 3, 0, "error: "},
	} {
		got, err := of(tt.line, tt.id, tt.file)
		if want, fails := strings.CutPrefix(tt.want, "error: "); fails {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q, %v", tt.line, got, err)
			}
		} else if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.line, got, err, tt.want)
		}
	}
	g.Bare = true
	if got, err := of("x {number} {file}", 2, 0); err != nil || got != "x||" {
		t.Errorf("bare: %q, %v", got, err)
	}
	tm, _ := Parse("x {marks} {files}", false)
	v, in, err := g.Marked(t.Context(), tm, []store.ID{1, 2})
	var list []map[string]any
	if err != nil || len(v.Marks) != 2 || len(v.Files) != 2 || json.Unmarshal(in, &list) != nil || len(list) != 2 {
		t.Errorf("%+v, %q, %v", v, in, err)
	}
}

func TestRunFails(t *testing.T) {
	if _, err := exec.LookPath("cat"); err != nil {
		t.Skip("there is no cat")
	}
	run := func(line string, in string) (string, error) {
		tm, err := Parse(line, false)
		if err != nil {
			t.Fatal(err)
		}
		res, err := tm.Run(t.Context(), Values{}, []byte(in), time.Minute, nil)
		return string(res.Output), err
	}
	if out, err := run("cat", "{\"a\":1}\n"); err != nil || out != "{\"a\":1}\n" {
		t.Errorf("%q, %v", out, err)
	}
	var exit *outside.ExitError
	if _, err := run("cat /no/such/file", ""); !errors.As(err, &exit) {
		t.Errorf("%v", err)
	}
	if _, err := run(filepath.Join(t.TempDir(), "missing"), ""); !errors.Is(err, outside.ErrMissing) {
		t.Errorf("%v", err)
	}
}

// Whatever is written in the config: it is refused, or filled in so that every value
// stays in its place.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"x {number}", `x "{text}" '{name}'`, "x {files}{files}", "{{x}} {", "sh -c {text}", `a "$(b {text} "c")"`, "x \\{text}", "${text} {text}", "x {marks} ;{json}",
		"a '{text}' \"", "(a) {b", "x\t{id}\n{kind}", "$((1+{number}))",
	} {
		f.Add(s, "; rm -rf /", true)
		f.Add(s, "-x", false)
	}
	f.Fuzz(func(t *testing.T, line, value string, shell bool) {
		tm, err := Parse(line, shell)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without words")
			}
			return
		}
		argv, env, err := tm.Fill(values(value))
		if err != nil {
			return
		}
		if !shell {
			program, _, err := tm.Fill(Values{Files: []string{""}, Marks: []string{""}})
			if err == nil && program[0] != argv[0] {
				t.Fatalf("%q: a value has become the program: %q", line, argv[0])
			}
			return
		}
		// Nothing of the value is in the line the shell reads.
		other, _, err := tm.Fill(values("other"))
		if err != nil || argv[2] != other[2] {
			t.Fatalf("%q: the line the shell reads depends on the value: %q, %q", line, argv[2], other[2])
		}
		for _, e := range append(env, argv...) {
			if strings.Contains(e, "\x00") && !strings.Contains(line, "\x00") {
				t.Fatalf("%q cannot be handed over", e)
			}
		}
	})
}
