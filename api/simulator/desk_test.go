package simulator

import (
	"strings"
	"testing"
)

// TestDeskRefusals: what the service says to what it does not take.
func TestDeskRefusals(t *testing.T) {
	p := start(t, Config{})
	const acct = "/restapi/v1.0/account/~"
	week := func(s string) string { return `{"schedule":{"weeklyRanges":` + s + `}}` }
	for _, tc := range []struct{ method, path, body, want string }{
		{"PUT", ext + "/caller-blocking", `{"mode":"Some"}`, "CMN-101"},
		{"POST", ext + "/caller-blocking/phone-numbers", `{"phoneNumber":"104"}`, "CMN-101"},
		{"POST", ext + "/caller-blocking/phone-numbers", `{"phoneNumber":"+13035550177"}`, "CMN-101"}, // is blocked
		{"POST", ext + "/caller-blocking/phone-numbers", `{"phoneNumber":"+13035550179","label":"` + strings.Repeat("x", 61) + `"}`, "CMN-101"},
		{"GET", ext + "/caller-blocking/phone-numbers/7", "", "CMN-102"},
		{"DELETE", ext + "/caller-blocking/phone-numbers/7", "", "CMN-102"},
		{"GET", ext + "/caller-blocking/phone-numbers?status=Odd", "", "CMN-101"},
		{"GET", ext + "/blocked-number", "", "CMN-120"},
		{"POST", ext + "/forwarding-number", `{"label":"x"}`, "CMN-101"},
		{"POST", ext + "/forwarding-number", `{"phoneNumber":"+16505550133","type":"Boat"}`, "CMN-101"},
		{"PUT", ext + "/forwarding-number/7", `{}`, "CMN-102"},
		{"POST", ext + "/answering-rule", `{"type":"BusinessHours","name":"x"}`, "AWR-108"},
		{"POST", ext + "/answering-rule", `{"type":"Custom","name":"x"}`, "AWR-111"},
		{"POST", ext + "/answering-rule", `{"type":"Custom","name":"x","callers":[{"callerId":"1"},{"callerId":"1"}]}`, "AWR-107"},
		{"POST", ext + "/answering-rule", `{"type":"Custom","name":"x","calledNumbers":[{"phoneNumber":"1"},{"phoneNumber":"1"}]}`, "AWR-113"},
		{"POST", acct + "/answering-rule", `{"name":"` + strings.Repeat("x", 128) + `","callers":[{"callerId":"1"}]}`, "AWR-179"},
		{"POST", acct + "/answering-rule", `{"name":"x","callers":[{"callerId":"1"}],"callHandlingAction":"Operator","extension":{"id":"1"}}`, "AWR-173"},
		{"PUT", ext + "/answering-rule/business-hours-rule", `{"type":"Custom"}`, "AWR-164"},
		{"DELETE", acct + "/answering-rule/after-hours-rule", "", "AWR-110"},
		{"GET", ext + "/answering-rule/7", "", "CMN-102"},
		{"PUT", ext + "/business-hours", `{}`, "CMN-101"},
		{"PUT", ext + "/business-hours", week(`{"monday":[]}`), "AWR-176"},
		{"PUT", acct + "/business-hours", week(`{"monday":[` + strings.Repeat(`{"from":"09:00","to":"10:00"},`, 10) + `{"from":"09:00","to":"10:00"}]}`), "AWR-177"},
		{"PUT", acct + "/business-hours", week(`{"monday":[{"from":"10:00","to":"09:00"}]}`), "CMN-101"},
		{"PUT", acct + "/business-hours", week(`{"someday":[{"from":"09:00","to":"10:00"}]}`), "CMN-101"},
		{"PUT", acct + "/business-hours", week(`{"monday":[{"from":"09:00","to":"00:00"}]}`), ""},
		{"PUT", ext + "/business-hours", `{"schedule":{}}`, ""}, // around the clock
		{"GET", "/restapi/v1.0/dictionary/greeting/7", "", "CMN-102"},
		{"POST", "/restapi/v2/number-parser/parse", `{"originalStrings":[]}`, "CMN-101"},
		{"GET", ext + "/authz-profile/check", "", "CMN-101"},
		{"GET", ext + "/authz-profile?targetExtensionId=5", "", "CMN-404"},
	} {
		if a := p.do(tc.method, tc.path, tc.body); a.code() != tc.want || a.status >= 500 {
			t.Errorf("%s %s %.60s: %d %.200s, want %s", tc.method, tc.path, tc.body, a.status, a.body, tc.want)
		}
	}
	if a := p.get(ext + "/business-hours"); strings.Contains(string(a.body), "weeklyRanges") {
		t.Errorf("around the clock: %s", a.body)
	}
	for _, tc := range []struct{ root, name, content, want string }{
		{`{"type":"Voicemail","answeringRule":{"id":"business-hours-rule"}}`, "a.mp3", "ID3", ""},
		{`{"type":"Voicemail","answeringRule":{"id":"7"}}`, "a.mp3", "ID3", "CMN-102"},
		{`{"type":"Company","answeringRule":{"id":"business-hours-rule"}}`, "a.mp3", "ID3", "CMN-101"},
		{`{"type":"Voicemail","answeringRule":{"id":"business-hours-rule"}}`, "a.mp3", "", "AWR-128"},
		{`{"type":"Voicemail","answeringRule":{"id":"business-hours-rule"}}`, "a.png", "x", "AWR-129"},
	} {
		body, header := mixed(tc.root, tc.name, tc.content)
		if a := p.do("POST", ext+"/greeting", body, header); a.code() != tc.want {
			t.Errorf("%s %s: %d %s, want %s", tc.root, tc.name, a.status, a.body, tc.want)
		}
	}
	if a := p.get(ext + "/answering-rule/business-hours-rule"); !strings.Contains(string(a.body), `"greetings":[{"type":"Voicemail"}]`) {
		t.Errorf("the rule plays %s", a.body)
	}
}

func TestNumbersAreRead(t *testing.T) {
	for in, want := range map[string]string{
		"(415) 555-0123": "Valid Regular +14155550123", "+18005550199": "Valid TollFree +18005550199", "104": " Extension ", "28777": " ShortCode ",
		"+44 20 7946 0000": "Valid Regular +442079460000", "+999123456789": "Invalid Regular ", "115-555-0123": "Invalid Regular ", "911": "  ", "what": "Invalid  ",
	} {
		got := parseNumber(in)
		if s := got.Details.Status + " " + got.Formats[0].Category + " " + got.Formats[0].E164; s != want {
			t.Errorf("%q: %q, want %q", in, s, want)
		}
	}
}
