package main

import (
	"os"
	"strings"
	"testing"

	"switchboard/keymap"
	"switchboard/ui/uitest"
)

const (
	keysBegin = "<!-- keys: made by `switchboard keys --markdown`; SWITCHBOARD_UPDATE=1 go test . brings it up to date -->\n"
	keysEnd   = "<!-- end of keys -->\n"
)

// TestReadmeKeys holds README's table of keys against the table of actions.
func TestReadmeKeys(t *testing.T) {
	made(t, keysBegin, keysEnd, strings.TrimSpace(keymap.Default().Markdown())+"\n")
}

const (
	tasksBegin = "<!-- tasks: made from ui/uitest/tasks.go, whose tests press these keys; SWITCHBOARD_UPDATE=1 go test . brings it up to date -->\n"
	tasksEnd   = "<!-- end of tasks -->\n"
)

// TestReadmeTasks holds README's table of a day's tasks against the one that the tests
// of the screens replay.
func TestReadmeTasks(t *testing.T) { made(t, tasksBegin, tasksEnd, uitest.TasksMarkdown()) }

// made holds a part of README that is made from the program against what it is now.
func made(t *testing.T, begin, end, want string) {
	t.Helper()
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(b), begin)
	shown, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("README.md has lost the marks around what is made: %s", begin)
	}
	if shown == want {
		return
	}
	if os.Getenv("SWITCHBOARD_UPDATE") == "" {
		t.Fatalf("README is not up to date; run SWITCHBOARD_UPDATE=1 go test .\nafter %swant\n%s", begin, want)
	}
	if err := os.WriteFile("README.md", []byte(head+begin+want+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestReadmePictures: every picture README shows is there.
func TestReadmePictures(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(b), "](screenshots/")
	if len(parts) < 5 {
		t.Fatalf("README shows %d pictures", len(parts)-1)
	}
	for _, p := range parts[1:] {
		name, _, _ := strings.Cut(p, ")")
		if _, err := os.Stat("screenshots/" + name); err != nil {
			t.Error(err)
		}
	}
}

// TestDependenciesHaveReasons: each module we require ourselves has its line in
// CONTRIBUTING.md.
func TestDependenciesHaveReasons(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	why, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for line := range strings.Lines(string(mod)) {
		f := strings.Fields(line)
		if !strings.HasPrefix(line, "\t") || len(f) != 2 {
			continue // the rest are others' requirements
		}
		direct++
		if !strings.Contains(string(why), f[0]) {
			t.Errorf("CONTRIBUTING.md gives no reason for %s", f[0])
		}
	}
	if direct < 10 {
		t.Fatalf("go.mod names %d modules of our own", direct)
	}
}
