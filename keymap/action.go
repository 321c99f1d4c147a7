package keymap

// Action names something a person can do. The names are what a config file
// uses; they do not change between versions.
type Action string

// Moving in a list.
const (
	Down           Action = "down"
	Up             Action = "up"
	Top            Action = "top"
	Bottom         Action = "bottom"
	PageDown       Action = "page-down"
	PageUp         Action = "page-up"
	HalfPageDown   Action = "half-page-down"
	HalfPageUp     Action = "half-page-up"
	NextUnread     Action = "next-unread"
	PreviousUnread Action = "previous-unread"
	NextItem       Action = "next-item"
	PreviousItem   Action = "previous-item"
)

// Panes and places.
const (
	NextPane      Action = "next-pane"
	PreviousPane  Action = "previous-pane"
	PaneLeft      Action = "pane-left"
	PaneRight     Action = "pane-right"
	GoInbox       Action = "go-inbox"
	GoVoicemail   Action = "go-voicemail"
	GoFax         Action = "go-fax"
	GoMail        Action = "go-mail"
	GoSMS         Action = "go-sms"
	GoDone        Action = "go-done"
	GoTrash       Action = "go-trash"
	GoAttachments Action = "go-attachments"
	GoJobs        Action = "go-jobs"
	GoCalls       Action = "go-calls"
	GoContacts    Action = "go-contacts"
	GoPresence    Action = "go-presence"
	GoGroups      Action = "go-groups"
	GoMailboxes   Action = "go-mailboxes"
	GoUnread      Action = "go-unread"
	GoUnclaimed   Action = "go-unclaimed"
	GoSnoozed     Action = "go-snoozed"
	GoDrafts      Action = "go-drafts"
	GoMine        Action = "go-mine"
	View1         Action = "view-1"
	View2         Action = "view-2"
	View3         Action = "view-3"
	View4         Action = "view-4"
	View5         Action = "view-5"
	View6         Action = "view-6"
	View7         Action = "view-7"
	View8         Action = "view-8"
	View9         Action = "view-9"
)

// Finding, and the program itself.
const (
	Search      Action = "search"
	Filter      Action = "filter"
	Help        Action = "help"
	OpenPalette Action = "palette"
	CommandLine Action = "command-line"
	Undo        Action = "undo"
	Redo        Action = "redo"
	Repeat      Action = "repeat"
	Refresh     Action = "refresh"
	Redraw      Action = "redraw"
	Suspend     Action = "suspend"
	Cancel      Action = "cancel"
	Back        Action = "back"
	Interrupt   Action = "interrupt"
	Quit        Action = "quit"
)

// With the item under the cursor, or the marked ones.
const (
	Open        Action = "open"
	Mark        Action = "mark"
	MarkRange   Action = "mark-range"
	MarkAll     Action = "mark-all"
	OpenOutside Action = "open-outside"
	CopyNumber  Action = "copy-number"
	CopyText    Action = "copy-text"
	ShowInfo    Action = "info"
	Save        Action = "save"
	SaveMarked  Action = "save-marked"
	Sort        Action = "sort"
	Done        Action = "done"
	DoneNote    Action = "done-note"
	AddNote     Action = "note"
	ToggleRead  Action = "toggle-read"
	Delete      Action = "delete"
	CallBack    Action = "call-back"
	Claim       Action = "claim"
	Assign      Action = "assign"
	Snooze      Action = "snooze"
	SnoozeDay   Action = "snooze-work-day"
	Labels      Action = "labels"
	Hold        Action = "hold"
	Block       Action = "block"
	Reply       Action = "reply"
	ReplyCanned Action = "reply-canned"
	Forward     Action = "forward"
	SaveView    Action = "save-view"
)

// Attachments and downloads.
const (
	Play         Action = "play"
	MediaBack    Action = "media-back"
	MediaForward Action = "media-forward"
	MediaSlower  Action = "media-slower"
	MediaFaster  Action = "media-faster"
	MediaLess    Action = "media-less"
	MediaMore    Action = "media-more"
	MediaReset   Action = "media-reset"
	MediaStart   Action = "media-start"
	PanLeft      Action = "pan-left"
	PanRight     Action = "pan-right"
	PanUp        Action = "pan-up"
	PanDown      Action = "pan-down"
	FitPage      Action = "fit"
	GoToPage     Action = "go-to-page"
	FindInFile   Action = "find-in-file"
	SkipSilence  Action = "skip-silence"
	Transcript   Action = "transcript"
	ReadPage     Action = "read-page"
	Annotate     Action = "annotate"
	Contrast     Action = "contrast"
	Waveform     Action = "waveform"
	PickPages    Action = "pick-pages"
	VerifyFile   Action = "verify-file"
	Graphics     Action = "graphics"
	CopyPath     Action = "copy-path"
	Pipe         Action = "pipe"
	Print        Action = "print"
	RemoveLocal  Action = "remove-local"
	SameFile     Action = "same-file"
	JobPause     Action = "job-pause"
	JobCancel    Action = "job-cancel"
	JobRetry     Action = "job-retry"
)

// With calls.
const (
	GoLinked     Action = "linked"
	CompanyCalls Action = "company-calls"
	Export       Action = "export"
)

// With presence.
const (
	WatchPerson   Action = "watch"
	UnwatchPerson Action = "unwatch"
	JoinQueue     Action = "join-queue"
	DirectMessage Action = "direct-message"
	SetStatus     Action = "set-status"
	SetCalls      Action = "set-calls"
	SetMessage    Action = "status-message"
	ToggleDND     Action = "do-not-disturb"
)

