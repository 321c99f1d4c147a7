package store

import (
	"cmp"
	"slices"
	"time"
)

// sortEntries puts entries in the order in which [Fold] takes them.
func sortEntries(es []Entry) {
	slices.SortFunc(es, func(a, b Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key))
	})
}

// JournalWords says of each of some entries what was done, for people: "marked it done",
// "took back: snoozed it until Mon 23 Nov 09:00". Times are those of loc. What an entry
// takes back is told if that is among them.
func JournalWords(es []Entry, loc *time.Location) []string {
	if loc == nil {
		loc = time.Local
	}
	by := make(map[string]Entry, len(es))
	for _, e := range es {
		by[e.Key] = e
	}
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = entryWords(e, by, loc, 0)
	}
	return out
}

// entryWords goes back along what entries take back; depth breaks a circle, which no
// honest program writes.
func entryWords(e Entry, by map[string]Entry, loc *time.Location, depth int) string {
	if e.Undoes == "" || depth > 8 {
		return verbWords(e, loc)
	}
	x, ok := by[e.Undoes]
	did := "something"
	if ok {
		did = entryWords(x, by, loc, depth+1)
	}
	switch {
	case e.Verb == EntryRefused:
		return "the service refused: " + did + inBrackets(e.Value)
	case ok && x.Undoes != "" && x.Verb == EntryUndo:
		if y, ok := by[x.Undoes]; ok {
			return "did it again: " + entryWords(y, by, loc, depth+2)
		}
	}
	return "took back: " + did
}

func inBrackets(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

// verbWords is an entry by itself.
func verbWords(e Entry, loc *time.Location) string {
	switch e.Verb {
	case EntrySnooze:
		if t, err := time.Parse(time.RFC3339, e.Value); err == nil {
			return "snoozed it until " + t.In(loc).Format("Mon 2 Jan 15:04")
		}
		return "snoozed it"
	case EntryClaim:
		if e.Value != "" && e.Value != e.Actor {
			return "handed it to " + e.Value
		}
		return "claimed it"
	case EntryHold:
		switch e.Value {
		case "":
			return "no longer holds it here"
		case holdValue:
			return "holds it on this machine"
		}
		return "holds it on this machine: " + e.Value
	}
	words := map[string][2]string{ // alone, and before the value
		EntryDone: {"marked it done", ""}, EntryReopen: {"opened it again", ""}, EntryRelease: {"released it", ""},
		EntryNote: {"wrote a note", "wrote: "}, EntryLabel: {"added a label", "added the label "}, EntryUnlabel: {"took a label off", "took off the label "},
		EntryRead: {"marked it read", ""}, EntryUnread: {"marked it unread", ""}, EntryDelete: {"moved it to the trash", ""},
		EntryRestore: {"took it out of the trash", ""}, EntryReply: {"answered it", "answered with "}, EntryForward: {"sent it on", "sent it on: "},
		EntryCall: {"called", "called "}, EntryBlock: {"blocked the number", "blocked "}, EntryUnblock: {"unblocked the number", "unblocked "},
		EntrySave: {"saved its files", "saved its files to "}, EntryExport: {"exported it", "exported it to "}, EntryPrint: {"printed it", "printed it: "},
		EntryPipe: {"handed it to a program", "handed it to "}, EntryArchive: {"took it in from the service", "took it in from the service: "},
		EntryDrop: {"the service has it no longer", "the service has it no longer: "},
	}
	w, ok := words[e.Verb]
	switch {
	case !ok && e.Value != "":
		return e.Verb + " " + e.Value
	case !ok:
		return e.Verb
	case e.Value != "" && w[1] != "":
		return w[1] + e.Value
	}
	return w[0]
}
