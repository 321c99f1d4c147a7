package ringcentral

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator"
)

// TestSendRounds sends a thousand messages over a bad line and counts at the
// service: what was said to be sent is there once, what was said to have failed is
// not, and of what is unknown there is one at most.
func TestSendRounds(t *testing.T) {
	const rounds = 1000
	c, s := desk(t, simulator.Config{Seed: 7, HangFor: 2 * time.Millisecond})
	if err := s.SetFaults(simulator.Faults{
		"drop": .06, "half": .06, "late-500": .06, "late-hang": .06, "reset": .06, "truncate": .06, "badjson": .06, "500": .06, "html": .06, "hang": .04, "503": .06,
	}); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // the same rounds each time
	said := map[string]error{}
	for n := range rounds {
		text := fmt.Sprintf("round %d", n)
		var err error
		switch r.IntN(4) {
		case 0:
			_, err = c.SendSMS(t.Context(), SMS{From: "+16505550100", To: []string{"+14155550123"}, Text: text})
		case 1:
			_, err = c.SendMMS(t.Context(), MMS{SMS: SMS{From: "+16505550100", To: []string{"+14155550123"}, Text: text}, Files: []Enclosure{file("a.png", []byte(text))}})
		case 2:
			_, err = c.SendPager(t.Context(), Pager{To: []Extended{{Number: "104"}}, Text: text})
		case 3:
			_, err = c.SendFax(t.Context(), Fax{To: []FaxTo{{Number: "+14155550123"}}, CoverText: text, Files: []Enclosure{file("a.txt", []byte(text))}})
		}
		said[text] = err
	}
	count := map[string]int{}
	for _, m := range s.Sent() {
		count[m.Text+m.CoverText]++
	}
	var sent, failed, unknown int
	for text, err := range said {
		n := count[text]
		switch {
		case n > 1:
			t.Errorf("%s was sent %d times", text, n)
		case err == nil:
			sent++
			if n != 1 {
				t.Errorf("%s was lost in silence", text)
			}
		case api.IsUnknown(err):
			unknown++
		default:
			failed++
			if n != 0 {
				t.Errorf("%s was sent, but said to have failed: %v", text, err)
			}
		}
	}
	if len(said) != rounds || sent < 300 || unknown < 200 || failed < 20 {
		t.Errorf("%d sent, %d failed, %d unknown of %d", sent, failed, unknown, len(said))
	}
	t.Logf("%d sent, %d failed for certain, %d unknown", sent, failed, unknown)
}
