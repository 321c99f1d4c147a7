package uitest

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"switchboard/store"
	"switchboard/ui/hooks"
	"switchboard/ui/usercommand"
)

// handDesk is a small desk in which keys are recorded, kept and pressed again.
func handDesk(t *testing.T, c Config) *Desk {
	t.Helper()
	if c.Now == nil {
		c.Now = noon
	}
	if c.Messages == 0 {
		c.Messages = 40
	}
	d := Open(t, c)
	d.See("Inbox", "oldest first")
	return d
}

// leave closes what lies over the panes, and waits for it: an escape and a key after it
// would be one key with Alt.
func (d *Desk) leave(shown string) {
	d.t.Helper()
	d.Press("Esc")
	d.Gone(shown)
}

// unmark takes the marks off; a banner goes before them.
func (d *Desk) unmark() {
	d.t.Helper()
	d.Until("no marks", func(s string) bool {
		if title, _, _ := strings.Cut(s, "\n"); !strings.Contains(title, " marked") {
			return true
		}
		d.Press("Esc")
		return false
	})
}

// recorded waits until the keys of a macro are kept.
func (d *Desk) recorded(name string) {
	d.t.Helper()
	d.Eventually("macro "+name+" is kept", func() bool {
		b, err := d.Store.Recall(d.t.Context(), "ui.macro."+name)
		return err == nil && len(b) > 0
	})
}

// open is how many items of the inbox are open.
func (d *Desk) open(t *testing.T) int { t.Helper(); return len(d.all(t, "in:inbox")) }

func TestCommandLineTakesArguments(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		d := handDesk(t, Config{Width: size[0], Height: size[1]})
		first := d.all(t, "in:inbox")[0]
		line := func(text string) {
			t.Helper()
			d.Press(":")
			d.See("Command")
			d.Free(text)
			d.Press("Enter")
		}
		line("note wants a refund")
		d.Eventually("the note is written", func() bool {
			it := d.item(t, first.ID)
			return len(it.NoteList) == 1 && it.NoteList[0].Text == "wants a refund"
		})
		// A mistake names what was typed and what is near, and keeps the line.
		line("noet hello")
		d.See("there is no command noet; did you mean note?")
		d.Press("C-u")
		d.Free("set sort sideways")
		d.Press("Enter")
		d.See("sort, the order of the list, is oldest or newest")
		d.Press("C-u")
		d.Free("set sort newest")
		d.Press("Enter")
		d.See("newest first")
		line("sort oldest")
		d.See("oldest first")
		// Tab completes the name and what stands behind it.
		d.Press(":")
		d.See("Command")
		d.Free("rename-v")
		d.Press("Tab")
		d.See("rename-view ", "its digit and the name")
		d.Press("C-u")
		d.Free("sort n")
		d.Press("Tab")
		d.See("sort newest")
		d.leave("› sort")
		// The line remembers.
		d.Press(": Up Up")
		d.See("set sort newest")
		d.leave("› set")
		line("search refund")
		d.See("Search refund")
		line(first.ID.String())
		d.See("Item " + first.ID.String())
		line("save " + filepath.Join(d.SaveDir, "here"))
		if first.Files > 0 {
			d.See("Saved")
		}
	}
}

func TestHistoryOutlivesTheProgram(t *testing.T) {
	dir := t.TempDir()
	run := func(f func(d *Desk)) {
		t.Run("", func(t *testing.T) { f(handDesk(t, Config{Dir: dir, Messages: 12})) })
	}
	run(func(d *Desk) {
		d.Press(":")
		d.See("Command")
		d.Free("sort newest")
		d.Press("Enter")
		d.See("newest first")
		d.Press("Q a")
		d.See("● a", "Q stops")
		d.Press("j j x Q")
		d.See("Recorded a: j j x")
		d.Eventually("it is kept", func() bool {
			m, err := d.Store.Recall(t.Context(), "ui.macro.a")
			h, err2 := d.Store.Recall(t.Context(), "ui.command.history")
			return err == nil && err2 == nil && len(m) > 0 && len(h) > 0
		})
	})
	run(func(d *Desk) {
		d.Press(":")
		d.See("Command")
		d.Until("the line of before", func(s string) bool {
			d.Press("Up")
			return strings.Contains(s, "› sort newest")
		})
		d.leave("› sort")
		d.Press("@ a")
		d.Until("a mark", func(s string) bool { return strings.Contains(s, "1 marked") })
	})
}

