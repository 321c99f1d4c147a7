package uitest

import (
	"strings"
	"testing"
)

// On a text the answer is offered, at every width, and the call where there is room; on a
// voicemail the call.
func TestFooterOffersTheAnswer(t *testing.T) {
	for _, tc := range []struct {
		w, h       int
		text, mail []string
		not        string
	}{
		{80, 24, []string{"Space show  r reply  e done  Enter open  n next unread"}, []string{"Space play  b call  e done"}, "b call"},
		{120, 40, []string{"r reply  e done  Enter open  n next unread  b call  m note"}, []string{"b call  e done"}, ""},
	} {
		d := writing(t, Config{Width: tc.w, Height: tc.h, Messages: 30})
		d.Press(`/`)
		d.Free("in:sms is:inbound -has:file")
		d.Press("Enter")
		last := func(s string) string {
			lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
			return lines[len(lines)-1]
		}
		d.See(" sms ")
		d.See(strings.ReplaceAll(strings.Join(tc.text, ""), "next unread", "next match"))
		d.Until("no "+tc.not+" beside how the account stands", func(s string) bool {
			return tc.not == "" || !strings.Contains(last(s), tc.not)
		})
		d.Press("g v")
		d.See(tc.mail...)
		if foot := last(d.Screen()); strings.Contains(foot, "r reply") {
			t.Errorf("%d wide: %s", tc.w, foot)
		}
		d.Press("g s")
		d.See(" Texts ", "r reply  e done")
		d.Press("r")
		d.See("Text to ", "answers the ")
	}
}
