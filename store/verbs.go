package store

import (
	"fmt"
	"strings"
)

// Verb names something a person can do to items.
type Verb string

// The verbs. Read, unread, delete and restore change the service; the others
// are kept in the ledger, apart from call, which rings.
const (
	VerbRead    Verb = "read"
	VerbUnread  Verb = "unread"
	VerbDelete  Verb = "delete"
	VerbRestore Verb = "restore"
	VerbDone    Verb = "done"
	VerbReopen  Verb = "reopen"
	VerbNote    Verb = "note"    // Change.Text: the note
	VerbSnooze  Verb = "snooze"  // Change.Text: until when, RFC 3339
	VerbClaim   Verb = "claim"   // Change.Who: for whom; empty: oneself
	VerbRelease Verb = "release" // nobody's again
	VerbLabel   Verb = "label"   // Change.Text: one word
	VerbUnlabel Verb = "unlabel" // Change.Text: one word
	VerbLabels  Verb = "labels"  // Change.Text: words to set, and with a minus before them to take off
	VerbHold    Verb = "hold"    // Change.Text: why, or empty; it stays on this machine
	VerbUnhold  Verb = "unhold"  // no longer
	VerbCall    Verb = "call"    // Change.Text: a number; empty: that of the item
)

// facet is the value of an item that a verb changes. Two operations meet only
// where they change the same one.
type facet uint8

const (
	facetNone facet = iota // adds something and changes nothing
	facetRead
	facetAvailability
	facetState
	facetClaim
	facetLabels
	facetHold
)

// verbInfo says how a verb works and how it is talked about.
type verbInfo struct {
	remote  bool // the service has to be told
	facet   facet
	inverse Verb   // what takes it back at the service; remote verbs only
	entry   string // verb of the ledger entry; local verbs only
	past    string // with %s for the items: "Marked %s done"
	inf     string // likewise: "mark %s done"
	already string // "is already done"
	restore string // after a roll-back: "It counts as unread again."
}

// infoOf looks a verb up.
func infoOf(v Verb) (verbInfo, error) {
	switch v {
	case VerbRead:
		return verbInfo{true, facetRead, VerbUnread, "", "Marked %s read", "mark %s read", "already read", "Shown as unread again"}, nil
	case VerbUnread:
		return verbInfo{true, facetRead, VerbRead, "", "Marked %s unread", "mark %s unread", "already unread", "Shown as read again"}, nil
	case VerbDelete:
		return verbInfo{true, facetAvailability, VerbRestore, "", "Deleted %s", "delete %s", "already deleted", "Back in the list"}, nil
	case VerbRestore:
		return verbInfo{true, facetAvailability, VerbDelete, "", "Restored %s", "restore %s", "not in the trash", "Still in the trash"}, nil
	case VerbDone:
		return verbInfo{facet: facetState, entry: EntryDone, past: "Marked %s done", inf: "mark %s done", already: "already done"}, nil
	case VerbReopen:
		return verbInfo{facet: facetState, entry: EntryReopen, past: "Reopened %s", inf: "reopen %s", already: "open"}, nil
	case VerbNote:
		return verbInfo{entry: EntryNote, past: "Added a note to %s", inf: "add a note to %s"}, nil
	case VerbSnooze:
		return verbInfo{facet: facetState, entry: EntrySnooze, past: "Snoozed %s", inf: "snooze %s", already: "snoozed until then"}, nil
	case VerbClaim:
		return verbInfo{facet: facetClaim, entry: EntryClaim, past: "Claimed %s", inf: "claim %s", already: "already claimed"}, nil
	case VerbRelease:
		return verbInfo{facet: facetClaim, entry: EntryRelease, past: "Released %s", inf: "release %s", already: "not claimed"}, nil
	case VerbLabel:
		return verbInfo{facet: facetLabels, entry: EntryLabel, past: "Labelled %s", inf: "label %s", already: "already labelled so"}, nil
	case VerbUnlabel:
		return verbInfo{facet: facetLabels, entry: EntryUnlabel, past: "Removed the label of %s", inf: "remove the label of %s", already: "not labelled so"}, nil
	case VerbHold:
		return verbInfo{facet: facetHold, entry: EntryHold, past: "Holding %s on this machine", inf: "hold %s", already: "already held"}, nil
	case VerbUnhold:
		return verbInfo{facet: facetHold, entry: EntryHold, past: "No longer holding %s", inf: "stop holding %s", already: "not held"}, nil
	case VerbLabels:
		return verbInfo{facet: facetLabels, entry: EntryLabel, past: "Labelled %s", inf: "label %s", already: "already labelled so"}, nil
	case VerbCall:
		return verbInfo{past: "Calling %s", inf: "call %s"}, nil
	}
	return verbInfo{}, fmt.Errorf("%q is not something that can be done to an item", string(v))
}

// bare is what was done, for the end of a sentence that says that it was taken back or done
// again: neither of that is told of twice.
func bare(words string) string {
	for _, told := range []string{"Done again: ", "Taken back: "} {
		words = strings.TrimPrefix(words, told)
	}
	return lower(words)
}

// lower makes the first letter of a sentence small, to go on in another one.
func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// describe names items for a sentence: "the voicemail from Ana Lima", "3 faxes",
// "12 items".
func describe(ts []target) string {
	if len(ts) == 1 {
		return ts[0].words()
	}
	kind := ""
	for i, t := range ts {
		switch n := kindWord(t.kind); {
		case i == 0:
			kind = n
		case n != kind:
			return fmt.Sprintf("%d items", len(ts))
		}
	}
	switch {
	case kind == "":
		return fmt.Sprintf("%d items", len(ts))
	case strings.HasSuffix(kind, "x"):
		return fmt.Sprintf("%d %ses", len(ts), kind)
	}
	return fmt.Sprintf("%d %ss", len(ts), kind)
}

func kindWord(k Kind) string {
	switch k {
	case Voicemail:
		return "voicemail"
	case Fax:
		return "fax"
	case SMS, MMS:
		return "text"
	case Pager:
		return "page"
	case Call:
		return "call"
	case Post:
		return "post"
	case Email:
		return "email"
	}
	return ""
}

// words names one item: "the fax to +1 555 0100".
func (t target) words() string {
	kind := kindWord(t.kind)
	if kind == "" {
		kind = "item"
	}
	way := "from"
	if t.direction == Outbound {
		way = "to"
	}
	who := t.who.Display()
	if t.who.Blocked() {
		who = "a blocked caller"
	}
	return "the " + kind + " " + way + " " + who
}
