package uitest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A fax page in characters of two colours, as it stands on the screen. With
// SWITCHBOARD_UPDATE=1 the files are written anew; look at them before keeping
// them.
func TestGoldenPages(t *testing.T) {
	unwatched(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := Open(t, Config{Now: noon, Rest: time.Millisecond, Width: size[0], Height: size[1]})
		d.See("Inbox", "oldest first")
		d.unreadFax(t, 2)
		d.Press("Enter")
		d.See("page 1 of", "⣀")
		for _, mode := range []struct{ name, words string }{{"quadrants", "Pictures: quadrants"}, {"blocks", "Pictures: half blocks"}} {
			before := d.page()
			d.Press(", i")
			d.See(mode.words)
			d.Until("the page drawn anew", func(s string) bool { return d.page() != before && strings.ContainsAny(s, "▀▄█▘▝▖▗") })
			name := filepath.Join("..", "testdata", fmt.Sprintf("page-%s-%dx%d.golden", mode.name, size[0], size[1]))
			got := d.page()
			if os.Getenv("SWITCHBOARD_UPDATE") != "" {
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

// page is what stands beside the list, without the title and the footer.
func (d *Desk) page() string {
	lines := strings.Split(d.Screen(), "\n")
	for i, l := range lines {
		if _, right, ok := strings.Cut(l, "│"); ok {
			l = right
		}
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines[1:max(len(lines)-1, 1)], "\n") + "\n"
}
