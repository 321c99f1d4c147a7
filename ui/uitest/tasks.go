package uitest

// Task is one job of a support agent's day and the keys it takes. README shows the
// table; the tests replay each row with real keys (Desk.Play) and fail when one
// costs a press more.
type Task struct {
	Number  string   // "1", "5a"
	Time    string   // of the day, "" when it goes with the task before it
	Words   string   // what is wanted
	Keys    []string // what is pressed, cut where a test looks at the screen; see Run
	Presses int      // what it may cost: one key or chord each, free text not counted
	Peers   string   // what others' published default keys take for it, "" where none was found that does it by keys
}

// Tasks is the table. A run of Keys is keys as the help spells them, apart by
// blanks; in "double quotes" it is text that is typed and counted; in <angle
// brackets> it is the person's own words, which no program can save them.
func Tasks() []Task {
	return []Task{
		{
			"1", "08:00", "Hear the oldest unread voicemail, call back, done",
			[]string{"n Space", "b", "e"},
			4,
			"RingCentral Embeddable: hover, open, play, call with the mouse; it has no done",
		},
		{
			"2", "08:10", "Answer a voicemail with a ready text, done",
			[]string{"n", "R", "1", "Enter", "e"},
			5,
			"the ready texts: HEY `Ctrl-t`, Zammad `::`, then the choice and the sending",
		},
		{
			"3", "08:20", "Hear a mumbled one faster, back twice, note, done",
			[]string{"n Space ] ] ] ] Left Left m", "<mumbled, wants a call after four>", "Enter", "e"},
			11,
			"pace and place: mpv `]` and Left, the same; RingCentral Embeddable plays at one pace",
		},
		{
			"4", "09:00", "Page through a fax of three pages, turn one, send it on to Ann, done",
			[]string{"n", "Space", "]", "Space", "f", `"ann"`, "Enter", "Enter", "e"},
			11,
			"no other fax reader in a terminal was found",
		},
		{"5a", "09:30", "Send a failed fax once more", []string{"4", "f", "Enter"}, 3, ""},
		{"5b", "", "… to a corrected number of ten digits", []string{"4", "f", "C-u", `"2025550142"`, "Enter"}, 14, ""},
		{
			"6", "10:00", "Sweep all hang-ups under three seconds, look, take it back",
			[]string{`\`, `"dur<3"`, "Enter", "* e", "u"},
			10, "taking back alone: neomutt `u` 1 until it syncs, alot 1 if still selected; aerc and Chatwoot cannot",
		},
		{"7a", "11:00", "Hand a voicemail to Ben with a note", []string{"A", `"ben"`, "Tab", "<wants a call before noon>", "Enter"}, 6, "FreeScout `A`, then the colleague"},
		{
			"7b", "", "Snooze one to the next work day",
			[]string{"Z"},
			1,
			"Intercom `Z`, Linear `H`, Mailspring `h`, then the day; Chatwoot `Alt-m`, arrows, Enter: 3 or more",
		},
		{"8a", "11:30", "Everything from and to whoever sent this", []string{"i"}, 1, ""},
		{"8b", "", "Everything from a number that is read out", []string{"/", `"5551234"`, "Enter"}, 9, "`/`, words, Enter in aerc, alot and neomutt too, of mail"},
		{"9", "13:00", "Find the one about a refund and play from that word", []string{"/", `"refund"`, "Enter", "Space"}, 9, "finding it in mail: 8; nothing plays from the word"},
		{
			"10", "14:00", "Save all faxes of a saved view with a manifest",
			[]string{"3", "* S", "Enter"},
			4,
			"neomutt `v s Enter` 3 for each attachment; aerc `S`, a path and Enter for each",
		},
		{
			"11", "15:00", "Call a missed caller back, canned note “left message”, done",
			[]string{"g l", "n", "b", "m", "1", "e"},
			7,
			"Embeddable: hover, call with the mouse; it has no done",
		},
		{"12", "17:30", "My open items as a summary into the team chat", []string{"g m", "*", ":", `"ha"`, "Tab", "Enter", "Enter"}, 9, ""},
	}
}

// Step is a single thing that is done all day, ours beside others'.
type Step struct {
	Words   string
	Keys    string
	Presses int
	Peers   string // from their default keys
}

// Steps is the table of single things.
func Steps() []Step {
	return []Step{
		{"Done, and on to the next", "e", 1, "aerc `a` 1 · alot `a` 1 · Gmail's keys `e` 1 · Chatwoot `Ctrl-Alt-e` 1 · zd `s`, choose, Enter: 3 or more"},
		{"Take it back", "u", 1, "neomutt `u` 1, before it syncs · Mailspring `Ctrl-z` 1 · aerc, Chatwoot: none"},
		{"Next unread", "n", 1, "neomutt `Tab` 1 · zulip-terminal `n` 1 · matterhorn `Alt-a` 1 · nchat `Ctrl-f` 1"},
		{"Delete", "d", 1, "neomutt `d` 1 · aerc `d y` 2 · matterhorn `d` and a confirmation 2"},
		{"Save the file of this one", "s", 1, "neomutt `v s Enter` 3 · HEY `s` 1 · aerc `S`, a path, Enter"},
		{"Snooze to the next work day", "Z", 1, "Intercom `Z` and the day · Chatwoot `Alt-m`, arrows, Enter: 3 or more"},
		{"Hear a voicemail and call back", "Space b", 2, "RingCentral Embeddable: hover and 3 clicks"},
	}
}

// TaskOf is the task of a number.
func TaskOf(number string) (Task, bool) {
	for _, t := range Tasks() {
		if t.Number == number {
			return t, true
		}
	}
	return Task{}, false
}
