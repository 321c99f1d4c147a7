package uitest

import (
	"testing"
	"time"

	"switchboard/api/simulator"
	"switchboard/store"
)

// A transcript somebody looks at is fetched ahead of all the others, however
// long their line is.
func TestTranscriptLookedAtComesFirst(t *testing.T) {
	d := Open(t, Config{Now: noon, Sim: simulator.Config{
		RateLimits: true, Limits: map[string]simulator.Limit{"Medium": {Requests: 5, Window: time.Hour}},
	}})
	var last store.Item
	for _, it := range d.all(t, "in:voicemail") { // the oldest of them: last in line
		if it.WaitsForText() {
			last = it
			break
		}
	}
	if last.ID == 0 {
		t.Fatal("no transcript is missing")
	}
	d.See("Inbox")
	d.Press("/")
	d.Type("id:" + last.ID.String())
	d.Press("Enter")
	d.Eventually("the transcript is here", func() bool { it := d.item(t, last.ID); return it.Text != "" })
}
