package pages

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"switchboard/keymap"
	"switchboard/ui/preview/paper"
)

func TestPagesAreTurned(t *testing.T) {
	d := open(t, &document{n: 3})
	for _, tt := range []struct {
		do     keymap.Action
		status string
		said   string
	}{
		{keymap.Play, "page 2 of 3", ""},
		{keymap.MediaForward, "page 3 of 3", ""},
		{keymap.Play, "page 3 of 3", "This is the last of 3 pages"},
		{keymap.MediaBack, "page 2 of 3", ""},
		{keymap.MediaStart, "page 1 of 3", ""},
		{keymap.MediaBack, "page 1 of 3", "This is the first page"},
	} {
		d.do(tt.do)
		if d.v.Status() != tt.status || d.said != tt.said {
			t.Errorf("%s: %q, said %q; want %q, %q", tt.do, d.v.Status(), d.said, tt.status, tt.said)
		}
	}
	d.do(keymap.GoToPage)
	if err := d.answer("4"); err == nil {
		t.Error("page 4 of 3 was taken")
	}
	if err := d.answer("3"); err != nil || d.v.at != 2 {
		t.Errorf("on page %d, %v", d.v.at+1, err)
	}
}

func TestLinesAreAsWideAsTheRoom(t *testing.T) {
	d := open(t, &document{n: 3, words: map[int][]paper.Span{0: {{Text: "a 注文 and more of it than goes on a line of ten", X: 0.1, Y: 0.1, W: 0.8, H: 0.02}}}})
	for _, a := range []keymap.Action{keymap.MediaReset, keymap.MediaMore, keymap.FitPage, keymap.MediaFaster, keymap.Transcript} {
		d.do(a)
		for _, size := range [][2]int{{46, 34}, {10, 3}, {120, 38}, {1, 1}} {
			d.run(d.v.Resize(size[0], size[1]))
			for _, w := range []int{size[0], size[0] + 7, max(size[0]-5, 1)} {
				lines := d.v.View(w, size[1], true)
				if len(lines) != size[1] {
					t.Fatalf("%s at %v: %d lines", a, size, len(lines))
				}
				for _, l := range lines {
					if ansi.StringWidth(l) != w {
						t.Fatalf("%s at %v: %d cells instead of %d: %q", a, size, ansi.StringWidth(l), w, ansi.Strip(l))
					}
				}
			}
		}
	}
}

