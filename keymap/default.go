package keymap

// layer is the keys of one scope: pairs of a key and its action.
type layer struct {
	scope Scope
	keys  [][2]string
}

// Default is the map the program ships. "What happens when I press X?" One row
// here names the action; one search for its constant finds the code.
func Default() Map { return build(defaults()) }

func defaults() []layer {
	return []layer{
		globalKeys(), listKeys(), triageKeys(),
		mediaKeys(),
		{ScopeAttach, [][2]string{{"J", "next-item"}, {"K", "previous-item"}, {"d", "remove-local"}, {"f", "forward"}, {"%", "same-file"}}},
		{ScopeResults, [][2]string{{"w", "save-view"}}},
		callKeys(),
		contactKeys(),
		presenceKeys(),
		groupKeys(),
		{ScopeMailboxes, [][2]string{{"Space", "choose-mailbox"}, {"J", "next-item"}, {"K", "previous-item"}}},
		{ScopeDrafts, [][2]string{{"d", "drop-draft"}, {"#", "drop-draft"}, {"J", "next-item"}, {"K", "previous-item"}}},
		{ScopeJobs, [][2]string{{"Space", "job-pause"}, {"d", "job-cancel"}, {"f", "job-retry"}}},
		{ScopeHelp, [][2]string{
			{"j", "down"},
			{"k", "up"},
			{"Down", "down"},
			{"Up", "up"},
			{"g g", "top"},
			{"G", "bottom"},
			{"Home", "top"},
			{"End", "bottom"},
			{"PgDn", "page-down"},
			{"PgUp", "page-up"},
			{"C-d", "half-page-down"},
			{"C-u", "half-page-up"},
			{"Space", "page-down"},
			{"/", "search"},
			{"?", "help"},
			{"q", "back"},
			{"Esc", "cancel"},
			{"C-c", "interrupt"},
		}},
		{ScopeSearchBox, append(historyKeys(), textKeys()...)},
		{ScopePalette, append([][2]string{{"Up", "up"}, {"Down", "down"}, {"C-n", "down"}, {"C-p", "up"}}, textKeys()...)},
		{ScopePrompt, append(historyKeys(), textKeys()...)},
		composerKeys(),
	}
}

func globalKeys() layer {
	return layer{ScopeGlobal, [][2]string{
		{"?", "help"},
		{"C-k", "palette"},
		{":", "command-line"},
		{"/", "search"},
		{"\\", "filter"},
		{"Esc", "cancel"},
		{"q", "back"},
		{"C-c", "interrupt"},
		{"C-z", "suspend"},
		{"C-l", "redraw"},
		{"F5", "refresh"},
		{"u", "undo"},
		{"C-r", "redo"},
		{".", "repeat"},
		{"Tab", "next-pane"},
		{"S-Tab", "previous-pane"},
		{"h", "pane-left"},
		{"l", "pane-right"},
		{"1", "view-1"},
		{"2", "view-2"},
		{"3", "view-3"},
		{"4", "view-4"},
		{"5", "view-5"},
		{"6", "view-6"},
		{"7", "view-7"},
		{"8", "view-8"},
		{"9", "view-9"},
		{"g i", "go-inbox"},
		{"g v", "go-voicemail"},
		{"g f", "go-fax"},
		{"g s", "go-sms"},
		{"g e", "go-mail"},
		{"g a", "go-attachments"},
		{"g d", "go-done"},
		{"g m", "go-mine"},
		{"g x", "go-trash"},
		{"g j", "go-jobs"},
		{"g l", "go-calls"},
		{"g c", "go-contacts"},
		{"g p", "go-presence"},
		{"g t", "go-groups"},
		{"g w", "go-mailboxes"},
		{"g u", "go-unclaimed"},
		{"g z", "go-snoozed"},
		{"g o", "go-drafts"},
		{"W", "do-not-disturb"},
		{"c", "compose"},
		{"Q", "record-macro"},
		{"@", "run-macro"},
	}}
}

func listKeys() layer {
	return layer{ScopeList, [][2]string{
		{"j", "down"},
		{"k", "up"},
		{"Down", "down"},
		{"Up", "up"},
		{"g g", "top"},
		{"G", "bottom"},
		{"Home", "top"},
		{"End", "bottom"},
		{"PgDn", "page-down"},
		{"PgUp", "page-up"},
		{"C-d", "half-page-down"},
		{"C-u", "half-page-up"},
		{"Enter", "open"},
		{"n", "next-unread"},
		{"N", "previous-unread"},
		{"x", "mark"},
		{"v", "mark-range"},
		{"*", "mark-all"},
		{"o", "open-outside"},
		{"y", "copy-number"},
		{"Y", "copy-text"},
		{"i", "info"},
		{"s", "save"},
		{"S", "save-marked"},
		{"O", "sort"},
		{"|", "pipe"},
		{"p", "print"},
	}}
}

