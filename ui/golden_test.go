package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// The settled frame of a few screens. With SWITCHBOARD_UPDATE=1 they are
// written anew; look at the difference before keeping it.
func TestGoldenFrames(t *testing.T) {
	update := os.Getenv("SWITCHBOARD_UPDATE") != ""
	d := drive(t, 24, Options{Version: "test"})
	steps := []struct{ name, keys string }{
		{"inbox", "j j"},
		{"reader", "j j Enter"},
		{"files", "Tab"},
		{"search", "q q / r e f u n d"},
		{"help", "Esc ?"},
		{"note", "Esc m"},
		{"done", "1 e"},
	}
	for _, s := range steps {
		d.press(s.keys)
		for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}} {
			d.send(size)
			name := filepath.Join("testdata", s.name+map[int]string{80: "-80x24", 120: "-120x40"}[size.Width]+".golden")
			got := trimmed(d.screen())
			if update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs\ngot:\n%s\nwant:\n%s", name, got, want)
			}
		}
	}
}

func trimmed(frame string) string {
	lines := strings.Split(frame, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}
