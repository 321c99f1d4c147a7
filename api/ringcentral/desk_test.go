package ringcentral

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"switchboard/api"
	"switchboard/api/simulator"
)

// TestOlderBlocking: a service that knows only the older path is asked today's
// once, and answers in its own shape.
func TestOlderBlocking(t *testing.T) {
	var srv *httptest.Server
	c, seen, srv := clientFor(t, nil)
	srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		*seen = append(*seen, request{method: r.Method, path: r.URL.Path, body: string(b)})
		switch {
		case !strings.Contains(r.URL.Path, "/blocked-number"):
			answer(404, "application/json", `{"errorCode":"CMN-120","message":"Invalid URI"}`)(w, r)
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusNoContent)
		case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/blocked-number"):
			answer(200, "application/json", `{"records":[{"id":"7","name":"Robot","phoneNumber":"+13035550177"}]}`)(w, r)
		default:
			answer(200, "application/json", `{"id":7,"name":"Robot","phoneNumber":"+13035550177"}`)(w, r)
		}
	})
	ctx := t.Context()
	want := BlockedNumber{ID: "7", PhoneNumber: "+13035550177", Label: "Robot", Status: NumberBlocked}
	list, _, err := c.BlockedNumbers(ctx, "")
	if err != nil || len(list) != 1 || list[0] != want {
		t.Fatalf("%+v, %v", list, err)
	}
	for name, call := range map[string]func() (BlockedNumber, error){
		"create": func() (BlockedNumber, error) {
			return c.BlockNumber(ctx, BlockedNumber{PhoneNumber: "+13035550177", Label: "Robot"})
		},
		"read":   func() (BlockedNumber, error) { return c.BlockedNumber(ctx, "7") },
		"update": func() (BlockedNumber, error) { return c.UpdateBlockedNumber(ctx, want) },
	} {
		if got, err := call(); err != nil || got != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if err := c.UnblockNumber(ctx, "7"); err != nil {
		t.Error(err)
	}
	if _, err := c.BlockNumber(ctx, BlockedNumber{PhoneNumber: "+13035550177", Status: NumberAllowed}); !errors.Is(err, ErrOldBlocking) {
		t.Errorf("allowed: %v", err)
	}
	today := 0
	for _, r := range *seen {
		if strings.Contains(r.path, "caller-blocking") {
			today++
		} else if strings.Contains(r.body, "label") || strings.Contains(r.body, "status") {
			t.Errorf("the older path was sent %s", r.body)
		}
	}
	if today != 1 {
		t.Errorf("today's path was asked %d times", today)
	}
}