// With mailboxes.
const ChooseMailbox Action = "choose-mailbox"

// With contacts.
const (
	AddContact    Action = "add-contact"
	RemoveContact Action = "remove-contact"
	EditContact   Action = "edit-contact"
	Favorite      Action = "favorite"
	FavoritesOnly Action = "favorites-only"
	ContactSource Action = "contact-source"
	Duplicates    Action = "duplicates"
	ImportCards   Action = "import-cards"
	SendCard      Action = "send-card"
)

// In the chats.
const (
	ReplyPost     Action = "reply-post"
	EditPost      Action = "edit-post"
	DeletePost    Action = "delete-post"
	ShowThread    Action = "thread"
	React         Action = "react"
	ChatRead      Action = "chat-read"
	UnreadFrom    Action = "unread-from"
	NewChat       Action = "new-chat"
	NewTeam       Action = "new-team"
	JoinTeam      Action = "join-team"
	LeaveTeam     Action = "leave-team"
	AddMembers    Action = "add-members"
	RemoveMembers Action = "remove-members"
	ChatMembers   Action = "members"
	UploadFile    Action = "upload-file"
	HandOver      Action = "hand-over"
)

// Where something is written.
const (
	Compose     Action = "compose"
	SendPost    Action = "send-post"
	NewLine     Action = "new-line"
	AttachFile  Action = "attach-file"
	EditOutside Action = "edit-outside"
	Templates   Action = "templates"
	CoverPage   Action = "cover-page"
	SendLater   Action = "send-later"
	PriorField  Action = "previous-field"
	DropDraft   Action = "drop-draft"
)

// Keys that press keys.
const (
	RecordMacro Action = "record-macro"
	RunMacro    Action = "run-macro"
)

// In a line of text.
const (
	Submit         Action = "submit"
	Complete       Action = "complete"
	HistoryBack    Action = "history-back"
	HistoryForward Action = "history-forward"
	HistorySearch  Action = "history-search"
	ClearLine      Action = "clear-line"
	DeleteWord     Action = "delete-word"
)

// Scope is a set of keys that holds together: a screen's keys are a stack of
// them.
type Scope string

// The scopes.
const (
	ScopeGlobal    Scope = "global"
	ScopeList      Scope = "list"
	ScopeTriage    Scope = "triage"
	ScopeMedia     Scope = "media"
	ScopeAttach    Scope = "attach"
	ScopeResults   Scope = "results"
	ScopeJobs      Scope = "jobs"
	ScopeCalls     Scope = "calls"
	ScopeContacts  Scope = "contacts"
	ScopePresence  Scope = "presence"
	ScopeGroups    Scope = "groups"
	ScopeMailboxes Scope = "mailboxes"
	ScopeDrafts    Scope = "drafts"
	ScopeHelp      Scope = "help"
	ScopeSearchBox Scope = "searchbox"
	ScopePalette   Scope = "palette"
	ScopePrompt    Scope = "prompt"
	ScopeComposer  Scope = "composer"
)

// Scopes lists every scope, in the order help shows them.
func Scopes() []Scope {
	return []Scope{
		ScopeGlobal, ScopeList, ScopeTriage, ScopeMedia, ScopeAttach, ScopeResults, ScopeJobs,
		ScopeCalls, ScopeContacts, ScopePresence, ScopeGroups, ScopeMailboxes, ScopeDrafts, ScopeHelp,
		ScopeSearchBox, ScopePalette, ScopePrompt, ScopeComposer,
	}
}

// Group is the section of the help an action stands in.
type Group string

// The groups, in the order of Groups.
const (
	GroupMove     Group = "Move"
	GroupGo       Group = "Go to"
	GroupFind     Group = "Find"
	GroupMark     Group = "Mark"
	GroupTriage   Group = "Work off"
	GroupSend     Group = "Write and send"
	GroupFiles    Group = "Files"
	GroupMedia    Group = "Play and page"
	GroupJobs     Group = "Downloads and sends"
	GroupPeople   Group = "Contacts"
	GroupPresence Group = "Who is there"
	GroupChats    Group = "Chats"
	GroupEdit     Group = "In a line of text"
	GroupOwn      Group = "Your own"
	GroupSelf     Group = "Program"
)

// Groups lists the groups in the order help shows them.
func Groups() []Group {
	return []Group{
		GroupTriage, GroupSend, GroupOwn, GroupPeople, GroupPresence, GroupChats, GroupMedia, GroupFiles, GroupFind, GroupMark, GroupMove, GroupGo, GroupJobs, GroupEdit, GroupSelf,
	}
}

// Info is what there is to say about an action.
type Info struct {
	Action Action
	Scopes []Scope // where it can be bound
	Group  Group
	Words  string // what it does, for help and palette: "Mark done and go to the next"
	Short  string // one or two words for the footer: "done"
	Tip    string // what a beginner would not guess; may be empty

	Dangerous bool // cannot be taken back: asks first
	Bulk      bool // works on all marked items where there are any
}

func (in Info) allows(s Scope) bool {
	for _, x := range in.Scopes {
		if x == s {
			return true
		}
	}
	return false
}

// Find is the entry of an action in All.
func Find(a Action) (Info, bool) {
	for _, in := range All() {
		if in.Action == a {
			return in, true
		}
	}
	return Info{}, false
}
