package ringcentral

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"switchboard/api"
)

func TestSegments(t *testing.T) {
	for _, tc := range []struct {
		name, text               string
		unicode                  bool
		units, count, left, want int
	}{
		{"nothing", "", false, 0, 0, 160, 0},
		{"plain", "hello", false, 5, 1, 155, 0},
		{"full", strings.Repeat("a", 160), false, 160, 1, 0, 0},
		{"one more", strings.Repeat("a", 161), false, 161, 2, 2*153 - 161, 0},
		{"two full", strings.Repeat("a", 306), false, 306, 2, 0, 0},
		{"three", strings.Repeat("a", 307), false, 307, 3, 152, 0},
		{"euro is two", strings.Repeat("€", 80), false, 160, 1, 0, 0},
		{"escape is not cut", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 20), false, 174, 2, 153 - 22, 0},
		{"accents of the alphabet", "àéìòùÄÖÜñ¿ΔΩ", false, 12, 1, 148, 0},
		{"an accent beyond", "ê", true, 1, 1, 69, 'ê'},
		{"curly quote", "it’s", true, 4, 1, 66, '’'},
		{"unicode full", strings.Repeat("я", 70), true, 70, 1, 0, 'я'},
		{"unicode two", strings.Repeat("я", 71), true, 71, 2, 2*67 - 71, 'я'},
		{"emoji is two", "👍", true, 2, 1, 68, '👍'},
		{"emoji is not cut", strings.Repeat("я", 66) + strings.Repeat("👍", 3), true, 72, 2, 67 - 6, 'я'},
		{"broken", "\xff", true, 1, 1, 69, utf8.RuneError},
	} {
		got := CountSegments(tc.text)
		if want := (Segments{tc.unicode, rune(tc.want), tc.units, tc.count, tc.left}); got != want {
			t.Errorf("%s: %+v, want %+v", tc.name, got, want)
		}
	}
	if UTF16Len("a👍ê") != 4 || UTF16Len("\xff") != 1 {
		t.Error("UTF16Len")
	}
}

// FuzzSegments: the parts hold the text, and no part less would.
func FuzzSegments(f *testing.F) {
	for _, s := range []string{"", "hello", strings.Repeat("€", 200), strings.Repeat("👍", 99), "\xff\xfe", strings.Repeat("a", 153) + "{"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := CountSegments(text)
		part, whole, most := 153, 160, 2
		if s.Unicode {
			part, whole = 67, 70
		}
		switch {
		case s.Units < 0 || s.Left < 0 || s.Left > whole:
			t.Fatalf("%+v of %q", s, text)
		case s.Units == 0:
			if s.Count != 0 || text != "" {
				t.Fatalf("%+v of %q", s, text)
			}
			return
		case s.Units <= whole:
			if s.Count != 1 || s.Left != whole-s.Units {
				t.Fatalf("%+v of %q", s, text)
			}
			return
		}
		room := s.Count * part
		if room-s.Left < s.Units || room-s.Left-s.Units >= s.Count*(most-1) || s.Left == part {
			t.Fatalf("%+v of %q: %d units of room", s, text, room)
		}
		if longer := CountSegments(text + "a"); longer.Count < s.Count {
			t.Fatalf("%+v became %+v with a letter more", s, longer)
		}
	})
}

