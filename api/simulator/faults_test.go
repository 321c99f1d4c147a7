package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func newClient() *http.Client { return &http.Client{Transport: &http.Transport{}} }

func TestParseFaults(t *testing.T) {
	for _, tc := range []struct{ spec, want, err string }{
		{"", "", ""},
		{" reset=0.1 , 500=0.05", "500=0.05,reset=0.1", ""},
		{"hang", "hang=1", ""},
		{"RESET=1e-3", "reset=0.001", ""},
		{"flood=1", "", "unknown fault"},
		{"reset=2", "", "0 to 1"},
		{"reset=-1", "", "0 to 1"},
		{"reset=NaN", "", "0 to 1"},
		{"reset=x", "", "0 to 1"},
		{"reset=", "", "0 to 1"},
		{"reset,reset", "", "twice"},
		{",", "", "name is missing"},
	} {
		got, err := ParseFaults(tc.spec)
		if tc.err != "" {
			if err == nil || !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%q: error %v, want %q", tc.spec, err, tc.err)
			}
			continue
		}
		if err != nil || got.String() != tc.want {
			t.Errorf("%q: %s, %v, want %s", tc.spec, got, err, tc.want)
		}
	}
}

func FuzzParseFaults(f *testing.F) {
	for _, s := range []string{"", "reset=0.1,500=0.05", "hang", "a=b", "=,=", "429=1e-300,slow=0x1p-2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseFaults(s)
		if err != nil {
			return
		}
		again, err := ParseFaults(got.String())
		if err != nil || again.String() != got.String() {
			t.Errorf("%q reads as %q, which reads as %q, %v", s, got, again, err)
		}
	})
}

// TestFaults: each fault as a client meets it, and whether the request was
// carried out all the same.
func TestFaults(t *testing.T) {
	isJSON := func(a answer) bool { return json.Valid(a.body) }
	cut := func(a answer) bool { return a.err != nil }
	for _, tc := range []struct {
		fault   string
		carried bool
		ok      func(answer) bool
	}{
		{"429", false, func(a answer) bool {
			return a.status == 429 && a.header.Get("Retry-After") == "1" && a.header.Get("X-Rate-Limit-Limit") == ""
		}},
		{"500", false, func(a answer) bool { return a.status == 500 && isJSON(a) }},
		{"503", false, func(a answer) bool { return a.status == 503 && a.header.Get("Retry-After") == "1" }},
		{"html", false, func(a answer) bool { return a.status == 502 && bytes.Contains(a.body, []byte("<html>")) }},
		{"hang", false, cut},
		{"expire", false, func(a answer) bool { return a.status == 401 && a.code() == "OAU-128" }},
		{"reset", true, cut},
		{"truncate", true, cut},
		{"badlength", true, func(a answer) bool { return a.status == 200 && a.err == nil && !isJSON(a) }},
		{"badjson", true, func(a answer) bool { return a.status == 200 && a.err == nil && !isJSON(a) }},
		{"slow", true, func(a answer) bool { return a.status == 200 && isJSON(a) }},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			p := start(t, Config{Messages: 5, HangFor: time.Millisecond, SlowFor: 16 * time.Millisecond})
			m := p.all()[0]
			path := fmt.Sprintf("%s/message-store/%d", ext, m.ID)
			want := "Read"
			if m.ReadStatus == "Read" {
				want = "Unread"
			}
			p.control("/faults", `{"`+tc.fault+`":1}`)
			a := p.do("PUT", path, `{"readStatus":"`+want+`"}`)
			if !tc.ok(a) {
				t.Errorf("%d %v %.200q %v", a.status, a.err, a.body, a.header)
			}
			p.control("/faults", `{}`)
			if read, _, _ := p.s.State(m.ID); (readWord(read) == want) != tc.carried {
				t.Errorf("carried out: %v, want %v", !tc.carried, tc.carried)
			}
			p.token = p.signIn().AccessToken
			if a := p.get(path); a.status != 200 {
				t.Errorf("without faults again: %d %v", a.status, a.err)
			}
		})
	}
}

// TestLostAnswerWithoutBody: a DELETE answers with nothing to cut in half.
func TestLostAnswerWithoutBody(t *testing.T) {
	for _, fault := range []string{"reset", "truncate"} {
		p := start(t, Config{Messages: 5})
		id := p.all()[0].ID
		if err := p.s.FailNext("deleteMessage", fault, 0, 1); err != nil {
			t.Fatal(err)
		}
		if a := p.do("DELETE", fmt.Sprintf("%s/message-store/%d", ext, id), ""); a.err == nil {
			t.Errorf("%s: %d", fault, a.status)
		}
		if _, avail, _ := p.s.State(id); avail != "Deleted" {
			t.Errorf("%s: %s", fault, avail)
		}
	}
}

