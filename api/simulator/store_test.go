package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestListPages(t *testing.T) {
	p := start(t, Config{Messages: 250, Seed: 1})
	var seen []int64
	next := ext + "/message-store?" + since2000 + "&perPage=100"
	for page := 1; next != ""; page++ {
		a := p.get(next)
		got := decode[wireList](t, a)
		if *got.Paging.TotalElements != 250 || *got.Paging.TotalPages != 3 || got.Paging.Page != page {
			t.Errorf("page %d: paging %+v", page, got.Paging)
		}
		if want := len(seen); *got.Paging.PageStart != want || *got.Paging.PageEnd != want+len(got.Records)-1 {
			t.Errorf("page %d: from %d to %d", page, *got.Paging.PageStart, *got.Paging.PageEnd)
		}
		if _, has := got.Navigation["previousPage"]; has != (page > 1) {
			t.Errorf("page %d: previousPage is there: %v", page, has)
		}
		if got.Navigation["firstPage"].URI == "" || got.Navigation["lastPage"].URI == "" {
			t.Errorf("page %d: navigation %v", page, got.Navigation)
		}
		seen = append(seen, ids(got.Records)...)
		next = got.Navigation["nextPage"].URI
	}
	if len(seen) != 250 || len(slices.Compact(slices.Sorted(slices.Values(seen)))) != 250 {
		t.Errorf("%d ids, not 250 different ones", len(seen))
	}
	if !slices.IsSortedFunc(p.all(), func(a, b wireMessage) int { return b.Created.Compare(a.Created) }) {
		t.Error("not newest first")
	}
}

// TestListJumps: a page is the same whichever pages were asked for before.
func TestListJumps(t *testing.T) {
	p := start(t, Config{Messages: 400, Seed: 1})
	const query = since2000 + "&messageType=SMS&messageType=VoiceMail"
	want := ids(p.list(query + "&perPage=1000").Records)
	jump := func(page int) {
		t.Helper()
		got := ids(p.list(fmt.Sprint(query, "&perPage=7&page=", page)).Records)
		from := min((page-1)*7, len(want))
		if !slices.Equal(got, want[from:min(from+7, len(want))]) {
			t.Errorf("page %d differs", page)
		}
	}
	for _, page := range []int{9, 3, 5, 4, 10, 1, 2, 30, 1000, 31} {
		jump(page)
	}
	p.do("DELETE", fmt.Sprintf("%s/message-store/%d", ext, want[8]), "")
	want = slices.Delete(want, 8, 9)
	for _, page := range []int{9, 2, 3, 10} {
		jump(page)
	}
}

