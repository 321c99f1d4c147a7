package outside

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func needShell(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" || Find("sh") == "" {
		t.Skip("needs sh")
	}
}

func sh(line string) []string { return []string{"sh", "-c", line} }

func TestRun(t *testing.T) {
	needShell(t)
	t.Setenv("SWITCHBOARD_LOG", "secret")
	for _, c := range []struct {
		name, line, in, out, errs string
		code                      int
	}{
		{"in and out", "tr a-z A-Z", "abc", "ABC", "", 0},
		{"no input without one", "cat; echo end", "", "end\n", "", 0},
		{"exit code and complaint", "echo fine; echo 'it broke' >&2; exit 3", "", "fine\n", "it broke\n", 3},
		{"does not read its input", "exit 0", strings.Repeat("x", 1<<20), "", "", 0},
		{"nothing of ours", "echo x$SWITCHBOARD_LOG", "", "x\n", "", 0},
		{"no terminal", "if (: </dev/tty) 2>/dev/null; then echo tty; else echo none; fi", "", "none\n", "", 0},
	} {
		res, err := Run(t.Context(), Command{Argv: sh(c.line), Stdin: strings.NewReader(c.in)})
		var exit *ExitError
		switch {
		case c.code == 0 && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.code != 0 && (!errors.As(err, &exit) || exit.Code != c.code || exit.Error() != "sh: it broke (exit code 3)"):
			t.Errorf("%s: %v", c.name, err)
		}
		if string(res.Output) != c.out || string(res.Errors) != c.errs || res.ExitCode != c.code {
			t.Errorf("%s: %q, %q, %d", c.name, res.Output, res.Errors, res.ExitCode)
		}
	}
}

func TestBoundedOutput(t *testing.T) {
	needShell(t)
	res, err := Run(t.Context(), Command{Argv: sh("head -c 5000 /dev/zero"), Keep: 1000})
	if err != nil || len(res.Output) != 1000 || res.More != 4000 {
		t.Errorf("%d kept, %d more, %v", len(res.Output), res.More, err)
	}
}

func TestMissing(t *testing.T) {
	_, err := Run(t.Context(), Command{Argv: []string{"no-such-program-here"}})
	if !errors.Is(err, ErrMissing) || err.Error() != "no-such-program-here is not installed" {
		t.Error(err)
	}
	if _, err := Run(t.Context(), Command{}); err == nil {
		t.Error("ran nothing")
	}
}

// signal is a writer that tells when the first bytes come.
type signal struct {
	came chan struct{}
	bytes.Buffer
}

func (s *signal) Write(p []byte) (int, error) {
	if s.Len() == 0 {
		close(s.came)
	}
	return s.Buffer.Write(p)
}

// TestStopEndsAll: a cancelled command takes with it what it started, even what
// does not listen.
func TestStopEndsAll(t *testing.T) {
	needShell(t)
	mark := filepath.Join(t.TempDir(), "alive")
	ctx, cancel := context.WithCancel(t.Context())
	out := &signal{came: make(chan struct{})}
	go func() {
		<-out.came
		cancel()
	}()
	line := `(trap '' TERM; while :; do echo $$ > ` + mark + `; sleep 0.05; done) & echo started; wait`
	start := time.Now()
	_, err := Run(ctx, Command{Argv: sh(line), Output: out})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("took %v to stop", d)
	}
	// Nobody writes the file any more: once removed it stays away.
	for range 50 {
		_ = os.Remove(mark)
		if exec.Command("sh", "-c", "sleep 0.1").Run() != nil {
			t.Fatal("sleep")
		}
		if _, err := os.Stat(mark); os.IsNotExist(err) {
			return
		}
	}
	t.Error("what it started still runs")
}

func TestTime(t *testing.T) {
	needShell(t)
	_, err := Run(t.Context(), Command{Argv: sh("sleep 60"), Time: 20 * time.Millisecond})
	if !errors.Is(err, ErrTime) {
		t.Error(err)
	}
}

func TestInputThatFails(t *testing.T) {
	needShell(t)
	r, w := io.Pipe()
	go func() {
		_, _ = w.Write([]byte("half"))
		w.CloseWithError(errors.New("page 2 is broken"))
	}()
	_, err := Run(t.Context(), Command{Argv: sh("cat"), Stdin: r})
	if err == nil || !strings.Contains(err.Error(), "page 2 is broken") {
		t.Error(err)
	}
}

