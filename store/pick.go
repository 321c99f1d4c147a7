package store

// Names of indexes, from the one that leaves least to the one that leaves most.
var indexOrder = []string{
	"items_pending", "items_failed", "items_dropped", "items_held", "items_label", "items_claim", "items_note", "items_trash", walkMark,
	"items_unread", "items_open", "items_snoozed", "items_outcome", "items_recorded", "items_linked", "items_returned", "items_missed",
	"items_answered", "items_calls", walkStatus, "items_kind", "items_length", "items_done", "items_messages",
}

// Names in indexOrder of the walks along mail_marks: how an e-mail stands leaves more of
// them than all else.
const (
	walkMark   = "mail_marks"
	walkStatus = "mail_marks, status"
)

// pick chooses the index to walk. Some of them leave out what is deleted.
func (p *plan) pick(usable map[string]bool, alive bool, marks []mark) {
	for _, name := range indexOrder {
		if p.pickMark(name, marks) {
			return
		}
		if !usable[name] {
			continue
		}
		switch name {
		case "items_pending", "items_failed", "items_dropped", "items_held", "items_label", "items_claim", "items_note", "items_trash", "items_messages":
		default:
			if !alive {
				continue
			}
		}
		switch name {
		case "items_open", "items_done", "items_snoozed":
			name = "items_state"
		}
		p.index = name
		return
	}
}

// pickMark chooses the condition on mail_marks to walk along when its turn among the
// indexes comes, and reports whether there is one.
func (p *plan) pickMark(name string, marks []mark) bool {
	if name != walkMark && name != walkStatus {
		return false
	}
	for i, m := range marks {
		if m.neg || m.many || (m.field == "status") != (name == walkStatus) {
			continue
		}
		if p.mark < 0 || marks[p.mark].field == "box" { // a mailbox has more than a tag
			p.mark = i
		}
	}
	return p.mark >= 0
}