// mediaKeys follow one rule for sound and pages: arrows move through it,
// brackets change rate or orientation, plus and minus loudness or size, the
// equals sign resets.
func mediaKeys() layer {
	return layer{ScopeMedia, [][2]string{
		{"Space", "play"},
		{"Left", "media-back"},
		{"Right", "media-forward"},
		{"[", "media-slower"},
		{"]", "media-faster"},
		{"-", "media-less"},
		{"+", "media-more"},
		{"=", "media-reset"},
		{"0", "media-start"},
		{"S-Left", "pan-left"},
		{"S-Right", "pan-right"},
		{"S-Up", "pan-up"},
		{"S-Down", "pan-down"},
		{", f", "fit"},
		{", g", "go-to-page"},
		{", /", "find-in-file"},
		{", s", "skip-silence"},
		{", t", "transcript"},
		{", o", "read-page"},
		{", a", "annotate"},
		{", k", "contrast"},
		{", w", "waveform"},
		{", p", "pick-pages"},
		{", v", "verify-file"},
		{", i", "graphics"},
		{", y", "copy-path"},
		{", c", "add-contact"},
	}}
}

func triageKeys() layer {
	return layer{ScopeTriage, [][2]string{
		{"e", "done"},
		{"E", "done-note"},
		{"m", "note"},
		{"U", "toggle-read"},
		{"d", "delete"},
		{"#", "delete"},
		{"b", "call-back"},
		{"a", "claim"},
		{"A", "assign"},
		{"z", "snooze"},
		{"Z", "snooze-work-day"},
		{"t", "labels"},
		{"H", "hold"},
		{"!", "block"},
		{"r", "reply"},
		{"R", "reply-canned"},
		{"f", "forward"},
		{"J", "next-item"},
		{"K", "previous-item"},
		{"%", "linked"},
		{"X", "export"},
	}}
}

// callKeys are those of the call log, beside those of every list of items.
func callKeys() layer {
	return layer{ScopeCalls, [][2]string{
		{"C", "company-calls"},
	}}
}

// contactKeys are those of the contacts. What a list does anyway (open, copy, mark,
// save, open outside) works there too: o is the editor, s and S write vCards.
func contactKeys() layer {
	return layer{ScopeContacts, [][2]string{
		{"+", "add-contact"},
		{"-", "remove-contact"},
		{"d", "remove-contact"},
		{"#", "remove-contact"},
		{"e", "edit-contact"},
		{"F", "favorite"},
		{", f", "favorites-only"},
		{", s", "contact-source"},
		{"D", "duplicates"},
		{"I", "import-cards"},
		{"f", "send-card"},
		{"r", "reply"},
		{"!", "block"},
		{"b", "call-back"},
		{"m", "note"},
		{"J", "next-item"},
		{"K", "previous-item"},
	}}
}

// presenceKeys are those of the screen of who is there. One's own status, calls and
// message follow a comma.
func presenceKeys() layer {
	return layer{ScopePresence, [][2]string{
		{"+", "watch"},
		{"-", "unwatch"},
		{"a", "join-queue"},
		{"b", "call-back"},
		{"r", "direct-message"},
		{", s", "set-status"},
		{", d", "set-calls"},
		{", m", "status-message"},
		{"J", "next-item"},
		{"K", "previous-item"},
	}}
}

// groupKeys are those of the chats. What is done with a chat as a whole, and seldom,
// follows a comma. A post is worked off as in the inbox; where that key is the chat's own,
// with a comma and the letter in capitals.
func groupKeys() layer {
	return layer{ScopeGroups, [][2]string{
		{"Space", "play"},
		{"r", "reply-post"},
		{"b", "call-back"},
		{"R", "reply-canned"},
		{"f", "forward"},
		{"e", "chat-read"},
		{"U", "unread-from"},
		{"J", "next-item"},
		{"K", "previous-item"},
		{"d", "delete-post"},
		{"#", "delete-post"},
		{", t", "thread"},
		{"+", "react"},
		{"A", "add-members"},
		{", e", "edit-post"},
		{", d", "new-chat"},
		{", n", "new-team"},
		{", j", "join-team"},
		{", l", "leave-team"},
		{", x", "remove-members"},
		{", m", "members"},
		{", u", "upload-file"},
		{", E", "done"},
		{"E", "done-note"},
		{"m", "note"},
		{", U", "toggle-read"},
		{"a", "claim"},
		{", A", "assign"},
		{"z", "snooze"},
		{"Z", "snooze-work-day"},
		{"t", "labels"},
		{"H", "hold"},
		{"!", "block"},
	}}
}

