package screen

import tea "charm.land/bubbletea/v2"

// Command is one of the command line, besides the actions, which all are commands
// already: `:done`, `:go-inbox`. One that has the name of an action lets that action
// take an argument: `:snooze tomorrow`. A screen makes its commands known by
// [Env.Command] when it is made.
type Command struct {
	Name  string // as it is typed: "snooze"
	Words string // what it does; "": the words of the action of that name
	Arg   string // what is typed behind it, in words: "when, such as tomorrow or mon 9:00"
	// Alone has Run called with "" where nothing was typed behind the name. Without it the
	// action of that name is done then, or the person is told what is missing.
	Alone bool
	// Run does it, on the loop, with what was typed behind the name, without blanks around
	// it. An error keeps the line open and is shown: it names what was typed and what
	// would be right.
	Run func(arg string) (tea.Cmd, error)
	// Complete is how what was typed may go on, each a whole argument. It is called on the
	// loop and must not wait; nil: nothing is known.
	Complete func(arg string) []string
	// Disabled says why it cannot be done now; nil: as the action of that name.
	Disabled func() string
}
