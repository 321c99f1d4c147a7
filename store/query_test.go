package store

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseQueryErrors(t *testing.T) {
	for _, tt := range []struct {
		in, word string
		pos      int
		try      string
	}{
		{"form:mary", "form:", 0, "from:"},
		{"refund in:voicmail", "voicmail", 10, "in:voicemail"},
		{"is:", "is:", 0, "is:unread"},
		{"is:un", "un", 3, "is:unread"},
		{"ok after:someday", "someday", 9, ""},
		{"dur:>x", ">x", 4, ""},
		{"dur:30..10", "30..10", 4, ""},
		{"pages:-1", "-1", 6, ""},
		{"dur<", "<", 3, ""},
		{"pages>x", ">x", 5, ""},
		{"number:12", "12", 7, ""},
		{"in:fax,smss", "smss", 7, "in:sms"},
		{`label:"open`, `"open`, 6, ""},
		{"tga:urgent", "tga:", 0, "tag:"},
		{"onwer:mary", "onwer:", 0, "owner:"},
		{"tag:", "tag:", 0, "tag:urgent"},
		{"status:opne", "opne", 7, "status:open"},
		{"status:done", "done", 7, ""},
		{"is:closed", "closed", 3, ""},
		{"zzzzzz:1", "zzzzzz:", 0, ""},
		{strings.Repeat("a ", 70), "a", 128, ""},
	} {
		_, err := ParseQuery(tt.in, testNow, time.UTC)
		var e *QueryError
		if !errors.As(err, &e) {
			t.Errorf("%q: error %v", tt.in, err)
			continue
		}
		if e.Word != tt.word || e.Pos != tt.pos || e.Try != tt.try || e.Text != tt.in {
			t.Errorf("%q: word %q at %d, try %q, want %q at %d, %q", tt.in, e.Word, e.Pos, e.Try, tt.word, tt.pos, tt.try)
		}
	}
}

// How an e-mail stands at its service and how it stands here are asked for by two words;
// the one for the other says which.
func TestWhoseState(t *testing.T) {
	for in, want := range map[string]string{"status:done": "is:done", "status:unread": "is:unread", "is:closed": "status:closed", "in:closed": "status:closed"} {
		if _, err := ParseQuery(in, testNow, time.UTC); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want to be told of %s", in, err, want)
		}
	}
}

func TestQueryString(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "",
		"  refund ":                     `"refund"`,
		"refund":                        "refund",
		"refund pol":                    "refund pol",
		"ref* pol":                      "ref* pol",
		"IN:VoiceMail is:unread":        "in:voicemail is:unread",
		"-in:fax -refund":               "-in:fax -refund",
		`"call me back"`:                `"call me back"`,
		`from:"mary jones" x`:           `from:"mary jones" x`,
		"in:voicemail,fax after:fri":    "in:voicemail,fax after:fri",
		"(555) 123-4567":                `"(555) 123-4567"`,
		"12:30 http://example.com":      "12:30 http://example.com",
		"number:+1-555-123-4567":        "number:+1-555-123-4567",
		`say "unfinished`:               `say "unfinished"`,
		"dur:1m30s..2m pages:>5 dur:<3": "dur:1m30s..2m pages:>5 dur:<3",
		"dur<3 -pages>=2 DUR=5":         "dur:<3 -pages:>=2 dur:=5",
		"duration<3 a<b dur <3":         `duration<3 a<b dur <3`,
		`TAG:"Needs reply",roof -owner:ben status:Open,closed`: `tag:"Needs reply",roof -owner:ben status:open,closed`,
		`"dur<3" x`: `"dur<3" x`,
	} {
		q := mustQuery(t, in)
		if got := q.String(); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if again := mustQuery(t, q.String()).String(); again != q.String() {
			t.Errorf("%q: parsed again %q becomes %q", in, q.String(), again)
		}
	}
}

func TestWhen(t *testing.T) {
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, time.UTC) }
	for in, want := range map[string][2]time.Time{ // it is Saturday, 21 November
		"today":      {day(11, 21), day(11, 22)},
		"yesterday":  {day(11, 20), day(11, 21)},
		"sat":        {day(11, 21), day(11, 22)},
		"fri":        {day(11, 20), day(11, 21)},
		"sunday":     {day(11, 15), day(11, 16)},
		"3d":         {day(11, 18), day(11, 19)},
		"1w":         {day(11, 14), day(11, 15)},
		"2h":         {testNow.Add(-2 * time.Hour), testNow.Add(-time.Hour)},
		"2026-11-02": {day(11, 2), day(11, 3)},
		"2026-10":    {day(10, 1), day(11, 1)},
		"09:15":      {day(11, 21).Add(9*time.Hour + 15*time.Minute), day(11, 21).Add(9*time.Hour + 16*time.Minute)},
	} {
		lo, hi, ok := parseWhen(in, testNow)
		if !ok || !lo.Equal(want[0]) || !hi.Equal(want[1]) {
			t.Errorf("%s: %v to %v, want %v", in, lo, hi, want)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{"refund in:voicemail", `"a b" -c d*`, "from:mary,555-1234 before:3d", "dur:<3", "*", `""`, "-", "(555) 123 4567", "in:fax,", `label:a"b`, `tag:"a b",c -owner:x@y`, "status:open has:owner mailbox:a@b"} {
		f.Add(s)
	}
	s := openTest(f, f.TempDir())
	fill(f, s, messages(20, 1), 20)
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ParseQuery(text, testNow, time.UTC)
		if err != nil {
			var e *QueryError
			if !errors.As(err, &e) || e.Pos < 0 || e.Pos > len(text) || e.Error() == "" {
				t.Fatalf("error %#v", err)
			}
			return
		}
		again, err := ParseQuery(q.String(), testNow, time.UTC)
		if err == nil && again.String() != q.String() {
			t.Fatalf("%q, then %q", q.String(), again.String())
		}
		if _, err := s.Search(t.Context(), q, NewestFirst, 5); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

func FuzzParseID(f *testing.F) {
	f.Add("0000000000000")
	f.Add(newID("a", "b", testNow).String())
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err == nil && id.String() != strings.ToLower(s) {
			t.Errorf("%q is read as %s", s, id)
		}
	})
}
