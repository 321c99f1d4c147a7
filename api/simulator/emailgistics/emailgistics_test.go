package emailgistics

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func begin(t *testing.T, cfg Config) *Server {
	t.Helper()
	if cfg.Now == nil {
		now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
		cfg.Now = func() time.Time { return now }
	}
	s, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// ask sends one request with a key and returns the answer.
func (s *Server) ask(t *testing.T, method, path, key, body string) (int, http.Header, map[string]any) {
	t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = s.url + path
	}
	req, err := http.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	_ = json.Unmarshal(raw, &out) // content is no JSON
	return resp.StatusCode, resp.Header, out
}

// TestSameSeed: the same seed gives the same account, another one another.
func TestSameSeed(t *testing.T) {
	a, b, c := begin(t, Config{Seed: 1, Messages: 40}), begin(t, Config{Seed: 1, Messages: 40}), begin(t, Config{Seed: 2, Messages: 40})
	if a.keys.main != b.keys.main || a.keys.main == c.keys.main {
		t.Error("keys do not depend on the seed")
	}
	var last time.Time
	for i := range 40 {
		if !reflect.DeepEqual(a.Mail(i), b.Mail(i)) {
			t.Fatalf("message %d differs", i)
		}
		if a.Mail(i).MessageID == c.Mail(i).MessageID {
			t.Errorf("message %d has the same id with another seed", i)
		}
		if at := a.Mail(i).Received; at.Before(last) {
			t.Errorf("message %d came in before the one before", i)
		} else {
			last = at
		}
	}
	for k := range a.Mail(-1).Files {
		x, _ := a.Content(39, k)
		y, _ := b.Content(39, k)
		if len(x) == 0 || !bytes.Equal(x, y) {
			t.Errorf("file %d differs", k)
		}
	}
}

// TestIDs: a message is found by its own id and by nothing else.
func TestIDs(t *testing.T) {
	s := begin(t, Config{Seed: 3, Messages: 300})
	for i := range 300 {
		id := s.Mail(i).MessageID
		if got, ok := s.data.find(id); !ok || got != i {
			t.Fatalf("%s: %d, %v; want %d", id, got, ok, i)
		}
		for _, other := range []string{"", idPrefix, id[1:], id + "A", strings.ToLower(id), strings.TrimRight(id, "="), id[:10] + "Q" + id[11:]} {
			if _, ok := s.data.find(other); ok && other != id {
				t.Fatalf("%q found message %d", other, i)
			}
		}
	}
	old := s.Mail(5).MessageID
	moved := s.Move(5)
	if _, ok := s.data.find(old); ok || moved == old {
		t.Error("a moved message has its old id")
	}
	if i, ok := s.data.find(moved); !ok || i != 5 {
		t.Error("a moved message is not found by its new id")
	}
	s.Delete(5)
	if _, ok := s.data.find(moved); ok {
		t.Error("a deleted message is found")
	}
}

// TestRefusals: who may not do what, in the documented envelope.
func TestRefusals(t *testing.T) {
	s := begin(t, Config{Seed: 4, Messages: 60})
	hidden, seen := Mail{}, Mail{}
	for i := range s.Len() {
		if m := s.Mail(i); m.box == s.cfg.Mailboxes {
			hidden = m
		} else if len(m.Files) > 0 && m.Files[0].Kind == "fileAttachment" {
			seen = m
		}
	}
	list := "/api/v1/messages/" + seen.MessageID + "/attachments"
	report := `{"mailboxId":"` + seen.MailboxID + `","activityType":"received"}`
	for name, row := range map[string]struct {
		method, path, key, body string
		status                  int
	}{
		"no key":                 {"GET", "/api/v1/admin/mailboxes", "", "", 401},
		"another's key":          {"GET", "/api/v1/admin/mailboxes", "eg_x", "", 401},
		"no such endpoint":       {"GET", "/api/v1/messages", s.keys.main, "", 404},
		"no reporting":           {"GET", "/api/v1/admin/mailboxes", s.AddKey(3, scopeRead), "", 403},
		"no messages:read":       {"GET", list, s.AddKey(3, scopeReporting), "", 403},
		"no messages:content":    {"GET", list + "/" + seen.Files[0].ID + "/download", s.AddKey(3, scopeRead), "", 403},
		"report without read":    {"POST", "/api/v1/reports/receivedMessageDetail", s.AddKey(3, scopeReporting), report, 403},
		"hidden mailbox":         {"GET", "/api/v1/messages/" + hidden.MessageID + "/attachments", s.keys.main, "", 404},
		"unknown attachment":     {"GET", list + "/x/download", s.keys.main, "", 404},
		"HEAD":                   {"HEAD", list + "/" + seen.Files[0].ID + "/download", s.keys.main, "", 405},
		"report of a hidden one": {"POST", "/api/v1/reports/receivedMessageDetail", s.keys.main, `{"mailboxId":"` + hidden.MailboxID + `","activityType":"received"}`, 404},
		"a bare date":            {"POST", "/api/v1/reports/receivedMessageDetail", s.keys.main, report[:len(report)-1] + `,"activityStart":"2026-01-01"}`, 400},
		"no activity":            {"POST", "/api/v1/reports/receivedMessageDetail", s.keys.main, `{"mailboxId":"x"}`, 400},
		"both cursors":           {"POST", "/api/v1/reports/receivedMessageDetail?starting_after=1&ending_before=2", s.keys.main, report, 400},
		"unknown results":        {"GET", "/api/v1/reports/results/x", s.keys.main, "", 404},
		"a report":               {"POST", "/api/v1/reports/receivedMessageDetail", s.keys.main, report, 200},
		"a wrapped one":          {"POST", "/api/v1/reports/receivedMessageDetail", s.keys.main, `{"parameters":` + report + `}`, 200},
		"a list":                 {"GET", list, s.keys.main, "", 200},
		"content":                {"GET", list + "/" + seen.Files[0].ID + "/download", s.keys.main, "", 200},
	} {
		status, h, out := s.ask(t, row.method, row.path, row.key, row.body)
		if status != row.status {
			t.Errorf("%s: %d, want %d", name, status, row.status)
		}
		inner, _ := out["error"].(map[string]any)
		if status >= 400 && row.method != "HEAD" && (out["status"] != "error" || inner["code"] == nil || inner["message"] == nil) {
			t.Errorf("%s: envelope %v", name, out)
		}
		if name == "content" && (h.Get("X-Content-Type-Options") != "nosniff" || h.Get("ETag") != "" || h.Get("Accept-Ranges") != "" || h.Get("Content-Length") == "") {
			t.Errorf("headers of content: %v", h)
		}
	}
}