// A neighbour is drawn before somebody turns to it: nothing but its cells are
// left to write.
func TestTurningToAPageDrawnAhead(t *testing.T) {
	d := open(t, &document{n: 30})
	d.hold = true // nothing that takes time is done any more
	start := time.Now()
	d.do(keymap.Play)
	frame := d.screen()
	took := time.Since(start)
	if d.v.shown.page != 1 || d.v.Status() != "page 2 of 30" {
		t.Errorf("shows page %d, %q", d.v.shown.page+1, d.v.Status())
	}
	if strings.TrimSpace(frame) == "" {
		t.Error("nothing is drawn")
	}
	if took > 30*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

func TestThePageBeforeStaysWhileTheNextIsDrawn(t *testing.T) {
	doc := &document{n: 30}
	d := open(t, doc)
	d.do(keymap.Play)
	was := d.screen()
	d.hold = true
	d.do(keymap.GoToPage)
	if err := d.answer("20"); err != nil {
		t.Fatal(err)
	}
	if d.screen() != was || d.v.Status() != "page 20 of 30 …" {
		t.Errorf("status %q", d.v.Status())
	}
	d.release()
	if d.screen() == was || d.v.Status() != "page 20 of 30" {
		t.Errorf("status %q", d.v.Status())
	}
}

// The same page wanted again before the first drawing of it gave up: what that one
// leaves behind must not end the one after it.
func TestADrawingThatGaveUpEndsNoOther(t *testing.T) {
	d := open(t, &document{n: 1})
	d.hold = true
	for _, w := range []int{60, 50, 60} {
		d.run(d.v.Resize(w, 34))
	}
	given := d.waiting
	d.waiting = nil
	if len(given) != 3 {
		t.Fatalf("%d drawings were begun", len(given))
	}
	for _, cmd := range given {
		d.run(d.v.Update(cmd()))
	}
	if d.v.shown == nil || d.v.shown.want != d.v.want(0) {
		t.Errorf("the page is not drawn; %d more drawings wait", len(d.waiting))
	}
}

func TestAnswersForAnotherDocumentAreDropped(t *testing.T) {
	first := &document{n: 3}
	d := open(t, first)
	d.hold = true
	d.do(keymap.MediaMore)
	d.doc = &document{n: 1}
	d.show("b")
	d.release()
	if d.v.Status() != "page 1 of 1" || !first.closed || d.doc.closed {
		t.Errorf("status %q, closed %v and %v", d.v.Status(), first.closed, d.doc.closed)
	}
	d.v.Close()
	if !d.doc.closed {
		t.Error("the second is left open")
	}
}

// What is kept does not grow with the pages.
func TestMemoryOfTwoHundredPages(t *testing.T) {
	if testing.Short() {
		t.Skip("draws 200 pages")
	}
	d := open(t, &document{n: 200})
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var middle uint64
	for i := range 199 {
		d.do(keymap.Play)
		if got := d.v.cache.bytes(); got > Limit {
			t.Fatalf("page %d: %d bytes are kept", i+2, got)
		}
		if i == 120 {
			middle = heap()
		}
	}
	end := heap()
	t.Logf("%d MB kept of at most %d, heap %d MB after 120 pages, %d MB after 200", d.v.cache.bytes()>>20, Limit>>20, middle>>20, end>>20)
	if end > middle+8<<20 {
		t.Errorf("the heap grew from %d to %d MB between pages 120 and 200", middle>>20, end>>20)
	}
}

func TestTurnIsRemembered(t *testing.T) {
	d := open(t, &document{n: 3})
	d.do(keymap.Play, keymap.MediaFaster, keymap.MediaFaster, keymap.MediaFaster)
	if got := d.memory["turn:a"]; got != `{"1":3}` {
		t.Errorf("remembered %q", got)
	}
	d.v.Close()
	d.v.cache.clear()
	d.show("a")
	if d.v.turned(0) != 0 || d.v.turned(1) != 3 {
		t.Errorf("turns %v", d.v.turns)
	}
	d.memory["turn:a"] = "nonsense"
	d.v.Close()
	d.v.cache.clear()
	d.show("a")
	if d.v.err != "" || len(d.v.turns) != 0 {
		t.Errorf("nonsense was taken: %q %v", d.v.err, d.v.turns)
	}
}

// Space goes down a page that is looked at closely, then to the next.
func TestSpaceReadsOn(t *testing.T) {
	d := open(t, &document{n: 2})
	d.do(keymap.FitPage)
	if v := d.v.view; !v.close() || v.y != 0 {
		t.Fatalf("%+v", v)
	}
	steps := 0
	for ; d.v.at == 0 && steps < 20; steps++ {
		d.do(keymap.Play)
	}
	d.run(d.v.Resize(100, 20))
	if d.v.at != 1 || d.v.view.y != 0 {
		t.Errorf("after %d presses on page %d at %v", steps, d.v.at+1, d.v.view.y)
	}
	d.do(keymap.MediaMore, keymap.PanDown, keymap.PanRight)
	if d.v.view.y <= 0 || d.v.view.x < 0.4 {
		t.Errorf("%+v", d.v.view)
	}
	d.do(keymap.MediaReset)
	if d.v.view.close() {
		t.Error("not the whole page")
	}
	d.do(keymap.PanDown)
	if d.said != "The whole page is in sight" {
		t.Errorf("said %q", d.said)
	}
}

func TestParsePages(t *testing.T) {
	for text, want := range map[string][]int{
		"": {0, 1, 2, 3, 4}, "all": {0, 1, 2, 3, 4}, "1,3-5": {0, 2, 3, 4}, " 5 , 1 ": {4, 0}, ".": {1}, ".-3": {1, 2},
		"0": nil, "6": nil, "3-2": nil, "x": nil, "1-": nil, ",": nil, "-1": nil, "1-99999999999": nil,
	} {
		got, err := parsePages(text, 5, 1)
		if !slices.Equal(got, want) || (err == nil) != (want != nil) {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestPagesAreSavedAsTheyAreLookedAt(t *testing.T) {
	d := open(t, &document{n: 3})
	d.do(keymap.MediaFaster, keymap.Annotate)
	if d.prompt.Value != "20 Nov 2026 15:00 ann" {
		t.Errorf("offers %q", d.prompt.Value)
	}
	before := d.v.View(46, 34, true)
	if err := d.answer("tl: Approved"); err != nil {
		t.Fatal(err)
	}
	if slices.Equal(d.v.View(46, 34, true), before) {
		t.Error("the stamp does not show")
	}
	d.do(keymap.PanRight, keymap.PickPages)
	if err := d.answer("1-2"); err != nil {
		t.Fatal(err)
	}
	if len(d.saved) != 2 || d.saved[0].Turn != 1 || len(d.saved[0].Stamps) != 1 || len(d.saved[1].Stamps) != 0 {
		t.Fatalf("saved %+v", d.saved)
	}
	st := d.saved[0].Stamps[0].Sheet(8.5, 11, 1)
	if st.Text != "Approved" || st.X > 0.3 || st.Y > 0.1 {
		t.Errorf("stamp at %v, %v of the turned page", st.X, st.Y)
	}
	d.do(keymap.Annotate)
	if err := d.answer("-"); err != nil || !slices.Equal(d.v.View(46, 34, true), before) {
		t.Errorf("the stamp is still on: %v", err)
	}
	if err := d.answer("-"); err == nil {
		t.Error("there was none to take off")
	}
}

func TestWords(t *testing.T) {
	words := map[int][]paper.Span{
		0: {{Text: "Dear", X: 0.1, Y: 0.1, W: 0.1, H: 0.02}, {Text: "Ann,", X: 0.21, Y: 0.1, W: 0.1, H: 0.02}, {Text: "right", X: 0.8, Y: 0.1, W: 0.1, H: 0.02}},
		2: {{Text: "the re\x1b[31mfund", X: 0.1, Y: 0.2, W: 0.4, H: 0.02}, {Text: "is late", X: 0.1, Y: 0.3, W: 0.2, H: 0.02}},
	}
	d := open(t, &document{n: 3, words: words})
	if want := []string{"Dear Ann, right", "", "the refund\nis late"}; !slices.Equal(d.texts, want) || d.by != "file" {
		t.Errorf("kept %q by %q", d.texts, d.by)
	}
	d.do(keymap.Transcript)
	if s := d.screen(); !strings.Contains(s, "    Dear Ann,") || !strings.Contains(s, "   right") {
		t.Errorf("not in place:\n%s", s)
	}
	d.do(keymap.Transcript, keymap.FindInFile)
	if err := d.answer("REFUND"); err != nil {
		t.Fatal(err)
	}
	if d.v.at != 2 || d.said != `"REFUND" is on page 3` || len(d.v.find.spans[2]) != 1 {
		t.Errorf("on page %d, said %q, %v", d.v.at+1, d.said, d.v.find.spans)
	}
	if got := d.v.find.spans[2][0]; got.X < 0.2 || got.X+got.W > 0.51 {
		t.Errorf("marked %+v", got)
	}
	d.do(keymap.FindInFile)
	_ = d.answer("nowhere")
	if !strings.Contains(d.said, "is not among its words") {
		t.Errorf("said %q", d.said)
	}
	d.do(keymap.MediaStart, keymap.Play, keymap.Transcript)
	if s := d.screen(); !strings.Contains(s, "tesseract") {
		t.Errorf("no way out:\n%s", s)
	}
}

func TestADocumentThatCannotBeOpened(t *testing.T) {
	d := open(t, &document{n: 0})
	if s := d.screen(); !strings.Contains(s, "This file cannot be shown: it has no pages") || !strings.Contains(s, "o opens it outside") {
		t.Errorf("says\n%s", s)
	}
	d.do(keymap.Play)
	if !strings.Contains(d.said, "cannot be shown") {
		t.Errorf("said %q", d.said)
	}
}

// Turning to a page that was drawn ahead, up to its cells.
func BenchmarkTurn(b *testing.B) {
	d := open(b, &document{n: 200})
	for b.Loop() {
		a := keymap.Play
		if d.v.at == 199 {
			a = keymap.MediaStart
		}
		b.StopTimer()
		d.run(d.v.need())
		b.StartTimer()
		d.hold = true
		d.do(a)
		_ = d.v.View(46, 34, true)
		b.StopTimer()
		d.release()
		b.StartTimer()
	}
}

// What is stamped can be read, however few pixels the page has, and stands where
// it will be on the page that is saved.
func TestStampsCanBeRead(t *testing.T) {
	d := open(t, &document{n: 1})
	for _, a := range []keymap.Action{keymap.MediaReset, keymap.Contrast, keymap.Contrast, keymap.MediaFaster, keymap.MediaMore} {
		d.do(a, keymap.Annotate)
		if err := d.answer("tl: Approved ann"); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(d.screen(), "\n")
		if !strings.Contains(strings.Join(lines[:8], "\n"), " Approved ann ") && a != keymap.MediaMore {
			t.Errorf("%s: no stamp at the top:\n%s", a, d.screen())
		}
		for _, l := range d.v.View(46, 34, true) {
			if ansi.StringWidth(l) != 46 {
				t.Fatalf("%s: %d cells: %q", a, ansi.StringWidth(l), l)
			}
		}
		d.do(keymap.Annotate)
		if err := d.answer("-"); err != nil || strings.Contains(d.screen(), "Approved") {
			t.Errorf("%s: it stays (%v)", a, err)
		}
	}
}
