package store

import (
	"strings"
	"testing"
	"time"
)

func TestSearchShowsTheTextAroundItsWords(t *testing.T) {
	s := openTest(t, t.TempDir())
	long := strings.Repeat("I have been waiting for quite a while now. ", 9)
	at := testNow.Add(-time.Hour)
	fill(t, s, []Incoming{{
		Remote: "1", Kind: Voicemail, Direction: Inbound, Time: at, Modified: at, From: Party{Number: "+12125550100"},
		Text: "Hello, this is Ann. " + long + "Żółte REFÚND, please, ünd call back. " + long,
	}}, 1)
	for query, want := range map[string]string{
		"refu":            "… quite a while now. Żółte REFÚND, please, ünd call",
		`"refund please"`: "… quite a while now. Żółte REFÚND, please",
		"hello refund":    "Hello, this is Ann. I have",
		"-lamp unavail":   "",
		"number:0100":     "Hello, this is Ann. I have",
	} {
		q := mustQuery(t, query)
		for name, look := range map[string]func() (Window, error){
			"search": func() (Window, error) { return s.Search(t.Context(), q, NewestFirst, 10) },
			"window": func() (Window, error) { return s.Window(t.Context(), q, OldestFirst, FromStart, 0, 9) },
		} {
			w, err := look()
			if err != nil {
				t.Fatal(err)
			}
			if want == "" && len(w.Rows) == 0 {
				continue
			}
			if len(w.Rows) != 1 || !strings.HasPrefix(w.Rows[0].Preview, want) {
				t.Errorf("%s %s: %+v, want a preview %q", name, query, w.Rows, want)
			}
		}
	}
}