func TestListParameters(t *testing.T) {
	p := start(t, Config{Messages: 1500, Seed: 1})
	every := p.list(since2000 + "&perPage=5000")
	if len(every.Records) != 1000 || every.Paging.PerPage != 1000 {
		t.Errorf("perPage=5000 gave %d records, perPage %d; want both clamped to 1000", len(every.Records), every.Paging.PerPage)
	}
	newest := every.Records[0]
	day := p.clock.Now().Add(-24 * time.Hour)
	for _, m := range p.list("perPage=1000").Records {
		if m.Created.Before(day) {
			t.Errorf("without dateFrom: message of %v, want the last 24 hours", m.Created)
		}
	}
	for _, tc := range []struct {
		query string
		ok    func(wireMessage) bool
	}{
		{"messageType=Fax", func(m wireMessage) bool { return m.Type == "Fax" }},
		{"messageType=Fax&messageType=Pager", func(m wireMessage) bool { return m.Type == "Fax" || m.Type == "Pager" }},
		{"direction=Outbound", func(m wireMessage) bool { return m.Direction == "Outbound" }},
		{"readStatus=Unread", func(m wireMessage) bool { return m.ReadStatus == "Unread" }},
		{"distinctConversations=true&messageType=SMS", func(m wireMessage) bool { return m.Type == "SMS" }},
		{fmt.Sprint("dateTo=", newest.Created.Format(timeLayout), "&dateFrom=", newest.Created.Format(timeLayout)), func(m wireMessage) bool { return m.ID == newest.ID }},
		{"dateTo=" + url.QueryEscape("2026-11-18T00:00:00+02:00"), func(m wireMessage) bool {
			return m.Created.Before(time.Date(2026, 11, 17, 22, 0, 1, 0, time.UTC))
		}},
	} {
		query := tc.query
		if !strings.Contains(query, "dateFrom") {
			query += "&" + since2000
		}
		got := p.list(query + "&perPage=1000").Records
		if len(got) == 0 {
			t.Errorf("%s: nothing found", tc.query)
		}
		for _, m := range got {
			if !tc.ok(m) {
				t.Errorf("%s: found %+v", tc.query, m)
			}
		}
		if strings.HasPrefix(query, "distinct") {
			seen := map[int64]bool{}
			for _, m := range got {
				if seen[m.Conversation] {
					t.Errorf("conversation %d twice", m.Conversation)
				}
				seen[m.Conversation] = true
			}
		}
	}
	for _, bad := range []string{"page=0", "page=x", "perPage=-1", "messageType=Letter", "dateFrom=soon", "availability=Gone", "dateFrom=2027-01-01T00:00:00Z"} {
		if a := p.get(ext + "/message-store?" + bad); a.status != 400 || a.code() != "CMN-101" {
			t.Errorf("%s: %d %s, want 400 CMN-101", bad, a.status, a.code())
		}
	}
	empty := p.list("dateFrom=2001-01-01T00:00:00Z&dateTo=2001-01-02T00:00:00Z")
	if len(empty.Records) != 0 || empty.Paging.PageStart != nil || empty.Navigation["nextPage"].URI != "" {
		t.Errorf("empty list: %+v", empty)
	}
}

func TestLifeOfAMessage(t *testing.T) {
	p := start(t, Config{Messages: 20, Seed: 2})
	id := p.all()[3].ID
	path := fmt.Sprintf("%s/message-store/%d", ext, id)
	steps := []struct {
		name, method, path, body string
		status                   int
		code, availability       string
	}{
		{"unread", "PUT", path, `{"readStatus":"Unread"}`, 200, "", "Alive"},
		{"nonsense", "PUT", path, `{"readStatus":"Maybe"}`, 400, "CMN-101", "Alive"},
		{"no body", "PUT", path, `{}`, 400, "CMN-101", "Alive"},
		{"no JSON", "PUT", path, `{"readSt`, 400, "CMN-100", "Alive"},
		{"delete", "DELETE", path, "", 204, "", "Deleted"},
		{"read while deleted", "PUT", path, `{"readStatus":"Read"}`, 200, "", "Deleted"},
		{"put back", "PATCH", path, `{"availability":"Alive"}`, 200, "", "Alive"},
		{"bury by patch", "PATCH", path, `{"availability":"Purged"}`, 400, "CMN-101", "Alive"},
		{"of another type", "DELETE", path + "?type=Letter", "", 404, "CMN-102", "Alive"},
		{"delete again", "DELETE", path, "", 204, "", "Deleted"},
		{"delete twice", "DELETE", path, "", 204, "", "Purged"},
		{"delete thrice", "DELETE", path, "", 404, "CMN-102", "Purged"},
		{"put back too late", "PATCH", path, `{"availability":"Alive"}`, 404, "CMN-102", "Purged"},
		{"read too late", "PUT", path, `{"readStatus":"Read"}`, 404, "CMN-102", "Purged"},
	}
	for _, s := range steps {
		a := p.do(s.method, s.path, s.body)
		if a.status != s.status || a.code() != s.code {
			t.Errorf("%s: %d %s, want %d %s", s.name, a.status, a.code(), s.status, s.code)
		}
		if _, avail, ok := p.s.State(id); !ok || avail != s.availability {
			t.Errorf("%s: message is %s, want %s", s.name, avail, s.availability)
		}
	}
	if slices.Contains(ids(p.all()), id) {
		t.Error("a purged message is in the list")
	}
	if got := p.list(since2000 + "&availability=Purged").Records; len(got) != 1 || got[0].ID != id || got[0].Attachments != nil {
		t.Errorf("availability=Purged: %+v", got)
	}
	if a := p.get(path); a.status != 200 || decode[wireMessage](t, a).Availability != "Purged" {
		t.Errorf("a purged message's data: %d", a.status)
	}
	p.clock.Add(6 * 24 * time.Hour)
	p.token = p.signIn().AccessToken
	if a := p.get(path); a.status != 404 {
		t.Errorf("five days after the purge: %d, want 404", a.status)
	}
}

