package keymap

// All lists every action there is, in the order help and palette show them.
// The slice is the caller's own.
func All() []Info {
	var all []Info
	for _, part := range [][]Info{
		moveActions(), markActions(), triageActions(), workActions(), sendActions(), callActions(), contactActions(), presenceActions(), chatActions(), fileActions(), findActions(), goActions(), editActions(), macroActions(), selfActions(),
	} {
		all = append(all, part...)
	}
	return all
}

func moveActions() []Info {
	moving := []Scope{ScopeList, ScopeHelp}
	rows := []Scope{ScopeList, ScopeHelp, ScopePalette}
	list := []Scope{ScopeList}
	global := []Scope{ScopeGlobal}
	read := []Scope{ScopeTriage, ScopeAttach, ScopePresence, ScopeMailboxes, ScopeContacts, ScopeGroups, ScopeDrafts}
	return []Info{
		{Action: Down, Scopes: rows, Group: GroupMove, Words: "Move down", Short: "down"},
		{Action: Up, Scopes: rows, Group: GroupMove, Words: "Move up", Short: "up"},
		{Action: Top, Scopes: moving, Group: GroupMove, Words: "Go to the first row", Short: "top"},
		{Action: Bottom, Scopes: moving, Group: GroupMove, Words: "Go to the last row", Short: "bottom"},
		{Action: PageDown, Scopes: moving, Group: GroupMove, Words: "One page down", Short: "page down"},
		{Action: PageUp, Scopes: moving, Group: GroupMove, Words: "One page up", Short: "page up"},
		{Action: HalfPageDown, Scopes: moving, Group: GroupMove, Words: "Half a page down", Short: "half page down"},
		{Action: HalfPageUp, Scopes: moving, Group: GroupMove, Words: "Half a page up", Short: "half page up"},
		{
			Action: NextUnread, Scopes: list, Group: GroupMove, Words: "Next unread, or next match of a search", Short: "next unread",
			Tip: "Goes from the cursor towards newer items.",
		},
		{Action: PreviousUnread, Scopes: list, Group: GroupMove, Words: "Previous unread or match", Short: "previous"},
		{Action: NextItem, Scopes: read, Group: GroupMove, Words: "Next item, stay in this pane", Short: "next item"},
		{Action: PreviousItem, Scopes: read, Group: GroupMove, Words: "Previous item, stay in this pane", Short: "previous item"},
		{Action: NextPane, Scopes: global, Group: GroupMove, Words: "Next pane", Short: "pane"},
		{Action: PreviousPane, Scopes: global, Group: GroupMove, Words: "Previous pane", Short: "pane"},
		{Action: PaneLeft, Scopes: global, Group: GroupMove, Words: "Pane to the left", Short: "left"},
		{Action: PaneRight, Scopes: global, Group: GroupMove, Words: "Pane to the right", Short: "right"},
	}
}

func markActions() []Info {
	list := []Scope{ScopeList}
	return []Info{
		{
			Action: Mark, Scopes: list, Group: GroupMark, Words: "Mark or unmark", Short: "mark",
			Tip: "With marks set, done, delete, save and the like work on all marked items.",
		},
		{
			Action: MarkRange, Scopes: list, Group: GroupMark, Words: "Mark a range", Short: "range",
			Tip: "Press it at one end, move, press it again at the other.",
		},
		{Action: MarkAll, Scopes: list, Group: GroupMark, Words: "Mark all shown, or none", Short: "all"},
	}
}

