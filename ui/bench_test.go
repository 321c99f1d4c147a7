package ui

import (
	"fmt"
	"os"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// One press of j, Update and View together, at 1,000 messages and, with
// SWITCHBOARD_BENCH=full, at 100,000. The two must cost the same: a list knows
// only a window of its rows.
func BenchmarkCursorKey(b *testing.B) {
	sizes := []int{1_000, 5_000}
	if os.Getenv("SWITCHBOARD_BENCH") == "full" {
		sizes[1] = 100_000
	}
	for _, n := range sizes {
		d := drive(b, n, Options{})
		for _, s := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 200, Height: 60}} {
			d.send(s)
			b.Run(fmt.Sprintf("%dk/%dx%d", n/1000, s.Width, s.Height), func(b *testing.B) { benchKeys(b, d) })
		}
	}
}

func benchKeys(b *testing.B, d *driver) {
	down, up := stroke("j"), stroke("k")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k := down
		if i/100%2 == 1 {
			k = up
		}
		d.m.Update(k)
		d.m.View()
	}
}

// What a cursor key may allocate at most, whatever the number of messages.
func TestCursorKeyAllocatesLittle(t *testing.T) {
	d := drive(t, 900, Options{})
	d.press("j")
	down, up := stroke("j"), stroke("k")
	i := 0
	n := testing.AllocsPerRun(100, func() {
		k := down
		if i/20%2 == 1 {
			k = up
		}
		i++
		d.m.Update(k)
		d.m.View()
	})
	if n > 400 {
		t.Errorf("a cursor key at 80x24 makes %.0f allocations", n)
	}
}