func TestDeletedAges(t *testing.T) {
	p := start(t, Config{Messages: 20, Seed: 2})
	id := p.all()[0].ID
	p.do("DELETE", fmt.Sprintf("%s/message-store/%d", ext, id), "")
	for _, want := range []string{"Deleted", "Purged", ""} {
		if _, got, _ := p.s.State(id); got != want {
			t.Errorf("message is %q, want %q", got, want)
		}
		p.clock.Add(5*24*time.Hour + time.Minute)
	}
}

func TestPurgeAtOnce(t *testing.T) {
	p := start(t, Config{Messages: 20, Seed: 2})
	id := p.all()[0].ID
	p.do("DELETE", fmt.Sprintf("%s/message-store/%d?purge=true", ext, id), "")
	if _, got, _ := p.s.State(id); got != "Purged" {
		t.Errorf("message is %q, want Purged", got)
	}
}

// TestWipe: a DELETE without ids takes everything, and is counted.
func TestWipe(t *testing.T) {
	for _, tc := range []struct{ path, body string }{
		{"/message-store", ""},
		{"/message-store/", ""},
		{"/message-store/*", "[]"},
		{"/message-store/*", ""},
		{"/message-store/,", ""},
		{"/message-store?type=All", ""},
	} {
		p := start(t, Config{Messages: 30, Seed: 2})
		if a := p.do("DELETE", ext+tc.path, tc.body); a.status != 204 {
			t.Errorf("DELETE %s: %d %s", tc.path, a.status, a.body)
		}
		if left := len(p.all()); left != 0 || p.s.Wipes() != 1 {
			t.Errorf("DELETE %s %s: %d left, %d wipes counted", tc.path, tc.body, left, p.s.Wipes())
		}
		if got := decode[Snapshot](t, p.control("/state", "")); got.Wipes != 1 || got.Deleted != 30 {
			t.Errorf("state: %+v", got)
		}
	}
}

func TestDeleteConversation(t *testing.T) {
	p := start(t, Config{Messages: 200, Seed: 2})
	all := p.all()
	var talk int64
	for _, m := range all {
		if m.Conversation != 0 {
			talk = m.Conversation
		}
	}
	if talk < 1<<53 {
		t.Errorf("conversation %d would survive a float64", talk)
	}
	p.do("DELETE", fmt.Sprint(ext, "/message-store?conversationId=", talk), "")
	for _, m := range p.all() {
		if m.Conversation == talk {
			t.Errorf("message %d of the conversation is still there", m.ID)
		}
	}
	if left := len(p.all()); left >= len(all) || left == 0 || p.s.Wipes() != 0 {
		t.Errorf("%d of %d left, %d wipes", left, len(all), p.s.Wipes())
	}
}