func triageActions() []Info {
	triage := []Scope{ScopeTriage}
	items := []Scope{ScopeTriage, ScopeGroups}
	people := []Scope{ScopeTriage, ScopeContacts}
	return []Info{
		{
			Action: Done, Scopes: items, Group: GroupTriage, Words: "Done, and on to the next; reopen what is done", Short: "done", Bulk: true,
			Tip: "Takes an item out of the queue. Undo brings it back.",
		},
		{Action: DoneNote, Scopes: items, Group: GroupTriage, Words: "Done with a note", Short: "done + note", Bulk: true},
		{Action: AddNote, Scopes: append(items, ScopeContacts), Group: GroupTriage, Words: "Add a note", Short: "note", Bulk: true},
		{Action: ToggleRead, Scopes: items, Group: GroupTriage, Words: "Mark read or unread", Short: "read", Bulk: true},
		{
			Action: Delete, Scopes: triage, Group: GroupTriage, Words: "Delete: move to the trash", Short: "delete", Bulk: true,
			Tip: "Undo, or restore from the trash until the service purges it.",
		},
		{
			Action: CallBack, Scopes: append(people, ScopePresence, ScopeGroups), Group: GroupTriage, Words: "Call back", Short: "call",
			Tip: "Your own phone rings first; undo hangs up.",
		},
	}
}

// workActions are those of a team that shares a queue.
func workActions() []Info {
	items := []Scope{ScopeTriage, ScopeGroups}
	return []Info{
		{
			Action: Claim, Scopes: items, Group: GroupTriage, Words: "Claim for yourself, or release", Short: "claim", Bulk: true,
			Tip: "A claim is advice: it stops nobody, and nothing takes it back by itself.",
		},
		{Action: Assign, Scopes: items, Group: GroupTriage, Words: "Hand over to a colleague", Short: "assign", Bulk: true, Tip: "Tab goes on to a note."},
		{Action: Snooze, Scopes: items, Group: GroupTriage, Words: "Snooze until ...", Short: "snooze", Bulk: true},
		{Action: SnoozeDay, Scopes: items, Group: GroupTriage, Words: "Snooze to the next work day", Short: "next day", Bulk: true},
		{Action: Labels, Scopes: items, Group: GroupTriage, Words: "Set and take off labels", Short: "labels", Bulk: true},
		{
			Action: Hold, Scopes: items, Group: GroupTriage, Words: "Keep the local copy whatever happens, or no longer", Short: "hold", Bulk: true,
			Tip: "What is held is not removed from this machine by anything but you.",
		},
		{
			Action: Block, Scopes: append(items, ScopeContacts), Group: GroupTriage, Words: "Block the number", Short: "block", Dangerous: true,
			Tip: "The service turns it away from now on; what is here stays.",
		},
		{Action: SaveView, Scopes: []Scope{ScopeResults}, Group: GroupFind, Words: "Save this search as a view on a digit", Short: "save view"},
	}
}

// sendActions are those that begin something to send.
func sendActions() []Info {
	return []Info{
		{
			Action: Compose, Scopes: []Scope{ScopeGlobal}, Group: GroupSend, Words: "Write a text, a fax or a page to colleagues; in a chat, a post", Short: "write",
			Tip: "What you type is kept until it is sent, whatever happens.",
		},
		{
			Action: Reply, Scopes: []Scope{ScopeTriage, ScopeContacts}, Group: GroupSend, Words: "Answer: by text, a fax by fax, a post in its chat", Short: "reply",
			Tip: "Leaving keeps what was written as a draft.",
		},
		{Action: DropDraft, Scopes: []Scope{ScopeDrafts}, Group: GroupSend, Words: "Drop the draft", Short: "drop", Tip: "Undo brings it back."},
		{Action: ReplyCanned, Scopes: []Scope{ScopeTriage, ScopeGroups}, Group: GroupSend, Words: "Answer with a canned reply", Short: "canned"},
		{
			Action: Forward, Scopes: []Scope{ScopeTriage, ScopeAttach, ScopeGroups}, Group: GroupSend, Words: "Send on; send again what failed", Short: "send on",
			Tip: "A fax that is unchanged goes by reference, turned or picked pages as a new one.",
		},
	}
}

