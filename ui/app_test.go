package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

func TestEveryLineHasTheWidthOfTheScreen(t *testing.T) {
	sizes := []struct{ w, h int }{{60, 15}, {61, 16}, {80, 24}, {99, 30}, {100, 30}, {120, 40}, {200, 60}, {30, 8}, {1, 1}, {59, 15}}
	d := drive(t, 60, Options{})
	steps := []string{"", "j j x", "Enter", "Tab", "q q", "?", "Esc", "C-k", "Esc", "m", "Esc", "g j", "q", "/", "Esc", "\\", "Esc", "g t", "g d", "3", "g i", "S", "Esc", "g"}
	for _, step := range steps {
		d.press(step)
		for _, size := range sizes {
			d.send(tea.WindowSizeMsg{Width: size.w, Height: size.h})
			lines := strings.Split(d.m.View().Content, "\n")
			if len(lines) != size.h {
				t.Errorf("after %q at %dx%d: %d lines", step, size.w, size.h, len(lines))
			}
			for i, l := range lines {
				if w := ansi.StringWidth(l); w != size.w {
					t.Fatalf("after %q at %dx%d: line %d is %d cells wide: %q", step, size.w, size.h, i, w, ansi.Strip(l))
				}
				if w := ansi.StringWidthWc(l); w != size.w {
					t.Fatalf("after %q at %dx%d: line %d is %d cells wide to wcwidth: %q", step, size.w, size.h, i, w, ansi.Strip(l))
				}
			}
		}
	}
}

func TestNothingFromOutsideReachesTheTerminalRaw(t *testing.T) {
	d := drive(t, 60, Options{NoColor: true})
	for _, keys := range []string{"", "Enter", "J J J J J", "Tab"} {
		d.press(keys)
		for _, r := range d.screen() {
			if r != '\n' && (r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e) {
				t.Fatalf("after %q the screen holds %q", keys, r)
			}
		}
	}
}

func TestTooSmallSaysSo(t *testing.T) {
	d := drive(t, 3, Options{})
	d.send(tea.WindowSizeMsg{Width: 50, Height: 10})
	d.sees("Too small: 50x10 of 60x15")
	d.send(tea.WindowSizeMsg{Width: 0, Height: 0})
	d.send(tea.WindowSizeMsg{Width: 60, Height: 15})
	d.sees("Inbox")
}

// The cursor is on an item, not on a line.
func TestRefreshLeavesTheCursorOnItsItem(t *testing.T) {
	d := drive(t, 200, Options{})
	d.press("j j j j j")
	at := d.cursor()
	t.Run("new items before and after it", func(t *testing.T) {
		var batch []store.Incoming
		for i := range 30 {
			when := clock().Add(-time.Duration(i*17) * time.Minute)
			batch = append(batch, store.Incoming{Remote: fmt.Sprint("n", i), Kind: store.SMS, Direction: store.Inbound, Time: when, Modified: when, Text: "new"})
		}
		if _, err := d.st.Apply(t.Context(), 1, batch); err != nil {
			t.Fatal(err)
		}
		d.send(changed{})
		if d.cursor() != at {
			t.Errorf("cursor moved from %v to %v", at, d.cursor())
		}
	})
	t.Run("the item itself leaves", func(t *testing.T) {
		d.press("j")
		next := d.cursor()
		d.press("k")
		if _, err := d.st.Act(t.Context(), store.Change{Verb: "done", Items: []store.ID{at}, Who: "ben@desk"}); err != nil {
			t.Fatal(err)
		}
		d.send(changed{})
		if d.cursor() != next {
			t.Errorf("cursor on %v, want the next item %v", d.cursor(), next)
		}
	})
}

func TestMovesPastTheKnownRowsLandOnTheRightRow(t *testing.T) {
	d := drive(t, 1500, Options{})
	q, _ := store.ParseQuery("in:inbox", clock(), time.UTC)
	ids, err := d.st.IDs(t.Context(), q, store.OldestFirst, 5000)
	if err != nil {
		t.Fatal(err)
	}
	d.burst(strings.Repeat("j ", 1000))
	if d.cursor() != ids[1000] {
		t.Errorf("1000 times j: on %v, want %v", d.cursor(), ids[1000])
	}
	d.press("G")
	if d.cursor() != ids[len(ids)-1] {
		t.Errorf("G: on %v, want %v", d.cursor(), ids[len(ids)-1])
	}
	d.burst(strings.Repeat("k ", 700))
	if want := ids[len(ids)-1-700]; d.cursor() != want {
		t.Errorf("700 times k: on %v, want %v", d.cursor(), want)
	}
	d.press("g g")
	if d.cursor() != ids[0] {
		t.Errorf("g g: on %v, want %v", d.cursor(), ids[0])
	}
}

