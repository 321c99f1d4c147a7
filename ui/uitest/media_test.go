package uitest

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"switchboard/keymap"
	"switchboard/store"
	"switchboard/ui/preview"
)

// goTo shows one message and puts the focus on it.
func (d *Desk) goTo(it store.Item) {
	d.Press("/")
	d.Free("id:" + it.ID.String())
	d.Press("Enter")
	d.See("1 of 1", "Search id:"+it.ID.String())
	d.Press("Enter")
	d.Gone("Fetching")
}

// with finds a message with a file of a type, and so many pages at least.
func (d *Desk) with(t *testing.T, typ string, pages int) store.Item {
	t.Helper()
	for _, it := range d.all(t, "in:all has:file") {
		for _, a := range files(it) {
			if strings.HasPrefix(a.Type, typ) && it.Pages >= pages && it.Availability == store.Alive && it.Direction == store.Inbound {
				return it
			}
		}
	}
	t.Fatalf("no message has a file of the type %s", typ)
	return store.Item{}
}

func files(it store.Item) (out []store.Attachment) {
	for _, a := range it.Attachments {
		if !a.IsText() {
			out = append(out, a)
		}
	}
	return out
}

// what each key does with a kind of file: a pattern of what is on the screen
// after it. "*": anything else than before.
type does map[keymap.Action]string

const notHere = `not for this kind of file|make no sound`

var onPages = does{
	keymap.Play: `page 2 of`, keymap.MediaForward: `page 3 of`, keymap.MediaBack: `page 2 of`, keymap.MediaStart: `page 1 of`,
	keymap.MediaFaster: `*`, keymap.MediaSlower: `*`, keymap.MediaMore: `page 1 of \d+.*1.5x`, keymap.MediaLess: `*`,
	keymap.MediaReset: `page 1 of \d+[^x]*\n`, keymap.FitPage: `whole page`, keymap.Contrast: `More contrast`,
	keymap.PanRight: `edge of the page`, keymap.PanLeft: `edge of the page`, keymap.PanUp: `edge of the page`, keymap.PanDown: `*`,
	keymap.GoToPage: `Go to page \(1 to \d+\)`, keymap.FindInFile: `Find in this file`, keymap.Annotate: `Stamp on page 1`,
	keymap.PickPages: `Save pages of \d+ as a PDF`, keymap.ReadPage: `Reading the page|tesseract`, keymap.Transcript: `text, page 1`,
}

var onPicture = does{
	keymap.Play: `whole picture`, keymap.MediaForward: `whole picture`, keymap.MediaBack: `whole picture`, keymap.MediaStart: `whole picture`,
	keymap.MediaFaster: `*`, keymap.MediaSlower: `*`, keymap.MediaMore: ` 1.5x `, keymap.MediaLess: `*`,
	keymap.MediaReset: `Picture text from`, keymap.FitPage: `go on`, keymap.Contrast: `More contrast`,
	keymap.PanRight: `edge of the page`, keymap.PanLeft: `edge of the page`, keymap.PanUp: `edge of the page`, keymap.PanDown: `*`,
	keymap.GoToPage: `whole picture`, keymap.FindInFile: `Find in this file`, keymap.Annotate: `Stamp on page 1`,
	keymap.PickPages: `Save the page as a PDF`, keymap.ReadPage: `Reading the page|tesseract`, keymap.Transcript: `no words of its own`,
}

var onFilm = onPicture.but(does{
	keymap.Play: `Space pause`, keymap.MediaForward: `frame \d+ of 12.*(?s:.*)Space play`, keymap.MediaBack: `frame \d+ of 12`, keymap.MediaStart: `frame 1 of 12`,
	keymap.MediaMore: `frame 1 of 12, 1.5x`, keymap.GoToPage: `Go to frame \(1 to 12\)`, keymap.FitPage: `frame 1 of 12`,
})

var onSound = does{
	keymap.Play: `playing`, keymap.MediaForward: `0:0\d of`, keymap.MediaBack: `0:0\d of`, keymap.MediaStart: `0:00 of`,
	keymap.MediaFaster: `1\.1x`, keymap.MediaSlower: ` 1x`, keymap.MediaMore: `vol 1[01]\d%`, keymap.MediaLess: `vol \d+%`,
	keymap.MediaReset: ` 1x`, keymap.GoToPage: `Go to the time`, keymap.SkipSilence: `Silences are`, keymap.Transcript: ``,
	keymap.FindInFile: `Find in this recording|no transcript`, keymap.Waveform: ``, keymap.PanUp: ``, keymap.PanDown: ``,
}

var onText = does{
	keymap.Play: `This is all of it|%|end`, keymap.MediaForward: `%|end`, keymap.MediaBack: `%|beginning|from`, keymap.MediaStart: `beginning|from`,
	keymap.PanUp: `beginning|from`, keymap.PanDown: `the end|%|from`, keymap.PanLeft: `in sight|from`, keymap.PanRight: `in sight|from`,
	keymap.FindInFile: `Find in the file`,
}

