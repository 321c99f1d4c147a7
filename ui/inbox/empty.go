package inbox

import (
	"switchboard/keymap"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// whereDone is where the items have gone.
func (m *Model) whereDone() string {
	if keys := m.env.Keys.Keys(keymap.ScopeGlobal, keymap.GoDone); len(keys) > 0 {
		return keys[0] + " shows what is done."
	}
	return "What is done is in the list Done."
}

// waitingWords keeps an empty list from looking finished while it may not be: the first
// sync still runs, or the service cannot be asked. Where it is asked at intervals, it
// says as of when the list is empty.
func (m *Model) waitingWords(w int) (out []string) {
	text, of := "", ""
	for _, st := range m.env.Status {
		switch st.Phase {
		case "live", "":
			continue
		case "polling":
			if !st.Synced.IsZero() {
				of = "As of " + screen.Clock(st.Synced, m.env.Now(), m.env.Location) + "; the service is asked every " + screen.Every(st.Every) + "."
			}
			continue
		}
		text = "But " + m.env.Account(st.Account) + " is " + screen.PhaseWords(st, m.env.Now(), m.env.Location) + ": there may be more."
		break
	}
	if text == "" {
		text = of
	}
	if text == "" {
		return nil
	}
	for _, part := range kit.Wrap(text, max(w-lead-2, 10)) {
		out = append(out, kit.Space(lead)+part)
	}
	return out
}
