package uitest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"switchboard/store"
	"switchboard/ui/kit"
)

// The lists to pick from, as they stand on the screen. With SWITCHBOARD_UPDATE=1 the
// files are written anew; look at them before keeping them.
func TestGoldenTriage(t *testing.T) {
	unwatched(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := triageDesk(t, Config{Width: size[0], Height: size[1]})
		for _, label := range []string{"urgent", "billing", "call-again"} {
			if _, err := d.Store.Act(t.Context(), store.Change{Verb: store.VerbLabel, Text: label, Items: []store.ID{d.first(t).ID}}); err != nil {
				t.Fatal(err)
			}
		}
		d.See("#billing")
		for _, p := range []struct{ name, keys, typed, see string }{
			{"snooze", "z", "", "next work day"},
			{"assign", "A", "rosalind ben", "as typed"},
			{"labels", "t", "", "urgent"},
		} {
			d.Press(p.keys)
			d.Free(p.typed)
			d.See(p.see, "╰─", "› "+p.typed)
			checkGolden(t, fmt.Sprintf("triage-%s-%dx%d", p.name, size[0], size[1]), boxOf(d.Screen()))
			d.Press("Esc")
			d.Gone("╰─")
		}
	}
}

// boxOf is the part of a screen that a box covers.
func boxOf(s string) string {
	var out []string
	from, to := 0, 0
	for _, l := range strings.Split(s, "\n") {
		if left, rest, ok := strings.Cut(l, "╭"); ok && to == 0 {
			edge, _, _ := strings.Cut(rest, "╮")
			from = kit.Width(left)
			to = from + kit.Width(edge) + 2
		}
		if to > 0 {
			out = append(out, ansi.Cut(l, from, to))
		}
		if to > 0 && strings.Contains(l, "╰") {
			break
		}
	}
	return strings.Join(out, "\n") + "\n"
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("..", "testdata", name+".golden")
	if os.Getenv("SWITCHBOARD_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}
