package simulator

import (
	"strings"
	"testing"
	"time"
)

// Each end of a ring-out, in both spellings of its path: how its legs end, when it can be
// cancelled, and what the call log says of it.
func TestRingOutLegs(t *testing.T) {
	for _, tc := range []struct {
		name   string
		next   NextRing
		legs   []string // after 1, 3, 9 and 30 s
		cancel []int    // the status of a cancel then
		result string
	}{
		{
			"spoken",
			NextRing{Talk: 20},
			[]string{"InProgress InProgress InProgress", "InProgress Success InProgress", "Success Success Success", "Success Finished Finished"},
			[]int{204, 404, 404, 404},
			"Call connected",
		},
		{
			"busy",
			NextRing{Callee: "Busy", Then: 4},
			[]string{"InProgress InProgress InProgress", "InProgress Success InProgress", "CannotReach Success Busy", "CannotReach Success Busy"},
			[]int{204, 404, 404, 404},
			"Busy",
		},
		{
			"the caller does not answer",
			NextRing{Caller: "NoAnswer", After: 8},
			[]string{"InProgress InProgress InProgress", "InProgress InProgress InProgress", "CannotReach NoAnswer NoSessionFound", "CannotReach NoAnswer NoSessionFound"},
			[]int{204, 204, 404, 404},
			"No Answer",
		},
		{
			"the caller rejects it",
			NextRing{Caller: "Rejected", After: 2},
			[]string{"InProgress InProgress InProgress", "CannotReach Rejected NoSessionFound", "CannotReach Rejected NoSessionFound", "CannotReach Rejected NoSessionFound"},
			[]int{204, 404, 404, 404},
			"Rejected",
		},
		{
			"it fails",
			NextRing{Callee: "GenericError", Then: 3},
			[]string{"InProgress InProgress InProgress", "CannotReach Success GenericError", "CannotReach Success GenericError", "CannotReach Success GenericError"},
			[]int{204, 404, 404, 404},
			"Call Failed",
		},
	} {
		waits := []time.Duration{time.Second, 2 * time.Second, 6 * time.Second, 21 * time.Second}
		for _, path := range []string{"/ring-out", "/ringout"} {
			for stop := range waits {
				p := start(t, Config{Directory: 10})
				if err := p.s.RingNext(tc.next); err != nil {
					t.Fatal(err)
				}
				made := decode[ringOutAnswer](t, p.do("POST", ext+path, `{"from":{"phoneNumber":"+16505550100"},"to":{"phoneNumber":"+14155550123"},"playPrompt":true}`))
				if !strings.Contains(made.URI, path+"/") {
					t.Errorf("%s: %s", path, made.URI)
				}
				for i := 0; i <= stop; i++ {
					p.clock.Add(waits[i])
					got := decode[ringOutAnswer](t, p.get(ext+path+"/"+made.ID)).Status
					if s := got.Call + " " + got.Caller + " " + got.Callee; s != tc.legs[i] {
						t.Errorf("%s %s, step %d: %s, want %s", tc.name, path, i, s, tc.legs[i])
					}
				}
				if a := p.do("DELETE", ext+path+"/"+made.ID, ""); a.status != tc.cancel[stop] {
					t.Errorf("%s %s, cancelled at step %d: %d, want %d", tc.name, path, stop, a.status, tc.cancel[stop])
				}
				if stop == len(waits)-1 {
					if log := string(p.get(ext + "/call-log?view=Detailed").body); !strings.Contains(log, `"RingOut Web"`) || !strings.Contains(log, `"result":"`+tc.result+`"`) {
						t.Errorf("%s: the log does not have it as %s: %.400s", tc.name, tc.result, log)
					}
				}
			}
		}
	}
}

// What a ring-out can be asked with, and what is refused.
func TestRingOutRequests(t *testing.T) {
	p := start(t, Config{})
	forward := p.s.forwards.list[1]
	a := p.do("POST", ext+"/ring-out", `{"from":{"forwardingNumberId":"`+forward.ID+`"},"to":{"phoneNumber":"155"},"callerId":{"phoneNumber":"+16505550102"},"country":{"id":"1"},"playPrompt":true}`)
	if got := p.s.RingOuts(); a.status != 200 || got[0].From != forward.Number || got[0].To != "155" || got[0].CallerID != "+16505550102" || !got[0].Prompt {
		t.Errorf("%d %s: %+v", a.status, a.body, got)
	}
	for _, bad := range []string{
		`{"from":{"forwardingNumberId":"1"},"to":{"phoneNumber":"155"}}`,
		`{"from":{"phoneNumber":"+16505550100"},"to":{"phoneNumber":"155"},"callerId":{"phoneNumber":"+12125550100"}}`,
		`{"from":{"phoneNumber":"+16505550100"},"to":{"phoneNumber":"155"},"country":{"id":"US"}}`,
	} {
		if a := p.do("POST", ext+"/ring-out", bad); a.status != 400 || a.code() != "CMN-101" {
			t.Errorf("%s: %d %s", bad, a.status, a.code())
		}
	}
	if err := p.s.RingNext(NextRing{Callee: "Sleepy"}); err == nil {
		t.Error("a word that the service does not have was taken")
	}
	if err := p.s.HangUpRing("none"); err == nil {
		t.Error("a call that is not there was hung up")
	}
}