func TestDialable(t *testing.T) {
	for in, want := range map[string]string{
		"+14155550123": "+14155550123", " (415) 555-0123 ": "4155550123", "415.555.0123": "4155550123", "+44 20 7946 0000": "+442079460000",
		"555\u20110123": "5550123", "104": "", "28777": "", "": "", "+": "", "1+4155550123": "", "415-555-CALL": "", "4155550123;ext=7": "",
		"+1234567890123456": "", "٤١٥٥٥٥٠١٢٣": "", "4155550123\n5": "",
	} {
		got, err := dialable(in)
		if got != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, ErrNumber) {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

// FuzzDialable: what passes is a + and digits, of a length that can be sent to,
// and stays what it is.
func FuzzDialable(f *testing.F) {
	for _, s := range []string{"+1 (415) 555-0123", "911", "\u00a0", "++", "4155550123x", strings.Repeat("9", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := dialable(s)
		if err != nil {
			return
		}
		digits := strings.TrimPrefix(got, "+")
		if len(digits) < minDigits || len(digits) > maxDigits || strings.Trim(digits, "0123456789") != "" {
			t.Fatalf("%q passed as %q", s, got)
		}
		if again, err := dialable(got); err != nil || again != got {
			t.Fatalf("%q became %q, %v", got, again, err)
		}
	})
}

func TestTextChecks(t *testing.T) {
	const from, to = "+16505550100", "+14155550123"
	many := make([]string, 11)
	for i := range many {
		many[i] = fmt.Sprintf("+141555501%02d", i)
	}
	for name, tc := range map[string]struct {
		m    SMS
		want error
	}{
		"fine":              {SMS{From: from, To: []string{to}, Text: strings.Repeat("x", 1000)}, nil},
		"nothing":           {SMS{From: from, To: []string{to}, Text: " \n"}, ErrNoText},
		"too long":          {SMS{From: from, To: []string{to}, Text: strings.Repeat("x", 1001)}, ErrTextTooLong},
		"too long in emoji": {SMS{From: from, To: []string{to}, Text: strings.Repeat("👍", 501)}, ErrTextTooLong},
		"no sender":         {SMS{To: []string{to}, Text: "x"}, ErrNoSender},
		"nobody":            {SMS{From: from, Text: "x"}, ErrNoRecipient},
		"extension":         {SMS{From: from, To: []string{"104"}, Text: "x"}, ErrNumber},
		"twice":             {SMS{From: from, To: []string{to, "+1 415 555 0123"}, Text: "x"}, ErrTwice},
		"eleven":            {SMS{From: from, To: many, Text: "x"}, ErrRecipients},
		"ten":               {SMS{From: from, To: many[:10], Text: "x"}, nil},
	} {
		if err := tc.m.Check(); !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	c, seen, _ := clientFor(t, answer(200, "application/json", `{}`))
	if _, err := c.SendSMS(t.Context(), SMS{From: from, To: []string{"104"}, Text: "x"}); !errors.Is(err, ErrNumber) || api.IsUnknown(err) || len(*seen) != 0 {
		t.Errorf("%v after %d requests", err, len(*seen))
	}
	// An answer without an id: it was sent, but cannot be found by its id.
	if _, err := c.SendSMS(t.Context(), SMS{From: from, To: []string{to}, Text: "x"}); !api.IsUnknown(err) || len(*seen) != 1 {
		t.Errorf("%v after %d requests", err, len(*seen))
	}
}

func TestPagerChecks(t *testing.T) {
	to := []Extended{{Number: "104"}}
	for name, tc := range map[string]struct {
		m    Pager
		want error
	}{
		"fine":     {Pager{To: to, Text: strings.Repeat("x", 1024)}, nil},
		"by id":    {Pager{To: []Extended{{ID: "178009122"}}, Text: "x"}, nil},
		"reply":    {Pager{ReplyOn: "5", Text: "x"}, nil},
		"nothing":  {Pager{To: to}, ErrNoText},
		"too long": {Pager{To: to, Text: strings.Repeat("x", 1025)}, ErrTextTooLong},
		"nobody":   {Pager{Text: "x"}, ErrNoRecipient},
		"nonsense": {Pager{To: []Extended{{Number: "1a"}}, Text: "x"}, ErrNumber},
		"twice":    {Pager{To: []Extended{to[0], to[0]}, Text: "x"}, ErrTwice},
		"odd from": {Pager{From: Extended{Number: "x"}, To: to, Text: "x"}, ErrNoSender},
		"odd id":   {Pager{ReplyOn: "x", Text: "x"}, api.ErrNoIDs},
	} {
		if err := tc.m.Check(); !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	c, seen, _ := clientFor(t, answer(200, "application/json", `{"id":7}`))
	if m, err := c.SendPager(t.Context(), Pager{ReplyOn: "9007199254740993", Text: "x"}); err != nil || m.ID != "7" {
		t.Error(m, err)
	}
	if got := (*seen)[0]; got.body != `{"text":"x","replyOn":9007199254740993}` {
		t.Errorf("sent %s", got.body)
	}
}

// TestReasons: every documented code has words of its own.
func TestReasons(t *testing.T) {
	for _, code := range strings.Fields(`AllLinesInUse Undefined NoFaxSendPermission NoInternationalPermission NoFaxMachine NoAnswer LineBusy
		CallerHungUp NotEnoughCredits SentPartially InternationalCallingDisabled DestinationCountryDisabled UnknownCountryCode NotAccepted
		InvalidNumber CallDeclined TooManyCallsPerLine CallFailed RenderingFailed TooManyPages ReturnToDBQueue NoCallTime WrongNumber
		ProhibitedNumber InternalError FaxSendingProhibited ThePhoneIsBlacklisted UserNotFound ConvertError DBGeneralError SkypeBillingFailed
		AccountSuspended ProhibitedDestination InternationalDisabled`) {
		if r := FaxReason(code); r.Text == "" || strings.Contains(r.Text, code) {
			t.Errorf("%s: %q", code, r.Text)
		}
	}
	for prefix, numbers := range map[string]string{
		"SMS-RC-": "403 410 413 430 500 501 503 504", "SMS-UP-": "410 413 414 430 431 432 433 500",
		"SMS-CAR-": "104 199 400 410 411 412 413 414 430 431 432 433 434 435 450 451 452 460 461 500",
	} {
		for n := range strings.FieldsSeq(numbers) {
			if r := SMSReason(prefix + n); r.Text == "" || strings.Contains(r.Text, "SMS-") {
				t.Errorf("%s%s: %q", prefix, n, r.Text)
			}
		}
	}
	for _, odd := range []string{"", "SMS-CAR-999", "NEW", "\x1b[2J" + strings.Repeat("x", 99), "SMS-RC-\n\u202e"} {
		for _, r := range []Reason{SMSReason(odd), FaxReason(odd)} {
			if r.Text == "" || len(r.Text) > 120 || strings.ContainsAny(r.Text, "\x1b\n\u202e") {
				t.Errorf("%q: %q", odd, r.Text)
			}
		}
	}
	if FaxReason("LineBusy").Again == FaxReason("WrongNumber").Again {
		t.Error("busy and wrong number are to be told apart")
	}
}

func TestRefusals(t *testing.T) {
	for code, want := range map[string]string{"MSG-242": "not part of this account", "MSG-343": "cannot be sent again", "TEL-101": "block list", "CMN-101": ""} {
		c, _, _ := clientFor(t, answer(403, "application/json", `{"errorCode":"InvalidParameter","errors":[{"errorCode":"`+code+`","message":"m"}]}`))
		_, err := c.SendSMS(t.Context(), SMS{From: "+16505550100", To: []string{"+14155550123"}, Text: "x"})
		if text, ok := Refusal(err); ok != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%s: %q, %v", code, text, ok)
		}
	}
	unknown := &api.Error{Code: "MSG-242", Status: 500, Unknown: true}
	if text, ok := Refusal(unknown); ok || text != "" {
		t.Errorf("an unknown outcome is called a refusal: %q", text)
	}
}
