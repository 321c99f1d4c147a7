package inbox

import (
	"slices"
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
	"switchboard/ui/screen"
)

// longestTag is how many cells of a name or a label a row has room for.
const longestTag = 14

// tags is what colleagues have said of a message, before its own words: until when it
// sleeps, who has it, its labels.
func (m *Model) tags(r store.Row) string {
	if r.State != store.Snoozed && r.Claim == "" && len(r.Labels) == 0 {
		return ""
	}
	var out []string
	if r.State == store.Snoozed {
		out = append(out, "until "+screen.Clock(r.Until, m.env.Now(), m.env.Location))
	}
	if r.Claim != "" {
		who := r.Claim
		if m.mine(who) {
			who = "you"
		}
		out = append(out, "@"+kit.Cut(screen.Flat(who), longestTag))
	}
	for _, l := range slices.Sorted(slices.Values(r.Labels)) {
		out = append(out, "#"+kit.Cut(screen.Flat(l), longestTag))
	}
	return strings.Join(out, " ")
}
