package store

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// TriageState is what a set of ledger entries comes to.
type TriageState struct {
	Decided bool      // whether State was decided at all, or is the item's own first state
	State   State     // if Decided
	Until   time.Time // if State is Snoozed
	Claim   string
	Labels  []string // sorted
	Notes   []Note   // oldest first
	Hold    bool
}

// At is the state at a time, for an item whose state was base before anybody
// decided anything. A snooze that has run out is open.
func (t TriageState) At(base State, now time.Time) (State, time.Time) {
	switch {
	case !t.Decided:
		return base, time.Time{}
	case t.State != Snoozed:
		return t.State, time.Time{}
	case t.Until.After(now):
		return Snoozed, t.Until
	}
	return StateOpen, time.Time{}
}

// Fold works out what entries about one item come to. It depends on the set of
// entries alone, not on their order: they are taken by time, then by key, so all
// machines that have the same entries agree. An entry that takes another back
// has no effect but that, and can be taken back itself.
func Fold(entries []Entry) TriageState {
	es := slices.Clone(entries)
	slices.SortFunc(es, func(a, b Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key))
	})
	es = slices.CompactFunc(es, func(a, b Entry) bool { return a.Key == b.Key })
	dead := undone(es)
	var t TriageState
	labels := map[string]bool{}
	for _, e := range es {
		if e.Undoes == "" && !dead[e.Key] {
			t.apply(e, labels)
		}
	}
	for l := range labels {
		t.Labels = append(t.Labels, l)
	}
	slices.Sort(t.Labels)
	return t
}

func (t *TriageState) apply(e Entry, labels map[string]bool) {
	switch e.Verb {
	case EntryDone:
		t.Decided, t.State = true, Done
	case EntryReopen:
		t.Decided, t.State = true, StateOpen
	case EntrySnooze:
		if until, err := time.Parse(time.RFC3339, e.Value); err == nil {
			t.Decided, t.State, t.Until = true, Snoozed, until
		}
	case EntryClaim:
		t.Claim = cmp.Or(e.Value, e.Actor)
	case EntryRelease:
		t.Claim = ""
	case EntryNote:
		t.Notes = append(t.Notes, Note{At: e.At, Actor: e.Actor, Text: e.Value})
	case EntryLabel:
		if l := label(e.Value); l != "" {
			labels[l] = true
		}
	case EntryUnlabel:
		delete(labels, label(e.Value))
	case EntryHold:
		t.Hold = e.Value != ""
	}
}

// Label is s as labels are kept: one lower-case word.
func Label(s string) string { return label(s) }

// label is one lower-case word: labels are kept in a column with spaces between.
func label(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(CleanLine(s))), "-")
}

// undone finds which entries are taken back: those that an entry which is itself
// in force takes back. Clocks differ, so the order of time says nothing here.
func undone(es []Entry) map[string]bool {
	by := map[string][]string{} // entry -> those that take it back
	for _, e := range es {
		if e.Undoes != "" {
			by[e.Undoes] = append(by[e.Undoes], e.Key)
		}
	}
	if len(by) == 0 {
		return nil
	}
	dead, seen := map[string]bool{}, map[string]bool{}
	var visit func(key string) bool
	visit = func(key string) bool {
		if seen[key] {
			return dead[key] // also breaks a circle, which no honest program writes
		}
		seen[key] = true
		for _, u := range by[key] {
			if !visit(u) {
				dead[key] = true
			}
		}
		return dead[key]
	}
	for _, e := range es { // in order, so that circles end alike everywhere
		visit(e.Key)
	}
	return dead
}