type multiEntry struct {
	ID     string          `json:"resourceId"`
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

func TestBulk(t *testing.T) {
	p := start(t, Config{Messages: 120, Seed: 3})
	all := p.all()
	a, b := fmt.Sprint(all[0].ID), fmt.Sprint(all[1].ID)
	path := ext + "/message-store/"
	accept := "Accept: " + multiJSON
	check := func(name string, got answer, want ...string) {
		t.Helper()
		entries := decode[[]multiEntry](t, got)
		said := make([]string, 0, len(entries))
		for _, e := range entries {
			said = append(said, fmt.Sprint(e.ID, " ", e.Status))
		}
		if got.status != 207 || !strings.HasPrefix(got.header.Get("Content-Type"), multiJSON) || !slices.Equal(said, want) {
			t.Errorf("%s: %d %s %v, want %v", name, got.status, got.header.Get("Content-Type"), said, want)
		}
	}
	check("get", p.get(path+a+",7,"+b, accept), a+" 200", "7 404", b+" 200")
	bulk := "Content-Type: " + multiJSON
	check("put", p.do("PUT", path+a+","+b, `[{"body":{"readStatus":"Read"}},{"body":{"readStatus":"Unread"}}]`, bulk, accept), a+" 200", b+" 200")
	if read, _, _ := p.s.State(all[0].ID); !read {
		t.Error("the first is not read")
	}
	if read, _, _ := p.s.State(all[1].ID); read {
		t.Error("the second is read")
	}
	check("put *", p.do("PUT", path+"*", `[{"resourceId":"`+b+`","body":{"readStatus":"Read"}}]`, bulk, accept), b+" 200")
	if got := p.do("DELETE", path+a+","+b, ""); got.status != 204 {
		t.Errorf("delete both: %d, want 204", got.status)
	}
	check("delete some", p.do("DELETE", path+"7,"+a, "", accept), "7 404", a+" 200")
	check("patch", p.do("PATCH", path+a+","+b, `[{"body":{"availability":"Alive"}},{"body":{"availability":"Alive"}}]`, bulk, accept), a+" 404", b+" 200")
	if got := p.do("DELETE", path+"*", `["`+b+`",`+fmt.Sprint(all[5].ID)+`]`); got.status != 204 {
		t.Errorf("delete *: %d %s", got.status, got.body)
	}
	if _, avail, _ := p.s.State(all[5].ID); avail != "Deleted" {
		t.Errorf("message is %s", avail)
	}
	many := strings.Repeat(a+",", 50) + b
	for name, got := range map[string]answer{
		"get 51":    p.get(path + many),
		"delete 51": p.do("DELETE", path+many, ""),
		"put 51":    p.do("PUT", path+many, `[]`, bulk),
	} {
		if got.status != 400 || got.code() != "CMN-106" {
			t.Errorf("%s: %d %s, want CMN-106", name, got.status, got.code())
		}
	}
	if got := p.do("PUT", path+a+","+b, `{"readStatus":"Read"}`); got.status != 400 {
		t.Errorf("one object for two ids: %d, want 400", got.status)
	}
	if got := p.do("PUT", path+a, "x", "Content-Type: text/plain"); got.status != 415 {
		t.Errorf("text: %d, want 415", got.status)
	}
}

func TestBulkMixed(t *testing.T) {
	p := start(t, Config{Messages: 20, Seed: 3})
	all := p.all()
	path := fmt.Sprintf("%s/message-store/%d,7,%d", ext, all[0].ID, all[1].ID)
	got := p.get(path, "Accept: application/json")
	kind, params, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if got.status != 207 || kind != "multipart/mixed" || err != nil {
		t.Fatalf("%d %s", got.status, kind)
	}
	parts := multipart.NewReader(strings.NewReader(string(got.body)), params["boundary"])
	var bodies []string
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(b))
	}
	var index mixedIndex
	if err := json.Unmarshal([]byte(bodies[0]), &index); err != nil || len(index.Response) != 3 || index.Response[1].Status != 404 {
		t.Errorf("index %s: %v", bodies[0], err)
	}
	if len(bodies) != 4 || !strings.Contains(bodies[1], fmt.Sprint(all[0].ID)) || !strings.Contains(bodies[2], "CMN-102") {
		t.Errorf("parts: %q", bodies)
	}
	mixed := "--x\r\nContent-Type: application/json\r\n\r\n{\"readStatus\":\"Read\"}\r\n--x\r\nContent-Type: application/json\r\n\r\n{\"readStatus\":\"Read\"}\r\n--x--\r\n"
	two := fmt.Sprintf("%s/message-store/%d,%d", ext, all[0].ID, all[1].ID)
	if got := p.do("PUT", two, mixed, "Content-Type: multipart/mixed; boundary=x"); got.status != 207 {
		t.Errorf("put in parts: %d %s", got.status, got.body)
	}
	if read, _, _ := p.s.State(all[1].ID); !read {
		t.Error("put in parts had no effect")
	}
}
