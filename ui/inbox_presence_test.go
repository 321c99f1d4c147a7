package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/store"
	"switchboard/ui/kit"
)

// Beside a colleague's name it says whether they are there, in the inbox and in the call
// log, on the cursor's row and on others, and changes as they do.
func TestColleaguesInTheListsHaveASign(t *testing.T) {
	d := drive(t, 0, Options{})
	acc, err := d.st.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := func(n int) time.Time { return clock().Add(-time.Duration(n) * time.Minute) }
	if _, err := d.st.Apply(t.Context(), acc[0].ID, []store.Incoming{
		{Remote: "1", Kind: store.Voicemail, Direction: store.Inbound, Time: at(4), From: store.Party{Name: "Leo Okafor", Extension: "155"}},
		{Remote: "2", Kind: store.Pager, Direction: store.Inbound, Time: at(3), From: store.Party{Name: "Wolfeschlegelsteinhausenbergerdorff", Extension: "131"}, Text: "hi"},
		{Remote: "3", Kind: store.Voicemail, Direction: store.Inbound, Time: at(2), From: store.Party{Name: "Not Watched", Extension: "166"}},
		{Remote: "4", Kind: store.Voicemail, Direction: store.Inbound, Time: at(1), From: store.Party{Name: "Caller", Number: "+12125550155"}},
		{
			Remote: "5", Kind: store.Call, Direction: store.Inbound, Time: at(0), From: store.Party{Name: "Leo Okafor", Extension: "155"},
			Outcome: store.CallAnswered, Call: &store.CallDetail{Type: "Voice"},
		},
	}); err != nil {
		t.Fatal(err)
	}
	stand := func(telephony string, seq int64) {
		t.Helper()
		if err := d.st.TakePresence(t.Context(), acc[0].ID, []store.IncomingPresence{
			{Extension: "2155", Number: "155", Sequence: seq, PresenceState: store.PresenceState{Status: store.PresenceAvailable, User: store.PresenceAvailable, DND: store.DNDTakeAll, Telephony: telephony}},
			{Extension: "2131", Number: "131", Sequence: seq, PresenceState: store.PresenceState{Status: store.PresenceOffline, User: store.PresenceOffline, DND: store.DNDTakeAll, Telephony: store.CallNone}},
		}); err != nil {
			t.Fatal(err)
		}
		d.run(d.m.ask())
		d.settle()
	}
	row := func(name string) string {
		t.Helper()
		for _, l := range d.lines()[2:] { // below the title
			if strings.Contains(l, name) {
				return l
			}
		}
		t.Fatalf("no row of %s:\n%s", name, d.screen())
		return ""
	}
	has := func(name, want string) {
		t.Helper()
		if l := row(name); !strings.Contains(l, want) {
			t.Errorf("%q has no %q", l, want)
		}
	}
	stand(store.CallNone, 1)
	for _, w := range []int{60, 71, 80, 120} {
		d.send(tea.WindowSizeMsg{Width: w, Height: 24})
		for _, l := range d.lines() {
			if kit.Width(l) != w {
				t.Errorf("a line of %d cells at %d: %q", kit.Width(l), w, l)
			}
		}
		has("Leo Okafor", "Leo Okafor ● ")
	}
	has("Wolfeschl", "… ○ ")
	for _, name := range []string{"Not Watched", "Caller"} {
		if l := row(name); strings.ContainsAny(l[strings.Index(l, name):], "●◖◐⊘○") {
			t.Errorf("nothing is known of who is in %q", l)
		}
	}
	d.press("G g g") // the cursor is on the first
	stand(store.CallConnected, 2)
	has("Leo Okafor", "Leo Okafor ◖ ")
	d.press("j")
	has("Leo Okafor", "Leo Okafor ◖ ")
	d.press("g l")
	has("Leo Okafor", "Leo Okafor ◖ ")
}
