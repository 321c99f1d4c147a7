package screen

import (
	"slices"
	"strings"

	"switchboard/store"
	"switchboard/ui/kit"
)

// longestTag is how many cells of a name or a label a row has room for.
const longestTag = 14

// Tags is what colleagues have said of a message, before its own words: until when it
// sleeps, who has it, its labels.
func (e *Env) Tags(r store.Row) string {
	if r.State != store.Snoozed && r.Claim == "" && len(r.Labels) == 0 {
		return ""
	}
	var out []string
	if r.State == store.Snoozed {
		out = append(out, "until "+Clock(r.Until, e.Now(), e.Location))
	}
	if r.Claim != "" {
		who := r.Claim
		if e.Mine(who) {
			who = "you"
		}
		out = append(out, "@"+kit.Cut(Flat(who), longestTag))
	}
	for _, l := range slices.Sorted(slices.Values(r.Labels)) {
		out = append(out, "#"+kit.Cut(Flat(l), longestTag))
	}
	return strings.Join(out, " ")
}

// Mine reports whether a claim is one's own.
func (e *Env) Mine(claim string) bool {
	if claim == e.Actor {
		return claim != ""
	}
	for _, name := range e.Names {
		if claim != "" && claim == name {
			return true
		}
	}
	return false
}
