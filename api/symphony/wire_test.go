package symphony

import (
	"strings"
	"testing"
	"time"
)

// TestScalars reads what one type is written as in different places.
func TestScalars(t *testing.T) {
	type all struct {
		T text   `json:"t"`
		C count  `json:"c"`
		F flag   `json:"f"`
		M moment `json:"m"`
	}
	for _, tt := range []struct {
		in   string
		want all
	}{
		{`{"t":"a","c":5,"f":true,"m":1000}`, all{"a", 5, true, 1000}},
		{`{"t":7,"c":"5","f":"true","m":"1000"}`, all{"7", 5, true, 1000}},
		{`{"t":true,"c":5.9,"f":1,"m":1e3}`, all{"true", 5, true, 1000}},
		{`{"t":null,"c":null,"f":null,"m":null}`, all{}},
		{`{"t":{},"c":[],"f":{},"m":"soon"}`, all{}},
		{`{"c":9223372036854775807,"f":"FALSE","m":99999999999999999999}`, all{C: 9223372036854775807}},
		{`{"c":"1e300","f":"maybe"}`, all{}},
	} {
		var got all
		if err := decode([]byte(tt.in), &got); err != nil || got != tt.want {
			t.Errorf("%s: %+v %v", tt.in, got, err)
		}
	}
	for m, want := range map[moment]bool{0: true, -1: true, 1: false, moment(latest): false, moment(latest) + 1: true} {
		if m.time().IsZero() != want {
			t.Errorf("%d: %s", m, m.time())
		}
	}
	if millis(time.Time{}) != "0" || millis(time.UnixMilli(5)) != "5" {
		t.Error("times in queries")
	}
}

func TestCertificateURL(t *testing.T) {
	for _, tt := range []struct{ given, base, want string }{
		{"", "https://acme.symphony.example", "https://acme.symphony.example:8444"},
		{"", "https://acme.symphony.example:443/x", "https://acme.symphony.example:8444/x"},
		{"https://acme-api.example:8445", "https://acme.symphony.example", "https://acme-api.example:8445"},
		{"", "acme", ""},
	} {
		if got, err := certificateURL(tt.given, tt.base); got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%q, %q: %q %v", tt.given, tt.base, got, err)
		}
	}
}

func TestAtLeast(t *testing.T) {
	for v, want := range map[string]bool{
		"Agent-24.12.1": true, "24.12": true, "25.1.0": true, "Agent-24.11.3": false, "Agent-2.57.0": false, "23.12": false,
		"24": false, "": false, "Agent-": false, "24.x": false, "Agent-25.8-SNAPSHOT": true,
	} {
		if atLeast(v, 24, 12) != want {
			t.Errorf("%q: %v", v, !want)
		}
	}
}

// FuzzMessages reads anything: what comes out has ids and bounds.
func FuzzMessages(f *testing.F) {
	for _, s := range []string{
		`[{"messageId":"m","timestamp":"1","user":{"userId":"7"},"attachments":[{"id":"a","size":"-5"}],"sharedMessage":{"messageId":"s"}}]`,
		`[{"messageId":5,"attachments":{"id":1},"stream":null}, null, 3]`, `[`, `{}`, `null`, `[[[[]]]]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := decodeList[wireMessage](raw)
		if err != nil {
			return
		}
		for _, m := range messages(list) {
			depth := 0
			for at := &m; at != nil; at = at.SharedMessage {
				depth++
				for _, a := range at.Attachments {
					if a.ID == "" || a.Size < 0 {
						t.Errorf("attachment %+v", a)
					}
				}
			}
			if m.ID == "" || depth > deepest+1 || m.Timestamp.Year() > 9999 {
				t.Errorf("message %+v", m)
			}
		}
		events, _ := decodeList[wireEvent](raw)
		for _, e := range eventList(events) {
			if e.Type == "" && e.ID == "" {
				t.Errorf("event %+v", e)
			}
		}
	})
}

// FuzzSegment: an id never leads to another path.
func FuzzSegment(f *testing.F) {
	for _, s := range []string{"Zb7+V1Gz/1Az9Sqk==", "..", "a/../b", "%2e%2e", "a?b#c", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		s, err := segment("op", id)
		if err == nil && (s == "" || s == "." || s == ".." || strings.ContainsAny(s, "/?#\\ \x00")) {
			t.Errorf("%q: %q", id, s)
		}
	})
}