// composerKeys are those of what is written over several lines. Enter sends and Esc
// leaves, whatever is bound to them.
func composerKeys() layer {
	return layer{ScopeComposer, [][2]string{
		{"Enter", "send-post"},
		{"M-Enter", "new-line"},
		{"C-j", "new-line"},
		{"Tab", "complete"},
		{"M-a", "attach-file"},
		{"S-Tab", "previous-field"},
		{"C-t", "templates"},
		{"M-c", "cover-page"},
		{"M-s", "send-later"},
		{"C-o", "edit-outside"},
		{"C-u", "clear-line"},
		{"C-w", "delete-word"},
		{"Esc", "cancel"},
		{"C-c", "interrupt"},
	}}
}

func historyKeys() [][2]string {
	return [][2]string{{"Up", "history-back"}, {"Down", "history-forward"}}
}

// textKeys are those of every line of text. Enter and Esc are fixed: an
// override cannot take them, so nobody can lock themselves into a prompt.
func textKeys() [][2]string {
	return [][2]string{
		{"Enter", "submit"},
		{"Esc", "cancel"},
		{"C-c", "interrupt"},
		{"Tab", "complete"},
		{"C-u", "clear-line"},
		{"C-w", "delete-word"},
		{"C-r", "history-search"},
	}
}

// View names a stack of scopes that is on the screen together.
type View string

// The views.
const (
	ViewInbox     View = "inbox"
	ViewAttach    View = "attachment pane"
	ViewResults   View = "search results"
	ViewJobs      View = "jobs"
	ViewCalls     View = "call log"
	ViewContacts  View = "contacts"
	ViewPresence  View = "presence"
	ViewGroups    View = "groups"
	ViewMailboxes View = "mailboxes"
	ViewDrafts    View = "drafts"
	ViewHelp      View = "help"
	ViewSearchBox View = "search box"
	ViewPalette   View = "command palette"
	ViewPrompt    View = "prompt"
	ViewComposer  View = "composer"
)

// Views lists them.
func Views() []View {
	return []View{
		ViewInbox, ViewAttach, ViewResults, ViewJobs, ViewCalls, ViewContacts, ViewPresence, ViewGroups, ViewMailboxes, ViewDrafts,
		ViewHelp, ViewSearchBox, ViewPalette, ViewPrompt, ViewComposer,
	}
}

// Stack is the scopes of a view, outermost first: what Press and Help take.
func Stack(v View) []Scope {
	switch v {
	case ViewInbox:
		return []Scope{ScopeGlobal, ScopeList, ScopeTriage, ScopeMedia}
	case ViewAttach:
		return []Scope{ScopeGlobal, ScopeList, ScopeMedia, ScopeAttach}
	case ViewResults:
		return []Scope{ScopeGlobal, ScopeList, ScopeTriage, ScopeMedia, ScopeResults}
	case ViewJobs:
		return []Scope{ScopeGlobal, ScopeList, ScopeJobs}
	case ViewCalls:
		return []Scope{ScopeGlobal, ScopeList, ScopeTriage, ScopeMedia, ScopeCalls}
	case ViewContacts:
		return []Scope{ScopeGlobal, ScopeList, ScopeContacts}
	case ViewPresence:
		return []Scope{ScopeGlobal, ScopeList, ScopePresence}
	case ViewGroups:
		return []Scope{ScopeGlobal, ScopeList, ScopeGroups}
	case ViewMailboxes:
		return []Scope{ScopeGlobal, ScopeList, ScopeMailboxes}
	case ViewDrafts:
		return []Scope{ScopeGlobal, ScopeList, ScopeDrafts}
	case ViewHelp:
		return []Scope{ScopeHelp}
	case ViewSearchBox:
		return []Scope{ScopeSearchBox}
	case ViewPalette:
		return []Scope{ScopePalette}
	case ViewPrompt:
		return []Scope{ScopePrompt}
	case ViewComposer:
		return []Scope{ScopeComposer}
	}
	return []Scope{ScopeGlobal}
}