func macroActions() []Info {
	return []Info{
		{
			Action: RecordMacro, Scopes: []Scope{ScopeGlobal}, Group: GroupSelf, Words: "Record keys under a letter, or stop", Short: "record",
			Tip: "Then a letter; the footer says that keys are recorded.",
		},
		{Action: RunMacro, Scopes: []Scope{ScopeGlobal}, Group: GroupSelf, Words: "Press the keys recorded under a letter", Short: "macro"},
	}
}

func callActions() []Info {
	triage := []Scope{ScopeTriage}
	return []Info{
		{
			Action: GoLinked, Scopes: triage, Group: GroupTriage, Words: "The voicemail or fax of a call, or the call of a message, and back", Short: "linked",
			Tip: "Like a bracket and its match: the same key leads there and back.",
		},
		{
			Action: Export, Scopes: triage, Group: GroupFiles, Words: "Export the list, or what is marked, as CSV or JSON", Short: "export", Bulk: true,
			Tip: "The end of the file's name says which: .csv, .json or .jsonl.",
		},
		{
			Action: CompanyCalls, Scopes: []Scope{ScopeCalls}, Group: GroupFind, Words: "Your own calls, or those of the whole company", Short: "company",
			Tip: "Needs the permission to read the company's call log.",
		},
	}
}

func presenceActions() []Info {
	here := []Scope{ScopePresence}
	return []Info{
		{
			Action: ToggleDND, Scopes: []Scope{ScopeGlobal}, Group: GroupPresence, Words: "Do not disturb, or take calls again", Short: "DND",
			Tip: "No call rings you; undo takes it back.",
		},
		{Action: SetStatus, Scopes: here, Group: GroupPresence, Words: "Set your status: available, busy, invisible", Short: "status"},
		{Action: SetCalls, Scopes: here, Group: GroupPresence, Words: "Choose which calls ring you", Short: "calls"},
		{Action: SetMessage, Scopes: here, Group: GroupPresence, Words: "Write your status message", Short: "message", Tip: "At most 75 characters; an empty one removes it."},
		{Action: WatchPerson, Scopes: here, Group: GroupPresence, Words: "Watch somebody or a queue", Short: "watch"},
		{Action: UnwatchPerson, Scopes: here, Group: GroupPresence, Words: "Watch no longer", Short: "unwatch", Tip: "Undo brings them back."},
		{
			Action: ChooseMailbox, Scopes: []Scope{ScopeMailboxes}, Group: GroupTriage, Words: "Read this mailbox too, or no longer", Short: "read it",
			Tip: "The mailbox of a queue, a shared line or a colleague, if an administrator lets you.",
		},
		{Action: JoinQueue, Scopes: here, Group: GroupPresence, Words: "Take calls of the queue, or leave it", Short: "join/leave"},
		{Action: DirectMessage, Scopes: here, Group: GroupPresence, Words: "Write a direct message", Short: "write"},
	}
}

func contactActions() []Info {
	contacts := []Scope{ScopeContacts}
	return []Info{
		{
			Action: AddContact, Scopes: []Scope{ScopeContacts, ScopeMedia}, Group: GroupPeople, Words: "Add to the contacts", Short: "add",
			Tip: "On a message: the contact card that is shown, or who it is from.",
		},
		{Action: EditContact, Scopes: contacts, Group: GroupPeople, Words: "Change the contact", Short: "edit", Tip: "Or with open-outside, in your editor."},
		{Action: RemoveContact, Scopes: contacts, Group: GroupPeople, Words: "Remove from the contacts", Short: "remove", Bulk: true, Tip: "Undo brings it back."},
		{Action: Favorite, Scopes: contacts, Group: GroupPeople, Words: "Make a favourite, or not any more", Short: "favourite", Bulk: true},
		{Action: FavoritesOnly, Scopes: contacts, Group: GroupPeople, Words: "Only favourites, or all", Short: "favourites"},
		{Action: ContactSource, Scopes: contacts, Group: GroupPeople, Words: "Only your own, only the company's, or all", Short: "whose"},
		{Action: Duplicates, Scopes: contacts, Group: GroupPeople, Words: "Show those with the same number or address", Short: "duplicates"},
		{Action: ImportCards, Scopes: contacts, Group: GroupPeople, Words: "Import contacts from a vCard file", Short: "import"},
		{Action: SendCard, Scopes: contacts, Group: GroupPeople, Words: "Send as a contact card", Short: "send card"},
	}
}

