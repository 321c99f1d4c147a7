package simulator

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestPagers(t *testing.T) {
	p := start(t, Config{})
	m := p.out("/company-pager", `{"from":{"extensionNumber":"101"},"to":[{"extensionNumber":"104"},{"extensionNumber":"112"}],"text":"Hello"}`)
	if m.Status != "Sent" || m.Group || len(m.To) != 2 {
		t.Errorf("%+v", m)
	}
	reply := p.out("/company-pager", fmt.Sprintf(`{"replyOn":%d,"text":"again"}`, m.ID))
	if reply.Thread != m.Thread || len(reply.To) != 2 {
		t.Errorf("%+v", reply)
	}
	department := ""
	for i := range 20 {
		if e := p.s.corpus.Entry(i); e.Type == "Department" {
			department = e.Extension
		}
	}
	if m := p.out("/company-pager", `{"to":[{"extensionNumber":"`+department+`"}],"text":"all"}`); !m.Group {
		t.Errorf("%+v", m)
	}
	for body, want := range map[string]string{
		`{"from":{"extensionNumber":"102"},"to":[{"extensionNumber":"104"}],"text":"x"}`: "MSG-331",
		`{"from":{"extensionId":"5"},"to":[{"extensionNumber":"104"}],"text":"x"}`:       "MSG-332",
		`{"to":[{"extensionNumber":"9"}],"text":"x"}`:                                    "MSG-316",
		`{"to":[{"extensionNumber":"301"}],"text":"x"}`:                                  "MSG-324",
		`{"to":[{"extensionNumber":"104","extensionId":"178009114"}],"text":"x"}`:        "MSG-335",
		`{"to":[],"text":"x"}`:                                                          "CMN-101",
		`{"to":[{"extensionNumber":"104"}],"text":""}`:                                  "CMN-101",
		`{"to":[{"phoneNumber":"+14155550123"}],"text":"x"}`:                            "CMN-101",
		`{"replyOn":5,"text":"x"}`:                                                      "CMN-102",
		`{"to":[{"extensionNumber":"104"}],"text":"` + strings.Repeat("x", 1025) + `"}`: "CMN-101",
	} {
		if a := p.do("POST", ext+"/company-pager", body); a.code() != want {
			t.Errorf("%.90s: %d %s, want %s", body, a.status, a.body, want)
		}
	}
}

func TestTextLimits(t *testing.T) {
	p := start(t, Config{})
	to := `"to":[{"phoneNumber":"+14155550123"}]`
	from := `{"from":{"phoneNumber":"+16505550100"},`
	many := make([]string, 11)
	for i := range many {
		many[i] = fmt.Sprintf("+141555501%02d", i)
	}
	for body, want := range map[string]string{
		`{"from":{"phoneNumber":"+19995550100"},` + to + `,"text":"x"}`:                             "MSG-245",
		`{"from":{"phoneNumber":"+16505550109"},` + to + `,"text":"x"}`:                             "MSG-241",
		`{"from":{"phoneNumber":"+16505550102"},` + to + `,"text":"x"}`:                             "MSG-367",
		from + `"to":[{"phoneNumber":"+13035550177"}],"text":"x"}`:                                  "MSG-243",
		from + `"to":[{"phoneNumber":"104"}],"text":"x"}`:                                           "MSG-246",
		from + `"to":[{"phoneNumber":"28777"}],"text":"x"}`:                                         "MSG-247",
		from + `"to":[{"phoneNumber":"+442079460000"}],"text":"x"}`:                                 "MSG-240",
		from + `"to":[{"phoneNumber":"+19005550123"}],"text":"x"}`:                                  "MSG-388",
		from + `"to":[],"text":"x"}`:                                                                "CMN-101",
		from + to + `,"text":""}`:                                                                   "CMN-101",
		from + to + `,"text":"` + strings.Repeat("x", 1001) + `"}`:                                  "CMN-101",
		from + to + `,"text":"x","country":{"id":"1","isoCode":"US"}}`:                              "MSG-365",
		smsTo("+14155550123", "4155550123"):                                                         "CMN-406",
		smsTo(many...):                                                                              "MSG-381",
		`{"from":`:                                                                                  "CMN-100",
		`{"from":{"phoneNumber":"+16505550111"},"to":[{"phoneNumber":"+442079460000"}],"text":"x"}`: "",
	} {
		if a := p.do("POST", ext+"/sms", body); a.code() != want {
			t.Errorf("%.90s: %d %s, want %s", body, a.status, a.body, want)
		}
	}
	root := from + to + `,"text":"x"}`
	eleven := []string{}
	for range 11 {
		eleven = append(eleven, "a.png", "x")
	}
	for want, files := range map[string][]string{
		"": {"a.png", strings.Repeat("x", 1_500_000)}, "MSG-376": {"a.png", strings.Repeat("x", 1_500_001)}, "MSG-379": eleven,
		"MSG-348": {"stuff.smil", "x"}, "MSG-347": {"a.png", ""},
	} {
		body, header := mixed(root, files...)
		if a := p.do("POST", ext+"/mms", body, header); a.code() != want {
			t.Errorf("%s: %d %.200s", want, a.status, a.body)
		}
	}
	body, header := mixed(`{"from":{"phoneNumber":"+18335550142"},`+to+`}`, "a.png", "x")
	if a := p.do("POST", ext+"/sms", body, header); a.code() != "BIL-103" {
		t.Errorf("toll-free: %d %s", a.status, a.body)
	}
	p.s.HIPAA(true)
	if a := p.do("POST", ext+"/sms", smsTo("+14155550123")); a.code() != "MSG-242" {
		t.Errorf("hipaa: %d %s", a.status, a.body)
	}
	if a := p.get(ext + "/phone-number"); strings.Contains(string(a.body), "SmsSender") || !strings.Contains(string(a.body), "CallerId") {
		t.Errorf("hipaa numbers: %s", a.body)
	}
}