// TestRefusedBeforeSending: what cannot be is never asked of the service.
func TestRefusedBeforeSending(t *testing.T) {
	c, seen, _ := clientFor(t, answer(200, "application/json", `{}`))
	ctx := t.Context()
	bad := TimeRange{From: "18:00", To: "9:00"}
	for name, call := range map[string]func() error{
		"block an extension": func() error { _, err := c.BlockNumber(ctx, BlockedNumber{PhoneNumber: "104"}); return err },
		"block with a novel": func() error {
			_, err := c.BlockNumber(ctx, BlockedNumber{PhoneNumber: "+13035550177", Label: strings.Repeat("x", 61)})
			return err
		},
		"unblock nothing": func() error { return c.UnblockNumber(ctx, "") },
		"unblock all":     func() error { return c.UnblockNumber(ctx, "*") },
		"update nothing": func() error {
			_, err := c.UpdateBlockedNumber(ctx, BlockedNumber{PhoneNumber: "+13035550177"})
			return err
		},
		"forward to nothing":   func() error { _, err := c.AddForwardingNumber(ctx, ForwardingNumber{}); return err },
		"delete no forwarding": func() error { return c.DeleteForwardingNumber(ctx, "1,2") },
		"delete all rules":     func() error { return c.AnsweringRules().Delete(ctx, "") },
		"read no rule":         func() error { _, err := c.CompanyRules().Read(ctx, "../x"); return err },
		"hours backwards": func() error {
			_, err := c.SetBusinessHours(ctx, BusinessHours{&WeeklyRanges{Friday: []TimeRange{bad}}})
			return err
		},
		"greeting of no kind": func() error {
			_, err := c.AddCompanyGreeting(ctx, NewGreeting{File: file("a.mp3", []byte("x"))})
			return err
		},
		"greeting of no rule": func() error {
			_, err := c.AddGreeting(ctx, NewGreeting{Type: "Voicemail", File: file("a.mp3", []byte("x"))})
			return err
		},
		"greeting of no sound": func() error {
			_, err := c.AddCompanyGreeting(ctx, NewGreeting{Type: "Company", File: file("a.png", []byte("x"))})
			return err
		},
		"greeting without end": func() error {
			_, err := c.AddCompanyGreeting(ctx, NewGreeting{Type: "Company", File: Enclosure{Name: "a.wav", Size: MaxGreeting + 1, Body: &endless{}}})
			return err
		},
		"greeting of nothing": func() error {
			_, err := c.AddCompanyGreeting(ctx, NewGreeting{Type: "Company", File: file("a.wav", nil)})
			return err
		},
		"parse nothing":         func() error { _, err := c.ParseNumbers(ctx, []string{""}); return err },
		"parse a novel":         func() error { _, err := c.ParseNumbers(ctx, []string{strings.Repeat("1", 65)}); return err },
		"standard greeting /":   func() error { _, err := c.StandardGreeting(ctx, "a/b"); return err },
		"forwarding number ../": func() error { _, err := c.ForwardingNumber(ctx, ".."); return err },
	} {
		if err := call(); err == nil || len(*seen) > 0 {
			t.Errorf("%s: %v after %d requests", name, err, len(*seen))
		}
	}
}

// TestNumbersAreParsed 64 at a time, and repeated: nothing changes by it.
func TestNumbersAreParsed(t *testing.T) {
	c, s := desk(t, simulator.Config{})
	texts := make([]string, 130)
	for i := range texts {
		texts[i] = "(415) 555-0123"
	}
	texts[129] = "911"
	if err := s.FailNext("parsePhoneNumberV2", "500", 1, 1); err != nil {
		t.Fatal(err)
	}
	got, err := c.ParseNumbers(t.Context(), texts)
	if err != nil || len(got) != 130 || got[0].Formats[0].E164 != "+14155550123" || got[129].Details.SpecialService == nil || got[129].Details.SpecialService.Type != "Emergency" {
		t.Fatalf("%d, %v", len(got), err)
	}
	asked := 0
	for _, r := range s.Requests() {
		if r.Op == "parsePhoneNumberV2" {
			asked++
		}
	}
	if asked != 4 {
		t.Errorf("asked %d times", asked)
	}
}

func TestOpening(t *testing.T) {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Skip(err)
	}
	h := BusinessHours{&WeeklyRanges{
		Monday: []TimeRange{{"13:00", "17:30"}, {"08:00", "12:00"}}, Friday: []TimeRange{{"22:00", "24:00"}}, Sunday: []TimeRange{{"00:00", "00:00"}},
	}}
	at := func(day, clock string) time.Time {
		t.Helper()
		got, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, zone)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	const sunday, monday, friday = "2026-11-01", "2026-11-02", "2026-11-06" // that Sunday has 25 hours
	for _, tc := range []struct{ from, want time.Time }{
		{at(monday, "07:00"), at(monday, "08:00")},
		{at(monday, "08:00"), at(monday, "08:00")},
		{at(monday, "12:00"), at(monday, "13:00")},
		{at(monday, "17:29"), at(monday, "17:29")},
		{at(monday, "17:30"), at(friday, "22:00")},
		{at(friday, "23:59"), at(friday, "23:59")},
		{at(sunday, "23:30"), at(sunday, "23:30")},
		{at("2026-10-31", "05:00"), at(sunday, "00:00")},
	} {
		if got, ok := h.Opening(tc.from); !ok || !got.Equal(tc.want) {
			t.Errorf("%s: %s, want %s", tc.from, got, tc.want)
		}
	}
	if got, ok := (BusinessHours{}).Opening(at(monday, "03:00")); !ok || !got.Equal(at(monday, "03:00")) {
		t.Error("around the clock", got)
	}
	for _, never := range []WeeklyRanges{{}, {Monday: []TimeRange{{"x", "y"}}}, {Monday: []TimeRange{{"09:00", "08:00"}}}} {
		if got, ok := (BusinessHours{&never}).Opening(at(monday, "03:00")); ok {
			t.Errorf("%+v opens %s", never, got)
		}
	}
}

