package uitest

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"switchboard/api/simulator"
)

// TestKilledSending kills the real program while it sends texts, pages and faxes,
// sometimes on a bad line and sometimes with a second program on the same store. Whatever
// was recorded arrives once, and nothing twice.
func TestKilledSending(t *testing.T) {
	if slower > 1 {
		t.Skip("the programs that are killed are processes of their own: the race detector says nothing of them")
	}
	rounds := 40
	if testing.Short() {
		rounds = 8
	}
	rnd := rand.New(rand.NewPCG(20261121, 2))
	m := newMachine(t, simulator.Config{Messages: 20, Seed: 5, Latency: 4 * time.Millisecond})
	m.signIn()
	m.ok("sync", "--once")
	page := filepath.Join(t.TempDir(), "page.txt")
	m.write(page, strings.Repeat("a line of the page\n", 40))
	life, dead := 600*time.Millisecond, 0
	said := map[string]bool{} // what the program said it had recorded
	for round := range rounds {
		var texts []string
		var lines [][]string
		for i, line := range [][]string{
			{"send", "sms", "--to", "+12025550142"}, {"send", "pager", "--to", "201"}, {"send", "fax", "--to", "+12025550143", "--file", page},
		} {
			text := fmt.Sprintf("round %d message %d", round, i)
			texts = append(texts, text)
			lines = append(lines, append(line, text))
		}
		faults := simulator.Faults{}
		if rnd.IntN(3) == 0 {
			faults = simulator.Faults{"reset": 0.15, "truncate": 0.1, "500": 0.1}
		}
		if err := m.sim.SetFaults(faults); err != nil {
			t.Fatal(err)
		}
		got := m.kill(moment(rnd, life), round%4 == 3, lines...)
		if got.dead {
			dead++
		} else {
			life = got.lived
		}
		for i := range got.lines {
			if i < len(texts) {
				said[texts[i]] = true
			}
		}
	}
	if err := m.sim.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	if dead < rounds/3 {
		t.Errorf("only %d of %d programs were still alive when they were to be killed", dead, rounds)
	}
	for range 4 { // whoever sent at the end may hold what it sent for a while
		m.ahead += 2 * time.Minute
		m.run("sync", "--once")
	}
	m.ok("jobs", "--wait", "--timeout", "50s")
	at := map[string]int{}
	for _, s := range m.sim.Sent() {
		if !s.Canceled {
			at[s.Text+s.CoverText]++
		}
	}
	here := m.ok("list", "in:all", "--jsonl", "--limit", "500").out
	for round := range rounds {
		for i := range 3 {
			text := fmt.Sprintf("round %d message %d", round, i)
			recorded := strings.Count(here, `"`+text+`"`) > 0
			switch n := at[text]; {
			case n > 1:
				t.Errorf("%s arrived %d times", text, n)
			case n == 0 && (recorded || said[text]):
				t.Errorf("%s was recorded (here %v, said %v) and never arrived", text, recorded, said[text])
			case n == 1 && !recorded:
				t.Errorf("%s arrived and is not shown here", text)
			}
		}
	}
	t.Logf("%d of %d killed, %d messages arrived", dead, rounds, len(at))
}
