package simulator

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestServices: the other services run beside RingCentral when asked for, and can
// be told what to do.
func TestServices(t *testing.T) {
	dir := t.TempDir()
	p := start(t, Config{Messages: 100, SymphonyStreams: 4, SymphonyMessages: 80, SymphonyKeyDir: dir, EmailgisticsMessages: 20, EmailgisticsMailboxes: 2})
	b, err := json.Marshal(p.s.Description())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"ringcentral", "symphony", "pod_url", "agent_url", "key_manager_url", "username", "private_key_file", "emailgistics", "base_url", "api_key", "control_url",
	} {
		if !strings.Contains(string(b), `"`+name+`":`) {
			t.Errorf("%s lacks %s", b, name)
		}
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*.pem")); err != nil || len(files) != 1 {
		t.Errorf("keys: %v %v", files, err)
	}
	for _, tc := range []struct {
		path, body string
		status     int
		has        string
	}{
		{"/symphony/say", `{"text":"a word","mention":true,"files":[{"name":"a.txt","data":"YQ=="}]}`, 200, `"id":"`},
		{"/symphony/say", `{"stream":"nowhere"}`, 400, "no stream"},
		{"/symphony/say", `{"words":1}`, 400, "unknown field"},
		{"/symphony/state", "", 200, `"said":1`},
		{"/symphony/event", `{"type":"ROOMCREATED","payload":{}}`, 200, "true"},
		{"/symphony/event", `{}`, 400, "needs a type"},
		{"/symphony/expire-tokens", "{}", 200, "true"},
		{"/symphony/drop-feeds", "{}", 200, "true"},
		{"/symphony/refuse", `{"on":true}`, 200, "true"},
		{"/symphony/offline", `{"on":true}`, 200, "true"},
		{"/symphony/requests", "", 200, "["},
		{"/emailgistics/arrive", `{"count":2}`, 200, `"first":20`},
		{"/emailgistics/arrive", `{"count":-2}`, 400, "must be"},
		{"/emailgistics/delivery", `{"message":-1}`, 200, `"internetMessageId"`},
		{"/emailgistics/delivery", `{"message":99}`, 404, "22 messages"},
		{"/emailgistics/finish-reports", "{}", 200, "true"},
		{"/emailgistics/forget-reports", "{}", 200, "true"},
		{"/emailgistics/offline", `{"on":true}`, 200, "true"},
		{"/emailgistics/requests", "", 200, ""},
	} {
		if a := p.control(tc.path, tc.body); a.status != tc.status || !strings.Contains(string(a.body), tc.has) {
			t.Errorf("%s %s: %d %.200s, want %d with %q", tc.path, tc.body, a.status, a.body, tc.status, tc.has)
		}
	}
	if err := p.s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil { // the folder that was given stays
		t.Error(err)
	}
}

func TestServiceFaults(t *testing.T) {
	f, err := ParseFaults("reset=0.1,symphony-b64-cut=0.2,emailgistics-size=1")
	if err != nil {
		t.Fatal(err)
	}
	if got := f.of(symphonyPrefix); len(got) != 1 || got["b64-cut"] != 0.2 {
		t.Errorf("%v", got)
	}
	if _, err := ParseFaults("symphony-flood=1"); err == nil || !strings.Contains(err.Error(), "symphony- before") {
		t.Errorf("%v", err)
	}
	p := start(t, Config{SymphonyStreams: 1, EmailgisticsMessages: 1, Faults: f})
	if err := p.s.SetFaults(Faults{"symphony-html": 1, "emailgistics-html": 1}); err != nil {
		t.Fatal(err)
	}
	d := p.s.Description()
	key := "Authorization: Bearer " + d.Emailgistics.APIKey
	for _, at := range []string{d.Symphony.PodURL + "/pod/v2/sessioninfo", d.Emailgistics.BaseURL + "/api/v1/admin/mailboxes"} {
		if a := p.get(at, key); a.status != 502 {
			t.Errorf("%s: %d", at, a.status)
		}
	}
	if err := p.s.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	if err := p.s.FailNext("", "symphony-503", 0, 1); err != nil {
		t.Fatal(err)
	}
	if a := p.get(d.Symphony.PodURL + "/pod/v2/sessioninfo"); a.status != 503 {
		t.Errorf("ordered: %d", a.status)
	}
	without := start(t, Config{})
	if err := without.s.FailNext("", "symphony-503", 0, 1); err == nil {
		t.Error("a fault of a service that does not run")
	}
	if d := without.s.Description(); d.Symphony != nil || d.Emailgistics != nil {
		t.Errorf("%+v", d)
	}
}