func TestEnviron(t *testing.T) {
	got := Environ([]string{"PATH=/bin", "SWITCHBOARD_DATA=/x", "switchboard_key=1", "HOME=/home/a", "AWS_TOKEN=theirs"})
	if !slices.Equal(got, []string{"PATH=/bin", "HOME=/home/a", "AWS_TOKEN=theirs"}) {
		t.Error(got)
	}
}

func TestSplit(t *testing.T) {
	for line, want := range map[string][]string{
		"lp -d front":           {"lp", "-d", "front"},
		`mpv  "--title=a b" {}`: {"mpv", "--title=a b", "{}"},
		`a 'b "c"'`:             {"a", `b "c"`},
		`a ""`:                  {"a", ""},
		`a "b`:                  nil,
		"  ":                    nil,
	} {
		got, err := Split(line)
		if (err != nil) != (want == nil) || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v", line, got, err)
		}
	}
}

func TestOpeners(t *testing.T) {
	o := Openers{"image/tiff": "tiffer {} -v", "audio/*": "mpv", "default": "xdg-open"}
	for typ, want := range map[string]string{
		"image/tiff":             "tiffer /f -v",
		"audio/x-wav; codec=1":   "mpv /f",
		"Application/PDF":        "xdg-open /f",
		"text/plain;charset=utf": "xdg-open /f",
	} {
		argv, ok, err := o.Argv(typ, "/f")
		if strings.Join(argv, " ") != want || !ok || err != nil {
			t.Errorf("%s: %q, %v, %v", typ, argv, ok, err)
		}
	}
	if _, ok, _ := (Openers{}).Argv("a/b", "/f"); ok {
		t.Error("found a program in nothing")
	}
}

// TestPrint runs a printer made for it and looks at what it was given.
func TestPrint(t *testing.T) {
	needShell(t)
	dir := t.TempDir()
	script := "#!/bin/sh\nfor a; do printf '[%s]' \"$a\"; done >" + dir + "/args\ncat >" + dir + "/in\necho 'request id is front-12 (1 file(s))'\n"
	for _, name := range []string{"lp", "mine"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	for _, c := range []struct {
		job      Job
		args, in string
	}{
		{Job{Path: "/tmp/a b", Title: "fax"}, "[-t][fax][/tmp/a b]", ""},
		{Job{Path: "-rf", Title: "-x"}, "[-t][-x][./-rf]", ""},
		{Job{Text: strings.NewReader("hello"), Title: "text"}, "[-t][text]", "hello"},
		{Job{Command: "mine -d 'front desk'", Path: "/x"}, "[-d][front desk][/x]", ""},
	} {
		said, err := Print(t.Context(), c.job)
		if err != nil || said != "request id is front-12 (1 file(s))" {
			t.Fatalf("%+v: %q, %v", c.job, said, err)
		}
		args, _ := os.ReadFile(filepath.Join(dir, "args"))
		in, _ := os.ReadFile(filepath.Join(dir, "in"))
		if string(args) != c.args || string(in) != c.in {
			t.Errorf("given %s and %q, want %s and %q", args, in, c.args, c.in)
		}
	}
	if _, err := Print(t.Context(), Job{Command: `mine "`}); err == nil {
		t.Error("took a broken command")
	}
}

// TestCopy puts a program in the way that keeps what it is given.
func TestCopy(t *testing.T) {
	needShell(t)
	if runtime.GOOS != "linux" {
		t.Skip("other programs")
	}
	dir := t.TempDir()
	script := "#!/bin/sh\ncat >" + dir + "/clip\n"
	if err := os.WriteFile(filepath.Join(dir, "wl-copy"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	t.Setenv("DISPLAY", "")
	program, err := Copy(t.Context(), "+16505550123 ü")
	got, _ := os.ReadFile(filepath.Join(dir, "clip"))
	if program != "wl-copy" || err != nil || string(got) != "+16505550123 ü" {
		t.Errorf("%s, %v, %q", program, err, got)
	}
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("WSL_DISTRO_NAME", "")
	if _, err := Copy(t.Context(), "x"); !errors.Is(err, ErrNoClipboard) {
		t.Error(err)
	}
	if got := wide("aü"); string(got) != "\xff\xfea\x00\xfc\x00" {
		t.Errorf("% x", got)
	}
}

func TestTools(t *testing.T) {
	seen := map[string]bool{}
	for _, tool := range Tools() {
		if tool.Name == "" || tool.Adds == "" || seen[tool.Name] {
			t.Errorf("%+v", tool)
		}
		seen[tool.Name] = true
	}
	for _, name := range append(Renderers(), "tesseract") {
		if !seen[name] {
			t.Errorf("%s is not told of", name)
		}
	}
}
