package ringcentral_test

import (
	"strings"
	"testing"

	"switchboard/api/simulator"
	"switchboard/store"
)

// Legs come with what is new, and for older calls when somebody looks.
func TestCallLegs(t *testing.T) {
	d := open(t, simulator.Config{Messages: 200, Calls: 600})
	d.sync()
	d.feeds()
	rows := d.all("in:calls is:own is:answered")
	old, fresh := d.item(rows[0].ID), d.item(rows[len(rows)-1].ID)
	if old.Call.Detailed || len(fresh.Call.Legs) == 0 {
		t.Fatalf("old %+v\nnew %+v", old.Call, fresh.Call)
	}
	for range 2 {
		if _, err := d.FetchCall(t.Context(), old.ID); err != nil {
			t.Fatal(err)
		}
	}
	if it := d.item(old.ID); len(it.Call.Legs) == 0 || it.Outcome != old.Outcome || it.State != old.State {
		t.Errorf("after looking: %+v", it.Call)
	}
	if n := len(d.requests("/call-log/IV")); n != 1 {
		t.Errorf("asked %d times", n)
	}
	d.sim.PurgeCallTokens()
	d.feeds()
	if it := d.item(old.ID); len(it.Call.Legs) == 0 {
		t.Error("a shorter record takes the legs away")
	}
}

// A recording is a file like any other, within its own part of the budget.
func TestCallRecording(t *testing.T) {
	d := open(t, simulator.Config{Messages: 100, RateLimits: true})
	d.sync()
	d.feeds()
	rows := d.all("has:recording")
	it := d.item(rows[0].ID)
	if len(it.Attachments) != 1 || it.Attachments[0].Kind != store.AudioRecording || it.Attachments[0].Duration != it.Duration {
		t.Fatalf("%+v", it.Attachments)
	}
	path, err := d.FetchNow(t.Context(), it.Attachments[0], nil)
	if err != nil || path == "" {
		t.Fatal(err)
	}
	if a := d.item(it.ID).Attachments[0]; a.State != store.Kept || !strings.HasPrefix(a.Sniffed, "audio/") {
		t.Errorf("%+v", a)
	}
	got := d.requests("/recording/")
	if len(got) != 1 || got[0].Group != "Heavy" {
		t.Errorf("%+v", got)
	}
}