func fileActions() []Info {
	list := []Scope{ScopeList}
	media := []Scope{ScopeMedia}
	jobs := []Scope{ScopeJobs}
	return []Info{
		{
			Action: Open, Scopes: list, Group: GroupFiles, Words: "Open", Short: "open",
			Tip: "Opening a message only looks at it; playing or opening a file marks it read.",
		},
		{
			Action: Play, Scopes: []Scope{ScopeMedia, ScopeGroups}, Group: GroupMedia, Words: "Play or pause, next page, scroll on", Short: "play",
			Tip: "Always goes on in what is shown. What was played or paged through counts as read.",
		},
		{Action: MediaBack, Scopes: media, Group: GroupMedia, Words: "Back 5 seconds, previous page", Short: "back"},
		{Action: MediaForward, Scopes: media, Group: GroupMedia, Words: "Forward 5 seconds, next page", Short: "forward"},
		{Action: MediaSlower, Scopes: media, Group: GroupMedia, Words: "Slower; turn the page left", Short: "slower", Tip: "The voice keeps its pitch; the turn is remembered."},
		{Action: MediaFaster, Scopes: media, Group: GroupMedia, Words: "Faster; turn the page right", Short: "faster"},
		{Action: MediaLess, Scopes: media, Group: GroupMedia, Words: "Quieter; smaller", Short: "quieter"},
		{Action: MediaMore, Scopes: media, Group: GroupMedia, Words: "Louder; larger", Short: "louder"},
		{Action: MediaReset, Scopes: media, Group: GroupMedia, Words: "Plain speed; the whole page", Short: "reset"},
		{Action: MediaStart, Scopes: media, Group: GroupMedia, Words: "From the beginning; first page", Short: "start"},
		{Action: GoToPage, Scopes: media, Group: GroupMedia, Words: "Go to a page or a time", Short: "go to"},
		{Action: FitPage, Scopes: media, Group: GroupMedia, Words: "Fit the width or the whole page", Short: "fit"},
		{Action: PanLeft, Scopes: media, Group: GroupMedia, Words: "Move over the page to the left", Short: "pan left"},
		{Action: PanRight, Scopes: media, Group: GroupMedia, Words: "Move over the page to the right", Short: "pan right"},
		{Action: PanUp, Scopes: media, Group: GroupMedia, Words: "Move up the page", Short: "pan up"},
		{Action: PanDown, Scopes: media, Group: GroupMedia, Words: "Move down the page", Short: "pan down"},
		{Action: Contrast, Scopes: media, Group: GroupMedia, Words: "More contrast, white on black, and back", Short: "contrast"},
		{Action: SkipSilence, Scopes: media, Group: GroupMedia, Words: "Skip silences, or not", Short: "skip silence"},
		{Action: Transcript, Scopes: media, Group: GroupMedia, Words: "Show or hide the text beside it", Short: "transcript"},
		{Action: Waveform, Scopes: media, Group: GroupMedia, Words: "Show or hide the waveform", Short: "waveform"},
		{
			Action: FindInFile, Scopes: media, Group: GroupMedia, Words: "Find a word in this file", Short: "find here",
			Tip: "A fax that is only a picture has words once it has been read with read-page.",
		},
		{Action: ReadPage, Scopes: media, Group: GroupMedia, Words: "Read the words of a scanned page (OCR)", Short: "read", Tip: "Needs tesseract; the words are found by search from then on."},
		{
			Action: PickPages, Scopes: media, Group: GroupMedia, Words: "Save some pages as a PDF", Short: "pick pages",
			Tip: "Turned pages stay turned, stamps stay on.",
		},
		{Action: Annotate, Scopes: media, Group: GroupMedia, Words: "Stamp or sign the page", Short: "stamp", Tip: "Text, the date, or an image; the received file itself stays as it came."},
		{Action: Graphics, Scopes: media, Group: GroupMedia, Words: "Another way to draw pictures", Short: "graphics"},
		{Action: VerifyFile, Scopes: media, Group: GroupFiles, Words: "Check the file against its checksum", Short: "verify"},
		{Action: CopyPath, Scopes: media, Group: GroupFiles, Words: "Copy the path of the file", Short: "copy path"},
		{Action: OpenOutside, Scopes: list, Group: GroupFiles, Words: "Open with the system's program", Short: "open outside"},
		{Action: Save, Scopes: list, Group: GroupFiles, Words: "Save attachments to a folder", Short: "save"},
		{
			Action: SaveMarked, Scopes: list, Group: GroupFiles, Words: "Save all marked, with a manifest", Short: "save all", Bulk: true,
			Tip: "Can be stopped and started again: what is there already is not fetched twice.",
		},
		{Action: CopyNumber, Scopes: list, Group: GroupFiles, Words: "Copy the number", Short: "copy number"},
		{Action: CopyText, Scopes: list, Group: GroupFiles, Words: "Copy the text or transcript", Short: "copy text"},
		{
			Action: Pipe, Scopes: list, Group: GroupFiles, Words: "Pipe to a command: the file, text, pages or JSON", Short: "pipe",
			Tip: "What the command prints is shown.",
		},
		{Action: Print, Scopes: list, Group: GroupFiles, Words: "Print", Short: "print"},
		{Action: ShowInfo, Scopes: list, Group: GroupFiles, Words: "Everything from this number, and who did what", Short: "info"},
		{
			Action: RemoveLocal, Scopes: []Scope{ScopeAttach}, Group: GroupFiles, Words: "Remove the copy on this machine", Short: "remove",
			Tip: "The service keeps its own; open fetches it again.",
		},
		{
			Action: SameFile, Scopes: []Scope{ScopeAttach}, Group: GroupFiles, Words: "Where else this file was seen", Short: "seen also",
			Tip: "Files with the same content, whatever they are called and in whichever service.",
		},
		{Action: JobPause, Scopes: jobs, Group: GroupJobs, Words: "Pause or go on", Short: "pause"},
		{Action: JobCancel, Scopes: jobs, Group: GroupJobs, Words: "Cancel", Short: "cancel"},
		{Action: JobRetry, Scopes: jobs, Group: GroupJobs, Words: "Try again now", Short: "retry"},
	}
}