// byAnother is what is left to a program that may not be there.
var byAnother = does{
	keymap.Play: `0:0\d of`, keymap.MediaFaster: `0:0\d of`, keymap.MediaSlower: `0:0\d of`, keymap.MediaMore: `\d%`, keymap.MediaLess: `\d%`,
}

// but is the same with some things otherwise.
func (d does) but(other does) does {
	out := does{}
	for a, p := range d {
		out[a] = p
	}
	for a, p := range other {
		out[a] = p
	}
	return out
}

// order is that in which the keys are pressed: each finds the file as the one
// before left it.
func order() []keymap.Action {
	return []keymap.Action{
		keymap.Play, keymap.MediaForward, keymap.MediaBack, keymap.MediaStart, keymap.MediaFaster, keymap.MediaSlower, keymap.MediaMore,
		keymap.MediaLess, keymap.MediaReset, keymap.FitPage, keymap.PanRight, keymap.PanLeft, keymap.PanUp, keymap.PanDown, keymap.Contrast,
		keymap.GoToPage, keymap.FindInFile, keymap.SkipSilence, keymap.Waveform, keymap.Annotate, keymap.PickPages, keymap.VerifyFile,
		keymap.CopyPath, keymap.ReadPage, keymap.Transcript,
	}
}

// Each key for a file does on each kind what the key table says, or says why it
// does not.
func TestMediaKeys(t *testing.T) {
	unwatched(t)
	in := map[keymap.Action]bool{}
	for _, a := range order() {
		in[a] = true
	}
	for _, a := range keymap.All() {
		if preview.Mine(a.Action) && !in[a.Action] {
			t.Errorf("%s is not tried", a.Action)
		}
	}
	if slower > 1 {
		t.Skip("takes minutes under the race detector, which the other tests give enough to look at")
	}
	d := Open(t, Config{Now: noon, Messages: 600, Rest: time.Millisecond})
	d.See("Inbox")
	for _, tt := range []struct {
		typ   string
		pages int
		see   string
		does  does
	}{
		{"application/pdf", 3, "page 1 of", onPages},
		{"image/tiff", 3, "page 1 of", onPages},
		{"audio/x-wav", 0, "0:00 of", onSound},
		{"audio/mpeg", 0, "0:00 of", onSound},
		{"audio/amr", 0, "0:00 of", onSound.but(byAnother)},
		{"image/jpeg", 0, "] turn", onPicture},
		{"image/png", 0, "] turn", onPicture},
		{"image/bmp", 0, "] turn", onPicture.but(does{keymap.PanDown: `edge of the page`})},
		{"image/webp", 0, "] turn", onPicture},
		{"image/gif", 0, "frame 1 of 12", onFilm.but(does{keymap.PanDown: `edge of the page`})},
		{"text/vcard", 0, "Space scroll on", onText},
		{"text/csv", 0, "Date", onText},
		{"text/plain", 0, "Space scroll on", onText},
		{"application/json", 0, "new-patient", onText},
	} {
		ok := t.Run(tt.typ, func(t *testing.T) {
			outer := d.t
			d.t = t
			defer func() { d.t = outer }()
			it := d.with(t, tt.typ, tt.pages)
			d.goTo(it)
			d.Until(tt.see, regexp.MustCompile(tt.see).MatchString)
			d.media(t, keymap.CopyPath, tt.does) // from here on all of it is here and shown
			for _, a := range order() {
				d.media(t, a, tt.does)
			}
			d.Press("q q")
			d.See(" Inbox ")
			d.Press("Esc") // what was said of the last file
		})
		if !ok {
			return // the next begins where this one should have ended
		}
	}
}

// aboveFooter is a screen without its last line, where any key takes away what was said.
func aboveFooter(s string) string { return s[:max(strings.LastIndex(s, "\n"), 0)] }

// media presses the key of one action and looks what comes of it.
func (d *Desk) media(t *testing.T, a keymap.Action, does does) {
	t.Helper()
	want, mine := does[a]
	switch {
	case a == keymap.VerifyFile:
		want = `is whole: .* sha256`
	case a == keymap.CopyPath:
		want = `Copied the path`
	case !mine:
		want = notHere
	}
	before, key := d.Screen(), keymap.Default().Keys(keymap.ScopeMedia, a)[0]
	pattern := regexp.MustCompile(strings.TrimPrefix(want, "*"))
	d.Press(key)
	pressed := time.Now()
	d.Eventually(string(a)+" to do "+want, func() bool {
		s := d.Screen()
		if !strings.Contains(s, "does nothing here") && (want != "*" || aboveFooter(s) != aboveFooter(before)) && pattern.MatchString(s) {
			return true
		}
		if time.Since(pressed) > 3*time.Second { // the key before may have been at work on the page still
			d.Press(key)
			pressed = time.Now()
		}
		return false
	})
	s := d.Screen()
	if strings.HasPrefix(strings.TrimSpace(s[strings.LastIndex(s, "\n")+1:]), "›") {
		d.Press("Esc")
		d.Until("an end of the prompt", func(s string) bool { return !strings.Contains(s, "\n ›") })
	}
}