func TestContentFaults(t *testing.T) {
	p := start(t, Config{SlowFor: 16 * time.Millisecond})
	to := p.d.MediaURL + "/big/300000"
	whole := p.get(to).body
	for _, tc := range []struct {
		fault string
		ok    func(answer) bool
	}{
		{"reset", func(a answer) bool { return a.err != nil && len(a.body) <= 150000 }},
		{"truncate", func(a answer) bool { return a.err != nil && len(a.body) == 150000 }},
		{"badlength", func(a answer) bool { return a.err != nil && len(a.body) == 300000 }},
		{"slow", func(a answer) bool { return a.err == nil && bytes.Equal(a.body, whole) }},
		{"partial", func(a answer) bool {
			return a.status == 206 && a.header.Get("Content-Range") == "bytes 0-65535/300000" && bytes.Equal(a.body, whole[:65536])
		}},
	} {
		if err := p.s.SetFaults(Faults{tc.fault: 1}); err != nil {
			t.Fatal(err)
		}
		if a := p.get(to); !tc.ok(a) {
			t.Errorf("%s: %d, %d bytes, %v, %v", tc.fault, a.status, len(a.body), a.header, a.err)
		}
	}
	// A client that keeps asking gets everything in the end.
	var got []byte
	for n := 0; len(got) < len(whole) && n < 20; n++ {
		a := p.get(to, fmt.Sprintf("Range: bytes=%d-", len(got)))
		if a.status != 206 || len(a.body) == 0 {
			t.Fatalf("%d, %d bytes", a.status, len(a.body))
		}
		got = append(got, a.body...)
	}
	if !bytes.Equal(got, whole) {
		t.Error("the pieces do not make the whole")
	}
}

// TestFaultsRepeat: same seed, same requests, same faults.
func TestFaultsRepeat(t *testing.T) {
	run := func(seed uint64) []int {
		p := start(t, Config{Seed: seed})
		if err := p.s.SetFaults(Faults{"500": 0.3, "429": 0.1}); err != nil {
			t.Fatal(err)
		}
		var got []int
		for range 100 {
			got = append(got, p.get("/restapi").status)
		}
		return got
	}
	first := run(1)
	if !slices.Equal(first, run(1)) {
		t.Error("a second run differs")
	}
	if slices.Equal(first, run(2)) {
		t.Error("another seed does not differ")
	}
	bad := 0
	for _, s := range first {
		if s != 200 {
			bad++
		}
	}
	if bad < 20 || bad > 60 {
		t.Errorf("%d of 100 failed, want about 37", bad)
	}
}

func TestFailNext(t *testing.T) {
	p := start(t, Config{})
	p.control("/fail", `{"op":"readExtension","fault":"500","skip":1,"count":2}`)
	var got []int
	for range 4 {
		got = append(got, p.get("/restapi").status, p.get(ext).status)
	}
	if want := []int{200, 200, 200, 500, 200, 500, 200, 200}; !slices.Equal(got, want) {
		t.Errorf("statuses %v, want %v", got, want)
	}
	if err := p.s.FailNext("", "flood", 0, 1); err == nil {
		t.Error("an unknown fault was ordered")
	}
}

func TestParseRange(t *testing.T) {
	for _, tc := range []struct {
		spec          string
		start, length int64
		given, ok     bool
	}{
		{"", 0, 100, false, true},
		{"bytes=0-9", 0, 10, true, true},
		{"bytes=90-", 90, 10, true, true},
		{"bytes=90-1000", 90, 10, true, true},
		{"bytes=-10", 90, 10, true, true},
		{"bytes=-1000", 0, 100, true, true},
		{"bytes=100-", 0, 0, false, false},
		{"bytes=-0", 100, 0, true, false},
		{"bytes=5-4", 0, 100, false, true},
		{"bytes=0-1,3-4", 0, 100, false, true},
		{"lines=0-1", 0, 100, false, true},
		{"bytes=x-y", 0, 100, false, true},
	} {
		start, length, given, ok := parseRange(tc.spec, 100)
		if ok != tc.ok || ok && (start != tc.start || length != tc.length || given != tc.given) {
			t.Errorf("%q: %d+%d %v %v", tc.spec, start, length, given, ok)
		}
	}
}

func FuzzParseRange(f *testing.F) {
	for _, s := range []string{"bytes=0-9", "bytes=-5", "bytes=9223372036854775807-", "bytes=--1"} {
		f.Add(s, int64(100))
	}
	f.Fuzz(func(t *testing.T, spec string, size int64) {
		if size < 0 {
			return
		}
		start, length, _, ok := parseRange(spec, size)
		if ok && (start < 0 || length < 0 || start > size || length > size-start) {
			t.Errorf("%q of %d: %d+%d", spec, size, start, length)
		}
	})
}