func TestFaxLimits(t *testing.T) {
	p := start(t, Config{})
	const root = `{"to":[{"phoneNumber":"+14155550123"}]}`
	for _, tc := range []struct {
		root, name, content, want string
	}{
		{root, "a.txt", "x", ""},
		{root, "a.txt", "", "MSG-347"},
		{root, strings.Repeat("a", 257) + ".txt", "x", "MSG-370"},
		{root, "noext", "x", "MSG-353"},
		{root, "a.jfif", "x", "MSG-348"},
		{root, "a&b.txt", "x", "CMN-101"},
		{`{"to":[{"phoneNumber":"104"}]}`, "a.txt", "x", "MSG-344"},
		{`{"to":[]}`, "a.txt", "x", "CMN-101"},
		{`{"to":7}`, "a.txt", "x", "MSG-349"},
		{`{"to":[{"phoneNumber":"+14155550123"}],"coverIndex":99}`, "a.txt", "x", "CMN-101"},
		{`{"to":[{"phoneNumber":"+14155550123"}],"faxResolution":"Fine"}`, "a.txt", "x", "CMN-101"},
		{`{"to":[{"phoneNumber":"+14155550123"}],"sendTime":"soon"}`, "a.txt", "x", "CMN-101"},
		{`{"to":[{"phoneNumber":"+14155550123"}],"coverPageText":"` + strings.Repeat("x", 1025) + `"}`, "a.txt", "x", "CMN-101"},
	} {
		body, header := mixed(tc.root, tc.name, tc.content)
		if a := p.do("POST", ext+"/fax", body, header); a.code() != tc.want {
			t.Errorf("%.60s %.20s: %d %.200s, want %s", tc.root, tc.name, a.status, a.body, tc.want)
		}
	}
	body, header := mixed(root, "a.txt", strings.Repeat("x", maxFaxBytes+1))
	if a := p.do("POST", ext+"/fax", body, header); a.status != 413 {
		t.Errorf("too large: %d", a.status)
	}
	long, header := mixed(root, "a.pdf", strings.Repeat("/Type /Page ", 201))
	m := p.out("/fax", long, header)
	p.clock.Add(time.Minute)
	if got := p.again(m.ID); got.To[0].Fault != "TooManyPages" {
		t.Errorf("%+v", got)
	}
	form := "--b\r\nContent-Disposition: form-data; name=\"to\"; filename=\"\"\r\nContent-Type: text/plain\r\n\r\n14155550123\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"attachment\"; filename=\"\"\r\nContent-Type: text/plain\r\n\r\npage\r\n--b--\r\n"
	if m := p.out("/fax", form, "Content-Type: multipart/form-data; boundary=b"); m.To[0].Number != "+14155550123" {
		t.Errorf("%+v", m)
	}
	if a := p.do("POST", ext+"/fax", "x", "Content-Type: text/plain"); a.status != 415 {
		t.Errorf("text: %d", a.status)
	}
}