func TestMacro(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		d := handDesk(t, Config{Width: size[0], Height: size[1]})
		before := d.open(t)
		d.Press("Q x m")
		d.See("Note on")
		d.Free("by macro")
		d.Press("Enter e")
		d.See("● x Marked")
		d.Press("Q")
		d.See("Recorded x: m b y Space m a c r o Enter e")
		d.Press("@ x")
		d.Eventually("it has done another", func() bool { return d.open(t) == before-2 })
		d.Press("@ @")
		d.Eventually("and another", func() bool { return d.open(t) == before-3 })
		d.Press(":")
		d.Free("macro x 4")
		d.Press("Enter")
		d.Eventually("and four more", func() bool { return d.open(t) == before-7 })
		for _, it := range d.all(t, "in:done has:note") {
			if len(it.NoteList) != 1 || it.NoteList[0].Text != "by macro" {
				t.Errorf("%s: %+v", it.ID, it.NoteList)
			}
		}
		if n := len(d.all(t, "in:done has:note")); n != 7 {
			t.Errorf("%d have the note, want 7", n)
		}
		d.Press(":")
		d.Free("macros")
		d.Press("Enter")
		d.See("Macros: Enter runs one", "m b y Space")
		d.leave("Enter runs one")
		d.Press(":")
		d.Free("remove-macro x")
		d.Press("Enter")
		d.See("Macro x removed")
		d.Press("@ x")
		d.See("No keys are recorded under x")
		d.Press("u")
		d.See("Taken back: Macro x removed")
		d.Press("@ x")
		d.Eventually("it runs again", func() bool { return d.open(t) == before-8 })
	}
}

// A macro ends where a key can do nothing, and does not run for ever.
func TestMacroEnds(t *testing.T) {
	d := handDesk(t, Config{Messages: 30})
	unread := len(d.all(t, "in:inbox is:unread"))
	d.Press("Q a n U Q")
	d.recorded("a")
	d.Press(":")
	d.Free("macro a 500")
	d.Press("Enter")
	d.See("Macro a stopped after")
	d.Eventually("all are read", func() bool { return len(d.all(t, "in:inbox is:unread")) == 0 })
	if unread < 2 {
		t.Fatalf("only %d were unread", unread)
	}
	// One that calls itself goes on until there is nothing more to do.
	d.Press("Q b U n @ b")
	d.See("● b ")
	d.Press("Q")
	d.recorded("b")
	d.Press("@ b")
	d.See("Macro b stopped after")
	// A key that means nothing stops it, and what follows is not pressed.
	n := d.open(t) - 1
	d.Press("Q c ä e Q")
	d.Eventually("one is done", func() bool { return d.open(t) == n })
	d.Press("@ c")
	d.See("Macro c stopped after 1 key: ä does nothing here")
	if d.open(t) != n {
		t.Error("it went on")
	}
}

// What asks is asked of the person, whatever was answered while recording.
func TestMacroStillAsks(t *testing.T) {
	d := handDesk(t, Config{Messages: 260})
	before := d.open(t)
	if before <= 50 {
		t.Fatalf("only %d items: none of it would be asked", before)
	}
	d.Press("Q d * e")
	d.See("Mark done", "y mark done")
	d.Press("y")
	d.Eventually("all are done", func() bool { return d.open(t) == 0 })
	d.Press("Q u")
	d.Eventually("all are back", func() bool { return d.open(t) == before })
	d.Press("@ d")
	d.See("y mark done")
	d.Press("n")
	d.See("Macro d stopped", "the answer was no")
	if d.open(t) != before {
		t.Error("it was done in spite of the no")
	}
	d.unmark()
	d.Press("@ d")
	d.See("y mark done")
	d.Press("y")
	d.Eventually("all are done", func() bool { return d.open(t) == 0 })
}

func TestSaveView(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}} {
		dir := t.TempDir()
		t.Run("", func(t *testing.T) {
			d := handDesk(t, Config{Dir: dir, Width: size[0], Height: size[1]})
			d.Press("/")
			d.Free("in:fax")
			d.Press("Enter")
			d.See("Search in:fax")
			d.Press("w")
			d.See("Save this search as view", "6 is free")
			d.Press("C-u")
			d.Free("x")
			d.Press("Enter")
			d.See("begin with a digit")
			d.Press("C-u")
			d.Free("6 All faxes")
			d.Press("Enter")
			d.See("Saved as view 6: All faxes", "undo")
			d.Press("g i 6")
			d.See("All faxes")
			d.Press("C-k")
			d.See("Everything this program can do")
			d.Free("all faxes")
			d.See("Saved view 6: All faxes")
			d.leave("Everything this program")
			d.Press("g i :")
			d.Free("rename-view 6 Paper")
			d.Press("Enter")
			d.See("View 6 renamed: Paper")
			d.Press("u")
			d.See("Taken back: View 6 renamed")
			d.Press(":")
			d.Free("views")
			d.Press("Enter")
			d.See("Saved views", "All faxes", "in:fax")
			d.leave("Saved views: Enter")
			d.Press(":")
			d.Free("remove-view 1")
			d.Press("Enter")
			d.See("View 1 removed")
			d.Eventually("it is kept", func() bool {
				b, err := d.Store.Recall(t.Context(), "ui.view.1")
				return err == nil && len(b) > 0
			})
			d.Press("1")
			d.See("no saved view 1")
		})
		t.Run("again", func(t *testing.T) {
			d := handDesk(t, Config{Dir: dir, Messages: 10})
			d.Press("?")
			d.See("Keys")
			d.Press("/")
			d.Free("saved view")
			d.See("Saved view 6: All faxes")
			if strings.Contains(d.Screen(), "Saved view 1: Oldest") {
				t.Errorf("view 1 is back:\n%s", d.Screen())
			}
		})
	}
}

