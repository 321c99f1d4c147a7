package uitest

import (
	"fmt"
	"slices"
	"testing"

	"switchboard/api/simulator"
)

// What others post comes in once, and it is known which of it is to the person: what
// names them, and not what names somebody else.
func TestMentionsArrive(t *testing.T) {
	d := chatDesk(t, Config{})
	me, err := d.Store.Myself(t.Context(), d.Account.ID)
	if err != nil || me.Remote == "" {
		t.Fatalf("%+v, %v", me, err)
	}
	from, err := d.Store.LastArrival(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.livePost(t, simulator.LivePost{Chat: "IT Help", Text: "one for all"})
	d.livePost(t, simulator.LivePost{Chat: "IT Help", Text: fmt.Sprintf("![:Person](%s) one for you", me.Remote)})
	d.Store.SyncNow()
	var told []string
	d.Eventually("both have come in", func() bool {
		list, _, err := d.Store.Arrivals(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		told = told[:0]
		for _, a := range list {
			told = append(told, fmt.Sprintf("%v %s", a.Mention, a.Row.Preview))
		}
		slices.Sort(told)
		return len(told) == 2
	})
	if want := []string{"false one for all", "true @" + me.Name + " one for you"}; !slices.Equal(told, want) {
		t.Errorf("%q, want %q", told, want)
	}
}