func findActions() []Info {
	list := []Scope{ScopeList}
	return []Info{
		{
			Action: Search, Scopes: []Scope{ScopeGlobal, ScopeHelp}, Group: GroupFind, Words: "Search texts, names, numbers and notes", Short: "search",
			Tip: "Words, or from: number: has: is: in: before: after: dur:",
		},
		{Action: Filter, Scopes: []Scope{ScopeGlobal}, Group: GroupFind, Words: "Filter this list", Short: "filter"},
		{Action: Sort, Scopes: list, Group: GroupFind, Words: "Turn the order round", Short: "sort"},
	}
}

func goActions() []Info {
	at := func(a Action, words, short string) Info {
		return Info{Action: a, Scopes: []Scope{ScopeGlobal}, Group: GroupGo, Words: words, Short: short}
	}
	all := []Info{
		at(GoInbox, "Go to the inbox", "inbox"),
		at(GoVoicemail, "Go to voicemail", "voicemail"),
		at(GoFax, "Go to fax", "fax"),
		at(GoSMS, "Go to SMS and MMS", "SMS"),
		at(GoMail, "Go to e-mails", "e-mail"),
		at(GoUnclaimed, "Go to what nobody has claimed", "unclaimed"),
		at(GoSnoozed, "Go to what is snoozed", "snoozed"),
		at(GoDrafts, "Go to the drafts", "drafts"),
		at(GoUnread, "Go to everything unread", "unread"),
		at(GoDone, "Go to what is done", "done"),
		at(GoMine, "Go to what is yours and open", "mine"),
		at(GoTrash, "Go to the trash", "trash"),
		at(GoAttachments, "Go to the attachments", "files"),
		at(GoJobs, "Go to downloads, sends and sync", "jobs"),
		at(GoCalls, "Go to the call log", "calls"),
		at(GoContacts, "Go to the contacts", "contacts"),
		at(GoPresence, "Go to who is there", "presence"),
		at(GoGroups, "Go to the chats", "chats"),
		at(GoMailboxes, "Go to mailboxes and accounts", "mailboxes"),
	}
	for i, a := range []Action{View1, View2, View3, View4, View5, View6, View7, View8, View9} {
		n := string(rune('1' + i))
		all = append(all, at(a, "Saved view "+n, "view "+n))
	}
	return all
}

