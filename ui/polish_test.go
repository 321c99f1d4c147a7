package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/screen"
)

func TestBeginsWithTheQueryAndOrderGiven(t *testing.T) {
	d := drive(t, 40, Options{Query: "refund", Sort: store.NewestFirst})
	d.sees("Search refund")
	d.sees("1 of 1")
	d.press("Esc")
	d.sees("newest first")
	rows := d.lines()
	if !strings.Contains(rows[2], "1m ") {
		t.Errorf("the newest is not the first row: %q", rows[2])
	}
	d.press("1")
	d.sees("newest first")
}

func TestFooterTellsHowSyncStands(t *testing.T) {
	d := drive(t, 5, Options{})
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	for _, tt := range []struct {
		st   store.Status
		want string
	}{
		{store.Status{Phase: store.PhaseLive, Since: clock().Add(-time.Hour)}, "● live since 14:00"},
		{store.Status{Phase: store.PhasePolling}, "polling"},
		{store.Status{Phase: store.PhasePolling, Every: 20 * time.Second, Since: clock().Add(-time.Hour), Push: "push refused: no"}, "polling every 20 s since 14:00: push re"},
		{store.Status{Phase: store.PhaseOffline, Since: clock().Add(-time.Hour), Synced: clock().Add(-2 * time.Hour)}, "offline since 14:00, shown is as of 13:00"},
		{store.Status{Phase: store.PhaseSyncing, Done: 1200}, "syncing, 1,200 so far"},
		{store.Status{Phase: store.PhaseOffline, Since: clock().Add(-time.Hour)}, "offline since 14:00"},
		{store.Status{Phase: store.PhaseLimited, Until: clock().Add(time.Minute)}, "The service only allows reading at the moment"},
		{store.Status{Phase: store.PhaseDenied, Err: "the permission ReadMessages is missing"}, "refused: the permission ReadMessages is missing"},
		{store.Status{Phase: store.PhaseSignedOut}, "signed out: run switchboard login ringcentral"},
	} {
		tt.st.Account = "ringcentral:1:101"
		d.m.heard(news{status: []store.Status{tt.st}, gen: d.m.pump.seen})
		if !strings.Contains(d.footer(), tt.want) {
			t.Errorf("%s: footer %q, want %q", tt.st.Phase, d.footer(), tt.want)
		}
	}
}

func TestSignInElsewhereIsPickedUp(t *testing.T) {
	connected := 0
	d := drive(t, -1, Options{Connect: func() error { connected++; return nil }})
	d.sees("There is no account yet")
	a, err := d.st.PutAccount(t.Context(), store.Account{Key: "ringcentral:1:101", Service: "ringcentral", Name: "Support", Since: clock()})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, d.st, a.ID, 3)
	d.send(changed{})
	if connected != 1 {
		t.Errorf("connected %d times, want once", connected)
	}
	d.sees("Дмитрий Орлов")
}

func TestPaletteFindsTheNamedActionFirst(t *testing.T) {
	d := drive(t, 5, Options{})
	for find, want := range map[string]keymap.Action{
		"done": keymap.Done, "note": keymap.AddNote, "mark all": keymap.MarkAll, "call back": keymap.CallBack, "goinbx": keymap.GoInbox,
	} {
		o := newPalette(d.m)
		o.text(find)
		if len(o.hits) == 0 || o.all[o.hits[0]].name != string(want) {
			t.Errorf("%q: %v, want %s first", find, o.hits, want)
		}
	}
}

func TestHelpShowsTipsWhole(t *testing.T) {
	d := drive(t, 5, Options{})
	for _, size := range []tea.WindowSizeMsg{{Width: 60, Height: 15}, {Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}} {
		d.send(size)
		d.press("?")
		seen := ""
		for range 40 {
			seen += d.screen() + "\n"
			if !strings.Contains(d.screen(), "more below") {
				break
			}
			d.press("j j j j j")
		}
		for _, want := range []string{"Signs in the list", "unread", "could not be sent", "purges it", "marked items"} {
			if !strings.Contains(seen, want) {
				t.Errorf("%dx%d: the help lacks %q", size.Width, size.Height, want)
			}
		}
		if help := seen[strings.Index(seen, "Keys"):]; strings.Contains(help[:strings.Index(help, "╰")], "… ") {
			t.Errorf("%dx%d: something is cut off:\n%s", size.Width, size.Height, d.screen())
		}
		d.press("Esc")
	}
}

func TestSearchesSayNextMatch(t *testing.T) {
	d := drive(t, 40, Options{})
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	d.sees("n next unread")
	d.press("/")
	d.typed("order")
	d.press("Enter")
	d.sees("n next match")
	d.press("C-k")
	d.sees("Enter run")
	d.press("Esc ?")
	d.sees("/ search  PgDn page down")
}

func TestSavedPathIsCutInTheMiddle(t *testing.T) {
	d := drive(t, 5, Options{})
	d.send(screen.Told{Banner: screen.Banner{Text: "Saved ~/Downloads/" + strings.Repeat("deep/", 20) + "the-end.mp3", Path: true}})
	if f := d.footer(); !strings.Contains(f, "Saved ~/Downloads") || !strings.Contains(f, "the-end.mp3") {
		t.Errorf("footer %q", f)
	}
}

// Paste is text: it acts on nothing, whatever is in it, and keys spelled both
// ways mean the same.
func TestPasteAndSpellings(t *testing.T) {
	d := drive(t, 20, Options{})
	at := d.cursor()
	for _, text := range []string{"e", "dd\nee\r", "\x1b[201~ejj", "q"} {
		d.send(tea.PasteMsg{Content: text})
	}
	if d.cursor() != at || d.quit || d.item(at).State == store.Done {
		t.Error("pasted text acted as keys")
	}
	d.send(tea.KeyPressMsg{Code: 'g', Text: "G", Mod: tea.ModShift, ShiftedCode: 'G'})
	last := d.cursor()
	d.press("g g")
	d.send(tea.KeyPressMsg{Code: 'g', Mod: tea.ModShift})
	if d.cursor() != last || last == at {
		t.Errorf("shift+g is on %v, G on %v", d.cursor(), last)
	}
}

// Nobody has chosen the first row of a list just opened: if it is unread, it is
// the next unread.
func TestNextUnreadBeginsWithTheFirstRow(t *testing.T) {
	d := drive(t, 41, Options{Sort: store.NewestFirst})
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	first := d.cursor()
	if d.item(first).Read {
		t.Fatal("the first row is read; the test wants it unread")
	}
	d.press("n")
	if d.cursor() != first {
		t.Errorf("n went on to %v, past the unread first row", d.cursor())
	}
	d.press("n")
	if d.cursor() == first {
		t.Error("n does not go on from there")
	}
}

// A note shows in the reader as soon as it is written, without another key.
func TestNoteShowsInTheReader(t *testing.T) {
	d := drive(t, 20, Options{})
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	d.press("m")
	d.typed("wants a call")
	d.press("Enter")
	d.sees("wrote a note")
}