// own is a command of the person's own.
func own(t *testing.T, name, key, line string, shell bool, show usercommand.Show) usercommand.Command {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no /bin/sh")
	}
	tm, err := usercommand.Parse(line, shell)
	if err != nil {
		t.Fatal(err)
	}
	return usercommand.Command{Name: name, Key: key, Words: "Own " + name, Run: tm, Show: show}
}

// Where there is somebody and no message, a command that wants the name and the number
// has them; one that wants more says so.
func TestOwnCommandsAboutSomebody(t *testing.T) {
	d := book(t, Config{Commands: []usercommand.Command{
		own(t, "ticket", "M-t", "echo for [{name}] at [{number}]", false, usercommand.Pane),
		own(t, "show", "M-s", "echo {id}", false, usercommand.Pane),
	}})
	d.Press("M-t")
	d.See("for [", "] at [", "done")
	s := d.Screen()
	line := s[strings.Index(s, "for ["):]
	name, number, _ := strings.Cut(line[len("for ["):], "] at [")
	if number, _, _ = strings.Cut(number, "]"); name == "" || !strings.HasPrefix(number, "+") {
		t.Errorf("the command was given %q and %q:\n%s", name, number, s)
	}
	d.leave("for [")
	d.Press("M-s")
	d.See("show: there is no message here")
	d.Press("g p")
	d.See("Presence")
	d.Press("M-t")
	d.See("for [", "] at [1")
}

func TestOwnCommands(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	d := handDesk(t, Config{Messages: 40, Commands: []usercommand.Command{
		own(t, "show", "M-s", "echo number is {number} id {id}", false, usercommand.Pane),
		own(t, "ticket", "M-t", "printf '%s\\n' {number} >> "+out+"; echo created 17", true, usercommand.Background),
		own(t, "quiet", "M-q", "cp {file} "+out+".file", false, usercommand.None),
		own(t, "broken", "M-b", "ls /no/such/place", false, usercommand.None),
		own(t, "sweep", "", "echo {marks}", false, usercommand.Pane),
		own(t, "hello", "", "echo hello there", false, usercommand.Pane),
	}})
	items := d.all(t, "in:inbox")
	d.Press("M-s")
	d.See("number is "+items[0].Who.Number, "id "+items[0].ID.String(), "done")
	d.leave("number is")
	d.Press("M-t")
	d.See("ticket: created 17")
	d.Press("x x x M-t") // the marked ones, one after the other
	d.See("ticket: 3 runs, created 17")
	text, err := os.ReadFile(out)
	if err != nil || strings.Count(string(text), "\n") != 4 || !strings.HasPrefix(string(text), items[0].Who.Number+"\n"+items[0].Who.Number) {
		t.Errorf("%q, %v", text, err)
	}
	d.Press(":")
	d.Free("sweep")
	d.Press("Enter")
	d.See("sweep on 3 messages", items[0].ID.String()+" "+items[1].ID.String())
	d.leave(items[0].ID.String()) // that it is through is said, which may be later
	d.unmark()
	d.Press("M-b")
	d.See("Could not run broken", "exit code 2")
	d.leave("Could not run")
	d.Press("C-k")
	d.Free("own hello")
	d.See("Own hello")
	d.Press("Enter")
	d.See("hello there")
	d.leave("hello there")
	d.Press("?")
	d.See("Keys")
	d.Free("own ticket")
	d.See("Your own", "M-t", "Own ticket", "/ own ticket")
	d.leave("own ticket")
	d.leave("Keys")
	d.Press("/")
	d.Free("has:file")
	d.Press("Enter")
	d.See("Search has:file")
	d.Press("M-q")
	d.Eventually("the file was fetched and copied", func() bool {
		info, err := os.Stat(out + ".file")
		return err == nil && info.Size() > 0
	})
}

