package groups

import (
	"testing"

	"switchboard/store"
)

// Keys that come before the first frame go from post to post as they do later.
func TestStepsBeforeTheFirstFrame(t *testing.T) {
	p := &posts{have: true, start: true, end: true, at: 5, stick: true}
	for id := range store.ID(5) {
		p.rows = append(p.rows, store.ChatPost{Row: store.Row{ID: id + 1}})
	}
	for want := store.ID(4); want > 0; want-- {
		if p.up(1); p.at != want {
			t.Fatalf("at %d, want %d", p.at, want)
		}
	}
	for want := store.ID(2); want <= 5; want++ {
		if p.down(1); p.at != want {
			t.Fatalf("at %d, want %d", p.at, want)
		}
	}
}