func TestKeysTypedAheadWaitForTheirAnswer(t *testing.T) {
	d := drive(t, 1500, Options{})
	d.hold = true
	d.press("*") // more rows than are known: the store is asked
	d.press("x") // would mark one
	if n := len(d.m.queue); n != 1 {
		t.Fatalf("%d keys wait, want 1", n)
	}
	d.release()
	d.sees("1,499 marked")
	d.hold = true
	d.press("Esc")
	d.press("G e")
	d.press("C-c")
	if len(d.m.queue) != 0 {
		t.Error("C-c does not give up waiting")
	}
	d.release()
}

func TestPromptOwnsItsKeys(t *testing.T) {
	d := drive(t, 20, Options{})
	before := d.cursor()
	d.press("m")
	d.typed("jq?/e")
	d.send(tea.PasteMsg{Content: "pasted\nline \x1b[2J"})
	d.sees("jq?/epasted line [2J")
	d.press("Esc")
	if d.cursor() != before || len(d.m.overlays) != 0 {
		t.Error("letters of a prompt acted on the list")
	}
	d.send(tea.PasteMsg{Content: "eeee"})
	if it := d.item(before); it.State == store.Done {
		t.Error("pasted text acted as keys")
	}
	d.sees("nothing to paste into")
}

func TestBulkAsksAndEnterIsNotYes(t *testing.T) {
	d := drive(t, 120, Options{})
	d.press("* e")
	d.sees("Mark done: 120 items?")
	d.press("Enter Enter Space")
	if len(d.m.overlays) != 1 {
		t.Fatal("something else than y was taken for yes or no")
	}
	d.press("n * e y")
	q, _ := store.ParseQuery("in:inbox", clock(), time.UTC)
	if n, _, _ := d.st.Count(t.Context(), q, 500); n == 120 {
		t.Errorf("y did nothing; %d items are open", n)
	}
}

func TestConfirmThatOpenedItselfIgnoresKeysUntilTypingPauses(t *testing.T) {
	d := drive(t, 3, Options{})
	now := clock()
	d.m.env.Now = func() time.Time { return now }
	yes := 0
	d.m.open(&confirm{m: d.m, self: true, opened: now, c: screen.Confirm{Question: "Sure?", Yes: "yes", Do: func() tea.Cmd { yes++; return nil }}})
	for range 5 {
		now = now.Add(300 * time.Millisecond)
		d.press("y")
	}
	if yes != 0 {
		t.Fatal("a key meant for something else said yes")
	}
	now = now.Add(grace)
	d.press("y")
	if yes != 1 {
		t.Error("y after a pause is not yes")
	}
}

func TestUndoRedoRepeat(t *testing.T) {
	d := drive(t, 20, Options{})
	first := d.cursor()
	d.press("e")
	second := d.cursor()
	d.sees("u reopens it")
	d.press("u")
	if it := d.item(first); it.State == store.Done {
		t.Error("u did not take it back")
	}
	d.press("C-r")
	if it := d.item(first); it.State != store.Done {
		t.Error("C-r did not do it again")
	}
	d.press(".")
	if it := d.item(second); it.State != store.Done {
		t.Errorf(". did not repeat done on the next item\n%s", d.screen())
	}
	d.press("u u u u u")
	d.sees("nothing to take back")
}

// What comes back is what the next key is for, even one typed ahead.
func TestUndoPutsTheCursorOnWhatCameBack(t *testing.T) {
	d := drive(t, 1500, Options{})
	d.press("j j j")
	want := d.cursor()
	d.press("e j j u")
	if d.cursor() != want {
		t.Errorf("on %v after undo, want %v", d.cursor(), want)
	}
	d.press("e G")
	d.burst("u d")
	if it := d.item(want); it.Availability != store.Deleted || it.State == store.Done {
		t.Errorf("u d from the other end: %v, %v", it.Availability, it.State)
	}
	d.press("u x j x j x k k")
	first := d.cursor()
	d.press("e k k u")
	if d.cursor() != want && d.cursor() != first {
		t.Errorf("three came back, the cursor is on %v, want the first, %v", d.cursor(), want)
	}
	d.press("g d e g i g f")
	at := d.cursor()
	d.press("u")
	if d.cursor() != at {
		t.Error("what came back is not in this list, but the cursor moved")
	}
}

func TestFailureIsShownWithWhatHappensNext(t *testing.T) {
	d := drive(t, 5, Options{})
	d.send(screen.Failed{Op: "save the file", Err: errors.New("the disk is full")})
	if f := d.footer(); !strings.Contains(f, "Could not save the file: the disk is full") {
		t.Errorf("footer %q", f)
	}
	d.press("Esc")
	if strings.Contains(d.footer(), "disk is full") {
		t.Error("Esc does not dismiss it")
	}
}