// What people send is an argument, whatever they send.
func TestOwnCommandsWithHostileText(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	d := handDesk(t, Config{Messages: 10, Commands: []usercommand.Command{
		own(t, "plain", "M-p", "printf %s| {text}", false, usercommand.Pane),
		own(t, "shell", "M-s", "printf '%s|' {text}", true, usercommand.Pane),
	}})
	text := "x; touch pwned; $(touch pwned) `touch pwned` ' \" \x1b]0;t\a | tee pwned"
	if _, err := d.Store.Apply(t.Context(), d.Account.ID, []store.Incoming{{
		Remote: "990001", Kind: store.SMS, Direction: store.Inbound, Time: noon(), Modified: noon(), Text: text, From: store.Party{Number: "+12125550199"},
	}}); err != nil {
		t.Fatal(err)
	}
	d.Press("/")
	d.Free("touch pwned")
	d.Press("Enter")
	d.See("Search touch pwned")
	for _, key := range []string{"M-p", "M-s"} {
		d.Press(key)
		d.See("$(touch pwned) `touch pwned`", "tee pwned|", "Esc cancel")
		d.leave("tee pwned|")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("something was made: %v, %v", entries, err)
	}
}

func TestPaletteKeepsWhatWasUsedFirst(t *testing.T) {
	d := handDesk(t, Config{Messages: 12})
	d.Press("C-k")
	d.See("Everything this program can do")
	d.Free("turn the order")
	d.Press("Enter")
	d.See("newest first")
	d.Press("C-k")
	d.Until("it stands first", func(s string) bool {
		for _, l := range strings.Split(s, "\n") {
			if strings.Contains(l, "·") && strings.Contains(l, "Turn the order round") {
				return true
			}
		}
		return false
	})
	// What belongs elsewhere is there, and says where.
	d.Free("join a public")
	d.See("Join a public team: only in the chats")
	d.Press("Enter")
	d.See("Join a public team: only in the chats")
}

// A hook runs once for each message that comes in, beside the screens, and its failure is
// told.
func TestHooksBesideTheScreens(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	line := func(s string) usercommand.Template { return own(t, "x", "", s, true, usercommand.None).Run }
	every := []string{hooks.Voicemail, hooks.Fax, hooks.SMS, hooks.MissedCall}
	start := time.Now()
	d := handDesk(t, Config{Messages: 20, Now: func() time.Time { return noon().Add(time.Since(start)) }, Hooks: []hooks.Hook{
		{On: every, Run: line("echo {event} {id} >> " + out)},
		{On: every, Name: "alarm", Run: line("echo no bell >&2; exit 1")},
	}})
	watched := hooks.Hook{On: every, Name: "alarm", Run: line("echo no bell >&2; exit 1")}
	d.Eventually("the hooks look", func() bool {
		b, err := d.Store.Recall(t.Context(), watched.Key())
		return err == nil && len(b) > 0
	})
	before, err := d.Store.LastArrival(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.Sim.Arrive(6)
	d.Store.SyncNow()
	var list []store.Arrival
	d.Eventually("they came in", func() bool {
		list, _, err = d.Store.Arrivals(t.Context(), before)
		return err == nil && len(list) == 6
	})
	d.See("Hook alarm on", "failed", "no bell")
	ran := map[string]int{}
	d.Eventually("the hook ran for each", func() bool {
		text, err := os.ReadFile(out)
		clear(ran)
		for _, l := range strings.Fields(string(text)) {
			ran[l]++
		}
		done := 0
		for _, a := range list {
			done += min(ran[a.Row.ID.String()], 1)
		}
		return err == nil && done == len(list)
	})
	for _, a := range list {
		if n := ran[a.Row.ID.String()]; n != 1 {
			t.Errorf("%s: %d times", a.Row.ID, n)
		}
	}
}

// The commands of the other screens take what is typed behind them.
func TestCommandLineReachesEverything(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no /bin/sh")
	}
	d := handDesk(t, Config{Messages: 40})
	items := d.all(t, "in:inbox")
	line := func(text string) {
		t.Helper()
		d.Press(":")
		d.See("Command")
		d.Free(text)
		d.Press("Enter")
	}
	line("label billing")
	d.Eventually("it has the label", func() bool { return slices.Contains(d.item(t, items[0].ID).Labels, "billing") })
	line("assign ben@desk")
	d.Eventually("it is Ben's", func() bool { return d.item(t, items[0].ID).Claim == "ben@desk" })
	line("pipe text: wc -c")
	d.See("| wc -c", "done")
	d.leave("| wc -c")
	line("snooze tomorrow")
	d.Eventually("it sleeps", func() bool { return d.item(t, items[0].ID).State == store.Snoozed })
	line("compose (212) 555-0123: on our way")
	d.See("Enter send", "on our way", "555-0123") // the line itself has the words, too
	d.leave("Enter send")
	line("call 2125550123")
	d.See("555-0123")
	line("call wibble")
	d.See("wibble")
	d.leave("› call")
	line("snozee")
	d.See("there is no command snozee; did you mean snooze?")
}