// TestRulesKeep: what this program does not look into comes back unchanged.
func TestRulesKeep(t *testing.T) {
	c, _ := desk(t, simulator.Config{})
	rules := c.AnsweringRules()
	r, err := rules.Read(t.Context(), "business-hours-rule")
	if err != nil || r.Type != "BusinessHours" || len(r.Voicemail) == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	off := false
	r.Enabled = &off
	now, err := rules.Update(t.Context(), r)
	if err != nil || *now.Enabled || string(now.Voicemail) != string(r.Voicemail) || now.Name != r.Name {
		t.Errorf("%+v, %v", now, err)
	}
	if err := rules.Delete(t.Context(), "business-hours-rule"); err == nil || !strings.Contains(err.Error(), "AWR-110") {
		t.Error(err)
	}
	if _, err := rules.Create(t.Context(), AnsweringRule{Name: "x"}); err == nil || !strings.Contains(err.Error(), "AWR-111") {
		t.Error(err)
	}
}

// TestListsEnd: pages are read to the last one, and no further than that when
// the service goes round in circles.
func TestListsEnd(t *testing.T) {
	var srv *httptest.Server
	c, seen, srv := clientFor(t, func(w http.ResponseWriter, r *http.Request) {
		next := srv.URL + r.URL.Path + "?page=2"
		if r.URL.Query().Get("page") == "2" {
			next = srv.URL + r.URL.Path + "?page=1"
		}
		answer(200, "application/json", `{"records":[{"id":"1","name":"x"}],"navigation":{"nextPage":{"uri":"`+next+`"}}}`)(w, r)
	})
	if list, _, err := c.FaxCovers(t.Context()); err != nil || len(list) != 3 || len(*seen) != 3 {
		t.Errorf("%d records in %d requests, %v", len(list), len(*seen), err)
	}
}

func TestServiceStatus(t *testing.T) {
	c, s := desk(t, simulator.Config{})
	ctx := t.Context()
	if err := c.ServiceStatus(ctx); err != nil {
		t.Error(err)
	}
	if list, err := c.ServiceVersions(ctx); err != nil || len(list) != 1 || list[0].URIString != "v1.0" {
		t.Errorf("%+v, %v", list, err)
	}
	s.Limited(true)
	short, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := c.ServiceStatus(short); !api.IsLimitedMode(err) {
		t.Errorf("in limited mode: %v", err)
	}
	for path, gone := range map[string]bool{
		"/restapi/v1.0/account/~/extension/~/meeting": true, "/restapi/v1.0/account/1/extension/2/meeting/3/end?x=y": true,
		"/restapi/v1.0/account/~/extension/~/meeting/service-info": true, "/restapi/v1.0/account/~/extension/~/meetings": false, "/meeting": false,
		"/restapi/v1.0/account/~/extension/~": false,
	} {
		if got := Gone(path); errors.Is(got, ErrMeetingsGone) != gone {
			t.Errorf("%s: %v", path, got)
		}
	}
}