// TestPages: the links lead forwards and back, through every row once.
func TestPages(t *testing.T) {
	s := begin(t, Config{Seed: 5, Messages: 400, Mailboxes: 1})
	ids, _ := s.Mailboxes()
	_, _, out := s.ask(t, "POST", "/api/v1/reports/receivedMessageDetail?max=70", s.keys.main, `{"mailboxId":"`+ids[0]+`","activityType":"received"}`)
	s.FinishReports()
	var forth, back []string
	next := href(out, "self")
	for last := ""; next != ""; last, next = next, href(out, "next") {
		_, _, out = s.ask(t, "GET", next, s.keys.main, "")
		forth = append(forth, rowIDs(out)...)
		_ = last
	}
	for {
		back = append(rowIDs(out), back...)
		prev := href(out, "prev")
		if prev == "" {
			break
		}
		_, _, out = s.ask(t, "GET", prev, s.keys.main, "")
	}
	if len(forth) < 350 || !reflect.DeepEqual(forth, back) {
		t.Errorf("%d rows forwards, %d back", len(forth), len(back))
	}
	seen := map[string]bool{}
	for _, id := range forth {
		if seen[id] {
			t.Errorf("message %s twice", id)
		}
		seen[id] = true
	}
}

func href(out map[string]any, name string) string {
	links, _ := out["_links"].(map[string]any)
	l, _ := links[name].(map[string]any)
	s, _ := l["href"].(string)
	return s
}

func rowIDs(out map[string]any) (ids []string) {
	result, _ := out["result"].(map[string]any)
	data, _ := result["data"].([]any)
	for _, d := range data {
		row, _ := d.(map[string]any)
		id, _ := row["messageId"].(string)
		ids = append(ids, id)
	}
	return ids
}

// TestLimits: 100 requests in any minute, and three reports at a time.
func TestLimits(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	s := begin(t, Config{Seed: 6, Limits: true, Now: func() time.Time { return now }})
	another := s.AddKey(1, scopeReporting)
	for i := range 101 {
		status, h, _ := s.ask(t, "GET", "/api/v1/admin/mailboxes", []string{s.keys.main, another}[i%2], "")
		if want := map[bool]int{true: 200, false: 429}[i < 100]; status != want || h.Get("Retry-After") != "" {
			t.Fatalf("request %d: %d, want %d", i, status, want)
		}
	}
	now = now.Add(time.Minute)
	ids, _ := s.Mailboxes()
	for i := range 4 {
		status, _, _ := s.ask(t, "POST", "/api/v1/reports/receivedMessageDetail", s.keys.main, `{"mailboxId":"`+ids[0]+`","activityType":"received"}`)
		if want := map[bool]int{true: 200, false: 429}[i < 3]; status != want {
			t.Errorf("report %d: %d, want %d", i, status, want)
		}
	}
}

func TestFaultNames(t *testing.T) {
	for _, cfg := range []Config{{Faults: map[string]float64{"nonsense": 1}}, {Faults: map[string]float64{"500": 2}}, {Messages: -1}} {
		if _, err := Start(t.Context(), cfg); err == nil {
			t.Errorf("%+v was taken", cfg)
		}
	}
	s := begin(t, Config{})
	for _, f := range FaultNames() {
		met := false
		for _, op := range []string{opMailboxes, opReport, opResults, opAttachments, opDownload} {
			met = met || applies(f, op)
		}
		if err := s.FailNext("", f, 0, 1); err != nil || !met {
			t.Errorf("fault %s: %v, meets a request: %v", f, err, met)
		}
	}
}