func chatActions() []Info {
	here := []Scope{ScopeGroups}
	write := []Scope{ScopeComposer}
	return []Info{
		{Action: ReplyPost, Scopes: here, Group: GroupChats, Words: "Answer the post in its thread", Short: "answer"},
		{Action: ChatRead, Scopes: here, Group: GroupChats, Words: "Mark the chat read, and on to the next unread", Short: "read, next", Tip: "Undo takes it back. What is done with one post alone stands under Work off."},
		{Action: UnreadFrom, Scopes: here, Group: GroupChats, Words: "Unread from this post on", Short: "unread"},
		{Action: EditPost, Scopes: here, Group: GroupChats, Words: "Change your own post", Short: "change"},
		{Action: DeletePost, Scopes: here, Group: GroupChats, Words: "Delete your own post", Short: "delete", Tip: "Undo posts it again."},
		{Action: ShowThread, Scopes: here, Group: GroupChats, Words: "Show the thread alone, and back", Short: "thread"},
		{Action: React, Scopes: here, Group: GroupChats, Words: "React with a sign", Short: "react"},
		{Action: UploadFile, Scopes: here, Group: GroupChats, Words: "Send a file", Short: "send file", Tip: "Up to 30 MB, and 25 files a post."},
		{Action: NewChat, Scopes: here, Group: GroupChats, Words: "Chat with one or several people", Short: "new chat"},
		{Action: NewTeam, Scopes: here, Group: GroupChats, Words: "Make a team", Short: "new team"},
		{Action: JoinTeam, Scopes: here, Group: GroupChats, Words: "Join a public team", Short: "join"},
		{Action: LeaveTeam, Scopes: here, Group: GroupChats, Words: "Leave the team", Short: "leave"},
		{Action: ChatMembers, Scopes: here, Group: GroupChats, Words: "Say who is in the chat", Short: "members"},
		{Action: AddMembers, Scopes: here, Group: GroupChats, Words: "Add members to the team", Short: "add"},
		{Action: RemoveMembers, Scopes: here, Group: GroupChats, Words: "Take members out of the team", Short: "remove"},
		{
			Action: HandOver, Scopes: []Scope{ScopeGlobal}, Group: GroupChats, Words: "Hand over: a summary of the marked messages to a chat", Short: "hand over",
			Tip: "Opens what would be posted, ready to be sent; a name behind it picks the chat.",
		},
		{Action: SendPost, Scopes: write, Group: GroupEdit, Words: "Send what is written", Short: "send"},
		{Action: NewLine, Scopes: write, Group: GroupEdit, Words: "New line", Short: "new line"},
		{Action: PriorField, Scopes: write, Group: GroupEdit, Words: "Field before", Short: "field before"},
		{Action: Templates, Scopes: write, Group: GroupEdit, Words: "Put in a canned reply", Short: "canned", Tip: "{name}, {number} and {callback} are filled in."},
		{Action: CoverPage, Scopes: write, Group: GroupEdit, Words: "Choose the cover page of a fax", Short: "cover"},
		{Action: SendLater, Scopes: write, Group: GroupEdit, Words: "Send a fax later", Short: "later"},
		{Action: AttachFile, Scopes: write, Group: GroupEdit, Words: "Send a file along", Short: "file"},
		{Action: EditOutside, Scopes: write, Group: GroupEdit, Words: "Go on in your editor", Short: "editor"},
	}
}