func TestSearchGoesBackToWhereItCameFrom(t *testing.T) {
	d := drive(t, 80, Options{})
	d.press("j j j")
	at := d.cursor()
	d.press("/")
	d.typed("zzz nothing like it")
	d.sees("Nothing found")
	d.press("Esc")
	if d.cursor() != at {
		t.Error("Esc lost the place")
	}
	d.press("/")
	d.typed("order")
	d.press("Enter n n N e Esc")
	if d.cursor() != at {
		t.Error("leaving the results lost the place")
	}
	d.press("/ Up")
	d.sees("› order")
}

func TestFilterIsLiveAndWrongOnesSayWhy(t *testing.T) {
	d := drive(t, 80, Options{})
	d.press(`\`)
	d.typed("in:fax")
	for _, l := range d.lines()[2:20] {
		if strings.Contains(l, "sms") {
			t.Fatalf("a text passed the filter: %s", l)
		}
	}
	d.typed(" is:nonsense")
	d.press("Enter")
	if len(d.m.overlays) != 1 {
		t.Error("a wrong filter was taken")
	}
	d.press("Esc")
	d.sees("sms")
}

func TestPanicLeavesACrashFileAndEnds(t *testing.T) {
	d := drive(t, 5, Options{})
	d.run(d.m.env.Do(t.Context(), time.Second, func(context.Context) tea.Msg { panic("boom") }))
	d.settle()
	if !d.quit {
		t.Error("the program goes on after a panic in a command")
	}
	b, err := os.ReadFile(d.m.crashes)
	if err != nil || !strings.Contains(string(b), "boom") {
		t.Errorf("crash file: %v %q", err, b)
	}
}

func TestFrameIsKeptWhileNothingChanges(t *testing.T) {
	d := drive(t, 50, Options{})
	for _, msg := range []tea.Msg{tea.BlurMsg{}, tea.KeyReleaseMsg{Code: 'j', Text: "j"}, tea.ModeReportMsg{}} {
		d.m.Update(msg)
		if !d.m.clean {
			t.Errorf("%T makes a new frame", msg)
		}
	}
}

func TestWelcomeWithoutAccount(t *testing.T) {
	d := drive(t, -1, Options{Version: "1.2"})
	d.sees("switchboard login ringcentral")
	d.sees("switchboard demo")
	d.press("e")
	d.sees("There is no account yet")
	d.press("q")
	if !d.quit {
		t.Error("q does not quit")
	}
}

func TestEveryActionHasAHandlerOrAReason(t *testing.T) {
	d := drive(t, 4, Options{})
	elsewhere := map[keymap.Scope]bool{
		keymap.ScopeJobs: true, keymap.ScopeAttach: true, keymap.ScopeSearchBox: true, keymap.ScopePalette: true,
		keymap.ScopeContacts: true, keymap.ScopePresence: true, keymap.ScopeGroups: true, keymap.ScopeMailboxes: true,
		keymap.ScopeDrafts:   true,
		keymap.ScopeComposer: true,
	}
	for _, in := range keymap.All() {
		d.m.said, d.m.overlays, d.m.place = "", nil, screen.List
		cmd := d.m.do(in.Action)
		acted := cmd != nil || d.m.said != "" || len(d.m.overlays) > 0 || d.m.place != screen.List || in.Group == keymap.GroupMove || in.Group == keymap.GroupMark
		if !acted {
			t.Errorf("%s does nothing and says nothing", in.Action)
		}
		if strings.HasSuffix(d.m.said, "is not possible here") && !elsewhere[in.Scopes[0]] {
			t.Errorf("%s has no handler in the inbox: %s", in.Action, d.m.said)
		}
	}
}

func TestABannerReplacesWhatWasSaidBefore(t *testing.T) {
	d := drive(t, 3, Options{})
	d.m.Say("Saving")
	d.send(screen.Told{Banner: screen.Banner{Text: "Saved x.pdf"}})
	if f := d.footer(); !strings.HasPrefix(f, "Saved x.pdf") {
		t.Errorf("footer %q", f)
	}
}

// Changes reach the store in the order of the keys, and what was changed does
// not come back with rows that were read before.
func TestFastDoneTakesOneItemEach(t *testing.T) {
	d := drive(t, 40, Options{})
	d.burst("e e e e e")
	q, _ := store.ParseQuery("in:inbox", clock(), time.UTC)
	if n, _, _ := d.st.Count(t.Context(), q, 500); n != 35 {
		t.Errorf("%d items are open after five times done, want 35", n)
	}
	d.burst("u u u u u")
	if n, _, _ := d.st.Count(t.Context(), q, 500); n != 40 {
		t.Errorf("%d items are open after five times undo, want 40", n)
	}
}
