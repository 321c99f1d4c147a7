package graphics

import (
	"bytes"
	"strings"
	"testing"
)

// TestTrack tells what bytes do to a box of 10 by 4 cells at column 20, row 5,
// of a screen of 60 by 20. Each begins with the cursor at the top left.
func TestTrack(t *testing.T) {
	tests := []struct {
		bytes string
		want  harm
	}{
		{"", 0},
		{"text in the first row of the screen that is longer than the box", 0},
		{"\x1b[6;1Hbefore the box", 0},
		{"\x1b[6;1Hto the first cell of it", touched},
		{"\x1b[6;1Hto the cell before it", touched},
		{"\x1b[6;1Hjust up to its left", 0},
		{"\x1b[6;31Hright of it", 0},
		{"\x1b[6;30Hx", touched},
		{"\x1b[9;25Hx", touched},
		{"\x1b[10;25Hx", 0},
		{"\x1b[5;25Hx", 0},
		{"\x1b[1;25H\x1b[5Bx", touched},
		{"\x1b[1;25H\x1b[6d\x1b[Gx", 0},
		{"\x1b[6d\x1b[25Gx", touched},
		{"\x1b[6d\x1b[25`x", touched},
		{"\x1b[6;30H\r\n\x1b[20Cx", touched},
		{"\x1b[6;30H\rx", 0},
		{"\x1b[6;32H\b\bx", touched},
		{"\x1b[6;35H\x1b[5Dx", touched},
		{"\x1b[12;25H\x1b[6Ax", touched},
		{"\x1b[6;10H\t\tx", touched},
		{"\x1b[6;1H漢字漢字漢字漢字漢", 0},
		{"\x1b[6;1H漢字漢字漢字漢字漢字漢", touched},
		{"\x1b[6;19H❤️x", touched}, // 1 or 2 wide
		{"\x1b[6;1H❤️\x1b[18Cx", touched},
		{"\x1b[6;1H❤️\x1b[6;40Hx", 0},
		{"\x1b[6;1Hx\x1b[18b", 0},
		{"\x1b[6;1Hx\x1b[20b", touched},
		{"\x1b[6;1H\x1b[20X", 0},
		{"\x1b[6;1H\x1b[21X", touched},
		{"\x1b[6;1H\x1b[K", touched},
		{"\x1b[6;40H\x1b[K", 0},
		{"\x1b[6;40H\x1b[1K", touched},
		{"\x1b[6;5H\x1b[1K", 0},
		{"\x1b[6;1H\x1b[2K", touched},
		{"\x1b[6;1H\x1b[2P", moved},
		{"\x1b[6;40H\x1b[2P", 0},
		{"\x1b[6;1H\x1b[2@", moved},
		{"\x1b[6;1H\x1b[4hx\x1b[4l", moved},
		{"\x1b[2J", lost},
		{"\x1b[H\x1b[J", lost},
		{"\x1b[4;1H\x1b[J", touched},
		{"\x1b[12;1H\x1b[J", 0},
		{"\x1b[12;1H\x1b[1J", touched},
		{"\x1b[?1049h", lost},
		{"\x1b[?25l\x1b[?2026h\x1b[?7l", 0},
		{"\x1b[S", moved},
		{"\x1b[1;4r\x1b[S", 0},
		{"\x1b[1;6r\x1b[T", moved},
		{"\x1b[12;20r\x1b[T", 0},
		{"\x1b[12;20r\x1b[r\x1b[T", moved},
		{"\x1b[1;4r\x1b[4;1H\n", 0},
		{"\x1b[1;7r\x1b[7;1H\n", moved},
		{"\x1b[3;7r\x1b[3;1H\x1bM", moved},
		{"\x1b[20;1H\n", moved},
		{"\x1b[4;1H\x1b[L", moved},
		{"\x1b[4;1H\x1b[M", moved},
		{"\x1b[12;1H\x1b[M", 0},
		{"\x1b[6;1H\x1b]2;a title that is longer than the box\a", 0},
		{"\x1b[6;1H\x1b]8;;http://example.com/aaaaaaaaaaaaaa\x1b\\x", 0},
		{"\x1b[6;1H\x1b[38;2;255;255;255;48;2;0;0;0mx", 0},
		{"\x1b[6;1H\x1bPtmux;\x1b\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\x1b\\\x1b\\x", 0},
		{"\x1b[6;1H\x1bP>|a long string in between\x1b\\x", 0},
	}
	for _, x := range tests {
		tr := newTrack()
		tr.height = 20
		tr.scan([]byte("\x1b[1;1H"))
		tr.boxes = []box{{x: 20, y: 5, w: 10, h: 4}}
		tr.scan([]byte(x.bytes))
		if got := tr.boxes[0].harm; got != x.want {
			t.Errorf("%q: %d, want %d", x.bytes, got, x.want)
		}
	}
}

// TestTrackUnknown begins without knowing where the cursor is.
func TestTrackUnknown(t *testing.T) {
	tr := newTrack()
	tr.boxes = []box{{x: 20, y: 5, w: 10, h: 4}}
	tr.scan([]byte("x"))
	if tr.boxes[0].harm != touched {
		t.Error("not touched by what may be anywhere")
	}
	tr.scan([]byte("\x1b[3;3H"))
	tr.boxes[0].harm = 0
	tr.scan([]byte("x"))
	if tr.boxes[0].harm != 0 {
		t.Error("touched by what is elsewhere")
	}
}

// FuzzWrite writes anything through a layer that shows a picture: what was
// written must come out whole and in order, but for the marks.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{
		"", "x\x1b[2Jy", "\x1b]2;show\u20632\a", "\x1b]2;\u2063\a\x1b]2;", "\x1b[?1049l\x1b[?1049h", "\x1b[99999999999;9Hx\x1b[99999999999X",
		"\x1bPtmux;\x1b\x1b\\", "\x1b[?2026h\x1b[?2026l", "\x1b[0;0r\x1b[S\x1bM\n", "漢\x1b[b\x1b[3@\xff\xfe",
	} {
		f.Add([]byte(s), []byte("\x1b[H"))
	}
	p, err := Terminal{Mode: Sixel, Colors: 256}.Draw(f.Context(), photo(12, 12), 2, 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var out bytes.Buffer
		l := New(&out, Setup{})
		write(t, l, "\x1b[?1049h")
		write(t, l, "\x1b]2;"+l.Title("x", []Placed{{3, 3, p}})+"\a")
		write(t, l, string(a))
		write(t, l, string(b))
		if err := l.Clear(); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(a, []byte("\x1b")) || bytes.Contains(b, []byte("\x1b")) {
			return
		}
		if got := out.String(); !strings.Contains(got, string(a)) || !strings.Contains(got, string(b)) {
			t.Errorf("%q and %q became %q", a, b, got)
		}
	})
}

func write(t *testing.T, l *Layer, s string) {
	t.Helper()
	if n, err := l.Write([]byte(s)); n != len(s) || err != nil {
		t.Fatal(n, err)
	}
}