func editActions() []Info {
	text := []Scope{ScopeSearchBox, ScopePalette, ScopePrompt, ScopeComposer}
	hist := []Scope{ScopeSearchBox, ScopePrompt}
	return []Info{
		{Action: Submit, Scopes: []Scope{ScopeSearchBox, ScopePalette, ScopePrompt}, Group: GroupEdit, Words: "Run what is typed", Short: "run"},
		{Action: Complete, Scopes: text, Group: GroupEdit, Words: "Complete the word", Short: "complete"},
		{Action: HistoryBack, Scopes: hist, Group: GroupEdit, Words: "Earlier entry", Short: "earlier"},
		{Action: HistoryForward, Scopes: hist, Group: GroupEdit, Words: "Later entry", Short: "later"},
		{Action: HistorySearch, Scopes: []Scope{ScopeSearchBox, ScopePalette, ScopePrompt}, Group: GroupEdit, Words: "Search earlier entries", Short: "history"},
		{Action: ClearLine, Scopes: text, Group: GroupEdit, Words: "Clear the line", Short: "clear"},
		{Action: DeleteWord, Scopes: text, Group: GroupEdit, Words: "Delete the word before the cursor", Short: "delete word"},
	}
}

func selfActions() []Info {
	global := []Scope{ScopeGlobal}
	ending := []Scope{ScopeGlobal, ScopeHelp, ScopeSearchBox, ScopePalette, ScopePrompt, ScopeComposer}
	return []Info{
		{Action: Help, Scopes: []Scope{ScopeGlobal, ScopeHelp}, Group: GroupSelf, Words: "All keys of this view", Short: "help"},
		{
			Action: CommandLine, Scopes: global, Group: GroupSelf, Words: "Type the name of an action", Short: "command",
			Tip: "Tab completes it; what stands behind the name goes with it.",
		},
		{
			Action: OpenPalette, Scopes: global, Group: GroupSelf, Words: "Find an action by its name", Short: "palette",
			Tip: "Everything the program can do is in there.",
		},
		{Action: Undo, Scopes: global, Group: GroupSelf, Words: "Take back the last change", Short: "undo", Tip: "Again for the one before."},
		{Action: Redo, Scopes: global, Group: GroupSelf, Words: "Do it again after all", Short: "redo"},
		{Action: Repeat, Scopes: global, Group: GroupSelf, Words: "Repeat the last action", Short: "repeat"},
		{Action: Refresh, Scopes: global, Group: GroupSelf, Words: "Ask the service for news now", Short: "refresh"},
		{Action: Redraw, Scopes: global, Group: GroupSelf, Words: "Draw the screen anew", Short: "redraw"},
		{
			Action: Cancel, Scopes: ending, Group: GroupSelf, Words: "Cancel; clear marks, filter and search", Short: "cancel",
			Tip: "Never throws away what you typed into a draft.",
		},
		{Action: Back, Scopes: []Scope{ScopeGlobal, ScopeHelp}, Group: GroupSelf, Words: "Back; at the top, quit", Short: "back"},
		{Action: Interrupt, Scopes: ending, Group: GroupSelf, Words: "Stop what is running, or quit", Short: "stop"},
		{Action: Suspend, Scopes: global, Group: GroupSelf, Words: "Suspend to the shell", Short: "suspend"},
		{Action: Quit, Scopes: global, Group: GroupSelf, Words: "Quit", Short: "quit"},
	}
}
