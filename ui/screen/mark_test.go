package screen

import (
	"strings"
	"testing"

	"switchboard/ui/kit"
)

func TestSnippetShowsTheWord(t *testing.T) {
	long := strings.Repeat("hello there ", 9) + "the refund for 注文 please " + strings.Repeat("and so on ", 9)
	for _, tt := range []struct {
		text  string
		words []string
		w     int
		want  string
	}{
		{"short refund", []string{"refund"}, 20, "short refund"},
		{long, nil, 20, long},
		{long, []string{"hello"}, 20, long},
		{long, []string{"efund"}, 20, long}, // not at the beginning of a word
		{long, []string{"refund"}, 40, "… the refund for"},
		{long, []string{"注文", "zzz"}, 40, "… for 注文"},
	} {
		got := Snippet(tt.text, tt.words, tt.w)
		if !strings.HasPrefix(got, tt.want) {
			t.Errorf("%v: %q, want %q", tt.words, got, tt.want)
		}
		if len(tt.words) > 0 && strings.HasPrefix(got, "…") && !strings.Contains(kit.Cut(got, tt.w), tt.words[0]) {
			t.Errorf("%v: %q does not show it", tt.words, kit.Cut(got, tt.w))
		}
	}
}

func TestFlatHasNoPicturesAndKeepsText(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "Zoë Ђорђе 山田 مكتب ● → “x”": "Zoë Ђорђе 山田 مكتب ● → “x”", "🙏 ok ✅": "☺ ok ☺", "Zoe 👩 ❤": "Zoe ☺ ❤",
	} {
		if got := Flat(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