func TestContent(t *testing.T) {
	p := start(t, Config{Messages: 100, Seed: 6})
	var m wireMessage
	for _, one := range p.all() {
		if one.Type == "VoiceMail" {
			m = one
		}
	}
	to := m.Attachments[0].URI
	if !strings.HasPrefix(to, p.d.MediaURL) {
		t.Errorf("content is on %s", to)
	}
	whole := p.get(to)
	tag := whole.header.Get("ETag")
	size := len(whole.body)
	if whole.status != 200 || !strings.HasPrefix(tag, `"`) || whole.header.Get("Content-Type") != m.Attachments[0].ContentType {
		t.Fatalf("%d %v", whole.status, whole.header)
	}
	for _, tc := range []struct {
		name     string
		headers  []string
		status   int
		from, to int
		contains string
	}{
		{"a range", []string{"Range: bytes=10-19"}, 206, 10, 20, fmt.Sprintf("bytes 10-19/%d", size)},
		{"to the end", []string{"Range: bytes=1000-"}, 206, 1000, size, ""},
		{"same validator", []string{"Range: bytes=10-19", "If-Range: " + tag}, 206, 10, 20, ""},
		{"other validator", []string{"Range: bytes=10-19", `If-Range: "x"`}, 200, 0, size, ""},
		{"a date as validator", []string{"Range: bytes=10-19", "If-Range: Fri, 20 Nov 2026 10:00:00 GMT"}, 200, 0, size, ""},
	} {
		a := p.get(to, tc.headers...)
		if a.status != tc.status || !bytes.Equal(a.body, whole.body[tc.from:tc.to]) || !strings.Contains(a.header.Get("Content-Range"), tc.contains) || a.header.Get("ETag") != tag {
			t.Errorf("%s: %d, %d bytes, %v", tc.name, a.status, len(a.body), a.header)
		}
	}
	past := p.get(to, fmt.Sprintf("Range: bytes=%d-", size))
	if past.status != 416 || past.code() != "CMN-107" || past.header.Get("Content-Range") != fmt.Sprintf("bytes */%d", size) {
		t.Errorf("past the end: %d %s %v", past.status, past.code(), past.header)
	}
	if a := p.do("HEAD", to, ""); a.status != 200 || a.header.Get("Content-Length") != fmt.Sprint(size) || len(a.body) != 0 {
		t.Errorf("head: %d %v", a.status, a.header)
	}
	if a := p.get(strings.Replace(to, p.d.MediaURL, p.d.BaseURL, 1)); a.status != 404 {
		t.Errorf("on the platform host: %d, want 404", a.status)
	}
	if a := p.get(to + "1"); a.status != 404 || a.code() != "CMN-102" {
		t.Errorf("another id: %d %s", a.status, a.code())
	}
	for query, want := range map[string]string{
		"":                             "",
		"contentDisposition=Inline":    "inline",
		"contentDispositionFilename=x": "attachment; filename=x",
		"contentDisposition=Inline&contentDispositionFilename=a%20b.wav": `inline; filename="a b.wav"`,
		"contentDispositionFilename=%0d%0aX:1":                           `attachment; filename="X:1"`,
	} {
		if got := p.get(to + "?" + query).header.Get("Content-Disposition"); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	p.do("DELETE", fmt.Sprintf("%s/message-store/%d", ext, m.ID), "")
	if a := p.get(to); a.status != 200 {
		t.Errorf("of a deleted message: %d", a.status)
	}
	p.do("DELETE", fmt.Sprintf("%s/message-store/%d", ext, m.ID), "")
	if a := p.get(to); a.status != 404 {
		t.Errorf("of a purged message: %d", a.status)
	}
}

// TestAllContent: attachments of every kind can be fetched from where their
// messages say they are, those of new messages included.
func TestAllContent(t *testing.T) {
	p := start(t, Config{Messages: 100, Seed: 6})
	p.s.Arrive(20)
	kinds := map[string]int{}
	for _, m := range p.all() {
		for _, att := range m.Attachments {
			if kinds[att.Type+att.ContentType]++; kinds[att.Type+att.ContentType] > 2 {
				continue // drawing a fax takes a while
			}
			a := p.get(att.URI)
			if a.status != 200 || a.header.Get("Content-Type") != att.ContentType || a.err != nil {
				t.Errorf("%s %d: %d %s, want %s", m.Type, att.ID, a.status, a.header.Get("Content-Type"), att.ContentType)
			}
		}
	}
	if len(kinds) < 6 {
		t.Errorf("only these kinds: %v", kinds)
	}
}

func TestBig(t *testing.T) {
	p := start(t, Config{})
	to := p.d.MediaURL + "/big/200001"
	whole := p.get(to)
	if len(whole.body) != 200001 || whole.header.Get("ETag") == "" {
		t.Fatalf("%d bytes, %v", len(whole.body), whole.header)
	}
	for _, from := range []int{0, 1, 65535, 65536, 65537, 131071, 200000} {
		if a := p.get(to, fmt.Sprintf("Range: bytes=%d-", from)); !bytes.Equal(a.body, whole.body[from:]) {
			t.Errorf("from %d: other bytes", from)
		}
	}
	if bytes.Equal(whole.body[:1000], whole.body[65536:66536]) {
		t.Error("blocks are alike: a misplaced piece would not show")
	}
	for _, bad := range []string{"x", "-1", "99999999999999999999"} {
		if a := p.get(p.d.MediaURL + "/big/" + bad); a.status != 404 {
			t.Errorf("/big/%s: %d", bad, a.status)
		}
	}
	r := newBigReader(10)
	if _, err := r.Seek(-1, io.SeekStart); err == nil {
		t.Error("seek before the beginning")
	}
}
